"""A coordinator at a browser, as tests use it: reading, filling in forms, pressing buttons."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pyotp
from selectolax.lexbor import LexborHTMLParser, LexborNode
from werkzeug.test import TestResponse

if TYPE_CHECKING:
    from tests.hotline import Hotline

HOME_NETWORK = "203.0.113.20"


class Coordinator:
    """A user of the console; every act returns them, so that a test reads as one sentence."""

    def __init__(
        self, hotline: Hotline, name: str, password: str, secret: str | None = None,
        network: str = HOME_NETWORK,
    ) -> None:  # fmt: skip
        self._hotline, self.name, self.password = hotline, name, password
        self.secret, self._network = secret, network
        self._base = hotline.settings.base_url
        self.client = hotline.app.test_client()
        self._typed: dict[str, str] = {}
        self._files: dict[str, tuple[io.BytesIO, str]] = {}
        self.answer: TestResponse
        self.address = "/"

    # --- acts

    def signs_in(self) -> Coordinator:
        """Enter the password, then the code that their app shows now."""
        self.signs_in_by_password()
        return self.fills("Code", self.code()).presses("Continue") if self.secret else self

    def signs_in_by_password(self) -> Coordinator:
        """Enter only the password."""
        self.opens("/sign-in").fills("Name", self.name).fills("Password", self.password)
        return self.presses("Sign in")

    def elsewhere(self, network: str = HOME_NETWORK) -> Coordinator:
        """The same user in another browser."""
        return Coordinator(self._hotline, self.name, self.password, self.secret, network)

    def opens(self, address: str) -> Coordinator:
        """Open an address, and follow redirects."""
        return self._arrive(self._ask("GET", address))

    def fills(self, label: str, words: str) -> Coordinator:
        """Type into the field with this label."""
        self._typed[self._field(label).attributes["name"] or ""] = words
        return self

    def chooses(self, label: str, words: str) -> Coordinator:
        """Choose the option that begins with these words, from the list with this label."""
        field = self._field(label)
        options = sorted(field.css("option"), key=lambda each: _words(each) != words)
        for option in options:
            if _words(option).startswith(words):
                self._typed[field.attributes["name"] or ""] = option.attributes["value"] or ""
                return self
        raise AssertionError(f"{label!r} does not offer {words!r}")

    def ticks(self, label: str) -> Coordinator:
        """Tick the box with this label."""
        return self.fills(label, "yes")

    def uploads(self, label: str, name: str, text: str) -> Coordinator:
        """Choose a file for the field with this label."""
        field = self._field(label).attributes["name"] or ""
        self._files[field] = (io.BytesIO(text.encode()), name)
        return self

    def imports(self, name: str, text: str) -> Coordinator:
        """Upload a roster or shifts, open the preview, and apply it."""
        self.opens("/import").uploads("File", name, text).presses("Preview the import")
        return self.presses("Apply all of it")

    def attaches(self, label: str, content: bytes, name: str = "prompt.wav") -> Coordinator:
        """Choose a file for the field with this label."""
        self._files[self._field(label).attributes["name"] or ""] = (io.BytesIO(content), name)
        return self

    def presses(self, words: str, within: str | None = None) -> Coordinator:
        """Press the button with these words; `within` names the row that contains it."""
        form = _around(self._button(words, within), "form")
        fields: dict[str, object] = {**self.would_send(words, within), **self._files}
        action = form.attributes.get("action") or self.address
        if form.attributes.get("method", "get") == "post":
            return self._arrive(self._ask("POST", action, data=fields))
        return self._arrive(self._ask("GET", action, query_string=fields))

    def would_send(self, words: str, within: str | None = None) -> dict[str, str]:
        """The fields that the button with these words would send."""
        button = self._button(words, within)
        fields = {**_as_filled(_around(button, "form")), **self._typed}
        if name := button.attributes.get("name"):
            fields[name] = button.attributes.get("value") or ""
        return fields

    def follows(self, words: str) -> Coordinator:
        """Follow the link with these words."""
        link = next((each for each in self.page.css("a") if _words(each) == words), None)
        assert link is not None, f"no link {words!r} in: {self.reads}"
        return self.opens(link.attributes["href"] or "")

    def follows_first(self, label: str) -> Coordinator:
        """Follow the first link that a screen reader reads out with these words."""
        labels = [(each, each.attributes.get("aria-label") or "") for each in self.page.css("a")]
        link = next((each for each, words in labels if words.startswith(label)), None)
        assert link is not None, f"no link {label!r} in: {self.reads}"
        return self.opens(link.attributes["href"] or "")

    def follows_in(self, row: str, words: str) -> Coordinator:
        """Follow the link with these words in the row that contains other words."""
        links = (each for each in self.page.css("a") if _words(each) == words)
        link = next((each for each in links if row in _words(_row_of(each))), None)
        assert link is not None, f"no link {words!r} beside {row!r} in: {self.reads}"
        return self.opens(link.attributes["href"] or "")

    def posts(self, address: str, **fields: str) -> TestResponse:
        """Send a request that no form of ours makes; headers are keywords, such as `origin=`."""
        origin = fields.pop("origin", self._base)
        headers = {"Origin": origin} if origin else {}
        return self.client.post(
            address, data=fields, headers=headers, base_url=self._base,
            environ_base={"REMOTE_ADDR": self._network},
        )  # fmt: skip

    def code(self, steps: int = 0) -> str:
        """The code that their authenticator shows now, or some half minutes later."""
        assert self.secret
        return pyotp.TOTP(self.secret).at(self._hotline.clock.now(), counter_offset=steps)

    # --- what they see

    @property
    def page(self) -> LexborHTMLParser:
        """The page, parsed as a browser parses it."""
        return LexborHTMLParser(self.answer.get_data(as_text=True))

    @property
    def reads(self) -> str:
        """Every word of the page outside its head."""
        body = self.page.body
        return _words(body) if body else ""

    @property
    def token(self) -> str:
        """The token that forms and scripts of this page send to prove that they are ours."""
        meta = self.page.css_first("meta[name=csrf]")
        assert meta is not None
        return meta.attributes["content"] or ""

    @property
    def heading(self) -> str:
        """The page's heading."""
        return _words(self.page.css_first("h1"))

    @property
    def places(self) -> list[str]:
        """The addresses in the navigation."""
        return [_words(link) for link in self.page.css("nav.places a")]

    def section(self, heading: str) -> str:
        """The words under a heading."""
        for found in self.page.css("section"):
            title = found.css_first("h2")
            if title is not None and _words(title) == heading:
                return _words(found)
        raise AssertionError(f"no section {heading!r} in: {self.reads}")

    def error_at(self, label: str) -> str:
        """The error at a field, where a screen reader reads it."""
        field = self._field(label)
        described = (field.attributes.get("aria-describedby") or "").split()
        assert field.attributes.get("aria-invalid") == "true", f"{label} is not said to be wrong"
        return " ".join(_words(self.page.css_first(f"#{mark}")) for mark in described)

    def value_of(self, label: str) -> str:
        """The value of the field with this label."""
        field = self._field(label)
        return field.text() if field.tag == "textarea" else field.attributes.get("value") or ""

    def can_press(self, words: str) -> bool:
        """Whether there is a button with these words."""
        return any(_words(each) == words for each in self.page.css("main button"))

    def signs_in_again(self) -> Coordinator:
        """Sign in on the page that a redirect led to, and return to the requested page."""
        self.fills("Name", self.name).fills("Password", self.password).presses("Sign in")
        return self.fills("Code", self.code()).presses("Continue")

    def choices_of(self, label: str) -> list[str]:
        """The options of the field with this label."""
        return [_words(option) for option in self._field(label).css("option")]

    # --- helpers

    def _ask(self, method: str, address: str, **how: object) -> TestResponse:
        headers = {"Accept": "text/html", "User-Agent": "Mozilla/5.0 (Linux) Firefox/140.0"}
        if method == "POST":
            headers["Origin"] = self._base
        return self.client.open(
            address, method=method, base_url=self._base, headers=headers,
            environ_base={"REMOTE_ADDR": self._network}, **how,
        )  # type: ignore[arg-type]  # passed on as they came  # fmt: skip

    def _arrive(self, answer: TestResponse) -> Coordinator:
        self._typed, self._files = {}, {}
        self.address = urlsplit(answer.request.full_path.rstrip("?")).geturl()
        while answer.status_code == 303:
            self.address = urljoin(self.address, answer.location)
            assert self.address.startswith("/"), f"led away to {self.address}"
            answer = self._ask("GET", self.address)
        self.answer = answer
        return self

    def _field(self, label: str) -> LexborNode:
        for each in self.page.css("label"):
            if _words(each) == label:
                field = self.page.css_first(f"#{each.attributes['for']}")
                assert field is not None, f"the label {label!r} is for no field"
                return field
        raise AssertionError(f"no field {label!r} in: {self.reads}")

    def _button(self, words: str, within: str | None) -> LexborNode:
        for each in self.page.css("main button, header button, footer button"):
            if _words(each) == words and (within is None or within in _words(_row_of(each))):
                return each
        raise AssertionError(f"no button {words!r} in: {self.reads}")


def _words(node: LexborNode | None) -> str:
    return " ".join(node.text(deep=True, separator=" ").split()) if node else ""


def _around(node: LexborNode, tag: str) -> LexborNode:
    for parent in _parents(node):
        if parent.tag == tag:
            return parent
    raise AssertionError(f"not inside a <{tag}>")


def _row_of(node: LexborNode) -> LexborNode | None:
    """The row of a table or the item of a list that contains these words."""
    return next((parent for parent in _parents(node) if parent.tag in ("tr", "li")), None)


def _parents(node: LexborNode) -> Iterator[LexborNode]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def _as_filled(form: LexborNode) -> dict[str, str]:
    """What a browser sends for a form that nobody changed."""
    found: dict[str, str] = {}
    for field in form.css("input[name], textarea[name], select[name]"):
        name, kind = field.attributes["name"] or "", field.attributes.get("type")
        if kind == "file" or (kind in ("checkbox", "radio") and "checked" not in field.attributes):
            continue
        if field.tag == "select":
            options = field.css("option[selected]") or field.css("option")
            found[name] = (options[0].attributes.get("value") or "") if options else ""
        elif field.tag == "textarea":
            found[name] = field.text()
        else:
            found[name] = field.attributes.get("value") or ""
    return found
