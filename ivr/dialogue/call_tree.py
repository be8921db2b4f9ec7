"""The call tree, the only source of its keys. A language's key is in its prompts file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ivr.dialogue.effects import AllowMessage, ConfirmNumber
from ivr.dialogue.places import (
    Announcement,
    AskForNumber,
    AskForPin,
    AskForZip,
    ChooseNumber,
    Connect,
    DutyMenu,
    Ending,
    LanguageMenu,
    Menu,
    OpenItems,
    Option,
    Place,
    Promise,
    SayLanguage,
    TakeMessage,
    Waiting,
)

PERSON_KEY = "0"
REPEAT_KEY = "*"
END_OF_NUMBER_KEY = "#"
ACCEPT_KEY = "1"
DECLINE_KEY = "2"
HOUR_KEY = "3"
"""In a surge, a person off duty presses this key in a ring for open items to be on duty."""
DONE_KEY = "#"
"""This key ends the recording of a prompt by phone."""
CONNECT_ME_KEY = "1"
"""A called-back caller presses this key before the hotline says anything about itself."""


class WrapUpKey(StrEnum):
    """What a responder can press after a talk."""

    DONE = "1"
    CALL_BACK = "2"
    REFER = "3"
    ABUSIVE = "9"
    """Sends the caller to the message box for a day."""


@dataclass(frozen=True)
class CallTree:
    """Every place of the hotline by name, and the entry places."""

    places: dict[str, Place]
    start: str
    person: str
    """The place that the person key leads to from anywhere."""
    duty_line: str
    """The place where a call from a responder's registered phone starts."""
    default_language: str = "en"
    for_others: tuple[str, ...] = ("en", "es", "fr")
    """Callers of a language that we do not speak hear each sentence in these: few speak no word
    of a language that is official where they come from or where they live."""

    def place(self, name: str) -> Place | None:
        """The place of this name; None if a release removed it.

        A call in progress at a removed place starts over.
        """
        return self.places.get(name)


def _named(*places: Place) -> dict[str, Place]:
    return {place.name: place for place in places}


HOTLINE = CallTree(
    start="language_menu",
    person="person_now",
    duty_line="duty_pin",
    places=_named(
        LanguageMenu(
            "language_menu",
            page=1,
            then="main_menu",
            more="9",
            more_leads_to="more_languages",
            if_silent="person_now",
        ),
        LanguageMenu(
            "more_languages",
            page=2,
            then="main_menu",
            more=None,
            more_leads_to=None,
            if_silent="person_now",
            other="9",
            other_leads_to="say_language",
        ),
        SayLanguage("say_language", says=("another_language.say_name",), then="other_person"),
        Connect(
            "other_person",
            need=None,
            if_unanswered="other_message",
            if_cut_off="other_person",
            if_silent_again="goodbye",
            callback_first="other_message",
            callback="callback",
            message="other_message",
            callback_key="1",
            message_key="2",
        ),
        TakeMessage(
            "other_message",
            says=("another_language.leave_message",),
            asks_number="other_message",
            then="message_saved",
            if_time_is_up="message_more",
            if_nothing_heard="other_person",
        ),
        Menu(
            "main_menu",
            says=(),
            closes_with=("greeting.privacy",),
            tells_news=True,
            options=(
                Option("1", "main_menu.emergency", "emergency", need="emergency"),
                Option("2", "main_menu.detained", "detained", need="detained"),
                Option("3", "main_menu.question", "question", need="question"),
                Option("4", "main_menu.rights", "rights"),
                Option("5", "main_menu.offices", "offices"),
            ),
            if_silent="person_now",
        ),
        *(
            Connect(
                name,
                need=need,
                if_unanswered="unanswered",
                if_cut_off="person_again",
                if_silent_again="goodbye",
                callback_first="callback_first",
                callback="callback",
                message="message",
                callback_key="1",
                message_key="2",
            )
            for name, need in (
                ("emergency", "emergency"),
                ("detained", "detained"),
                ("question", "question"),
                ("person_now", None),
                ("person_again", None),
            )
        ),
        Menu(
            "unanswered",
            says=("unanswered.nobody",),
            says_if_nobody_speaks=("unanswered.nobody_speaks",),
            options=(
                Option("1", "unanswered.callback", "callback"),
                Option("2", "unanswered.message", "message"),
                Option(PERSON_KEY, "unanswered.keep_trying", "person_again"),
            ),
            if_silent="message",
            offers_person=False,
        ),
        Menu(
            "callback_first",
            says=(),
            options=(
                Option("1", "unanswered.callback", "callback"),
                Option("2", "unanswered.message", "message"),
                Option(PERSON_KEY, "unanswered.keep_trying", "person_again"),
            ),
            if_silent="message",
            offers_person=False,
        ),
        ChooseNumber(
            "callback",
            this_number=Option("1", "callback.this_number", "callback_leave_message"),
            other_number=Option("2", "callback.other_number", "callback_number"),
            if_impossible="message",
        ),
        AskForNumber(
            "callback_number",
            says=("callback.enter_number",),
            then="callback_read_back",
            if_silent="message",
        ),
        Menu(
            "callback_read_back",
            says=("callback.read_back",),
            options=(
                Option(
                    "1",
                    "callback.right",
                    "callback_leave_message",
                    effects=(ConfirmNumber(),),
                ),
                Option("2", "callback.enter_again", "callback_number"),
            ),
            if_silent="callback_promised",
            offers_person=False,
        ),
        Menu(
            "callback_leave_message",
            says=("callback.may_leave_message",),
            options=(
                Option("1", "callback.yes", "callback_promised", effects=(AllowMessage(True),)),
                Option("2", "callback.no", "callback_promised", effects=(AllowMessage(False),)),
            ),
            if_silent="callback_promised",
            offers_person=False,
        ),
        Promise("callback_promised", then="goodbye", if_impossible="message"),
        TakeMessage(
            "message",
            says=("message.recorded", "message.how"),
            asks_number="message_number",
            then="message_saved",
            if_time_is_up="message_more",
            if_nothing_heard="nothing_heard",
        ),
        AskForNumber(
            "message_number",
            says=("message.safe_number",),
            then="message",
            if_silent="message",
            for_message=True,
        ),
        Menu(
            "message_more",
            says=(),
            options=(Option("1", "message.time_is_up", "message"),),
            if_silent="message_saved",
            offers_person=False,
        ),
        Ending("message_saved", says=("message.saved", "ending.goodbye")),
        Announcement("nothing_heard", says=("message.nothing_heard",), then="person_again"),
        Announcement(
            "rights",
            says=(
                "rights.intro",
                "rights.silent",
                "rights.door",
                "rights.come_in",
                "rights.sign",
                "rights.lawyer",
                "rights.calm",
            ),
            then="main_menu",
            informs=True,
        ),
        AskForZip("offices", says=("offices.enter_zip",), then="main_menu", if_silent="main_menu"),
        Ending("goodbye", says=("ending.thank_you", "ending.goodbye")),
        AskForPin("duty_pin", then="duty_menu", if_not="language_menu"),
        DutyMenu(
            "duty_menu",
            on_key="1",
            off_key="2",
            waiting_key="3",
            caller_key="9",
            waiting="duty_items",
            caller_menu="language_menu",
            if_silent="goodbye",
            on_hours=6,
            off_hours=12,
        ),
        OpenItems(
            "duty_items",
            then="duty_waiting",
            take_key="1",
            done_key="2",
            hopeless_key="3",
            next_key="4",
        ),
        Waiting("duty_waiting", then="duty_menu"),
    ),
)
