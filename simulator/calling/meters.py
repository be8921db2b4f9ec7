"""Measures of the account: split conferences, unattended talks, requests made in webhooks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, pairwise

from simulator.calling.conferences import Participant, Room
from simulator.telephony.exchange import Exchange


@dataclass(frozen=True)
class Meters:
    """What no run of the hotline should show."""

    splits: tuple[str, ...]
    """The name of each pair of conferences that were open at the same time."""
    unattended_seconds: float
    """The longest time in which legs talked of which none may start a conference."""
    rest_in_webhooks: int
    """REST requests that were made while a webhook was being answered."""


def read(exchange: Exchange, rooms: Iterable[Room]) -> Meters:
    """The measures up to now."""
    now, everything = exchange.clock.now(), list(rooms)
    return Meters(
        tuple(first.name for first, second in combinations(everything, 2) if _split(first, second)),
        max((_unattended(room, now) for room in everything), default=0.0),
        exchange.rest_in_webhooks,
    )


def _split(first: Room, second: Room) -> bool:
    """Whether two conferences of one name were open together; the first is the older."""
    same_name = first.name == second.name
    return same_name and (first.ended_at is None or first.ended_at > second.created_at)


def _unattended(room: Room, now: datetime) -> float:
    """The longest stretch of a talk without anybody who may start it, in seconds."""
    if room.began_at is None:
        return 0.0
    instants = sorted(_changes(room, now))
    longest = since = 0.0
    for start, end in pairwise(instants):
        inside = [one for one in room.everybody if one.was_in(start)]
        alone_together = len(inside) > 1 and not any(one.starts for one in inside)
        since = since + (end - start).total_seconds() if alone_together else 0.0
        longest = max(longest, since)
    return longest


def _changes(room: Room, now: datetime) -> set[datetime]:
    end = room.ended_at or now
    moments = {room.began_at or end, end}
    for one in room.everybody:
        moments |= {_within(room, end, at) for at in _comings(one)}
    return moments


def _comings(one: Participant) -> list[datetime]:
    return [at for at in (one.joined_at, one.left_at) if at is not None]


def _within(room: Room, end: datetime, at: datetime) -> datetime:
    return min(max(at, room.began_at or end), end)
