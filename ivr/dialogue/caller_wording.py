"""What is said at a place: the words in the caller's language and the keys they name.

Pure: no clock, no database, no carrier.
"""

from __future__ import annotations

from typing import assert_never

from ivr.dialogue import phone_numbers
from ivr.dialogue.call_tree import PERSON_KEY, REPEAT_KEY
from ivr.dialogue.effects import Meeting
from ivr.dialogue.facts import Caller, Move, Office, Script
from ivr.dialogue.places import ChooseNumber, DutyMenu, Ending, LanguageMenu, Menu, Option
from ivr.dialogue.turn import Listen, Playback, Position, Said, Turn, Words
from routing import needs
from routing.needs import Need


def said(caller: Caller, *names: str) -> tuple[Words, ...]:
    """Words without a key."""
    return tuple(Words(caller.language, name) for name in names)


def key(caller: Caller, name: str, pressed: str) -> Words:
    """Words that name the key which answers them."""
    return Words(caller.language, name, (("key", pressed),))


def of_meeting(caller: Caller, meeting: Meeting | None) -> tuple[Words, ...]:
    """What a caller hears just before they enter the room."""
    match meeting:
        case Meeting.SPEAKS:
            return said(caller, "hold.connecting")
        case Meeting.FOREIGN:
            return said(caller, "hold.connecting_interpreter")
        case Meeting.INTERPRETER_IS_CALLED:
            return said(caller, "hold.connecting_interpreter", "third_voice.interpreter_called")
        case Meeting.INTERPRETER_IS_THERE:
            return said(caller, "hold.connecting_interpreter", "third_voice.interpreter_joined")
        case Meeting.ATTORNEY:
            return said(caller, "third_voice.with_attorney")
        case Meeting.COORDINATOR:
            return said(caller, "third_voice.with_coordinator")
        case None:
            return ()
        case _:
            assert_never(meeting)


def languages(script: Script, place: LanguageMenu, move: Move, caller: Caller) -> tuple[Words, ...]:
    """Each language offers itself in its own words.

    A language of the next page says its name and the key to that page, and no more: page 1 must be
    short for callers who press nothing.
    """
    spoken: list[Words] = []
    if place.page == 1 and not move.says:
        spoken += said(caller, "greeting.welcome")
    for code, (page, key) in script.languages.items():
        if page == place.page:
            spoken.append(Words(code, "language_menu.choose", (("key", key),)))
        elif place.more and page > place.page:
            spoken.append(Words(code, "language_menu.more", (("key", place.more),)))
    return tuple(spoken)


def offers_callback(script: Script, place: Menu) -> bool:
    """Whether one of the place's keys leads to a callback."""
    return any(_asks_for_callback(script, option) for option in place.options)


def _asks_for_callback(script: Script, option: Option) -> bool:
    return isinstance(script.tree.places[option.leads_to], ChooseNumber)


def menu(script: Script, place: Menu, caller: Caller) -> tuple[Said, ...]:
    """The menu's options. The news follows the first option, which is the most urgent one."""
    options = tuple(
        option
        for option in place.options
        if caller.callbacks_kept or not _asks_for_callback(script, option)
    )
    closing = () if caller.surge else place.closes_with
    if caller.surge and place.details:
        options = _going_first(place.details, options) or options
    first, *others = offered(caller, options)
    opening = place.says
    if caller.nobody_speaks and place.says_if_nobody_speaks:
        opening = place.says_if_nobody_speaks
    everywhere = (
        (
            key(caller, "anywhere.person", PERSON_KEY),
            key(caller, "anywhere.repeat", REPEAT_KEY),
        )
        if place.offers_person
        else ()
    )
    return (
        *(_with_number(caller, name) for name in opening),
        first,
        *_news(place, caller),
        *others,
        *everywhere,
        *said(caller, *closing),
    )


def _going_first(first_level: str, options: tuple[Option, ...]) -> tuple[Option, ...]:
    """The options whose callers go ahead of those who tell no detail."""
    rank = needs.of(first_level).rank
    return tuple(option for option in options if needs.of(option.need).rank < rank)


def _news(place: Menu, caller: Caller) -> tuple[Said, ...]:
    if not place.tells_news:
        return ()
    return said(caller, "greeting.surge") if caller.surge else caller.news


def _with_number(caller: Caller, name: str) -> Words:
    if name != "callback.read_back":
        return Words(caller.language, name)
    digits = phone_numbers.spoken_digits(caller.keyed_number or "")
    return Words(caller.language, name, (("number", digits),))


def office(caller: Caller, found: Office) -> tuple[Words, ...]:
    """An office's name, address and phone number."""
    where = (("name", found.name), ("address", found.address))
    number = (("number", phone_numbers.spoken_digits(found.phone)),)
    return (
        Words(caller.language, "offices.office", where),
        Words(caller.language, "offices.phone", number),
    )


def offered(caller: Caller, options: tuple[Option, ...]) -> tuple[Words, ...]:
    """Each option with its key."""
    return tuple(key(caller, option.words, option.key) for option in options)


def which_number(place: ChooseNumber, caller: Caller) -> tuple[Words, ...]:
    """Where to call back.

    A caller who asks again hears that the first request still stands. They may name another phone,
    because theirs may be taken from them.
    """
    known = said(caller, "callback.already_promised") if caller.open_callback else ()
    return (*known, *offered(caller, (place.this_number, place.other_number)))


def promise(script: Script, then: str, caller: Caller) -> tuple[Words, ...]:
    """The promise and the last words of the call."""
    ending = script.tree.places[then]
    last = ending.says[-1:] if isinstance(ending, Ending) else ()
    return said(caller, _promised(caller), *last)


def _promised(caller: Caller) -> str:
    """The promise names its time, unless a surge may delay it."""
    if caller.open_callback:
        return "callback.already_promised"
    need = needs.of(caller.need)
    if caller.surge and need.can_wait:
        return "callback.promised"
    return promised_within(need)


def promised_within(need: Need) -> str:
    """The text of a promise that is due within this need's time, such as "two hours"."""
    minutes = int(need.callback_due.total_seconds()) // 60
    return f"callback.promised_{minutes}"


def duty_menu(place: DutyMenu, caller: Caller) -> tuple[Words, ...]:
    """The options of a responder on the duty line."""
    return (
        key(caller, "duty_line.on", place.on_key),
        key(caller, "duty_line.off", place.off_key),
        key(caller, "duty_line.waiting", place.waiting_key),
        key(caller, "duty_line.caller_menu", place.caller_key),
    )


def waiting_messages(here: Position, then: str, move: Move, caller: Caller) -> Turn:
    """One message after another; one counts as heard once it was played to the end."""
    words: list[Said] = [*move.says]
    if caller.next_message is None:
        words += said(caller, "duty_line.no_more")
        return Listen(tuple(words), Position(then), seconds=1)
    message, language, need, stored = caller.next_message
    which = (("language", language), ("need", need))
    words.append(Words(caller.language, "duty_line.one_message", which))
    words.append(
        Playback(message) if stored else Words(caller.language, "duty_line.message_unavailable")
    )
    return Listen(tuple(words), here, seconds=2)
