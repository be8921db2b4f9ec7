"""What a responder hears on the duty line about open items, and where each key leads. Pure.

The position holds the number of the item that was spoken. A key acts on that item only, and what is
said next comes from the facts after the act, so nobody hears "it is yours" about another item.
"""

from __future__ import annotations

from dataclasses import replace

from ivr.dialogue import caller_wording
from ivr.dialogue.effects import CloseItem, Effect, MarkHeard, TakeItem
from ivr.dialogue.facts import Caller, Heard, Move, WaitingItem
from ivr.dialogue.places import OpenItems
from ivr.dialogue.turn import Listen, Playback, Position, Said, Words

_SECONDS_FOR_A_KEY = 4


def answer(place: OpenItems, number: int, heard: Heard, caller: Caller) -> Move:
    """Where a key leads at the item with this number; no key leads to the next item."""
    item = _with_number(caller, number)
    if item is None:
        return Move(place.name)
    stay = Move(place.name, misses=number)
    if heard.keys == place.take_key and item.may_be_taken:
        return replace(stay, effects=(TakeItem(number),))
    if heard.keys == place.done_key and item.may_be_closed:
        return replace(stay, effects=(CloseItem(number, "done"),))
    if heard.keys == place.hopeless_key and item.may_be_closed:
        return replace(stay, effects=(CloseItem(number, "gave_up"),))
    if heard.keys not in ("", place.next_key):
        return replace(stay, says=caller_wording.said(caller, "anywhere.wrong_key"))
    was_played = item.message is not None and item.is_stored and not heard.keys
    effects: tuple[Effect, ...] = (MarkHeard(item.message),) if was_played and item.message else ()
    following = _after(caller, number)
    if following is None:
        return Move(place.then, effects=effects)
    return replace(stay, misses=following.number, effects=effects)


def settled(place: OpenItems, move: Move, caller: Caller) -> Move:
    """The item to speak about: the one named, the next one if it is closed, or else the first."""
    named = _with_number(caller, move.misses)
    if named is not None and not named.is_closed:
        return move
    says = move.says
    if named is None:
        waiting = [item for item in caller.waiting_items if not item.is_closed]
        says += (_words(caller, "item_count", count=str(len(waiting))),)
        following = waiting[0] if waiting else None
    else:
        says += (_words(caller, "item_is_closed", item=str(named.number)),)
        following = _after(caller, named.number)
    if following is None:
        return replace(move, to=place.then, misses=0, says=says)
    return replace(move, misses=following.number, says=says)


def spoken(place: OpenItems, move: Move, caller: Caller) -> Listen:
    """One item, its message, and the keys."""
    item = _with_number(caller, move.misses)
    here = Position(place.name, move.misses)
    if item is None:
        return Listen(move.says, here, _SECONDS_FOR_A_KEY)
    says = [*move.says, *_about(caller, item), *_keys(place, caller, item)]
    return Listen(tuple(says), here, _SECONDS_FOR_A_KEY)


def _about(caller: Caller, item: WaitingItem) -> list[Said]:
    values = {
        "item": str(item.number),
        "language": item.language,
        "need": item.need,
        "minutes": str(item.minutes),
    }
    says: list[Said] = [_words(caller, "item", **values)]
    if item.owner != "nobody":
        says.append(_words(caller, "item_mine" if item.owner == "caller" else "item_owned"))
    if item.message is not None and item.is_stored:
        says.append(Playback(item.message))
    elif item.message is not None:
        says.append(_words(caller, "message_unavailable"))
    return says


def _keys(place: OpenItems, caller: Caller, item: WaitingItem) -> list[Said]:
    keys = []
    if item.may_be_taken:
        keys.append(_words(caller, "take_item", key=place.take_key))
    if item.may_be_closed:
        keys.append(_words(caller, "item_done", key=place.done_key))
        keys.append(_words(caller, "item_hopeless", key=place.hopeless_key))
    return [*keys, _words(caller, "next_item", key=place.next_key)]


def _words(caller: Caller, name: str, **values: str) -> Words:
    return Words(caller.language, f"duty_line.{name}", tuple(values.items()))


def _with_number(caller: Caller, number: int) -> WaitingItem | None:
    return next((item for item in caller.waiting_items if item.number == number), None)


def _after(caller: Caller, number: int) -> WaitingItem | None:
    """The next item that is still open."""
    numbers = [item.number for item in caller.waiting_items]
    later = caller.waiting_items[numbers.index(number) + 1 :]
    return next((item for item in later if not item.is_closed), None)
