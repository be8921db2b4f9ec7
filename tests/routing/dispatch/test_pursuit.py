"""Who is rung in a pursuit, and when: rounds of levels until somebody owns the item."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.dispatch import pursuit
from routing.dispatch.pursuit import Crew, Item, Level, Step
from routing.person import SISTER_LINE_ROLE, Pursued, Responder, usually_pursued

OPENED = datetime(2026, 12, 8, 7, 4, tzinfo=UTC)
SPAN = timedelta(minutes=40)
ANA = Responder("ana", ("es",))
BEN = Responder("ben", ("en",))
CAL = Responder("cal", ("es",), tier=2)
DEE = Responder("dee", ("en",), tier=3, pursued=Pursued.EMERGENCIES)
EVA = Responder("eva", ("en",), tier=4, pursued=Pursued.EMERGENCIES)
LINE = Responder("line", ("en",), tier=3, role=SISTER_LINE_ROLE)
DUE = OPENED + timedelta(minutes=15)
MORNING = OPENED + timedelta(hours=5)


def opened(need: str = "emergency") -> Item:
    """An item that was opened at OPENED and rang nobody yet."""
    return Item("es", need, DUE, 0, OPENED, OPENED, None)


def first(crew: Crew, item: Item | None = None, seconds: float = 30) -> Step:
    """The step of an item at so many seconds after its opening."""
    return pursuit.next_step(item or opened(), crew, OPENED + timedelta(seconds=seconds))


def rung(step: Step) -> list[str]:
    """The people who are rung in this step."""
    return [invitation.person for invitation in step.invited]


def test_the_nearest_level_with_people_is_rung_first() -> None:
    everybody = (EVA, DEE, CAL, BEN, ANA)
    on_duty = {"ana", "ben", "cal"}
    assert rung(first(Crew(everybody, on_duty))) == ["ana"]
    assert rung(first(Crew((EVA, DEE, CAL, BEN), on_duty))) == ["ben"]
    assert rung(first(Crew((EVA, DEE, CAL), on_duty))) == ["cal"]
    assert rung(first(Crew((EVA, DEE), on_duty))) == ["dee"]
    assert rung(first(Crew((EVA,), on_duty))) == ["eva"]


def test_people_of_the_first_lines_are_rung_only_on_duty() -> None:
    step = first(Crew((ANA, BEN, CAL), ()))
    assert (rung(step), step.nobody) == ([], True)


def test_the_next_level_follows_after_a_minute_even_if_a_phone_still_rings() -> None:
    crew = Crew((ANA, DEE), {"ana"}, asked={"ana"}, is_ringing=True)
    assert rung(first(crew, seconds=59)) == []
    step = first(crew, seconds=60)
    assert (rung(step), step.level) == (["dee"], Level.OFF_DUTY)


def test_who_said_not_me_is_spared_and_the_next_is_rung_at_once() -> None:
    crew = Crew((ANA, DEE), {"ana"}, refused={"ana"}, asked={"ana"})
    assert rung(first(crew, seconds=41)) == ["dee"]


def test_a_round_begins_again_three_minutes_after_its_last_ring() -> None:
    item = replace(opened(), last_ring_at=OPENED + timedelta(seconds=30))
    crew = Crew((ANA,), {"ana"}, asked={"ana"})
    step = first(crew, item, seconds=50)
    assert (rung(step), step.next_at) == ([], OPENED + timedelta(seconds=210))
    assert rung(first(crew, item, seconds=210)) == ["ana"]


def test_nobody_who_talks_is_rung() -> None:
    step = first(Crew((ANA,), {"ana"}, busy={"ana"}))
    assert (rung(step), step.nobody) == ([], False)
    assert step.next_at == OPENED + timedelta(seconds=30) + pursuit.RECHECK


@pytest.mark.parametrize(
    ("need", "first_ring"), [("emergency", 30), ("unknown", 30), (None, 30), ("detained", 60)]
)
def test_the_more_urgent_is_rung_sooner(need: str | None, first_ring: int) -> None:
    assert pursuit.pace(need).first_ring == timedelta(seconds=first_ring)


def test_a_question_gets_a_text_before_it_is_due_and_a_ring_when_it_is() -> None:
    crew = Crew((ANA, DEE), {"ana"})
    early = first(crew, opened("question"), seconds=60)
    assert (rung(early), early.by_text, early.next_at) == (["ana"], True, DUE)
    due = replace(opened("question"), level_since=DUE, round_since=DUE)
    step = pursuit.next_step(due, crew, DUE)
    assert (rung(step), step.by_text) == (["ana"], False)


def test_a_question_rings_nobody_off_duty_and_nobody_at_night() -> None:
    due = replace(opened("question"), level_since=DUE, round_since=DUE)
    by_day = pursuit.next_step(due, Crew((DEE, EVA), ()), DUE)
    assert (rung(by_day), by_day.nobody) == ([], True)
    at_night = pursuit.next_step(due, Crew((ANA,), {"ana"}), DUE, MORNING)
    assert (rung(at_night), at_night.nobody, at_night.next_at) == ([], False, MORNING)


def test_who_agreed_to_always_is_rung_at_night_and_off_duty_too() -> None:
    flo = Responder("flo", ("es",), tier=1, pursued=Pursued.ALWAYS)
    due = replace(opened("question"), level_since=DUE, round_since=DUE)
    assert rung(pursuit.next_step(due, Crew((flo,), ()), DUE, MORNING)) == ["flo"]


def test_who_agreed_to_never_is_not_rung_off_duty() -> None:
    gil = replace(DEE, pursued=Pursued.NEVER)
    assert rung(first(Crew((gil,), ()))) == []
    assert rung(first(Crew((gil,), {"dee"}))) == ["dee"]


def test_dates_within_two_days_ring_those_on_duty_at_night() -> None:
    clock = pursuit.pace("court_soon")
    assert clock.first_ring == timedelta(minutes=5)
    assert clock.last_at_night == Level.BACKUP


def test_the_sister_line_is_rung_after_everybody_else_and_is_not_somebody() -> None:
    assert rung(first(Crew((LINE, EVA), ()))) == ["eva"]
    step = first(Crew((LINE, EVA), (), asked={"eva"}, busy={"eva"}))
    assert (rung(step), step.level, step.nobody) == (["line"], Level.SISTER_LINE, False)
    alone = first(Crew((LINE,), ()))
    assert (rung(alone), alone.nobody) == (["line"], True)
    due = replace(opened("question"), level_since=DUE, round_since=DUE)
    assert rung(pursuit.next_step(due, Crew((LINE,), ()), DUE)) == []


def test_rest_is_broken_only_when_all_others_are_exhausted() -> None:
    crew = Crew((ANA, DEE, LINE), {"ana"}, resting={"ana"})
    assert rung(first(crew)) == ["dee"]
    others = {"dee", "line"}
    assert rung(first(replace(crew, busy=others, asked=others))) == ["ana"]
    assert rung(first(replace(crew, busy=others), opened("detained"), seconds=60)) == []


def test_a_ring_for_one_item_speaks_for_the_others() -> None:
    """While a coordinator's phone rings for another item, the director sleeps."""
    crew = Crew((DEE, EVA), (), busy={"dee"}, rung_for_others={"dee"})
    step = first(crew)
    assert (rung(step), step.level) == ([], Level.OFF_DUTY)
    waiting = replace(opened(), level=step.level, level_since=step.level_since)
    assert rung(first(crew, waiting, seconds=60)) == []
    assert rung(first(crew, waiting, seconds=90)) == ["eva"]


