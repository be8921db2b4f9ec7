"""Labels that people read for each place of the call tree and each of its keys.

They are in English; the console translates them. A test fails for a place without a label and for a
label without a place.
"""

from __future__ import annotations

from collections.abc import Mapping

PLACES: Mapping[str, str] = {
    "language_menu": "Language menu",
    "more_languages": "Language menu, page 2",
    "main_menu": "Main menu",
    "returning_menu": "Main menu for a caller whose language is known",
    "detained_detail": "Second question: detention",
    "question_detail": "Second question: what it is about",
    "emergency": "Search for a person: emergency",
    "detained": "Search for a person: detention",
    "question": "Search for a person: question",
    "person_now": "Search for a person",
    "person_again": "Search for a person, again",
    "facility": "A facility's voice is answered",
    "from_detention": "Search for a person: calls from detention",
    "call_again": "Nobody could answer a call from detention: when to call again",
    "case_code": "The code of a case from detention",
    "detention_message": "Leave a message from detention",
    "unanswered": "Nobody could answer",
    "callback_first": "Many calls: callback or message first",
    "callback": "Callback: which number",
    "callback_number": "Callback: enter another number",
    "callback_read_back": "Callback: confirm the number",
    "callback_leave_message": "Callback: may we leave a message",
    "callback_promised": "Callback promised",
    "message": "Leave a message",
    "message_number": "Message: a number that is safe to call",
    "message_more": "Message: time is up",
    "message_saved": "Message saved",
    "nothing_heard": "Message: nothing was heard",
    "rights": "Know your rights",
    "offices": "Nearby offices",
    "goodbye": "Goodbye",
    "duty_pin": "Duty line: PIN",
    "duty_menu": "Duty line: menu",
    "duty_items": "Duty line: open items",
    "duty_waiting": "Duty line: messages without an open item",
}
"""By place name."""
OPTIONS: Mapping[str, str] = {
    "main_menu.emergency": "officers are here now, or someone is being taken",
    "main_menu.detained": "someone has been detained",
    "main_menu.question": "an immigration question",
    "main_menu.rights": "know your rights",
    "main_menu.offices": "offices and partners nearby",
    "language_menu.others": "other languages",
    "detained_detail.detained_today": "taken today, or cannot be found",
    "detained_detail.detained_longer": "held for longer",
    "detained_detail.from_detention": "I am calling from detention",
    "question_detail.court_soon": "court or a check-in within two days",
    "question_detail.letter": "a letter or decision",
    "question_detail.deadline": "papers that expire or must be filed",
    "question_detail.fear": "afraid to go back",
    "question_detail.family": "family, green card or citizenship",
    "question_detail.harmed": "hurt, threatened or cheated",
    "question_detail.other_question": "something else",
    "unanswered.callback": "call me back",
    "unanswered.message": "leave a message",
    "unanswered.keep_trying": "keep trying",
    "callback.this_number": "at the number I am calling from",
    "callback.other_number": "at another number",
    "callback.right": "the number is right",
    "callback.enter_again": "enter it again",
    "callback.yes": "yes",
    "callback.no": "no",
    "case.enter_code": "enter the code of a case",
    "message.time_is_up": "say more",
}
"""By the prompt name of the option."""
