"""Which messages and callbacks are a visitor's: all of them, or their own and what they could take.

Narrow for everybody but coordinators (FAULTS 2.7, "own or assigned"): work that nobody has claimed
shows language, need and time, so that they can take it. Only the person who has claimed it hears
it, writes notes and calls back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from console.base.current_user import Visitor
from console.base.permissions import Power, Right
from models.core.database import Session
from models.people import people
from models.staff.users import Role
from routing.person import Responder


class Work(Protocol):
    """A message or a callback as far as it matters whose it is."""

    @property
    def language(self) -> str:
        """The caller's language."""

    @property
    def need(self) -> str:
        """What the caller wants."""

    @property
    def claimed_by(self) -> str | None:
        """The user who has it."""

    @property
    def is_over(self) -> bool:
        """Nothing is left to do."""

    @property
    def was_passed_on(self) -> bool:
        """Somebody asked for a person who speaks this language."""


@dataclass(frozen=True)
class Reach:
    """How far one visitor's right goes."""

    user: str
    everything: bool
    responder: Responder | None
    if_asked: bool
    """Only what somebody passed on to their language is theirs to take."""

    def covers(self, work: Work) -> bool:
        """Whether they may know that it exists."""
        return self.owns(work) or self.could_take(work)

    def owns(self, work: Work) -> bool:
        """Whether they may hear it, read what was noted about it, and act on it."""
        return self.everything or work.claimed_by == self.user

    def could_take(self, work: Work) -> bool:
        """Whether it is free and fits them."""
        if work.claimed_by is not None or work.is_over or self.responder is None:
            return False
        fits = self.responder.speaks(work.language) and self.responder.takes(work.need)
        return fits and (work.was_passed_on or not self.if_asked)


def of(session: Session, visitor: Visitor, power: Power) -> Reach:
    """How far this power of theirs goes, by who they are on the roster at this moment."""
    person = people.with_id(session, visitor.person_id) if visitor.person_id else None
    taking = people.as_responders([person]) if person and person.active else []
    return Reach(
        user=visitor.user_id,
        everything=visitor.right_to(power) in (Right.YES, Right.REVEAL),
        responder=taking[0] if taking else None,
        if_asked=visitor.role == Role.TRANSLATOR,
    )
