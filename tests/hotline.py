"""The hotline for tests: a line that can be called, people on duty, a controlled clock."""

from __future__ import annotations

import base64
import itertools
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import httpx
import pyotp
from argon2 import PasswordHasher
from pydantic import SecretStr

import wiring
from commands.base import roster_file
from commands.base.roster_file import SAMPLE
from commands.findings import carrier_findings
from commands.records import roster_commands
from ivr.core.context import AppContext
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.dialogue.call_tree import HOTLINE
from ivr.privacy import subject_access
from ivr.search import call_limits
from ivr.twilio import number_setup
from ivr.worker.loop import Worker
from models.calls import callbacks, calls, open_items, outbox, rings, rooms, surges, voicemails
from models.calls.callbacks import CallbackState
from models.calls.outbox import TaskState
from models.calls.rings import Ring
from models.core.base import Base
from models.core.database import WORKER, Database, Patience
from models.imports import roster_import
from models.people import people, roster
from models.people.people import Partner, Person
from models.schedule import duty_rules
from models.staff import audit, users
from models.staff.users import Role
from routing.duty.duty import Override, Rule, Weekly, on_duty
from settings import Settings
from simulator import Carrier, VirtualClock
from simulator.base.records import RestEntry, WebhookEntry
from simulator.scenario.stage import Performance
from tests import compiled
from tests.caller import Caller
from tests.coordinator import Coordinator
from tests.responder import Responder
from tests.waiting import PATIENCE_SECONDS
from web_app import create_app

NUMBER = "+12125550100"
RESCUE = "+12125550199"
ACCOUNT = "AC" + "0" * 32
TOKEN = "the account's token"
SECOND_TOKEN = "the account's next token"
OTHER_LANGUAGES = "9"
ASKED_AT = re.compile(r"/at/(\w+)/")
TUESDAY_NIGHT = datetime(2026, 12, 8, 7, 4, tzinfo=UTC)  # 02:04 in New York
COMPILED_TEMPLATES, COMPILED_STATEMENTS = compiled.Templates(), compiled.Statements()
compiled.keep_in(COMPILED_STATEMENTS, Base.registry.mappers)
PASSWORD = "correct horse battery staple"
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Tests only: comparing with its hashes is fast too; the hotline's own are slow on purpose."""
PASSWORD_HASH = CHEAP_HASHER.hash(PASSWORD)
EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_SCENARIO_SECONDS = 3600
KEYS: dict[str, str] = {}
"""The folder of the keys of days of each PostgreSQL database that a test uses now."""
STEP_SECONDS, IDLE_STEP_SECONDS, QUIET_STEP_SECONDS, LONG_STEP_SECONDS = 0.5, 5.0, 10.0, 30.0
LONG_SECONDS = 120.0
"""A remaining time above this counts as long."""
A_DAY = timedelta(days=1)
LONGEST_ALONE_SECONDS = 10
CANNOT_CONNECT = 11205
"""The carrier's code for a webhook that it cannot deliver."""


def settings_for(database_url: str) -> Settings:
    """Settings of a production hotline, with keys made for the test."""
    return Settings(
        _env_file=None,
        database_url=database_url,
        public_base_url="https://hotline.example.org",
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=SecretStr(TOKEN),
        twilio_auth_token_secondary=SecretStr(SECOND_TOKEN),
        twilio_phone_number=NUMBER,
        twilio_api_base_url="https://carrier.example.org",
        rescue_number=RESCUE,
        secret_key=SecretStr("s" * 32),
        data_keys=SecretStr(base64.urlsafe_b64encode(b"k" * 32).decode()),
        ledger_file=ledger_for(database_url),
        standby_folder=standby_for(database_url),
        keys_folder=keys_for(database_url),
        calls_per_second=10,
        rest_minutes=1,
        rest_after_emergency_minutes=1,
    )


def standby_for(database_url: str) -> str:
    """Next to a SQLite database as usual; else a folder that no later test finds."""
    return "" if database_url.startswith("sqlite") else tempfile.mkdtemp(prefix="standby-")


