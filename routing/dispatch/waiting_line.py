"""The line of callers who wait for a person: who is rung for which caller.

A caller of a higher rank goes first, then the one who has waited longest. A caller takes their part
of the free people, and the callers behind choose among the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from routing import needs
from routing.dispatch.policies import Caller, Invitation, joining, next_round
from routing.person import Present, Responder, living_first


@dataclass(frozen=True)
class Waiting:
    """A caller in the line, and who was asked for them in this search."""

    call: str
    caller: Caller
    since: datetime
    """When they first asked for a person in this call."""
    tried: frozenset[str] = frozenset()
    ringing: tuple[str, ...] = ()
    """The step of each phone rung in the round that is under way; empty if none rings."""
    at_most: int | None = None
    """How many more phones may ring for them now; None for no limit."""

    @property
    def rank(self) -> int:
        """The rank of their need; 0 goes first."""
        return needs.of(self.caller.need).rank

    @property
    def place(self) -> tuple[int, datetime, str]:
        """Sort key of the line."""
        return (self.rank, self.since, self.call)


@dataclass(frozen=True)
class Shares:
    """What the line takes of the people who are present."""

    invited: dict[str, tuple[Invitation, ...]]
    """By call: the people to ring for it now."""
    kept: dict[str, int]
    """By person: the rank of the callers whose next round they are kept for."""

    @property
    def claimed(self) -> set[str]:
        """Everybody that the line takes now or in a next round."""
        return {each.person for invited in self.invited.values() for each in invited} | set(
            self.kept
        )


def share_out(line: Iterable[Waiting], present: Present, until: str | None = None) -> Shares:
    """Go along the line and give each caller their part; `until` is the last call that matters.

    A caller with phones ringing keeps the people of the next round from callers of a lower rank.
    """
    left = {person.id: person for person in present.free}
    at_rest = {person.id: person for person in present.at_rest}
    shares = Shares({}, {})
    for each in sorted(line, key=lambda waiting: waiting.place):
        theirs = [person for person in left.values() if _may_have(each, person, shares)]
        theirs = living_first(theirs, present.dead)
        invited = _part(each, theirs, at_rest.values())
        shares.invited[each.call] = invited
        for invitation in invited:
            left.pop(invitation.person, None)
            at_rest.pop(invitation.person, None)
        rest = [person for person in theirs if person.id in left]
        for invitation in next_round(each.caller, rest)[: each.at_most]:
            shares.kept.setdefault(invitation.person, each.rank)
        if each.call == until:
            break
    return shares


def _may_have(waiting: Waiting, person: Responder, shares: Shares) -> bool:
    is_kept = shares.kept.get(person.id, waiting.rank) < waiting.rank
    return person.id not in waiting.tried and not is_kept


def _part(
    waiting: Waiting, free: Sequence[Responder], at_rest: Iterable[Responder]
) -> tuple[Invitation, ...]:
    if waiting.ringing:
        return joining(waiting.caller, free, waiting.ringing)[: waiting.at_most]
    invited = next_round(waiting.caller, free)
    if not invited and waiting.rank == 0:  # a rest yields to danger that nobody else can take
        rested = [person for person in at_rest if person.id not in waiting.tried]
        invited = next_round(waiting.caller, rested)
    return invited[: waiting.at_most]
