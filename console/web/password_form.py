"""The two fields of a form that chooses a password."""

from __future__ import annotations

from collections.abc import Mapping

from console.auth import passwords
from console.base.i18n import later, say

_TOO_SHORT = later(
    "Use at least %(shortest)s characters: four or five unrelated words are easy to remember."
)
_TOO_LONG = later("Use at most %(longest)s characters.")
_DIFFERENT = later("The two passwords are not the same.")


BOUNDS = {"shortest": passwords.SHORTEST, "longest": passwords.LONGEST}
"""For the page."""


def chosen(form: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The new password, and what is wrong at which field."""
    new, again = form.get("new", ""), form.get("again", "")
    if len(new) < passwords.SHORTEST:
        return new, {"new": say(_TOO_SHORT, shortest=passwords.SHORTEST)}
    if len(new) > passwords.LONGEST:
        return new, {"new": say(_TOO_LONG, longest=passwords.LONGEST)}
    return new, {} if new == again else {"again": say(_DIFFERENT)}
