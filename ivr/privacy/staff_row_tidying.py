"""Part of the purge: deletes rows around staff after their retention period."""

from __future__ import annotations

from datetime import datetime

from ivr.privacy.retention_periods import (
    ANSWERED_KEPT,
    APPROVAL_KEPT,
    CALL_KEPT,
    DICTATION_KEPT,
    LEFT_KEPT,
    PROOF_KEPT,
)
from models.calls import outbox, verifications
from models.calls.outbox import TaskKind
from models.casework import incoming_texts
from models.core.database import Session
from models.imports import uploads
from models.people import people
from models.prompts import announcements, phone_recordings
from models.schedule import shift_offers
from models.staff import approvals, invitations, notices


def end_what_waited(session: Session, now: datetime) -> None:
    """After a restore: what staff began before it must not be finished a second time."""
    approvals.void(session)  # an export that was downloaded once must not be downloaded again
    notices.give_up_waiting(session, now, "restored")  # sent already, or too old to be sent


def forget(session: Session, now: datetime) -> None:
    """Delete what is past its retention period; ask the carrier to delete its recordings."""
    uploads.forget_old(session, now)
    announcements.forget_ended(session, now - CALL_KEPT)
    shift_offers.forget_before(session, now - CALL_KEPT)
    incoming_texts.forget(session, now - CALL_KEPT, now - ANSWERED_KEPT)
    verifications.forget(session, now - PROOF_KEPT)
    for sid in phone_recordings.forget(session, now - DICTATION_KEPT):
        outbox.carrier_task(session, TaskKind.DELETE, sid, now)
    notices.forget(session, now - CALL_KEPT)
    approvals.forget(session, now - APPROVAL_KEPT)
    invitations.forget(session, now)
    people.forget_who_left(session, now, LEFT_KEPT)
