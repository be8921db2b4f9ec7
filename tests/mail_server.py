"""A loopback receiver of mail and of posts, for what leaves by another way than the carrier."""

from __future__ import annotations

import base64
import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = f"whsec_{base64.b64encode(b'w' * 32).decode()}"


@dataclass(frozen=True)
class Mail:
    """A mail as it arrived."""

    to: tuple[str, ...]
    subject: str
    body: str


@dataclass
class MailServer:
    """An SMTP server that takes everything."""

    port: int
    mails: list[Mail] = field(default_factory=list)
    is_down: bool = False

    @property
    def url(self) -> str:
        """The account, as ALERT_URLS names it; its mails to the team go to the team's box."""
        base = f"mailto://127.0.0.1:{self.port}"
        return f"{base}?mode=insecure&from=line@example.org&to=team@example.org"

    def mails_to(self, address: str) -> list[Mail]:
        """What arrived for this address."""
        return [mail for mail in self.mails if address in mail.to]


@dataclass
class Post:
    """A post as it arrived."""

    headers: dict[str, str]
    body: bytes


@dataclass
class PostServer:
    """An HTTP server that answers each post with the next of these states, then with 204."""

    url: str
    answers: list[int] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server on this machine."""

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._says("220 here")
            to: list[str] = []
            while line := self.rfile.readline().decode().strip():
                word = line.partition(" ")[0].upper()
                if known.is_down and word == "MAIL":
                    self._says("452 not now")
                    continue
                if word == "RCPT":
                    to.append(line.partition("<")[2].partition(">")[0])
                if word == "DATA":
                    self._says("354 go on")
                    known.mails.append(_mail(tuple(to), self._data()))
                    to = []
                self._says("250 good")
                if word == "QUIT":
                    return

        def _says(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

        def _data(self) -> bytes:
            lines = iter(self.rfile.readline, b".\r\n")
            return b"".join(lines)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        known = MailServer(server.server_address[1])
        with _running(server):
            yield known


@contextmanager
def post_server() -> Iterator[PostServer]:
    """A receiver of outgoing webhooks on this machine."""

    class Talk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known.posts.append(Post({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(known.answers.pop(0) if known.answers else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Talk) as server:
        known = PostServer(f"http://127.0.0.1:{server.server_port}/events?key=hidden")
        with _running(server):
            yield known


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield
    server.shutdown()
    thread.join()


def _mail(to: tuple[str, ...], raw: bytes) -> Mail:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    part = message.get_body(("plain", "html"))
    return Mail(to, message["Subject"], part.get_content() if part else "")
