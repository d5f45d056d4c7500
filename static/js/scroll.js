// [data-end] starts at its end and follows it while the reader is within 80 px of it;
// otherwise what arrives is offered by [data-new-below]. A form with [data-composer]
// brings its writer back to the end.
import { all, each } from "./page.js";

const NEAR = 80;

function follow(box) {
  // An address that names a message wins over the end.
  let near = !box.querySelector(":target");
  let known = 0;
  const button = () => document.querySelector("[data-new-below]");
  const distance = () => box.scrollHeight - box.clientHeight - box.scrollTop;
  const toEnd = () => {
    box.scrollTop = box.scrollHeight;
    near = true;
    known = box.scrollHeight;
    if (button()) button().hidden = true;
  };

  box.addEventListener("scroll", () => {
    near = distance() <= NEAR;
    if (near && button()) button().hidden = true;
  }, { passive: true });
  // What the reader opened himself is not news.
  box.addEventListener("toggle", () => { known = box.scrollHeight; near &&= distance() <= NEAR; }, true);
  new MutationObserver(() => {
    if (near) toEnd();
    else if (box.scrollHeight > known && button()) button().hidden = false;
    known = box.scrollHeight;
  }).observe(box, { childList: true, characterData: true, subtree: true });
  new ResizeObserver(() => { if (near) toEnd(); }).observe(box);
  box.addEventListener("easel:end", toEnd);
  if (near) toEnd();
}

const allToEnd = () => all("[data-end]").forEach((box) => box.dispatchEvent(new Event("easel:end")));

each("[data-end]", follow);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-new-below]")) allToEnd();
});
document.addEventListener("submit", (event) => {
  if (event.target.querySelector("[data-composer]")) allToEnd();
});
