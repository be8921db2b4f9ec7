"""B17: hosts whose clocks differ share one line: the database's time decides."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

import wiring
from commands.findings import maintenance_findings
from ivr.core.line_clock import LineClock
from ivr.worker.loop import Worker
from models.core import database_time
from models.core.database import Database
from models.operations import worker_state
from tests.hotline import TUESDAY_NIGHT, Hotline

SECONDS = (-3600, -90, 0, 90, 3600)
EVERY = os.environ.get("CLOCKS") == "every"
"""All combinations on both databases: `make clocks`."""
NONE_OFF = (0, 0, 0)
WIDEST = (
    *((-3600, -3600, -3600), (-3600, 90, 3600), (-3600, 3600, 90), (90, -3600, 3600)),
    *((90, 90, -3600), (90, 3600, -90), (3600, -3600, 90), (3600, 90, -3600), (3600, 3600, 3600)),
)
"""The web and one worker have each pair of these clocks; the other worker has one of them."""


@dataclass
class Host:
    """A host with a clock of its own, and a worker on it."""

    hotline: Hotline
    name: str
    seconds_off: float = 0.0
    worker: Worker = field(init=False)

    def __post_init__(self) -> None:
        context = wiring.build(
            self.hotline.settings, self.says, line_time=lambda _: self.hotline.clock.now()
        )
        self.hotline.opens(context.database)
        self.worker = self.hotline.worker_of(context, self.name)

    def says(self) -> datetime:
        """What the clock of this host shows."""
        return self.hotline.clock.now() + timedelta(seconds=self.seconds_off)


class House:
    """A web host and two worker hosts, whose clocks can be set at any time."""

    def __init__(self, database_url: str) -> None:
        self.web_off = 0.0
        self.hotline = Hotline(
            database_url, clock=lambda true: true + timedelta(seconds=self.web_off),
            by_database=True,
        )  # fmt: skip
        self.hosts = [Host(self.hotline, "A"), Host(self.hotline, "B")]
        self.hotline.worker = self

    def sets_clocks(self, web: float, one: float, other: float) -> None:
        """Set the three clocks, in seconds ahead of the database's."""
        self.web_off = web
        self.hosts[0].seconds_off, self.hosts[1].seconds_off = one, other

    def tick(self) -> bool:
        """One round of both workers."""
        done = [host.worker.tick() for host in self.hosts]
        return any(done)


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    """Three hosts; at the end the carrier has nothing to complain about."""
    house = House(database_url)
    yield house
    assert list(house.hotline.closes()) == []


def combinations(database_url: str) -> list[tuple[int, ...]]:
    """Every combination when asked for, else the widest ones, fewer on PostgreSQL."""
    if EVERY:
        return list(itertools.product(SECONDS, repeat=3))
    return list(WIDEST[:: 1 if database_url.startswith("sqlite") else 3])


def test_b17_whatever_the_clocks_of_the_hosts_each_caller_is_rung_for_once(
    house: House, database_url: str
) -> None:
    hotline = house.hotline
    ana = hotline.has_on_duty("Ana")
    for number, clocks in enumerate(combinations(database_url), start=1):
        house.sets_clocks(*clocks)
        call = hotline.is_called().press("1").press("2")
        ana.accepts(within=6)
        assert call.is_joined_with(ana.number), clocks
        call.hangs_up()
        hotline.waits_for(lambda: not ana.leg.is_live, 20)
        assert ana.times_rung == number, clocks
        hotline.waits_quietly(330)  # the rest after a talk


@pytest.mark.parametrize("jump", [3600, -3600, 45])
def test_b17_clocks_that_jump_while_a_caller_waits_ring_nobody_twice(
    house: House, jump: float
) -> None:
    hotline = house.hotline
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("2")
    hotline.waits(3)
    house.sets_clocks(jump, -jump, jump)
    hotline.waits(3)
    house.sets_clocks(*NONE_OFF)
    ana.accepts()
    assert call.is_joined_with(ana.number)
    assert ana.times_rung == 1
    call.hangs_up()


def test_b17_a_host_that_is_off_is_reported_with_its_name(house: House) -> None:
    hotline = house.hotline
    dee = hotline.knows("Dee", tier=3)
    house.sets_clocks(0, 300, 0)
    hotline.waits(65)
    assert any("clock" in text for text in dee.texts)
    with hotline.context.database.reading() as session:
        found = list(maintenance_findings.of_clocks(session, hotline.clock.now()))
    assert [finding.words for finding in found] == [
        "the clock of the host of A is 300 seconds ahead of the database's: repair its time service"
    ]


def test_b17_a_heartbeat_from_the_future_is_not_a_living_worker(hotline: Hotline) -> None:
    hotline.loses_its_worker()
    hotline.has_on_duty("Ana")
    future = hotline.clock.now() + timedelta(hours=2)
    hotline.waits_quietly(70)
    with hotline.context.database.transaction() as session:
        worker_state.beat(session, "of a host that is wrong", future)
    with hotline.context.database.reading() as session:
        assert not worker_state.is_alive(session, hotline.clock.now())
        assert not worker_state.rings_leave(session, hotline.clock.now())
    call = hotline.is_called().press("1").press("1")
    call.hears("one by one")


def test_b17_a_start_that_a_wrong_clock_put_off_for_hours_delays_nobody(hotline: Hotline) -> None:
    with hotline.context.database.transaction() as session:
        pace = worker_state.hold(session, hotline.clock.now())
        pace.next_start_at = hotline.clock.now() + timedelta(hours=1)
    ana = hotline.has_on_duty("Ana")
    hotline.is_called().press("1").press("2")
    hotline.waits(3)
    assert ana.is_rung


def test_b17_after_a_jump_a_clock_waits_for_a_second_measure_before_it_acts(
    hotline: Hotline,
) -> None:
    shown = [TUESDAY_NIGHT]
    clock = LineClock(lambda: shown[0], lambda _: TUESDAY_NIGHT)
    with hotline.context.database.reading() as session:
        assert not clock.is_settled
        clock.measure(session)
        assert clock.is_settled
        shown[0] += timedelta(minutes=1)
        clock.measure(session)
        assert clock() == TUESDAY_NIGHT
        assert not clock.is_settled
        clock.measure(session)
        assert clock.is_settled


def test_b17_the_processes_of_one_host_share_a_time_that_no_setting_moves(
    database_url: str, hotline: Hotline
) -> None:
    other = hotline.another_database()
    with hotline.context.database.transaction() as session:
        database_time.drop_anchor(session)
    with hotline.context.database.transaction() as session:
        anchor = session.get(database_time.ClockAnchor, database_time.boot())
        if anchor is not None:  # PostgreSQL has a clock of its own
            anchor.wall_at += timedelta(hours=1)  # the host's clock was an hour ahead, and was set
    ahead = timedelta(hours=1) if anchor is not None else timedelta()
    assert abs(_time_of(other) - datetime.now(UTC) - ahead) < timedelta(seconds=30)
    with other.transaction() as session:
        assert database_time.is_off(session, timedelta(seconds=2)) is (anchor is not None)
        database_time.drop_anchor(session)
    assert abs(_time_of(hotline.context.database) - _time_of(other)) < timedelta(seconds=30)
    with other.transaction() as session:
        database_time.drop_anchor(session, again=True)
    assert abs(_time_of(hotline.context.database) - datetime.now(UTC)) < timedelta(seconds=30)
    other.close()


def _time_of(database: Database) -> datetime:
    with database.reading() as session:
        return database_time.of(session)
