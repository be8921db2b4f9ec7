"""The news that a menu tells: the surge, or else the announcements on the air."""

from __future__ import annotations

from dataclasses import replace

from ivr.core.context import UnitOfWork
from ivr.dialogue.facts import Caller
from ivr.dialogue.turn import News
from models.calls import surges
from models.calls.calls import Call
from models.prompts import announcements


def know(unit: UnitOfWork, call: Call, caller: Caller) -> Caller:
    """Load the announcements with a recording, or a text and a voice, in the caller's language."""
    with unit.session.no_autoflush:  # this query must not flush the call's pending writes
        if surges.surge(unit.session, unit.now) is not None:
            return replace(caller, surge=True)
        on_air = announcements.on_air(unit.session, unit.now)
    is_voiced = call.language in unit.app.voiced
    told = [
        News(call.language, said.texts.get(call.language, ""), said.sounds.get(call.language))
        for said in on_air
    ]
    return replace(caller, news=tuple(n for n in told if n.sound or (n.text and is_voiced)))
