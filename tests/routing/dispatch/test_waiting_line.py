"""The line of waiting callers: who is rung for which caller."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing import needs
from routing.dispatch.policies import Caller, could_take
from routing.dispatch.waiting_line import Shares, Waiting, share_out
from routing.needs import CODES
from routing.person import Present, Responder

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def waiting(call: str, need: str, minute: int = 0, **rest: object) -> Waiting:
    since = NOON + timedelta(minutes=minute)
    return Waiting(call, Caller("es", need), since, **rest)  # type: ignore[arg-type]  # the tests name the fields


def people(*names: str, **rest: object) -> tuple[Responder, ...]:
    return tuple(Responder(name, ("es",), **rest) for name in names)  # type: ignore[arg-type]  # the tests name the fields


def rung(shares: Shares) -> dict[str, list[str]]:
    return {
        call: [each.person for each in invited]
        for call, invited in shares.invited.items()
        if invited
    }


def test_the_order_is_danger_then_detention_then_the_rest_then_the_longest_wait() -> None:
    line = [
        waiting("question", "question", 0),
        waiting("detained", "detained", 1),
        waiting("silent", "unknown", 3),
        waiting("emergency", "emergency", 2),
    ]

    found = share_out(line, Present(people("ana")))

    assert list(found.invited) == ["emergency", "silent", "detained", "question"]
    assert rung(found) == {"emergency": ["ana"]}


def test_who_was_asked_in_vain_by_the_first_is_there_for_the_next() -> None:
    line = [
        waiting("emergency", "emergency", tried=frozenset({"ana"})),
        waiting("question", "question"),
    ]

    assert rung(share_out(line, Present(people("ana")))) == {"question": ["ana"]}


def test_a_ringing_call_keeps_its_next_round_from_lower_ranks_only() -> None:
    ringing = waiting("first", "detained", tried=frozenset({"ana"}), ringing=("first line",))
    present = Present(people("bo", tier=2))

    assert rung(share_out([ringing, waiting("second", "detained", 1)], present)) == {
        "second": ["bo"]
    }
    assert rung(share_out([ringing, waiting("second", "question")], present)) == {}


def test_a_rest_yields_to_danger_and_to_nothing_else_and_only_if_nobody_else_can_take_it() -> None:
    resting = Present(people("ana"), resting=frozenset({"ana"}))
    other = Present(people("ana", "bo"), resting=frozenset({"ana"}))

    assert rung(share_out([waiting("1", "emergency")], resting)) == {"1": ["ana"]}
    assert rung(share_out([waiting("1", "emergency")], other)) == {"1": ["bo"]}
    assert rung(share_out([waiting("1", "detained")], resting)) == {}
    talking = Present(people("ana"), frozenset({"ana"}), frozenset({"ana"}))
    assert rung(share_out([waiting("1", "emergency")], talking)) == {}


def test_a_number_that_looks_dead_is_rung_only_if_nobody_else_is_left() -> None:
    found = Present(people("ana", "bo"), dead=frozenset({"ana"}))

    assert rung(share_out([waiting("1", "emergency")], found)) == {"1": ["bo"]}
    assert rung(share_out([waiting("1", "emergency", tried=frozenset({"bo"}))], found)) == {
        "1": ["ana"]
    }


def test_a_limited_call_takes_and_keeps_no_more_than_its_share() -> None:
    line = [waiting("flood", "emergency", at_most=1), waiting("question", "question")]

    assert rung(share_out(line, Present(people("ana", "bo", "cy")))) == {
        "flood": ["ana"],
        "question": ["cy"],
    }
    none_left = [waiting("flood", "emergency", at_most=0), waiting("question", "question")]
    assert rung(share_out(none_left, Present(people("ana")))) == {"question": ["ana"]}


PEOPLE = st.lists(
    st.builds(
        Responder,
        st.text("abcdef", min_size=1, max_size=2),
        st.lists(st.sampled_from(["en", "es"]), unique=True).map(tuple),
        st.frozensets(st.sampled_from(CODES)),
        st.integers(1, 4),
        role=st.sampled_from(["attorney", "volunteer", "interpreter", "director"]),
    ),
    unique_by=lambda person: person.id,
    max_size=6,
).map(tuple)
LINES = st.lists(
    st.builds(
        waiting,
        st.text("123456", min_size=1, max_size=2),
        st.sampled_from(CODES),
        st.integers(0, 5),
        tried=st.frozensets(st.text("abcdef", min_size=1, max_size=2), max_size=3),
    ),
    unique_by=lambda each: each.call,
    max_size=5,
)


@given(LINES, PEOPLE)
def test_nobody_is_rung_for_two_and_no_lower_caller_takes_whom_a_higher_one_needs(
    line: list[Waiting], there: tuple[Responder, ...]
) -> None:
    shares = share_out(line, Present(there))
    taken = [each.person for invited in shares.invited.values() for each in invited]
    assert len(taken) == len(set(taken))
    by_id = {person.id: person for person in there}
    for each in line:
        theirs = {one.person for one in shares.invited[each.call]}
        assert all(by_id[name].takes_callers and name not in each.tried for name in theirs)
        if theirs:
            continue
        lower = [one for one in line if needs.of(one.caller.need).rank > each.rank]
        for one in lower:  # a caller who gets nobody leaves nobody that they could take
            for invitation in shares.invited[one.call]:
                person = by_id[invitation.person]
                assert person.id in each.tried or not could_take(each.caller, person)
