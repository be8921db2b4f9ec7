"""When each group of texts is heard or read, for translators."""

from prompts.rules.lengths import LONGEST_SECONDS

SITUATIONS = {
    "greeting": "The first words of a call, and the last of the main menu.",
    "language_menu": "The language menu, before the caller has chosen a language.",
    "another_language": "The caller speaks a language that the menu lacks. English, Spanish and "
    "French are heard one after the other.",
    "main_menu": "The main menu: one line for each key.",
    "anywhere": "At any place of a call.",
    "hold": "The caller waits while we look for a person.",
    "unanswered": "Nobody has answered yet; the caller chooses what to do.",
    "callback": "The caller asks us to call back.",
    "callback_call": "We call back: to the caller, or to a voicemail that others may hear.",
    "message": "The caller leaves a spoken message.",
    "rights": "Know your rights. This is law: say neither more nor less than the English.",
    "offices": "Offices near a ZIP code.",
    "talk": "The caller was cut off from a person.",
    "third_voice": "An interpreter, a lawyer or a coordinator joins the talk.",
    "rights_text": "A text message to the caller, with their rights.",
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
