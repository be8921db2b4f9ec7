"""One siege of the line: people call, processes die, and the evidence is checked at the end."""

from __future__ import annotations

import pickle
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import httpx

from ivr.privacy import key_care
from ivr.twilio import number_setup
from ivr.twilio.rest_http import Credentials
from models.core.database import Database
from models.core.vault import Vault
from models.keys.key_files import KeyFolder
from models.keys.key_ring import KeyRing
from models.keys.root_keys import KEY_BYTES, Roots
from models.operations import sealed_values
from prompts import load
from simulator import Carrier
from tests.crash import checker, databases, hosts, numbers, quiet, truth, world
from tests.crash.besieged import DECK, GRACE_SECONDS, Besieged, Harm
from tests.crash.carriers_client import CarriersClient, Pulse, Wait
from tests.crash.checker import Findings
from tests.crash.databases import Place
from tests.crash.history import History
from tests.crash.siege_clock import SiegeClock
from tests.crash.words import Words
from tests.crash.world import Account, World
from tests.crash.write_lock import WriteLock
from tests.surge.timing import asking, static_webhook

LOOK_SECONDS = 0.1
SHORTEST_BETWEEN_KILLS = 0.4
MOST_A_DAY = str(1_000_000)
"""The limit of starts and dollars a day: a siege makes more in an hour than a real day may."""
READY_WITHIN_SECONDS = 120.0
BETWEEN_VERDICTS = 3.0
ONLY_AT_THE_END = frozenset(
    {"lost callers", "lost messages", "lost callbacks", "no end", "long silences"}
)
SLOWEST_CONTROL_SECONDS = 1.0
"""The 99th percentile of a webhook that decides nothing; a slower machine proves nothing."""
CARRIER_WAITS_SECONDS = 15.0
"""So long the carrier waits for one webhook."""


@dataclass(frozen=True)
class Orders:
    """The size of a siege; equal orders produce equal people and faults."""

    calls: int
    kills: int
    seed: int
    speed: float = 6.0
    at_once: int = 40
    responders: int = 60
    """Up to a hundred; with too few for the callers, some calls are rightly not answered."""
    bound_seconds: float = 3600.0
    settles_within: float = 1500.0
    """Seconds of bench time to settle after the last call, with the same faults."""
    recovers_within: float = 4500.0
    """More seconds without faults: longer than the time to the next try of any callback."""
    patience: float = 1.0
    """Multiplies the time that Twilio waits for an answer, for a busy machine."""
    unclear: float = 0.01
    """The share of requests to the carrier that get no answer and do nothing."""
    bug: str = ""
    deck: tuple[Harm, ...] = DECK
    """The harms that are done, in random order."""
    stops_at: tuple[str, ...] = ()
    """Names of findings that end the siege, for a planted bug."""
    on_one_host: bool = False
    """PostgreSQL has two otherwise."""
    keeps_every_promise: bool = True
    """Whether the siege continues until every owed callback was made."""

    @property
    def longest_seconds(self) -> float:
        """A run that takes longer than this hangs."""
        settling = (self.settles_within + self.recovers_within) / self.speed
        return self.bound_seconds + settling + 10 * READY_WITHIN_SECONDS


