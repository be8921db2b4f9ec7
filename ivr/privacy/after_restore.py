"""Makes a restored database safe: no old work is done blindly, and purged data stays purged.

What was due more than ten minutes before the restore waits for a person. Callbacks stay open and
visible, texts stay written, and rings of that time are ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from ivr.core.coordinator_alerts import tell_coordinators
from ivr.core.erasure_ledger import Entry, Ledger
from ivr.privacy import purge, staff_row_tidying
from ivr.room import call_closing
from ivr.search import call_limits, search
from models.calls import callbacks, calls, rings, tombstones
from models.calls.callbacks import Callback, CallbackState
from models.core.database import Database, Session, vault_of
from models.operations import maintenance_state, retention
from models.people import people

_KINDS = {"stop": "texts", "start": "texts", "block": "blocks", "no block": "blocks"}
_Marks = Mapping[str, Mapping[str, Entry]]


@dataclass
class Restored:
    """What was done to the restored data before the hotline serves anybody from it."""

    reapplied: int = 0
    """Purges, STOPs and blocks that were in the ledger and not in the backup."""
    ended: int = 0
    """Searches and rings that were in progress at that time."""
    waiting: int = 0
    """Callbacks that wait for a person's release."""
    purged: purge.Done | None = None
    """None when a legal hold is on."""


@dataclass(frozen=True)
class Origin:
    """Where the data comes from, and the fence that dialling must match from now on."""

    made_at: datetime
    fence: int
    ledger: tuple[Entry, ...] = field(repr=False)
    replaced: Mapping[str, int | str] | None = None
    """The end of the audit log that the restore replaces."""


def make_safe(
    database: Database, ledger: Ledger, origin: Origin, now: datetime, timezone: str
) -> Restored:
    """Do everything that a restore needs before the first call."""
    done = Restored()
    with database.transaction() as session:
        row = maintenance_state.hold(session)
        row.fence, row.restored_to, row.restored_at = origin.fence, origin.made_at, now
        row.released_at = row.purged_at = None
        _reapply_hold(row, origin.ledger, now)
        done.reapplied = _reapply(session, _by_mark(origin.ledger), now, row.hold_since is None)
        if row.hold_since is None and _was_purged_whole(origin):
            done.reapplied += retention.forget_callers(session)
        done.ended = _end_what_is_over(session, now - maintenance_state.RESTORED_STALE, now)
        session.flush()
        done.waiting = len(callbacks_waiting(session))
        staff_row_tidying.end_what_waited(session, now)
        about = f"restored:{now.isoformat(timespec='seconds')}"
        tell_coordinators(session, about, "texts.restored", {}, now)
        staff_row_tidying.note_restore(session, origin.made_at, origin.replaced, now)
    with suppress(purge.OnHold):
        done.purged = purge.purge(database, ledger, now, timezone)
    return done


def state_of(session: Session) -> tuple[int, dict[str, int | str] | None]:
    """The fence of what a restore is about to replace, and the end of its audit log."""
    return maintenance_state.look(session).fence, staff_row_tidying.end_of_log(session)


def release(database: Database, now: datetime) -> int:
    """Release what waits for a person. Returns the number of callbacks."""
    with database.transaction() as session:
        waiting = len(callbacks_waiting(session))
        row = maintenance_state.hold(session)
        if row.waits_for_release:
            row.released_at = now
        return waiting


def callbacks_waiting(session: Session) -> list[Callback]:
    """Callbacks that are not tried until a person releases them."""
    before = maintenance_state.stale_before(session)
    return retention.owed_before(session, before) if before else []


def _was_purged_whole(origin: Origin) -> bool:
    """Whether a panic purge came after the backup."""
    purges = (entry for entry in origin.ledger if entry.what == "everything")
    return any(datetime.fromisoformat(purge.at) >= origin.made_at for purge in purges)


def _by_mark(ledger: Iterable[Entry]) -> _Marks:
    """The last entry of each kind for each mark. An entry and its reversal have the same kind."""
    found: dict[str, dict[str, Entry]] = {}
    for entry in ledger:
        kind = _KINDS.get(entry.what, entry.what)
        found.setdefault(kind, {})[entry.mark] = entry
    return found


def _reapply_hold(row: maintenance_state.Upkeep, ledger: Iterable[Entry], now: datetime) -> None:
    said = [entry.what for entry in ledger if entry.what in ("hold", "no hold")]
    if said:
        row.hold_since = (row.hold_since or now) if said[-1] == "hold" else None


def _reapply(session: Session, marks: _Marks, now: datetime, may_purge: bool) -> int:
    done = _reapply_texts(session, marks)
    done += sum(
        call_limits.block_again(session, entry, now) for entry in marks.get("blocks", {}).values()
    )
    if may_purge:
        done += _reapply_to_calls(session, marks, now)
        done += _reapply_to_callbacks(session, marks, now)
        done += _reapply_to_sounds(session, marks, now)
    return done


def _entry(session: Session, marks: _Marks, kind: str, thing: str) -> Entry | None:
    known = marks.get(kind, {})
    every = vault_of(session).fingerprints(thing, "ledger")
    return next((known[mark] for mark in every if mark in known), None)


def _reapply_to_calls(session: Session, marks: _Marks, now: datetime) -> int:
    erased, gone = [], []
    for call in retention.all_calls(session):
        if _entry(session, marks, "call", call.sid):
            gone.append(call.id)
        elif _entry(session, marks, "numbers", call.sid):
            erased.append(call)
    for call in erased:
        retention.erase_call(session, call)
    tombstones.bury(session, [call.sid for call in erased], now)
    session.flush()
    purge.delete(session, gone, now)
    return len(erased) + len(gone)


def _reapply_to_callbacks(session: Session, marks: _Marks, now: datetime) -> int:
    done = 0
    for owed in callbacks.between(session, None, None):
        entry = _entry(session, marks, "callback", owed.id)
        if entry is None or not owed.number_mark:
            continue
        if owed.closed_at is None:
            owed.state, owed.closed_at = CallbackState(entry.state), now
        retention.erase_callback(owed)
        done += 1
    return done


def _reapply_to_sounds(session: Session, marks: _Marks, now: datetime) -> int:
    done = 0
    for message in retention.messages_with_sound(session):
        if _entry(session, marks, "sound", message.id):
            purge.forget_sound(session, message, now)
            done += 1
    return done


def _reapply_texts(session: Session, marks: _Marks) -> int:
    done = 0
    known = marks.get("texts", {})
    for entry in known.values():
        if entry.what == "stop":
            done += people.opt_out_again(session, entry.mark, datetime.fromisoformat(entry.at))
        else:
            done += people.opt_in_again(session, entry.mark)
    for person in people.active(session):
        every = vault_of(session).standing_marks(people.phone_of(session, person), "number")
        said = next((known[mark] for mark in every if mark in known), None)
        if said:
            person.no_texts = said.what == "stop"
    return done


def _end_what_is_over(session: Session, before: datetime, now: datetime) -> int:
    """End what no caller or phone can still be waiting for."""
    over = calls.waiting_without_news_since(session, before)
    for call in over:
        calls.note(session, call.id, now, "recovered")
        call_closing.close(session, call, now)
    old = rings.open_since_before(session, before)
    search.cancel(session, old, now)
    return len(over) + len(old)
