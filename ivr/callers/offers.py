"""The responder's leg: hear the offer, take it or not, and be joined with the caller."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from ivr.callers import call_limits, callback_promises, duplicate_caller, search
from ivr.core.context import Line
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
from models.calls.callbacks import Callback
from models.calls.rings import Ring
from models.core.database import Session
from models.operations import drill_runs
from models.people import people
from routing.person import UNKNOWN

WRAP_UP = timedelta(minutes=1)
CALLER_RING_SECONDS = 25
REFUSED = "refused"
"""Our own word for a leg that the carrier never made, beside its words for legs that ended."""
_UNANSWERED = {
    REFUSED: rings.FAILED,
    "busy": rings.BUSY,
    "no-answer": rings.NO_ANSWER,
    "failed": rings.FAILED,
    "canceled": rings.CANCELLED,
}
_ALIVE = ("queued", "initiated", "ringing", "in-progress", "answered")


class _Matter(Protocol):
    """What a phone is rung for that is no caller's: a key first, and then what it is about."""

    def question(self, session: Session, hotline: Line, ring: Ring) -> tuple[Said, ...]:
        """What a phone that picked up hears, until a key is pressed."""

    def answer(
        self, session: Session, hotline: Line, ring: Ring, key: str, repeats: int, now: datetime
    ) -> LegTurn:
        """What follows from the key, or from none."""


_OWN_MATTERS: Mapping[str, _Matter] = {
    rings.PROOF: number_verification,
    rings.DICTATION: prompt_dictation,
    rings.TEST: phone_tests,
}


def offer(hotline: Line, token: str, sid: str) -> LegTurn:
    """What a phone that picked up hears; only a key accepts, so a voicemail never does."""
    now = hotline.clock()
    with hotline.database.transaction() as session:
        ring = rings.with_token(session, token)
        if ring is None:
            return HangUp((Words("en", "offer.taken"),))
        _remember_leg(ring, sid, now)
        if matter := _OWN_MATTERS.get(ring.purpose):
            return _ask_for_a_key(session, hotline, ring, matter, now)
        refused = _too_late(session, hotline, ring)
        if refused:
            return refused
        ring.move(rings.ANSWERED, now)
        drills.hear_offer(session, ring, now)
        return _offer(session, hotline, ring, now, repeats=0)


def _ask_for_a_key(
    session: Session, hotline: Line, ring: Ring, matter: _Matter, now: datetime
) -> LegTurn:
    if not ring.move(rings.ANSWERED, now) and ring.state != rings.ANSWERED:
        return HangUp((_word(session, hotline, ring, "over"),))
    return Offer(matter.question(session, hotline, ring), ring.token)


def answer(hotline: Line, token: str, key: str, repeats: int) -> LegTurn:
    """One accepts, two declines; anything else is asked once more and then counts as declined."""
    now = hotline.clock()
    with hotline.database.transaction() as session:
        ring = rings.with_token(session, token)
        if ring is None:
            return HangUp((Words("en", "offer.taken"),))
        if matter := _OWN_MATTERS.get(ring.purpose):
            return matter.answer(session, hotline, ring, key, repeats, now)
        if key in (ACCEPT_KEY, DECLINE_KEY):
            reliability.pressed_a_key(session, ring, now)
        if key == ACCEPT_KEY:
            return _accept(session, hotline, ring, now)
        holds_a_caller_up = ring.via == rings.BY_DIAL and not key
        if key != DECLINE_KEY and repeats == 0 and ring.is_open and not holds_a_caller_up:
            return _offer(session, hotline, ring, now, repeats=1)
        if ring.state != rings.CONNECTED:
            _close(session, hotline, ring, rings.DECLINED if key else rings.NO_KEY, now)
        return HangUp((_word(session, hotline, ring, "declined"),))


def hear_status(hotline: Line, token: str, status: str, sid: str) -> None:
    """News of a leg: a hint that may be late, doubled, reordered or lost."""
    now = hotline.clock()
    if status in _ALIVE and _is_known(hotline, token, sid):
        return
    with hotline.database.transaction() as session:
        ring = rings.with_token(session, token)
        if ring is None or (not ring.is_open and ring.sid != sid):
            if status in _ALIVE and sid and not tombstones.covers(session, sid):
                outbox.errand(session, outbox.HANG_UP, sid, now)
            return
        if status in _ALIVE:
            _remember_leg(ring, sid, now)
        else:
            end_leg(session, hotline, ring, status, now)


