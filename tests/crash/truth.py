"""Gathers the evidence: the carrier's journal from disk, the rows of the database, the history."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from models.calls import callbacks, calls, outbox, rings, voicemails
from models.calls.outbox import TaskState, TextState
from models.calls.rings import Purpose
from models.calls.voicemails import MessageState
from models.core.database import Database, Session
from models.people import people
from prompts import load
from simulator import Carrier
from simulator.calling.call_recordings import Recording
from tests.crash.callers import ENDED
from tests.crash.carriers_client import Wait
from tests.crash.checker import CallbackRow, CallRow, Evidence, Leg, MessageRow, Recorded, RingRow
from tests.crash.history import Did

_ROOM = re.compile(r"<Conference([^>]*)>(r-[\w-]+)</Conference>")
_LEADS = re.compile(r'beep="false".* startConferenceOnEnter="true"')
"""How a document shows that this leg gets the caller; its attributes are sorted by name."""
_ANSWERED_ALIKE = re.compile(r"^/voice/(incoming|\w+/at/.*)$")
_NO_ROW = load().sentence("en", "texts.database_away", {})
"""The one text without a row: it says that the database is away."""
_RESCUED, _MOMENT = "/rescue", "?again="
"""Marks in rescue answers, which are not stored: a dial, or a request to ask again."""


@dataclass
class Journal:
    """The carrier's journal, read line by line."""

    legs: dict[str, Leg] = field(default_factory=dict)
    webhooks: dict[str, list[Wait]] = field(default_factory=lambda: defaultdict(list))
    texts: list[str] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)
    moments: int = 0
    apologies: int = 0
    """Of both, only those that a caller was there to hear."""
    _talks: dict[str, list[tuple[datetime, datetime | None, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    @classmethod
    def read(cls, file: Path) -> Journal:
        """Everything in the file."""
        journal = cls()
        for entry in _lines(file):
            at = datetime.fromisoformat(entry["at"])
            match entry["kind"]:
                case "leg":
                    journal._leg(entry, at)
                case "rest":
                    journal._rest(entry)
                case "webhook":
                    journal._webhook(entry, at)
        for sid, talks in journal._talks.items():
            journal.legs[sid] = replace(journal.legs[sid], talks=tuple(talks))
        return journal

    def _leg(self, entry: Mapping[str, Any], at: datetime) -> None:
        sid, what, detail = entry["leg"], entry["what"], entry["detail"]
        talks = self._talks[sid]
        match what:
            case "created":
                self.legs[sid] = Leg(sid, entry["number"], detail, entry["parent"], at)
            case "bridged":
                talks.append((at, None, detail))
            case "unbridged":
                self._end_talk(talks, at, detail)
            case _ if what in ENDED:
                self.legs[sid] = replace(self.legs[sid], ended_at=at, ended_by=detail)

    @staticmethod
    def _end_talk(
        talks: list[tuple[datetime, datetime | None, str]], at: datetime, other: str
    ) -> None:
        for place, (since, until, with_whom) in enumerate(talks):
            if until is None and with_whom == other:
                talks[place] = (since, at, other)

    def _rest(self, entry: Mapping[str, Any]) -> None:
        if entry["method"] != "POST" or not entry["acted"]:
            return
        is_text = entry["path"].endswith("/Messages.json") and '"sid"' in entry["text"]
        if is_text and entry["params"].get("Body") != _NO_ROW:
            self.texts.append(entry["params"]["To"])
        if entry["path"].endswith("/Calls.json") and '"sid"' in entry["text"]:
            sid = json.loads(entry["text"])["sid"]
            token = urlsplit(entry["params"]["Url"]).path.split("/")[2]
            self.legs[sid] = replace(self.legs[sid], token=token)

    def _webhook(self, entry: Mapping[str, Any], at: datetime) -> None:
        due_at = datetime.fromisoformat(entry["due_at"])
        self.webhooks[entry["params"].get("CallSid") or entry["leg"]].append((due_at, at))
        if entry["purpose"] != "voice" or entry["error"] is not None:
            return
        path, sid, text = urlsplit(entry["url"]).path, entry["params"]["CallSid"], entry["text"]
        leg = self.legs.get(sid)
        is_there = leg is None or leg.ended_at is None  # an end may precede the response
        self.apologies += _RESCUED in text and is_there
        self.moments += _MOMENT in text and is_there
        failed = _RESCUED in text or _MOMENT in text
        if _ANSWERED_ALIKE.match(path) and not failed:
            self.answers.append((f"{sid} {path}", hashlib.sha256(text.encode()).hexdigest()))
        room = _ROOM.search(text)
        leads = room is not None and _LEADS.search(room[1])
        if leg and room and leads and room[2] not in {name for _, name in leg.was_given}:
            self.legs[sid] = replace(leg, was_given=(*leg.was_given, (at, room[2])))


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def gather(
    journal: Path,
    database: Database,
    deeds: Sequence[Did],
    recordings: Mapping[str, Recording],
    carrier: Carrier,
) -> Evidence:
    """Everything the checker needs."""
    read = Journal.read(journal)
    with database.reading() as session:
        return Evidence(
            legs=list(read.legs.values()),
            webhooks=read.webhooks,
            recordings=[_recorded(recording, carrier) for recording in recordings.values()],
            deeds=deeds,
            calls=[
                CallRow(row.id, row.sid, row.state, row.outcome, row.promised)
                for row in session.scalars(sa.select(calls.Call))
            ],
            callbacks=[_callback(session, row) for row in callbacks.between(session, None, None)],
            messages=[_message(session, row) for row in voicemails.between(session, None, None)],
            rings=[_ring(session, row) for row in session.scalars(sa.select(rings.Ring))],
            texts_sent=read.texts,
            texts_owed=list(_texts_owed(session)),
            answers=read.answers,
            moments=read.moments,
            apologies=read.apologies,
        )


def _recorded(recording: Recording, carrier: Carrier) -> Recorded:
    end = recording.end or recording.start
    spoken = sum(
        max(0.0, (min(speech.end, end) - max(speech.start, recording.start)).total_seconds())
        for speech in recording.speeches
        if speech.loudness > 0
    )
    return Recorded(
        sid=recording.sid,
        call=recording.leg.sid,
        spoken_seconds=spoken,
        digest=hashlib.sha256(recording.wav()).hexdigest(),
        deleted=carrier.recordings.find(recording.sid) is None and recording.status != "absent",
    )


def _callback(session: Session, row: callbacks.Callback) -> CallbackRow:
    number = callbacks.number_of(session, row)
    return CallbackRow(row.id, row.call_id, number, row.state, row.promised_at, row.closed_at)


def _ring(session: Session, row: rings.Ring) -> RingRow:
    is_to_caller = row.purpose == Purpose.CALLED and row.call_id
    theirs = rings.of_responder_who_calls_back(session, row.call_id or "") if is_to_caller else None
    calls_back, pursues = theirs.callback_id if theirs else None, row.purpose == Purpose.PURSUIT
    return RingRow(row.id, row.token, row.sid, row.state, calls_back, pursues)


def _message(session: Session, row: voicemails.Message) -> MessageRow:
    sound = voicemails.sound_of(session, row.id)
    digest = hashlib.sha256(sound).hexdigest() if sound is not None else None
    silence = row.digest if row.state == MessageState.SILENT else None
    return MessageRow(row.id, row.call_id, row.recording_sid, row.state, digest, silence)


def _texts_owed(session: Session) -> Iterator[str]:
    for text in session.scalars(sa.select(outbox.Text)):
        person = people.with_id(session, text.person_id) if text.person_id else None
        if person:
            yield people.phone_of(session, person)


def pursuing_legs(database: Database) -> set[str]:
    """SIDs of the calls to people about open items: they go on until somebody owns each item."""
    with database.reading() as session:
        made = sa.select(rings.Ring.sid).where(rings.Ring.purpose == Purpose.PURSUIT)
        return {sid for sid in session.scalars(made) if sid}


def unsettled(database: Database) -> dict[str, int]:
    """The work that the rows say is due soon; when none is left, the run can be judged."""
    with database.reading() as session:

        def count(*conditions: sa.ColumnElement[bool]) -> int:
            return session.scalar(sa.select(sa.func.count()).where(*conditions)) or 0

        left = {
            "calls": count(calls.Call.ended_at.is_(None)),
            "rings": count(rings.Ring.state.in_(rings.OPEN), rings.Ring.purpose != Purpose.PURSUIT),
            "messages": count(voicemails.Message.state.in_(voicemails.ON_ITS_WAY)),
            "callbacks": count(
                callbacks.Callback.state.in_(callbacks.STILL_OWED),
                callbacks.Callback.attempts == 0,
            ),
            "carrier tasks": count(outbox.CarrierTask.state == TaskState.OPEN),
            "texts": count(outbox.Text.state.in_((TextState.PENDING, TextState.SENDING))),
        }
    return {name: many for name, many in left.items() if many}
