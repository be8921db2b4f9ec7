// The timeline: the card of a shift, and dragging. All of it has a link or a form beside it.
"use strict";

const PARTS = 672;
const HOVER = 250;
const EDGE = 7;

function local(moment) {
  const two = (number) => String(number).padStart(2, "0");
  return `${moment.getUTCFullYear()}-${two(moment.getUTCMonth() + 1)}-${two(moment.getUTCDate())}T${two(moment.getUTCHours())}:${two(moment.getUTCMinutes())}`;
}

// Times on the hotline's clock, written as if they were UTC, so that no other clock changes them.
const read = (text) => new Date(`${text}:00Z`);

function place(node, start, end) {
  node.style.setProperty("--s", start);
  node.style.setProperty("--e", end);
}

class Timeline {
  constructor(node) {
    this.node = node;
    this.first = read(`${node.dataset.first}T00:00`);
    this.step = (Number(node.dataset.days) * 86400000) / PARTS;
    this.words = JSON.parse(node.dataset.words);
    this.said = node.querySelector("#timeline-said");
  }

  part(track, x) {
    const box = track.getBoundingClientRect();
    return Math.min(Math.max(((x - box.left) / box.width) * PARTS, 0), PARTS);
  }

  at(part) {
    return new Date(this.first.getTime() + Math.round(part) * this.step);
  }

  inParts(moment) {
    return (moment - this.first) / this.step;
  }

  told(start, end) {
    const day = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
    const [begins, ends] = [start, end].map((each) => local(each).slice(11));
    return `${day.format(start)} ${begins}-${ends}`;
  }

  open(kind, fields) {
    const asked = new URL(this.node.dataset.change, location.href);
    for (const [name, value] of Object.entries({ kind, ...fields })) asked.searchParams.set(name, value);
    location.assign(asked);
  }
}

// The card of a bar: the page of the shift, shown beside it.
const card = {
  node: null,
  owner: null,
  timer: 0,
  pages: new Map(),

  async show(bar, focus) {
    if (!card.pages.has(bar.href)) {
      const asked = new URL(bar.href);
      asked.searchParams.set("part", "card");
      const answer = await fetch(asked, { headers: { "HX-Request": "true" } });
      if (!answer.ok) return;
      card.pages.set(bar.href, await answer.text());
    }
    card.hide();
    if (!bar.isConnected) return;
    card.owner = bar;
    card.node = document.createElement("aside");
    card.node.className = "hover";
    card.node.setAttribute("aria-label", bar.getAttribute("aria-label"));
    card.node.innerHTML = card.pages.get(bar.href);
    const frame = bar.closest(".tl");
    frame.append(card.node);
    const [outer, inner] = [frame.getBoundingClientRect(), bar.getBoundingClientRect()];
    const left = Math.min(Math.max(inner.left - outer.left, 8), outer.width - card.node.offsetWidth - 8);
    card.node.style.left = `${left}px`;
    card.node.style.top = `${inner.bottom - outer.top + 4}px`;
    bar.classList.add("sel");
    card.node.addEventListener("pointerenter", () => clearTimeout(card.timer));
    card.node.addEventListener("pointerleave", card.leave);
    if (focus) card.node.querySelector("a, button")?.focus();
  },

  hide() {
    clearTimeout(card.timer);
    card.owner?.classList.remove("sel");
    card.node?.remove();
    card.node = card.owner = null;
  },

  soon(bar) {
    clearTimeout(card.timer);
    card.timer = setTimeout(() => card.show(bar), HOVER);
  },

  leave() {
    clearTimeout(card.timer);
    card.timer = setTimeout(() => card.node?.contains(document.activeElement) || card.hide(), HOVER);
  },
};

