"""Where a TwiML document leads: to the next document, or to an end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from simulator.twiml.documents import Document, Element


@dataclass(frozen=True)
class Goto:
    """The next document: a URL to request with some parameters, or TwiML that is already here."""

    url: str
    method: str = "POST"
    params: Mapping[str, str] = field(default_factory=dict)
    twiml: str | None = None


class Outcome(Enum):
    """How a chain of documents ended."""

    RAN_OUT = "ran out"
    HUNG_UP = "hung up"
    LEFT = "left"


Step = Goto | Outcome | None
"""What follows a verb; None: the next verb of the document."""


def action(element: Element, document: Document, params: Mapping[str, str]) -> Goto:
    """Where an element's `action` leads; without one, to the document itself."""
    return Goto(document.resolve(element.says("action")), element.says("method", "POST"), params)
