"""The line: everything a use case needs, put together once when the hotline starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ivr.core.erasure_ledger import Ledger
from ivr.core.live_prompts import Editions
from ivr.dialogue.facts import Script
from ivr.dialogue.turn import LegTurn, Turn
from models.core.database import Database

Speak = Callable[[Turn, str, int], str]
"""Turn, caller's language and number of the answer -> what the carrier is told."""
SpeakLeg = Callable[[LegTurn], str]


@dataclass(frozen=True)
class Line:
    """What does not change while the hotline runs."""

    database: Database
    clock: Callable[[], datetime]
    """Aware UTC now."""
    editions: Editions
    number: str
    """The hotline's own number, which every other phone is shown."""
    timezone: str
    folder: Path
    """Where this host keeps what it needs when the database is away."""
    voiced: tuple[str, ...]
    """The languages in which responders can be addressed, because a voice speaks them."""
    ledger: Ledger
    """What a restored backup must not bring back."""
    drill_number: str = ""
    """The account's second number, which calls and is rung in drills; none, no drills."""
    calls_per_second: float = 1.0
    callback_starts_per_day: int = 500
    """So many calls to responders are made for callbacks in a day; no more, whoever asks."""
    heard_within: timedelta = timedelta(minutes=30)
    """How long a message may wait before coordinators are told; an urgent one a part of it."""
    weekly_tests: bool = True
    """Whether each responder's phone is rung once a week to see that it is still theirs."""
    shared_numbers: frozenset[str] = frozenset()
    """Phones that many people call from: they are never limited as one caller."""
    grace: timedelta = timedelta(seconds=30)
    """How long after it began a dialling may still be on its way to the carrier."""

    @property
    def script(self) -> Script:
        """The call tree, and the languages that are offered at this moment."""
        return self.editions.now.script

    @property
    def shared_marks(self) -> frozenset[str]:
        """The marks under which calls from shared numbers are remembered."""
        vault = self.database.vault
        return frozenset(
            mark for number in self.shared_numbers for mark in vault.fingerprints(number, "number")
        )

    def staff_language(self, languages: list[str]) -> str:
        """The language in which a responder hears the hotline."""
        if "en" in languages:
            return "en"
        return next((code for code in languages if code in self.voiced), "en")
