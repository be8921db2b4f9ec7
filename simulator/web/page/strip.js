// The strip: every request between the carrier and the hotline, newest first; each unfolds.

import { at, make } from "./dom.js";
import { say } from "./words.js";

const MOST = 150;
const NOT_THERE = 404; // of REST no failure: the hotline asks whether something is left over
const OF_LEGS = ["ringing", "answered", "pressed", "bridged", "unbridged", "recorded", "voicemail answered", "completed", "busy", "no-answer", "failed", "canceled"];

export class Strip {
  constructor(nameOf) {
    this.nameOf = nameOf;
    this.list = at("strip");
    at("clear-strip").addEventListener("click", () => this.list.replaceChildren());
  }

  show(entries, time) {
    const fresh = entries.map((entry) => this.item(entry, time)).filter(Boolean).slice(-MOST).reverse();
    this.list.prepend(...fresh);
    while (this.list.children.length > MOST) this.list.lastChild.remove();
  }

  item(entry, time) {
    if (entry.kind === "leg") return this.ofLeg(entry, time);
    const webhook = entry.kind === "webhook";
    const path = webhook ? pathOf(entry.url) : shortened(entry.path);
    const failed = entry.error || entry.status === null || (entry.status >= 400 && (webhook || entry.status !== NOT_THERE));
    return make("li", { className: `${entry.kind}${failed ? " failed" : ""}` },
      make("details", {},
        make("summary", {},
          make("time", { textContent: time(entry.at) }),
          make("span", { className: "kind", textContent: webhook ? entry.purpose : "REST" }),
          make("span", { className: "path", textContent: webhook ? path : `${entry.method} ${path}` }),
          make("span", { className: "status", textContent: entry.status ?? say("no answer") })),
        ...this.inside(entry)));
  }

  inside(entry) {
    const asked = Object.entries(entry.params).map(([name, value]) => `${name} = ${value}`).join("\n");
    return [
      asked && make("p", { className: "muted", textContent: say("Asked") }),
      asked && make("pre", { textContent: asked }),
      make("p", { className: "muted", textContent: say("Answered") }),
      make("pre", { textContent: entry.text || `(nothing${entry.error ? `: ${entry.error}` : ""})` }),
    ].filter(Boolean);
  }

  ofLeg(entry, time) {
    if (!OF_LEGS.includes(entry.what)) return null;
    const other = entry.what === "bridged" || entry.what === "unbridged" ? `with ${this.nameOf(entry.detail)}` : entry.detail;
    return make("li", { className: "of-leg" },
      make("time", { textContent: time(entry.at) }),
      make("span", { className: "path", textContent: `${this.nameOf(entry.number)}: ${entry.what} ${other}`.trim() }));
  }
}

function pathOf(url) {
  try {
    return shortened(new URL(url).pathname);
  } catch {
    return url;
  }
}

// The beginning of a token or id is enough to distinguish it.
function shortened(path) {
  return path
    .replace(/^\/2010-04-01\/Accounts\/AC\w+/, "…")
    .replace(/(\/|CA|RE|SM)([\w-]{5})[\w-]{15,}/g, "$1$2…");
}

