"""A phone that we ring: what it hears, what its key does, and how the leg ends."""

from __future__ import annotations

from ivr.core.context import AppContext, UnitOfWork
from ivr.dialogue.turn import HangUp, LegTurn, Words
from ivr.offers import called_back, purposes, taking, wrap_up
from ivr.responders import reliability
from ivr.room import exits
from models.calls import outbox, rings, tombstones
from models.calls.outbox import TaskKind
from models.calls.rings import Purpose, Ring, RingState

REFUSED = "refused"
"""Our own status for a leg that the carrier never made; others are the carrier's."""
_UNANSWERED = {
    REFUSED: RingState.FAILED,
    "busy": RingState.BUSY,
    "no-answer": RingState.NO_ANSWER,
    "failed": RingState.FAILED,
    "canceled": RingState.CANCELLED,
}
_ALIVE = ("queued", "initiated", "ringing", "in-progress", "answered")
_OVER = HangUp((Words("en", "offer.taken"),))


def offer(app: AppContext, token: str, sid: str) -> LegTurn:
    """What a phone hears when it is picked up, until a key is pressed."""
    with app.transaction() as unit:
        ring = rings.with_token(unit.session, token)
        if ring is None:
            return _OVER
        ring.know_leg(sid, unit.now)
        return purposes.of(ring).pick_up(unit, ring)


def answer(app: AppContext, token: str, key: str, repeats: int) -> LegTurn:
    """What follows after a key, or after no key."""
    with app.transaction() as unit:
        ring = rings.with_token(unit.session, token)
        return purposes.of(ring).answer(unit, ring, key, repeats) if ring else _OVER


def hear_status(app: AppContext, token: str, status: str, sid: str) -> None:
    """Take in news about a leg. It may be late, repeated, reordered or lost."""
    if status in _ALIVE and _is_known(app, token, sid):
        return
    with app.transaction() as unit:
        ring = rings.with_token(unit.session, token)
        if ring is None or (not ring.is_open and ring.sid != sid):
            if status in _ALIVE and sid and not tombstones.covers(unit.session, sid):
                outbox.carrier_task(unit.session, TaskKind.HANG_UP, sid, unit.now)
            return
        if status in _ALIVE:
            ring.know_leg(sid, unit.now)
        else:
            end_leg(unit, ring, status)


def _is_known(app: AppContext, token: str, sid: str) -> bool:
    """Whether the leg is already known: most news says only "still ringing" and needs no lock."""
    with app.database.reading() as session:
        return rings.is_leg(session, token, sid)


def end_leg(unit: UnitOfWork, ring: Ring, status: str) -> None:
    """The responder's leg is over; `status` is the carrier's word or REFUSED."""
    ring.leg_over_at = ring.leg_over_at or unit.now
    if ring.state in (RingState.CONNECTED, RingState.FINISHED):
        taking.finish(unit, ring)
        exits.leg_ended(unit, ring)
        if ring.purpose == Purpose.CALLED:
            called_back.left(unit, ring)
        return
    if status == "completed":
        state = RingState.NO_KEY if ring.state == RingState.ANSWERED else RingState.NO_ANSWER
    else:
        state = _UNANSWERED.get(status, RingState.NO_ANSWER)
    counts_for_the_phone = ring.purpose not in rings.FOR_NOBODY_ELSE
    # the carrier may repeat this news
    if status == "failed" and ring.is_open and counts_for_the_phone:
        reliability.could_not_be_rung(unit.session, ring.person_id, unit.now)
    purposes.of(ring).end(unit, ring, state)


def withdraw(unit: UnitOfWork, ring: Ring) -> None:
    """Drop a ring that is not wanted and was never dialled."""
    purposes.of(ring).withdraw(unit, ring)


def after_talk(app: AppContext, token: str, key: str, repeats: int) -> LegTurn:
    """A key says what came of the talk; `repeats` is how often the question was asked again."""
    with app.transaction() as unit:
        ring = rings.with_token(unit.session, token)
        return wrap_up.answer(unit, ring, key, repeats) if ring else HangUp()
