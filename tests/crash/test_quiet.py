"""A silence is as long as a caller would hear it, although the world runs faster than we do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.crash.quiet import Pauses, Quiet, silences

NOON = datetime(2026, 12, 8, 12, 0, tzinfo=UTC)


def span(begin: float, end: float) -> tuple[datetime, datetime]:
    return NOON + timedelta(seconds=begin), NOON + timedelta(seconds=end)


Spans = tuple[tuple[float, float], ...]


def longest(
    webhooks: Spans = (), outages: Spans = (), questions: Spans = (), stalls: Spans = ()
) -> float:
    """The seconds of a silence of 30 s by a clock that runs six times as fast."""
    asked = {"CA1": [span(*each) for each in webhooks], "CA2": [span(0, 30)]}
    down, stood = ([span(*each) for each in spans] for spans in (outages, stalls))
    pauses = Pauses(asked, down, stood, speed=6.0)
    quiet = Quiet([span(0, 30)], [span(*each) for each in questions])
    return max(each.seconds for each in silences({"CA1": quiet}, pauses))


def test_a_pause_of_the_hotline_counts_as_it_is_and_a_webhook_in_real_seconds() -> None:
    assert longest() == 30
    assert longest(webhooks=((-6, 6), (6, 18))) == 12 + 18 / 6
    assert longest(webhooks=((0, 12), (3, 9))) == 18 + 12 / 6


def test_while_the_only_web_side_is_down_the_clock_runs_slowly_and_every_second_counts() -> None:
    assert longest(outages=((-10, 20),)) == 30
    assert longest(webhooks=((0, 24),), outages=((6, 18),)) == 6 + 12 + 12 / 6


def test_while_the_carrier_stands_still_nobody_could_have_spoken() -> None:
    assert longest(stalls=((-10, 20),)) == 10
    assert longest(webhooks=((0, 24),), stalls=((6, 18),)) == 6 + 12 / 6


def test_the_time_in_which_a_caller_is_asked_for_a_key_is_theirs() -> None:
    assert longest(questions=((-10, 10),), webhooks=((10, 22),)) == 8 + 12 / 6
