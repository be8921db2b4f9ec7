"""The board as a desk: the open items by deadline, and the one that is open beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from console.base.current_user import Visitor
from console.base.outcomes import NotTheirs
from console.web import call_notes, call_story, item_visibility
from console.web.call_notes import Written
from console.web.call_story import Event, Material
from console.web.item_visibility import Listed
from ivr.core.context import AppContext
from models.calls import call_log, callbacks, calls, rings, voicemails
from models.calls.callbacks import UNKEPT, Callback, CallbackState
from models.calls.calls import Call
from models.calls.open_items import ItemKind
from models.core.database import Session
from models.people import people
from routing.person import INTERPRETER_ROLE

SOON = timedelta(hours=1)
_LAST_EVENTS = 8


class Act(StrEnum):
    """The one main button of an item."""

    CALL = "call"
    """The hotline rings the visitor's own phone, then the caller's."""
    LISTEN = "listen"
    TAKE = "take"
    OPEN = "open"
    """Everything else stands on the page of the item."""


class Group(StrEnum):
    """The headings between the items."""

    LATE = "late"
    SOON = "soon"
    """Due within `SOON`."""
    LATER = "later"


class Filter(StrEnum):
    """Which items the list shows."""

    ALL = "all"
    LATE = "late"
    FREE = "free"
    """Without an owner."""
    MINE = "mine"


FILTERS: dict[Filter, Callable[[Listed], bool]] = {
    Filter.ALL: lambda _: True,
    Filter.LATE: lambda item: item.is_late,
    Filter.FREE: lambda item: not item.row.is_owned,
    Filter.MINE: lambda item: item.is_mine,
}


@dataclass(frozen=True)
class Row:
    """An item in the list."""

    item: Listed
    group: Group
    act: Act
    message: str | None
    """The id of the first message of the call, if one was left."""

    @property
    def id(self) -> str:
        """The item's."""
        return self.item.row.id


@dataclass(frozen=True)
class Desk:
    """The open items that a visitor may know of."""

    rows: list[Row]
    """Those that the filter shows: late, then by deadline."""
    counts: dict[Filter, int]
    shown: Filter
    has_phone: bool
    """Whether the hotline can ring the visitor, so that they can call back."""

    @property
    def groups(self) -> list[tuple[Group, list[Row]]]:
        """The rows under their headings; a heading without rows is left out."""
        parts = [(group, [row for row in self.rows if row.group is group]) for group in Group]
        return [(group, rows) for group, rows in parts if rows]


@dataclass(frozen=True)
class Opened:
    """The item beside the list."""

    row: Row
    callback: Callback | None
    notes: list[Written]
    earlier: list[Call]
    events: list[Event]
    """The last ones of its call; empty for a visitor who may not know the caller yet."""
    more_events: bool
    has_name: bool = False
    """Whether the name of the language is kept in the caller's voice."""


def look(app: AppContext, visitor: Visitor, shown: Filter, *, may_call: bool) -> Desk:
    """The desk of this visitor; `may_call` says whether callbacks are theirs to make."""
    found, now = item_visibility.listed(app, visitor), app.clock()
    with app.database.reading() as session:
        has_phone = may_call and _has_phone(session, visitor)
        rows = _rows(session, visitor, found, now, has_phone=has_phone)
    kept = FILTERS[shown]
    return Desk(
        rows=[row for row in rows if kept(row.item)],
        counts={each: sum(map(holds, found)) for each, holds in FILTERS.items()},
        shown=shown,
        has_phone=has_phone,
    )


def opened(app: AppContext, visitor: Visitor, item_id: str, *, may_call: bool) -> Opened | None:
    """The item with this id; None if it is closed or the visitor may not know of it."""
    try:
        item = item_visibility.one(app, visitor, item_id)
    except NotTheirs:
        return None
    with app.database.reading() as session:
        has_phone = may_call and _has_phone(session, visitor)
        (row,) = _rows(session, visitor, [item], app.clock(), has_phone=has_phone)
        call = call_log.with_id(session, item.row.call_id)
        if not item.may_act or call is None:
            return Opened(row, None, [], [], [], more_events=False)
        events = call_story.of(app, _material(session, call))
        return Opened(
            row=row,
            callback=_callback(session, item),
            notes=call_notes.read(session, call.id, visitor, owns=True),
            earlier=call_log.earlier_of(session, call),
            events=events[-_LAST_EVENTS:],
            more_events=len(events) > _LAST_EVENTS,
            has_name=call.id in call_log.with_spoken_name(session, [call.id]),
        )


def _rows(
    session: Session, visitor: Visitor, found: Sequence[Listed], now: datetime, *, has_phone: bool
) -> list[Row]:
    first = {
        part.call_id: part.id
        for part in reversed(voicemails.of_calls(session, {item.row.call_id for item in found}))
    }
    owed = callbacks.with_ids(session, {item.row.callback_id or "" for item in found})
    rows = [
        Row(
            item,
            _group(item, now),
            _act(item, visitor, owed.get(item.row.callback_id or ""), message, has_phone=has_phone),
            message,
        )
        for item in found
        for message in [first.get(item.row.call_id)]
    ]
    order = list(Group)
    return sorted(rows, key=lambda row: (order.index(row.group), row.item.row.due_at or now))


def _group(item: Listed, now: datetime) -> Group:
    due = item.row.due_at
    if item.is_late:
        return Group.LATE
    return Group.SOON if due and due - now <= SOON else Group.LATER


def _act(
    item: Listed, visitor: Visitor, owed: Callback | None, message: str | None, *, has_phone: bool
) -> Act:
    """What comes next: who may act calls or listens at once, others take it first."""
    if item.may_act and owed is not None and has_phone and _may_be_called(owed, visitor):
        return Act.CALL
    if item.may_act and item.row.kind == ItemKind.MESSAGE and message:
        return Act.LISTEN
    return Act.TAKE if item.may_take else Act.OPEN


def _may_be_called(owed: Callback, visitor: Visitor) -> bool:
    is_theirs = owed.claimed_by in (None, visitor.user_id)
    return is_theirs and owed.state in UNKEPT and owed.state != CallbackState.CALLING


def _callback(session: Session, item: Listed) -> Callback | None:
    return callbacks.look(session, item.row.callback_id) if item.row.callback_id else None


def _has_phone(session: Session, visitor: Visitor) -> bool:
    person = people.with_id(session, visitor.person_id) if visitor.person_id else None
    return person is not None and person.active and person.role != INTERPRETER_ROLE


def _material(session: Session, call: Call) -> Material:
    made = rings.all_about(session, call.id)
    steps = calls.steps_of(session, [call.id])[call.id]
    return Material(steps, made, people.names(session))


KIND_ICONS = {
    ItemKind.CALLBACK: "phone-outgoing",
    ItemKind.MESSAGE: "voicemail",
    ItemKind.MISSED_EMERGENCY: "siren",
    ItemKind.SILENT_CALLER: "ear-off",
    ItemKind.ATTORNEY_NEEDED: "gavel",
    ItemKind.DROPPED_TALK: "unplug",
    ItemKind.CALL_AGAIN: "phone-incoming",
}
EVENT_ICONS = {
    "place": "phone-incoming",
    "key": "chevron-right",
    "ring": "bell-ring",
    "step": "circle-check",
    "end": "phone-off",
}
