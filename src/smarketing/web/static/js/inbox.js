// The inbox and the acts on a lead: a letter opens a panel or acts at once, the key beside a choice takes it; new leads come in by themselves and
// leave the selection, and whatever is being typed, alone. Without scripts the same forms and links work.
import { tell, tick } from "./clocks.js";
import { isGoing, isTyping } from "./keys.js";
import { say } from "./toasts.js";

const EVERY = 5000;
const ANSWERED = [403, 404, 409, 412, 422];
let tag = "";
let asking = false;
let coming = "";
let asked = null;
let waiting = [];
let wanted = "";

const inbox = () => document.getElementById("inbox");
const rows = () => [...document.querySelectorAll("#inbox-list [data-lead]")];
const beside = () => document.querySelector("[data-lead-beside]");
const panel = () => document.querySelector("[data-panel]:popover-open");
const chosen = () => rows().find((row) => row.getAttribute("aria-current") === "true");

function choose(row) {
  for (const each of rows()) each.toggleAttribute("aria-current", false);
  row?.setAttribute("aria-current", "true");
}

function walk(step) {
  const all = rows();
  if (!all.length) return;
  const here = all.indexOf(chosen());
  const next = all[Math.min(all.length - 1, Math.max(0, here + step))];
  next.focus();
  if (next !== chosen()) next.click();
}

function pressed(key) {
  const open = panel();
  if (open) return /^[0-9a-z]$/.test(key) ? open.querySelector(`[data-pick="${key}"]`) : null;
  if (key === "u") return [...document.querySelectorAll("[data-undo]")].pop();
  if (key === "e" && inbox()) return document.querySelector("[data-open-lead]");
  if (!/^[a-z]$/.test(key)) return null;
  return document.querySelector(`[data-acting] [data-letter="${key}"]`);
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.repeat && /[a-z]/.test(event.key) && !/[jk]/.test(event.key)) return;
  if (isTyping(event.target) || isGoing() || document.querySelector("dialog[open]")) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") return onArrow(event);
  if (inbox() && (event.key === "j" || event.key === "k")) {
    if (coming !== "act") walk(event.key === "j" ? 1 : -1);
    event.preventDefault();
    return;
  }
  // A key is for the lead that was chosen, also where it is still on its way; while an act is, nobody has seen what comes after it.
  if (coming === "lead" && (waiting.length ? /^[0-9a-z]$/ : /^[a-z]$/).test(event.key) && waiting.length < 2) waiting.push(event.key);
  if (!coming && press(event.key)) event.preventDefault();
}

