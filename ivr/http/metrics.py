"""What Prometheus reads: the state of the line, and how long webhooks take."""

from __future__ import annotations

import mmap
import os
import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate

from flask import Flask, current_app
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from ivr.core import duty_file, outage_journal
from ivr.core.context import AppContext
from models.calls import callbacks, calls, open_items, voicemails
from models.core import database_limits
from models.core.database import Session
from models.operations import drill_runs, maintenance_state, service_level, worker_state

_NAME = "webhook_times"
BOUNDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0)
"""Seconds; the carrier waits for fifteen."""
WAITS = (2.0, 5.0, 10.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0)
"""Seconds that phones ring and callers wait."""
COUNTED = timedelta(hours=1)
"""Waits are counted as far back, so their buckets are read without `rate`."""
OPEN_FOR_MINUTES = (0, 15, 60, 240, 1440)
_BUCKETS = len(BOUNDS) + 1
_MICROSECONDS, _FAILED, _WIDTH = _BUCKETS, _BUCKETS + 1, _BUCKETS + 2
_SLOTS = 128
_CELL_BYTES = 8


class WebhookTimes:
    """How long webhooks took, counted together by all processes that are forked after its creation.

    Each process adds to its own slot of shared memory, so none waits for another. Two processes
    with the same slot can lose a count, which harms nobody. A reload starts at zero.
    """

    def __init__(self, views: Sequence[str]) -> None:
        self._rows = {view: row for row, view in enumerate(views)}
        shared = mmap.mmap(-1, _SLOTS * len(views) * _WIDTH * _CELL_BYTES)
        self._cells = memoryview(shared).cast("Q")
        self._lock = threading.Lock()

    def note(self, view: str, seconds: float, *, failed: bool) -> None:
        """Count one webhook."""
        if view not in self._rows:
            return
        row = self._row(os.getpid() % _SLOTS, view)
        with self._lock:
            self._cells[row + bisect_left(BOUNDS, seconds)] += 1
            self._cells[row + _MICROSECONDS] += max(int(seconds * 1e6), 0)
            self._cells[row + _FAILED] += failed

    def collect(self) -> Iterator[Metric]:
        """The counts by view; a view that was never asked for is left out."""
        seconds = HistogramMetricFamily(
            "hotline_webhook_seconds", "Seconds until a webhook was answered", labels=["view"]
        )
        failed = CounterMetricFamily(
            "hotline_webhooks_failed", "Webhooks that were answered by the rescue", labels=["view"]
        )
        for view in self._rows:
            cells = self._total(view)
            if any(cells[:_BUCKETS]):
                counts = accumulate(cells[:_BUCKETS])
                bounds = (*map(str, BOUNDS), "+Inf")
                buckets = list(zip(bounds, map(float, counts), strict=True))
                seconds.add_metric([view], buckets, cells[_MICROSECONDS] / 1e6)
                failed.add_metric([view], cells[_FAILED])
        yield from (seconds, failed)

    def _row(self, slot: int, view: str) -> int:
        return (slot * len(self._rows) + self._rows[view]) * _WIDTH

    def _total(self, view: str) -> list[int]:
        starts = [self._row(slot, view) for slot in range(_SLOTS)]
        return [sum(self._cells[start + cell] for start in starts) for cell in range(_WIDTH)]


def keep(flask_app: Flask, times: WebhookTimes) -> None:
    """Let the web processes that are forked from here count together."""
    flask_app.extensions[_NAME] = times


def times() -> WebhookTimes:
    """The counts of the current app."""
    kept: WebhookTimes = current_app.extensions[_NAME]
    return kept


class State(Collector):
    """The state of the line at one instant, from the database and this host's files."""

    def __init__(self, app: AppContext) -> None:
        self._app = app

    def collect(self) -> Iterator[Metric]:
        """One gauge each; what does not exist, such as a first backup, is left out."""
        app, now, asked_at = self._app, self._app.clock(), time.monotonic()
        with app.database.reading() as session:
            yield from _gauges(_of_line(session, now))
            yield from _gauges(_of_database(app, time.monotonic() - asked_at))
            yield from _of_waits(session, now)
            yield from _gauges(_of_upkeep(session, now))
            yield from _gauges(_of_server(app, session))
            yield _of_open_items(session, now)
        yield from _gauges(_of_files(app))


