"""The responder's leg: hear the offer, take it or not, and be joined with the caller."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from ivr.callers import call_limits, callback_promises, duplicate_caller, search
from ivr.core.context import AppContext, UnitOfWork
from ivr.dialogue.call_tree import ACCEPT_KEY, BLOCK_KEY, DECLINE_KEY
from ivr.dialogue.turn import (
    AfterTalk,
    Bridge,
    CallOut,
    Gate,
    HangUp,
    Join,
    LegTurn,
    Offer,
    Said,
    Words,
)
from ivr.responders import drills, number_verification, phone_tests, prompt_dictation, reliability
from ivr.responders.staff_wording import word
from models.calls import callbacks, calls, outbox, rings, tombstones
from models.calls.callbacks import Callback, CallbackState
from models.calls.calls import CallState, Limited
from models.calls.outbox import TaskKind
from models.calls.rings import Purpose, Ring, RingState, Via
from models.core.database import Session
from models.operations import drill_runs
from models.people import people
from routing.person import UNKNOWN

WRAP_UP = timedelta(minutes=1)
CALLER_RING_SECONDS = 25
REFUSED = "refused"
"""Our own word for a leg that the carrier never made, beside its words for legs that ended."""
_UNANSWERED = {
    REFUSED: RingState.FAILED,
    "busy": RingState.BUSY,
    "no-answer": RingState.NO_ANSWER,
    "failed": RingState.FAILED,
    "canceled": RingState.CANCELLED,
}
_ALIVE = ("queued", "initiated", "ringing", "in-progress", "answered")


class _Matter(Protocol):
    """What a phone is rung for that is no caller's: a key first, and then what it is about."""

    def question(self, unit: UnitOfWork, ring: Ring) -> tuple[Said, ...]:
        """What a phone that picked up hears, until a key is pressed."""

    def answer(self, unit: UnitOfWork, ring: Ring, key: str, repeats: int) -> LegTurn:
        """What follows from the key, or from none."""


_OWN_MATTERS: Mapping[str, _Matter] = {
    Purpose.PROOF: number_verification,
    Purpose.DICTATION: prompt_dictation,
    Purpose.TEST: phone_tests,
}


def offer(app: AppContext, token: str, sid: str) -> LegTurn:
    """What a phone that picked up hears; only a key accepts, so a voicemail never does."""
    now = app.clock()
    with app.transaction(now) as unit:
        ring = rings.with_token(unit.session, token)
        if ring is None:
            return HangUp((Words("en", "offer.taken"),))
        _remember_leg(ring, sid, now)
        if matter := _OWN_MATTERS.get(ring.purpose):
            return _ask_for_a_key(unit, ring, matter)
        refused = _too_late(unit, ring)
        if refused:
            return refused
        ring.move(RingState.ANSWERED, now)
        drills.hear_offer(unit.session, ring, now)
        return _offer(unit, ring, repeats=0)


def _ask_for_a_key(unit: UnitOfWork, ring: Ring, matter: _Matter) -> LegTurn:
    if not ring.move(RingState.ANSWERED, unit.now) and ring.state != RingState.ANSWERED:
        return HangUp((_word(unit, ring, "over"),))
    return Offer(matter.question(unit, ring), ring.token)


def answer(app: AppContext, token: str, key: str, repeats: int) -> LegTurn:
    """One accepts, two declines; anything else is asked once more and then counts as declined."""
    now = app.clock()
    with app.transaction(now) as unit:
        ring = rings.with_token(unit.session, token)
        if ring is None:
            return HangUp((Words("en", "offer.taken"),))
        if matter := _OWN_MATTERS.get(ring.purpose):
            return matter.answer(unit, ring, key, repeats)
        if key in (ACCEPT_KEY, DECLINE_KEY):
            reliability.pressed_a_key(unit.session, ring, now)
        if key == ACCEPT_KEY:
            return _accept(unit, ring)
        holds_a_caller_up = ring.via == Via.DIAL and not key
        if key != DECLINE_KEY and repeats == 0 and ring.is_open and not holds_a_caller_up:
            return _offer(unit, ring, repeats=1)
        if ring.state != RingState.CONNECTED:
            _close(unit, ring, RingState.DECLINED if key else RingState.NO_KEY)
        return HangUp((_word(unit, ring, "declined"),))


