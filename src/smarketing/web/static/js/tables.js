// Says of each table whether it fits: one that does shows its head on top of the window, one that does not scrolls by itself.
const watched = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const box = target.closest(".table-box");
    box?.classList.toggle("fits", box.querySelector("table").scrollWidth <= box.clientWidth + 1);
  }
});

export function startTables(within) {
  within.querySelectorAll?.(".table-box").forEach((box) => watched.observe(box));
}
