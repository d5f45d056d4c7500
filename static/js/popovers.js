// Popovers open and close by the browser itself (popovertarget) and stand beside their
// button by CSS (position-area). This places them where a browser cannot do that yet.
if (!CSS.supports("position-area", "block-end")) {
  document.addEventListener("beforetoggle", (event) => {
    const pop = event.target;
    const button = document.querySelector(`[popovertarget="${pop.id}"]`);
    if (event.newState !== "open" || !button) return;
    const box = button.getBoundingClientRect();
    const below = box.bottom < innerHeight / 2;
    pop.style.left = `${Math.max(8, Math.min(box.left, innerWidth - 392))}px`;
    pop.style.top = below ? `${box.bottom}px` : "auto";
    pop.style.bottom = below ? "auto" : `${innerHeight - box.top}px`;
  }, true);
}
