"""What is said at a place: its words, in the caller's language, with the keys that answer them.

Pure: no clock, no database, no carrier.
"""

from __future__ import annotations

from ivr.dialogue import phone_numbers
from ivr.dialogue.call_tree import PERSON_KEY, REPEAT_KEY
from ivr.dialogue.effects import MarkHeard
from ivr.dialogue.facts import Caller, Move, Office, Script
from ivr.dialogue.places import ChooseNumber, DutyMenu, Ending, LanguageMenu, Menu, Option
from ivr.dialogue.turn import Listen, Playback, Position, Said, Turn, Words


def said(caller: Caller, *names: str) -> tuple[Words, ...]:
    """Words that have no key."""
    return tuple(Words(caller.language, name) for name in names)


def key(caller: Caller, name: str, pressed: str) -> Words:
    """Words that name the key which answers them."""
    return Words(caller.language, name, (("key", pressed),))


def languages(script: Script, place: LanguageMenu, move: Move, caller: Caller) -> tuple[Words, ...]:
    """Each language in its own words; those of the next page say the key that leads there."""
    spoken: list[Words] = []
    if place.page == 1 and not move.says:
        spoken += said(caller, "greeting.welcome")
    for code, (page, key) in script.languages.items():
        if page == place.page:
            spoken.append(Words(code, "language_menu.choose", (("key", key),)))
        elif place.more and page > place.page:
            spoken.append(Words(code, "language_menu.choose", (("key", place.more),)))
    return tuple(spoken)


def offers_callback(script: Script, place: Menu) -> bool:
    """Whether one of its keys leads to a callback."""
    return any(_asks_for_callback(script, option) for option in place.options)


def _asks_for_callback(script: Script, option: Option) -> bool:
    return isinstance(script.tree.places[option.leads_to], ChooseNumber)


def menu(script: Script, place: Menu, caller: Caller) -> tuple[Said, ...]:
    """Its options, with the news after the first, which is the most urgent."""
    options = tuple(
        option
        for option in place.options
        if caller.callbacks_kept or not _asks_for_callback(script, option)
    )
    closing = () if caller.surge else place.closes_with
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
    """Where an office is and how it is reached."""
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
    """Where to call back; whoever asks again hears that nothing was forgotten, and may still name
    another phone, for theirs may be taken from them."""
    known = said(caller, "callback.already_promised") if caller.open_callback else ()
    return (*known, *offered(caller, (place.this_number, place.other_number)))


def promise(script: Script, then: str, caller: Caller) -> tuple[Words, ...]:
    """What is promised, and the last words of the call."""
    promised = "callback.already_promised" if caller.open_callback else "callback.promised"
    ending = script.tree.places[then]
    last = ending.says[-1:] if isinstance(ending, Ending) else ()
    return said(caller, promised, *last)


def duty_menu(place: DutyMenu, caller: Caller) -> tuple[Words, ...]:
    """What a responder may do by phone."""
    return (
        key(caller, "duty_line.on", place.on_key),
        key(caller, "duty_line.off", place.off_key),
        key(caller, "duty_line.waiting", place.waiting_key),
        key(caller, "duty_line.caller_menu", place.caller_key),
    )


def waiting_messages(here: Position, then: str, move: Move, caller: Caller) -> Turn:
    """How much waits, then one message after the other; each is heard by being played whole."""
    words: list[Said] = []
    if not any(isinstance(effect, MarkHeard) for effect in move.effects):
        counts = (
            ("messages", str(caller.messages_waiting)),
            ("callbacks", str(caller.callbacks_waiting)),
        )
        words.append(Words(caller.language, "duty_line.counts", counts))
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
