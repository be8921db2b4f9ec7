"""Floods and surges: which callers first get another offer, before anybody is rung.

docs/decisions/0008-call-limits-blocks-and-surges.md gives the reasons.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from ivr.core.context import UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.core.erasure_ledger import Entry, Ledger
from models.calls import calls, rings, surges
from models.calls.calls import Call, Limited
from models.calls.surges import Block
from models.core.database import Session, once
from models.people import people
from models.schedule import duty_rules
from routing import needs
from routing.dispatch import call_prices
from routing.person import takes_callers
from routing.readers import written_phones

USUAL_CALLS = 3
"""This many calls from one phone within an hour are served as usual."""
WITHIN = timedelta(hours=1)
TELL_AT = 10
RINGS_AGAIN_AFTER = timedelta(minutes=15)
"""The pause before a limited phone may have people rung for another emergency."""
BLOCKED_FOR = timedelta(hours=24)
SUGGEST_SURGE_AT = 10
EXCHANGE_FLOODS_AT = 30
EXCHANGE_WITHIN = timedelta(minutes=10)
"""More calls than a line with 1,500 calls a day gets in total, all from one exchange."""
ONE_IN = 5
"""A flooding exchange gets one in five of the people on duty, and at least one."""
_LAST_DIGITS = 4
LONGEST_HOLD = timedelta(hours=1)
"""How long a caller who says nothing is held, from the start of the call.

We do not hang up on silence. But a phone that lies off the hook keeps one of the account's lines
and costs money for as long as the carrier allows, which is four hours; the open item goes on.
"""


def limit_of(unit: UnitOfWork, call: Call, number: str | None) -> Limited | None:
    """How this call is limited. A hidden or shared number is never limited."""
    if number is None or number in unit.app.numbers.shared:
        return None
    block = surges.block_of(unit.session, number, unit.now)
    if block:
        return Limited.BLOCKED if block.marks == 1 else Limited.BLOCKED_AGAIN
    count = surges.calls_since(unit.session, call.number_mark or "", unit.now - WITHIN)
    if count >= TELL_AT:
        about = f"flood:{call.pseudonym}:{unit.now:%Y-%m-%d}"
        tell_coordinators(unit.session, about, "texts.flood", {"count": str(count)}, unit.now)
    return Limited.FLOOD if count > USUAL_CALLS else None


def note_exchange(unit: UnitOfWork, call: Call, number: str | None) -> None:
    """Store the call's exchange, and tell coordinators once a day when it floods the line."""
    if number is None or number in unit.app.numbers.shared:
        return
    call.exchange_mark = surges.mark_of_exchange(unit.session, number[:-_LAST_DIGITS])
    count = surges.calls_of_exchange(unit.session, call.exchange_mark, unit.now - EXCHANGE_WITHIN)
    if count >= EXCHANGE_FLOODS_AT:
        about = surges.flood_of_exchange(unit.session, number[:-_LAST_DIGITS], unit.now)
        tell_coordinators(
            unit.session, about, "texts.exchange_flood", {"count": str(count)}, unit.now
        )


