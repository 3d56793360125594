"use strict";
// Charts are drawn when they come near the window, and cleared when they are far from it: a page has hundreds.
const OPTIONS = { displayModeBar: false, responsive: true };
const drawn = new Set();
let shown = null; // the part of the time that all charts show; null for all of it
let following = false;

function draw(place) {
  if (drawn.has(place)) return;
  drawn.add(place);
  const chart = JSON.parse(place.nextElementSibling.textContent);
  place.whole = chart.layout.xaxis.range.slice();
  if (shown) chart.layout.xaxis.range = shown.slice();
  Plotly.newPlot(place, chart.data, chart.layout, OPTIONS).then(() => {
    place.on("plotly_relayout", (change) => {
      if (following) return;
      const range = change["xaxis.range"] || (change["xaxis.range[0]"] && [change["xaxis.range[0]"], change["xaxis.range[1]"]]);
      if (range || change["xaxis.autorange"]) show(range || null);
    });
  });
}

function clear(place) {
  if (drawn.delete(place)) Plotly.purge(place);
}

async function show(range) {
  shown = range;
  following = true;
  await Promise.all([...drawn].map((place) => Plotly.relayout(place, { "xaxis.range": (range || place.whole).slice() })));
  following = false;
}

const near = new IntersectionObserver(
  (entries) => entries.forEach((entry) => (entry.isIntersecting ? draw : clear)(entry.target)),
  { rootMargin: "400px 0px" },
);
document.querySelectorAll(".chart").forEach((place) => near.observe(place));

document.getElementById("whole").addEventListener("click", () => show(null));
document.getElementById("search").addEventListener("input", (event) => {
  const words = event.target.value.toLowerCase().split(/\s+/);
  document.querySelectorAll(".found").forEach((each) => {
    each.hidden = !words.every((word) => each.dataset.text.includes(word));
  });
  document.querySelectorAll("section").forEach((section) => {
    const number = section.querySelector("h2 .number");
    if (!number) return;
    const found = section.querySelectorAll(".found:not([hidden])").length;
    number.textContent = found;
    section.hidden = words.some(Boolean) && !found;
  });
});
