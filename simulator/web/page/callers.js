// The kinds of callers.

const FLOOD_CALLS = 12;

// Numbers start at 555-0160, so that phones of one kind never share one.
const KINDS = [
  { kind: "mobile", label: "A mobile phone", area: "917", hint: "Calls like most people do." },
  { kind: "blocked", label: "A blocked number", area: "718", shown: "anonymous", hint: "The hotline sees no number, and asks for one before it promises a callback." },
  { kind: "facility", label: "A phone in detention", area: "212", hint: "The facility's own voice asks for a key first. Nobody can be called back there." },
  { kind: "returning", label: "Somebody who calls again", area: "929", hint: "Call, ask for a callback, hang up, and call again." },
  { kind: "flood", label: "A flood of calls", area: "646", hint: `${FLOOD_CALLS} calls at once, each from a number of its own.` },
];

// A facility that the hotline knows lends its number, and its voice that asks for a key.
export function presets(place, facility) {
  return KINDS.map((kind) => {
    const card = { ...kind, name: `Caller ${place + 1}`, number: `+1${kind.area}55501${60 + (place % 30)}` };
    return kind.kind === "facility" && facility ? { ...card, ...facility } : card;
  });
}

// The numbers of a flood; the card's own number calls first.
export function floodNumbers(number) {
  const area = number.slice(0, 5);
  return Array.from({ length: FLOOD_CALLS - 1 }, (_, n) => `${area}55501${String(n).padStart(2, "0")}`);
}
