"""The rights by text, which a responder sends after the caller said that it is safe."""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from ivr.dialogue.turn import Words
from ivr.responders import staff_wording
from models.calls import rings
from models.calls.rooms import Room, Seat


def send(unit: UnitOfWork, room: Room, seat: Seat) -> Words:
    """Write the text. Returns the sentence for the responder."""
    ring = rings.look(unit.session, seat.ring_id or "")
    assert ring is not None  # noqa: S101 - a responder's seat has a ring
    return staff_wording.word(unit, ring, "guest.cannot_text")
