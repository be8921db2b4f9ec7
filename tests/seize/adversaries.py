"""Who may come, and what each of them learns from a line on one day."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from ivr.core.erasure_ledger import Ledger
from ivr.privacy import subject_access
from models.core import sealed_file
from models.core.base import Base
from tests.seize import database_files, openings, raw_search, seen_by_others, stories
from tests.seize.key_guesses import Guesses
from tests.seize.keys_of_line import HAS_DAYS
from tests.seize.openings import Copy
from tests.seize.planted import NUMBERS, Kind, Planted
from tests.seize.raw_search import Search
from tests.seize.seized_line import SeizedLine


class Adversary(StrEnum):
    """Who comes, in the words of the report."""

    DEMAND = "a served demand: did this number call?"
    DISK = "a seized disk, without the keys"
    DISK_AND_KEYS = "a seized disk, with the keys"
    BACKUP = "stolen backups, without the keys"
    BACKUP_AND_KEYS = "stolen backups, and the keys"
    MACHINE = "a seized machine that runs: its memory"
    VOLUNTEER = "a rogue volunteer at their console"
    PHONE = "a volunteer's stolen phone"
    CARRIER = "the carrier's own records"
    BROWSER = "a coordinator's seized laptop: the browser's profile"


@dataclass(frozen=True)
class Finding:
    """One row: who found which value where, on which day after it was planted."""

    adversary: Adversary
    place: str
    kind: Kind
    day: int
    found: bool


@dataclass
class Siege:
    """One line, what was planted in it, and what is known of old sealed values."""

    line: SeizedLine
    planted: Planted
    profile: Path
    copies: set[Copy] = field(default_factory=set)
    """Every sealed value that held something planted on a day that was looked at."""
    _sealed: Search[Copy] | None = None
    _sought: frozenset[Copy] = frozenset()

    @cached_property
    def _search(self) -> Search[Kind]:
        return self.planted.search()

    def _search_for_copies(self) -> Search[Copy]:
        """The one of the last look, which knows unchanged files, if it sought the same."""
        if self._sealed is None or self._sought != self.copies:
            self._sealed, self._sought = openings.search_for(self.copies), frozenset(self.copies)
        return self._sealed

    def looks(self) -> Iterator[Finding]:
        """What everybody learns today."""
        day = self.line.days
        self.copies |= openings.copies_in(self.line.database, self.planted)
        for adversary, place, kinds in self._seen():
            for kind in self._asked_of(adversary):
                yield Finding(adversary, place, kind, day, kind in kinds)

    def _asked_of(self, adversary: Adversary) -> Iterable[Kind]:
        return NUMBERS if adversary is Adversary.DEMAND else Kind

    def _seen(self) -> Iterator[tuple[Adversary, str, set[Kind]]]:
        yield from self._on_demand()
        yield from self._on_disk()
        yield from self._in_backups()
        yield from self._in_memory()
        yield from self._elsewhere()

    # --- a served demand

    def _on_demand(self) -> Iterator[tuple[Adversary, str, set[Kind]]]:
        said = self.planted.texts
        told = {kind for kind in NUMBERS if self._holdings(said[kind])}
        yield Adversary.DEMAND, "`hotline holdings`", told
        known = [_rows(self.line), *(each.read_bytes() for each in self._ledgers())]
        yield (
            Adversary.DEMAND,
            "rows and ledger, searched with every key",
            (self._guesses().confirmed_by(known)),
        )

    def _holdings(self, number: str) -> bool:
        now, database = self.line.clock.now(), self.line.database
        with database.reading() as session:
            held = list(subject_access.of(session, number, now))
            if in_ledger := getattr(subject_access, "in_ledger", None):  # younger than keys of days
                for ledger in self._ledgers():
                    held += in_ledger(session, Ledger(ledger), number)
        return bool(held)

    def _ledgers(self) -> list[Path]:
        return sorted(self.line.folder.rglob("hotline.ledger"))

    def _guesses(self) -> Guesses[Kind]:
        numbers = {kind: self.planted.texts[kind] for kind in NUMBERS}
        return Guesses(self.line.database.vault, self.line.keys.root, numbers)

    # --- disks and backups

    def _on_disk(self) -> Iterator[tuple[Adversary, str, set[Kind]]]:
        line, search, sealed = self.line, self._search, self._search_for_copies()
        for place, files in self._places().items():
            clear = set(search.found_under(*files))
            yield Adversary.DISK, place, clear
            opens = openings.kinds_that_open(line.database.vault, set(sealed.found_under(*files)))
            yield Adversary.DISK_AND_KEYS, place, clear | opens
        now = openings.copies_in(line.database, self.planted)
        yield Adversary.DISK_AND_KEYS, "its rows, opened", {k for each in now for k in each.kinds}
        raw = raw_search.files_under(*itertools.chain(*database_files.of(line.database).values()))
        confirmed = self._guesses().confirmed_by(file.read_bytes() for file in raw)
        yield Adversary.DISK_AND_KEYS, "marks of numbers in old rows and logs", confirmed

    def _places(self) -> dict[str, list[Path]]:
        line = self.line
        places = dict(database_files.of(line.database))
        if line.place.kind == "postgresql":
            (tables,) = places[database_files.TABLES]
            others = tables.parents[1].iterdir()
            places["the server's other files"] = [
                each for each in others if each.name not in ("base", "pg_wal")
            ]
        return {
            **places,
            "the state folders": list(line.states.values()),
            "the folder of keys": line.keys.of_days if HAS_DAYS else [],
            "logs": [line.logs],
            "exports": [line.exports],
        }

    def _in_backups(self) -> Iterator[tuple[Adversary, str, set[Kind]]]:
        search, sealed = self._search, self._search_for_copies()
        yield Adversary.BACKUP, "backups", set(search.found_under(self.line.backups))
        clear, standing = set[Kind](), set[Copy]()
        for content in self._opened_backups():
            clear |= search.found_in(content)
            standing |= sealed.found_in(content)
        opens = openings.kinds_that_open(self.line.database.vault, standing)
        yield Adversary.BACKUP_AND_KEYS, "backups, opened", clear | opens
        confirmed = self._guesses().confirmed_by(self._opened_backups())
        yield Adversary.BACKUP_AND_KEYS, "marks of numbers in backups", confirmed

    def _opened_backups(self) -> Iterator[bytes]:
        for file in sorted(self.line.backups.glob("*.backup")):
            with tempfile.TemporaryFile() as plain, file.open("rb") as source:
                sealed_file.unseal(source, plain, self.line.database.vault)
                plain.seek(0)
                yield plain.read()

    # --- the rest

    def _in_memory(self) -> Iterator[tuple[Adversary, str, set[Kind]]]:
        plain = self.planted.plain_search()
        seen, told = set[Kind](), set[Kind]()
        for process in self.line.processes:
            told |= plain.found_in(seen_by_others.environment_of(process))
            for region in seen_by_others.memory_of(process):
                seen |= plain.found_in(region)
        yield Adversary.MACHINE, "memory of web and worker", seen
        yield Adversary.MACHINE, "environment of web and worker", told

    def _elsewhere(self) -> Iterator[tuple[Adversary, str, set[Kind]]]:
        search, line = self._search, self.line
        pages = seen_by_others.pages_of(line, stories.VOLUNTEER, stories.PASSWORD)
        yield Adversary.VOLUNTEER, "every page", search.found_in(pages)
        phone = seen_by_others.shown_on_phone(line, self.planted.texts[Kind.PHONE])
        yield Adversary.PHONE, "texts and list of calls", search.found_in(phone)
        yield (
            Adversary.CARRIER,
            "calls, texts, recordings",
            search.found_in(seen_by_others.kept_by_carrier(line)),
        )
        yield from self._in_profile()

    def _in_profile(self) -> Iterator[tuple[Adversary, str, set[Kind]]]:
        found = self._search.found_under(self.profile)
        for file in sorted({file for files in found.values() for file in files}):
            kinds = {kind for kind, files in found.items() if file in files}
            yield Adversary.BROWSER, f"`{file.relative_to(self.profile)}`", kinds
        if not found:
            yield Adversary.BROWSER, "profile", set()


def _rows(line: SeizedLine) -> bytes:
    """Every row of every table, as text."""
    with line.database.reading() as session:
        return "\n".join(
            repr(tuple(row))
            for table in Base.metadata.tables.values()
            for row in session.execute(table.select())
        ).encode()
