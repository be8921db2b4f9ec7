"""Open items: opened with their cause, owned by the first person who takes them, closed once.

docs/decisions/0033-pursuit-of-open-items.md gives the reasons.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ivr.core.coordinator_alerts import tell_coordinators
from models.calls import callbacks, calls, open_items, room_requests
from models.calls.callbacks import Callback
from models.calls.calls import BLOCKS, Call
from models.calls.open_items import MISSED_KINDS, CloseReason, ItemKind, OpenItem
from models.calls.rings import Ring
from models.casework import call_windows
from models.core.database import Session
from models.people import people
from models.staff import notices
from routing import needs
from routing.dispatch import pursuit
from routing.needs import UNKNOWN
from routing.person import COORDINATOR

MISSED_OUTCOMES = ("left", "informed")
"""Outcomes of calls that ended without a person, a callback or a message."""
GOODBYE_WITHIN = timedelta(seconds=10)
"""A caller who hangs up so soon after the responder's leg ended had said goodbye."""


def promised(session: Session, owed: Callback, now: datetime) -> None:
    """A callback was promised, or joined by a second request that may be more urgent."""
    call = calls.look(session, owed.call_id)
    item = _open(session, call, ItemKind.CALLBACK, owed.need, now) if call else None
    if item is None:
        return
    item.callback_id = item.callback_id or owed.id
    item.due_at = min(item.due_at or owed.due_at, owed.due_at)


def message_left(session: Session, call: Call, now: datetime) -> None:
    """A message was recorded in this call."""
    item = _open(session, call, ItemKind.MESSAGE, call.need, now)
    if item is not None and item.kind in MISSED_KINDS:
        item.kind = ItemKind.MESSAGE


def message_is_silent(session: Session, call: Call) -> None:
    """Nobody spoke in the recordings of this call, so its item is no message."""
    item = open_items.of_call(session, call.id)
    if item is not None and item.kind == ItemKind.MESSAGE:
        item.kind = _kind_of_missed(call)


def _kind_of_missed(call: Call) -> ItemKind:
    return ItemKind.SILENT_CALLER if call.is_silent else ItemKind.MISSED_EMERGENCY


def call_ended(
    session: Session, call: Call, heard_at: datetime, now: datetime, *, cut_off: bool
) -> None:
    """A call ended: if nobody took it although it may be an emergency, a person must know.

    The same holds for a caller whose talk was cut off and who waited for another person; one who
    hangs up at once has said goodbye.

    `heard_at` is the last news of the call, which can be long ago after a restore.
    """
    wanted_a_person = call.need is not None or call.searches > 0
    is_urgent = pursuit.pace(call.need).is_urgent
    if is_urgent and wanted_a_person and call.outcome in MISSED_OUTCOMES:
        item = _open(session, call, _kind_of_missed(call), call.need, now)
        if item is not None:
            item.opened_at = min(item.opened_at, heard_at)
    elif cut_off and _stayed_for_another(call, now):
        _open(session, call, ItemKind.DROPPED_TALK, call.need, now)


def dropped_together(session: Session, call: Call, now: datetime) -> None:
    """Both legs of a talk ended at once, before much can have been said."""
    if pursuit.pace(call.need).is_urgent:
        _open(session, call, ItemKind.DROPPED_TALK, call.need, now)


def attorney_did_not_come(session: Session, call: Call, now: datetime) -> None:
    """A call ended in which an attorney was asked for; if none joined, one must call back."""
    if call.answered_by and room_requests.lacked_attorney(session, call.id):
        _open(session, call, ItemKind.ATTORNEY_NEEDED, call.need, now)


def _stayed_for_another(call: Call, now: datetime) -> bool:
    return call.search_since is not None and now - call.search_since >= GOODBYE_WITHIN


def stays_silent(session: Session, call: Call, now: datetime) -> None:
    """A caller stays on the line and has never said anything: a person must know."""
    _open(session, call, ItemKind.SILENT_CALLER, call.need, now)


def expected(
    session: Session, call: Call, person: str, until: datetime, now: datetime
) -> OpenItem | None:
    """This caller calls again in a window: the attorney who expects them owns the item until then.

    Somebody who owns it already keeps it.
    """
    item = _open(session, call, ItemKind.CALL_AGAIN, call.need, now)
    if item is None:
        return None
    item.due_at = until
    take(session, item, now, person=person)
    item.next_step_at = until
    return item


def awaits_window(session: Session, item: OpenItem, now: datetime) -> bool:
    """Whether an owned item stays with its owner now: until its window is over.

    At the end of a window without the caller, the coordinators are told once.
    """
    window = call_windows.held(session, item.call_id)
    if window is None or not window.is_open:
        return False
    if now < window.ends_at:
        item.next_step_at = window.ends_at
        return True
    window.missed_at = now
    calls.note(session, item.call_id, now, "window missed", person=window.person_id)
    values = {"item": str(item.number), "language": item.language, "need": item.need}
    about = f"window missed:{window.id}"
    tell_coordinators(session, about, "texts.window_missed", values, now)
    item.next_step_at = now + pursuit.LAPSES_AFTER
    return True


