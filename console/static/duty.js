// On the page of shifts: says whether one is on duty, and goes on duty, by the API as other programs do.
// Going off duty has a page of its own, which says first what callers miss.
"use strict";

const desk = document.querySelector("[data-duty]");
const words = desk.querySelector("[aria-live]");
const button = desk.querySelector("button");

async function ask(path, sent) {
  const headers = { "X-CSRF-Token": document.querySelector("meta[name=csrf]").content };
  const how = sent
    ? { method: "POST", body: JSON.stringify(sent), headers: { ...headers, "Content-Type": "application/json" } }
    : { headers };
  const answer = await fetch(desk.dataset.duty + path, how);
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail);
  return told;
}

function show(isOn, until) {
  const said = isOn ? desk.dataset.on : desk.dataset.off;
  const time = until && new Date(until).toLocaleTimeString(document.documentElement.lang,
    { timeZone: desk.dataset.zone, hour: "2-digit", minute: "2-digit" });
  words.textContent = time ? `${said} ${desk.dataset.until} ${time}.` : `${said}.`;
  button.hidden = isOn;
  desk.querySelector("a").hidden = !isOn;
}

async function turn() {
  button.disabled = true;
  try {
    const told = await ask("duty/on", {});
    show(told.is_on, told.until);
  } catch (error) {
    words.textContent = error.message || desk.dataset.failed;
  }
  button.disabled = false;
}

button.addEventListener("click", turn);
ask("duty").then((told) => { desk.hidden = false; show(told.me); }, () => {});
