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
