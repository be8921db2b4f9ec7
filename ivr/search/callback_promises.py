"""Callbacks: written before they are promised, tried until reached or escalated."""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.core.context import AppContext, UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators, tell_of_one
from ivr.search import call_limits, callers_in_line, pursued_items, rounds, search
from models.calls import callbacks, calls, rings
from models.calls.callbacks import Callback, CallbackState
from models.calls.calls import Call
from models.calls.rings import Purpose, Ring
from models.core.database import Session
from models.operations import worker_state
from models.people import people
from routing import needs
from routing.dispatch.policies import Caller, next_round
from routing.needs import UNKNOWN

FIRST_TRY_AFTER = timedelta(seconds=30)
"""Time for the caller to hang up, so that their phone is free when it rings."""
RETRY_AFTER = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
MAX_ATTEMPTS = len(RETRY_AFTER) + 1
"""How often the caller's phone is rung before a coordinator takes over."""
NOBODY_FREE = timedelta(minutes=1)
ASKED_LATELY = timedelta(minutes=10)
RINGING = timedelta(seconds=45)
ESCALATE_BEFORE = timedelta(minutes=5)
RINGS_AT_ONCE = 2
MAX_NUMBERS_A_DAY = 3
MAX_TO_ONE_NUMBER = 2
WITHIN = timedelta(hours=1)


def promise(session: Session, call: Call, now: datetime, *, confirmed: bool) -> Callback | None:
    """Promise a callback. A number has at most one open callback; a second request joins it.

    Returns None without a number to call, or when this number has had enough callbacks.
    """
    number = calls.keyed_number(session, call) or (
        calls.number_of(session, call) if call.visible else None
    )
    if number is None:
        return None
    known = callbacks.owed_to(session, number)
    if known is None and called_enough(session, number, now):
        return None
    made = None if known else _write_down(session, call, number, now, confirmed=confirmed)
    owed = made or known or callbacks.owed_to(session, number)
    if owed is None:
        raise LookupError("a promise was neither written nor found")
    if made is None:
        _join(owed, call, now, confirmed=confirmed)
    what = "callback promised" if made else "callback joined"
    calls.note(session, call.id, now, what, callback=owed.id)
    pursued_items.promised(session, owed, now)
    call.promised = True
    return owed


def owe(session: Session, call: Call, now: datetime) -> Callback | None:
    """The open callback to this caller, or a new one for a person who wants to call them back.

    None when their number was hidden or is already erased.
    """
    number = calls.keyed_number(session, call) or (
        calls.number_of(session, call) if call.visible else None
    )
    if number is None:
        return None
    owed = callbacks.owed_to(session, number) or _owe_by_hand(session, call, number, now)
    if owed is not None:
        pursued_items.called_by_hand(session, call, owed)
    return owed


def owe_and_pursue(session: Session, call: Call, now: datetime) -> Callback | None:
    """As `owe`, and people are rung for it like for a callback that the caller asked for."""
    owed = owe(session, call, now)
    if owed is not None:
        pursued_items.promised(session, owed, now)
    return owed


def _owe_by_hand(session: Session, call: Call, number: str, now: datetime) -> Callback | None:
    confirmed = call.keyed_number_sealed is None or bool(call.number_confirmed)
    made = _write_down(session, call, number, now, confirmed=confirmed)
    if made:
        calls.note(session, call.id, now, "callback by hand", callback=made.id)
    return made or callbacks.owed_to(session, number)


def has_number(call: Call) -> bool:
    """Whether a number of this caller is still stored, so that a person can call them back."""
    return call.keyed_number_sealed is not None or (call.visible and call.number_sealed is not None)


def called_enough(session: Session, number: str, now: datetime) -> bool:
    """Whether this number reached its limit of callbacks per hour."""
    return callbacks.promised_for(session, number, now - WITHIN) >= MAX_TO_ONE_NUMBER


def _write_down(
    session: Session, call: Call, number: str, now: datetime, *, confirmed: bool
) -> Callback | None:
    need = call.need or UNKNOWN
    owed = Callback(
        call_id=call.id,
        caller_mark=call.number_mark,
        pseudonym=call.pseudonym,
        language=call.spoken,
        need=need,
        confirmed=confirmed,
        may_leave_message=bool(call.may_leave_message),
        promised_at=now,
        due_at=now + needs.of(need).callback_due,
        next_try_at=now + FIRST_TRY_AFTER,
        cents_a_try=call_limits.cents_a_try(number),
    )
    callbacks.seal_number(session, owed, number)
    return callbacks.write_down(session, owed)


