"""What the views of `ivr.http` work with: one value per Flask app, found through the app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from flask import Flask, current_app

from ivr.core.context import AppContext
from ivr.http.rescue import Rescue
from ivr.twilio.links import Links
from ivr.twilio.twiml import Speech

_NAME = "webhooks"


@dataclass(frozen=True)
class Parts:
    """The context, and what turns decisions into answers for the carrier."""

    app: AppContext
    links: Links
    tokens: tuple[str, ...]
    rescue_number: str
    account: str
    if_broken: Callable[[], None]
    """Ends this process, because nothing it holds of the database can be trusted any more."""

    @cached_property
    def speech(self) -> Speech:
        """How decisions are spoken."""
        return Speech(self.app.live_prompts, self.links, self.app.numbers.hotline)

    @property
    def rescue(self) -> Rescue:
        """What answers when a view fails."""
        return Rescue(self.app, self.speech, self.rescue_number)

    def known_language(self, language: str) -> str:
        """This language if callers are offered it, else the default one."""
        known = language in self.speech.prompts.languages
        return language if known else self.app.script.tree.default_language

    def static_fallback(self) -> str:
        """What the carrier does with a call when nothing of ours answers."""
        return self.speech.static_fallback(self.rescue_number)


def keep(flask_app: Flask, parts: Parts) -> None:
    """Give these parts to the views of this app."""
    flask_app.extensions[_NAME] = parts


def current() -> Parts:
    """The parts of the app that answers now."""
    parts: Parts = current_app.extensions[_NAME]
    return parts
