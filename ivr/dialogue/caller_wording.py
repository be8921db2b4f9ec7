"""What is said at a place: the words in the caller's language and the keys they name.

Pure: no clock, no database, no carrier.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from ivr.dialogue import phone_numbers, rights
from ivr.dialogue.call_tree import PERSON_KEY, REPEAT_KEY
from ivr.dialogue.effects import Appointment, Meeting
from ivr.dialogue.facts import Caller, Move, Office, Script
from ivr.dialogue.places import (
    CallAgain,
    ChooseNumber,
    DutyMenu,
    Ending,
    LanguageMenu,
    Menu,
    OfficeList,
    Option,
    Reading,
)
from ivr.dialogue.turn import Listen, Playback, Position, Said, Turn, Words
from routing import needs
from routing.dispatch.office_hours import Opening, Visits
from routing.needs import Need


def said(caller: Caller, *names: str) -> tuple[Words, ...]:
    """Words without a key."""
    return tuple(Words(caller.language, name) for name in names)


def key(caller: Caller, name: str, pressed: str) -> tuple[Words, ...]:
    """Words that name the key which answers them."""
    return (Words(caller.language, name, (("key", pressed),)),)


def in_each(says: tuple[Said, ...], language: str, also: tuple[str, ...]) -> tuple[Said, ...]:
    """These words, and those in the caller's language again in each other that they hear.

    The only place where a caller hears more than one language.
    """
    own = [word for word in says if isinstance(word, Words) and word.language == language]
    return (*says, *(replace(word, language=code) for code in also for word in own))


def of_meeting(caller: Caller, meeting: Meeting | None) -> tuple[Words, ...]:
    """What a caller hears just before they enter the room."""
    foreign = "hold.connecting" if caller.also_hears else "hold.connecting_interpreter"
    match meeting:
        case Meeting.SPEAKS:
            return said(caller, "hold.connecting")
        case Meeting.FOREIGN:
            return said(caller, foreign)
        case Meeting.INTERPRETER_IS_CALLED:
            return said(caller, foreign, "third_voice.interpreter_called")
        case Meeting.INTERPRETER_IS_THERE:
            return said(caller, foreign, "third_voice.interpreter_joined")
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
    if place.other:
        others = (code for code in script.tree.for_others if code in script.languages)
        name, pressed = "another_language.choose", (("key", place.other),)
        spoken += (Words(code, name, pressed) for code in others)
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
        if (caller.callbacks_kept or not _asks_for_callback(script, option))
        and (caller.may_be_texted or not option.by_text)
    )
    closing = () if caller.surge else place.closes_with
    if caller.surge and place.details:
        options = _going_first(place.details, options) or options
    first, others = offered(caller, options[:1]), offered(caller, options[1:])
    opening = place.says
    if caller.lacks_speaker and place.says_if_nobody_speaks:
        opening = place.says_if_nobody_speaks
    everywhere = (
        (
            *key(caller, "anywhere.person", PERSON_KEY),
            *key(caller, "anywhere.repeat", REPEAT_KEY),
        )
        if place.offers_person
        else ()
    )
    return (
        *(words for name in opening for words in _with_number(caller, name)),
        *first,
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


def part(place: Reading, number: int, caller: Caller) -> tuple[Words, ...]:
    """One part; the first is heard with the title and the keys, which work at every part."""
    heard = rights.valid(place.parts, caller.expired)
    name = heard[min(number, len(heard) - 1)]
    person = key(caller, "anywhere.person", PERSON_KEY) if name == rights.EXPIRED else ()
    spoken = (*said(caller, name), *person)
    if number:
        return spoken
    next_one = key(caller, place.next_words, place.next_key) if len(heard) > 1 else ()
    again = key(caller, "anywhere.repeat", REPEAT_KEY)
    return (*said(caller, place.title), *spoken, *next_one, *again)


def _with_number(caller: Caller, name: str) -> tuple[Words, ...]:
    if name != "callback.read_back":
        return said(caller, name)
    digits = (("number", phone_numbers.spoken_digits(caller.keyed_number or "")),)
    return (Words(caller.language, name, digits),)


def offices(place: OfficeList, caller: Caller) -> tuple[Words, ...]:
    """Each office that was found, and the keys to hear or get them again."""
    found = tuple(word for each in caller.offices for word in office(caller, each))
    text = key(caller, "offices.text_me", place.text_key) if caller.can_text else ()
    return (
        *said(caller, "offices.here_are"),
        *found,
        *text,
        *key(caller, "anywhere.repeat", REPEAT_KEY),
        *key(caller, "anywhere.person", PERSON_KEY),
    )


def office(caller: Caller, found: Office) -> tuple[Words, ...]:
    """An office's name and address, when and how to go there, and its phone number."""
    where = (("name", found.name), ("address", found.address))
    number = (("number", phone_numbers.spoken_digits(found.phone)),)
    return (
        Words(caller.language, "offices.office", where),
        *_opens(caller, found),
        *_how_to_visit(caller, found),
        Words(caller.language, "offices.phone", number),
    )


