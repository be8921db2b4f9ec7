"""Announcements as coordinators make them: what is said, in which languages, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from console.base.current_user import Visitor
from ivr.core.context import AppContext
from models.core.database import Session
from models.prompts import announcements, prompt_versions
from models.prompts.announcements import Announcement
from models.staff import audit
from models.staff.audit import Deed
from prompts import sound_uploads
from prompts.sound_uploads import Why
from routing.duty.wall_clock import end_instant, start_instant
from routing.readers import written_dates
from routing.readers.unreadable import Unreadable

LONGEST_TEXT = 240
"""In characters, about sixteen seconds: callers hear it before the second key is named."""
LONGEST_TIME = timedelta(days=60)


class Wrong(Enum):
    """Why an announcement cannot be made."""

    NO_START = "no start"
    NO_END = "no end"
    ENDS_BEFORE = "ends before"
    IS_OVER = "is over"
    TOO_LONG = "too long"
    NOTHING_SAID = "nothing said"
    TEXT_TOO_LONG = "text too long"
    UNSPEAKABLE = "unspeakable"
    NO_VOICE = "no voice"
    NO_WORDS = "no words"


@dataclass(frozen=True)
class Draft:
    """An announcement as it was typed."""

    starts: str
    ends: str
    texts: Mapping[str, str]
    uploads: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True)
class Checked:
    """A draft that can be announced."""

    starts_at: datetime
    ends_at: datetime
    texts: dict[str, str]
    sounds: dict[str, sound_uploads.Recorded] = field(repr=False)


def check(
    app: AppContext, draft: Draft, zone: ZoneInfo, recorded: Mapping[str, str]
) -> Checked | dict[str, Wrong | Why]:
    """What will be said, or what is wrong with each field; `recorded` is what it has by now."""
    wrong: dict[str, Wrong | Why] = {}
    texts = {code: " ".join(text.split()) for code, text in draft.texts.items() if text.strip()}
    sounds: dict[str, sound_uploads.Recorded] = {}
    for code, upload in draft.uploads.items():
        try:
            sounds[code] = sound_uploads.for_callers(upload)
        except sound_uploads.Unfit as unfit:
            wrong[f"sound_{code}"] = unfit.why
    for code, text in texts.items():
        fault = _fault_in(text)
        has_sound = code in recorded or code in draft.uploads
        if fault is None and app.shipped_prompts.languages[code].recorded and not has_sound:
            fault = Wrong.NO_VOICE
        if fault:
            wrong[f"text_{code}"] = fault
    for code in sounds.keys() - texts.keys():
        wrong[f"text_{code}"] = Wrong.NO_WORDS
    if not texts and not wrong:
        wrong["text_en"] = Wrong.NOTHING_SAID
    times = _times(draft, zone, app.clock())
    if isinstance(times, dict):
        return wrong | times
    return wrong or Checked(*times, texts, sounds)


def announce(
    app: AppContext, visitor: Visitor, made: Checked, announcement_id: str | None = None
) -> bool:
    """Store an announcement, or change one; False if the one to change is gone or over."""
    now = app.clock()
    with app.database.transaction() as session:
        row = _row(session, visitor, announcement_id, now)
        if row is None:
            return False
        before = told(row) if announcement_id else None
        kept = {code: row.sounds[code] for code in made.texts if code in (row.sounds or {})}
        new = {
            code: prompt_versions.keep_sound(session, sound.audio, sound.seconds, now)
            for code, sound in made.sounds.items()
        }
        prompt_versions.forget_sounds(
            session, set((row.sounds or {}).values()) - {*(kept | new).values()}
        )
        row.texts, row.sounds = dict(made.texts), kept | new
        row.starts_at, row.ends_at = made.starts_at, made.ends_at
        session.add(row)
        session.flush()
        action = "announcement changed" if announcement_id else "announcement made"
        entry = Deed(action, f"announcement {row.id}", before=before, after=told(row))
        audit.write(session, visitor.user_id, entry, now)
    return True


def end(app: AppContext, visitor: Visitor, announcement_id: str) -> None:
    """Announce it no more."""
    now = app.clock()
    with app.database.transaction() as session:
        row = announcements.held(session, announcement_id)
        if row is None or row.ends_at <= now:
            return
        before = told(row)
        row.ends_at, row.starts_at = now, min(row.starts_at, now)
        entry = Deed("announcement ended", f"announcement {row.id}", before=before, after=told(row))
        audit.write(session, visitor.user_id, entry, now)


def told(row: Announcement) -> dict[str, object]:
    """An announcement as the audit log keeps it."""
    return {
        "texts": row.texts,
        "recorded in": sorted(row.sounds),
        "starts": row.starts_at.isoformat(timespec="minutes"),
        "ends": row.ends_at.isoformat(timespec="minutes"),
    }


def _row(
    session: Session, visitor: Visitor, announcement_id: str | None, now: datetime
) -> Announcement | None:
    if announcement_id is None:
        return Announcement(made_by=visitor.user_id, made_at=now, texts={}, sounds={})
    row = announcements.held(session, announcement_id)
    return row if row and row.ends_at > now else None


def _fault_in(text: str) -> Wrong | None:
    if len(text) > LONGEST_TEXT:
        return Wrong.TEXT_TOO_LONG
    is_speakable = all(mark.isprintable() for mark in text) and any(map(str.isalpha, text))
    return None if is_speakable else Wrong.UNSPEAKABLE


def _times(
    draft: Draft, zone: ZoneInfo, now: datetime
) -> tuple[datetime, datetime] | dict[str, Wrong | Why]:
    starts, ends = _local(draft.starts), _local(draft.ends)
    if starts is None or ends is None:
        missing = {"starts": (starts, Wrong.NO_START), "ends": (ends, Wrong.NO_END)}
        return {name: wrong for name, (given, wrong) in missing.items() if given is None}
    begins_at, ends_at = start_instant(starts, zone), end_instant(ends, zone)
    if ends_at <= begins_at:
        return {"ends": Wrong.ENDS_BEFORE}
    if ends_at <= now:
        return {"ends": Wrong.IS_OVER}
    if ends_at - begins_at > LONGEST_TIME:
        return {"ends": Wrong.TOO_LONG}
    return begins_at, ends_at


def _local(typed: str) -> datetime | None:
    """A day and a time on the hotline's clock, as a browser's field gives them."""
    try:
        return written_dates.local_time(typed)
    except Unreadable:
        return None
