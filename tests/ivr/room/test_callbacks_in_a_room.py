"""A callback is a talk in a room, as the first call was: third voices, drops, and the end."""

from __future__ import annotations

from simulator import Phone
from tests.caller import Caller
from tests.hotline import NUMBER, Hotline
from tests.ivr.room.test_third_voices import company_of, is_with
from tests.responder import Responder

SPANISH = "2"


def owes_a_callback(hotline: Hotline, need: str = "1", language: str = "1") -> Phone:
    """A caller asks to be called back while nobody is on duty."""
    call = hotline.is_called().press(language).press(need).press("1").press("1").press("1")
    hotline.waits(5)
    call.hangs_up()
    assert hotline.promised_callbacks == [call.number]
    return hotline.carrier.phone(call.number)


def picks_up(hotline: Hotline, phone: Phone) -> Caller:
    """The phone of the caller rings and is answered."""
    assert hotline.waits_for(lambda: phone.ringing is not None, 20)
    assert phone.ringing is not None
    phone.ringing.answers()
    hotline.works()
    return Caller(hotline, phone.legs[-1], phone.number)


def picks_up_for(hotline: Hotline, responder: Responder, phone: Phone) -> Caller:
    """The responder accepts the callback, and somebody picks up the caller's phone."""
    responder.accepts(within=90)
    return picks_up(hotline, phone)


def is_called_back_by(hotline: Hotline, responder: Responder, phone: Phone) -> Caller:
    """The responder accepts the callback, and the caller presses the key."""
    caller = picks_up_for(hotline, responder, phone).press("1")
    assert caller.is_joined_with(responder.number)
    hotline.waits(5)
    return caller


def test_an_interpreter_is_called_when_somebody_picks_up_and_all_three_talk(
    hotline: Hotline,
) -> None:
    phone = owes_a_callback(hotline, language=SPANISH)
    ana = hotline.has_on_duty("Ana")
    ines = hotline.has_on_duty("Ines", "es en", role="interpreter")
    ana.answers(within=90).hears("We call an interpreter").presses("1")
    ana.hears("calling them")
    assert hotline.waits_for(lambda: phone.ringing is not None, 5)
    assert not ines.is_rung, "nobody is woken for a phone that nobody answers"
    caller = picks_up(hotline, phone)
    assert caller.leg.caller_id_shown == NUMBER
    assert "abog" not in caller.said, "who picks up learns nothing about the hotline"
    assert hotline.waits_for(lambda: ines.is_rung, 3)
    caller.press("1")
    assert caller.is_joined_with(ana.number)
    assert hotline.promised_callbacks == []
    ines.accepts()
    assert is_with(hotline, caller, ana, ines)
    caller.hears("Un intérprete se unió")
    ana.presses("*").hears("For an interpreter").presses("*")
    assert is_with(hotline, caller, ana, ines)
    caller.hangs_up()
    ana.hears("The call has ended").hears("call them back").presses("2")
    hotline.waits(65)
    assert not ana.leg.is_live
    assert not ines.leg.is_live
    assert hotline.promised_callbacks == [phone.number]
    (call,) = hotline.calls
    assert "wrapped up" in hotline.story_of(call), "it is about the call that asked"


def test_the_caller_of_a_callback_is_handed_over_to_an_attorney(hotline: Hotline) -> None:
    phone = owes_a_callback(hotline)
    vera = hotline.has_on_duty("Vera", role="volunteer")
    caller = is_called_back_by(hotline, vera, phone)
    ana = hotline.has_on_duty("Ana")
    vera.presses("*").hears("For an interpreter").presses("2").hears("calling an attorney")
    ana.accepts()
    assert is_with(hotline, caller, vera, ana)
    vera.hangs_up()
    assert is_with(hotline, caller, ana)
    hotline.carrier.assumed.hang_up_asks_action = False
    caller.hangs_up()
    ana.hears("The call has ended", within=8)


