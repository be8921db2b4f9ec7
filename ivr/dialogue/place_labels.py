"""Labels that people read for each place of the call tree and each of its keys.

They are in English; the console translates them. A test fails for a place without a label and for a
label without a place.
"""

from __future__ import annotations

from collections.abc import Mapping

PLACES: Mapping[str, str] = {
    "language_menu": "Language menu",
    "more_languages": "Language menu, page 2",
    "say_language": "Another language: its name after a tone",
    "other_person": "Search for a person: another language",
    "other_message": "Leave a message in another language",
    "main_menu": "Main menu",
    "emergency": "Search for a person: emergency",
    "detained": "Search for a person: detention",
    "question": "Search for a person: question",
    "person_now": "Search for a person",
    "person_again": "Search for a person, again",
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
    "unanswered.callback": "call me back",
    "unanswered.message": "leave a message",
    "unanswered.keep_trying": "keep trying",
    "callback.this_number": "at the number I am calling from",
    "callback.other_number": "at another number",
    "callback.right": "the number is right",
    "callback.enter_again": "enter it again",
    "callback.yes": "yes",
    "callback.no": "no",
    "message.time_is_up": "say more",
}
"""By the prompt name of the option."""
