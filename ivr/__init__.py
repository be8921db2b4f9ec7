"""The caller's side: hear, load, decide, store, speak."""
