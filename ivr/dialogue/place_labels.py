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
    "rights": "Know your rights: which situation",
    "rights_door": "Know your rights: at the door",
    "rights_door_after": "Know your rights: at the door, what next",
    "rights_door_text": "Know your rights: at the door, is a text safe",
    "rights_street": "Know your rights: in the street or a car",
    "rights_street_after": "Know your rights: in the street or a car, what next",
    "rights_street_text": "Know your rights: in the street or a car, is a text safe",
    "rights_work": "Know your rights: at work",
    "rights_work_after": "Know your rights: at work, what next",
    "rights_work_text": "Know your rights: at work, is a text safe",
    "rights_custody": "Know your rights: in custody",
    "rights_custody_after": "Know your rights: in custody, what next",
    "rights_custody_text": "Know your rights: in custody, is a text safe",
    "rights_family": "Know your rights: family plan",
    "rights_family_after": "Know your rights: family plan, what next",
    "rights_family_text": "Know your rights: family plan, is a text safe",
    "rights_text_sent": "Know your rights: the text is sent",
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
    "rights_menu.door": "officers at the door",
    "rights_menu.street": "in the street or a car",
    "rights_menu.work": "at work",
    "rights_menu.custody": "arrest or detention",
    "rights_menu.family": "a family plan",
    "rights_menu.another": "another situation",
    "rights_menu.by_text": "get it as a text message",
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
