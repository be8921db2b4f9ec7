"""Passwords: hashed slowly, compared in the same time whether or not the user exists."""

from __future__ import annotations

import secrets

from models.core import slow_hash

SHORTEST = 15
LONGEST = 1000
"""Characters, where a password is chosen and where it is compared."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 5


def hash_of(password: str) -> str:
    """What is stored of a password; raises `slow_hash.Busy`."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise ValueError(f"a password has {SHORTEST} to {LONGEST} characters")
    return slow_hash.hash_of(password)


def matches(stored: str, password: str) -> bool:
    """Whether this is the password that was hashed; raises `slow_hash.Busy`."""
    fits = len(password) <= LONGEST
    return slow_hash.matches(stored if fits else slow_hash.NOBODYS, password[:LONGEST]) and fits


def made_up() -> str:
    """A new password that can be read out: 20 letters of 31, about 99 bits."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)
