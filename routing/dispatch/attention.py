"""When coordinators are told that nobody has heard a message: the more urgent, the sooner."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from routing import needs
from routing.needs import Priority

_SOONER: Mapping[Priority, int] = {
    Priority.EMERGENCY: 6,
    Priority.URGENT: 3,
    Priority.ORDINARY: 1,
}
"""By so much the time for an ordinary message is divided."""
_AFTER = (1, 2, 4)
"""Told after the time has passed once, twice and four times, and then once a day."""
_DAILY = timedelta(days=1)


def heard_within(need: str, ordinary: timedelta) -> timedelta:
    """How long a message about this need may wait; `ordinary` is the time of one that can wait."""
    return ordinary / _SOONER[needs.of(need).priority]


def tell_at(since: datetime, within: timedelta, told: int) -> datetime:
    """When coordinators are told of it next, having been told so many times."""
    days = max(0, told - len(_AFTER) + 1)
    times = _AFTER[min(told, len(_AFTER) - 1)]
    return since + within * times + _DAILY * days


def steps_due(since: datetime, within: timedelta, now: datetime) -> int:
    """How often they should have been told by now."""
    steps = 0
    while tell_at(since, within, steps) <= now:
        steps += 1
    return steps
