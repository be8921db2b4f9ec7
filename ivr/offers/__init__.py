"""The legs of phones that we ring: the offer, the ring's purpose, and the talk after it."""
