// Plays messages with a waveform for mouse and keys; without this script the page has a plain player.
"use strict";

const STEP_SECONDS = 5;
const SPEEDS = [1, 1.25, 1.5, 0.75];

function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function equip(figure) {
  const [play, speed] = figure.querySelectorAll("button");
  const audio = figure.querySelector("audio");
  const wave = figure.querySelector(".wave");
  const time = figure.querySelector(".time");
  const bars = [...wave.querySelectorAll("rect")];

  function draw() {
    const length = audio.duration || 0;
    const played = length ? audio.currentTime / length : 0;
    bars.forEach((bar, index) => bar.classList.toggle("played", index < played * bars.length));
    time.textContent = `${clock(audio.currentTime)} / ${clock(length)}`;
    play.textContent = audio.paused ? figure.dataset.play : figure.dataset.pause;
    wave.setAttribute("aria-valuemax", Math.round(length));
    wave.setAttribute("aria-valuenow", Math.round(audio.currentTime));
    wave.setAttribute("aria-valuetext", time.textContent);
  }

  function toggle() {
    if (audio.paused) audio.play();
    else audio.pause();
  }

  function go(seconds) {
    audio.currentTime = Math.max(0, Math.min(audio.duration || 0, seconds));
  }

  function nextSpeed() {
    audio.playbackRate = SPEEDS[(SPEEDS.indexOf(audio.playbackRate) + 1) % SPEEDS.length];
    speed.textContent = `${audio.playbackRate}×`;
    speed.setAttribute("aria-label", `${figure.dataset.speed} ${speed.textContent}`);
  }

  const keys = {
    ArrowRight: () => go(audio.currentTime + STEP_SECONDS),
    ArrowUp: () => go(audio.currentTime + STEP_SECONDS),
    ArrowLeft: () => go(audio.currentTime - STEP_SECONDS),
    ArrowDown: () => go(audio.currentTime - STEP_SECONDS),
    Home: () => go(0),
    End: () => go(audio.duration),
    " ": toggle,
  };
  wave.addEventListener("keydown", (event) => {
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  wave.addEventListener("click", (event) => {
    const box = wave.getBoundingClientRect();
    go(((event.clientX - box.left) / box.width) * audio.duration);
  });
  play.addEventListener("click", toggle);
  speed.addEventListener("click", nextSpeed);
  for (const news of ["loadedmetadata", "timeupdate", "seeked", "play", "pause", "ended"]) audio.addEventListener(news, draw);

  wave.setAttribute("role", "slider");
  wave.setAttribute("tabindex", "0");
  wave.setAttribute("aria-label", figure.dataset.where);
  wave.setAttribute("aria-valuemin", "0");
  speed.setAttribute("aria-label", `${figure.dataset.speed} 1×`);
  audio.removeAttribute("controls");
  for (const part of [play, speed, time]) part.hidden = false;
  draw();
}

for (const figure of document.querySelectorAll("[data-player]")) equip(figure);
