"""The demo's own pages: the link to the telephone, and the simulator's queries and switches.

They answer requests from this machine only and refuse requests from pages of other sites.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
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
from models.people import facilities, people
from models.people.facilities import Facility
from models.schedule import duty_rules
from routing.duty.duty import on_duty

AFRESH = "afresh"
"""The name of the file that asks `hotline demo` for a fresh start."""
DATABASE_AWAY = "Database away"
_HERE = ("127.0.0.1", "::1")


bp = Blueprint("demo", __name__, url_prefix="/phone")
"""The routes: `/phone` is for people, the others are for the simulator."""


@dataclass(frozen=True)
class Demo:
    """What the pages of one demo work with."""

    app: AppContext
    carrier_url: str
    folder: Path
    """Where the demo keeps its database, and the file that asks for a fresh start."""


def register(flask_app: Flask, app: AppContext, carrier_url: str, folder: Path) -> None:
    """Put the demo's pages into an app."""
    flask_app.extensions["demo"] = Demo(app, carrier_url, folder)
    flask_app.register_blueprint(bp)


def _demo() -> Demo:
    found: Demo = current_app.extensions["demo"]
    return found


@bp.before_request
def only_from_here() -> None:
    if request.remote_addr not in _HERE:
        abort(404)


@bp.get("")
def phone() -> AnyResponse:
    """Redirect to the telephone, which is a page of the simulated carrier."""
    asked = f"?{query}" if (query := request.query_string.decode()) else ""
    return redirect(f"{_demo().carrier_url}/phone{asked}")


@bp.get("/voice.wav")
def voice() -> Response:
    """A prompt in the simulated carrier's voice, for the console's pages."""
    asked = {name: request.args.get(name, "") for name in ("words", "language")}
    try:
        said = httpx.get(
            f"{_demo().carrier_url}/simulator/live/voice.wav",
            params=asked,
            timeout=10,
            trust_env=False,
        )
    except httpx.HTTPError:
        abort(502)
    return Response(said.content, said.status_code, mimetype="audio/wav")


@bp.get("/about")
def about() -> Response:
    """What the simulator shows about us, in the form of simulator/scenario/application.py."""
    app = _demo().app
    return jsonify(
        name="Sanctuary Line",
        board=_board(),
        run=str(os.getpid()),
        ready=_is_ready(app),
        people=_people(app),
        facilities=_facilities(app),
        switches=[
            {
                "name": "database",
                "label": DATABASE_AWAY,
                "on": demo_outage.is_away(app.database),
                "url": url_for("demo.database", _external=True),
            }
        ],
        afresh=url_for("demo.afresh", _external=True),
    )


@bp.post("/switches/database")
def database() -> tuple[str, int]:
    """Take the database away or bring it back."""
    _only_from_the_simulator()
    if (request.get_json(silent=True) or {}).get("on"):
        demo_outage.take_away(_demo().app.database)
    else:
        demo_outage.bring_back(_demo().app.database)
    return "", 204


@bp.post("/afresh")
def afresh() -> tuple[str, int]:
    """Ask `hotline demo` to end this process and start with a new database."""
    _only_from_the_simulator()
    demo_outage.bring_back(_demo().app.database)
    (_demo().folder / AFRESH).touch()
    return "", 202


def _board() -> str | None:
    """The URL of the coordinators' board, or None if this hotline has none."""
    rules = current_app.url_map.iter_rules()
    return request.host_url if any(rule.rule == "/" for rule in rules) else None


def _only_from_the_simulator() -> None:
    """Refuse browsers: they always send `Origin` with a POST, and the simulator does not."""
    if "Origin" in request.headers:
        abort(403)


def _is_ready(app: AppContext) -> bool:
    """Whether a ring requested now is placed: a worker is alive by the clock's present time."""
    if demo_outage.is_away(app.database):
        return False
    with app.database.reading() as session:
        return rings_leave(session, app.clock())


def _people(app: AppContext) -> list[dict[str, object]]:
    """Who holds which phone and who is on duty now; empty while the database is away."""
    if demo_outage.is_away(app.database):
        return []
    with app.database.reading() as session:
        return _listed(session, app)


def _facilities(app: AppContext) -> list[dict[str, object]]:
    """The phones of places of detention, each with the voice that guards its calls."""
    if demo_outage.is_away(app.database):
        return []
    with app.database.reading() as session:
        return [_guarded(each) for each in facilities.every(session)]


def _guarded(facility: Facility) -> dict[str, object]:
    gate = {
        "keys": facility.accept_digits.replace("w", ""),
        "speaks_seconds": facility.wait_seconds,
        "limit_minutes": facility.limit_minutes,
    }
    return {"number": facility.number, "gate": gate if facility.accept_digits else None}


def _listed(session: Session, app: AppContext) -> list[dict[str, object]]:
    languages = app.shipped_prompts.languages
    on = on_duty(duty_rules.duty(session, app.timezone), app.clock())
    return [
        {
            "number": people.phone_of(session, person),
            "name": people.name_of(session, person),
            "about": ", ".join(
                languages[code].name
                if code in languages
                else app.shipped_prompts.text("en", f"languages.{code}")
                for code in person.languages
            ),
            "languages": list(person.languages),
            "role": person.role,
            "tier": person.tier,
            "on_duty": person.id in on,
        }
        for person in people.active(session)
    ]
