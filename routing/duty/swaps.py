"""Who could take a shift from somebody, so that callers lose nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from routing.duty import coverage, handover
from routing.duty.coverage import Gap
from routing.duty.duty import Duty, Override, Shift
from routing.person import Responder


def could_take(
    duty: Duty,
    part: Shift,
    candidates: Iterable[Responder],
    known: Iterable[Responder],
    *,
    languages: Sequence[str],
    needs: Sequence[str],
) -> Iterator[str]:
    """The ids of the candidates who could stand in for the holder of this part of a shift.

    They take callers, are not on duty at any time of it, and cover every language and need that
    only the holder covers then. `known` is everybody who may be on duty.
    """
    people = tuple(known)

    def gaps(rules: Duty) -> list[Gap]:
        return coverage.gaps(rules, people, since=part.start, until=part.end,
                             languages=languages, needs=needs)  # fmt: skip

    before = gaps(duty)
    for one in candidates:
        rule = Override(part.start, part.end, person=one.id, replace=part.person)
        after = handover.with_rule(duty, rule)
        if (
            one.id != part.person
            and one.takes_callers
            and not handover.is_on_at_all(duty, one.id, part.start, part.end)
            and handover.is_on_throughout(after, one.id, part.start, part.end)
            and not coverage.opened(before, gaps(after))
        ):
            yield one.id
