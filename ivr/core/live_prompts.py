"""What callers hear at this moment: the shipped prompts, with what coordinators changed.

Every process keeps the edition it knows and looks every two seconds, in a transaction that is open
anyway, whether there is a newer one. What it knows lies on its disk too, with the recordings, so
that a process that starts while the database is away says what was said last.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
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
from prompts.wording import Text

log = logging.getLogger("hotline.editions")

LIVE = "live"
"""The folder, below the host's own and in the address of a prompt, of what was recorded here."""
LOOK_EVERY = timedelta(seconds=2)
_KEPT = "edition.json"
_NONE = Text("", "draft")


@dataclass(frozen=True)
class Edition:
    """Everything that is heard, and the languages that are offered."""

    number: int
    prompts: Prompts
    script: Script

    def words_in(self, file: str) -> str | None:
        """What is heard in a recording that was made here."""
        for code, language in self.prompts.languages.items():
            menu = recordings.in_language_menu(language)
            for name, values in (*menu, *tree_checks.spoken(self.script.tree)):
                for piece in self.prompts.pieces(code, name, values):
                    if isinstance(piece, Play) and piece.file == file:
                        return piece.transcript
        return None


@cache
def shipped() -> Prompts:
    """The prompts of this release; raises BrokenTree unless they fit its call tree."""
    prompts = load()
    tree_checks.check(HOTLINE, prompts)
    return prompts


class LivePrompts:
    """The edition that holds, as far as this process knows."""

    def __init__(self, shipped: Prompts, tree: CallTree, folder: Path) -> None:
        """Begin with what this host knew last; without that, with what was shipped."""
        self.shipped, self.tree = shipped, tree
        self._folder = folder
        self._looked_at: datetime | None = None
        self._one_at_a_time = threading.Lock()
        self.now = self._as_kept() or Edition(0, shipped, tree_checks.script_of(tree, shipped))

    def keep_up(self, session: Session, now: datetime) -> None:
        """Take on a newer edition, if there is one and it is time to look."""
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
        """An edition as it would be; raises `promises.BrokenTree` where it would fail a caller.

        A language that is not offered keeps its shipped prompts for whoever is still on the line:
        its changes need not be recorded yet, and are taken on when it is offered again.
        """
        closed = tuple(closed)
        heard = [change for change in changes if change.language not in closed]
        prompts = changed(self.shipped, heard)
        tree_checks.check(self.tree, prompts)
        return Edition(number, prompts, offered(tree_checks.script_of(self.tree, prompts), closed))

    def sound_at_hand(self, sound_id: str) -> bytes | None:
        """A recording that is part of the edition; it needs no database."""
        file = self._file(sound_id)
        return file.read_bytes() if file.is_file() else None

    def _take_on(self, session: Session, number: int) -> None:
        changes, closed = changes_in(session), sorted(prompt_versions.closed(session))
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
        """Recordings first: what the list names must be there. A full disk costs the copy only."""
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
            log.warning("an edition is not on this disk", extra={"why": str(error)})

    def _as_kept(self) -> Edition | None:
        try:
            held = json.loads((self._folder / LIVE / _KEPT).read_bytes())
            return self.made_of(held["number"], map(_from_plain, held["changes"]), held["closed"])
        except (OSError, ValueError, KeyError, TypeError, tree_checks.BrokenTree):
            return None


def changes_in(session: Session) -> list[Change]:
    """What is live instead of shipped prompts."""
    return [as_change(version) for version in prompt_versions.live(session)]


def marked(shipped: Prompts, session: Session) -> Prompts:
    """All that is live, with shipped texts marked as reviewed where somebody found them right."""
    reviewed = [
        as_change(row)
        for row in prompt_versions.reviewed_as_shipped(session)
        if row.text == shipped.wordings.get(row.language, {}).get(row.name, _NONE).template
    ]
    return changed(shipped, [*reviewed, *changes_in(session)])


def as_change(version: Version) -> Change:
    """A version as the prompts take it on."""
    takes = {take: f"{LIVE}/{sound_id}.wav" for take, sound_id in version.takes.items()}
    status: Status = "reviewed" if version.reviewed_at else "draft"
    return Change(version.language, version.name, Text(version.text, status), takes)


def offered(script: Script, closed: Iterable[str]) -> Script:
    """The script whose menu leaves these languages out; never the one that is spoken by default."""
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
    }


def _from_plain(held: Mapping[str, object]) -> Change:
    takes = held["takes"]
    status: Status = "reviewed" if held["status"] == "reviewed" else "draft"
    return Change(
        str(held["language"]),
        str(held["name"]),
        Text(str(held["text"]), status),
        {str(take): str(file) for take, file in takes.items()} if isinstance(takes, dict) else {},
    )
