"""The carrier as a real HTTP server: one thread for what is due, one for each request."""

import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

WEBHOOK_THREADS = 64
POLL_SECONDS = 0.05


class QuietHandler(WSGIRequestHandler):
    """Does not log requests: the journal keeps them."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""


class Server:
    """A carrier that listens on a port, until it is stopped."""

    def __init__(
        self,
        wsgi: "WSGIApplication",
        work: Callable[[threading.Event], None],
        on_stop: Callable[[], None],
        host: str,
        port: int,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._on_stop = on_stop
        self._stopping = threading.Event()
        self._http = make_server(
            host, port, wsgi, threaded=True, request_handler=QuietHandler, ssl_context=tls
        )
        self.url = f"{'https' if tls else 'http'}://{host}:{self._http.server_port}"
        self._threads = [
            threading.Thread(
                target=self._http.serve_forever,
                args=(POLL_SECONDS,),
                name="carrier-http",
                daemon=True,
            ),
            threading.Thread(
                target=work, args=(self._stopping,), name="carrier-events", daemon=True
            ),
        ]

    def start(self) -> None:
        """Start both threads."""
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        """Wait until asked to stop."""
        self._stopping.wait()

    def ask_to_stop(self) -> None:
        """Make `wait` return; safe in a signal handler."""
        self._stopping.set()

    def stop(self) -> None:
        """End both threads."""
        self._stopping.set()
        self._http.shutdown()
        for thread in self._threads:
            thread.join(timeout=5)
        self._http.server_close()
        self._on_stop()

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
