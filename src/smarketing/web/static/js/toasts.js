// Messages that leave by themselves, except errors, which stay until they are clicked away.
const SECONDS = 6;

function leave(toast) {
  toast.classList.add("is-leaving");
  setTimeout(() => toast.remove(), 250);
}

function arm(toast) {
  toast.addEventListener("click", () => leave(toast));
  if (!toast.matches(".kind-error, .kind-warning")) setTimeout(() => leave(toast), SECONDS * 1000);
}

export function say(text) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.append(Object.assign(document.createElement("p"), { textContent: text }));
  document.getElementById("toasts")?.append(toast);
  arm(toast);
}

export function startToasts() {
  document.querySelectorAll(".toast").forEach(arm);
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
