"""The policies: who is rung next."""

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import needs
from routing.dispatch.policies import (
    POLICIES,
    Caller,
    could_take,
    joining,
    next_round,
    policy_for,
    rounds,
)
from routing.needs import CODES, FIRST_LEVEL, SearchOrder
from routing.person import Responder, reachable

MORNING, NOON = datetime(2026, 6, 1, 8, tzinfo=UTC), datetime(2026, 6, 1, 12, tzinfo=UTC)
SPANISH_EMERGENCY = Caller("es", "emergency")


def responder(name: str, speaks: str = "es", takes: str = "", **rest: object) -> Responder:
    return Responder(name, tuple(speaks.split()), frozenset(takes.split()), **rest)  # type: ignore[arg-type]  # the tests name the fields


def rung(caller: Caller, people: Sequence[Responder]) -> list[str]:
    return [invitation.person for invitation in next_round(caller, people)]


def order(caller: Caller, people: Sequence[Responder]) -> list[str]:
    return [invited.person for together in rounds(caller, people) for invited in together]


def test_language_and_need_come_before_who_was_rung_longest_ago() -> None:
    people = [
        responder("bo", "en"),
        responder("luz", last_rung_at=NOON),
        responder("ana", takes="question"),
    ]

    assert order(SPANISH_EMERGENCY, people) == ["luz", "ana", "bo"]


def test_who_gets_by_in_a_language_of_the_caller_comes_before_who_does_not() -> None:
    people = [
        responder("ana", "en"),
        responder("bo", "en", some=("mam",)),
        responder("luz", "es"),
        responder("ximena", "mam"),
    ]
    mam = Caller("mam", "emergency", second="es")

    assert order(mam, people) == ["ximena", "bo", "luz", "ana"]
    assert [one.interpreter for one in next_round(mam, people)] == [False, True, True, True]


def test_among_equals_the_never_rung_ring_first_then_the_longest_ago_then_by_name() -> None:
    people = [
        responder("ana", last_rung_at=NOON),
        responder("bo", last_rung_at=MORNING),
        responder("dee"),
        responder("cy"),
    ]

    assert rung(SPANISH_EMERGENCY, people) == ["cy", "dee", "bo", "ana"]


def test_empty_steps_are_skipped_at_once_and_the_interpreter_is_announced() -> None:
    (invitation,) = next_round(SPANISH_EMERGENCY, [responder("bo", "en bn")])

    assert (invitation.person, invitation.step) == ("bo", "with an interpreter")
    assert invitation.interpreter


def test_whoever_speaks_the_language_needs_no_interpreter() -> None:
    (invitation,) = next_round(SPANISH_EMERGENCY, [responder("luz")])

    assert not invitation.interpreter


@pytest.mark.parametrize("need", ["court_soon", "family"])
def test_who_takes_exactly_this_need_comes_before_who_takes_its_first_level(need: str) -> None:
    people = [
        responder("all"),
        responder("first", takes="question"),
        responder("exact", takes=f"{need} detained", tier=2, last_rung_at=NOON),
        responder("other", takes="letter"),
    ]

    assert rung(Caller("es", need), people) == ["exact"]
    assert order(Caller("es", need), people) == ["exact", "all", "first", "other"]
    assert rung(Caller("es", "question"), people) == ["all", "first"]


@pytest.mark.parametrize(
    ("need", "together"), [("emergency", 15), ("detained", 4), ("question", 3)]
)
def test_no_more_people_ring_together_than_the_need_allows(need: str, together: int) -> None:
    people = [responder(f"person {n}") for n in range(18)]

    assert len(next_round(Caller("es", need), people)) == together


def test_an_emergency_rings_every_tier_and_language_together_the_best_match_first() -> None:
    people = [
        responder("bo", "en"),
        responder("cy", tier=3, role="coordinator"),
        responder("dee", takes="question"),
        responder("eve", tier=2),
        responder("vi", role="volunteer"),
        responder("ana", last_rung_at=NOON),
    ]

    assert rung(SPANISH_EMERGENCY, people) == ["ana", "eve", "vi", "cy", "dee", "bo"]


def test_each_who_rings_in_an_emergency_is_rung_for_a_reason_of_their_own() -> None:
    invited = next_round(SPANISH_EMERGENCY, [responder("ana"), responder("bo", "en")])

    assert {each.person: each.step for each in invited} == {
        "ana": "same language",
        "bo": "with an interpreter",
    }