def _is_known(hotline: Line, token: str, sid: str) -> bool:
    """Most news of a leg is none: that it still rings is no reason to keep writers waiting."""
    with hotline.database.reading() as session:
        return rings.is_leg(session, token, sid)


def end_leg(session: Session, hotline: Line, ring: Ring, status: str, now: datetime) -> None:
    """The responder's leg is over, however we came to know."""
    if ring.state == rings.CONNECTED:
        finish(session, ring, now)
        return
    if status == "completed":
        state = rings.NO_KEY if ring.state == rings.ANSWERED else rings.NO_ANSWER
    else:
        state = _UNANSWERED.get(status, rings.NO_ANSWER)
    if ring.purpose in rings.FOR_NOBODY_ELSE:
        ring.move(state, now)  # it tells nothing of how they take callers
        return
    if status == "failed" and ring.is_open:  # news of it may come twice
        reliability.could_not_be_rung(session, ring.person_id, now)
    if ring.purpose == rings.TEST:
        phone_tests.end(session, ring, state, now)
        return
    _close(session, hotline, ring, state, now)


def _close(session: Session, hotline: Line, ring: Ring, state: str, now: datetime) -> None:
    """End a ring that nobody took, once; the search goes on at once."""
    if not ring.move(state, now):
        return
    if state not in (rings.FAILED, rings.CANCELLED):
        reliability.rang(session, ring)
    if state in (rings.NO_ANSWER, rings.NO_KEY):
        reliability.did_not_answer(session, hotline, ring, now)
    _told(session, hotline, ring, now, state)


def withdraw(session: Session, hotline: Line, ring: Ring, now: datetime) -> None:
    """The person was removed before their phone was dialled, or the test is not wanted now."""
    if ring.purpose == rings.TEST:
        phone_tests.put_off(session, ring, now)
    _close(session, hotline, ring, rings.CANCELLED, now)


def leave(hotline: Line, token: str, dial_status: str = "") -> LegTurn:
    """The conversation is over for the responder who is still on the line."""
    now = hotline.clock()
    with hotline.database.transaction() as session:
        ring = rings.with_token(session, token)
        if ring is None:
            return HangUp()
        if (owed := _unanswered(session, ring)) and (
            call := duplicate_caller.who_called_in(session, hotline, owed)
        ):
            return _join_instead(session, hotline, ring, owed, call, now)
        missed = ring.purpose == rings.CALLBACK and not ring.reached
        if missed and dial_status == "failed":
            callback_promises.refused_by_carrier(session, ring, now)
        finish(session, ring, now)
        over = _word(session, hotline, ring, "not_reached" if missed else "over")
        if ring.call_id is None or not _may_block(session, hotline, ring):
            return HangUp((over,))
        return AfterTalk((over, _word(session, hotline, ring, "block", key=BLOCK_KEY)), token)


def after_talk(hotline: Line, token: str, key: str) -> LegTurn:
    """One key sends an abusive caller to the message box for a day."""
    now = hotline.clock()
    with hotline.database.transaction() as session:
        ring = rings.with_token(session, token)
        if ring is None or key != BLOCK_KEY or not _may_block(session, hotline, ring):
            return HangUp()
        call = rings.call_of(session, ring)
        if call and not calls.has_step(session, call.id, "blocked"):
            call_limits.block_caller(session, hotline, call, ring.person_id, now)
        return HangUp((_word(session, hotline, ring, "block_done"),))


def _may_block(session: Session, hotline: Line, ring: Ring) -> bool:
    call = rings.call_of(session, ring)
    if call is None or ring.connected_at is None:
        return False
    return call_limits.may_be_blocked(session, hotline, call)


def join(hotline: Line, token: str) -> None:
    """The two hear each other from now on; what was said to either before is no talk."""
    now = hotline.clock()
    with hotline.database.transaction() as session:
        ring = rings.with_token(session, token)
        if ring and ring.state == rings.CONNECTED and not ring.reached:
            ring.reached, ring.connected_at = True, now


def _unanswered(session: Session, ring: Ring) -> Callback | None:
    """The callback that this ring is for, if its caller did not come to the phone."""
    if ring.purpose != rings.CALLBACK or ring.reached or ring.state != rings.CONNECTED:
        return None
    owed = callbacks.with_id(session, ring.callback_id or "")
    return owed if owed and owed.state == callbacks.CALLING and not ring.call_id else None


