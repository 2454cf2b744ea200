/* Single keys for what a page offers anyway: a link or a button with data-key="A". Off where the switch says so. */
(() => {
  const controls = [...document.querySelectorAll("[data-key]")];
  const toggle = document.querySelector("[data-single-keys]");
  if (!toggle) return;

  const OFF = "single-keys-off";
  const kept = {
    get off() {
      try {
        return localStorage.getItem(OFF) !== null;
      } catch {
        return false;
      }
    },
    set off(value) {
      try {
        value ? localStorage.setItem(OFF, "") : localStorage.removeItem(OFF);
      } catch {
        // Where nothing is kept, the switch holds for this page.
      }
    },
  };

  let sent = false;

  const show = () => {
    for (const control of controls) {
      if (toggle.checked) control.setAttribute("aria-keyshortcuts", control.dataset.key);
      else control.removeAttribute("aria-keyshortcuts");
    }
    document.querySelectorAll(".key-hint").forEach((hint) => (hint.hidden = !toggle.checked));
  };

  const typing = (target) =>
    target instanceof Element &&
    (target.isContentEditable || target.closest("textarea, select, input:not([type=checkbox], [type=radio])"));

  document.addEventListener("keydown", (event) => {
    if (!toggle.checked || sent || event.defaultPrevented || event.repeat || event.isComposing) return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || typing(event.target)) return;
    const control = controls.find((one) => one.dataset.key === event.key.toUpperCase());
    if (!control) return;
    event.preventDefault();
    const wanted = document.getElementById(control.dataset.wants);
    if (wanted && !wanted.value.trim()) wanted.focus();
    else control.click();
  });

  // A second key would decide the same one twice, before the next one is there.
  document.addEventListener("submit", () => (sent = true));
  addEventListener("pageshow", () => (sent = false));

  toggle.checked = !kept.off;
  toggle.addEventListener("change", () => {
    kept.off = !toggle.checked;
    show();
  });
  toggle.closest("[hidden]").hidden = false;
  show();
})();

/* The review desk: phrases go where the cursor is, selected words become the passage of a remark, stars are summed. */
(() => {
  document.addEventListener("click", (event) => {
    const phrase = event.target instanceof Element && event.target.closest("[data-inserts]");
    if (!phrase) return;
    event.preventDefault();
    const area = document.getElementById(phrase.dataset.into);
    const at = area.selectionEnd ?? area.value.length;
    const before = area.value.slice(0, at);
    area.setRangeText((before && !before.endsWith("\n") ? "\n" : "") + phrase.dataset.inserts, at, at, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });

  const sum = document.querySelector("[data-stars]");
  document.addEventListener("change", (event) => {
    if (!sum || !event.target.matches(".stars input")) return;
    const given = [...document.querySelectorAll(".stars input:checked")];
    sum.textContent = given.reduce((total, star) => total + Number(star.value), 0);
  });

  // Letters as the server counts them: an emoji is one.
  const letters = (text) => [...text].length;
  const chosen = () => {
    const text = document.querySelector("[data-passages]");
    const selection = getSelection();
    if (!text || !selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return;
    const words = range.toString();
    const form = document.querySelector(".remarking");
    if (!words.trim() || !form) return;
    const before = document.createRange();
    before.setStart(text, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const start = letters(before.toString());
    form.querySelector("[data-start]").value = start;
    form.querySelector("[data-end]").value = start + letters(words);
    const quote = form.querySelector("[data-quote]");
    quote.textContent = `“${words}”`;
    quote.hidden = false;
    form.querySelector("label.field").hidden = true;
    form.open = true;
  };
  const scripted = () => document.querySelectorAll("[data-scripted]").forEach((part) => (part.hidden = false));
  document.addEventListener("mouseup", () => setTimeout(chosen));
  document.addEventListener("keyup", (event) => event.shiftKey && chosen());
  document.addEventListener("htmx:load", scripted);
  scripted();
})();
