// One phone on the page: what its holder sees, hears and does.

import { ask, direction, face, icon, make, notice, put, shownNumber } from "./dom.js";
import { Microphone } from "./microphone.js";
import { Ear } from "./sound.js";
import { languages, later, say } from "./words.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const KEY_NAMES = { "*": later("star"), "#": later("pound") };
const MOST_CAPTIONS = 40;
const HABITS = { by_hand: later("by hand"), voicemail: later("by voicemail"), busy: later("busy"), off: later("switched off") };
// How the carrier says that a call ended; what is not here is shown as it says it.
const ENDINGS = [
  later("hung up"), later("the other end hung up"), later("the other side left"), later("rang out"), later("declined"),
  later("engaged"), later("unreachable"), later("another phone was faster"), later("voicemail was full"),
  later("time limit"), later("the document ended"), later("an application error"),
  later("the facility's limit"), later("the facility heard no keys"),
];
const OVER_REST = /^ended over REST/;

function ending(how) {
  if (OVER_REST.test(how)) return say("the hotline ended it");
  return ENDINGS.includes(how) ? say(how) : how;
}

const HABIT_NAMES = { Voicemail: "voicemail", Busy: "busy", Off: "off", Unreachable: "off" };

export class Card {
  constructor(desk, number, name) {
    this.desk = desk;
    this.number = number;
    this.leg = null;
    this.isDialling = false;
    this.microphone = null;
    this.name = make("h3", { textContent: name });
    this.about = make("p", { className: "about", textContent: shownNumber(number) });
    this.state = make("p", { className: "state", "aria-live": "polite" });
    this.connection = make("p", { className: "connection", hidden: true, role: "status" });
    this.captions = make("ol", { className: "captions", "aria-live": "polite", "aria-label": say("What %(name)s hears", { name }), tabIndex: 0 });
    this.audio = make("audio", { preload: "auto" });
    this.ear = new Ear(this.audio, notice);
    this.buildButtons();
    this.element = make("article", { className: `phone ${this.kind}`, "aria-label": name, tabIndex: -1 });
    this.element.addEventListener("keydown", (event) => this.typed(event));
    this.element.addEventListener("focusin", () => this.desk.use(this));
    this.fill();
  }

  buildButtons() {
    const button = (words, act, className = "", picture = null) =>
      make("button", { type: "button", className: `btn ${className}`, onclick: () => this.do(act) }, picture && icon(picture), words);
    this.answer = button(say("Answer"), "answer", "main-btn", "phone");
    this.decline = button(say("Decline"), "decline");
    this.voicemail = button(say("Voicemail picks up"), "voicemail", "quiet");
    this.hangUp = button(say("Hang up"), "hangup", this.kind === "handset" ? "danger-main push" : "danger push", "phone-off");
    this.listen = make("button", { type: "button", className: "btn quiet listen", textContent: say("Listen"), "aria-pressed": "false", onclick: () => this.desk.putToEar(this, true) });
    this.speak = make("button", { type: "button", className: "btn", textContent: say("Speak"), "aria-pressed": "false", onclick: () => this.speakOrStop() });
    this.sample = button(say("A sample"), "speak-a-sample");
    this.keys = make("div", { className: "keys", role: "group", "aria-label": say("Keypad") },
      ...KEYS.map((key) => make("button", { type: "button", textContent: key, "aria-label": KEY_NAMES[key] ? say(KEY_NAMES[key]) : key, onclick: () => this.press(key) })));
    this.ringing = make("div", { className: "acts", hidden: true }, this.answer, this.decline, this.voicemail);
    this.talking = make("div", { className: "acts", hidden: true }, this.speak, this.sample, this.hangUp);
  }

  get isLive() {
    return Boolean(this.leg && this.leg.live);
  }

  get rings() {
    return this.isLive && this.leg.direction !== "inbound" && this.leg.status === "ringing" && this.habit !== "off";
  }

  get mayAccept() {
    return this.isLive && this.leg.direction !== "inbound" && this.leg.status === "in-progress" && !this.leg.talks_with.length && !this.leg.is_machine;
  }

