"""The facts that the conversation may use, read from rows for the call's place."""

from __future__ import annotations

from dataclasses import replace

from ivr.callers import custody_facts, duty_line_facts, menu_facts, offices_found, voicemail
from ivr.core.context import UnitOfWork
from ivr.dialogue.facts import Caller
from ivr.dialogue.places import (
    ChooseNumber,
    Connect,
    Menu,
    OfficeList,
    Place,
    Promise,
    Reading,
    TakeMessage,
)
from ivr.offers import talks
from ivr.room import next_turn
from ivr.search import call_limits
from models.calls import calls, surges, voicemails
from models.calls.calls import Call, CallState


def know(unit: UnitOfWork, call: Call, place: Place | None) -> Caller:
    """All facts that the conversation may use at this place, and no unnecessary queries."""
    unit.app.live_prompts.keep_up(unit.session, unit.now)
    caller = Caller(
        call=call.id,
        language=call.language,
        also_hears=unit.app.script.also_heard(call.language, call.spoken_language),
        need=call.need,
        visible=call.visible,
        keyed_number=calls.keyed_number(unit.session, call),
        searches=call.searches,
        choice=call.choice,
        nobody_speaks=call.nobody_speaks,
        said_nothing=call.said_nothing,
        was_held_enough=call_limits.was_held_enough(call, unit.now),
        accepted=next_turn.has_responder(unit, call),
        is_waiting=call.state == CallState.WAITING,
        searching=call.state == CallState.WAITING and not call.search_over,
        is_responder=call.responder is not None,
        limited=call.limited,
        never_called=unit.app.numbers.ours,
    )
    match place:
        case Connect():
            caller = _know_the_search(unit, call, caller)
        case ChooseNumber() | Promise():
            caller = menu_facts.know_the_callbacks(unit, call, place, caller)
        case Menu():
            caller = menu_facts.know(unit, call, place, caller)
        case OfficeList():
            caller = offices_found.know(unit, call, caller)
        case Reading():
            prompts = unit.app.live_prompts.now.prompts
            caller = replace(caller, expired=prompts.expired(call.language, unit.now.date()))
        case TakeMessage():
            parts = voicemails.of_call(unit.session, call.id)
            part = voicemail.part_of(call, parts)
            caller = replace(caller, message_parts=part, messages_begun=len(parts))
        case _:
            pass
    caller = custody_facts.know(unit, call, place, caller)
    return duty_line_facts.know(unit, call, place, caller)


def _know_the_search(unit: UnitOfWork, call: Call, caller: Caller) -> Caller:
    is_not_searched_for = call.state == CallState.TALKING
    silences = len(voicemails.of_call(unit.session, call.id)) if call.said_nothing else 0
    crowded_out = is_not_searched_for and call_limits.is_crowded_out(unit, call)
    return replace(
        caller,
        empty_messages=silences,
        crowded_out=crowded_out,
        exchange_rang_lately=crowded_out
        and call_limits.exchange_rang_lately(unit.session, call, unit.now),
        out_of_time=next_turn.is_out_of_time(unit, call),
        enters_room=caller.accepted and next_turn.may_enter(unit, call),
        ring_one=talks.ring_from_own_leg(unit.session, call) is not None,
        rang_lately=call_limits.rang_lately(unit.session, call, unit.now),
        searched_elsewhere=call_limits.is_searched_for_elsewhere(unit, call),
        surge=surges.surge(unit.session, unit.now) is not None,
    )