def _join(owed: Callback, call: Call, now: datetime, *, confirmed: bool) -> None:
    """Join a second request. It can raise the first one's urgency and never lowers it.

    If either request says that a message is not safe, no message is left.
    """
    owed.asked += 1
    owed.confirmed = owed.confirmed or confirmed
    if call.may_leave_message is False:
        owed.may_leave_message = False
    need = call.need or UNKNOWN
    due_at = now + needs.of(need).callback_due
    if due_at < owed.due_at:
        owed.due_at, owed.need = due_at, need
        owed.next_try_at = min(owed.next_try_at, now + FIRST_TRY_AFTER)


def those_to_try(app: AppContext, due: list[str]) -> list[str]:
    """The due callbacks for which anybody could be rung now; the others are postponed together.

    After a surge hundreds are due. Checking each one while holding it would delay callers'
    webhooks.
    """
    now = app.clock()
    with app.reading(now) as unit:
        there = rounds.present(unit, for_caller=False)
        free = {each.id for each in callers_in_line.left_over(unit, there)}
        owed = callbacks.needs_of(unit.session, due)
        can_be_tried = {
            need: bool(free) and not call_limits.callback_must_wait(unit, need, free)
            for need in set(owed.values())
        }
    put_off = [each for each, need in owed.items() if not can_be_tried[need]]
    if put_off:
        with app.database.transaction() as session:
            callbacks.put_off(session, put_off, now, until=now + NOBODY_FREE)
    return [each for each in due if each not in put_off]


def try_now(app: AppContext, callback_id: str) -> None:
    """Ring responders for a due callback."""
    now = app.clock()
    with app.transaction(now) as unit:
        owed = callbacks.with_id(unit.session, callback_id)
        if owed is None or owed.state != CallbackState.WAITING or owed.next_try_at > now:
            return  # another worker was faster
        # raises VaultError before anybody is rung for a number that cannot be opened
        callbacks.number_of(unit.session, owed)
        made = rings.of_callback(unit.session, owed.id)
        if any(ring.is_open for ring in made):
            owed.next_try_at = now + RINGING
            return
        invited = _invite(unit, owed, made)
        owed.next_try_at = now + (RINGING if invited else NOBODY_FREE)


def can_be_kept_for(unit: UnitOfWork, call: Call) -> bool:
    """Whether a callback may be offered: rings leave, and the caller is not held.

    Nobody can call somebody back who is held.
    """
    is_held = needs.of(call.need).in_custody
    return not is_held and worker_state.rings_leave(unit.session, unit.now)


def can_be_kept(unit: UnitOfWork, call: Call, number: str | None, *, is_open: bool) -> bool:
    """Whether a callback promised now would be tried: to this number, with call starts left."""
    enough = bool(number and not is_open and called_enough(unit.session, number, unit.now))
    return not enough and can_be_kept_for(unit, call) and call_limits.callbacks_may_start(unit)


def asked_too_often(unit: UnitOfWork, call: Call) -> bool:
    """Whether this phone asked for callbacks to too many numbers within a day."""
    since = unit.now - timedelta(days=1)
    asked = callbacks.promised_to(unit.session, call.number_mark, since) if call.number_mark else 0
    return asked >= MAX_NUMBERS_A_DAY


def day_is_spent(app: AppContext) -> bool:
    """Whether today's callback starts are used up; if so, tell the coordinators once."""
    now = app.clock()
    with app.transaction(now) as unit:
        if call_limits.callbacks_may_start(unit):
            return False
        about = f"callbacks stopped:{now:%Y-%m-%d}"
        made = rings.callback_starts_since(unit.session, now - timedelta(days=1))
        values = {"count": str(made)}
        tell_coordinators(unit.session, about, "texts.callbacks_stopped", values, now)
    return True


