"""Chromium, and a demo started as `make demo` starts it, for tests that use pages as people do.

`demo` is the running hotline. `page` is a fresh window; its test fails on any error of the page
and on any request that leaves this machine. `open_window` opens a window of another size.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.waiting import PATIENCE_SECONDS

CODE = Path(__file__).parents[2]
WIDE = {"width": 1366, "height": 768}
NARROW = {"width": 390, "height": 844}
PATIENCE_MILLISECONDS = PATIENCE_SECONDS * 1000
UNUSED = (
    *("AimEnabled", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose"),
    *("HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay", "MediaRouter"),
    *("NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch"),
    *("ThirdPartyStoragePartitioning",),
    # Each window would start a process for what the address bar suggests.
    *("WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "WebUIOmniboxPopup"),
)
"""Replaces the list of what Playwright switches off, and so repeats it."""
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    f"--disable-features={','.join(UNUSED)}",
]
OpenWindow = Callable[..., Page]


@dataclass(frozen=True)
class Demo:
    """A running demo: the addresses of its pages and carrier, and its folder."""

    url: str
    carrier: str
    folder: Path
    http: httpx.Client

    def ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Query the carrier's control API; with a body, send it a command."""
        answer = self.http.post(path, json=body) if body is not None else self.http.get(path)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        told: dict[str, Any] = answer.json()
        return told

    def waits_until_ready(self) -> None:
        """Wait until the hotline rings responders for a call made now."""
        for _ in range(int(PATIENCE_SECONDS * 5)):
            if self.http.get(f"{self.url}/phone/about").json()["ready"]:
                return
            time.sleep(0.2)
        raise AssertionError("the demo does not get ready")


@contextmanager
def running_demo(place: Path) -> Iterator[Demo]:
    """Runs `hotline demo` on free ports, in this folder, inside the `with` block."""
    log, port = place / "demo.log", _two_free_ports()
    with log.open("wb") as words:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "demo", "--port", str(port)],
            cwd=place,
            env={**os.environ, "PYTHONPATH": str(CODE)},
            stdin=subprocess.PIPE,
            stdout=words,
            stderr=subprocess.STDOUT,
        )
    assert process.stdin is not None
    try:
        _wait_until_it_runs(process, log)
        carrier = f"http://127.0.0.1:{port + 1}"
        with httpx.Client(base_url=carrier, timeout=PATIENCE_SECONDS, trust_env=False) as http:
            yield Demo(f"http://127.0.0.1:{port}", carrier, place / "instance" / "demo", http)
        assert process.poll() is None, f"the demo has ended: {_said(place)}"
    finally:
        process.stdin.close()
        process.send_signal(signal.SIGINT)
        process.wait(timeout=PATIENCE_SECONDS)


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo for all tests here; its clock shows the present."""
    with running_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; without Chromium the tests fail and are not skipped."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("Chromium is missing: run `apt-get install chromium` (or let make test do it)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def open_window(browser: Browser) -> Iterator[OpenWindow]:
    """Opens windows that may reach this machine only and must end without an error."""
    faults: list[str] = []
    contexts = []

    def opened(size: dict[str, int] | None = None, **how: Any) -> Page:
        context = browser.new_context(
            viewport=size or WIDE, locale="en-US", reduced_motion="reduce", **how
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("console", lambda message: faults.extend(_complaint(message)))
        page.on("request", lambda request: faults.extend(_way_out(request)))
        return page

    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    yield opened
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def page(open_window: OpenWindow) -> Page:
    """A fresh window on a wide screen."""
    return open_window()


def _two_free_ports() -> int:
    """The first of two free neighbouring ports: one for the demo, one for its carrier."""
    for port in range(18_000 + os.getpid() % 1_000 * 10, 60_000, 2):
        if all(_is_free(neighbour) for neighbour in (port, port + 1)):
            return port
    raise AssertionError("no two free ports")


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _wait_until_it_runs(process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(int(PATIENCE_SECONDS * 10)):
        if b"The hotline is running" in log.read_bytes():
            return
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"the demo does not start: {_said(log.parent)}")


def _said(place: Path) -> str:
    """What the demo and its processes wrote last, the demo at the end."""
    logs = [*place.glob("instance/demo/*.log"), place / "demo.log"]
    return "\n".join(f"{log.name}: {log.read_text()[-2000:]}" for log in logs)


def _complaint(message: ConsoleMessage) -> Iterator[str]:
    where = message.location.get("url", "")
    if message.type in ("error", "warning") and not where.endswith("/favicon.ico"):
        yield f"console: {message.text}"


def _way_out(request: Request) -> Iterator[str]:
    if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
        yield f"left this machine: {request.url}"
