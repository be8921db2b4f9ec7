// Draws the timelines of the schedule; a hole or a shift links to its form.
"use strict";

const NARROW = "(max-width: 46rem)";

function drawn(event) {
  return {
    start: event.start,
    end: event.end,
    title: event.title,
    resourceId: event.lane,
    classNames: [`is-${event.kind}`],
    extendedProps: event,
  };
}

function face({ event }) {
  const { url, label, title } = event.extendedProps;
  const node = document.createElement(url ? "a" : "span");
  if (url) node.href = url;
  node.className = "face";
  node.title = label;
  const words = document.createElement("span");
  words.className = "hidden";
  words.textContent = label;
  const short = document.createElement("span");
  short.setAttribute("aria-hidden", "true");
  short.textContent = title;
  node.append(short, words);
  return { domNodes: [node] };
}

function local(moment) {
  const two = (number) => String(number).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

// The component claims the role of a table without its structure, which confuses screen readers.
// Without the roles, readers get links with complete labels, and the list below.
function speakPlainly(place) {
  const strip = () => {
    for (const node of place.querySelectorAll("[role], [aria-colindex], [aria-rowindex]")) {
      for (const name of ["role", "aria-colindex", "aria-rowindex"]) node.removeAttribute(name);
    }
    for (const scrolled of place.querySelectorAll(".ec-main")) scrolled.tabIndex = 0;
  };
  new MutationObserver(strip).observe(place, { childList: true, subtree: true });
  strip();
}

function draw(place) {
  const facts = JSON.parse(place.dataset.timeline);
  const order = { opened: 0, hole: 0, closed: 1, on: 2, off: 3, shift: 4 };
  place.closest("[hidden]")?.removeAttribute("hidden");
  EventCalendar.create(place, {
    view: "resourceTimelineWeek",
    date: facts.first,
    firstDay: new Date(`${facts.first}T12:00`).getDay(),
    duration: { days: facts.days },
    headerToolbar: { start: "", center: "", end: "" },
    locale: place.dataset.locale,
    dayHeaderFormat: { weekday: "short", day: "numeric", month: "short" },
    slotDuration: facts.days > 7 ? "04:00" : "02:00",
    slotLabelInterval: facts.days > 7 ? "12:00" : "06:00",
    slotLabelFormat: { hour: "2-digit", hourCycle: "h23" },
    slotWidth: 13,
    snapDuration: "01:00",
    scrollTime: "00:00",
    resources: facts.lanes,
    events: facts.events.map(drawn),
    eventContent: face,
    eventOrder: (one, other) => order[one.extendedProps.kind] - order[other.extendedProps.kind] || one.start - other.start,
    editable: false,
    selectable: Boolean(facts.change),
    highlightedDates: [facts.now.slice(0, 10)],
    select: (choice) => {
      const asked = new URL(facts.change, location.href);
      asked.searchParams.set("lane", choice.resource.id);
      asked.searchParams.set("begins", local(choice.start));
      asked.searchParams.set("ends", local(choice.end));
      location.assign(asked);
    },
  });
  speakPlainly(place);
}

if (!window.matchMedia(NARROW).matches) document.querySelectorAll("[data-timeline]").forEach(draw);
document.getElementById("preview")?.focus();
