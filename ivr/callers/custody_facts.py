"""Facts about a caller who is held: the facility's voice, and their languages."""

from __future__ import annotations

from dataclasses import replace

from ivr.core.context import UnitOfWork
from ivr.dialogue.facts import Acceptance, Caller
from ivr.dialogue.places import FacilityVoice, Place
from ivr.search import call_again
from models.calls.calls import Call
from models.people import facilities


def know(unit: UnitOfWork, call: Call, place: Place | None, caller: Caller) -> Caller:
    """The same caller with these facts."""
    is_asked = isinstance(place, FacilityVoice)
    return replace(
        caller,
        also_hears=caller.also_hears or call_again.may_speak_too(unit, call),
        acceptance=_acceptance(unit, call) if is_asked else caller.acceptance,
    )


def _acceptance(unit: UnitOfWork, call: Call) -> Acceptance:
    facility = facilities.look(unit.session, call.facility or "")
    if facility is None:
        return Acceptance()
    return Acceptance(facility.accept_digits, facility.wait_seconds, facility.recorded)
