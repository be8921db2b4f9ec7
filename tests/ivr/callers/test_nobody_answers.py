"""Nobody is on duty, everybody is busy, nobody accepts, or nobody speaks the language."""

from __future__ import annotations

from tests.hotline import Hotline


def test_everybody_reachable_is_tried_before_giving_up(hotline: Hotline) -> None:
    first = hotline.has_on_duty("Ana", speaks="es", tier=1)
    backup = hotline.has_on_duty("Ben", speaks="es", tier=2)
    other = hotline.has_on_duty("Cal", speaks="bn en", tier=1)
    coordinator = hotline.has_on_duty("Dee", speaks="en", tier=3)
    hotline.is_called().press("2").press("2")
    hotline.waits(70)
    assert [p.times_rung for p in (first, backup, other, coordinator)] == [1, 1, 1, 1]


def test_while_waiting_a_caller_may_ask_to_be_called_back(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("2")
    call.hears("called back instead").press("1")
    call.hears("calling from").press("1")
    call.hears("safe to leave").press("2")
    call.hears("Your request is saved")
    assert hotline.promised_callbacks == [call.number]
    hotline.waits(20)
    assert call.row.outcome == "callback"


def test_while_waiting_a_caller_may_leave_a_message(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("2")
    call.hears("leave a message").press("2")
    call.hears("After the tone")
    hotline.waits(14)
    call.speaks(8).hangs_up()
    hotline.waits(10)
    assert call.row.outcome == "message"


def test_a_silent_caller_is_never_hung_up_on_before_every_way_was_tried(hotline: Hotline) -> None:
    call = hotline.is_called()
    hotline.waits(120)
    assert call.is_on_the_line
    hotline.waits(900)
    assert not call.is_on_the_line
    assert call.row.outcome == "left"
    assert hotline.story_of(call.row).count("searching") > 1


def test_a_caller_may_keep_trying(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").press("1")
    call.hears("keep trying")
    ana = hotline.has_on_duty("Ana")
    call.press("0")
    ana.accepts()
    assert call.is_joined_with(ana.number)
