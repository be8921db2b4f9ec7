// Keeps the board live: replaces what changed, counts the seconds, says who waits, and obeys keys.
"use strict";

const STALE_AFTER = 10_000;
const POLL_EVERY = 5_000;
const LEAVE_ALONE = 2_000;
const CHIME_AFTER = 20;
const CHIME_AT_MOST_EVERY = 10_000;
const board = document.getElementById("board");
const news = document.getElementById("news");
const sound = document.getElementById("sound");
const title = document.title.replace(/^\(\d+\) /, "");
let lastNews = Date.now();
let ahead = 0;
let mark = null;
let isOut = false;

// --- news

// A moment on the hotline's clock, as the page writes it: "Tue 8 Dec, 02:04".
function clock(moment, seconds) {
  const how = { timeZone: news.dataset.zone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  const at = {};
  for (const { type, value } of new Intl.DateTimeFormat(document.documentElement.lang, how).formatToParts(moment)) at[type] = value;
  return `${at.weekday}\u00a0${at.day}\u00a0${at.month},\u00a0${at.hour}:${at.minute}${seconds ? `:${at.second}` : ""}`;
}

function setClock(iso) {
  if (iso) ahead = Date.parse(iso) - Date.now();
}

function heard(html) {
  lastNews = Date.now();
  if (html) replace(new DOMParser().parseFromString(html, "text/html"));
  tell();
  tick();
}

function replace(page) {
  const row = new URL(window.location.href).searchParams.get("item");
  const hasRow = page.getElementById(`row-${row}`) !== null;
  const parts = [...page.querySelectorAll("[data-part]")];
  const known = new Set(parts.map((part) => part.id));
  setClock(page.querySelector("[data-now]")?.dataset.now);
  for (const fresh of parts) {
    const old = document.getElementById(fresh.id);
    if (!old || old.innerHTML === fresh.innerHTML) continue;
    if (old.querySelector("li:hover")) setTimeout(() => put(old, fresh), LEAVE_ALONE);
    else put(old, fresh);
  }
  for (const old of board.querySelectorAll("[data-part]")) {
    if (!known.has(old.id)) old.remove();
  }
  const moved = document.getElementById("moved-on");
  if (moved) moved.hidden = hasRow;
}

function put(old, fresh) {
  if (!old.isConnected) return;
  const focused = old.contains(document.activeElement) ? path(document.activeElement) : "";
  old.replaceWith(fresh);
  if (focused) document.querySelector(focused)?.focus();
}

function path(element) {
  const row = element.closest("[id]");
  return element.id ? `#${element.id}` : `#${row.id} ${element.localName}`;
}

function tell() {
  const isStale = isOut || Date.now() - lastNews > STALE_AFTER;
  const words = isOut ? news.dataset.out : `${isStale ? news.dataset.stale : news.dataset.live}${isStale ? "" : " ·"} ${clock(lastNews + ahead, isStale)}`;
  news.classList.toggle("off", isStale);
  news.setAttribute("role", isStale ? "alert" : "presentation");
  if (news.textContent !== words) news.textContent = words;
}

async function poll() {
  try {
    const answer = await fetch(board.dataset.nowPage, { headers: mark ? { "If-None-Match": mark } : {}, cache: "no-store" });
    isOut = answer.status === 401 || answer.redirected;
    if (answer.status === 304) return heard("");
    if (!answer.ok || isOut) return tell();
    mark = answer.headers.get("ETag");
    return heard(await answer.text());
  } catch {
    return tell();
  }
}

function listen() {
  const source = new EventSource(board.dataset.news);
  source.addEventListener("board", (event) => heard(event.data));
  source.addEventListener("unchanged", (event) => {
    setClock(event.data);
    heard("");
  });
}

// --- seconds

function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  const rest = String(whole % 60).padStart(2, "0");
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

function until(seconds) {
  const { late, minutes } = document.getElementById("part-items").dataset;
  if (seconds < 0) return late.replace("{}", minutes.replace("{}", Math.floor(-seconds / 60)));
  return seconds < 300 ? span(seconds) : minutes.replace("{}", Math.floor(seconds / 60));
}

function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function tick() {
  const now = Date.now() + ahead;
  for (const each of document.querySelectorAll("[data-since]")) write(each, span((now - Date.parse(each.dataset.since)) / 1000));
  for (const each of document.querySelectorAll("[data-due]")) write(each, until((Date.parse(each.dataset.due) - now) / 1000));
  const waiting = [...board.querySelectorAll(".wait")].map((card) => draw(card, now));
  announce(waiting);
  count(Number(document.getElementById("part-now")?.dataset.waiting ?? 0));
}

function draw(card, now) {
  const gone = (now - Date.parse(card.querySelector("[data-since]").dataset.since)) / 1000;
  const limit = Number(card.dataset.limit);
  card.classList.toggle("over", gone >= limit);
  card.querySelector(".timer").classList.toggle("over", gone >= limit);
  card.querySelector(".so-far").setAttribute("width", Math.min(100, Math.floor((100 * gone) / limit)));
  return { ...card.dataset, gone, limit };
}

function count(waiting) {
  if (!sound) return;
  document.title = waiting ? `(${waiting}) ${title}` : title;
  for (const badge of document.querySelectorAll("[data-waits]")) {
    badge.hidden = !waiting;
    write(badge, waiting ? String(waiting) : "");
  }
}

// --- voice and sound: each caller once when they come, once at 20 seconds, once at the limit

const said = new Map();
let chimedAt = 0;

function announce(waiting) {
  for (const caller of waiting) {
    const before = said.get(caller.who) ?? -1;
    said.set(caller.who, caller.gone);
    if (before < 0) write(document.getElementById("says"), caller.say);
    if (before < caller.limit && caller.gone >= caller.limit) write(document.getElementById("says-now"), caller.sayOver);
    const passes = (mark) => before >= 0 && before < mark && caller.gone >= mark;
    if (passes(CHIME_AFTER) || passes(caller.limit)) chime();
  }
}

function chime() {
  if (sound?.getAttribute("aria-pressed") !== "true" || Date.now() - chimedAt < CHIME_AT_MOST_EVERY) return;
  chimedAt = Date.now();
  const player = new AudioContext();
  for (const [at, pitch] of [[0, 660], [0.18, 880]]) {
    const tone = player.createOscillator();
    const volume = player.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, player.currentTime + at);
    volume.gain.exponentialRampToValueAtTime(0.12, player.currentTime + at + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.0001, player.currentTime + at + 0.45);
    tone.connect(volume).connect(player.destination);
    tone.start(player.currentTime + at);
    tone.stop(player.currentTime + at + 0.5);
  }
  setTimeout(() => player.close(), 1_000);
}

