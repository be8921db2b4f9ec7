"""The processes of `hotline serve`: some answer callers, one serves the console.

All listen through one socket. A process for callers reads each request without a thread, until it
is whole or late. A webhook then gets one of the threads that only webhooks have. A connection to
the console is handed to the console's process, which yields the processor to callers
(docs/decisions/0040-callers-have-their-own-processes.md).
"""

from __future__ import annotations

import errno
import os
import resource
import selectors
import socket
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from gunicorn import http  # type: ignore[import-untyped]  # the library ships no types
from gunicorn.workers.gthread import (  # type: ignore[import-untyped]
    TConn,
    ThreadWorker,
)

from commands.base.child_processes import CODE
from commands.hosting import web_connections
from commands.hosting.request_heads import Refused
from commands.hosting.web_connections import Arrival, PatientSocket
from ivr.http.web_sides import Side

CONSOLE_PROCESSES = 1
OPEN_THREADS = 4
"""For sounds and probes, so that a crowd of them holds no thread of a webhook."""
LARGEST_CROWD = 2000
"""Unfinished requests of one process; beyond it the oldest is dropped, never the newest."""
LARGEST_QUEUE = 64
"""Console requests that wait for a thread or have one; more are told to try again."""
_CONSOLE_NICE = 15
"""Callers get about thirty times its share of a busy processor. With 5 it was three times, and the
99th percentile of webhooks doubled under siege."""
_LEAVE_SECONDS = 2.0
_FILES = 16_384
_HANDED_OVER = 1024 * 1024
_KIND = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_DGRAM
_BUSY = Refused("503 Service Unavailable")
_LATE = Refused("408 Request Timeout")
_TOO_LARGE = Refused("413 Content Too Large")
_NO_FILES_LEFT = (errno.EMFILE, errno.ENFILE)


def serves_console(others: Sequence[bool], processes: int) -> bool:
    """Whether a new process serves the console, beside others of which the oldest comes first.

    Of more than `processes`, as during a reload, gunicorn ends the oldest.
    """
    staying = others[-(processes - 1) :]
    return staying.count(False) >= processes - CONSOLE_PROCESSES


def web_command(host: str, port: int, workers: int, factory: str) -> list[str]:
    """The command line that runs gunicorn as its own process with this app factory."""
    return [sys.executable, "-m", "gunicorn", *web_arguments(host, port, workers, factory)]


def web_arguments(
    host: str, port: int, workers: int, factory: str = "web_app:for_callers(forks=True)"
) -> list[str]:
    """The arguments of gunicorn; a socket from systemd replaces host and port.

    The app is loaded once and forked, so a process that dies is replaced in milliseconds. Only what
    was forked reads keys.
    """
    return [
        *(factory, "--bind", f"{host}:{port}", "--workers", str(workers + CONSOLE_PROCESSES)),
        *("--worker-class", f"{CallersFirst.__module__}.{CallersFirst.__name__}"),
        *("--threads", "8"),
        *("--config", f"file:{Path(__file__).with_name('gunicorn_config.py')}"),
        *("--pythonpath", str(CODE), "--no-control-socket", "--preload"),
    ]


