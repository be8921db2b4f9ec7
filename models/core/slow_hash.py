"""Slow hashes (argon2id) of passwords and PINs: few at once, and nobody waits long for a turn.

One takes 64 MiB and a tenth of a second of processor time, and strangers can ask for it. Whoever
asks looks at the limits of tries first.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
WAIT_SECONDS = 0.2
HASHER = PasswordHasher(memory_cost=64 * 1024, time_cost=3, parallelism=4)  # RFC 9106, section 4
_turns = threading.BoundedSemaphore(AT_ONCE)


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