def test_a_dropped_callback_is_searched_again_while_the_caller_stays(hotline: Hotline) -> None:
    phone = owes_a_callback(hotline, need="3")
    ana = hotline.has_on_duty("Ana")
    caller = is_called_back_by(hotline, ana, phone)
    ben = hotline.has_on_duty("Ben")
    hotline.carrier.faults.lose(purpose="status")
    hotline.carrier.faults.lose(purpose="conference")
    hotline.carrier.assumed.hang_up_asks_action = False
    ana.hangs_up()
    caller.hears("You were cut off")
    ben.accepts(within=8)
    hotline.carrier.faults.clear()
    hotline.carrier.assumed.hang_up_asks_action = True
    assert caller.is_joined_with(ben.number)
    assert ana.times_rung == 1
    hotline.waits(5)
    ben.hangs_up()
    caller.hears("You were cut off").says_nothing(15).hangs_up()
    assert [item.kind for item in hotline.open_items] == ["dropped_talk"]
    assert len(hotline.calls) == 1, "a callback is no call of its own"
    assert hotline.person(ben).resting_until is not None
    assert caller.leg.meter.longest_silence <= 8


def test_a_responder_who_leaves_before_the_key_is_pressed_leaves_nobody_alone(
    hotline: Hotline,
) -> None:
    phone = owes_a_callback(hotline)
    ana = hotline.has_on_duty("Ana")
    caller = picks_up_for(hotline, ana, phone)
    ana.hangs_up()
    hotline.waits(2)
    assert not caller.is_on_the_line
    assert company_of(hotline, caller) == set()
    ana.accepts(within=700)
    caller = picks_up(hotline, phone).press("1")
    assert caller.is_joined_with(ana.number)


def test_who_does_not_press_the_key_is_not_connected_and_the_responder_hears_so(
    hotline: Hotline,
) -> None:
    phone = owes_a_callback(hotline)
    ana = hotline.has_on_duty("Ana")
    caller = picks_up_for(hotline, ana, phone)
    hotline.waits(30)
    assert not caller.is_on_the_line
    ana.hears("did not")
    hotline.waits(2)
    assert not ana.leg.is_live
    assert (hotline.callbacks[0].state, hotline.callbacks[0].attempts) == ("open", 1)
    assert hotline.calls[0].outcome == "callback"


def test_a_phone_that_cannot_be_dialled_holds_nobody_and_costs_no_attempt(
    hotline: Hotline,
) -> None:
    phone = owes_a_callback(hotline)
    ana = hotline.has_on_duty("Ana")
    ana.answers(within=90)
    hotline.loses_the_network()
    ana.presses("1")
    hotline.waits(45)
    ana.hears("press star").presses("*").hears("did not")
    assert hotline.callbacks[0].next_try_at > hotline.clock.now(), "a minute later"
    hotline.has_the_network_back()
    assert (hotline.callbacks[0].state, hotline.callbacks[0].attempts) == ("open", 0)
    assert phone.ringing is None
    ana.accepts(within=700)
    assert picks_up(hotline, phone).press("1").is_joined_with(ana.number)


def test_news_that_is_doubled_or_lost_doubles_and_loses_nobody(hotline: Hotline) -> None:
    phone = owes_a_callback(hotline)
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.faults.duplicate(seconds=3)
    hotline.carrier.faults.voice_twice()
    hotline.carrier.faults.lose(purpose="conference")
    caller = is_called_back_by(hotline, ana, phone)
    ana.presses("*").hears("For an interpreter").presses("*")
    assert caller.is_joined_with(ana.number, within=8)
    hotline.carrier.faults.lose(purpose="status")
    caller.hangs_up()
    ana.hears("The call has ended")
    hotline.waits(90)
    assert not ana.leg.is_live
    assert len(phone.legs) == 2, "the first call, and one callback"
    assert (hotline.callbacks[0].state, hotline.callbacks[0].attempts) == ("reached", 1)
