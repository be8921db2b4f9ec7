"""A hotline whose root key is in a file, as on a host in service."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from tests.conftest import KEY
from tests.hotline import TUESDAY_NIGHT, Hotline


def written(folder: Path) -> Path:
    """The file of the root key, in this folder."""
    file = folder / "data_keys"
    file.write_text(f"{KEY}\n")
    return file


def read_by(database_url: str, folder: Path, file: Path, at: datetime = TUESDAY_NIGHT) -> Hotline:
    """A running hotline that reads its root keys from this file."""
    return Hotline(
        database_url,
        at,
        folder=folder / "standby",
        data_keys_file=str(file),
        data_keys=SecretStr(""),
    )
