// The clock, the scenarios and the faults: everything that concerns all phones.

import { ask, at, icon, make, notice, put } from "./dom.js";
import { later, locale, say } from "./words.js";

const TICK_MILLISECONDS = 200;
const STATES = {
  "preparing": later("A fresh hotline is being started …"),
  "setting the stage": later("The stage is being set, quickly …"),
  "playing": later("Playing"),
  "as told": later("Went as told."),
  "went otherwise": later("Went otherwise."),
};

export class Stage {
  constructor() {
    this.clock = null;
    this.speed = 1;
    this.chosen = 1;
    this.stories = new Map();
    at("travel-form").addEventListener("submit", (event) => this.travel(event));
    at("moment").addEventListener("change", () => this.offerOther());
    at("afresh").addEventListener("click", () => this.startAfresh());
    for (const radio of document.querySelectorAll("input[name=speed]")) {
      radio.addEventListener("change", () => {
        this.chosen = Number(radio.value); // a story may begin before the answer
        ask("/stage/clock", { speed: this.chosen });
      });
    }
    setInterval(() => this.tick(), TICK_MILLISECONDS);
    this.list();
  }

  // The clock.

  get now() {
    if (!this.clock) return null;
    return new Date(this.clock.shows + (performance.now() - this.clock.read) * this.speed);
  }

  setClock(told) {
    this.clock = { shows: Date.parse(told.now), read: performance.now() };
    this.speed = told.speed;
    this.chosen = told.chosen;
    this.zone = told.zone;
    at("travel").hidden = !told.travels;
    const radio = document.querySelector(`input[name=speed][value="${told.chosen}"]`);
    if (radio && !radio.closest("fieldset").contains(document.activeElement)) radio.checked = true;
    this.tick();
  }

  time(instant, how, reader = locale) {
    return new Intl.DateTimeFormat(reader, { timeZone: this.zone, ...how }).format(new Date(instant));
  }

  clockTime(instant) {
    return this.time(instant, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  }

  tick() {
    if (!this.clock) return;
    put(at("clock"), this.clockTime(this.now));
    const zone = this.time(this.now, { timeZoneName: "short" }, "en-US").split(" ").pop();
    put(at("day"), `${this.time(this.now, { weekday: "long", day: "numeric", month: "long", year: "numeric" })}, ${zone}`);
  }

  offerOther() {
    const other = at("moment").value === "";
    for (const element of [at("other-moment"), document.querySelector("label[for=other-moment]")]) {
      element.hidden = !other;
    }
  }

  async travel(event) {
    event.preventDefault();
    const moment = at("moment").value || at("other-moment").value;
    if (!moment) notice(say("Choose a date and a time first."));
    else await ask("/stage/clock", { at: moment });
  }

  async startAfresh() {
    at("afresh").disabled = true;
    notice(say("A fresh hotline is being started …"));
    if (await ask("/stage/afresh", {})) notice(say("Everybody is off the phone, and it is the present."));
    at("afresh").disabled = false;
  }

  // Scenarios.

  async list() {
    const told = await ask("/stage/scenarios");
    for (const scenario of told?.scenarios ?? []) {
      const button = make("button", { type: "button", className: "btn tonal", "aria-label": say("Play: %(story)s", { story: say(scenario.title) }), onclick: () => this.perform(scenario.name) }, icon("play"), say("Play"));
      const item = make("li", {}, make("h3", { textContent: say(scenario.title) }), make("p", { className: "story", textContent: say(scenario.story) }), button);
      this.stories.set(scenario.name, item);
      at("scenarios").append(item);
    }
  }

  perform(name) {
    return ask(`/stage/scenarios/${name}`, { speed: this.chosen });
  }

  showPerformance(told) {
    const line = at("performance");
    line.hidden = !told;
    for (const [name, item] of this.stories) item.classList.toggle("playing", told?.name === name);
    if (!told) return;
    const step = told.state === "playing" && told.line ? `: ${told.line}` : "";
    const crowd = told.crowd ? ` ${say("%(over)s of %(all)s calls are over.", told.crowd)}` : "";
    put(line, `${say(told.title)}. ${say(STATES[told.state])}${step}${told.why ? ` ${told.why}` : ""}${crowd}`);
    line.dataset.state = told.state;
  }

  // Faults.

  showSwitches(switches) {
    const box = at("switches");
    for (const told of switches) {
      const input = document.getElementById(`switch-${told.name}`) || this.addSwitch(box, told);
      if (input.getAttribute("aria-busy") !== "true") input.checked = told.on;
    }
  }

  addSwitch(box, told) {
    const input = make("input", { type: "checkbox", id: `switch-${told.name}`, role: "switch" });
    input.addEventListener("change", async () => {
      input.setAttribute("aria-busy", "true");
      await ask(`/stage/switches/${told.name}`, { on: input.checked });
      input.setAttribute("aria-busy", "false");
    });
    box.append(make("label", { className: "switch" }, input, ` ${say(told.label)}`));
    return input;
  }
}
