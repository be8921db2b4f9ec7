"""The legs of phones that we ring: the offer, what it is for, and the talk that follows."""
