"""What comes beside the calls: sign-ins, slow connections, and a coordinator with heavy files.

    python -m tests.siege_web.attackers PORT SECONDS SIGN_INS SLOW COOKIE

It speaks to 127.0.0.1 alone and ends by itself. At its end it prints one JSON object: how often
each answer came. It runs at the lowest priority, because it stands for other machines.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from tests.siege_web import heavy_files

HOST = "127.0.0.1"
SECRET = "s" * 32
COOKIE = "hotline_demo"
_GIVES_UP_SECONDS = 15.0
_AT_ONCE = 1000
_TICK_SECONDS = 0.02
_PIECE = 64 * 1024
_HALF = (
    b"POST /voice/incoming HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ",
    b"POST /voice/incoming HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nCallSid=C",
    b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nname=Cor",
    b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: ",
)


class Attack:
    """All that comes until `seconds` are over."""

    def __init__(self, port: int, seconds: float, session: str) -> None:
        self._port, self._until, self._session = port, time.monotonic() + seconds, session
        self.answers: Counter[str] = Counter()

    async def run(self, sign_ins: int, slow: int) -> None:
        """Everything at once."""
        works = [self._signs_in(sign_ins), *(self._is_slow(number) for number in range(slow))]
        if self._session:
            works += [self._bombs(), self._uploads(), self._looks_at_the_schedule()]
        await asyncio.gather(*works)

    @property
    def _left(self) -> float:
        return self._until - time.monotonic()

    async def _signs_in(self, rate: int) -> None:
        """So many a second, each from another network, whether or not the last were answered."""
        begun, made = time.monotonic(), 0
        under_way: set[asyncio.Task[None]] = set()
        while self._left > 0:
            due = int((time.monotonic() - begun) * rate) - made
            for _ in range(due):
                made += 1
                if len(under_way) >= _AT_ONCE:
                    self.answers["sign-in not sent"] += 1
                    continue
                task = asyncio.create_task(self._asks("sign-in", _sign_in(self._port)))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
            await asyncio.sleep(_TICK_SECONDS)
        for task in under_way:
            task.cancel()
        self.answers["sign-in sent"] = made

    async def _is_slow(self, number: int) -> None:
        """Half a request; again as soon as the server hangs up."""
        while self._left > 0:
            with suppress(OSError, TimeoutError):
                reader, writer = await asyncio.open_connection(HOST, self._port)
                writer.write(_HALF[number % len(_HALF)])
                self.answers["slow connections"] += 1
                async with asyncio.timeout(max(self._left, 0)):
                    await reader.read()
                writer.close()
            await asyncio.sleep(0.2)

    async def _bombs(self) -> None:
        bombs = heavy_files.bombs()
        await self._again("bombs", lambda: self._form("/import", bombs))

    async def _uploads(self) -> None:
        large = heavy_files.large_sound()
        await self._again("upload", lambda: self._form("/prompts/announcements", large))

    async def _looks_at_the_schedule(self) -> None:
        page = _head(self._port, "GET", "/schedule?days=14", self._session, 0, "Accept: text/html")
        await self._again("schedule", lambda: page)

    def _form(self, path: str, file: bytes) -> bytes:
        kind = f"Content-Type: multipart/form-data; boundary={heavy_files.BOUNDARY}"
        body = heavy_files.form(csrf(self._session), file)
        return _head(self._port, "POST", path, self._session, len(body), kind) + body

    async def _again(self, what: str, request: Callable[[], bytes]) -> None:
        while self._left > 0:
            await self._asks(what, request())
            await asyncio.sleep(_TICK_SECONDS)

    async def _asks(self, what: str, request: bytes) -> None:
        try:
            async with asyncio.timeout(min(_GIVES_UP_SECONDS, max(self._left, 0))):
                status = await self._status(request)
        except TimeoutError:
            status = "no answer in time"
        except OSError:
            status = "cut off"
        self.answers[f"{what} {status}"] += 1

    async def _status(self, request: bytes) -> str:
        reader, writer = await asyncio.open_connection(HOST, self._port)
        try:
            for start in range(0, len(request), _PIECE):
                writer.write(request[start : start + _PIECE])
                await writer.drain()
            answer = await reader.read()
            return answer[9:12].decode() or "cut off"
        finally:
            writer.close()


def _sign_in(port: int) -> bytes:
    token = secrets.token_urlsafe(16)
    body = f"name=Somebody&password=wrong+wrong+wrong+wrong&csrf={csrf(token)}".encode()
    network = ".".join(str(secrets.randbelow(250) + 1) for _ in range(4))
    return _head(port, "POST", "/sign-in", token, len(body), f"X-Forwarded-For: {network}") + body


def _head(port: int, method: str, path: str, cookie: str, length: int, *more: str) -> bytes:
    lines = (
        f"{method} {path} HTTP/1.1",
        f"Host: {HOST}:{port}",
        f"Origin: http://{HOST}:{port}",
        f"Cookie: {COOKIE}={cookie}",
        f"Content-Length: {length}",
        *(("Content-Type: application/x-www-form-urlencoded",) if path == "/sign-in" else ()),
        *more,
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def csrf(token: str) -> str:
    """What `console/auth/cookies.py` puts into each form: one GET gives it to anybody.

    Its first half masks the second; a mask of zeros leaves that as it is.
    """
    digest = hmac.new(SECRET.encode(), b"csrf" + token.encode(), hashlib.sha256).hexdigest()
    return "0" * len(digest) + digest


def main() -> None:
    """Attack, then print what was answered."""
    port, seconds, sign_ins, slow, session = sys.argv[1:]
    os.nice(19)
    attack = Attack(int(port), float(seconds), session)
    asyncio.run(attack.run(int(sign_ins), int(slow)))
    print(json.dumps(attack.answers))  # noqa: T201 - the bench reads it


if __name__ == "__main__":
    main()
