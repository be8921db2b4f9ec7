"""Pages: the audit log, for auditors."""

from __future__ import annotations

from werkzeug.wrappers import Response as AnyResponse

from console.base.routes import bp, context
from console.users import queries
from console.web.render import show


@bp.get("/audit")
def audit() -> AnyResponse:
    lines, verdict = queries.audit_log(context())
    return show("users/audit.html", lines=lines, verdict=verdict)
