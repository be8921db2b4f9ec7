"""Answers other than a key: a recording, a ring that ended, a ZIP code."""

from __future__ import annotations

from dataclasses import replace

from ivr.callers import voicemail
from ivr.core.context import UnitOfWork
from ivr.dialogue import phone_numbers
from ivr.dialogue.facts import Heard
from ivr.dialogue.places import AskForCode, AskForZip, Place, SayLanguage
from ivr.offers import talks
from ivr.search import call_again
from models.calls import calls, spoken_names, voicemails
from models.calls.calls import Call
from models.people import people
from routing.dispatch.boroughs import borough_of
from routing.dispatch.offices import nearest


def take_in(unit: UnitOfWork, call: Call, place: Place | None, heard: Heard) -> Heard:
    """Note that the caller answered. Returns the answer with the offices for a ZIP code."""
    call.heard_at = unit.now
    call.pressed = call.pressed or bool(heard.keys)
    take_in_recording(unit, call, place, heard)
    if heard.dial_ended:
        talks.end_ring_one(unit, call, heard.dial_ended)
    if isinstance(place, AskForCode) and heard.keys:
        return replace(heard, case=call_again.case_of(unit, call, heard.keys))
    if isinstance(place, AskForZip):
        return replace(heard, offices=_offices(unit, heard.keys))
    return heard


def take_in_recording(unit: UnitOfWork, call: Call, place: Place | None, heard: Heard) -> None:
    """The carrier made a recording after the tone, or none."""
    if heard.recorded_seconds is None:
        return
    if isinstance(place, SayLanguage):
        name = spoken_names.of_call(unit.session, call.id)
        if name is not None:
            recording = heard.recording_sid or ""
            spoken_names.announced(unit.session, name, recording, heard.recorded_seconds, unit.now)
        return
    parts = voicemails.of_call(unit.session, call.id)
    if not parts:
        return
    sid, seconds = heard.recording_sid, heard.recorded_seconds
    if sid:
        voicemail.announced(unit.session, parts[-1], sid, seconds, unit.now)
    else:
        voicemail.nothing(parts[-1], unit.now)


def note(unit: UnitOfWork, call: Call, at: str, place: Place | None, heard: Heard) -> None:
    """Write the step: one menu key or the count of keys; never a number, a PIN or a ZIP code."""
    key = heard.keys if len(heard.keys) <= 1 else f"{len(heard.keys)} keys"
    named = at if place else "a place that is gone"
    calls.note(unit.session, call.id, unit.now, "heard", place=named, key=key)
    if isinstance(place, AskForZip) and phone_numbers.is_zip(heard.keys):
        borough = borough_of(heard.keys)
        calls.note(unit.session, call.id, unit.now, calls.LOOKED_FOR_OFFICE, borough=borough)


def _offices(unit: UnitOfWork, keys: str) -> tuple[str, ...]:
    if not phone_numbers.is_zip(keys):
        return ()
    return tuple(partner.id for partner in nearest(people.partners(unit.session), keys))
