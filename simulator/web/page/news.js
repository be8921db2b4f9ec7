// The news of the carrier, as a stream; asked again and again where a stream does not come through.

import { ask, notice } from "./dom.js";

const PATIENCE_MILLISECONDS = 5000;
const POLL_MILLISECONDS = 700;

export class News {
  constructor(tell) {
    this.tell = tell;
    this.next = null;
    this.journal = null;
    this.heard = Date.now();
    this.source = null;
  }

  start() {
    this.listen();
    setInterval(() => this.poll(), POLL_MILLISECONDS);
  }

  listen() {
    const since = this.next === null ? "" : `?since=${this.next}`;
    this.source = new EventSource(`/simulator/live/stream${since}`);
    this.source.onmessage = (event) => this.take(JSON.parse(event.data));
  }

  // A stream and a question may overlap: what is older than what was told is no longer how things
  // stand, and what was told already is told no second time. A carrier started anew counts anew.
  take(told) {
    const anew = told.journal !== this.journal;
    if (!anew && told.next < this.next) return;
    if (!anew) told.entries = told.entries.filter((entry) => entry.id >= this.next);
    told.first_time = anew;
    this.journal = told.journal;
    this.next = told.next;
    this.heard = Date.now();
    this.tell(told);
  }

  async poll() {
    if (Date.now() - this.heard < PATIENCE_MILLISECONDS) return;
    const told = await ask(`/live/news${this.next === null ? "" : `?since=${this.next}`}`);
    if (told) {
      notice("");
      this.take(told);
      this.heard = 0;
    }
    if (this.source.readyState === EventSource.CLOSED) this.listen();
  }
}
