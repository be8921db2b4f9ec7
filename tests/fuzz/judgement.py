"""A hotline under fire: sends attempts, judges every answer, and counts them."""

from __future__ import annotations

import itertools
import json
import logging
from collections import Counter
from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from click.testing import CliRunner
from werkzeug.test import run_wsgi_app

from commands import command_line
from models.calls import rings
from models.calls.callbacks import Callback
from models.calls.calls import Call
from models.calls.rings import Purpose, Ring, RingState
from models.calls.voicemails import LEFT_SOMETHING, Message
from models.core.base import new_id
from models.prompts import phone_recordings
from models.prompts.phone_recordings import RecordingRequest
from models.staff import users
from prompts import Prompts, Say
from simulator.twiml import documents, inspection
from simulator.twiml.documents import Context, Document, walk
from tests.conftest import KEY
from tests.coordinator import Coordinator
from tests.fuzz.requests import Attempt, Wire, path_of, written
from tests.hotline import Hotline

REFUSALS = frozenset({400, 403, 404, 405, 413})
CALLERS_VIEWS = frozenset({"incoming", "answered", "fallback", "rescue_ended"})
LISTS = (
    "/", "/board", "/calls", "/messages", "/messages?shown=done", "/callbacks", "/people",
    "/partners", "/reports", "/staffing", "/schedule", "/shifts", "/surge", "/prompts",
)  # fmt: skip
"""The pages that show what webhooks write, in one way or another."""
MOST_PAGES = 1_000
_GONE = (b"completed", b"busy", b"failed", b"no-answer", b"canceled", b"hangup")
_CONTEXTS: dict[str, Context] = {
    "hold": "queue-wait",
    "held": "queue-wait",
    "connecting": "queue-url",
    "gate": "whisper",
    "gate_answered": "whisper",
    "sms": "text",
}


def _goodbyes(prompts: Prompts) -> Iterator[str]:
    """How a call that has come to an end of its own ends, in each language."""
    for code in prompts.languages:
        for piece in prompts.pieces(code, "ending.goodbye", {}):
            yield piece.text if isinstance(piece, Say) else piece.file