function showSound(isOn) {
  sound.setAttribute("aria-pressed", String(isOn));
  const words = isOn ? sound.dataset.on : sound.dataset.off;
  sound.setAttribute("aria-label", words);
  sound.querySelector(".t").textContent = words;
}

if (sound) {
  sound.hidden = false;
  showSound(localStorage.getItem("sound") === "on");
  sound.addEventListener("click", () => {
    const isOn = sound.getAttribute("aria-pressed") !== "true";
    localStorage.setItem("sound", isOn ? "on" : "off");
    showSound(isOn);
    if (isOn) {
      chimedAt = 0;
      chime();
    }
  });
}

// --- keys

function move(step) {
  const links = [...board.querySelectorAll(".item .name a")];
  const opened = board.querySelector(".item[aria-current] .name a");
  const at = links.indexOf(document.activeElement.closest?.(".item")?.querySelector(".name a") ?? opened);
  links[Math.max(0, Math.min(links.length - 1, at < 0 ? 0 : at + step))]?.focus();
}

document.addEventListener("single-key", ({ detail: event }) => {
  const row = document.activeElement.closest?.(".item");
  const main = row?.querySelector(".btn") ?? document.querySelector(".detail .deed .main-btn");
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "c") main?.focus();
  else if (event.key === "n") {
    event.preventDefault();
    document.getElementById("note")?.focus();
  } else if (event.key === "Escape") (board.querySelector(".item[aria-current] .name a") ?? board.querySelector(".item .name a"))?.focus();
});

setClock(document.querySelector("[data-now]")?.dataset.now);
if (window.EventSource) listen();
setInterval(() => {
  tell();
  tick();
}, 1_000);
setInterval(() => {
  if (Date.now() - lastNews > STALE_AFTER && !isOut) poll();
}, POLL_EVERY);
