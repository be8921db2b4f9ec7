"""Scenarios: who calls, presses and answers, and when. Read from `scenarios.toml`."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.scenario import lines
from simulator.scenario.lines import Line

FILE = Path(__file__).with_name("scenarios.toml")
PARTS = {"title", "story", "clock", "ends", "cast", "before", "script", "crowd"}


class ScenarioError(Exception):
    """A scenario that cannot be played; the text says which one and what to correct."""


@dataclass(frozen=True)
class Written:
    """A line as it was written, and what it means."""

    text: str
    line: Line


@dataclass(frozen=True)
class Crowd:
    """Many callers, spread evenly over some seconds; the scripts alternate."""

    numbers: tuple[str, ...]
    seconds: float
    scripts: tuple[tuple[Written, ...], ...]


@dataclass(frozen=True)
class Scenario:
    """A story to play: `before` sets the stage; `ends` is what the application must remember."""

    name: str
    title: str
    story: str
    clock: str
    ends: str
    cast: Mapping[str, str]
    before: tuple[Written, ...]
    script: tuple[Written, ...]
    crowd: Crowd | None


def read(file: Path = FILE) -> Mapping[str, Scenario]:
    """Every scenario by name. Raises ScenarioError for a line that has no meaning."""
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    return {name: _scenario(name, told) for name, told in content.items()}


def _scenario(name: str, told: dict[str, Any]) -> Scenario:
    if strange := told.keys() - PARTS:
        raise ScenarioError(f"{name}: {', '.join(sorted(strange))} has no meaning here")
    cast: dict[str, str] = told["cast"]
    return Scenario(
        name,
        told["title"],
        told["story"],
        told.get("clock", ""),
        told["ends"],
        cast,
        tuple(_lines(name, told.get("before", ""), cast)),
        tuple(_lines(name, told["script"], cast)),
        _crowd(name, told.get("crowd")),
    )


def _lines(name: str, text: str, cast: Mapping[str, str]) -> Iterator[Written]:
    for part in (part.strip() for row in text.splitlines() for part in row.split(";")):
        if not part:
            continue
        try:
            line = lines.read(part)
        except ValueError as error:
            raise ScenarioError(f"{name}: {error}") from error
        if unknown := [who for who in lines.names(line) if who not in cast]:
            raise ScenarioError(f"{name}: {unknown[0]} is not in the cast: {part!r}")
        yield Written(part, line)


def _crowd(name: str, told: dict[str, Any] | None) -> Crowd | None:
    if told is None:
        return None
    numbers = [f"+1{area}55501{n:02}" for n in range(100) for area in told["area_codes"]]
    scripts = (tuple(_lines(name, text, {"caller": ""})) for text in told["scripts"])
    return Crowd(tuple(numbers[: told["callers"]]), float(told["seconds"]), tuple(scripts))
