"""The phone in the browser: its files, news and sounds, and the controls of the stage.

These routes do not hold the carrier's lock, because some of them wait.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from flask import Blueprint, Flask, render_template, request, send_from_directory
from werkzeug.wrappers import Response

from simulator.base.json_answers import Json, Refusal, answer, missing, refused
from simulator.base.records import Spoken
from simulator.scenario import report
from simulator.scenario.stage import Stage
from simulator.web import feed, page_words
from simulator.web.page_words import LANGUAGES

FOLDER = Path(__file__).with_name("page")
HOUSE = Path(__file__).parents[2] / "console" / "static"
"""Where the tokens, components, icons and fonts of the console lie; the page looks like them."""
OF_THE_HOUSE = ("tokens.css", "components.css", "icons.svg", "lamp.svg")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; "
    "media-src 'self' http: https:; "  # a hotline keeps recordings anywhere
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-cache",
    "Permissions-Policy": "microphone=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
LONGEST_WORDS = 1000
PREFIXES = ("/phone", "/simulator/live", "/simulator/stage")


def application(stage: Stage) -> Flask:
    """The routes below `PREFIXES`."""
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(_files())
    app.register_blueprint(_live(stage))
    app.register_blueprint(_stage(stage))
    app.register_error_handler(Refusal, refused)
    return app


def _files() -> Blueprint:
    routes = Blueprint("files", __name__)

    @routes.get("/phone")
    def page() -> Response:
        code = page_words.chosen(request.args.get("language"), request.accept_languages)
        drawn = render_template(
            "phone.html", language=code, languages=LANGUAGES, _=partial(page_words.say, code)
        )
        return Response(drawn, mimetype="text/html", headers={**HEADERS, "Vary": "Accept-Language"})

    @routes.get("/phone/words/<code>")
    def words(code: str) -> Response:
        if code not in LANGUAGES:
            raise missing(f"a translation into {code}")
        return answer(dict(page_words.catalogue(code)))

    @routes.get("/phone/<name>")
    def part(name: str) -> Response:
        return _file(FOLDER, name)

    @routes.get("/phone/house/<name>")
    def look(name: str) -> Response:
        if name not in OF_THE_HOUSE:
            raise missing(f"a file named {name}")
        return _file(HOUSE, name)

    @routes.get("/phone/house/fonts/<name>")
    def font(name: str) -> Response:
        return _file(HOUSE / "fonts", name)

    return routes


def _file(folder: Path, name: str) -> Response:
    response = send_from_directory(folder, name)
    response.headers.update(HEADERS)
    return response


def _live(stage: Stage) -> Blueprint:
    carrier = stage.carrier
    routes = Blueprint("live", __name__, url_prefix="/simulator/live")

    @routes.get("/stream")
    def stream() -> Response:
        since = request.headers.get("Last-Event-ID", type=int) or _since()
        return Response(
            feed.stream(stage, since),
            mimetype="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )

    @routes.get("/news")
    def news() -> Response:
        with carrier.lock:
            return answer(feed.news(stage, _since()))

    @routes.get("/sounds/<sid>/<int:place>.wav")
    def sound(sid: str, place: int) -> Response:
        leg = carrier.legs.get(sid)
        if leg is None or place >= len(leg.heard):
            raise missing(f"sound {place} of leg {sid}")
        file = stage.voices.file(leg.heard[place])
        if file is None:
            raise missing("a voice for these words")
        return Response(file, mimetype="audio/wav", headers={"Cache-Control": "max-age=3600"})

    @routes.get("/voice.wav")
    def voice() -> Response:
        """Any words as <Say> would speak them."""
        said = (request.args.get(name, "") for name in ("words", "language"))
        words, language = (each[:LONGEST_WORDS] for each in said)
        now = carrier.clock.now()
        file = stage.voices.file(Spoken(words, language, "", "", now, "Say"))
        if file is None:
            raise missing("a voice for these words")
        return Response(file, mimetype="audio/wav", headers={"Cache-Control": "max-age=3600"})

    @routes.get("/application")
    def told() -> Response:
        return answer(stage.application.tells())

    return routes


def _since() -> int | None:
    return request.args.get("since", type=int)


def _stage(stage: Stage) -> Blueprint:
    routes = Blueprint("stage", __name__, url_prefix="/simulator/stage")
    _scenario_routes(stage, routes)
    _control_routes(stage, routes)
    return routes


def _scenario_routes(stage: Stage, routes: Blueprint) -> None:
    @routes.get("/scenarios")
    def scenarios() -> Response:
        told = [
            {"name": s.name, "title": s.title, "story": s.story, "ends": s.ends}
            for s in stage.scenarios.values()
        ]
        return answer({"scenarios": told})

    @routes.post("/scenarios/<name>")
    def perform(name: str) -> Response:
        stage.perform(name, float(_body().get("speed", 1.0)))
        return answer(stage.shown(), 202)

    @routes.get("/report.html")
    def told() -> Response:
        # The application is asked first: HTTP requests must not hold the lock.
        people = stage.application.tells().get("people", [])
        with stage.carrier.lock:
            page = report.page(stage, _since(), people)
        return Response(
            page,
            mimetype="text/html",
            headers={"Content-Disposition": "attachment; filename=call-report.html"},
        )


def _control_routes(stage: Stage, routes: Blueprint) -> None:
    @routes.post("/clock")
    def clock() -> Response:
        body = _body()
        try:
            if "at" in body:
                stage.travel(str(body["at"]))
            if "speed" in body:
                stage.run_at(float(body["speed"]))
        except ValueError as error:
            raise Refusal(400, 0, str(error)) from error
        return answer(stage.shown()["clock"])

    @routes.post("/switches/<name>")
    def turn(name: str) -> Response:
        on = bool(_body().get("on"))
        try:
            with stage.carrier.lock:
                stage.switchboard.turn(name, on)
        except ValueError:
            return answer(stage.application.turn(name, on))
        return answer({"switches": stage.switchboard.shown()})

    @routes.post("/afresh")
    def afresh() -> Response:
        stage.start_afresh()
        return answer(stage.shown())


def _body() -> Json:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def guard(environ_host: str, origin: str | None, *, serving_at: str | None) -> str | None:
    """Why to refuse a browser's request: pages of other sites must not use these phones."""
    host = environ_host.rpartition(":")[0] or environ_host
    if origin and origin.partition("://")[2] != environ_host:
        return "another site's page may not do this"
    if serving_at and host not in ("127.0.0.1", "localhost", "[::1]") and host not in serving_at:
        return "this carrier is reached by another name"
    return None


def forbidden(why: str) -> Response:
    """The answer to a request that the guard refuses."""
    return Response(json.dumps({"message": why}), 403, mimetype="application/json")
