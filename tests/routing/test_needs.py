"""The table of needs: its order, its second level, and what it may not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from routing import needs
from routing.dispatch import policies
from routing.needs import CODES, NEEDS, UNKNOWN, Need, Priority
from routing.person import Responder

PARENTS = {
    "detained": ("taken", "held", "from_detention"),
    "question": ("court_soon", "letter", "papers", "afraid", "family", "hurt", "other"),
}


def with_second_level() -> Mapping[str, Need]:
    """The table with the answers to a second question below two of its needs."""
    below = {
        code: replace(NEEDS[parent], code=code, parent=parent)
        for parent, codes in PARENTS.items()
        for code in codes
    }
    soon = replace(below["court_soon"], priority=Priority.URGENT)
    return {**NEEDS, **below, "court_soon": soon}


def test_the_table_has_no_faults() -> None:
    assert needs.faults() == []
    assert all(code == need.code for code, need in NEEDS.items())


def test_the_first_level_is_what_the_main_menu_asks() -> None:
    assert CODES == ("emergency", "detained", "question", UNKNOWN)
    assert [needs.first_level(code) for code in CODES] == list(CODES)


def test_a_need_that_is_not_in_the_table_is_treated_as_unknown() -> None:
    assert needs.of("parking") is needs.of(None) is NEEDS[UNKNOWN]
    assert needs.first_level("parking") == UNKNOWN


@pytest.mark.parametrize("parent", PARENTS)
def test_a_second_level_belongs_to_its_first(parent: str) -> None:
    table = with_second_level()
    assert needs.faults(table) == []
    assert tuple(need.code for need in needs.details_of(parent, table)) == PARENTS[parent]
    for code in PARENTS[parent]:
        assert needs.first_level(code, table) == parent
        assert needs.of(code, table).text == f"needs.{code}"
        assert needs.of(code, table).taken_with == {code, parent}


def test_a_second_level_has_an_urgency_of_its_own() -> None:
    table = with_second_level()
    assert not needs.of("court_soon", table).can_wait
    assert needs.of("letter", table).can_wait


def test_rows_that_contradict_each_other_are_named() -> None:
    lost = {**NEEDS, "letter": replace(NEEDS["question"], code="letter", parent="questions")}
    assert needs.faults(lost) == ["need 'letter' has the parent 'questions', which has no row"]
    deep = {**with_second_level()}
    deep["lease"] = replace(deep["letter"], code="lease", parent="letter")
    assert needs.faults(deep) == ["need 'lease' is on a third level: its parent has a parent"]


@pytest.mark.parametrize("code", CODES)
def test_somebody_is_rung_for_each_need_in_the_end(code: str) -> None:
    assert policies.can_serve(code)


def test_a_silent_caller_is_rung_for_like_an_emergency() -> None:
    assert needs.of(UNKNOWN).asked is needs.of("emergency").asked
    assert Responder("ana", ("es",), frozenset({"emergency"})).takes(UNKNOWN)
    assert not Responder("ana", ("es",), frozenset({"question"})).takes(UNKNOWN)
