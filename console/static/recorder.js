// Records a prompt in the browser, and converts a chosen sound file to plain WAV, so that the hotline
// never has to decode an MP3. Without this script a user can send a WAV.

const RATE = 16000; // twice what a telephone carries: the hotline brings it down itself
const CAPTURE = new URL("capture.js", import.meta.url);

for (const form of document.querySelectorAll("form.recorder")) prepare(form);

function prepare(form) {
  const file = form.querySelector("input[type=file]");
  const button = form.querySelector("button.record");
  const error = form.querySelector(".error");
  let microphone = null;
  button.hidden = !navigator.mediaDevices;
  file.addEventListener("change", async () => {
    error.textContent = "";
    if (!file.files.length) return;
    try {
      const context = new OfflineAudioContext(1, 1, RATE);
      const buffer = await context.decodeAudioData(await file.files[0].arrayBuffer());
      offer(form, wav(await mixed(buffer)));
    } catch {
      error.textContent = form.dataset.cannot;
    }
  });
  button.addEventListener("click", async () => {
    error.textContent = "";
    if (microphone) {
      const samples = await microphone.close();
      microphone = null;
      show(button, false);
      offer(form, wav(samples));
      return;
    }
    try {
      microphone = await Microphone.open();
      show(button, true);
    } catch {
      error.textContent = form.dataset.asks;
    }
  });
}

function show(button, isOn) {
  button.textContent = isOn ? button.dataset.end : button.dataset.begin;
  button.setAttribute("aria-pressed", String(isOn));
}

function offer(form, bytes) {
  const made = new File([bytes], "recording.wav", { type: "audio/wav" });
  const chosen = new DataTransfer();
  chosen.items.add(made);
  form.querySelector("input[type=file]").files = chosen.files;
  const heard = form.querySelector("audio.heard");
  URL.revokeObjectURL(heard.src);
  heard.src = URL.createObjectURL(made);
  heard.hidden = false;
}

class Microphone {
  static async open() {
    const microphone = new Microphone();
    microphone.pieces = [];
    microphone.stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    microphone.context = new AudioContext();
    await microphone.context.audioWorklet.addModule(CAPTURE);
    const capture = new AudioWorkletNode(microphone.context, "capture", { numberOfOutputs: 0 });
    capture.port.onmessage = (event) => microphone.pieces.push(event.data);
    microphone.context.createMediaStreamSource(microphone.stream).connect(capture);
    return microphone;
  }

  async close() {
    this.stream.getTracks().forEach((track) => track.stop());
    const rate = this.context.sampleRate;
    await this.context.close();
    const length = this.pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (length === 0) return new Float32Array(0);
    const buffer = new AudioBuffer({ length, sampleRate: rate, numberOfChannels: 1 });
    let place = 0;
    for (const piece of this.pieces) {
      buffer.copyToChannel(piece, 0, place);
      place += piece.length;
    }
    return mixed(buffer);
  }
}

async function mixed(buffer) {
  const offline = new OfflineAudioContext(1, Math.max(1, Math.ceil(buffer.duration * RATE)), RATE);
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
