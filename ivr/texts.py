"""Texts to responders: no names, no numbers, nothing that a lock screen should not show."""

from __future__ import annotations

from ivr import numbers
from ivr.line import Line
from models import people
from models.database import Session
from models.outbox import Text
from prompts import Prompts

OPT_OUT = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
OPT_IN = frozenset({"start", "unstop", "yes"})


def body_of(session: Session, hotline: Line, prompts: Prompts, text: Text) -> tuple[str, str]:
    """The number a text goes to and what it says, in the responder's language."""
    person = people.with_id(session, text.person_id)
    if person is None:
        raise LookupError(text.person_id)
    language = hotline.staff_language(person.languages)
    values = {name: str(value) for name, value in text.values.items()}
    return people.phone_of(session, person), prompts.sentence(language, text.words, values)


def hear(hotline: Line, given: str, body: str, opt_out_type: str | None = None) -> bool:
    """A text came in: STOP and START are obeyed; True when it deserves an answer.

    After STOP the carrier refuses our texts to this phone; calls still reach it.
    """
    number = numbers.callable_number(given)
    word = body.strip().lower()
    if word in OPT_OUT or opt_out_type == "STOP":
        _set_texts(hotline, number or "", refused=True)
        return False
    if word in OPT_IN or opt_out_type == "START":
        _set_texts(hotline, number or "", refused=False)
        return False
    return True


def _set_texts(hotline: Line, number: str, *, refused: bool) -> None:
    with hotline.database.transaction() as session:
        person = people.with_phone(session, number)
        if person:
            person.no_texts = refused
