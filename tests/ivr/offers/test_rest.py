"""The rest after a talk: five minutes, twenty after an emergency, and none while danger waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.hotline import Hotline
from tests.responder import Responder

QUESTION, EMERGENCY = "3", "1"


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Iterator[Hotline]:
    """A hotline with the rests that it ships with; other tests have short ones."""
    world = Hotline(
        database_url, folder=tmp_path / "standby", rest_minutes=5, rest_after_emergency_minutes=20
    )
    yield world
    assert list(world.closes()) == []


def talks(line: Hotline, ana: Responder, key: str) -> None:
    """A caller is helped by Ana and hangs up, as she does."""
    call = line.is_called().press("1").press(key)
    ana.accepts()
    assert call.is_joined_with(ana.number)
    line.waits(20)
    call.hangs_up()
    ana.hangs_up()


def rests(line: Hotline, ana: Responder) -> timedelta:
    """How long she still rests."""
    until = line.person(ana).resting_until
    assert until is not None
    return until - line.clock.now()


def is_about(rest: timedelta, minutes: int) -> bool:
    return timedelta(minutes=minutes) - timedelta(seconds=10) < rest <= timedelta(minutes=minutes)


def test_after_a_question_the_rest_is_five_minutes(line: Hotline) -> None:
    ana = line.has_on_duty("Ana")
    talks(line, ana, QUESTION)
    assert is_about(rests(line, ana), 5)
    line.waits_quietly(290)
    line.is_called().press("1").press(QUESTION)
    line.waits(5)
    assert not ana.is_rung
    line.waits(15)
    assert ana.is_rung, "the caller who waited is first in line when the rest is over"


def test_after_an_emergency_the_rest_is_twenty_minutes(line: Hotline) -> None:
    ana = line.has_on_duty("Ana")
    talks(line, ana, EMERGENCY)
    assert is_about(rests(line, ana), 20)
    line.waits_quietly(600)
    line.is_called().press("1").press(QUESTION)
    line.waits(30)
    assert not ana.is_rung


def test_an_emergency_that_nobody_else_can_take_ends_the_rest(line: Hotline) -> None:
    ana = line.has_on_duty("Ana")
    talks(line, ana, EMERGENCY)
    call = line.is_called().press("1").press(EMERGENCY)
    ana.accepts()
    assert call.is_joined_with(ana.number)


def test_an_emergency_that_somebody_else_can_take_lets_her_rest(line: Hotline) -> None:
    ana = line.has_on_duty("Ana")
    talks(line, ana, EMERGENCY)
    ben = line.has_on_duty("Ben")
    call = line.is_called().press("1").press(EMERGENCY)
    ben.answers()
    assert not ana.is_rung
    ben.presses("2")
    ana.accepts()
    assert call.is_joined_with(ana.number), "he declined, so nobody else is left"


def test_a_silent_caller_ends_a_rest_as_an_emergency_does(line: Hotline) -> None:
    ana = line.has_on_duty("Ana")
    talks(line, ana, QUESTION)
    line.is_called()
    assert line.waits_for(lambda: ana.is_rung, 60)


def test_a_callback_that_nobody_answered_is_no_talk_to_rest_from(line: Hotline) -> None:
    call = line.is_called().press("1").press(QUESTION).hears("call you back").press("1")
    call.hears("calling from").press("1").hears("saved").hangs_up()
    ana = line.has_on_duty("Ana")
    ana.accepts(within=120)
    line.waits(60)
    assert not ana.leg.is_live
    assert line.person(ana).resting_until is None
