"""A talk takes place in a room: the star menu, drops, and news that is lost, late or doubled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.caller import Caller
from tests.hotline import CANNOT_CONNECT, NUMBER, Hotline
from tests.responder import Responder
from tests.webhook import post

LONGEST_SILENCE_SECONDS = 8.0


def talk(hotline: Hotline, responder: Responder, need: str = "3") -> Caller:
    """A caller talks with this responder; the key of the need is that of a question."""
    call = hotline.is_called().press("1").press(need)
    responder.accepts()
    assert call.is_joined_with(responder.number)
    hotline.waits(5)
    return call


def presses_star(hotline: Hotline, responder: Responder) -> None:
    responder.presses("*")
    responder.hears("For an interpreter")
    hotline.waits(1)


def test_silence_in_the_star_menu_leads_back_and_the_caller_hears_no_menu(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    heard = len(call.leg.heard)
    presses_star(hotline, ana)
    assert call.talks_to is None
    assert call.is_joined_with(ana.number, within=30)
    words = {spoken.text for spoken in call.leg.heard[heard:] if spoken.text}
    assert words <= {"One moment, please.", "\u266a"}
    hotline.waits(5)
    call.hangs_up()
    assert call.row.outcome == "person"
    assert hotline.story_of(call.row).count("accepted") == 1


def test_a_wrong_key_in_the_star_menu_leads_back(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    presses_star(hotline, ana)
    ana.presses("7")
    assert call.is_joined_with(ana.number, within=4)


def test_a_responder_can_leave_and_return_again_and_again(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    for _ in range(3):
        presses_star(hotline, ana)
        ana.presses("*")
        assert call.is_joined_with(ana.number, within=4)
        hotline.waits(2)
    assert ana.times_rung == 1
    assert call.row.searches == 1


def test_a_star_that_does_not_end_the_conference_leaves_no_caller_in_silence(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.assumed.star_ends_sitting = False
    call = talk(hotline, ana)
    ana.presses("*").hears("For an interpreter")
    hotline.waits(4)
    assert call.leg.in_queue
    assert call.leg.meter.longest_alone <= 4
    ana.presses("*")
    assert call.is_joined_with(ana.number, within=4)


def test_a_caller_never_hears_silence_for_long(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana, need="1")
    presses_star(hotline, ana)
    assert call.is_joined_with(ana.number, within=30)
    ben = hotline.has_on_duty("Ben")
    hotline.waits(5)
    ana.hangs_up()
    ben.accepts(within=12)
    assert call.is_joined_with(ben.number)
    assert call.leg.meter.longest_silence <= LONGEST_SILENCE_SECONDS


def test_a_conference_that_is_still_ending_is_entered_again(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.assumed.teardown_seconds = 0.8
    call = talk(hotline, ana)
    presses_star(hotline, ana)
    ana.presses("*")
    assert call.is_joined_with(ana.number, within=8)


def test_a_caller_who_hangs_up_frees_the_responder(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    call.hangs_up()
    ana.hears("The call has ended")
    assert call.row.outcome == "person"
    hotline.waits(65)
    assert not ana.leg.is_live


def test_a_caller_who_hangs_up_during_the_star_menu_frees_the_responder(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    presses_star(hotline, ana)
    call.hangs_up()
    ana.hears("The call has ended")
    hotline.waits(65)
    assert not ana.leg.is_live


def test_a_caller_who_hangs_up_at_the_moment_of_accepting_leaves_nobody_waiting(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("3")
    ana.answers()
    ana.leg.presses("1")
    call.leg.hangs_up()
    hotline.works()
    ana.hears("The call")
    hotline.waits(65)
    assert not ana.leg.is_live
    assert call.row.outcome == "person"


def test_a_drop_is_searched_again_and_the_former_responder_is_not_rung_first(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    ben = hotline.has_on_duty("Ben")
    ana.hangs_up()
    call.hears("You were cut off")
    ben.accepts(within=8)
    assert ana.times_rung == 1
    assert call.is_joined_with(ben.number)
    hotline.waits(5)
    call.hangs_up()
    assert call.row.outcome == "person"


def test_the_end_of_a_long_talk_is_a_drop_too_while_the_caller_stays(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    hotline.waits(300)
    ben = hotline.has_on_duty("Ben")
    ana.hangs_up()
    call.hears("You were cut off")
    ben.accepts(within=8)
    assert call.is_joined_with(ben.number)


def test_a_drop_that_nobody_reports_is_found_after_six_seconds(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    ben = hotline.has_on_duty("Ben")
    hotline.carrier.faults.lose(purpose="status")
    hotline.carrier.faults.lose(purpose="conference")
    hotline.carrier.assumed.hang_up_asks_action = False
    ana.leg.hangs_up()
    call.hears("One moment, please")
    dropped_at = hotline.clock.now()
    call.hears("You were cut off")
    assert hotline.clock.now() - dropped_at < timedelta(seconds=12)
    ben.accepts(within=12)
    assert call.is_joined_with(ben.number)


def test_a_responder_who_hangs_up_in_the_star_menu_has_dropped(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    ben = hotline.has_on_duty("Ben")
    presses_star(hotline, ana)
    ana.hangs_up()
    call.hears("You were cut off")
    ben.accepts(within=8)
    assert call.is_joined_with(ben.number)


def test_a_dropped_caller_can_ask_for_a_callback_while_they_wait(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    hotline.has_on_duty("Ben")
    ana.hangs_up()
    call.hears("call back instead").press("1").press("1").press("1").hangs_up()
    assert hotline.promised_callbacks == [call.number]


def test_a_dropped_caller_who_waits_in_vain_is_pursued(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana, need="1")
    ana.hangs_up()
    call.hears("You were cut off").says_nothing(15).hangs_up()
    assert [item.kind for item in hotline.open_items] == ["dropped_talk"]
    assert call.row.outcome == "person"


def test_a_caller_who_hangs_up_just_after_the_responder_has_said_goodbye(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana, need="1")
    hotline.waits(10)
    ana.hangs_up()
    call.hears("One moment").hangs_up()
    hotline.waits(15)
    assert hotline.open_items == []


@pytest.mark.parametrize("first", ["caller", "responder"])
def test_both_are_cut_off_at_once_in_an_emergency_and_a_person_must_know(
    hotline: Hotline, first: str
) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana, need="1")
    ben = hotline.has_on_duty("Ben")
    legs = (call.leg, ana.leg) if first == "caller" else (ana.leg, call.leg)
    for leg in legs:
        leg.hangs_up()
        hotline.carrier.run_due()
    hotline.works()
    assert [item.kind for item in hotline.open_items] == ["dropped_talk"]
    hotline.waits(15)
    assert ben.times_rung == 0 or not ben.is_rung, "nobody is on the line"
    ben.answers(within=60).hears("nobody")
    assert call.row.outcome == "person"


def test_every_news_twice_changes_nothing(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.faults.duplicate(seconds=3)
    hotline.carrier.faults.voice_twice()
    call = talk(hotline, ana)
    presses_star(hotline, ana)
    ana.presses("*")
    assert call.is_joined_with(ana.number, within=8)
    hotline.waits(10)
    assert call.talks_to == ana.number
    assert call.row.searches == 1


def test_without_any_conference_news_the_star_and_the_drop_work(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.faults.lose(purpose="conference")
    call = talk(hotline, ana)
    presses_star(hotline, ana)
    ana.presses("*")
    assert call.is_joined_with(ana.number, within=8)
    ben = hotline.has_on_duty("Ben")
    hotline.waits(5)
    ana.hangs_up()
    call.hears("You were cut off")
    ben.accepts(within=8)
    assert call.is_joined_with(ben.number)


def test_late_news_of_an_earlier_visit_moves_nobody(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.faults.delay(20, purpose="conference")
    call = talk(hotline, ana)
    presses_star(hotline, ana)
    ana.presses("*")
    assert call.is_joined_with(ana.number, within=8)
    hotline.waits(45)
    assert call.talks_to == ana.number
    assert call.row.searches == 1


def test_an_exit_that_comes_again_long_after_moves_nobody(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    presses_star(hotline, ana)
    ana.presses("*")
    assert call.is_joined_with(ana.number, within=4)
    hotline.waits(5)
    before = {seat.token: (seat.state, seat.visit) for seat in hotline.seats}
    for seat in hotline.seats:
        side = "/seat" if seat.ring_id else "/voice/en/seat"
        fields = {"CallSid": seat.leg_sid or "", "CallStatus": "in-progress"}
        again = post(hotline, f"{side}/{seat.token}/exit/1", fields)
        assert f'participantLabel="{seat.token}-2"' in again.text
    assert {seat.token: (seat.state, seat.visit) for seat in hotline.seats} == before


def test_without_a_worker_the_talk_and_the_star_menu_work(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("3")
    ana.answers()
    hotline.loses_its_worker()
    ana.presses("1")
    assert call.is_joined_with(ana.number)
    hotline.waits(5)
    ana.presses("*").hears("For an interpreter").presses("*")
    assert call.is_joined_with(ana.number, within=8)


def test_nobody_sees_the_number_of_the_other(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    assert ana.sees == NUMBER
    assert not any(ana.number in spoken.text for spoken in call.leg.heard)


def goes_missing(hotline: Hotline, responder: Responder) -> Callable[[], str]:
    """The star is pressed and its request gets lost. Returns how it arrives later all the same."""
    room = hotline.rooms[0]
    seat = next(each for each in hotline.seats if each.ring_id is not None)
    hotline.carrier.faults.next_webhook("connection", path="/seat/*", after_acting=False)
    hotline.carrier.faults.next_webhook("connection", path="/leg/*/fallback", after_acting=False)
    hotline.carrier.faults.lose(purpose="status")
    hotline.foreseen |= {CANNOT_CONNECT}
    responder.presses("*")
    assert room.closed_at is None
    fields = {"CallSid": responder.leg.sid, "CallStatus": "in-progress"}
    path = f"/seat/{seat.token}/exit/{seat.visit}"
    return lambda: post(hotline, path, {**fields, "DialCallStatus": "answered"}).text


def test_a_responder_who_returns_before_another_accepts_has_the_caller_again(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    ben = hotline.has_on_duty("Ben")
    comes_back = goes_missing(hotline, ana)
    call.hears("You were cut off")
    assert ben.is_rung
    assert "For an interpreter" in comes_back()
    hotline.waits(3)
    assert not ben.is_rung
    assert call.row.answered_by == hotline.person(ana).id


def test_a_responder_who_returns_after_another_accepted_is_let_go(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    ben = hotline.has_on_duty("Ben")
    comes_back = goes_missing(hotline, ana)
    call.hears("You were cut off")
    ben.accepts()
    assert call.is_joined_with(ben.number)
    assert "not waiting for you any more" in comes_back()
    hotline.waits(3)
    assert call.talks_to == ben.number


def returns_before_the_callers_exit_is_heard(hotline: Hotline, responder: Responder) -> None:
    """The star ends the sitting; the caller's leg can tell us so a second later."""
    hotline.foreseen |= {CANNOT_CONNECT}
    hotline.carrier.faults.next_webhook("connection", path="/voice/en/seat/*", after_acting=False)
    responder.presses("*").presses("*")


