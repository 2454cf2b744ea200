/* A field's chip puts the field where one was writing. */
(() => {
  const chips = document.querySelectorAll("[data-inserts]");
  if (!chips.length) return;
  let last = document.querySelector("textarea[data-wording]");
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-wording]")) last = event.target;
  });
  chips.forEach((chip) =>
    chip.addEventListener("click", () => {
      last.focus();
      last.setRangeText(chip.dataset.inserts, last.selectionStart, last.selectionEnd, "end");
      last.dispatchEvent(new Event("input", { bubbles: true }));
    }),
  );
})();
