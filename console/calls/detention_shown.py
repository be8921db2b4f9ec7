"""What the page of a call says about detention: the phone, the window, and the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.base.current_user import Visitor
from console.calls import call_again_actions
from ivr.core.context import AppContext
from models.calls import calls
from models.casework import call_windows
from models.people import facilities


@dataclass(frozen=True)
class Detention:
    """The facts of one call; None where there is nothing to say."""

    facility: str | None = None
    """The place of detention whose phone it came from, if it is still known."""
    window: tuple[datetime, datetime] | None = None
    """When the caller was told to call again."""
    code: str | None = None
    """The code of its case."""
    case: str | None = None
    """The call from detention whose case code was entered."""
    starts: tuple[datetime, ...] = ()
    """When the visitor may say that the caller calls again; empty if they may not."""


def find(app: AppContext, visitor: Visitor, call_id: str) -> Detention:
    """Of a call that the visitor may see."""
    with app.database.reading() as session:
        call = calls.look(session, call_id)
        if call is None:
            return Detention()
        place = facilities.look(session, call.facility) if call.facility else None
        window = call_windows.of_call(session, call.id)
        return Detention(
            facility=place.label if place else None,
            window=(window.starts_at, window.ends_at) if window else None,
            code=call_windows.code_of(session, window) if window else None,
            case=call.case_of,
            starts=call_again_actions.starts(session, app, visitor, call),
        )
