// Clocks that count down working time. They reckon from instants: what is left is what of the intervals lies ahead of now. So they are
// right after sleep, and nothing happens to them when summer time begins. Now is the server's: its time when it was told last, and what
// passed here since (`speed` times as fast, where the workspace has a clock of its own; 0: it stands still).
const MINUTE = 60000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SHORT = 10 * MINUTE;
const FAR = 10 * HOUR;
const SOON = HOUR;
let told = { server: Date.now(), here: Date.now(), speed: 1 };
let zone = "UTC";

export const now = () => told.server + (Date.now() - told.here) * told.speed;

export function tell(server, speed = 1) {
  if (Number.isFinite(server)) told = { server, here: Date.now(), speed: Number.isFinite(speed) ? speed : 1 };
}

export const intervals = (text) => text.split(" ").filter(Boolean).map((span) => span.split("-").map(Number));

export const left = (spans, at) => spans.reduce((sum, [begin, end]) => sum + Math.max(0, end - Math.max(begin, at)), 0);

export function words(ms) {
  if (ms < SHORT) return `${Math.floor(ms / MINUTE)} min ${String(Math.floor((ms % MINUTE) / 1000)).padStart(2, "0")} s`;
  const minutes = Math.floor(ms / MINUTE);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return hours ? (rest ? `${hours} h ${rest} min` : `${hours} h`) : `${rest} min`;
}

function begins(at) {
  const soon = at - now() < 6 * DAY;
  const form = soon ? { weekday: "short", hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(document.documentElement.dataset.locale, { ...form, timeZone: zone }).format(at);
}

function draw(clock) {
  const spans = intervals(clock.dataset.work);
  const at = now();
  const ahead = left(spans, at);
  const place = clock.querySelector("[data-left]");
  if (at > Number(clock.dataset.due)) {
    clock.classList.add("is-over");
    clock.removeAttribute("data-clock");
    place.textContent = "breached";
    document.dispatchEvent(new CustomEvent("clock-ran-out"));
    return;
  }
  const next = spans.find(([, end]) => end > at);
  const rests = next && next[0] > at;
  clock.classList.toggle("is-soon", ahead <= SOON);
  clock.classList.toggle("is-resting", Boolean(rests));
  const text = ahead >= FAR ? clock.dataset.far : rests ? `${words(ahead)}, from ${begins(next[0])}` : words(ahead);
  if (place.textContent !== text) place.textContent = text;
}

export function tick() {
  document.querySelectorAll("[data-clock]").forEach(draw);
}

export function startClocks() {
  const page = document.querySelector("[data-now]");
  if (!page) return;
  zone = page.dataset.zone || zone;
  tell(Number(page.dataset.now), Number(page.dataset.speed));
  tick();
  setInterval(tick, 1000);
  for (const woken of ["visibilitychange", "resume"]) document.addEventListener(woken, tick);
  addEventListener("pageshow", tick);
}
