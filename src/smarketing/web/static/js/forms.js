// A changed choice of a filter applies at once; empty fields stay out of the address, so that it can be read and shared.
export function startForms() {
  for (const form of document.querySelectorAll("form[data-submits-itself]")) {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
    });
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "get") return;
    const filled = [...form.elements].filter((field) => field.name && !field.disabled && field.value === "");
    filled.forEach((field) => (field.disabled = true));
    setTimeout(() => filled.forEach((field) => (field.disabled = false)));
  });
}
