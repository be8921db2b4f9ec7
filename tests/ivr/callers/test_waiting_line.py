"""Callers wait for a person who may come free, and the most urgent one goes first."""

from __future__ import annotations

from datetime import timedelta

from ivr.core import duty_file
from models.calls.rings import Purpose
from tests.caller import Caller
from tests.hotline import Hotline
from tests.ivr.callers.test_callbacks import ask_for_callback
from tests.responder import Responder


def is_busy_with(hotline: Hotline, responder: Responder) -> Caller:
    """Another caller talks with this responder, about a question."""
    call = hotline.is_called().press("1").press("3")
    responder.accepts(within=60)
    assert call.is_joined_with(responder.number)
    hotline.waits(15)
    return call


def test_an_emergency_waits_for_the_only_attorney_and_is_first_when_the_talk_ends(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    first = is_busy_with(hotline, ana)
    call = hotline.is_called().press("1").press("1").hears("Do not sign anything")
    assert hotline.waits_for(lambda: "We are still trying" in call.said, 30)
    assert "No one can answer" not in call.said
    ana.hangs_up()
    hotline.waits(2)
    assert ana.is_rung  # nobody else can take it, so the rest after the talk yields
    ana.accepts()
    assert call.is_joined_with(ana.number)
    first.hangs_up()


def test_a_phone_is_not_rung_while_its_leg_of_the_last_talk_lasts(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    first = is_busy_with(hotline, ana)
    call = hotline.is_called().press("1").press("1")
    first.hangs_up()
    ana.hears("press nine")
    assert ana.times_rung == 1
    ana.hangs_up()
    hotline.waits(2)
    assert ana.times_rung == 2
    ana.accepts()
    assert call.is_joined_with(ana.number)


def test_a_question_lets_the_responder_rest_and_is_rung_for_when_the_rest_is_over(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    is_busy_with(hotline, ana).hangs_up()
    hotline.waits(30)
    call = hotline.is_called().press("1").press("3").hears("looking for someone")
    hotline.waits(20)
    assert ana.times_rung == 1
    hotline.waits(12)
    assert ana.is_rung
    ana.accepts()
    assert call.is_joined_with(ana.number)


def test_the_wait_has_an_end_by_need_and_zero_waits_as_long_again(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    first = is_busy_with(hotline, ana)
    detained = hotline.is_called().press("1").press("2")
    question = hotline.is_called().press("1").press("3")
    hotline.waits(55)
    assert "No one can answer" not in question.said
    question.hears("No one can answer")
    hotline.waits(20)
    assert "No one can answer" not in detained.said
    detained.hears("No one can answer").press("0").hears("looking for someone")
    hotline.waits(80)
    assert "No one can answer" not in detained.said
    ana.hangs_up()
    first.hangs_up()
    detained.hears("No one can answer")


def test_the_most_urgent_caller_is_rung_for_first_however_long_others_wait(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    is_busy_with(hotline, ana).hangs_up()  # she rests for a minute
    hotline.waits(12)
    question = hotline.is_called().press("1").press("3")
    hotline.waits(2)
    detained = hotline.is_called().press("1").press("2")
    hotline.waits(2)
    unsaid = hotline.is_called().press("1").press("0")
    ana.accepts(within=50)
    assert unsaid.is_joined_with(ana.number)
    assert question.talks_to is None
    assert detained.talks_to is None


def test_among_equals_who_waits_longest_goes_first_also_after_choosing_to_keep_trying(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    busy = is_busy_with(hotline, ana)
    longest = hotline.is_called().press("1").press("3")
    hotline.waits(25)
    busy.hangs_up()
    ana.hears("press nine").hangs_up()
    hotline.waits(18)
    later = hotline.is_called().press("1").press("3")
    longest.hears("No one can answer").press("0")
    ana.accepts(within=60)
    assert longest.is_joined_with(ana.number)
    assert later.talks_to is None


def test_a_lower_caller_never_takes_a_person_that_a_higher_one_takes_next(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    ben = hotline.has_on_duty("Ben", tier=2)
    detained = hotline.is_called().press("1").press("2")
    hotline.waits(1)
    assert ana.is_rung
    question = hotline.is_called().press("1").press("3")
    hotline.waits(5)
    assert not ben.is_rung
    ana.declines()
    ben.accepts()
    assert detained.is_joined_with(ben.number)
    assert question.is_on_the_line
    assert question.talks_to is None


def test_when_the_higher_caller_is_answered_the_next_is_rung_for_at_once(
    hotline: Hotline,
) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    urgent = hotline.is_called().press("1").press("1")
    hotline.waits(1)
    second = hotline.is_called().press("1").press("1").hears("Do not sign anything")
    assert [ana.times_rung, ben.times_rung] == [1, 1]
    ana.accepts()
    assert urgent.is_joined_with(ana.number)
    hotline.waits(2)
    assert ben.times_rung == 2
    ben.accepts()
    assert second.is_joined_with(ben.number)


def test_a_person_who_comes_free_rings_with_those_already_rung_for_an_emergency(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    is_busy_with(hotline, ana).hangs_up()
    hotline.waits(46)
    ben = hotline.has_on_duty("Ben", tier=2)
    call = hotline.is_called().press("1").press("1")
    hotline.waits(1)
    assert ben.is_rung
    assert not ana.is_rung
    hotline.waits(12)
    assert ana.is_rung
    assert {ring.via for ring in hotline.rings_of(call.row)} == {"rest"}
    ana.accepts()
    assert call.is_joined_with(ana.number)


def test_with_nobody_on_duty_an_emergency_hears_the_rights_before_the_choice(
    hotline: Hotline,
) -> None:
    call = hotline.is_called().press("1").press("1").hears("No one can answer")
    assert "Do not sign anything" in call.said.partition("No one can answer")[0]


def test_who_was_rung_longest_ago_is_rung_first(hotline: Hotline) -> None:
    people = [hotline.has_on_duty(name) for name in ("Ana", "Ben", "Cal", "Dan", "Eve", "Fay")]
    rung = []
    for _ in range(2):
        call = hotline.is_called().press("1").tells("3", "7")
        hotline.waits(5)
        rung.append({each.name for each in people if each.is_rung})
        call.hangs_up()
        hotline.waits(65)
    assert rung[0] | rung[1] == {each.name for each in people}


def test_a_callback_that_is_due_does_not_take_a_person_from_a_caller_who_waits(
    hotline: Hotline,
) -> None:
    asked = hotline.is_called().press("1").press("3").hears("call you back").press("1")
    asked.hears("calling from").press("1").hears("safe to leave").press("1").hears("saved")
    ana = hotline.has_on_duty("Ana")
    busy = is_busy_with(hotline, ana)
    hotline.waits(20)
    busy.hangs_up()
    ana.hears("press nine").hangs_up()
    hotline.waits(20)
    call = hotline.is_called().press("1").press("3")
    ana.answers(within=60)
    assert "callback" not in ana.said.lower()
    ana.presses("1")
    assert call.is_joined_with(ana.number)


def test_who_goes_off_duty_is_not_waited_for(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", pin="123456")
    is_busy_with(hotline, ana)
    call = hotline.is_called().press("1").press("2").hears("looking for someone")
    hotline.waits(5)
    hotline.removes("Ana")
    hotline.waits(12)
    assert "No one can answer" in call.said


def test_an_interpreter_is_never_rung_for_a_caller_nor_for_a_callback(hotline: Hotline) -> None:
    ines = hotline.has_on_duty("Ines", role="interpreter")
    dora = hotline.has_on_duty("Dora", tier=4, role="director")
    ask_for_callback(hotline)
    hotline.waits(120)
    assert hotline.promised_callbacks
    assert ines.times_rung == 0
    of_dora = [r.purpose for r in hotline.rings if r.person_id == hotline.person(dora).id]
    assert set(of_dora) <= {Purpose.PURSUIT}, "a director is rung by pursuit only"


def test_the_duty_file_for_outages_names_no_interpreter(hotline: Hotline) -> None:
    hotline.has_on_duty("Ines", role="interpreter")
    ana = hotline.has_on_duty("Ana")
    with hotline.context.database.reading() as session:
        planned = duty_file.plan(session, "UTC", hotline.clock.now() + timedelta(minutes=1))
    assert [each.number for each in planned] == [ana.number]


def test_in_an_emergency_attorney_volunteer_backup_and_coordinator_ring_together(
    hotline: Hotline,
) -> None:
    rana = hotline.has_on_duty("Rana", speaks="bn en", needs=("emergency",))
    sol = hotline.has_on_duty("Sol", speaks="es", needs=("question",), role="volunteer")
    ben = hotline.has_on_duty("Ben", speaks="en", tier=2)
    cora = hotline.has_on_duty("Cora", speaks="es", tier=3, role="coordinator")
    hotline.is_called().press("2").press("1")
    for _ in range(4):
        hotline.waits(0.5)
    assert [each.is_rung for each in (rana, sol, ben, cora)] == [True] * 4


def test_the_best_match_is_dialled_first_when_the_carrier_allows_one_start_a_second(
    hotline: Hotline,
) -> None:
    hotline.restarts(calls_per_second=1)
    cora = hotline.has_on_duty("Cora", speaks="es", tier=3, role="coordinator")
    vera = hotline.has_on_duty("Vera", speaks="es", role="volunteer")
    luz = hotline.has_on_duty("Luz", speaks="es")
    bo = hotline.has_on_duty("Bo", speaks="en")
    hotline.is_called().press("2").press("1")
    rung: list[str] = []
    for _ in range(10):
        rung += [
            each.name for each in (cora, vera, luz, bo) if each.times_rung and each.name not in rung
        ]
        hotline.waits(0.5)
    assert rung == ["Luz", "Vera", "Cora", "Bo"]


def test_the_dial_queue_serves_a_silent_caller_before_earlier_rings_of_a_question(
    hotline: Hotline,
) -> None:
    hotline.restarts(calls_per_second=0.5)
    english = [hotline.has_on_duty(name) for name in ("Ana", "Abe", "Ada")]
    luz = hotline.has_on_duty("Luz", speaks="es")
    hotline.is_called().press("1").press("3")
    hotline.waits(0.5)
    hotline.is_called().press("2").press("0")
    assert sum(each.times_rung for each in english) == 1
    hotline.waits(2)
    assert luz.is_rung
    assert sum(each.times_rung for each in english) == 1
