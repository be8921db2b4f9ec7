"""Passwords: hashed slowly, compared in the same time whether or not the user exists."""

from __future__ import annotations

import base64
import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

SHORTEST = 15
LONGEST = 200
_HASHER = PasswordHasher(memory_cost=64 * 1024, time_cost=3, parallelism=4)  # RFC 9106, section 4
_AT_ONCE = threading.BoundedSemaphore(2)  # a flood of sign-ins must leave memory to callers
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 5


def _made_of_chance() -> str:
    """A hash in the form of ours that no password was made into: only chance could lead to it."""
    salt, rest = (
        base64.b64encode(secrets.token_bytes(size)).rstrip(b"=").decode()
        for size in (_HASHER.salt_len, _HASHER.hash_len)
    )
    cost = f"m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${rest}"


NOBODYS = _made_of_chance()
"""Compared with when there is no such user, so that the answer takes as long."""


def hash_of(password: str) -> str:
    """What is stored of a password (argon2id, 64 MiB)."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def matches(stored: str, password: str) -> bool:
    """Whether this is the password that was hashed."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(stored, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False


def made_up() -> str:
    """A new password that can be read out: 20 letters of 31, about 99 bits."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)