class Trouble(logging.Handler):
    """Whatever the webhooks log as an error: a view that failed, though the caller was kept."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.seen.append(self.format(record))


class UnderFire:
    """One hotline with people on duty, whose database fills with what the attempts leave behind."""

    def __init__(self, database_url: str) -> None:
        self.hotline = Hotline(database_url)
        self.url = database_url
        for name, languages in (("Ana", "en"), ("Luz", "es en"), ("=HYPERLINK(1)", "ht en")):
            self.hotline.has_on_duty(name, speaks=languages, pin="482915")
        self.reader = self.hotline.knows("Rita", speaks="es en")
        self.hotline.has_user("Rita", "translator", person="Rita")
        self.hotline.has_partner(
            "</Say><Dial>+19005550100</Dial>\x0b", "1 Way", "+17185550170", ["11372"]
        )
        self.counts: Counter[tuple[str, int]] = Counter()
        self.pages = 0
        self.trouble = Trouble()
        logging.getLogger("hotline.webhooks").addHandler(self.trouble)
        self._examples = itertools.count(1)
        self._goodbyes = tuple(_goodbyes(self.hotline.context.shipped_prompts))
        self.rules = [
            rule
            for rule in self.hotline.app.url_map.iter_rules()
            if rule.endpoint.startswith("webhooks.") and "POST" in (rule.methods or ())
        ]

    def suffers(self, attempts: Sequence[Attempt]) -> None:
        """A few callers, known and unknown, and all that is sent about them; then all hang up."""
        sids = [f"CA{next(self._examples):028x}{caller:04x}" for caller in range(4)]
        trail: list[str] = []
        self._rita_is_called()
        for attempt in attempts:
            sid = sids[attempt.caller or 0]
            follow = (
                trail[attempt.follows % len(trail)]
                if trail and attempt.follows is not None
                else None
            )
            path = follow or path_of(attempt, self._known())
            document = self.judge(attempt, written(attempt, path, sid))
            if document is not None:
                trail = self._links(document) or trail
            self.hotline.carrier.advance(3)
        for sid in sids:
            self.send(
                Wire("/voice/status", "", b"", pairs=()), f"CallSid={sid}&CallStatus=completed"
            )

    def send(self, wire: Wire, body: str) -> int:
        """Send an honest form."""
        pairs = tuple(tuple(part.encode() for part in pair.split("=")) for pair in body.split("&"))
        honest = Wire(wire.path, "", body.encode(), pairs=pairs)  # type: ignore[arg-type]  # two parts each
        _, status, _ = self._post(honest, honest.signature(self.hotline.settings.base_url))
        return status

    def judge(self, attempt: Attempt, wire: Wire) -> Document | None:
        """Send one attempt; raise AssertionError when the answer is not what a caller needs."""
        body, status, kind = self._post(wire, wire.signature(self.hotline.settings.base_url))
        view = self._view(wire)
        self.counts[view or "(no such route)", status] += 1
        assert self.trouble.seen == [], self.trouble.seen
        assert status in (200, *REFUSALS), f"{status} for {wire.target()}"
        if attempt.is_ordinary and view:
            assert status == 200, f"{status} for an ordinary request to {wire.target()}"
        if status != 200 and not body:
            return None
        assert kind.startswith("text/xml"), kind
        context = _CONTEXTS.get(view or "", "call")
        document = documents.parse_text(body, wire.path, context)
        assert inspection.inspect(document) == [], body.decode()
        if status == 200 and view in CALLERS_VIEWS:
            self._keeps_the_caller(wire, document, body)
        return document if status == 200 else None

    def forged(self, wire: Wire, signature: str) -> int:
        """The status of a request under a signature that is not its own."""
        body, status, _ = self._post(wire, signature)
        assert body in (b"", b'<?xml version="1.0" encoding="UTF-8"?><Response/>')
        return status

    def exports_well(self) -> None:
        """Whatever was left behind: every export and `who` can still be printed and read."""
        shell = CliRunner(env={"DATABASE_URL": self.url, "DATA_KEYS": KEY})
        for what in ("calls", "messages", "callbacks", "duty"):
            told = shell.invoke(command_line.hotline, ["export", what, "--format", "json"])
            assert told.exit_code == 0, told.output
            rows = json.loads(told.output)
            table = shell.invoke(command_line.hotline, ["export", what, "--format", "csv"])
            assert table.exit_code == 0, table.output
            assert len(table.output.splitlines()) == len(rows) + 1, "a cell broke its line"
        who = shell.invoke(command_line.hotline, ["who", "--at", "2026-12-08T07:04:00Z", "--json"])
        assert who.exit_code == 0, who.output

    def opens_well(self) -> None:
        """Whatever was left behind: every page that shows it opens, the lists to their ends."""
        cora = self.hotline.has_user("Cora").signs_in()
        for address in (*LISTS, *self._pages_of_rows()):
            self._opens(cora, address)
        cora.opens("/calls")
        while earlier := cora.page.css_first("a[rel=next]"):
            self._opens(cora, earlier.attributes["href"] or "")

    def _opens(self, cora: Coordinator, address: str) -> None:
        status = cora.opens(address).answer.status_code
        assert status == 200, f"{status} for {address}"
        self.pages += 1

    def _pages_of_rows(self) -> Iterator[str]:
        """The own pages of calls, messages and callbacks: all, or so many from all over."""
        with self.hotline.context.database.reading() as session:
            for page, query in (
                ("calls", sa.select(Call.id)),
                ("messages", sa.select(Message.id).where(Message.state.in_(LEFT_SOMETHING))),
                ("callbacks", sa.select(Callback.id)),
            ):
                ids = sorted(session.scalars(query))
                every = 1 + len(ids) // MOST_PAGES
                yield from [f"/{page}/{each}" for each in ids[::every]]

    def contents(self) -> bytes:
        """Every row of every table, as it lies there."""
        rows: list[str] = []
        database = self.hotline.context.database
        with database.reading() as session:
            connection = session.connection()
            for table in sorted(sa.inspect(connection).get_table_names()):
                found = connection.exec_driver_sql(f'SELECT * FROM "{table}"')
                rows += sorted(repr(tuple(row)) for row in found)
        return "\n".join(rows).encode()

    def closes(self) -> None:
        """Let go of the database and of the log."""
        logging.getLogger("hotline.webhooks").removeHandler(self.trouble)
        self.hotline.context.database.close()

    def _post(self, wire: Wire, signature: str) -> tuple[bytes, int, str]:
        chunks, status, headers = run_wsgi_app(
            self.hotline.app, wire.environ(signature), buffered=True
        )
        return b"".join(chunks), int(status.split()[0]), headers.get("Content-Type", "")

    def _view(self, wire: Wire) -> str | None:
        """The view that this path belongs to, if any."""
        adapter = self.hotline.app.url_map.bind("hotline.example.org")
        path = wire.environ("")["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        if not adapter.test(path, method="POST"):
            return None
        endpoint: str = adapter.match(path, method="POST")[0]
        return endpoint.removeprefix("webhooks.")

    def _keeps_the_caller(self, wire: Wire, document: Document, body: bytes) -> None:
        """No caller is let go without a word, nor before the call has come to an end of its own."""
        tags = [verb.tag for verb in document.verbs]
        if not tags:
            gone = any(value in _GONE for _, value in wire.pairs)
            assert gone, f"an empty document for a caller: {wire.target()}"
        elif tags[-1] == "Hangup":
            assert len(tags) > 1, f"hung up on without a word: {wire.target()}"
            last = document.verbs[-2]
            assert any(last.text.endswith(goodbye) for goodbye in self._goodbyes), body.decode()

    def _known(self) -> list[str]:
        """The tokens of the latest rings and the ids of the latest messages."""
        with self.hotline.context.database.reading() as session:
            tokens = session.scalars(
                sa.select(Ring.token).order_by(Ring.created_at.desc()).limit(3)
            )
            ids = session.scalars(
                sa.select(Message.id).order_by(Message.expected_at.desc()).limit(3)
            )
            reading = sa.select(Ring.token).where(Ring.purpose == Purpose.DICTATION)
            newest = session.scalars(reading.order_by(Ring.created_at.desc()).limit(1))
            return [*tokens, *newest, *ids]

    def _rita_is_called(self) -> None:
        """Asked for by her, to read a prompt; her call of before is over."""
        now = self.hotline.clock.now()
        with self.hotline.context.database.transaction() as session:
            rita = self.hotline.person(self.reader)
            for ring in rings.open_of_person(session, rita.id):
                ring.move(RingState.FINISHED, now)
            session.flush()
            user = users.of_person(session, rita.id)
            assert user
            ring = rings.write_down(session, Purpose.DICTATION, rita.id, "", 25, now)
            ring.state = RingState.DIALLED
            session.flush()
            words = "Si han detenido a alguien, oprima el dos."
            asked = RecordingRequest(
                new_id(), user.id, "es", "main_menu.detained", "es/main_menu", words
            )
            phone_recordings.begin(session, rita.id, asked, ring, now)

    def _links(self, document: Document) -> list[str]:
        """Where this document leads, as paths of ours."""
        base = self.hotline.settings.base_url
        found: list[str] = []
        for element in walk(document.root):
            given = [*element.attributes.values(), element.text]
            found += [
                url.removeprefix(base).partition("#")[0] for url in given if url.startswith(base)
            ]
        return [path for path in found if not path.startswith("/audio/")]
