"""Rows of calls, callbacks, messages and rings, written as a test of a query needs them."""

from __future__ import annotations

from collections.abc import Mapping

from models.calls import callbacks, calls, rings, room_requests, rooms
from models.calls.callbacks import Callback
from models.calls.calls import Call
from models.calls.rings import Purpose, Ring
from models.calls.room_requests import RoomRequest
from models.calls.voicemails import Message
from models.core.database import Session
from routing.dispatch.third_voices import RequestKind
from tests.hotline import Hotline

PEOPLE = ("Ana", "Ben", "Cal", "Dee", "Eve")
HERON, EGRET = "+19175550150", "+19175550151"
"""The phones of two callers."""


class Rows:
    """A database with five people and no work yet; every row is made at `now`."""

    def __init__(self, hotline: Hotline, session: Session) -> None:
        self.session, self.now = session, hotline.clock.now()
        self.ids = {name: hotline.person(hotline.phone_of(name)).id for name in PEOPLE}

    def call(self, number: str | None = HERON, **values: object) -> Call:
        """Somebody calls."""
        sid = f"CA{self.session.query(Call).count()}"
        call = calls.begin(self.session, sid, number, start="hold", language="en", now=self.now)
        self._write(call, values)
        return call

    def owed(self, call: Call, number: str = HERON, **values: object) -> Callback:
        """A caller is promised a callback."""
        owed = Callback(
            call_id=call.id, caller_mark=call.number_mark, pseudonym="Heron", language="en",
            need="question", confirmed=True, may_leave_message=False, promised_at=self.now,
            due_at=self.now, next_try_at=self.now,
        )  # fmt: skip
        callbacks.seal_number(self.session, owed, number)
        self.session.add(owed)
        self._write(owed, values)
        return owed

    def message(self, call: Call, **values: object) -> Message:
        """A caller hears the tone."""
        message = Message(call_id=call.id, language="en", need="question", expected_at=self.now)
        self.session.add(message)
        self._write(message, values)
        return message

    def request(self, call: Call) -> RoomRequest:
        """A responder asks for an interpreter."""
        room = rooms.open_for(self.session, call.id, self.now)
        request = RoomRequest(
            room_id=room.id, call_id=call.id, kind=RequestKind.INTERPRETER, asked_at=self.now,
            deadline_at=self.now, next_step_at=self.now,
        )  # fmt: skip
        assert room_requests.write_down(self.session, request)
        return request

    def ring(self, name: str, purpose: Purpose = Purpose.CALLER, **values: object) -> Ring:
        """A phone is to be rung."""
        made = rings.write_down(self.session, purpose, self.ids[name], "first line", 20, self.now)
        self._write(made, values)
        return made

    def _write(self, row: object, values: Mapping[str, object]) -> None:
        for name, value in values.items():
            setattr(row, name, value)
        self.session.flush()