def test_the_callers_late_exit_takes_nobody_from_the_next_sitting(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    ben = hotline.has_on_duty("Ben")
    returns_before_the_callers_exit_is_heard(hotline, ana)
    assert call.is_joined_with(ana.number, within=25)
    hotline.waits(10)
    assert ben.times_rung == 0
    assert call.talks_to == ana.number


def test_two_responders_never_have_the_caller_at_once(hotline: Hotline) -> None:
    """Ana sits in the room again, and no news tells us so: Ben's talk is not hers."""
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.faults.lose(purpose="conference")
    call = talk(hotline, ana)
    hotline.carrier.faults.clear()
    ben = hotline.has_on_duty("Ben")
    returns_before_the_callers_exit_is_heard(hotline, ana)
    ben.accepts(within=30)
    assert call.is_joined_with(ben.number)
    ana.hears("not waiting for you any more", within=5)
    hotline.waits(5)
    assert call.talks_to == ben.number


def test_a_star_pressed_by_accident_again_and_again_costs_seconds_only(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    for _ in range(3):
        presses_star(hotline, ana)
        ana.presses("*")
        assert call.is_joined_with(ana.number, within=4)
        hotline.waits(2)
    menus = ana.said.count("For an interpreter")
    ana.presses("*")
    assert call.is_joined_with(ana.number, within=6)
    assert ana.said.count("For an interpreter") == menus


@pytest.mark.parametrize("lag_seconds", [0, 3600], ids=["listed", "not listed"])
def test_without_any_news_of_the_responders_leg_nobody_stays_alone(
    hotline: Hotline, lag_seconds: float
) -> None:
    """The sweeper ends the conference in which the caller would hear silence.

    If the carrier's list does not show the conference, it moves the caller.
    """
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.assumed.star_ends_sitting = False
    call = talk(hotline, ana)
    hotline.carrier.assumed.rest_lag_seconds = lag_seconds
    ben = hotline.has_on_duty("Ben")
    goes_missing(hotline, ana)
    call.hears("You were cut off")
    ben.accepts(within=20)
    assert call.is_joined_with(ben.number)
