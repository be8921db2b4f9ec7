"""Where a leg of a room goes next. Pure: every request of a leg is answered from the same facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

UNSURE_FOR = timedelta(seconds=6)
"""A responder whose leg has been silent for so long after a sitting ended counts as dropped."""
THROWN_OUT_WITHIN = timedelta(seconds=1)
"""A leg that is out so soon never sat with the others."""
MOST_FAILURES = 5
"""How often in a row a leg that was thrown out is sent in again."""


@dataclass(frozen=True)
class Responders:
    """The other responders of the room, as a leg that asks finds them."""

    is_there: bool = False
    """One of them is in the room or on the way into it."""
    is_in_menu: bool = False
    is_unsure: bool = False
    """One of them has not said where they are since the sitting ended, but may still be there."""

    @property
    def may_return(self) -> bool:
        """Whether one of them is likely to be with the caller in a moment."""
        return self.is_in_menu or self.is_unsure


class CallersNext(StrEnum):
    """What follows for a caller who is not in the room."""

    ROOM = "room"
    MOMENT = "moment"
    """They wait for a responder who is about to return."""
    SEARCH = "search"


def next_of_caller(responders: Responders) -> CallersNext:
    """Into the room only if a responder is there: a caller must never sit in it alone."""
    if responders.is_there:
        return CallersNext.ROOM
    return CallersNext.MOMENT if responders.may_return else CallersNext.SEARCH


@dataclass(frozen=True)
class Exit:
    """What is known when a responder's or interpreter's leg asks where to go."""

    call_is_over: bool = False
    lost_the_caller: bool = False
    """The caller is with somebody else, or does not wait for a person any more."""
    thrown_out: bool = False
    """The leg did not get in, or was out at once."""
    failures: int = 0
    other_ended: bool = False
    """Another responder's leg ended the sitting, or has ended itself."""
    other_is_out: bool = False
    """That responder's own exit is known: they are in the menu, or have left."""
    other_left: bool = False
    """That responder has left for good."""
    is_theirs: bool = False
    """It is known that this leg ended the sitting."""
    asked_again: bool = False
    """The leg has already waited a second for news."""


class LegsNext(StrEnum):
    """What follows for a leg that came out of the room."""

    OVER = "over"
    SOMEBODY_ELSE = "somebody_else"
    """The caller is not waiting for this leg any more."""
    ROOM = "room"
    YOURS = "yours"
    """The room again, with the word that the caller is theirs alone now."""
    WAIT_FOR_NEWS = "wait_for_news"
    """A second in which the news of who ended the sitting may arrive."""
    MENU = "menu"


def next_of_responder(exit_: Exit) -> LegsNext:
    """Why the leg came out decides; the carrier does not say, so what is known is weighed."""
    if exit_.call_is_over:
        return LegsNext.OVER
    if exit_.lost_the_caller:
        return LegsNext.SOMEBODY_ELSE
    if exit_.thrown_out and exit_.failures <= MOST_FAILURES:
        return LegsNext.ROOM
    if exit_.other_ended and (exit_.other_is_out or exit_.asked_again):
        return LegsNext.YOURS if exit_.other_left else LegsNext.ROOM
    if exit_.other_ended:
        return LegsNext.WAIT_FOR_NEWS
    if exit_.is_theirs or exit_.asked_again or exit_.thrown_out:
        return LegsNext.MENU
    return LegsNext.WAIT_FOR_NEWS


def next_of_interpreter(exit_: Exit) -> LegsNext:
    """Back into the room as long as there is a call: an interpreter has no menu."""
    is_stuck = exit_.thrown_out and exit_.failures > MOST_FAILURES
    if exit_.call_is_over or is_stuck:
        return LegsNext.OVER
    return LegsNext.SOMEBODY_ELSE if exit_.lost_the_caller else LegsNext.ROOM
