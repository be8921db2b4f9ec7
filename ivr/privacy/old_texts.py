"""The carrier's copies of texts that the purge knows no SID of, such as replies: deleted too."""

from __future__ import annotations

import logging
from datetime import datetime

from ivr.core.carrier import Carrier, Refused, TooFast, Unreachable
from ivr.core.context import AppContext
from ivr.privacy.retention_periods import LOG_KEPT
from models.calls import outbox
from models.calls.outbox import TaskKind
from models.operations import maintenance_state

log = logging.getLogger("hotline.care")


def forget(app: AppContext, carrier: Carrier, now: datetime) -> None:
    """Queue the deletion of each text that the carrier still lists, unless a legal hold is on."""
    with app.database.reading() as session:
        if maintenance_state.look(session).hold_since is not None:
            return
    try:
        old = carrier.texts_before(now - LOG_KEPT)
    except (Unreachable, TooFast, Refused) as error:
        log.warning("old texts could not be looked for", extra={"why": str(error)})
        return
    with app.database.transaction() as session:
        for sid in old:
            outbox.carrier_task(session, TaskKind.FORGET_TEXT, sid, now)
