"""The question "did this number call?", put to whatever is stored by somebody with every key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.core import pseudonyms
from models.core.vault import Vault

K = TypeVar("K")
_LABELS = (b"fingerprint", b"seal", b"authenticate", b"wrap", b"flood")
_PURPOSES = (
    *("number", "exchange", "case code", "tombstone", "hidden caller", "ledger", "network"),
    *("flood", "user name", "name", "call.number", ""),
)
_KEY_BYTES, _MARK_CHARACTERS, ENOUGH = 32, 40, 20
"""A row may hold the beginning of a mark; so many digits of it match nothing by chance."""
_HEXADECIMAL = re.compile(rb"[0-9a-f]{%d,}" % ENOUGH)


def every_secret(vault: Vault, root: str) -> Iterator[bytes]:
    """Every key that a host and its copies still have; `root` is the key of the settings."""
    yield base64.urlsafe_b64decode(root)
    ring = getattr(vault, "ring", None)
    if ring is not None:
        ring.look(0)
        for secret in ring._unwrapped.values():
            yield from (secret[at : at + _KEY_BYTES] for at in range(0, len(secret), _KEY_BYTES))


def functions_of(secrets: Iterable[bytes], number: str) -> Iterator[bytes]:
    """Every known function of a key and a number, and of its exchange: the beginning of a mark."""
    texts = [number, number[2:], number[1:], number[:-4]]
    derived = [each for secret in secrets for each in (secret, *_derived(secret))]
    for secret, text, purpose in itertools.product(derived, texts, _PURPOSES):
        for said in (text, f"{purpose}\0{text}"):
            yield _mark(secret, said)[:ENOUGH].encode()


def names_of(secrets: Iterable[bytes], number: str) -> Iterator[bytes]:
    """The name of a caller, if it follows from the number, as before names were drawn."""
    name_of = getattr(pseudonyms, "pseudonym", None)
    if name_of is not None:
        for secret in secrets:
            yield name_of(_mark(next(_derived(secret)), f"number\0{number}")).encode()


class Guesses(Generic[K]):
    """What the keys of one day make of some numbers."""

    def __init__(self, vault: Vault, root: str, numbers: Mapping[K, str]) -> None:
        secrets = list(every_secret(vault, root))
        self._marks = {name: set(functions_of(secrets, each)) for name, each in numbers.items()}
        self._names = {name: set(names_of(secrets, each)) for name, each in numbers.items()}

    def confirmed_by(self, contents: Iterable[bytes]) -> set[K]:
        """The numbers of which a mark stands in these bytes, or the name in these rows."""
        found: set[K] = set()
        for content in contents:
            stands = set(_beginnings(content))
            found |= {name for name, marks in self._marks.items() if marks & stands}
            found |= {
                name for name, called in self._names.items() if any(n in content for n in called)
            }
        return found


def _beginnings(content: bytes) -> Iterator[bytes]:
    """In SQLite's files nothing stands between two columns, so a mark may begin anywhere."""
    for run in _HEXADECIMAL.findall(content):
        yield from (run[at : at + ENOUGH] for at in range(len(run) - ENOUGH + 1))


def _mark(secret: bytes, text: str) -> str:
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()[:_MARK_CHARACTERS]


def _derived(secret: bytes) -> Iterator[bytes]:
    for label in _LABELS:
        info = b"sanctuary-line/" + label
        yield HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=None, info=info).derive(
            secret
        )
