"""The whole conversation in one module: `reply`, `settle`, `enter`, `arrive`.

`reply` decides where an answer leads. `settle` follows exits that need no answer. `enter` returns
the effects of a place, and `arrive` what the caller hears there. Pure: no clock, no database, no
carrier. Use cases pass what they look up as `Caller` and `Heard`, and write the returned effects.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from ivr.dialogue import caller_wording, item_list, phone_numbers, rights
from ivr.dialogue.call_tree import END_OF_NUMBER_KEY, PERSON_KEY, REPEAT_KEY
from ivr.dialogue.effects import (
    AskForCallback,
    CallBackHere,
    ChooseLanguage,
    Done,
    Effect,
    ExpectMessage,
    ExpectName,
    JoinCase,
    JoinQueue,
    LeaveQueue,
    MarkHeard,
    MarkInformed,
    NoteNeed,
    NoteNumber,
    NoteOffices,
    NoteSilence,
    PromiseCallback,
    PromiseWindow,
    SpeakOther,
    StayOnLine,
    TakeSeat,
    TurnDuty,
    Turned,
)
from ivr.dialogue.facts import Caller, Heard, Move, Script
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
    Option,
    Place,
    Promise,
    Reading,
    SayLanguage,
    TakeMessage,
    Waiting,
)
from ivr.dialogue.turn import (
    BRIEF_SECONDS,
    PATIENCE_SECONDS,
    EnterRoom,
    Gone,
    HangUp,
    Listen,
    Position,
    Record,
    RingOne,
    SendKeys,
    Turn,
    Wait,
    Words,
)
from routing import needs

LEFT_THE_QUEUE = ("leave", "redirected")
"""How a wait ends that we ended ourselves."""
MISSES_BEFORE_A_PERSON = 2
"""This many misses (silence, wrong keys) at a question lead to a person, never to a hang-up.

Silence in a language menu leads there at once: its words are long, and the caller may be unable to
speak or move.
"""
MAX_SEARCHES = 5
"""How often one call searches for a person or returns from a silent message.

Afterwards a caller who only ever left silence stays in the queue; others leave a message.
"""
MAX_MESSAGE_PARTS = 3
SHORTEST_MESSAGE_SECONDS = 1
SILENCE_SLACK_SECONDS = 2
"""The carrier detects silence a moment late and rounds seconds up.

