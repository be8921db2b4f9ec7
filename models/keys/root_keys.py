"""Root keys: as the settings write them, and what is derived from one."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
KEY_ID_BYTES = 4
_NEXT = "next:"


class VaultError(Exception):
    """A sealed value cannot be opened with our keys, or a key is unusable."""


class Locked(VaultError):
    """The line is locked: this process has no keys."""

    def __init__(self) -> None:
        super().__init__("The line is locked: two of three shares unlock it (`hotline panic`).")


@dataclass(frozen=True)
class Roots:
    """The root keys as they are written: newest first, then older ones, which only open."""

    live: tuple[bytes, ...]
    coming: tuple[bytes, ...] = ()
    """Known to every process before the first value is sealed with it."""

    @classmethod
    def of(cls, keys: Sequence[bytes]) -> Roots:
        """These keys, newest first; raises VaultError if there is none or one is no key."""
        return cls(_checked(keys))

    @classmethod
    def read(cls, written: str) -> Roots:
        """Read keys of URL-safe base64, a comma or a line between two; `#` begins a remark.

        A key behind `next:` opens, and does not seal yet.

        Raises VaultError.
        """
        lines = (line.partition("#")[0] for line in written.splitlines())
        parts = [part.strip() for line in lines for part in line.split(",") if part.strip()]
        live = tuple(_decoded(part) for part in parts if not part.startswith(_NEXT))
        coming = tuple(_decoded(p.removeprefix(_NEXT)) for p in parts if p.startswith(_NEXT))
        return cls(_checked(live), coming and _checked(coming))

    def written(self) -> str:
        """The same keys as lines of a file."""
        lines = [*(f"{_NEXT}{in_base64(key)}" for key in self.coming), *map(in_base64, self.live)]
        return "".join(f"{line}\n" for line in lines)

    @property
    def every(self) -> tuple[bytes, ...]:
        """All keys that open."""
        return (*self.live, *self.coming)


def drawn() -> bytes:
    """A new root key."""
    return secrets.token_bytes(KEY_BYTES)


def key_id(key: bytes) -> bytes:
    """The id of a key; it reveals nothing about it."""
    return hashlib.sha256(b"sanctuary-line/key-id" + key).digest()[:KEY_ID_BYTES]


def derived(key: bytes, purpose: bytes, salt: bytes | None = None) -> bytes:
    """A key of its own for one purpose."""
    label = b"sanctuary-line/" + purpose
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=salt, info=label).derive(key)


def in_base64(key: bytes) -> str:
    """A key as settings write it."""
    return base64.urlsafe_b64encode(key).decode()


def _decoded(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError) as error:
        raise VaultError("DATA_KEYS is not URL-safe base64") from error


def _checked(keys: Sequence[bytes]) -> tuple[bytes, ...]:
    if not keys:
        raise VaultError("DATA_KEYS is empty: it needs at least one key of 32 bytes")
    for key in keys:
        if len(key) != KEY_BYTES:
            raise VaultError(f"a key in DATA_KEYS has {len(key)} bytes instead of {KEY_BYTES}")
    return tuple(keys)
