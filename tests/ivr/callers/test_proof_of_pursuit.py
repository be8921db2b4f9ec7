"""Random rosters on the whole line: an emergency without an owner always has a ring near.

`make test` tries a few rosters; `make proofs-of-pursuit` tries 500 on each database.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models.calls.rings import Purpose, Ring
from routing.person import Pursued
from tests.conftest import Fresh
from tests.hotline import RESCUE, Hotline
from tests.responder import Responder

EXAMPLES = int(os.environ.get("PURSUIT_EXAMPLES", "0"))
SHORT = {"sqlite": 4, "postgresql": 2}
LASTS = timedelta(minutes=12)
STEP_SECONDS = 5.0
"""How often the test's worker looks; a worker of the hotline looks twice a second."""
SLACK = timedelta(seconds=STEP_SECONDS + 1)
FROM, NEXT_RING = timedelta(seconds=60), timedelta(minutes=3)
WAYS = ("rings out", "voicemail", "not me", "busy", "off", "takes it", "talks")


@dataclass(frozen=True)
class Someone:
    """A person of a random roster, and what happens when their phone rings for an open item."""

    tier: int
    on_duty: bool
    speaks: str
    pursued: Pursued | None
    way: str


PEOPLE = st.builds(
    Someone,
    tier=st.integers(1, 4),
    on_duty=st.booleans(),
    speaks=st.sampled_from(["en", "es"]),
    pursued=st.sampled_from([None, None, *Pursued]),
    way=st.sampled_from(WAYS),
)
ROSTERS = st.lists(PEOPLE, max_size=5)
SISTERS = st.sampled_from(["rings out", "voicemail", "not me", "busy"])