A caller who said one word within this slack is asked again, and the word is kept: loudness decides
what counts as a message.
"""

# --- reply: where an answer leads ------------------------------------------------------------


def reply(script: Script, position: Position, heard: Heard, caller: Caller) -> Move:
    """Where this answer leads. A place that is gone from the tree starts the call over."""
    place = script.tree.place(position.place)
    if place is None:
        return Move(script.tree.start, says=caller_wording.said(caller, "anywhere.start_over"))
    if heard.hung_up:
        return Move(place.name, gone=True)
    if heard.keys == PERSON_KEY and not _takes_key(place, PERSON_KEY):
        return Move(script.tree.person)
    if heard.keys == REPEAT_KEY and not isinstance(
        place, Connect | AskForPin | TakeMessage | FacilityVoice | SayLanguage
    ):
        return Move(place.name, position.misses)
    return _answer(script, place, position.misses, heard, caller)


def _takes_key(place: Place, key: str) -> bool:
    match place:
        case Menu(options=options):
            return any(option.key == key for option in options)
        case CallAgain(keep_trying=option):
            return key == option.key
        case AskForPin() | Connect() | FacilityVoice() | SayLanguage():
            return True
        case _:
            return False


def _answer(script: Script, place: Place, misses: int, heard: Heard, caller: Caller) -> Move:
    match place:
        case LanguageMenu():
            return _language(script, place, misses, heard, caller)
        case Menu():
            return _option(script, place, misses, heard, caller)
        case ChooseNumber():
            return _which_number(place, misses, heard, caller)
        case Announcement(then=then) | SayLanguage(then=then):
            return Move(then)
        case FacilityVoice(then=then, notice=notice):
            is_recorded = caller.acceptance.is_recorded
            return Move(then, says=caller_wording.said(caller, notice) if is_recorded else ())
        case Reading(then=then):
            is_last = misses + 1 >= len(rights.valid(place.parts, caller.expired))
            return Move(then) if is_last else Move(place.name, misses + 1)
        case Connect():
            return _after_waiting(place, heard, caller)
        case AskForNumber():
            return _number(place, misses, heard, caller)
        case TakeMessage():
            return _after_recording(place, heard, caller)
        case AskForZip():
            return _zip(place, misses, heard, caller)
        case OfficeList():
            wants_text = caller.can_text and heard.keys == place.text_key
            return Move(place.ask_text if wants_text else place.then)
        case Promise(then=then):
            return Move(then)
        case CallAgain(keep_trying=option, then=then):
            return Move(option.leads_to if heard.keys == option.key else then)
        case AskForCode():
            return _code(place, misses, heard, caller)
        case Ending(name=name):
            return Move(name)
        case AskForPin():
            return _pin(place, misses, heard, caller)
        case DutyMenu():
            return _duty(place, misses, heard, caller)
        case OpenItems():
            return item_list.answer(place, misses, heard, caller)
        case Waiting(name=name):
            heard_now = (MarkHeard(caller.next_message[0]),) if caller.next_message else ()
            return Move(name, effects=heard_now)
        case _:
            assert_never(place)


def _language(
    script: Script, place: LanguageMenu, misses: int, heard: Heard, caller: Caller
) -> Move:
    if heard.keys and heard.keys == place.more and place.more_leads_to:
        return Move(place.more_leads_to)
    if heard.keys and heard.keys == place.other and place.other_leads_to:
        return Move(place.other_leads_to, effects=(SpeakOther(),))
    for option in place.unspoken:
        if option.key == heard.keys:
            return Move(option.leads_to)
    chosen = script.chosen(place.page, heard.keys)
    if chosen:
        return Move(place.then, effects=(ChooseLanguage(chosen),))
    if not heard.keys:
        return _to_a_person(place.if_silent, caller)
    return _missed(place.name, place.if_silent, misses, heard, caller)


def _option(script: Script, place: Menu, misses: int, heard: Heard, caller: Caller) -> Move:
    for option in (*place.options, *place.unspoken):
        if option.key == heard.keys and (caller.may_be_texted or not option.by_text):
            return Move(option.leads_to, effects=_effects_of(option))
    explain = place.offers_person and place.if_silent == script.tree.person
    if place.is_asked_once and not heard.keys:
        return _to_a_person(place.if_silent, caller) if explain else Move(place.if_silent)
    return _missed(place.name, place.if_silent, misses, heard, caller, explain=explain)


def _which_number(place: ChooseNumber, misses: int, heard: Heard, caller: Caller) -> Move:
    """The caller's own phone, unless they choose another one."""
    this, other = place.this_number, place.other_number
    if heard.keys == other.key:
        return Move(other.leads_to)
    move = Move(this.leads_to)
    if heard.keys != this.key:
        move = _missed(place.name, this.leads_to, misses, heard, caller, explain=False)
    return move if move.to == place.name else replace(move, effects=(CallBackHere(),))


def _effects_of(option: Option) -> tuple[Effect, ...]:
    need = (NoteNeed(option.need),) if option.need else ()
    return (*need, *option.effects)


def _missed(
    name: str, then: str, misses: int, heard: Heard, caller: Caller, *, explain: bool = True
) -> Move:
    """Ask once more; after that, go where a silent caller is safe."""
    what = "anywhere.wrong_key" if heard.keys else "anywhere.no_key"
    if misses + 1 < MISSES_BEFORE_A_PERSON:
        return Move(name, misses + 1, caller_wording.said(caller, what))
    return _to_a_person(then, caller) if explain else Move(then)


def _to_a_person(then: str, caller: Caller) -> Move:
    return Move(then, says=caller_wording.said(caller, "anywhere.to_a_person"))


def _after_waiting(place: Connect, heard: Heard, caller: Caller) -> Move:
    if heard.waiting_ended == "hangup":
        return Move(place.name, gone=True)
    if heard.was_joined:
        return after_talk(place)
    if caller.choice is not None and caller.choice in (place.callback, place.message):
        return Move(caller.choice)
    goes_on = caller.ring_one or caller.accepted or heard.dial_ended
    searches_on = caller.searching and heard.waiting_ended in LEFT_THE_QUEUE
    if goes_on or searches_on or not caller.searches:
        return Move(place.name)
    return Move(place.if_unanswered)


def after_talk(place: Connect) -> Move:
    """Only their own key or hang-up ends a call: a caller who stays is searched for again.

    The carrier reports a dead phone like a goodbye, and the caller may be unable to press a key.
    """
    return Move(place.if_cut_off)


