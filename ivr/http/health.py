"""Whether the hotline is alive and ready, and its counts."""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST

import migrations
from ivr.core import duty_file, outage_journal
from ivr.core.context import AppContext
from ivr.http import metrics, parts
from models.operations import maintenance_state, worker_state

_LOCAL = ("127.0.0.1", "::1")
CHECK_HEADER = "X-Hotline-Check"
_PROOF_SECONDS = 300
_OUR_NAME = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")
_DIRECT = frozenset(
    ("host", "user-agent", "accept", "accept-encoding", "connection", "authorization",
     "x-prometheus-scrape-timeout-seconds")
)  # fmt: skip
"""The headers of Prometheus and of curl; each proxy has another one for who asked it."""


blueprint = Blueprint("health", __name__)
"""The health routes."""


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers.

    Called by: the load balancer or the process manager; and `hotline check`, with a proof.
    Answers: 200; to `hotline check` also what the proxies in front said of themselves.
    """
    if _is_check():
        return jsonify(ok=True, **_proxies())
    return jsonify(ok=True)


def proof(secret: str, now: datetime) -> str:
    """What `hotline check` shows in `CHECK_HEADER`, good for a few minutes."""
    window = int(now.timestamp()) // _PROOF_SECONDS
    return hmac.new(secret.encode(), f"check {window}".encode(), "sha256").hexdigest()


def _is_check() -> bool:
    app, given = parts.current().app, request.headers.get(CHECK_HEADER, "")
    instants = (app.clock(), app.clock() - timedelta(seconds=_PROOF_SECONDS))
    known = [proof(secret, now) for secret in app.site.secrets for now in instants]
    return bool(given) and any(hmac.compare_digest(given.encode(), each.encode()) for each in known)


def _proxies() -> dict[str, object]:
    """How many addresses X-Forwarded-For has, and whether a proxy shows itself by other headers."""
    said = ",".join(request.headers.getlist("X-Forwarded-For"))
    others = any(name in request.headers for name in ("Forwarded", "X-Real-IP", "Via"))
    return {"forwarded": len([each for each in said.split(",") if each.strip()]), "others": others}


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """The database, its migrations and a worker are there.

    Called by: the load balancer.
    Answers: 200, or 503 with the missing parts; and the ages in seconds of what this host keeps. A
    locked line answers callers without a database, so it is 200 too.
    """
    app = parts.current().app
    if app.database.vault.ring.is_shut:
        return jsonify(ok=True, locked=True), 200
    found = checks(app)
    ready = all(found.values())
    return jsonify(ok=ready, **found, ages=_ages(app), **_restored(app)), 200 if ready else 503


@blueprint.get("/metrics")
def counts() -> Response:
    """Counts for Prometheus.

    Called by: Prometheus with METRICS_TOKEN as its bearer token; without one set, on this host.
    Answers: the counts; 404 to anybody else.
    """
    token = parts.current().metrics_token
    if not (_has_token(token) if token else _is_from_here()):
        abort(404)
    return Response(metrics.written(parts.current().app), content_type=CONTENT_TYPE_LATEST)


def _is_from_here() -> bool:
    """Whether somebody on this host asks directly: a proxy on it brings headers or a host name."""
    is_direct = _DIRECT.issuperset(name.lower() for name, _ in request.headers)
    return request.remote_addr in _LOCAL and bool(_OUR_NAME.fullmatch(request.host)) and is_direct


def _has_token(token: str) -> bool:
    given = request.authorization
    if given is None or given.type != "bearer" or given.token is None:
        return False
    return hmac.compare_digest(given.token.encode(), token.encode())


def checks(app: AppContext) -> dict[str, bool]:
    """The conditions for sending callers here."""
    found = {"database": False, "migrations": False, "worker": False}
    try:
        found["migrations"] = migrations.is_current(app.database.engine)
        found["database"] = True
        with app.database.reading() as session:
            found["worker"] = found["migrations"] and worker_state.is_alive(session, app.clock())
    except Exception:  # any failure means "not ready" and never an error page
        return found
    return found


def _ages(app: AppContext) -> dict[str, int | None]:
    """Of the duty file, the oldest journal entry, the ledger and the last backup; null: none."""
    found = {
        "duty_file": duty_file.age(app.folder),
        "journal": max(outage_journal.ages(app.folder), default=None),
        "ledger": app.ledger.age,
        "backup": _backup_age(app),
    }
    return {name: None if age is None else round(age) for name, age in found.items()}


def _backup_age(app: AppContext) -> float | None:
    try:
        with app.database.reading() as session:
            made_at = maintenance_state.look(session).backed_up_at
    except Exception:  # the checks above already report "not ready"
        return None
    return None if made_at is None else (app.clock() - made_at).total_seconds()


def _restored(app: AppContext) -> dict[str, str]:
    """The backup that this database came from, until a person releases what it holds back."""
    try:
        with app.database.reading() as session:
            row = maintenance_state.look(session)
    except Exception:  # the checks above already report "not ready"
        return {}
    if not row.waits_for_release or row.restored_to is None:
        return {}
    return {"restored_to": row.restored_to.isoformat(timespec="seconds")}
