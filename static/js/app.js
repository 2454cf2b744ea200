/* Small comforts. Everything works without them. */
(() => {
  const root = document.documentElement;
  if (/MicroMessenger/i.test(navigator.userAgent)) root.dataset.host = "wechat";

  const on = (type, handler) => document.addEventListener(type, handler);
  const near = (event, selector) => event.target instanceof Element && event.target.closest(selector);

  // Engines without :has() are told which choice is on.
  const mark = (scope) =>
    scope.querySelectorAll(":is(.option, .choice, .chip) input").forEach((input) => {
      input.closest(".option, .choice, .chip").classList.toggle("is-on", input.checked);
    });

  const count = (area) => {
    const out = document.getElementById(area.dataset.count);
    if (!out) return;
    const length = [...area.value.trim()].length;
    out.textContent = `${length} / ${area.maxLength > 0 ? area.maxLength : area.dataset.max}`;
    out.classList.toggle("over", length > Number(area.maxLength > 0 ? area.maxLength : area.dataset.max));
  };

  const ready = (scope) => {
    if (!CSS.supports("selector(:has(*))")) mark(scope);
    scope.querySelectorAll("[data-count]").forEach(count);
    scope.querySelectorAll("dialog[data-open]").forEach((dialog) => dialog.open || dialog.showModal());
    scope.querySelectorAll("[data-scroll-to]").forEach((part) => part.scrollIntoView({ block: "center" }));
  };

  on("change", (event) => {
    if (!CSS.supports("selector(:has(*))") && event.target.form) mark(event.target.form);
    const files = near(event, "input[type=file][data-preview]");
    if (files) preview(files);
    if (near(event, "[data-submits]")) event.target.form.requestSubmit();
  });
  on("input", (event) => event.target.matches("[data-count]") && count(event.target));

  function preview(input) {
    const shelf = document.getElementById(input.dataset.preview);
    if (!shelf) return;
    shelf.querySelectorAll("img[src^='blob:']").forEach((img) => {
      URL.revokeObjectURL(img.src);
      img.remove();
    });
    for (const file of [...input.files].slice(0, Number(input.dataset.max || 9))) {
      const img = new Image();
      img.src = URL.createObjectURL(file);
      img.alt = file.name;
      shelf.prepend(img);
    }
  }

  on("click", (event) => {
    const opener = near(event, "[data-opens]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.opens);
      if (dialog?.showModal) {
        event.preventDefault();
        dialog.showModal();
      }
    }
    const closer = near(event, "[data-closes]");
    if (closer) {
      closer.closest("dialog")?.close();
      event.preventDefault();
    }
    const step = near(event, ".stepper button");
    if (step) {
      const input = step.parentElement.querySelector("input");
      step.value === "-1" ? input.stepDown() : input.stepUp();
      input.dispatchEvent(new Event("change", { bubbles: true }));
      event.preventDefault();
    }
    const copier = near(event, "[data-copies]");
    if (copier) copy(copier.dataset.copies);
    if (near(event, "[data-prints]")) window.print();
  });

  // Offline, or the server fell over: what was typed stays where it is.
  const unsent = (event) => {
    if (event.type === "htmx:responseError" && event.detail.xhr.status < 500) return;
    tell("bad", document.getElementById("toasts").dataset.unsent);
  };
  function tell(kind, text) {
    const toast = Object.assign(document.createElement("div"), { className: `toast ${kind}`, textContent: text });
    document.getElementById("toasts").replaceChildren(toast);
  }
  on("htmx:sendError", unsent);
  on("htmx:responseError", unsent);

  // Copying has to happen inside the tap; older WebViews know only the selection.
  function copy(text) {
    const said = () => tell("ok", document.getElementById("toasts").dataset.copied);
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(said);
      return;
    }
    const area = Object.assign(document.createElement("textarea"), { value: text, readOnly: true, className: "sr" });
    document.body.append(area);
    area.select();
    if (document.execCommand("copy")) said();
    area.remove();
  }

  on("animationend", (event) => event.animationName === "leave" && event.target.remove());
  on("htmx:load", (event) => event.detail.elt !== document.body && ready(event.detail.elt));
  ready(document);
})();
