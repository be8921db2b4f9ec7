"""Reads and writes rules as mappings of plain values, for JSON and YAML."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time
from typing import Any, TypeVar, assert_never, cast

from routing.duty.rules import (
    Count,
    DutyError,
    EmptyStretchError,
    Handoff,
    Override,
    Rotation,
    Rule,
    Shift,
    Temporary,
    Weekly,
    Window,
)
from routing.readers import clock_times, time_zones, weekdays, written_dates, written_names
from routing.readers.told import Told, told
from routing.readers.unreadable import Unreadable

Written = Mapping[str, object]

_HANDOFFS = ("hourly", "daily", "weekly")
_COUNTS = ("calendar", "active")
_LONGEST_TURN = 9000


def rule_from(data: Written) -> Rule:
    """The rule in `data`; raises DutyError with a sentence for its author."""
    read = _READERS[_choice(data, "kind", tuple(_READERS))]
    return read({field: value for field, value in data.items() if field != "kind"})


def rule_as_data(rule: Rule) -> dict[str, object]:
    """A rule as JSON data, in the form that `rule_from` reads, without default fields."""
    match rule:
        case Weekly():
            return _spare("weekly", **_window_data(rule), person=rule.person, **_layer_data(rule))
        case Rotation():
            return _spare(
                "rotation",
                people=list(rule.people),
                handoff=rule.handoff,
                shift_length=rule.shift_length,
                start=rule.start.isoformat(),
                during=[_window_data(hours) for hours in rule.during] or None,
                count=rule.count if rule.count != "calendar" else None,
                **_layer_data(rule),
            )
        case Override():
            return _spare(
                "override",
                **_dated_data(rule),
                replace=rule.replace,
                remove=rule.remove,
                person=rule.person,
                exclusive=rule.exclusive or None,
                priority=rule.priority or None,
            )
        case Temporary():
            shifts = [{**_dated_data(shift), "person": shift.person} for shift in rule.shifts]
            return _spare("temporary", **_dated_data(rule), shifts=shifts)
        case _:
            assert_never(rule)


_WEEKLY_FIELDS = ("days", "start", "end", "person", "priority", "timezone", "since", "until")


def _weekly(data: Written) -> Weekly:
    _only(data, told("a weekly rule"), _WEEKLY_FIELDS)
    since, until = _life(data)
    return Weekly(
        days=_days(data),
        start=_clock(data, "start"),
        end=_clock(data, "end"),
        person=_name(data, "person"),
        priority=_whole(data, "priority", 0),
        timezone=_timezone(data),
        since=since,
        until=until,
    )


_ROTATION_FIELDS = (
    "people", "handoff", "shift_length", "start", "during", "count", "priority", "timezone",
    "since", "until",
)  # fmt: skip


def _rotation(data: Written) -> Rotation:
    _only(data, told("a rotation"), _ROTATION_FIELDS)
    count = _choice(data, "count", _COUNTS, "calendar")
    during = tuple(_window(entry) for entry in _entries(data, "during", ()))
    if count == "active" and not during:
        raise DutyError(told("a rotation that counts active windows needs `during`"), "count")
    length = _whole(data, "shift_length", 1)
    if not 1 <= length <= _LONGEST_TURN:
        words = told(
            "shift_length is %(length)s; it goes from 1 to %(most)s",
            length=str(length), most=str(_LONGEST_TURN),
        )  # fmt: skip
        raise DutyError(words, "shift_length")
    since, until = _life(data)
    return Rotation(
        people=tuple(_named(name, "people") for name in _items(data, "people")),
        handoff=cast(Handoff, _choice(data, "handoff", _HANDOFFS)),
        start=_moment(data, "start"),
        shift_length=length,
        during=during,
        count=cast(Count, count),
        priority=_whole(data, "priority", 0),
        timezone=_timezone(data),
        since=since,
        until=until,
    )


def _override(data: Written) -> Override:
    _only(
        data,
        told("an override"),
        ("start", "end", "person", "replace", "remove", "exclusive", "priority"),
    )
    start, end = _stretch(data, told("the override"))
    override = Override(
        start,
        end,
        person=_name(data, "person") if data.get("person") is not None else None,
        replace=_name(data, "replace") if data.get("replace") is not None else None,
        remove=_name(data, "remove") if data.get("remove") is not None else None,
        exclusive=_flag(data, "exclusive"),
        priority=_whole(data, "priority", 0),
    )
    _check_deed(override)
    return override


def _check_deed(override: Override) -> None:
    """Check that an override does exactly one thing: add, replace or remove."""
    if override.remove is not None:
        if override.person is not None or override.replace is not None:
            words = told("an override removes somebody or puts somebody on, not both")
            raise DutyError(words, "remove")
    elif override.person is None:
        words = told("the override has no person; say who is on, or `remove`")
        raise DutyError(words, "person")
    if override.exclusive and (override.remove or override.replace):
        raise DutyError(told("an exclusive override has only a person"), "exclusive")


def _temporary(data: Written) -> Temporary:
    _only(data, told("a temporary plan"), ("start", "end", "shifts"))
    start, end = _stretch(data, told("the temporary plan"))
    return Temporary(start, end, tuple(_shift(entry) for entry in _entries(data, "shifts")))


def _shift(data: Written) -> Shift:
    _only(data, told("a shift"), ("start", "end", "person"))
    start, end = _stretch(data, told("the shift"))
    return Shift(_name(data, "person"), start, end)


def _window(data: Written) -> Window:
    _only(data, told("a window"), ("days", "start", "end"))
    return Window(_days(data), _clock(data, "start"), _clock(data, "end"))


_READERS: Mapping[str, Callable[[Written], Rule]] = {
    "weekly": _weekly,
    "rotation": _rotation,
    "override": _override,
    "temporary": _temporary,
}


def _only(data: Written, what: Told, known: tuple[str, ...]) -> None:
    for field in data:
        if field not in known:
            words = told(
                "%(what)s does not know '%(field)s'; it knows %(known)s",
                what=what, field=field, known=", ".join(known),
            )  # fmt: skip
            raise DutyError(words, field)


def _given(data: Written, field: str) -> object:
    value = data.get(field)
    if value is None or value == "":
        raise DutyError(told("it has no %(field)s", field=field), field)
    return value


def _choice(data: Written, field: str, known: tuple[str, ...], default: str | None = None) -> str:
    value = default if default is not None and field not in data else _given(data, field)
    if value not in known:
        words = told(
            "%(field)s is '%(value)s'; use one of: %(known)s",
            field=field, value=str(value), known=", ".join(known),
        )  # fmt: skip
        raise DutyError(words, field)
    return str(value)


def _items(data: Written, field: str, default: Iterable[object] | None = None) -> Iterable[object]:
    value = data.get(field, default)
    if not isinstance(value, list | tuple):
        raise DutyError(told("%(field)s must be a list", field=field), field)
    return value


def _entries(
    data: Written, field: str, default: Iterable[object] | None = None
) -> Iterable[Written]:
    for entry in _items(data, field, default):
        if not isinstance(entry, Mapping):
            words = told(
                "each of %(field)s must have fields of its own, such as start", field=field
            )
            raise DutyError(words, field)
        yield entry


def _named(value: object, field: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise DutyError(_not(told("a name"), value, field), field)
    return written_names.written(value)


def _name(data: Written, field: str) -> str:
    return _named(_given(data, field), field)


def _days(data: Written) -> tuple[str, ...]:
    try:
        days = (day for item in _items(data, "days") for day in weekdays.days_in(str(item)))
        return tuple(dict.fromkeys(days))
    except Unreadable as error:
        raise DutyError(error.words, "days") from error


def _clock(data: Written, field: str) -> time:
    return _read(clock_times.time_of_day, data, field)


def _moment(data: Written, field: str) -> datetime:
    return _read(written_dates.instant, data, field)


_Value = TypeVar("_Value")


def _read(read: Callable[[str], _Value], data: Written, field: str) -> _Value:
    value = _given(data, field)
    try:
        return read(str(value))
    except Unreadable as error:
        words = told("%(field)s is %(why)s", field=field, why=error.words)
        raise DutyError(words, field) from error


def _life(data: Written) -> tuple[datetime | None, datetime | None]:
    since = _moment(data, "since") if data.get("since") is not None else None
    until = _moment(data, "until") if data.get("until") is not None else None
    if since is not None and until is not None and until <= since:
        words = told("the rule counts until no later than it counts from")
        raise EmptyStretchError(words, "until")
    return since, until


def _stretch(data: Written, what: Told) -> tuple[datetime, datetime]:
    start, end = _moment(data, "start"), _moment(data, "end")
    if end <= start:
        words = told(
            "%(what)s ends at %(end)s, which is not after its start",
            what=what,
            end=str(data["end"]),
        )
        raise EmptyStretchError(words, "end")
    return start, end


def _not(wanted: Told, value: object, field: str) -> Told:
    """What to say of a field that holds something else than it must."""
    return told(
        "%(field)s must be %(wanted)s, and '%(value)s' is not",
        field=field, wanted=wanted, value=str(value),
    )  # fmt: skip


def _whole(data: Written, field: str, default: int) -> int:
    value = data.get(field, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise DutyError(_not(told("a whole number"), value, field), field)
    return value


def _flag(data: Written, field: str) -> bool:
    value = data.get(field, False)
    if not isinstance(value, bool):
        raise DutyError(_not(told("true or false"), value, field), field)
    return value


def _timezone(data: Written) -> str | None:
    if data.get("timezone") is None:
        return None
    try:
        return time_zones.known(_name(data, "timezone")).key
    except Unreadable as error:
        raise DutyError(error.words, "timezone") from error


def _spare(kind: str, **fields: Any) -> dict[str, object]:
    return {"kind": kind, **{name: value for name, value in fields.items() if value is not None}}


def _window_data(hours: Weekly | Window) -> dict[str, object]:
    return {
        "days": list(hours.days),
        "start": hours.start.isoformat("minutes"),
        "end": hours.end.isoformat("minutes"),
    }


def _layer_data(rule: Weekly | Rotation) -> dict[str, object]:
    return {
        "priority": rule.priority or None,
        "timezone": rule.timezone,
        "since": rule.since.isoformat() if rule.since else None,
        "until": rule.until.isoformat() if rule.until else None,
    }


def _dated_data(dated: Override | Temporary | Shift) -> dict[str, object]:
    return {"start": dated.start.isoformat(), "end": dated.end.isoformat()}