def out_of_room(place: Connect, caller: Caller) -> Move:
    """Where a caller goes who came out of the room: to their responder, or on with the search.

    A call that the carrier is about to end can only become a callback or a message.
    """
    if caller.out_of_time:
        return Move(place.callback_first)
    return Move(place.name) if caller.accepted else after_talk(place)


def _number(place: AskForNumber, misses: int, heard: Heard, caller: Caller) -> Move:
    number = phone_numbers.callable_number(heard.keys)
    if number and number not in caller.never_called:
        owes = () if place.for_message else (AskForCallback(),)
        return Move(place.then, effects=(NoteNumber(number), *owes))
    if place.for_message and not heard.keys:
        return Move(place.if_silent, number_was_asked=True)
    if misses + 1 < MISSES_BEFORE_A_PERSON + 1 and heard.keys:
        return Move(place.name, misses + 1, caller_wording.said(caller, "callback.bad_number"))
    if misses + 1 < MISSES_BEFORE_A_PERSON:
        return Move(place.name, misses + 1, caller_wording.said(caller, "anywhere.no_key"))
    return Move(place.if_silent, number_was_asked=True)


def _after_recording(place: TakeMessage, heard: Heard, caller: Caller) -> Move:
    seconds = heard.recorded_seconds or 0
    if (
        seconds - _silence_at_the_end(heard) < SHORTEST_MESSAGE_SECONDS
        and caller.message_parts <= 1
    ):
        return Move(place.if_nothing_heard, effects=(NoteSilence(True),))
    if seconds >= Record.seconds and caller.message_parts < MAX_MESSAGE_PARTS:
        return Move(place.if_time_is_up, effects=(NoteSilence(False),))
    return Move(place.then)


def _silence_at_the_end(heard: Heard) -> int:
    """A recording that no key ended was ended by silence, which is part of its length."""
    return 0 if heard.keys else Record.silence_seconds + SILENCE_SLACK_SECONDS


def _zip(place: AskForZip, misses: int, heard: Heard, caller: Caller) -> Move:
    if not phone_numbers.is_zip(heard.keys):
        if misses + 1 < MISSES_BEFORE_A_PERSON:
            return Move(place.name, misses + 1, caller_wording.said(caller, "offices.bad_zip"))
        return Move(place.if_unknown)
    if not heard.offices:
        return Move(place.if_unknown, says=caller_wording.said(caller, "offices.none"))
    return Move(place.then, effects=(NoteOffices(heard.offices),))


def _code(place: AskForCode, misses: int, heard: Heard, caller: Caller) -> Move:
    """A right code says nothing about the case: the caller is connected, and people know."""
    if heard.case is not None:
        return Move(place.then, effects=(JoinCase(heard.case),))
    wrong = caller_wording.said(caller, "case.wrong_code" if heard.keys else "anywhere.no_key")
    if misses + 1 < MISSES_BEFORE_A_PERSON:
        return Move(place.name, misses + 1, wrong)
    return Move(place.if_wrong, says=wrong)


def _pin(place: AskForPin, misses: int, heard: Heard, caller: Caller) -> Move:
    """Nothing that is heard here depends on whether the phone is anybody's."""
    if heard.pin == "holds":
        return Move(place.then)
    if heard.pin == "busy":
        return Move(place.name, misses)
    if not heard.keys:
        return Move(place.if_not)
    if misses + 1 < MISSES_BEFORE_A_PERSON:
        return Move(place.name, misses + 1, caller_wording.said(caller, "duty_line.wrong_pin"))
    return Move(place.if_not, says=caller_wording.said(caller, "duty_line.locked"))


def _duty(place: DutyMenu, misses: int, heard: Heard, caller: Caller) -> Move:
    if heard.keys == place.on_key:
        return _turned(place, caller, "on", place.on_hours)
    if heard.keys == place.off_key:
        move = _turned(place, caller, "off", place.off_hours)
        left = caller_wording.said(caller, "duty_line.nobody_left")
        return replace(move, says=move.says + left) if caller.nobody_else_on_duty else move
    if heard.keys == place.waiting_key:
        return Move(place.waiting)
    if heard.keys == place.caller_key:
        return Move(place.caller_menu)
    return _missed(place.name, place.if_silent, misses, heard, caller, explain=False)


def _turned(place: DutyMenu, caller: Caller, turned: Turned, hours: int) -> Move:
    says = Words(caller.language, f"duty_line.now_{turned}", (("hours", str(hours)),))
    return Move(place.name, says=(says,), effects=(TurnDuty(turned, hours),))


