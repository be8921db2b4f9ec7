"""Replays the webhooks that were put into the journal during a database outage."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from functools import partial

from ivr.callers import arrivals, call_endings, voicemail
from ivr.core import outage_journal
from ivr.core.carrier import Seen
from ivr.core.context import AppContext, UnitOfWork
from ivr.core.line_clock import LineClock
from ivr.core.outage_journal import Entry
from ivr.offers import responder_legs
from ivr.responders import prompt_dictation
from ivr.responders.dictated_recordings import Taken
from ivr.texting import incoming
from ivr.texting.incoming import Incoming
from ivr.twilio.sids import recording_sid
from models.core.database import Away

log = logging.getLogger("hotline.replay")


def take_in(app: AppContext) -> int:
    """Replay every entry once, in order. Returns how many there were."""
    taken = 0
    for file, entry in outage_journal.kept(app.folder, app.database.vault):
        try:
            _take_in(replace(app, clock=LineClock(partial(_at, entry))), entry)
        except Away:
            return taken
        except Exception:  # one bad entry must not block the others
            log.exception("a journal entry could not be taken in")
            outage_journal.set_aside(file)
            continue
        file.unlink(missing_ok=True)
        taken += 1
    return taken


def _at(entry: Entry) -> datetime:
    """The time of the webhook, which the rows get."""
    return entry.at


def _take_in(app: AppContext, entry: Entry) -> None:
    said, where = entry.fields, entry.where
    sid, leg = said.get("CallSid", ""), str(where.get("token", ""))
    match entry.view:
        case "status":
            call_endings.end(app, _arrival(entry))
        case "recording":
            recording, seconds = _recording(entry)
            status = said.get("RecordingStatus", "")
            voicemail.hear_status(app, str(where["message"]), recording, status, seconds)
        case "leg_status":
            responder_legs.hear_status(app, leg, said.get("CallStatus", ""), sid)
        case "dictated":
            taken = Taken(*_recording(entry))
            prompt_dictation.hear(app, leg, int(where["part"]), taken)
        case "dictated_status":
            taken, status = Taken(*_recording(entry)), said.get("RecordingStatus", "")
            prompt_dictation.hear_status(app, leg, int(where["part"]), status, taken)
        case "sms":
            fields = ("MessageSid", "From", "Body", "OptOutType")
            incoming.hear(app, Incoming(*(said.get(name, "") for name in fields)))
        case "rescue_recorded":
            _call_of(app, entry)
            _adopt(app, entry)
        case "rescue_joined":
            _call_of(app, entry)
            call_endings.rescued(app, sid)
        case view if view.startswith(
            ("offer", "gate", "rescue", "dictated", "seat", "room", "announcement", "leg_fallback")
        ):
            pass  # nothing to do: this leg was let go, and its status news says how it ended
        case _:
            _call_of(app, entry)


def _call_of(app: AppContext, entry: Entry) -> None:
    language = entry.where.get("language")
    call_endings.recover(app, _arrival(entry), str(language) if language else None)


def _arrival(entry: Entry) -> arrivals.Arrival:
    return arrivals.Arrival(entry.fields.get("CallSid", ""), entry.fields.get("From", ""))


def _recording(entry: Entry) -> tuple[str, int]:
    said = entry.fields
    sid = recording_sid(said.get("RecordingSid", ""), said.get("RecordingUrl", ""))
    seconds = said.get("RecordingDuration", "")
    return sid, int(seconds) if seconds.isdigit() else 0


def _adopt(app: AppContext, entry: Entry) -> None:
    recording, seconds = _recording(entry)
    if not recording:
        return
    seen = Seen(recording, entry.at, seconds, entry.fields.get("CallSid", ""))
    with app.transaction() as unit:
        voicemail.adopt(UnitOfWork(unit.session, app, entry.at), seen)
