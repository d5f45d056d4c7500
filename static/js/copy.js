// data-copy="text" copies that text, data-copy-from="#id" the text or value of an element.
import { announce } from "./page.js";

async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Without https the browser offers no clipboard; the old command still works.
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "vh";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("The browser refused to copy.");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (!button) return;
  const source = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
  const text = button.dataset.copy ?? source?.value ?? source?.textContent ?? "";
  const label = button.querySelector("span") ?? button;
  const before = label.dataset.label ??= label.textContent;
  try {
    await write(text);
    label.textContent = "Copied";
  } catch {
    label.textContent = "Select it and copy by hand";
  }
  announce(label.textContent);
  setTimeout(() => { label.textContent = before; }, 2000);
});
