"""Changing what callers hear: write, record, review, let go live, take back, offer a language.

Everything is checked as it would be heard before it is stored, so no change can break a call.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import Enum

from console.base.current_user import Visitor
from console.prompts import queries
from ivr.core import prompt_recordings
from ivr.core.context import AppContext
from ivr.core.live_prompts import as_change, changes_in
from ivr.core.prompt_recordings import Which
from ivr.dialogue import tree_checks
from models.core.database import Session
from models.prompts import prompt_versions
from models.prompts.prompt_versions import SHIPPED, Version
from models.staff import audit
from models.staff.audit import Deed
from prompts import sound_uploads
from prompts.text_changes import Change, Fault, fault_in


class Refusal(Enum):
    """Why something was not done."""

    OVERTAKEN = "overtaken"
    UNRECORDED = "unrecorded"
    BROKEN = "broken"
    NO_SUCH_VERSION = "no such version"
    OWN_WORDS = "own words"
    DOES_NOT_SPEAK = "does not speak"
    DEFAULT_LANGUAGE = "default language"
    GAPS = "gaps"
    UNAPPROVED = "unapproved"
    OVERDUE = "overdue"
    ONE_PERSON = "one person"


class LawFault(Enum):
    """What is wrong with an approval, and the field that it stands at."""

    NO_SOURCE = "no source"
    LONG_SOURCE = "long source"
    NO_DAY = "no day"
    FAR_DAY = "far day"

    @property
    def field(self) -> str:
        """The name of the field."""
        return "source" if self in (LawFault.NO_SOURCE, LawFault.LONG_SOURCE) else "day"


LONGEST_SOURCE = 200
LONGEST_APPROVAL = timedelta(days=366)
"""The law moves: nobody stands for words for more than a year."""


def write(
    app: AppContext, visitor: Visitor, language: str, name: str, text: str, based_on: int
) -> Fault | Refusal | None:
    """Keep a new wording, which nobody hears yet; refused when a newer one came in between."""
    text = " ".join(text.split())
    fault = fault_in(app.shipped_prompts, language, name, text)
    if fault:
        return fault
    now = app.clock()
    with app.database.transaction() as session:
        prompt_versions.hold(session)
        versions = prompt_versions.of(session, language, name)
        if prompt_versions.newest_number(versions) != based_on:
            return Refusal.OVERTAKEN
        before = _newest_text(app, versions, language, name)
        keeps_takes = text == before and versions
        kept = dict(versions[0].takes) if keeps_takes else {}
        prompt_versions.add(session, visitor.user_id, versions, language, name, text, kept, now)
        about = _about(language, name)
        entry = Deed("prompt written", about, before={"text": before}, after={"text": text})
        audit.write(session, visitor.user_id, entry, now)
    return None


def record(
    app: AppContext, visitor: Visitor, language: str, name: str, take: str, upload: bytes
) -> None:
    """Keep a recording of the newest wording, as a version of its own.

    Raises `uploads.Unfit` where it is no sound that callers could be played.
    """
    made = sound_uploads.for_callers(upload)
    now = app.clock()
    with app.database.transaction() as session:
        which = Which(language, name, take)
        prompt_recordings.keep(
            session, app.shipped_prompts, visitor.user_id, which, made, now, how="upload"
        )


def go_live(
    app: AppContext, visitor: Visitor, language: str, name: str, number: int
) -> Refusal | None:
    """Let callers hear this wording from now on; number 0 is the shipped one."""
    now = app.clock()
    with app.database.transaction() as session:
        edition = prompt_versions.hold(session)
        versions = prompt_versions.of(session, language, name)
        chosen = next((version for version in versions if version.number == number), None)
        if chosen is None and number != SHIPPED:
            return Refusal.NO_SUCH_VERSION
        is_law = app.shipped_prompts.source(language, name) is not None
        refused = _unfit_as_law(chosen, now.date()) if chosen and is_law else None
        refused = refused or _refused(app, session, language, name, chosen)
        if refused:
            return refused
        before = next((version for version in versions if version.live), None)
        prompt_versions.go_live(session, chosen, before, now)
        edition.number += 1
        was, is_now = (_told(app, each, language, name) for each in (before, chosen))
        entry = Deed("prompt went live", _about(language, name), before=was, after=is_now)
        audit.write(session, visitor.user_id, entry, now)
    return None


def go_back(app: AppContext, visitor: Visitor, language: str, name: str) -> Refusal | None:
    """Let callers hear again what they heard before."""
    with app.database.reading() as session:
        previous = queries.prompt(app, session, language, name).previous
    if previous is None:
        return Refusal.NO_SUCH_VERSION
    return go_live(app, visitor, language, name, previous.number)


def review(
    app: AppContext, visitor: Visitor, language: str, name: str, number: int
) -> Refusal | None:
    """Somebody who speaks the language, and did not write it, has read it aloud and found it right.

    A review is of these words: when the shipped text changes with a new release, it lapses.
    """
    now = app.clock()
    with app.database.transaction() as session:
        prompt_versions.hold(session)
        found = prompt_versions.numbered(session, language, name, number)
        if found is None and number != SHIPPED:
            return Refusal.NO_SUCH_VERSION
        if not queries.speaks(session, visitor, language):
            return Refusal.DOES_NOT_SPEAK
        if found is not None and found.written_by == visitor.user_id:
            return Refusal.OWN_WORDS
        found = found or _shipped(app, session, language, name, now)
        if found.approved_by == visitor.user_id:
            return Refusal.ONE_PERSON
        found.reviewed_by, found.reviewed_at = visitor.user_id, now
        after = {"text": found.text, "number": found.number}
        entry = Deed("prompt reviewed", _about(language, name), after=after)
        audit.write(session, visitor.user_id, entry, now)
    return None


def approve(
    app: AppContext, visitor: Visitor, language: str, name: str, number: int, source: str,
    review_by: date | None,
) -> LawFault | Refusal | None:  # fmt: skip
    """Somebody other than the reviewer stands for the law in these words, until that day."""
    now = app.clock()
    fault = _law_fault(source, review_by, now.date())
    if fault or review_by is None:
        return fault
    with app.database.transaction() as session:
        edition = prompt_versions.hold(session)
        found = prompt_versions.numbered(session, language, name, number)
        if found is None and number != SHIPPED:
            return Refusal.NO_SUCH_VERSION
        found = found or _shipped(app, session, language, name, now)
        if found.reviewed_by == visitor.user_id:
            return Refusal.ONE_PERSON
        prompt_versions.approve(found, visitor.user_id, source, review_by, now)
        edition.number += 1
        after = {"number": found.number, "source": source, "review_by": review_by.isoformat()}
        entry = Deed("prompt approved", _about(language, name), after=after)
        audit.write(session, visitor.user_id, entry, now)
    return None


def _shipped(app: AppContext, session: Session, language: str, name: str, now: datetime) -> Version:
    """The row that keeps the marks of the shipped words."""
    text = app.shipped_prompts.text(language, name)
    return prompt_versions.shipped(session, language, name, text, now)


def _law_fault(source: str, review_by: date | None, today: date) -> LawFault | None:
    if not source:
        return LawFault.NO_SOURCE
    if len(source) > LONGEST_SOURCE:
        return LawFault.LONG_SOURCE
    if review_by is None:
        return LawFault.NO_DAY
    is_near = today <= review_by <= today + LONGEST_APPROVAL
    return None if is_near else LawFault.FAR_DAY


def offer(app: AppContext, visitor: Visitor, code: str, *, on: bool) -> Refusal | None:
    """Put a language into the menu, unless it has gaps, or take it out."""
    now = app.clock()
    if not on and code == app.script.tree.default_language:
        return Refusal.DEFAULT_LANGUAGE
    with app.database.transaction() as session:
        edition = prompt_versions.hold(session)
        closed = set(prompt_versions.closed(session))
        if on is (code not in closed):
            return None
        left_out = closed - {code} if on else closed | {code}
        try:
            changes = changes_in(session, app.shipped_prompts)
            app.live_prompts.made_of(edition.number + 1, changes, left_out)
        except tree_checks.BrokenTree:
            return Refusal.GAPS
        if on:
            prompt_versions.reopen(session, code)
        else:
            prompt_versions.close(session, code, visitor.user_id, now)
        edition.number += 1
        action = "language offered" if on else "language closed"
        about = {"before": {"offered": not on}, "after": {"offered": on}}
        audit.write(session, visitor.user_id, Deed(action, f"language {code}", **about), now)
    return None


def _unfit_as_law(chosen: Version, today: date) -> Refusal | None:
    """Two people stand for a text that states law, and its review is not overdue."""
    if not (chosen.reviewed_at and chosen.approved_at and chosen.review_by):
        return Refusal.UNAPPROVED
    return Refusal.OVERDUE if chosen.review_by < today else None


def _refused(
    app: AppContext, session: Session, language: str, name: str, chosen: Version | None
) -> Refusal | None:
    """Why callers could not hear the prompts with this wording among them."""
    changes = changes_in(session, app.shipped_prompts)
    others = [c for c in changes if (c.language, c.name) != (language, name)]
    candidate: list[Change] = [*others, *([as_change(chosen)] if chosen else [])]
    try:
        app.live_prompts.made_of(0, candidate, prompt_versions.closed(session))
    except tree_checks.BrokenTree:
        is_recorded = app.shipped_prompts.languages[language].recorded
        return Refusal.UNRECORDED if is_recorded else Refusal.BROKEN
    return None


def _newest_text(app: AppContext, versions: list[Version], language: str, name: str) -> str:
    return versions[0].text if versions else app.shipped_prompts.text(language, name)


def _told(app: AppContext, version: Version | None, language: str, name: str) -> dict[str, object]:
    if version is None:
        return {"number": SHIPPED, "text": app.shipped_prompts.text(language, name)}
    return {"number": version.number, "text": version.text, "recorded": bool(version.takes)}


def _about(language: str, name: str) -> str:
    return prompt_recordings.about(Which(language, name, ""))
