"use strict";
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const form = document.querySelector(".filters");
const search = document.getElementById("search");
const items = all(".item");
const texts = new Map(); // what of each item is searched, read on first use
const LISTS = { findings: "findings", resources: "covered resources", alarms: "alarms", permissions: "permissions", costs: "cost lines" };
const HOLDERS = "[data-group], .wide, details, .part, section";
const opened = new Set(); // what a search has opened

function textOf(item) {
  if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
  return texts.get(item);
}

function wanted() {
  const chosen = form ? new FormData(form) : new FormData();
  return {
    words: search.value.toLowerCase().split(/\s+/).filter(Boolean),
    severity: chosen.getAll("severity"),
    state: chosen.get("state") ?? "",
    rule: chosen.get("rule") ?? "",
    family: chosen.get("family") ?? "",
    stack: chosen.get("stack") ?? "",
  };
}

function fits(item, want) {
  const { list, state, stack } = item.dataset;
  if (want.stack && stack !== undefined && stack !== want.stack) return false;
  if (list === "findings") {
    const { severity, rule, family } = item.closest("[data-group]").dataset;
    if (!want.severity.includes(severity)) return false;
    if (want.state && state !== want.state) return false;
    if (want.rule && rule !== want.rule) return false;
    if (want.family && family !== want.family) return false;
  }
  return want.words.every((word) => textOf(item).includes(word));
}

function filter() {
  const want = wanted();
  const searching = want.words.length > 0;
  items.forEach((item) => item.classList.toggle("off", !fits(item, want)));
  all(".part").forEach((part) => part.classList.toggle("off", Boolean(want.stack) && part.dataset.stack !== want.stack));
  for (const holder of all(HOLDERS).reverse()) {
    const inside = all(".item", holder);
    if (!inside.length) continue;
    const shown = inside.some((item) => !item.classList.contains("off"));
    const otherPart = holder.matches(".part.off");
    // A section stays while nobody searches: its filters are in it, or it says that it is empty.
    holder.classList.toggle("off", otherPart || (!shown && (searching || !holder.matches("section, .part"))));
    if (holder.localName === "details" && searching && shown && !holder.open) {
      holder.open = true;
      opened.add(holder);
    }
  }
  if (!searching) {
    opened.forEach((details) => (details.open = false));
    opened.clear();
  }
  all(".box").forEach((box) => box.classList.toggle("dim", !want.words.every((word) => box.textContent.toLowerCase().includes(word))));
  tell();
}

function tell() {
  const parts = [];
  for (const [list, words] of Object.entries(LISTS)) {
    const of = items.filter((item) => item.dataset.list === list);
    const shown = of.filter((item) => !item.classList.contains("off")).length;
    all(`[data-count="${list}"]`).forEach((count) => (count.textContent = shown));
    if (of.length) parts.push(`${shown} of ${of.length} ${words}`);
  }
  all("[data-places]").forEach((count) => {
    count.textContent = all(".item:not(.off)", count.closest("[data-group]")).length;
  });
  const any = items.some((item) => !item.classList.contains("off"));
  document.getElementById("found").textContent = `Shown: ${parts.join(", ")}.`;
  document.getElementById("nothing").hidden = any;
  const none = document.querySelector("[data-empty]");
  if (none) none.hidden = items.some((item) => item.dataset.list === "findings" && !item.classList.contains("off"));
}

// The address keeps the filters, so that it can be sent to somebody.
function remember() {
  const chosen = form ? new FormData(form) : new FormData();
  const kept = new URLSearchParams();
  if (search.value) kept.set("find", search.value);
  if (form && chosen.getAll("severity").length < all("[name=severity]", form).length) kept.set("severity", chosen.getAll("severity").join(","));
  if (form && chosen.get("state") !== "open") kept.set("state", chosen.get("state"));
  for (const name of ["rule", "family", "stack"]) if (chosen.get(name)) kept.set(name, chosen.get(name));
  const text = kept.toString();
  history.replaceState(null, "", text ? `#findings?${text}` : "#findings");
}

