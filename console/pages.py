"""Shows a page: the template, what the header says, and where each role can go from here."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from console import access, cookies, sessions, visitors, words
from console.board import Boards
from console.desk import Desk
from console.visitors import Visitor
from console.words import later


@dataclass(frozen=True)
class Place:
    """One entry of the navigation."""

    endpoint: str
    label: str


NAVIGATION = (
    Place("console.board", later("Board")),
    Place("console.messages", later("Messages")),
    Place("console.callbacks", later("Callbacks")),
    Place("console.schedule", later("Schedule")),
    Place("console.shifts", later("Shifts")),
    Place("console.calls", later("Calls")),
    Place("console.people", later("People")),
    Place("console.partners", later("Partners")),
    Place("console.users", later("Users")),
    Place("console.approvals", later("Approvals")),
    Place("console.reports", later("Reports")),
    Place("console.staffing", later("Staffing")),
    Place("console.import_file", later("Import")),
    Place("console.hear", later("What callers hear")),
    Place("console.announcements", later("Announcements")),
    Place("console.surge", later("Surge")),
    Place("console.audit", later("Audit log")),
    Place("console.account", later("Your account")),
)
"""In this order; each is shown to those who may open it."""

_WITHOUT_FRAME = ("console.board_now", "console.board_news", "console.hear_called")
_TROUBLE = {
    400: later("This request could not be understood."),
    401: later("You are signed out. Sign in again to go on."),
    403: later("This is not yours to open, or the page had grown old. Go back and try again."),
    404: later("There is nothing at this address."),
    405: later("This address cannot be used like that."),
    409: later("Somebody else changed this before you."),
    413: later("That is too large."),
}


def show(template: str, status: int = HTTPStatus.OK, **facts: object) -> Response:
    """A page of the console."""
    return make_response(render_template(template, **facts), status)


def prepare(app: Flask, desk: Desk, boards: Boards) -> None:
    """Give every template what the frame around the page shows."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def frame() -> dict[str, object]:
        visitor = visitors.present()
        is_in = visitor is not None and visitor.is_in
        return {
            "visitor": visitor,
            "is_demo": desk.is_demo,
            "takes_passkeys": urlsplit(f"//{request.host}").hostname == desk.passkey_domain,
            "csrf": lambda: cookies.csrf(desk),
            "places": _places(visitor),
            "notices": _notices(desk, visitor) if is_in else (),
            "line_state": boards.now() if is_in else None,
            "clock_zone": words.zone(desk).key if is_in else None,
            "asked": _asked(),
        }

    app.register_error_handler(HTTPException, _in_trouble)


def first_place(visitor: Visitor) -> str:
    """Where somebody begins: the first page of the navigation that is theirs."""
    return _places(visitor)[0].endpoint


def _places(visitor: Visitor | None) -> list[Place]:
    return [place for place in NAVIGATION if visitor and visitor.may_open(place.endpoint)]


def _notices(desk: Desk, visitor: Visitor | None) -> tuple[str, ...]:
    if visitor is None or request.endpoint in _WITHOUT_FRAME:
        return ()  # the page around it shows them
    return tuple(words.say(notice) for notice in sessions.take_notices(desk, visitor))


def _asked() -> str:
    """Where to come back to after the language was switched."""
    return request.full_path.rstrip("?") if request.method == "GET" else "/"


def _in_trouble(error: HTTPException) -> Response | HTTPException:
    """What a person reads; the carrier and the probes get what they always got."""
    if request.blueprint in access.OTHER_DOORS:
        return error
    if error.code not in _TROUBLE:  # perhaps the database is away, so the page asks it nothing
        return error
    return show("problem.html", error.code, words=words.say(_TROUBLE[error.code]))
