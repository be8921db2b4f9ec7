// Sound: prompts as the hotline recorded them, and words that the carrier speaks.
// Only the selected phone sounds, and only while the clock runs at real speed.

import { say } from "./words.js";

const SLOWEST = 0.85;
const FASTEST = 1.6;
const CHARACTERS_A_SECOND = 15;

export class Ear {
  constructor(audio, explain) {
    this.audio = audio;
    this.explain = explain;
    this.wanted = 0;
    audio.addEventListener("loadedmetadata", () => this.keepPace());
  }

  hear(leg, place, spoken) {
    this.wanted = spoken.part_of === "Say"
      ? Math.max(1, spoken.text.length / CHARACTERS_A_SECOND)
      : 0;
    this.audio.src = spoken.audio_url || `/simulator/live/sounds/${leg}/${place}.wav`;
    this.audio.play().catch((error) => {
      if (error.name === "NotAllowedError") this.explain(say("Press Listen to hear this phone."));
    });
  }

  // The carrier computes a length for words; the playback rate is adjusted a little to match it.
  keepPace() {
    const rate = this.wanted ? this.audio.duration / this.wanted : 1;
    this.audio.playbackRate = Math.min(Math.max(rate, SLOWEST), FASTEST);
  }

  rest() {
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
  }
}
