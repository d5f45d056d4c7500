// [data-since] shows the time since then as m:ss, [data-until] the time left; both hold an
// ISO time or milliseconds. The server's clock counts: data-now on <html> is its time when
// the page was made. Never a live region.
import { all } from "./page.js";

const arrived = performance.timeOrigin + performance.getEntriesByType("navigation")[0].responseStart;
const fresh = performance.getEntriesByType("navigation")[0].type !== "back_forward";
const ahead = arrived - Number(document.documentElement.dataset.now) * 1000;
// data-now has whole seconds, so less than two is no difference between the clocks.
const skew = fresh && Math.abs(ahead) > 2000 ? ahead : 0;

const time = (text) => (/^\d+$/.test(text) ? Number(text) : Date.parse(text));

function clock(milliseconds) {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(total / 3600), Math.floor(total / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
}

function tick() {
  const now = Date.now() - skew;
  for (const place of all("[data-since], [data-until]")) {
    const text = place.dataset.since
      ? clock(now - time(place.dataset.since))
      : clock(time(place.dataset.until) - now);
    if (place.textContent !== text) place.textContent = text;
  }
}

tick();
setInterval(tick, 1000);
document.addEventListener("htmx:load", tick);
document.addEventListener("htmx:wsAfterMessage", tick);
