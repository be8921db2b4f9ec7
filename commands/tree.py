"""`hotline tree`: what callers can press, in words a coordinator can read."""

from __future__ import annotations

from collections.abc import Iterator

from commands import hotline
from commands.common import say
from ivr.call_tree import HOTLINE, PERSON_KEY, REPEAT_KEY
from ivr.places import ChooseNumber, Connect, DutyMenu, LanguageMenu, Menu, Option, Place
from ivr.promises import exits
from prompts import Prompts, load


@hotline.command(with_appcontext=False)
def tree() -> None:
    """Print the call tree."""
    prompts = load()
    say(f"Anywhere: {PERSON_KEY} a person now, {REPEAT_KEY} hear it again.")
    for place in HOTLINE.places.values():
        say()
        say(place.name)
        for line in _described(place, prompts):
            say(f"  {line}")


def _described(place: Place, prompts: Prompts) -> Iterator[str]:
    match place:
        case LanguageMenu(page=page):
            for language in prompts.languages.values():
                if language.page == page:
                    yield f"{language.key}  {language.name} -> {place.then}"
            if place.more:
                yield f"{place.more}  more languages -> {place.more_leads_to}"
            yield f"silence, twice -> {place.if_silent}"
        case Menu(options=options):
            yield from (_option(option, prompts) for option in options)
            yield f"silence, twice -> {place.if_silent}"
        case ChooseNumber():
            yield _option(place.this_number, prompts)
            yield _option(place.other_number, prompts)
        case Connect():
            yield f"rings those on duty (need: {place.need or 'as said before'})"
            yield f"{place.callback_key}  call me back instead -> {place.callback}"
            yield f"{place.message_key}  leave a message -> {place.message}"
            yield f"nobody accepts -> {place.if_unanswered}"
        case DutyMenu():
            yield f"{place.on_key}  go on duty"
            yield f"{place.off_key}  go off duty"
            yield f"{place.waiting_key}  hear what is waiting -> {place.waiting}"
            yield f"{place.caller_key}  callers' menu -> {place.caller_menu}"
        case _:
            leads = ", ".join(dict.fromkeys(exits(place))) or "the call ends"
            yield f"-> {leads}"


def _option(option: Option, prompts: Prompts) -> str:
    words = prompts.sentence("en", option.words, {"key": option.key})
    return f"{option.key}  {words} -> {option.leads_to}"
