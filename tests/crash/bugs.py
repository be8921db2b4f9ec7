"""Bugs to plant, so that the bench can be seen to find them; each is a design that loses."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from itertools import count

import httpx
import sqlalchemy as sa
from flask import copy_current_request_context, g, request

import wiring
from ivr.core.carrier import Ordered
from ivr.core.context import AppContext
from ivr.core.live_prompts import LivePrompts
from ivr.dialogue.call_tree import ACCEPT_KEY
from ivr.dialogue.places import Connect
from ivr.dialogue.turn import Bridge, CallOut
from ivr.http.webhooks import Webhooks
from ivr.worker.carrier_tasks import Runner
from ivr.worker.dialler import Attempt, Dialler
from ivr.worker.loop import Duty, Worker
from ivr.worker.planner import Planner
from ivr.worker.sms_sender import Sending, Texter
from ivr.worker.sweeper import Sweeper
from models.calls import callbacks, calls, outbox, rings, voicemails
from models.calls.callbacks import CallbackState
from models.calls.outbox import TextState
from models.calls.rings import RingState, Via
from models.calls.voicemails import MessageState
from models.core.database import Database, Session
from models.people import people
from settings import Settings

WINDOW_SECONDS = 0.4
"""How wide the door to the mistake stands open, in real seconds."""
LEASE = timedelta(seconds=3)


class DialsThenCommits(Dialler):
    """No record of the attempt before the request: a crash in between dials again."""

    def _claim(self) -> Attempt | None:
        now = self.app.clock()
        with self.app.database.transaction() as session:
            ring = rings.next_due(session, now)
            person = people.with_id(session, ring.person_id) if ring else None
            if ring is None or person is None:
                return None
            ring.due_at = now + LEASE  # and nothing else: the row does not say that it is dialled
            phone = people.phone_of(session, person)
            return Attempt(ring.id, ring.token, phone, ring.seconds, now, ring.tries)

    def _record(self, attempt: Attempt, ordered: Ordered) -> None:
        time.sleep(WINDOW_SECONDS)
        now = self.app.clock()
        with self.app.database.transaction() as session:
            ring = rings.with_id(session, attempt.ring)
            if ring and ring.move(RingState.DIALLED, now):
                ring.sid = ordered.sid


class ResetsWithoutToken(Dialler):
    """Puts attempts back by state and age alone, whoever is in the middle of them."""

    def _reconcile_all(self) -> None:
        before = self.app.clock() - timedelta(seconds=1)
        with self.app.database.transaction() as session:
            for ring in rings.unresolved(session, before):
                ring.state, ring.token = RingState.PENDING, rings.new_token()


class FailsWhatIsUnclear(Dialler):
    """What the carrier did not confirm counts as failed, for good."""

    def _reconcile(self, ring_id: str, token: str, since: datetime, number: str) -> None:
        now = self.app.clock()
        with self.app.database.transaction() as session:
            ring = rings.with_id(session, ring_id)
            if ring is None or not rings.fail(session, ring_id, token, now):
                return
            owed = callbacks.with_id(session, ring.callback_id or "")
            if owed and owed.state == CallbackState.WAITING:
                owed.state, owed.closed_at = CallbackState.UNREACHED, now


class DeletesBeforeStoring(Runner):
    """The carrier's copy goes first: a crash in between loses what somebody said."""

    def _fetch(self, message_id: str) -> bool:
        with self.app.database.reading() as session:
            message = voicemails.with_id(session, message_id)
            sid = message.recording_sid if message else None
        audio = self.carrier.fetch(sid) if sid else None
        if sid is None or audio is None:
            return sid is None
        self.carrier.forget(sid)
        time.sleep(WINDOW_SECONDS)
        with self.app.database.transaction() as session:
            message = voicemails.with_id(session, message_id)
            if message:
                voicemails.store_sound(session, message, audio, None)
                message.state = MessageState.STORED
        return True


class NeverSweeps(Sweeper):
    """Believes that every event arrives."""

    def work(self) -> bool:
        """Look at nothing."""
        return False


class ForgetsCallbacks(Planner):
    """Writes promises down and never looks at them again."""

    def work(self) -> bool:
        """Plan nothing."""
        return False


class SendsThenNotes(Texter):
    """Sends a text and notes afterwards that it did."""

    def _send(self, sending: Sending) -> None:
        with self.app.database.transaction() as session:
            again = {"state": TextState.PENDING, "due_at": self.app.clock() + LEASE}
            outbox.settle_text(session, sending.text, sending.token, **again)
        sid = self.carrier.text(sending.number, sending.body, sending.token)
        time.sleep(WINDOW_SECONDS)
        with self.app.database.transaction() as session:
            session.execute(
                sa.update(outbox.Text)
                .where(outbox.Text.id == sending.text)
                .values(state=TextState.SENT, sid=sid)
            )


class Dry(Database):
    """Everything but the commit."""

    def __init__(self, real: Database) -> None:
        self._real = real

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Rolled back in any case."""
        with self._real.transaction() as session:
            savepoint = session.begin_nested()
            yield session
            savepoint.rollback()


@dataclass(frozen=True)
class SpeaksBeforeCommit(Webhooks):
    """Answers first and writes afterwards: a crash in between breaks a promise that was heard."""

    def answered(self, language: str, place: str, turn: int, misses: int) -> str:
        """Say what would be said if it were written down, and write it down in a moment."""
        dry = replace(self, app=replace(self.app, database=Dry(self.app.database)))
        heard = g.fields

        @copy_current_request_context
        def write_down() -> None:
            g.fields = heard
            Webhooks.answered(self, language, place, turn, misses)

        said = Webhooks.answered(dry, language, place, turn, misses)
        threading.Timer(WINDOW_SECONDS, write_down).start()
        return said


@dataclass(frozen=True)
class HearsNoNews(Webhooks):
    """Where nothing says that a call was ordered, its news cannot be told from a stranger's."""

    def leg_status(self, token: str) -> str:
        """Ignore it."""
        return '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@dataclass(frozen=True)
