"""Why an action was not done: refused in plain words, or not theirs to do."""

from __future__ import annotations

from console.base.i18n import later, say

TAKEN = later(
    "%(name)s has already claimed this. Talk to them, or ask a coordinator to release it."
)


class Refused(Exception):
    """It was not done; the sentence says why, and what to do."""


class NotTheirs(Exception):
    """It does not exist, or they may not know of it: both look the same to the user."""


def taken(name: str) -> Refused:
    """Somebody else has claimed it."""
    return Refused(say(TAKEN, name=name))
