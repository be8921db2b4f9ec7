// The kinds of callers.

import { later, say } from "./words.js";

const FLOOD_CALLS = 12;

// Numbers start at 555-0160, so that phones of one kind never share one.
const KINDS = [
  { kind: "mobile", label: later("A mobile phone"), area: "917", hint: later("Calls like most people do.") },
  { kind: "blocked", label: later("A blocked number"), area: "718", shown: "anonymous", hint: later("The hotline sees no number, and asks for one before it promises a callback.") },
  { kind: "facility", label: later("A phone in detention"), area: "212", hint: later("The facility's own voice asks for a key first. Nobody can be called back there.") },
  { kind: "returning", label: later("Somebody who calls again"), area: "929", hint: later("Call, ask for a callback, hang up, and call again.") },
  { kind: "flood", label: later("A flood of calls"), area: "646", hint: later("%(num)s calls at once, each from a number of its own.") },
];

// A facility that the hotline knows lends its number, and its voice that asks for a key.
export function presets(place, facility) {
  return KINDS.map((kind) => {
    const words = { label: say(kind.label), hint: say(kind.hint, { num: FLOOD_CALLS }), name: say("Caller %(number)s", { number: place + 1 }) };
    const card = { ...kind, ...words, number: `+1${kind.area}55501${60 + (place % 30)}` };
    return kind.kind === "facility" && facility ? { ...card, ...facility } : card;
  });
}

// The numbers of a flood; the card's own number calls first.
export function floodNumbers(number) {
  const area = number.slice(0, 5);
  return Array.from({ length: FLOOD_CALLS - 1 }, (_, n) => `${area}55501${String(n).padStart(2, "0")}`);
}
