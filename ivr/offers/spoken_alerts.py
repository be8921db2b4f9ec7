"""A ring for alerts: what cannot be texted to a coordinator is spoken, and key 1 confirms it.

An alert stays in the outbox until it was heard. It holds no name and no number, so it may also
reach a voicemail; only the key proves that a person heard it.
"""

from __future__ import annotations

from datetime import timedelta

from ivr.core.context import AppContext, UnitOfWork
from ivr.core.restore_fence import Fence
from ivr.dialogue.call_tree import ACCEPT_KEY
from ivr.dialogue.turn import HangUp, LegTurn, Offer, Said
from ivr.offers import taking
from ivr.responders import reliability, staff_legs
from ivr.responders.staff_legs import phone_of
from ivr.responders.staff_wording import word
from ivr.search import rounds
from models.calls import outbox, rings
from models.calls.outbox import Text, TextState
from models.calls.rings import Purpose, Ring, RingState
from models.operations import maintenance_state
from models.people import people
from models.people.people import Person
from routing.dispatch import phone_test_times
from routing.dispatch.policies import Invitation

AGAIN_AFTER = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3))
"""When an alert that nobody heard is spoken again; after the last time it has failed."""
NOT_TWICE_WITHIN = timedelta(minutes=5)
"""Alerts that come meanwhile are gathered into the next call."""
TOO_OLD_AFTER = timedelta(days=1)
NOT_HEARD = "not heard"
_ENGAGED_FOR, _NOT_NOW = timedelta(minutes=1), timedelta(minutes=30)
_MOST_SPOKEN = 3
_WITHOUT_ADDRESS = {
    "texts.open_items_nobody": "alert.open_items",
    "texts.follow_up": "alert.follow_up",
}
"""Alerts whose text lists items or gives an address, and what is spoken instead."""
_CAN_WAIT = frozenset(
    {"texts.certificate_ends", "texts.dead_number", "texts.unproven_phone", "texts.follow_up",
     "texts.coordinator_muted", "texts.shift_asked", "texts.shift_uncovered",
     "texts.routing_changed"}
)  # fmt: skip
"""What nobody is woken for."""
__all__ = ["answer", "end", "is_wanted", "phone_of", "pick_up", "ring_those_due", "withdraw"]


def ring_those_due(app: AppContext, fence: Fence) -> int:
    """Ring the people to whom an alert is due to be spoken. Returns how many."""
    now = app.clock()
    with app.reading(now) as unit:
        stale = maintenance_state.stale_before(unit.session)
        due = outbox.to_be_rung(unit.session, now, stale)
    rung = 0
    for person_id in due:
        with app.transaction(now) as unit:
            is_held = person_id in people.hold_unheld(unit.session, [person_id])
            if is_held and fence.lets_through(unit.session):
                rung += _ring(unit, person_id, outbox.aloud(unit.session, person_id, stale))
    return rung


def _ring(unit: UnitOfWork, person_id: str, waiting: list[Text]) -> bool:
    """Ring this person, who is held, unless their phone must not ring now."""
    person = people.with_id(unit.session, person_id)
    for text in list(waiting):
        if person is None or not person.active or unit.now - text.since > TOO_OLD_AFTER:
            text.state, text.reason = TextState.FAILED, NOT_HEARD
            waiting.remove(text)
    if person is None or not waiting:
        return False
    pause = _pause(unit, person, waiting)
    for text in waiting:
        text.due_at = unit.now + (pause or AGAIN_AFTER[0])
    if pause is None:
        asked = Invitation(person_id, "alert", interpreter=False)
        rounds.invite(unit.session, Purpose.ALERT, asked, unit.now)
    return pause is None


def _pause(unit: UnitOfWork, person: Person, waiting: list[Text]) -> timedelta | None:
    """How long this phone must not ring; None if it may ring now."""
    if rings.engaged(unit.session, [person.id]):
        return _ENGAGED_FOR
    zone = people.zone(unit.session, unit.app.timezone)
    can_wait = all(text.words in _CAN_WAIT for text in waiting)
    if can_wait and not phone_test_times.is_civil(unit.now, zone):
        return _NOT_NOW
    if person.is_paused(unit.now):
        return _NOT_NOW
    last = rings.last_of(unit.session, person.id, Purpose.ALERT)
    since = unit.now - last if last else NOT_TWICE_WITHIN
    return NOT_TWICE_WITHIN - since if since < NOT_TWICE_WITHIN else None


def is_wanted(unit: UnitOfWork, ring: Ring) -> bool:
    """False once the alerts were heard, or the person is removed or paused."""
    return bool(outbox.aloud(unit.session, ring.person_id)) and taking.is_wanted(unit, ring)


def pick_up(unit: UnitOfWork, ring: Ring) -> LegTurn:
    """The alerts, and the question for the key."""
    ring.move(RingState.ANSWERED, unit.now)
    return _speak(unit, ring, repeats=0)


def answer(unit: UnitOfWork, ring: Ring, key: str, repeats: int) -> LegTurn:
    """Key 1 confirms the alerts that were spoken; anything else has them spoken once more."""
    if key == ACCEPT_KEY and ring.is_open:
        reliability.pressed_a_key(unit.session, ring, unit.now)
        for text in _spoken(unit, ring):
            text.state = TextState.SENT
        ring.move(RingState.FINISHED, unit.now)
    if ring.state == RingState.FINISHED:
        return HangUp((word(unit, ring, "alert.thanks"),))
    if repeats == 0 and ring.is_open:
        return _speak(unit, ring, repeats=1)
    end(unit, ring, RingState.NO_KEY)
    return HangUp((word(unit, ring, "offer.over"),))


def end(unit: UnitOfWork, ring: Ring, state: RingState) -> None:
    """Nobody heard the alerts: they are spoken again, a few times and later each time."""
    spoken = _spoken(unit, ring)
    if not ring.move(state, unit.now):
        return
    for text in spoken:
        again = AGAIN_AFTER[text.tries :]
        text.tries += 1
        if again:
            text.due_at = unit.now + again[0]
        else:
            text.state, text.reason = TextState.FAILED, NOT_HEARD


def withdraw(unit: UnitOfWork, ring: Ring) -> None:
    """The phone was never dialled; the alerts are due again in a while."""
    ring.move(RingState.CANCELLED, unit.now)


def _spoken(unit: UnitOfWork, ring: Ring) -> list[Text]:
    """The alerts that this ring speaks: those that waited when it was picked up, or began."""
    return [each for each in outbox.aloud(unit.session, ring.person_id) if each.since <= ring.since]


def _speak(unit: UnitOfWork, ring: Ring, repeats: int) -> LegTurn:
    waiting = _spoken(unit, ring)
    if not ring.is_open or not waiting:
        return staff_legs.over(unit, ring)
    newest = waiting[-_MOST_SPOKEN:]
    says: list[Said] = [word(unit, ring, "alert.about")]
    says += [_words(unit, ring, text) for text in newest]
    if len(waiting) > len(newest):
        says.append(word(unit, ring, "alert.more", count=str(len(waiting) - len(newest))))
    says.append(word(unit, ring, "alert.press", key=ACCEPT_KEY))
    return Offer(tuple(says), ring.token, repeats)


def _words(unit: UnitOfWork, ring: Ring, text: Text) -> Said:
    values = {name: str(value) for name, value in text.values.items()}
    if text.words == "texts.open_items_nobody":
        values["count"] = str(len(values["items"].split(";")) + int(values["count"]))
    if "address" in values:
        values["address"] = ""  # nobody writes down an address that is read to them
    return word(unit, ring, _WITHOUT_ADDRESS.get(text.words, text.words), **values)
