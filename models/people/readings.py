"""What was read from a file, line by line, and what was left out of it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from routing.duty.duty import Rule
from routing.readers.told import Told, told


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


_WHY = {
    Why.PAST: told("%(what)s: it is over"),
    Why.LATER: told("%(what)s: it begins after the 26 weeks that are read"),
    Why.CANCELLED: told("%(what)s: it is cancelled"),
    Why.TENTATIVE: told("%(what)s: it is only tentative"),
    Why.DECLINED: told("%(what)s: it was declined"),
    Why.UNANSWERED: told("%(what)s: the invitation has no answer"),
    Why.DELEGATED: told("%(what)s: it was given to somebody else"),
    Why.NOT_TAKING_PART: told("%(what)s: nobody takes part"),
    Why.AWAY: told("%(what)s: somebody is out of office"),
    Why.NO_EVENT: told("%(what)s: it is a task or a note, not a shift"),
    Why.REPLY: told("%(what)s: it is an answer to an invitation, not a shift"),
    Why.REPLACED: told("%(what)s: a newer version of it is in the file"),
    Why.COLUMN: told("The column “%(what)s” is not used"),
    Why.SHEET: told("The sheet “%(what)s”: only the first sheet is read"),
}
_WHY_ABOUT = {
    **_WHY,
    Why.TENTATIVE: told("%(what)s: %(who)s said “maybe”"),
    Why.DECLINED: told("%(what)s: %(who)s said no"),
    Why.UNANSWERED: told("%(what)s: %(who)s has not answered the invitation"),
    Why.DELEGATED: told("%(what)s: %(who)s gave it to somebody else"),
    Why.NOT_TAKING_PART: told("%(what)s: %(who)s is only informed"),
}


@dataclass(frozen=True, order=True)
class LeftOut:
    """One entry of a file that makes no shift."""

    line: int
    what: str
    why: Why
    who: str = ""

    @property
    def sentence(self) -> Told:
        """The entry, and why it makes no shift."""
        words = (_WHY_ABOUT if self.who else _WHY)[self.why]
        return told(words.template, what=self.what, who=self.who)


@dataclass(frozen=True)
class Reading:
    """Everything that a file says about shifts."""

    rules: tuple[Rule, ...]
    read: tuple[ReadLine, ...]
    left_out: tuple[LeftOut, ...] = ()
