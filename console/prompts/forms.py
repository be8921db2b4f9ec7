"""What is wrong with a text or a recording that was sent in, in one sentence each."""

from __future__ import annotations

from console.base.i18n import later
from console.prompts.actions import LawFault, Refusal
from prompts import LONGEST_SECONDS
from prompts.sound_uploads import Why
from prompts.text_changes import Fault

MOST_SECONDS = round(LONGEST_SECONDS)

FAULTS = {
    Fault.EMPTY: later("Write what callers will hear."),
    Fault.TOO_LONG: later(
        "This takes more than %(most)s seconds to say. Shorten it: nobody can remember more."
    ),
    Fault.BRACE: later("A brace is unmatched. Write {key} in full, or remove the brace."),
    Fault.PLACEHOLDERS: later("Keep the placeholders of the English text: %(wanted)s."),
    Fault.DIGIT: later(
        "Write {key} where the key is said, not a digit, so that words and keys agree."
    ),
    Fault.UNSPEAKABLE: later("It contains something that no voice can say."),
}
REFUSALS = {
    Refusal.OVERTAKEN: later(
        "Somebody else saved a newer version meanwhile. See it above; your text is in the field."
    ),
    Refusal.UNRECORDED: later(
        "The phone company has no voice for this language: record every part first."
    ),
    Refusal.BROKEN: later("This version would break the call tree, so nothing was changed."),
    Refusal.NO_SUCH_VERSION: later("There is no such version."),
    Refusal.OWN_WORDS: later("You wrote this yourself. Somebody else must review it."),
    Refusal.DOES_NOT_SPEAK: later(
        "Only somebody who speaks this language, according to the roster, can review it."
    ),
    Refusal.DEFAULT_LANGUAGE: later("Callers who press nothing hear this language, so it stays."),
    Refusal.UNAPPROVED: later(
        "This text states law. It goes live once a speaker of the language has reviewed it and"
        " another person has approved it as a lawyer."
    ),
    Refusal.OVERDUE: later("The review of this text is overdue. Approve it again first."),
    Refusal.ONE_PERSON: later(
        "You cannot be both the reviewer and the approver. Ask another person for one of them."
    ),
    Refusal.GAPS: later("This language is incomplete: the missing parts are listed next to it."),
}
LAW_FAULTS = {
    LawFault.NO_SOURCE: later("Write whose public material these words follow."),
    LawFault.LONG_SOURCE: later("This is too long. Name the organisations and the sheet."),
    LawFault.NO_DAY: later("Choose the last day on which callers may hear these words."),
    LawFault.FAR_DAY: later("Choose a day from today until a year from now."),
}
UNFIT = {
    Why.EMPTY: later("Choose a recording first."),
    Why.TOO_LARGE: later("This file is too large. Thirty seconds of sound are enough."),
    Why.NOT_WAV: later(
        "This is not a WAV file. If scripts are enabled, this page converts MP3 files."
    ),
    Why.NOT_PLAIN: later(
        "This kind of WAV cannot be read. Save it as 16 bits, mono or stereo, 8 to 48 kHz."
    ),
    Why.CUT_OFF: later("The end of this file is missing. Save it once more."),
    Why.TOO_LONG: later("This is longer than 30 seconds."),
    Why.SILENT: later("The recording is silent."),
}
