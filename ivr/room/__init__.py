"""The room of a call: who sits in it, how they come and go, and what they are asked outside."""
