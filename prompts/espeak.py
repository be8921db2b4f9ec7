"""The eSpeak NG speech synthesiser, for languages that no voice of the carrier speaks.

It comes with the package `espeakng-loader`, needed only to build recordings. Its C interface is
described in `speak_lib.h` of eSpeak NG 1.52.
"""

import ctypes
from array import array
from importlib import import_module
from types import ModuleType

from prompts.language import PromptError

VOICES = frozenset(
    """
    af am an ar as az ba be bg bn bpy bs ca cmn cs cv cy da de el en eo es et eu fa fi fr ga
    gd gn grc gu hak haw he hi hr ht hu hy hyw ia id io is it ja jbo ka kk kl kn ko kok ku ky
    la lb lfn lt ltg lv mi mk ml mr ms mt mto my nb nci ne nl nog om or pa pap pl pt py quc qu
    ro ru sd shn si sk sl smj sq sr sv sw ta te th ti tk tn tr tt ug uk ur uz vi yue
    """.split()  # noqa: SIM905 - a list would be two pages long
)
"""The languages that it speaks. Prompt files are checked where it is not installed."""

_RETRIEVAL = 1
_RATE = 1
_UTF8 = 1
_FROM_CHARACTER = 1
_WORDS_A_MINUTE = 150

_Heard = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class Espeak:
    """One synthesiser in this process; the library itself knows no more than one."""

    def __init__(self, package: str = "espeakng_loader") -> None:
        """Loads the library; `PromptError` if its package is not installed."""
        loader = _import(package)
        self._library = ctypes.CDLL(loader.get_library_path())
        data = str(loader.get_data_path()).encode()
        self.rate: int = self._library.espeak_Initialize(_RETRIEVAL, 0, data, 0)
        if self.rate <= 0:
            raise PromptError("eSpeak NG does not start: install espeakng-loader again")
        self._samples = array("h")
        self._heard = _Heard(self._hear)

    def speak(self, language: str, words: str) -> list[float]:
        """The words as samples from -1 to 1, `rate` a second; `PromptError` if it stays silent."""
        self._library.espeak_SetSynthCallback(self._heard)
        if not self.knows(language):
            raise PromptError(f"eSpeak NG has no voice for {language!r}: record it by hand")
        self._library.espeak_SetParameter(_RATE, _WORDS_A_MINUTE, 0)
        del self._samples[:]
        text = words.encode()
        self._library.espeak_Synth(
            text, ctypes.c_size_t(len(text) + 1), 0, _FROM_CHARACTER, 0, _UTF8, None, None
        )
        self._library.espeak_Synchronize()
        if not self._samples:
            raise PromptError(f"eSpeak NG said nothing for {words!r}: record it by hand")
        return [sample / 32768 for sample in self._samples]

    def knows(self, language: str) -> bool:
        """Whether it has a voice for this language, and takes it from now on."""
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
