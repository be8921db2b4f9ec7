"""A call is closed once, with the outcome that the rows show; everybody else is released."""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.room import requests, seats
from ivr.search import callback_promises, pursued_items, search
from ivr.search.rounds import LEG_LINGERS
from models.calls import calls, outbox, rings, voicemails
from models.calls.calls import Call, CallState
from models.calls.outbox import TaskKind
from models.calls.rings import Purpose, RingState
from models.core.database import Session

AT_ONCE = timedelta(seconds=2)
"""Two legs that end this close to each other were cut off together, or both said goodbye."""
SHORTEST_TALK = timedelta(seconds=10)
"""In a shorter talk nobody can have been helped and have said goodbye."""


def close_if_open(session: Session, call: Call, now: datetime) -> None:
    """Close a call that the carrier reports as ended."""
    if call.state != CallState.ENDED:
        close(session, call, now)


def close(session: Session, call: Call, now: datetime) -> None:
    """Close a call once; the outcome follows from the rows."""
    cut_off, was_answered = _is_cut_off(session, call), not call.is_unanswered
    if call.state == CallState.WAITING:  # the caller never returned from the line of the talk
        call.answered_by = call.answered_by or calls.reached_by_callback(session, call.id)
    _keep_half_made_request(session, call, now)
    call.outcome = _outcome(session, call)
    heard_at = call.heard_at
    call.state, call.ended_at, call.heard_at = CallState.ENDED, now, now
    calls.note(session, call.id, now, "ended", outcome=call.outcome, place=call.place)
    requests.withdraw_all(session, call, now)
    if was_answered:  # else the callback is still owed
        pursued_items.call_ended(session, call, heard_at, now, cut_off=cut_off)
        pursued_items.attorney_did_not_come(session, call, now)
        look_for_double_drop(session, call)
    made = [each for each in rings.of_call(session, call.id) if each.purpose != Purpose.PURSUIT]
    connected = next((ring for ring in made if ring.state == RingState.CONNECTED), None)
    search.cancel(session, made, now, but=connected.id if connected else None)
    seats.close(session, call, now)
    if connected and connected.sid and was_answered:
        outbox.carrier_task(session, TaskKind.HANG_UP, connected.sid, now + LEG_LINGERS)


def look_for_double_drop(session: Session, call: Call) -> None:
    """Ask when the caller's leg ends and when the responder's does: either may be the last."""
    talks = [ring for ring in rings.of_call(session, call.id) if ring.connected_at]
    last = max(talks, key=lambda ring: ring.connected_at or ring.created_at, default=None)
    if call.is_unanswered:
        return
    if last and last.connected_at and last.leg_over_at and call.ended_at:
        first, second = sorted((last.leg_over_at, call.ended_at))
        is_at_once = second - first <= AT_ONCE
        if is_at_once and first - last.connected_at < SHORTEST_TALK:
            pursued_items.dropped_together(session, call, second)


def _is_cut_off(session: Session, call: Call) -> bool:
    """Whether the caller talked with somebody, was searched for again, and reached nobody else."""
    is_alone = call.state in (CallState.WAITING, CallState.TALKING)
    if call.answered_by is None or not is_alone:
        return False
    made = rings.of_call(session, call.id)
    return not any(ring.connected_at and ring.search == call.searches for ring in made)


def _keep_half_made_request(session: Session, call: Call, now: datetime) -> None:
    """A caller who asked for a callback and hung up too early still gets the callback."""
    if call.asked_for_callback and not call.promised and call.answered_by is None:
        callback_promises.promise(session, call, now, confirmed=False)


def _outcome(session: Session, call: Call) -> str:
    if call.answered_by:
        return "person"
    if call.promised:
        return "callback"
    left = voicemails.of_call(session, call.id)
    if any(message.state in voicemails.LEFT_SOMETHING for message in left):
        return "message"
    return "informed" if call.informed else "left"
