"""What an offer says: language, need and waiting time; nothing that identifies the caller."""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from ivr.dialogue.call_tree import ACCEPT_KEY, DECLINE_KEY
from ivr.dialogue.turn import Offer, Said, Words
from ivr.responders import staff_wording
from ivr.room import requests
from models.calls import callbacks, rings
from models.calls.calls import Call, Limited
from models.calls.rings import Purpose, Ring, Via
from routing.needs import UNKNOWN


def word(unit: UnitOfWork, ring: Ring, name: str, **values: str) -> Words:
    """Words of an offer in the responder's language."""
    return staff_wording.word(unit, ring, f"offer.{name}", **values)


def offer(unit: UnitOfWork, ring: Ring, about: list[Words], repeats: int) -> Offer:
    """The offer with its two keys."""
    says: list[Said] = [
        *about,
        *([_about_interpreter(unit, ring)] if ring.interpreter else []),
        *([word(unit, ring, "silent")] if _is_silent(unit, ring) else []),
        word(unit, ring, "accept", key=ACCEPT_KEY),
        word(unit, ring, "decline", key=DECLINE_KEY),
    ]
    return Offer(tuple(says), ring.token, repeats)


def _about_interpreter(unit: UnitOfWork, ring: Ring) -> Words:
    """That an interpreter is called too, if one can be."""
    call = rings.call_of(unit.session, ring)
    is_for_room = ring.purpose == Purpose.CALLER and ring.via != Via.DIAL
    if is_for_room and call is not None and requests.can_interpret(unit, call):
        return staff_wording.word(unit, ring, "guest.interpreter_called")
    return word(unit, ring, "interpreter")


def _is_silent(unit: UnitOfWork, ring: Ring) -> bool:
    """Whether the caller never pressed a key: they may be hiding or unable to speak."""
    call = rings.call_of(unit.session, ring)
    return call is not None and not call.pressed


def about_callback(unit: UnitOfWork, ring: Ring) -> list[Words]:
    """That a callback is due, and the caller's need."""
    owed = callbacks.with_id(unit.session, ring.callback_id or "")
    about = {"language": owed.language, "need": owed.need} if owed else {}
    return [word(unit, ring, "callback"), word(unit, ring, "details_callback", **about)]


def about_caller(unit: UnitOfWork, ring: Ring, call: Call) -> list[Words]:
    """Who waits and for how long, and a warning about a blocked phone."""
    waited = max(0, int((unit.now - (call.search_since or call.started_at)).total_seconds()))
    minutes, seconds = divmod(waited, 60)
    lasted = {"minutes": str(minutes), "seconds": str(seconds)}
    need = call.need or UNKNOWN
    details = word(unit, ring, "details", language=call.language, need=need, **lasted)
    blocked = call.limited in (Limited.BLOCKED, Limited.BLOCKED_AGAIN)
    warning = [word(unit, ring, "blocked_caller")] if blocked else []
    return [word(unit, ring, "hotline"), *warning, details]