# --- arrive: what is heard at a place --------------------------------------------------------


def settle(script: Script, move: Move, caller: Caller) -> Move:
    """Follow an exit that needs no answer; the place may have one more, or it speaks."""
    place = script.tree.places[move.to]
    match place:
        case Connect() if _stays(caller):
            return move
        case Connect() if _was_sought_enough(caller):
            to = place.if_silent_again if caller.said_nothing else place.message
            return replace(move, to=to, says=())
        case Connect() if (instead := _instead_of_search(place, caller)) is not None:
            return replace(move, to=instead.to, says=instead.says)
        case DutyMenu() | OpenItems() | Waiting() if not caller.is_responder:
            return Move(script.tree.start)
        case OpenItems():
            return item_list.settled(place, move, caller)
        case ChooseNumber(if_impossible=message) if not caller.callbacks_kept:
            return replace(move, to=message, says=caller_wording.said(caller, "callback.not_now"))
        case Promise(if_impossible=message) if not caller.callbacks_kept:
            return replace(move, to=message, says=caller_wording.said(caller, "callback.not_now"))
        case ChooseNumber(if_impossible=message) if caller.too_many_callbacks:
            return replace(move, to=message, says=caller_wording.said(caller, "callback.too_many"))
        case ChooseNumber(other_number=other) if not caller.visible:
            return replace(move, to=other.leads_to)
        case TakeMessage(asks_number=str(asks)) if _lacks_number(move, caller):
            return replace(move, to=asks)
        case OfficeList(then=then) if not caller.offices:
            return replace(move, to=then, says=caller_wording.said(caller, "offices.none"))
        case _:
            return move


def _lacks_number(move: Move, caller: Caller) -> bool:
    """Whether coordinators could not call back who leaves this message, and it was not asked."""
    is_known = caller.visible or caller.keyed_number is not None
    return not (is_known or move.number_was_asked or caller.messages_begun)


def _was_sought_enough(caller: Caller) -> bool:
    """Bound the loop of searches, and the loop of silent messages when no search starts."""
    rounds = max(caller.searches, caller.empty_messages)
    return rounds >= MAX_SEARCHES and not caller.accepted


def _stays(caller: Caller) -> bool:
    """Whether a caller who only ever left silence stays in the queue: we do not hang up on them.

    A phone that calls too often could keep every line of the account this way.
    """
    is_silent = caller.said_nothing and not (caller.was_held_enough or caller.limited)
    return is_silent and _was_sought_enough(caller)


def _instead_of_search(place: Connect, caller: Caller) -> Move | None:
    """Where a caller goes instead when nobody is rung for them yet.

    docs/decisions/0008-call-limits-blocks-and-surges.md gives the reasons.
    """
    if caller.is_waiting or caller.accepted:
        return None
    need = needs.refined(place.need, caller.need)
    if caller.limited in ("blocked", "again"):
        rings = needs.of(need).may_be_danger and not caller.rang_lately
        return None if rings else Move(place.message)
    if caller.limited or caller.searched_elsewhere:
        rings = needs.of(need).is_emergency and not caller.rang_lately
        says = caller_wording.said(caller, "unanswered.this_phone")
        return None if rings else Move(place.callback_first, says=says)
    if caller.crowded_out:
        rings = needs.of(need).may_be_danger and not caller.exchange_rang_lately
        says = caller_wording.said(caller, "unanswered.many_calls")
        return None if rings else Move(place.callback_first, says=says)
    if caller.surge and place.need and needs.of(need).can_wait:
        return Move(place.callback_first, says=caller_wording.said(caller, "unanswered.many_calls"))
    return None


def enter(script: Script, move: Move, caller: Caller) -> tuple[Effect, ...]:
    """The effects of entering a place. They are committed before anything is spoken there."""
    place = script.tree.places[move.to]
    left = (LeaveQueue(),) if caller.is_waiting else ()
    match place:
        case Connect(need=need):
            stays = (StayOnLine(),) if _stays(caller) else ()
            seat = (TakeSeat(),) if caller.enters_room else ()
            return (NoteNeed(needs.refined(need, caller.need)), *stays, JoinQueue(), *seat)
        case ChooseNumber():
            return (*left, AskForCallback())
        case Promise():
            return (*left, PromiseCallback())
        case CallAgain():
            return (*left, PromiseWindow())
        case TakeMessage():
            return (*left, ExpectMessage())
        case SayLanguage():
            return (*left, ExpectName())
        case Reading() | OfficeList():
            return (*left, MarkInformed())
        case _:
            return left


