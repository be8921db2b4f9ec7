"""Offline keys: what is encrypted to one opens on no host of the hotline (age-encryption.org/v1).

An identity opens, and is kept away from every host. Its recipient encrypts, and is no secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import pyrage

from commands.base.plain_errors import Trouble

_MAGIC = b"age-encryption.org/v1\n"
_IDENTITY = "AGE-SECRET-KEY-"


def drawn() -> tuple[str, str]:
    """A new identity as a file's text, and its recipient."""
    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    return f"# public key: {recipient}\n{identity}\n", recipient


def is_encrypted(file: Path) -> bool:
    """Whether a file is encrypted to offline keys."""
    with file.open("rb") as sealed:
        return sealed.read(len(_MAGIC)) == _MAGIC


def encrypt(plain: BinaryIO, sealed: BinaryIO, recipients: Sequence[str]) -> None:
    """Encrypt to all recipients; any one of their identities opens it."""
    pyrage.encrypt_io(plain, sealed, list(map(pyrage.x25519.Recipient.from_str, recipients)))


def decrypt(sealed: BinaryIO, plain: BinaryIO, identities: Path) -> None:
    """Decrypt with the identities of a file, such as age-keygen makes; raises Trouble."""
    try:
        lines = identities.read_text(encoding="ascii").splitlines()
        known = [
            pyrage.x25519.Identity.from_str(line.strip())
            for line in lines
            if line.startswith(_IDENTITY)
        ]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
        raise Trouble(f"{identities} is no file of age identities.") from error
    try:
        pyrage.decrypt_io(sealed, plain, known)
    except (pyrage.DecryptError, OSError) as error:
        if getattr(error, "errno", None):  # the disk, not the content
            raise
        raise Trouble(
            f"{identities} does not open this backup, or the backup was altered or cut off."
        ) from error
