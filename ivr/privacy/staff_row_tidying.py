"""Part of the purge: deletes rows around staff after their retention period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ivr.privacy import access_tidying
from ivr.privacy.retention_periods import (
    ANSWERED_KEPT,
    APPROVAL_KEPT,
    CALL_KEPT,
    CHANGE_KEPT,
    DEED_KEPT,
    DEEDS_AT_ONCE,
    DICTATION_KEPT,
    PROOF_KEPT,
    TOKEN_KEPT,
)
from models.calls import outbox, verifications
from models.calls.outbox import TaskKind
from models.casework import incoming_texts
from models.core.database import Session
from models.imports import uploads
from models.prompts import announcements, phone_recordings
from models.schedule import shift_offers
from models.staff import api_tokens, approvals, audit, invitations, notices
from models.staff.audit import COMMAND_LINE, Deed


def end_what_waited(session: Session, now: datetime) -> None:
    """After a restore: what staff began before it must not be finished a second time."""
    approvals.void(session)  # an export that was downloaded once must not be downloaded again
    notices.give_up_waiting(session, now, "restored")  # sent already, or too old to be sent
    api_tokens.revoke_all(session, now)  # the backup knows those that were revoked after it


def note_restore(
    session: Session, made_at: datetime, replaced: Mapping[str, int | str] | None, now: datetime
) -> None:
    """In the audit log, as the last act, with the end of the log that the restore replaced.

    It explains the entries that are gone.
    """
    deed = Deed(audit.RESTORED, "database", replaced, {"made at": made_at.isoformat()})
    audit.write(session, COMMAND_LINE, deed, now)


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
    access_tidying.forget(session, now)
    approvals.forget(session, now - APPROVAL_KEPT)
    api_tokens.forget(session, now - TOKEN_KEPT)
    invitations.forget(session, now)
    audit.forget_payloads(session, now - CHANGE_KEPT)


def may_remove_deeds(session: Session, now: datetime) -> bool:
    """Whether the audit log has entries that are too old, and holds."""
    return audit.is_older(session, now - DEED_KEPT) and audit.verify(session).fault is None


def remove_deeds(session: Session, now: datetime) -> None:
    """Remove the oldest entries of the audit log."""
    audit.remove(session, now - DEED_KEPT + DEEDS_AT_ONCE, now)


def end_of_log(session: Session) -> dict[str, int | str] | None:
    """How many entries the audit log has, and the MAC of the last one, for a later comparison."""
    head = session.get(audit.AuditHead, 1)
    return None if head is None else {"entries": head.seq, "mac": head.mac.hex()}
