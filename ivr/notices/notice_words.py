"""What a notice says: a code, an id and a link, because others carry it and may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ivr.core.context import AppContext, UnitOfWork
from ivr.responders import staff_wording
from models.core.database import Session
from models.people.people import Person
from models.staff import notices
from models.staff.notices import Notice

_SENTENCE = "texts.notice"
TRIED = "tried"
"""A notice that only tries the way."""
_PAGES = {
    "shift_": "/shifts",
    "open_item": "/open-items",
    "message_": "/messages",
    "callback": "/callbacks",
    "inbox_": "/texts",
    "follow_up": "/follow-ups",
    "surge_": "/surge",
    "routing_": "/schedule",
    TRIED: "/account",
}
"""The page on which somebody who signed in reads the rest, by the beginning of the code."""
_BOARD = "/board"


@dataclass(frozen=True)
class Written:
    """The subject and the text of a notice."""

    title: str
    body: str


def written(unit: UnitOfWork, notice: Notice, reader: Person | None) -> Written:
    """The notice in the reader's language; the team reads English. A checkpoint is its line."""
    if line := notice.values.get("line"):
        return Written(title=f"Hotline: {notice.what}", body=str(line))
    language = staff_wording.language_of(unit, reader) if reader else "en"
    return _written(unit.app, notice.what, language, f"\n\n{notice.id}")


def trial(app: AppContext) -> Written:
    """A notice that `hotline check` sends to see whether the way works."""
    return _written(app, TRIED, "en", "")


def try_way(session: Session, recipient: str, now: datetime) -> str:
    """Store a notice that only tries the way to this recipient; returns its subject."""
    about = f"{TRIED}:{now:%Y%m%dT%H%M%SZ}"
    notices.tell(session, recipient, about, TRIED, now)
    return about


def _written(app: AppContext, what: str, language: str, after: str) -> Written:
    address = {"address": f"{app.site.base_url}{page_of(what)}"}
    words = app.shipped_prompts.sentence(language, _SENTENCE, address)
    return Written(title=f"Hotline: {what}", body=words + after)


def page_of(what: str) -> str:
    """The page of the console that a notice leads to."""
    return next((page for begin, page in _PAGES.items() if what.startswith(begin)), _BOARD)
