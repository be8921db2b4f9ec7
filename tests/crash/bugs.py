"""Bugs to plant, to prove that the bench finds them; each is a design that loses something."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

import httpx
import sqlalchemy as sa
from flask import Flask, copy_current_request_context, g, request

import wiring
from ivr.core.carrier import Ordered
from ivr.core.context import AppContext
from ivr.core.live_prompts import LivePrompts
from ivr.dialogue.call_tree import ACCEPT_KEY
from ivr.dialogue.places import Connect
from ivr.dialogue.turn import EnterRoom, Visit
from ivr.http import caller_views, responder_views, webhook_guard, webhooks
from ivr.http.parts import Parts
from ivr.http.webhook_guard import View
from ivr.worker.carrier_tasks import CarrierTasks
from ivr.worker.dialler import Attempt, Dialler
from ivr.worker.loop import Duty, Worker
from ivr.worker.planner import Planner
from ivr.worker.sms_sender import Sending, Texter
from ivr.worker.sweeper import Sweeper
from ivr.worker.task_handlers import HANDLERS, FetchMessage
from models.calls import callbacks, calls, outbox, rings, rooms, voicemails
from models.calls.callbacks import CallbackState
from models.calls.outbox import TaskKind, TextState
from models.calls.rings import Purpose, RingState, Via
from models.calls.voicemails import MessageState
from models.core.database import Database, Session
from models.operations.due_work import Agenda
from models.people import people
from settings import Settings

WINDOW_SECONDS = 0.4
"""How long the moment lasts in which a kill causes the fault, in real seconds."""
SELDOM_SECONDS = 4.0
"""The same, for what happens only a few times in a short siege."""
LEASE = timedelta(seconds=3)


class DialsThenCommits(Dialler):
    """Writes no attempt before the request: a crash between the two dials again."""

    def _claim(self) -> Attempt | None:
        now = self.app.clock()
        with self.app.database.transaction() as session:
            ring = rings.next_due(session, now)
            person = people.with_id(session, ring.person_id) if ring else None
            if ring is None or person is None:
                return None
            ring.due_at = now + LEASE  # the row does not say that it is dialled
            phone = people.phone_of(session, person)
            is_to_caller = ring.purpose == Purpose.CALLED
            return Attempt(ring.id, ring.token, phone, ring.seconds, now, ring.tries, is_to_caller)

    def _record(self, attempt: Attempt, ordered: Ordered) -> None:
        time.sleep(WINDOW_SECONDS)
        now = self.app.clock()
        with self.app.database.transaction() as session:
            ring = rings.with_id(session, attempt.ring)
            if ring and ring.move(RingState.DIALLED, now):
                ring.sid = ordered.sid


class ResetsWithoutToken(Dialler):
    """Resets attempts by state and age alone, even if another dialler is working on them."""

    def _reconcile_all(self) -> None:
        before = self.app.clock() - timedelta(seconds=1)
        with self.app.database.transaction() as session:
            for ring in rings.unresolved(session, before):
                ring.state, ring.token = RingState.PENDING, rings.new_token()


class FailsWhatIsUnclear(Dialler):
    """Treats an unconfirmed attempt as failed for good."""

    def _reconcile(self, ring_id: str, token: str, since: datetime, number: str) -> None:
        now = self.app.clock()
        with self.app.database.transaction() as session:
            ring = rings.with_id(session, ring_id)
            if ring is None or ring.token != token or not ring.move(RingState.FAILED, now):
                return
            owed = callbacks.with_id(session, ring.callback_id or "")
            if owed and owed.state == CallbackState.WAITING:
                owed.state, owed.closed_at = CallbackState.UNREACHED, now


class DeletesBeforeStoring(FetchMessage):
    """Deletes the carrier's copy first: a crash in between loses the message."""

    def run(self, subject: str) -> bool:
        """Fetch, delete at the carrier, and only then store."""
        with self.app.database.reading() as session:
            message = voicemails.with_id(session, subject)
            sid = message.recording_sid if message else None
        audio = self.carrier.fetch(sid) if sid else None
        if sid is None or audio is None:
            return sid is None
        self.carrier.forget(sid)
        time.sleep(SELDOM_SECONDS)
        with self.app.database.transaction() as session:
            message = voicemails.with_id(session, subject)
            if message:
                voicemails.store_sound(session, message, audio, None)
                message.state = MessageState.STORED
        return True


