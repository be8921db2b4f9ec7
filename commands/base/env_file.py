"""Writes settings as a file that systemd, a shell, Docker Compose and `.env` readers agree on."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from commands.base.plain_errors import Trouble

_PLAIN = re.compile(r"[A-Za-z0-9_+./:,=@-]*\Z")
_SECRET_MODE = 0o600


def lines_of(settings: Mapping[str, str]) -> str:
    """One NAME=value line each; raises Trouble for a value that readers would read differently."""
    return "".join(f"{name}={_quoted(name, value)}\n" for name, value in settings.items())


def write_new(file: Path, text: str) -> None:
    """Create a file that only this user can read; raises Trouble if it exists already."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _SECRET_MODE)
    except FileExistsError as error:
        raise Trouble(
            f"{file} exists, and its keys open the database: it stays as it is."
        ) from error
    except OSError as error:
        raise Trouble(f"{file} cannot be written ({error.strerror}).") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)


def _quoted(name: str, value: str) -> str:
    if _PLAIN.match(value):
        return value
    if not value.isprintable() or set(value) & set("'$\\"):
        raise Trouble(f"{name} must be on one line and without ', $ and \\.")
    return f"'{value}'"
