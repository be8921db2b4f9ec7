"""Slow hashes (argon2id) of passwords and PINs: few at once, and nobody waits long for a turn.

One takes 64 MiB and a tenth of a second of processor time, and strangers can ask for it. Whoever
asks looks at the limits of tries first.
"""

from __future__ import annotations

import base64
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

AT_ONCE = 2
WAIT_SECONDS = 0.2
HASHER = PasswordHasher(memory_cost=64 * 1024, time_cost=3, parallelism=4)  # RFC 9106, section 4
_turns = threading.BoundedSemaphore(AT_ONCE)


def _made_of_chance() -> str:
    """A hash in the form of ours that no secret was made into: only chance could lead to it."""
    salt, rest = (
        base64.b64encode(secrets.token_bytes(size)).rstrip(b"=").decode()
        for size in (HASHER.salt_len, HASHER.hash_len)
    )
    cost = f"m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${rest}"


NOBODYS = _made_of_chance()
"""Compared with when there is nobody to compare with, so that the answer takes as long."""


class Busy(Exception):
    """Too many hashes are wanted at once: nothing was compared, try again."""


def hash_of(secret: str, wait_seconds: float = WAIT_SECONDS) -> str:
    """What is stored of a secret; raises `Busy`."""
    with turn(wait_seconds):
        return HASHER.hash(secret)


def matches(stored: str, secret: str, wait_seconds: float = WAIT_SECONDS) -> bool:
    """Whether this is the secret that was hashed; raises `Busy`."""
    with turn(wait_seconds):
        try:
            return HASHER.verify(stored, secret)
        except (VerificationError, InvalidHashError):
            return False


@contextmanager
def turn(wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """One of the few hashes of this process; raises `Busy` after the wait."""
    if not _turns.acquire(timeout=wait_seconds):
        raise Busy
    try:
        yield
    finally:
        _turns.release()
