// Messages that leave by themselves, except errors, which stay until they are clicked away.
const SECONDS = 6;
const SECONDS_TO_UNDO = 15;
const MOST = 3;
const armed = new WeakSet();

function leave(toast) {
  toast.classList.add("is-leaving");
  setTimeout(() => toast.remove(), 250);
}

function arm(toast) {
  if (armed.has(toast)) return;
  armed.add(toast);
  toast.addEventListener("click", (event) => event.target.closest("button") || leave(toast));
  const seconds = toast.querySelector("[data-undo]") ? SECONDS_TO_UNDO : SECONDS;
  if (!toast.matches(".kind-error, .kind-warning")) setTimeout(() => leave(toast), seconds * 1000);
}

// Who is quick sees what was said last, and the page behind it; errors stay.
function makeRoom(place) {
  const passing = [...place.querySelectorAll(".toast:not(.is-leaving, .kind-error, .kind-warning)")];
  passing.slice(0, -MOST).forEach((toast) => toast.remove());
}

export function say(text, kind = "info") {
  const toast = document.createElement("div");
  toast.className = `toast kind-${kind}`;
  toast.append(Object.assign(document.createElement("p"), { textContent: text }));
  document.getElementById("toasts")?.append(toast);
  arm(toast);
}

export function startToasts() {
  document.querySelectorAll(".toast").forEach(arm);
  const place = document.getElementById("toasts");
  if (place) new MutationObserver(() => {
    place.querySelectorAll(".toast").forEach(arm);
    makeRoom(place);
  }).observe(place, { childList: true });
  document.addEventListener("click", async (event) => {
    const copier = event.target.closest("[data-copies-link]");
    if (!copier) return;
    try {
      await navigator.clipboard.writeText(new URL(copier.dataset.copiesLink || location.href, location.href).href);
      say("Link copied");
    } catch {
      say("The browser does not let pages copy; take the link from the address bar");
    }
  });
}
