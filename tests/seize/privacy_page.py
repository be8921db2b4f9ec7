"""What was found, as tables and as sentences for a caller, in docs/privacy.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.seize.adversaries import Adversary, Finding
from tests.seize.planted import CALLERS, Kind

PAGE = Path(__file__).resolve().parents[2] / "docs" / "privacy.md"
_COLUMNS = {
    Adversary.DEMAND: "demand",
    Adversary.DISK: "disk",
    Adversary.DISK_AND_KEYS: "disk, keys",
    Adversary.BACKUP: "backup",
    Adversary.BACKUP_AND_KEYS: "backup, keys",
    Adversary.MACHINE: "memory",
    Adversary.VOLUNTEER: "volunteer",
    Adversary.PHONE: "phone",
    Adversary.CARRIER: "carrier",
    Adversary.BROWSER: "browser",
}


@dataclass(frozen=True)
class Question:
    """What a caller may ask, and who would know."""

    words: str
    adversaries: tuple[Adversary, ...]


QUESTIONS = (
    Question("An office asks us whether your number called", (Adversary.DEMAND,)),
    Question(
        "Our computers or backups are taken, and not their keys",
        (Adversary.DISK, Adversary.BACKUP),
    ),
    Question(
        "Our computers or backups are taken together with the keys",
        (Adversary.DISK_AND_KEYS, Adversary.BACKUP_AND_KEYS, Adversary.MACHINE),
    ),
    Question(
        "A volunteer wants to tell on you, or loses their phone",
        (Adversary.VOLUNTEER, Adversary.PHONE),
    ),
    Question("The telephone company of the hotline looks it up", (Adversary.CARRIER,)),
    Question("The laptop of a coordinator is taken", (Adversary.BROWSER,)),
)


@dataclass(frozen=True)
class Found:
    """The findings of one run, on each database."""

    findings: Sequence[Finding]

    @property
    def days(self) -> list[int]:
        """The days on which the lines were looked through."""
        return sorted({each.day for each in self.findings})

    def last_day(self, adversaries: Iterable[Adversary], kind: Kind) -> int | None:
        """The last day on which any of them finds it; None: on no day."""
        who = set(adversaries)
        return max(
            (f.day for f in self.findings if f.found and f.kind is kind and f.adversary in who),
            default=None,
        )

    def was_measured(self, adversary: Adversary, kind: Kind) -> bool:
        """Whether anybody looked."""
        return any(each.adversary is adversary and each.kind is kind for each in self.findings)

    def has_rows_of(self, adversary: Adversary) -> bool:
        """Whether this adversary came."""
        return any(each.adversary is adversary for each in self.findings)

    def how_long(self, last: int | None) -> str:
        """So many days in words."""
        later = [day for day in self.days if last is not None and day > last]
        if last is None:
            return "never"
        return f"up to {_days(later[0])}" if later else f"still after {_days(last)}"


def table(found: Found) -> Iterator[str]:
    """How long each value can be found by each adversary."""
    yield f"| what was planted | {' | '.join(_COLUMNS.values())} |"
    yield f"|---|{'---|' * len(_COLUMNS)}"
    for kind in Kind:
        cells = (_cell(found, adversary, kind) for adversary in _COLUMNS)
        yield f"| {kind} | {' | '.join(cells)} |"


def _cell(found: Found, adversary: Adversary, kind: Kind) -> str:
    if not found.was_measured(adversary, kind):
        return ""
    last = found.last_day([adversary], kind)
    return "-" if last is None else found.how_long(last)


def run(found: Found, databases: Iterable[str], on: date) -> Iterator[str]:
    """When it was measured, and where."""
    days = ", ".join(map(str, found.days))
    yield f"Measured on {on}, on {' and '.join(databases)}, looked through on days {days}."


def places(found: Found) -> Iterator[str]:
    """Where each thing that can be found was found, and on which days."""
    yield "| who | where | what | found on day |"
    yield "|---|---|---|---|"
    rows: dict[tuple[str, str, str], set[int]] = {}
    for each in found.findings:
        if each.found:
            rows.setdefault((each.adversary, each.place, each.kind), set()).add(each.day)
    order = list(Adversary)
    for (who, where, what), days in sorted(
        rows.items(), key=lambda row: (order.index(Adversary(row[0][0])), row[0])
    ):
        yield f"| {who} | {where} | {what} | {', '.join(map(str, sorted(days)))} |"


def for_a_caller(found: Found) -> Iterator[str]:
    """Sentences that a coordinator can read to a caller."""
    for question in QUESTIONS:
        known = [
            (kind, last)
            for kind in Kind
            if kind in CALLERS and (last := found.last_day(question.adversaries, kind)) is not None
        ]
        unseen = [who for who in question.adversaries if not found.has_rows_of(who)]
        if len(unseen) < len(question.adversaries):
            open_yet = f" Not looked at yet: {'; '.join(unseen)}." if unseen else ""
            yield f"- **{question.words}.** {_answer(found, known)}{open_yet}"


def _answer(found: Found, known: Sequence[tuple[Kind, int]]) -> str:
    if not known:
        return "Nothing of what you told us is found there, on any day."
    by_time: dict[str, list[str]] = {}
    for kind, last in known:
        by_time.setdefault(found.how_long(last), []).append(str(kind))
    said = "; ".join(f"{', '.join(kinds)} ({time})" for time, kinds in by_time.items())
    return f"This can be learnt: {said}. Nothing else."


def write(name: str, lines: Iterable[str]) -> None:
    """Replace one measured part of the page."""
    part = "\n".join(lines)
    begins, ends = f"<!-- measured: {name} -->", "<!-- end -->"
    page = PAGE.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(begins)}.*?{ends}", re.DOTALL)
    if not pattern.search(page):
        raise RuntimeError(f"{PAGE} has no part {begins}")
    PAGE.write_text(pattern.sub(lambda _: f"{begins}\n{part}\n{ends}", page), encoding="utf-8")


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
