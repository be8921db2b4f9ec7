"""The facts that a menu needs: its news, and which of its options can be kept."""

from __future__ import annotations

from dataclasses import replace

from ivr.core.context import UnitOfWork
from ivr.dialogue.caller_wording import offers_callback
from ivr.dialogue.facts import Caller
from ivr.dialogue.places import Menu, Place, Promise
from ivr.dialogue.turn import News
from ivr.room import rights_text
from ivr.search import callback_promises
from models.calls import callbacks, calls, surges
from models.calls.calls import Call
from models.prompts import announcements


def know(unit: UnitOfWork, call: Call, place: Menu, caller: Caller) -> Caller:
    """What the options and the words of this menu depend on."""
    if place.tells_news:
        caller = _know_the_news(unit, call, caller)
    if place.details:
        caller = replace(caller, surge=surges.surge(unit.session, unit.now) is not None)
    if offers_callback(unit.app.script, place):
        caller = know_the_callbacks(unit, call, place, caller)
    if any(option.by_text for option in place.options):
        caller = replace(caller, may_be_texted=rights_text.may_be_asked_for(unit, call))
    return caller


def _know_the_news(unit: UnitOfWork, call: Call, caller: Caller) -> Caller:
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


def know_the_callbacks(unit: UnitOfWork, call: Call, place: Place, caller: Caller) -> Caller:
    """The hotline offers a callback only if it would try it."""
    # until then the number may still change
    is_promised = isinstance(place, Promise)
    keyed = caller.keyed_number if is_promised else None
    number = keyed or calls.number_of(unit.session, call)
    open_callback = bool(number and callbacks.owed_to(unit.session, number))
    return replace(
        caller,
        open_callback=open_callback,
        callbacks_kept=callback_promises.can_be_kept(unit, call, number, is_open=open_callback),
        too_many_callbacks=callback_promises.asked_too_often(unit, call),
        surge=caller.surge or (is_promised and surges.surge(unit.session, unit.now) is not None),
    )
