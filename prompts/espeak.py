"""The eSpeak NG speech synthesiser, for languages without a voice of the carrier.

The package `espeakng-loader` contains it and is needed only to build recordings. The C interface
is described in `speak_lib.h` of eSpeak NG 1.52.
"""

import ctypes
from array import array
from importlib import import_module
from types import ModuleType

from prompts import pronunciation
from prompts.language import PromptError

VOICES = frozenset(
    """
    af am an ar as az ba be bg bn bpy bs ca cmn cs cv cy da de el en eo es et eu fa fi fr ga
    gd gn grc gu hak haw he hi hr ht hu hy hyw ia id io is it ja jbo ka kk kl kn ko kok ku ky
    la lb lfn lt ltg lv mi mk ml mr ms mt mto my nb nci ne nl nog om or pa pap pl pt py quc qu
    ro ru sd shn si sk sl smj sq sr sv sw ta te th ti tk tn tr tt ug uk ur uz vi yue
    """.split()  # noqa: SIM905 - a list would be two pages long
)
"""The languages it speaks, listed here because checks also run where it is not installed."""

_RETRIEVAL = 1
_RATE = 1
_UTF8 = 1
_FROM_CHARACTER = 1
_WITH_PHONEMES = 0x100
"""What is between double brackets is phonemes."""
WORDS_A_MINUTE = 150

_Heard = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class Espeak:
    """The synthesiser; the library supports only one per process."""

    def __init__(self, package: str = "espeakng_loader") -> None:
        """Load the library; raises PromptError if its package is not installed."""
        loader = _import(package)
        self._library = ctypes.CDLL(loader.get_library_path())
        data = str(loader.get_data_path()).encode()
        self.rate: int = self._library.espeak_Initialize(_RETRIEVAL, 0, data, 0)
        if self.rate <= 0:
            raise PromptError("eSpeak NG does not start: install espeakng-loader again")
        self._samples = array("h")
        self._heard = _Heard(self._hear)

    def speak(self, language: str, words: str) -> list[float]:
        """The words as samples from -1 to 1 at `rate` per second; PromptError if it is silent."""
        self._library.espeak_SetSynthCallback(self._heard)
        if not self.knows(pronunciation.voice(language)):
            raise PromptError(f"eSpeak NG has no voice for {language!r}: record it by hand")
        self._library.espeak_SetParameter(_RATE, WORDS_A_MINUTE, 0)
        del self._samples[:]
        text, flags = pronunciation.for_espeak(language, words).encode(), _UTF8 | _WITH_PHONEMES
        self._library.espeak_Synth(
            text, ctypes.c_size_t(len(text) + 1), 0, _FROM_CHARACTER, 0, flags, None, None
        )
        self._library.espeak_Synchronize()
        if not self._samples:
            raise PromptError(f"eSpeak NG said nothing for {words!r}: record it by hand")
        return [sample / 32768 for sample in self._samples]

    def voice(self, language: str) -> str:
        """The voice, its rules and its rate, as the manifest of the recordings notes them."""
        return f"{pronunciation.mark(language)}, {WORDS_A_MINUTE} words a minute"

    def knows(self, language: str) -> bool:
        """Whether it has a voice for this language; selects that voice."""
        return bool(self._library.espeak_SetVoiceByName(language.encode()) == 0)

    def _hear(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int) -> int:
        if samples:
            self._samples.extend(samples[:count])
        return 0


def _import(package: str) -> ModuleType:
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        raise PromptError(
            f"Building recordings needs {package}: pip install 'sanctuary-line[voices]'"
        ) from error
