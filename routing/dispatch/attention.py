"""When coordinators are notified of an unheard message: the more urgent, the sooner."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from routing import needs
from routing.needs import Priority

_SOONER: Mapping[Priority, int] = {
    Priority.EMERGENCY: 6,
    Priority.URGENT: 3,
    Priority.ORDINARY: 1,
}
"""The divisor of the time for an ordinary message."""
_AFTER = (1, 2, 4)
"""Notified after one, two and four times that period, then once a day."""
_DAILY = timedelta(days=1)


def heard_within(need: str, ordinary: timedelta) -> timedelta:
    """How long a message about this need may wait; `ordinary` is the time for an ordinary need."""
    return ordinary / _SOONER[needs.of(need).priority]


def tell_at(since: datetime, within: timedelta, told: int) -> datetime:
    """When coordinators are notified next, after `told` notifications."""
    days = max(0, told - len(_AFTER) + 1)
    times = _AFTER[min(told, len(_AFTER) - 1)]
    return since + within * times + _DAILY * days


def steps_due(since: datetime, within: timedelta, now: datetime) -> int:
    """How many notifications should have been sent by now."""
    steps = 0
    while tell_at(since, within, steps) <= now:
        steps += 1
    return steps
