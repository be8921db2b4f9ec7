"""Words about a call that several pages use: how it ended, and who answered it."""

from __future__ import annotations

from collections.abc import Mapping

from console.base.i18n import later, say
from models.calls import call_log
from models.calls.calls import RESCUER
from models.casework.wrap_ups import Result

OUTCOMES = {
    "person": later("reached a person"),
    "callback": later("callback promised"),
    "message": later("message left"),
    "informed": later("heard information"),
    call_log.MISSED: later("missed: left without a message or a callback"),
    call_log.RUNNING: later("on the line now"),
}


RESULTS = {
    Result.DONE: later("everything is done"),
    Result.CALL_BACK: later("to be called back"),
    Result.REFERRED: later("referred to a partner"),
    Result.NOT_HELPED: later("the hotline could not help"),
    Result.ABUSIVE: later("abusive call"),
}
"""What came of a talk."""


def name_of(person_id: str | None, names: Mapping[str, str]) -> str:
    """Who it was, as far as they are still known."""
    if person_id == RESCUER:
        return say("the rescue number")
    return names.get(person_id or "", say("somebody who is no longer known"))
