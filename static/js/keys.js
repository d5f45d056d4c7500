// Keyboard: Ctrl/Cmd+Enter sends the form in focus, "/" goes to [data-composer], Escape
// presses [data-stop], G then a letter follows [data-go="letter"]. The single keys work
// outside fields only, and [data-keys-switch] turns them off for this browser.
import { all, each } from "./page.js";

const STORE = "easel-keys";
let afterG = 0;

const singleKeysOn = () => localStorage.getItem(STORE) !== "off";
const inField = (element) => element.closest?.("input, select, textarea, [contenteditable]");

each("[data-keys-switch]", (box) => {
  box.checked = singleKeysOn();
  box.addEventListener("change", () => localStorage.setItem(STORE, box.checked ? "on" : "off"));
});

function send(event) {
  const form = event.target.form ?? event.target.closest("form");
  const buttons = form ? all("button, input[type=submit]", form).filter((b) => b.type === "submit" && b.form === form) : [];
  const button = buttons.find((b) => b.classList.contains("primary")) ?? buttons[0];
  if (!form || form.method === "dialog") return;
  event.preventDefault();
  if (!button) form.requestSubmit(); // the server says why it cannot be sent now
  // A real click: htmx remembers the button that was clicked last and sends its action.
  else if (!button.disabled && button.getAttribute("aria-disabled") !== "true") button.click();
}

function stop(event) {
  const open = document.querySelector(":popover-open, dialog[open]") || document.body.dataset.sheet;
  const button = document.querySelector("[data-stop]:not(:disabled)");
  if (open || !button || event.target.closest?.("select")) return;
  event.preventDefault();
  button.click();
}

function single(event) {
  if (event.key === "/") {
    const composer = document.querySelector("[data-composer]");
    if (composer) event.preventDefault();
    composer?.focus();
  } else if (event.key.toLowerCase() === "g") {
    afterG = event.timeStamp;
  } else if (afterG && event.timeStamp - afterG < 1500) {
    afterG = 0;
    document.querySelector(`[data-go="${CSS.escape(event.key.toLowerCase())}"]`)?.click();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return send(event);
  if (event.key === "Escape") return stop(event);
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  const modal = document.querySelector("dialog[open]");
  if (plain && !modal && !inField(event.target) && singleKeysOn()) single(event);
});
