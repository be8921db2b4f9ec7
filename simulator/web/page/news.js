// The news of the carrier, as a stream; by polling where a stream does not come through.

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

  // The stream and a poll may overlap: news older than the last is outdated, and entries that were
  // shown already are left out. A restarted carrier counts positions from 0 again.
  take(told) {
    const restarted = told.journal !== this.journal;
    if (!restarted && told.next < this.next) return;
    if (!restarted) told.entries = told.entries.filter((entry) => entry.id >= this.next);
    told.first_time = restarted;
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
