"""Sealed values by their keys: which keys are needed, and sealing again under present ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.calls.callbacks import Callback
from models.calls.calls import Call
from models.calls.surges import Block
from models.core import personal_data, sealed_columns
from models.core.base import Base, to_hold
from models.core.database import vault_of
from models.core.personal_data import PersonalData
from models.core.vault import LOOSE, VaultError
from models.keys.key_ring import DayKey, Term
from models.keys.root_keys import KEY_ID_BYTES, key_id
from models.people import people
from models.people.people import Person

_LAST_DIGITS = 4
"""The digits of a number behind its exchange."""
_Marked = Call | Callback | Block
_MARKED: tuple[type[_Marked], ...] = (Call, Callback, Block)


@dataclass(frozen=True)
class Place:
    """A sealed column, and the last row of it that was looked at."""

    position: int = 0
    after: tuple[Any, ...] | None = None


def is_needed(session: Session, key: DayKey) -> bool:
    """Whether any value is still sealed with this key of a day."""
    return any(
        session.scalar(sa.select(1).where(_key_of(column) == key.id).limit(1)) is not None
        for row, column in _columns()
        if personal_data.term_of(row.table, column.name) is key.term
    )


def count_by_key(session: Session) -> Counter[bytes]:
    """How many values each key seals, by its id."""
    found: Counter[bytes] = Counter()
    for _, column in _columns():
        known = _key_of(column)
        query = sa.select(known, sa.func.count()).where(sa.func.length(column) > 0)
        for key, count in session.execute(query.group_by(known)):
            found[bytes(key)] += count
    return found


def seal_again(session: Session, place: Place, limit: int) -> tuple[Place | None, int]:
    """Seal up to `limit` values of one column under the keys of now, and bind them to their rows.

    Returns where to go on, None at the end, and how many values changed. A value that cannot be
    opened stays as it is. A value that changes meanwhile keeps the change.
    """
    columns = _columns()
    row, column = columns[place.position]
    key = tuple(column.table.primary_key.columns)
    query = sa.select(*key, column).where(_is_stale(session, row, column)).order_by(*key)
    if place.after is not None:
        query = query.where(sa.tuple_(*key) > place.after)
    found = session.execute(query.limit(limit)).all()
    changed = sum(_seal_one(session, row, column, tuple(each[:-1]), each[-1]) for each in found)
    if len(found) == limit:
        return Place(place.position, tuple(found[-1][:-1])), changed
    following = place.position + 1
    return (Place(following) if following < len(columns) else None), changed


def seal_pins(session: Session, limit: int) -> int:
    """Seal up to `limit` PINs that stand as slow hashes alone; returns how many there were."""
    bare = sa.select(Person).where(Person.pin_hash.is_not(None)).limit(limit)
    found = list(session.scalars(to_hold(bare, key_share=True)))
    for person in found:
        people.set_pin(session, person, person.pin_hash)
    return len(found)


def mark_again(session: Session, place: Place, limit: int) -> Place | None:
    """Give up to `limit` rows about present callers the marks of the newest peppers.

    Otherwise a caller of yesterday would be a stranger today. Returns where to go on, None at the
    end. A mark that changes meanwhile, as at an erasure, keeps the change.
    """
    kind = _MARKED[place.position]
    after = place.after[0] if place.after else ""
    query = sa.select(kind).where(kind.number_sealed != sealed_columns.ERASED, kind.id > after)
    found: list[_Marked] = list(session.scalars(query.order_by(kind.id).limit(limit)))
    for held in found:
        _mark_one(session, held)
    if len(found) == limit:
        return Place(place.position, (found[-1].id,))
    following = place.position + 1
    return Place(following) if following < len(_MARKED) else None


def _mark_one(session: Session, held: _Marked) -> None:
    number, vault, before = _number(session, held), vault_of(session), held.number_mark
    if not number or not before:
        return
    is_lasting = isinstance(held, Block)
    mark = vault.lasting_mark(number) if is_lasting else vault.fingerprint(number, "number")
    if mark == before:
        return
    kind, changes = type(held), {"number_mark": mark}
    if isinstance(held, Call):
        asked = sa.update(Callback).where(Callback.caller_mark == before)
        session.execute(asked.values(caller_mark=mark))
        if held.exchange_mark is not None:
            changes["exchange_mark"] = vault.fingerprint(number[:-_LAST_DIGITS], "exchange")
    try:
        with session.begin_nested():
            same = sa.update(kind).where(kind.id == held.id, kind.number_mark == before)
            session.execute(same.values(changes))
    except sa.exc.IntegrityError:  # another row got there first, and looks at all marks anyway
        session.refresh(held)


def _number(session: Session, row: Base) -> str | None:
    try:
        return sealed_columns.read(session, row, "number_sealed")
    except VaultError:
        return None


def _seal_one(
    session: Session, row: PersonalData, column: sa.Column[Any], key: Sequence[Any], sealed: bytes
) -> int:
    vault, bound = vault_of(session), sealed_columns.row_key(*key)
    purpose = row.purpose or ""
    try:
        plain = vault.open_bytes(sealed, purpose, bound)
    except VaultError:
        return 0
    again = vault.seal_bytes(plain, purpose, bound, personal_data.term_of(row.table, column.name))
    same = [
        part == value for part, value in zip(column.table.primary_key.columns, key, strict=True)
    ]
    change = sa.update(column.table).where(*same, column == sealed).values({column.name: again})
    return session.connection().execute(change).rowcount


def _is_stale(
    session: Session, row: PersonalData, column: sa.Column[Any]
) -> sa.ColumnElement[bool]:
    """A form of before, a former root key, or a root key in the place of a day's key."""
    roots = [key_id(root) for root in vault_of(session).ring.held.roots.every]
    if personal_data.term_of(row.table, column.name) is Term.STANDING:
        roots = roots[1:]
    loose = sa.func.substr(column, 1, 1, type_=sa.LargeBinary()) == LOOSE
    known = _key_of(column)
    return sa.and_(sa.func.length(column) > 0, sa.or_(loose, *(known == root for root in roots)))


def _key_of(column: sa.Column[Any]) -> sa.ColumnElement[bytes]:
    return sa.func.substr(column, 2, KEY_ID_BYTES, type_=sa.LargeBinary())


def _columns() -> list[tuple[PersonalData, sa.Column[Any]]]:
    """Every sealed column whose table this process knows."""
    tables = Base.metadata.tables
    return [
        (row, tables[row.table].columns[row.columns[0]])
        for row in personal_data.sealed()
        if row.table in tables
    ]
