"""Callers keep being answered, whatever else asks at the same time."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

import wiring
from commands.hosting import gunicorn_config
from commands.hosting.request_heads import LARGEST_HEAD, Refused, head_of
from commands.hosting.web_processes import serves_console, web_command
from ivr.http import web_sides
from ivr.http.web_sides import Side
from tests.hotline import Hotline
from tests.siege_web import besieged_web, steady_calls
from tests.siege_web.besieged_web import CODE, BesiegedWeb
from tests.waiting import PATIENCE_SECONDS

MORE_THAN_THREADS = 40


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BesiegedWeb]:
    """`hotline serve`, with a coordinator who is signed in."""
    with besieged_web.served(tmp_path_factory.mktemp("web")) as served:
        yield served


def test_no_webhook_is_late_in_a_siege(web: BesiegedWeb) -> None:
    with socket.create_connection(("127.0.0.1", web.port)) as half:
        half.sendall(b"POST /voice/incoming HTTP/1.1\r\nHost: ")
        attackers = web.attacked(4, sign_ins=40, slow=MORE_THAN_THREADS)
        calls = steady_calls.come(web.line, 3, per_second=3)
        attackers.communicate()
        assert calls.lost == []
        assert calls.seconds
        assert half.recv(100).startswith(b"HTTP/1.1 408")


def test_the_console_comes_back_when_its_process_dies(web: BesiegedWeb) -> None:
    *callers, console = web.processes
    os.kill(console, signal.SIGKILL)
    page = f"http://127.0.0.1:{web.port}/sign-in"
    assert httpx.get(page, timeout=60, trust_env=False).status_code == 200
    assert web.processes[:-1] == callers
    assert web.processes[-1] != console


def test_a_console_that_cannot_be_loaded_silences_nobody() -> None:
    def breaks() -> None:
        raise ImportError("a page is broken")

    def forks(old_master: int) -> None:
        app = SimpleNamespace(extensions={wiring.CONSOLE: breaks})
        master = SimpleNamespace(
            app=SimpleNamespace(wsgi=lambda: app), WORKERS={}, num_workers=3, master_pid=old_master
        )
        worker = SimpleNamespace(is_console=True, take_side=lambda *_: None)
        gunicorn_config.pre_fork(master, worker)

    forks(old_master=0)
    with pytest.raises(ImportError):  # a deploy ends here, and the old processes go on
        forks(old_master=1)


def test_a_console_request_that_computes_without_end_ends_with_its_process(
    tmp_path: Path,
) -> None:
    port = besieged_web.free_port()
    command = web_command("127.0.0.1", port, 1, "tests.siege_web.endless:create_app()")
    page = f"http://127.0.0.1:{port}"
    with (
        (tmp_path / "web.log").open("wb") as log,
        besieged_web.running(subprocess.Popen(command, cwd=CODE, stdout=log, stderr=log), port),
    ):
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{page}/endless", timeout=PATIENCE_SECONDS, trust_env=False)
        answer = httpx.get(f"{page}/short", timeout=PATIENCE_SECONDS, trust_env=False)
        assert answer.status_code == 200
    assert b"a console request computed" in (tmp_path / "web.log").read_bytes()


def test_a_large_upload_is_read_and_one_that_is_too_large_is_refused(web: BesiegedWeb) -> None:
    form = {"name": "Somebody", "password": "x" * 60_000}
    page = f"http://127.0.0.1:{web.port}/sign-in"
    assert httpx.get(page, timeout=60, trust_env=False).status_code == 200  # the console has begun
    answer = httpx.post(page, data=form, trust_env=False)
    assert answer.status_code == 403  # read whole: it lacks the token of a form
    answer = httpx.post(
        f"http://127.0.0.1:{web.port}/voice/incoming", content=b"x" * 70_000, trust_env=False
    )
    assert answer.status_code == 413


def test_every_route_is_on_its_side(hotline: Hotline) -> None:
    for rule in hotline.app.url_map.iter_rules():
        blueprint, posts = rule.endpoint.split(".")[0], "POST" in (rule.methods or ())
        sides = {"webhooks": Side.CALLERS if posts else Side.OPEN, "health": Side.OPEN}
        expected = sides.get(blueprint, Side.CONSOLE)
        if rule.endpoint == "webhooks.sheet":  # a page for anybody's browser, not a sound of a call
            expected = Side.CONSOLE
        assert web_sides.side_of(rule.rule) is expected, rule.rule


HEAD = b"POST /voice/incoming?said=x HTTP/1.1\r\nHost: a\r\ncontent-LENGTH : 7\r\n\r\n"


def test_a_head_says_whose_it_is_and_how_much_follows() -> None:
    for end in range(len(HEAD)):
        assert head_of(HEAD[:end]) is None
    head = head_of(HEAD + b"a=b")
    assert head
    assert (head.side, head.head, head.body) == (Side.CALLERS, len(HEAD), 7)


@pytest.mark.parametrize(
    ("target", "side"),
    [
        ("/sms/incoming", Side.CALLERS),
        ("/audio/prompt/ht/welcome.wav", Side.OPEN),
        ("/readyz?verbose", Side.OPEN),
        ("/", Side.CONSOLE),
        ("//voice/incoming", Side.CONSOLE),
        ("/sign-in?then=/voice/incoming", Side.CONSOLE),
        ("http://a/voice/incoming", Side.CONSOLE),
        ("/%76oice/incoming", Side.CONSOLE),
        ("/\xe9", Side.CONSOLE),
    ],
)
def test_only_the_path_decides_the_side(target: str, side: Side) -> None:
    head = head_of(f"GET {target} HTTP/1.1\r\n\r\n".encode("latin-1"))
    assert head
    assert head.side is side


def test_a_request_whose_end_only_waiting_shows_is_refused() -> None:
    with pytest.raises(Refused, match="411"):
        head_of(b"POST /sign-in HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
    with pytest.raises(Refused, match="431"):
        head_of(b"GET / HTTP/1.1\r\nX: " + b"a" * LARGEST_HEAD)


def test_the_console_has_one_process_before_during_and_after_a_reload() -> None:
    serving: list[bool] = []
    for _ in range(3):
        serving.append(serves_console(serving, 3))
    assert serving == [False, False, True]
    assert serves_console([False, True], 3) is False  # a process for callers died
    assert serves_console([False, False], 3) is True  # the console's died
    for _ in range(3):  # gunicorn starts the new ones before it ends the old ones
        serving.append(serves_console(serving, 3))
    assert serving[-3:] == [False, False, True]
