// The twelve keys, by mouse, touch, and the computer's own keyboard. It knows only which key.
const KEYS = new Set("0123456789*#");
const SHOWN = 160; // milliseconds that a key pressed on the keyboard looks pressed

export function keypad(pad, settings, press) {
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]");
    if (key) press(key.dataset.key);
  });
  document.addEventListener("keydown", (event) => {
    if (!settings.typingKeys || !KEYS.has(event.key) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input[type=text], textarea, select, pre")) return;
    event.preventDefault();
    const key = pad.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    key.classList.add("pressed");
    setTimeout(() => key.classList.remove("pressed"), SHOWN);
    press(event.key);
  });
}
