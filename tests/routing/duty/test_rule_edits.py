"""What a request does to the rules: the past stays, the future is as requested until undone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.duty import wall_clock
from routing.duty.change_effects import Change, Turn, difference
from routing.duty.change_requests import (
    ChangeRequest,
    EndRule,
    Holiday,
    PutOn,
    Span,
    StandIn,
    TakeOff,
    TakeTurns,
    request_as_data,
    request_from,
)
from routing.duty.duty import Duty, on_duty, rule_as_data, rule_from, shifts
from routing.duty.rule_edits import (
    EXCEPTIONS,
    ChangeRefused,
    Edit,
    HeldRule,
    NewRule,
    Why,
    applied,
    edit_for,
    undoing,
)
from routing.duty.rules import Override, Rotation, Rule, Temporary, Weekly, Window
from routing.person import Responder
from routing.readers.weekdays import WEEKDAYS

NEW_YORK = "America/New_York"
ZONE = ZoneInfo(NEW_YORK)
WEEK = ("mon", "tue", "wed", "thu", "fri")
TUESDAY = datetime(2026, 12, 8, 7, 4, tzinfo=UTC)  # 02:04 in New York


def local(words: str) -> datetime:
    return datetime.fromisoformat(words)


def at(words: str) -> datetime:
    return wall_clock.start_instant(local(words), ZONE)


def span(start: str, end: str) -> Span:
    return Span(local(start), local(end))


def held(*rules: Rule) -> list[HeldRule]:
    return [HeldRule(key, rule, (EXCEPTIONS, key)) for key, rule in enumerate(rules, 1)]


def remembered(before: list[HeldRule], edit: Edit, hidden: list[HeldRule]) -> list[HeldRule]:
    """The rows after an edit, with keys as the database would assign them."""
    key = max([one.key for one in (*before, *hidden)], default=0)
    places = {one.key: one.order[1] for one in (*before, *hidden)}
    stay = [one for one in before if one.key not in edit.ended]
    again = [one for one in hidden if one.key in edit.restored]
    new = [
        HeldRule(
            key + n, one.rule, (EXCEPTIONS, places[one.in_place_of] if one.in_place_of else key + n)
        )
        for n, one in enumerate(edit.added, 1)
    ]
    return sorted([*stay, *again, *new], key=lambda one: (one.order, one.key))


def after(before: list[HeldRule], request: ChangeRequest, now: datetime = TUESDAY) -> Duty:
    return Duty(NEW_YORK, tuple(applied(before, edit_for(request, before, NEW_YORK, now))))


NIGHTS = Weekly(WEEK, time(20), time(8), "luis")


def test_a_shift_on_one_date_is_there_once() -> None:
    duty = after([], PutOn("ana", span("2026-12-11T22:00", "2026-12-12T06:00")))
    assert on_duty(duty, at("2026-12-12T05:59")) == {"ana"}
    assert on_duty(duty, at("2026-12-12T06:00")) == frozenset()
    assert on_duty(duty, at("2026-12-18T23:00")) == frozenset()


def test_a_weekly_shift_from_now_on_was_not_there_before() -> None:
    request = PutOn("ana", span("2026-12-11T22:00", "2026-12-12T06:00"), ("fri", "sat"))
    duty = after([], request)
    assert on_duty(duty, at("2026-12-05T01:00")) == frozenset()
    assert on_duty(duty, at("2026-12-12T01:00")) == {"ana"}
    assert on_duty(duty, at("2027-06-12T23:00")) == {"ana"}


def test_time_off_each_week_leaves_the_rest_of_the_shift_and_the_other_days() -> None:
    duty = after(held(NIGHTS), TakeOff("luis", span("2026-12-11T22:00", "2026-12-12T02:00"), True))
    assert on_duty(duty, at("2026-12-04T23:00")) == {"luis"}, "what has been stays"
    for friday in ("2026-12-11", "2026-12-18"):
        assert on_duty(duty, at(f"{friday}T21:59")) == {"luis"}
        assert on_duty(duty, at(f"{friday}T22:00")) == frozenset()
    for saturday in ("2026-12-12", "2026-12-19"):
        assert on_duty(duty, at(f"{saturday}T01:59")) == frozenset()
        assert on_duty(duty, at(f"{saturday}T02:00")) == {"luis"}
        assert on_duty(duty, at(f"{saturday}T08:00")) == frozenset()
    assert on_duty(duty, at("2026-12-17T23:00")) == {"luis"}


def test_standing_in_each_week_gives_the_hours_to_somebody_else() -> None:
    duty = after(
        held(NIGHTS), StandIn("luis", "ana", span("2026-12-11T20:00", "2026-12-12T08:00"), True)
    )
    assert on_duty(duty, at("2026-12-12T03:00")) == {"ana"}
    assert on_duty(duty, at("2027-01-09T03:00")) == {"ana"}
    assert on_duty(duty, at("2026-12-11T03:00")) == {"luis"}


def test_whoever_leaves_a_rotation_leaves_the_others_their_order() -> None:
    start = at("2026-11-30T09:00")
    turns = Rotation(("ana", "bo", "cy"), "weekly", start)
    duty = after(held(turns), TakeOff("bo", span("2026-12-09T09:00", "2026-12-09T17:00"), True))
    weeks = [start + timedelta(weeks=n, days=3) for n in range(5)]
    assert [set(on_duty(duty, week)) for week in weeks] == [
        {"ana"}, {"cy"}, {"ana"}, {"cy"}, {"ana"}
    ]  # fmt: skip
    assert on_duty(duty, at("2026-12-08T12:00")) == {"bo"}, "until the change begins"


def test_whoever_stands_in_for_good_has_the_same_turns() -> None:
    start = at("2026-11-30T09:00")
    turns = Rotation(("ana", "bo"), "weekly", start)
    request = StandIn("bo", "cy", span("2026-12-21T09:00", "2026-12-22T09:00"), True)
    duty = after(held(turns), request)
    assert on_duty(duty, start + timedelta(weeks=1, days=1)) == {"bo"}
    assert on_duty(duty, start + timedelta(weeks=3, days=1)) == {"cy"}


def test_on_a_holiday_everyone_is_off_or_only_those_who_were_chosen() -> None:
    whole_day = span("2026-12-25T00:00", "2026-12-26T00:00")
    assert on_duty(after(held(NIGHTS), Holiday(whole_day)), at("2026-12-25T23:00")) == frozenset()
    duty = after(held(NIGHTS), Holiday(whole_day, ("ana", "bo")))
    assert on_duty(duty, at("2026-12-25T05:00")) == {"ana", "bo"}
    assert on_duty(duty, at("2026-12-26T00:00")) == {"luis"}


def test_what_has_begun_is_changed_from_now_on_and_what_is_over_not_at_all() -> None:
    tonight = span("2026-12-07T22:00", "2026-12-08T06:00")
    edit = edit_for(TakeOff("luis", tonight), held(NIGHTS), NEW_YORK, TUESDAY)
    assert edit.begins == TUESDAY
    with pytest.raises(ChangeRefused) as refused:
        edit_for(
            TakeOff("luis", span("2026-12-06T22:00", "2026-12-07T06:00")), [], NEW_YORK, TUESDAY
        )
    assert refused.value.why is Why.OVER


def test_without_a_weekly_shift_there_is_nothing_to_change_each_week() -> None:
    with pytest.raises(ChangeRefused) as refused:
        after(held(NIGHTS), TakeOff("ana", span("2026-12-11T22:00", "2026-12-12T06:00"), True))
    assert refused.value.why is Why.NOTHING_REGULAR


def test_a_rule_on_another_clock_is_cut_on_its_own() -> None:
    rule = Weekly(("sat",), time(9), time(17), "ana", timezone="Europe/London")
    duty = after(held(rule), TakeOff("ana", span("2026-12-12T04:00", "2026-12-12T06:00"), True))
    assert on_duty(duty, at("2026-12-19T04:00")) == frozenset()
    assert on_duty(duty, at("2026-12-19T06:00")) == {"ana"}


@pytest.mark.parametrize(
    ("night", "hours"),
    [(("2026-10-31T22:00", "2026-11-01T06:00"), 9), (("2027-03-13T22:00", "2027-03-14T06:00"), 7)],
)
def test_a_shift_through_the_night_the_clocks_change_is_as_long_as_the_night(
    night: tuple[str, str], hours: int
) -> None:
    long_ago = datetime(2026, 10, 1, tzinfo=UTC)
    duty = after([], PutOn("ana", span(*night)), long_ago)
    (shift,) = shifts(duty, at(night[0]) - timedelta(days=1), at(night[1]) + timedelta(days=1))
    assert shift.end - shift.start == timedelta(hours=hours)


# For any request: the past stays, and undo restores the future.

PEOPLE = ("ana", "bo", "cy")
EVENINGS = Window(WEEK, time(9), time(1))
HOUR = timedelta(hours=1)
HANDOFFS = st.sampled_from(["daily", "weekly"])
WHO = st.sampled_from(PEOPLE)
QUARTERS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
DAYS = st.lists(st.sampled_from(WEEKDAYS), unique=True, min_size=1).map(tuple)
NIGHT = st.sampled_from([date(2026, 10, 31), date(2027, 3, 13), date(2026, 12, 8)])


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[HeldRule], ChangeRequest, datetime]:
    """Rules around a night with or without a clock change, a request, and a now."""
    night = draw(NIGHT)
    instants = st.integers(-72, 96).map(
        lambda hour: (
            wall_clock.start_instant(datetime.combine(night, time.min), ZONE)
            + timedelta(hours=hour)
        )
    )
    spans = st.builds(
        lambda day, start, hours: Span(
            datetime.combine(night, start) + timedelta(days=day),
            datetime.combine(night, start) + timedelta(days=day, hours=hours),
        ),
        st.integers(-2, 4), QUARTERS, st.integers(1, 24),
    )  # fmt: skip
    rules = draw(
        st.lists(
            st.one_of(
                st.builds(Weekly, DAYS, QUARTERS, QUARTERS, WHO),
                st.builds(
                    Rotation, st.just(PEOPLE), HANDOFFS, instants, st.integers(1, 2),
                    during=st.sampled_from([(), (EVENINGS,)]),
                ),
                st.builds(
                    lambda start, hours, deed: Override(start, start + hours * HOUR, **deed),
                    instants, st.integers(1, 48),
                    st.one_of(
                        st.fixed_dictionaries({"person": WHO}),
                        st.fixed_dictionaries({"person": WHO, "replace": WHO}),
                        st.fixed_dictionaries({"remove": WHO}),
                    ),
                ),
                st.builds(lambda start: Temporary(start, start + timedelta(hours=9)), instants),
            ),
            max_size=5,
        )
    )  # fmt: skip
    request = draw(
        st.one_of(
            st.builds(PutOn, WHO, spans, st.one_of(st.just(()), DAYS)),
            st.builds(TakeOff, WHO, spans, st.booleans()),
            st.builds(StandIn, WHO, WHO, spans, st.booleans()),
            st.builds(Holiday, spans, st.sampled_from([(), ("ana",), ("bo", "cy")])),
            st.builds(TakeTurns, st.just(PEOPLE[1:]), spans, DAYS, HANDOFFS, st.integers(1, 3)),
            st.builds(EndRule, st.integers(1, 5), spans.map(lambda one: one.start)),
        )
    )  # fmt: skip
    return held(*rules), request, draw(instants)


def moments(around: datetime) -> list[datetime]:
    return [around + timedelta(minutes=30 * step) for step in range(-8 * 48, 16 * 48, 3)]


@settings(max_examples=60)
@given(plans())
def test_nothing_changes_before_a_change_begins_nor_after_it_ends(
    plan: tuple[list[HeldRule], ChangeRequest, datetime],
) -> None:
    before, request, now = plan
    try:
        edit = edit_for(request, before, NEW_YORK, now)
    except ChangeRefused:
        return
    was = Duty(NEW_YORK, tuple(one.rule for one in before))
    will = Duty(NEW_YORK, tuple(applied(before, edit)))
    assert edit.begins >= now
    for moment in moments(edit.begins):
        if moment < edit.begins or (edit.ends and moment >= edit.ends):
            assert on_duty(was, moment) == on_duty(will, moment)


@settings(max_examples=60)
@given(plans(), st.integers(-48, 24 * 6), st.integers(1, 24 * 4))
def test_undo_brings_back_the_future_and_undo_of_the_undo_the_change_and_neither_the_past(
    plan: tuple[list[HeldRule], ChangeRequest, datetime], hours: int, later: int
) -> None:
    before, request, now = plan
    try:
        edit = edit_for(request, before, NEW_YORK, now)
    except ChangeRefused:
        return
    changed = remembered(before, edit, [])
    ended = [one for one in before if one.key in edit.ended]
    added = [one for one in changed if one not in before]
    then = max(now, edit.begins + timedelta(hours=hours))
    try:
        undo = undoing(added, ended, edit.begins, then)
    except ChangeRefused:
        return
    undone = remembered(changed, undo, ended)
    was, will, is_now = (
        Duty(NEW_YORK, tuple(one.rule for one in rules)) for rules in (before, changed, undone)
    )
    for moment in moments(then):
        assert on_duty(is_now, moment) == on_duty(will if moment < then else was, moment)

    again = then + timedelta(hours=later)
    gone = [one for one in undone if one not in changed]
    back = [one for one in changed if one not in undone]
    try:
        redo = undoing(gone, back, undo.begins, again)
    except ChangeRefused:
        return
    finally_ = Duty(
        NEW_YORK, tuple(one.rule for one in remembered(undone, redo, [*changed, *ended]))
    )
    for moment in moments(again):
        assert on_duty(finally_, moment) == on_duty(is_now if moment < again else will, moment)


@given(plans())
def test_a_request_survives_being_written_down(
    plan: tuple[list[HeldRule], ChangeRequest, datetime],
) -> None:
    _, request, _ = plan
    assert request_from(request_as_data(request)) == request


def test_since_when_and_until_when_a_rule_counts_survives_being_written_down() -> None:
    rule = Weekly(WEEK, time(8), time(20), "ana", since=TUESDAY, until=TUESDAY + timedelta(days=1))
    assert rule_from(rule_as_data(rule)) == rule


SPEAKERS = (
    Responder("ana", ("es", "en")),
    Responder("bo", ("en",)),
    Responder("cy", ("zh", "en")),
)
LANGUAGES = ("en", "es", "zh")


@settings(max_examples=50)
@given(plans())
def test_the_difference_says_what_differs_at_each_instant_and_nothing_else(
    plan: tuple[list[HeldRule], ChangeRequest, datetime],
) -> None:
    before, request, now = plan
    try:
        edit = edit_for(request, before, NEW_YORK, now)
    except ChangeRefused:
        return
    was = Duty(NEW_YORK, tuple(one.rule for one in before))
    will = Duty(NEW_YORK, tuple(applied(before, edit)))
    until = edit.begins + timedelta(days=10)
    found = difference(
        shifts(was, edit.begins, until),
        shifts(will, edit.begins, until),
        SPEAKERS,
        LANGUAGES,
        until,
    )
    for step in range(0, 10 * 48, 5):
        moment = edit.begins + timedelta(minutes=30 * step)
        told = {(one.turn, one.about) for one in found if one.start <= moment < one.end}
        assert told == differs(on_duty(was, moment), on_duty(will, moment))


def differs(was: frozenset[str], will: frozenset[str]) -> set[tuple[Turn, str | None]]:
    """The same result, computed without shifts."""
    found: set[tuple[Turn, str | None]] = {(Turn.OFF, one) for one in was - will}
    found |= {(Turn.ON, one) for one in will - was}
    for code in LANGUAGES:
        speakers = {one.id for one in SPEAKERS if one.speaks(code)}
        if was & speakers and not will & speakers:
            found.add((Turn.OPENED, code))
        if will & speakers and not was & speakers:
            found.add((Turn.CLOSED, code))
    if was and not will:
        found.add((Turn.OPENED, None))
    if will and not was:
        found.add((Turn.CLOSED, None))
    return found


def test_the_difference_in_the_words_of_the_brief() -> None:
    rules = held(
        Weekly(("fri",), time(22), time(6), "ana"), Weekly(("fri",), time(20), time(2), "bea")
    )
    people = (Responder("ana", ("es",)), Responder("bea", ("es",)))
    edit = edit_for(
        TakeOff("ana", span("2026-12-11T22:00", "2026-12-12T06:00")), rules, NEW_YORK, TUESDAY
    )
    was = Duty(NEW_YORK, tuple(one.rule for one in rules))
    will = Duty(NEW_YORK, tuple(applied(rules, edit)))
    assert edit.ends
    found = difference(
        shifts(was, edit.begins, edit.ends), shifts(will, edit.begins, edit.ends),
        people, ("es",), edit.ends,
    )  # fmt: skip
    assert found == [
        Change(Turn.OFF, "ana", at("2026-12-11T22:00"), at("2026-12-12T06:00")),
        Change(Turn.OPENED, None, at("2026-12-12T02:00"), at("2026-12-12T06:00")),
        Change(Turn.OPENED, "es", at("2026-12-12T02:00"), at("2026-12-12T06:00")),
    ]


def test_a_copy_stands_where_the_rule_stood_among_the_overrides() -> None:
    day, noon = at("2026-12-09T00:00"), at("2026-12-09T12:00")
    first = Override(day, day + timedelta(days=1), person="ana")
    second = Override(day, day + timedelta(days=1), remove="ana")
    edit = Edit(noon, (1,), (NewRule(Override(day, noon, person="ana"), 1),))
    assert applied(held(first, second), edit)[-1] == second
