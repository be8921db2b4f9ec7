// The desk with all the phones: receives the news, and passes each part what concerns it.

import { floodNumbers, presets } from "./callers.js";
import { CallerCard, ResponderCard } from "./card.js";
import { ask, at, make, notice, put, shownNumber } from "./dom.js";
import { News } from "./news.js";
import { Stage } from "./stage.js";
import { Strip } from "./strip.js";
import { say } from "./words.js";

const PEOPLE_EVERY_MILLISECONDS = 2500;

// The console's icons, put into the page so that every part of it can draw them.
async function bringIcons() {
  const answer = await fetch("/phone/house/icons.svg");
  if (!answer.ok) return;
  const sprite = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
  sprite.setAttribute("hidden", "");
  document.body.append(document.importNode(sprite, true));
}

class Desk {
  constructor() {
    this.stage = new Stage();
    this.strip = new Strip((number) => this.nameOf(number));
    this.callers = [];
    this.responders = new Map();
    this.lines = [];
    this.known = new Promise((know) => { this.know = know; });
    this.habits = {};
    this.cast = {};
    this.speaks = false;
    this.atEar = null;
    at("add-caller").addEventListener("click", () => this.addCaller());
    at("together").addEventListener("click", () => this.pressTogether());
    document.addEventListener("keydown", (event) => {
      if (event.target === document.body && this.atEar) this.atEar.typed(event);
    });
  }

  async start() {
    await this.askAbout();
    this.addCaller();
    this.news = new News((told) => this.take(told));
    this.news.start();
    setInterval(() => this.askAbout(), PEOPLE_EVERY_MILLISECONDS);
  }

  // Who is who.

  async askAbout() {
    const told = await ask("/live/application");
    if (!told) return;
    if (told.name) {
      put(at("name"), told.name);
      document.title = `${say("Try the phone")} · ${told.name}`;
    }
    at("board").hidden = !told.board;
    if (told.board) at("board").href = told.board;
    for (const person of told.people ?? []) this.meet(person);
    this.facility = (told.facilities ?? [])[0];
    if (told.switches) this.stage.showSwitches(told.switches);
    this.arrange();
  }

  meet(person) {
    const known = this.responders.get(person.number);
    if (known) known.describe(person);
    else this.responders.set(person.number, new ResponderCard(this, person));
    return this.responders.get(person.number);
  }

  nameOf(number) {
    const card = this.cardOf(number);
    return card ? card.name.textContent : this.isLine(number) ? say("the hotline") : shownNumber(number);
  }

  isLine(number) {
    return this.lines.includes(number);
  }

  cardOf(number) {
    return this.responders.get(number) || this.callers.find((card) => card.number === number);
  }

  // Callers.

  addCaller(caller = null) {
    const choices = presets(this.callers.length, this.facility);
    const kind = caller ? null : choices[this.callers.length % 2 ? 1 : 0];
    const card = new CallerCard(this, caller || kind);
    if (caller) card.from.append(make("option", { value: "", textContent: say("The phone of %(name)s", { name: caller.name }) }));
    card.from.append(...choices.map((choice) => make("option", { value: choice.kind, textContent: choice.label })));
    if (kind) card.from.value = kind.kind;
    card.presets = choices;
    this.callers.push(card);
    if (caller) at("caller-cards").prepend(card.element); // new callers go first
    else at("caller-cards").append(card.element);
    card.render();
    return card;
  }

  changeCaller(card, kind) {
    const chosen = card.presets.find((preset) => preset.kind === kind);
    if (!chosen) return;
    card.caller = chosen;
    card.number = chosen.number;
    card.leg = null;
    put(card.about, shownNumber(chosen.number));
    put(card.name, chosen.name);
    card.render();
  }

  removeCaller(card) {
    this.callers = this.callers.filter((other) => other !== card);
    if (this.atEar === card) this.atEar = null;
    card.element.remove();
  }

  async dial(card) {
    if (card.isDialling) return;
    this.use(card);
    card.element.focus();
    card.isDialling = true;
    card.render();
    const [to] = await this.known; // a press before the first news is kept
    const order = { from: card.number, to };
    if (card.caller.shown) order.caller_id = card.caller.shown;
    if (card.caller.gate) order.gate = card.caller.gate;
    if (card.caller.kind === "flood") {
      await Promise.all(floodNumbers(card.number).map((from) => ask("/calls", { from, to })));
    }
    await ask("/calls", order);
    card.isDialling = false;
    card.render();
  }

  // The ear: one phone sounds at a time.

