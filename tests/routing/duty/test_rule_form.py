"""Stored rules: which ones are refused, and with which words."""

from typing import Any

import pytest

from routing.duty.duty import DutyError, EmptyStretchError, people_in, rule_from

WEEKLY = {"kind": "weekly", "days": ["mon"], "start": "08:00", "end": "20:00", "person": "ana"}
ROTATION = {
    "kind": "rotation",
    "people": ["ana", "bo"],
    "handoff": "daily",
    "start": "2026-06-01T08:00:00-04:00",
}
OVERRIDE = {
    "kind": "override",
    "start": "2026-06-01T08:00:00-04:00",
    "end": "2026-06-01T12:00:00-04:00",
    "person": "ana",
}
TEMPORARY: dict[str, Any] = {
    "kind": "temporary",
    "start": OVERRIDE["start"],
    "end": OVERRIDE["end"],
    "shifts": [],
}


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({}, "kind", "it has no kind"),
        ({**WEEKLY, "kind": "weekli"}, "kind", "use one of: weekly, rotation, override, temporary"),
        ({**WEEKLY, "persn": "x"}, "persn", "does not know 'persn'"),
        ({**WEEKLY, "days": ["someday"]}, "days", "'someday' is not a day; use mon, tue"),
        ({**WEEKLY, "days": "mon"}, "days", "days must be a list"),
        ({**WEEKLY, "start": "24:00"}, "start", "midnight as 00:00"),
        ({**WEEKLY, "end": 1320}, "end", "write a time of day like 08:30"),
        ({**WEEKLY, "person": " "}, "person", "person must be a name"),
        ({**WEEKLY, "person": None}, "person", "it has no person"),
        ({**WEEKLY, "priority": True}, "priority", "must be a whole number"),
        ({**WEEKLY, "timezone": "America/Gotham"}, "timezone", "is not a time zone"),
        ({**WEEKLY, "timezone": "../etc/passwd"}, "timezone", "is not a time zone"),
        ({**WEEKLY, "timezone": "America"}, "timezone", "is not a time zone"),
        ({**ROTATION, "handoff": "monthly"}, "handoff", "use one of: hourly, daily, weekly"),
        ({**ROTATION, "shift_length": 0}, "shift_length", "it goes from 1"),
        ({**ROTATION, "people": [""]}, "people", "people must be a name"),
        ({**ROTATION, "start": "2026-06-01T08:00:00"}, "start", "with its offset"),
        ({**ROTATION, "start": "yesterday"}, "start", "with its offset"),
        ({**ROTATION, "count": "active"}, "count", "needs `during`"),
        ({**ROTATION, "during": ["mon"]}, "during", "must have fields of its own"),
        ({**OVERRIDE, "person": None}, "person", "the override has no person"),
        ({**OVERRIDE, "person": None, "replace": "bo"}, "person", "has no person"),
        ({**OVERRIDE, "remove": "bo"}, "remove", "not both"),
        ({**OVERRIDE, "replace": "bo", "exclusive": True}, "exclusive", "only a person"),
        ({**OVERRIDE, "exclusive": "yes"}, "exclusive", "must be true or false"),
        ({**TEMPORARY, "shifts": [{"person": "ana"}]}, "start", "it has no start"),
        ({**TEMPORARY, "shifts": None}, "shifts", "shifts must be a list"),
    ],
)
def test_a_wrong_rule_is_refused_in_words_that_say_what_to_fix(
    data: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(DutyError) as refused:
        rule_from(data)

    assert words in str(refused.value)
    assert refused.value.field == field


@pytest.mark.parametrize("end", ["2026-06-01T08:00:00-04:00", "2026-06-01T12:59:59+01:00"])
def test_an_override_must_end_after_it_starts(end: str) -> None:
    with pytest.raises(EmptyStretchError, match="not after its start"):
        rule_from({**OVERRIDE, "end": end})


def test_everybody_a_rule_names_is_found() -> None:
    shift = {"start": OVERRIDE["start"], "end": OVERRIDE["end"], "person": "dee"}

    assert list(people_in(rule_from(WEEKLY))) == ["ana"]
    assert list(people_in(rule_from(ROTATION))) == ["ana", "bo"]
    assert list(people_in(rule_from({**OVERRIDE, "replace": "bo"}))) == ["bo", "ana"]
    assert list(people_in(rule_from({**TEMPORARY, "shifts": [shift]}))) == ["dee"]
