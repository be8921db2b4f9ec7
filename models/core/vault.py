"""The vault: seals personal data with AEAD and finds it again by keyed hash."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from models.keys import sealed_box
from models.keys.key_ring import LASTING, NONCE_BYTES, OF_DAYS, KeyRing, Term
from models.keys.root_keys import KEY_ID_BYTES, Roots, VaultError, derived, key_id

__all__ = ["FORM", "LOOSE", "Term", "Vault", "VaultError"]

LOOSE, FORM = b"\x01", b"\x02"
"""The first byte of a sealed value: one that is bound to its purpose alone, and the form now."""
OF_A_DAY = frozenset(("number", "exchange"))
"""Marks of callers, made with the pepper of a day."""
ROTATING = frozenset(("case code", "tombstone"))
"""Marks made with a pepper of 90 days; other marks stand."""


class Vault:
    """Seals personal data; a value is bound to its purpose and its row, so none can replace it.

    Sealed form: version, key id (4 bytes), nonce (12 bytes), AES-256-GCM ciphertext with its tag.
    Which key seals depends on how long the value lives (`Term`). All keys open values.
    """

    def __init__(self, keys: Sequence[bytes] | KeyRing) -> None:
        """The keys themselves stand for a ring without a folder. Raises VaultError if unusable."""
        if not isinstance(keys, KeyRing):
            keys = KeyRing(Roots.of(keys))
        self.ring = keys

    @classmethod
    def from_setting(cls, data_keys: str) -> Vault:
        """Read DATA_KEYS: comma-separated URL-safe base64, newest first."""
        return cls(KeyRing(Roots.read(data_keys)))

    def seal(self, text: str, purpose: str, row: str = "", term: Term = Term.STANDING) -> bytes:
        """Encrypt a text for one purpose, such as "call.number", and one row."""
        return self.seal_bytes(text.encode(), purpose, row, term)

    def open(self, sealed: bytes, purpose: str, row: str = "") -> str:
        """Decrypt a text; VaultError if it was altered or moved, or its key is gone."""
        return self.open_bytes(sealed, purpose, row).decode()

    def seal_bytes(
        self, data: bytes, purpose: str, row: str = "", term: Term = Term.STANDING
    ) -> bytes:
        """Encrypt bytes, such as audio, for one purpose and one row.

        Without a folder of keys the value has the older form: older code reads it too.
        """
        form = FORM if self.ring.is_on else LOOSE
        known, sealer = self.ring.sealer(term)
        nonce = os.urandom(NONCE_BYTES)
        return form + known + nonce + sealer.encrypt(nonce, data, _bound(form, purpose, row))

    def seal_in_any_case(self, text: str, purpose: str) -> bytes:
        """Encrypt a text; in a lock, for the root key that is not in memory. Raises VaultError."""
        if public := self.ring.shut_for:
            return sealed_box.seal(text.encode(), public, purpose)
        return self.seal(text, purpose)

    def open_bytes(self, sealed: bytes, purpose: str, row: str = "") -> bytes:
        """The bytes that were sealed for this purpose and row; raises VaultError as `open` does."""
        if sealed[:1] == sealed_box.FORM:
            return sealed_box.opened(sealed, self.ring.held.roots.every, purpose)
        form, known, nonce, body = _parts(sealed)
        sealer = self.ring.look_for(known) if form in (LOOSE, FORM) else None
        if sealer is None:
            raise VaultError(f"{purpose}: sealed with a key that is not in DATA_KEYS, or destroyed")
        try:
            return sealer.decrypt(nonce, body, _bound(form, purpose, row))
        except InvalidTag as error:
            raise VaultError(f"{purpose}: the sealed value was altered, or moved here") from error

    def has_key_of(self, sealed: bytes) -> bool:
        """Whether the key of a sealed value is still there."""
        return self.ring.look_for(_parts(sealed)[1]) is not None

    @property
    def newest_key_id(self) -> bytes:
        """The id of the root key that seals; it reveals nothing about the key."""
        return key_id(self.ring.newest_root)

    def backup_key(self, known: bytes, salt: bytes) -> bytes:
        """The key of one backup; raises VaultError if we do not have its root key."""
        self.ring.look()
        for root in self.ring.held.roots.every:
            if key_id(root) == known:
                return derived(root, b"backup", salt)
        raise VaultError("the backup was sealed with a key that is not in DATA_KEYS")

    def authenticate(self, message: bytes, purpose: str) -> bytes:
        """A MAC of a message, made with the newest root key and prefixed with its id."""
        newest = self.newest_key_id
        return newest + _mac(self.ring.held.witnesses[newest], message, purpose)

    def is_authentic(self, message: bytes, mac: bytes, purpose: str) -> bool:
        """Whether this MAC was made for this message with one of our keys, former ones too."""
        known = mac[:KEY_ID_BYTES]
        if known not in self.ring.held.witnesses:
            self.ring.look(0.2)
        witness = self.ring.held.witnesses.get(known)
        return witness is not None and hmac.compare_digest(
            _mac(witness, message, purpose), mac[KEY_ID_BYTES:]
        )

    def sign(self, message: bytes, purpose: str) -> bytes:
        """An Ed25519 signature under the newest root key, behind that key's id."""
        newest = self.newest_key_id
        return newest + _signer(self.ring.held.witnesses[newest], purpose).sign(message)

    def is_signed(self, message: bytes, signature: bytes, purpose: str) -> bool:
        """Whether one of our keys, former ones too, made this signature."""
        witness = self.ring.held.witnesses.get(signature[:KEY_ID_BYTES])
        if witness is None:
            return False
        return _verifies(_signer(witness, purpose).public_key(), signature[KEY_ID_BYTES:], message)

    def public_key(self, purpose: str) -> bytes:
        """What anybody can check signatures of the newest root key with; it opens nothing."""
        witness = self.ring.held.witnesses[self.newest_key_id]
        return _signer(witness, purpose).public_key().public_bytes_raw()

    def fingerprint(self, text: str, purpose: str) -> str:
        """A keyed hash to store next to a sealed value, to find it again."""
        return _hash(self._peppers(purpose)[0], text, purpose)

    def fingerprints(self, text: str, purpose: str) -> list[str]:
        """Every keyed hash under which this text may be stored, the newest first."""
        return [_hash(pepper, text, purpose) for pepper in self._peppers(purpose)]

    def mark_of_today(self, text: str, purpose: str) -> str:
        """A keyed hash that finds an equal text on the same day only."""
        return _hash(self.ring.pepper_of_today(), text, purpose)

    def lasting_mark(self, number: str) -> str:
        """The mark of a number that outlives the day; `fingerprints` finds it too."""
        return _hash(self.ring.peppers(LASTING)[0], number, "number")

    def standing_mark(self, text: str, purpose: str) -> str:
        """A keyed hash that stands until a person removes it, whatever its purpose."""
        return _hash(self.ring.held.standing_peppers[0], text, purpose)

    def standing_marks(self, text: str, purpose: str) -> list[str]:
        """The standing keyed hashes of a text under all root keys, newest first."""
        return [_hash(pepper, text, purpose) for pepper in self.ring.held.standing_peppers]

    def _peppers(self, purpose: str) -> list[bytes]:
        if purpose in OF_A_DAY:
            return self.ring.peppers(OF_DAYS)
        return (
            self.ring.peppers(LASTING) if purpose in ROTATING else self.ring.held.standing_peppers
        )


def _parts(sealed: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    nonce_at = 1 + KEY_ID_BYTES
    return (
        sealed[:1],
        sealed[1:nonce_at],
        sealed[nonce_at:][:NONCE_BYTES],
        sealed[nonce_at + NONCE_BYTES :],
    )


def _bound(form: bytes, purpose: str, row: str) -> bytes:
    return purpose.encode() if form == LOOSE else f"{purpose}\0{row}".encode()


def _mac(witness: bytes, message: bytes, purpose: str) -> bytes:
    return hmac.new(witness, purpose.encode() + b"\0" + message, hashlib.sha256).digest()


def _signer(witness: bytes, purpose: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_mac(witness, b"signing key", purpose))


def _verifies(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _hash(pepper: bytes, text: str, purpose: str) -> str:
    return hmac.new(pepper, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()[:40]
