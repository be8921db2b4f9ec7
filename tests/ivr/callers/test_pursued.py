"""An emergency that nobody took rings people until one of them owns it."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from tests.caller import Caller
from tests.faults.keeping import leaves_message
from tests.hotline import Hotline
from tests.responder import Responder

LONG = 20 * 60


def has_an_emergency(hotline: Hotline, number: str | None = None) -> Caller:
    """A caller with officers at the door hears that nobody can answer."""
    return hotline.is_called(number).press("1").press("1").hears("No one can answer")


def is_promised_a_callback(hotline: Hotline) -> Caller:
    """An emergency that ends with a promised callback."""
    call = has_an_emergency(hotline).press("1").hears("calling from").press("1")
    return call.hears("safe to leave").press("1").hears("saved").hangs_up()


def is_missed(hotline: Hotline) -> Caller:
    """An emergency whose caller hangs up while hearing that nobody can answer."""
    return has_an_emergency(hotline).hangs_up()


def gaps(phone: Responder) -> list[float]:
    """The seconds between the beginnings of the rings of this phone."""
    begun = [leg.created_at for leg in phone.phone.legs]
    return [(after - before).total_seconds() for before, after in pairwise(begun)]


def owner_of_the_only_item(hotline: Hotline) -> str | None:
    """The person who owns the only open item."""
    (item,) = hotline.open_items
    return item.owner_person


def test_with_nobody_on_duty_a_coordinator_is_rung_every_three_minutes(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    is_promised_a_callback(hotline)
    hotline.waits(60)
    assert cora.times_rung == 1
    hotline.waits(LONG)
    assert cora.times_rung >= 6
    assert all(180 <= gap <= 210 for gap in gaps(cora))  # the test's worker looks twice a minute
    assert sum("nobody has taken this" in text for text in cora.texts) >= 3


def test_an_attorney_on_duty_and_then_a_coordinator_are_rung_again_and_again(
    hotline: Hotline,
) -> None:
    ana, cora = hotline.has_on_duty("Ana"), hotline.knows("Cora", tier=3)
    call = hotline.is_called().press("1").press("1")
    call.hears("No one can answer").press("1").hears("calling from").press("1")
    call.hears("safe to leave").press("1").hears("saved").hangs_up()
    before = ana.times_rung
    hotline.waits(90)
    assert (ana.times_rung - before, cora.times_rung) == (1, 1)
    hotline.waits(LONG)
    assert ana.times_rung - before >= 5
    assert cora.times_rung >= 5


def test_a_caller_who_hangs_up_unanswered_is_pursued(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    call = is_missed(hotline)
    assert call.row.outcome == "left"
    assert [item.kind for item in hotline.open_items] == ["missed_emergency"]
    cora.answers(within=60).hears("Nobody has taken this").hears("Officers at the door")
    cora.presses("1").hears("is yours")
    hotline.waits(10)
    assert owner_of_the_only_item(hotline) == hotline.person(cora).id
    assert any(f"/calls/{call.row.id}" in text for text in cora.texts)
    hotline.waits(600)
    assert cora.times_rung == 1


def test_a_caller_with_a_hidden_number_is_pursued_too(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    call = hotline.is_called(shown="anonymous").press("1").press("1")
    call.hears("No one can answer").hangs_up()
    cora.answers(within=60).hears("Nobody has taken this").presses("1").hears("is yours")
    hotline.waits(5)
    assert "call them now" not in cora.said


def test_a_caller_who_never_pressed_a_key_is_a_silent_caller(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    call = hotline.is_called().says_nothing(40).hears("No one can answer")
    call.hangs_up()
    assert [item.kind for item in hotline.open_items] == ["silent_caller"]
    cora.answers(within=60)


def test_a_message_rings_people_until_it_is_done(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    leaves_message(hotline)  # about somebody who was detained
    assert [item.kind for item in hotline.open_items] == ["message"]
    cora.answers(within=120).presses("1").hears("is yours")
    user = hotline.has_user("Dora").signs_in().opens(f"/messages/{hotline.messages[0].id}")
    user.presses("Done")
    assert hotline.open_items == []


def test_a_question_and_a_wrong_number_ring_nobody(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    hotline.is_called().press("1").hangs_up()
    hotline.is_called().press("1").press("3").hears("No one can answer").hangs_up()
    hotline.waits(300)
    assert cora.times_rung == 0
    assert hotline.open_items == []


def test_a_voicemail_never_owns_and_the_next_person_is_rung(hotline: Hotline) -> None:
    cora, eva = hotline.knows("Cora", tier=3), hotline.knows("Eva", tier=4)
    is_missed(hotline)
    cora.answers(within=60)
    hotline.waits(60)
    assert eva.times_rung == 1
    assert owner_of_the_only_item(hotline) is None


def test_who_says_not_me_is_spared_and_the_next_is_rung_at_once(hotline: Hotline) -> None:
    cora, eva = hotline.knows("Cora", tier=3), hotline.knows("Eva", tier=4)
    is_missed(hotline)
    cora.declines(within=60)
    eva.answers(within=5)
    hotline.waits(12 * 60)
    assert cora.times_rung == 1
    assert eva.times_rung >= 3


def test_of_two_who_press_at_once_one_is_the_owner(hotline: Hotline) -> None:
    cora, dee = hotline.knows("Cora", tier=3), hotline.knows("Dee", tier=3)
    is_missed(hotline)
    cora.answers(within=60)
    dee.answers(within=5)
    cora.leg.presses("1")
    dee.leg.presses("1")
    hotline.works()
    hotline.waits(20)
    said = sorted("is yours" in phone.said for phone in (cora, dee))
    assert said == [False, True]
    owner = cora if "is yours" in cora.said else dee
    assert owner_of_the_only_item(hotline) == hotline.person(owner).id


def test_an_owner_who_does_nothing_loses_it_after_twenty_minutes(hotline: Hotline) -> None:
    cora, eva = hotline.knows("Cora", tier=3), hotline.knows("Eva", tier=4)
    is_missed(hotline)
    cora.accepts(within=60)
    hotline.waits(19 * 60)
    assert eva.times_rung == 0
    hotline.waits(120)
    assert eva.times_rung == 1
    assert any("nothing was done for 20 minutes" in text for text in cora.texts)


def test_an_empty_roster_alerts_again_and_again(hotline: Hotline) -> None:
    """The only coordinator cannot be rung, so texts repeat."""
    cora = hotline.knows("Cora", tier=3)
    is_missed(hotline)
    cora.declines(within=60)
    hotline.waits(10 * 60)
    assert cora.times_rung == 1
    assert sum("nobody can be called" in text for text in cora.texts) >= 3


def test_pressing_1_for_a_promised_callback_calls_the_caller_at_once(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    call = is_promised_a_callback(hotline)
    phone = hotline.carrier.phone(call.number)
    cora.accepts(within=60)
    hotline.waits(8)
    assert phone.ringing is not None
    phone.ringing.answers()
    hotline.waits(1)
    phone.legs[-1].presses("1")
    hotline.waits(3)
    assert phone.legs[-1].bridged_with is cora.leg
    assert hotline.open_items == []
    assert hotline.callbacks[0].state == "reached"


def test_the_owner_of_a_missed_emergency_can_call_back_at_once(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    call = is_missed(hotline)
    phone = hotline.carrier.phone(call.number)
    cora.accepts(within=60).hears("call them now")
    hotline.waits(2)
    assert phone.ringing is None
    cora.presses("1")
    hotline.waits(8)
    assert phone.ringing is not None
    phone.ringing.answers()
    hotline.waits(1)
    phone.legs[-1].presses("1")
    hotline.waits(3)
    assert phone.legs[-1].bridged_with is cora.leg
    assert hotline.open_items == []


def test_a_caller_who_calls_again_and_talks_is_pursued_no_more(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    missed = is_missed(hotline)
    ana = hotline.has_on_duty("Ana")
    again = hotline.is_called(missed.number).press("1").press("1")
    ana.accepts()
    assert again.is_joined_with(ana.number)
    hotline.waits(300)
    assert hotline.open_items == []
    assert cora.times_rung == 0


def test_a_worker_that_dies_between_steps_loses_no_item(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    is_missed(hotline)
    hotline.loses_its_worker()
    hotline.waits(600)
    assert cora.times_rung == 0
    hotline.worker = hotline.new_worker()
    cora.answers(within=5)
    hotline.worker = hotline.new_worker()
    hotline.waits(60)
    assert cora.times_rung == 1


def test_a_phone_that_calls_all_the_time_has_one_item(hotline: Hotline) -> None:
    hotline.knows("Cora", tier=3)
    number = "+19175550177"
    for _ in range(3):
        is_missed_again(hotline, number)
    known = len(hotline.open_items)
    for _ in range(3):
        is_missed_again(hotline, number)
    assert len(hotline.open_items) == known == 3


def is_missed_again(hotline: Hotline, number: str) -> None:
    """One more emergency call from this phone, hung up in the search or the offer."""
    call = hotline.is_called(number).press("1").press("1")
    hotline.waits(3)
    call.hangs_up()


def test_the_item_goes_with_its_call(hotline: Hotline) -> None:
    is_missed(hotline)
    hotline.later(timedelta(days=4))
    assert hotline.open_items == []
    assert hotline.rows_of("open_items") == 1
    hotline.later(timedelta(days=28))
    hotline.later(timedelta(hours=2))
    assert hotline.rows_of("open_items") == 0
