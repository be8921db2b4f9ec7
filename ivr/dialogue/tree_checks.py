"""Checks of the call tree before the first call; a bad tree stops the deploy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from ivr.dialogue import rights
from ivr.dialogue.call_tree import ACCEPT_KEY, END_OF_NUMBER_KEY, PERSON_KEY, REPEAT_KEY, CallTree
from ivr.dialogue.caller_wording import opens_on, promised_within
from ivr.dialogue.facts import Script
from ivr.dialogue.places import (
    Announcement,
    AskForCode,
    AskForNumber,
    AskForPin,
    AskForZip,
    CallAgain,
    ChooseNumber,
    Connect,
    DutyMenu,
    Ending,
    FacilityVoice,
    LanguageMenu,
    Menu,
    OfficeList,
    OpenItems,
    Place,
    Promise,
    Reading,
    SayLanguage,
    TakeMessage,
    Waiting,
)
from prompts import PromptError, Prompts
from prompts.recordings import missing
from routing import needs
from routing.dispatch import policies
from routing.dispatch.next_window import HOURS
from routing.needs import NEEDS
from routing.readers.weekdays import WEEKDAYS

Spoken = tuple[str, dict[str, str]]


class BrokenTree(Exception):
    """The tree or its prompts would fail a caller; one sentence per fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def script_of(tree: CallTree, prompts: Prompts) -> Script:
    """The tree with the languages of the prompts."""
    menu = {code: (language.page, language.key) for code, language in prompts.languages.items()}
    return Script(tree, menu)


def check(tree: CallTree, prompts: Prompts) -> None:
    """Raise BrokenTree unless every exit, prompt and way to safety exists."""
    found = [
        *_dangling(tree),
        *_doubled_keys(tree),
        *_unspoken(tree, prompts),
        *_unsafe(tree),
        *_unknown_needs(tree),
        *_lost_details(tree),
        *_needs_nobody_serves(prompts),
    ]
    if found:
        raise BrokenTree(found)


def exits(place: Place) -> list[str]:
    """Every place that this one can lead to."""
    match place:
        case LanguageMenu(then=then, if_silent=silent):
            further = (place.more_leads_to, place.other_leads_to)
            unspoken = (option.leads_to for option in place.unspoken)
            return [then, silent, *(name for name in further if name), *unspoken]
        case Menu(options=options, if_silent=silent):
            return [*(option.leads_to for option in (*options, *place.unspoken)), silent]
        case (
            Announcement(then=then)
            | SayLanguage(then=then)
            | Reading(then=then)
            | FacilityVoice(then=then)
            | OpenItems(then=then)
            | Waiting(then=then)
        ):
            return [then]
        case Promise(then=then, if_impossible=message):
            return [then, message]
        case CallAgain(then=then, keep_trying=option):
            return [then, option.leads_to]
        case AskForCode(then=then, if_wrong=wrong):
            return [then, wrong]
        case Connect():
            safe = [place.callback_first, place.message, *filter(None, [place.callback])]
            return [place.if_unanswered, place.if_cut_off, place.if_silent_again, *safe]
        case ChooseNumber():
            this, other = place.this_number.leads_to, place.other_number.leads_to
            return [this, other, place.if_impossible]
        case AskForNumber(then=then, if_silent=silent):
            return [then, silent]
        case AskForZip(then=then, if_unknown=unknown):
            return [then, unknown]
        case OfficeList(then=then, ask_text=ask):
            return [then, ask]
        case TakeMessage():
            after_tone = [place.then, place.if_time_is_up, place.if_nothing_heard]
            return [*after_tone, *filter(None, [place.asks_number])]
        case Ending():
            return []
        case AskForPin(then=then, if_not=otherwise):
            return [then, otherwise]
        case DutyMenu():
            return [place.waiting, place.caller_menu, place.if_silent]
        case _:
            assert_never(place)


def spoken(tree: CallTree) -> list[Spoken]:
    """Every prompt outside the language menu that a caller can hear, with the keys it names."""
    said = [
        *everywhere(),
        *(each for place in tree.places.values() for each in said_at(place)),
    ]
    unique = {(name, tuple(sorted(values.items()))): values for name, values in said}
    return [(name, values) for (name, _), values in unique.items()]


