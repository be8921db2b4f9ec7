"""Who is rung to join a talk as a third voice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from routing.dispatch import third_voices
from routing.dispatch.third_voices import Crew, RequestKind, Wanted
from routing.person import Responder

LATE = datetime(2026, 12, 8, 7, 4, tzinfo=UTC)
INES = Responder("ines", ("es", "en"), role="interpreter", last_rung_at=LATE)
ILSE = Responder("ilse", ("es",), role="interpreter")
IVAN = Responder("ivan", ("ru",), role="interpreter")
ANA = Responder("ana", ("es",), frozenset({"detained"}))
ABE = Responder("abe", ("en",), frozenset({"detained"}))
AXL = Responder("axl", ("es",), frozenset({"question"}))
VERA = Responder("vera", ("es",), role="volunteer")
CORA = Responder("cora", ("en",), tier=3, role="coordinator")
DEAN = Responder("dean", ("es",), tier=4, role="director")
EVERYBODY = (INES, ILSE, IVAN, ANA, ABE, AXL, VERA, CORA, DEAN)
ON_DUTY = {person.id for person in EVERYBODY}


def rung(
    kind: RequestKind,
    need: str = "detained",
    at_most: int = 9,
    on_duty: set[str] = ON_DUTY,
    **kept: set[str],
) -> list[str]:
    """Ids of the people who are rung for a caller who speaks Spanish."""
    crew = Crew(EVERYBODY, on_duty, **kept)
    found = third_voices.to_ring(Wanted(kind, "es", need), crew, at_most)
    return [invitation.person for invitation in found]


def test_interpreters_of_the_language_are_rung_and_nobody_else() -> None:
    assert rung(RequestKind.INTERPRETER) == ["ilse", "ines"]
    assert rung(RequestKind.INTERPRETER, at_most=1) == ["ilse"]


def test_the_attorney_who_takes_the_need_in_the_language_comes_first() -> None:
    assert rung(RequestKind.ATTORNEY) == ["ana", "abe", "axl"]


def test_coordinators_are_rung_and_no_director() -> None:
    assert rung(RequestKind.COORDINATOR) == ["cora"]


def test_a_phone_off_duty_rings_for_danger_only_and_last() -> None:
    assert rung(RequestKind.INTERPRETER, on_duty={"ines"}) == ["ines"]
    assert rung(RequestKind.INTERPRETER, "emergency", on_duty={"ines"}) == ["ines", "ilse"]


@pytest.mark.parametrize("kept", ["engaged", "resting", "asked"])
def test_nobody_who_talks_rests_or_was_asked_is_rung(kept: str) -> None:
    assert rung(RequestKind.INTERPRETER, **{kept: {"ilse"}}) == ["ines"]


def test_a_rest_yields_to_danger_that_nobody_else_can_help_in() -> None:
    both = {"ilse", "ines"}
    assert rung(RequestKind.INTERPRETER, resting=both) == []
    assert rung(RequestKind.INTERPRETER, "emergency", resting=both) == ["ilse", "ines"]
    assert rung(RequestKind.INTERPRETER, "emergency", resting={"ilse"}) == ["ines"]


def test_who_is_busy_may_still_come_free() -> None:
    wanted, crew = Wanted(RequestKind.COORDINATOR, "es", "detained"), Crew(EVERYBODY, ON_DUTY)
    busy = Crew(EVERYBODY, ON_DUTY, engaged={"cora"})
    assert third_voices.fit(wanted, crew) == third_voices.fit(wanted, busy) == [CORA]
    assert third_voices.to_ring(wanted, busy, 3) == ()
