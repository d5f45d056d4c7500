// data-filter: an input that leaves only those endpoints of its list that hold its words.
import { all } from "../js/page.js";

function filter(nav, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  nav.toggleAttribute("data-filtering", words.length > 0);
  let shown = 0;
  for (const group of all("[data-group]", nav)) {
    const entries = all("[data-entry]", group);
    for (const entry of entries) {
      const said = entry.dataset.entry.toLowerCase();
      entry.hidden = !words.every((word) => said.includes(word));
    }
    const left = entries.filter((entry) => !entry.hidden).length;
    group.hidden = left === 0;
    shown += left;
  }
  nav.querySelector("[data-filter-none]").hidden = shown > 0;
  nav.querySelector("[data-filter-count]").textContent =
    words.length ? `${shown} ${shown === 1 ? "endpoint" : "endpoints"}` : "";
}

for (const nav of all("[data-filtered]")) {
  const input = nav.querySelector("[data-filter]");
  input.addEventListener("input", () => filter(nav, input.value));
  input.addEventListener("keydown", (event) => {
    const first = nav.querySelector("[data-entry]:not([hidden]) a");
    if (event.key === "Enter" && input.value && first) first.click();
  });
  // The browser keeps what was typed when somebody comes back.
  if (input.value) filter(nav, input.value);
}
