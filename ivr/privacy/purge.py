"""The purge: erases and deletes what is past its retention period.

docs/decisions/0012-retention.md gives the periods. Each erasure is written to the ledger first, so
that a restored backup does not bring the data back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from ivr.core.erasure_ledger import Entry, Ledger, What
from ivr.privacy import call_row_tidying, key_care
from ivr.privacy.retention_periods import (
    CALL_KEPT,
    DRILL_KEPT,
    LOG_KEPT,
    NUMBER_CAP,
    NUMBER_KEPT,
    PROMISE_KEPT,
    PURGE_EVERY,
    SCRUB_AGAIN,
    SOUND_CAP,
    SOUND_KEPT,
    TIMES_KEPT,
)
from ivr.search import callback_promises, pursued_items
from models.calls import calls, open_items, outbox, tombstones, voicemails
from models.calls.calls import Call
from models.calls.outbox import TaskKind
from models.calls.voicemails import Message, MessageState
from models.core.database import Database, Session, vault_of
from models.operations import day_totals, maintenance_state, retention

_AT_ONCE = 20
_LOGS_OF = timedelta(minutes=5)
"""The legs and texts of so much time are written down in one transaction, and of more if it was
quiet before."""


class OnHold(Exception):
    """A legal hold is on; nothing may be purged."""


@dataclass
class Done:
    """What one purge did, as counts."""

    lapsed: int = 0
    numbers: int = 0
    sounds: int = 0
    logs: int = 0
    texts: int = 0
    coarsened: int = 0
    calls: int = 0
    keys: int = 0
    """How many keys were destroyed, and with each every copy of what it sealed."""
    keys_left: int = 0
    """How many could not be destroyed; the next purge tries again."""
    clean: bool = True
    """Whether no copy of the deleted data is left in the database's files."""

    @property
    def anything(self) -> bool:
        """Whether anything was purged."""
        return any((self.lapsed, self.numbers, self.sounds, self.coarsened, self.calls, self.keys))


@dataclass
class _Purge:
    database: Database
    ledger: Ledger
    now: datetime
    timezone: str
    done: Done


def claim(database: Database, now: datetime) -> bool:
    """Whether this worker should purge now; one of all workers does, once an hour."""
    with database.transaction() as session:
        row = maintenance_state.hold(session)
        pause = SCRUB_AGAIN if row.unclean_since else PURGE_EVERY
        if row.hold_since or (row.purged_at and now - row.purged_at < pause):
            return False
        row.purged_at = now
        return True


def purge(database: Database, ledger: Ledger, now: datetime, timezone: str) -> Done:
    """Purge what is old enough, in small transactions. Raises OnHold.

    Days are counted in `timezone` where the roster names none.
    """
    run = _Purge(database, ledger, now, timezone, Done())
    _hand_over_old_promises(run)
    _erase_numbers(run)
    _erase_sounds(run)
    _ask_the_carrier(run)
    _keep_totals(run)
    _coarsen(run)
    _delete_calls(run)
    with _forgetting(run) as session:
        call_row_tidying.forget(session, run.now)
    call_row_tidying.remove_deeds(run.database, partial(_forgetting, run), run.now)
    _scrub(run)
    _destroy_keys(run)
    with suppress(OSError):  # the next purge tries again
        ledger.shorten(now - CALL_KEPT)
    return run.done


def hold_legally(database: Database, ledger: Ledger, now: datetime, *, on: bool) -> None:
    """Start or end a legal hold, which stops every purge."""
    with database.transaction() as session:
        row = maintenance_state.hold(session)
        row.hold_since = (row.hold_since or now) if on else None
        ledger.write([Entry("hold" if on else "no hold", "", now.isoformat())])


