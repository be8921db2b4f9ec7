"""The announcements as their page shows them."""

from __future__ import annotations

from console.prompts import queries
from ivr.core.context import AppContext
from models.prompts import announcements
from models.prompts.announcements import Announcement


def one(app: AppContext, announcement_id: str) -> Announcement | None:
    """An announcement, if there is one of this id."""
    with app.database.reading() as session:
        return announcements.with_id(session, announcement_id)


def every(app: AppContext) -> dict[str, object]:
    """Those that callers hear or will hear, those that are over, and who made them."""
    now = app.clock()
    with app.database.reading() as session:
        return {
            "now": now,
            "ahead": announcements.not_over(session, now),
            "over": announcements.over(session, now),
            "called": queries.user_names(session),
        }