function onArrow(event) {
  const all = [...(panel()?.querySelectorAll("[data-pick]") ?? [])];
  const here = all.indexOf(document.activeElement);
  if (here < 0) return;
  all[(here + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length].focus();
  event.preventDefault();
}

// What an answer brought is made part of the page a moment after it is seen; pressed before that, a form (or a row) would leave the page.
function press(key) {
  const button = pressed(key);
  const form = button?.closest("form");
  if (form) window.htmx?.process(form);
  button?.click();
  focusIn(panel());
  return Boolean(button);
}

function begins(event) {
  const target = event.detail.target?.id;
  const row = event.target.closest?.("#inbox-list [data-lead]");
  if (row && !coming && row.dataset.lead === beside()?.dataset.leadBeside) {
    event.preventDefault();
    choose(row);
    document.querySelector(".inbox")?.classList.add("is-open");
    return;
  }
  if (target !== "inbox" && target !== "inbox-lead") return;
  if (coming === "act") {
    event.preventDefault();
    wanted = row?.dataset.lead ?? wanted;
    return;
  }
  asked = event.detail.xhr;
  coming = target === "inbox" ? "act" : "lead";
  waiting = [];
  document.getElementById("inbox-lead")?.classList.add("is-coming");
  if (!row) return;
  choose(row);
  document.querySelector(".inbox")?.classList.add("is-open");
}

function settled(event) {
  if (event.type !== "htmx:afterSwap" && event.detail.successful) return;
  const target = event.detail.target?.id ?? event.detail.elt?.id;
  if (event.type === "htmx:afterSwap" && target !== "inbox" && target !== "inbox-lead" || event.detail.xhr !== asked) return;
  const keys = event.type === "htmx:afterSwap" && coming === "lead" ? waiting : [];
  coming = "";
  waiting = [];
  document.getElementById("inbox-lead")?.classList.remove("is-coming");
  if (keys.length) press(keys[0]);
  if (keys.length > 1 && panel()) press(keys[1]);
  if (wanted) goTo(rows().find((row) => row.dataset.lead === wanted));
  wanted = "";
}

function goTo(row) {
  if (row) window.htmx?.process(row);
  row?.click();
}

// An answer about a lead is for the one that was asked for last: an older one that comes later is not shown.
function beforeSwap(event) {
  const target = event.detail.target?.id;
  if (target === "inbox-lead" && event.detail.xhr !== asked) event.detail.shouldSwap = false;
  if (target !== "inbox" || !ANSWERED.includes(event.detail.xhr.status)) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
}

const busy = () => Boolean(panel()) || Boolean(document.activeElement?.closest("#inbox-lead textarea, #inbox-lead input"));

function swapList(text) {
  const place = document.getElementById("inbox-list");
  const before = new Set(rows().map((row) => row.dataset.lead));
  const focus = place.contains(document.activeElement) ? document.activeElement.id : "";
  const [x, y] = [place.scrollLeft, place.scrollTop];
  place.innerHTML = text;
  window.htmx?.process(place);
  place.scrollTo(x, y);
  if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
  const fresh = rows().filter((row) => !before.has(row.dataset.lead));
  if (fresh.length) say(fresh.length === 1 ? `New: ${fresh[0].dataset.name}` : `${fresh.length} new leads`);
}

function keepUp() {
  const lead = beside();
  if (!lead) {
    if (rows().length) location.reload();
    return;
  }
  const row = rows().find((each) => each.dataset.lead === lead.dataset.leadBeside);
  lead.querySelector("[data-gone]")?.toggleAttribute("hidden", Boolean(row));
  if (row) choose(row);
  if (row && row.dataset.mark !== lead.dataset.mark && !busy()) {
    window.htmx?.ajax("GET", row.getAttribute("hx-get"), { target: "#inbox-lead", swap: "innerHTML show:none" });
  }
}

async function look() {
  const page = inbox();
  if (!page || asking || coming || document.hidden) return;
  asking = true;
  try {
    const lead = beside()?.dataset.leadBeside ?? "";
    const answer = await fetch(`${page.dataset.list}&lead=${encodeURIComponent(lead)}`, {
      headers: { "HX-Request": "true", ...(tag && { "If-None-Match": tag }) },
    });
    const [server, speed] = [Number(answer.headers.get("X-Now")), Number(answer.headers.get("X-Speed"))];
    if (server && page.dataset.speed !== "0") tell(server, speed);
    if (answer.status === 200 && inbox() === page && !answer.redirected && !coming) {
      const first = !tag;
      tag = answer.headers.get("ETag") ?? "";
      const text = await answer.text();
      if (!first || changed(text)) {
        swapList(text);
        keepUp();
      }
    }
    tick();
  } catch {
    // The server is not there for a moment; the next look finds it.
  } finally {
    asking = false;
  }
}

function changed(text) {
  const there = new DOMParser().parseFromString(text, "text/html").querySelectorAll("[data-lead]");
  const marks = (all) => [...all].map((row) => `${row.dataset.lead} ${row.dataset.mark}`).join();
  return marks(there) !== marks(rows());
}

function afterSwap(event) {
  if (event.detail.target?.id === "inbox" || event.detail.elt?.id === "inbox") {
    tag = "";
    event.detail.requestConfig?.elt?.closest(".toast")?.remove();
    const page = inbox();
    if (page) tell(Number(page.dataset.now), Number(page.dataset.speed));
    (chosen() ?? document.getElementById("inbox-lead"))?.focus({ preventScroll: true });
  }
  if (event.detail.target?.id === "inbox-lead" && matchMedia("(max-width: 63.99rem)").matches) {
    scrollTo(0, 0);
    document.getElementById("inbox-lead").focus({ preventScroll: true });
  }
  tick();
}

// At once, so that what is typed next goes into the panel and is no key.
function focusIn(open) {
  if (open && !open.contains(document.activeElement)) open.querySelector("[data-pick], textarea, input:not([type=hidden])")?.focus();
}

function opened(event) {
  if (event.newState === "open" && event.target.matches("[data-panel]")) focusIn(event.target);
}

function moreKeys() {
  const more = document.querySelector("[data-more-keys]");
  const list = document.querySelector("#keys .keys-list");
  if (!more || !list) return;
  const keysOf = (line) => line.querySelector("dt").textContent.replace(/\s+/g, " ").trim();
  const own = new Set([...more.children].map(keysOf));
  for (const line of [...list.children]) if (own.has(keysOf(line))) line.remove();
  list.prepend(...more.children);
}

export function startInbox() {
  if (!inbox() && !document.querySelector("[data-acting]")) return;
  moreKeys();
  document.addEventListener("keydown", onKey);
  document.addEventListener("toggle", opened, true);
  document.addEventListener("htmx:beforeSwap", beforeSwap);
  document.addEventListener("htmx:beforeRequest", begins);
  document.addEventListener("htmx:afterSwap", afterSwap);
  for (const end of ["htmx:afterSwap", "htmx:afterRequest"]) document.addEventListener(end, settled);
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status >= 500) say("That was not done: the server made a mistake. Try again.", "error");
  });
  document.addEventListener("htmx:sendError", () => say("That was not done: the server cannot be reached. Try again.", "error"));
  if (!inbox()) return;
  setInterval(look, EVERY);
  document.addEventListener("clock-ran-out", look);
  document.addEventListener("visibilitychange", look);
}
