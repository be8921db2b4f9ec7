"""What this host keeps is for the hotline's own user alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from settings import Settings

_OTHERS = 0o077


def close(settings: Settings) -> None:
    """Take group and others out of the state folder and the SQLite file; a foreign file stays."""
    for path in _ours(settings):
        with suppress(OSError):
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & _OTHERS and path.stat().st_uid == os.getuid():
                path.chmod(mode & ~_OTHERS)


def _ours(settings: Settings) -> Iterator[Path]:
    if file := settings.sqlite_file():
        yield from (file.with_name(file.name + behind) for behind in ("", "-wal", "-shm"))
    if settings.state_folder:
        folder = Path(settings.state_folder)
        yield folder
        yield from (path for path in folder.rglob("*") if not path.is_symlink())
