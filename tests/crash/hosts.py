"""The hosts of the line: each has a clock, a folder and a way to the database of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.crash.databases import Place
from tests.crash.wire import Wire

CLOCKS_OFF_SECONDS = (-3600.0, -90.0, 90.0, 3600.0)
"""How far the clock of a host may be off, by the clock of the siege."""


@dataclass(frozen=True)
class Host:
    """One host, and the processes that it runs: their kind -> their names."""

    name: str
    folder: Path
    webs: tuple[str, ...]
    workers: tuple[str, ...]
    seconds_off: float
    """How far its clock is ahead of the database's."""
    wires: Mapping[str, Wire] = field(default_factory=dict)
    """The way of each worker to the database, if it can be cut off."""

    def settings(self, process: str) -> dict[str, str]:
        """What this process is told in addition to what all are told."""
        of_host = {"STATE_FOLDER": str(self.folder), "CRASH_OFF": str(self.seconds_off)}
        wire = self.wires.get(process)
        return of_host | ({"DATABASE_URL": wire.url} if wire else {})

    def close(self) -> None:
        """Close every way to the database."""
        for wire in self.wires.values():
            wire.close()


def one(folder: Path) -> list[Host]:
    """One host with both workers, as with SQLite."""
    return [Host("a", folder / "host-a", ("web-a",), ("worker-a", "worker-b"), 0.0)]


def two(place: Place, folder: Path, dice: Random) -> list[Host]:
    """Two hosts that share a PostgreSQL server."""
    return [
        Host(
            name=name,
            folder=folder / f"host-{name}",
            webs=(f"web-{name}",),
            workers=(worker := f"worker-{name}",),
            seconds_off=off,
            wires={worker: Wire(place.url)},
        )
        for name, off in zip("ab", dice.sample(CLOCKS_OFF_SECONDS, 2), strict=True)
    ]
