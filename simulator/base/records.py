"""What happened, as values: words heard, texts, problems, and the journal of all HTTP."""

import json
import secrets
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class Spoken:
    """Something that was said or played to a phone, noted when it began."""

    text: str
    language: str
    voice: str
    audio_url: str
    at: datetime
    part_of: Literal["Say", "Play"]
    seconds: float = 0.0
    """How long it lasts, unless a key cuts it short."""


@dataclass(frozen=True)
class Event:
    """One line of a leg's timeline; `spoken` is what was heard, if anything."""

    at: datetime
    what: str
    detail: str = ""
    spoken: Spoken | None = None


@dataclass(frozen=True)
class Text:
    """An SMS as the phone shows it."""

    from_: str
    body: str
    at: datetime


@dataclass(frozen=True)
class Problem:
    """A fault of the hotline as Twilio's debugger reports it; `code` is Twilio's number."""

    code: int
    message: str
    url: str = ""


@dataclass(frozen=True)
class WebhookEntry:
    """One HTTP request of the carrier and its answer; status None means no answer."""

    at: datetime
    due_at: datetime
    """When the carrier wanted to send it; on a busy machine a request waits for a thread."""
    purpose: str
    method: str
    url: str
    params: Mapping[str, str]
    status: int | None
    text: str
    error: int | None = None
    leg: str = ""
    """Who waits for the answer, if a leg does."""
    kind: Literal["webhook"] = "webhook"


@dataclass(frozen=True)
class RestEntry:
    """One request to the REST API and its answer; status None means no answer."""

    at: datetime
    method: str
    path: str
    params: Mapping[str, str | list[str]]
    status: int | None
    text: str
    acted: bool
    kind: Literal["rest"] = "rest"


@dataclass(frozen=True)
class LegEntry:
    """One event of a leg: what really happened, also when webhooks were lost or late.

    `heard` is the index of the words in what the leg heard.
    """

    at: datetime
    leg: str
    number: str
    what: str
    detail: str
    parent: str = ""
    """The leg whose <Dial> made this one."""
    heard: int | None = None
    kind: Literal["leg"] = "leg"


Entry = WebhookEntry | RestEntry | LegEntry


class Journal:
    """Every webhook and REST request in order; with a path, also in a file.

    Long runs keep it in the file only (`in_memory=False`). The file survives the process but not a
    loss of power: syncing each line would block the whole carrier.
    """

    def __init__(self, path: Path | None = None, *, in_memory: bool = True) -> None:
        self.name = secrets.token_hex(8)
        """Distinguishes this journal, and positions in it, from the journal of a later run."""
        self.entries: list[WebhookEntry | RestEntry] = []
        self.everything: list[Entry] = []
        self._in_memory = in_memory
        self._lock = threading.Condition()
        self._file = path.open("a", encoding="utf-8") if path else None

    def write(self, entry: Entry) -> None:
        """Keep one entry, and wake the threads that wait for it."""
        with self._lock:
            if self._in_memory:
                self.everything.append(entry)
            if self._in_memory and not isinstance(entry, LegEntry):
                self.entries.append(entry)
            self._lock.notify_all()
            if self._file:
                self._file.write(as_json(entry) + "\n")
                self._file.flush()

    def wait_beyond(self, position: int, seconds: float) -> bool:
        """Wait some real seconds at most; whether `everything` grew beyond a position."""
        with self._lock:
            return self._lock.wait_for(lambda: len(self.everything) > position, seconds)

    def since(self, position: int) -> Iterator[dict[str, Any]]:
        """The entries from a position on, as plain data."""
        for entry in self.entries[position:]:
            yield json.loads(as_json(entry))

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()


def as_json(entry: Entry | Event | Text | Spoken) -> str:
    """A record as one line of JSON; instants in ISO 8601."""
    return json.dumps(vars(entry), default=_as_plain, ensure_ascii=False)


def _as_plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else vars(value)
