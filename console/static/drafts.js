// Saves a note on the server while a user types, and keeps its words in the page when the session ends.
"use strict";

const QUIET_MILLISECONDS = 1_500;

function watch(box) {
  const form = box.querySelector("form");
  const status = box.querySelector("[role=status]");
  const { drafts, signIn, kept, out, in: goIn } = box.dataset;
  let timer = 0;
  let isOut = false;

  function say(words, link) {
    status.textContent = words;
    if (!link) return;
    const way = document.createElement("a");
    way.href = signIn;
    way.target = "_blank";
    way.rel = "noopener";
    way.textContent = link;
    status.append(" ", way);
  }

  async function keep() {
    const answer = await fetch(drafts, { method: "POST", body: new FormData(form), redirect: "manual" });
    isOut = answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;
    if (isOut) say(out, goIn);
    else if (answer.ok) say(kept);
  }

  async function takeNewToken() {
    const answer = await fetch(window.location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("meta[name=csrf]").content;
    document.querySelector("meta[name=csrf]").content = token;
    for (const field of document.querySelectorAll("input[name=csrf]")) field.value = token;
    await keep();
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(() => keep().catch(() => {}), QUIET_MILLISECONDS);
  }

  form.addEventListener("input", soon);
  form.addEventListener("submit", () => clearTimeout(timer));
  window.addEventListener("focus", () => {
    if (isOut) takeNewToken().catch(() => {});
  });
}

for (const box of document.querySelectorAll("[data-drafts]")) watch(box);