def ledger_for(database_url: str) -> str:
    """Next to a SQLite database as usual; else a file that no later test finds."""
    if database_url.startswith("sqlite"):
        return ""
    return f"{tempfile.gettempdir()}/{database_url.rpartition('/')[2].partition('?')[0]}.ledger"


def keys_for(database_url: str) -> str:
    """Next to a SQLite database as usual; else the folder of this database in this test."""
    if database_url.startswith("sqlite"):
        return ""
    if database_url not in KEYS:
        KEYS[database_url] = tempfile.mkdtemp(prefix="keys-")
    return KEYS[database_url]


def begins_its_keys(settings: Settings, clock: Callable[[], datetime]) -> None:
    """Make the folder of the keys of days, as `hotline init` does."""
    settings.vault(clock).ring.begin(at_once=True)


class Unplugged(httpx.BaseTransport):
    """A network without any route."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Fail as for a missing route or an unknown host name."""
        raise httpx.ConnectError("no route to host", request=request)


class Hotline:
    """A whole hotline in one process: app, worker and the simulated carrier, on one clock."""

    def __init__(
        self,
        database_url: str,
        at: datetime = TUESDAY_NIGHT,
        *,
        folder: Path | None = None,
        patience: Patience = WORKER,
        clock: Callable[[datetime], datetime] | None = None,
        by_database: bool = False,
        begins_keys: bool = True,
        **settings: object,
    ) -> None:
        """`clock` maps the true time to the host's, for hosts whose clock is wrong.

        `by_database`: the database's clock is right, and the hotline goes by it.
        `begins_keys`: days have keys of their own, as after `hotline init`.
        """
        self.clock = VirtualClock(at)
        settings["standby_folder"] = folder or Path(tempfile.mkdtemp(prefix="standby-"))
        self.settings = settings_for(database_url).model_copy(update=settings)
        self.times_broken = 0
        self.foreseen: set[int] = set()
        """The carrier's complaints that the test itself causes."""
        self._patience = patience
        self._opened: list[Database] = []
        nowhere = httpx.Client(transport=Unplugged())  # until there is an app
        self.carrier = Carrier(self.clock, account_sid=ACCOUNT, auth_token=TOKEN, http=nowhere)
        self.host_clock = (lambda: clock(self.clock.now())) if clock else self.clock.now
        self.line_time = (lambda _: self.clock.now()) if by_database else None
        base = self.settings.base_url
        self.carrier.buy_number(
            NUMBER,
            voice_url=f"{base}/voice/incoming",
            status_callback=f"{base}/voice/status",
            voice_fallback_url=f"{base}/voice/fallback",
            sms_url=f"{base}/sms/incoming",
        )
        if drill_number := self.settings.drill_number:
            self.carrier.buy_number(drill_number, voice_url=f"{base}/voice/drill")
        if begins_keys:
            begins_its_keys(self.settings, self.clock.now)
        self._starts()
        self._phones = itertools.count(110)
        self._callers = itertools.count(150)

    def new_worker(self, certificate: Callable[[datetime], int] | None = None) -> Worker:
        """A worker as it starts after a crash: it knows only the database."""
        rest = httpx.Client(transport=httpx.WSGITransport(self.carrier.wsgi))
        return self.worker_at(rest, certificate=certificate)

    def worker_at(
        self, http: httpx.Client, certificate: Callable[[datetime], int] | None = None
    ) -> Worker:
        """A worker that reaches its carrier through this client."""
        return wiring.worker(
            self.settings, self.context, http, certificate=certificate, if_broken=self._breaks
        )

    def worker_of(self, context: AppContext, name: str) -> Worker:
        """A worker on another host of the same line."""
        rest = httpx.Client(transport=httpx.WSGITransport(self.carrier.wsgi))
        return wiring.worker(self.settings, context, rest, name, if_broken=self._breaks)

    def on_another_host(self, folder: Path, **settings: object) -> AppContext:
        """The parts of another host of the same line, with files of its own."""
        there = self.settings.model_copy(update={"standby_folder": str(folder), **settings})
        context = wiring.build(there, self.host_clock)
        self.opens(context.database)
        return context

    def opens(self, database: Database) -> None:
        """Close this database too at the end of the test."""
        self._opened.append(database)

    def restarts(self, **settings: object) -> None:
        """Kill web and worker and start them again, perhaps with other settings."""
        self.settings = self.settings.model_copy(update=settings)
        self.context.database.close()
        self._starts()

    def _starts(self) -> None:
        self.app = create_app(
            self.settings, self.host_clock, self._patience, self._breaks, self.line_time
        )
        self.app.jinja_env.bytecode_cache = COMPILED_TEMPLATES
        self.context: AppContext = self.app.extensions["hotline"]
        database = self.context.database
        for engine in (database.engine, database.reading_engine):
            engine.update_execution_options(compiled_cache=COMPILED_STATEMENTS)
        self._opened.append(database)
        transport = httpx.WSGITransport(self.app, raise_app_exceptions=True)
        self.carrier.http = httpx.Client(transport=transport)
        self.worker: Worker | None = self.new_worker()

    @contextmanager
    def is_unreachable(self) -> Iterator[None]:
        """The carrier's webhooks do not arrive and get no answer."""
        self.carrier.faults.next_webhook("connection", after_acting=False, times=1000)
        self.carrier.faults.lose()
        self.foreseen |= {CANNOT_CONNECT}
        yield
        self.carrier.faults.clear()

    def _breaks(self) -> None:
        """Replaces the end of the process, which would end the test."""
        self.times_broken += 1

    # --- faults

    def loses_its_worker(self) -> None:
        """The worker is killed: nothing is dialled, texted or swept from now on."""
        self.worker = None

    def loses_the_network(self) -> None:
        """The worker's requests do not leave this machine any more; calls still come in."""
        self.worker = self.worker_at(httpx.Client(transport=Unplugged()))

    def has_the_network_back(self) -> None:
        """A new worker, whose requests leave this machine."""
        self.worker = self.new_worker()

    def calls_refused(self, responder: Responder, error_code: int = 21211) -> None:
        """The carrier refuses every call to this responder's phone."""
        self.carrier.faults.refuse(responder.number, error_code)

    def removes(self, *names: str) -> None:
        """A coordinator imports a roster without these people; the duty of the others stays."""
        with self.context.database.transaction() as session:
            stay = [p for p in people.active(session) if people.name_of(session, p) not in names]
            written = tuple(
                roster.RosterPerson(
                    people.name_of(session, p), people.phone_of(session, p), tier=p.tier
                )
                for p in stay
            )
            rules = tuple(
                replace(rule, person=people.name_of(session, p))
                for p in stay
                for rule in duty_rules.duty(session, "UTC").rules
                if isinstance(rule, Weekly) and rule.person == p.id
            )
            timezone = self.settings.hotline_timezone
            left = roster.Roster(timezone, (), written, rules)
            roster_import.store(session, left, {}, self.clock.now())

    def adds_to_its_roster(self, responder: Responder, *rules: Rule) -> None:
        """A coordinator imports the roster file with its present rules and these ones, by name."""
        with self.context.database.transaction() as session:
            person = people.with_name(session, responder.name)
            assert person
            written = roster.RosterPerson(responder.name, responder.number, tier=person.tier)
            had = tuple(
                replace(rule, person=responder.name)
                for row in duty_rules.from_source(session, people.FROM_ROSTER)
                if isinstance(rule := duty_rules.rule_of(row), Weekly)
            )
            timezone = self.settings.hotline_timezone
            file = roster.Roster(timezone, (), (written,), (*had, *rules))
            roster_import.store(session, file, {}, self.clock.now())

    def has_a_surge(self, hours: float = 2) -> None:
        """A coordinator switches the surge on."""
        with self.context.database.transaction() as session:
            now = self.clock.now()
            surges.begin_surge(session, now, now + timedelta(hours=hours))

    # --- people

    def has_on_duty(
        self,
        name: str,
        speaks: str = "en",
        needs: tuple[str, ...] = (),
        tier: int = 1,
        pin: str | None = None,
        role: str = "attorney",
        partner: str | None = None,
    ) -> Responder:
        """A person on duty around the clock; `speaks` lists languages, best first."""
        responder = self.knows(name, speaks, needs, tier, pin, role, partner)
        self.is_always_on_duty(responder)
        return responder

    def is_always_on_duty(self, responder: Responder) -> None:
        """Put a person of the roster on duty around the clock."""
        with self.context.database.transaction() as session:
            person = people.with_name(session, responder.name)
            assert person
            rule = Weekly(
                days=EVERY_DAY,
                start=datetime.min.time(),
                end=datetime.min.time(),
                person=person.id,
            )
            duty_rules.add(session, rule, "roster", self.clock.now())

    def knows(
        self,
        name: str,
        speaks: str = "en",
        needs: tuple[str, ...] = (),
        tier: int = 1,
        pin: str | None = None,
        role: str = "attorney",
        partner: str | None = None,
    ) -> Responder:
        """A person of the roster, off duty; `partner` is the name of a partner who exists."""
        number = f"+17185550{next(self._phones)}"
        with self.context.database.transaction() as session:
            every = people.every_partner(session)
            person = Person(
                partner_id=next((each.id for each in every if each.name == partner), None),
                role=role,
                languages=speaks.split(),
                needs=list(needs),
                tier=tier,
                active=True,
            )
            people.seal_person(session, person, name=name, phone=number)
            people.set_pin(session, person, CHEAP_HASHER.hash(pin) if pin else None)
            session.add(person)
        return Responder(self, name, self.carrier.phone(number))

    def goes_by(self, clock: Callable[[], datetime]) -> None:
        """Web and worker use another clock from now on."""
        self.host_clock = clock
        self.restarts()

    def has_a_test_due(self, responder: Responder) -> None:
        """Make the weekly test of this phone due now."""
        with self.context.database.transaction() as session:
            person = people.with_name(session, responder.name)
            assert person
            person.test_due_at = self.clock.now()

    def lifts_the_block_of(self, pseudonym: str) -> None:
        """A coordinator runs `hotline blocks lift`."""
        with self.context.database.transaction() as session:
            ledger, now = self.context.ledger, self.clock.now()
            assert call_limits.lift(session, ledger, pseudonym, now) == 1

    def another_database(self) -> Database:
        """The same database, opened as another host opens it."""
        return Database(self.settings.database_url, self.settings.vault())

    def findings_of_carrier(self) -> list[str]:
        """What `hotline check` finds wrong at the carrier."""
        rest = httpx.Client(transport=httpx.WSGITransport(self.carrier.wsgi))
        carrier = wiring.carrier(self.settings, self.context, rest)
        found = carrier_findings.of_condition(carrier.condition())
        return [finding.words for finding in found]

    def findings_of_registration(self) -> list[str]:
        """What `hotline check` says about the registration of the hotline's texts."""
        rest = httpx.Client(transport=httpx.WSGITransport(self.carrier.wsgi))
        found = carrier_findings.of_registration(wiring.carrier(self.settings, self.context, rest))
        return [finding.words for finding in found]

    def findings_of_limits(self) -> list[str]:
        """What `hotline check` says about how much the account may do."""
        rest = httpx.Client(transport=httpx.WSGITransport(self.carrier.wsgi))
        found = carrier_findings.of_limits(wiring.carrier(self.settings, self.context, rest))
        return [finding.words for finding in found]

    def others_in_account(self) -> tuple[int, int]:
        """Numbers and recordings of the carrier's account that are not the hotline's."""
        rest = httpx.Client(transport=httpx.WSGITransport(self.carrier.wsgi))
        return wiring.carrier(self.settings, self.context, rest).others()

    def sets_up_its_numbers(self) -> None:
        """A technician runs `hotline setup`."""
        rest = httpx.Client(transport=httpx.WSGITransport(self.carrier.wsgi))
        api = self.settings.twilio_api_base_url
        numbers = wiring.numbers(self.settings)
        known = wiring.credentials(self.settings)
        assert number_setup.point_here(numbers, known, api, rest) == []

    def has_shift(
        self, name: str, speaks: str = "en", *, hours: float, starts_in: float = 0
    ) -> Responder:
        """A person on duty once for some hours, from now on or later; `starts_in` is in hours."""
        responder = self.knows(name, speaks)
        self.has_another_shift(responder, hours=hours, starts_in=starts_in)
        return responder

    def has_another_shift(self, responder: Responder, *, hours: float, starts_in: float) -> None:
        """Give a person of the roster one more shift; times are in hours."""
        person, now = self.person(responder), self.clock.now()
        start = now + timedelta(hours=starts_in)
        with self.context.database.transaction() as session:
            rule = Override(start=start, end=start + timedelta(hours=hours), person=person.id)
            duty_rules.add(session, rule, "roster", now)

    def works_weekly(self, name: str, day: str, begins: str, ends: str) -> Responder:
        """A person on duty each week on this day, by wall-clock time."""
        responder = self.knows(name)
        with self.context.database.transaction() as session:
            rule = Weekly(
                days=(day,),
                start=clock_time.fromisoformat(begins),
                end=clock_time.fromisoformat(ends),
                person=self.person(responder).id,
            )
            duty_rules.add(session, rule, "roster", self.clock.now())
        return responder

    def gives_another_role(self, name: str, role: Role) -> None:
        """Give a user another role."""
        with self.context.database.transaction() as session:
            user = users.named(session, name)
            assert user
            user.role = role

    def goes_off_duty(self, responder: Responder, *, hours: float) -> None:
        """A responder is off duty for some hours from now on."""
        person, now = self.person(responder), self.clock.now()
        with self.context.database.transaction() as session:
            rule = Override(start=now, end=now + timedelta(hours=hours), remove=person.id)
            duty_rules.add(session, rule, "roster", now)

    def has_time_off(self, name: str, start: datetime, *, hours: int) -> None:
        """A coordinator takes a person off duty for some hours."""
        with self.context.database.transaction() as session:
            person = people.with_name(session, name)
            assert person
            rule = Override(start=start, end=start + timedelta(hours=hours), remove=person.id)
            duty_rules.add(session, rule, "console", self.clock.now())

    def duty_has(self, name: str, at: datetime) -> bool:
        """Whether a person is on duty at an instant."""
        with self.context.database.reading() as session:
            person = people.with_name(session, name)
            rules = duty_rules.duty(session, self.settings.hotline_timezone)
        return person is not None and person.id in on_duty(rules, at)

    def duty_rules(self) -> list[Rule]:
        """Every rule of duty, in order."""
        with self.context.database.reading() as session:
            return list(duty_rules.duty(session, self.settings.hotline_timezone).rules)

    def has_user(
        self, name: str, role: str = "coordinator", *, person: str | None = None,
        enrolled: bool = True,
    ) -> Coordinator:  # fmt: skip
        """A user who can sign in; `person` is their name on the roster."""
        secret = pyotp.random_base32() if enrolled else None
        with self.context.database.transaction() as session:
            known = people.with_name(session, person) if person else None
            user = users.add(
                session, name=name, role=Role(role), password_hash=PASSWORD_HASH,
                now=self.clock.now(), person_id=known.id if known else None,
            )  # fmt: skip
            if secret:
                users.remember_totp(session, user, secret)
        return Coordinator(self, name, PASSWORD, secret)

    def has_nobody_signed_in(self) -> Coordinator:
        """A browser of somebody who is not signed in."""
        return Coordinator(self, "", "")

    def phone_of(self, name: str) -> Responder:
        """The phone of a person on the roster."""
        with self.context.database.reading() as session:
            person = people.with_name(session, name)
            assert person
            return Responder(self, name, self.carrier.phone(people.phone_of(session, person)))

    def has_the_sample_roster(self) -> None:
        """The people whom `make demo` puts on the roster, with their shifts and PINs."""
        roster_commands.bring_in(self.context.database, roster_file.read(SAMPLE), CHEAP_HASHER.hash)

    def plays(self, scenario: str, least: float = STEP_SECONDS) -> Performance:
        """Play a scenario to its end; the worker looks at most once in `least` seconds."""
        self.carrier.stage.perform(scenario)
        performance = self.carrier.stage.performance
        assert performance
        if self.waits_for(lambda: performance.is_over, LONGEST_SCENARIO_SECONDS, least):
            return performance
        raise AssertionError(f"{scenario} does not end: {performance.plays[-1].line}")

    def has_partner(
        self, name: str, address: str, phone: str, zips: list[str], **facts: object
    ) -> None:
        """A partner whose office callers can hear."""
        every: dict[str, object] = {"services": [], "languages": [], **facts}
        with self.context.database.transaction() as session:
            session.add(Partner(name=name, address=address, phone=phone, zips=zips, **every))

    def loses_the_phone_of(self, name: str) -> None:
        """Make the sealed phone number of a person on the roster unreadable."""
        with self.context.database.transaction() as session:
            person = people.with_name(session, name)
            assert person
            person.phone_sealed = person.name_sealed

    def loses_the_number_to_call_back(self, number: str) -> None:
        """Make the sealed number of an open callback unreadable."""
        with self.context.database.transaction() as session:
            owed = callbacks.owed_to(session, number)
            assert owed
            owed.number_sealed = owed.number_sealed[:-1] + b"?"

    # --- events

    def is_called(
        self, number: str | None = None, shown: str | None = None, *, choosing: bool = True
    ) -> Caller:
        """A person calls; `shown` replaces the number that their phone shows.

        Who called before and is greeted in their language asks for the language menu at once; not
        `choosing`, they listen.
        """
        number = number or f"+19175550{next(self._callers)}"
        leg = self.carrier.phone(number).dials(NUMBER, caller_id=shown)
        caller = Caller(self, leg, number)
        self.works()
        if choosing and self.place_of(leg.sid) == HOTLINE.returning:
            caller.press(OTHER_LANGUAGES)
        return caller

    def waits(self, seconds: float) -> None:
        """Let time pass, and let the worker keep up."""
        self.waits_for(lambda: False, seconds)

    def waits_for(
        self, what: Callable[[], bool], seconds: float, least: float = STEP_SECONDS
    ) -> bool:
        """Let time pass until this holds or the seconds are over; returns whether it holds."""
        until = self.clock.now() + timedelta(seconds=seconds)
        while not what():
            left = (until - self.clock.now()).total_seconds()
            if left <= 0:
                return False
            self.carrier.advance(min(max(least, self._step_seconds(left)), left))
            self.works()
        return True

    def _step_seconds(self, left: float) -> float:
        """How far to move the clock before the worker looks again.

        The worker looks when something happens, and now and then in between: less often while
        nobody waits on the phone, and least often in a long time without calls.
        """
        if self._does_anybody_wait:
            longest = IDLE_STEP_SECONDS
        else:
            longest = LONG_STEP_SECONDS if left > LONG_SECONDS else QUIET_STEP_SECONDS
        due = self.carrier.next_due
        return min(longest, (due - self.clock.now()).total_seconds()) if due else longest

    @property
    def _does_anybody_wait(self) -> bool:
        """Whether a person is on the phone without a talk."""
        return any(leg.is_live and not leg.talks_with for leg in self.carrier.legs.values())

    def waits_quietly(self, seconds: float) -> None:
        """Let time pass without calls, when there is nothing to do in between."""
        self.carrier.advance(seconds)
        self.works()

    def works(self) -> None:
        """Let the worker do everything that is due at this instant."""
        for _ in range(10):
            self.carrier.run_due()
            if self.worker is None or not self.worker.tick():
                return

    def later(self, delta: timedelta) -> None:
        """Let a long time pass without calls; the worker runs only at its end.

        A phone that stays in a room alone asks for its sound again and again, so in days everybody
        hangs up.
        """
        if delta >= A_DAY:
            for leg in list(self.carrier.legs.values()):
                if leg.answered_at:
                    leg.hangs_up()
        self.carrier.advance(delta.total_seconds())
        self.works()
        self.waits(2)

    # --- rows

    @property
    def promised_callbacks(self) -> list[str]:
        """The numbers that are still owed a callback."""
        with self.context.database.reading() as session:
            owed = [c for c in callbacks.between(session, None, None) if c.closed_at is None]
            return [callbacks.number_of(session, callback) for callback in owed]

    @property
    def callbacks(self) -> list[callbacks.Callback]:
        """Every callback ever promised."""
        with self.context.database.reading() as session:
            return list(callbacks.between(session, None, None))

    @property
    def open_items(self) -> list[open_items.OpenItem]:
        """Every item that still needs a person, oldest first."""
        with self.context.database.reading() as session:
            return open_items.still_open(session)

    @property
    def messages(self) -> list[voicemails.Message]:
        """Every message ever started."""
        with self.context.database.reading() as session:
            return list(voicemails.between(session, None, None))

    @property
    def calls(self) -> list[calls.Call]:
        """Every call, oldest first."""
        with self.context.database.reading() as session:
            return list(calls.between(session, None, None))

    def place_of(self, sid: str) -> str | None:
        """The place that the last answer to this call asks at, as its document says."""
        for entry in reversed(self.carrier.journal):
            if not isinstance(entry, WebhookEntry) or "<Response" not in entry.text:
                continue
            if entry.params.get("CallSid") == sid:
                asked = ASKED_AT.search(entry.text)
                return asked[1] if asked else None
        return None

    def number_kept_of(self, call: calls.Call) -> str | None:
        """The caller's number, if it is still kept."""
        with self.context.database.reading() as session:
            return calls.number_of(session, call)

    def rows_of(self, table: str) -> int:
        """How many rows a table has."""
        with self.context.database.reading() as session:
            return session.query(Base.metadata.tables[table]).count()

    def holdings_of(self, number: str) -> list[str]:
        """The kinds of rows that subject access finds for this number."""
        with self.context.database.reading() as session:
            return [each.kind for each in subject_access.of(session, number, self.clock.now())]

    def owes_a_text_to(self, responder: Responder) -> None:
        """Owe this responder a text about a new message."""
        with self.context.database.transaction() as session:
            person = people.with_name(session, responder.name)
            assert person
            now = self.clock.now()
            values = {"language": "en", "need": "question", "key": "3"}
            outbox.text(session, person.id, str(now), "texts.message_waiting", values, now)

    def alerts_coordinators(self, words: str = "texts.drill_failed", **values: str) -> None:
        """Something happens that every coordinator is told of."""
        with self.context.database.transaction() as session:
            now = self.clock.now()
            tell_coordinators(session, f"{words}:{now}", words, values, now)

    def closes_every_callback(self) -> None:
        """Mark every callback as reached."""
        with self.context.database.transaction() as session:
            for owed in callbacks.between(session, None, None):
                owed.state, owed.closed_at = CallbackState.REACHED, self.clock.now()

    def comes_true(
        self, what: Callable[[], bool], within_seconds: float = PATIENCE_SECONDS
    ) -> bool:
        """Let a worker in another thread run until this holds."""
        patience = time.monotonic() + within_seconds
        while time.monotonic() < patience:
            self.carrier.run_due()
            if what():
                return True
        return False

    def metric(self, name: str) -> float:
        """One figure of the Prometheus metrics."""
        lines = self.app.test_client().get("/metrics").text.splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))

    @property
    def rings(self) -> list[Ring]:
        """Every ring ever made, for calls and for callbacks, oldest first."""
        with self.context.database.reading() as session:
            return list(session.query(Ring).order_by(Ring.created_at, Ring.id))

    @property
    def calls_ordered(self) -> list[RestEntry]:
        """Every call requested over REST, whatever its result."""
        return [
            entry
            for entry in self.carrier.journal
            if isinstance(entry, RestEntry)
            and entry.method == "POST"
            and entry.path.endswith("/Calls.json")
        ]

    @property
    def rest_answers(self) -> list[int | None]:
        """The statuses of the carrier's answers to each REST request."""
        return [entry.status for entry in self.carrier.journal if isinstance(entry, RestEntry)]

    def person(self, responder: Responder) -> Person:
        """The row of a responder."""
        with self.context.database.reading() as session:
            found = people.with_name(session, responder.name)
            assert found
            return found

    def is_on_duty(self, responder: Responder) -> bool:
        """Whether the rules have this person on duty now."""
        with self.context.database.reading() as session:
            duty = duty_rules.duty(session, self.settings.hotline_timezone)
        return self.person(responder).id in on_duty(duty, self.clock.now())

    def was_on_duty(self, responder: Responder, at: datetime) -> bool:
        """Whether the present rules have this person on duty at another instant."""
        with self.context.database.reading() as session:
            duty = duty_rules.duty(session, self.settings.hotline_timezone)
        return self.person(responder).id in on_duty(duty, at)

    @property
    def rooms(self) -> list[rooms.Room]:
        """Every room, oldest first."""
        with self.context.database.reading() as session:
            return list(session.query(rooms.Room).order_by(rooms.Room.opened_at))

    @property
    def seats(self) -> list[rooms.Seat]:
        """Every seat of every room."""
        with self.context.database.reading() as session:
            return list(session.query(rooms.Seat))

    def rings_of(self, call: calls.Call) -> list[Ring]:
        """Every ring made for a call."""
        with self.context.database.reading() as session:
            return rings.of_call(session, call.id)

    def story_of(self, call: calls.Call) -> list[str]:
        """The steps of a call, in order."""
        with self.context.database.reading() as session:
            return [step.what for step in calls.steps_of(session, [call.id])[call.id]]

    def details_of(self, call: calls.Call, what: str) -> list[dict[str, Any]]:
        """The details of each step of this kind."""
        with self.context.database.reading() as session:
            steps = calls.steps_of(session, [call.id])[call.id]
            return [step.detail for step in steps if step.what == what]

    def sound_of(self, message: messages.Message) -> bytes | None:
        """The audio of a message as a responder would hear it."""
        with self.context.database.reading() as session:
            return voicemails.sound_of(session, message.id)

    @property
    def audit_log(self) -> list[tuple[str, str]]:
        """The audit log, oldest first."""
        with self.context.database.reading() as session:
            assert audit.verify(session).fault is None
            names = {user.id: users.name_of(session, user) for user in users.all_of_them(session)}
            entries = reversed(audit.between(session, None, None))
            return [(names.get(entry.actor, entry.actor), entry.action) for entry in entries]

    def open_carrier_tasks(self) -> list[str]:
        """The open carrier tasks."""
        with self.context.database.reading() as session:
            found = session.query(outbox.CarrierTask).filter(
                outbox.CarrierTask.state == TaskState.OPEN
            )
            return [task.kind for task in found]

    def lonely_callers(self) -> Iterator[str]:
        """Callers who sat alone in a conference for longer than a caller may."""
        asked = (each for each in self.carrier.journal if isinstance(each, WebhookEntry))
        callers = {each.params.get("CallSid") for each in asked if "/voice/" in each.url}
        for leg in self.carrier.legs.values():
            if leg.sid in callers and leg.meter.longest_alone > LONGEST_ALONE_SECONDS:
                yield f"{leg.sid} sat alone for {leg.meter.longest_alone:.0f} s"

    def closes(self) -> Iterator[str]:
        """End the test; yields the carrier's complaints, and what no caller may suffer."""
        yield from self.lonely_callers()
        meters = self.carrier.meters
        yield from (f"{name} was split" for name in meters.splits)
        if meters.rest_in_webhooks:
            yield f"{meters.rest_in_webhooks} requests to the carrier inside webhooks"
        for database in self._opened:  # a worker from before a restart may have kept using it
            database.close()
        for problem in self.carrier.problems:
            if problem.code in self.foreseen:
                continue
            yield f"{problem.code} {problem.message} {problem.url}"