class NeverSweeps(Sweeper):
    """Assumes that every event arrives."""

    def work(self) -> bool:
        """Look at nothing."""
        return False


class ForgetsCallbacks(Planner):
    """Writes promises down and never looks at them again."""

    def work(self, found: Agenda) -> bool:
        """Plan nothing."""
        return False


class SendsThenNotes(Texter):
    """Sends a text and only then records that it did."""

    def _send(self, sending: Sending) -> None:
        with self.app.database.transaction() as session:
            again = {"state": TextState.PENDING, "due_at": self.app.clock() + LEASE}
            outbox.settle_text(session, sending.text, sending.token, **again)
        sid = self.carrier.text(sending.number, sending.body, sending.token)
        time.sleep(SELDOM_SECONDS)
        with self.app.database.transaction() as session:
            session.execute(
                sa.update(outbox.Text)
                .where(outbox.Text.id == sending.text)
                .values(state=TextState.SENT, sid=sid)
            )


class Dry(Database):
    """A database whose transactions never commit."""

    def __init__(self, real: Database) -> None:
        vars(self).update(vars(real))
        self._real = real

    @contextmanager
    def transaction(self, *, even_locked: bool = False) -> Iterator[Session]:
        """Always rolls back."""
        with self._real.transaction(even_locked=even_locked) as session:
            savepoint = session.begin_nested()
            yield session
            savepoint.rollback()


def _speaks_before_commit(sound: Parts) -> View:
    """Answers first and writes afterwards: a crash in between breaks a promise already spoken."""
    dry = Flask("dry")
    webhooks.register(dry, replace(sound, app=replace(sound.app, database=Dry(sound.app.database))))

    def answered(language: str, place: str, turn: int, misses: int) -> str:
        heard = g.fields

        @copy_current_request_context
        def write_down() -> None:
            g.fields = heard
            caller_views.answered(language, place, turn, misses)

        with dry.app_context():
            g.fields = heard
            said = caller_views.answered(language, place, turn, misses)
        threading.Timer(WINDOW_SECONDS, write_down).start()
        return said

    return answered


def _hears_no_news(sound: Parts) -> View:
    """Ignores status callbacks: without them, nothing proves that the ordered call exists."""

    def leg_status(token: str) -> str:
        return webhook_guard.EMPTY

    return leg_status


def _forgets_its_answers(sound: Parts) -> View:
    """Treats a repeated webhook as a second answer."""
    turns = count(1_000)

    def answered(language: str, place: str, turn: int, misses: int) -> str:
        return caller_views.answered(language, place, next(turns), misses)

    return answered


def _everybody_wins(sound: Parts) -> View:
    """Drops the constraint: every responder who presses 1 is connected."""

    def offer_answered(token: str, repeats: int) -> str:
        said = responder_views.offer_answered(token, repeats)
        if request.form.get("Digits") != ACCEPT_KEY:
            return said
        with sound.app.database.transaction() as session:
            ring = rings.with_token(session, token)
            if ring is None or ring.call_id is None or ring.via == Via.DIAL:
                return said
            calls.with_id(session, ring.call_id)
            room = rooms.of_call(session, ring.call_id)
            return sound.speech.leg(EnterRoom((), _as_lead(room.token))) if room else said

    return offer_answered


