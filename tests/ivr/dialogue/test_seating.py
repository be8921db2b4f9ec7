"""Where the legs of a room go next, as a table."""

from __future__ import annotations

import pytest

from ivr.dialogue.seating import (
    MOST_FAILURES,
    CallersNext,
    Exit,
    LegsNext,
    Responders,
    next_of_caller,
    next_of_interpreter,
    next_of_responder,
)


@pytest.mark.parametrize(
    ("responders", "goes"),
    [
        (Responders(), CallersNext.SEARCH),
        (Responders(is_there=True), CallersNext.ROOM),
        (Responders(is_in_menu=True), CallersNext.MOMENT),
        (Responders(is_unsure=True), CallersNext.MOMENT),
        (Responders(is_there=True, is_in_menu=True), CallersNext.ROOM),
    ],
)
def test_a_caller_enters_the_room_only_where_a_responder_is(
    responders: Responders, goes: CallersNext
) -> None:
    assert next_of_caller(responders) == goes


@pytest.mark.parametrize(
    ("exit_", "goes"),
    [
        (Exit(), LegsNext.WAIT_FOR_NEWS),
        (Exit(asked_again=True), LegsNext.MENU),
        (Exit(is_theirs=True), LegsNext.MENU),
        (Exit(other_ended=True), LegsNext.WAIT_FOR_NEWS),
        (Exit(other_ended=True, asked_again=True), LegsNext.ROOM),
        (Exit(other_ended=True, other_is_out=True), LegsNext.ROOM),
        (Exit(other_ended=True, other_is_out=True, other_left=True), LegsNext.YOURS),
        (Exit(thrown_out=True, failures=1), LegsNext.ROOM),
        (Exit(thrown_out=True, failures=MOST_FAILURES), LegsNext.ROOM),
        (Exit(thrown_out=True, failures=MOST_FAILURES + 1), LegsNext.MENU),
        (Exit(lost_the_caller=True, is_theirs=True), LegsNext.SOMEBODY_ELSE),
        (Exit(call_is_over=True, thrown_out=True, failures=1), LegsNext.OVER),
        (Exit(call_is_over=True, lost_the_caller=True), LegsNext.OVER),
    ],
)
def test_a_responder_who_came_out_goes_where_the_reason_leads(exit_: Exit, goes: LegsNext) -> None:
    assert next_of_responder(exit_) == goes


@pytest.mark.parametrize(
    ("exit_", "goes"),
    [
        (Exit(), LegsNext.ROOM),
        (Exit(other_ended=True, other_left=True), LegsNext.ROOM),
        (Exit(thrown_out=True, failures=1), LegsNext.ROOM),
        (Exit(thrown_out=True, failures=MOST_FAILURES + 1), LegsNext.OVER),
        (Exit(lost_the_caller=True), LegsNext.SOMEBODY_ELSE),
        (Exit(call_is_over=True), LegsNext.OVER),
    ],
)
def test_an_interpreter_has_no_menu_and_returns_until_the_call_is_over(
    exit_: Exit, goes: LegsNext
) -> None:
    assert next_of_interpreter(exit_) == goes
