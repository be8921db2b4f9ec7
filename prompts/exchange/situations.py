"""When each group of texts is heard or read, for translators."""

from prompts.rules.lengths import LONGEST_SECONDS

SITUATIONS = {
    "greeting": "The first words of a call, and the last of the main menu.",
    "language_menu": "The language menu, before a language is chosen, and the key to it.",
    "another_language": "The caller speaks a language that the menu lacks. English, Spanish and "
    "French are heard one after the other.",
    "main_menu": "The main menu: one line for each key.",
    "detained_detail": "The caller said that someone has been detained: one line for each key.",
    "question_detail": "The caller has a question: what is it about? One line for each key.",
    "anywhere": "At any place of a call.",
    "hold": "The caller waits while we look for a person.",
    "facility": "A place of detention calls: its own voice has just asked for a key, and got it.",
    "unanswered": "Nobody has answered yet; the caller chooses what to do.",
    "call_again": "Nobody could answer somebody who is held: when to call again, and a code.",
    "case": "Somebody enters the code of a case from detention.",
    "callback": "The caller asks us to call back.",
    "callback_call": "We call back: to the caller, or to a voicemail that others may hear.",
    "message": "The caller leaves a spoken message.",
    "rights_menu": "Know your rights: which situation, and the sheet by text.",
    "rights_title": "The name of a situation: said before its parts, and the title of its sheet.",
    **dict.fromkeys(
        (
            "rights",
            "rights_door",
            "rights_street",
            "rights_work",
            "rights_custody",
            "rights_family",
        ),
        "Know your rights. This is law: say neither more nor less than the English.",
    ),
    "offices": "Offices near a ZIP code or in a part of New York; {number} is an hour, 1 to 12.",
    "texting": "Before we send the caller a text message.",
    "office_text": "The first line of a text message with offices.",
    "talk": "The caller was cut off from a person.",
    "third_voice": "An interpreter, a lawyer or a coordinator joins the talk.",
    "rights_text": "A text message to the caller. Others may see the first line: keep it neutral.",
    "ending": "The last words of a call.",
    "trouble": "Something went wrong on our side.",
    "offer": "A responder's phone rings: what they hear before they take the call.",
    "duty_line": "A responder calls the hotline from their own phone.",
    "proof": "A responder proves that a phone is theirs.",
    "dictation": "A colleague records a prompt by phone.",
    "weekly_test": "The weekly test call to a responder's phone.",
    "alert": "A coordinator who gets no texts is called instead.",
    "pursuit": "We ring people about a caller whom nobody has helped yet.",
    "wrap_up": "After a talk, the responder says what came of it.",
    "texts": "A text message to a responder or a coordinator.",
    "room": "The responder pressed star in a talk: the menu of the talk.",
    "guest": "A third person is called into a talk.",
    "needs": "What a caller needs, in two or three words, inside of other sentences.",
    "languages": "The name of a language, inside of other sentences.",
}
"""By table of the prompt files."""

PLACEHOLDERS = {
    "key": "{key}: a key of the phone, said as a word (two, star)",
    "number": "{number}: a phone number or a code, said digit by digit",
    "name": "{name}: the name of an office",
    "address": "{address}: an address, of an office or of a page",
    "language": "{language}: the name of a language",
    "need": "{need}: what the caller needs",
    "minutes": "{minutes}: a whole number",
    "seconds": "{seconds}: a whole number",
    "hours": "{hours}: a whole number",
    "count": "{count}: a whole number",
    "item": "{item}: the number of an open item",
    "time": "{time}: a day and its hours",
    "list": "{list}: several items in a row",
}

LENGTH = f"about {{seconds}} s aloud, at most {LONGEST_SECONDS:.0f}"
SEGMENTS = "sent as a text message: every further 67 or 153 signs cost one message more"
