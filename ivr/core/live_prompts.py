"""What callers hear now: the shipped prompts with the coordinators' changes.

Every process keeps its current edition and looks for a newer one every two seconds, inside a
transaction that is open anyway. The edition and its recordings are also on the disk, so a process
that starts during a database outage speaks the last known prompts.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from ivr.core.atomic_files import put
from ivr.dialogue import tree_checks
from ivr.dialogue.call_tree import HOTLINE, CallTree
from ivr.dialogue.facts import Script
from models.core.database import Session
from models.prompts import prompt_versions
from models.prompts.prompt_versions import Version
from prompts import Play, Prompts, load, recordings
from prompts.language import Status
from prompts.text_changes import Change, changed
from prompts.wording import Source, Text

log = logging.getLogger("hotline.editions")

LIVE = "live"
"""The folder of recordings made here, below the host's folder and in a prompt's URL."""
LOOK_EVERY = timedelta(seconds=2)
_KEPT = "edition.json"
_NONE = Text("", "draft")


@dataclass(frozen=True)
class Edition:
    """All prompts at one edition, and the languages offered."""

    number: int
    prompts: Prompts
    script: Script

    def words_in(self, file: str) -> str | None:
        """The transcript of a recording made here."""
        for code, language in self.prompts.languages.items():
            menu = recordings.in_language_menu(language)
            for name, values in (*menu, *tree_checks.spoken(self.script.tree)):
                for piece in self.prompts.pieces(code, name, values):
                    if isinstance(piece, Play) and piece.file == file:
                        return piece.transcript
        return None


@cache
def shipped() -> Prompts:
    """The prompts of this release. Raises BrokenTree unless they fit its call tree."""
    prompts = load()
    tree_checks.check(HOTLINE, prompts)
    return prompts


class LivePrompts:
    """The current edition, as far as this process knows."""

    def __init__(self, shipped: Prompts, tree: CallTree, folder: Path) -> None:
        """Start with the edition on this host's disk, or else with the shipped prompts."""
        self.shipped, self.tree = shipped, tree
        self._folder = folder
        self._looked_at: datetime | None = None
        self._one_at_a_time = threading.Lock()
        self.now = self._as_kept() or Edition(0, shipped, tree_checks.script_of(tree, shipped))

    def keep_up(self, session: Session, now: datetime) -> None:
        """Take on a newer edition if there is one and the next look is due."""
        if self._looked_at is not None and abs(now - self._looked_at) < LOOK_EVERY:
            return
        self._looked_at = now
        number = prompt_versions.number(session)
        if number != self.now.number and self._one_at_a_time.acquire(blocking=False):
            try:
                self._take_on(session, number)
            finally:
                self._one_at_a_time.release()

    def made_of(self, number: int, changes: Iterable[Change], closed: Iterable[str]) -> Edition:
        """Build an edition. Raises `promises.BrokenTree` where it would fail a caller.

        A language that is not offered keeps its shipped prompts for callers still on the line. Its
        changes need no recordings yet; they apply when the language is offered again.
        """
        closed = tuple(closed)
        heard = [change for change in changes if change.language not in closed]
        prompts = changed(self.shipped, heard)
        tree_checks.check(self.tree, prompts)
        return Edition(number, prompts, offered(tree_checks.script_of(self.tree, prompts), closed))

    def sound_at_hand(self, sound_id: str) -> bytes | None:
        """A recording of the edition from this host's disk; needs no database."""
        file = self._file(sound_id)
        return file.read_bytes() if file.is_file() else None

    def _take_on(self, session: Session, number: int) -> None:
        changes = changes_in(session, self.shipped)
        closed = sorted(prompt_versions.closed(session))
        try:
            edition = self.made_of(number, changes, closed)
        except tree_checks.BrokenTree as broken:
            log.error("an edition would fail callers", extra={"number": number, "why": str(broken)})
            script = tree_checks.script_of(self.tree, self.shipped)
            edition = Edition(number, self.shipped, offered(script, closed))
        else:
            self._keep(session, number, changes, closed)
        self.now = edition

    # --- on this host's disk

    def _file(self, sound_id: str) -> Path:
        return self._folder / LIVE / f"{sound_id}.wav"

    def _keep(
        self, session: Session, number: int, changes: Iterable[Change], closed: Iterable[str]
    ) -> None:
        """Keep a copy on the disk; a full disk costs only this copy.

        The recordings come first, because every recording in the list must exist.
        """
        held = {Path(file).stem for change in changes for file in change.takes.values()}
        written = {"number": number, "closed": list(closed), "changes": list(map(_plain, changes))}
        try:
            (self._folder / LIVE).mkdir(parents=True, exist_ok=True)
            for sound_id in held:
                if not self._file(sound_id).is_file():
                    put(self._file(sound_id), prompt_versions.sound(session, sound_id) or b"")
            put(self._folder / LIVE / _KEPT, json.dumps(written, ensure_ascii=False).encode())
            for file in (self._folder / LIVE).glob("*.wav"):
                if file.stem not in held:
                    file.unlink(missing_ok=True)
        except OSError as error:
            log.warning("an edition could not be kept on this disk", extra={"why": str(error)})

    def _as_kept(self) -> Edition | None:
        try:
            held = json.loads((self._folder / LIVE / _KEPT).read_bytes())
            return self.made_of(held["number"], map(_from_plain, held["changes"]), held["closed"])
        except (OSError, ValueError, KeyError, TypeError, tree_checks.BrokenTree):
            return None