def test_many_items_ask_those_off_duty_for_an_hour_and_no_director() -> None:
    asked = pursuit.asked_for_an_hour((ANA, DEE, EVA, LINE), {"ana"})
    assert [person.id for person in asked] == ["dee"]


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-12-08T03:30+00:00", "2026-12-08T12:00+00:00"),  # 22:30 on the 7th
        ("2026-12-08T11:59+00:00", "2026-12-08T12:00+00:00"),  # 06:59
        ("2026-12-08T12:00+00:00", None),  # 07:00
        ("2027-03-14T05:00+00:00", "2027-03-14T11:00+00:00"),  # the night without 02:30
        ("2026-11-01T04:00+00:00", "2026-11-01T12:00+00:00"),  # the night with two hours more
    ],
)
def test_the_night_ends_by_the_clock_on_the_wall(now: str, morning: str | None) -> None:
    found = pursuit.morning_after(datetime.fromisoformat(now), ZoneInfo("America/New_York"))
    assert found == (datetime.fromisoformat(morning) if morning else None)


@dataclass
class Night:
    """Forty minutes of one emergency that nobody takes."""

    people: list[Responder]
    on_duty: set[str]
    answers: list[tuple[int, bool]]
    """For each ring in turn: how long it rings, in seconds, and whether key 2 is pressed."""
    began: list[tuple[datetime, str]] = field(default_factory=list)
    ended: list[tuple[datetime, datetime]] = field(default_factory=list)
    refused: dict[str, datetime] = field(default_factory=dict)
    alerts: list[datetime] = field(default_factory=list)

    def passes(self) -> None:
        """Take each step when it is due, or when the last phone stops ringing."""
        item, now = opened(), OPENED + timedelta(seconds=30)
        while now < OPENED + SPAN:
            step = pursuit.next_step(item, self._crew(item, now), now)
            if step.nobody:
                self.alerts.append(now)
            item = replace(
                item, level=step.level, level_since=step.level_since, round_since=step.round_since
            )
            if step.invited:
                item = replace(item, last_ring_at=now)
            for invitation in step.invited:
                self._rings(invitation.person, now)
            over = [end for _, end in self.ended if end > now]
            now = min([step.next_at, *([max(over)] if over else [])])

    def _rings(self, person: str, now: datetime) -> None:
        seconds, refuses = self.answers[len(self.began) % len(self.answers)]
        end = now + timedelta(seconds=seconds)
        self.began.append((now, person))
        self.ended.append((now, end))
        if refuses:
            self.refused[person] = end

    def _crew(self, item: Item, now: datetime) -> Crew:
        spared = now - pursuit.SPARED_AFTER_REFUSAL
        lately = now - pursuit.NOT_TWICE_WITHIN
        return Crew(
            self.people,
            self.on_duty,
            refused={who for who, at in self.refused.items() if spared < at <= now},
            busy={who for at, who in self.began if at > lately},
            asked={who for at, who in self.began if at >= item.round_since},
            is_ringing=any(end > now for _, end in self.ended),
        )