// A shift that is moved or stretched, or free time that becomes one.
function drag(timeline, track, down, bar) {
  const start = timeline.part(track, down.clientX);
  const ghost = document.createElement("i");
  const words = document.createElement("p");
  ghost.className = "bar ghost";
  words.className = "moving";
  let was = null;
  let edge = "";
  if (bar) {
    was = bar.dataset.was.split("/").map(read);
    const box = bar.getBoundingClientRect();
    if (down.clientX - box.left < EDGE) edge = "start";
    else if (box.right - down.clientX < EDGE) edge = "end";
    ghost.style.top = getComputedStyle(bar).top;
  }
  let span = null;

  function spanned(x) {
    const part = timeline.part(track, x);
    if (!was) return [Math.min(start, part), Math.max(start, part)].map((each) => timeline.at(each));
    const by = Math.round(part - start) * timeline.step;
    const [begins, ends] = was.map((each) => each.getTime());
    const found = [edge === "end" ? begins : begins + by, edge === "start" ? ends : ends + by];
    return found.map((each) => new Date(each));
  }

  function move(event) {
    if (!span && Math.abs(event.clientX - down.clientX) < 5) return;
    if (!span) {
      card.hide();
      bar?.classList.add("dragged");
      track.append(ghost);
      timeline.node.append(words);
    }
    span = spanned(event.clientX);
    place(ghost, ...span.map((each) => timeline.inParts(each)));
    words.textContent = `${was ? timeline.words.move : timeline.words.add} ${timeline.told(...span)}`;
    const outer = timeline.node.getBoundingClientRect();
    words.style.left = `${event.clientX - outer.left + 12}px`;
    words.style.top = `${event.clientY - outer.top + 16}px`;
  }

  function stop(event) {
    for (const [name, listener] of [["pointermove", move], ["pointerup", stop], ["pointercancel", stop], ["keydown", cancel]]) {
      document.removeEventListener(name, listener);
    }
    words.remove();
    if (!span) return;
    const changed = event.type === "pointerup" && span[1] > span[0] && (!was || span.some((each, at) => each.getTime() !== was[at].getTime()));
    window.addEventListener("click", (click) => { click.preventDefault(); click.stopPropagation(); }, { capture: true, once: true });
    setTimeout(() => window.dispatchEvent(new Event("click")), 0);
    if (!changed) {
      ghost.remove();
      bar?.classList.remove("dragged");
      return;
    }
    timeline.said.textContent = words.textContent;
    const [begins, ends] = span.map(local);
    if (!was) return timeline.open("shift", { lane: track.closest(".lane").dataset.lane, begins, ends });
    const [was_begins, was_ends] = bar.dataset.was.split("/");
    const person = new URL(bar.href).searchParams.get("person");
    return timeline.open("move", { person, was_begins, was_ends, begins, ends });
  }

  function cancel(event) {
    if (event.key === "Escape") stop(event);
  }

  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", stop);
  document.addEventListener("pointercancel", stop);
  document.addEventListener("keydown", cancel);
}

const wide = window.matchMedia("(min-width: 761px)");
const shiftAt = (event) => event.target.closest?.(".tl .bar[href]");

document.addEventListener("pointerover", (event) => {
  const bar = shiftAt(event);
  if (bar && event.pointerType === "mouse" && event.buttons === 0 && bar !== card.owner) card.soon(bar);
});
document.addEventListener("pointerout", (event) => {
  if (shiftAt(event)) card.leave();
});
document.addEventListener("click", (event) => {
  const bar = shiftAt(event);
  if (bar && wide.matches && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    card.show(bar, true);
  } else if (card.node && !card.node.contains(event.target)) card.hide();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !card.node) return;
  const owner = card.owner;
  card.hide();
  owner.focus();
});
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.(".tl")) event.preventDefault();
});
document.addEventListener("pointerdown", (event) => {
  const track = event.target.closest?.(".tl[data-change] .track");
  if (!track || event.button !== 0 || !wide.matches) return;
  const taken = event.target.closest("a");
  const bar = event.target.closest(".bar[data-was]");
  if (bar || (!taken && track.closest(".lane[data-lane]"))) drag(new Timeline(track.closest(".tl")), track, event, bar);
});

// The filter answers at once where scripts run.
const filters = document.querySelector(".filters");
if (filters) {
  filters.querySelector("button").hidden = wide.matches;
  filters.addEventListener("change", () => filters.requestSubmit());
}
document.getElementById("preview")?.focus();