def needs_number_until(session: Session, call: Call, now: datetime) -> datetime:
    """When an ended call's numbers are due for erasure, as known now."""
    ended = call.ended_at or now
    cap, until = ended + NUMBER_CAP, ended + NUMBER_KEPT
    for owed in retention.callbacks_of(session, [call.id]):
        until = max(until, owed.closed_at + NUMBER_KEPT if owed.closed_at else cap)
    if open_items.is_open_for(session, call.id):
        until = cap  # people are still rung about this caller
    for message in voicemails.of_call(session, call.id):
        if message.state in voicemails.LEFT_SOMETHING:
            handled = message.handled_at
            until = max(until, handled + NUMBER_KEPT if handled else cap)
    return min(until, cap)


def needs_sound_until(message: Message) -> datetime:
    """When a message's audio is due for erasure, as known now."""
    cap = message.expected_at + SOUND_CAP
    if message.state == MessageState.SILENT:
        return (message.arrived_at or message.expected_at) + SOUND_KEPT
    return min(message.handled_at + SOUND_KEPT, cap) if message.handled_at else cap


def mark(session: Session, thing: str) -> str:
    """The keyed mark of a SID or an id in the ledger."""
    return vault_of(session).fingerprint(thing, "ledger")


@contextmanager
def _forgetting(run: _Purge) -> Iterator[Session]:
    """One transaction of a purge: purges take turns, and a legal hold stops the next one."""
    with run.database.transaction() as session:
        if maintenance_state.hold(session).hold_since:
            raise OnHold
        yield session


def _hand_over_old_promises(run: _Purge) -> None:
    with _forgetting(run) as session:
        for owed in retention.owed_before(session, run.now - PROMISE_KEPT):
            callback_promises.hand_over(session, owed, run.now)
            run.done.lapsed += 1


def _erase_numbers(run: _Purge) -> None:
    with run.database.reading() as session:
        ids = retention.with_something_personal(session, run.now - NUMBER_KEPT)
    for at in range(0, len(ids), _AT_ONCE):
        with run.database.reading() as session:
            some = list(_whose_number_is_due(session, ids[at : at + _AT_ONCE], run.now))
        if not some:
            continue
        with _forgetting(run) as session:
            found = [calls.with_id(session, call_id) for call_id in some]
            _enter(run, session, "numbers", [call.sid for call in found])
            for call in found:
                retention.erase_call(session, call)
            pursued_items.cannot_reach(session, some, run.now)
            tombstones.bury(session, [call.sid for call in found], run.now)
        run.done.numbers += len(some)
    with _forgetting(run) as session:
        for owed in retention.callbacks_with_number(
            session, run.now - NUMBER_KEPT, run.now - NUMBER_CAP
        ):
            _enter(run, session, "callback", [owed.id], owed.state)
            retention.erase_callback(owed)
            run.done.numbers += 1


def _whose_number_is_due(session: Session, call_ids: Sequence[str], now: datetime) -> Iterator[str]:
    for call in retention.ended_among(session, call_ids, now - NUMBER_KEPT):
        if needs_number_until(session, call, now) <= now:
            yield call.id


def _erase_sounds(run: _Purge) -> None:
    with _forgetting(run) as session:
        for message in retention.messages_with_sound(session):
            if needs_sound_until(message) > run.now:
                continue
            _enter(run, session, "sound", [message.id])
            forget_sound(session, message, run.now)
            run.done.sounds += 1


def _destroy_keys(run: _Purge) -> None:
    with _forgetting(run) as session:
        for is_gone in key_care.destroy_in(session, run.database.vault.ring, run.now):
            run.done.keys += is_gone
            run.done.keys_left += not is_gone


def forget_sound(session: Session, message: Message, now: datetime) -> None:
    """Erase a message's audio, and keep the carrier's copy from bringing it back."""
    retention.erase_sound(session, message)
    voicemails.let_go_at_carrier(session, message, now)
    tombstones.bury(session, [message.recording_sid], now)
    if message.state in (MessageState.STORED, MessageState.QUARANTINED):
        message.state = MessageState.LAPSED
        calls.note(session, message.call_id, now, "message lapsed", message=message.id)


