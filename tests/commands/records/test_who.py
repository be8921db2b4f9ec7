"""`hotline who` names the same people as the console's page."""

from __future__ import annotations

import json

from tests.console.people.test_proven_numbers import page_of
from tests.faults.keeping import run
from tests.hotline import Hotline

NOW = "2026-12-08T02:04"  # the hotline's local time when these tests begin


def would_ring(hotline: Hotline, at: str | None = NOW, language: str = "en") -> list[str]:
    """The names that the command prints, in order."""
    when = ("--at", at) if at else ()
    asked = run(hotline, "who", *when, "--language", language, "--json")
    assert asked.exit_code == 0, asked.output
    names: list[str] = json.loads(asked.stdout)["would_ring"]
    return names


def test_one_who_is_paused_is_not_named_until_the_pause_is_over(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana")
    hotline.has_on_duty("Ben")
    cora = page_of(hotline.has_user("Cora").signs_in(), "Ana")
    cora.fills("Pause until", "2026-12-08T04:04").presses("Pause")
    hotline.waits(1)
    at = "2026-12-08T02:05"
    assert would_ring(hotline, at) == ["Ben"]
    assert "not now: Ana (paused)" in run(hotline, "who", "--at", at).stdout
    assert set(would_ring(hotline, "2026-12-08T04:05")) == {"Ana", "Ben"}
    called, _, kept = cora.opens("/schedule/who?language=en&need=question").reads.partition(
        "On duty, but not called"
    )
    assert "Ana : paused" in kept
    assert "Round 1: 1 phone rings" in called
    assert "Ben" in called.partition("Round 1")[2]
    assert "Ana round" not in called


def test_in_a_surge_every_tier_is_named_from_the_start(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana")
    hotline.has_on_duty("Ben", tier=2)
    hotline.is_called().press("1").press("3")
    hotline.waits(2)  # so Ana was rung a moment ago, and Ben never
    assert would_ring(hotline) == ["Ana", "Ben"]
    hotline.has_a_surge(hours=2)
    assert would_ring(hotline, "2026-12-08T02:05") == ["Ben", "Ana"]
    assert would_ring(hotline, "2026-12-08T05:00") == ["Ana", "Ben"]


def test_asked_about_this_moment_whoever_is_on_a_call_is_not_named(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.has_on_duty("Ben", tier=2)
    call = hotline.is_called().press("1").press("3")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    assert would_ring(hotline, at=None) == ["Ben"]
    assert would_ring(hotline, "2026-12-20T05:00") == ["Ana", "Ben"]


def test_a_dead_number_is_named_only_when_nobody_else_is_left(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    ana.phone.unreachable()
    for _ in range(2):
        hotline.is_called().press("1").press("3").says_nothing(5).hangs_up()
    assert would_ring(hotline) == ["Ana"]
    hotline.has_on_duty("Ben", tier=2)
    assert would_ring(hotline) == ["Ben"]


def test_it_says_who_rings_together_and_why(hotline: Hotline) -> None:
    hotline.has_on_duty("Rana", speaks="bn en", needs=("emergency",))
    hotline.has_on_duty("Sol", speaks="es", role="volunteer")
    hotline.has_on_duty("Cora", speaks="es", tier=3, role="coordinator")
    hotline.has_on_duty("Ines", speaks="es", role="interpreter")
    told = run(hotline, "who", "--language", "es", "--need", "emergency").stdout
    together = "Sol (same language), Cora (same language), Rana (with an interpreter)"
    assert f"round 1: {together}" in told
    assert "round 2" not in told
    assert "not now: Ines (an interpreter is never alone with a caller)" in told
    asked_later = run(hotline, "who", "--language", "es", "--need", "question").stdout
    assert "round 1: Sol (first line, same language)" in asked_later
    dan = hotline.has_user("Dan").signs_in().opens("/schedule/who?language=es&need=emergency")
    called, _, passed_over = dan.reads.partition("On duty, but not called")
    assert "Round 1: 3 phones ring together" in called
    assert "coordinator" in called
    assert "coordination" not in called, "a coordinator's tier says nothing more"
    assert "Ines : an interpreter is never alone with a caller" in passed_over


def test_the_interpreters_who_join_are_named_if_the_best_match_lacks_the_language(
    hotline: Hotline,
) -> None:
    hotline.has_on_duty("Abe", "en")
    hotline.has_on_duty("Ines", "es en", role="interpreter")
    hotline.knows("Ilse", "es", role="interpreter")
    hotline.has_on_duty("Ivan", "ru en", role="interpreter")
    asked = run(hotline, "who", "--at", NOW, "--language", "es", "--need", "emergency").stdout
    assert "would join: Ines, then Ilse" in asked
    asked = run(hotline, "who", "--at", NOW, "--language", "es", "--need", "question").stdout
    assert "would join: Ines\n" in asked
    assert "would join" not in run(hotline, "who", "--at", NOW).stdout
    cora = hotline.has_user("Cora").signs_in()
    page = cora.opens("/schedule/who?language=es&need=emergency").reads
    assert "Interpreters who are asked to join, in this order: Ines , Ilse" in page


def test_the_vendors_line_is_named_last_where_it_would_be_rung(hotline: Hotline) -> None:
    hotline.restarts(interpreter_number="+18005550142")
    hotline.has_on_duty("Abe", "en")
    asked = ("who", "--at", NOW, "--language", "es", "--need", "emergency")
    assert "would join: the interpreter service\n" in run(hotline, *asked).stdout
    hotline.has_on_duty("Ines", "es en", role="interpreter")
    assert "would join: Ines, then the interpreter service\n" in run(hotline, *asked).stdout
    assert "interpreter service" not in run(hotline, "who", "--at", NOW).stdout
    cora = hotline.has_user("Cora").signs_in()
    page = cora.opens("/schedule/who?language=es&need=emergency").reads
    assert "in this order: Ines , the interpreter service" in page
    assert "interpreter service" not in cora.opens("/schedule/who?language=en").reads