def everywhere() -> Iterator[Spoken]:
    """Prompts that belong to no place: while waiting, in trouble, when called back."""
    yield "anywhere.person", {"key": PERSON_KEY}
    yield "anywhere.repeat", {"key": REPEAT_KEY}
    yield "callback_call.press_to_connect", {"key": ACCEPT_KEY}
    for name in (
        "greeting.welcome",
        "greeting.surge",
        "anywhere.wrong_key",
        "anywhere.no_key",
        "anywhere.to_a_person",
        "anywhere.start_over",
        "case.wrong_code",
        "hold.emergency",
        "hold.searching",
        "hold.still_trying",
        "hold.busy",
        "hold.connecting",
        "hold.connecting_interpreter",
        "hold.one_by_one",
        "unanswered.this_phone",
        "unanswered.many_calls",
        "callback.bad_number",
        "callback.promised",
        "callback.already_promised",
        "callback.too_many",
        "callback.not_now",
        "callback_call.neutral_message",
        "offices.bad_zip",
        "offices.here_are",
        "offices.none",
        "offices.open_now",
        "offices.walk_in",
        "offices.appointment",
        "offices.no_new_cases",
        "offices.your_language",
        "talk.reconnecting",
        "third_voice.interpreter_called",
        "third_voice.interpreter_joined",
        "third_voice.attorney_joined",
        "third_voice.coordinator_joined",
        "third_voice.limit_near",
        "third_voice.no_interpreter",
        "third_voice.with_attorney",
        "third_voice.with_coordinator",
        "trouble.apology",
        "trouble.leave_message",
        "trouble.please_hold",
    ):
        yield name, {}
    for need in NEEDS.values():
        yield promised_within(need), {}
    yield "callback.read_back", {"number": "2125550100"}
    yield "offices.office", {"name": "An Office", "address": "1 Street"}
    yield "offices.phone", {"number": "2125550100"}
    for day in ("today", "tomorrow", *WEEKDAYS):
        yield opens_on(day), {"number": "9"}
        yield opens_on(day, half_past=True), {"number": "9"}


def said_at(place: Place) -> Iterator[Spoken]:
    """The prompts of one place, with the keys they name."""
    match place:
        case LanguageMenu(other=other) if other:
            yield "another_language.choose", {"key": other}
        case Menu():
            for option in place.options:
                yield option.words, {"key": option.key}
            for name in (*place.says, *place.closes_with, *place.says_if_nobody_speaks):
                yield name, {"number": "2125550100"} if name == "callback.read_back" else {}
        case ChooseNumber():
            for option in (place.this_number, place.other_number):
                yield option.words, {"key": option.key}
        case OfficeList():
            yield "offices.text_me", {"key": place.text_key}
        case Connect():
            if place.callback_key:
                yield "hold.callback", {"key": place.callback_key}
            if place.message_key:
                yield "hold.message", {"key": place.message_key}
        case FacilityVoice(notice=notice):
            yield notice, {}
        case CallAgain():
            yield from _said_to_call_again(place)
        case AskForNumber(says=says):
            for name in says:
                yield name, {"key": END_OF_NUMBER_KEY}
        case Reading():
            for name in (place.title, *place.parts):
                yield name, {}
            yield place.next_words, {"key": place.next_key}
            yield rights.EXPIRED, {}
        case (
            Announcement(says=says)
            | SayLanguage(says=says)
            | TakeMessage(says=says)
            | AskForZip(says=says)
            | AskForCode(says=says)
            | Ending(says=says)
        ):
            for name in says:
                yield name, {}
        case _:
            return


def _said_to_call_again(place: CallAgain) -> Iterator[Spoken]:
    for name in (*place.says, *place.says_if_nobody_speaks):
        yield name, {}
    for name in ("today", "tomorrow", *(f"hour_{hour}" for hour in HOURS)):
        yield f"call_again.{name}", {}
    yield "call_again.code", {"number": "4172"}
    yield "call_again.family", {"key": place.code_key}
    yield place.keep_trying.words, {"key": place.keep_trying.key}


