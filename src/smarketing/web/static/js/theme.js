// Runs before the page is painted, so that nobody who chose the dark is flashed with light.
(() => {
  const root = document.documentElement;
  root.classList.add("has-scripts");
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch {
    // Without storage the system decides.
  }
})();
