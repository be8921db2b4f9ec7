"""A bug planted in the web side is in effect, and the web side still answers callers."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

import wiring
from tests.crash import bugs
from tests.hotline import Hotline
from tests.webhook import ARRIVAL, post

_IN_ENGLISH = ("/voice/en/at/language_menu/1/0", "main_menu")
_EMERGENCY = ("/voice/en/at/main_menu/2/0", "emergency")


@pytest.mark.parametrize("bug", bugs.WEBHOOKS)
def test_a_planted_bug_answers_as_the_hotline_does(hotline: Hotline, bug: str) -> None:
    app = _planted(hotline, bug)
    post(hotline, "/voice/incoming", ARRIVAL, app=app)
    for key, then in (_IN_ENGLISH, _EMERGENCY):
        said = post(hotline, key, {**ARRIVAL, "Digits": "1"}, app=app)
        for timer in threading.enumerate():
            if isinstance(timer, threading.Timer):
                timer.join()
        assert said.status_code == 200
        assert f"/voice/en/at/{then}/" in said.text


@pytest.mark.parametrize("bug", bugs.VIEWS)
def test_a_planted_view_takes_the_place_of_one_view(hotline: Hotline, bug: str) -> None:
    sound, planted = hotline.app.view_functions, _planted(hotline, bug).view_functions
    assert len([name for name in planted if planted[name] is not sound[name]]) == 1


def _planted(hotline: Hotline, bug: str) -> Flask:
    app = Flask("hotline", static_folder=None)
    ours = wiring.webhooks(hotline.settings, hotline.context, wiring.end_this_process)
    bugs.plant(bug, app, ours)
    return app