def hear_status(app: AppContext, token: str, status: str, sid: str) -> None:
    """News of a leg: a hint that may be late, doubled, reordered or lost."""
    now = app.clock()
    if status in _ALIVE and _is_known(app, token, sid):
        return
    with app.transaction(now) as unit:
        ring = rings.with_token(unit.session, token)
        if ring is None or (not ring.is_open and ring.sid != sid):
            if status in _ALIVE and sid and not tombstones.covers(unit.session, sid):
                outbox.errand(unit.session, TaskKind.HANG_UP, sid, now)
            return
        if status in _ALIVE:
            _remember_leg(ring, sid, now)
        else:
            end_leg(unit, ring, status)


def _is_known(app: AppContext, token: str, sid: str) -> bool:
    """Most news of a leg is none: that it still rings is no reason to keep writers waiting."""
    with app.database.reading() as session:
        return rings.is_leg(session, token, sid)


def end_leg(unit: UnitOfWork, ring: Ring, status: str) -> None:
    """The responder's leg is over, however we came to know."""
    if ring.state == RingState.CONNECTED:
        finish(unit.session, ring, unit.now)
        return
    if status == "completed":
        state = RingState.NO_KEY if ring.state == RingState.ANSWERED else RingState.NO_ANSWER
    else:
        state = _UNANSWERED.get(status, RingState.NO_ANSWER)
    if ring.purpose in rings.FOR_NOBODY_ELSE:
        ring.move(state, unit.now)  # it tells nothing of how they take callers
        return
    if status == "failed" and ring.is_open:  # news of it may come twice
        reliability.could_not_be_rung(unit.session, ring.person_id, unit.now)
    if ring.purpose == Purpose.TEST:
        phone_tests.end(unit.session, ring, state, unit.now)
        return
    _close(unit, ring, state)


def _close(unit: UnitOfWork, ring: Ring, state: RingState) -> None:
    """End a ring that nobody took, once; the search goes on at once."""
    if not ring.move(state, unit.now):
        return
    if state not in (RingState.FAILED, RingState.CANCELLED):
        reliability.rang(unit.session, ring)
    if state in (RingState.NO_ANSWER, RingState.NO_KEY):
        reliability.did_not_answer(unit, ring)
    _told(unit, ring, state)


def withdraw(unit: UnitOfWork, ring: Ring) -> None:
    """The person was removed before their phone was dialled, or the test is not wanted now."""
    if ring.purpose == Purpose.TEST:
        phone_tests.put_off(unit.session, ring, unit.now)
    _close(unit, ring, RingState.CANCELLED)


def leave(app: AppContext, token: str, dial_status: str = "") -> LegTurn:
    """The conversation is over for the responder who is still on the line."""
    now = app.clock()
    with app.transaction(now) as unit:
        ring = rings.with_token(unit.session, token)
        if ring is None:
            return HangUp()
        if (owed := _unanswered(unit.session, ring)) and (
            call := duplicate_caller.who_called_in(unit, owed)
        ):
            return _join_instead(unit, ring, owed, call)
        missed = ring.purpose == Purpose.CALLBACK and not ring.reached
        if missed and dial_status == "failed":
            callback_promises.refused_by_carrier(unit.session, ring, now)
        finish(unit.session, ring, now)
        over = _word(unit, ring, "not_reached" if missed else "over")
        if ring.call_id is None or not _may_block(unit, ring):
            return HangUp((over,))
        return AfterTalk((over, _word(unit, ring, "block", key=BLOCK_KEY)), token)


def after_talk(app: AppContext, token: str, key: str) -> LegTurn:
    """One key sends an abusive caller to the message box for a day."""
    now = app.clock()
    with app.transaction(now) as unit:
        ring = rings.with_token(unit.session, token)
        if ring is None or key != BLOCK_KEY or not _may_block(unit, ring):
            return HangUp()
        call = rings.call_of(unit.session, ring)
        if call and not calls.has_step(unit.session, call.id, "blocked"):
            call_limits.block_caller(unit, call, ring.person_id)
        return HangUp((_word(unit, ring, "block_done"),))


def _may_block(unit: UnitOfWork, ring: Ring) -> bool:
    call = rings.call_of(unit.session, ring)
    if call is None or ring.connected_at is None:
        return False
    return call_limits.may_be_blocked(unit, call)


def join(app: AppContext, token: str) -> None:
    """The two hear each other from now on; what was said to either before is no talk."""
    now = app.clock()
    with app.database.transaction() as session:
        ring = rings.with_token(session, token)
        if ring and ring.state == RingState.CONNECTED and not ring.reached:
            ring.reached, ring.connected_at = True, now


