// The window's title follows [data-page-title], as headers change while a page is open.
import { each } from "./page.js";

each("[data-page-title]", (header) => {
  document.title = header.dataset.pageTitle;
});