def _as_lead(room: str) -> Visit:
    """A seat that no row knows."""
    return Visit(
        room=room, seat=rings.new_token(), number=1, is_caller=False, starts=True, ends=True,
        star=True, beeps=False, seconds=600,
    )  # fmt: skip


@dataclass
class Spoiled(Worker):
    """A worker with a bug in one of its duties."""

    bug: str = field(kw_only=True)

    def duties(self) -> dict[str, Duty]:
        """The duties of a correct worker, except for the part with the bug."""
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


def _fetch(part: type[FetchMessage]) -> tuple[str, Callable[[Worker], Duty]]:
    handlers = {**HANDLERS, TaskKind.FETCH: part}
    return (
        "carrier tasks",
        lambda worker: CarrierTasks(worker.app, worker.carrier, handlers).work,
    )


def _sweep(part: type[Sweeper]) -> tuple[str, Callable[[Worker], Duty]]:
    return "sweep", lambda worker: part(worker.app, worker.carrier).work


PARTS: dict[str, tuple[str, Callable[[Worker], Duty]]] = {
    "dial-then-commit": _dial(DialsThenCommits),
    "reset-without-token": _dial(ResetsWithoutToken),
    "failed-not-reconciled": _dial(FailsWhatIsUnclear),
    "deleted-before-stored": _fetch(DeletesBeforeStoring),
    "never-swept": _sweep(NeverSweeps),
    "callbacks-forgotten": _plan(ForgetsCallbacks),
    "text-then-commit": _text(SendsThenNotes),
}
"""The worker duty that each bug replaces, and its replacement."""
VIEWS: dict[str, Callable[[Parts], View]] = {
    "dial-then-commit": _hears_no_news,
    "spoken-before-commit": _speaks_before_commit,
    "answers-not-replayed": _forgets_its_answers,
    "everybody-wins": _everybody_wins,
}
"""The bugs that replace a view: the one with the name of the inner function."""
GIVES_UP = "goodbye-unanswered"
"""A tree that says goodbye where nobody answered; `tree_checks.check` would refuse it."""
WEBHOOKS = (*VIEWS, GIVES_UP)
"""The bugs that change the web side."""
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
"""At least one of these names must be found when the bug is planted."""
UNCLEAR: dict[str, float] = {"failed-not-reconciled": 0.3}
"""Bugs that need more requests without an answer than there are by chance in a short siege."""
RESPONDERS: dict[str, int] = {GIVES_UP: 5}
"""Bugs that need callers whom nobody answers, who are few in a short siege."""


def worker_with(
    bug: str, settings: Settings, app: AppContext, http: httpx.Client, name: str
) -> Worker:
    """The worker, or one with a bug."""
    return spoiled(wiring.worker(settings, app, http, name), bug)


def spoiled(sound: Worker, bug: str) -> Worker:
    """The same worker with the bug, if the bug belongs to a worker."""
    if bug not in PARTS:
        return sound
    parts = (sound.app, sound.carrier, sound.name, sound.if_broken)
    return Spoiled(*parts, bug=bug)


def plant(bug: str, flask_app: Flask, sound: Parts) -> None:
    """Register the webhooks in an app, with the bug."""
    if bug == GIVES_UP:
        webhooks.register(flask_app, replace(sound, app=_that_gives_up(sound.app)))
        return
    webhooks.register(flask_app, sound)
    broken = VIEWS[bug](sound)
    name = broken.__name__
    whole = webhook_guard.guarded(broken, webhook_guard.hears_failure[name])
    flask_app.view_functions[f"{webhook_guard.blueprint.name}.{name}"] = whole


def _that_gives_up(app: AppContext) -> AppContext:
    tree = app.script.tree
    places = {
        name: replace(place, if_unanswered="goodbye") if isinstance(place, Connect) else place
        for name, place in tree.places.items()
    }
    broken = LivePrompts(app.shipped_prompts, replace(tree, places=places), app.folder)
    return replace(app, live_prompts=broken)
