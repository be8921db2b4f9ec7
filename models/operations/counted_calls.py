"""The call log as the reports count it: a figure of a report leads to exactly its calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models.calls.call_log import Sought
from models.core.database import Session
from models.operations import day_totals
from routing.reporting.service import Fate

ASKED = (Fate.ANSWERED, Fate.DEFERRED, Fate.ABANDONED)
"""The fates of callers who asked for a person, without those who left at once."""


def resolved(session: Session, sought: Sought, now: datetime) -> Sought:
    """The same search with the calls that no stored total counts yet.

    The purge notes the fate of each call as it counts it, once an hour; the fate of later ones is
    worked out here.
    """
    if not sought.fates:
        return sought
    fates = day_totals.fates_not_counted(session, now)
    found = tuple(call for call, became in fates.items() if became.value in sought.fates)
    return replace(sought, not_kept=found)
