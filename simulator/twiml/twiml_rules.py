"""The rules of TwiML: its verbs, attributes and values, with Twilio's code for each violation.

Sources: the TwiML pages of twilio.com/docs/voice/twiml and Twilio's error dictionary
(twilio.com/docs/api/errors). Codes 12200 and 13xxx are warnings: Twilio executes what it can.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.twiml.documents import Context

Check = Callable[[str], bool]


@dataclass(frozen=True)
class Rule:
    """The allowed values of an attribute, their description, and Twilio's code for others."""

    allows: Check
    words: str
    code: int = 12200


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


def whole(low: int, high: int, code: int = 12200) -> Rule:
    """A whole number within a range."""

    def allows(value: str) -> bool:
        return value.isascii() and value.isdigit() and low <= int(value) <= high

    return Rule(allows, f"a whole number {low}..{high}", code)


def one_of(options: str, code: int = 12200) -> Rule:
    """One of some words."""
    return Rule(words(options).__contains__, f"one of {options}", code)


def some_of(options: str, code: int = 12200) -> Rule:
    """One or more of some words, separated by spaces."""
    known = words(options)
    return Rule(lambda value: bool(value) and words(value) <= known, f"some of {options}", code)


def matching(pattern: str, code: int = 12200) -> Rule:
    """Text of a given form."""
    form = re.compile(pattern)
    return Rule(lambda value: form.fullmatch(value) is not None, f"of the form {pattern}", code)


def flag(code: int = 12200) -> Rule:
    """true or false."""
    return one_of("true false", code)


def method(code: int = 12200) -> Rule:
    """GET or POST."""
    return one_of("GET POST", code)


ANYTHING = Rule(lambda _: True, "anything")
URL = matching(r"(https?://[^\s/_]+(:\d+)?(/\S*)?|(?!\w+:)[^\s]*)", 11100)
TRIM = one_of("trim-silence do-not-trim")
DAY = 86_400
CALL_EVENTS = some_of("initiated ringing answered completed")
RECORDING_EVENTS = some_of("in-progress completed absent", 13621)
RECORDING_CALLBACK = {
    "recordingStatusCallback": URL,
    "recordingStatusCallbackMethod": method(),
    "recordingStatusCallbackEvent": RECORDING_EVENTS,
}
SPEECH_MODELS = (
    r"default|numbers_and_commands|phone_call|(experimental|googlev2|deepgram)\w*(-\w+)*"
)

ATTRIBUTES: Mapping[str, Mapping[str, Rule]] = {
    "Say": {
        "voice": matching(r"man|woman|alice|(Polly|Google)\.[\w-]+", 13511),
        "language": ANYTHING,
        "loop": whole(0, 1000, 13510),
    },
    "Play": {"loop": whole(0, 1000, 13410), "digits": matching(r"[0-9wW#*]+")},
    "Pause": {"length": whole(1, DAY, 13910)},
    "Gather": {
        "action": URL,
        "method": method(13312),
        "timeout": whole(1, DAY, 13313),
        "numDigits": whole(1, 1000, 13314),
        "finishOnKey": matching(r"[0-9#*]?", 13310),
        "input": matching(r"dtmf|speech|dtmf speech|speech dtmf"),
        "actionOnEmptyResult": flag(),
        "speechTimeout": matching(r"auto|[1-9]\d*"),
        "maxSpeechTime": whole(1, DAY),
        "hints": ANYTHING,
        "language": ANYTHING,
        "speechModel": matching(SPEECH_MODELS),
        "profanityFilter": flag(),
        "partialResultCallback": URL,
        "partialResultCallbackMethod": method(),
        "enhanced": flag(),
        "bargeIn": flag(),
        "debug": flag(),
    },
    "Record": {
        "action": URL,
        "method": method(13610),
        "timeout": whole(0, DAY, 13611),
        "maxLength": whole(2, 14_400, 13612),
        "finishOnKey": matching(r"[0-9#*]*", 13613),
        "playBeep": flag(13616),
        "trim": TRIM,
        **RECORDING_CALLBACK,
        "transcribe": flag(13614),
        "transcribeCallback": URL,
        "recordingConfigurationId": ANYTHING,
    },
    "Dial": {
        "action": URL,
        "method": method(13210),
        "timeout": whole(5, 600, 13212),
        "timeLimit": whole(1, DAY, 13216),
        "callerId": ANYTHING,
        "hangupOnStar": flag(13213),
        "answerOnBridge": flag(13219),
        "record": one_of(
            "do-not-record record-from-answer record-from-ringing "
            "record-from-answer-dual record-from-ringing-dual",
            13217,
        ),
        "recordingTrack": one_of("inbound outbound both"),
        "trim": TRIM,
        **RECORDING_CALLBACK,
        "ringTone": matching(r"[a-z]{2}(-old)?|automatic", 13220),
        "sequential": flag(13218),
        "referUrl": URL,
        "referMethod": method(),
        "callReason": matching(r".{0,50}"),
        "events": one_of("call-progress-event"),
        "passports": ANYTHING,
    },
    "Number": {
        "url": URL,
        "method": method(13221),
        "sendDigits": matching(r"[0-9A-DWw#*]+", 13222),
        "statusCallback": URL,
        "statusCallbackMethod": method(),
        "statusCallbackEvent": CALL_EVENTS,
        "byoc": ANYTHING,
        "machineDetection": one_of("Enable DetectMessageEnd"),
        "machineDetectionTimeout": whole(3, 60),
        "machineDetectionSpeechThreshold": whole(1000, 6000),
        "machineDetectionSpeechEndThreshold": whole(500, 5000),
        "machineDetectionSilenceTimeout": whole(2000, 10_000),
        "amdStatusCallback": URL,
        "amdStatusCallbackMethod": method(),
    },
    "Conference": {
        "muted": flag(13230),
        "beep": one_of("true false onEnter onExit", 13235),
        "startConferenceOnEnter": flag(13232),
        "endConferenceOnExit": flag(13231),
        "participantLabel": matching(r"(?!CA[0-9a-f]{32}$)(?!.*%2[Ff])[^/]{1,128}", 16023),
        "jitterBufferSize": one_of("off small medium large"),
        "waitUrl": URL,
        "waitMethod": method(13234),
        "maxParticipants": whole(2, 250),
        "record": one_of("do-not-record record-from-start"),
        "region": one_of("us1 us2 ie1 sg1 br1 au1 jp1 de1"),
        "trim": TRIM,
        "coach": matching(r"CA[0-9a-f]{32}"),
        "statusCallback": URL,
        "statusCallbackMethod": method(),
        "statusCallbackEvent": some_of(
            "start end join leave mute hold modify speaker announcement"
        ),
        **RECORDING_CALLBACK,
        "eventCallbackUrl": URL,
    },
    "Enqueue": {
        "action": URL,
        "method": method(),
        "waitUrl": URL,
        "waitUrlMethod": method(),
        "workflowSid": matching(r"WW[0-9a-f]{32}"),
        "maxQueueSize": whole(1, 5000),
    },
    "Queue": {
        "url": URL,
        "method": method(),
        "reservationSid": ANYTHING,
        "postWorkActivitySid": ANYTHING,
    },
    "Redirect": {"method": method(13710)},
    "Reject": {"reason": one_of("rejected busy")},
    "Hangup": {},
    "Leave": {},
    "Response": {},
    "Message": {
        "to": matching(r"\+[1-9]\d{6,14}", 14101),
        "from": matching(r"\+[1-9]\d{6,14}", 14102),
        "action": URL,
        "method": method(14104),
        "statusCallback": URL,
    },
    "Body": {},
    "Media": {},
}

