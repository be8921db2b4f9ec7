"""The takes of a prompt: what there is to record of it, and keeping a recording that was made.

However a recording came, by upload or by phone, it becomes a version of its own that nobody hears
yet (docs/decisions/0020-prompt-versions.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ivr.core.live_prompts import as_change
from ivr.dialogue import tree_checks
from ivr.dialogue.call_tree import CallTree
from models.core.database import Session
from models.prompts import prompt_versions
from models.prompts.prompt_versions import Version
from models.staff import audit
from models.staff.audit import Deed
from prompts import Play, Prompts, recordings
from prompts.sound_uploads import Recorded
from prompts.text_changes import changed

PLACES_FOR_FACTS = {"number": "2125550100", "name": "...", "address": "..."}
"""In place of what is only known during a call."""


@dataclass(frozen=True)
class Which:
    """One take of a prompt in a language."""

    language: str
    name: str
    take: str


def spoken(shipped: Prompts, tree: CallTree, language: str) -> list[tuple[str, Mapping[str, str]]]:
    """Every prompt that a caller of this language can hear, with the keys it names."""
    menu = recordings.in_language_menu(shipped.languages[language])
    return [*menu, *tree_checks.spoken(tree)]


def of(prompts: Prompts, tree: CallTree, language: str, name: str) -> Iterator[Play]:
    """The takes of a text under every key that it is said with, each once."""
    seen = set()
    for each, values in spoken(prompts, tree, language):
        if each != name:
            continue
        for play in prompts.takes(language, name, PLACES_FOR_FACTS | dict(values)):
            is_own = play.file.startswith(f"{language}/{name}")  # a digit belongs to every text
            if is_own and play.file not in seen:
                seen.add(play.file)
                yield play


def words_now(session: Session, shipped: Prompts, tree: CallTree, which: Which) -> str | None:
    """What this take says in the newest wording; None if that has no such take."""
    newest = prompt_versions.of(session, which.language, which.name)[:1]
    prompts = changed(shipped, map(as_change, newest))
    found = of(prompts, tree, which.language, which.name)
    return next((play.transcript for play in found if play.file == which.take), None)


def keep(
    session: Session, shipped: Prompts, by: str, which: Which, made: Recorded, now: datetime,
    *, how: str,
) -> Version:  # fmt: skip
    """A new version of the newest wording, with this recording in it; audited, so the last act."""
    prompt_versions.hold(session)
    versions = prompt_versions.of(session, which.language, which.name)
    text = versions[0].text if versions else shipped.text(which.language, which.name)
    sound_id = prompt_versions.keep_sound(session, made.audio, made.seconds, now)
    takes = {**(versions[0].takes if versions else {}), which.take: sound_id}
    version = prompt_versions.add(
        session, by, versions, which.language, which.name, text, takes, now
    )
    after = {"take": which.take, "seconds": round(made.seconds, 1), "how": how}
    audit.write(session, by, Deed("prompt recorded", about(which), after=after), now)
    return version


def about(which: Which) -> str:
    """How the audit log names a prompt."""
    return f"prompt {which.language} {which.name}"
