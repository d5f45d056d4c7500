// The editor of an assistant: counts what is written, and says that it is not saved yet.
import { each } from "./page.js";

each("[data-count-of]", (output) => {
  const area = document.getElementById(output.dataset.countOf);
  // About four characters make a token of English text.
  const count = () => {
    const length = area.value.length;
    output.value = `${length.toLocaleString("en")} characters, about ${Math.ceil(length / 4).toLocaleString("en")} tokens`;
  };
  area.addEventListener("input", count);
  count();
});

const form = document.getElementById("assistant-form");
const unsaved = document.getElementById("unsaved");
const changed = () => { if (unsaved) unsaved.hidden = false; };
form?.addEventListener("input", changed);
form?.addEventListener("htmx:afterSwap", changed);
form?.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) changed();
});
