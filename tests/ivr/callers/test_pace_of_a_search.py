"""Who is rung for a waiting caller, second by second, and when the search ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ivr.core.context import UnitOfWork
from ivr.search import rounds, taken_callers
from models.calls import rings
from models.calls.rings import Purpose, RingState, Via
from tests.caller import Caller
from tests.hotline import Hotline
from tests.responder import Responder
from tests.rows import PEOPLE, Rows


def day_of(hotline: Hotline, seconds: int, *people: Responder) -> list[str]:
    """What each second brings: whose phone begins to ring, and whose stops."""
    told: list[str] = []
    rang: list[str] = []
    for second in range(seconds):
        ring = [each.name for each in people if each.is_rung]
        told += [f"{second}: {name} stops" for name in rang if name not in ring]
        told += [f"{second}: {name} rings" for name in ring if name not in rang]
        rang = ring
        hotline.waits(1)
    return told


def asks(hotline: Hotline, language: str = "1") -> Caller:
    """A caller has a question."""
    return hotline.is_called().press(language).press("3")


def test_rounds_begin_every_ten_seconds_and_the_search_ends_with_the_last_ring(
    hotline: Hotline,
) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben", tier=2)
    call = asks(hotline)
    assert day_of(hotline, 29, ana, ben) == [
        "0: Ana rings",
        "10: Ben rings",
        "20: Ana stops",
    ]
    assert "No one can answer" not in call.said
    assert call.row.round_until is not None
    hotline.waits(1)
    call.hears("No one can answer")
    assert [detail["search"] for detail in hotline.details_of(call.row, "searching")] == [1]
    assert [detail["need"] for detail in hotline.details_of(call.row, "searching")] == ["question"]
    assert hotline.details_of(call.row, "round") == [
        {"round": 1, "people": [hotline.person(ana).id], "interpreter": False,
         "step": "first line, same language"},
        {"round": 2, "people": [hotline.person(ben).id], "interpreter": False,
         "step": "backup, same language"},
    ]  # fmt: skip
    call.press("0").hears("looking for someone")
    assert day_of(hotline, 2, ana, ben) == ["0: Ana rings"]
    assert (call.row.searches, call.row.round) == (2, 1)


def test_when_a_round_is_declined_the_next_begins_at_once(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben", tier=2)
    call = asks(hotline)
    hotline.waits(3)
    declined_at = hotline.clock.now()
    ana.declines()
    assert ben.is_rung
    assert [detail["round"] for detail in hotline.details_of(call.row, "round")] == [1, 2]
    assert call.row.round_until is not None
    assert call.row.round_until - declined_at == timedelta(seconds=10)


def test_a_search_notes_the_best_match_of_a_round_first(hotline: Hotline) -> None:
    luz, ana = hotline.has_on_duty("Luz", speaks="es"), hotline.has_on_duty("Ana")
    call = hotline.is_called().press("2").press("1")
    (noted,) = hotline.details_of(call.row, "round")
    assert noted["people"] == [hotline.person(luz).id, hotline.person(ana).id]
    assert (noted["step"], noted["interpreter"]) == ("same language", False)


def test_a_caller_is_looked_for_again_after_five_seconds_while_somebody_talks(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    busy = asks(hotline)
    ana.accepts()
    assert busy.is_joined_with(ana.number)
    call = asks(hotline)
    assert call.row.round_until is not None
    assert call.row.round_until - hotline.clock.now() == timedelta(seconds=5)
    assert call.row.round == 0


@pytest.mark.parametrize(("speaks", "nobody_speaks"), [(None, False), ("en", True), ("es", False)])
def test_a_caller_hears_that_nobody_speaks_their_language_if_others_were_rung(
    hotline: Hotline, speaks: str | None, *, nobody_speaks: bool
) -> None:
    if speaks:
        hotline.has_on_duty("Ana", speaks=speaks)
    call = asks(hotline, language="2")
    assert hotline.waits_for(lambda: call.row.search_over, 60)
    assert call.row.nobody_speaks is nobody_speaks


def takes(hotline: Hotline, call: Caller, responder: Responder, press: str = "press") -> None:
    """A responder takes this caller from the board: their own phone rings."""
    person = hotline.person(responder).id
    with hotline.context.transaction() as unit:
        taken_callers.start(unit, call.row.id, person, press)
    hotline.waits(1)


def test_a_phone_that_is_rung_by_hand_holds_up_no_round_and_keeps_the_search_alive(
    hotline: Hotline,
) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben", tier=2)
    dee = hotline.knows("Dee")
    call = asks(hotline)
    takes(hotline, call, dee)
    assert dee.is_rung
    ana.declines()
    hotline.waits(1)
    assert ben.is_rung
    assert [detail["round"] for detail in hotline.details_of(call.row, "round")] == [1, 2]
    ben.declines()
    hotline.waits(10)
    assert dee.is_rung
    assert not call.row.search_over
    dee.accepts()
    assert call.is_joined_with(dee.number)


def test_a_ring_that_waits_eight_seconds_for_the_carriers_pace_is_placed_by_the_caller(
    hotline: Hotline,
) -> None:
    """One call start in twenty seconds: the next phone is rung from the caller's own leg."""
    hotline.restarts(calls_per_second=0.05)
    people = ana, *_ = [hotline.has_on_duty(name) for name in ("Ana", "Ben", "Cal")]
    call = asks(hotline)
    first = next(each for each in people if each.is_rung)
    began = hotline.clock.now()
    hotline.waits(3)
    first.declines()
    assert hotline.waits_for(lambda: call.row.ring_one is not None, 20)
    assert 8 <= (hotline.clock.now() - began).total_seconds() <= 10
    others = [each for each in people if each is not first]
    assert len(day_of(hotline, 18, *others)) == 1
    states = {(ring.state, ring.via) for ring in hotline.rings_of(call.row)}
    assert states == {
        (RingState.DECLINED, Via.REST),
        (RingState.DIALLED, Via.DIAL),
        (RingState.CANCELLED, Via.REST),
    }
    assert ana.times_rung <= 1


