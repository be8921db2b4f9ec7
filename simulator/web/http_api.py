"""The carrier as a WSGI application: REST with faults and journal, control API, pages."""

import io
import time
from collections.abc import Iterable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import httpx
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request, Response

from simulator.base.json_answers import Refusal, refused
from simulator.base.records import RestEntry
from simulator.delivery.faults import RestFault
from simulator.rest import (
    rest_accounts,
    rest_calls,
    rest_media,
    rest_messaging,
    rest_queues,
    rest_rooms,
)
from simulator.scenario.stage import Stage
from simulator.web import control, phone_page

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


REST_PREFIX = "/2010-04-01/"


class HttpApi:
    """Twilio's REST API and the control API as one WSGI application."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._carrier = stage.carrier
        self._app = _application(stage)

    @cached_property
    def _pages(self) -> Flask:
        return phone_page.application(self._stage)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer one request. In one process, an injected timeout raises httpx.ReadTimeout."""
        path = environ["PATH_INFO"]
        if path.startswith((REST_PREFIX, rest_messaging.PREFIX)):
            return self._twilio(environ)(environ, start)
        if why := self._may_not(environ):
            return phone_page.forbidden(why)(environ, start)
        if path.startswith(phone_page.PREFIXES):
            return self._pages(environ, start)
        with self._carrier.lock:
            response = Response.from_app(self._app, environ, buffered=True)
        return response(environ, start)

    def _may_not(self, environ: "WSGIEnvironment") -> str | None:
        serving_at = self._carrier.base_url if self._carrier.is_serving else None
        host, origin = environ.get("HTTP_HOST", ""), environ.get("HTTP_ORIGIN")
        return phone_page.guard(host, origin, serving_at=serving_at)

    def _twilio(self, environ: "WSGIEnvironment") -> Response:
        body = Request(environ).get_data()
        environ["wsgi.input"] = io.BytesIO(body)
        asked = Request(environ, populate_request=False)
        if self._carrier.outbox.is_delivering:
            self._carrier.rest_in_webhooks += 1
        fault = self._carrier.faults.strike_rest(asked.method, asked.path)
        acts = fault is None or fault.after_acting
        response: Response | None = None
        if acts:
            with self._carrier.lock:
                response = Response.from_app(self._app, environ, buffered=True)
        environ["wsgi.input"] = io.BytesIO(body)
        if fault is None and response is not None:
            if not self._carrier.is_serving:  # a real server sets the date itself
                response.date = self._carrier.clock.now()
            self._note(environ, response.status_code, _text(response), acted=True)
            return response
        return self._fail(environ, fault, response)

    def _fail(
        self, environ: "WSGIEnvironment", fault: RestFault | None, acted: Response | None
    ) -> Response:
        if fault is None:
            raise RuntimeError("a request without a fault was not answered")
        told = _text(acted) if acted else ""
        if fault.failure != "timeout":
            self._note(environ, fault.failure, told, acted=acted is not None)
            return _failure(fault.failure)
        self._note(environ, None, told, acted=acted is not None)
        if not self._carrier.is_serving:
            raise httpx.ReadTimeout("the carrier does not answer")
        time.sleep(self._carrier.faults.hang_seconds / self._carrier.clock.speed)
        return _failure(504)

    def _note(
        self, environ: "WSGIEnvironment", status: int | None, text: str, *, acted: bool
    ) -> None:
        asked = Request(environ, populate_request=False)
        params = _plain(asked.form if asked.method == "POST" else asked.args)
        now = self._carrier.clock.now()
        self._carrier.journal_file.write(
            RestEntry(now, asked.method, asked.path, params, status, text, acted)
        )


def _text(response: Response) -> str:
    if response.mimetype == "application/json":
        return response.get_data(as_text=True)
    return f"({len(response.get_data())} bytes)"


def _plain(values: "MultiDict[str, str]") -> dict[str, str | list[str]]:
    return {name: found[0] if len(found) == 1 else found for name, found in values.lists()}


def _failure(status: int) -> Response:
    code = {429: 20429, 401: 20003}.get(status, 20500)
    refusal = Refusal(status, code, {429: "Too Many Requests"}.get(status, "Internal Server Error"))
    headers = {"Retry-After": "1"} if status in {429, 503} else {}
    return Response(refusal.body(), status, headers, mimetype="application/json")


def _application(stage: Stage) -> Flask:
    carrier = stage.carrier
    app = Flask("simulator", static_folder=None)
    app.url_map.merge_slashes = False
    app.add_url_rule(
        f"{REST_PREFIX}Accounts/<sid>.json", "account", partial(rest_accounts.account, carrier)
    )
    for part in (rest_accounts, rest_calls, rest_media, rest_messaging, rest_queues, rest_rooms):
        app.register_blueprint(part.blueprint(carrier))
    app.register_blueprint(rest_media.unsigned(carrier))
    app.register_blueprint(control.blueprint(stage))
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(404, _not_found)
    app.register_error_handler(405, _not_allowed)
    return app


def _not_found(_: Any) -> Response:
    return refused(Refusal(404, 20404, "The requested resource was not found"))


def _not_allowed(_: Any) -> Response:
    return refused(Refusal(405, 20004, "Method not allowed"))
