// Words of the vocabulary explain themselves: on hover after a moment, on focus, on tap; Esc closes. Without this they are links.
const PATIENCE = 180;
const GRACE = 160;
let opening = 0;
let closing = 0;

const cardOf = (term) => document.getElementById(term.dataset.term);

function open(term) {
  clearTimeout(closing);
  const card = cardOf(term);
  if (card && !card.matches(":popover-open")) card.showPopover({ source: term });
}

function close(card) {
  if (card?.matches(":popover-open")) card.hidePopover();
}

function closeSoon(card) {
  clearTimeout(opening);
  clearTimeout(closing);
  closing = setTimeout(() => close(card), GRACE);
}

function arm(term) {
  const card = cardOf(term);
  if (!card) return;
  term.setAttribute("aria-describedby", card.id);
  const byMouse = (act) => (event) => event.pointerType === "mouse" && act();
  term.addEventListener("pointerenter", byMouse(() => {
    clearTimeout(opening);
    opening = setTimeout(() => open(term), PATIENCE);
  }));
  term.addEventListener("pointerleave", byMouse(() => closeSoon(card)));
  card.addEventListener("pointerenter", byMouse(() => clearTimeout(closing)));
  card.addEventListener("pointerleave", byMouse(() => closeSoon(card)));
  term.addEventListener("focus", () => term.matches(":focus-visible") && open(term));
  term.addEventListener("blur", () => closeSoon(card));
  // A first tap explains, a second one follows the link.
  term.addEventListener("click", (event) => {
    if (event.pointerType === "mouse" || event.pointerType === "" || card.matches(":popover-open")) return;
    event.preventDefault();
    open(term);
  });
}

export function startTerms(within) {
  within.querySelectorAll?.("[data-term]:not([aria-describedby])").forEach(arm);
}