function recall() {
  const [id, text] = location.hash.slice(1).split("?");
  if (text !== undefined) {
    const kept = new URLSearchParams(text);
    search.value = kept.get("find") ?? "";
    if (form) {
      const severities = kept.has("severity") ? kept.get("severity").split(",") : null;
      all("[name=severity]", form).forEach((each) => (each.checked = !severities || severities.includes(each.value)));
      for (const name of ["state", "rule", "family", "stack"]) {
        if (form.elements[name]) form.elements[name].value = kept.get(name) ?? (name === "state" ? "open" : "");
      }
    }
    filter();
    document.getElementById(id)?.scrollIntoView();
    return;
  }
  const target = id && document.getElementById(id);
  if (target?.closest(".off")) {
    search.value = "";
    form?.reset();
    if (form && target.closest(".item")?.dataset.state) form.elements.state.value = "";
    filter();
  }
  if (target) {
    for (let around = target.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
    target.scrollIntoView();
  }
}

function change() {
  filter();
  remember();
}

search.addEventListener("input", change);
form?.addEventListener("input", change);
form?.addEventListener("reset", () => {
  search.value = "";
  setTimeout(change);
});
addEventListener("hashchange", recall);

// One stop a table for the Tab key; arrows, Home and End go from cell to cell.
for (const table of all(".matrix")) {
  const cells = all("a.cell", table);
  cells.forEach((cell, index) => (cell.tabIndex = index ? -1 : 0));
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("a.cell");
    if (!cell) return;
    const column = cell.closest("td").cellIndex;
    const rows = all("tbody tr:not(.off)", table);
    const row = rows.indexOf(cell.closest("tr"));
    const along = all("a.cell", rows[row]);
    const inColumn = rows.map((each) => each.cells[column]?.querySelector("a.cell")).filter(Boolean);
    const next = {
      ArrowRight: along[along.indexOf(cell) + 1],
      ArrowLeft: along[along.indexOf(cell) - 1],
      ArrowDown: inColumn[inColumn.indexOf(cell) + 1],
      ArrowUp: inColumn[inColumn.indexOf(cell) - 1],
      Home: along[0],
      End: along.at(-1),
    }[event.key];
    if (!next) return;
    event.preventDefault();
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

const tip = document.getElementById("tip");
let tipped = null;

function explain(cell) {
  hush();
  const row = document.getElementById(cell.hash.slice(1));
  if (!row) return;
  const [resource, failure, caught, why] = [...row.cells].map((each) => each.textContent.trim());
  const title = document.createElement("b");
  title.textContent = `${failure}: ${caught}`;
  tip.replaceChildren(title, `${resource}. ${why}`);
  tip.hidden = false;
  cell.setAttribute("aria-describedby", "tip");
  tipped = cell;
  place();
}

function place() {
  if (!tipped) return;
  const at = tipped.getBoundingClientRect();
  const below = at.bottom + 6 + tip.offsetHeight < innerHeight;
  tip.style.left = `${Math.max(12, Math.min(at.left, innerWidth - tip.offsetWidth - 12))}px`;
  tip.style.top = `${below ? at.bottom + 6 : at.top - tip.offsetHeight - 6}px`;
}

function hush() {
  tip.hidden = true;
  tipped?.removeAttribute("aria-describedby");
  tipped = null;
}

for (const [start, end] of [["focusin", "focusout"], ["pointerover", "pointerout"]]) {
  document.addEventListener(start, ({ target }) => target.closest?.("a.cell") && explain(target.closest("a.cell")));
  document.addEventListener(end, ({ target }) => target.closest?.("a.cell") && hush());
}
addEventListener("keydown", (event) => event.key === "Escape" && hush());
addEventListener("scroll", place, { passive: true, capture: true });

// What a box is linked to stands out while it is pointed at.
for (const drawing of all(".drawing")) {
  const light = (box) => {
    const id = box?.dataset.actor;
    const linked = new Set([id]);
    all(".flow", drawing).forEach((flow) => {
      const ends = [flow.dataset.source, flow.dataset.target];
      flow.classList.toggle("hot", id !== undefined && ends.includes(id));
      if (ends.includes(id)) ends.forEach((end) => linked.add(end));
    });
    all(".box", drawing).forEach((each) => each.classList.toggle("hot", linked.has(each.dataset.actor)));
    drawing.classList.toggle("lit", id !== undefined);
  };
  for (const event of ["pointerover", "focusin"]) drawing.addEventListener(event, ({ target }) => light(target.closest(".box") ?? target.closest("a")?.querySelector(".box")));
  for (const event of ["pointerleave", "focusout"]) drawing.addEventListener(event, () => light(null));
}

for (const radio of all("[name=theme]")) {
  radio.checked = radio.value === document.documentElement.dataset.theme;
  radio.addEventListener("change", () => {
    document.documentElement.dataset.theme = radio.value;
    try {
      localStorage.setItem("review-theme", radio.value);
    } catch {
      // A browser that keeps nothing for files still changes the colours.
    }
  });
}

let closed = [];
addEventListener("beforeprint", () => {
  closed = all("details:not([open])");
  closed.forEach((details) => (details.open = true));
});
addEventListener("afterprint", () => closed.forEach((details) => (details.open = false)));

const links = new Map(all("nav a").map((link) => [link.hash.slice(1), link]));
const reading = new IntersectionObserver(
  (entries) => {
    const seen = entries.filter((entry) => entry.isIntersecting);
    if (!seen.length) return;
    links.forEach((link) => link.removeAttribute("aria-current"));
    links.get(seen[0].target.id)?.setAttribute("aria-current", "true");
  },
  { rootMargin: "-20% 0px -70% 0px" },
);
all("section[id]").forEach((section) => reading.observe(section));

filter();
if (location.hash) recall();
