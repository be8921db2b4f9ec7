"""What is wrong with a text or a recording that was sent in, in one sentence each."""

from __future__ import annotations

from console.base.i18n import later
from console.prompts.actions import Refusal
from prompts.sound_uploads import Why
from prompts.text_changes import Fault

FAULTS = {
    Fault.EMPTY: later("Write what callers are to hear."),
    Fault.TOO_LONG: later(
        "This is longer than %(most)s characters. Nobody keeps that much in mind."
    ),
    Fault.BRACE: later("A brace stands alone. Write {key} whole, or leave the brace out."),
    Fault.PLACEHOLDERS: later("Keep what stands in braces as it is in English: %(wanted)s."),
    Fault.DIGIT: later(
        "Write {key} where the key is said, not a digit, so that words and keys agree."
    ),
    Fault.UNSPEAKABLE: later("There is something in it that no voice can say."),
}
REFUSALS = {
    Refusal.OVERTAKEN: later(
        "Somebody else wrote a newer version meanwhile. Look at it above; yours is in the field."
    ),
    Refusal.UNRECORDED: later(
        "No voice of the phone company speaks this language: record every part first."
    ),
    Refusal.BROKEN: later("With this version the call tree would not hold, so it stays as it is."),
    Refusal.NO_SUCH_VERSION: later("There is no such version."),
    Refusal.OWN_WORDS: later("You wrote this yourself: somebody else must read it."),
    Refusal.DOES_NOT_SPEAK: later(
        "Only somebody who speaks this language, as the roster says, can find it right."
    ),
    Refusal.DEFAULT_LANGUAGE: later("Callers who say nothing hear this language: it stays."),
    Refusal.GAPS: later("This language has gaps: what is missing stands beside it."),
}
UNFIT = {
    Why.EMPTY: later("Choose a recording first."),
    Why.TOO_LARGE: later("This file is too large. Thirty seconds of sound are enough."),
    Why.NOT_WAV: later(
        "This is no WAV file. With scripts switched on, this page makes one of an MP3 by itself."
    ),
    Why.NOT_PLAIN: later(
        "This kind of WAV cannot be read. Save it as 16 bits, mono or stereo, 8 to 48 kHz."
    ),
    Why.CUT_OFF: later("The end of this file is missing. Save it once more."),
    Why.TOO_LONG: later("This lasts longer than 30 seconds. Nobody listens that long."),
    Why.SILENT: later("There is nothing to be heard in it."),
}
