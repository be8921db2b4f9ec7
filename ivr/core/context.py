"""The context: everything a use case needs, put together once when a process starts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from ivr.core.erasure_ledger import Ledger
from ivr.core.live_prompts import LivePrompts
from ivr.dialogue.facts import Script
from ivr.dialogue.turn import LegTurn, Turn
from models.core.database import Database, Session
from prompts import Prompts

Speak = Callable[[Turn, str, int], str]
"""Turn, caller's language and number of the answer -> what the carrier is told."""
SpeakLeg = Callable[[LegTurn], str]

_THIS_MACHINE = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class OurNumbers:
    """The phone numbers of the account, and the numbers that many callers share."""

    hotline: str
    """The hotline's own number, which every other phone is shown."""
    drill: str = ""
    """The account's second number, which calls and is rung in drills; none, no drills."""
    shared: frozenset[str] = frozenset()
    """Phones that many people call from: they are never limited as one caller."""


@dataclass(frozen=True)
class Limits:
    """How fast and how often the hotline acts."""

    calls_per_second: float = 1.0
    callback_starts_per_day: int = 500
    """At most this many calls to responders are made for callbacks in a day."""
    heard_within: timedelta = timedelta(minutes=30)
    """How long a message may wait before coordinators are told; an urgent one a part of it."""
    weekly_tests: bool = True
    """Whether each responder's phone is rung once a week to see that it is still theirs."""
    grace: timedelta = timedelta(seconds=30)
    """How long after it began a dialling may still be on its way to the carrier."""


@dataclass(frozen=True)
class Site:
    """The web address of the hotline, and what signs its links and cookies."""

    base_url: str
    secret: str = field(repr=False)
    is_demo: bool = False
    """A password alone signs in; the settings allow it on this machine only."""

    @property
    def is_secure(self) -> bool:
        """Whether browsers come over https; only a demo may do without."""
        return self.base_url.startswith("https://")

    @property
    def origins(self) -> frozenset[str]:
        """Where our own pages come from, as browsers say it in `Origin`."""
        if not self.is_demo:
            return frozenset({self.base_url})
        port = urlsplit(self.base_url).port
        return frozenset({self.base_url, *(f"http://{host}:{port}" for host in _THIS_MACHINE)})

    @property
    def hosts(self) -> list[str]:
        """THE list of hosts that pages are shown under; `app.py` asks it before every request."""
        return [urlsplit(origin).hostname or "" for origin in sorted(self.origins)]

    @property
    def passkey_domain(self) -> str:
        """The domain that passkeys are bound to; a bare address of this machine cannot be one."""
        host = urlsplit(self.base_url).hostname or ""
        return "localhost" if host == "127.0.0.1" else host


@dataclass(frozen=True)
class UnitOfWork:
    """One transaction at one instant: what a use case reads, writes and dates its writing with."""

    session: Session
    app: AppContext
    now: datetime
    """Aware UTC; the same instant in every row that this unit writes."""


@dataclass(frozen=True)
class AppContext:
    """What does not change while a process of the hotline runs."""

    database: Database
    clock: Callable[[], datetime]
    """Aware UTC now."""
    live_prompts: LivePrompts
    numbers: OurNumbers
    limits: Limits
    site: Site
    timezone: str
    """The IANA zone that the hotline keeps its hours by."""
    folder: Path
    """Where this host keeps what it needs when the database is away."""
    ledger: Ledger
    """What a restored backup must not bring back."""

    @contextmanager
    def transaction(self, now: datetime | None = None) -> Iterator[UnitOfWork]:
        """A transaction that commits at the end; `now` is the clock's unless it is given."""
        now = now or self.clock()
        with self.database.transaction() as session:
            yield UnitOfWork(session, self, now)

    @contextmanager
    def reading(self, now: datetime | None = None) -> Iterator[UnitOfWork]:
        """A look at the database that writes nothing."""
        now = now or self.clock()
        with self.database.reading() as session:
            yield UnitOfWork(session, self, now)

    @property
    def script(self) -> Script:
        """The call tree, and the languages that are offered at this moment."""
        return self.live_prompts.now.script

    @property
    def shipped_prompts(self) -> Prompts:
        """The prompts of this release, without what coordinators changed."""
        return self.live_prompts.shipped

    @cached_property
    def shared_marks(self) -> frozenset[str]:
        """The marks under which calls from shared numbers are remembered."""
        vault = self.database.vault
        return frozenset(
            mark for number in self.numbers.shared for mark in vault.fingerprints(number, "number")
        )

    @cached_property
    def voiced(self) -> tuple[str, ...]:
        """The languages in which responders can be addressed, because a voice speaks them."""
        languages = self.shipped_prompts.languages
        return tuple(code for code, language in languages.items() if not language.recorded)

    def staff_language(self, languages: list[str]) -> str:
        """The language in which a responder hears the hotline."""
        if "en" in languages:
            return "en"
        return next((code for code in languages if code in self.voiced), "en")
