"""What others see who touch no disk: a volunteer's console, a phone, the carrier, the memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx

from tests.seize.seized_line import ACCOUNT, PATIENCE_SECONDS, TOKEN, SeizedLine

_LINK = re.compile(r'href="(/[^"#]*)"')
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_MOST_PAGES = 150
_LEAVE = ("/sign-out", "/static")
_LARGEST_REGION = 256 * 2**20
PRIVATE_AND_WRITTEN = "rw-p"


def pages_of(line: SeizedLine, name: str, password: str) -> bytes:
    """Every page that a user of the console gets to by links, and numbers shown for a reason."""
    with httpx.Client(
        base_url=line.url, trust_env=False, follow_redirects=True, timeout=PATIENCE_SECONDS
    ) as browser:
        browser.headers.update({"Origin": line.url, "Accept": "text/html"})
        token = _token(browser.get("/sign-in").text)
        board = browser.post("/sign-in", data={"name": name, "password": password, "csrf": token})
        if "sign-out" not in board.text:
            raise RuntimeError(f"{name} cannot sign in: {board.status_code} at {board.url}")
        return b"".join(_pages(browser))


def _pages(browser: httpx.Client) -> Iterator[bytes]:
    known, waiting = {"/"}, ["/"]
    while waiting and len(known) < _MOST_PAGES:
        address = waiting.pop()
        page = browser.get(address)
        yield page.content
        if 'name="reason"' in page.text and address.endswith("/number"):
            typed = {"reason": "I want to know", "csrf": _token(page.text)}
            yield browser.post(address, data=typed).content
        for link in _LINK.findall(page.text):
            if link not in known and not link.startswith(_LEAVE):
                known.add(link)
                waiting.append(link)


def _token(page: str) -> str:
    found = _CSRF.search(page)
    return found[1] if found else ""


def shown_on_phone(line: SeizedLine, number: str) -> bytes:
    """The texts on a phone, and its list of calls."""
    phone = line.carrier.phone(number)
    texts = (text.body for text in phone.texts)
    shown = (leg.caller_id_shown for leg in phone.legs if leg.direction != "inbound")
    return "\n".join([*texts, *shown]).encode()


def kept_by_carrier(line: SeizedLine) -> bytes:
    """What the carrier's own pages still list: calls, texts, and the sound of recordings."""
    account = f"/2010-04-01/Accounts/{ACCOUNT}"
    found = []
    with httpx.Client(
        base_url=line.carrier.base_url, auth=(ACCOUNT, TOKEN), trust_env=False,
        timeout=PATIENCE_SECONDS,
    ) as api:  # fmt: skip
        for kind in ("Calls", "Messages", "Recordings"):
            found += list(_every_page(api, f"{account}/{kind}.json?PageSize=1000"))
        for recording in list(line.carrier.recordings):
            found.append(api.get(f"{account}/Recordings/{recording.sid}.wav").content)
    return b"".join(found)


def _every_page(api: httpx.Client, address: str) -> Iterator[bytes]:
    while address:
        answer = api.get(address)
        answer.raise_for_status()
        yield answer.content
        address = answer.json().get("next_page_uri") or ""


def memory_of(process: int) -> Iterator[bytes]:
    """What a process has in its memory and shares with no file; nothing if it has ended."""
    with suppress(OSError):
        regions = Path(f"/proc/{process}/maps").read_text().splitlines()
        with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
            for region in regions:
                span, rights, *_ = region.split()
                first, last = (int(part, 16) for part in span.split("-"))
                if rights == PRIVATE_AND_WRITTEN and last - first <= _LARGEST_REGION:
                    with suppress(OSError, ValueError):
                        memory.seek(first)
                        yield memory.read(last - first)


def environment_of(process: int) -> bytes:
    """What a process was told when it started; nothing if it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{process}/environ").read_bytes()
    return b""
