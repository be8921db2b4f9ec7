"""Callbacks as work: a user calls from their own phone, postpones, or gives up with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.calls.callbacks import Callback
from tests.coordinator import Coordinator
from tests.faults.keeping import asks_for_callback, run
from tests.hotline import NUMBER, Hotline

REASON = "She is home again and told our partner"


def has_coordinator(hotline: Hotline, name: str = "Cora", tier: int = 3) -> Coordinator:
    """A coordinator with a registered phone, off duty."""
    hotline.knows(f"{name} Example", speaks="en es", tier=tier)
    return hotline.has_user(name, person=f"{name} Example").signs_in()


def owed(hotline: Hotline) -> Callback:
    """The only callback of this test."""
    (found,) = hotline.callbacks
    return found


def opens_the_callback(user: Coordinator, hotline: Hotline) -> Coordinator:
    """Open the only callback from the list."""
    return user.opens("/callbacks").follows(owed(hotline).pseudonym)


def test_call_now_rings_my_phone_and_then_theirs(hotline: Hotline) -> None:
    call = asks_for_callback(hotline)
    cora = has_coordinator(hotline)
    phone, caller = hotline.phone_of("Cora Example"), hotline.carrier.phone(call.number)
    listed = cora.opens("/callbacks").section("To be called back")
    assert all(
        words in listed for words in (owed(hotline).pseudonym, "detained", " Dec, ", "waiting")
    )
    opens_the_callback(cora, hotline).presses("Call now")
    assert "Your phone rings." in cora.reads
    phone.answers().hears("callback")
    assert caller.ringing is None
    phone.presses("1")
    assert "being called" in cora.opens("/callbacks").reads
    hotline.waits(8)
    assert caller.ringing is not None
    assert caller.ringing.caller_id_shown == NUMBER
    assert phone.sees == NUMBER
    caller.ringing.answers()
    hotline.waits(1)
    caller.legs[-1].presses("1")
    hotline.waits(3)
    assert caller.legs[-1].bridged_with is phone.leg
    assert "reached" in cora.opens("/callbacks").section("Closed in the last two days")
    assert "reached them · by hand" in opens_the_callback(cora, hotline).section("Attempts so far")
    assert ("Cora", "called back by hand") in hotline.audit_log
    assert call.number[2:] not in cora.answer.text


def test_who_takes_it_on_is_left_alone_for_a_while_and_then_the_hotline_goes_on(
    hotline: Hotline,
) -> None:
    asks_for_callback(hotline)
    cora = has_coordinator(hotline)
    opens_the_callback(cora, hotline).presses("Claim")
    ana = hotline.has_on_duty("Ana")
    hotline.waits(120)
    assert not ana.is_rung
    hotline.later(timedelta(minutes=9))
    ana.accepts(within=60)
    assert owed(hotline).state == "calling"


def test_a_phone_that_the_worker_rang_stops_when_somebody_calls_by_hand(hotline: Hotline) -> None:
    asks_for_callback(hotline)
    cora = has_coordinator(hotline)
    ana = hotline.has_on_duty("Ana")
    hotline.waits(40)
    assert ana.is_rung
    opens_the_callback(cora, hotline).presses("Call now")
    hotline.waits(3)
    assert not ana.is_rung
    hotline.phone_of("Cora Example").accepts()
    assert owed(hotline).state == "calling"
    page = opens_the_callback(cora, hotline)
    assert "being called" in page.reads
    assert not page.can_press("Call now")
    assert page.page.css_first("#callback").attributes["hx-get"], "it looks again by itself"


def test_without_a_phone_one_is_told_what_to_do(hotline: Hotline) -> None:
    asks_for_callback(hotline)
    cora = hotline.has_user("Cora").signs_in()
    assert "Ask an administrator to link your sign-in" in cora.opens("/callbacks").reads
    assert not opens_the_callback(cora, hotline).can_press("Call now")
    address = f"/callbacks/{owed(hotline).id}/call"
    answer = cora.posts(address, csrf=cora.token, press="0" * 32)
    assert answer.status_code == 409
    assert "No phone of yours is registered" in answer.text
    assert cora.posts(address, csrf=cora.token, press="no press").status_code == 400
    assert hotline.rings == []


def test_an_interpreter_does_not_call_a_caller_back_alone(hotline: Hotline) -> None:
    asks_for_callback(hotline)
    hotline.knows("Ines", role="interpreter")
    ines = hotline.has_user("Ines", "coordinator", person="Ines").signs_in()
    opens_the_callback(ines, hotline).presses("Call now")
    assert "An interpreter never talks with a caller alone." in ines.answer.text
    assert hotline.rings == []


def test_a_callback_is_put_off_to_a_time_on_the_hotlines_clock(hotline: Hotline) -> None:
    asks_for_callback(hotline)
    cora = has_coordinator(hotline)
    opens_the_callback(cora, hotline).fills("New time", "2026-12-08T09:30")
    cora.presses("Set this time")
    assert "The callback has a new time." in cora.reads
    assert "Tue 8 Dec, 09:30" in cora.reads
    assert owed(hotline).due_at.isoformat() == "2026-12-08T14:30:00+00:00"
    ana = hotline.has_on_duty("Ana")
    hotline.later(timedelta(hours=7))
    assert not ana.is_rung
    hotline.later(timedelta(minutes=30))
    ana.accepts(within=60)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("soon", "Write a date and a time"),
        ("2026-12-08T01:30", "in the past"),
        ("2026-12-25T09:30", "too late"),
    ],
)
def test_a_time_that_cannot_be_is_refused_at_its_field(
    hotline: Hotline, typed: str, told: str
) -> None:
    asks_for_callback(hotline)
    cora = has_coordinator(hotline)
    before = owed(hotline).due_at
    opens_the_callback(cora, hotline).fills("New time", typed).presses("Set this time")
    assert told in cora.error_at("New time")
    assert cora.value_of("New time") == typed
    assert owed(hotline).due_at == before


def test_a_promise_is_given_up_only_with_a_reason(hotline: Hotline) -> None:
    asks_for_callback(hotline)
    cora = has_coordinator(hotline)
    opens_the_callback(cora, hotline).presses("Close the callback")
    assert "Give a reason" in cora.error_at("Why nobody can call back")
    assert owed(hotline).state == "open"
    cora.fills("Why nobody can call back", REASON).presses("Close the callback")
    assert REASON in cora.section("Given up")
    assert owed(hotline).state == "given_up"
    assert REASON.encode() not in bytes(owed(hotline).reason_sealed or b"")
    assert ("Cora", "callback given up") in hotline.audit_log
    exported = run(hotline, "export", "callbacks").stdout
    assert '"state": "given_up"' in exported
    assert REASON not in exported
    hotline.has_on_duty("Ana")
    hotline.waits(120)
    assert hotline.rings == []
    assert "No open callbacks." in cora.opens("/callbacks").reads


def test_who_could_not_be_reached_waits_for_a_decision_and_can_be_called_again(
    hotline: Hotline,
) -> None:
    call = asks_for_callback(hotline)
    cora = has_coordinator(hotline)
    hotline.later(timedelta(hours=49))
    assert owed(hotline).state == "unreached"
    cora = cora.elsewhere().signs_in()
    assert owed(hotline).pseudonym in cora.opens("/board").section("Open items")
    decide = cora.opens("/callbacks").section("Could not be reached: needs a decision")
    assert owed(hotline).pseudonym in decide
    opens_the_callback(cora, hotline).presses("Call now")
    hotline.phone_of("Cora Example").accepts()
    hotline.waits(8)
    assert hotline.carrier.phone(call.number).ringing


def test_a_caller_who_asked_again_has_one_open_callback(hotline: Hotline) -> None:
    first = asks_for_callback(hotline)
    cora = has_coordinator(hotline)
    hotline.later(timedelta(hours=49))
    asks_for_callback(hotline, first.number)
    cora = cora.elsewhere().signs_in()
    old = hotline.callbacks[0]
    cora.opens(f"/callbacks/{old.id}").presses("Call now")
    assert "Another callback to them is open" in cora.reads
    assert [callback.state for callback in hotline.callbacks] == ["unreached", "open"]


def test_e7_calls_to_two_numbers_of_one_caller_lead_to_each_other(hotline: Hotline) -> None:
    first = asks_for_callback(hotline)
    again = hotline.is_called(first.number).press("1").press("2").hears("call you back").press("1")
    again.hears("calling from").press("2").hears("ten-digit").press("7185550162#")
    again.hears("seven one eight").press("1").hears("safe to leave").press("2").hangs_up()
    asks_for_callback(hotline)
    cora = has_coordinator(hotline)
    page = cora.opens(f"/callbacks/{hotline.callbacks[0].id}")
    assert "also asked to be called at another number" in page.reads
    other = page.follows("Open the other callback")
    assert other.address.endswith(hotline.callbacks[1].id)
    assert other.follows("Open the other callback").address.endswith(hotline.callbacks[0].id)
    alone = cora.opens(f"/callbacks/{hotline.callbacks[2].id}")
    assert "at another number" not in alone.reads


def test_a_responder_sees_what_they_could_take_and_cannot_give_up(hotline: Hotline) -> None:
    asks_for_callback(hotline)
    for name, speaks in (("Luz", "es"), ("Ana", "en"), ("Ben", "en")):
        hotline.knows(f"{name} Example", speaks=speaks)
    luz, ana, ben = (
        hotline.has_user(name, "responder", person=f"{name} Example").signs_in()
        for name in ("Luz", "Ana", "Ben")
    )
    pseudonym = owed(hotline).pseudonym
    assert pseudonym not in luz.opens("/callbacks").reads
    assert luz.opens(f"/callbacks/{owed(hotline).id}").answer.status_code == 404
    opens_the_callback(ana, hotline)
    assert not ana.can_press("Close the callback")
    assert not ana.can_press("Set this time")
    ana.presses("Call now")
    assert pseudonym not in ben.opens("/callbacks").reads
    address = f"/callbacks/{owed(hotline).id}/give-up"
    assert ana.posts(address, csrf=ana.token, reason=REASON).status_code == 404
    assert owed(hotline).state == "open"


def test_the_number_is_shown_once_to_who_has_it_and_gives_a_reason(hotline: Hotline) -> None:
    call = asks_for_callback(hotline)
    hotline.knows("Ana Example")
    ana = hotline.has_user("Ana", "responder", person="Ana Example").signs_in()
    number = f"/callbacks/{owed(hotline).id}/number"
    assert ana.opens(number).answer.status_code == 404
    opens_the_callback(ana, hotline).presses("Claim")
    ana.follows("Show the number, with a reason")
    ana.fills("Why you need it", "Her lawyer asks").presses("Show the number")
    assert call.number[1:] in "".join(mark for mark in ana.reads if mark.isdigit())
    assert ("Ana", "caller's number shown") in hotline.audit_log
    hotline.later(timedelta(minutes=6))
    assert ana.opens(number).heading == "Confirm that it is you"


def test_a_coordinator_releases_what_somebody_took_home(hotline: Hotline) -> None:
    asks_for_callback(hotline)
    cora, dora = has_coordinator(hotline), has_coordinator(hotline, "Dora")
    opens_the_callback(cora, hotline).presses("Claim")
    opens_the_callback(dora, hotline)
    assert "Cora claimed this callback on" in dora.reads
    assert not dora.can_press("Call now")
    dora.presses("Release").presses("Call now")
    assert hotline.phone_of("Dora Example").answers().said
    assert owed(hotline).claimed_by is not None


def test_when_no_call_can_leave_one_is_told(hotline: Hotline) -> None:
    asks_for_callback(hotline)
    cora = has_coordinator(hotline)
    hotline.loses_its_worker()
    hotline.waits(61)
    opens_the_callback(cora, hotline).presses("Call now")
    assert "No call can leave the hotline at this moment" in cora.reads
    assert hotline.rings == []
