"""What a responder asks for in the star menu: an interpreter, an attorney, a coordinator."""

from __future__ import annotations

from typing import Literal

from ivr.core.context import UnitOfWork
from ivr.dialogue.turn import Words
from ivr.responders import staff_wording
from models.calls import rings
from models.calls.rooms import Room, Seat

Kind = Literal["interpreter", "attorney", "coordinator"]


def ask(unit: UnitOfWork, room: Room, seat: Seat, kind: Kind) -> Words:
    """Ask for a third person. Returns the sentence for the responder."""
    ring = rings.look(unit.session, seat.ring_id or "")
    assert ring is not None  # noqa: S101 - a responder's seat has a ring
    return staff_wording.word(unit, ring, f"guest.no_{kind}")
