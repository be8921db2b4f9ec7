"""Change requests of a coordinator, in the hotline's local time."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeAlias

from routing.duty.rules import Handoff


@dataclass(frozen=True)
class Span:
    """An interval of local times, both naive."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class PutOn:
    """A person is on duty in addition: once, or every week on these days from then on."""

    person: str
    span: Span
    days: tuple[str, ...] = ()


@dataclass(frozen=True)
class TakeOff:
    """A person is not on duty: once, or every week from then on."""

    person: str
    span: Span
    every_week: bool = False


@dataclass(frozen=True)
class StandIn:
    """`by` is on duty instead of `person`: once, or every week from then on."""

    person: str
    by: str
    span: Span
    every_week: bool = False


@dataclass(frozen=True)
class Move:
    """A shift of a person begins and ends at other times, once."""

    person: str
    was: Span
    span: Span


@dataclass(frozen=True)
class TakeTurns:
    """People take turns of so many days or weeks; `span` is their first time on duty."""

    people: tuple[str, ...]
    span: Span
    days: tuple[str, ...]
    handoff: Handoff
    turn_length: int


@dataclass(frozen=True)
class Holiday:
    """Only these people are on duty, or nobody."""

    span: Span
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class EndRule:
    """A rule ends at an instant."""

    rule: int
    at: datetime


ChangeRequest: TypeAlias = PutOn | TakeOff | StandIn | Move | TakeTurns | Holiday | EndRule

_KINDS: Mapping[str, type[ChangeRequest]] = {
    "put on": PutOn,
    "take off": TakeOff,
    "stand in": StandIn,
    "move": Move,
    "take turns": TakeTurns,
    "holiday": Holiday,
    "end rule": EndRule,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def request_as_data(request: ChangeRequest) -> dict[str, Any]:
    """A request as JSON data, in the form that `request_from` reads."""
    return {
        "kind": _NAMES[type(request)],
        **{name: _plain(v) for name, v in asdict(request).items()},
    }


def request_from(data: Mapping[str, Any]) -> ChangeRequest:
    """The request stored as `data`."""
    fields = {name: _read(name, value) for name, value in data.items() if name != "kind"}
    return _KINDS[data["kind"]](**fields)


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case dict():
            return {name: _plain(part) for name, part in value.items()}
        case tuple():
            return list(value)
        case _:
            return value


def _read(name: str, value: Any) -> Any:
    match name:
        case "span" | "was":
            return Span(*(datetime.fromisoformat(value[end]) for end in ("start", "end")))
        case "at":
            return datetime.fromisoformat(value)
        case "people" | "days":
            return tuple(value)
        case _:
            return value
