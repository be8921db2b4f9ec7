// Passkeys: fetch a challenge, let the device sign it, send the answer back.
"use strict";

const token = document.querySelector("meta[name=csrf]").content;

async function bring(address, body) {
  const headers = { "X-CSRF-Token": token, "Content-Type": "application/json" };
  const answer = await fetch(address, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function sign(kind, question) {
  if (kind === "add") {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(question);
    return navigator.credentials.create({ publicKey });
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(question);
  return navigator.credentials.get({ publicKey });
}

async function use(box) {
  const { passkey, question, answer, failed } = box.dataset;
  const words = box.querySelector("[role=alert]");
  words.textContent = "";
  try {
    const signed = await sign(passkey, await bring(question, "{}"));
    const { then } = await bring(answer, JSON.stringify(signed));
    window.location.assign(passkey === "add" && document.querySelector("#keys") ? window.location.href : then);
  } catch {
    words.textContent = failed;
  }
}

if (window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON) {
  for (const box of document.querySelectorAll("[data-passkey]")) {
    box.hidden = false;
    box.querySelector("button").addEventListener("click", () => use(box));
  }
}
