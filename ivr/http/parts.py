"""What the views of `ivr.http` work with: one value per Flask app, found through the app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from flask import Flask, current_app

from ivr.core.context import AppContext
from ivr.http.rescue import Rescue
from ivr.twilio.links import Links
from ivr.twilio.signature import Secrets
from ivr.twilio.twiml import Speech

_NAME = "webhooks"


@dataclass(frozen=True)
class Parts:
    """The context, and the means to turn decisions into answers for the carrier."""

    app: AppContext
    links: Links
    tokens: tuple[str, ...]
    shared_keys: tuple[str, ...]
    rescue_number: str
    account: str
    if_broken: Callable[[], None]
    """Ends this process, because its view of the database cannot be trusted."""
    metrics_token: str = ""
    """With it another host may read the counts; empty: only this host may."""

    @property
    def secrets(self) -> Secrets:
        """What the carrier may sign webhooks with."""
        return Secrets(self.tokens, self.shared_keys)

    @cached_property
    def speech(self) -> Speech:
        """Turns decisions into TwiML."""
        return Speech(self.app.live_prompts, self.links, self.app.numbers.hotline)

    @property
    def rescue(self) -> Rescue:
        """Answers when a view fails."""
        return Rescue(self.app, self.speech, self.rescue_number)

    def known_language(self, language: str) -> str:
        """This language if the hotline offers it, otherwise the default."""
        known = language in self.speech.prompts.languages
        return language if known else self.app.script.tree.default_language

    def static_fallback(self) -> str:
        """The document that the carrier runs when none of our servers answers."""
        return self.speech.static_fallback(self.rescue_number)


def keep(flask_app: Flask, parts: Parts) -> None:
    """Store these parts for the views of this app."""
    flask_app.extensions[_NAME] = parts


def current() -> Parts:
    """The parts of the current app."""
    parts: Parts = current_app.extensions[_NAME]
    return parts