def test_a_weekly_test_stops_for_a_caller_whose_ring_comes_two_seconds_later(
    hotline: Hotline,
) -> None:
    hotline.later(timedelta(hours=8))  # 10 in the morning
    ana = hotline.has_on_duty("Ana")
    hotline.has_a_test_due(ana)
    assert hotline.waits_for(lambda: ana.is_rung, 120)
    call = asks(hotline)
    assert day_of(hotline, 4, ana) == ["2: Ana rings"]
    ana.accepts()
    assert call.is_joined_with(ana.number)


def test_a_phone_is_busy_that_rings_or_talks_for_a_caller_or_did_within_a_minute(
    hotline: Hotline, rows: Rows
) -> None:
    over = {"state": RingState.FINISHED, "sid": "CA1"}
    minute = rounds.LEG_LINGERS
    rows.ring("Ana", state=RingState.DIALLED)
    rows.ring("Ben", Purpose.PURSUIT, state=RingState.DIALLED)
    rows.ring("Cal", **over, ended_at=rows.now - minute + timedelta(seconds=1))
    rows.ring("Dee", **over, ended_at=rows.now - minute)
    unit = UnitOfWork(rows.session, hotline.context, rows.now)
    busy = [name for name in PEOPLE if rounds.is_on_the_phone(unit, rows.ids[name])]
    assert busy == ["Ana", "Cal"]


def test_a_phone_that_was_hung_up_counts_as_engaged_until_its_leg_is_over(hotline: Hotline) -> None:
    ana = hotline.person(hotline.has_on_duty("Ana")).id
    with hotline.context.transaction() as unit:
        ring = rings.write_down(unit.session, Purpose.CALLER, ana, "first line", 20, unit.now)
        ring.sid, ring.state = "CA9", RingState.CANCELLED
        for ago, is_engaged in ((timedelta(seconds=1), True), (2 * rounds.LEG_LINGERS, False)):
            ring.ended_at = unit.now - ago
            unit.session.flush()
            engaged = rounds.present(unit, for_caller=True).engaged
            assert (ana in engaged) is is_engaged