def written(app: AppContext) -> bytes:
    """All metrics in the text format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(State(app))
    registry.register(_Times(times()))
    return generate_latest(registry)


class _Times(Collector):
    def __init__(self, times: WebhookTimes) -> None:
        self._times = times

    def collect(self) -> Iterator[Metric]:
        return self._times.collect()


_Found = dict[str, float | None]


def _gauges(found: _Found) -> Iterator[Metric]:
    for name, value in found.items():
        if value is not None:
            words = name.removeprefix("hotline_").replace("_", " ").capitalize()
            yield GaugeMetricFamily(name, words, value=value)


def _of_line(session: Session, now: datetime) -> _Found:
    return {
        "hotline_calls_waiting": calls.count_waiting(session),
        "hotline_callbacks_owed": callbacks.count_owed(session),
        "hotline_messages_unheard": len(voicemails.unheard(session)),
        "hotline_carrier_away": worker_state.carrier_is_away(session, now),
        "hotline_calls_on_unknown_lines": calls.count_on_unknown_lines(
            session, now - timedelta(days=1)
        ),
    }


def _of_database(app: AppContext, waited: float) -> _Found:
    """The wait is for a connection and the first answers; the pool is that of this process."""
    return {
        "hotline_database_wait_seconds": waited,
        "hotline_database_pool_used": app.database.connections_used,
        "hotline_database_pool_limit": app.database.connections.most,
    }


def _of_waits(session: Session, now: datetime) -> Iterator[Metric]:
    since = now - COUNTED
    rings = service_level.rings_until_accepted(session, since, now)
    yield _histogram(
        "hotline_ring_to_answer_seconds", "From the first ring to 1, within the last hour", rings
    )
    waits = [
        each.talk_began - each.asked_at
        for each in service_level.records(session, since, now)
        if each.talk_began is not None
    ]
    yield _histogram(
        "hotline_wait_to_person_seconds", "From the menu to a person, of the last hour", waits
    )


def _histogram(name: str, words: str, spans: Sequence[timedelta]) -> Metric:
    seconds = sorted(span.total_seconds() for span in spans)
    buckets = [(str(bound), float(bisect_right(seconds, bound))) for bound in WAITS]
    found = HistogramMetricFamily(name, words)
    found.add_metric([], [*buckets, ("+Inf", float(len(seconds)))], sum(seconds))
    return found


def _of_upkeep(session: Session, now: datetime) -> _Found:
    upkeep, drill = maintenance_state.look(session), drill_runs.latest(session)
    return {
        "hotline_worker_heartbeat_age_seconds": _since(worker_state.last_beat(session, now), now),
        "hotline_backup_age_seconds": _since(upkeep.backed_up_at, now),
        "hotline_restore_drill_age_seconds": _since(upkeep.restore_tried_at, now),
        "hotline_restore_drill_failed": upkeep.restore_fault is not None,
        "hotline_purge_age_seconds": _since(upkeep.purged_at, now),
        "hotline_legal_hold": upkeep.hold_since is not None,
        "hotline_restore_unreleased": upkeep.waits_for_release,
        "hotline_drill_age_seconds": _since(drill.started_at if drill else None, now),
        "hotline_drill_failed": None if drill is None else drill.failed_at is not None,
    }


def _of_server(app: AppContext, session: Session) -> _Found:
    server = database_limits.connections(session)
    return {
        "hotline_database_connections": None if server is None else server.used,
        "hotline_database_connections_limit": None if server is None else server.most,
        "hotline_disk_used_ratio": database_limits.share_of_disk_used(app.database),
    }


def _of_files(app: AppContext) -> _Found:
    waiting = outage_journal.ages(app.folder)
    return {
        "hotline_duty_file_age_seconds": duty_file.age(app.folder),
        "hotline_journal_entries": len(waiting),
        "hotline_journal_age_seconds": max(waiting, default=0),
        "hotline_ledger_age_seconds": app.ledger.age,
    }


def _of_open_items(session: Session, now: datetime) -> Metric:
    found = GaugeMetricFamily(
        "hotline_open_items", "Open items by age and owner", labels=["open_for_minutes", "owned"]
    )
    items = open_items.still_open(session)
    for minutes in OPEN_FOR_MINUTES:
        old = [item for item in items if now - item.opened_at >= timedelta(minutes=minutes)]
        owned = sum(item.is_owned for item in old)
        found.add_metric([str(minutes), "yes"], owned)
        found.add_metric([str(minutes), "no"], len(old) - owned)
    return found


def _since(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else max((now - at).total_seconds(), 0.0)
