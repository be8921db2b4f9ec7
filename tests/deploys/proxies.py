"""The files of deploy/proxy in a real nginx and a real Caddy, before a recorder.

The recorder stands where the hotline would be. Run by `make deploy-files`, which brings both.
"""

from __future__ import annotations

import http.server
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from docs.tools.code_map import TOP
from ivr.http import web_sides
from tests.siege_web.besieged_web import free_port
from tests.waiting import PATIENCE_SECONDS

PROXY = TOP / "deploy" / "proxy"
NAME = "localhost"
SLOW_SECONDS = 1
"""In place of the ten and thirty seconds of the files."""
MEGABYTE = 1024 * 1024
TRIAL = "\tadmin off\n\tskip_install_trust\n"
MAKE_CERTIFICATE = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"


@dataclass
class Recorder:
    """What arrives where the hotline would be."""

    port: int
    heads: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@dataclass
class Proxy:
    """A proxy in front of the recorder."""

    port: int
    behind: Recorder
    log: Path

    def asks(self, path: str, content: object = None, **headers: str) -> httpx.Response:
        """A request as a client of the internet sends it."""
        method = "GET" if content is None else "POST"
        with httpx.Client(verify=False, timeout=30) as client:  # noqa: S501 - made for this test
            return client.request(
                method,
                f"https://{NAME}:{self.port}{path}",
                content=content,
                headers=headers,  # type: ignore[arg-type]
            )

    def connects(self) -> ssl.SSLSocket:
        """A connection that can be as slow as it likes."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        context = ssl._create_unverified_context()  # noqa: S323
        return context.wrap_socket(plain, server_hostname=NAME)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    made = Recorder(free_port())

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.heads.append((self.path, dict(self.headers)))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.close_connection = True
            self.send_response(411 if "Transfer-Encoding" in self.headers else 200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", made.port), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["nginx", "caddy"])
def proxy(request: pytest.FixtureRequest, recorder: Recorder, tmp_path: Path) -> Iterator[Proxy]:
    made = Proxy(free_port(), recorder, tmp_path / "access.log")
    words = nginx(made, tmp_path) if request.param == "nginx" else caddy(made, tmp_path)
    with running(made, words, tmp_path):
        yield made


def nginx(proxy: Proxy, folder: Path) -> list[str]:
    site = (PROXY / "nginx.conf").read_text(encoding="utf-8")
    certificate(folder)
    for ours, here in (
        ("127.0.0.1:8000", f"127.0.0.1:{proxy.behind.port}"),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("listen [::]:80;", ""),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{proxy.port} ssl http2;"),
        ("listen [::]:443 ssl http2;", ""),
        ("server_name hotline.example.org;", f"server_name {NAME};"),
        ("/etc/letsencrypt/live/hotline.example.org/fullchain.pem", str(folder / "cert.pem")),
        ("/etc/letsencrypt/live/hotline.example.org/privkey.pem", str(folder / "key.pem")),
        ("client_header_timeout 10s", f"client_header_timeout {SLOW_SECONDS}s"),
        ("client_body_timeout 10s", f"client_body_timeout {SLOW_SECONDS}s"),
    ):
        assert ours in site, ours
        site = site.replace(ours, here)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = (
        f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\n{temporary}access_log {proxy.log};\n{site}\n}}\n"
    )
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    words = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    if os.geteuid() == 0:
        words += ["-g", "user root;"]
    subprocess.run([*words, "-t"], check=True, capture_output=True)
    return words


def caddy(proxy: Proxy, folder: Path) -> list[str]:
    text = (PROXY / "Caddyfile").read_text(encoding="utf-8")
    for ours, here in (
        ("{\n\tservers {", f"{{\n{TRIAL}\thttp_port {free_port()}\n\tservers {{"),
        ("read_header 10s", f"read_header {SLOW_SECONDS}s"),
        ("{$PUBLIC_BASE_URL} {", f"https://{NAME}:{proxy.port} {{\n\ttls internal\n"),
    ):
        assert ours in text, ours
        text = text.replace(ours, here)
    (folder / "Caddyfile").write_text(text, encoding="utf-8")
    words = ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    proxy.log.touch()
    return words


def certificate(folder: Path) -> None:
    subprocess.run(
        [
            *MAKE_CERTIFICATE.split(),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
        ],
        check=True, capture_output=True,
    )  # fmt: skip


@contextmanager
def running(proxy: Proxy, words: list[str], folder: Path) -> Iterator[None]:
    assert shutil.which(words[0]), f"{words[0]} is not here: run `make deploy-files`"
    here = {
        **os.environ,
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "HOTLINE_UPSTREAM": f"127.0.0.1:{proxy.behind.port}",
    }
    with (folder / "proxy.log").open("wb") as log:
        process = subprocess.Popen(words, env=here, stdout=log, stderr=log)
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while not answers(proxy):
            assert process.poll() is None, (folder / "proxy.log").read_text()
            assert time.monotonic() < until
            time.sleep(0.2)
        proxy.behind.heads.clear()
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def answers(proxy: Proxy) -> bool:
    try:
        return proxy.asks("/healthz").status_code == 200
    except httpx.HTTPError:
        return False


def test_the_carrier_gets_through_with_the_addresses_that_it_signed(proxy: Proxy) -> None:
    lies = {
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Host": "elsewhere.example.org",
        "X-Forwarded-Port": "1",
        "X-Forwarded-Prefix": "/elsewhere",
        "Forwarded": "for=127.0.0.1",
    }
    for path in web_sides.CARRIER_SIDE:
        target = f"{path}x%20y?said=%2B1&a=b"
        assert proxy.asks(target, b"CallSid=CA1", **lies).status_code == 200
        arrived, head = proxy.behind.heads[-1]
        assert arrived == target
        assert head["Host"] == head["X-Forwarded-Host"] == f"{NAME}:{proxy.port}"
        assert head["X-Forwarded-Proto"] == "https"
        assert head["X-Forwarded-For"].rpartition(",")[2].strip() == "127.0.0.1"
        assert head.get("X-Forwarded-Port", "") != "1"
        assert {name for name in ("X-Forwarded-Prefix", "Forwarded") if head.get(name)} == set()


def test_metrics_are_for_nobody_outside(proxy: Proxy) -> None:
    for path in ("/metrics", "/metrics/", "/metrics?x=1"):
        assert proxy.asks(path).status_code == 404
    assert proxy.behind.heads == []


def test_secret_calendar_addresses_are_in_no_log(proxy: Proxy) -> None:
    proxy.asks("/calendar/a-secret.ics")
    proxy.asks("/healthz")
    time.sleep(0.5)
    assert "a-secret" not in proxy.log.read_text()


def test_bodies_have_a_limit_by_who_sends_them(proxy: Proxy) -> None:
    assert proxy.asks("/voice/incoming", b"x" * 100_000).status_code == 413
    assert proxy.asks("/prompts", b"x" * 10 * MEGABYTE).status_code == 200
    assert proxy.asks("/prompts", b"x" * 25 * MEGABYTE).status_code == 413


def test_a_body_without_an_announced_length_gets_one_or_is_refused(proxy: Proxy) -> None:
    def parts() -> Iterator[bytes]:
        yield b"CallSid="
        yield b"CA1"

    answered = proxy.asks("/voice/incoming", parts()).status_code
    _, head = proxy.behind.heads[-1]
    assert (answered, head.get("Content-Length")) in ((200, "11"), (411, None))


def test_a_slow_head_ends_and_reaches_nobody(proxy: Proxy) -> None:
    with closing(proxy.connects()) as slow:
        slow.sendall(b"POST /voice/incoming HTTP/1.1\r\nHost: localhost\r\n")
        assert_ends(slow)
    assert proxy.behind.heads == []


@pytest.mark.parametrize("proxy", ["nginx"], indirect=True)
def test_a_slow_body_ends_and_reaches_nobody(proxy: Proxy) -> None:
    lines = ("POST /voice/incoming HTTP/1.1", f"Host: {NAME}:{proxy.port}", "Content-Length: 50")
    with closing(proxy.connects()) as slow:
        slow.sendall("\r\n".join((*lines, "", "CallSid=")).encode())
        assert_ends(slow)
    assert proxy.behind.heads == []


def assert_ends(slow: ssl.SSLSocket) -> None:
    """The proxy answers with an error or nothing, and closes."""
    answer = b""
    while more := slow.recv(4096):
        answer += more
    assert b" 200 " not in answer.partition(b"\r\n")[0]
