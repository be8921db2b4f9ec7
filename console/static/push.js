// Turns notifications on in this browser: it asks, subscribes, and sends the form with what it got.
"use strict";

const form = document.querySelector("[data-push]");

async function subscription() {
  const worker = await navigator.serviceWorker.register(form.dataset.worker);
  await ready(worker);
  return (await worker.pushManager.getSubscription())
    || worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: form.dataset.push });
}

// A worker must be active before it can be subscribed.
function ready(worker) {
  const coming = worker.installing || worker.waiting;
  if (worker.active || !coming) return Promise.resolve();
  return new Promise((done) => {
    coming.addEventListener("statechange", () => { if (coming.state === "activated") done(); });
  });
}

async function turnOn(event) {
  event.preventDefault();
  const words = form.querySelector("[role=alert]");
  words.textContent = "";
  try {
    if (await Notification.requestPermission() !== "granted") throw new Error("refused");
    const { endpoint, keys } = (await subscription()).toJSON();
    Object.entries({ endpoint, ...keys }).forEach(([name, value]) => {
      if (form.elements[name]) form.elements[name].value = value;
    });
    form.submit();
  } catch {
    words.textContent = form.dataset.refused;
  }
}

// Marks the row of this browser, by the hash that is its key.
async function markThisOne() {
  const worker = await navigator.serviceWorker.getRegistration(form.dataset.worker);
  const known = await worker?.pushManager.getSubscription();
  if (!known) return;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(known.endpoint)));
  const key = [...hash.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const mark = document.querySelector(`[data-browser="${key}"]`);
  if (mark) {
    mark.hidden = false;
    form.hidden = true;
  }
}

if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  form.hidden = false;
  document.querySelector("[data-push-less]").hidden = true;
  form.addEventListener("submit", turnOn);
  markThisOne();
}
