"""The demo, the simulated carrier and the phone in the terminal."""
