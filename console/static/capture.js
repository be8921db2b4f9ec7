// Runs in its own thread and passes on the samples of the microphone.

class Capture extends AudioWorkletProcessor {
  process(inputs) {
    if (inputs[0][0]) this.port.postMessage(inputs[0][0].slice());
    return true;
  }
}

registerProcessor("capture", Capture);
