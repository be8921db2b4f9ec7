// The microphone, sent to the carrier as a telephone carries it: 8 kHz, 16 bits, one channel.

import { ask } from "./dom.js";

const RATE = 8000;

export class Microphone {
  constructor(leg) {
    this.leg = leg;
    this.pieces = [];
  }

  // Throws the browser's error if there is no microphone, or no permission.
  async open() {
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    this.context = new AudioContext();
    await this.context.audioWorklet.addModule("/phone/capture.js");
    const capture = new AudioWorkletNode(this.context, "capture", { numberOfOutputs: 0 });
    capture.port.onmessage = (event) => this.pieces.push(event.data);
    this.context.createMediaStreamSource(this.stream).connect(capture);
    await ask(`/legs/${this.leg}/begin-to-speak`, {});
  }

  async close() {
    this.stream.getTracks().forEach((track) => track.stop());
    const file = wav(await atTelephoneRate(this.pieces, this.context.sampleRate));
    await this.context.close();
    await ask(`/legs/${this.leg}/spoken`, file, "audio/wav");
  }
}

async function atTelephoneRate(pieces, rate) {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length === 0) return new Float32Array(0);
  const offline = new OfflineAudioContext(1, Math.ceil((length * RATE) / rate), RATE);
  const buffer = offline.createBuffer(1, length, rate);
  let place = 0;
  for (const piece of pieces) {
    buffer.copyToChannel(piece, 0, place);
    place += piece.length;
  }
  const source = offline.createBufferSource();
  source.buffer = buffer;
  source.connect(offline.destination);
  source.start();
  return (await offline.startRendering()).getChannelData(0);
}

function wav(samples) {
  const file = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const word = (place, text) => [...text].forEach((c, n) => file.setUint8(place + n, c.charCodeAt(0)));
  word(0, "RIFF");
  file.setUint32(4, 36 + 2 * samples.length, true);
  word(8, "WAVEfmt ");
  file.setUint32(16, 16, true);
  file.setUint16(20, 1, true); // PCM
  file.setUint16(22, 1, true); // one channel
  file.setUint32(24, RATE, true);
  file.setUint32(28, 2 * RATE, true);
  file.setUint16(32, 2, true);
  file.setUint16(34, 16, true);
  word(36, "data");
  file.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, n) => {
    file.setInt16(44 + 2 * n, Math.max(-1, Math.min(1, sample)) * 32767, true);
  });
  return file.buffer;
}
