"""`hotline check` as programs read it, and what it tries from outside."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.command_line import hotline
from commands.findings import slow_clients
from settings import Settings
from tests.hotline import settings_for

FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def test_programs_read_the_same_list_as_people(tmp_path: Path) -> None:
    environment = {"STATE_FOLDER": str(tmp_path)}
    told, read = (
        CliRunner().invoke(hotline, ["check", *more], env=environment) for more in ([], ["--json"])
    )
    assert told.exit_code == read.exit_code == 1
    found = json.loads(read.stdout)
    assert told.stdout.splitlines() == [f"{each['kind']}: {each['words']}" for each in found]
    assert {each["kind"] for each in found} == {"wrong", "note"}


@pytest.mark.parametrize(
    ("threads", "answer", "finds"),
    [(64, FINE, ""), (8, FINE, "no answer"), (64, b"HTTP/1.1 503 Busy\r\n\r\n", "another answer")],
)
def test_slow_clients_of_a_server_that_reads_for_them_are_found(
    threads: int, answer: bytes, finds: str
) -> None:
    """A server with one thread for each half request has none left for the caller."""
    with listening(threads, answer) as url:
        found = [each.words for each in slow_clients.of_slow_clients(url, patience=0.5)]
    assert bool(found) is bool(finds)
    assert finds in "".join(found)


def test_an_api_key_is_whole_or_refused() -> None:
    def problems(**changed: str) -> list[str]:
        known = settings_for("sqlite:////srv/x.db").model_dump() | changed
        found = Settings.model_validate({"_env_file": None, **known}).problems()
        return [problem for problem in found if "API_KEY" in problem]

    key = {"twilio_api_key_sid": f"SK{5:032x}", "twilio_api_key_secret": "q7" * 16}
    assert problems(**key) == []
    assert "set both" in problems(**key | {"twilio_api_key_secret": ""})[0]
    assert "must be SK" in problems(**key | {"twilio_api_key_sid": "AC1"})[0]


def test_an_offline_key_is_whole_or_refused() -> None:
    def problems(recipients: str) -> list[str]:
        known = settings_for("sqlite:////srv/x.db").model_dump() | {"backup_recipients": recipients}
        found = Settings.model_validate({"_env_file": None, **known}).problems()
        return [problem for problem in found if "BACKUP" in problem]

    whole = "age10z5rh3lqw7pvcrrqqrwlf00zxx8202whvlvn230n5zk2w47swcvqwdu4sr"
    assert problems(f"{whole}, {whole}") == []
    assert len(problems(whole[:-1])) == 1


@contextmanager
def listening(threads: int, answer: bytes) -> Iterator[str]:
    """A server that reads each request in one of so many threads, until its head is whole."""
    free = threading.Semaphore(threads)
    server = socket.create_server(("127.0.0.1", 0), backlog=64)

    def serve(client: socket.socket) -> None:
        with client, free, suppress(OSError):
            heard = b""
            while b"POST" in heard or b"\r\n\r\n" not in heard:
                if not (piece := client.recv(1024)):
                    return
                heard += piece
            client.sendall(answer)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}"
    server.shutdown(socket.SHUT_RDWR)
    server.close()
