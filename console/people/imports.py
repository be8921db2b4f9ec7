"""Imports: what a file would change, seen before anything is, and then applied as it was seen."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from console.base.current_user import Visitor
from console.people import import_plans
from console.people.import_plans import File, Kind
from ivr.core.context import AppContext
from ivr.responders import pins
from models.imports import roster_snapshots, uploads
from models.imports.roster_snapshots import Snapshot
from models.imports.shift_sheets import UNSAID, Columns
from models.people.readings import LeftOut, ReadLine
from models.staff import audit
from models.staff.audit import Deed
from routing.duty import coverage
from routing.duty.coverage import Gap
from routing.readers.written_dates import Order

LOOK_AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Kept(File):
    """A file that waits to be applied."""

    id: str = ""


@dataclass(frozen=True)
class Preview:
    """Roster and schedule before and after, and the holes in the next two weeks of each."""

    before: Snapshot
    after: Snapshot
    gaps_before: tuple[Gap, ...]
    gaps_after: tuple[Gap, ...]
    read: tuple[ReadLine, ...]
    left_out: tuple[LeftOut, ...]

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


def preview(app: AppContext, file: File) -> Preview:
    """What a file would change, found by doing it and undoing it; raises RosterError."""
    plan = import_plans.planned(app, file, pins.hash_to_look_at)
    with suppress(_OnlyLooking), app.database.transaction() as session:
        before = roster_snapshots.take(session, app.timezone)
        plan.do(session)
        after = roster_snapshots.take(session, app.timezone)
        raise _OnlyLooking
    now = app.clock().replace(second=0, microsecond=0)  # one instant, or a hole could open between
    holes = _gaps(app, before, now), _gaps(app, after, now)
    return Preview(before, after, *holes, plan.read, plan.left_out)


def keep(app: AppContext, visitor: Visitor, file: File) -> str:
    """Keep a file until it was seen and applied; its id."""
    with app.database.transaction() as session:
        upload = uploads.keep(
            session, visitor.user_id, file.name, file.kind, file.content, app.clock()
        )
        upload.columns = _as_data(file.columns)
        return upload.id


def kept(app: AppContext, visitor: Visitor, upload_id: str) -> Kept | None:
    """The file that this person uploaded a while ago."""
    with app.database.reading() as session:
        found = uploads.of_user(session, upload_id, visitor.user_id, app.clock())
        if found is None:
            return None
        name, content = uploads.name_of(session, found), uploads.content_of(session, found)
        return Kept(name, Kind(found.kind), content, _columns(found.columns), found.id)


def with_columns(app: AppContext, visitor: Visitor, file: Kept, columns: Columns) -> Kept:
    """The same file, whose columns mean what was chosen."""
    with app.database.transaction() as session:
        found = uploads.of_user(session, file.id, visitor.user_id, app.clock())
        if found:
            found.columns = _as_data(columns)
    return replace(file, columns=columns)


def was_seen(app: AppContext, visitor: Visitor, file: Kept, seen: Preview) -> None:
    """The preview was shown: from now on this is what is applied."""
    with app.database.transaction() as session:
        found = uploads.of_user(session, file.id, visitor.user_id, app.clock())
        if found:
            found.schedule_mark = seen.before.mark


def apply(app: AppContext, visitor: Visitor, file: Kept) -> bool:
    """Do what was seen; False, and nothing is done, if the schedule changed since."""
    plan, now = import_plans.planned(app, file, pins.hash_of), app.clock()
    with app.database.transaction() as session:
        found = uploads.of_user(session, file.id, visitor.user_id, now)
        before = roster_snapshots.take(session, app.timezone)
        if found is None or found.schedule_mark != before.mark:
            return False
        plan.do(session)
        after = roster_snapshots.take(session, app.timezone)
        uploads.forget(session, file.id)
        entry = Deed("file imported", f"{file.kind} file", before.told(), after.told())
        audit.write(session, visitor.user_id, entry, now)
    return True


def _as_data(columns: Columns) -> dict[str, Any] | None:
    return {"at": dict(columns.at), "order": columns.order} if columns != UNSAID else None


def _columns(data: dict[str, Any] | None) -> Columns:
    return Columns(data["at"], Order(data["order"])) if data else UNSAID


def _gaps(app: AppContext, plan: Snapshot, now: datetime) -> tuple[Gap, ...]:
    return tuple(
        coverage.gaps(
            plan.duty, plan.responders, since=now, until=now + LOOK_AHEAD,
            languages=tuple(app.shipped_prompts.languages),
        )
    )  # fmt: skip
