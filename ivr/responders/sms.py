"""Texts to responders and callers: no names, no numbers, nothing unfit for a lock screen."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from ivr.core.carrier import Blame, Trouble
from ivr.core.context import AppContext, UnitOfWork
from ivr.core.coordinator_alerts import tell_of_account, tell_of_muted
from ivr.core.erasure_ledger import Entry
from ivr.dialogue import rights
from ivr.responders import number_verification, office_texts, staff_wording
from models.calls import calls, outbox
from models.calls.outbox import Text, TextState
from models.people import people
from models.people.people import Person

DELIVER_AGAIN_AFTER: Mapping[Blame, tuple[timedelta, ...]] = {
    Blame.PHONE: (timedelta(minutes=5),),
    Blame.PASSING: (timedelta(minutes=5), timedelta(minutes=30)),
    Blame.OURS: (),
    Blame.OPTED_OUT: (),
}
"""When a text that was not delivered is sent again; after the last time it has failed."""
_FAILED = ("undelivered", "failed")


def body_of(unit: UnitOfWork, text: Text) -> tuple[str, str]:
    """The number of a text, and its words in the language of the person who gets it.

    Raises LookupError when the number is gone, erased or opted out.
    """
    if text.call_id is not None:
        return _body_for_caller(unit, text, text.call_id)
    person = people.with_id(unit.session, text.person_id) if text.person_id else None
    if person is None:
        raise LookupError(text.person_id)
    language = staff_wording.language_of(unit, person)
    if text.words == number_verification.TEXT:
        number, values = number_verification.text_for(unit.session, text)
    else:
        number = people.phone_of(unit.session, person)
        values = {name: str(value) for name, value in text.values.items()}
    if text.words in staff_wording.ITEM_LISTS:
        prompts = unit.app.shipped_prompts
        return number, staff_wording.list_of_items(prompts, language, text.words, values)
    return number, unit.app.shipped_prompts.sentence(language, text.words, values)


def _body_for_caller(unit: UnitOfWork, text: Text, call_id: str) -> tuple[str, str]:
    call = calls.look(unit.session, call_id)
    number = calls.number_to_text(unit.session, call) if call else None
    if call is None or number is None or people.has_opted_out(unit.session, number):
        raise LookupError(call_id)
    if text.words == office_texts.WORDS:
        return number, office_texts.written(unit, call)
    situation = rights.named(str(text.values.get("situation", "")))
    address = unit.app.site.sheet(call.language, situation.key)
    words = unit.app.shipped_prompts.sentence(call.language, text.words, {"address": address})
    return number, words


def opt_in(unit: UnitOfWork, number: str) -> None:
    """Send texts to this phone again."""
    mark = people.opt_in(unit.session, number)
    if mark:
        unit.app.ledger.remember([Entry("start", mark, unit.now.isoformat())])
    person = people.with_phone(unit.session, number)
    if person:
        person.no_texts = False
        person.texts_arrive()


def opt_out(unit: UnitOfWork, person: Person | None, number: str) -> bool:
    """Send no more texts to this phone; calls still reach it. False if it was out already."""
    if person:
        if not person.no_texts:
            tell_of_muted(unit.session, person, unit.now)
        person.no_texts = True
    mark = people.opt_out(unit.session, number, unit.now)
    if mark is None:
        return False
    unit.app.ledger.remember([Entry("stop", mark, unit.now.isoformat())])
    return True


def refused(unit: UnitOfWork, text: Text, number: str, trouble: Trouble) -> None:
    """The carrier will not send this text; `number` is empty for one that cannot be written."""
    text.reason = trouble.code[:60]
    person = _person(unit, text)
    if person and not people.is_phone_of(unit.session, person, number):
        # an unverified number says nothing about the number we ring
        _give_up(unit, text, None, trouble)
    elif trouble.blame == Blame.PASSING and number:
        _not_delivered(unit, text, person, trouble)
    else:
        _give_up(unit, text, person, trouble)


@dataclass(frozen=True)
class Delivery:
    """News about a text: the carrier's status, and what went wrong."""

    sid: str
    status: str
    trouble: Trouble


def hear_delivery(app: AppContext, token: str, news: Delivery) -> None:
    """Take in the delivery status of a text; old or repeated news changes nothing.

    News with the token proves that the carrier accepted the text, even if the POST failed.
    """
    now = app.clock()
    with app.transaction(now) as unit:
        text = outbox.text_with_token(unit.session, token)
        if text is None or text.state not in (TextState.SENDING, TextState.SENT):
            return
        if text.state == TextState.SENDING and news.sid:
            text.state, text.sid = TextState.SENT, news.sid
        person = _person(unit, text)
        if text.words == number_verification.TEXT:
            if news.status in _FAILED:
                text.state, text.reason = TextState.FAILED, news.trouble.code[:60]
        elif news.status == "delivered" and person:
            person.texts_arrive()
        elif news.status in _FAILED:
            _not_delivered(unit, text, person, news.trouble)


def _person(unit: UnitOfWork, text: Text) -> Person | None:
    """The person of the roster who gets this text; None if it is for a caller."""
    return people.with_id(unit.session, text.person_id) if text.person_id else None


def _not_delivered(unit: UnitOfWork, text: Text, person: Person | None, trouble: Trouble) -> None:
    again = DELIVER_AGAIN_AFTER[trouble.blame][text.undelivered :]
    text.undelivered += 1
    text.reason = trouble.code[:60]
    if again:
        text.state, text.due_at = TextState.PENDING, unit.now + again[0]
    else:
        _give_up(unit, text, person, trouble)


def _give_up(unit: UnitOfWork, text: Text, person: Person | None, trouble: Trouble) -> None:
    """This text does not arrive: hold it against the right one, and speak it if it is an alert."""
    text.state = TextState.FAILED
    if text.is_alert:
        outbox.speak(text, unit.now)
    match trouble.blame:
        case Blame.OPTED_OUT:
            with suppress(LookupError):
                opt_out(unit, person, body_of(unit, text)[0])
        case Blame.OURS:
            tell_of_account(unit.session, trouble.code, unit.now)
        case Blame.PHONE if person:
            wears_off = unit.now + trouble.lasts if trouble.lasts else None
            person.texts_do_not_arrive(trouble.code, wears_off)