def _unanswered(session: Session, ring: Ring) -> Callback | None:
    """The callback that this ring is for, if its caller did not come to the phone."""
    if ring.purpose != Purpose.CALLBACK or ring.reached or ring.state != RingState.CONNECTED:
        return None
    owed = callbacks.with_id(session, ring.callback_id or "")
    return owed if owed and owed.state == CallbackState.CALLING and not ring.call_id else None


def _join_instead(unit: UnitOfWork, ring: Ring, owed: Callback, call: calls.Call) -> LegTurn:
    """The two called each other at once: they are joined on the caller's own call."""
    ring.call_id, ring.search, ring.reached = call.id, call.searches, True
    callback_promises.reached(unit.session, owed, ring.person_id, unit.now)
    _connect(unit.session, ring, call, unit.now)
    return _bridge(unit, ring, call)


def _connect(session: Session, ring: Ring, call: calls.Call, now: datetime) -> None:
    call.state, call.answered_by = CallState.CONNECTED, ring.person_id
    session.flush()  # the database allows one connected ring a call
    search.cancel(session, rings.of_call(session, call.id), now, but=ring.id)
    waited = int((now - (call.search_since or call.started_at)).total_seconds())
    calls.note(session, call.id, now, "accepted", person=ring.person_id, waited=waited)


def finish(session: Session, ring: Ring, now: datetime) -> None:
    """Close a connected ring once; the responder gets a moment before the next one."""
    if ring.state != RingState.CONNECTED:
        return
    ring.move(RingState.FINISHED, now)
    person = people.with_id(session, ring.person_id)
    if person and ring.purpose != Purpose.DICTATION:
        person.resting_until = now + WRAP_UP
    if ring.call_id:
        calls.note(session, ring.call_id, now, "talk over", person=ring.person_id)
    if ring.callback_id:
        callback_promises.after_attempt(session, ring, now)


def gate(app: AppContext, token: str, sid: str) -> LegTurn:
    """Whoever picks up a callback hears a neutral sentence and must press a key."""
    with app.database.transaction() as session:
        ring, owed = _callback_of(session, token)
        if ring is None or owed is None or ring.state != RingState.CONNECTED:
            return HangUp()
        ring.gate_sid = sid
        app.live_prompts.keep_up(session, app.clock())
        press = Words(owed.language, "callback_call.press_to_connect", (("key", ACCEPT_KEY),))
        return Gate((press,), token)


def open_gate(app: AppContext, token: str, key: str) -> LegTurn:
    """The key joins the two; without it nothing about the hotline was said."""
    now = app.clock()
    with app.transaction(now) as unit:
        ring, owed = _callback_of(unit.session, token)
        if ring is None or owed is None:
            return HangUp()
        if key != ACCEPT_KEY:
            neutral = (Words(owed.language, "callback_call.neutral_message"),)
            return HangUp(neutral if owed.may_leave_message else ())
        if not ring.reached:
            ring.reached = True
            callback_promises.reached(unit.session, owed, ring.person_id, now)
            _ring_nobody_else(unit, owed, ring)
        return Join()


def _ring_nobody_else(unit: UnitOfWork, owed: callbacks.Callback, ring: Ring) -> None:
    """Who called in while being called back is reached here: over there they only wait."""
    call = duplicate_caller.who_called_in(unit, owed)
    if call and duplicate_caller.can_wait(ring, call):
        search.cancel(unit.session, rings.of_call(unit.session, call.id), unit.now)
        about = {"callback": owed.id, "person": ring.person_id}
        calls.note(unit.session, call.id, unit.now, calls.REACHED_BY_CALLBACK, **about)


def _callback_of(session: Session, token: str) -> tuple[Ring | None, callbacks.Callback | None]:
    ring = rings.with_token(session, token)
    if ring is None or ring.callback_id is None:
        return ring, None
    return ring, callbacks.with_id(session, ring.callback_id)


def _remember_leg(ring: Ring, sid: str, now: datetime) -> None:
    """A callback with the token proves that the call was made, whatever the POST returned."""
    if ring.sid is None and sid:
        ring.sid = sid
    if ring.state in (RingState.PENDING, RingState.DIALLING):
        ring.move(RingState.DIALLED, now)


def _too_late(unit: UnitOfWork, ring: Ring) -> HangUp | None:
    call = rings.call_of(unit.session, ring)
    if call and call.state == CallState.ENDED:
        return HangUp((_word(unit, ring, "caller_left"),))
    person = people.with_id(unit.session, ring.person_id)
    may_serve = person is not None and (person.active or drill_runs.is_phone(person))
    if not (ring.is_open and may_serve):
        return HangUp((_word(unit, ring, "taken"),))
    return None


