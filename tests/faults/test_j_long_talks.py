"""Row J6 of the fault table: a talk of an hour leads to one question, and is never cut off."""

from __future__ import annotations

from datetime import timedelta

from tests.caller import Caller
from tests.hotline import NUMBER, Hotline
from tests.ivr.callers.test_callbacks import ask_for_callback
from tests.responder import Responder

ASKED = "Still talking?"


def talk(hotline: Hotline, responder: Responder) -> Caller:
    """A caller who has been joined with this responder."""
    call = hotline.is_called().press("1").press("2")
    responder.accepts()
    assert call.is_joined_with(responder.number)
    return call


def times_asked(responder: Responder) -> int:
    """How many texts asked this responder whether they still talk."""
    return sum(ASKED in text for text in responder.texts)


def goes_by(hotline: Hotline, minutes: int) -> None:
    """Time passes, and the worker runs now and then."""
    whole, rest = divmod(minutes, 10)
    for stretch in (*[10] * whole, *[1] * rest):
        hotline.waits_quietly(stretch * 60)


def test_j6_after_an_hour_the_volunteer_is_asked_once_and_the_talk_goes_on(
    hotline: Hotline,
) -> None:
    dee = hotline.knows("Dee", tier=3)
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    goes_by(hotline, 58)
    assert times_asked(ana) == 0
    goes_by(hotline, 4)
    assert times_asked(ana) == 1
    goes_by(hotline, 90)
    assert times_asked(ana) == 1
    assert call.talks_to == ana.number
    assert ana.times_rung == 1
    assert dee.texts == []
    assert not any(word in " ".join(ana.texts) for word in (call.number[2:], "detained"))


def test_j6_a_shorter_talk_asks_nobody(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    goes_by(hotline, 58)
    call.hangs_up()
    goes_by(hotline, 30)
    assert ana.texts == []


def test_j6_a_crash_or_a_second_worker_asks_nobody_twice(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    hotline.later(timedelta(minutes=61))
    first, second = hotline.new_worker(), hotline.new_worker()
    for _ in range(3):
        hotline.restarts()
        hotline.waits_quietly(40)
        for worker in (first, second):
            worker.tick()
    hotline.waits_quietly(40)
    assert times_asked(ana) == 1
    assert call.talks_to == ana.number


def test_j6_each_long_talk_is_asked_about(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    for _ in range(2):
        call = talk(hotline, ana)
        goes_by(hotline, 62)
        call.hangs_up()
        hotline.waits(65)
    assert times_asked(ana) == 2


def test_j6_a_callback_that_lasts_an_hour_is_asked_about(hotline: Hotline) -> None:
    number = "+19175550188"
    ask_for_callback(hotline, number)
    ana = hotline.has_on_duty("Ana")
    ana.accepts(within=90)
    caller = hotline.carrier.phone(number)
    hotline.waits(8)
    assert caller.ringing
    caller.ringing.answers()
    hotline.waits(1)
    caller.legs[-1].presses("1")
    hotline.waits(3)
    goes_by(hotline, 62)
    assert times_asked(ana) == 1
    assert ana.leg.bridged_with is caller.legs[-1]


def test_j6_of_one_who_takes_no_texts_the_coordinators_are_told_once(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    ana = hotline.has_on_duty("Ana")
    ana.phone.texts_to(NUMBER, "STOP")
    hotline.works()
    call = talk(hotline, ana)
    goes_by(hotline, 70)
    assert times_asked(ana) == 0
    assert sum("has lasted an hour" in text for text in dee.texts) == 1
    assert call.talks_to == ana.number


def test_j6_while_the_carrier_does_not_say_that_they_talk_nobody_is_asked(
    hotline: Hotline,
) -> None:
    """The call may have ended long ago, and its status callback may be lost."""
    ana = hotline.has_on_duty("Ana")
    call = talk(hotline, ana)
    goes_by(hotline, 50)
    hotline.carrier.faults.lose(purpose="status")
    call.leg.hangs_up()
    ana.leg.hangs_up()
    hotline.carrier.faults.clear()
    hotline.later(timedelta(minutes=15))
    assert times_asked(ana) == 0
    assert [ring.is_open for ring in hotline.rings] == [False]
