"""The rows that can be linked to one phone number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.calls import calls
from models.calls.callbacks import Callback
from models.calls.calls import Answer, Call, Step
from models.calls.notes import Draft, Note
from models.calls.outbox import Text
from models.calls.rings import Ring, is_about
from models.calls.surges import Block
from models.calls.verifications import Proof
from models.calls.voicemails import Message, Sound
from models.casework.incoming_texts import IncomingText
from models.core.database import vault_of
from models.people.people import OptOut, Person
from models.prompts.announcements import Announcement
from models.prompts.phone_recordings import Dictation
from models.prompts.prompt_versions import Version
from models.staff.users import User


def calls_of(session: Session, number: str) -> list[Call]:
    """Calls from this number, and calls in which it was keyed in."""
    marks = vault_of(session).fingerprints(number, "number")
    from_it = list(session.scalars(sa.select(Call).where(Call.number_mark.in_(marks))))
    keyed = session.scalars(sa.select(Call).where(Call.keyed_number_sealed.is_not(None)))
    others = [call for call in keyed if calls.keyed_number(session, call) == number]
    return list({call.id: call for call in (*from_it, *others)}.values())


def callbacks_of(session: Session, number: str) -> list[Callback]:
    """Callbacks to this number, and callbacks that its phone asked for."""
    marks = vault_of(session).fingerprints(number, "number")
    linked = sa.or_(Callback.number_mark.in_(marks), Callback.caller_mark.in_(marks))
    return list(session.scalars(sa.select(Callback).where(linked)))


def answers(session: Session, call_ids: Sequence[str]) -> int:
    """The number of stored answers of these calls."""
    return _count(session, sa.select(Answer.turn).where(Answer.call_id.in_(call_ids)))


def steps(session: Session, call_ids: Sequence[str]) -> int:
    """The number of stored steps of these calls."""
    return _count(session, sa.select(Step.id).where(Step.call_id.in_(call_ids)))


def rings(session: Session, call_ids: Sequence[str]) -> int:
    """The number of rings for these calls, their callbacks and their third voices."""
    return _count(session, sa.select(Ring.id).where(is_about(call_ids)))


def texts_to_callers(session: Session, call_ids: Sequence[str]) -> int:
    """The number of stored texts to the callers of these calls."""
    return _count(session, sa.select(Text.id).where(Text.call_id.in_(call_ids)))


def messages_with_sound(session: Session, call_ids: Sequence[str]) -> list[Message]:
    """Messages of these calls whose audio is stored."""
    query = sa.select(Message).join(Sound, Sound.message_id == Message.id)
    return list(session.scalars(query.where(Message.call_id.in_(call_ids))))


def notes(session: Session, call_ids: Sequence[str]) -> int:
    """The number of notes and drafts about these calls."""
    written = _count(session, sa.select(Note.id).where(Note.call_id.in_(call_ids)))
    typed = sa.select(Draft.call_id, Draft.user_id).where(Draft.call_id.in_(call_ids))
    return written + _count(session, typed)


def reasons(session: Session, call_ids: Sequence[str]) -> int:
    """The number of callbacks of these calls with a stored reason for giving up."""
    told = Callback.reason_sealed.is_not(None)
    return _count(session, sa.select(Callback.id).where(Callback.call_id.in_(call_ids), told))


def people_with(session: Session, number: str) -> list[Person]:
    """People whose registered phone it is, or was while they were on the roster."""
    marks = vault_of(session).standing_marks(number, "number")
    return list(session.scalars(sa.select(Person).where(Person.phone_mark.in_(marks))))


def proofs_of(session: Session, number: str) -> list[Proof]:
    """Verifications of this phone."""
    marks = vault_of(session).fingerprints(number, "number")
    return list(session.scalars(sa.select(Proof).where(Proof.number_mark.in_(marks))))


def dictations_of(session: Session, person_ids: Sequence[str]) -> list[Dictation]:
    """Calls to these people for prompts that they read aloud."""
    return list(session.scalars(sa.select(Dictation).where(Dictation.person_id.in_(person_ids))))


def texts_to(session: Session, person_ids: Sequence[str]) -> int:
    """The number of stored texts to these people."""
    return _count(session, sa.select(Text.id).where(Text.person_id.in_(person_ids)))


def texts_from(session: Session, number: str, person_ids: Sequence[str]) -> list[IncomingText]:
    """Texts that came from this phone or from these people."""
    marks = vault_of(session).fingerprints(number, "number")
    theirs = sa.or_(IncomingText.number_mark.in_(marks), IncomingText.person_id.in_(person_ids))
    return list(session.scalars(sa.select(IncomingText).where(theirs)))


def blocks_of(session: Session, number: str) -> list[Block]:
    """Blocks of this phone, including ended ones that are not purged yet."""
    marks = vault_of(session).fingerprints(number, "number")
    return list(session.scalars(sa.select(Block).where(Block.number_mark.in_(marks))))


def opt_outs(session: Session, number: str) -> int:
    """The number of opt-outs of this phone: 0 or 1."""
    marks = vault_of(session).standing_marks(number, "number")
    return _count(session, sa.select(OptOut.number_mark).where(OptOut.number_mark.in_(marks)))


def users_with(session: Session, person_ids: Sequence[str]) -> int:
    """How many of these people are users of the console."""
    return _count(session, sa.select(User.id).where(User.person_id.in_(person_ids)))


def prompts_written_by(session: Session, person_ids: Sequence[str]) -> int:
    """How many versions of prompts these people wrote as users of the console."""
    users = sa.select(User.id).where(User.person_id.in_(person_ids))
    return _count(session, sa.select(Version.id).where(Version.written_by.in_(users)))


def announced_by(session: Session, person_ids: Sequence[str]) -> int:
    """How many announcements these people made as users of the console."""
    users = sa.select(User.id).where(User.person_id.in_(person_ids))
    return _count(session, sa.select(Announcement.id).where(Announcement.made_by.in_(users)))


def _count(session: Session, query: sa.Select[Any, *tuple[Any, ...]]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
