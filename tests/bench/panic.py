"""How long a panic lock and a panic purge take in a line that runs, under calls."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

import migrations
import wiring
from ivr.panic import purging, receipts
from models.core.database import Database
from models.core.vault import Vault
from tests.conftest import KEY
from tests.crash import databases
from tests.faults import raided_house
from tests.faults.raided_house import RaidedHouse
from tests.faults.real_house import Traffic, eventually

_PHONE = "+17185550111"
_CALLERS = 20
"""So many have called before the raid."""
_LONGEST_SECONDS = 60.0

Seen = dict[str, float]
"""Seconds from the raid until each of these was seen; a look at all memory takes half a second."""


def measured(folder: Path, rounds: int) -> Iterator[str]:
    """A table in Markdown: medians of the rounds on each database."""
    yield f"| {rounds} raids | database | median | longest | callers without an answer |"
    yield "|---|---|---|---|---|"
    for kind in databases.KINDS:
        for name, raid in (("lock", _locked), ("purge", _purged)):
            seen: dict[str, list[float]] = {}
            unanswered = 0
            for at in range(rounds):
                here = folder / f"{kind}-{name}-{at}"
                here.mkdir()
                with databases.opened(kind, here) as place:
                    found, lost = _raided(place.url, here, raid)
                for what, seconds in found.items():
                    seen.setdefault(what, []).append(seconds)
                unanswered += lost
            for what, times in seen.items():
                times_told = f"{median(times):.1f} s | {max(times):.1f} s"
                yield f"| {name}: {what} | {kind} | {times_told} | {unanswered} |"


def _raided(url: str, folder: Path, raid: Callable[[RaidedHouse], Seen]) -> tuple[Seen, int]:
    with closing(Database(url, Vault.from_setting(KEY))) as database:
        migrations.upgrade(database.engine)
    with raided_house.raided(url, folder) as raided:
        raided.opens(_PHONE)
        with Traffic(raided.house) as traffic:
            eventually(lambda: traffic.called > _CALLERS, "callers")
            seen = raid(raided)
            called = traffic.called
            eventually(lambda: traffic.called > called + 5, "callers after the raid")
    # who hears that something went wrong is put through by the sister line, as after a crash
    return seen, len([each for each in traffic.unanswered if "went wrong" not in each])


def _locked(raided: RaidedHouse) -> Seen:
    began = time.monotonic()
    raided.is_locked()
    return _seen(
        began,
        {
            "the root key's file is gone": lambda: not raided.root_file.exists(),
            "no key in any process's memory": lambda: not raided.who_has_a_key(),
        },
    )


def _purged(raided: RaidedHouse) -> Seen:
    """One asks, another agrees; it is due from then on."""
    app = wiring.build(raided.house.settings)
    with closing(app.database):
        purging.ask(app, "the first", app.clock())
        assert raided.keys.names()
        began = time.monotonic()
        with app.database.transaction() as session:
            assert purging.agree(session, "the second", app.clock())
        return _seen(
            began,
            {
                "every key in files is destroyed": lambda: not raided.keys.names(),
                "callers' rows are deleted": lambda: _is_done(raided),
                "no key in any process's memory": lambda: not raided.who_has_a_key(),
            },
        )


def _is_done(raided: RaidedHouse) -> bool:
    receipt = receipts.read(raided.house.settings.panic())
    return receipt is not None and receipt.is_done_here


def _seen(began: float, awaited: dict[str, Callable[[], bool]]) -> Seen:
    seen: Seen = {}
    while len(seen) < len(awaited):
        if time.monotonic() - began > _LONGEST_SECONDS:
            raise RuntimeError(f"not seen: {sorted(set(awaited) - set(seen))}")
        for what, is_true in awaited.items():
            if what not in seen and is_true():
                seen[what] = time.monotonic() - began
        time.sleep(0.02)
    return seen
