"""How long a hotline needs from its start to the first signed answer, and the memory it then takes.

`hotline serve` and `hotline worker` run as in service, on SQLite, with compiled Python files; each
round starts them afresh.
"""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from models.core.vault import Vault
from prompts import load
from tests.bench import hotlines, servers
from tests.bench.ladder import fields_of
from tests.bench.load import Webhook, send
from tests.bench.servers import READY_WITHIN_SECONDS
from tests.crash import databases, numbers
from tests.crash.besieged import CODE
from tests.crash.words import Words
from tests.processes import children_of
from tests.siege_web import besieged_web

CALLS = 200
"""Webhooks before memory is read, so that each web process has answered many."""
LONGEST_SECONDS, MOST_WEB_MB, MOST_WORKER_MB = 1.0, 60.0, 80.0
_WORKER_SECONDS = 10.0
_PRIVATE = re.compile(r"^Private_\w+: +(\d+) kB$", re.MULTILINE)
_FIRST, _AT_ONCE = "/voice/incoming", 8


@dataclass(frozen=True)
class Start:
    """One start of a web side and of a worker."""

    seconds: float
    """From the command to the first signed answer."""
    processor: float
    """Seconds of processor time until then."""
    web_mb: float
    """Private memory of the largest web process, which it does not share with its parent."""
    worker_mb: float
    """Private memory of the worker."""


def measured(folder: Path, rounds: int) -> Iterator[str]:
    """A table in Markdown: medians of the rounds, after one that warms up."""
    starts = [_started(folder / str(at)) for at in range(rounds + 1)][1:]
    yield f"| {rounds} starts | median | longest or largest | target |"
    yield "|---|---|---|---|"
    for name, found, target, unit in (
        ("`hotline serve`: to the first signed answer", [each.seconds for each in starts],
         LONGEST_SECONDS, "s"),
        ("processor time until then", [each.processor for each in starts], None, "s"),
        (f"private memory of a web process after {CALLS} calls", [each.web_mb for each in starts],
         MOST_WEB_MB, "MB"),
        (f"private memory of the worker after {_WORKER_SECONDS:.0f} s",
         [each.worker_mb for each in starts], MOST_WORKER_MB, "MB"),
    ):  # fmt: skip
        aim = f"at most {target:g} {unit}" if target else "-"
        yield f"| {name} | {median(found):.2f} {unit} | {max(found):.2f} {unit} | {aim} |"


def _started(folder: Path) -> Start:
    folder.mkdir()
    environment, port = _prepared(folder)
    began = time.monotonic()
    with _running("serve", environment, folder, "--port", str(port), "--workers", "2") as web:
        _first_answer(port)
        seconds = time.monotonic() - began
        processor = servers.processor_seconds(web)
        send(port, [_call(port) for _ in range(CALLS)], hotlines.TOKEN, _AT_ONCE)
        web_mb = max(map(private_mb, children_of(web)))
    with _running("worker", environment, folder) as worker:
        time.sleep(_WORKER_SECONDS)
        worker_mb = private_mb(worker)
    return Start(seconds, processor, web_mb, worker_mb)


def _prepared(folder: Path) -> tuple[Mapping[str, str], int]:
    key, port = hotlines.new_key(), besieged_web.free_port()
    place = databases.Place("sqlite", f"sqlite:///{folder / 'hotline.db'}")
    phones = numbers.of_responders(hotlines.RESPONDERS)
    languages = Words(load()).languages
    databases.prepared(place, Vault.from_setting(key), phones, languages, datetime.now(UTC)).close()
    return hotlines.environment(place.url, key, f"http://127.0.0.1:{port}", folder), port


@contextmanager
def _running(
    command: str, environment: Mapping[str, str], folder: Path, *more: str
) -> Iterator[int]:
    with (folder / f"{command}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "app", command, *more],
            cwd=CODE, env={**os.environ, **environment, "PYTHONPATH": str(CODE)},
            stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        yield process.pid
        if process.poll() is not None:
            raise RuntimeError((folder / f"{command}.log").read_text(encoding="utf-8"))
    finally:
        process.terminate()
        process.wait()


def _call(port: int) -> Webhook:
    fields = fields_of(
        hotlines.ACCOUNT, f"CA{secrets.token_hex(16)}", numbers.RESCUE, numbers.HOTLINE
    )
    return Webhook(f"http://127.0.0.1:{port}{_FIRST}", {**fields, "CallStatus": "ringing"})


def _first_answer(port: int) -> None:
    call, until = _call(port), time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < until:
        with suppress(OSError):
            send(port, [call], hotlines.TOKEN, 1)
            return
        time.sleep(0.005)
    raise RuntimeError("no signed answer; serve.log says why")


def private_mb(pid: int | str) -> float:
    """What a process shares with no other, in MB (smaps_rollup of Linux)."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return sum(map(int, _PRIVATE.findall(told))) / 1024
