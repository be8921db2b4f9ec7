"""Changes of prompts in the demo: an announced forum, and a French text to review."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import wiring
from models.core.database import Database
from models.prompts import prompt_versions
from models.prompts.announcements import Announcement
from models.prompts.prompt_versions import Version
from models.staff import users
from routing.duty.wall_clock import start_instant, wall

_WEDNESDAY = 2
_MORNING, _EVENING = time(9), time(18)
_FORUM = {
    "en": "There is a free forum about your rights on Wednesday at six in the evening.",
    "es": "Hay un foro gratis sobre sus derechos el miércoles a las seis de la tarde.",
}
_FRENCH = "Si quelqu'un a été arrêté, appuyez sur le {key}."


def fill(database: Database, timezone: str) -> None:
    """Fill the prompt pages of the console with examples."""
    now, zone = wiring.now(), ZoneInfo(timezone)
    starts_at, ends_at = _next_wednesday(now, zone)
    with database.transaction() as session:
        cora = users.named(session, "cora")
        author = cora.id if cora else ""
        session.add(
            Announcement(
                texts=_FORUM, sounds={}, starts_at=starts_at, ends_at=ends_at, made_by=author,
                made_at=now,
            )
        )  # fmt: skip
        prompt_versions.hold(session)
        session.add(
            Version(
                language="fr", name="main_menu.detained", number=1, text=_FRENCH, takes={},
                written_by=author, written_at=now, live=False,
            )
        )  # fmt: skip


def _next_wednesday(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The next Wednesday after today, so that the demo's first callers hear shipped prompts."""
    today = wall(now, zone).date()
    day = today + timedelta(days=(_WEDNESDAY - today.weekday() - 1) % 7 + 1)
    begins, ends = datetime.combine(day, _MORNING), datetime.combine(day, _EVENING)
    return start_instant(begins, zone), start_instant(ends, zone)
