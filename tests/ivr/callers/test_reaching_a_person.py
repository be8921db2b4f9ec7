"""A caller reaches an attorney."""

from __future__ import annotations

from tests.hotline import NUMBER, Hotline


def test_a_spanish_caller_with_officers_at_the_door_reaches_an_attorney(hotline: Hotline) -> None:
    luz = hotline.has_on_duty("Luz", speaks="es")
    call = hotline.is_called().press("2").press("1")
    call.hears("No firme nada")
    luz.answers().hears("español").presses("1")
    assert call.is_joined_with(luz.number)
    assert luz.sees == NUMBER
    hotline.waits(60)
    call.hangs_up()
    assert call.row.outcome == "person"
    assert call.row.need == "emergency"
    assert call.row.language == "es"


def test_the_phones_of_those_who_were_slower_stop_ringing(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    hotline.is_called().press("1").press("1")
    ana.accepts()
    hotline.waits(3)
    assert not ben.is_rung


def test_a_responder_who_declines_is_not_rung_again_for_this_search(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    ben = hotline.has_on_duty("Ben", tier=2)
    hotline.is_called().press("1").press("2")
    ana.declines()
    ben.accepts(within=3)
    hotline.waits(5)
    assert ana.times_rung == 1


def test_a_wrong_key_is_asked_once_more_and_then_counts_as_declined(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("1")
    ana.answers().presses("5")
    hotline.waits(1)
    assert ana.leg.is_live
    ana.presses("7")
    hotline.waits(15)
    assert not ana.leg.is_live
    assert call.talks_to is None


def test_for_a_detention_only_those_who_speak_the_language_are_rung_first(hotline: Hotline) -> None:
    english = hotline.has_on_duty("Ana", speaks="en")
    spanish = hotline.has_on_duty("Luz", speaks="es en")
    hotline.is_called().press("2").press("2")
    hotline.waits(5)
    assert spanish.is_rung
    assert not english.is_rung


def test_someone_of_another_language_is_told_of_the_interpreter(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", speaks="en")
    call = hotline.is_called().press("2").press("1")
    ana.answers().hears("interpreter").presses("1")
    call.hears("No habla español")
    assert call.is_joined_with(ana.number)


def test_zero_means_a_person_at_any_place(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    for keys in ("0", "10", "140"):
        call = hotline.is_called()
        for key in keys:
            call.press(key)
        hotline.waits(2)
        assert ana.is_rung, keys
        call.hangs_up()
        hotline.waits(70)


def test_a_caller_who_never_presses_a_key_is_connected(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called()
    ana.accepts(within=150)
    assert call.is_joined_with(ana.number)


def test_a_responder_who_is_gone_before_being_joined_is_replaced(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    ben = hotline.has_on_duty("Ben", tier=2, needs=("question",))
    call = hotline.is_called().press("1").press("2")
    ana.accepts()
    ana.hangs_up()
    ben.accepts(within=40)
    assert call.is_joined_with(ben.number)


def test_nobody_is_rung_while_on_a_call(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.is_called().press("1").press("1")
    ana.accepts()
    hotline.waits(5)
    hotline.is_called().press("1").press("1")
    hotline.waits(20)
    assert ana.times_rung == 1


def test_a_responder_who_picks_up_too_late_hears_that_the_caller_left(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("1")
    ana.answers()
    call.leg.hangs_up()
    hotline.carrier.run_due()
    ana.leg.presses("1")
    hotline.waits(5)
    assert not ana.leg.is_live
    hotline.waits(2)
    assert call.row.outcome == "left"
