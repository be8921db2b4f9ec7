"""After an hour of one conversation its responder is asked whether they still talk.

By text, and nothing follows from silence: the two legs of a bridge have no way to speak to one of
them alone that could not lose the other. See docs/decisions/0024-long-talks.md.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from models.calls import outbox
from models.calls.rings import Ring, RingState
from models.core.database import Session
from models.people import people
from models.people.people import Person

ASKED_AFTER = timedelta(minutes=60)


def ask_if_long(session: Session, ring: Ring, now: datetime) -> None:
    """Owe the responder one text about a talk of an hour; asking again owes nothing.

    Where they take no texts, the coordinators are told, who can call them.
    """
    if not _is_long(ring, now):
        return
    about, person = f"long talk:{ring.id}", people.with_id(session, ring.person_id)
    if person is None:
        return
    asked, words = _who_is_asked(session, person)
    known = outbox.owed(session, {(each.id, about) for each in asked})
    for each in asked:
        if (each.id, about) not in known:
            outbox.text(session, each.id, about, words, {}, now)


def _is_long(ring: Ring, now: datetime) -> bool:
    since = ring.connected_at
    return ring.state == RingState.CONNECTED and since is not None and now - since >= ASKED_AFTER


def _who_is_asked(session: Session, person: Person) -> tuple[list[Person], str]:
    if person.takes_texts:
        return [person], "texts.long_talk"
    others = [each for each in people.coordinators(session) if each.id != person.id]
    return [each for each in others if each.takes_texts], "texts.long_talk_untold"