def changes_in(session: Session, shipped: Prompts) -> list[Change]:
    """The reviews and approvals of shipped prompts, and the versions that replace them."""
    marks = []
    for row in prompt_versions.marked_as_shipped(session):
        text = shipped.wordings.get(row.language, {}).get(row.name, _NONE)
        if row.text == text.template:
            status: Status = "reviewed" if row.reviewed_at else text.status
            kept = replace(text, status=status, source=_source(row) or text.source)
            marks.append(Change(row.language, row.name, kept, {}))
    return [*marks, *(as_change(version) for version in prompt_versions.live(session))]


def marked(shipped: Prompts, session: Session) -> Prompts:
    """Everything live, with the reviews and approvals of shipped texts."""
    return changed(shipped, changes_in(session, shipped))


def as_change(version: Version) -> Change:
    """A version in the form that the prompts take."""
    takes = {take: f"{LIVE}/{sound_id}.wav" for take, sound_id in version.takes.items()}
    status: Status = "reviewed" if version.reviewed_at else "draft"
    text = Text(version.text, status, source=_source(version))
    return Change(version.language, version.name, text, takes)


def _source(version: Version) -> Source | None:
    if version.review_by is None:
        return None
    return Source(version.source or "", version.review_by, version.approved_at is not None)


def offered(script: Script, closed: Iterable[str]) -> Script:
    """The script without these languages; the default language always stays."""
    left_out = set(closed) - {script.tree.default_language}
    languages = {code: at for code, at in script.languages.items() if code not in left_out}
    return replace(script, languages=languages)


def _plain(change: Change) -> dict[str, object]:
    return {
        "language": change.language,
        "name": change.name,
        "text": change.text.template,
        "status": change.text.status,
        "takes": dict(change.takes),
        "source": _plain_source(change.text.source),
    }


def _plain_source(source: Source | None) -> list[object] | None:
    if source is None:
        return None
    return [source.origin, source.review_by.isoformat(), source.is_approved]


def _from_plain(held: Mapping[str, object]) -> Change:
    takes = held["takes"]
    status: Status = "reviewed" if held["status"] == "reviewed" else "draft"
    return Change(
        str(held["language"]),
        str(held["name"]),
        Text(str(held["text"]), status, source=_source_from_plain(held.get("source"))),
        {str(take): str(file) for take, file in takes.items()} if isinstance(takes, dict) else {},
    )


def _source_from_plain(held: object) -> Source | None:
    match held:
        case [str(origin), str(day), bool(is_approved)]:
            return Source(origin, date.fromisoformat(day), is_approved)
    return None