  // What it does.

  async do(act, body = {}) {
    await this.closeMicrophone();
    this.desk.use(this);
    if (act === "answer") this.element.focus(); // the button goes away; keys are pressed next
    if (this.leg) await ask(`/legs/${this.leg.leg}/${act}`, body);
  }

  async press(key) {
    this.ear.rest();
    await this.do("press", { digits: key });
  }

  typed(event) {
    if (!KEYS.includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName) || !this.isLive || this.rings) return;
    event.preventDefault();
    event.stopPropagation();
    const at = KEYS.indexOf(event.key);
    const key = this.keys.children[at];
    key.classList.add("pressed");
    setTimeout(() => key.classList.remove("pressed"), 150);
    this.press(event.key);
  }

  async speakOrStop() {
    if (this.microphone) {
      await this.closeMicrophone();
      return;
    }
    const microphone = new Microphone(this.leg.leg);
    try {
      await microphone.open();
    } catch (error) {
      notice(say("No microphone can be used (%(reason)s); “A sample” needs none.", { reason: error.name }));
      return;
    }
    this.microphone = microphone;
    this.speak.setAttribute("aria-pressed", "true");
    put(this.speak, say("Stop speaking"));
  }

  async closeMicrophone() {
    const microphone = this.microphone;
    if (!microphone) return;
    this.microphone = null;
    this.speak.setAttribute("aria-pressed", "false");
    put(this.speak, say("Speak"));
    await microphone.close();
  }

  // What it shows.

  take(leg) {
    if (this.leg && this.leg.leg !== leg.leg) {
      if (leg.serial < this.leg.serial) return;
      this.captions.replaceChildren();
      this.ear.rest();
    }
    if (this.leg && this.leg.records && !leg.records) this.closeMicrophone();
    this.leg = leg;
    if (!leg.live) {
      this.ear.rest();
      this.closeMicrophone();
    }
  }

  forget() {
    this.leg = null;
    this.captions.replaceChildren();
    this.ear.rest();
    this.closeMicrophone();
  }

  happened(entry, isNew) {
    if (entry.spoken) {
      this.caption(entry.spoken);
      if (isNew && this.desk.isAtEar(this)) this.sound(entry);
    } else if (entry.what === "pressed") {
      this.note(say("pressed %(key)s", { key: entry.detail }));
    } else if (entry.what === "spoke") {
      this.note(say("spoke %(time)s", { time: entry.detail }));
    }
  }

  sound(entry) {
    if (entry.spoken.part_of === "Say" && !this.desk.speaks) return;
    this.ear.hear(entry.leg, entry.heard, entry.spoken);
  }

  caption(spoken) {
    const language = spoken.language || "und";
    const words = spoken.text || "♪";
    this.add(make("li", { lang: language, dir: direction(language), textContent: words }));
  }

  note(words) {
    this.add(make("li", { className: "aside", textContent: words }));
  }

  add(item) {
    this.captions.append(item);
    while (this.captions.children.length > MOST_CAPTIONS) this.captions.firstChild.remove();
    this.captions.scrollTop = this.captions.scrollHeight;
  }

  render() {
    const live = this.isLive;
    const connected = live && this.leg.talks_with.length > 0;
    this.element.classList.toggle("is-ringing", this.rings);
    this.element.classList.toggle("is-live", live && !this.rings);
    this.element.classList.toggle("is-connected", Boolean(connected));
    this.ringing.hidden = !this.rings;
    this.talking.hidden = !live || this.rings;
    this.sample.hidden = this.speak.hidden = !live || !(connected || this.leg.records);
    this.keys.hidden = this.hidesKeys();
    this.listen.hidden = !live || this.rings;
    this.captions.hidden = !this.captions.children.length;
    this.listen.setAttribute("aria-pressed", String(this.desk.isAtEar(this)));
    put(this.listen, this.desk.isAtEar(this) ? say("Listening") : say("Listen"));
    put(this.state, this.inWords());
    this.connection.hidden = !connected;
    if (connected) {
      const number = shownNumber(this.leg.shows);
      put(this.connection, this.desk.isLine(this.leg.shows)
        ? say("Connected. This phone sees %(number)s, the hotline's number.", { number })
        : say("Connected. This phone sees %(number)s.", { number }));
    }
  }

  hidesKeys() {
    return !this.isLive || this.rings;
  }

  inWords() {
    const leg = this.leg;
    if (this.isDialling && !this.isLive) return say("Calling …");
    if (!leg) return this.idleWords();
    if (!leg.live) return say("The call has ended: %(how)s.", { how: ending(leg.ended_by) });
    if (this.rings) return say("Ringing. Shows %(number)s.", { number: shownNumber(leg.shows) });
    if (leg.status === "ringing" || leg.status === "queued" || leg.status === "initiated") return say("Calling …");
    if (leg.talks_with.length > 1) return say("Talking with %(num)s others.", { num: leg.talks_with.length });
    if (leg.talks_with.length) return say("Talking.");
    if (leg.is_machine) return say("A voicemail answered.");
    if (leg.records) return say("Recording: speak now.");
    if (leg.in_queue) return say("On hold.");
    if (leg.alone_since) return say("Alone in the room.");
    return say("On the line.");
  }
}

