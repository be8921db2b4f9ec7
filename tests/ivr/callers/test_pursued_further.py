"""Who else is rung: the sister line, people with an agreement, and nobody who must not be."""

from __future__ import annotations

import json
from datetime import timedelta

from commands.findings import maintenance_findings
from routing.person import Pursued
from tests.faults.keeping import run
from tests.hotline import RESCUE, Hotline
from tests.ivr.callers.test_pursued import has_an_emergency, is_missed, owner_of_the_only_item
from tests.responder import Responder


def sister_line(hotline: Hotline) -> Responder:
    """The phone at RESCUE_NUMBER."""
    return Responder(hotline, "the sister line", hotline.carrier.phone(RESCUE))


def agrees(hotline: Hotline, responder: Responder, pursued: Pursued) -> None:
    """Set for which open items this person is rung off duty."""
    with hotline.context.database.transaction() as session:
        session.merge(hotline.person(responder)).pursued = pursued


def test_the_sister_line_is_rung_last_and_once_in_each_round(hotline: Hotline) -> None:
    cora, sister = hotline.knows("Cora", tier=3), sister_line(hotline)
    is_missed(hotline)
    hotline.waits(45)
    assert (cora.times_rung, sister.times_rung) == (1, 0)
    hotline.waits(45)
    assert (cora.times_rung, sister.times_rung) == (1, 1)
    hotline.waits(180)
    assert (cora.times_rung, sister.times_rung) == (2, 2)
    sister.accepts(within=180).hears("is yours").hears("call them now")
    hotline.waits(10)
    (item,) = hotline.open_items
    assert item.owner_person is not None
    assert sister.texts == []


def test_a_sister_line_that_presses_nothing_owns_nothing(hotline: Hotline) -> None:
    sister = sister_line(hotline)
    is_missed(hotline)
    sister.answers(within=90)
    hotline.waits(60)
    assert owner_of_the_only_item(hotline) is None


def test_the_roster_decides_who_is_rung_off_duty(hotline: Hotline) -> None:
    cora, dee = hotline.knows("Cora", tier=3), hotline.knows("Dee", tier=3)
    ana = hotline.knows("Ana")
    agrees(hotline, cora, Pursued.NEVER)
    agrees(hotline, ana, Pursued.EMERGENCIES)
    is_missed(hotline)
    hotline.waits(45)
    assert (cora.times_rung, dee.times_rung, ana.times_rung) == (0, 1, 1)


def leaves_a_question(hotline: Hotline) -> None:
    """A caller with a question leaves a message; it is due within two hours."""
    call = hotline.is_called().press("1").press("3").hears("No one can answer").press("2")
    call.hears_the_tone().speaks(8).hangs_up()
    hotline.waits(5)


def test_a_question_is_texted_before_its_due_time_and_rung_when_it_is_due(
    hotline: Hotline,
) -> None:
    hotline.later(timedelta(hours=8))  # 10 in the morning
    leaves_a_question(hotline)
    ana, cora = hotline.has_on_duty("Ana"), hotline.knows("Cora", tier=3)
    hotline.later(timedelta(minutes=98))
    assert ana.texts == []
    hotline.later(timedelta(minutes=4))
    assert "due soon" in ana.texts[-1]
    assert ana.times_rung == 0
    hotline.later(timedelta(minutes=18))
    ana.accepts(within=60).hears("is yours")
    assert cora.times_rung == 0


def test_a_question_rings_nobody_at_night_and_in_the_morning_those_on_duty(
    hotline: Hotline,
) -> None:
    leaves_a_question(hotline)  # at 2 in the night
    ana = hotline.has_on_duty("Ana")
    hotline.later(timedelta(hours=4, minutes=50))
    assert (ana.times_rung, ana.texts) == (0, [])
    hotline.later(timedelta(minutes=8))
    hotline.waits_for(lambda: ana.is_rung, 120)
    assert ana.is_rung