@dataclass
class Outcome:
    """The result of a siege."""

    database: str
    orders: Orders
    calls: int = 0
    kills: int = 0
    seconds: float = 0.0
    restarts: list[float] = field(default_factory=list)
    harms: dict[str, int] = field(default_factory=dict)
    control: float = 0.0
    """Seconds that a static webhook took in the same run, 99th percentile."""
    findings: Findings = field(default_factory=Findings)
    left_in_trouble: dict[str, int] = field(default_factory=dict)
    """The work left when the faults ended."""
    unsettled: dict[str, int] = field(default_factory=dict)
    happened: dict[str, int] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether every count is zero."""
        return self.findings.is_clean

    @property
    def refusal(self) -> str:
        """Why there is no verdict: the machine was too busy; empty if there is one."""
        patience = self.orders.patience
        if self.control > SLOWEST_CONTROL_SECONDS * patience:
            return f"a static webhook took {self.control:.1f} s in the same run"
        if max(self.restarts, default=0.0) > CARRIER_WAITS_SECONDS * patience:
            return "the only web side needed longer to restart than the carrier waits"
        return ""


class Siege:
    """All parts of one run."""

    def __init__(self, place: Place, orders: Orders, folder: Path) -> None:
        self._place, self._orders, self._folder = place, orders, folder
        self._clock = SiegeClock(folder / "clock.json", orders.speed)
        self._journal = folder / "journal.jsonl"
        self._diary = History(folder / "history.jsonl")
        self._roots = folder / "data_keys"
        self._looks_at = 0.0
        self._sends = CarriersClient(self._clock)
        dice = Random(orders.seed + 2)
        is_alone = orders.on_one_host or place.kind == "sqlite"
        self._hosts = hosts.one(folder) if is_alone else hosts.two(place, folder, dice)
        self._write_lock = WriteLock(place.url)
        self._line = Besieged(folder, self._hosts, place.dies, dice, orders.deck)

    def run(self) -> Outcome:
        """Besiege the line, wait until it has settled, and check the evidence."""
        began = time.monotonic()
        phones = numbers.of_responders(self._orders.responders)
        secret = {
            "SECRET_KEY": secrets.token_urlsafe(32),
            "DATA_KEYS_FILE": str(self._roots),
            "KEYS_FOLDER": str(self._folder / "keys"),
        }
        database = self._prepared(phones)
        account = Account(
            f"AC{secrets.token_hex(16)}", secrets.token_hex(16), numbers.HOTLINE, self._line.base
        )
        carrier = world.carrier(
            account,
            self._clock,
            self._journal,
            self._client(),
            self._orders.seed,
            self._orders.patience,
        )
        people = self._people(carrier, phones)
        with (
            static_webhook(self._folder) as address,
            asking(address) as self._control,
            carrier.serve() as server,
        ):
            numbers_here = number_setup.Numbers(account.number, "", account.base)
            number_setup.point_here(
                numbers_here, Credentials(account.sid, account.sid, account.token), server.url
            )
            self._line.start({**secret, **self._settings(account, server.url)})
            pulse = Pulse(carrier)
            pulse.begin()
            try:
                self._wait_until_ready()
                in_trouble, left = self._play(people, database)
            finally:
                self._line.end()
        outcome = self._judged(people, database, pulse.stalls)
        database.close()
        seconds = time.monotonic() - began
        return replace(
            outcome,
            left_in_trouble=in_trouble,
            unsettled=left,
            seconds=seconds,
            control=self._control.percentiles()[1] / 1000,
        )

    def _prepared(self, phones: list[str]) -> Database:
        self._roots.write_text(Roots((_key(),)).written(), encoding="ascii")
        roots, folder = Roots.read(self._roots.read_text()), KeyFolder(self._folder / "keys")
        ring = KeyRing(roots, folder, self._clock.now, self._roots)
        ring.begin(at_once=True)
        languages = Words(load()).languages
        return databases.prepared(self._place, Vault(ring), phones, languages, self._clock.now())

    def _client(self) -> httpx.Client:
        """The client that sends the carrier's webhooks."""
        return self._sends.client()

    def _people(self, carrier: Carrier, phones: list[str]) -> World:
        return World(
            carrier, self._diary, phones, numbers.RESCUE, numbers.HOTLINE,
            self._orders.calls, self._orders.at_once, self._orders.seed,
        )  # fmt: skip

    def _play(self, people: World, database: Database) -> tuple[dict[str, int], dict[str, int]]:
        """Run the line; returns the work left when faults end, and the work left at the end."""
        world.spoil(people.carrier.faults, self._orders.unclear)
        people.begin()
        self._besiege(people, database)
        people.end_calling()
        people.everybody = "accept"  # from now on every promise must be kept
        in_trouble = self._settle(people, database, self._orders.settles_within)
        if not in_trouble:
            return {}, {}
        people.clears_the_weather()
        return in_trouble, self._settle(people, database, self._orders.recovers_within)

    def _judged(self, people: World, database: Database, stalls: list[Wait]) -> Outcome:
        people.carrier.journal_file.close()
        self._diary.close()
        evidence = self._evidence(people, database)
        pauses = quiet.Pauses(evidence.webhooks, self._clock.slow, stalls, self._orders.speed)
        evidence = replace(
            evidence,
            silences=list(quiet.silences(people.heard_nothing, pauses)),
            patience=self._orders.patience,
            somebody_was_free=self._orders.keeps_every_promise,
        )
        (self._folder / "evidence.pickle").write_bytes(pickle.dumps(evidence))
        return Outcome(
            database=self._place.kind,
            orders=self._orders,
            calls=people.started,
            kills=self._line.harms.total(),
            harms={str(harm): many for harm, many in self._line.harms.items()},
            restarts=self._sends.restarts,
            findings=checker.check(evidence),
            happened=_happened(evidence) | {"root keys": len(database.vault.ring.held.roots.live)},
        )

    def _settings(self, account: Account, carrier: str) -> dict[str, str]:
        return {
            "DATABASE_URL": self._place.url,
            "PUBLIC_BASE_URL": account.base,
            "TWILIO_ACCOUNT_SID": account.sid,
            "TWILIO_AUTH_TOKEN": account.token,
            "TWILIO_PHONE_NUMBER": account.number,
            "TWILIO_API_BASE_URL": carrier,
            "RESCUE_NUMBER": numbers.RESCUE,
            "CALLS_PER_SECOND": "20",
            "CALLBACK_STARTS_PER_DAY": MOST_A_DAY,
            "CALLBACK_DOLLARS_PER_DAY": MOST_A_DAY,
            "PURSUIT_STARTS_PER_DAY": MOST_A_DAY,
            "LOG_LEVEL": "WARNING",
            "DEMO": "true",
            "CRASH_SPEED": str(self._orders.speed),
            "CRASH_CLOCK": str(self._clock.file),
            "CRASH_GRACE": str(GRACE_SECONDS),
            "CRASH_BUG": self._orders.bug,
        }

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + READY_WITHIN_SECONDS
        with self._sends.client() as http:
            while time.monotonic() < until:
                self._line.must_live()
                try:
                    if http.get(f"{self._line.base}/readyz", timeout=10).status_code == 200:
                        return
                except httpx.HTTPError:
                    continue
                time.sleep(LOOK_SECONDS)
        raise RuntimeError(f"the line does not get ready; its logs are in {self._folder}")

    def _has_found(self, people: World, database: Database) -> bool:
        """Whether there is one of the findings to stop at; looks now and then.

        What is lost shows only at the end, since it may still come.
        """
        names = set(self._orders.stops_at) - ONLY_AT_THE_END
        if not names or time.monotonic() < self._looks_at:
            return False
        self._looks_at = time.monotonic() + BETWEEN_VERDICTS
        with suppress(ValueError):  # a line of the journal is not written to its end yet
            counts = checker.check(self._evidence(people, database)).counts()
            return any(counts[name] for name in names)
        return False

    def _evidence(self, people: World, database: Database) -> checker.Evidence:
        with people.carrier.lock:  # people may still be on the line
            deeds, recordings = list(self._diary.deeds), dict(people.recordings)
        return truth.gather(self._journal, database, deeds, recordings, people.carrier)

    def _besiege(self, people: World, database: Database) -> None:
        """Spread the kills over the calls, so that both end together."""
        until = time.monotonic() + self._orders.bound_seconds
        killed_at = time.monotonic()
        while time.monotonic() < until and (self._kills_are_due(people) or people.live):
            if self._has_found(people, database):
                break
            time.sleep(LOOK_SECONDS)
            self._line.must_live()
            self._clock.slows("write lock", self._write_lock.is_kept)
            if people.started >= people.total / 2:
                self._root_key_changes(database)
            due = self._orders.kills * people.started / max(1, people.total)
            now = time.monotonic()
            if self._line.harms.total() < due and now - killed_at >= SHORTEST_BETWEEN_KILLS:
                killed_at = now
                if self._line.is_harmed() == Harm.WEB and self._line.is_on_one_host:
                    self._sends.web_is_killed()
        self._line.recovers()
        self._clock.slows("write lock", False)

    def _root_key_changes(self, database: Database) -> None:
        """Once a run, while calls go on and processes die."""
        ring = database.vault.ring
        if len(ring.held.roots.live) == 1:
            key_care.bring_in(ring, self._roots, _key())

    def _kills_are_due(self, people: World) -> bool:
        return people.started < people.total or self._line.harms.total() < self._orders.kills

    def _settle(self, people: World, database: Database, seconds: float) -> dict[str, int]:
        until = time.monotonic() + seconds / self._orders.speed
        while True:
            left = self._left(people, database)
            if not left or time.monotonic() > until or self._has_found(people, database):
                return left
            time.sleep(0.5)

    def _left(self, people: World, database: Database) -> dict[str, int]:
        left = truth.unsettled(database)
        journals = (host.folder / "standby" / "journal" for host in self._hosts)
        if entries := sum(1 for each in journals for _ in each.glob("**/[0-9]*")):
            left["journal entries"] = entries
        if lost := _sealed_for_ever(database):
            left["values that nobody can open"] = lost
        live = {leg.sid for leg in list(people.carrier.legs.values()) if leg.is_live}
        if legs := len(live - truth.pursuing_legs(database)):
            left["legs"] = legs
        return left


def _sealed_for_ever(database: Database) -> int:
    with database.reading() as session:
        sealed = sealed_values.count_by_key(session)
    database.vault.ring.look(0)
    return sum(sealed[key] for key in sealed.keys() - database.vault.ring.held.sealers.keys())


def _key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def _happened(evidence: checker.Evidence) -> dict[str, int]:
    """How much happened: a siege in which nothing happens proves nothing."""
    talks = sum(bool(leg.talks) for leg in evidence.legs if leg.direction == "inbound")
    dialled = [ring for ring in evidence.rings if ring.calls_back and ring.sid]
    return {
        "legs": len(evidence.legs),
        "conversations": talks,
        "callbacks": len(evidence.callbacks),
        "callbacks still open": checker.open_callbacks(evidence),
        "callbacks dialled": len(dialled),
        "messages": sum(row.digest is not None for row in evidence.messages),
        "rings": len(evidence.rings),
        "texts": len(evidence.texts_sent),
        "moments of patience": evidence.moments,
        "apologies": evidence.apologies,
        "longest silence": round(max((each.seconds for each in evidence.silences), default=0.0)),
        "repeated webhooks": len(evidence.answers) - len({key for key, _ in evidence.answers}),
    }
