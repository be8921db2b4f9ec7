"""SWAP, and yes and no: a shift is given away, taken, confirmed or declined by text."""

from __future__ import annotations

from datetime import timedelta

from ivr.core.context import UnitOfWork
from ivr.responders import shift_confirmations, staff_wording
from ivr.responders.shift_confirmations import QUESTIONS
from ivr.shifts import shift_exchange, swap_requests
from ivr.shifts.shift_exchange import CannotChange, Outcome, Take
from ivr.shifts.swap_requests import QUESTION
from ivr.texting import duty_texts
from models.calls import outbox
from models.calls.outbox import Text
from models.casework.incoming_texts import Reply
from models.people.people import Person
from models.schedule import shift_offers
from models.schedule.shift_offers import ConfirmedBy, OfferState, ShiftOffer
from models.staff import audit
from models.staff.audit import Deed
from routing.duty.duty import Shift

LONGEST_SWAP = timedelta(hours=24)
"""Of a longer shift, only so much changes hands by text: a person answers for one date."""
_MOST_LISTED = 4


def swap(unit: UnitOfWork, person: Person) -> Reply:
    """Put this person's next shift on offer, and ask who could take it."""
    ahead = duty_texts.shifts_ahead(unit, person)
    coming = next((each for each in ahead if each.start > unit.now), next(iter(ahead), None))
    if coming is None:
        return _reply(unit, person, "texts.no_shifts")
    offer, is_new = _offered(unit, person, _one_date(unit, coming))
    asked = swap_requests.ask(unit, offer)
    if not asked:
        swap_requests.tell_of_gap(unit, offer)
    if is_new:
        _write(unit, person, "shift offered", offer.id, _part(offer))
    time = _time(unit, person, _part(offer))
    words = "texts.swap_asked" if asked else "texts.swap_nobody"
    return _reply(unit, person, words, time=time, **({"count": str(asked)} if asked else {}))


def yes(unit: UnitOfWork, person: Person, number: int | None) -> Reply | None:
    """A yes to the shift with this number, or to our last question. None: we asked nothing."""
    if number is not None:
        return _take(unit, person, _asked_under(unit, person, number))
    last = outbox.last_text(unit.session, person.id, (*QUESTIONS, QUESTION))
    if last is None:
        return None
    if last.words in QUESTIONS:
        return _confirm(unit, person, last)
    asked = swap_requests.asked_of(unit, person.id)
    still = swap_requests.still_open(unit, asked)
    if len(still) > 1:
        lines = (f"{each.values['item']} ({each.values['time']})" for each in still[:_MOST_LISTED])
        return _reply(unit, person, "texts.swap_which", list=", ".join(lines))
    return _take(unit, person, still[0] if still else last)


def no(unit: UnitOfWork, person: Person, number: int | None) -> Reply | None:
    """A no to the shift with this number, or to our last question. None: we asked nothing."""
    last = outbox.last_text(unit.session, person.id, (*QUESTIONS, QUESTION))
    if number is not None or (last and last.words == QUESTION):
        return _reply(unit, person, "texts.swap_declined")
    shift = shift_confirmations.asked_about(unit, person.id, last) if last else None
    if shift is None:
        return None
    offer, is_new = _offered(unit, person, _one_date(unit, shift))
    swap_requests.ask(unit, offer)
    swap_requests.tell_of_gap(unit, offer)
    if is_new:
        _write(unit, person, "shift offered", offer.id, _part(offer))
    return _reply(unit, person, "texts.shift_declined", time=_time(unit, person, _part(offer)))


def _one_date(unit: UnitOfWork, shift: Shift) -> Shift:
    start = max(shift.start, unit.now)
    return Shift(shift.person, start, min(shift.end, start + LONGEST_SWAP))


def _offered(unit: UnitOfWork, person: Person, part: Shift) -> tuple[ShiftOffer, bool]:
    """The open offer of this part, and whether it is made now or is on offer already."""
    session = unit.session
    shift_offers.hold_person(session, person.id)
    known = shift_offers.open_offers_of(session, person.id, part.start, part.end)
    if known:
        return known[0], False
    return shift_exchange.offer(unit, part), True


def _confirm(unit: UnitOfWork, person: Person, asked: Text) -> Reply | None:
    """They will be there; what they had put on offer and nobody took stays theirs."""
    session = unit.session
    shift = shift_confirmations.asked_about(unit, person.id, asked)
    if shift is None:
        return None
    shift_offers.hold_person(session, person.id)
    pending = shift_offers.open_offers_of(session, person.id, shift.start, shift.end)
    for offer in pending:
        offer.state = OfferState.WITHDRAWN
    shift_offers.confirm(session, person.id, shift.start, ConfirmedBy.TEXT, unit.now)
    for offer in pending:
        _write(unit, person, "offer taken back", offer.id, _part(offer))
    return _reply(unit, person, "texts.shift_confirmed", time=_time(unit, person, shift))


def _asked_under(unit: UnitOfWork, person: Person, number: int) -> Text | None:
    asked = swap_requests.asked_of(unit, person.id)
    return next((each for each in asked if each.values["item"] == str(number)), None)


def _take(unit: UnitOfWork, person: Person, asked: Text | None) -> Reply:
    if asked is None:
        return _reply(unit, person, "texts.swap_gone")
    offer_id = asked.values["offer"]
    try:
        given = shift_exchange.take(unit, offer_id, Take(person.id, ConfirmedBy.TEXT))
    except CannotChange:
        held = shift_offers.taken_by(unit.session, offer_id, person.id)
        if held is None:
            return _reply(unit, person, "texts.swap_gone")
        return _reply(unit, person, "texts.swap_yours", time=_time(unit, person, held))
    is_taken = given.outcome is Outcome.TAKEN
    deed, giver = ("shift taken", given.giver) if is_taken else ("shift asked for", None)
    _write(unit, person, deed, offer_id, given.part, giver)
    words = "texts.swap_yours" if is_taken else "texts.swap_to_decide"
    return _reply(unit, person, words, time=_time(unit, person, given.part))


def _write(
    unit: UnitOfWork, person: Person, action: str, offer_id: str, part: Shift,
    giver: str | None = None,
) -> None:  # fmt: skip
    """Every action on shifts is in the audit log."""
    stretch = {"start": part.start.isoformat(), "end": part.end.isoformat()}
    before = {"person": giver, **stretch} if giver else None
    deed = Deed(
        action, f"offer {offer_id}", before=before, after={"person": part.person, **stretch}
    )
    audit.write(unit.session, staff_wording.actor(unit, person), deed, unit.now)


def _part(offer: ShiftOffer) -> Shift:
    return Shift(offer.person_id, offer.start_at, offer.end_at)


def _time(unit: UnitOfWork, person: Person, part: Shift) -> str:
    return shift_confirmations.stretch(unit, part.start, part.end, person)


def _reply(unit: UnitOfWork, person: Person, words: str, **values: str) -> Reply:
    return staff_wording.reply(unit, person, words, **values)
