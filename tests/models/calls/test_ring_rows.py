"""Rings in the database: each question finds its rows, beside rows that differ in one way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.calls import rings
from models.calls.callbacks import CallbackState
from models.calls.calls import SEARCHING, CallState, note
from models.calls.rings import BY_HAND, OPEN, Purpose, RingState, Via
from routing.dispatch.call_prices import DEAREST_TRY
from tests.rows import EGRET, HERON, Rows

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def test_a_ring_moves_forward_only_and_notes_when(rows: Rows) -> None:
    ring, now = rows.ring("Ana"), rows.now
    assert ring.move(RingState.DIALLED, now + SECOND)
    assert not ring.move(RingState.DIALLED, now + 2 * SECOND)
    assert not ring.move(RingState.DIALLING, now + 2 * SECOND)
    assert (ring.state, ring.since, ring.connected_at) == (RingState.DIALLED, now + SECOND, None)
    assert ring.move(RingState.CONNECTED, now + 3 * SECOND)
    assert (ring.connected_at, ring.ended_at) == (now + 3 * SECOND, None)
    assert ring.move(RingState.FINISHED, now + 4 * SECOND)
    assert (ring.connected_at, ring.ended_at) == (now + 3 * SECOND, now + 4 * SECOND)
    assert not ring.move(RingState.CANCELLED, now + 5 * SECOND)
    assert not ring.move(RingState.CONNECTED, now + 5 * SECOND)
    assert (ring.state, ring.since) == (RingState.FINISHED, now + 4 * SECOND)


def test_news_of_a_leg_counts_once_and_never_takes_a_ring_back(rows: Rows) -> None:
    waits, answered = rows.ring("Ana"), rows.ring("Ben", state=RingState.ANSWERED, sid="CA1")
    waits.know_leg("", rows.now + SECOND)
    assert (waits.sid, waits.state) == (None, RingState.DIALLED)
    waits.know_leg("CA2", rows.now + 2 * SECOND)
    assert (waits.sid, waits.since) == ("CA2", rows.now + SECOND)
    answered.know_leg("CA3", rows.now + SECOND)
    assert (answered.sid, answered.state, answered.since) == ("CA1", RingState.ANSWERED, rows.now)


@pytest.mark.parametrize(
    ("purpose", "connected", "reached", "is_a_talk"),
    [
        (Purpose.CALLER, True, False, True),
        (Purpose.CALLER, False, True, False),
        (Purpose.GUEST, True, False, True),
        (Purpose.CALLBACK, True, False, False),
        (Purpose.CALLBACK, True, True, True),
        (Purpose.PURSUIT, True, True, False),
    ],
)
def test_a_talk_is_a_ring_that_was_joined_with_the_caller(
    rows: Rows, purpose: Purpose, *, connected: bool, reached: bool, is_a_talk: bool
) -> None:
    at = rows.now if connected else None
    assert rows.ring("Ana", purpose, connected_at=at, reached=reached).is_a_talk is is_a_talk


def test_a_ring_is_dialled_at_once_or_at_its_time_and_by_hand_if_a_person_asked(rows: Rows) -> None:
    now, later = rows.now, rows.now + SECOND
    at_once = rings.write_down(rows.session, Purpose.CALLER, rows.ids["Ana"], "backup", 20, now)
    put_off = rings.write_down(
        rows.session, Purpose.CALLER, rows.ids["Ben"], BY_HAND, 20, now, due_at=later
    )
    assert [at_once.due_at, put_off.due_at] == [now, later]
    assert [at_once.is_by_hand, put_off.is_by_hand] == [False, True]
    assert not at_once.interpreter


def test_a_ring_knows_the_call_that_it_is_about(rows: Rows) -> None:
    talk, other = rows.call(), rows.call(EGRET)
    owed, asked = rows.owed(other, EGRET), rows.request(talk)
    about = {
        "Ana": rows.ring("Ana", call_id=talk.id),
        "Ben": rows.ring("Ben", Purpose.CALLBACK, callback_id=owed.id),
        "Cal": rows.ring("Cal", Purpose.GUEST, request_id=asked.id),
        "Dee": rows.ring("Dee", Purpose.TEST),
        "Eve": rows.ring("Eve", Purpose.CALLBACK, callback_id=owed.id, call_id=talk.id),
    }
    found = {name: rings.call_id_of(rows.session, ring) for name, ring in about.items()}
    assert found == {
        "Ana": talk.id, "Ben": other.id, "Cal": talk.id, "Dee": None, "Eve": talk.id
    }  # fmt: skip
    assert rings.call_of(rows.session, about["Ana"]) is talk
    assert rings.call_of(rows.session, about["Ben"]) is None


def test_the_rings_of_a_call_of_a_callback_and_of_a_request_are_found_apart(rows: Rows) -> None:
    talk, other = rows.call(), rows.call(EGRET)
    owed, owed_too = rows.owed(talk), rows.owed(other, EGRET)
    asked, asked_too = rows.request(talk), rows.request(other)
    for_talk, for_other = rows.ring("Ana", call_id=talk.id), rows.ring("Ben", call_id=other.id)
    for_owed = rows.ring("Cal", Purpose.CALLBACK, callback_id=owed.id)
    for_asked = rows.ring("Dee", Purpose.GUEST, request_id=asked.id)
    session = rows.session
    assert rings.of_call(session, talk.id) == [for_talk]
    assert rings.of_calls(session, [talk.id, other.id]) == {
        talk.id: [for_talk], other.id: [for_other]
    }  # fmt: skip
    assert rings.of_calls(session, []) == {}
    assert rings.counts(session, [talk.id]) == {talk.id: 1}
    assert rings.of_callback(session, owed.id) == [for_owed]
    assert rings.of_callbacks(session, [owed.id, owed_too.id]) == {
        owed.id: [for_owed], owed_too.id: []
    }  # fmt: skip
    assert rings.of_request(session, asked.id) == [for_asked]
    assert rings.of_request(session, asked_too.id) == []
    assert set(rings.all_about(session, talk.id)) == {for_talk, for_owed, for_asked}
    assert rings.open_of_person(session, rows.ids["Ana"]) == [for_talk]


def test_the_rings_of_a_shift_are_those_for_callers_since_it_began(rows: Rows) -> None:
    rows.ring("Ben", created_at=rows.now)
    rows.ring("Ana", created_at=rows.now - SECOND, state=RingState.FINISHED)
    rows.ring("Ana", Purpose.TEST, state=RingState.FINISHED)
    rung = rows.ring("Ana", Purpose.CALLBACK, created_at=rows.now, state=RingState.FINISHED)
    assert rings.of_person_since(rows.session, rows.ids["Ana"], rows.now) == [rung]


def test_a_try_counts_and_costs_if_it_was_dialled_since_then(rows: Rows) -> None:
    session, now = rows.session, rows.now
    assert rings.callback_starts_since(session, now) == 0
    assert rings.callback_cents_since(session, now) == 0
    owed = rows.owed(rows.call(), cents_a_try=7)
    of_old = rows.owed(rows.call(EGRET), EGRET, cents_a_try=None)
    over = {"state": RingState.FINISHED, "tries": 1, "callback_id": owed.id}
    rows.ring("Ana", Purpose.CALLBACK, **{**over, "tries": 0})
    rows.ring("Ana", Purpose.CALLBACK, **over, created_at=now - SECOND, gate_sid="CA5")
    rows.ring("Ana", Purpose.PURSUIT, **over, gate_sid="CA6")
    assert rings.callback_starts_since(session, now) == 0
    assert rings.callback_cents_since(session, now) == 0
    rows.ring("Ana", Purpose.CALLBACK, **over)
    rows.ring("Ana", Purpose.CALLBACK, **over, gate_sid="CA7")
    rows.ring("Ana", Purpose.CALLBACK, **over, connected_at=now)
    assert rings.callback_starts_since(session, now) == 3
    assert rings.callback_cents_since(session, now) == 2 * 7
    rows.ring("Ana", Purpose.CALLBACK, **{**over, "callback_id": of_old.id}, gate_sid="CA8")
    assert rings.callback_cents_since(session, now) == 2 * 7 + DEAREST_TRY


def test_the_two_rings_of_a_callback_are_told_apart(rows: Rows) -> None:
    dialled, other = rows.call(), rows.call(EGRET)
    responder = rows.ring("Ana", Purpose.CALLBACK, call_id=dialled.id)
    caller = rows.ring("Ben", Purpose.CALLED, call_id=dialled.id)
    assert rings.to_caller(rows.session, dialled.id) is caller
    assert rings.of_responder_who_calls_back(rows.session, dialled.id) is responder
    assert rings.to_caller(rows.session, other.id) is None
    assert rings.of_responder_who_calls_back(rows.session, other.id) is None


def test_an_offer_is_heard_by_who_answered_for_this_call(rows: Rows) -> None:
    call, other = rows.call(), rows.call(EGRET)
    rows.ring("Ana", call_id=call.id, state=RingState.DIALLED)
    rows.ring("Ben", call_id=other.id, state=RingState.ANSWERED)
    assert not rings.is_offered(rows.session, call.id)
    assert rings.is_offered(rows.session, other.id)


def test_a_number_is_called_back_while_a_responder_is_connected_for_it(rows: Rows) -> None:
    session = rows.session
    owed, other = rows.owed(rows.call()), rows.owed(rows.call(EGRET), EGRET)
    rows.ring("Cal", state=RingState.CONNECTED, call_id=owed.call_id)
    ana = rows.ring("Ana", Purpose.CALLBACK, callback_id=owed.id, state=RingState.ANSWERED)
    ben = rows.ring("Ben", Purpose.CALLBACK, callback_id=other.id, state=RingState.CONNECTED)
    assert rings.numbers_called_back(session) == {other.number_mark}
    assert rings.calling_back(session, owed.number_mark) is None
    assert rings.calling_back(session, other.number_mark) == (ben, other)
    ana.move(RingState.CONNECTED, rows.now)
    session.flush()
    assert rings.calling_back(session, owed.number_mark) == (ana, owed)


def test_who_is_rung_or_talks_is_engaged_and_a_ring_for_an_item_gives_way_to_a_caller(
    rows: Rows,
) -> None:
    session, ids = rows.session, rows.ids
    rows.ring("Ana", state=RingState.CONNECTED)
    rows.ring("Ben", Purpose.PURSUIT, state=RingState.DIALLED)
    rows.ring("Cal", Purpose.ALERT, state=RingState.ANSWERED)
    rows.ring("Dee", Purpose.TEST, state=RingState.DIALLED)
    rows.ring("Eve", state=RingState.FINISHED)
    ana, ben, cal = ids["Ana"], ids["Ben"], ids["Cal"]
    assert rings.engaged(session) == {ana, ben, cal}
    assert rings.engaged(session, for_caller=True) == {ana, cal}
    assert rings.engaged(session, [ana, ben, ids["Dee"]]) == {ana, ben}
    assert rings.engaged(session, [ana, ben, ids["Dee"]], for_caller=True) == {ana}
    assert rings.engaged(session, []) == set()


def test_a_leg_lingers_after_its_ring_until_the_carrier_says_that_it_is_over(rows: Rows) -> None:
    now, over = rows.now, RingState.FINISHED
    rows.ring("Ana", state=over, ended_at=now, sid="CA1")
    rows.ring("Ben", state=over, ended_at=now, sid="CA2", leg_over_at=now)
    rows.ring("Cal", state=over, ended_at=now, sid=None)
    rows.ring("Dee", state=over, ended_at=now - SECOND, sid="CA3")
    rows.ring("Eve", state=over, ended_at=now, sid="CA4", created_at=now - 5 * HOUR)
    every, since = list(rows.ids.values()), now - SECOND
    assert rings.lingering(rows.session, every, since) == {rows.ids["Ana"]}
    assert rings.lingering(rows.session, [rows.ids["Ben"]], since) == set()
    assert rings.lingering(rows.session, [], since) == set()
    rows.ring("Ben", state=over, ended_at=now, sid="CA5", created_at=now - 3 * HOUR)
    assert rings.lingering(rows.session, every, since) == {rows.ids["Ana"], rows.ids["Ben"]}


def test_one_phone_is_tested_at_a_time(rows: Rows) -> None:
    rows.ring("Ana", state=RingState.DIALLED)
    rows.ring("Ben", Purpose.TEST, state=RingState.NO_ANSWER)
    assert not rings.is_testing(rows.session)
    rows.ring("Cal", Purpose.TEST, state=RingState.DIALLED)
    assert rings.is_testing(rows.session)


def test_when_a_person_was_last_rung_for_something(rows: Rows) -> None:
    now, over = rows.now, RingState.FINISHED
    ask = rings.last_of
    assert ask(rows.session, rows.ids["Ana"], Purpose.ALERT) is None
    for ago in (3, 1, 2):
        rows.ring("Ana", Purpose.ALERT, state=over, created_at=now - ago * HOUR)
    rows.ring("Ana", Purpose.CALLER, state=over, created_at=now)
    rows.ring("Ben", Purpose.ALERT, state=over, created_at=now)
    assert ask(rows.session, rows.ids["Ana"], Purpose.ALERT) == now - HOUR


def test_the_line_is_quiet_without_a_caller_and_without_a_ring(rows: Rows) -> None:
    assert not rings.is_anybody_on_the_line(rows.session)
    ring = rows.ring("Ana", Purpose.TEST)
    assert rings.is_anybody_on_the_line(rows.session)
    ring.move(RingState.CANCELLED, rows.now)
    rows.call()
    assert rings.is_anybody_on_the_line(rows.session)


def test_callers_are_dialled_for_first_then_open_items_then_tests(rows: Rows) -> None:
    """An emergency goes before a question; its responder before the guest of an equal talk."""
    question, emergency = rows.call(need="question"), rows.call(EGRET, need="emergency")
    for call in (question, emergency):
        note(rows.session, call.id, rows.now, SEARCHING)
    asked = rows.request(emergency)
    rows.ring("Ana", Purpose.TEST, due_at=rows.now - HOUR)
    rows.ring("Ben", Purpose.PURSUIT, due_at=rows.now - SECOND)
    rows.ring("Cal", call_id=question.id, due_at=rows.now - SECOND)
    rows.ring("Dee", Purpose.GUEST, request_id=asked.id)
    rows.ring("Eve", call_id=emergency.id)
    names = {person: name for name, person in rows.ids.items()}
    dialled = []
    while ring := rings.next_due(rows.session, rows.now):
        dialled.append(names[ring.person_id])
        ring.move(RingState.DIALLED, rows.now)
        rows.session.flush()
    assert dialled == ["Eve", "Dee", "Cal", "Ben", "Ana"]


def test_a_ring_is_dialled_by_the_worker_when_its_time_has_come(rows: Rows) -> None:
    rows.ring("Ana", due_at=rows.now + SECOND)
    rows.ring("Ben", via=Via.DIAL)
    rows.ring("Cal", state=RingState.DIALLING)
    assert rings.next_due(rows.session, rows.now) is None
    ring = rings.next_due(rows.session, rows.now + SECOND)
    assert ring is not None
    assert ring.person_id == rows.ids["Ana"]


def test_a_search_goes_on_at_the_end_of_its_round_or_when_a_ring_is_held_up(rows: Rows) -> None:
    now, waits = rows.now, CallState.WAITING
    in_round = rows.call(state=waits, round_until=now + SECOND)
    rows.call(state=CallState.CONNECTED, round_until=now)
    rows.call(state=waits, round_until=now, search_over=True)
    assert rings.searches_due(rows.session, now, now - 8 * SECOND) == []
    ended, began = rows.call(state=waits, round_until=now), rows.call(state=waits)
    due = {ended.sid, began.sid}
    assert set(rings.searches_due(rows.session, now, now - 8 * SECOND)) == due
    rows.ring("Ana", call_id=in_round.id)
    rows.ring("Ben", call_id=in_round.id, created_at=now - 9 * SECOND, state=RingState.DIALLED)
    assert set(rings.searches_due(rows.session, now, now - 8 * SECOND)) == due
    rows.ring("Cal", call_id=in_round.id, created_at=now - 8 * SECOND)
    assert set(rings.searches_due(rows.session, now, now - 8 * SECOND)) == {*due, in_round.sid}


def test_an_attempt_is_unclear_that_was_not_confirmed_in_time(rows: Rows) -> None:
    late = rows.ring("Ana", state=RingState.DIALLING, since=rows.now - SECOND)
    rows.ring("Ben", state=RingState.DIALLING)
    rows.ring("Cal", state=RingState.DIALLED, since=rows.now - SECOND)
    assert rings.unresolved(rows.session, rows.now) == [late]


def test_rings_and_talks_without_news_are_looked_at(rows: Rows) -> None:
    ringing, talking, now = 30 * SECOND, 60 * SECOND, rows.now
    fresh = {"since": now - ringing, "created_at": now - ringing}
    rows.ring("Ana", state=RingState.DIALLED, **fresh)
    talk = rows.ring("Ben", state=RingState.CONNECTED, since=now - talking)
    waits = rows.ring("Cal", Purpose.CALLED, **fresh)
    rows.ring("Dee", since=now - HOUR, created_at=now - HOUR)
    assert rings.stale(rows.session, now, ringing, talking) == []
    talk.since -= SECOND
    waits.created_at -= SECOND
    late = rows.ring("Eve", state=RingState.ANSWERED, since=now - ringing - SECOND)
    rows.session.flush()
    found = rings.stale(rows.session, now, ringing, talking)
    assert {ring.id for ring in found} == {talk.id, waits.id, late.id}


def test_after_a_restore_rings_from_before_it_are_found_but_no_talks(rows: Rows) -> None:
    before = rows.ring("Ana", state=RingState.DIALLED, since=rows.now - SECOND)
    rows.ring("Ben", state=RingState.DIALLED)
    rows.ring("Cal", state=RingState.CONNECTED, since=rows.now - SECOND)
    assert rings.open_since_before(rows.session, rows.now) == [before]


def test_only_tests_that_ended_long_ago_are_forgotten(rows: Rows) -> None:
    old = {"state": RingState.FINISHED, "ended_at": rows.now - SECOND}
    rows.ring("Ana", Purpose.TEST, **old)
    stay = [
        rows.ring("Ben", Purpose.TEST, **{**old, "ended_at": rows.now}),
        rows.ring("Cal", Purpose.CALLER, **old),
        rows.ring("Dee", Purpose.TEST),
    ]
    rings.forget_tests(rows.session, rows.now)
    assert set(rows.session.query(rings.Ring)) == set(stay)


@pytest.mark.parametrize("state", list(RingState))
def test_a_leg_belongs_to_the_ring_with_its_token_while_it_lasts(
    rows: Rows, state: RingState
) -> None:
    ring = rows.ring("Ana", sid="CA1", state=state)
    lasts = state in OPEN and state not in (RingState.PENDING, RingState.DIALLING)
    assert rings.is_leg(rows.session, ring.token, "CA1") is lasts
    assert not rings.is_leg(rows.session, ring.token, "CA2")
    assert not rings.is_leg(rows.session, "another token", "CA1")
    assert rings.knows(rows.session, "CA1")
    assert not rings.knows(rows.session, "CA2")


def test_an_attempt_is_settled_once_and_under_its_own_token(rows: Rows) -> None:
    session, now = rows.session, rows.now
    ring, other = (rows.ring(name, state=RingState.DIALLING) for name in ("Ana", "Ben"))
    assert not rings.adopt(session, ring.id, other.token, "CA1", now)
    assert rings.adopt(session, ring.id, ring.token, "CA1", now + SECOND)
    session.refresh(ring)
    assert (ring.state, ring.sid, ring.since) == (RingState.DIALLED, "CA1", now + SECOND)
    assert not rings.put_back(session, ring.id, ring.token, now, now)
    before = other.token
    assert rings.put_back(session, other.id, before, now + HOUR, now + SECOND)
    assert (other.state, other.due_at, other.since) == (
        RingState.PENDING, now + HOUR, now + SECOND
    )  # fmt: skip
    assert other.token != before


def test_a_ring_is_held_with_the_call_or_callback_that_it_is_about(rows: Rows) -> None:
    call = rows.call(HERON)
    owed = rows.owed(call, state=CallbackState.WAITING)
    for ring in (
        rows.ring("Ana", call_id=call.id),
        rows.ring("Ben", Purpose.CALLBACK, callback_id=owed.id),
        rows.ring("Cal", Purpose.TEST),
    ):
        assert rings.with_id(rows.session, ring.id) is ring
        assert rings.with_token(rows.session, ring.token) is ring
    assert rings.with_id(rows.session, "no ring") is None
