"""Nobody is on duty, everybody is busy, nobody accepts, or nobody speaks the language."""

from __future__ import annotations

import pytest

from ivr.dialogue.call_tree import HOTLINE
from ivr.dialogue.conversation import MAX_SEARCHES, enter, settle
from ivr.dialogue.effects import StayOnLine
from ivr.dialogue.facts import Caller, Move, Script
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
    call.hears("call back instead").press("1")
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


def test_after_five_silent_rounds_a_caller_is_held_and_joined_with_who_takes_the_item(
    hotline: Hotline,
) -> None:
    """Nobody hangs up on silence: a coordinator is rung, and key 1 joins them with the caller."""
    call = hotline.is_called()
    hotline.waits_for(lambda: call.row.searches > MAX_SEARCHES, 1200, least=5)
    assert [item.kind for item in hotline.open_items] == ["silent_caller"]
    assert call.is_on_the_line
    cora = hotline.knows("Cora", tier=3)
    cora.accepts(within=180)
    assert call.is_joined_with(cora.number)
    assert hotline.open_items == []


@pytest.mark.parametrize(("is_over", "leads_to"), [(False, "person_now"), (True, "goodbye")])
def test_a_silent_caller_is_held_for_an_hour_at_most(*, is_over: bool, leads_to: str) -> None:
    script = Script(HOTLINE, {})
    caller = Caller("call", "en", searches=MAX_SEARCHES, said_nothing=True, was_held_enough=is_over)
    move = settle(script, Move("person_now"), caller)
    assert move.to == leads_to
    assert (StayOnLine() in enter(script, move, caller)) is not is_over


def test_a_caller_may_keep_trying(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").press("1")
    call.hears("keep trying")
    ana = hotline.has_on_duty("Ana")
    call.press("0")
    ana.accepts()
    assert call.is_joined_with(ana.number)
