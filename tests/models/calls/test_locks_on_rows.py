"""On PostgreSQL a row that others name is held so that they can still be written.

A step, a ring or a message names its call. With the stronger lock each of them would wait for the
transaction that answers the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from models.calls import callbacks, rings, voicemails
from models.calls.rings import Purpose
from tests.rows import HERON, Rows

LOCK = re.compile(r"FOR [A-Z ]*UPDATE.*$")
WEAK = "FOR NO KEY UPDATE"


@contextmanager
def locks_of(rows: Rows) -> Iterator[list[str]]:
    """Collects how the statements inside the `with` block lock their rows on PostgreSQL."""
    found: list[str] = []

    def note(_connection: object, asked: sa.ClauseElement, *_: object) -> None:
        text = str(asked.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
        found.extend(LOCK.findall(text))

    connection = rows.session.connection()
    sa.event.listen(connection, "before_execute", note)
    yield found
    sa.event.remove(connection, "before_execute", note)


@pytest.mark.parametrize(
    ("ask", "locks"),
    [
        (lambda rows, _: callbacks.owed_to(rows.session, HERON), [WEAK]),
        (lambda rows, ids: callbacks.with_id(rows.session, ids["callback"]), [WEAK]),
        (lambda rows, ids: voicemails.with_id(rows.session, ids["message"]), [WEAK, WEAK]),
        (lambda rows, ids: rings.with_id(rows.session, ids["ring"]), [WEAK, WEAK, WEAK]),
        (lambda rows, ids: rings.with_id(rows.session, ids["guest"]), [WEAK, WEAK]),
        (lambda rows, _: rings.next_due(rows.session, rows.now), [f"{WEAK} OF rings SKIP LOCKED"]),
    ],
    ids=["number", "callback", "message", "ring", "guest", "next"],
)
def test_who_names_a_row_that_is_held_does_not_wait(
    rows: Rows, ask: Callable[[Rows, dict[str, str]], object], locks: list[str]
) -> None:
    call = rows.call()
    owed, message = rows.owed(call), rows.message(call)
    ring = rows.ring("Ana", Purpose.CALLBACK, call_id=call.id, callback_id=owed.id)
    guest = rows.ring("Ben", Purpose.GUEST, request_id=rows.request(call).id)
    ids = {"callback": owed.id, "message": message.id, "ring": ring.id, "guest": guest.id}
    with locks_of(rows) as found:
        ask(rows, ids)
    assert found == locks
