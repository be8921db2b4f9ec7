"""The sweeper: closes calls whose news and hold loop both failed to arrive."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.callers import arrivals, call_endings, voicemail
from ivr.core.backoff import Every
from ivr.core.carrier import Carrier, Refused, Seen, TooFast, Unreachable
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
    _sweep: Every = field(default_factory=lambda: Every(SWEEP_EVERY), init=False)
    _recordings: Every = field(default_factory=lambda: Every(RECORDINGS_EVERY), init=False)
    _foreign: dict[str, datetime] = field(default_factory=dict, init=False)
    """Calls of other applications of the account, by the time of their recording."""

    def __post_init__(self) -> None:
        self._rooms = RoomSweeper(self.app, self.carrier)

    def work(self) -> bool:
        """Check rooms, calls, legs and recordings without recent news."""
        now = self.app.clock()
        self._rooms.sweep(now)
        if not self._sweep.is_due(now):
            return False
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
        if not self._recordings.is_due(now):
            return
        try:
            found = self.carrier.recordings_since(now - RECORDINGS_AGE)
        except (Unreachable, TooFast, Refused):
            return
        oldest = now - RECORDINGS_AGE
        self._foreign = {sid: at for sid, at in self._foreign.items() if at > oldest}
        for seen in found:
            if now - seen.created_at < voicemail.ANNOUNCED_WITHIN:
                continue  # its own news may be on the way
            if not self._is_of_ours(seen):
                continue  # another application of the account made it
            with self.app.transaction(now) as unit:
                if not dictated_recordings.adopt(unit.session, seen, now):
                    voicemail.adopt(unit, seen)

    def _is_of_ours(self, seen: Seen) -> bool:
        """Whether the recorded call is ours; False also while the carrier does not say."""
        with self.app.database.reading() as session:
            if calls.is_known(session, seen.call_sid) or rings.knows(session, seen.call_sid):
                return True
        if seen.call_sid not in self._foreign:
            try:
                if self.carrier.is_call_of_ours(seen.call_sid):
                    return True
            except (Unreachable, TooFast, Refused):
                return False
            self._foreign[seen.call_sid] = seen.created_at
        return False

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
