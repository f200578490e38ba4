// Keys: / searches, ? lists them, j and k walk the rows of the table, g and a letter go to a page that the menu has.
import { openDialog } from "./dialogs.js";

const SOON = 1200;
let going = 0;

export const isGoing = () => going > 0 && performance.now() - going < SOON;

// The page of a letter, where it is open to whoever looks: a link that the page has anyway.
const pageOf = (letter) => document.querySelector(`a[data-letter-of-page="${letter}"]`);

export const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

function walk(step) {
  const links = [...document.querySelectorAll(".table a.row-link, .table tbody th a")];
  if (!links.length) return;
  const here = links.indexOf(document.activeElement);
  const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, here + step));
  links[next].focus();
}

function search() {
  const field = document.querySelector("[data-search]");
  field?.focus();
  field?.select();
  return Boolean(field);
}

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (isGoing() && /^[a-z]$/.test(event.key) && event.key !== "g") {
      // Also where no page has this letter: it is not for anybody else, such as the lead that is chosen.
      going = 0;
      event.preventDefault();
      const page = pageOf(event.key);
      if (page) location.assign(page.href);
      return;
    }
    going = event.key === "g" ? performance.now() : 0;
    if (event.key === "/" && search()) event.preventDefault();
    if (event.key === "?") openDialog("keys");
    if (event.key === "j") walk(1);
    if (event.key === "k") walk(-1);
  });
}
