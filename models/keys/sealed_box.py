"""Seals for a key that is not in memory: what comes in while the line is locked opens after it.

HPKE (RFC 9180). The private key is derived from the root key, so whoever brings the root key back
from its shares can open, and nobody else.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from models.keys.root_keys import VaultError, derived

FORM = b"\x03"
"""The first byte of a value that was sealed in this way."""
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def public_key(root: bytes) -> bytes:
    """What seals for this root key; it opens nothing."""
    return _private(root).public_key().public_bytes_raw()


def seal(data: bytes, public: bytes, purpose: str) -> bytes:
    """Encrypt bytes for the holder of a root key."""
    key = X25519PublicKey.from_public_bytes(public)
    return FORM + _SUITE.encrypt(data, key, info=purpose.encode())


def opened(sealed: bytes, roots: tuple[bytes, ...], purpose: str) -> bytes:
    """What was sealed for one of these root keys. Raises VaultError."""
    for root in roots:
        try:
            return _SUITE.decrypt(sealed[len(FORM) :], _private(root), info=purpose.encode())
        except (InvalidTag, ValueError):
            continue
    raise VaultError(f"{purpose}: sealed in a lock for a root key that is not in DATA_KEYS")


def _private(root: bytes) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(derived(root, b"sealed box"))
