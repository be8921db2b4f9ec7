"""The caller's side: hear, load, decide, remember, speak."""
