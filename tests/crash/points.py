"""One caller, and a process that dies just before or just after one commit of the call.

Everything runs in this process on a controlled clock, so that every point can be tried in turn.
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
"""Half an hour; after that the run is judged with the work that is left."""


class Killed(BaseException):
    """The process ends here: no view or duty may catch it, as none survives SIGKILL."""


@dataclass
class Point:
    """Where a process dies; `commit` counts from 1, and 0 means nowhere."""

    commit: int = 0
    is_after: bool = False
    seen: int = 0
    """How many transactions were committed so far; looks are none, because they write nothing."""

    @contextmanager
    def strikes(self) -> Iterator[None]:
        """Arms the point inside the `with` block."""
        listeners = (("before_commit", self._before), ("after_commit", self._after))
        for name, listener in listeners:
            event.listen(Session, name, listener)
        try:
            yield
        finally:
            for name, listener in listeners:
                event.remove(Session, name, listener)

    def _before(self, session: Session) -> None:
        if _looks_only(session):
            return
        self.seen += 1
        if self.seen == self.commit and not self.is_after:
            raise Killed

    def _after(self, session: Session) -> None:
        if self.seen == self.commit and self.is_after and not _looks_only(session):
            raise Killed


def _looks_only(session: Session) -> bool:
    return bool(session.get_bind().get_execution_options().get("reading"))


class MortalWeb(httpx.BaseTransport):
    """A web side that may die while it answers and then restarts immediately."""

    def __init__(self, hotline: Hotline) -> None:
        self._hotline = hotline

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """An answer, or a broken connection."""
        living = httpx.WSGITransport(self._hotline.app, raise_app_exceptions=True)
        try:
            return living.handle_request(request)
        except Killed as death:
            self._hotline.restarts()
            self._hotline.carrier.http = httpx.Client(transport=self)
            raise httpx.ReadError("the process has died", request=request) from death


class Spoiled(Hotline):
    """A hotline whose worker has one of the bugs of `bugs.py`, or none if the name is empty."""

    def __init__(self, bug: str, database_url: str, folder: Path) -> None:
        self._bug = bug
        super().__init__(database_url, folder=folder)

    def new_worker(self, certificate: Callable[[datetime], int] | None = None) -> Worker:
        """A new worker, with the bug."""
        return bugs.spoiled(super().new_worker(certificate), self._bug)


Ending = Literal["a talk", "a callback", "a message", "nothing"]


@dataclass(frozen=True)
class Story:
    """What one caller wants, how the call must end if nothing dies, and how responders react."""

    plan: Plan
    ends: Ending
    responders: str = "accept"
    first: tuple[str, ...] = ()
    """What those do who are rung first."""


@dataclass(frozen=True)
class Told:
    """The evidence of a story, and the work left at its end."""

    evidence: checker.Evidence
    left: dict[str, int]


def tell(story: Story, database_url: str, folder: Path, point: Point, bug: str = "") -> Told:
    """Play the story on a fresh line, and gather the evidence."""
    hotline = Spoiled(bug, database_url, folder / "standby")
    phones = [hotline.has_on_duty(name, speaks="es en").number for name in ("Ana", "Ben")]
    diary = History(folder / "history.jsonl")
    world = World(hotline.carrier, diary, phones, RESCUE, NUMBER, total=1, at_once=1, seed=1)
    world.everybody, world.in_turn = story.responders, list(story.first)
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
    return truth.unsettled(hotline.context.database)


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
