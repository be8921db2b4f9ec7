"""Callbacks in the database: each question finds its rows, beside rows that differ in one way."""

from __future__ import annotations

from datetime import timedelta

from models.calls import callbacks
from models.calls.callbacks import Callback, CallbackState
from tests.rows import EGRET, HERON, Rows

SECOND = timedelta(seconds=1)
KEPT = {"state": CallbackState.REACHED}


def test_the_callbacks_of_a_phone_and_those_to_a_number_are_counted_since_then(rows: Rows) -> None:
    session, now = rows.session, rows.now
    call, other = rows.call(), rows.call(EGRET)
    mark = call.number_mark or ""
    rows.owed(other, EGRET)
    rows.owed(call, promised_at=now - SECOND, **KEPT)
    assert callbacks.promised_to(session, mark, now) == 0
    assert callbacks.promised_for(session, HERON, now) == 0
    rows.owed(call, **KEPT)
    rows.owed(other, HERON, **KEPT)
    assert callbacks.promised_to(session, mark, now) == 1
    assert callbacks.promised_for(session, HERON, now) == 2


def test_a_number_is_owed_one_callback_at_a_time(rows: Rows) -> None:
    session, call = rows.session, rows.call()
    assert callbacks.count_owed(session) == 0
    assert callbacks.owed_to(session, HERON) is None
    rows.owed(call, **KEPT)
    owed = rows.owed(call)
    assert callbacks.count_owed(session) == 1
    assert callbacks.owed_to(session, HERON) is owed
    assert callbacks.owed_to(session, EGRET) is None
    second = Callback(
        call_id=call.id, pseudonym="Heron", language="en", need="question", confirmed=True,
        may_leave_message=False, promised_at=rows.now, due_at=rows.now, next_try_at=rows.now,
    )  # fmt: skip
    callbacks.seal_number(session, second, HERON)
    assert callbacks.write_down(session, second) is None
    owed.state = CallbackState.GIVEN_UP
    session.flush()
    assert callbacks.write_down(session, second) is second
    assert not callbacks.reopen(session, owed)
    assert owed.state == CallbackState.GIVEN_UP
    second.state = CallbackState.REACHED
    session.flush()
    assert callbacks.reopen(session, owed)
    assert (owed.state, owed.closed_at) == (CallbackState.WAITING, None)


def test_other_callbacks_of_the_same_phone_are_those_that_still_need_work(rows: Rows) -> None:
    call, other, hidden = rows.call(), rows.call(EGRET), rows.call(None)
    first = rows.owed(call)
    unreached = rows.owed(call, "+19175550161", state=CallbackState.UNREACHED)
    rows.owed(call, "+19175550162", **KEPT)
    rows.owed(other, EGRET)
    of_nobody = [rows.owed(hidden, f"+1917555016{last}") for last in (3, 4)]
    assert callbacks.others_unkept(rows.session, first) == [unreached]
    assert callbacks.others_unkept(rows.session, unreached) == [first]
    assert callbacks.others_unkept(rows.session, of_nobody[0]) == []


def test_a_callback_is_dialled_that_waits_and_whose_number_opens(rows: Rows) -> None:
    call = rows.call()
    owed = rows.owed(call)
    assert callbacks.can_be_dialled(rows.session, owed)
    assert callbacks.calling(rows.session) == []
    owed.state = CallbackState.CALLING
    rows.session.flush()
    assert not callbacks.can_be_dialled(rows.session, owed)
    assert callbacks.calling(rows.session) == [owed]
    owed.state, owed.number_sealed = CallbackState.WAITING, b"lost"
    rows.session.flush()
    assert not callbacks.can_be_dialled(rows.session, owed)


def test_callbacks_are_due_by_their_next_try_unless_promised_before_the_restore(
    rows: Rows,
) -> None:
    session, now, call = rows.session, rows.now, rows.call()
    rows.owed(call, "+19175550161", next_try_at=now + SECOND)
    rows.owed(call, "+19175550162", state=CallbackState.CALLING)
    old = rows.owed(call, "+19175550163", due_at=now + SECOND, promised_at=now - SECOND)
    due = rows.owed(call, "+19175550164")
    assert callbacks.due(session, now) == [due.id, old.id]
    assert callbacks.due(session, now, now) == [due.id]
    callbacks.put_off(session, [old.id], now, now + SECOND)
    assert callbacks.due(session, now) == [due.id]


def test_a_callback_is_nearly_overdue_until_a_coordinator_was_told(rows: Rows) -> None:
    now, call = rows.now, rows.call()
    late = rows.owed(call, "+19175550161")
    rows.owed(call, "+19175550162", due_at=now + SECOND)
    rows.owed(call, "+19175550163", escalated_at=now)
    rows.owed(call, "+19175550164", **KEPT)
    assert callbacks.nearly_overdue(rows.session, now) == [late.id]


def test_callbacks_are_exported_by_when_they_were_promised(rows: Rows) -> None:
    now, call = rows.now, rows.call()
    first, second, third = (
        rows.owed(call, f"+1917555016{at}", promised_at=now + at * SECOND) for at in range(3)
    )
    session = rows.session
    assert list(callbacks.between(session, None, None)) == [first, second, third]
    assert list(callbacks.between(session, now + SECOND, None)) == [second, third]
    assert list(callbacks.between(session, None, now + SECOND)) == [first]


def test_the_list_of_closed_callbacks_goes_back_to_then(rows: Rows) -> None:
    now, call = rows.now, rows.call()
    rows.owed(call, "+19175550161", **KEPT, closed_at=now - SECOND)
    rows.owed(call, "+19175550162", state=CallbackState.UNREACHED, closed_at=now)
    kept = rows.owed(call, "+19175550163", **KEPT, closed_at=now)
    assert callbacks.closed_since(rows.session, now) == [kept]
    assert [owed.state for owed in callbacks.unkept(rows.session)] == [CallbackState.UNREACHED]
