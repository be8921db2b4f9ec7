"""Floods and surges: which callers are offered something else first, before anybody is rung.

docs/decisions/0008-call-limits-blocks-and-surges.md gives the reasons.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.core.context import UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.core.erasure_ledger import Entry, Ledger
from models.calls import calls, surges
from models.calls.calls import Call, Limited
from models.calls.surges import Block
from models.core.database import Session
from models.people import people
from models.schedule import duty_rules
from routing import needs

USUAL_CALLS = 3
"""So many calls of one phone within an hour are served like any other."""
WITHIN = timedelta(hours=1)
TELL_AT = 10
RINGS_AGAIN_AFTER = timedelta(minutes=15)
"""How soon a limited phone may have people rung again for an emergency."""
BLOCKED_FOR = timedelta(hours=24)
SUGGEST_SURGE_AT = 10
EXCHANGE_FLOODS_AT = 30
EXCHANGE_WITHIN = timedelta(minutes=10)
"""More calls than a line of 1,500 a day gets from everywhere, all from numbers that begin alike."""
ONE_IN = 5
"""Callers of a flooding exchange have one in five of those on duty at a time, and always one."""
_LAST_DIGITS = 4


def limit_of(unit: UnitOfWork, call: Call, number: str | None) -> Limited | None:
    """How this call is limited; a hidden number, or one that many share, never is."""
    if number is None or number in unit.app.numbers.shared or call.responder:
        return None
    block = surges.block_of(unit.session, number, unit.now)
    if block:
        return Limited.BLOCKED if block.marks == 1 else Limited.BLOCKED_AGAIN
    count = surges.calls_since(unit.session, call.number_mark or "", unit.now - WITHIN)
    if count >= TELL_AT:
        about = f"flood:{(call.number_mark or '')[:20]}:{unit.now:%Y-%m-%d}"
        tell_coordinators(unit.session, about, "texts.flood", {"count": str(count)}, unit.now)
    return Limited.FLOOD if count > USUAL_CALLS else None


def note_exchange(unit: UnitOfWork, call: Call, number: str | None) -> None:
    """Remember from which exchange a call came, and tell once a day of one that floods the line."""
    if number is None or number in unit.app.numbers.shared or call.responder:
        return
    call.exchange_mark = surges.mark_of_exchange(unit.session, number[:-_LAST_DIGITS])
    count = surges.calls_of_exchange(unit.session, call.exchange_mark, unit.now - EXCHANGE_WITHIN)
    if count >= EXCHANGE_FLOODS_AT:
        about = f"exchange:{call.exchange_mark[:20]}:{unit.now:%Y-%m-%d}"
        tell_coordinators(
            unit.session, about, "texts.exchange_flood", {"count": str(count)}, unit.now
        )


def room_for(unit: UnitOfWork, mark: str | None) -> int | None:
    """How many more people may be rung for callers of this exchange now; None: it is no flood."""
    if mark is None or not _is_flooding(unit.session, mark, unit.now):
        return None
    share = max(1, len(_there(unit)) // ONE_IN)
    return max(0, share - surges.held_by_exchange(unit.session, mark))


def callback_must_wait(unit: UnitOfWork, need: str, free: set[str]) -> bool:
    """In a surge callbacks leave half of those on duty to whoever calls, unless they are as urgent:
    hundreds are owed then, and would keep everybody from those who are in danger now."""
    if needs.of(need).is_emergency or surges.surge(unit.session, unit.now) is None:
        return False
    there = _there(unit)
    return 2 * len(free & there) <= len(there)


def _there(unit: UnitOfWork) -> set[str]:
    """Who is on duty and can be rung, though they may be talking or resting at this moment."""
    on_duty = duty_rules.on_duty_at(unit.session, unit.app.timezone, unit.now)
    rung = people.rung(unit.session, unit.now)
    return {each.id for each in rung if each.id in on_duty and not each.is_dead_number}


def _is_flooding(session: Session, mark: str, now: datetime) -> bool:
    return surges.calls_of_exchange(session, mark, now - EXCHANGE_WITHIN) >= EXCHANGE_FLOODS_AT


def is_crowded_out(unit: UnitOfWork, call: Call) -> bool:
    """Whether other callers of the same flooding exchange have all its share of the people."""
    return room_for(unit, call.exchange_mark) == 0


def exchange_rang_lately(session: Session, call: Call, now: datetime) -> bool:
    """Whether another call of this exchange had people rung for something urgent a moment ago."""
    return surges.exchange_urgently_rang_since(session, call, now - RINGS_AGAIN_AFTER)


def rang_lately(session: Session, call: Call, now: datetime) -> bool:
    """Whether another call of this limited phone had people rung a moment ago."""
    since = now - RINGS_AGAIN_AFTER
    return call.limited is not None and surges.urgently_rang_since(session, call, since)


def is_searched_for_elsewhere(unit: UnitOfWork, call: Call) -> bool:
    """Whether another call of the same phone already has a search of its own."""
    if call.number_mark is None or call.number_mark in unit.app.shared_marks:
        return False
    return surges.is_searched_for_elsewhere(unit.session, call)


def block_caller(unit: UnitOfWork, call: Call, person_id: str) -> None:
    """A responder found this caller abusive: the message box, for a day."""
    number = calls.number_of(unit.session, call)
    if number is not None:
        ends_at = unit.now + BLOCKED_FOR
        held = surges.block(unit.session, number, call.pseudonym, unit.now, ends_at, person_id)
        unit.app.ledger.remember([_entry(held, unit.now)])
        calls.note(unit.session, call.id, unit.now, "blocked", person=person_id)


def lift(session: Session, ledger: Ledger, pseudonym: str, now: datetime) -> int:
    """Serve whoever bears this pseudonym like anybody again; how many blocks that ended."""
    lifted = surges.lift(session, pseudonym, now)
    ledger.remember(Entry("no block", each.number_mark, now.isoformat()) for each in lifted)
    return len(lifted)


def block_again(session: Session, entry: Entry, now: datetime) -> bool:
    """Let a block hold, or be over, as the ledger says; False if nothing changes."""
    if entry.what == "no block":
        return surges.lift_mark(session, entry.mark, now)
    ends_at = datetime.fromisoformat(entry.until)
    if ends_at <= now:
        return False
    began_at = datetime.fromisoformat(entry.at)
    return surges.block_mark(
        session, entry.mark, entry.pseudonym, began_at, ends_at, marks=entry.times
    )


def _entry(held: Block, now: datetime) -> Entry:
    return Entry(
        "block",
        held.number_mark,
        now.isoformat(),
        until=held.ends_at.isoformat(),
        times=held.marks,
        pseudonym=held.pseudonym,
    )


def may_be_blocked(unit: UnitOfWork, call: Call) -> bool:
    """Only a phone that is one caller's; a hidden or shared one is many people's."""
    number = calls.number_of(unit.session, call)
    return number is not None and number not in unit.app.numbers.shared


def begin_surge(session: Session, now: datetime, ends_at: datetime) -> None:
    """Switch the surge on, or let it end at another time; coordinators are told once."""
    held = surges.begin_surge(session, now, ends_at)
    hours = str(max(1, round((ends_at - now) / timedelta(hours=1))))
    tell_coordinators(session, f"surge on:{held.id}", "texts.surge_on", {"hours": hours}, now)


def suggest_surge(session: Session, waiting: int, now: datetime) -> None:
    """Tell the coordinators that so many wait and a surge would help, at most once an hour."""
    if surges.surge(session, now) is None:
        about = f"surge:{now:%Y-%m-%dT%H}"
        tell_coordinators(session, about, "texts.surge_suggested", {"count": str(waiting)}, now)
