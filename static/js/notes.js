// [data-dismiss=".note"] closes the message around it. What htmx could not do is said in
// #messages, because a click that does nothing is the worst answer.
import { all } from "./page.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-dismiss]");
  if (button) button.closest(button.dataset.dismiss).remove();
});

function trouble(title, text) {
  const template = document.getElementById("trouble-template");
  const place = document.getElementById("messages");
  if (!template || !place) return;
  all("[data-trouble]").forEach((old) => old.remove());
  const note = template.content.cloneNode(true);
  note.querySelector("[data-title]").textContent = title;
  note.querySelector("[data-text]").textContent = text;
  place.append(note);
}

document.addEventListener("htmx:sendError", () => {
  trouble("The server did not answer.", "Check that it runs and that you are connected, then try again.");
});

document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 403) {
    trouble("This was refused.", "You may be signed out, or your role does not allow it. Reload the page.");
  } else if (status === 404) {
    trouble("This is no longer there.", "It was deleted or moved. Reload the page.");
  } else {
    trouble(`The server failed (${status}).`, "Try again. If it stays, the cause is in the server's log.");
  }
});

document.addEventListener("htmx:beforeRequest", () => {
  all("[data-trouble]").forEach((old) => old.remove());
});
