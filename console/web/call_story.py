"""A call as a story: the places it came to, the keys by name, who was rung, how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.base import i18n
from console.base.i18n import later, say
from console.web import call_words
from console.web.place_words import option_name, place_name
from ivr.core.context import AppContext
from ivr.dialogue.call_tree import PERSON_KEY, REPEAT_KEY
from ivr.dialogue.places import (
    AskForCode,
    AskForNumber,
    AskForPin,
    AskForZip,
    ChooseNumber,
    LanguageMenu,
    Menu,
    Option,
    Place,
)
from models.calls.calls import Step
from models.calls.rings import Purpose, Ring, RingState

RING_ENDS = {
    RingState.PENDING: later("about to be rung"),
    RingState.DIALLING: later("about to be rung"),
    RingState.DIALLED: later("the phone rings"),
    RingState.ANSWERED: later("hears the offer"),
    RingState.CONNECTED: later("is talking"),
    RingState.FINISHED: later("accepted"),
    RingState.DECLINED: later("declined"),
    RingState.NO_ANSWER: later("did not answer"),
    RingState.BUSY: later("was busy"),
    RingState.FAILED: later("the phone could not be rung"),
    RingState.NO_KEY: later("picked up and pressed no key"),
    RingState.TAKEN: later("somebody else was faster"),
    RingState.CANCELLED: later("stopped: no longer needed"),
}
_STEPS = {
    "called": later("The call came in"),
    "called from a facility": later("It came from the phone of a place of detention"),
    "window promised": later("Was told when to call again; %(person)s expects the call"),
    "window met": later("%(person)s took a call from detention in the window"),
    "window missed": later("The window is over, and %(person)s had no call from detention"),
    "case joined": later("The caller entered the code of a case from detention"),
    "case code used": later("Somebody called with the code of this case"),
    "recovered": later("This call was reported late: it came in while the hotline was down"),
    "not remembered in time": later("One step of this call could not be recorded in time"),
    "unknown line": later("It came to a number that is not in our settings"),
    "searching": later("The search for a person began"),
    "unanswered": later("Nobody accepted"),
    "talk over": later("The talk with %(person)s ended"),
    "rescued": later("Connected by the rescue number"),
    "callback promised": later("A callback was promised"),
    "callback joined": later("Linked to a callback that was already open"),
    "calling back": later("%(person)s called back"),
    "callback reached": later("The callback reached the caller, with %(person)s"),
    "callback not reached": later("The callback did not reach the caller"),
    "callback refused": later("The phone company refused to connect the callback"),
    "callback handed over": later("Coordinators were notified about the callback"),
    "answered by callback": later("The callback reached the caller, who was on the line as well"),
    "message started": later("The tone for a message"),
    "message kept": later("The message was saved"),
    "message lapsed": later("The message was erased unheard: its time was up"),
    "item opened": later("The caller still needs a person: an open item"),
    "item taken": later("The open item has an owner"),
    "item texted": later("The open item is due soon: people got a text"),
    "item handed over": later("The owner asks another person to take the open item"),
    "item closed by hand": later("A person closes the open item by phone or by text"),
    "item lapsed": later("The owner did nothing for too long: others are rung"),
    "item closed": later("The open item is closed"),
    "rights texted": later("%(person)s sent the caller their rights by text"),
    "rights asked for by text": later("The caller asked for their rights by text"),
    "third voice asked for": later("Asked for somebody to join the talk"),
    "third voice joined": later("%(person)s joined the talk"),
    "third voice left": later("%(person)s left the talk"),
    "third voice not reached": later("Nobody could be reached to join the talk"),
    "callback by hand": later("A person decided to call the caller back"),
    "taken by hand": later("%(person)s has their own phone rung for the caller"),
    "language set": later("Somebody noted what the caller speaks"),
    "wrapped up": later("%(person)s noted what came of it"),
    "blocked": later("%(person)s sent this caller to the message box for a day"),
}
_TOLD_OTHERWISE = ("round", "ring ended", "item pursued", "ended", "accepted", "at", "heard",
                   "chose a language")  # fmt: skip
"""These are told by the rings themselves, or need more than one word."""


@dataclass(frozen=True)
class Event:
    """One line of the story."""

    at: datetime
    kind: str
    """place, key, ring, step or end: how it is drawn."""
    words: str
    more: str = ""


@dataclass(frozen=True)
class Material:
    """What a story is made of."""

    steps: Iterable[Step]
    rings: Iterable[Ring]
    names: Mapping[str, str]
    """Of people, by id."""


def of(app: AppContext, material: Material) -> list[Event]:
    """The story in order of time; digits that were keyed in are never part of it."""
    told = [event for step in material.steps for event in _step(app, step, material.names)]
    told += [_ring(ring, material.names) for ring in material.rings]
    return sorted(told, key=lambda event: event.at)


def _step(app: AppContext, step: Step, names: Mapping[str, str]) -> list[Event]:
    match step.what:
        case "at":
            return [Event(step.at, "place", place_name(step.detail["place"]))]
        case "heard":
            pressed = _pressed(app, step.detail["place"], step.detail["key"])
            return [Event(step.at, "key", pressed)] if pressed else []
        case "accepted":
            who, waited = _person(step.detail, names), i18n.duration(step.detail["waited"])
            taken = say("%(person)s took the call after %(waited)s of waiting",
                        person=who, waited=waited)  # fmt: skip
            return [Event(step.at, "step", taken)]
        case "ended":
            outcome = step.detail["outcome"]
            return [Event(step.at, "end", say("The call ended"), say(call_words.OUTCOMES[outcome]))]
        case what if what in _TOLD_OTHERWISE:
            return []
        case what:
            said = say(_STEPS[what], person=_person(step.detail, names)) if what in _STEPS else what
            return [Event(step.at, "step", said)]


def _person(detail: Mapping[str, Any], names: Mapping[str, str]) -> str:
    return call_words.name_of(detail.get("person"), names)


def _ring(ring: Ring, names: Mapping[str, str]) -> Event:
    rung = say("Rang %(person)s", person=call_words.name_of(ring.person_id, names))
    if ring.purpose == Purpose.CALLBACK:
        rung = say(
            "For the callback: rang %(person)s", person=call_words.name_of(ring.person_id, names)
        )
    if ring.purpose == Purpose.PURSUIT:
        rung = say(
            "For the open item: rang %(person)s", person=call_words.name_of(ring.person_id, names)
        )
    if ring.purpose == Purpose.GUEST:
        rung = say(
            "To join the talk: rang %(person)s", person=call_words.name_of(ring.person_id, names)
        )
    over = ring.connected_at or ring.ended_at
    lasted = f"{i18n.duration(over - ring.created_at)} · " if over else ""
    return Event(ring.created_at, "ring", rung, lasted + say(RING_ENDS[ring.state]))


def _pressed(app: AppContext, place: str, key: str) -> str | None:
    """What was pressed, by name; None where nothing was asked, so silence is no answer."""
    asked = app.script.tree.place(place)
    match asked:
        case AskForCode() | AskForNumber() | AskForPin() | AskForZip():
            return say("Entered digits") if key not in ("", PERSON_KEY, REPEAT_KEY) else None
        case LanguageMenu() | Menu() | ChooseNumber() if not key:
            return say("Pressed nothing")
    if not key:
        return None
    if len(key) > 1:
        return say("Pressed several keys")
    name = _key_name(app, asked, key)
    return say("Pressed %(key)s - %(name)s", key=key, name=name or say("not one of the choices"))


def _key_name(app: AppContext, place: Place | None, key: str) -> str | None:
    if isinstance(place, LanguageMenu):
        language = app.script.chosen(place.page, key)
        if language:
            return i18n.language_name(app, language)
        if key == place.more:
            return say("more languages")
        if key == place.other:
            return say("another language")
    found = next((option for option in _options_of(place) if option.key == key), None)
    if found:
        return option_name(found.words)
    return {PERSON_KEY: say("a person"), REPEAT_KEY: say("hear it again")}.get(key)


def _options_of(place: Place | None) -> tuple[Option, ...]:
    """The keys that a place of the tree offers."""
    match place:
        case Menu(options=options, unspoken=unspoken):
            return (*options, *unspoken)
        case ChooseNumber(this_number=this, other_number=other):
            return (this, other)
        case _:
            return ()
