"""Words about a call and its open item that several pages use."""

from __future__ import annotations

from collections.abc import Mapping

from console.base.i18n import later, say
from models.calls import call_log
from models.calls.calls import RESCUER
from models.calls.open_items import ItemKind
from models.casework.wrap_ups import Result
from routing.reporting.intakes import Form
from routing.reporting.service import Fate

OUTCOMES = {
    "person": later("reached a person"),
    "callback": later("callback promised"),
    "message": later("message left"),
    "informed": later("heard information"),
    call_log.MISSED: later("missed: left without a message or a callback"),
    call_log.RUNNING: later("on the line now"),
}


FATES = {
    Fate.ANSWERED.value: later("answered"),
    Fate.DEFERRED.value: later("callback or message"),
    Fate.ABANDONED.value: later("left while waiting"),
}
"""Callers who asked for a person, as the reports count them."""


RESULTS = {
    Result.DONE: later("everything is done"),
    Result.CALL_BACK: later("to be called back"),
    Result.REFERRED: later("referred to a partner"),
    Result.NOT_HELPED: later("the hotline could not help"),
    Result.ABUSIVE: later("abusive call"),
}
"""What came of a talk."""


INTAKE_FORMS = {
    Form.LEGALSERVER: later("Table for LegalServer"),
    Form.CLIO: later("Table for Clio (contact)"),
    Form.JSON: later("JSON"),
}
ITEM_KINDS = {
    ItemKind.CALLBACK: later("callback"),
    ItemKind.MESSAGE: later("message"),
    ItemKind.MISSED_EMERGENCY: later("missed emergency"),
    ItemKind.SILENT_CALLER: later("silent caller"),
    ItemKind.ATTORNEY_NEEDED: later("attorney needed"),
    ItemKind.DROPPED_TALK: later("dropped talk"),
    ItemKind.CALL_AGAIN: later("calls again"),
}
ITEM_LEVELS = (
    later("on duty"),
    later("on duty, with an interpreter"),
    later("backup and coordinators on duty"),
    later("off duty"),
    later("directors"),
    later("the sister line"),
)
"""By the number of the level in `routing/dispatch/pursuit.py`."""


def name_of(person_id: str | None, names: Mapping[str, str]) -> str:
    """Who it was, as far as they are still known."""
    if person_id == RESCUER:
        return say("the rescue number")
    return names.get(person_id or "", say("somebody who is no longer known"))