  use(card) {
    if (this.atEar !== card && !(this.atEar && this.atEar.isLive && !card.isLive)) this.putToEar(card, false);
  }

  putToEar(card, asked) {
    if (this.atEar === card && asked) {
      card.ear.rest();
      this.atEar = null;
    } else {
      if (this.atEar) this.atEar.ear.rest();
      this.atEar = card;
    }
    for (const one of this.cards()) one.render();
  }

  isAtEar(card) {
    return this.atEar === card && this.stage.speed === 1;
  }

  cards() {
    return [...this.callers, ...this.responders.values()];
  }

  // The news.

  take(told) {
    const scene = told.scene;
    this.lines = scene.lines;
    if (this.lines.length) this.know(this.lines);
    if (this.freshStarts !== scene.fresh_starts) this.forgetCalls(scene.fresh_starts);
    this.habits = told.habits;
    this.stage.setClock(scene.clock);
    this.stage.showSwitches(scene.switches);
    this.stage.showPerformance(scene.performance);
    this.explainSilence(scene.speaks);
    this.welcome(told.legs, scene.performance);
    for (const leg of told.legs) this.cardOf(leg.number)?.take(leg);
    for (const entry of told.entries) {
      const card = entry.kind === "leg" ? this.cardOf(entry.number) : null;
      if (card && card.leg?.leg === entry.leg) card.happened(entry, !told.first_time);
    }
    this.strip.show(told.entries, (instant) => this.stage.clockTime(instant));
    this.showStep();
    this.arrange();
  }

  // 1 nobody calls, 2 a caller is on the line, 3 somebody talks with them.
  showStep() {
    const live = this.callers.filter((card) => card.isLive);
    const step = live.some((card) => card.leg.talks_with.length) ? 3 : live.length ? 2 : 1;
    [...at("steps").children].forEach((item, place) => {
      item.classList.toggle("done", place + 1 < step);
      if (place + 1 === step) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
  }

  // After a fresh start the clock may have gone back: earlier times are no longer compared.
  forgetCalls(freshStarts) {
    this.freshStarts = freshStarts;
    for (const card of this.cards()) card.forget();
  }

  explainSilence(speaks) {
    this.speaks = speaks;
    document.body.classList.toggle("silent", !speaks);
    if (!speaks && !this.told) {
      this.told = true;
      notice(say("No synthesiser is installed (pip install espeakng-loader): what the carrier would speak is shown, not heard."));
    }
  }

  // An unknown phone: of a scenario, of a terminal, or rung by the hotline.
  welcome(legs, performance) {
    const cast = Object.entries(performance?.cast ?? {});
    for (const [name, number] of cast) {
      if (!this.cardOf(number)) this.addCaller({ number, name, kind: "cast", hint: say("Plays in “%(story)s”.", { story: say(performance.title) }) });
    }
    const crowd = performance?.crowd;
    for (const leg of legs) {
      if (this.cardOf(leg.number) || !leg.live || crowd) continue;
      if (leg.direction !== "inbound") this.meet({ number: leg.number, name: shownNumber(leg.number), about: "" });
    }
  }

  // Phones that ring or talk come first, then those on duty.
  arrange() {
    const cards = [...this.responders.values()];
    for (const card of cards) {
      card.render();
      const place = at(card.isLive || card.onDuty !== false ? "responder-cards" : "off-duty-cards");
      if (card.element.contains(document.activeElement)) continue; // moving it would lose the focus
      if (card.isLive && !card.wasLive) place.prepend(card.element);
      else if (card.element.parentElement !== place) place.append(card.element);
      card.wasLive = card.isLive;
    }
    for (const card of this.callers) card.render();
    const off = at("off-duty-cards").children.length;
    at("off-duty").hidden = !off;
    put(at("off-duty-count"), off === 1 ? say("1 person") : say("%(num)s people", { num: off }));
    const on = cards.filter((card) => card.onDuty).map((card) => card.name.textContent);
    put(at("on-duty"), cards.some((card) => card.onDuty !== undefined)
      ? on.length ? say("On duty now: %(names)s.", { names: on.join(", ") }) : say("Nobody is on duty now.")
      : say("Phones appear here when they are rung."));
    at("together").disabled = cards.filter((card) => card.mayAccept).length < 2;
  }

  pressTogether() {
    const two = [...this.responders.values()].filter((card) => card.mayAccept).slice(0, 2);
    return Promise.all(two.map((card) => ask(`/legs/${card.leg.leg}/press`, { digits: "1" })));
  }
}

bringIcons();
new Desk().start();
