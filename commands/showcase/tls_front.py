"""Ends TLS in front of the web side of a rehearsal, as a proxy does for real callers."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_HERE = "127.0.0.1"
_PIECE = 64 * 1024


@contextmanager
def before(port: int, certificate: Path) -> Iterator[int]:
    """Pass on what comes in by TLS to a port of this machine; gives the port that listens."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        asyncio.start_server(lambda *both: _pass_on(port, *both), _HERE, 0, ssl=tls)
    )
    thread = threading.Thread(target=loop.run_forever, name="tls-front", daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(_end_connections())
        loop.close()


async def _pass_on(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection, until either side closes it."""
    with suppress(OSError):  # a side that went away, or a web side that is not up yet
        there_reader, there_writer = await asyncio.open_connection(_HERE, port)
        await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))
    writer.close()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while piece := await source.read(_PIECE):
            target.write(piece)
            await target.drain()
    finally:
        target.close()


async def _end_connections() -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
