"""A tree that would fail a caller does not start; the errors say what to correct."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

import prompts
from ivr.dialogue import caller_wording, tree_checks
from ivr.dialogue.call_tree import HOTLINE, CallTree
from ivr.dialogue.places import Connect, Menu
from ivr.dialogue.tree_checks import BrokenTree
from prompts import Prompts
from routing.needs import NEEDS, Need


def faults(tree: CallTree, words: Prompts) -> list[str]:
    with pytest.raises(BrokenTree) as refused:
        tree_checks.check(tree, words)
    return refused.value.faults


def without(words: Prompts, language: str, name: str) -> Prompts:
    """The prompts, with one text missing in one language."""
    left = {key: text for key, text in words.wordings[language].items() if key != name}
    wordings = {**words.wordings, language: MappingProxyType(left)}
    return replace(words, wordings=MappingProxyType(wordings))


def test_the_tree_we_answer_with_is_sound() -> None:
    tree_checks.check(HOTLINE, prompts.load())


def test_a_place_with_a_need_that_has_no_row_is_refused() -> None:
    question = HOTLINE.places["question"]
    assert isinstance(question, Connect)
    places = {**HOTLINE.places, "question": replace(question, need="asylum")}

    assert faults(replace(HOTLINE, places=places), prompts.load()) == [
        "question asks for the need 'asylum', which has no row in routing/needs.py: "
        "add one, or mend the name",
        "question_detail leads to question, which does not search for 'question'",
    ]


def test_a_key_with_a_need_that_has_no_row_is_refused() -> None:
    menu = HOTLINE.places["main_menu"]
    assert isinstance(menu, Menu)
    options = (replace(menu.options[0], need="asylum"), *menu.options[1:])
    places = {**HOTLINE.places, "main_menu": replace(menu, options=options)}

    (fault,) = faults(replace(HOTLINE, places=places), prompts.load())
    assert fault.startswith("main_menu asks for the need 'asylum', which has no row")


def test_a_detail_without_a_key_or_on_the_wrong_question_is_refused() -> None:
    asked = HOTLINE.places["question_detail"]
    assert isinstance(asked, Menu)
    (*kept, last) = asked.options
    options = (*kept, replace(last, need="from_detention"))
    places = {**HOTLINE.places, "question_detail": replace(asked, options=options)}

    assert faults(replace(HOTLINE, places=places), prompts.load()) == [
        "question_detail: 'from_detention' is no detail of 'question'",
        "no key states the need 'other_question': add it to the second question about "
        "'question' in ivr/dialogue/call_tree.py",
    ]


@pytest.mark.parametrize("language", ["es", "ht"])
def test_a_need_that_responders_cannot_be_told_is_refused(language: str) -> None:
    lacking = without(prompts.load(), language, "needs.detained")

    assert faults(HOTLINE, lacking) == [
        f'{language}.toml: [staff.needs] lacks "detained": say it for responders'
    ]


@pytest.mark.parametrize("need", NEEDS.values(), ids=NEEDS)
def test_a_promise_that_cannot_name_the_time_of_a_need_is_refused(need: Need) -> None:
    name = caller_wording.promised_within(need)
    (fault,) = faults(HOTLINE, without(prompts.load(), "en", name))
    assert name in fault
