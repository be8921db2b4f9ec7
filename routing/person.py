"""The people who can be rung."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from routing import needs


@dataclass(frozen=True)
class Responder:
    """A person who takes calls; tier 1 is the first line, 2 the backup, 3 a coordinator."""

    id: str
    languages: tuple[str, ...]
    needs: frozenset[str] = frozenset()
    tier: int = 1
    last_rung_at: datetime | None = None

    def speaks(self, language: str) -> bool:
        """Whether they speak this language, so no interpreter is needed."""
        return language in self.languages

    def takes(self, need: str) -> bool:
        """Whether they take this need; an empty `needs` means all."""
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
    """The people who can be rung for a call now: on duty, free, rested, and not yet tried.

    `engaged` are ringing or talking, `resting` are in wrap-up. `dead` have a number that looks
    dead; they are rung only if nobody else is left. All are ids.
    """
    found = [
        person
        for person in people
        if person.id in on_duty and not any(person.id in busy for busy in (engaged, resting, tried))
    ]
    return [person for person in found if person.id not in dead] or found
