"""Rows G of the fault table: responders who do not, or cannot, answer."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from models.people import people
from models.schedule import duty_rules
from routing.duty.duty import Weekly
from tests.hotline import Hotline
from tests.responder import Responder


def test_g1_a_voicemail_that_picks_up_never_takes_the_caller(hotline: Hotline) -> None:
    machine = hotline.has_on_duty("Gil", speaks="en")
    machine.phone.voicemail_after(2)
    human = hotline.has_on_duty("Ana", speaks="en", tier=2, needs=("question",))
    call = hotline.is_called().press("1").press("3")
    human.accepts(within=40)
    assert call.is_joined_with(human.number)
    connected = [r for r in hotline.rings_of(call.row) if r.state == "connected"]
    assert len(connected) == 1
    hotline.waits(30)
    assert not machine.leg.is_live
    assert call.number[2:] not in machine.said


def test_g2_when_two_accept_one_has_the_caller_and_the_other_is_told(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    call = hotline.is_called().press("1").press("1")
    ana.answers()
    ben.answers()
    ana.leg.presses("1")
    ben.leg.presses("1")
    hotline.waits(10)
    assert call.talks_to in (ana.number, ben.number)
    loser = ben if call.talks_to == ana.number else ana
    assert "already taken" in loser.said
    assert not loser.leg.is_live
    connected = [r for r in hotline.rings_of(call.row) if r.state == "connected"]
    assert len(connected) == 1


def test_g3_with_everybody_busy_a_callback_or_a_message_is_a_key_away(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.is_called().press("1").press("1")
    ana.accepts()
    hotline.waits(5)
    call = hotline.is_called().press("1").press("2")
    call.hears("call back instead").hears("To leave a message")
    assert ana.times_rung == 1
    assert "position" not in call.said


def test_g4_with_nobody_on_duty_the_choice_is_offered_within_ten_seconds(
    hotline: Hotline,
) -> None:
    call = hotline.is_called().press("1").press("2")
    hotline.waits(10)
    assert "If you want us to call you back" in call.said
    assert call.is_on_the_line
    urgent = hotline.is_called().press("1").press("1").hears("Do not sign anything")
    hotline.waits(15)
    assert "If you want us to call you back" in urgent.said


def test_g5_a_caller_whose_language_nobody_speaks_is_told_so_in_it(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana", speaks="en")
    call = hotline.is_called().press("2").press("1")
    hotline.waits(30)
    call.hears("que hable español")
    assert call.row.language == "es"


def test_g6_a_caller_who_is_cut_off_is_connected_again(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    ben = hotline.has_on_duty("Ben", tier=2)
    call = hotline.is_called().press("1").press("2")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    hotline.waits(4)
    ana.hangs_up()
    call.hears("One moment")
    ben.accepts(within=30)
    assert call.is_joined_with(ben.number)


@pytest.mark.parametrize("need", ["1", "2", "3", "0"])
def test_g6_whose_responder_is_lost_in_a_long_talk_is_connected_with_another(
    hotline: Hotline, need: str
) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press(need)
    ana.accepts()
    assert call.is_joined_with(ana.number)
    hotline.waits(300)
    ben = hotline.has_on_duty("Ben", tier=2)
    ana.hangs_up()
    call.hears("One moment. You were cut off")
    ben.accepts(within=40)
    assert call.is_joined_with(ben.number)
    assert ana.times_rung == 1
    call.hangs_up()
    hotline.waits(10)
    assert call.row.outcome == "person"


def test_g6_a_long_talk_is_over_when_the_caller_hangs_up(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("2")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    hotline.waits(60)
    ben = hotline.has_on_duty("Ben", tier=2)
    call.hangs_up()
    hotline.waits(10)
    assert ben.times_rung == 0
    assert call.row.outcome == "person"


def test_g6_who_stays_and_finds_nobody_after_a_talk_is_offered_a_callback(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("2")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    hotline.waits(60)
    ana.hangs_up()
    call.hears("You were cut off")
    hotline.waits(60)  # Ana may come free, so the caller waits for her first
    call.hears("call you back").press("1")
    call.hears("calling from").press("1").hears("safe to leave").press("1").hears("saved")
    assert hotline.promised_callbacks == [call.number]


def test_g6_one_who_is_cut_off_twice_has_a_coordinator_among_those_rung(hotline: Hotline) -> None:
    first, second = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    third = hotline.has_on_duty("Cal")
    dee = hotline.has_on_duty("Dee", tier=3)
    call = hotline.is_called().press("1").press("3")
    for cut_off in (first, second):
        others = [one for one in (first, second, third) if one is not cut_off]
        cut_off.accepts(within=40)
        assert call.is_joined_with(cut_off.number)
        hotline.waits(4)
        assert dee.times_rung == 0
        cut_off.hangs_up()
        assert others
    dee.accepts(within=30)
    assert call.is_joined_with(dee.number)


def let_ring(hotline: Hotline, times: int) -> None:
    """So many callers call, and the phones ring without an answer."""
    for _ in range(times):
        hotline.is_called().press("1").press("3").says_nothing(29).hangs_up()


def test_g7_three_unanswered_rings_pause_whoever_forgot_their_shift(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    ana = hotline.has_on_duty("Ana", pin="482915")
    ben = hotline.has_on_duty("Ben")
    ben.phone.declines_after(1)
    let_ring(hotline, 3)
    assert not hotline.is_on_duty(ana)
    assert hotline.is_on_duty(ben)
    assert sum("paused you" in text for text in ana.texts) == 1
    assert sum("was paused" in text for text in dee.texts) == 1
    comes_back(ana)
    assert hotline.is_on_duty(ana)


def comes_back(responder: Responder) -> None:
    """The responder follows the instructions of the text."""
    responder.asks_for_the_duty_line().presses("482915#").hears("go on duty").presses("1")
    responder.hangs_up()


def test_g7_the_last_one_on_duty_is_never_paused(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.has_on_duty("Dee", tier=3)
    let_ring(hotline, 4)
    assert ana.times_rung >= 4
    assert hotline.is_on_duty(ana)


def test_g7_one_who_answers_in_between_is_not_paused(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    ben.phone.declines_after(1)
    let_ring(hotline, 2)
    hotline.is_called().press("1").press("3")
    ana.declines()
    let_ring(hotline, 2)
    assert hotline.is_on_duty(ana)


@pytest.mark.parametrize(
    ("at", "is_rung"),
    [
        (datetime(2027, 3, 14, 6, 59, tzinfo=UTC), False),  # 01:59 EST
        (datetime(2027, 3, 14, 7, 5, tzinfo=UTC), True),  # 03:05 EDT: 02:30 does not exist
        (datetime(2027, 11, 7, 6, 35, tzinfo=UTC), True),  # 02:35 EDT would be; 01:35 EST is
    ],
)
def test_g8_when_the_clocks_change_the_right_phone_rings(
    database_url: str, at: datetime, is_rung: bool
) -> None:
    hotline = Hotline(database_url, at=at)
    night = hotline.knows("Ana")
    with hotline.context.database.transaction() as session:
        person = people.with_name(session, "Ana")
        assert person
        start = datetime(2027, 1, 1, 2 if at.month == 3 else 1, 30).time()
        end = datetime(2027, 1, 1, 4).time()
        rule = Weekly(days=("sun",), start=start, end=end, person=person.id)
        duty_rules.add(session, rule, "roster", at)
    hotline.is_called().press("1").press("1")
    hotline.waits(3)
    assert night.is_rung is is_rung
    assert list(hotline.closes()) == []


def test_g9_a_host_whose_time_zones_are_wrong_rings_the_same_people(tmp_path: Path) -> None:
    wrong = tmp_path / "America" / "New_York"
    wrong.parent.mkdir()
    wrong.write_bytes(files("tzdata.zoneinfo").joinpath("Asia/Tokyo").read_bytes())
    asks = (
        "from routing.duty.wall_clock import start_instant; from zoneinfo import ZoneInfo;"
        "from datetime import datetime;"
        "print(start_instant(datetime(2027, 1, 4, 9), ZoneInfo('America/New_York')))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", asks],
        env={"PYTHONTZPATH": str(tmp_path), "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.startswith("2027-01-04 14:00")


def test_g10_a_phone_that_cannot_be_rung_is_told_of_and_asked_last(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben", tier=2)
    ana.phone.unreachable()
    ben.phone.declines_after(1)
    let_ring(hotline, 2)
    assert hotline.person(ana).is_dead_number
    assert sum("number may be wrong" in text for text in dee.texts) == 1
    let_ring(hotline, 1)
    ana.phone.answers_by_hand()
    assert ana.times_rung >= 3  # it was rung because nobody else was left
    hotline.is_called().press("1").press("3")
    ana.declines(within=30)
    assert not hotline.person(ana).is_dead_number


def test_g10_news_of_a_failed_ring_that_comes_twice_is_one_failure(hotline: Hotline) -> None:
    hotline.carrier.faults.duplicate(purpose="status")
    ana = hotline.has_on_duty("Ana")
    ana.phone.unreachable()
    let_ring(hotline, 1)
    assert ana.times_rung == 1
    assert not hotline.person(ana).is_dead_number


def test_g11_one_removed_while_on_a_call_goes_on_talking_and_is_not_rung_again(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.has_on_duty("Ben")
    call = hotline.is_called().press("1").press("1")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    hotline.removes("Ana")
    hotline.waits(30)
    assert call.talks_to == ana.number
    call.hangs_up()
    hotline.waits(65)
    hotline.is_called().press("1").press("1").says_nothing(20)
    assert ana.times_rung == 1


def test_g12_within_a_minute_the_choice_is_offered_however_many_could_be_rung(
    hotline: Hotline,
) -> None:
    for name in ("Ana", "Ben", "Cal", "Dee", "Eve", "Fay", "Gus", "Hal", "Ida", "Jon"):
        hotline.has_on_duty(name)
    call = hotline.is_called().press("1").press("3")
    call.hears("call back instead")  # said immediately, and by key at any time
    hotline.waits(72)
    call.hears("No one can answer right now")
    assert "unanswered" in hotline.story_of(call.row)
