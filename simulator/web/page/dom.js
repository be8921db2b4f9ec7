// Helpers that every part needs: build and change elements, send requests to the carrier.

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element && name !== "lang") element[name] = value;
    else if (value !== undefined && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
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
    notice(told.message || "The carrier refuses this.");
  } catch {
    notice("The carrier does not answer. Is the demo still running?");
  }
  return null;
}

export function shownNumber(number) {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number || "");
  return parts ? `${parts[1]} ${parts[2]} ${parts[3]}` : number || "withheld";
}

const RIGHT_TO_LEFT = ["ar", "ur", "fa", "he"];

export function direction(language) {
  return RIGHT_TO_LEFT.includes((language || "").slice(0, 2)) ? "rtl" : "ltr";
}
