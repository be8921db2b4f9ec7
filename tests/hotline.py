"""The hotline as its tests meet it: a line that is called, people on duty, a clock that obeys."""

from __future__ import annotations

import base64
import itertools
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
from pydantic import SecretStr

import wiring
from app import create_app
from commands import upkeep_findings
from ivr import pins
from ivr.worker import Worker
from models import callbacks, calls, messages, outbox, people, rings
from models.database import Database
from models.people import Partner, Person
from models.rings import Ring
from routing.duty import Weekly
from settings import Settings
from simulator import Carrier, VirtualClock
from tests.caller import Caller
from tests.responder import Responder

NUMBER = "+12125550100"
RESCUE = "+12125550199"
ACCOUNT = "AC" + "0" * 32
TOKEN = "the account's token"
TUESDAY_NIGHT = datetime(2026, 12, 8, 7, 4, tzinfo=UTC)  # 02:04 in New York
EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
STEP_SECONDS = 0.5


def settings_for(database_url: str) -> Settings:
    """Settings as a production hotline has them, with keys made for the test."""
    return Settings(
        _env_file=None,
        database_url=database_url,
        public_base_url="https://hotline.example.org",
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=SecretStr(TOKEN),
        twilio_phone_number=NUMBER,
        twilio_api_base_url="https://carrier.example.org",
        rescue_number=RESCUE,
        secret_key=SecretStr("s" * 32),
        data_keys=SecretStr(base64.urlsafe_b64encode(b"k" * 32).decode()),
        ledger_file=_ledger_for(database_url),
        calls_per_second=10,
    )


def _ledger_for(database_url: str) -> str:
    """Beside the database as always, or where no test that comes later finds it."""
    if database_url.startswith("sqlite"):
        return ""
    return f"{tempfile.gettempdir()}/{database_url.rpartition('/')[2].partition('?')[0]}.ledger"