def _accept(unit: UnitOfWork, ring: Ring) -> LegTurn:
    if ring.purpose == Purpose.CALLBACK:
        return _accept_callback(unit, ring)
    call = rings.call_of(unit.session, ring)
    assert call is not None  # noqa: S101 - a ring for a caller names their call
    if call.state == CallState.ENDED:
        ring.move(RingState.CANCELLED, unit.now)
        return HangUp((_word(unit, ring, "caller_left"),))
    if ring.state == RingState.CONNECTED:  # the same key, sent twice
        return _bridge(unit, ring, call)
    is_with_another = call.ring_one not in (None, ring.id)
    goes = call.choice is not None  # on their way out of the queue, to a callback or a message
    if call.state != CallState.WAITING or not ring.is_open or is_with_another or goes:
        ring.move(RingState.TAKEN, unit.now)
        return HangUp((_word(unit, ring, "taken"),))
    ring.move(RingState.CONNECTED, unit.now)
    if ring.via != Via.DIAL:
        call.ring_one = None
    reliability.rang(unit.session, ring)
    _connect(unit.session, ring, call, unit.now)
    return _bridge(unit, ring, call)


def _bridge(unit: UnitOfWork, ring: Ring, call: calls.Call) -> LegTurn:
    if ring.via == Via.DIAL:
        return Join()
    says = (_word(unit, ring, "connecting"),)
    return Bridge(says, ring.token, call.id, ring.interpreter, call.language)


def _accept_callback(unit: UnitOfWork, ring: Ring) -> LegTurn:
    owed = callbacks.with_id(unit.session, ring.callback_id or "")
    taken = HangUp((_word(unit, ring, "taken"),))
    if owed is None:
        return taken
    if ring.state != RingState.CONNECTED:
        if owed.state != CallbackState.WAITING or not ring.is_open:
            ring.move(RingState.TAKEN, unit.now)
            return taken
        ring.move(RingState.CONNECTED, unit.now)
        reliability.rang(unit.session, ring)
        callback_promises.begin_attempt(unit.session, owed, ring, unit.now)
    number = callbacks.number_of(unit.session, owed)
    says = (_word(unit, ring, "calling_back"),)
    return CallOut(says, ring.token, number, CALLER_RING_SECONDS)


def _offer(unit: UnitOfWork, ring: Ring, repeats: int) -> LegTurn:
    says: list[Said] = [
        *_about(unit, ring),
        *([_word(unit, ring, "interpreter")] if ring.interpreter else []),
        *([_word(unit, ring, "silent")] if _is_silent(unit.session, ring) else []),
        _word(unit, ring, "accept", key=ACCEPT_KEY),
        _word(unit, ring, "decline", key=DECLINE_KEY),
    ]
    return Offer(tuple(says), ring.token, repeats)


def _is_silent(session: Session, ring: Ring) -> bool:
    """A caller who never pressed a key may be hiding, or unable to speak."""
    call = rings.call_of(session, ring)
    return call is not None and not call.pressed


def _about(unit: UnitOfWork, ring: Ring) -> list[Words]:
    """Language, need and waiting time: nothing by which anybody could know the caller."""
    if ring.callback_id:
        owed = callbacks.with_id(unit.session, ring.callback_id)
        about = {"language": owed.language, "need": owed.need} if owed else {}
        return [
            _word(unit, ring, "callback"),
            _word(unit, ring, "details_callback", **about),
        ]
    call = rings.call_of(unit.session, ring)
    assert call is not None  # noqa: S101 - a ring for no callback is for a call
    waited = max(0, int((unit.now - (call.search_since or call.started_at)).total_seconds()))
    minutes, seconds = divmod(waited, 60)
    details = _word(
        unit,
        ring,
        "details",
        language=call.language,
        need=call.need or UNKNOWN,
        minutes=str(minutes),
        seconds=str(seconds),
    )
    blocked = call.limited in (Limited.BLOCKED, Limited.BLOCKED_AGAIN)
    warning = [_word(unit, ring, "blocked_caller")] if blocked else []
    return [_word(unit, ring, "hotline"), *warning, details]


def _word(unit: UnitOfWork, ring: Ring, name: str, **values: str) -> Words:
    return word(unit, ring, f"offer.{name}", **values)


def _told(unit: UnitOfWork, ring: Ring, state: RingState) -> None:
    """Note how a ring ended, and let the search go on at once."""
    if ring.call_id is None:
        return
    call = calls.with_id(unit.session, ring.call_id)
    calls.note(unit.session, call.id, unit.now, "ring ended", person=ring.person_id, how=state)
    if call.state == CallState.WAITING:
        search.advance(unit, call)
