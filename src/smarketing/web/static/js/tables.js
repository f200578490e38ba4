// Says of each table whether it fits: one that does shows its head on top of the window, one that does not scrolls by itself
// and can be focused, so that the arrow keys scroll it.
const watched = new ResizeObserver((entries) => {
  for (const { target: box } of entries) {
    const fits = box.querySelector("table").scrollWidth <= box.clientWidth + 1;
    box.classList.toggle("fits", fits);
    if (fits) box.removeAttribute("tabindex");
    else box.tabIndex = 0;
  }
});

export function startTables(within) {
  within.querySelectorAll?.(".table-box").forEach((box) => watched.observe(box));
}
