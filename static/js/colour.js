/* A colour picker beside a field says the same as the field. */
(() => {
  const picker = document.querySelector("input[type=color][data-fills]");
  if (!picker) return;
  const field = document.getElementById(picker.dataset.fills);
  const follow = () => {
    const digits = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(field.value.trim())?.[1];
    if (digits) picker.value = `#${digits.length === 6 ? digits : digits.replace(/./g, "$&$&")}`;
  };
  field.addEventListener("input", follow);
  picker.addEventListener("input", () => (field.value = picker.value));
  picker.hidden = false;
  follow();
})();
