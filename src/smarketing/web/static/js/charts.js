// Charts are fetched and drawn when they come near: the same document that the command line writes into a file.
// Its colours are properties of the stylesheet, so it follows light, dark and print without being drawn again. The library is
// served from here and works under a policy that forbids eval, because expressions come parsed (`ast`).
const NEAR = "400px";
const OPTIONS = { actions: false, ast: true, defaultStyle: false, renderer: "svg", tooltip: { disableDefaultStyle: true } };
let library;

function load() {
  library ??= import(document.querySelector('meta[name="charts"]').content).then(() => window.vegaEmbed);
  return library;
}

async function fetched(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status} for ${address}`);
  return answer.json();
}

async function draw(figure) {
  const place = figure.querySelector(".chart-place");
  try {
    const [embed, spec] = await Promise.all([load(), fetched(figure.dataset.chart)]);
    const inside = Object.assign(document.createElement("div"), { className: "chart-inside" });
    place.append(inside);
    await embed(inside, spec, { ...spec.usermeta?.embedOptions, ...OPTIONS });
    place.replaceChildren(inside);
    figure.classList.add("is-drawn");
  } catch (error) {
    figure.classList.add("is-failed");
    place.textContent = "The chart could not be drawn. Its figures are in the table below.";
    figure.querySelector("details")?.setAttribute("open", "");
    console.error(error);
  }
}

const whenNear = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      whenNear.unobserve(target);
      draw(target);
    }
  },
  { rootMargin: NEAR },
);

export function startCharts(within) {
  within.querySelectorAll?.("[data-chart]:not(.is-drawn)").forEach((figure) => whenNear.observe(figure));
}
