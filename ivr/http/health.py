"""Whether the hotline is alive and ready, and its counts."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST

import migrations
from ivr.core import duty_file, outage_journal
from ivr.core.context import AppContext
from ivr.http import metrics, parts
from models.operations import maintenance_state, worker_state

_LOCAL = ("127.0.0.1", "::1")


blueprint = Blueprint("health", __name__)
"""The health routes."""


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers.

    Called by: the load balancer or the process manager.
    Answers: 200.
    """
    return jsonify(ok=True)


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

    Called by: Prometheus on this host, or elsewhere with METRICS_TOKEN as its bearer token.
    Answers: the counts; 404 to anybody else.
    """
    if not (_is_from_here() or _has_token(parts.current().metrics_token)):
        abort(404)
    return Response(metrics.written(parts.current().app), content_type=CONTENT_TYPE_LATEST)


def _is_from_here() -> bool:
    return request.remote_addr in _LOCAL and "X-Forwarded-For" not in request.headers


def _has_token(token: str) -> bool:
    given = request.authorization
    if not token or given is None or given.type != "bearer" or given.token is None:
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
