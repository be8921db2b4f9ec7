"""A folder of small secrets, each in a file of its own, sealed by a root key, shredded at its end.

The folder lies outside the database and its backups. It may have copies in other places: what is
made, sealed again or destroyed in one is in all. A file is `NAME.key`: a version, the id of the
root key (4 bytes), a nonce (12 bytes), and the secret under AES-256-GCM, bound to its name.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SUFFIX = ".key"
_IDENTITY, _SHARED = "identity", "shared"


@dataclass(frozen=True)
class KeyFolder:
    """The folder that is read, and its copies."""

    first: Path
    copies: tuple[Path, ...] = ()

    @property
    def identity(self) -> str | None:
        """Drawn when the folder was made; None while there is no folder."""
        try:
            return (self.first / _IDENTITY).read_text(encoding="ascii").strip() or None
        except OSError:
            return None

    @property
    def stamp(self) -> int:
        """Changes whenever a file comes or goes."""
        try:
            return self.first.stat().st_mtime_ns
        except OSError:
            return 0

    def make(self) -> str:
        """Make the folder and its copies, for this user alone; a folder that is there stays."""
        identity = self.identity or secrets.token_hex(16)
        for place in self._places:
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            place.chmod(0o700)
            write(place / _IDENTITY, f"{identity}\n".encode())
        return identity

    @property
    def shared(self) -> str | None:
        """The id of the root key that was split into shares, in hex; None if none was."""
        try:
            return (self.first / _SHARED).read_text(encoding="ascii").strip()
        except OSError:
            return None

    def note_shared(self, known: str) -> None:
        """Remember that people have the shares of this root key."""
        for place in self._places:
            write(place / _SHARED, known.encode())

    def names(self) -> list[str]:
        """The names of the secrets, without their suffix."""
        try:
            return sorted(file.stem for file in self.first.iterdir() if file.suffix == SUFFIX)
        except OSError:
            return []

    def read(self, name: str) -> bytes | None:
        """The sealed secret, from a copy if the first place lost it; None if there is none."""
        for place in self._places:
            try:
                return (place / f"{name}{SUFFIX}").read_bytes()
            except OSError:
                continue
        return None

    def add(self, name: str, sealed: bytes) -> bytes:
        """Store a secret, unless another process was faster: what is returned counts."""
        half = _half(self.first / f"{name}{SUFFIX}")
        _write_and_sync(half, sealed)
        try:
            os.link(half, self.first / f"{name}{SUFFIX}")  # fails if the name is taken
        except FileExistsError:
            sealed = (self.first / f"{name}{SUFFIX}").read_bytes()
        finally:
            half.unlink()
        for place in self.copies:
            write(place / f"{name}{SUFFIX}", sealed)
        _sync(self.first)
        return sealed

    def replace(self, name: str, sealed: bytes) -> None:
        """Put another sealed form in the place of a secret, and shred the old one."""
        for place in self._places:
            write(place / f"{name}{SUFFIX}", sealed)

    def missing(self) -> Iterator[tuple[Path, str]]:
        """Each copy that lacks a secret, with the secret's name."""
        names = self.names()
        for place in self.copies:
            for name in names:
                if not (place / f"{name}{SUFFIX}").is_file():
                    yield place, name

    def destroy(self, name: str) -> None:
        """Shred a secret everywhere. Raises OSError if a place keeps it: try again later."""
        for place in reversed(self._places):  # the first one last: it says what is left to do
            if not place.is_dir():
                raise FileNotFoundError(f"{place} is away, so {name} stands there still")
            shred(place / f"{name}{SUFFIX}")
            _sync(place)

    @property
    def _places(self) -> tuple[Path, ...]:
        return self.first, *self.copies


def _half(file: Path) -> Path:
    return file.with_name(f".{file.name}.{secrets.token_hex(8)}")


def _write_and_sync(file: Path, content: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def write(file: Path, content: bytes) -> None:
    """Write a secret; the old one is shredded. After a crash the file has the one or the other."""
    half = _half(file)
    _write_and_sync(half, content)
    try:
        old = os.open(file, os.O_WRONLY)
    except FileNotFoundError:
        half.replace(file)
    else:
        try:
            half.replace(file)
            _overwrite(old)
        finally:
            os.close(old)
    _sync(file.parent)


def shred(file: Path) -> None:
    """Overwrite and remove a secret; one that is gone is fine. Raises OSError if it stays."""
    try:
        descriptor = os.open(file, os.O_WRONLY)
    except FileNotFoundError:
        return
    try:
        _overwrite(descriptor)
    finally:
        os.close(descriptor)
    file.unlink()


def _overwrite(descriptor: int) -> None:
    """On the blocks that hold the file, where the file system writes in place."""
    os.pwrite(descriptor, bytes(os.fstat(descriptor).st_size), 0)
    os.fsync(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