def _open(
    session: Session, call: Call, kind: ItemKind, need: str | None, now: datetime
) -> OpenItem | None:
    """The open item of this call, or a new one; None for a drill.

    A need that is more urgent than that of a known item makes the item more urgent.
    """
    if call.drill:
        return None
    due_at = now + needs.of(need).callback_due
    known = open_items.of_call(session, call.id) or _of_flood(session, call)
    if known is not None:
        if need is not None and pursuit.is_faster(need, known.need):
            known.need, known.due_at = need, min(known.due_at or due_at, due_at)
            first = pursuit.first_step(need, now, due_at)
            known.next_step_at = min(known.next_step_at, first)
        return known
    item = OpenItem(
        kind=kind, call_id=call.id, need=need or UNKNOWN, language=call.spoken,
        opened_at=now, due_at=due_at, level_since=now, round_since=now,
        next_step_at=pursuit.first_step(need, now, due_at),
    )  # fmt: skip
    made = open_items.write_down(session, item, now)
    if made is not None:
        calls.note(session, call.id, now, "item opened", kind=kind)
        tell_webhooks(session, made, "opened", now)
    return made or open_items.of_call(session, call.id)


def _of_flood(session: Session, call: Call) -> OpenItem | None:
    """The open item of a phone that calls too often: it gets one, however often it calls.

    Shared phones are never limited, so two callers never share an item.
    """
    if call.limited is None or call.number_mark is None:
        return None
    return open_items.of_caller(session, call.number_mark)


def held(session: Session, item_id: str) -> OpenItem | None:
    """The item, held; its call and its callback are locked before it, as before a ring."""
    known = open_items.look(session, item_id)
    if known is None:
        return None
    calls.held(session, known.call_id)
    if known.callback_id:
        callbacks.with_id(session, known.callback_id)
    return open_items.with_id(session, item_id)


def take(session: Session, item: OpenItem, now: datetime, *, person: str | None = None,
         user: str | None = None) -> bool:  # fmt: skip
    """Make this person or user the owner, unless somebody else is; True if they own it now."""
    is_theirs = person is not None and item.owner_person == person
    if item.closed_at is None and (is_theirs or (user and item.owner_user == user)):
        act(item, now)
        return True
    if not open_items.own(session, item.id, now, person=person, user=user):
        return False
    item.next_step_at = now + pursuit.LAPSES_AFTER
    calls.note(session, item.call_id, now, "item taken", person=person)
    tell_webhooks(session, item, "taken", now)
    return True


def take_or_accept(session: Session, item: OpenItem, now: datetime, person: str) -> bool:
    """Make this person the owner: of a free item, or of one that its owner handed to them."""
    if item.handed_to == person and item.owner_person != person:
        return accept_handed(session, item, person, now)
    return take(session, item, now, person=person)


def may_close(session: Session, item: OpenItem, person_id: str) -> bool:
    """Whether this person may close the item: their own, and coordinators any."""
    person = people.with_id(session, person_id)
    is_coordinator = person is not None and person.tier >= COORDINATOR
    return item.owner_person == person_id or is_coordinator


def close_by(
    session: Session, item: OpenItem, reason: CloseReason, now: datetime, person: str
) -> None:
    """This person closes the item; the step of the call names them."""
    calls.note(session, item.call_id, now, "item closed by hand", person=person)
    close(session, item, reason, now)


def hand_over(session: Session, item: OpenItem, person: str, now: datetime) -> None:
    """Ask this person to take an owned item; until they accept, the owner stays."""
    item.handed_to = person
    act(item, now)
    calls.note(session, item.call_id, now, "item handed over", person=person)
    tell_webhooks(session, item, "handed_over", now)


def accept_handed(session: Session, item: OpenItem, person: str, now: datetime) -> bool:
    """The person whom the owner asked takes the item; False if they are not asked any more."""
    if not open_items.hand_on(session, item.id, now, person=person):
        return False
    item.next_step_at = now + pursuit.LAPSES_AFTER
    calls.note(session, item.call_id, now, "item taken", person=person)
    tell_webhooks(session, item, "taken", now)
    return True


def tell_webhooks(session: Session, item: OpenItem, what: str, now: datetime) -> None:
    """Tell the outgoing webhooks what happened to an item, by its ids."""
    about = f"item:{what}:{item.id}:{now:%Y%m%dT%H%M%S%fZ}"
    values = {"id": item.id, "number": item.number, "page": f"/open-items/{item.id}"}
    notices.tell_webhooks(session, about, f"open_item.{what}", values, now)


def act(item: OpenItem, now: datetime) -> None:
    """The owner did something about it, so the ownership lasts."""
    item.last_act_at, item.next_step_at = now, now + pursuit.LAPSES_AFTER