def arrive(script: Script, move: Move, caller: Caller, done: Done) -> Turn:
    """What the caller hears at a settled place, after its effects were applied.

    Who could choose no language that is theirs hears everything in several.
    """
    if move.gone:
        return Gone()
    turn = _arrive(script, move, caller, done)
    match turn:
        case Listen() | Wait() | Record() | RingOne() | EnterRoom() | HangUp():
            says = caller_wording.in_each(turn.says, caller.language, caller.also_hears)
            return replace(turn, says=says)
        case _:
            return turn


def _arrive(script: Script, move: Move, caller: Caller, done: Done) -> Turn:
    place = script.tree.places[move.to]
    here = Position(place.name, move.misses)
    match place:
        case LanguageMenu():
            return Listen(
                (*move.says, *caller_wording.languages(script, place, move, caller)), here
            )
        case Menu():
            seconds = _patience(script, place)
            return Listen((*move.says, *caller_wording.menu(script, place, caller)), here, seconds)
        case ChooseNumber():
            return Listen((*move.says, *caller_wording.which_number(place, caller)), here)
        case Announcement(says=says):
            return Listen((*move.says, *caller_wording.said(caller, *says)), here, seconds=1)
        case FacilityVoice():
            accept = caller.acceptance
            return SendKeys(accept.after_seconds, accept.keys, here)
        case Reading():
            part = caller_wording.part(place, move.misses, caller)
            return Listen((*move.says, *part), here, seconds=1)
        case Connect():
            return _wait(here, move, caller, done)
        case AskForNumber(says=says):
            numbers_asked = (
                word
                for name in says
                for word in caller_wording.key(caller, name, END_OF_NUMBER_KEY)
            )
            return Listen((*move.says, *numbers_asked), here, seconds=10, keys=None)
        case Promise(then=then):
            return HangUp((*move.says, *caller_wording.promise(script, then, caller)))
        case TakeMessage(says=says):
            heard = caller_wording.said(caller, *says) if done.message_part <= 1 else ()
            return Record((*move.says, *heard), here, done.message)
        case SayLanguage(says=says, seconds=seconds):
            asked = (*move.says, *caller_wording.said(caller, *says))
            return Record(asked, here, done.message, seconds, silence_seconds=seconds)
        case AskForZip(says=says):
            return Listen(
                (*move.says, *caller_wording.said(caller, *says)), here, seconds=8, keys=5
            )
        case CallAgain():
            words = caller_wording.call_again(place, caller, done.appointment)
            return Listen((*move.says, *words), here, seconds=4)
        case AskForCode(says=says):
            return Listen(
                (*move.says, *caller_wording.said(caller, *says)), here, seconds=8, keys=4
            )
        case OfficeList():
            return Listen((*move.says, *caller_wording.offices(place, caller)), here)
        case Ending(says=says):
            return HangUp((*move.says, *caller_wording.said(caller, *says)))
        case AskForPin():
            pin = caller_wording.key(caller, "duty_line.enter_pin", END_OF_NUMBER_KEY)
            return Listen((*move.says, *pin), here, seconds=8, keys=None)
        case DutyMenu():
            return Listen((*move.says, *caller_wording.duty_menu(place, caller)), here)
        case OpenItems():
            return item_list.spoken(place, move, caller)
        case Waiting(then=then):
            return caller_wording.waiting_messages(here, then, move, caller)
        case _:
            assert_never(place)


def _wait(here: Position, move: Move, caller: Caller, done: Done) -> Turn:
    if done.visit:
        says = caller_wording.of_meeting(caller, done.meeting)
        return EnterRoom((*move.says, *says), done.visit)
    if done.ring_one:
        token, number = done.ring_one
        one_by_one = caller_wording.said(caller, "hold.one_by_one") if done.first_ring_one else ()
        return RingOne((*move.says, *one_by_one), token, number, Position(here.place), seconds=15)
    moment = caller_wording.said(caller, "trouble.please_hold") if caller.accepted else ()
    return Wait((*move.says, *moment), caller.call, Position(here.place))


def _patience(script: Script, place: Menu) -> int:
    """Seconds to wait for a key; longer where silence would end the call."""
    if place.is_asked_once:
        return BRIEF_SECONDS
    ends = isinstance(script.tree.places[place.if_silent], Ending | Promise)
    return PATIENCE_SECONDS // MISSES_BEFORE_A_PERSON if ends else Listen.seconds
