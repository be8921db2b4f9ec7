"""The context: everything a use case needs, built once when a process starts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from ivr.core.erasure_ledger import Ledger
from ivr.core.line_clock import LineClock
from ivr.core.live_prompts import LivePrompts
from ivr.dialogue.facts import Script
from ivr.dialogue.turn import LegTurn, Turn
from models.core.database import Database, Session
from prompts import Prompts

Speak = Callable[[Turn, str, int], str]
"""Turn, caller's language, number of the answer -> the document for the carrier."""
SpeakLeg = Callable[[LegTurn], str]

_THIS_MACHINE = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class OurNumbers:
    """The account's phone numbers, and the numbers that many callers share."""

    hotline: str
    """The hotline's own number, the caller ID of every call."""
    drill: str = ""
    """The account's second number, which drills call from and ring; empty: no drills."""
    sister_line: str = ""
    """RESCUE_NUMBER: the line that pursuit rings when nobody on the roster takes an item."""
    shared: frozenset[str] = frozenset()
    """Phones that many people call from; they are never limited as one caller."""
    interpreter: str = ""
    """The number of the interpreter vendor's line; empty: there is none."""
    ours: frozenset[str] = frozenset()
    """Every number of the hotline's own, which no person and no caller may have."""


@dataclass(frozen=True)
class Limits:
    """How fast and how often the hotline acts."""

    calls_per_second: float = 1.0
    callback_starts_per_day: int = 500
    """The limit of calls to responders for callbacks per day."""
    pursuit_starts_per_day: int = 1000
    """The limit of calls to people about open items per day; the last half is for emergencies."""
    callback_cents_per_day: int = 30_000
    """The limit of what callbacks may cost per day, by where they go."""
    heard_within: timedelta = timedelta(minutes=30)
    """How long a message may wait before coordinators get a text; an urgent one gets less time."""
    weekly_tests: bool = True
    """Whether each responder's phone gets a weekly test call."""
    rest: timedelta = timedelta(minutes=5)
    """How long a responder rests after a talk; it yields to an emergency that nobody else takes."""
    rest_after_emergency: timedelta = timedelta(minutes=20)
    process_age: timedelta | None = timedelta(hours=24)
    """How old a web or worker process may get; None in a demo, whose clock jumps by days."""
    grace: timedelta = timedelta(seconds=30)
    """How long after its start a dialling may still be on its way to the carrier."""


@dataclass(frozen=True)
class Site:
    """The hotline's web address, and the keys that sign its links and cookies."""

    base_url: str
    secrets: tuple[str, ...] = field(repr=False)
    """The first one signs; what the others signed counts too."""
    is_demo: bool = False
    """A password alone signs in; the settings allow this on this machine only."""

    @property
    def is_secure(self) -> bool:
        """Whether browsers connect over https; only a demo may do without."""
        return self.base_url.startswith("https://")

    def page_of_call(self, call_id: str) -> str:
        """The address of the console's page of this call."""
        return f"{self.base_url}/calls/{call_id}"

    def sheet(self, language: str, key: str) -> str:
        """The address of the public sheet about the rights in the situation on this key."""
        return f"{self.base_url}/sheet/{language}/{key}"

    @property
    def page_of_texts(self) -> str:
        """The address of the console's page of texts from the team."""
        return f"{self.base_url}/texts"

    @property
    def origins(self) -> frozenset[str]:
        """The origins of our own pages, as browsers send them in `Origin`."""
        if not self.is_demo:
            return frozenset({self.base_url})
        port = urlsplit(self.base_url).port
        return frozenset({self.base_url, *(f"http://{host}:{port}" for host in _THIS_MACHINE)})

    @property
    def hosts(self) -> list[str]:
        """Every host name that pages are served under; `app.py` checks each request against it."""
        return [urlsplit(origin).hostname or "" for origin in sorted(self.origins)]

    @property
    def passkey_domain(self) -> str:
        """The domain that passkeys are bound to; an IP address cannot be one."""
        host = urlsplit(self.base_url).hostname or ""
        return "localhost" if host == "127.0.0.1" else host


@dataclass(frozen=True)
class UnitOfWork:
    """One transaction at one instant. A use case reads and writes through it."""

    session: Session
    app: AppContext
    now: datetime
    """Aware UTC; every row that this unit writes gets this instant."""


@dataclass(frozen=True)
class AppContext:
    """Everything that stays the same while a process runs."""

    database: Database
    clock: LineClock
    live_prompts: LivePrompts
    numbers: OurNumbers
    limits: Limits
    site: Site
    timezone: str
    """The IANA time zone of the hotline's hours."""
    folder: Path
    """Where this host keeps the files for a database outage."""
    panic: Path
    """Where a file locks the line of this host."""
    runtime: Path
    """Where the key of the duty file is during a lock: in memory, if the host has such a folder."""
    ledger: Ledger
    """Records what a restored backup must not bring back."""

    @contextmanager
    def transaction(self, now: datetime | None = None) -> Iterator[UnitOfWork]:
        """A transaction that commits at the end; `now` defaults to the clock's time."""
        now = now or self.clock()
        with self.database.transaction() as session:
            yield UnitOfWork(session, self, now)

    @contextmanager
    def reading(self, now: datetime | None = None) -> Iterator[UnitOfWork]:
        """A read-only transaction."""
        now = now or self.clock()
        with self.database.reading() as session:
            yield UnitOfWork(session, self, now)

    @property
    def script(self) -> Script:
        """The call tree and the languages offered at this moment."""
        return self.live_prompts.now.script

    @property
    def shipped_prompts(self) -> Prompts:
        """The prompts of this release, without the coordinators' changes."""
        return self.live_prompts.shipped

    @property
    def shared_marks(self) -> frozenset[str]:
        """The keyed marks of the shared numbers; they change with the pepper."""
        vault = self.database.vault
        return frozenset(
            mark for number in self.numbers.shared for mark in vault.fingerprints(number, "number")
        )

    @cached_property
    def voiced(self) -> tuple[str, ...]:
        """The languages that have a voice, so responders can hear the hotline in them."""
        languages = self.shipped_prompts.languages
        return tuple(code for code, language in languages.items() if not language.recorded)

    def staff_language(self, languages: list[str], chosen: str | None = None) -> str:
        """The language in which a responder hears and reads the hotline.

        `chosen` is their own choice; English stands in for one without words for staff.
        """
        if chosen:
            return chosen if chosen in self.voiced else "en"
        if "en" in languages:
            return "en"
        return next((code for code in languages if code in self.voiced), "en")
