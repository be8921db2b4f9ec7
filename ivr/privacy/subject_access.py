"""What exists about one phone number: rows by kind, what is sealed in them, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ivr.privacy import purge
from models.core.database import Session
from models.operations import maintenance_state, subject_rows

_ABOUT_A_CALL = ("pseudonym", "language", "need", "times", "outcome", "who answered")
_BY_WHOM = ("words", "who and when")
_ABOUT_A_CALLBACK = ("pseudonym", "language", "need", "times", "state")


@dataclass(frozen=True)
class Holding:
    """Rows of one kind that can be linked to the number."""

    kind: str
    rows: int
    sealed: tuple[str, ...]
    """What only DATA_KEYS open."""
    clear: tuple[str, ...]
    until: datetime | None
    """When the last of them is gone, by what is known now; None: by hand, or a legal hold is on."""


def of(session: Session, number: str, now: datetime) -> list[Holding]:
    """Everything that can be linked to this number; once numbers are erased, calls cannot be."""
    every = [
        *_of_calls(session, number, now),
        *_of_callbacks(session, number),
        *_of_people(session, number),
        *_of_limits(session, number),
    ]
    if maintenance_state.look(session).hold_since is not None:
        every = [replace(holding, until=None) for holding in every]
    return [holding for holding in every if holding.rows]


def _of_calls(session: Session, number: str, now: datetime) -> list[Holding]:
    linked = subject_rows.calls_of(session, number)
    ids = [call.id for call in linked]
    erased = max((purge.needs_number_until(session, call, now) for call in linked), default=None)
    gone = max((call.started_at + purge.CALL_KEPT for call in linked), default=None)
    left = subject_rows.messages_with_sound(session, ids)
    silenced = max(map(purge.needs_sound_until, left), default=None)
    return [
        Holding("calls", len(ids), ("number",), _ABOUT_A_CALL, erased),
        Holding(
            "answers that we spoke", subject_rows.answers(session, ids), ("words",), (), erased
        ),
        Holding("steps of calls", subject_rows.steps(session, ids), (), ("what and when",), gone),
        Holding(
            "rings of responders", subject_rows.rings(session, ids), (), ("who and when",), gone
        ),
        Holding("messages", len(left), ("sound",), ("language", "need", "length"), silenced),
        Holding(
            "notes by staff", subject_rows.notes(session, ids), ("words",), ("who and when",), gone
        ),
        Holding(
            "reasons for giving up", subject_rows.reasons(session, ids), ("words",), ("who",), gone
        ),
    ]


def _of_callbacks(session: Session, number: str) -> list[Holding]:
    owed = subject_rows.callbacks_of(session, number)
    until = max(
        (
            each.closed_at + purge.NUMBER_KEPT
            if each.closed_at
            else each.promised_at + purge.NUMBER_CAP
            for each in owed
        ),
        default=None,
    )
    return [Holding("callbacks", len(owed), ("number",), _ABOUT_A_CALLBACK, until)]


def _of_people(session: Session, number: str) -> list[Holding]:
    known = subject_rows.people_with(session, number)
    ids = [person.id for person in known]
    texts = subject_rows.texts_to(session, ids)
    return [
        Holding("people on the roster", len(known), ("name", "phone"), ("role", "languages"), None),
        Holding("console users", subject_rows.users_with(session, ids), ("name",), ("role",), None),
        Holding(
            "prompts they changed",
            subject_rows.prompts_written_by(session, ids),
            (),
            _BY_WHOM,
            None,
        ),
        Holding(
            "announcements they made", subject_rows.announced_by(session, ids), (), _BY_WHOM, None
        ),
        Holding("texts to them", texts, (), ("which text, and when",), None),
        _of_proofs(session, number),
        _of_dictations(session, ids),
    ]


def _of_proofs(session: Session, number: str) -> Holding:
    held = subject_rows.proofs_of(session, number)
    until = max((proof.created_at + purge.PROOF_KEPT for proof in held), default=None)
    about = ("whose phone it is to be", "who asked", "times")
    return Holding("numbers being proven", len(held), ("number",), about, until)


def _of_dictations(session: Session, person_ids: Sequence[str]) -> Holding:
    made = subject_rows.dictations_of(session, person_ids)
    until = max((each.created_at + purge.DICTATION_KEPT for each in made), default=None)
    return Holding("calls for prompts they read", len(made), (), ("which prompt, and when",), until)


def _of_limits(session: Session, number: str) -> list[Holding]:
    held = subject_rows.blocks_of(session, number)
    until = max((block.ends_at for block in held), default=None)
    about = ("pseudonym", "who asked for it", "times")
    return [
        Holding("blocks", len(held), ("number",), about, until),
        Holding("refusals of texts", subject_rows.opt_outs(session, number), (), ("when",), None),
    ]
