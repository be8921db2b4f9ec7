"""The demo's own pages: the way to the telephone, and what the simulator may ask and switch.

Only this machine is answered, and never a page of another site.
"""

from __future__ import annotations

import os
from pathlib import Path

import httpx
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    jsonify,
    redirect,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from demo import demo_outage
from ivr.core.context import AppContext
from models.core.database import Session
from models.operations.worker_state import rings_leave
from models.people import people
from models.schedule import duty_rules
from routing.duty.duty import on_duty

AFRESH = "afresh"
"""The file that asks `hotline demo` for a fresh start."""
_HERE = ("127.0.0.1", "::1")


def blueprint(app: AppContext, carrier_url: str, folder: Path) -> Blueprint:
    """The routes, of which `/phone` is for people and the others are for the simulator."""
    routes = Blueprint("demo", __name__, url_prefix="/phone")

    @routes.before_request
    def only_from_here() -> None:
        if request.remote_addr not in _HERE:
            abort(404)

    @routes.get("")
    def phone() -> AnyResponse:
        """The telephone is the carrier's page."""
        return redirect(f"{carrier_url}/phone")

    @routes.get("/voice.wav")
    def voice() -> Response:
        """A prompt as the simulated carrier's voice would say it, for the console's pages."""
        asked = {name: request.args.get(name, "") for name in ("words", "language")}
        try:
            said = httpx.get(
                f"{carrier_url}/simulator/live/voice.wav", params=asked, timeout=10, trust_env=False
            )
        except httpx.HTTPError:
            abort(502)
        return Response(said.content, said.status_code, mimetype="audio/wav")

    @routes.get("/about")
    def about() -> Response:
        """What the simulator shows of us (simulator/scenario/application.py has the form)."""
        return jsonify(
            name="Sanctuary Line",
            board=_board(),
            run=str(os.getpid()),
            ready=_is_ready(app),
            people=_people(app),
            switches=[
                {
                    "name": "database",
                    "label": "Database away",
                    "on": demo_outage.is_away(app.database),
                    "url": url_for("demo.database", _external=True),
                }
            ],
            afresh=url_for("demo.afresh", _external=True),
        )

    @routes.post("/switches/database")
    def database() -> tuple[str, int]:
        """Take the database away, or bring it back."""
        _only_from_the_simulator()
        if (request.get_json(silent=True) or {}).get("on"):
            demo_outage.take_away(app.database)
        else:
            demo_outage.bring_back(app.database)
        return "", 204

    @routes.post("/afresh")
    def afresh() -> tuple[str, int]:
        """Ask for a fresh start: whoever started us ends us, and starts us on a new database."""
        _only_from_the_simulator()
        demo_outage.bring_back(app.database)
        (folder / AFRESH).touch()
        return "", 202

    return routes


def register(flask_app: Flask, app: AppContext, carrier_url: str, folder: Path) -> None:
    """Put the demo's pages into an app."""
    flask_app.register_blueprint(blueprint(app, carrier_url, folder))


def _board() -> str | None:
    """The coordinators' board, where this hotline has one."""
    rules = current_app.url_map.iter_rules()
    return request.host_url if any(rule.rule == "/" for rule in rules) else None


def _only_from_the_simulator() -> None:
    """A browser always says where a POST comes from; the simulator is none."""
    if "Origin" in request.headers:
        abort(403)


def _is_ready(app: AppContext) -> bool:
    """Whether a ring that is asked for now is placed: a worker lives, by the clock as it now is."""
    if demo_outage.is_away(app.database):
        return False
    with app.database.reading() as session:
        return rings_leave(session, app.clock())


def _people(app: AppContext) -> list[dict[str, object]]:
    """Who holds which phone, and who is on duty now; nobody while the database is away."""
    if demo_outage.is_away(app.database):
        return []
    with app.database.reading() as session:
        return _listed(session, app)


def _listed(session: Session, app: AppContext) -> list[dict[str, object]]:
    languages = app.shipped_prompts.languages
    on = on_duty(duty_rules.duty(session, app.timezone), app.clock())
    return [
        {
            "number": people.phone_of(session, person),
            "name": people.name_of(session, person),
            "about": ", ".join(languages[code].name for code in person.languages),
            "role": person.role,
            "tier": person.tier,
            "on_duty": person.id in on,
        }
        for person in people.active(session)
    ]
