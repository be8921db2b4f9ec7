"""What an offer says: language, need and waiting time; nothing that identifies the caller."""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from ivr.dialogue.call_tree import ACCEPT_KEY, DECLINE_KEY
from ivr.dialogue.turn import Offer, Playback, Said, Words
from ivr.responders import staff_wording
from ivr.room import requests
from models.calls import calls, open_items, rings, spoken_names
from models.calls.callbacks import Callback
from models.calls.calls import BLOCKS, Call
from models.calls.rings import FOR_CALLERS, Ring, Via
from models.people import facilities
from models.people.facilities import Facility
from prompts.language_codes import OTHER
from routing.dispatch.policies import EXPECTED
from routing.dispatch.third_voices import RequestKind
from routing.needs import UNKNOWN


def word(unit: UnitOfWork, ring: Ring, name: str, /, **values: str) -> Words:
    """Words of an offer in the responder's language."""
    return staff_wording.word(unit, ring, f"offer.{name}", **values)


def offer_caller(unit: UnitOfWork, ring: Ring, call: Call, repeats: int) -> Offer:
    """Language and need of a waiting caller, and a warning about a blocked phone."""
    place = facilities.look(unit.session, call.facility) if call.facility else None
    case = _case(unit, ring, call)
    if place is not None:
        return _from_facility(unit, ring, call, place, case, repeats)
    about = word(
        unit, ring, "about", language=call.spoken, need=call.need or UNKNOWN, key=ACCEPT_KEY
    )
    details = [*case, *spoken_name(unit, call.id, call.spoken), _waited(unit, ring, call)]
    return _offer(unit, ring, [*warning(unit, ring, call), about], details, repeats)


def spoken_name(unit: UnitOfWork, call_id: str, language: str) -> list[Said]:
    """The name of their language in the caller's voice, while nobody has said which it is."""
    name = spoken_names.to_play(unit.session, call_id) if language == OTHER else None
    return [Playback(name)] if name else []


def _case(unit: UnitOfWork, ring: Ring, call: Call) -> list[Words]:
    """The open item of the case whose code was entered, or that this caller may belong to."""
    if call.case_of:
        item = open_items.look_of_call(unit.session, call.case_of)
        return [word(unit, ring, "case", item=str(item.number))] if item else []
    is_expected = ring.step == EXPECTED.name
    return [word(unit, ring, "expected")] if is_expected else []


def _from_facility(
    unit: UnitOfWork, ring: Ring, call: Call, place: Facility, case: list[Words], repeats: int
) -> Offer:
    """Which facility calls, and what it does with the call."""
    language = word(unit, ring, "language", language=call.language)
    details = [language if call.could_choose_language else word(unit, ring, "no_language")]
    if place.recorded:
        details.append(word(unit, ring, "line_recorded"))
    if place.limit_minutes:
        details.append(word(unit, ring, "line_limited", minutes=str(place.limit_minutes)))
    about = word(unit, ring, "from_facility", name=place.label, key=ACCEPT_KEY)
    return _offer(unit, ring, [about], [*case, *details, _waited(unit, ring, call)], repeats)


def warning(unit: UnitOfWork, ring: Ring, call: Call | None) -> list[Words]:
    """A warning if the caller's phone is blocked."""
    is_blocked = call is not None and call.limited in BLOCKS
    return [word(unit, ring, "blocked_caller")] if is_blocked else []


def offer_callback(unit: UnitOfWork, ring: Ring, owed: Callback, repeats: int) -> Offer:
    """That a callback is due, with its language and need."""
    about = word(
        unit, ring, "about_callback", language=owed.language, need=owed.need, key=ACCEPT_KEY
    )
    details = spoken_name(unit, owed.call_id, owed.language)
    return _offer(unit, ring, [about], details, repeats)


def _offer(
    unit: UnitOfWork, ring: Ring, about: list[Words], details: list[Said], repeats: int
) -> Offer:
    """The key that accepts within four seconds; the details follow while it is awaited."""
    says: list[Said] = [
        *about,
        *([_about_interpreter(unit, ring)] if ring.interpreter else []),
        *([word(unit, ring, "silent")] if _is_silent(unit, ring) else []),
        *details,
        word(unit, ring, "decline", key=DECLINE_KEY),
    ]
    return Offer(tuple(says), ring.token, repeats)


_TO_JOIN = {
    RequestKind.INTERPRETER: "guest.wanted_interpreter",
    RequestKind.ATTORNEY: "guest.wanted_attorney",
    RequestKind.COORDINATOR: "guest.wanted_coordinator",
}


def to_join(unit: UnitOfWork, ring: Ring, kind: RequestKind, call: Call, repeats: int) -> Offer:
    """The offer to join a talk, short to the key: the need follows it."""
    says: tuple[Said, ...] = (
        staff_wording.word(unit, ring, _TO_JOIN[kind], language=call.spoken),
        word(unit, ring, "accept", key=ACCEPT_KEY),
        *spoken_name(unit, call.id, call.spoken),
        staff_wording.word(unit, ring, "guest.need", need=call.need or UNKNOWN),
        word(unit, ring, "decline", key=DECLINE_KEY),
    )
    return Offer(says, ring.token, repeats)


def _about_interpreter(unit: UnitOfWork, ring: Ring) -> Words:
    """That an interpreter is called too, if one can be."""
    call = calls.look(unit.session, rings.call_id_of(unit.session, ring) or "")
    is_for_room = ring.purpose in FOR_CALLERS and ring.via != Via.DIAL
    if is_for_room and call is not None and requests.can_interpret(unit, call):
        return staff_wording.word(unit, ring, "guest.interpreter_called")
    return word(unit, ring, "interpreter")


def _is_silent(unit: UnitOfWork, ring: Ring) -> bool:
    """Whether the caller never pressed a key: they may be hiding or unable to speak."""
    call = rings.call_of(unit.session, ring)
    return call is not None and call.is_silent


def _waited(unit: UnitOfWork, ring: Ring, call: Call) -> Words:
    waited = max(0, int((unit.now - (call.search_since or call.started_at)).total_seconds()))
    minutes, seconds = divmod(waited, 60)
    return word(unit, ring, "waiting", minutes=str(minutes), seconds=str(seconds))
