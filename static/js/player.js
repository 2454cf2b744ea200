/* A package fills the screen without being loaded anew; Escape gives the page back. */
(() => {
  const fill = (player, full) => {
    player.classList.toggle("full", full);
    player.querySelector("[data-fills]").setAttribute("aria-pressed", String(full));
  };
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-fills]");
    if (button) fill(button.closest(".player"), button.getAttribute("aria-pressed") !== "true");
  });
  document.addEventListener("keydown", (event) => {
    const full = event.key === "Escape" && document.querySelector(".player.full");
    if (full) fill(full, false);
  });
})();