def room_for(unit: UnitOfWork, mark: str | None) -> int | None:
    """How many more people may be rung for this exchange now; None if it does not flood."""
    if mark is None or not _is_flooding(unit.session, mark, unit.now):
        return None
    share = max(1, len(_there(unit)) // ONE_IN)
    return max(0, share - surges.held_by_exchange(unit.session, mark))


def callback_must_wait(unit: UnitOfWork, need: str, free: set[str]) -> bool:
    """Whether a surge makes this callback wait for callers on the line.

    In a surge, callbacks other than emergencies leave half of the people on duty free. Hundreds of
    callbacks may be due, and they would keep people from callers in danger now.
    """
    if needs.of(need).is_emergency or surges.surge(unit.session, unit.now) is None:
        return False
    there = _there(unit)
    return 2 * len(free & there) <= len(there)


def callbacks_may_start(unit: UnitOfWork) -> bool:
    """Whether callbacks may still be tried today, by their number and by what they may cost.

    Incoming calls do not count.
    """
    since = unit.now - timedelta(days=1)
    limits = unit.app.limits
    if rings.callback_starts_since(unit.session, since) >= limits.callback_starts_per_day:
        return False
    return rings.callback_cents_since(unit.session, since) < limits.callback_cents_per_day


def cents_a_try(number: str) -> int:
    """What one try to call this number may cost, in cents."""
    return call_prices.cents_of_try(written_phones.destination(number))


def _there(unit: UnitOfWork) -> set[str]:
    """People on duty whose phones can be rung, including those who talk or rest now."""
    on_duty = duty_rules.on_duty_at(unit.session, unit.app.timezone, unit.now)
    return {
        each.id
        for each in people.rung(unit.session, unit.now)
        if each.id in on_duty and not each.is_dead_number and takes_callers(each.role, each.tier)
    }


def _is_flooding(session: Session, mark: str, now: datetime) -> bool:
    since = now - EXCHANGE_WITHIN
    calls_since = partial(surges.calls_of_exchange, session, mark, since)
    return once(session, f"calls of {mark} since {since}", calls_since) >= EXCHANGE_FLOODS_AT


def is_crowded_out(unit: UnitOfWork, call: Call) -> bool:
    """Whether other callers of the same flooding exchange use its whole share of people."""
    return room_for(unit, call.exchange_mark) == 0


def exchange_rang_lately(session: Session, call: Call, now: datetime) -> bool:
    """Whether another call of this exchange had people rung for something urgent in 15 minutes."""
    return surges.exchange_urgently_rang_since(session, call, now - RINGS_AGAIN_AFTER)


def rang_lately(session: Session, call: Call, now: datetime) -> bool:
    """Whether another call of this limited phone had people rung in the last 15 minutes."""
    since = now - RINGS_AGAIN_AFTER
    return call.limited is not None and surges.urgently_rang_since(session, call, since)


def is_searched_for_elsewhere(unit: UnitOfWork, call: Call) -> bool:
    """Whether another call of the same phone already has a search."""
    if call.number_mark is None or call.number_mark in unit.app.shared_marks:
        return False
    return surges.is_searched_for_elsewhere(unit.session, call)


def block_caller(unit: UnitOfWork, call: Call, person_id: str) -> None:
    """Send this caller to the message box for a day, because a responder found them abusive."""
    number = calls.number_of(unit.session, call)
    if number is not None:
        ends_at = unit.now + BLOCKED_FOR
        held = surges.block(unit.session, number, call.pseudonym, unit.now, ends_at, person_id)
        unit.app.ledger.remember([_entry(held, unit.now)])
        calls.note(unit.session, call.id, unit.now, "blocked", person=person_id)


def lift(session: Session, ledger: Ledger, pseudonym: str, now: datetime) -> int:
    """End the blocks under this pseudonym. Returns how many ended."""
    lifted = surges.lift(session, pseudonym, now)
    ledger.remember(Entry("no block", each.number_mark, now.isoformat()) for each in lifted)
    return len(lifted)


def block_again(session: Session, entry: Entry, now: datetime) -> bool:
    """Start or end a block as the ledger says. Returns False if nothing changes."""
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
    """Whether the phone belongs to one caller; hidden and shared numbers belong to many people."""
    number = calls.number_of(unit.session, call)
    return number is not None and number not in unit.app.numbers.shared


def begin_surge(session: Session, now: datetime, ends_at: datetime) -> None:
    """Start the surge or change its end; coordinators are told once."""
    held = surges.begin_surge(session, now, ends_at)
    hours = str(max(1, round((ends_at - now) / timedelta(hours=1))))
    tell_coordinators(session, f"surge on:{held.id}", "texts.surge_on", {"hours": hours}, now)


def suggest_surge(session: Session, now: datetime) -> None:
    """Tell coordinators, at most once an hour, how many wait and that a surge would help."""
    if surges.surge(session, now) is None:
        values = {"count": str(calls.count_waiting(session))}
        about = f"surge:{now:%Y-%m-%dT%H}"
        tell_coordinators(session, about, "texts.surge_suggested", values, now)


def was_held_enough(call: Call, now: datetime) -> bool:
    """Whether a silent caller is held no longer."""
    return now >= call.started_at + LONGEST_HOLD