def _ask_the_carrier(run: _Purge) -> None:
    """To delete its logs of legs, and texts: a frightened person's words, and who got ours."""
    last, stretch, is_more = run.now - LOG_KEPT, _LOGS_OF, True
    while is_more:
        with _forgetting(run) as session:
            row = maintenance_state.hold(session)
            began = row.logs_asked_before
            until = min(began + stretch, last) if began else last
            logs = retention.legs_ended_between(session, began, until)
            texts = retention.texts_between(session, row.texts_asked_before, until)
            for kind, sids in ((TaskKind.FORGET, logs), (TaskKind.FORGET_TEXT, texts)):
                for sid in sids:
                    outbox.carrier_task(session, kind, sid, run.now)
            row.logs_asked_before = row.texts_asked_before = until
            run.done.logs += len(logs)
            run.done.texts += len(texts)
        is_more, found = until < last, len(logs) + len(texts)
        if found > _AT_ONCE:
            stretch = _LOGS_OF
        elif found < _AT_ONCE / 2:
            stretch *= 2


def _scrub(run: _Purge) -> None:
    """Clean the files after every purge: an earlier one may not have been able to."""
    run.done.clean = run.database.scrub()
    with _forgetting(run) as session:
        row = maintenance_state.hold(session)
        row.unclean_since = None if run.done.clean else row.unclean_since or run.now


def _keep_totals(run: _Purge) -> None:
    """Add up calls while their waiting times still exist, and count later ones as they are now."""
    until = run.now - TIMES_KEPT
    is_more = True
    while is_more:
        with _forgetting(run) as session:
            row = maintenance_state.hold(session)
            first = retention.begun_between(session, row.totalled_before, until, _AT_ONCE)
            is_more = len(first) == _AT_ONCE
            ends = first[-1].started_at + timedelta(microseconds=1) if is_more else until
            some = retention.begun_between(session, row.totalled_before, ends, limit=None)
            row.totalled_before = ends
            day_totals.keep(session, some, run.timezone, run.now)
    day_totals.count_recent(run.database, run.timezone, run.now)


def _coarsen(run: _Purge) -> None:
    until = run.now - TIMES_KEPT
    while True:
        with _forgetting(run) as session:
            row = maintenance_state.hold(session)
            some = retention.begun_between(session, row.coarse_before, until, _AT_ONCE)
            last = some[-1].started_at if some else until
            retention.coarsen(session, some)
            row.coarse_before = last + timedelta(microseconds=1) if some else until
            run.done.coarsened += len(some)
        if len(some) < _AT_ONCE:
            return


def _delete_calls(run: _Purge) -> None:
    while True:
        with _forgetting(run) as session:
            drilled = retention.drills_before(session, run.now - DRILL_KEPT, _AT_ONCE)
            old = retention.ended_before(session, run.now - CALL_KEPT, _AT_ONCE)
            for call in old:
                if call.is_counted:
                    retention.count(session, call)
            gone = {call.id: call.sid for call in (*drilled, *old)}
            _enter(run, session, "call", list(gone.values()))
            delete(session, list(gone), run.now)
            run.done.calls += len(gone)
        if max(len(drilled), len(old)) < _AT_ONCE:
            return


def delete(session: Session, call_ids: Sequence[str], now: datetime) -> None:
    """Delete calls and everything that belongs to them; late news of them finds nothing."""
    call_ids = retention.with_callbacks(session, call_ids)
    tombstones.bury(session, retention.sids_of(session, call_ids), now)
    retention.delete(session, call_ids)


def _enter(
    run: _Purge, session: Session, what: What, things: Sequence[str], state: str = ""
) -> None:
    """Write the ledger first: otherwise a crash in between lets a restore bring the data back."""
    at = run.now.isoformat()
    run.ledger.write(Entry(what, mark(session, thing), at, state) for thing in things)
