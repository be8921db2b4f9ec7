"""A callback is promised once, kept, tried again, and never lost."""

from __future__ import annotations

from tests.caller import Caller
from tests.hotline import NUMBER, Hotline


def ask_for_callback(hotline: Hotline, number: str | None = None) -> Caller:
    """A caller finds nobody on duty and asks for a callback to the phone they use."""
    call = hotline.is_called(number).press("1").press("2")
    call.hears("call you back").press("1")
    call.hears("calling from").press("1")
    call.hears("safe to leave").press("1")
    call.hears("saved")
    hotline.waits(15)
    return call


def test_the_responder_is_rung_first_and_then_the_caller(hotline: Hotline) -> None:
    call = ask_for_callback(hotline)
    ana = hotline.has_on_duty("Ana")
    phone = hotline.carrier.phone(call.number)
    ana.answers(within=90).hears("callback")
    assert phone.ringing is None
    ana.presses("1")
    hotline.waits(8)
    assert phone.ringing is not None
    assert phone.ringing.caller_id_shown == NUMBER
    phone.ringing.answers()
    hotline.waits(1)
    phone.legs[-1].presses("1")
    hotline.waits(3)
    assert phone.legs[-1].bridged_with is ana.leg
    assert hotline.promised_callbacks == []
    assert hotline.callbacks[0].state == "reached"


def test_a_caller_who_does_not_answer_is_called_again_later(hotline: Hotline) -> None:
    call = ask_for_callback(hotline)
    ana = hotline.has_on_duty("Ana")
    ana.accepts(within=90)
    hotline.waits(60)
    assert hotline.callbacks[0].attempts == 1
    assert hotline.promised_callbacks == [call.number]
    ana.accepts(within=1200)
    hotline.waits(8)
    assert hotline.callbacks[0].attempts == 2


def test_a_number_we_cannot_call_is_refused_and_a_message_taken(hotline: Hotline) -> None:
    call = hotline.is_called(shown="anonymous").press("1").press("2")
    call.hears("call you back").press("1")
    call.hears("ten-digit").press("911#")
    call.hears("cannot call").press("9005550100#")
    call.hears("cannot call").press("12#")
    call.hears("After the tone")


def test_hanging_up_before_the_end_still_leaves_a_callback(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").press("2")
    call.hears("call you back").press("1")
    call.hears("calling from")
    call.hangs_up()
    assert hotline.promised_callbacks == [call.number]
    assert not hotline.callbacks[0].confirmed or hotline.callbacks[0].may_leave_message is False


def test_coordinators_are_told_before_a_callback_is_overdue_once(hotline: Hotline) -> None:
    coordinator = hotline.knows("Dee", tier=3)
    ask_for_callback(hotline)
    hotline.waits(27 * 60)
    assert sum("callback is due" in text for text in coordinator.texts) == 1
