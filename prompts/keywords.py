"""The keywords of text messages, and the plain form in which they are compared."""

import unicodedata
from enum import StrEnum


class Keyword(StrEnum):
    """What a word in a text message means; each prompt file lists its words for each."""

    STOP = "stop"
    """No more texts; alone or with polite words only."""
    STOP_ALONE = "stop_alone"
    """As STOP, but only if it is the whole text, because it is common in other messages."""
    START = "start"
    POLITE = "polite"
    """Words that change nothing around another keyword, such as please and thanks."""
    YES = "yes"
    NO = "no"
    ON = "on"
    OFF = "off"
    HOURS = "hours"
    """What may stand after a number of hours."""
    WHO = "who"
    MINE = "mine"
    SWAP = "swap"
    TAKE = "take"
    DONE = "done"
    SURGE = "surge"
    HELP = "help"


EXAMPLES = {
    Keyword.STOP: '"stop", "opt out"',
    Keyword.STOP_ALONE: '"cancel", "end"',
    Keyword.START: '"start"',
    Keyword.POLITE: '"please", "thanks"',
    Keyword.YES: '"yes", "ok"',
    Keyword.NO: '"no"',
    Keyword.ON: '"on"',
    Keyword.OFF: '"off"',
    Keyword.HOURS: '"h", "hours"',
    Keyword.WHO: '"who"',
    Keyword.MINE: '"mine"',
    Keyword.SWAP: '"swap"',
    Keyword.TAKE: '"take"',
    Keyword.DONE: '"done"',
    Keyword.SURGE: '"surge"',
    Keyword.HELP: '"help", "info"',
}
MAY_BE_EMPTY = (Keyword.STOP_ALONE, Keyword.POLITE)
MOST_WORDS = 2
"""In one keyword, such as "opt out"."""
_AROUND = (Keyword.POLITE, Keyword.HOURS)
"""What only stands beside other keywords, so it may be one of them too."""


def clash(one: Keyword, other: Keyword) -> bool:
    """Whether a word must not mean both, in whatever languages; YES is also the word to start."""
    if one is other or one in _AROUND or other in _AROUND:
        return False
    return {one, other} not in ({Keyword.START, Keyword.YES}, {Keyword.STOP, Keyword.STOP_ALONE})


def plain_words(body: str) -> list[str]:
    """The words of a text, without case, punctuation, direction marks and pictures."""
    plain = unicodedata.normalize("NFKC", body).casefold()
    kept = (
        sign if unicodedata.category(sign)[0] in "LMN" else " "
        for sign in plain
        if unicodedata.category(sign) != "Cf" and not _is_selector(sign)
    )
    return "".join(kept).split()


def _is_selector(sign: str) -> bool:
    """Whether it only chooses how the picture before it looks (U+FE0E, U+FE0F)."""
    return "\ufe00" <= sign <= "\ufe0f"