def _invite(unit: UnitOfWork, owed: Callback, made: list[Ring]) -> bool:
    lately = {ring.person_id for ring in made if ring.created_at > unit.now - ASKED_LATELY}
    themselves = people.with_phone(unit.session, callbacks.number_of(unit.session, owed))
    if themselves:
        lately.add(themselves.id)
    there = rounds.present(unit, for_caller=False)
    free = [each for each in callers_in_line.left_over(unit, there) if each.id not in lately]
    if call_limits.callback_must_wait(unit, owed.need, {each.id for each in free}):
        return False
    room = call_limits.room_for(unit, calls.exchange_of(unit.session, owed.call_id))
    at_most = RINGS_AT_ONCE if room is None else min(room, RINGS_AT_ONCE)
    sought = Caller(owed.language, owed.need)
    in_reach = rounds.in_reach(there, free)
    invited, _ = rounds.held_round(
        unit.session,
        in_reach,
        lambda present: next_round(sought, present.free)[:at_most],
        for_caller=False,
    )
    for invitation in invited:
        rounds.invite(unit.session, Purpose.CALLBACK, invitation, unit.now).callback_id = owed.id
    return bool(invited)


def begin_attempt(session: Session, owed: Callback, ring: Ring, now: datetime) -> None:
    """A responder accepted: the caller's phone is dialled now, once."""
    owed.state = CallbackState.CALLING
    owed.attempts += 1
    session.flush()
    search.cancel(session, rings.of_callback(session, owed.id), now, but=ring.id)
    pursued_items.calling_back(session, owed, ring, now)
    calls.note(
        session, owed.call_id, now, "calling back", person=ring.person_id, attempt=owed.attempts
    )


def reached(session: Session, owed: Callback, person_id: str, now: datetime) -> None:
    """The caller pressed the key, so the promise is kept."""
    owed.state, owed.closed_at = CallbackState.REACHED, now
    calls.note(session, owed.call_id, now, "callback reached", person=person_id)
    pursued_items.reached(session, owed, now)


def refused_by_carrier(session: Session, ring: Ring, now: datetime) -> None:
    """The carrier does not connect calls to this number: hand over to a coordinator at once."""
    owed = callbacks.with_id(session, ring.callback_id or "")
    if owed is None or owed.state != CallbackState.CALLING:
        return
    calls.note(session, owed.call_id, now, "callback refused", attempt=owed.attempts)
    owed.state, owed.closed_at = CallbackState.UNREACHED, now
    values = {"language": owed.language, "need": owed.need}
    tell_coordinators(session, f"refused:{owed.id}", "texts.callback_refused", values, now)


def after_attempt(session: Session, ring: Ring, now: datetime) -> None:
    """The responder's leg is over: the callback is kept, retried later, or handed over."""
    owed = callbacks.with_id(session, ring.callback_id or "")
    if owed is None or owed.state != CallbackState.CALLING:
        return
    dialled = rings.to_caller(session, ring.call_id) if ring.call_id else None
    if dialled is not None and dialled.sid is None:
        _was_not_dialled(session, owed, now)
        return
    how = "somebody picked up and pressed no key" if ring.gate_sid else "nobody picked up"
    calls.note(session, owed.call_id, now, "callback not reached", attempt=owed.attempts, how=how)
    if owed.attempts >= MAX_ATTEMPTS:
        hand_over(session, owed, now)
        return
    owed.state = CallbackState.WAITING
    owed.next_try_at = now + RETRY_AFTER[owed.attempts - 1]


def _was_not_dialled(session: Session, owed: Callback, now: datetime) -> None:
    """The caller's phone did not ring, so the attempt does not count."""
    calls.note(session, owed.call_id, now, "callback not dialled", attempt=owed.attempts)
    owed.attempts -= 1
    owed.state, owed.next_try_at = CallbackState.WAITING, now + NOBODY_FREE


def hand_over(session: Session, owed: Callback, now: datetime) -> None:
    """Hand the callback to a coordinator while its number is still stored; stop ringing."""
    owed.state, owed.closed_at = CallbackState.UNREACHED, now
    search.cancel(session, rings.of_callback(session, owed.id), now)
    calls.note(session, owed.call_id, now, "callback handed over", attempts=owed.attempts)
    values = {"language": owed.language, "need": owed.need, "count": str(owed.attempts)}
    tell_coordinators(session, f"unreached:{owed.id}", "texts.callback_unreached", values, now)


def escalate(app: AppContext, callback_id: str) -> None:
    """Tell the coordinators once before a promise becomes overdue."""
    now = app.clock()
    with app.database.transaction() as session:
        owed = callbacks.with_id(session, callback_id)
        if owed is None or owed.escalated_at is not None:
            return
        owed.escalated_at = now
        values = {"language": owed.language, "need": owed.need}
        tell_of_one(session, "due", f"due:{owed.id}", "texts.callback_due", values, now)
