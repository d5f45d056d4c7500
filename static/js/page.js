// What several modules need: find, announce, run for what is there and what htmx brings.

export const all = (selector, from = document) => [...from.querySelectorAll(selector)];

/** Say one sentence through the page's only polite live region. */
export function announce(text) {
  const place = document.getElementById("announce");
  if (place) place.textContent = text;
}

/** Call `work(element)` once for each match: now, and for each one that htmx swaps in. */
export function each(selector, work) {
  const seen = new WeakSet();
  const look = () => {
    for (const element of all(selector)) {
      if (seen.has(element)) continue;
      seen.add(element);
      work(element);
    }
  };
  look();
  document.addEventListener("htmx:load", look);
}
