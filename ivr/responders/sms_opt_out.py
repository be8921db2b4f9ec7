"""Whether a text asks us to stop texting, or to begin again, in any of our languages: pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

BY_CARRIER = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}
)
"""Alone in a text, these are answered by Twilio itself: docs/advanced-opt-out."""
OPT_IN = frozenset({"start", "unstop", "yes"})
_STOP = {
    "en": BY_CARRIER,
    "es": frozenset({"alto", "pare", "parar", "paren", "basta", "cancelar"}),
    "zh": frozenset({"停止", "停", "退订", "退訂", "取消"}),
    "ru": frozenset({"стоп", "отписаться", "хватит", "прекратите", "отмена"}),
    "bn": frozenset({"বন্ধ", "থামুন", "থামান"}),
    "ht": frozenset({"sispann", "kanpe", "rete"}),
    "ko": frozenset({"중지", "그만", "정지", "수신거부"}),
    "ar": frozenset({"توقف", "قف", "إيقاف", "ايقاف", "إلغاء", "الغاء"}),
    "ur": frozenset({"بند", "رکیں", "روکیں", "روک"}),
    "fr": frozenset({"arrêt", "arret", "arrêter", "arreter", "arrêtez", "arretez"}),
    "pl": frozenset({"przestań", "przestańcie", "rezygnuję", "wypisz", "zatrzymaj"}),
    "ne": frozenset({"रोक्नुहोस्", "रोक", "बन्द"}),
}
MOST_WORDS = 4
"""A longer text tells a story that happens to hold the word."""


@dataclass(frozen=True)
class OptOutRequest:
    """What a text asks for, in which language, and whether the carrier answers it itself."""

    what: Literal["stop", "start"]
    language: str
    carrier_answers: bool


def request_in(body: str) -> OptOutRequest | None:
    """The request of a text, whatever its case, punctuation, direction marks or pictures."""
    words = plain_words(body)
    if not words or len(words) > MOST_WORDS:
        return None
    for language, stops in _STOP.items():
        if words[0] in stops or words[-1] in stops:
            return OptOutRequest("stop", language, body.strip().lower() in BY_CARRIER)
    if len(words) == 1 and words[0] in OPT_IN:
        return OptOutRequest("start", "en", carrier_answers=True)
    return None


def plain_words(body: str) -> list[str]:
    """The words of a text, without case, punctuation, direction marks and pictures."""
    plain = unicodedata.normalize("NFKC", body).casefold()
    kept = (sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in plain
            if unicodedata.category(sign) != "Cf")  # fmt: skip
    return "".join(kept).split()
