"""JSON over HTTP: answers, and refusals in the form of Twilio's errors."""

import json
from typing import Any

from werkzeug.wrappers import Response

Json = dict[str, Any]


class Refusal(Exception):
    """A refused request, with the HTTP status and Twilio's code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def body(self) -> str:
        """The error as Twilio words it."""
        return json.dumps(
            {
                "code": self.code,
                "message": self.message,
                "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
                "status": self.status,
            }
        )


def refused(refusal: Refusal) -> Response:
    """The answer to a refused request."""
    response = Response(refusal.body(), refusal.status, mimetype="application/json")
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return response


def missing(what: str) -> Refusal:
    """The refusal for something that does not exist."""
    return Refusal(404, 20404, f"The requested resource {what} was not found")


def answer(body: Json, status: int = 200) -> Response:
    """A resource as the answer."""
    return Response(json.dumps(body), status, mimetype="application/json")