def _dangling(tree: CallTree) -> Iterator[str]:
    for name in (tree.start, tree.returning, tree.person, tree.facility):
        if name not in tree.places:
            yield f"the tree leads to {name!r}, which is not a place"
    for place in tree.places.values():
        for name in exits(place):
            if name not in tree.places:
                yield f"{place.name} leads to {name!r}, which is not a place"


def _doubled_keys(tree: CallTree) -> Iterator[str]:
    for place in tree.places.values():
        if isinstance(place, Menu):
            keys = [option.key for option in (*place.options, *place.unspoken)]
            for key in {key for key in keys if keys.count(key) > 1}:
                yield f"{place.name} has two options on key {key}"
            if PERSON_KEY in keys and place.offers_person:
                yield f"{place.name} uses key {PERSON_KEY}, which means a person everywhere"


def _unspoken(tree: CallTree, prompts: Prompts) -> Iterator[str]:
    said = spoken(tree)
    for code in prompts.languages:
        for name, values in said:
            try:
                prompts.pieces(code, name, values)
            except PromptError as error:
                yield str(error)
    for take in missing(prompts, said):
        yield f"prompts/recordings lacks {take.file}: run `hotline voices build`"


def _unknown_needs(tree: CallTree) -> Iterator[str]:
    for place in tree.places.values():
        for code in needs_named_at(place):
            if code not in NEEDS:
                yield (
                    f"{place.name} asks for the need {code!r}, which has no row in "
                    "routing/needs.py: add one, or mend the name"
                )


def _lost_details(tree: CallTree) -> Iterator[str]:
    """Each second-level need has a key, and a search that keeps it."""
    offered = set()
    for place in tree.places.values():
        if not isinstance(place, Menu) or place.details is None:
            continue
        for option in place.options:
            offered.add(option.need)
            if needs.of(option.need).parent != place.details:
                yield f"{place.name}: {option.need!r} is no detail of {place.details!r}"
        for name in sorted(set(exits(place))):
            search = tree.places.get(name)
            own = [option.need for option in place.options if option.leads_to == name]
            if not isinstance(search, Connect) or search.need not in (None, place.details, *own):
                yield f"{place.name} leads to {name}, which does not search for {place.details!r}"
    for need in NEEDS.values():
        if need.parent is not None and need.code not in offered:
            yield (
                f"no key states the need {need.code!r}: add it to the second question about "
                f"{need.parent!r} in ivr/dialogue/call_tree.py"
            )


def needs_named_at(place: Place) -> list[str]:
    """Every need that a place or one of its keys states."""
    match place:
        case Connect(need=need):
            named = [need]
        case Menu(options=options):
            named = [option.need for option in options]
        case ChooseNumber():
            named = [place.this_number.need, place.other_number.need]
        case _:
            named = []
    return [code for code in named if code is not None]


def _needs_nobody_serves(prompts: Prompts) -> Iterator[str]:
    """Each need rings somebody in the end, and each language has words for it for responders."""
    yield from needs.faults()
    for need in NEEDS.values():
        if not policies.can_serve(need.code):
            yield (
                f"nobody is rung for the need {need.code!r} in the end: mend {need.asked!r} in "
                "routing/dispatch/policies.py"
            )
        for code in prompts.languages:
            if need.text not in prompts.wordings[code]:
                yield f'{code}.toml: [staff.needs] lacks "{need.code}": say it for responders'


def _unsafe(tree: CallTree) -> Iterator[str]:
    """Every place must lead to a person, a callback or a message."""
    for place in tree.places.values():
        if isinstance(place, Ending):
            continue
        if not _reaches_safety(tree, place.name):
            yield f"from {place.name} no person, callback or message can be reached"


def _reaches_safety(tree: CallTree, start: str) -> bool:
    seen, ahead = set(), [start]
    while ahead:
        name = ahead.pop()
        place = tree.places.get(name)
        if place is None or name in seen:
            continue
        if isinstance(place, Connect | Promise | TakeMessage):
            return True
        seen.add(name)
        ahead += exits(place)
    return False
