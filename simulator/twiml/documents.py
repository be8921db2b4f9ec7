"""Parses TwiML documents, and refuses those that Twilio could not execute."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urldefrag, urljoin
from xml.etree import ElementTree

from simulator.base.records import Problem
from simulator.delivery.courier import TWIML_TYPES, Answer

Context = Literal[
    "call", "whisper", "queue-url", "queue-wait", "conference-wait", "announcement", "text"
]

MOST_BYTES = 64 * 1024


class DocumentFailed(Exception):
    """A document could not be fetched or executed; Twilio turns to the fallback URL."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True)
class Element:
    """One XML element; `text` is all the text inside it."""

    tag: str
    attributes: Mapping[str, str]
    children: tuple["Element", ...]
    text: str
    stray_text: str = ""

    def says(self, name: str, default: str = "") -> str:
        """An attribute's value."""
        return self.attributes.get(name, default)

    def number(self, name: str, default: int) -> int:
        """An attribute's value as a whole number; the default if it is not one."""
        text = self.attributes.get(name, "")
        return int(text) if text.isdigit() else default

    def is_set(self, name: str, *, default: bool = False) -> bool:
        """Whether an attribute says true."""
        return self.attributes.get(name, str(default)).lower() == "true"


@dataclass(frozen=True)
class Document:
    """A parsed answer, the URL it came from, and where in a call it is executed."""

    url: str
    context: Context
    root: Element

    @property
    def verbs(self) -> tuple[Element, ...]:
        """What to do, in order."""
        return self.root.children

    def resolve(self, url: str) -> str:
        """A URL of this document made absolute; an empty one means this document."""
        return urljoin(self.url, url) if url else self.url


def parse(answer: Answer, context: Context) -> Document:
    """The document in an answer. Raises DocumentFailed with Twilio's code."""
    url = urldefrag(answer.url).url
    if answer.error is not None:
        raise DocumentFailed(Problem(answer.error, answer.reason, url))
    if answer.media_type not in TWIML_TYPES:
        kind = answer.media_type or "(none)"
        raise DocumentFailed(Problem(12300, f"invalid Content-Type {kind}", url))
    return parse_text(answer.body, url, context)


def parse_text(body: bytes, url: str, context: Context) -> Document:
    """The document in some bytes. Raises DocumentFailed with Twilio's code."""
    if not body:
        raise DocumentFailed(Problem(11770, "empty response body", url))
    if len(body) > MOST_BYTES:
        raise DocumentFailed(Problem(11750, f"TwiML of {len(body)} bytes is over 64 kB", url))
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise DocumentFailed(Problem(12100, "document types are not read", url))
    if body[:1].isspace():
        raise DocumentFailed(Problem(12100, "white space before the document", url))
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - bounded, and without entities
    except (ElementTree.ParseError, ValueError) as error:
        raise DocumentFailed(Problem(12100, f"document parse failure: {error}", url)) from error
    if root.tag != "Response":
        raise DocumentFailed(Problem(12102, f"the root is {root.tag}, not Response", url))
    return Document(url, context, _element(root))


def _element(node: ElementTree.Element) -> Element:
    stray = "".join([node.text or "", *((child.tail or "") for child in node)]).strip()
    return Element(
        tag=node.tag,
        attributes=dict(node.attrib),
        children=tuple(_element(child) for child in node),
        text=" ".join("".join(node.itertext()).split()),
        stray_text=stray,
    )


def walk(element: Element) -> Iterator[Element]:
    """An element and everything inside it."""
    yield element
    for child in element.children:
        yield from walk(child)
