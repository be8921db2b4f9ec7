"""After a talk: one key of the responder says what came of it, and a text has the call's page.

docs/decisions/0038-after-a-talk.md gives the reasons.
"""

from __future__ import annotations

from typing import assert_never

from ivr.core.context import UnitOfWork
from ivr.dialogue.call_tree import WrapUpKey
from ivr.dialogue.turn import AfterTalk, HangUp, LegTurn, Words
from ivr.responders.staff_wording import word
from ivr.search import call_limits, callback_promises
from models.calls import calls, outbox, rings
from models.calls.calls import Call
from models.calls.rings import Ring
from models.casework import wrap_ups
from models.casework.wrap_ups import Result
from models.people import people
from models.people.people import Person
from models.staff import users
from routing import needs
from routing.needs import UNKNOWN

_CHOICES = {
    WrapUpKey.DONE: ("wrap_up.done", Result.DONE),
    WrapUpKey.CALL_BACK: ("wrap_up.call_back", Result.CALL_BACK),
    WrapUpKey.REFER: ("wrap_up.refer", Result.REFERRED),
    WrapUpKey.ABUSIVE: ("wrap_up.abusive", Result.ABUSIVE),
}
"""For each key, the words that offer it and the result that it gives."""
_NO_NUMBER = "wrap_up.no_number"


def begin(unit: UnitOfWork, ring: Ring) -> None:
    """The talk of this ring is over: the responder rests, and gets a text with the call's page.

    The text goes to those who take texts and can sign in to the console.
    """
    call, person = _call_of(unit, ring), people.with_id(unit.session, ring.person_id)
    if call is None or person is None:
        return
    limits, is_emergency = unit.app.limits, needs.of(call.need).is_emergency
    person.resting_until = unit.now + (limits.rest_after_emergency if is_emergency else limits.rest)
    if _opens_page(unit, person):
        values = {
            "language": call.spoken,
            "need": call.need or UNKNOWN,
            "address": unit.app.site.page_of_call(call.id),
        }
        about = f"wrap_up:{ring.id}"
        outbox.text(unit.session, person.id, about, "texts.wrap_up", values, unit.now)


def question(unit: UnitOfWork, ring: Ring) -> LegTurn:
    """What the responder hears when their talk is over: what came of it, by one key."""
    over = word(unit, ring, "offer.over")
    call = _call_of(unit, ring)
    return HangUp((over,)) if call is None else _ask(unit, ring, call, over)


def answer(unit: UnitOfWork, ring: Ring, key: str, repeats: int) -> LegTurn:
    """Note what the key says; a wrong key or silence is asked once more, then the leg ends.

    `repeats` is how often the question was asked again. The same key sent twice acts once.
    """
    call = _call_of(unit, ring)
    if call is None:
        return HangUp()
    chosen = next((each for each in _offered(unit, ring, call) if each == key), None)
    if chosen is not None:
        return HangUp((word(unit, ring, _note(unit, ring, call, chosen)),))
    why = (word(unit, ring, _NO_NUMBER),) if key == WrapUpKey.CALL_BACK else ()
    return HangUp(why) if repeats else _ask(unit, ring, call, *why, is_repeated=True)


def _opens_page(unit: UnitOfWork, person: Person) -> bool:
    user = users.of_person(unit.session, person.id)
    return person.takes_texts and user is not None and user.can_sign_in


def _ask(
    unit: UnitOfWork, ring: Ring, call: Call, *first: Words, is_repeated: bool = False
) -> AfterTalk:
    keys = (word(unit, ring, _CHOICES[key][0], key=key) for key in _offered(unit, ring, call))
    return AfterTalk((*first, *keys), ring.token, is_repeated=is_repeated)


def _offered(unit: UnitOfWork, ring: Ring, call: Call) -> list[WrapUpKey]:
    """The keys that can be kept: nobody is called back, or blocked, without a number."""
    kept = {
        WrapUpKey.CALL_BACK: callback_promises.has_number(call),
        WrapUpKey.ABUSIVE: ring.call_id == call.id and call_limits.may_be_blocked(unit, call),
    }
    return [key for key in WrapUpKey if kept.get(key, True)]


def _note(unit: UnitOfWork, ring: Ring, call: Call, key: WrapUpKey) -> str:
    """Store the result of the talk, act on it, and return the name of the reply."""
    result = _CHOICES[key][1]
    talked_at = ring.connected_at or ring.created_at
    is_new = wrap_ups.after_talk(unit.session, call.id, result, ring.person_id, talked_at)
    if is_new:
        facts = {"person": ring.person_id, "result": result}
        calls.note(unit.session, call.id, unit.now, "wrapped up", **facts)
    match key:
        case WrapUpKey.DONE:
            return "wrap_up.noted"
        case WrapUpKey.CALL_BACK:
            is_owed = not is_new or bool(
                callback_promises.owe_and_pursue(unit.session, call, unit.now)
            )
            return "wrap_up.will_call" if is_owed else _NO_NUMBER
        case WrapUpKey.REFER:
            person = people.with_id(unit.session, ring.person_id)
            is_texted = person is not None and _opens_page(unit, person)
            return "wrap_up.refer_by_text" if is_texted else "wrap_up.refer_later"
        case WrapUpKey.ABUSIVE:
            if is_new:
                call_limits.block_caller(unit, call, ring.person_id)
            return "wrap_up.noted"
        case _:
            assert_never(key)


def _call_of(unit: UnitOfWork, ring: Ring) -> Call | None:
    """The call of this ring, read without a lock; for a callback, the one that asked for it."""
    if not ring.is_a_talk:
        return None
    about = calls.look(unit.session, rings.call_id_of(unit.session, ring) or "")
    return about and (calls.look(unit.session, about.case_id) or about)
