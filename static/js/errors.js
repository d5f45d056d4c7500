// [data-error-for="name"] is the place of a field's error, which the server fills out of
// band. Its fields are marked as wrong, or right again; after a refusal the first gets the focus.
import { all } from "./page.js";

const FIELDS = { shape: ["width", "height"] };

function mark(slot) {
  const wrong = slot.childElementCount > 0;
  for (const name of FIELDS[slot.dataset.errorFor] ?? [slot.dataset.errorFor]) {
    const field = slot.closest("form")?.elements.namedItem(name);
    if (!(field instanceof HTMLElement)) continue;
    if (wrong) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
}

const markAll = () => all("[data-error-for]").forEach(mark);

markAll();
document.addEventListener("htmx:oobAfterSwap", markAll);
document.addEventListener("htmx:afterSettle", (event) => {
  markAll();
  if (event.detail.xhr?.getResponseHeader("HX-Refused")) document.querySelector('form [aria-invalid="true"]')?.focus();
});
