"""Pages: the audit log, for auditors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from console.web.render import show
from ivr.core.context import AppContext
from models.core.database import Session
from models.staff import audit, users
from models.staff.audit import AuditEntry

_SHOWN = timedelta(days=30)


@dataclass(frozen=True)
class Line:
    """One entry as an auditor reads it."""

    seq: int
    at: datetime
    who: str
    action: str
    about: str
    before: str
    after: str


def add(console: Blueprint, app: AppContext) -> None:
    """Add these pages to the console."""

    @console.get("/audit", endpoint="audit")
    def audit_page() -> AnyResponse:
        with app.database.reading() as session:
            verdict = audit.verify(session)
            entries = audit.between(session, app.clock() - _SHOWN, None)
            names = {user.id: users.name_of(session, user) for user in users.all_of_them(session)}
            lines = [_line(session, entry, names) for entry in entries]
        return show("audit.html", lines=lines, verdict=verdict)


def _line(session: Session, entry: AuditEntry, names: dict[str, str]) -> Line:
    payload = audit.payload_of(session, entry) or {}
    return Line(
        seq=entry.seq,
        at=entry.at,
        who=names.get(entry.actor, entry.actor),
        action=entry.action,
        about=entry.object,
        before=_told(payload.get("before")),
        after=_told(payload.get("after")),
    )


def _told(value: object) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