def calling_back(session: Session, owed: Callback, ring: Ring, now: datetime) -> None:
    """A responder accepted this callback and calls the caller now: it is theirs."""
    item = open_items.of_callback(session, owed.id)
    if item is None:
        return
    if item.owner_person != ring.person_id:
        item.owner_person = item.owner_user = None  # who calls back now is the owner
        session.flush()
    take(session, item, now, person=ring.person_id)
    item.kept_at = item.kept_at or now


def called_by_hand(session: Session, call: Call, owed: Callback) -> None:
    """A person calls this caller back: reaching them closes the item of their call.

    The caller of this function holds the call.
    """
    item = open_items.of_call(session, call.id)
    if item is not None:
        item.callback_id = item.callback_id or owed.id


def reached(session: Session, owed: Callback, now: datetime) -> None:
    """The caller was reached by this callback."""
    item = open_items.of_callback(session, owed.id)
    if item is not None:
        close(session, item, CloseReason.REACHED_BY_CALLBACK, now)


def talked(session: Session, call: Call, now: datetime, *, is_shared: bool) -> None:
    """A caller reached a person in this call, so their missed calls need nobody any more.

    A message still has to be heard, and a callback to be decided. From a shared phone another
    person may have called.
    """
    known = [open_items.of_call(session, call.id)]
    if call.number_mark is not None and not is_shared:
        known += open_items.missed_of_caller(session, call.number_mark)
    for item in known:
        if item is not None and item.closed_at is None:
            close(session, item, CloseReason.REACHED_BY_TALK, now)


def close(session: Session, item: OpenItem, reason: CloseReason, now: datetime) -> None:
    """Close an item for good; its rings find that nothing is left to take."""
    if item.closed_at is None:
        open_items.close(item, reason, now)
        calls.note(session, item.call_id, now, "item closed", reason=reason)
        tell_webhooks(session, item, "closed", now)


def take_up(session: Session, call_id: str, now: datetime, *, person: str | None = None,
            user: str | None = None) -> None:  # fmt: skip
    """Somebody began to work on this call's message or callback: they own its item if it is free.

    The caller of this function holds the call or the callback.
    """
    item = open_items.of_call(session, call_id)
    if item is not None:
        take(session, item, now, person=person, user=user)


def message_done(session: Session, call_id: str, now: datetime) -> None:
    """The work that a message asked for is finished; a callback of this caller stays open."""
    item = open_items.of_call(session, call_id)
    if item is not None and item.callback_id is None:
        close(session, item, CloseReason.DONE, now)


def given_up(session: Session, owed: Callback, now: datetime) -> None:
    """A coordinator ended the promise; a message of this caller stays open."""
    item = open_items.of_callback(session, owed.id)
    if item is None:
        return
    if item.kind == ItemKind.CALLBACK:
        close(session, item, CloseReason.GAVE_UP, now)
    item.callback_id = None


def next_for(session: Session, but: OpenItem | None = None) -> OpenItem | None:
    """The most urgent item without an owner, then the oldest; held.

    Items that another transaction holds are left out: somebody is just taking them.
    """
    for known in speak_for(session):
        item = open_items.unheld(session, known) if known is not but else None
        if item is not None and item.is_pursued:
            return item
    return None


def by_urgency(items: list[OpenItem]) -> list[OpenItem]:
    """These items, the most urgent first, then the oldest."""
    return sorted(items, key=lambda item: (needs.of(item.need).rank, item.opened_at, item.id))


def speak_for(session: Session) -> list[OpenItem]:
    """The items that a ring for an open item speaks for now: all that people are rung for."""
    waiting = open_items.without_owner(session)
    urgent = [item for item in waiting if pursuit.pace(item.need).is_urgent]
    silent = ring_nobody(session, urgent)
    return by_urgency([item for item in urgent if item.id not in silent])


def ring_nobody(session: Session, items: Iterable[OpenItem]) -> set[str]:
    """The ids of those of these items that stand in the list only.

    The caller was blocked, and this is no emergency.
    """
    return open_items.of_blocked_callers(
        session, [item for item in items if not pursuit.is_emergency(item.need)]
    )


def cannot_reach(session: Session, call_ids: list[str], now: datetime) -> None:
    """The numbers of these calls are erased: only a message can still be worked on."""
    for item in open_items.open_of_calls(session, call_ids):
        if item.kind != ItemKind.MESSAGE:
            close(session, item, CloseReason.CANNOT_REACH, now)


def nobody_took(session: Session, ring: Ring, now: datetime) -> None:
    """A ring ended without an owner: unless others still ring, the next person is rung at once."""
    item = open_items.of_ring(session, ring)
    if item is None or not item.is_pursued:
        return
    session.flush()
    call = calls.look(session, item.call_id)
    if call is not None and call.limited in BLOCKS:
        return  # its people are rung once in a while, one level at a time
    if not any(each.is_open for each in open_items.rings_of(session, item, item.round_since)):
        item.next_step_at = min(item.next_step_at, now)
