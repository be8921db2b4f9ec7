"""The second question: what a caller tells more of, and what it changes."""

from __future__ import annotations

import pytest

from tests.hotline import Hotline


def test_who_takes_exactly_this_is_rung_first_and_hears_it(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", needs=("question",))
    fay = hotline.has_on_duty("Fay", needs=("family",), tier=2)
    call = hotline.is_called().press("1").tells("3", "5")
    fay.answers().hears("Family or green card").presses("2")
    assert ana.times_rung == 0
    ana.accepts()
    assert call.is_joined_with(ana.number)
    assert call.row.need == "family"


def test_people_without_needs_take_those_of_their_partner(hotline: Hotline) -> None:
    office = ("1 Sample Street", "+17185550104", ["11368"])
    hotline.has_partner("Family Desk", *office, needs=["family"])
    hotline.has_partner("Everything", *office)
    ana = hotline.has_on_duty("Ana", needs=("question",), partner="Family Desk")
    ben = hotline.has_on_duty("Ben", partner="Everything")
    fay = hotline.has_on_duty("Fay", tier=2, partner="Family Desk")
    call = hotline.is_called().press("1").tells("3", "5")
    fay.answers().hears("Family or green card").presses("2")
    assert ana.times_rung == ben.times_rung == 0, "own needs replace the partner's"
    ben.accepts()
    assert call.is_joined_with(ben.number)
    fay.hangs_up()
    hotline.waits(90)
    hotline.is_called().press("1").tells("3", "2")
    ana.answers()
    assert not fay.is_rung, "her partner does not take letters"


@pytest.mark.every_row
@pytest.mark.parametrize(
    ("need", "key", "place", "known"),
    [("2", "", "detained", "detained"), ("3", "88", "question", "question"),
     ("3", "0", "person_now", "question"), ("3", "*1", "question", "court_soon")],
)  # fmt: skip
def test_the_second_question_is_asked_once(
    hotline: Hotline, need: str, key: str, place: str, known: str
) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").tells(need)
    if not key:
        call.hears("If you call from detention")
    for pressed in key:
        call.tells(pressed)
    ana.accepts(within=8)
    assert call.is_joined_with(ana.number)
    assert (call.row.place, call.row.need) == (place, known)
    visited = [step["place"] for step in hotline.details_of(call.row, "at")]
    assert visited.count("question_detail") <= 2, "a wrong key is asked again once"


def test_in_a_surge_only_what_goes_first_is_asked(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.has_a_surge()
    put_off = hotline.is_called().press("1").tells("3").hears("hurt, threatened")
    assert "court or a check-in" in put_off.said
    assert "letter" not in put_off.said
    put_off.hears("Many people are calling now, and the wait may be long")
    assert put_off.row.place == "callback_first"
    soon = hotline.is_called().press("1").tells("3", "1")
    ana.accepts()
    assert soon.is_joined_with(ana.number)


def test_nobody_calls_back_the_phone_in_a_detention_centre(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").tells("2", "3").hears("After the tone")
    hotline.waits(16)
    call.speaks(8).hangs_up()
    hotline.waits(30)
    assert call.row.outcome == "message"
    assert "call you back" not in call.said
    again = hotline.is_called().press("1").tells("2", "3").hears("No one can answer")
    again.press("0").hears("To leave a message")
    assert "call you back" not in again.said
    again.hangs_up()
    assert hotline.promised_callbacks == []
