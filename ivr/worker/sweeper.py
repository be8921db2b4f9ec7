"""The sweeper: closes calls whose news and hold loop both failed to arrive."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.callers import arrivals, call_endings, voicemail
from ivr.core.carrier import Carrier, Refused, TooFast, Unreachable
from ivr.core.context import AppContext
from ivr.offers import responder_legs
from ivr.responders import dictated_recordings, long_talks
from ivr.worker.room_sweeper import RoomSweeper
from models.calls import calls, rings

NO_NEWS = timedelta(seconds=20)
SWEEP_EVERY = timedelta(seconds=10)
RECORDINGS_EVERY = timedelta(minutes=5)
RECORDINGS_AGE = timedelta(days=1)
RING_LINGERS = timedelta(seconds=30)
TALK_CHECKED = timedelta(seconds=30)


@dataclass
class Sweeper:
    """Asks the carrier for the truth every few seconds, because its webhooks are only hints."""

    app: AppContext
    carrier: Carrier
    _swept_at: datetime | None = field(default=None, init=False)
    _looked_at: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._rooms = RoomSweeper(self.app, self.carrier)

    def work(self) -> bool:
        """Check rooms, calls, legs and recordings without recent news."""
        now = self.app.clock()
        self._rooms.sweep(now)
        if self._swept_at is not None and now - self._swept_at < SWEEP_EVERY:
            return False
        self._swept_at = now
        with self.app.database.reading() as session:
            silent = [c.sid for c in calls.without_news_since(session, now - NO_NEWS)]
            stale = [
                (ring.id, ring.sid)
                for ring in rings.stale(session, now, RING_LINGERS, TALK_CHECKED)
            ]
            is_one_late = voicemail.is_one_late(session, now) or dictated_recordings.is_one_late(
                session, now
            )
        self._close_silent_calls(silent, now)
        self._close_stale_legs(stale, now)
        if is_one_late:
            with self.app.database.transaction() as session:
                voicemail.look_for_late_ones(session, now)
                dictated_recordings.look_for_late_ones(session, now)
        self._adopt_recordings(now)
        return False

    def _adopt_recordings(self, now: datetime) -> None:
        """Take in recordings at the carrier that are unknown here: made while we were down."""
        if self._looked_at is not None and now - self._looked_at < RECORDINGS_EVERY:
            return
        self._looked_at = now
        try:
            found = self.carrier.recordings_since(now - RECORDINGS_AGE)
        except (Unreachable, TooFast, Refused):
            return
        for seen in found:
            if now - seen.created_at < voicemail.ANNOUNCED_WITHIN:
                continue  # its own news may be on the way
            with self.app.transaction(now) as unit:
                if not dictated_recordings.adopt(unit.session, seen, now):
                    voicemail.adopt(unit, seen)

    def _close_silent_calls(self, silent: list[str], now: datetime) -> None:
        for sid in silent:
            live = self._is_live(sid)
            if live is False:
                call_endings.end(self.app, arrivals.Arrival(sid, ""))
            elif live:
                with self.app.database.transaction() as session:
                    call = calls.with_sid(session, sid)
                    if call:
                        call.heard_at = now

    def _close_stale_legs(self, stale: list[tuple[str, str | None]], now: datetime) -> None:
        for ring_id, sid in stale:
            live = self._is_live(sid) if sid else False
            if live is None:
                continue
            with self.app.transaction(now) as unit:
                ring = rings.with_id(unit.session, ring_id)
                if ring is None or not ring.is_open:
                    continue
                if live:
                    ring.since = now
                    long_talks.ask_if_long(unit.session, ring, now)
                else:
                    responder_legs.end_leg(unit, ring, "no-answer")

    def _is_live(self, sid: str) -> bool | None:
        """None when the carrier does not say."""
        try:
            return self.carrier.is_live(sid)
        except (Unreachable, TooFast, Refused):
            return None
