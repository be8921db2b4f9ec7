"""The hotline's sentences by name: simulated people understand every language with a voice."""

from __future__ import annotations

from dataclasses import dataclass

from prompts import MORE_LANGUAGES, Language, Prompts, Say

PROMISES = (
    "callback.promised",
    "callback.promised_15",
    "callback.promised_30",
    "callback.promised_120",
    "callback.already_promised",
)
_WITH_KEY = {
    "main_menu.emergency": "1",
    "main_menu.detained": "2",
    "main_menu.question": "3",
    "main_menu.rights": "4",
    "detained_detail.detained_today": "1",
    "question_detail.letter": "2",
    "hold.callback": "1",
    "hold.message": "2",
    "unanswered.callback": "1",
    "unanswered.message": "2",
    "unanswered.keep_trying": "0",
    "callback.this_number": "1",
    "callback.other_number": "2",
    "callback.enter_number": "#",
    "callback.right": "1",
    "callback.yes": "1",
    "callback.no": "2",
    "callback_call.press_to_connect": "1",
}
_PLAIN = (
    *PROMISES,
    "callback.too_many",
    "message.saved",
    "message.nothing_heard",
    "rights.calm",
    "trouble.please_hold",
    "trouble.apology",
    "trouble.leave_message",
)
CHOOSE, MORE = "language_menu.choose", "language_menu.more"


@dataclass(frozen=True)
class Sentence:
    """A sentence that people react to, and the key that it names."""

    language: str
    name: str
    key: str


class Words:
    """Maps a heard sentence to its meaning."""

    def __init__(self, prompts: Prompts) -> None:
        self._prompts = prompts
        self._sentences: dict[str, Sentence] = {}
        self.languages = tuple(
            code for code, language in prompts.languages.items() if not language.recorded
        )
        for code in self.languages:
            self._learn(code, prompts.languages[code])

    def meaning(self, text: str) -> Sentence | None:
        """What a sentence means; None if nobody reacts to it."""
        return self._sentences.get(_plain(text))

    def _learn(self, code: str, language: Language) -> None:
        self._keep(code, CHOOSE, language.key)
        if language.page > 1:
            self._keep(code, MORE, MORE_LANGUAGES)
        for name, key in _WITH_KEY.items():
            self._keep(code, name, key)
        for name in _PLAIN:
            self._keep(code, name, "")

    def _keep(self, code: str, name: str, key: str) -> None:
        values = {"key": key} if key else {}
        for piece in self._prompts.pieces(code, name, values):
            if isinstance(piece, Say):
                self._sentences[_plain(piece.text)] = Sentence(code, name, key)


def _plain(text: str) -> str:
    return " ".join(text.split())
