"""The people who can be rung."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from routing import needs


@dataclass(frozen=True)
class Responder:
    """Somebody who takes calls; tier 1 is the first line, 2 the backup, 3 a coordinator."""

    id: str
    languages: tuple[str, ...]
    needs: frozenset[str] = frozenset()
    tier: int = 1
    last_rung_at: datetime | None = None

    def speaks(self, language: str) -> bool:
        """Whether a caller in this language can be understood without an interpreter."""
        return language in self.languages

    def takes(self, need: str) -> bool:
        """Whether this need is theirs; no needs named means all of them."""
        return not self.needs or not self.needs.isdisjoint(needs.of(need).taken_with)


def reachable(
    people: Iterable[Responder],
    *,
    on_duty: Collection[str],
    engaged: Collection[str],
    resting: Collection[str],
    tried: Collection[str],
    dead: Collection[str] = (),
) -> list[Responder]:
    """Who can be rung for a call now: on duty, free, rested, and not yet tried for it.

    Engaged are those on a call or ringing, resting those in wrap-up; dead are those whose number
    seems to be, who are tried only when nobody else is left. All are ids.
    """
    found = [
        person
        for person in people
        if person.id in on_duty and not any(person.id in busy for busy in (engaged, resting, tried))
    ]
    return [person for person in found if person.id not in dead] or found