def test_who_is_in_a_talk_is_not_rung_and_is_rung_soon_after(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    talk = hotline.is_called().press("1").press("1")
    ana.accepts()
    assert talk.is_joined_with(ana.number)
    hotline.is_called().press("1").press("1").hangs_up()
    hotline.waits(120)
    assert ana.times_rung == 1
    talk.hangs_up()
    hotline.waits_for(lambda: ana.is_rung, 60)
    assert ana.is_rung


def test_a_caller_who_calls_in_while_the_item_rings_is_joined_with_its_owner(
    hotline: Hotline,
) -> None:
    cora, ana = hotline.knows("Cora", tier=3), hotline.has_on_duty("Ana", needs=("question",))
    missed = is_missed(hotline)
    cora.answers(within=90)
    again = hotline.is_called(missed.number).press("1").press("1")
    hotline.waits(2)
    cora.presses("1")
    assert again.is_joined_with(cora.number)
    assert hotline.open_items == []
    assert not ana.is_rung


def test_a_dropped_talk_whose_caller_leaves_unanswered_is_pursued(hotline: Hotline) -> None:
    ana, cora = hotline.has_on_duty("Ana"), hotline.knows("Cora", tier=3)
    call = hotline.is_called().press("1").press("1")
    ana.accepts()
    call.is_joined_with(ana.number)
    hotline.waits(5)
    ana.hangs_up()
    hotline.waits(30)
    call.hangs_up()
    assert [item.kind for item in hotline.open_items] == ["dropped_talk"]
    hotline.waits_for(lambda: cora.times_rung > 0 or ana.times_rung > 1, 120)
    assert cora.times_rung + ana.times_rung > 1


def test_a_caller_who_hangs_up_right_after_a_talk_had_finished(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("1")
    ana.accepts()
    call.is_joined_with(ana.number)
    hotline.waits(5)
    ana.hangs_up()
    hotline.waits(3)
    call.hangs_up()
    assert hotline.open_items == []


def test_a_person_who_is_removed_while_being_rung_owns_nothing(hotline: Hotline) -> None:
    cora, eva = hotline.knows("Cora", tier=3), hotline.knows("Eva", tier=4)
    is_missed(hotline)
    hotline.waits_for(lambda: cora.is_rung, 60)
    hotline.removes("Cora")
    hotline.works()
    hotline.waits(60)
    assert owner_of_the_only_item(hotline) is None
    assert eva.times_rung >= 1


def test_the_only_coordinator_who_sent_stop_is_rung_all_the_same(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    cora.phone.texts_to(hotline.settings.twilio_phone_number, "STOP")
    hotline.works()
    known = len(cora.texts)
    is_missed(hotline)
    hotline.waits(120)
    assert cora.times_rung == 1
    assert len(cora.texts) == known


def test_when_the_days_call_starts_are_spent_texts_go_on(hotline: Hotline) -> None:
    hotline.restarts(pursuit_starts_per_day=2)
    cora = hotline.knows("Cora", tier=3)
    is_missed(hotline)
    hotline.waits(15 * 60)
    assert cora.times_rung == 1  # the other start went to the sister line
    assert sum("nobody can be called" in text for text in cora.texts) >= 3


def test_the_reserve_is_for_emergencies(hotline: Hotline) -> None:
    hotline.restarts(pursuit_starts_per_day=2)
    cora = hotline.knows("Cora", tier=3)
    hotline.is_called().press("1").press("2").hears("No one can answer").hangs_up()
    hotline.waits(10 * 60)
    assert cora.times_rung == 1
    has_an_emergency(hotline).hangs_up()
    hotline.waits(60)
    assert cora.times_rung == 2


def test_a_promise_that_is_late_says_so(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    is_missed(hotline)
    dora = hotline.has_user("Dora")
    assert "late" not in dora.signs_in().opens("/open-items").section("Still open")
    cora.phone.off = True
    hotline.later(timedelta(minutes=16))
    assert "late" in dora.signs_in().opens("/open-items").section("Still open")


def red(hotline: Hotline) -> list[str]:
    """What `hotline check` finds wrong about open items."""
    now = hotline.clock.now()
    with hotline.context.database.reading() as session:
        found = maintenance_findings.of_pursuit(hotline.settings, session, now)
        return [finding.words for finding in found if not finding.is_note]


def test_check_is_red_for_an_urgent_item_without_an_owner_and_for_spent_starts(
    hotline: Hotline,
) -> None:
    hotline.restarts(pursuit_starts_per_day=2)
    hotline.knows("Cora", tier=3)
    is_missed(hotline)
    (item,) = hotline.open_items
    hotline.waits(100)
    assert [words.split(" ")[0] for words in red(hotline)] == ["2"]
    hotline.later(timedelta(minutes=15))
    assert any(f"(numbers {item.number})" in words for words in red(hotline))


def test_the_export_of_items_tells_when_each_was_owned_and_kept(hotline: Hotline) -> None:
    cora = hotline.knows("Cora", tier=3)
    is_missed(hotline)
    cora.accepts(within=60)
    hotline.waits(2)
    (told,) = json.loads(run(hotline, "export", "items").stdout)
    assert told["owned_at"] > told["opened_at"]
    assert (told["kind"], told["kept_at"], told["reason"]) == ("missed_emergency", None, None)
