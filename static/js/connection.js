// #connection shows the state of the page's WebSocket (htmx's ws extension). Each time it
// opens, the page says up to which entry of #thread it has got, so that nothing is lost.
import { all, announce } from "./page.js";

const STATES = {
  live: ["green", "Live"],
  waiting: ["ochre", "Reconnecting"],
  offline: ["hollow", "Offline"],
};
// The extension reconnects by itself after these; 1000 and 1001 come from proxies.
const RECONNECTED_BY_HTMX = [1006, 1011, 1012, 1013];
// The thread was deleted, which the page has been told in words.
const DELETED = 4410;
let lost = false;
let closes = 0;

const pause = (tries) => Math.min(500 * 2 ** tries, 4000) * (0.7 + 0.6 * Math.random());

function show(state) {
  const place = document.getElementById("connection");
  if (!place) return;
  const [colour, label] = STATES[state];
  place.hidden = false;
  place.querySelector(".dot").className = `dot ${colour}`;
  place.querySelector("[data-label]").textContent = label;
}

function follow(socketWrapper) {
  const thread = document.getElementById("thread");
  if (!thread) return;
  const after = all("[data-entry]", thread).at(-1)?.dataset.entry ?? "";
  socketWrapper.sendImmediately(JSON.stringify({ type: "follow", after }));
}

if (window.htmx) window.htmx.config.wsReconnectDelay = pause;

document.addEventListener("htmx:wsOpen", (event) => {
  show("live");
  if (lost) announce("Connected again.");
  lost = false;
  closes = 0;
  follow(event.detail.socketWrapper);
});

document.addEventListener("htmx:wsClose", (event) => {
  const { event: { code }, socketWrapper } = event.detail;
  if (!document.contains(event.target)) return;
  if (code === DELETED) {
    document.getElementById("connection")?.setAttribute("hidden", "");
    return;
  }
  const proxy = code === 1000 || code === 1001;
  const again = proxy || RECONNECTED_BY_HTMX.includes(code);
  show(again && navigator.onLine ? "waiting" : "offline");
  if (!lost) announce("Connection lost. Runs go on at the server.");
  lost = true;
  if (proxy) setTimeout(() => socketWrapper.reconnect(), pause(closes++));
});

window.addEventListener("offline", () => { if (lost) show("offline"); });
window.addEventListener("online", () => { if (lost) show("waiting"); });