CALL_VERBS = words("Say Play Pause Gather Record Dial Enqueue Leave Hangup Redirect Reject")
VERBS: Mapping[Context, frozenset[str]] = {
    "call": CALL_VERBS,
    "whisper": frozenset({"Play", "Say", "Gather", "Hangup"}),
    "queue-url": frozenset({"Play", "Say", "Pause", "Redirect"}),
    "queue-wait": frozenset({"Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"}),
    "conference-wait": frozenset({"Play", "Say", "Pause", "Redirect"}),
    "announcement": frozenset({"Play", "Say", "Pause", "Redirect"}),
    "text": frozenset({"Message", "Redirect"}),
}
NOT_PLAYED = words("Connect Start Stop Refer Pay Sms Echo Prompt Queue")
"""Verbs that Twilio has and this simulator does not play."""

CHILDREN: Mapping[str, frozenset[str]] = {
    "Gather": frozenset({"Say", "Play", "Pause"}),
    "Dial": frozenset({"Number", "Conference", "Queue"}),
    "Enqueue": frozenset(),
    "Message": frozenset({"Body", "Media"}),
}
SSML = words("break emphasis lang p phoneme prosody s say-as sub w")
NESTING_CODES = {"Gather": 13320, "Dial": 13215}
MOST_NUMBERS = 10

SAY_LANGUAGES = words("""
    en-US en-GB en-AU en-IN en-CA en-IE en-NZ en-ZA es-US es-MX es-ES cmn-CN cmn-TW zh-CN zh-TW
    zh-HK yue-HK yue-CN ru-RU bn-IN ko-KR ar-XA ar-AE arb fr-FR fr-CA pl-PL pa-IN hi-IN pt-BR pt-PT
    uk-UA fil-PH vi-VN gu-IN ta-IN te-IN it-IT de-DE ja-JP nl-NL tr-TR id-ID th-TH el-GR he-IL
    sv-SE da-DK nb-NO fi-FI cs-CZ hu-HU ro-RO sk-SK
""")
"""Languages that Twilio has a voice for; Haitian Creole, Urdu and Nepali are not among them."""

POLLY_LANGUAGES: Mapping[str, frozenset[str]] = {
    language: frozenset(names.split())
    for language, names in {
        "en-US": "Joanna Danielle Matthew Kendra Kimberly Salli Joey Justin Kevin Ivy Ruth Stephen "
        "Gregory Patrick",
        "es-US": "Lupe Pedro Penelope Miguel",
        "es-MX": "Mia Andres",
        "es-ES": "Lucia Sergio Conchita Enrique",
        "cmn-CN": "Zhiyu",
        "yue-CN": "Hiujin",
        "ru-RU": "Tatyana Maxim",
        "ko-KR": "Seoyeon",
        "ar-AE": "Hala Zayd",
        "arb": "Zeina",
        "fr-FR": "Lea Remi Celine Mathieu",
        "fr-CA": "Gabrielle Liam Chantal",
        "pl-PL": "Ola Ewa Maja Jacek Jan",
        "hi-IN": "Kajal Aditi",
        "pt-BR": "Camila Thiago Vitoria Ricardo",
    }.items()
}
BASIC_LIMIT = 4000
TEXT_LIMITS = {"Polly": 3000, "Google": 5000}
