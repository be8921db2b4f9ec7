"""When a callback is tried, how often, and by whom: the times are the promise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from ivr.search import callback_promises
from models.calls.calls import Call
from models.calls.rings import Purpose
from tests.faults.keeping import asks_for_callback
from tests.hotline import Hotline
from tests.ivr.room.test_callbacks_in_a_room import is_called_back_by, picks_up
from tests.responder import Responder

HERON = "+19175550177"


def asks(
    hotline: Hotline, need: str = "3", number: str = HERON, safe: str = "1", hears: str = "saved"
) -> None:
    """A caller finds nobody on duty and is promised a callback; `safe` for messages is key 1."""
    call = hotline.is_called(number).press("1").press(need)
    call.hears("call you back").press("1")
    call.hears("calling from").press("1")
    call.hears("safe to leave").press(safe).hears(hears).hangs_up()


def seconds_to_next_try(hotline: Hotline) -> float:
    """How long the callback rests from now on."""
    (owed,) = hotline.callbacks
    return (owed.next_try_at - hotline.clock.now()).total_seconds()


def whoever_is_rung(hotline: Hotline, people: Sequence[Responder], within: float) -> Responder:
    """The first of these whose phone rings."""
    assert hotline.waits_for(lambda: any(each.is_rung for each in people), within)
    return next(each for each in people if each.is_rung)


def times_rung_for_it(hotline: Hotline, responder: Responder) -> int:
    """How often a person was rung for a callback."""
    theirs = [ring for ring in hotline.rings if ring.person_id == hotline.person(responder).id]
    return sum(ring.purpose == Purpose.CALLBACK for ring in theirs)


def test_the_first_try_gives_the_caller_half_a_minute_to_hang_up(hotline: Hotline) -> None:
    asks(hotline)
    (owed,) = hotline.callbacks
    assert owed.next_try_at - owed.promised_at == timedelta(seconds=30)
    ana = hotline.has_on_duty("Ana")
    hotline.waits(seconds_to_next_try(hotline) - 1)
    assert not ana.is_rung
    hotline.waits(1.5)
    assert ana.is_rung


def test_who_is_not_reached_is_tried_after_five_fifteen_and_sixty_minutes_then_handed_over(
    hotline: Hotline,
) -> None:
    dee = hotline.knows("Dee", tier=3)
    asks(hotline)
    people = [hotline.has_on_duty(name) for name in ("Ana", "Ben", "Cal", "Dan")]
    phone, rests = hotline.carrier.phone(HERON), []
    for attempt in range(1, 5):
        whoever_is_rung(hotline, people, 4000).accepts()
        assert hotline.waits_for(lambda: phone.ringing is not None, 20)
        if attempt == 2:
            picks_up(hotline, phone)
        hotline.waits_for(lambda: hotline.callbacks[0].state != "calling", 90, least=1)
        rests.append(round(seconds_to_next_try(hotline) / 60))
    assert rests[:3] == [5, 15, 60]
    (call,) = [each for each in hotline.calls if each.calls_back is None]
    tried = hotline.details_of(call, "callback not reached")
    assert [(each["attempt"], each["how"]) for each in tried] == [
        (1, "nobody picked up"),
        (2, "somebody picked up and pressed no key"),
        (3, "nobody picked up"),
        (4, "nobody picked up"),
    ]
    assert (hotline.callbacks[0].state, hotline.callbacks[0].attempts) == ("unreached", 4)
    hotline.waits(5)
    assert sum("after 4 tries" in text for text in dee.texts) == 1


def test_a_person_who_declined_is_not_asked_again_for_ten_minutes(hotline: Hotline) -> None:
    asks(hotline)
    ana = hotline.has_on_duty("Ana")
    ana.answers(within=60)
    began = hotline.rings[-1].created_at
    assert hotline.callbacks[0].next_try_at - began == timedelta(seconds=45)
    ana.presses("2")
    hotline.waits(46 - (hotline.clock.now() - began).total_seconds())
    assert hotline.callbacks[0].next_try_at - began > timedelta(seconds=100), "nobody: a minute"
    hotline.waits(600 - (hotline.clock.now() - began).total_seconds())
    assert times_rung_for_it(hotline, ana) == 1
    hotline.waits(75)
    assert times_rung_for_it(hotline, ana) == 2


def test_a_worker_that_comes_second_rings_nobody(hotline: Hotline) -> None:
    """Two workers saw that the callback was due."""
    asks(hotline)
    whoever_is_rung(hotline, [hotline.has_on_duty(name) for name in ("Ana", "Ben", "Cal")], 60)
    (owed,) = hotline.callbacks
    hotline.loses_its_worker()
    callback_promises.try_now(hotline.context, owed.id)
    assert len(hotline.rings) == 2
    hotline.clock.move_to(owed.next_try_at)
    callback_promises.try_now(hotline.context, owed.id)
    assert len(hotline.rings) == 2, "those phones still ring"
    assert seconds_to_next_try(hotline) == 45
    callback_promises.try_now(hotline.context, "a callback that was purged")


def test_a_callback_that_was_kept_is_over_whatever_news_comes_late(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    asks(hotline)
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    caller = is_called_back_by(hotline, ana, hotline.carrier.phone(HERON))
    caller.hangs_up()
    hotline.waits(60)
    (owed,), rung = hotline.callbacks, len(hotline.rings)
    assert owed.next_try_at < hotline.clock.now()
    callback_promises.try_now(hotline.context, owed.id)
    ring = next(each for each in hotline.rings if each.callback_id and each.reached)
    with hotline.context.database.transaction() as session:
        callback_promises.refused_by_carrier(session, ring, hotline.clock.now())
        callback_promises.after_attempt(session, ring, hotline.clock.now())
    assert (hotline.callbacks[0].state, len(hotline.rings)) == ("reached", rung)
    hotline.waits(5)
    assert not any("does not connect us" in text for text in [*dee.texts, *ben.texts])


def test_coordinators_are_told_of_a_late_callback_once_by_two_workers(hotline: Hotline) -> None:
    asks(hotline)
    (owed,) = hotline.callbacks
    callback_promises.escalate(hotline.context, owed.id)
    told_at = hotline.clock.now()
    hotline.waits(10)
    callback_promises.escalate(hotline.context, owed.id)
    callback_promises.escalate(hotline.context, "a callback that was purged")
    assert hotline.callbacks[0].escalated_at == told_at


def test_a_second_request_can_make_a_callback_more_urgent(hotline: Hotline) -> None:
    asks(hotline, need="3")
    hotline.clock.move_to(hotline.clock.now() + timedelta(minutes=10))
    (before,) = hotline.callbacks
    asks(hotline, need="1", hears="already have")
    (owed,) = hotline.callbacks
    asked_again = hotline.calls[-1].ended_at
    assert asked_again is not None
    assert (owed.asked, owed.need) == (2, "emergency")
    assert owed.due_at < before.due_at
    assert timedelta(minutes=14) < owed.due_at - asked_again <= timedelta(minutes=15)
    assert owed.next_try_at <= asked_again + timedelta(seconds=30)
    asks(hotline, need="3", hears="already have")
    (after,) = hotline.callbacks
    assert (after.asked, after.need, after.due_at) == (3, "emergency", owed.due_at)


@pytest.mark.parametrize("first", ["1", "2"])
@pytest.mark.parametrize("second", [None, True, False])
def test_no_message_is_left_unless_every_request_says_that_it_is_safe(
    hotline: Hotline, first: str, second: bool | None
) -> None:
    asks(hotline, safe=first)
    (owed,) = hotline.callbacks
    assert owed.may_leave_message is (first == "1")
    with hotline.context.database.transaction() as session:
        call = session.get_one(Call, owed.call_id)
        call.may_leave_message, call.need = second, None
        callback_promises.promise(session, call, hotline.clock.now(), confirmed=False)
    (owed,) = hotline.callbacks
    assert owed.may_leave_message is (first == "1" and second is not False)
    assert (owed.asked, owed.confirmed) == (2, True), "a number that was confirmed stays so"
    assert owed.need == "unknown", "who says no need may be in danger"


def test_a_number_that_nobody_confirmed_is_confirmed_by_a_second_request(hotline: Hotline) -> None:
    call = hotline.is_called(HERON).press("1").press("3").hears("call you back").press("1")
    call.hears("calling from").press("2").hears("ten-digit").press("7185550161#")
    call.hears("You entered").hangs_up()
    assert [owed.confirmed for owed in hotline.callbacks] == [False]
    asks(hotline, number="+17185550161", hears="already have")
    assert [owed.confirmed for owed in hotline.callbacks] == [True]


def test_the_limits_of_callbacks_wear_off(hotline: Hotline) -> None:
    """A number is promised two in an hour, and a phone asks for three numbers within a day."""
    asks(hotline)
    for last in (1, 2):
        hotline.closes_every_callback()
        call = hotline.is_called(HERON).press("1").press("3").hears("call you back").press("1")
        call.hears("calling from").press("2").hears("ten-digit").press(f"718555016{last}#")
        call.hears("You entered").press("1").hears("safe to leave").press("1").hears("saved")
        call.hangs_up()
    (call,) = [each for each in hotline.calls if each.id == hotline.callbacks[0].call_id]

    def answers(number: str) -> tuple[bool, bool]:
        with hotline.context.transaction() as unit:
            this = unit.session.get_one(Call, call.id)
            enough = callback_promises.called_enough(unit.session, number, unit.now)
            return enough, callback_promises.asked_too_often(unit, this)

    assert answers(HERON) == (False, True)
    assert answers("+17185550161") == (False, True)
    hotline.closes_every_callback()
    asks_for_callback(hotline, "+17185550161")
    assert answers("+17185550161") == (True, True)
    hotline.clock.move_to(hotline.clock.now() + timedelta(minutes=61))
    assert answers("+17185550161") == (False, True)
    hotline.clock.move_to(hotline.clock.now() + timedelta(hours=23))
    assert answers(HERON) == (False, False)


def test_a_hidden_phone_never_asks_too_often(hotline: Hotline) -> None:
    call = hotline.is_called(shown="anonymous").press("1").press("3").row
    with hotline.context.transaction() as unit:
        this = unit.session.get_one(Call, call.id)
        assert not callback_promises.asked_too_often(unit, this)


@pytest.mark.parametrize(
    ("keyed", "kept", "visible", "has_number"),
    [
        (b"keyed", None, False, True),
        (None, b"kept", True, True),
        (None, b"kept", False, False),
        (None, None, True, False),
        (b"keyed", b"kept", True, True),
    ],
)
def test_a_person_can_call_a_number_that_is_kept_and_that_we_may_dial(
    keyed: bytes | None, kept: bytes | None, *, visible: bool, has_number: bool
) -> None:
    call = Call(keyed_number_sealed=keyed, number_sealed=kept, visible=visible)
    assert callback_promises.has_number(call) is has_number


@pytest.mark.parametrize(
    ("keyed", "confirmed", "is_confirmed"),
    [(False, None, True), (True, None, False), (True, True, True)],
)
def test_a_responder_owes_a_callback_to_a_number_as_far_as_it_was_confirmed(
    hotline: Hotline, keyed: bool, confirmed: bool | None, is_confirmed: bool
) -> None:
    row = hotline.is_called(HERON).press("1").press("3").row
    with hotline.context.database.transaction() as session:
        call = session.get_one(Call, row.id)
        if keyed:
            call.keyed_number_sealed = call.number_sealed
        call.number_confirmed = confirmed
        owed = callback_promises.owe(session, call, hotline.clock.now())
        assert owed is not None
        assert owed.confirmed is is_confirmed
        again = callback_promises.owe(session, call, hotline.clock.now())
        assert again is owed
    assert hotline.story_of(row).count("callback by hand") == 1


def test_whoever_calls_back_by_hand_closes_the_item_of_the_missed_call(hotline: Hotline) -> None:
    row = hotline.is_called(HERON).press("1").press("1").hangs_up().row
    assert [item.callback_id for item in hotline.open_items] == [None]
    with hotline.context.database.transaction() as session:
        call = session.get_one(Call, row.id)
        owed = callback_promises.owe(session, call, hotline.clock.now())
        assert owed is not None
        assert owed.need == "emergency"
    assert [item.callback_id for item in hotline.open_items] == [hotline.callbacks[0].id]
