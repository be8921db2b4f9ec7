"""Real processes that are raided: which of them has a key in its memory, and when no more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from models.core.vault import Vault
from models.keys import lock_record
from models.keys.key_files import KeyFolder
from models.keys.key_ring import KeyRing
from models.keys.root_keys import Roots
from tests.conftest import KEY
from tests.faults.real_house import RealHouse, eventually
from tests.seize.key_guesses import every_secret
from tests.seize.seen_by_others import memory_of


class RaidedHouse:
    """Web and worker with the root key in a file, and shares of it."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.root_file = folder / "data_keys"
        self.root_file.write_text(f"{KEY}\n")
        self.state = folder / "state"
        self.state.mkdir()
        self.house = RealHouse(
            database_url, folder,
            DATA_KEYS="", DATA_KEYS_FILE=str(self.root_file), STATE_FOLDER=str(self.state),
            LEDGER_FILE="",
        )  # fmt: skip
        self.keys = KeyFolder(self.state / "keys")
        self._leaders: list[int] = []
        self.shares: list[str] = []

    def opens(self, number: str) -> tuple[int, int]:
        """Start it with Ana at this number; returns web's first process, and the worker."""
        assert self.house.types("keys", "start").returncode == 0
        printed = self.house.types("keys", "split").stdout.splitlines()
        self.shares = [each.partition(". ")[2] for each in printed]
        self.house.has_on_duty("Ana", number)
        web, worker = self.house.web().pid, self.house.worker().pid
        self._leaders = [web, worker]
        self.house.is_ready()
        eventually((self.state / "standby" / "duty.sealed").exists, "a duty file")
        # two for callers, the console's and the worker; gunicorn's first never had it
        eventually(lambda: len(self.who_has_a_key()) == 4, "four processes with a key")
        return web, worker

    def is_locked(self) -> None:
        """Somebody makes the file that locks the line."""
        (self.state / lock_record.FILE).touch()

    def who_has_a_key(self) -> list[int]:
        """Our processes in whose memory the root key, or a key of a day, is."""
        return [
            process
            for process in self._processes()
            if any(secret in piece for piece in memory_of(process) for secret in self._secrets)
        ]

    def _processes(self) -> Iterator[int]:
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                if int(fields[2]) in self._leaders:
                    yield int(process.name)

    @property
    def _secrets(self) -> set[bytes]:
        vault = Vault(KeyRing(Roots.read(KEY), self.keys))
        return {*every_secret(vault, KEY), KEY.encode()}


@contextmanager
def raided(database_url: str, folder: Path) -> Iterator[RaidedHouse]:
    """A house that ends with the block."""
    raided = RaidedHouse(database_url, folder)
    try:
        yield raided
    finally:
        raided.house.closes()
