// The wall: its clock ticks, the screen stays awake, and who looks at it sees when it hears nothing any more.
import { now, tell } from "./clocks.js";

const QUIET = 45000; // so long without an answer, and it says so
const SLEPT = 5000; // a second that took so long was sleep
let heard = Date.now();
let last = Date.now();
let lock = null;

function listen() {
  const wall = document.getElementById("wall");
  if (!wall) return;
  tell(Number(wall.dataset.now), Number(wall.dataset.speed));
  heard = Date.now();
  show();
}

function show() {
  const wall = document.getElementById("wall");
  const place = wall?.querySelector("[data-wall-time]");
  if (!place) return;
  const form = new Intl.DateTimeFormat(document.documentElement.dataset.locale, { hour: "2-digit", minute: "2-digit", timeZone: wall.dataset.zone });
  const text = form.format(now());
  if (place.textContent !== text) place.textContent = text;
  wall.classList.toggle("is-lost", Date.now() - heard > QUIET);
}

async function stayAwake() {
  if (document.visibilityState !== "visible" || lock) return;
  try {
    lock = await navigator.wakeLock?.request("screen");
    lock?.addEventListener("release", () => (lock = null));
  } catch {
    // Without it the screen's own settings decide.
  }
}

function tick() {
  if (Date.now() - last > SLEPT) document.dispatchEvent(new CustomEvent("wake"));
  last = Date.now();
  show();
}

listen();
stayAwake();
setInterval(tick, 1000);
document.addEventListener("htmx:afterSettle", listen);
document.addEventListener("visibilitychange", stayAwake);