export class CallerCard extends Card {
  get kind() {
    return "handset";
  }

  constructor(desk, caller) {
    super(desk, caller.number, caller.name);
    this.caller = caller;
  }

  fill() {
    this.from = make("select", { className: "in", "aria-label": say("Calling from"), onchange: () => this.desk.changeCaller(this, this.from.value) });
    this.call = make("button", { type: "button", className: "btn main-btn big", onclick: () => this.desk.dial(this) }, icon("phone"), say("Call the hotline"));
    this.remove = make("button", { type: "button", className: "btn quiet", textContent: say("Remove"), onclick: () => this.desk.removeCaller(this) });
    this.idle = make("div", { className: "acts" }, this.call);
    this.element.append(
      make("header", {}, this.name, this.listen, this.remove),
      this.about, this.from, this.state, this.connection, this.captions, this.idle, this.ringing, this.keys, this.talking, this.audio);
  }

  render() {
    super.render();
    this.idle.hidden = this.isLive;
    this.from.hidden = this.remove.hidden = this.isLive;
    this.about.hidden = !this.isLive;
  }

  idleWords() {
    return this.caller?.hint || "";
  }
}

export class ResponderCard extends Card {
  get kind() {
    return "row-phone";
  }

  constructor(desk, person) {
    super(desk, person.number, person.name);
    this.describe(person);
  }

  describe(person) {
    this.person = person;
    this.onDuty = person.on_duty;
    const speaks = person.languages ? languages(person.languages) : person.about;
    put(this.about, [speaks, shownNumber(person.number)].filter(Boolean).join(" · "));
  }

  fill() {
    this.answers = make("select", { onchange: () => this.behave(this.answers.value) },
      ...Object.entries(HABITS).map(([value, words]) => make("option", { value, textContent: say(words) })));
    this.badge = make("span", { className: "tag badge" });
    this.element.append(
      make("header", {}, face(this.name.textContent), this.name, this.badge, this.listen),
      this.about, this.state, this.connection, this.captions, this.ringing, this.keys, this.talking,
      make("label", { className: "habit" }, say("Answers"), this.answers), this.audio);
  }

  async behave(kind) {
    await ask(`/phones/${encodeURIComponent(this.number)}/behaviour`, { kind, after: 4 });
  }

  get habit() {
    return HABIT_NAMES[this.desk.habits[this.number]] || "by_hand";
  }

  render() {
    super.render();
    this.badge.hidden = this.onDuty === undefined;
    put(this.badge, this.onDuty ? say("on duty") : say("off duty"));
    this.badge.classList.toggle("covered", Boolean(this.onDuty));
    if (document.activeElement !== this.answers) this.answers.value = this.habit;
  }

  idleWords() {
    return "";
  }
}
