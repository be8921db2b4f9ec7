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

from demo import outage
from ivr.line import Line
from models import duty_rules, people
from models.database import Session
from models.line import rings_leave
from prompts import Prompts
from routing.duty import on_duty

AFRESH = "afresh"
"""The file that asks `hotline demo` for a fresh start."""
_HERE = ("127.0.0.1", "::1")


def blueprint(line: Line, prompts: Prompts, carrier_url: str, folder: Path) -> Blueprint:
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
            ready=_is_ready(line),
            people=_people(line, prompts),
            switches=[
                {
                    "name": "database",
                    "label": "Database away",
                    "on": outage.is_away(line.database),
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
            outage.take_away(line.database)
        else:
            outage.bring_back(line.database)
        return "", 204

    @routes.post("/afresh")
    def afresh() -> tuple[str, int]:
        """Ask for a fresh start: whoever started us ends us, and starts us on a new database."""
        _only_from_the_simulator()
        outage.bring_back(line.database)
        (folder / AFRESH).touch()
        return "", 202

    return routes


def register(app: Flask, line: Line, prompts: Prompts, carrier_url: str, folder: Path) -> None:
    """Put the demo's pages into an app."""
    app.register_blueprint(blueprint(line, prompts, carrier_url, folder))


def _board() -> str | None:
    """The coordinators' board, where this hotline has one."""
    rules = current_app.url_map.iter_rules()
    return request.host_url if any(rule.rule == "/" for rule in rules) else None


def _only_from_the_simulator() -> None:
    """A browser always says where a POST comes from; the simulator is none."""
    if "Origin" in request.headers:
        abort(403)


def _is_ready(line: Line) -> bool:
    """Whether a ring that is asked for now is placed: a worker lives, by the clock as it now is."""
    if outage.is_away(line.database):
        return False
    with line.database.reading() as session:
        return rings_leave(session, line.clock())


def _people(line: Line, prompts: Prompts) -> list[dict[str, object]]:
    """Who holds which phone, and who is on duty now; nobody while the database is away."""
    if outage.is_away(line.database):
        return []
    with line.database.reading() as session:
        return _listed(session, line, prompts)


def _listed(session: Session, line: Line, prompts: Prompts) -> list[dict[str, object]]:
    on = on_duty(duty_rules.duty(session, line.timezone), line.clock())
    return [
        {
            "number": people.phone_of(session, person),
            "name": people.name_of(session, person),
            "about": ", ".join(prompts.languages[code].name for code in person.languages),
            "role": person.role,
            "tier": person.tier,
            "on_duty": person.id in on,
        }
        for person in people.active(session)
    ]
