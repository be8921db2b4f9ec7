// The command palette, the list of keys, and the keys that work on every page.
"use strict";

{
  const palette = document.getElementById("palette");
  const keys = document.getElementById("keys");
  const query = document.getElementById("palette-q");
  const list = palette.querySelector("ul");
  const single = document.getElementById("single-keys");
  const SINGLE = "single-keys";
  const GO_WITHIN = 1_000;
  let goAt = 0;

  single.checked = localStorage.getItem(SINGLE) !== "off";
  single.addEventListener("change", () => localStorage.setItem(SINGLE, single.checked ? "on" : "off"));
  for (const button of document.querySelectorAll("[data-opens=palette]")) {
    button.hidden = false;
    button.addEventListener("click", open);
  }

  function open() {
    for (const old of list.querySelectorAll("[data-found]")) old.remove();
    for (const link of [...document.querySelectorAll("main .item .name a, main table.rows th a")].reverse()) {
      const row = document.createElement("li");
      const way = document.createElement("a");
      row.dataset.found = "";
      way.href = link.href;
      way.textContent = link.textContent;
      row.append(way);
      list.prepend(row);
    }
    query.value = "";
    sift();
    palette.showModal();
    query.focus();
  }

  function shown() {
    return [...list.children].filter((row) => !row.hidden);
  }

  function choose(row) {
    for (const each of list.children) each.classList.toggle("on", each === row);
    row?.scrollIntoView({ block: "nearest" });
  }

  function sift() {
    const words = query.value.toLocaleLowerCase().split(/\s+/);
    for (const row of list.children) {
      const text = row.textContent.toLocaleLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
    choose(shown()[0]);
  }

  query.addEventListener("input", sift);
  palette.addEventListener("keydown", (event) => {
    const rows = shown();
    const at = rows.findIndex((row) => row.classList.contains("on"));
    if (event.key === "ArrowDown") choose(rows[Math.min(at + 1, rows.length - 1)]);
    else if (event.key === "ArrowUp") choose(rows[Math.max(at - 1, 0)]);
    else if (event.key === "Enter" && event.target === query) rows[at]?.querySelector("a").click();
    else return;
    event.preventDefault();
  });
  for (const dialog of [palette, keys]) {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  }

  function isTyping(target) {
    return target.closest("input, textarea, select, [contenteditable]") !== null;
  }

  function goesTo(key) {
    const page = { b: "/board", s: "/schedule" }[key];
    const link = page && document.querySelector(`nav.places a[href$="${page}"]`);
    if (link) link.click();
    else if (page) window.location.assign(page);
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (!palette.open) open();
      return;
    }
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!isPlain || !single.checked || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "/") {
      event.preventDefault();
      open();
    } else if (event.key === "?") keys.showModal();
    else if (event.key === "g") goAt = Date.now();
    else if (Date.now() - goAt < GO_WITHIN) goesTo(event.key);
    else document.dispatchEvent(new CustomEvent("single-key", { detail: event }));
  });
}
