"""The table of needs: its order, its second level, and the contradictions it refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing import needs
from routing.dispatch import policies
from routing.needs import CODES, FIRST_LEVEL, NEEDS, UNKNOWN
from routing.person import Responder

DETAILS = {
    "detained": ("detained_today", "detained_longer", "from_detention"),
    "question": (
        *("court_soon", "letter", "deadline", "fear", "family", "harmed", "other_question"),
    ),
}


def test_the_table_has_no_faults() -> None:
    assert needs.faults() == []
    assert all(code == need.code for code, need in NEEDS.items())


def test_the_first_level_is_what_the_main_menu_asks() -> None:
    assert FIRST_LEVEL == ("emergency", "detained", "question", UNKNOWN)
    assert [needs.first_level(code) for code in FIRST_LEVEL] == list(FIRST_LEVEL)


def test_a_need_that_is_not_in_the_table_is_treated_as_unknown() -> None:
    assert needs.of("parking") is needs.of(None) is NEEDS[UNKNOWN]
    assert needs.first_level("parking") == UNKNOWN


@pytest.mark.parametrize("parent", DETAILS)
def test_a_second_level_belongs_to_its_first(parent: str) -> None:
    assert tuple(need.code for need in needs.details_of(parent)) == DETAILS[parent]
    assert needs.covered_by(parent) == (parent, *DETAILS[parent])
    assert needs.detail(parent) is needs.detail(None) is None
    for code in DETAILS[parent]:
        assert (needs.first_level(code), needs.detail(code)) == (parent, code)
        assert needs.of(code).text == f"needs.{code}"
        assert needs.of(code).taken_with == {code, parent}


def test_a_second_level_has_an_urgency_of_its_own() -> None:
    put_off = [code for code in DETAILS["question"] if needs.of(code).can_wait]
    assert put_off == ["letter", "deadline", "fear", "family", "other_question"]
    assert not any(needs.of(code).can_wait for code in DETAILS["detained"])
    assert needs.of("detained_today").callback_due < needs.of("detained").callback_due
    assert needs.of("from_detention").rank == needs.of("emergency").rank
    assert not needs.of("from_detention").may_be_danger
    assert not NEEDS["from_detention"].is_emergency


@pytest.mark.parametrize(
    ("states", "known", "need"),
    [("question", "family", "family"), ("question", "detained_today", "question"),
     ("question", None, "question"), (None, "family", "family"), (None, None, UNKNOWN)],
)  # fmt: skip
def test_a_detail_stays_until_another_need_is_stated(
    states: str | None, known: str | None, need: str
) -> None:
    assert needs.refined(states, known) == need


def test_rows_that_contradict_each_other_are_named() -> None:
    lost = {**NEEDS, "letter": replace(NEEDS["letter"], parent="questions")}
    assert needs.faults(lost) == ["need 'letter' has the parent 'questions', which has no row"]
    deep = {**NEEDS, "lease": replace(NEEDS["letter"], code="lease", parent="letter")}
    assert needs.faults(deep) == ["need 'lease' is on a third level: its parent has a parent"]


@pytest.mark.parametrize("code", CODES)
def test_somebody_is_rung_for_each_need_in_the_end(code: str) -> None:
    assert policies.can_serve(code)


def test_a_silent_caller_is_rung_for_like_an_emergency() -> None:
    assert needs.of(UNKNOWN).asked is needs.of("emergency").asked
    assert Responder("ana", ("es",), frozenset({"emergency"})).takes(UNKNOWN)
    assert not Responder("ana", ("es",), frozenset({"question"})).takes(UNKNOWN)
