"""One caller, and a process that dies at one commit of theirs: just before it, or just after.

Everything runs in this process on a clock that obeys, so that every point can be tried in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import httpx
from sqlalchemy import event

from ivr.worker.loop import Worker
from models.core.database import Session
from simulator.base.records import as_json
from tests.crash import bugs, checker, truth
from tests.crash.callers import Plan
from tests.crash.history import History
from tests.crash.world import World
from tests.hotline import NUMBER, RESCUE, Hotline

LUZ, SISTER = "+19175550150", "+19175550171"
LOOK_SECONDS = 10.0
MOST_LOOKS = 180
"""Half an hour, after which a run is judged as it stands."""


class Killed(BaseException):
    """A process ends here and now: no view and no duty may catch it, as none survives SIGKILL."""


@dataclass
class Point:
    """Where a process dies; `commit` counts from 1, and 0 is nowhere."""

    commit: int = 0
    is_after: bool = False
    seen: int = 0
    """How many commits there have been."""

    @contextmanager
    def strikes(self) -> Iterator[None]:
        """While this lasts."""
        listeners = (("before_commit", self._before), ("after_commit", self._after))
        for name, listener in listeners:
            event.listen(Session, name, listener)
        try:
            yield
        finally:
            for name, listener in listeners:
                event.remove(Session, name, listener)

    def _before(self, _session: Session) -> None:
        self.seen += 1
        if self.seen == self.commit and not self.is_after:
            raise Killed

    def _after(self, _session: Session) -> None:
        if self.seen == self.commit and self.is_after:
            raise Killed


class MortalWeb(httpx.BaseTransport):
    """A web side that may die while it answers; it is started anew at once."""

    def __init__(self, hotline: Hotline) -> None:
        self._hotline = hotline

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """An answer, or a connection that is cut."""
        living = httpx.WSGITransport(self._hotline.app, raise_app_exceptions=True)
        try:
            return living.handle_request(request)
        except Killed as death:
            self._hotline.restarts()
            self._hotline.carrier.http = httpx.Client(transport=self)
            raise httpx.ReadError("the process has died", request=request) from death


class Spoiled(Hotline):
    """A hotline whose worker has one of the bugs of `bugs.py`; without a name, none."""

    def __init__(self, bug: str, database_url: str, folder: Path) -> None:
        self._bug = bug
        super().__init__(database_url, folder=folder)

    def new_worker(self, certificate: Callable[[datetime], int] | None = None) -> Worker:
        """A worker as it starts, with the bug in it."""
        return bugs.spoiled(super().new_worker(certificate), self._bug)


Ending = Literal["a talk", "a callback", "a message", "nothing"]


@dataclass(frozen=True)
class Story:
    """What one caller wants, what the call must end with when nothing dies, and what responders do
    who are rung while they are on the line."""

    plan: Plan
    ends: Ending
    responders: str = "accept"


@dataclass(frozen=True)
class Told:
    """What a story left behind, and what was still to be done at its end."""

    evidence: checker.Evidence
    left: dict[str, int]


def tell(story: Story, database_url: str, folder: Path, point: Point, bug: str = "") -> Told:
    """Let it happen on a fresh line, and gather what is left of it."""
    hotline = Spoiled(bug, database_url, folder / "standby")
    phones = [hotline.has_on_duty(name, speaks="es en").number for name in ("Ana", "Ben")]
    diary = History(folder / "history.jsonl")
    world = World(hotline.carrier, diary, phones, RESCUE, NUMBER, total=1, at_once=1, seed=1)
    world.everybody = story.responders
    hotline.carrier.http = httpx.Client(transport=MortalWeb(hotline))
    with point.strikes():
        world.calls(story.plan)
        _lives_through(hotline, world)
    left = _left(hotline)
    return Told(_evidence(hotline, world, folder), left)


def _lives_through(hotline: Hotline, world: World) -> None:
    for _ in range(MOST_LOOKS):
        try:
            hotline.waits(LOOK_SECONDS)
        except Killed:
            hotline.worker = hotline.new_worker()
            continue
        if not world.live:
            world.everybody = "accept"
        if not _is_on_the_phone(hotline) and not _left(hotline):
            return


def _left(hotline: Hotline) -> dict[str, int]:
    return truth.unsettled(hotline.context.database, hotline.clock.now())


def _is_on_the_phone(hotline: Hotline) -> bool:
    return any(leg.is_live for leg in hotline.carrier.legs.values())


def _evidence(hotline: Hotline, world: World, folder: Path) -> checker.Evidence:
    journal = folder / "journal.jsonl"
    entries = hotline.carrier.journal_file.everything
    journal.write_text("".join(as_json(entry) + "\n" for entry in entries), encoding="utf-8")
    world.diary.close()
    database = hotline.context.database
    evidence = truth.gather(journal, database, world.diary.deeds, world.recordings, world.carrier)
    list(hotline.closes())
    return evidence
