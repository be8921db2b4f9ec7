"""The eSpeak NG synthesiser, if its wheel is installed: it makes <Say> audible.

Its C interface is described in `speak_lib.h` of eSpeak NG 1.52. The library has one
global state per process. A lock therefore lets one caller speak at a time, and each call sets its
callback and its speed again.
"""

import ctypes
import threading
from array import array
from collections.abc import Callable
from functools import cache
from importlib import import_module

Speak = Callable[[str, str], bytes]
"""(language, words) -> 16-bit samples; empty if the language has no voice."""

_SYNCHRONOUS = 2
"""Samples come while `espeak_Synth` runs, without a thread of the library's own."""
_RATE_PARAMETER = 1
_UTF8 = 1
_WORDS_A_MINUTE = 165
_ONE_AT_A_TIME = threading.Lock()

_Heard = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


@cache
def _started() -> tuple[ctypes.CDLL, int]:
    """The library and its sample rate. Cached, because the process shares one library state."""
    loader = import_module("espeakng_loader")
    library = ctypes.CDLL(loader.get_library_path())
    rate: int = library.espeak_Initialize(_SYNCHRONOUS, 0, str(loader.get_data_path()).encode(), 0)
    if rate <= 0:
        raise OSError("eSpeak NG does not start")
    return library, rate


class Espeak:
    """One synthesiser in this process."""

    def __init__(self) -> None:
        """Load the library. Raises ImportError or OSError if it is not installed."""
        with _ONE_AT_A_TIME:
            self._library, self.rate = _started()
        self._samples = array("h")
        self._heard = _Heard(self._hear)

    def speak(self, language: str, words: str) -> bytes:
        """The words as 16-bit samples, `rate` a second; empty if the language has no voice."""
        with _ONE_AT_A_TIME:
            self._library.espeak_SetSynthCallback(self._heard)
            self._library.espeak_SetParameter(_RATE_PARAMETER, _WORDS_A_MINUTE, 0)
            if self._library.espeak_SetVoiceByName(language.encode()) != 0:
                return b""
            del self._samples[:]
            text = words.encode()
            self._library.espeak_Synth(
                text, ctypes.c_size_t(len(text) + 1), 0, 1, 0, _UTF8, None, None
            )
            return self._samples.tobytes()

    def _hear(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int) -> int:
        if samples:
            self._samples.extend(samples[:count])
        return 0
