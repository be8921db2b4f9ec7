"""A surge: a siege without kills, in which everybody calls in a short time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import httpx
import sqlalchemy as sa

from models.calls import calls, surges
from models.core.database import Database
from simulator import Carrier
from tests.crash import history, numbers
from tests.crash.carriers_client import Wait
from tests.crash.databases import Place
from tests.crash.history import Did
from tests.crash.siege import Orders, Outcome, Siege
from tests.crash.world import World
from tests.surge.crowd import FLOOD, Crowd
from tests.surge.timing import Timed

LAST_CALL_SECONDS = 1200.0
"""In bench time; by then every caller has given up or got a result."""
LAST_TALK_SECONDS = 300.0
NOBODY_RUNG = "took something else before anybody was rung"


class Surge(Siege):
    """Calls come for so many seconds; then calls stop and the evidence is checked."""

    def __init__(
        self, place: Place, orders: Orders, folder: Path, floods: int, seconds: float
    ) -> None:
        super().__init__(place, orders, folder)
        self._floods, self._seconds = floods, seconds
        self._webhooks = Timed()
        self.told: list[str] = []

    def _prepared(self, phones: list[str]) -> Database:
        database = super()._prepared(phones)
        now = self._clock.now()
        with database.transaction() as session:
            surges.begin_surge(session, now, now + timedelta(hours=4))
        return database

    def _client(self) -> httpx.Client:
        return httpx.Client(transport=self._webhooks, trust_env=False)

    def _people(self, carrier: Carrier, phones: list[str]) -> World:
        return Crowd(
            carrier, self._diary, phones, numbers.RESCUE, numbers.HOTLINE,
            self._orders.calls + self._floods, 0, self._orders.seed,
            floods=self._floods, seconds=self._seconds,
        )  # fmt: skip

    def _play(self, people: World, database: Database) -> tuple[dict[str, int], dict[str, int]]:
        people.begin()
        self._wait(self._seconds, lambda: people.started < people.total)
        self._wait(LAST_CALL_SECONDS, lambda: people.live > 0)
        self._line.end_work()  # no more callbacks: hundreds are owed and stay open
        legs = people.carrier.legs
        self._wait(LAST_TALK_SECONDS, lambda: any(leg.is_live for leg in list(legs.values())))
        return {}, self._left(people, database)

    def _wait(self, seconds: float, goes_on: Callable[[], bool]) -> None:
        until = time.monotonic() + seconds / self._orders.speed + 5
        while goes_on() and time.monotonic() < until:
            self._line.must_live()
            time.sleep(0.2)

    def _judged(self, people: World, database: Database, stalls: list[Wait]) -> Outcome:
        outcome = super()._judged(people, database, stalls)
        self.told = list(_told(database, self._diary.deeds))
        self.told += _speeds(self._webhooks, self._control)
        return outcome


@dataclass(frozen=True)
class _Caller:
    sid: str
    need: str | None
    outcome: str | None
    limited: str | None
    is_flood: bool
    waited: float | None


def _told(database: Database, deeds: list[Did]) -> Iterator[str]:
    everybody = list(_callers(database, deeds))
    strangers = [caller for caller in everybody if not caller.is_flood]
    flood = [caller for caller in everybody if caller.is_flood]
    yield f"strangers: {len(strangers)}, limited {sum(c.limited is not None for c in strangers)}"
    for need in sorted({caller.need or NOBODY_RUNG for caller in strangers}):
        asked = [caller for caller in strangers if (caller.need or NOBODY_RUNG) == need]
        waits = [caller.waited for caller in asked if caller.waited is not None]
        waited = f"; a person after {median(waits):.0f} s (median)" if waits else ""
        yield f"  {need}: {_ends(asked)}{waited}"
    yield f"{FLOOD[-4:]} called {len(flood)} times: {_ends(flood)}"


def _ends(callers: list[_Caller]) -> str:
    ends = Counter(caller.outcome or "open" for caller in callers)
    return ", ".join(f"{outcome} {count}" for outcome, count in ends.most_common())


def _callers(database: Database, deeds: list[Did]) -> Iterator[_Caller]:
    """Everybody who dialled, whether or not the hotline knows about them."""
    dialled: dict[str, Did] = {}
    joined: dict[str, datetime] = {}
    for did in deeds:
        if did.what == history.PERSON and did.how == history.INVOKE:
            dialled.setdefault(did.leg, did)
        elif did.what == history.PERSON and did.how == history.OK:
            joined.setdefault(did.leg, did.at)
    with database.reading() as session:
        rows = {row.sid: row for row in session.scalars(sa.select(calls.Call))}
        for sid, did in dialled.items():
            row = rows.get(sid)
            met = joined.get(sid)
            yield _Caller(
                sid,
                row.need if row else None,
                row.outcome if row else "refused",
                row.limited if row else None,
                did.number == FLOOD,
                (met - did.at).total_seconds() if met else None,
            )


def _speeds(webhooks: Timed, beside: Timed) -> Iterator[str]:
    ours, static = webhooks.percentiles(), beside.percentiles()
    yield f"webhooks {len(webhooks.took)}: {dict(webhooks.answers)}"
    yield (
        f"p50 {ours[0]:.1f} ms, p99 {ours[1]:.1f} ms; a static webhook beside it {static[0]:.1f} "
        f"and {static[1]:.1f}: {ours[0] / static[0]:.1f} and {ours[1] / static[1]:.1f} times"
    )
