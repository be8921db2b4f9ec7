// Updates the board, and shows in red since when it was not updated.
"use strict";

const STALE_AFTER = 10_000;
const POLL_EVERY = 5_000;
const board = document.getElementById("board");
const news = document.getElementById("news");
let lastNews = Date.now();
let mark = null;
let isOut = false;

function clock(moment) {
  return new Date(moment).toLocaleTimeString(document.documentElement.lang, { hour12: false });
}

function heard(html) {
  lastNews = Date.now();
  if (html) {
    const focused = board.contains(document.activeElement) ? document.activeElement.id : "";
    board.innerHTML = html;
    if (focused) document.getElementById(focused)?.focus();
  }
  tell();
}

function tell() {
  const isStale = isOut || Date.now() - lastNews > STALE_AFTER;
  const words = isOut ? news.dataset.out : `${isStale ? news.dataset.stale : news.dataset.live} ${isStale ? clock(lastNews) : ""}`;
  news.classList.toggle("stale", isStale);
  news.setAttribute("role", isStale ? "alert" : "presentation");
  if (news.textContent !== words) news.textContent = words;
}

async function poll() {
  try {
    const answer = await fetch(board.dataset.now, { headers: mark ? { "If-None-Match": mark } : {}, cache: "no-store" });
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
  source.addEventListener("unchanged", () => heard(""));
}

if (window.EventSource) listen();
setInterval(tell, 1_000);
setInterval(() => {
  if (Date.now() - lastNews > STALE_AFTER && !isOut) poll();
}, POLL_EVERY);
