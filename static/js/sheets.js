// [data-open="rail"] shows the element with that id as a sheet on a narrow screen,
// [data-open=""] closes it. While one is open the rest of the page is inert, so focus
// cannot leave it; Escape closes it and focus goes back to the opener.
import { all } from "./page.js";

const narrow = matchMedia("(width < 64rem)");
let opener = null;

const current = () => document.getElementById(document.body.dataset.sheet || "");

function setOpen(name) {
  document.body.dataset.sheet = name;
  const sheet = current();
  for (const part of document.body.children) {
    if (part.matches("aside, main, header, footer, a")) part.inert = Boolean(sheet) && part !== sheet;
  }
  for (const button of all("[data-open][aria-expanded]")) {
    button.setAttribute("aria-expanded", String(Boolean(sheet) && button.dataset.open === name));
  }
  return sheet;
}

function open(button) {
  const sheet = setOpen(button.dataset.open);
  if (!sheet) return;
  opener = button;
  const first = sheet.querySelector("[data-open=''], a, button, input");
  first?.focus();
}

function close() {
  const sheet = current();
  setOpen("");
  if (!sheet) return;
  opener?.focus();
  opener = null;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-open]");
  if (button) button.dataset.open ? open(button) : close();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !current() || document.querySelector(":popover-open, dialog[open]")) return;
  event.preventDefault();
  close();
});

narrow.addEventListener("change", () => { if (!narrow.matches) close(); });
