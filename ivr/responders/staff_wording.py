"""What staff hear on their own phones, and what texts list for them, in one of their languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ivr.core.context import UnitOfWork
from ivr.dialogue.turn import Words
from models.calls.open_items import OpenItem
from models.calls.rings import Ring
from models.casework.incoming_texts import Reply
from models.people import people
from models.people.people import Person
from models.staff import users
from prompts import Prompts

ITEMS_RING, ITEMS_DUE = "texts.open_items", "texts.open_items_due"
ITEMS_ALERT = "texts.open_items_nobody"
ITEM_LISTS = (ITEMS_RING, ITEMS_DUE, ITEMS_ALERT)
"""The texts that list open items; each lists all that waits, so one text is enough."""
_MOST_LISTED = 3
BY_TEXT = "by text"
"""The actor of what somebody without a user of the console does by text."""


def language_of(unit: UnitOfWork, person: Person) -> str:
    """The language in which this person hears and reads the hotline."""
    return unit.app.staff_language(person.languages, person.hotline_language)


def word(unit: UnitOfWork, ring: Ring, name: str, /, **values: str) -> Words:
    """These words in the language of the person who is rung."""
    person = people.with_id(unit.session, ring.person_id)
    language = language_of(unit, person) if person else "en"
    return Words(language, name, tuple(values.items()))


def reply(unit: UnitOfWork, person: Person, words: str, **values: str) -> Reply:
    """The reply to a text of this person, in their language."""
    return Reply(language_of(unit, person), words, tuple(values.items()))


def actor(unit: UnitOfWork, person: Person) -> str:
    """The actor in the audit log for what this person does by text."""
    user = users.of_person(unit.session, person.id)
    return user.id if user else BY_TEXT


def values_of_items(waiting: Sequence[OpenItem]) -> dict[str, str]:
    """The values of a list, as they are stored with the text; the first items are listed."""
    listed = [f"{item.number} {item.language} {item.need}" for item in waiting[:_MOST_LISTED]]
    return {"items": ";".join(listed), "count": str(max(0, len(waiting) - _MOST_LISTED))}


def list_of_items(prompts: Prompts, language: str, words: str, values: Mapping[str, str]) -> str:
    """The text of a list; it names the number with which the reader can take the first item."""
    lines, first = [], ""
    for listed in values["items"].split(";"):
        number, spoken, need = listed.split(" ")
        first = first or number
        about = {"item": number, "language": spoken, "need": need}
        lines.append(prompts.sentence(language, "texts.open_item_line", about))
    if values["count"] != "0":
        more = {"count": values["count"]}
        lines.append(prompts.sentence(language, "texts.open_item_more", more))
    return prompts.sentence(language, words, {"list": "; ".join(lines), "item": first})
