"""Large files, sealed in pieces: any change, missing piece or wrong key is detected.

The pieces follow the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizar 2015), as in the age
format: each nonce contains the number of its piece and whether it is the last.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.core.vault import Vault

MAGIC = b"sanctuary-line backup 1\n"
_PIECE = 64 * 1024
_TAG = 16
_SALT = 16
_LONGEST_HEADER = 32 * 1024


class BrokenBackup(Exception):
    """The file is not a backup of ours, or it was altered or cut off."""


def seal(plain: BinaryIO, sealed: BinaryIO, vault: Vault, about: Mapping[str, str]) -> None:
    """Write `plain` to `sealed` under its own key, with a header that anyone can read."""
    salt = os.urandom(_SALT)
    facts = {**about, "key": vault.newest_key_id.hex(), "salt": salt.hex()}
    header = json.dumps(facts).encode() + b"\n"
    sealer = AESGCM(vault.backup_key(vault.newest_key_id, salt))
    sealed.write(MAGIC + header)
    for number, (piece, is_last) in enumerate(_pieces(plain, _PIECE)):
        sealed.write(sealer.encrypt(_nonce(number, is_last), piece, header))


def unseal(sealed: BinaryIO, plain: BinaryIO, vault: Vault) -> dict[str, str]:
    """Write the content of `sealed` to `plain` and return the facts of the header.

    Raises BrokenBackup, possibly after writing a part, or VaultError if we do not have the key.
    """
    header = _header(sealed)
    facts = _facts(header)
    key = vault.backup_key(bytes.fromhex(facts["key"]), bytes.fromhex(facts["salt"]))
    sealer = AESGCM(key)
    for number, (piece, is_last) in enumerate(_pieces(sealed, _PIECE + _TAG)):
        try:
            plain.write(sealer.decrypt(_nonce(number, is_last), piece, header))
        except InvalidTag as error:
            raise BrokenBackup("the backup was altered or cut off") from error
    return facts


def _header(sealed: BinaryIO) -> bytes:
    if sealed.read(len(MAGIC)) != MAGIC:
        raise BrokenBackup("this file is not a backup of the hotline")
    return sealed.readline(_LONGEST_HEADER)


def _facts(header: bytes) -> dict[str, str]:
    try:
        facts: dict[str, str] = json.loads(header)
        bytes.fromhex(facts["key"] + facts["salt"])
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenBackup("the backup was altered or cut off") from error
    return facts


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")


def _pieces(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Each piece, and whether it is the last; an empty file has one empty piece."""
    piece = source.read(size)
    while True:
        following = source.read(size)
        yield piece, not following
        if not following:
            return
        piece = following
