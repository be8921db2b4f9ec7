"""Why an action was not done: refused in plain words, or not theirs to do."""

from __future__ import annotations

from console.base.i18n import later, say

TAKEN = later(
    "%(name)s has already claimed this. Talk to them, or ask a coordinator to release it."
)


class Refused(Exception):
    """It was not done; the sentence says why, and what to do."""


class NotTheirs(Exception):
    """It is not there, or not theirs to know of: both look the same to whoever asks."""


def taken(name: str) -> Refused:
    """Somebody else has claimed it."""
    return Refused(say(TAKEN, name=name))
