"""Errors of the API as problem details (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus

from flask import Response, json

KIND = "application/problem+json"


class Problem(Exception):
    """Why a request gets no answer; the detail says what is wrong and what to do."""

    def __init__(
        self, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None,
        errors: Sequence[Mapping[str, str]] = (),
    ) -> None:  # fmt: skip
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.headers, self.errors = dict(headers or {}), list(errors)

    def answer(self) -> Response:
        """The answer: of no type of its own, so the title is the status in words."""
        told = {
            "type": "about:blank", "title": self.status.phrase, "status": self.status.value,
            "detail": self.detail, **({"errors": self.errors} if self.errors else {}),
        }  # fmt: skip
        return Response(json.dumps(told), self.status, self.headers, mimetype=KIND)


def no_token() -> Problem:
    """Nobody is known."""
    words = "Send a token of this hotline that lasts: Authorization: Bearer hotline_..."
    return Problem(HTTPStatus.UNAUTHORIZED, words, {"WWW-Authenticate": 'Bearer realm="hotline"'})


def no_scope(scope: str) -> Problem:
    """The token, or the role of its owner, does not reach so far."""
    words = f"This needs the scope {scope}, and a role of its owner that allows it."
    return Problem(HTTPStatus.FORBIDDEN, words)


def too_many(wait: timedelta) -> Problem:
    """Too many requests."""
    seconds = max(1, -int(-wait.total_seconds() // 1))
    words = f"Too many requests: try again in {seconds} seconds."
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, words, {"Retry-After": str(seconds)})


def not_there() -> Problem:
    """It does not exist, or they may not know of it: both look the same."""
    return Problem(HTTPStatus.NOT_FOUND, "There is nothing at this address for you.")


def conflict(words: str) -> Problem:
    """What was asked for cannot be, as things are."""
    return Problem(HTTPStatus.CONFLICT, words)


def unfit(errors: Sequence[Mapping[str, str]]) -> Problem:
    """Fields of the request do not fit: `where` and `what` for each."""
    words = "Some fields do not fit: `errors` says which, and why."
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, words, errors=errors)


def one_unfit(where: str, what: str) -> Problem:
    """One field of the request does not fit."""
    return unfit([{"where": where, "what": what}])


def unavailable() -> Problem:
    """The database is away, or the line is locked."""
    words = "The hotline cannot answer now: try again in a minute."
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, words, {"Retry-After": "60"})
