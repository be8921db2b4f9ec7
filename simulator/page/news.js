// The news of the carrier, as a stream; asked again and again where a stream does not come through.

import { ask, notice } from "./dom.js";

const PATIENCE_MILLISECONDS = 5000;
const POLL_MILLISECONDS = 700;

export class News {
  constructor(tell) {
    this.tell = tell;
    this.next = null;
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

  // What was told already is told no second time: a stream and a question may overlap.
  take(told) {
    const again = this.next !== null && told.next < this.next;
    if (this.next !== null && !again) {
      told.entries = told.entries.filter((entry) => entry.id >= this.next);
    }
    told.first_time = this.next === null || again;
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
