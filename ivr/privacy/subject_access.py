"""What is stored about one phone number: rows by kind, their sealed contents, and until when.

`models/core/personal_data.py` has the words for each kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ivr.core.erasure_ledger import Ledger
from ivr.privacy import purge, retention_periods
from models.calls import room_requests, spoken_names
from models.casework import wrap_ups
from models.core import personal_data
from models.core.database import Session, vault_of
from models.core.listeners import push_recipient
from models.core.personal_data import Form
from models.operations import maintenance_state, subject_rows
from models.people import push_subscriptions
from models.staff import notices


@dataclass(frozen=True)
class Holding:
    """Rows of one kind that can be linked to the number."""

    kind: str
    rows: int
    sealed: tuple[str, ...]
    """Contents that only DATA_KEYS can open."""
    clear: tuple[str, ...]
    until: datetime | None
    """When the last of these rows is erased, as known now.

    None if a person must delete them, or while a legal hold is on.
    """


def of(session: Session, number: str, now: datetime) -> list[Holding]:
    """Everything that can be linked to this number; a call cannot be once its numbers are
    erased."""
    found = every_kind(session, number, now)
    if maintenance_state.look(session).hold_since is not None:
        found = [replace(holding, until=None) for holding in found]
    return [holding for holding in found if holding.rows]


def in_ledger(session: Session, ledger: Ledger, number: str) -> list[Holding]:
    """The lines of the erasure ledger that tell that this number refused texts or was blocked."""
    vault = vault_of(session)
    marks = {*vault.fingerprints(number, "number"), *vault.standing_marks(number, "number")}
    lines = sum(entry.mark in marks for entry in ledger.read())
    told = ("that texts were refused, or calls blocked", "when")
    return [Holding("lines of the erasure ledger", lines, (), told, None)] if lines else []


def every_kind(session: Session, number: str, now: datetime) -> list[Holding]:
    """Like `of`, but includes kinds without rows and ignores a legal hold."""
    return [
        *_of_calls(session, number, now),
        *_of_callbacks(session, number),
        *_of_people(session, number),
        *_of_limits(session, number),
    ]


def _holding(kind: str, rows: int, until: datetime | None) -> Holding:
    sealed = personal_data.told_of(kind, Form.SEALED)
    return Holding(kind, rows, sealed, personal_data.told_of(kind, Form.CLEAR), until)


def _of_calls(session: Session, number: str, now: datetime) -> list[Holding]:
    linked = subject_rows.calls_of(session, number)
    ids = [call.id for call in linked]
    erased = max((purge.needs_number_until(session, call, now) for call in linked), default=None)
    gone = max((call.started_at + retention_periods.CALL_KEPT for call in linked), default=None)
    left = subject_rows.messages_with_sound(session, ids)
    silenced = max(map(purge.needs_sound_until, left), default=None)
    return [
        _holding("calls", len(ids), erased),
        _holding(
            "offices that callers heard about",
            sum(bool(call.offices_sealed) for call in linked),
            erased,
        ),
        _holding("answers that we spoke", subject_rows.answers(session, ids), erased),
        _holding("steps of calls", subject_rows.steps(session, ids), gone),
        _holding("rings of responders", subject_rows.rings(session, ids), gone),
        _holding("third voices", room_requests.count(session, ids), gone),
        _holding("texts to callers", subject_rows.texts_to_callers(session, ids), gone),
        _holding("messages", len(left), silenced),
        _holding(
            "names of languages, spoken by callers", spoken_names.count_kept(session, ids), gone
        ),
        _holding("notes by staff", subject_rows.notes(session, ids), gone),
        _holding("results of talks", wrap_ups.count_rows(session, ids), gone),
        _holding("reasons for giving up", subject_rows.reasons(session, ids), gone),
    ]


def _of_callbacks(session: Session, number: str) -> list[Holding]:
    owed = subject_rows.callbacks_of(session, number)
    until = max(
        (
            each.closed_at + retention_periods.NUMBER_KEPT
            if each.closed_at
            else each.promised_at + retention_periods.NUMBER_CAP
            for each in owed
        ),
        default=None,
    )
    return [_holding("callbacks", len(owed), until)]


def _of_people(session: Session, number: str) -> list[Holding]:
    known = subject_rows.people_with(session, number)
    ids = [person.id for person in known]
    texts = subject_rows.texts_to(session, ids)
    browsers = [
        push_recipient(one.id) for each in ids for one in push_subscriptions.of(session, each)
    ]
    return [
        _holding("people on the roster", len(known), None),
        _holding("console users", subject_rows.users_with(session, ids), None),
        _holding("prompts they changed", subject_rows.prompts_written_by(session, ids), None),
        _holding("announcements they made", subject_rows.announced_by(session, ids), None),
        _holding("texts to them", texts, None),
        _holding("notices to them", notices.count_to(session, [*ids, *browsers]), None),
        _holding("browsers that get their notices", len(browsers), None),
        _of_texts_from(session, number, ids),
        _of_proofs(session, number),
        _of_dictations(session, ids),
    ]


def _of_texts_from(session: Session, number: str, person_ids: Sequence[str]) -> Holding:
    came = subject_rows.texts_from(session, number, person_ids)
    kept = retention_periods.CALL_KEPT, retention_periods.ANSWERED_KEPT
    gone = (text.at + kept[text.person_id is None] for text in came)
    return _holding("texts from them", len(came), max(gone, default=None))


def _of_proofs(session: Session, number: str) -> Holding:
    held = subject_rows.proofs_of(session, number)
    until = max((proof.created_at + retention_periods.PROOF_KEPT for proof in held), default=None)
    return _holding("numbers being proven", len(held), until)


def _of_dictations(session: Session, person_ids: Sequence[str]) -> Holding:
    made = subject_rows.dictations_of(session, person_ids)
    until = max((each.created_at + retention_periods.DICTATION_KEPT for each in made), default=None)
    return _holding("calls for prompts they read", len(made), until)


def _of_limits(session: Session, number: str) -> list[Holding]:
    held = subject_rows.blocks_of(session, number)
    until = max((block.ends_at for block in held), default=None)
    return [
        _holding("blocks", len(held), until),
        _holding("refusals of texts", subject_rows.opt_outs(session, number), None),
    ]
