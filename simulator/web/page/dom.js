// Helpers that every part needs: build and change elements, send requests to the carrier.

import { say } from "./words.js";

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element && name !== "lang") element[name] = value;
    else if (value !== undefined && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

// A picture of the console's sprite, which main.js puts into the page.
export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("class", "i");
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  picture.append(use);
  return picture;
}

// A person's disc with the hue and the initials that the console gives to the name (console/base/faces.py).
export function face(name) {
  const parts = name.split(/\s+/).filter(Boolean);
  const ends = [...parts.slice(0, 1), ...parts.slice(1).slice(-1)];
  const initials = ends.map((part) => part[0]).join("").toUpperCase();
  return make("span", { className: `av p${((crc32(name.toLowerCase()) >>> 6) % 12) + 1}`, "aria-hidden": "true", textContent: initials });
}

function crc32(words) {
  let sum = ~0;
  for (const byte of new TextEncoder().encode(words)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

export const at = (id) => document.getElementById(id);

export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function notice(words) {
  put(at("notice"), words);
}

// A request to the carrier; the page shows why it was refused.
export async function ask(path, body, type = "application/json") {
  const order = body === undefined ? {} : {
    method: "POST",
    headers: { "Content-Type": type },
    body: type === "application/json" ? JSON.stringify(body) : body,
  };
  try {
    const answer = await fetch(`/simulator${path}`, order);
    const told = await answer.json();
    if (answer.ok) {
      if (body !== undefined) notice("");
      return told;
    }
    notice(told.message || say("The carrier refuses this."));
  } catch {
    notice(say("The carrier does not answer. Is the demo still running?"));
  }
  return null;
}

export function shownNumber(number) {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number || "");
  return parts ? `${parts[1]} ${parts[2]} ${parts[3]}` : number || say("withheld");
}

const RIGHT_TO_LEFT = ["ar", "ur", "fa", "he"];

export function direction(language) {
  return RIGHT_TO_LEFT.includes((language || "").slice(0, 2)) ? "rtl" : "ltr";
}
