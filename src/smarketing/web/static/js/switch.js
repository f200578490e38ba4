// The choice of colours: light, dark, or what the system says.
const DARK = matchMedia("(prefers-color-scheme: dark)");

export const theme = () => document.documentElement.dataset.theme ?? (DARK.matches ? "dark" : "light");

const tell = () => document.dispatchEvent(new CustomEvent("theme", { detail: theme() }));

function choose(value) {
  const root = document.documentElement;
  if (value === "system") delete root.dataset.theme;
  else root.dataset.theme = value;
  try {
    if (value === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", value);
  } catch {
    // It then holds for this page only.
  }
  tell();
}

export function startThemeSwitch() {
  const chosen = document.documentElement.dataset.theme ?? "system";
  for (const place of document.querySelectorAll("[data-theme-switch]")) {
    for (const input of place.querySelectorAll("input")) {
      input.checked = input.value === chosen;
      input.addEventListener("change", () => choose(input.value));
    }
  }
  DARK.addEventListener("change", () => document.documentElement.dataset.theme ?? tell());
}
