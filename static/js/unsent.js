// What somebody types as a call's output is kept when the call is answered elsewhere or
// ends first: the form goes, and a note says what was in it.
import { all } from "./page.js";

function keep(words) {
  const template = document.getElementById("unsent-template");
  const place = document.getElementById("messages");
  if (!template || !place) return;
  const note = template.content.cloneNode(true);
  note.querySelector("[data-words]").textContent = words;
  place.append(note);
}

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  for (const field of all("textarea[name^='output_']", target)) {
    const words = field.value.trim();
    const call = CSS.escape(field.name.replace("output_", ""));
    const next = fragment.querySelector(`#${call}`);
    // Still to be answered, or answered with just these words.
    if (!words || next?.querySelector("textarea")) continue;
    const given = next?.querySelector("[data-output]")?.textContent.trim();
    if (given !== words) keep(words);
  }
});