def _join_instead(
    session: Session, hotline: Line, ring: Ring, owed: Callback, call: calls.Call, now: datetime
) -> LegTurn:
    """The two called each other at once: they are joined on the caller's own call."""
    ring.call_id, ring.search, ring.reached = call.id, call.searches, True
    callback_promises.reached(session, owed, ring.person_id, now)
    _connect(session, ring, call, now)
    return _bridge(session, hotline, ring, call)


def _connect(session: Session, ring: Ring, call: calls.Call, now: datetime) -> None:
    call.state, call.answered_by = calls.CONNECTED, ring.person_id
    session.flush()  # the database allows one connected ring a call
    search.cancel(session, rings.of_call(session, call.id), now, but=ring.id)
    waited = int((now - (call.search_since or call.started_at)).total_seconds())
    calls.note(session, call.id, now, "accepted", person=ring.person_id, waited=waited)


def finish(session: Session, ring: Ring, now: datetime) -> None:
    """Close a connected ring once; the responder gets a moment before the next one."""
    if ring.state != rings.CONNECTED:
        return
    ring.move(rings.FINISHED, now)
    person = people.with_id(session, ring.person_id)
    if person and ring.purpose != rings.DICTATION:
        person.resting_until = now + WRAP_UP
    if ring.call_id:
        calls.note(session, ring.call_id, now, "talk over", person=ring.person_id)
    if ring.callback_id:
        callback_promises.after_attempt(session, ring, now)


def gate(hotline: Line, token: str, sid: str) -> LegTurn:
    """Whoever picks up a callback hears a neutral sentence and must press a key."""
    with hotline.database.transaction() as session:
        ring, owed = _callback_of(session, token)
        if ring is None or owed is None or ring.state != rings.CONNECTED:
            return HangUp()
        ring.gate_sid = sid
        hotline.editions.keep_up(session, hotline.clock())
        press = Words(owed.language, "callback_call.press_to_connect", (("key", ACCEPT_KEY),))
        return Gate((press,), token)


def open_gate(hotline: Line, token: str, key: str) -> LegTurn:
    """The key joins the two; without it nothing about the hotline was said."""
    now = hotline.clock()
    with hotline.database.transaction() as session:
        ring, owed = _callback_of(session, token)
        if ring is None or owed is None:
            return HangUp()
        if key != ACCEPT_KEY:
            neutral = (Words(owed.language, "callback_call.neutral_message"),)
            return HangUp(neutral if owed.may_leave_message else ())
        if not ring.reached:
            ring.reached = True
            callback_promises.reached(session, owed, ring.person_id, now)
            _ring_nobody_else(session, hotline, owed, ring, now)
        return Join()


def _ring_nobody_else(
    session: Session, hotline: Line, owed: callbacks.Callback, ring: Ring, now: datetime
) -> None:
    """Who called in while being called back is reached here: over there they only wait."""
    call = duplicate_caller.who_called_in(session, hotline, owed)
    if call and duplicate_caller.can_wait(ring, call):
        search.cancel(session, rings.of_call(session, call.id), now)
        about = {"callback": owed.id, "person": ring.person_id}
        calls.note(session, call.id, now, calls.REACHED_BY_CALLBACK, **about)


def _callback_of(session: Session, token: str) -> tuple[Ring | None, callbacks.Callback | None]:
    ring = rings.with_token(session, token)
    if ring is None or ring.callback_id is None:
        return ring, None
    return ring, callbacks.with_id(session, ring.callback_id)


def _remember_leg(ring: Ring, sid: str, now: datetime) -> None:
    """A callback with the token proves that the call was made, whatever the POST returned."""
    if ring.sid is None and sid:
        ring.sid = sid
    if ring.state in (rings.PENDING, rings.DIALLING):
        ring.move(rings.DIALLED, now)


def _too_late(session: Session, hotline: Line, ring: Ring) -> HangUp | None:
    call = rings.call_of(session, ring)
    if call and call.state == calls.ENDED:
        return HangUp((_word(session, hotline, ring, "caller_left"),))
    person = people.with_id(session, ring.person_id)
    may_serve = person is not None and (person.active or drill_runs.is_phone(person))
    if not (ring.is_open and may_serve):
        return HangUp((_word(session, hotline, ring, "taken"),))
    return None