class CallersFirst(ThreadWorker):  # type: ignore[misc]  # the library ships no types
    """A web process, for callers or for the console."""

    handover: ClassVar[tuple[socket.socket, socket.socket]]
    """Connections to the console, with what was read of them: the end to send to, and to read."""
    longest_computing_seconds: ClassVar[float] = 30.0
    """Processor time of one console request; beyond it the console's process is replaced."""
    is_console = False

    @classmethod
    def check_config(cls, _cfg: Any, _log: Any) -> None:
        """Prepare what all processes share, before the first is forked."""
        cls.handover = socket.socketpair(socket.AF_UNIX, _KIND)
        for end in cls.handover:
            end.setblocking(False)
            for size in (socket.SO_SNDBUF, socket.SO_RCVBUF):
                end.setsockopt(socket.SOL_SOCKET, size, _HANDED_OVER)
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        enough = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, enough), hard))

    def take_side(self, others: Iterable[CallersFirst], processes: int) -> None:
        """Serve callers or the console; called before the fork."""
        by_age = sorted(others, key=lambda each: each.age)
        self.is_console = serves_console([each.is_console for each in by_age], processes)

    def init_process(self) -> None:
        """Called in the new process; returns when it ends."""
        self.arriving: dict[Arrival, None] = {}
        self.leaving: dict[PatientSocket, float] = {}
        self.handled = 0
        self.computing: dict[int, float] = {}
        self.open_pool = ThreadPoolExecutor(OPEN_THREADS)
        if self.is_console:
            os.nice(_CONSOLE_NICE)
            self.sockets = [self.handover[1]]
        super().init_process()

    def set_accept_enabled(self, enabled: bool) -> None:
        """At its end the console takes what was handed to it already."""
        if self.is_console and self._accepting and not enabled:
            while self._take_over():
                pass
        super().set_accept_enabled(enabled)

    def accept(self, listener: Any) -> None:
        """Take a new connection, or one that was handed over."""
        if self.is_console:
            self._take_over()
            return
        try:
            connection, _ = listener.accept()
        except OSError as error:
            if error.errno in _NO_FILES_LEFT:
                self._drop_oldest()
            return
        arrival = self._arrive(PatientSocket.of(connection))
        self._read(arrival)

    def handle(self, conn: Any) -> Any:
        """Answer a request, in one of the threads."""
        thread = threading.get_ident()
        self.computing[thread] = time.thread_time()
        try:
            return super().handle(conn)
        finally:
            del self.computing[thread]

    def murder_pending(self) -> None:
        """Refuse the late; part from those who do not close their end; bound what is computed."""
        now = time.monotonic()
        if self.is_console and sys.platform == "linux":
            self._end_if_one_computes_too_long()
        while self.arriving and (first := next(iter(self.arriving))).until <= now:
            self._refuse(first, _LATE)
        while self.leaving and self.leaving[first_leaving := next(iter(self.leaving))] <= now:
            self._close(first_leaving)

    def finish_request(self, conn: Any, _done: Future[bool]) -> None:
        """Part from the peer without waiting for it."""
        self.nr_conns -= 1
        self.handled -= 1
        self._part(conn.sock)

    def _end_if_one_computes_too_long(self) -> None:
        """A thread cannot be ended alone. What waits for the console goes to the next process."""
        for thread, began in list(self.computing.items()):
            used = time.clock_gettime(time.pthread_getcpuclockid(thread)) - began
            if used > self.longest_computing_seconds:
                self.log.error("a console request computed for %d s: its process ends", used)
                os._exit(1)

    def _take_over(self) -> bool:
        try:
            received, files, *_ = socket.recv_fds(self.handover[1], _HANDED_OVER, 1)
        except OSError:
            return False
        for file in files:
            arrival = self._arrive(PatientSocket(fileno=file), received)
            self._look(arrival)
        return True

    def _arrive(self, connection: PatientSocket, received: bytes = b"") -> Arrival:
        arrival = Arrival(connection, received)
        if len(self.arriving) >= LARGEST_CROWD:
            self._drop_oldest()
        self.nr_conns += 1
        self.arriving[arrival] = None
        connection.setblocking(False)
        self.poller.register(connection, selectors.EVENT_READ, partial(self._read, arrival))
        return arrival

    def _read(self, arrival: Arrival, _connection: object = None) -> None:
        if arrival not in self.arriving:
            return  # dropped since it became readable
        if arrival.read():
            self._look(arrival)
        else:
            self._drop(arrival)

    def _look(self, arrival: Arrival) -> None:
        try:
            head = arrival.look()
        except Refused as refused:
            self._refuse(arrival, refused)
            return
        if head is None:
            return
        if head.side is Side.CONSOLE and not self.is_console:
            self._hand_over(arrival)
        elif arrival.is_large and not self.is_console:
            self._refuse(arrival, _TOO_LARGE)
        elif arrival.is_large or arrival.is_whole:
            self._begin(arrival)

    def _hand_over(self, arrival: Arrival) -> None:
        try:
            socket.send_fds(
                self.handover[0], [bytes(arrival.received)], [arrival.connection.fileno()]
            )
        except OSError:  # the console has more than it can take
            self._refuse(arrival, _BUSY)
        else:
            self._drop(arrival)

    def _begin(self, arrival: Arrival) -> None:
        if self.is_console and self.handled >= LARGEST_QUEUE:
            self._refuse(arrival, _BUSY)
            return
        connection = arrival.connection
        try:
            peer, here = connection.getpeername(), connection.getsockname()
        except OSError:
            self._drop(arrival)
            return
        self._forget(arrival)
        self.handled += 1
        conn = TConn(self.cfg, connection, peer, here)
        conn.initialized = conn.data_ready = True
        conn.parser = http.get_parser(self.cfg, connection, peer)
        conn.parser.unreader.unread(bytes(arrival.received))
        if not arrival.is_whole:
            connection.reads_until = time.monotonic() + arrival.body_seconds
        is_open = arrival.head is not None and arrival.head.side is Side.OPEN
        pool = self.open_pool if is_open else self.tpool
        future = pool.submit(self.handle, conn)
        future.add_done_callback(partial(self.method_queue.defer, self.finish_request, conn))

    def _refuse(self, arrival: Arrival, refused: Refused) -> None:
        self._forget(arrival)
        self.nr_conns -= 1
        with suppress(OSError):
            arrival.connection.send(web_connections.refusal(refused))
        self._part(arrival.connection)

    def _drop_oldest(self) -> None:
        if self.arriving:
            self._drop(next(iter(self.arriving)))

    def _drop(self, arrival: Arrival) -> None:
        self._forget(arrival)
        self.nr_conns -= 1
        arrival.connection.close()

    def _forget(self, arrival: Arrival) -> None:
        del self.arriving[arrival]
        self.poller.unregister(arrival.connection)

    def _part(self, connection: PatientSocket) -> None:
        """Say that nothing more comes. Closing at once could cut off the answer (RFC 9112, 9.6)."""
        try:
            connection.setblocking(False)
            connection.shutdown(socket.SHUT_WR)
            self.poller.register(connection, selectors.EVENT_READ, self._hear_no_more)
        except (OSError, ValueError):
            connection.close()
            return
        self.leaving[connection] = time.monotonic() + _LEAVE_SECONDS
        if len(self.leaving) > LARGEST_CROWD:
            self._close(next(iter(self.leaving)))

    def _hear_no_more(self, connection: PatientSocket) -> None:
        if connection not in self.leaving:
            return
        with suppress(BlockingIOError):
            try:
                if connection.recv(web_connections.LARGEST_IN_MEMORY):
                    return
            except ConnectionError:
                pass
            self._close(connection)

    def _close(self, connection: PatientSocket) -> None:
        del self.leaving[connection]
        self.poller.unregister(connection)
        connection.close()
