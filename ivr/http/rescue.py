"""The answer when a webhook fails; it needs neither the database nor the call tree.

After "one moment", the same question is tried twice more with the same answer. Then the caller is
connected through `ivr.core.duty_file` or the rescue number, or leaves a message, which stays at the
carrier until the worker takes it in (docs/decisions/0009-database-outages.md).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, assert_never

from ivr.core import duty_file, outage_journal
from ivr.core.context import AppContext
from ivr.core.duty_file import Standby
from ivr.twilio.twiml import Speech
from models.core.vault import VaultError

MOMENTS = 2
"""How often the same question is tried again."""
RESPONDERS = 3
"""How many people on duty are dialled, one by one, before the rescue number."""
ANSWERS = (
    "Digits", "QueueResult", "RecordingSid", "RecordingUrl", "RecordingDuration",
    "DialCallStatus", "DialBridged",
)  # fmt: skip
"""The form fields of an answer, carried along while the same question is tried again."""
_PURPOSE = "rescue.answer"

Hears = Literal["caller", "waiting", "in a room", "responder", "called back", "leaving", "nobody"]
"""Who hears a view's answer, which decides what may be said when the view fails."""


@dataclass(frozen=True)
class Failed:
    """A webhook that could not be answered."""

    view: str
    hears: Hears
    path: str
    again: int
    """How often this question was already tried again."""
    language: str
    where: Mapping[str, str | int]
    fields: Mapping[str, str] = field(repr=False)
    gone: bool
    """Whether the listener has hung up."""
    why: Literal["away", "fault"]


@dataclass(frozen=True)
class Dialled:
    """The phone to dial for a rescued caller, and the step that follows if it fails."""

    number: str = field(repr=False)
    speaks: tuple[str, ...] | None
    """A responder's languages; None for the rescue number.

    A responder must press a key, or their voicemail would take the caller. The rescue number need
    not.
    """
    next_step: int


def dialled(on_duty: Sequence[Standby], rescue_number: str, step: int) -> Dialled | None:
    """The next person on duty, then the rescue number. None if nobody is left: take a message."""
    if step < min(len(on_duty), RESPONDERS):
        return Dialled(on_duty[step].number, on_duty[step].languages, step + 1)
    if step <= RESPONDERS and rescue_number:
        return Dialled(rescue_number, None, RESPONDERS + 1)
    return None


@dataclass(frozen=True)
class Rescue:
    """Answers in place of a view that failed."""

    app: AppContext
    speech: Speech
    rescue_number: str

    def answer(self, failed: Failed) -> str:
        """What the leg hears. A webhook that could not be stored goes into the journal first."""
        if failed.again == 0 and failed.hears not in ("waiting", "in a room"):
            self.note(failed.view, failed.where, failed.fields)
        if failed.hears == "nobody" or failed.gone:
            return self.speech.nothing()
        if failed.hears == "leaving":
            return self.speech.sorry_to_responder()
        if failed.hears == "in a room" or not self._is_last(failed):
            return self._try_again(failed)
        match failed.hears:
            case "caller":
                return self.dial(failed.language, failed.why, 0)
            case "waiting":
                return self.speech.leave_queue()
            case "called back":
                return self.speech.silent_end()
            case "responder":
                return self.speech.sorry_to_responder()
            case _:
                assert_never(failed.hears)

    def dial(self, language: str, why: str, step: int) -> str:
        """Connect a rescued caller with the next phone, or take a message when none is left."""
        planned = duty_file.kept(self.app.folder, self.app.database.vault, self.app.runtime)
        on_duty = duty_file.to_ring(planned, language, self.app.clock())
        to = dialled(on_duty, self.rescue_number, step)
        if to is None:
            return self.speech.last_resort(language)
        then = self.speech.links.rescue(language, why, to.next_step)
        offered_in = None if to.speaks is None else self.app.staff_language(list(to.speaks))
        return self.speech.rescue(
            language, to.number, offered_in=offered_in, then=then, is_first=step == 0
        )

    def note(self, view: str, where: Mapping[str, str | int], fields: Mapping[str, str]) -> None:
        """Put the carrier's request into the journal; the worker replays it."""
        entry = outage_journal.Entry(self.app.clock(), view, dict(where), dict(fields))
        outage_journal.keep(self.app.folder, self.app.database.vault, entry)

    def answered_before(self, sealed: str) -> dict[str, str]:
        """The first answer to this question, from a sealed value; empty if the seal is not ours."""
        try:
            bare = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
            held = json.loads(self.app.database.vault.open(bare, _PURPOSE))
        except (VaultError, binascii.Error, ValueError):
            return {}
        return {name: str(held[name]) for name in ANSWERS if name in held}

    def _is_last(self, failed: Failed) -> bool:
        is_locked = self.app.database.vault.ring.is_shut  # it will be so at the next try too
        return failed.again >= MOMENTS or is_locked

    def _try_again(self, failed: Failed) -> str:
        again = self.speech.links.again(failed.path, failed.again + 1, self._sealed(failed.fields))
        if failed.hears in ("responder", "called back"):
            return self.speech.moment_on_leg(again, silent=failed.hears == "called back")
        return self.speech.moment(failed.language, again)

    def _sealed(self, fields: Mapping[str, str]) -> str:
        """The answer among these fields, for `answered_before`; empty without any key."""
        answers = {name: fields[name] for name in ANSWERS if name in fields}
        try:
            sealed = self.app.database.vault.seal_in_any_case(json.dumps(answers), _PURPOSE)
        except VaultError:
            return ""
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")
