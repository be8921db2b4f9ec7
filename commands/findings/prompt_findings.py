"""For `check`: texts that nobody has reviewed, and law that is out of date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from commands.base.finding import Finding
from commands.base.plain_errors import Trouble, plainly
from commands.records import duty_commands
from ivr.core import live_prompts
from ivr.dialogue import tree_checks
from ivr.dialogue.call_tree import HOTLINE
from models.core.database import Session
from prompts import READERS, Prompts

_LAW_SOON = timedelta(days=60)


def of_tree(spoken: Prompts) -> Iterator[Finding]:
    """Places of the call tree that lead nowhere, and words that a language lacks."""
    try:
        with plainly():
            tree_checks.check(HOTLINE, spoken)
    except Trouble as trouble:
        yield from (Finding(words) for words in trouble.message.splitlines())


def of_better_words(session: Session, spoken: Prompts) -> Iterator[Finding]:
    """Texts of which a release has better words that wait for a reader."""
    heard = live_prompts.marked(spoken, session)
    for reader in READERS:
        waiting = [
            f"{code} {name}"
            for code, name in spoken.waiting_for(reader)
            if heard.text(code, name) == spoken.text(code, name)
        ]
        if waiting:
            yield Finding(
                f"better words wait for a {reader}, and callers hear the old ones: "
                f"{', '.join(waiting)}",
                is_note=True,
            )


def of_law(session: Session, spoken: Prompts, today: date) -> Iterator[Finding]:
    """Texts about rights: without an approval, near the day of their review, or overdue."""
    heard = live_prompts.marked(spoken, session)
    said = [
        (code, source)
        for code in heard.languages
        for name in heard.law()
        if (source := heard.source(code, name))
    ]
    unapproved = dict.fromkeys(code for code, source in said if not source.is_approved)
    if unapproved:
        names = ", ".join(duty_commands.language_name(code, spoken) for code in unapproved)
        words = f"no lawyer has approved every text about rights in {names}: see docs/prompts.md"
        yield Finding(words, is_note=True)
    if overdue := {code for code, source in said if source.review_by < today}:
        yield Finding(
            f"texts about rights are overdue in {len(overdue)} languages, and callers hear that a "
            "lawyer can explain: approve them again, or take on a newer release"
        )
    soon = min((source.review_by for _, source in said if source.review_by >= today), default=None)
    if soon and soon - today <= _LAW_SOON:
        yield Finding(f"texts about rights are said until {soon} only: review them", is_note=True)
