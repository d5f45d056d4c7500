// input[type=file][data-attach]: pick, paste or drop pictures. They are shown in the form's
// [data-attach-list] (or .strip); what is refused is said in [data-attach-error]. Limits:
// data-attach-max (16 pictures), data-attach-bytes (25 MiB each). The server checks again.
import { all, each } from "./page.js";

const TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const held = new WeakMap(); // input -> the files chosen so far, in order
const refused = new Map(); // input id -> files of a form that the server sent back

const listOf = (input) => input.form?.querySelector("[data-attach-list], .strip");
const isFileDrag = (event) => event.dataTransfer?.types.includes("Files");

function complaint(file, input, count) {
  const bytes = Number(input.dataset.attachBytes) || 25 * 1024 * 1024;
  const most = Number(input.dataset.attachMax) || 16;
  if (!TYPES.includes(file.type)) return `${file.name} is not a PNG, JPEG, WebP or GIF picture.`;
  if (file.size > bytes) return `${file.name} is larger than ${Math.floor(bytes / 1024 / 1024)} MiB.`;
  if (count >= most) return `${file.name} was left out: at most ${most} pictures.`;
  return "";
}

function draw(input) {
  const list = listOf(input);
  if (!list) return;
  for (const old of all("[data-attached]", list)) {
    URL.revokeObjectURL(old.querySelector("img").src);
    old.remove();
  }
  for (const file of held.get(input)) {
    const item = document.getElementById("attached-template").content.firstElementChild.cloneNode(true);
    item.dataset.attached = "";
    item.querySelector("img").src = URL.createObjectURL(file);
    for (const place of all("[data-name]", item)) place.textContent = file.name;
    item.querySelector("button").addEventListener("click", () => {
      keep(input, held.get(input).filter((other) => other !== file));
      input.focus();
    });
    list.append(item);
  }
}

function keep(input, files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  held.set(input, files);
  input.files = transfer.files;
  draw(input);
}

function add(input, incoming) {
  const files = input.multiple ? [...(held.get(input) ?? [])] : [];
  const problems = [];
  for (const file of incoming) {
    const problem = complaint(file, input, files.length);
    if (problem) problems.push(problem);
    else files.push(file);
    if (!input.multiple && files.length) break;
  }
  keep(input, files);
  const place = input.form?.querySelector("[data-attach-error]");
  if (place) place.textContent = problems.join(" ");
}

/** The picture field that a paste or drop at `target` is meant for. */
function inputFor(target) {
  const form = target.closest?.("form:has([data-attach])");
  const inputs = all("[data-attach]", form ?? document);
  return form || inputs.length === 1 ? inputs[0] : undefined;
}

function setDropping(input) {
  for (const form of all("form.dropping")) form.classList.remove("dropping");
  input?.form?.classList.add("dropping");
}

each("input[type=file][data-attach]", (input) => {
  input.addEventListener("change", () => add(input, [...input.files]));
  input.form?.addEventListener("reset", () => keep(input, []));
  if (refused.has(input.id)) keep(input, refused.get(input.id));
  refused.delete(input.id);
});

// What was refused must not be missed: the first attempt to send asks once more.
document.addEventListener("submit", (event) => {
  const place = event.target.querySelector("[data-attach-error]");
  if (!place?.textContent.trim() || place.dataset.seen === place.textContent) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  place.textContent = `${place.textContent.trim()} Send again to go on without.`;
  place.dataset.seen = place.textContent;
}, true);

// A form that comes back with a complaint is a new element: give it its pictures again.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.xhr.getResponseHeader("HX-Refused")) return;
  for (const input of all("[data-attach]", event.detail.requestConfig.elt)) refused.set(input.id, held.get(input) ?? []);
});

document.addEventListener("paste", (event) => {
  const input = inputFor(event.target);
  const files = [...(event.clipboardData?.files ?? [])];
  if (!input || !files.length) return;
  event.preventDefault();
  add(input, files);
});

document.addEventListener("dragover", (event) => {
  if (!isFileDrag(event)) return;
  event.preventDefault(); // else the browser leaves the page to show the file
  setDropping(inputFor(event.target));
});

document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) setDropping(undefined);
});

document.addEventListener("drop", (event) => {
  if (!isFileDrag(event)) return;
  event.preventDefault();
  setDropping(undefined);
  const input = inputFor(event.target);
  if (input) add(input, [...event.dataTransfer.files]);
});
