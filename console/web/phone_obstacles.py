"""Why the hotline does not call somebody of the staff, or a caller for them, in a sentence each."""

from __future__ import annotations

from collections.abc import Mapping

from console.base.i18n import later
from ivr.callers.manual_callbacks import Answer

WHY_NOT: Mapping[Answer, str] = {
    Answer.NO_PHONE: later(
        "No phone of yours is registered, so it cannot be rung. Ask an administrator to link your"
        " sign-in to your entry on the roster."
    ),
    Answer.DEAD_NUMBER: later(
        "Your phone could not be rung twice in a row, so it counts as dead. Ask a coordinator to"
        " look at your number."
    ),
    Answer.ENGAGED: later("Your phone is ringing or in a call of the hotline. End that first."),
    Answer.NOTHING_LEAVES: later(
        "No call can leave the hotline at this moment. Try again in a minute; if it stays so, tell"
        " your technical team."
    ),
    Answer.DAY_SPENT: later(
        "The hotline has made as many calls for callbacks as it may in a day. Incoming calls go on."
    ),
    Answer.BEING_CALLED: later("They are being called at this moment. Look again in a minute."),
    Answer.OVER: later("This callback is over: it was kept or given up. Nothing was changed."),
    Answer.OWED_ANEW: later("The caller asked again since: another callback to them is open."),
    Answer.NO_NUMBER: later(
        "The caller's number was hidden, or is erased by now: nobody can call back."
    ),
    Answer.OWN_NUMBER: later("This is the number of your own phone."),
}