def _opens(caller: Caller, found: Office) -> tuple[Words, ...]:
    if found.opens is None:
        return ()
    if found.opens.when is Opening.NOW:
        return said(caller, "offices.open_now")
    day = found.opens.day if found.opens.when is Opening.LATER else found.opens.when
    text = opens_on(day, half_past=found.opens.is_half_past)
    return (Words(caller.language, text, (("number", found.opens.hour),)),)


def opens_on(day: str, *, half_past: bool = False) -> str:
    """The text that says when an office opens: "today", "tomorrow" or a weekday."""
    return f"offices.opens_{day}_half" if half_past else f"offices.opens_{day}"


def _how_to_visit(caller: Caller, found: Office) -> tuple[Words, ...]:
    visits = {Visits.WALK_IN: "offices.walk_in", Visits.APPOINTMENT: "offices.appointment"}
    names = (
        visits[found.visits] if found.visits else "",
        "" if found.takes_cases else "offices.no_new_cases",
        "offices.your_language" if found.speaks else "",
    )
    return said(caller, *filter(None, names))


def offered(caller: Caller, options: tuple[Option, ...]) -> tuple[Words, ...]:
    """Each option with its key."""
    named = (key(caller, option.words, option.key) for option in options)
    return tuple(words for each in named for words in each)


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
    """The promise names its time, unless a surge may delay it.

    Whether a number that anybody can key in is waiting already is not said.
    """
    if caller.open_callback and not caller.keyed_number:
        return "callback.already_promised"
    need = needs.of(caller.need)
    if caller.surge and need.can_wait:
        return "callback.promised"
    return promised_within(need)


def promised_within(need: Need) -> str:
    """The text of a promise that is due within this need's time, such as "two hours"."""
    minutes = int(need.callback_due.total_seconds()) // 60
    return f"callback.promised_{minutes}"


def call_again(
    place: CallAgain, caller: Caller, appointment: Appointment | None
) -> tuple[Words, ...]:
    """That nobody could answer, and when to call again, if an attorney can expect the caller."""
    nobody = place.says_if_nobody_speaks if caller.lacks_speaker else place.says
    offered_key = offered(caller, (place.keep_trying,))
    if appointment is None:
        return (*said(caller, *nobody), *offered_key)
    code = Words(caller.language, "call_again.code", (("number", appointment.code),))
    return (
        *said(caller, *nobody),
        *said(caller, "call_again.today" if appointment.is_today else "call_again.tomorrow"),
        *said(caller, f"call_again.hour_{appointment.hour}"),
        code,
        *key(caller, "call_again.family", place.code_key),
        *offered_key,
    )


def duty_menu(place: DutyMenu, caller: Caller) -> tuple[Words, ...]:
    """The options of a responder on the duty line."""
    return (
        *key(caller, "duty_line.on", place.on_key),
        *key(caller, "duty_line.off", place.off_key),
        *key(caller, "duty_line.waiting", place.waiting_key),
        *key(caller, "duty_line.caller_menu", place.caller_key),
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
