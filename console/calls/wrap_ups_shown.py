"""What pages show of the time after a talk: one call's result and notes, and open follow-ups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from console.base.current_user import Visitor
from console.base.permissions import Power
from console.calls import queries
from console.calls.wrap_up_form import Bounds
from console.web import call_notes
from console.web.call_notes import Written
from ivr.core.context import AppContext
from ivr.privacy.retention_periods import CALL_KEPT
from models.calls import call_log, notes
from models.calls.calls import Call
from models.calls.notes import Typed
from models.casework import referrals, wrap_ups
from models.casework.wrap_ups import WrapUp
from models.core.database import Session
from models.people import people
from models.staff import users


@dataclass(frozen=True)
class AfterTalk:
    """What came of one call so far, and what its form offers."""

    row: WrapUp | None
    referred: tuple[str, ...]
    """Ids of partners."""
    offered: tuple[tuple[str, str], ...]
    """Partners that can be chosen: ids and names."""
    notes: tuple[Written, ...]
    draft: Typed | None
    may_write: bool
    may_be_privileged: bool
    today: date
    last_day: date

    @property
    def bounds(self) -> Bounds:
        """What may be entered."""
        present = self.row.follow_up_on if self.row else None
        return Bounds([key for key, _ in self.offered], self.today, self.last_day, present)


@dataclass(frozen=True)
class Pending:
    """A call that somebody still has to look at."""

    call: str
    pseudonym: str
    language: str
    need: str | None
    day: date | None
    who: str | None
    """The user who chose the day."""
    is_late: bool


@dataclass(frozen=True)
class FollowUps:
    """Every call that somebody still has to look at, by what is missing."""

    due: tuple[Pending, ...]
    """Today or earlier."""
    later: tuple[Pending, ...]
    without_partner: tuple[Pending, ...]


def find(app: AppContext, visitor: Visitor, call_id: str) -> AfterTalk | None:
    """What came of this call, if it is the visitor's to know of."""
    with app.database.reading() as session:
        call = call_log.with_id(session, call_id)
        if call is None or not queries.is_theirs(session, visitor, call):
            return None
        return of_call(session, app, visitor, call)


def of_call(session: Session, app: AppContext, visitor: Visitor, call: Call) -> AfterTalk:
    """What came of this call, which is the visitor's."""
    right = visitor.right_to(Power.NOTES)
    referred = referrals.partners_of(session, [call.id])[call.id]
    known = people.every_partner(session)
    draft = notes.draft(session, call.id, visitor.user_id)
    zone = people.zone(session, app.timezone)
    return AfterTalk(
        row=wrap_ups.of_call(session, call.id),
        referred=tuple(referred),
        offered=tuple((p.id, p.name) for p in known if not p.retired or p.id in referred),
        notes=tuple(call_notes.read(session, call.id, visitor, owns=right is not None)),
        draft=draft[0] if draft else None,
        may_write=right is not None,
        may_be_privileged=call_notes.may_be_privileged(visitor),
        today=app.clock().astimezone(zone).date(),
        last_day=(call.started_at + CALL_KEPT).astimezone(zone).date() - timedelta(days=1),
    )


def follow_ups(app: AppContext, visitor: Visitor) -> FollowUps:
    """The open follow-ups and referrals, as far as they are the visitor's."""
    with app.database.reading() as session:
        today = app.clock().astimezone(people.zone(session, app.timezone)).date()
        dated = _pending(session, visitor, wrap_ups.open_follow_ups(session), today)
        bare = _pending(session, visitor, wrap_ups.without_partner(session), today)
    return FollowUps(
        due=tuple(each for each in dated if each.day and each.day <= today),
        later=tuple(each for each in dated if each.day and each.day > today),
        without_partner=tuple(bare),
    )


def _pending(
    session: Session, visitor: Visitor, rows: Iterable[WrapUp], today: date
) -> list[Pending]:
    names = users.names(session)
    found = [(row, call_log.with_id(session, row.call_id)) for row in rows]
    return [
        Pending(
            call=call.id,
            pseudonym=call.pseudonym,
            language=call.spoken,
            need=call.need,
            day=row.follow_up_on,
            who=names.get(row.follow_up_by or ""),
            is_late=row.follow_up_on is not None and row.follow_up_on < today,
        )
        for row, call in found
        if call is not None
        and (row.follow_up_by == visitor.user_id or queries.is_theirs(session, visitor, call))
    ]
