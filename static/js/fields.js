// Form fields: textareas grow with their text, <output for> repeats a range, and after a
// refused form the first wrong field gets the focus.
import { all } from "./page.js";

function grow(area) {
  area.style.blockSize = "auto";
  area.style.blockSize = `${area.scrollHeight + 2}px`;
}

document.addEventListener("input", ({ target }) => {
  if (target.matches("textarea") && !CSS.supports("field-sizing", "content")) grow(target);
  if (target.matches("input[type=range]")) {
    for (const output of all(`output[for~="${CSS.escape(target.id)}"]`)) output.value = target.value;
  }
});

function focusFirstWrong(from) {
  from.querySelector('[aria-invalid="true"]')?.focus();
}

focusFirstWrong(document);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.xhr?.getResponseHeader("HX-Refused")) focusFirstWrong(event.detail.elt);
});