def _accept(session: Session, hotline: Line, ring: Ring, now: datetime) -> LegTurn:
    if ring.purpose == rings.CALLBACK:
        return _accept_callback(session, hotline, ring, now)
    call = rings.call_of(session, ring)
    assert call is not None  # noqa: S101 - a ring for a caller names their call
    if call.state == calls.ENDED:
        ring.move(rings.CANCELLED, now)
        return HangUp((_word(session, hotline, ring, "caller_left"),))
    if ring.state == rings.CONNECTED:  # the same key, sent twice
        return _bridge(session, hotline, ring, call)
    is_with_another = call.ring_one not in (None, ring.id)
    goes = call.choice is not None  # on their way out of the queue, to a callback or a message
    if call.state != calls.WAITING or not ring.is_open or is_with_another or goes:
        ring.move(rings.TAKEN, now)
        return HangUp((_word(session, hotline, ring, "taken"),))
    ring.move(rings.CONNECTED, now)
    if ring.via != rings.BY_DIAL:
        call.ring_one = None
    reliability.rang(session, ring)
    _connect(session, ring, call, now)
    return _bridge(session, hotline, ring, call)


def _bridge(session: Session, hotline: Line, ring: Ring, call: calls.Call) -> LegTurn:
    if ring.via == rings.BY_DIAL:
        return Join()
    says = (_word(session, hotline, ring, "connecting"),)
    return Bridge(says, ring.token, call.id, ring.interpreter, call.language)


def _accept_callback(session: Session, hotline: Line, ring: Ring, now: datetime) -> LegTurn:
    owed = callbacks.with_id(session, ring.callback_id or "")
    taken = HangUp((_word(session, hotline, ring, "taken"),))
    if owed is None:
        return taken
    if ring.state != rings.CONNECTED:
        if owed.state != callbacks.WAITING or not ring.is_open:
            ring.move(rings.TAKEN, now)
            return taken
        ring.move(rings.CONNECTED, now)
        reliability.rang(session, ring)
        callback_promises.begin_attempt(session, owed, ring, now)
    number = callbacks.number_of(session, owed)
    says = (_word(session, hotline, ring, "calling_back"),)
    return CallOut(says, ring.token, number, CALLER_RING_SECONDS)


def _offer(session: Session, hotline: Line, ring: Ring, now: datetime, repeats: int) -> LegTurn:
    says: list[Said] = [
        *_about(session, hotline, ring, now),
        *([_word(session, hotline, ring, "interpreter")] if ring.interpreter else []),
        *([_word(session, hotline, ring, "silent")] if _is_silent(session, ring) else []),
        _word(session, hotline, ring, "accept", key=ACCEPT_KEY),
        _word(session, hotline, ring, "decline", key=DECLINE_KEY),
    ]
    return Offer(tuple(says), ring.token, repeats)


def _is_silent(session: Session, ring: Ring) -> bool:
    """A caller who never pressed a key may be hiding, or unable to speak."""
    call = rings.call_of(session, ring)
    return call is not None and not call.pressed


def _about(session: Session, hotline: Line, ring: Ring, now: datetime) -> list[Words]:
    """Language, need and waiting time: nothing by which anybody could know the caller."""
    if ring.callback_id:
        owed = callbacks.with_id(session, ring.callback_id)
        about = {"language": owed.language, "need": owed.need} if owed else {}
        return [
            _word(session, hotline, ring, "callback"),
            _word(session, hotline, ring, "details_callback", **about),
        ]
    call = rings.call_of(session, ring)
    assert call is not None  # noqa: S101 - a ring for no callback is for a call
    waited = max(0, int((now - (call.search_since or call.started_at)).total_seconds()))
    minutes, seconds = divmod(waited, 60)
    details = _word(
        session,
        hotline,
        ring,
        "details",
        language=call.language,
        need=call.need or UNKNOWN,
        minutes=str(minutes),
        seconds=str(seconds),
    )
    blocked = call.limited in (calls.BLOCKED, calls.BLOCKED_AGAIN)
    warning = [_word(session, hotline, ring, "blocked_caller")] if blocked else []
    return [_word(session, hotline, ring, "hotline"), *warning, details]


def _word(session: Session, hotline: Line, ring: Ring, name: str, **values: str) -> Words:
    return word(session, hotline, ring, f"offer.{name}", **values)


def _told(session: Session, hotline: Line, ring: Ring, now: datetime, state: str) -> None:
    """Note how a ring ended, and let the search go on at once."""
    if ring.call_id is None:
        return
    call = calls.with_id(session, ring.call_id)
    calls.note(session, call.id, now, "ring ended", person=ring.person_id, how=state)
    if call.state == calls.WAITING:
        search.advance(session, hotline, call, now)
