// Dialogs open by name and close with Esc, the cross, or a click beside them.
export function openDialog(name) {
  const dialog = document.getElementById(name);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      opener.closest("[popover]")?.hidePopover();
      openDialog(opener.dataset.opens);
    } else if (event.target instanceof HTMLDialogElement) {
      event.target.close();
    }
  });
}