class Night:
    """Twelve minutes after an emergency that nobody took."""

    def __init__(self, url: str, folder: Path, roster: list[Someone], sister: str) -> None:
        self.hotline = Hotline(url, folder=folder / "standby")
        self.ways: list[tuple[Responder, str]] = []
        self.answered: dict[str, datetime] = {}
        """By the SID of the leg: when the person picked up."""
        for number, someone in enumerate(roster):
            self.ways.append((self._joins(f"Person {number}", someone), someone.way))
        line = Responder(self.hotline, "sister", self.hotline.carrier.phone(RESCUE))
        self.ways.append((line, sister))

    def _joins(self, name: str, someone: Someone) -> Responder:
        responder = self.hotline.knows(name, someone.speaks, tier=someone.tier)
        if someone.on_duty:
            self.hotline.is_always_on_duty(responder)
        with self.hotline.context.database.transaction() as session:
            session.merge(self.hotline.person(responder)).pursued = someone.pursued
        return responder

    def passes(self) -> None:
        """Somebody talks, an emergency is missed, and time passes."""
        self._begins_a_talk()
        for responder, way in self.ways:
            self._behaves(responder, way)
        self.hotline.is_called().press("1").press("1").hangs_up()
        until = self.hotline.clock.now() + LASTS
        while self.hotline.clock.now() < until:
            self.hotline.carrier.advance(STEP_SECONDS)
            self.hotline.works()
            self._answers()
            self._must_have_a_next_step()

    def _begins_a_talk(self) -> None:
        talking = [each for each, way in self.ways if way == "talks"]
        if not talking:
            return
        self.hotline.is_called().press("1").press("1")
        self.hotline.waits(3)
        for responder in talking:
            if responder.is_rung:
                responder.accepts()
                self.hotline.waits(2)
                return

    def _behaves(self, responder: Responder, way: str) -> None:
        match way:
            case "voicemail":
                responder.phone.voicemail_after(6)
            case "busy":
                responder.phone.busy = True
            case "off":
                responder.phone.off = True
            case _:
                pass

    def _answers(self) -> None:
        for responder, way in self.ways:
            if way not in ("not me", "takes it"):
                continue
            if responder.is_rung:
                responder.answers()
                self.answered[responder.leg.sid] = self.hotline.clock.now()
            elif self._has_listened(responder):
                responder.presses("2" if way == "not me" else "1")

    def _has_listened(self, responder: Responder) -> bool:
        leg = responder.phone.legs[-1] if responder.phone.legs else None
        if leg is None or leg.sid not in self.answered or not leg.is_live:
            return False
        return self.hotline.clock.now() - self.answered[leg.sid] >= timedelta(seconds=10)

    def _must_have_a_next_step(self) -> None:
        now = self.hotline.clock.now()
        for item in self.hotline.open_items:
            if not item.is_owned:
                assert item.next_step_at <= now + NEXT_RING

    def judged(self) -> list[str]:
        """What went wrong; each entry names an instant."""
        made = [ring for ring in self.hotline.rings if ring.purpose != Purpose.CALLER]
        return [*self._silences(made), *self._doubled(self.hotline.rings)]

    def _silences(self, made: list[Ring]) -> Iterator[str]:
        """Instants at which an emergency without an owner had no ring near."""
        now = self.hotline.clock.now()
        refused = {ring.person_id for ring in made if ring.state == "declined"}
        rung = {ring.person_id for ring in made}
        for item in self.hotline.open_items:
            until = item.first_owned_at or now - NEXT_RING
            instant = item.opened_at + FROM
            while instant < until:
                if not (_is_near(instant, made) or rung == refused):
                    yield f"{instant}: nobody rings for item {item.number}"
                instant += timedelta(seconds=STEP_SECONDS)

    def _doubled(self, every: list[Ring]) -> Iterator[str]:
        """Rings of a phone that talked, and rings of one phone within three minutes."""
        for ring in every:
            if ring.purpose != Purpose.PURSUIT:
                continue
            for other in every:
                if other.person_id != ring.person_id or other.id == ring.id:
                    continue
                if _talked_at(other, ring.created_at):
                    yield f"{ring.created_at}: rung in a talk"
                gap = ring.created_at - other.created_at
                if other.purpose == Purpose.PURSUIT and timedelta() <= gap < NEXT_RING:
                    yield f"{ring.created_at}: rung twice"

    def closes(self) -> None:
        """End the example; nothing that the carrier refuses may have happened."""
        assert list(self.hotline.closes()) == []


def _is_near(instant: datetime, made: list[Ring]) -> bool:
    """Whether a phone rings at this instant, or within the next three minutes."""
    for ring in made:
        if ring.created_at <= instant <= (ring.ended_at or instant):
            return True
        if instant <= ring.created_at <= instant + NEXT_RING + SLACK:
            return True
    return False


def _talked_at(ring: Ring, instant: datetime) -> bool:
    if ring.connected_at is None:
        return False
    return ring.connected_at <= instant and (ring.ended_at is None or instant < ring.ended_at)


def _tries(kind: str) -> settings:
    return settings(
        max_examples=EXAMPLES or SHORT[kind],
        phases=[Phase.generate],
        derandomize=not EXAMPLES,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )


def test_an_emergency_without_an_owner_always_has_a_ring_near(kind: str, fresh: Fresh) -> None:
    figures = {"rosters": 0, "rings": 0, "owned": 0}

    @_tries(kind)
    @given(roster=ROSTERS, sister=SISTERS)
    def holds(roster: list[Someone], sister: str) -> None:
        with fresh() as (url, folder):
            night = Night(url, folder, roster, sister)
            night.passes()
            assert night.judged() == []
            figures["rosters"] += 1
            figures["rings"] += sum(r.purpose == Purpose.PURSUIT for r in night.hotline.rings)
            figures["owned"] += any(item.is_owned for item in night.hotline.open_items)
            night.closes()

    holds()
    if EXAMPLES:
        print(f"\n{kind}: {figures}")  # noqa: T201 - what `make proofs-of-pursuit` reports
