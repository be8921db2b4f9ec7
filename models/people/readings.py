"""What was read from a file, line by line, and what was left out of it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from routing.duty.duty import Rule


class Why(StrEnum):
    """Why a line of a file is understood and yet makes no shift."""

    PAST = "past"
    """It ended before today."""
    LATER = "later"
    """It begins after the period that an import reads."""
    CANCELLED = "cancelled"
    TENTATIVE = "tentative"
    """The event itself is not certain."""
    DECLINED = "declined"
    """`who` said no."""
    UNANSWERED = "unanswered"
    """`who` was invited and has not said yes."""
    DELEGATED = "delegated"
    """`who` gave it to somebody else."""
    NOT_TAKING_PART = "not taking part"
    """`who` is only informed."""
    AWAY = "away"
    """The event says that somebody is out of office."""
    NO_EVENT = "no event"
    """A task, a note or free-busy time."""
    REPLY = "reply"
    """The file is an answer to an invitation, not a calendar."""
    REPLACED = "replaced"
    """A newer version of the same event is in the file."""
    COLUMN = "column"
    """The column is not used."""
    SHEET = "sheet"
    """Only the first sheet of a workbook is read."""


@dataclass(frozen=True, order=True)
class ReadLine:
    """One entry of a file that was read, and the rules that it makes."""

    line: int
    what: str
    """A name, or the title of an event; empty if the rules say everything."""
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, order=True)
class LeftOut:
    """One entry of a file that makes no shift."""

    line: int
    what: str
    why: Why
    who: str = ""


@dataclass(frozen=True)
class Reading:
    """Everything that a file says about shifts."""

    rules: tuple[Rule, ...]
    read: tuple[ReadLine, ...]
    left_out: tuple[LeftOut, ...] = ()