class ForgetsItsAnswers(Webhooks):
    """A webhook that comes twice is taken for two answers."""

    turns: Iterator[int] = field(default_factory=lambda: count(1_000))

    def answered(self, language: str, place: str, turn: int, misses: int) -> str:
        """Take a new turn each time."""
        return super().answered(language, place, next(self.turns), misses)


@dataclass(frozen=True)
class EverybodyWins(Webhooks):
    """Whoever presses 1 is connected, whoever else did so before."""

    def offer_answered(self, token: str, repeats: int) -> str:
        """No constraint, no winner."""
        said = super().offer_answered(token, repeats)
        if request.form.get("Digits") != ACCEPT_KEY:
            return said
        with self.app.database.transaction() as session:
            ring = rings.with_token(session, token)
            owed = callbacks.with_id(session, ring.callback_id or "") if ring else None
            if owed:
                return self.speech.leg(CallOut((), token, callbacks.number_of(session, owed)))
            if ring is None or ring.call_id is None or ring.via == Via.DIAL:
                return said
            call = calls.with_id(session, ring.call_id)
            return self.speech.leg(Bridge((), token, call.id, False, call.language))


@dataclass(frozen=True)
class GivesUp(Webhooks):
    """Says goodbye where nobody answered; tree_checks.check would never let such a tree start."""


@dataclass
class Spoiled(Worker):
    """A worker of which one duty is done by a part with a bug."""

    bug: str = field(kw_only=True)

    def duties(self) -> dict[str, Duty]:
        """Those of a sound one, but for the part."""
        name, part = PARTS[self.bug]
        return {**super().duties(), name: part(self)}


def _dial(part: type[Dialler]) -> tuple[str, Callable[[Worker], Duty]]:
    return "dial", lambda worker: part(worker.app, worker.carrier, worker.fence).work


def _plan(part: type[Planner]) -> tuple[str, Callable[[Worker], Duty]]:
    return "plan", lambda worker: part(worker.app).work


def _text(part: type[Texter]) -> tuple[str, Callable[[Worker], Duty]]:
    return (
        "text",
        lambda worker: part(worker.app, worker.carrier, worker.fence).work,
    )


def _errands(part: type[Runner]) -> tuple[str, Callable[[Worker], Duty]]:
    return "errands", lambda worker: part(worker.app, worker.carrier).work


def _sweep(part: type[Sweeper]) -> tuple[str, Callable[[Worker], Duty]]:
    return "sweep", lambda worker: part(worker.app, worker.carrier).work


PARTS: dict[str, tuple[str, Callable[[Worker], Duty]]] = {
    "dial-then-commit": _dial(DialsThenCommits),
    "reset-without-token": _dial(ResetsWithoutToken),
    "failed-not-reconciled": _dial(FailsWhatIsUnclear),
    "deleted-before-stored": _errands(DeletesBeforeStoring),
    "never-swept": _sweep(NeverSweeps),
    "callbacks-forgotten": _plan(ForgetsCallbacks),
    "text-then-commit": _text(SendsThenNotes),
}
"""Which duty of the worker a bug takes over, and with what."""
WEBHOOKS: dict[str, type[Webhooks]] = {
    "dial-then-commit": HearsNoNews,
    "spoken-before-commit": SpeaksBeforeCommit,
    "answers-not-replayed": ForgetsItsAnswers,
    "everybody-wins": EverybodyWins,
    "goodbye-unanswered": GivesUp,
}
FOUND_AS: dict[str, tuple[str, ...]] = {
    "dial-then-commit": ("double rings",),
    "reset-without-token": ("double rings",),
    "failed-not-reconciled": ("lost callbacks",),
    "deleted-before-stored": ("lost messages",),
    "never-swept": ("no end", "lost messages"),
    "callbacks-forgotten": ("lost callbacks",),
    "text-then-commit": ("double texts",),
    "spoken-before-commit": ("lost callbacks", "lost messages", "answers that differ"),
    "answers-not-replayed": ("answers that differ",),
    "everybody-wins": ("two conversations", "double callbacks"),
    "goodbye-unanswered": ("lost callers",),
}
"""The names of which at least one must be found when the bug is planted."""


def worker_with(
    bug: str, settings: Settings, app: AppContext, http: httpx.Client, name: str
) -> Worker:
    """The worker, or one with a bug."""
    return spoiled(wiring.worker(settings, app, http, name), bug)


def spoiled(sound: Worker, bug: str) -> Worker:
    """The same worker with a bug in it, where it is one of a worker."""
    if bug not in PARTS:
        return sound
    parts = (sound.app, sound.carrier, sound.name, sound.if_broken)
    return Spoiled(*parts, bug=bug)


def webhooks_with(bug: str, settings: Settings, app: AppContext) -> Webhooks:
    """Webhooks with a bug."""
    sound, broken = wiring.webhooks(settings, app, wiring.end_this_process), WEBHOOKS[bug]
    parts = {part.name: getattr(sound, part.name) for part in fields(sound)}
    if broken is GivesUp:
        parts["app"] = _that_gives_up(sound.app)
    return broken(**parts)


def _that_gives_up(app: AppContext) -> AppContext:
    tree = app.script.tree
    places = {
        name: replace(place, if_unanswered="goodbye") if isinstance(place, Connect) else place
        for name, place in tree.places.items()
    }
    broken = LivePrompts(app.shipped_prompts, replace(tree, places=places), app.folder)
    return replace(app, live_prompts=broken)
