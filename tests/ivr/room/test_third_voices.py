"""Others join a talk: an interpreter, an attorney, a coordinator."""

from __future__ import annotations

from models.calls.calls import CallState
from tests.caller import Caller
from tests.hotline import Hotline
from tests.responder import Responder

SPANISH, EMERGENCY, DETAINED = "2", "1", "2"
INTERPRETER, ATTORNEY, TEXT, COORDINATOR = "1", "2", "3", "9"
VENDOR = "+18005550142"


def in_a_talk(hotline: Hotline, with_: Responder, need: str = DETAINED) -> Caller:
    """A caller who speaks Spanish talks with this responder."""
    caller = hotline.is_called().press(SPANISH).press(need)
    with_.accepts()
    assert caller.is_joined_with(with_.number)
    return caller


def asks_for(responder: Responder, key: str, hears: str) -> None:
    """A responder opens the star menu, presses a key and is back in the talk."""
    responder.presses("*").hears("For an interpreter").presses(key).hears(hears)


def company_of(caller: Caller) -> set[str]:
    """The numbers of everybody who hears what the caller says."""
    room = caller.leg.room
    there = room.participants if room and room.has_begun else []
    return {each.leg.phone.number for each in there if each.leg is not caller.leg}


def is_with(hotline: Hotline, caller: Caller, *others: Responder, within: float = 20) -> bool:
    """Wait until exactly these people are in the talk with the caller."""
    numbers = {other.number for other in others}
    return hotline.waits_for(lambda: company_of(caller) == numbers, within)


def test_an_interpreter_joins_and_is_announced(hotline: Hotline) -> None:
    vera = hotline.has_on_duty("Vera", "es en", role="volunteer")
    ines = hotline.has_on_duty("Ines", "es en", role="interpreter")
    caller = in_a_talk(hotline, vera)
    asks_for(vera, INTERPRETER, "calling an interpreter")
    assert is_with(hotline, caller, vera)
    ines.answers().hears("Interpreter wanted. Spanish").presses("1")
    assert is_with(hotline, caller, vera, ines)
    caller.hears("Un intérprete se unió")
    vera.hears("An interpreter has joined")
    assert "has joined" not in ines.said
