// data-confirm="Delete this assistant?" on a form or on its button asks first, in the
// page's <dialog id="confirm">; data-confirm-yes="Delete" names the button that does it.
const dialog = document.getElementById("confirm");
let agreed = null;

function ask(form, submitter, asked) {
  const yes = dialog.querySelector("[data-yes]");
  dialog.querySelector("#confirm-question").textContent = asked.dataset.confirm;
  yes.textContent = asked.dataset.confirmYes || "Yes";
  dialog.returnValue = "";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "yes") return;
    agreed = form;
    form.requestSubmit(submitter);
    agreed = null;
  }, { once: true });
  dialog.showModal();
}

// On the window and capturing, so that it comes before htmx.
window.addEventListener("submit", (event) => {
  const form = event.target;
  const asked = [event.submitter, form].find((element) => element?.dataset.confirm);
  if (!dialog || !asked || agreed === form) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(form, event.submitter, asked);
}, true);
