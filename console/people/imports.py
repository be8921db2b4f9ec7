"""Imports: what a file would change, seen before anything is, and then applied as it was seen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from console.base.current_user import Visitor
from ivr.core.context import AppContext
from ivr.responders import pins
from models.core.database import Session
from models.imports import roster_import, roster_snapshots, shift_files, uploads
from models.imports.roster_snapshots import Snapshot
from models.imports.shift_files import Frame
from models.people import people, roster
from models.people.roster_text import Problem, RosterError
from models.staff import audit
from models.staff.audit import Deed
from routing.duty import coverage
from routing.duty.coverage import Gap
from routing.duty.duty import rule_as_data

LARGEST = 400 * 1024
"""In bytes: a roster of a thousand people, or half a year of shifts."""
_LARGEST_ROSTER = 256 * 1024
LOOK_AHEAD = timedelta(days=14)


class Kind(StrEnum):
    """What can be imported."""

    ROSTER = "roster"
    CSV = "csv"
    CALENDAR = "ical"


_BY_ENDING = {"yaml": Kind.ROSTER, "yml": Kind.ROSTER, "json": Kind.ROSTER, "csv": Kind.CSV,
              "tsv": Kind.CSV, "ics": Kind.CALENDAR, "ical": Kind.CALENDAR}  # fmt: skip


@dataclass(frozen=True)
class Preview:
    """Roster and schedule before and after, and the holes in the next two weeks of each."""

    before: Snapshot
    after: Snapshot
    gaps_before: tuple[Gap, ...]
    gaps_after: tuple[Gap, ...]

    @property
    def changes_anything(self) -> bool:
        """Whether applying it would make a difference."""
        return self.before != self.after

    @property
    def opened(self) -> list[Gap]:
        """What would be uncovered, and is covered now."""
        return coverage.opened(self.gaps_before, self.gaps_after)

    @property
    def closed(self) -> list[Gap]:
        """What would be covered, and is not now."""
        return coverage.opened(self.gaps_after, self.gaps_before)


class _OnlyLooking(Exception):
    """Ends a transaction without a trace."""


def kind_of(name: str, content: bytes) -> Kind | None:
    """What a file is, by the end of its name or by how it begins."""
    found = _BY_ENDING.get(name.rpartition(".")[2].lower())
    if found is None and content.lstrip().upper().startswith(b"BEGIN:VCALENDAR"):
        return Kind.CALENDAR
    return found


def text_of(content: bytes, kind: Kind) -> str:
    """The words of a file; RosterError when it has none that can be read, or too many."""
    most = _LARGEST_ROSTER if kind is Kind.ROSTER else LARGEST
    if len(content) > most:
        raise RosterError([Problem(0, f"the file is larger than {most // 1024} KB")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RosterError(
            [Problem(line, "this is not UTF-8 text; save it as UTF-8 and try again")]
        ) from error


def preview(app: AppContext, kind: Kind, text: str) -> Preview:
    """What a file would change, found by doing it and letting go; RosterError as it cannot be."""
    do = _applying(app, kind, text, pins.hash_to_look_at)
    with suppress(_OnlyLooking), app.database.transaction() as session:
        before = roster_snapshots.take(session, app.timezone)
        do(session)
        after = roster_snapshots.take(session, app.timezone)
        raise _OnlyLooking
    return Preview(before, after, _gaps(app, before), _gaps(app, after))


def keep(app: AppContext, visitor: Visitor, name: str, kind: Kind, text: str, seen: Preview) -> str:
    """Keep a file with what its preview was made of; its id."""
    with app.database.transaction() as session:
        upload = uploads.keep(session, visitor.user_id, name, kind, text, app.clock())
        upload.schedule_mark = seen.before.mark
        return upload.id


@dataclass(frozen=True)
class Kept:
    """A file that waits to be applied."""

    id: str
    name: str
    kind: Kind
    text: str


def kept(app: AppContext, visitor: Visitor, upload_id: str) -> Kept | None:
    """The file that this person uploaded a while ago."""
    with app.database.reading() as session:
        found = uploads.of_user(session, upload_id, visitor.user_id, app.clock())
        if found is None:
            return None
        name, text = uploads.name_of(session, found), uploads.text_of(session, found)
        return Kept(found.id, name, Kind(found.kind), text)


def seen_again(app: AppContext, visitor: Visitor, file: Kept, seen: Preview) -> None:
    """The preview was shown again: from now on this is what is applied."""
    with app.database.transaction() as session:
        found = uploads.of_user(session, file.id, visitor.user_id, app.clock())
        if found:
            found.schedule_mark = seen.before.mark


def apply(app: AppContext, visitor: Visitor, file: Kept) -> bool:
    """Do what was seen; False, and nothing is done, if the schedule changed since."""
    do, now = _applying(app, file.kind, file.text, pins.hash_of), app.clock()
    with app.database.transaction() as session:
        found = uploads.of_user(session, file.id, visitor.user_id, now)
        before = roster_snapshots.take(session, app.timezone)
        if found is None or found.schedule_mark != before.mark:
            return False
        do(session)
        after = roster_snapshots.take(session, app.timezone)
        uploads.forget(session, file.id)
        entry = Deed("file imported", f"{file.kind} file", _told(before), _told(after))
        audit.write(session, visitor.user_id, entry, now)
    return True


def _applying(
    app: AppContext, kind: Kind, text: str, hash_pin: Callable[[str], str]
) -> Callable[[Session], object]:
    """What applying a file does; everything slow is done before."""
    now = app.clock()
    if kind is Kind.ROSTER:
        written = roster.read(text, languages=app.shipped_prompts.languages, ours=app.numbers.ours)
        hashes = pins.hashes_of(app.database, written, hash_pin)
        return lambda session: roster_import.store(session, written, hashes, now)
    with app.database.reading() as session:
        names = [people.name_of(session, person) for person in people.active(session)]
        frame = Frame(names, people.zone(session, app.timezone), now)
    read = shift_files.from_csv if kind is Kind.CSV else shift_files.from_calendar
    rules = read(text, frame)
    return lambda session: roster_import.store_shifts(session, rules, f"import {kind}", now)


def _gaps(app: AppContext, plan: Snapshot) -> tuple[Gap, ...]:
    now = app.clock()
    return tuple(
        coverage.gaps(
            plan.duty, plan.responders, since=now, until=now + LOOK_AHEAD,
            languages=tuple(app.shipped_prompts.languages),
        )
    )  # fmt: skip


def _told(plan: Snapshot) -> dict[str, object]:
    """What the audit log keeps, sealed: everything but phones and PINs."""
    return {
        "timezone": plan.timezone,
        "partners": [each.name for each in plan.partners],
        "people": [
            [one.name, one.role, one.partner, one.languages, one.needs, one.tier]
            for one in plan.people
        ],
        "rules": [rule_as_data(rule) for rule in plan.rules],
    }