class Hotline:
    """A whole hotline in one process: app, worker and the simulated carrier, on one clock."""

    def __init__(
        self,
        database_url: str,
        at: datetime = TUESDAY_NIGHT,
        *,
        drill_number: str = "",
        clock: Callable[[datetime], datetime] | None = None,
    ) -> None:
        """`clock` makes the hotline's own time of the true one, for hosts whose clock is wrong."""
        self.clock = VirtualClock(at)
        known = settings_for(database_url)
        self.settings = known.model_copy(update={"drill_number": drill_number})
        self.host_clock = (lambda: clock(self.clock.now())) if clock else self.clock.now
        self.app = create_app(self.settings, self.host_clock)
        self.house: wiring.House = self.app.extensions["house"]
        webhooks = httpx.Client(transport=httpx.WSGITransport(self.app, raise_app_exceptions=True))
        self.carrier = Carrier(self.clock, account_sid=ACCOUNT, auth_token=TOKEN, http=webhooks)
        base = self.settings.base_url
        self.carrier.buy_number(
            NUMBER,
            voice_url=f"{base}/voice/incoming",
            status_callback=f"{base}/voice/status",
            voice_fallback_url=f"{base}/voice/fallback",
            sms_url=f"{base}/sms/incoming",
        )
        if drill_number:
            self.carrier.buy_number(drill_number, voice_url=f"{base}/voice/drill")
        self.worker = self.new_worker()
        self._phones = itertools.count(110)
        self._callers = itertools.count(150)

    def new_worker(self, certificate: Callable[[datetime], int] | None = None) -> Worker:
        """A worker as it starts after a crash: it knows what the database knows."""
        rest = httpx.Client(transport=httpx.WSGITransport(self.carrier.wsgi))
        return self.house.worker(rest, certificate=certificate)

    # --- who is there

    def has_on_duty(
        self,
        name: str,
        speaks: str = "en",
        needs: tuple[str, ...] = (),
        tier: int = 1,
        pin: str | None = None,
    ) -> Responder:
        """Somebody on duty around the clock; `speaks` lists languages, best first."""
        responder = self.knows(name, speaks, needs, tier, pin)
        with self.house.database.transaction() as session:
            person = people.with_name(session, name)
            assert person
            rule = Weekly(
                days=EVERY_DAY,
                start=datetime.min.time(),
                end=datetime.min.time(),
                person=person.id,
            )
            people.add_rule(session, rule, "roster", self.clock.now())
        return responder

    def knows(
        self,
        name: str,
        speaks: str = "en",
        needs: tuple[str, ...] = (),
        tier: int = 1,
        pin: str | None = None,
    ) -> Responder:
        """Somebody on the roster, off duty."""
        number = f"+17185550{next(self._phones)}"
        with self.house.database.transaction() as session:
            person = Person(
                role="attorney",
                languages=speaks.split(),
                needs=list(needs),
                tier=tier,
                pin_hash=pins.hash_of(pin) if pin else None,
                active=True,
            )
            people.seal_person(session, person, name=name, phone=number)
            session.add(person)
        return Responder(self, name, self.carrier.phone(number))

    def restarts(self) -> None:
        """Web and worker are started anew on the same database, as after a deploy or a crash."""
        self.house.database.close()
        self.app = create_app(self.settings, self.host_clock)
        self.house = self.app.extensions["house"]
        transport = httpx.WSGITransport(self.app, raise_app_exceptions=True)
        self.carrier.http = httpx.Client(transport=transport)
        self.worker = self.new_worker()

    def goes_by(self, clock: Callable[[], datetime]) -> None:
        """Web and worker go by another clock from now on."""
        self.host_clock = clock
        self.restarts()

    def another_database(self) -> Database:
        """The same database as another host sees it."""
        return Database(self.settings.database_url, self.settings.vault())

    def findings_of_carrier(self) -> list[str]:
        """What `check` finds wrong at the carrier."""
        rest = httpx.Client(transport=httpx.WSGITransport(self.carrier.wsgi))
        found = upkeep_findings.of_condition(self.house.carrier(rest).condition())
        return [finding.words for finding in found]

    def has_partner(self, name: str, address: str, phone: str, zips: list[str]) -> None:
        """A partner whose office is spoken to callers."""
        with self.house.database.transaction() as session:
            session.add(
                Partner(
                    name=name, address=address, phone=phone, zips=zips, services=[], languages=[]
                )
            )

    # --- what happens

    def is_called(self, number: str | None = None, shown: str | None = None) -> Caller:
        """Somebody calls; `shown` replaces the number that their phone shows."""
        number = number or f"+19175550{next(self._callers)}"
        leg = self.carrier.phone(number).dials(NUMBER, caller_id=shown)
        caller = Caller(self, leg, number)
        self.works()
        return caller

    def waits(self, seconds: float) -> None:
        """Time passes, half a second at a time, and the worker keeps up."""
        until = self.clock.now().timestamp() + seconds
        while (left := until - self.clock.now().timestamp()) > 0:
            self.carrier.advance(min(STEP_SECONDS, left))
            self.works()

    def works(self) -> None:
        """The worker does what is due, until nothing is left to do at this instant."""
        for _ in range(10):
            self.carrier.run_due()
            if not self.worker.tick():
                return

    def later(self, delta: timedelta) -> None:
        """A long time passes in which nobody calls; the worker wakes up at its end."""
        self.carrier.advance(delta.total_seconds())
        self.works()
        self.waits(2)

    # --- what is remembered

    @property
    def promised_callbacks(self) -> list[str]:
        """The numbers that are still owed a call."""
        with self.house.database.reading() as session:
            owed = [c for c in callbacks.between(session, None, None) if c.closed_at is None]
            return [callbacks.number_of(session, callback) for callback in owed]

    @property
    def callbacks(self) -> list[callbacks.Callback]:
        """Every callback ever promised."""
        with self.house.database.reading() as session:
            return list(callbacks.between(session, None, None))

    @property
    def messages(self) -> list[messages.Message]:
        """Every message ever started."""
        with self.house.database.reading() as session:
            return list(messages.between(session, None, None))

    @property
    def calls(self) -> list[calls.Call]:
        """Every call, oldest first."""
        with self.house.database.reading() as session:
            return calls.between(session, None, None)

    def number_kept_of(self, call: calls.Call) -> str | None:
        """The caller's number, if it is still kept."""
        with self.house.database.reading() as session:
            return calls.number_of(session, call)

    def rings_of(self, call: calls.Call) -> list[Ring]:
        """Every ring made for a call."""
        with self.house.database.reading() as session:
            return rings.of_call(session, call.id)

    def story_of(self, call: calls.Call) -> list[str]:
        """What happened to a call, step by step."""
        with self.house.database.reading() as session:
            return [step.what for step in calls.steps_of(session, [call.id])[call.id]]

    def sound_of(self, message: messages.Message) -> bytes | None:
        """The audio of a message as a responder would hear it."""
        with self.house.database.reading() as session:
            return messages.sound_of(session, message.id)

    def open_errands(self) -> list[str]:
        """What is still to be done at the carrier."""
        with self.house.database.reading() as session:
            found = session.query(outbox.Errand).filter(outbox.Errand.state == outbox.OPEN)
            return [errand.kind for errand in found]

    def closes(self) -> Iterator[str]:
        """The end of the test: what the carrier had to complain about."""
        self.house.database.close()
        for problem in self.carrier.problems:
            yield f"{problem.code} {problem.message} {problem.url}"
