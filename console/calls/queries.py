"""The calls as pages show them: a page of the log, and one call with its story."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from console.base.current_user import Visitor
from console.base.i18n import say
from console.base.permissions import Power, Right
from console.calls import forms
from console.calls.forms import Filters
from console.web import call_story, call_words
from console.web.call_story import Event, Material
from ivr.core.context import AppContext
from ivr.privacy import retention_periods
from models.calls import call_log, calls, rings, voicemails
from models.calls.call_log import Mark, Number, Page, Sought
from models.calls.calls import RESCUER, Call
from models.core.database import Session
from models.operations import retention
from models.people import people
from models.people.people import Partner


@dataclass(frozen=True)
class Row:
    """A call as the list shows it."""

    id: str
    pseudonym: str
    started_at: datetime
    language: str
    need: str | None
    outcome: str
    answered_by: str | None
    lasted: timedelta | None


@dataclass(frozen=True)
class Shown:
    """A page of the list, and what its filters offer."""

    rows: list[Row]
    next_page: str | None
    looked_until: datetime | None
    """The page is not full, because earlier calls were not looked at yet."""
    people: list[tuple[str, str]]
    partners: list[Partner]
    number: Number
    """How many calls the whole list has, as far as they were counted."""


@dataclass(frozen=True)
class Told:
    """A call with its story, and what it left behind."""

    row: Row
    ended_at: datetime | None
    is_hidden: bool
    events: list[Event]
    messages: list[str]
    """Ids."""
    callbacks: list[str]
    is_coarse: bool
    """Its times are rounded by now."""
    heard: str
    """The language in which the caller hears us."""
    spoken: str | None
    """What they really speak, if somebody noted it."""
    second: str | None


def page(app: AppContext, visitor: Visitor, filters: Filters, after: Mark | None) -> Shown:
    """A page of the log, as the filters ask for it."""
    with app.database.reading() as session:
        names = _names(session)
        wanted = filters.resolved(session, app.clock())
        sought = None if filters.errors else _narrowed(visitor, wanted)
        found = call_log.page(session, sought, after) if sought else Page([], None)
        number = call_log.number(session, sought) if sought else Number(0)
        rows = [_row(each, names, app.clock()) for each in found.calls]
        partners = people.every_partner(session)
    last = forms.written(found.after) if found.after else None
    listed = sorted(names.items(), key=lambda pair: pair[1].casefold())
    answering = [*listed, (RESCUER, say("the rescue number"))]
    return Shown(rows, last, found.looked_until, answering, partners, number)


def _names(session: Session) -> dict[str, str]:
    vendor = dict.fromkeys(
        people.with_role(session, people.VENDOR_ROLE), say("the interpreter service")
    )
    return vendor | people.names(session)


def _row(call: Call, names: dict[str, str], now: datetime) -> Row:
    return Row(
        id=call.id,
        pseudonym=call.pseudonym,
        started_at=call.started_at,
        language=call.spoken,
        need=call.need,
        outcome=call.outcome or call_log.RUNNING,
        answered_by=call_words.name_of(call.answered_by, names) if call.answered_by else None,
        lasted=(call.ended_at or now) - call.started_at,
    )


def story(app: AppContext, visitor: Visitor, call_id: str) -> Told | None:
    """One call, if it is theirs to know of."""
    with app.database.reading() as session:
        call = call_log.with_id(session, call_id)
        if call is None or not is_theirs(session, visitor, call):
            return None
        names = _names(session)
        owed = retention.callbacks_of(session, [call.id])
        made = rings.all_about(session, call.id)
        material = Material(calls.steps_of(session, [call.id])[call.id], made, names)
        left = voicemails.of_call(session, call.id)
    return Told(
        row=_row(call, names, app.clock()),
        ended_at=call.ended_at,
        is_hidden=not call.visible,
        events=call_story.of(app, material),
        messages=[each.id for each in left],
        callbacks=[each.id for each in owed],
        heard=call.language,
        spoken=call.spoken_language,
        second=call.second_language,
        is_coarse=call.started_at < app.clock() - retention_periods.TIMES_KEPT,
    )


def is_theirs(session: Session, visitor: Visitor, call: Call) -> bool:
    """Whether this visitor may see this call."""
    if visitor.right_to(Power.BOARD) is not Right.OWN:
        return True
    return visitor.person_id is not None and call_log.is_of(session, call, visitor.person_id)


def _narrowed(visitor: Visitor, sought: Sought) -> Sought | None:
    """A responder sees the calls that they took; None when that can be none."""
    if visitor.right_to(Power.BOARD) is not Right.OWN:
        return sought
    return replace(sought, answered_by=visitor.person_id) if visitor.person_id else None