@pytest.mark.parametrize("need", CODES)
def test_interpreters_and_directors_are_never_rung_for_a_caller(need: str) -> None:
    people = [responder("ines", role="interpreter"), responder("dora", tier=4, role="director")]

    assert order(Caller("es", need), people) == []
    assert order(Caller("es", need, coordinators_only=True), people) == []
    assert not any(could_take(Caller("es", need), person) for person in people)


def test_who_comes_free_joins_the_round_they_belong_to_and_no_later_one() -> None:
    detained = Caller("es", "detained")
    came_free = [responder("bo", tier=2), responder("cy", tier=1)]

    joined = joining(detained, came_free, ["first line, same language"])
    assert [each.person for each in joined] == ["cy"]
    assert joining(detained, came_free, ["first line, same language"] * 4) == ()
    assert len(joining(SPANISH_EMERGENCY, came_free, ["anybody"])) == 2


def test_a_detention_rings_the_first_line_alone_then_the_backup() -> None:
    people = [responder("bo", tier=2), responder("ana", tier=1), responder("cy", tier=3)]

    assert rung(Caller("es", "detained"), people) == ["ana"]
    assert order(Caller("es", "detained"), people) == ["ana", "bo", "cy"]


def test_a_question_reaches_coordinators_last_and_those_of_the_language_first() -> None:
    people = [
        responder("cora", "en", tier=3),
        responder("dora", "es", tier=3, last_rung_at=NOON),
        responder("bo", "en", tier=2),
    ]

    assert order(Caller("es", "question"), people) == ["bo", "dora", "cora"]


def test_silence_and_needs_we_do_not_know_are_treated_as_an_emergency() -> None:
    emergency = POLICIES[SearchOrder.EVERYBODY_AT_ONCE]
    for need in ("unknown", "parking"):
        assert policy_for(need).steps == emergency.steps
        assert policy_for(need).together == emergency.together


def test_whoever_takes_emergencies_takes_a_silent_caller() -> None:
    assert responder("ana", takes="emergency").takes("unknown")
    assert not responder("ana", takes="question").takes("unknown")


def test_four_rounds_fit_into_the_search() -> None:
    for need in CODES:
        policy = policy_for(need)
        assert 4 * policy.round_seconds <= needs.of(need).patience_seconds


def test_who_may_be_in_danger_or_is_detained_is_waited_with_for_longer() -> None:
    assert all(needs.of(need).patience_seconds >= 75 for need in CODES if needs.detail(need))
    assert {need: needs.of(need).patience_seconds for need in FIRST_LEVEL} == {
        "emergency": 90,
        "unknown": 90,
        "detained": 90,
        "question": 60,
    }


def test_nobody_reachable_means_nobody_rings() -> None:
    assert next_round(SPANISH_EMERGENCY, []) == ()
    assert order(SPANISH_EMERGENCY, []) == []


RESPONDERS = st.lists(
    st.builds(
        Responder,
        st.text("abcdef", min_size=1, max_size=3),
        st.lists(st.sampled_from(["en", "es", "zh"]), unique=True).map(tuple),
        st.frozensets(st.sampled_from(CODES)),
        st.integers(1, 3),
        st.none() | st.sampled_from([MORNING, NOON]),
    ),
    unique_by=lambda person: person.id,
    max_size=12,
)


@given(st.sampled_from([*CODES, "parking"]), st.sampled_from(["en", "es", "ht"]), RESPONDERS)
def test_everybody_reachable_is_rung_once_whatever_the_caller_needs(
    need: str, language: str, people: list[Responder]
) -> None:
    allowed = [each for each in people if each.names(need) or not needs.of(need).in_custody]
    assert sorted(order(Caller(language, need), people)) == sorted(each.id for each in allowed)


@given(st.sampled_from(CODES), RESPONDERS, st.randoms())
def test_the_order_does_not_depend_on_how_people_are_listed(
    need: str, people: list[Responder], chance: Random
) -> None:
    shuffled = chance.sample(people, len(people))

    assert list(rounds(Caller("es", need), shuffled)) == list(rounds(Caller("es", need), people))


def test_only_people_on_duty_free_rested_and_not_yet_tried_are_reachable() -> None:
    people = [responder(name) for name in ("ana", "bo", "cy", "dee", "eve")]

    free = reachable(
        people, on_duty={"ana", "bo", "cy", "dee"}, engaged={"bo"}, resting={"cy"}, tried={"dee"}
    )

    assert [person.id for person in free] == ["ana"]
