"""A worker's way to the PostgreSQL server, which can be cut while all its other ways stay."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress

import sqlalchemy as sa

PIECE = 65_536


class Wire:
    """A port of this machine that passes everything on to the server's socket, until it is cut."""

    def __init__(self, url: str) -> None:
        server = sa.make_url(url)
        self._socket = f"{server.query['host']}/.s.PGSQL.{server.port or 5432}"
        self._is_cut = False
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        port = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        here = server.set(host="127.0.0.1", port=port).difference_update_query(["host"])
        self.url = here.render_as_string(hide_password=False)

    def cut(self) -> None:
        """Break every connection, and refuse new ones."""
        self._loop.call_soon_threadsafe(self._break)

    def mend(self) -> None:
        """Let connections through again."""
        self._is_cut = False

    def close(self) -> None:
        """Break every connection, and stop."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _break(self) -> None:
        self._is_cut = True
        for end in self._open:
            end.transport.abort()

    async def _end(self) -> None:
        self._server.close()
        self._break()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _listen(self) -> int:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def _connected(self, heard: asyncio.StreamReader, said: asyncio.StreamWriter) -> None:
        if self._is_cut:
            said.transport.abort()
            return
        self._open.add(said)
        try:
            answered, asked = await asyncio.open_unix_connection(self._socket)
            self._open.add(asked)
            ways = ((heard, asked), (answered, said))
            passing = [asyncio.ensure_future(_pass_on(*ends)) for ends in ways]
            await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
            self._lets_go(asked)
        except OSError:
            pass  # the server restarts
        self._lets_go(said)

    def _lets_go(self, end: asyncio.StreamWriter) -> None:
        end.transport.abort()
        self._open.discard(end)


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await source.read(PIECE):
            target.write(piece)
            await target.drain()
