"""A caller who is promised a callback hears by when, in their language."""

from __future__ import annotations

from datetime import timedelta

import pytest

import prompts
from tests.caller import Caller
from tests.hotline import Hotline

LANGUAGES = sorted(prompts.load().languages)


def chooses(hotline: Hotline, code: str) -> Caller:
    """A caller chooses this language."""
    language = prompts.load().languages[code]
    call = hotline.is_called()
    if language.page > 1:
        call.press(prompts.MORE_LANGUAGES)
    return call.press(language.key)


def sentence(code: str, name: str, key: str = "") -> str:
    """A text of the hotline as it is heard."""
    return prompts.load().sentence(code, name, {"key": key} if key else {})


def asks_for_a_callback(call: Caller, need: str, code: str = "en") -> Caller:
    """A caller finds nobody on duty and asks for a callback to the phone they use."""
    call.press(need).hears(sentence(code, "unanswered.callback", "1")).press("1")
    call.hears(sentence(code, "callback.this_number", "1")).press("1")
    return call.hears(sentence(code, "callback.no", "2")).press("2")


@pytest.mark.parametrize(
    ("need", "words", "minutes"),
    [
        ("1", "within fifteen minutes", 15),
        ("2", "within thirty minutes", 30),
        ("3", "within two hours", 120),
        ("0", "within thirty minutes", 30),
    ],
)
def test_the_promise_names_the_time_that_the_callback_is_due(
    hotline: Hotline, need: str, words: str, minutes: int
) -> None:
    call = asks_for_a_callback(chooses(hotline, "en"), need)
    call.hears(f"Your request is saved. We will try to call you {words}.")
    (owed,) = hotline.callbacks
    assert owed.due_at - owed.promised_at == timedelta(minutes=minutes)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_promise_names_its_time_in_every_language(hotline: Hotline, code: str) -> None:
    call = asks_for_a_callback(chooses(hotline, code), "1", code)
    call.hears(sentence(code, "callback.promised_15"))
    assert sentence(code, "callback.promised") not in call.said


def test_in_a_surge_a_question_is_promised_no_time_that_may_pass(hotline: Hotline) -> None:
    hotline.has_a_surge()
    call = asks_for_a_callback(chooses(hotline, "en"), "3")
    call.hears("Your request is saved. We will try to call you. The call will come")
    assert [owed.need for owed in hotline.callbacks] == ["question"]


def test_whoever_keys_in_a_number_does_not_hear_that_it_waits_already(hotline: Hotline) -> None:
    first = asks_for_a_callback(chooses(hotline, "en"), "2").hears("within thirty minutes")
    first.hangs_up()
    other = chooses(hotline, "en").press("2").hears("call you back").press("1")
    other.hears("calling from").press("2").hears("ten-digit").press(f"{first.number[2:]}#")
    other.hears("If this is right").press("1").press("2")
    other.hears("Your request is saved. We will try to call you within thirty minutes")
    assert len(hotline.callbacks) == 1


def test_a_second_request_hears_that_the_first_one_stands(hotline: Hotline) -> None:
    call = asks_for_a_callback(chooses(hotline, "en"), "2").hears("within thirty minutes")
    hotline.waits(15)
    again = hotline.is_called(call.number).press("1").press("2")
    again.hears("call you back").press("1").hears("We already have your request")
    assert len(hotline.callbacks) == 1
