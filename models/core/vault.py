"""The vault: seals personal data with AEAD and finds it again by keyed hash."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES = 32
_NONCE_BYTES = 12
_KEY_ID_BYTES = 4
_VERSION = b"\x01"


class VaultError(Exception):
    """A sealed value cannot be opened with our keys, or a key is unusable."""


class Vault:
    """Seals personal data; a value is bound to its purpose, so it cannot replace another.

    Sealed form: version, key id (4 bytes), nonce (12 bytes), AES-256-GCM ciphertext with its tag.
    The newest key seals. All keys open values and find hashes, so a key can be rotated in place.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Raise VaultError unless there is at least one key and each has 32 bytes."""
        if not keys:
            raise VaultError("DATA_KEYS is empty: it needs at least one key of 32 bytes")
        for key in keys:
            if len(key) != _KEY_BYTES:
                raise VaultError(f"a key in DATA_KEYS has {len(key)} bytes instead of {_KEY_BYTES}")
        self._sealers = {_key_id(key): AESGCM(_derived(key, b"seal")) for key in keys}
        self._newest = _key_id(keys[0])
        self._keys = {_key_id(key): key for key in keys}
        self._peppers = [_derived(key, b"fingerprint") for key in keys]
        self._witnesses = {_key_id(key): _derived(key, b"authenticate") for key in keys}

    @classmethod
    def from_setting(cls, data_keys: str) -> Vault:
        """Read DATA_KEYS: comma-separated URL-safe base64, newest first."""
        try:
            keys = [
                base64.urlsafe_b64decode(part.strip() + "=" * (-len(part.strip()) % 4))
                for part in data_keys.split(",")
                if part.strip()
            ]
        except (binascii.Error, ValueError) as error:
            raise VaultError("DATA_KEYS is not URL-safe base64") from error
        return cls(keys)

    def seal(self, text: str, purpose: str) -> bytes:
        """Encrypt a text for one purpose, such as "call.number"."""
        return self.seal_bytes(text.encode(), purpose)

    def open(self, sealed: bytes, purpose: str) -> str:
        """Decrypt a text; VaultError if it was altered or moved, or its key is missing."""
        return self.open_bytes(sealed, purpose).decode()

    def seal_bytes(self, data: bytes, purpose: str) -> bytes:
        """Encrypt bytes, such as audio, for one purpose."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._sealers[self._newest].encrypt(nonce, data, purpose.encode())
        return _VERSION + self._newest + nonce + sealed

    def open_bytes(self, sealed: bytes, purpose: str) -> bytes:
        """The bytes that were sealed for this purpose; raises VaultError as `open` does."""
        key_id = sealed[1 : 1 + _KEY_ID_BYTES]
        nonce_ends = 1 + _KEY_ID_BYTES + _NONCE_BYTES
        nonce, body = sealed[1 + _KEY_ID_BYTES : nonce_ends], sealed[nonce_ends:]
        sealer = self._sealers.get(key_id)
        if sealed[:1] != _VERSION or sealer is None:
            raise VaultError(f"{purpose}: sealed with a key that is not in DATA_KEYS")
        try:
            return sealer.decrypt(nonce, body, purpose.encode())
        except InvalidTag as error:
            raise VaultError(f"{purpose}: the sealed value was altered") from error

    @property
    def newest_key_id(self) -> bytes:
        """The id of the key that seals; it reveals nothing about the key."""
        return self._newest

    def backup_key(self, key_id: bytes, salt: bytes) -> bytes:
        """The key of one backup; raises VaultError if we do not have its data key."""
        if key_id not in self._keys:
            raise VaultError("the backup was sealed with a key that is not in DATA_KEYS")
        return _derived(self._keys[key_id], b"backup", salt)

    def authenticate(self, message: bytes, purpose: str) -> bytes:
        """A MAC of a message, made with the newest key and prefixed with its id."""
        return self._newest + _mac(self._witnesses[self._newest], message, purpose)

    def is_authentic(self, message: bytes, mac: bytes, purpose: str) -> bool:
        """Whether this MAC was made for this message with one of our keys."""
        witness = self._witnesses.get(mac[:_KEY_ID_BYTES])
        return witness is not None and hmac.compare_digest(
            _mac(witness, message, purpose), mac[_KEY_ID_BYTES:]
        )

    def fingerprint(self, text: str, purpose: str) -> str:
        """A keyed hash to store next to a sealed value, to find it again."""
        return _hash(self._peppers[0], text, purpose)

    def fingerprints(self, text: str, purpose: str) -> list[str]:
        """The keyed hashes of a text under all keys, newest key first."""
        return [_hash(pepper, text, purpose) for pepper in self._peppers]


def _derived(key: bytes, purpose: bytes, salt: bytes | None = None) -> bytes:
    label = b"sanctuary-line/" + purpose
    return HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=salt, info=label).derive(key)


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"sanctuary-line/key-id" + key).digest()[:_KEY_ID_BYTES]


def _mac(witness: bytes, message: bytes, purpose: str) -> bytes:
    return hmac.new(witness, purpose.encode() + b"\0" + message, hashlib.sha256).digest()


def _hash(pepper: bytes, text: str, purpose: str) -> str:
    return hmac.new(pepper, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()[:40]
