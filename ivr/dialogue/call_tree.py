"""The call tree, the only source of its keys. A language's key is in its prompts file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ivr.dialogue import rights
from ivr.dialogue.effects import (
    AllowMessage,
    ConfirmNumber,
    FindOffices,
    TextOffices,
    TextRights,
)
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

PERSON_KEY = "0"
REPEAT_KEY = "*"
END_OF_NUMBER_KEY = "#"
CASE_KEY = "#"
"""In the main menu, this key asks for the code of a case."""
DUTY_KEY = "#"
"""In the language menu, this key leads to the duty line."""
ACCEPT_KEY = "1"
DECLINE_KEY = "2"
HOUR_KEY = "3"
"""In a surge, a person off duty presses this key in a ring for open items to be on duty."""
DONE_KEY = "#"
"""This key ends the recording of a prompt by phone."""
ON_HOURS, OFF_HOURS = 6, 12
"""How long somebody goes on or off duty by phone, if they do not say."""
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
    returning: str
    """The place where a caller starts whose language is known from an earlier call."""
    person: str
    """The place that the person key leads to from anywhere."""
    facility: str
    """The place where a call from a place of detention starts."""
    default_language: str = "en"
    second_language: str = "es"
    """Said after the default language to callers who could not choose one."""
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


_MAIN_OPTIONS = (
    Option("1", "main_menu.emergency", "emergency", need="emergency"),
    Option("2", "main_menu.detained", "detained_detail", need="detained"),
    Option("3", "main_menu.question", "question_detail", need="question"),
    Option("4", "main_menu.rights", "rights"),
    Option("5", "main_menu.offices", "offices"),
)
_UNSPOKEN_OPTIONS = (Option(CASE_KEY, "case.enter_code", "case_code"),)


def _detail_of(need: str, *keys: tuple[str, str], own_places: tuple[str, ...] = ()) -> Menu:
    """The second question about a need: one key for each of its details.

    A detail leads to the place of its need, unless it has a place of its own.
    """
    return Menu(
        f"{need}_detail",
        says=(),
        options=tuple(
            Option(key, f"{need}_detail.{code}", code if code in own_places else need, need=code)
            for key, code in keys
        ),
        if_silent=need,
        offers_person=False,
        is_asked_once=True,
        details=need,
    )


def _rights() -> Iterator[Place]:
    """Which situation, its parts, and the sheet by text, if it is safe to text this phone."""
    yield Menu(
        "rights",
        says=(rights.INTRO,),
        options=tuple(
            Option(each.key, each.words, f"rights_{each.name}") for each in rights.SITUATIONS
        ),
        if_silent=f"rights_{rights.SITUATIONS[0].name}",
        offers_person=False,
        is_asked_once=True,
    )
    for each in rights.SITUATIONS:
        place = f"rights_{each.name}"
        yield Reading(
            place,
            title=each.title,
            parts=each.parts,
            then=f"{place}_after",
            next_key="#",
            next_words="rights_menu.next",
        )
        yield Menu(
            f"{place}_after",
            says=(),
            options=(
                Option("1", "rights_menu.another", "rights"),
                Option("2", "rights_menu.by_text", f"{place}_text", by_text=True),
            ),
            if_silent="main_menu",
            is_asked_once=True,
        )
        yield Menu(
            f"{place}_text",
            says=("rights_menu.is_it_safe",),
            options=(
                Option(
                    "1",
                    "callback.yes",
                    "rights_text_sent",
                    effects=(TextRights(each.name),),
                    by_text=True,
                ),
            ),
            if_silent="main_menu",
            offers_person=False,
            is_asked_once=True,
        )
    yield Announcement("rights_text_sent", says=("rights_menu.text_sent",), then="main_menu")


HOTLINE = CallTree(
    start="language_menu",
    returning="returning_menu",
    person="person_now",
    facility="facility",
    places=_named(
        LanguageMenu(
            "language_menu",
            page=1,
            then="main_menu",
            more="9",
            more_leads_to="more_languages",
            if_silent="person_now",
            unspoken=(Option(DUTY_KEY, "duty_line.enter_pin", "duty_pin"),),
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
            options=_MAIN_OPTIONS,
            if_silent="person_now",
            unspoken=_UNSPOKEN_OPTIONS,
        ),
        Menu(
            "returning_menu",
            says=("greeting.welcome",),
            tells_news=True,
            options=(*_MAIN_OPTIONS, Option("9", "language_menu.others", "language_menu")),
            if_silent="person_now",
            unspoken=_UNSPOKEN_OPTIONS,
            is_asked_once=True,
        ),
        _detail_of(
            "detained",
            ("1", "detained_today"),
            ("2", "detained_longer"),
            ("3", "from_detention"),
            own_places=("from_detention",),
        ),
        _detail_of(
            "question",
            ("1", "court_soon"),
            ("2", "letter"),
            ("3", "deadline"),
            ("4", "fear"),
            ("5", "family"),
            ("6", "harmed"),
            ("7", "other_question"),
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
        FacilityVoice("facility", then="from_detention", notice="facility.recorded"),
        Connect(
            "from_detention",
            need="from_detention",
            if_unanswered="call_again",
            if_cut_off="from_detention",
            if_silent_again="goodbye",
            callback_first="call_again",
            message="detention_message",
            callback=None,
            callback_key=None,
            message_key=None,
            languages=True,
        ),
        CallAgain(
            "call_again",
            says=("unanswered.nobody",),
            says_if_nobody_speaks=("unanswered.nobody_speaks",),
            keep_trying=Option(PERSON_KEY, "unanswered.keep_trying", "from_detention"),
            then="detention_message",
            code_key=CASE_KEY,
        ),
        AskForCode("case_code", says=("case.enter_code",), then="detained", if_wrong="main_menu"),
        TakeMessage(
            "detention_message",
            says=("message.recorded", "message.from_detention"),
            asks_number=None,
            then="message_saved",
            if_time_is_up="message_more",
            if_nothing_heard="nothing_heard",
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
        *_rights(),
        AskForZip(
            "offices",
            says=("offices.enter_zip",),
            then="office_list",
            if_unknown="office_boroughs",
        ),
        Menu(
            "office_boroughs",
            says=("offices.which_borough",),
            options=tuple(
                Option(key, f"offices.{name}", "office_list", effects=(FindOffices(borough),))
                for key, name, borough in (
                    ("1", "queens", "queens"),
                    ("2", "brooklyn", "brooklyn"),
                    ("3", "bronx", "bronx"),
                    ("4", "manhattan", "manhattan"),
                    ("5", "elsewhere", "staten_island"),
                )
            ),
            if_silent="main_menu",
        ),
        OfficeList("office_list", then="main_menu", text_key="1", ask_text="office_text_safe"),
        Menu(
            "office_text_safe",
            says=(),
            options=(Option("1", "texting.safe", "office_text_owed", effects=(TextOffices(),)),),
            if_silent="main_menu",
            offers_person=False,
        ),
        Announcement("office_text_owed", says=("offices.text_owed",), then="main_menu"),
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
            on_hours=ON_HOURS,
            off_hours=OFF_HOURS,
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