@st.composite
def nights(draw: st.DrawFn) -> Night:
    """Small rosters, empty ones and single coordinators too."""
    tiers = draw(st.lists(st.integers(1, 4), max_size=5))
    spoken = draw(st.lists(st.sampled_from(["es", "en"]), min_size=5, max_size=5))
    there = draw(st.lists(st.booleans(), min_size=5, max_size=5))
    people = [
        Responder(f"p{n}", (spoken[n],), tier=tier, pursued=usually_pursued(tier))
        for n, tier in enumerate(tiers)
    ]
    on_duty = {person.id for person, is_there in zip(people, there, strict=False) if is_there}
    ends = st.tuples(st.integers(1, 90), st.booleans())
    return Night(people, on_duty, draw(st.lists(ends, min_size=1, max_size=7)))


@settings(max_examples=500)
@given(nights())
def test_from_one_minute_on_it_rings_or_soon_rings_or_alerts(night: Night) -> None:
    """Every instant is at most three minutes before the next ring or alert, or inside a ring."""
    night.passes()
    sounds = sorted([at for at, _ in night.began] + night.alerts)
    assert sounds
    assert sounds[0] <= OPENED + timedelta(seconds=60)
    end = OPENED + SPAN - timedelta(minutes=3)
    for at, following in pairwise(sounds):
        is_over = max([until for began, until in night.ended if began <= at], default=at)
        assert following <= max(is_over, at) + timedelta(minutes=3)
    assert sounds[-1] >= end


@settings(max_examples=200)
@given(nights())
def test_nobody_is_rung_twice_within_three_minutes_nor_soon_after_a_refusal(night: Night) -> None:
    night.passes()
    for person in night.people:
        times = [at for at, who in night.began if who == person.id]
        gaps = [later - sooner for sooner, later in pairwise(times)]
        assert all(gap >= pursuit.NOT_TWICE_WITHIN for gap in gaps)
        if person.tier < 3:
            assert not times or person.id in night.on_duty
