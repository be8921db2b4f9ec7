"""Changes of the schedule, as coordinators make them in the console, and their undoing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from models.core.database import Session
from models.people.people import FROM_ROSTER
from models.schedule import duty_rules
from models.schedule.duty_rules import DutyRule, ScheduleChange
from routing.duty.duty import Rule
from routing.duty.rule_edits import EXCEPTIONS, ROSTER, ChangeRefused, Edit, HeldRule, Why, undoing

FROM_CONSOLE = "console"
_NO_WISH: dict[str, Any] = {}


class ChangedMeanwhile(Exception):
    """Somebody else changed the schedule first: nothing was written."""


def held(session: Session) -> list[HeldRule]:
    """The rules that count, in their order."""
    return [_held(row) for row in duty_rules.in_force(session)]


def version(session: Session) -> str:
    """What changes with every change by a coordinator; not when a responder presses a key."""
    return f"{_last(session)}-{_roster(session)}"


def is_later_than(version: str, change: ScheduleChange) -> bool:
    """Whether a change was made after this version was read."""
    number, _, _ = version.partition("-")
    return not number.isdecimal() or change.id > int(number)


def record(
    session: Session, edit: Edit, wish: dict[str, Any], *, user_id: str, version_seen: str,
    now: datetime,
) -> ScheduleChange:  # fmt: skip
    """Make an edit that was drawn from this version; raises ChangedMeanwhile."""
    last = _last(session)  # read once: whoever commits between here and our row takes its number
    if version_seen != f"{last}-{_roster(session)}":
        raise ChangedMeanwhile
    change = _begun(session, last + 1, edit, wish, user_id, now)
    _write(session, change, edit, now)
    return change


def undo(session: Session, change_id: int, *, user_id: str, now: datetime) -> ScheduleChange:
    """Take a change back from now on, or an undoing; raises ChangeRefused, ChangedMeanwhile."""
    last, undone = _last(session), session.get(ScheduleChange, change_id)
    if undone is None:
        raise ChangeRefused(Why.GONE)
    if undone.undone_by is not None:
        raise ChangeRefused(Why.UNDONE)
    gone = _rows(session, [*undone.rules["added"], *undone.rules["restored"]])
    back = _rows(session, undone.rules["ended"])
    if any(row.ended_by is not None for row in gone):
        raise ChangeRefused(Why.BUILT_ON)
    if any(row.ended_by != undone.id for row in back):
        raise ChangeRefused(Why.BUILT_ON)
    edit = undoing(
        [_held(row) for row in gone], [_held(row) for row in back], undone.begins_at, now
    )
    change = _begun(session, last + 1, edit, _NO_WISH, user_id, now)
    change.undoes, undone.undone_by = undone.id, change.id
    _write(session, change, edit, now)
    return change


def with_id(session: Session, change_id: int) -> ScheduleChange | None:
    """The change with this number."""
    return session.get(ScheduleChange, change_id)


def recent(session: Session, most: int) -> list[ScheduleChange]:
    """The latest changes, the newest first."""
    query = sa.select(ScheduleChange).order_by(ScheduleChange.id.desc()).limit(most)
    return list(session.scalars(query))


def rules(session: Session, ids: Iterable[int]) -> list[Rule]:
    """What these rules say, as far as they are still remembered."""
    found = (session.get(DutyRule, one) for one in ids)
    return [duty_rules.rule_of(row) for row in found if row]


def _begun(
    session: Session, number: int, edit: Edit, wish: dict[str, Any], user_id: str, now: datetime
) -> ScheduleChange:
    change = ScheduleChange(
        id=number, at=now, user_id=user_id, wish=wish, begins_at=edit.begins, rules={}
    )
    session.add(change)
    try:
        session.flush()
    except IntegrityError as error:
        raise ChangedMeanwhile from error
    return change


def _write(session: Session, change: ScheduleChange, edit: Edit, now: datetime) -> None:
    touched = {new.in_place_of for new in edit.added if new.in_place_of is not None}
    places = {row.id: _place(row) for row in _rows(session, touched)}
    for row in _rows(session, edit.ended):
        row.ended_by = change.id
    for row in _rows(session, edit.restored):
        row.ended_by = None
    added = [
        duty_rules.add(
            session, new.rule, FROM_CONSOLE, now,
            place=None if new.in_place_of is None else places[new.in_place_of],
        ).id
        for new in edit.added
    ]  # fmt: skip
    change.rules = {"ended": list(edit.ended), "added": added, "restored": list(edit.restored)}


def _rows(session: Session, ids: Iterable[int]) -> list[DutyRule]:
    """The rules with these ids, in their order; raises ChangeRefused when one is gone."""
    found = [session.get(DutyRule, one) for one in ids]
    rows = [row for row in found if row is not None]
    if len(rows) < len(found):
        raise ChangeRefused(Why.GONE)
    return rows


def _held(row: DutyRule) -> HeldRule:
    group = ROSTER if row.source == FROM_ROSTER else EXCEPTIONS
    return HeldRule(row.id, duty_rules.rule_of(row), (group, _place(row)))


def _place(row: DutyRule) -> int:
    return row.id if row.place is None else row.place


def _last(session: Session) -> int:
    return session.scalar(sa.select(sa.func.max(ScheduleChange.id))) or 0


def _roster(session: Session) -> int:
    query = sa.select(sa.func.max(DutyRule.id)).where(DutyRule.source == FROM_ROSTER)
    return session.scalar(query.where(DutyRule.ended_by.is_(None))) or 0
