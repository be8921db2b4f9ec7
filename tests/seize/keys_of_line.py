"""The keys of a seized line: in a file and a folder, or in one setting as before keys of days."""

from __future__ import annotations

import base64
import importlib.util
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from models.core.database import Database
from settings import Settings

HAS_DAYS = importlib.util.find_spec("models.keys") is not None
"""Whether this checkout has keys of days: an older one is measured for comparison."""


@dataclass(frozen=True)
class Keys:
    """The root key, and the two places of the keys of days."""

    folder: Path
    root: str = field(
        default_factory=lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    )

    @property
    def root_file(self) -> Path:
        """The file with the root key."""
        return self.folder / "data_keys"

    @property
    def of_days(self) -> list[Path]:
        """The folder of the keys of days, and its copy."""
        return [self.folder / "keys", self.folder / "keys-copy"]

    def environment(self) -> dict[str, str]:
        """What the processes are told of them."""
        if not HAS_DAYS:
            return {"DATA_KEYS": self.root}
        places = ",".join(map(str, self.of_days))
        return {"DATA_KEYS_FILE": str(self.root_file), "KEYS_FOLDER": places}

    def make(self) -> None:
        """Write the root key."""
        self.root_file.write_text(f"{self.root}\n", encoding="ascii")

    def open(self, url: str, settings: Settings, clock: Callable[[], datetime]) -> Database:
        """The database, opened with all of them; the first time, the keys of days begin."""
        if not HAS_DAYS:
            return Database(url, settings.vault())
        vault = settings.vault(clock)
        vault.ring.begin(at_once=True)
        return Database(url, vault)
