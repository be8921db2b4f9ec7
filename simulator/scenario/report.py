"""The report of calls to send on: words, connections, HTTP requests, problems.

One HTML file without external assets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from simulator.base.json_answers import Json
from simulator.base.pretty import laid_out
from simulator.base.records import Entry, LegEntry, RestEntry, WebhookEntry
from simulator.calling.account import Account
from simulator.scenario.stage import Performance, Stage
from simulator.telephony.legs import Leg

MOST_LEGS = 40
MOST_TRAVELLED = 400
RIGHT_TO_LEFT = ("ar", "ur", "fa", "he")
_SAYS_NOTHING = {"created", "initiated", "queued", "recording", "dialled"}
_WORDS = {
    "answered": "picks up",
    "ringing": "is rung",
    "pressed": "presses",
    "bridged": "is connected with",
    "unbridged": "is no longer connected with",
    "queued in": "waits in the queue",
}


@dataclass(frozen=True)
class Said:
    """A line of the transcript."""

    at: str
    who: str
    what: str
    words: str = ""
    language: str = ""

    @property
    def direction(self) -> str:
        """The direction of the script."""
        return "rtl" if self.language[:2] in RIGHT_TO_LEFT else "ltr"


@dataclass(frozen=True)
class Bar:
    """A leg on the timeline; places are thousandths of its width."""

    who: str
    start: int
    answered: int | None
    end: int
    talks: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Travelled:
    """A request and its answer."""

    at: str
    kind: str
    asked: str
    status: str
    params: str
    answer: str


def page(stage: Stage, since: int | None, people: list[Json]) -> str:
    """The report of the last scenario, or of everything since a position of the journal.

    `people` are those that the application describes.
    """
    carrier = stage.carrier
    performance = stage.performance if since is None else None
    first = performance.first if performance else since or 0
    entries = carrier.journal_file.everything[first:]
    names = _names(carrier, performance, people)
    zone = stage.zone
    legs = _legs(carrier, entries, performance)
    began = min((leg.created_at for leg in legs), default=carrier.clock.now())
    ended = max((leg.ended_at or carrier.clock.now() for leg in legs), default=began)
    clock = _Clock(began, max(ended - began, timedelta(seconds=1)), zone)
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True
    )
    return templates.get_template("report.html").render(
        performance=performance,
        title=performance.scenario.title if performance else "Calls to the simulated carrier",
        at=began.astimezone(zone).strftime("%A %-d %B %Y, %H:%M"),
        zone=zone.key,
        seconds=round((ended - began).total_seconds()),
        bars=[_bar(leg, clock, names) for leg in legs],
        ticks=list(_ticks(clock)),
        transcript=list(_transcript(carrier, entries, {leg.sid for leg in legs}, clock, names)),
        travelled=[_travelled(entry, clock) for entry in _requests(entries)],
        left_out=max(sum(1 for _ in _requests(entries, None)) - MOST_TRAVELLED, 0),
        problems=carrier.problems,
        crowd=performance.crowd if performance else [],
    )


@dataclass(frozen=True)
class _Clock:
    began: datetime
    length: timedelta
    zone: object

    def place(self, at: datetime) -> int:
        return round(min(max((at - self.began) / self.length, 0.0), 1.0) * 1000)

    def time(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime("%H:%M:%S")  # type: ignore[arg-type]  # a ZoneInfo


def _names(
    carrier: Account, performance: Performance | None, people: list[Json]
) -> Mapping[str, str]:
    names = {str(one["number"]): str(one["name"]) for one in people}
    cast = performance.scenario.cast if performance else {}
    names |= {number: names.get(number, name) for name, number in cast.items()}
    return names | dict.fromkeys(carrier.lines, "the hotline")


def _legs(carrier: Account, entries: list[Entry], performance: Performance | None) -> list[Leg]:
    crowd = (
        {number for play in performance.crowd for number in play.cast.values()}
        if performance
        else set()
    )
    sids = dict.fromkeys(entry.leg for entry in entries if isinstance(entry, LegEntry))
    found = [carrier.legs[sid] for sid in sids if sid in carrier.legs]
    return [leg for leg in found if leg.phone.number not in crowd][:MOST_LEGS]


def _bar(leg: Leg, clock: _Clock, names: Mapping[str, str]) -> Bar:
    talks, since, others = [], None, 0
    for event in leg.timeline:
        others += {"bridged": 1, "unbridged": -1}.get(event.what, 0)
        if others and since is None:
            since = event.at
        elif not others and since:
            talks.append((clock.place(since), clock.place(event.at)))
            since = None
    end = leg.ended_at or leg.carrier.clock.now()
    if since:
        talks.append((clock.place(since), clock.place(end)))
    return Bar(
        names.get(leg.phone.number, leg.phone.number),
        clock.place(leg.created_at),
        clock.place(leg.answered_at) if leg.answered_at else None,
        clock.place(end),
        tuple(talks),
    )


def _ticks(clock: _Clock) -> Iterator[tuple[int, str]]:
    for part in range(5):
        yield part * 250, clock.time(clock.began + clock.length * part / 4)


def _transcript(
    carrier: Account, entries: list[Entry], sids: set[str], clock: _Clock, names: Mapping[str, str]
) -> Iterator[Said]:
    for entry in entries:
        if not isinstance(entry, LegEntry) or entry.leg not in sids or entry.what in _SAYS_NOTHING:
            continue
        who, at = names.get(entry.number, entry.number), clock.time(entry.at)
        if entry.heard is not None:
            spoken = carrier.legs[entry.leg].heard[entry.heard]
            yield Said(at, who, "hears", spoken.text or "♪", spoken.language)
        else:
            what = _WORDS.get(entry.what, entry.what)
            if entry.what == "answered" and carrier.legs[entry.leg].direction == "inbound":
                what = "calls, and is answered"
            detail = "" if entry.what == "queued in" else names.get(entry.detail, entry.detail)
            yield Said(at, who, f"{what} {detail}".strip())


def _requests(
    entries: list[Entry], most: int | None = MOST_TRAVELLED
) -> list[WebhookEntry | RestEntry]:
    return [entry for entry in entries if not isinstance(entry, LegEntry)][:most]


def _travelled(entry: WebhookEntry | RestEntry, clock: _Clock) -> Travelled:
    url = entry.url if isinstance(entry, WebhookEntry) else entry.path
    kind = entry.purpose if isinstance(entry, WebhookEntry) else "REST"
    params = "\n".join(f"{name} = {value}" for name, value in sorted(entry.params.items()))
    status = str(entry.status) if entry.status is not None else "no answer"
    asked = f"{entry.method} {url}"
    return Travelled(clock.time(entry.at), kind, asked, status, params, laid_out(entry.text))
