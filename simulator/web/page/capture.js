// Runs in an audio thread and passes on what the microphone hears.

class Capture extends AudioWorkletProcessor {
  process(inputs) {
    if (inputs[0][0]) this.port.postMessage(inputs[0][0].slice());
    return true;
  }
}

registerProcessor("capture", Capture);
