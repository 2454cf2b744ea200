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
    scope.querySelectorAll("[data-draft]").forEach(restore);
    scope.querySelectorAll(":not(form)[data-forgets]").forEach((part) => forget(part.dataset.forgets));
    scope.querySelectorAll("[data-count]").forEach(count);
    scope.querySelectorAll("dialog[data-open]").forEach((dialog) => dialog.open || dialog.showModal());
    scope.querySelectorAll(".chips > [aria-current]").forEach((chip) => {
      chip.parentElement.scrollLeft = chip.offsetLeft - chip.parentElement.offsetLeft - chip.offsetWidth;
    });
    scope.querySelectorAll("[data-scroll-to]").forEach((part) => part.scrollIntoView({ block: "center" }));
  };

  on("change", (event) => {
    if (!CSS.supports("selector(:has(*))") && event.target.form) mark(event.target.form);
    const files = near(event, "input[type=file][data-preview]");
    if (files) preview(files);
    if (near(event, "[data-submits]")) event.target.form.requestSubmit();
  });
  on("input", (event) => {
    if (event.target.matches("[data-count]")) count(event.target);
    if (event.target.matches("[data-draft]")) keep(event.target);
  });

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
    if (event.detail?.elt?.matches("[hx-trigger*=every]")) return; // it asks again by itself
    tell("bad", document.getElementById("toasts").dataset.unsent);
  };
  function tell(kind, text) {
    const toast = Object.assign(document.createElement("div"), { className: `toast ${kind}`, textContent: text });
    document.getElementById("toasts").replaceChildren(toast);
  }
  on("htmx:sendError", unsent);
  on("htmx:timeout", unsent);
  on("htmx:responseError", unsent);

  // Slow: nothing is sent twice, and after 300 ms the pressed button shows that it is on its way.
  const sending = new Map();
  const SHOWN_AFTER = 300;
  const GIVEN_UP_AFTER = 20000; // a download, or a page that was stopped, never tells that it is over
  function send(form, button) {
    const turn = () => button?.setAttribute("aria-busy", "true");
    const timers = [setTimeout(turn, SHOWN_AFTER), setTimeout(() => sent(form), GIVEN_UP_AFTER)];
    sending.set(form, () => {
      timers.forEach(clearTimeout);
      button?.removeAttribute("aria-busy");
    });
  }
  function sent(form) {
    sending.get(form)?.();
    sending.delete(form);
  }
  const before = (event) => {
    if (event.target.method !== "post") return;
    if (navigator.onLine && !sending.has(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!navigator.onLine) unsent(event);
  };
  document.addEventListener("submit", before, true);
  on("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.forgets !== undefined) forget(form.dataset.forgets);
    if (form.dataset.downloads === undefined) send(form, event.submitter);
  });
  on("htmx:beforeRequest", (event) => {
    const { elt, requestConfig } = event.detail;
    if (elt.matches("form")) send(elt, requestConfig.triggeringEvent?.submitter);
  });
  on("htmx:afterRequest", (event) => sent(event.detail.elt));
  addEventListener("pageshow", () => [...sending.keys()].forEach(sent));

  const network = () => {
    const bar = document.getElementById("network");
    bar.textContent = navigator.onLine ? "" : bar.dataset.offline;
  };
  addEventListener("online", network);
  addEventListener("offline", network);

  // Long texts outlive a reload or a crash, on this phone only; a draft is named after its writer and her task.
  function drafts(act) {
    try {
      return act(localStorage);
    } catch {
      return null; // where nothing is kept, nothing is promised
    }
  }
  function restore(area) {
    const kept = drafts((store) => store.getItem(`draft:${area.dataset.draft}`));
    if (kept === null || kept === area.value) return;
    area.value = kept;
    area.form.querySelector("[data-drafted]").hidden = false;
  }
  function keep(area) {
    const kept = drafts((store) => store.setItem(`draft:${area.dataset.draft}`, area.value) ?? true);
    area.form.querySelector("[data-drafted]").hidden = !kept;
  }
  function forget(prefix) {
    drafts((store) => {
      const names = Object.keys(store).filter((name) => name.startsWith(`draft:${prefix}`));
      names.forEach((name) => store.removeItem(name));
    });
  }

  // From the second page on, so that the first has nothing else to fetch.
  if ("serviceWorker" in navigator && document.referrer.startsWith(`${location.origin}/`)) {
    const register = () => navigator.serviceWorker.register("/sw.js", { updateViaCache: "all" });
    addEventListener("load", () => register().catch(() => {}));
  }

  // Copying has to happen inside the tap; older WebViews know only the selection.
  function copy(text) {
    const toasts = document.getElementById("toasts").dataset;
    const said = () => tell("ok", toasts.copied);
    const select = () => {
      const area = Object.assign(document.createElement("textarea"), { value: text, readOnly: true, className: "sr" });
      document.body.append(area);
      area.select();
      document.execCommand("copy") ? said() : tell("warn", toasts.uncopied);
      area.remove();
    };
    if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(text).then(said, select);
    else select();
  }

  on("animationend", (event) => event.animationName === "leave" && event.target.remove());
  on("htmx:load", (event) => event.detail.elt !== document.body && ready(event.detail.elt));
  ready(document);
  network();
})();
