"""Why the hotline does not call somebody of the staff, or a caller for them, in a sentence each."""

from __future__ import annotations

from collections.abc import Mapping

from console.base.i18n import later
from ivr.search.manual_callbacks import Answer

WHY_NOT: Mapping[Answer, str] = {
    Answer.NO_PHONE: later(
        "No phone of yours is registered, so it cannot be rung. Ask an administrator to link your"
        " sign-in to your entry on the roster."
    ),
    Answer.INTERPRETER: later("An interpreter never talks with a caller alone."),
    Answer.DEAD_NUMBER: later(
        "Two calls to your phone in a row failed, so it counts as out of service. Ask a "
        "coordinator to check your number."
    ),
    Answer.PAUSED: later("You have paused your phone, so it does not ring. End the pause first."),
    Answer.ENGAGED: later(
        "Your phone is ringing or on a call of the hotline. End that call first."
    ),
    Answer.NOTHING_LEAVES: later(
        "No call can leave the hotline at this moment. Try again in a minute; if it stays so, tell"
        " your technical team."
    ),
    Answer.DAY_SPENT: later(
        "The hotline has reached its daily limit of calls for callbacks. Incoming calls go on."
    ),
    Answer.BEING_CALLED: later("They are being called right now. Try again in a minute."),
    Answer.OVER: later("This callback is already closed. Nothing was changed."),
    Answer.OWED_ANEW: later("The caller has asked again since. Another callback to them is open."),
    Answer.NO_NUMBER: later(
        "The caller's number was withheld or has been erased, so nobody can call back."
    ),
    Answer.NOT_DIALLED: later(
        "The hotline does not call this number itself, because it is abroad, charged extra or not"
        " known yet. Show the number, with a reason, and call it from another phone."
    ),
    Answer.OWN_NUMBER: later("This is the number of your own phone."),
    Answer.RINGS_ALREADY: later(
        "Your phone rings for this caller, or it has rung since you pressed the button. Nothing was"
        " dialled again."
    ),
    Answer.NOT_WAITING: later(
        "This caller does not wait any more: somebody has taken them, or they chose something else."
    ),
    Answer.ONE_BY_ONE: later(
        "Few calls can leave at this moment, so the caller's own line rings one person after the"
        " other. Try again in half a minute."
    ),
}
