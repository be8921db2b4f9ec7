"""How a leg waits: its script yields what it waits for, and a routine resumes it.

A script is a generator. It yields a `Wait` or a `Fetch`, is resumed with what came, and may be
interrupted at any yield by what ends or moves a call.
"""

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar, assert_never

from simulator.base.event_queue import Entry, EventQueue
from simulator.delivery.courier import Answer, Webhook


@dataclass(frozen=True)
class Wait:
    """Wait for some seconds (None: without end), a key, or a nudge."""

    seconds: float | None = None
    keys: bool = False
    nudges: bool = False


@dataclass(frozen=True)
class Fetch:
    """Wait for the answer to a webhook."""

    webhook: Webhook


@dataclass(frozen=True)
class Key:
    """A key that was pressed while the script waited for keys."""

    digit: str


@dataclass(frozen=True)
class Nudge:
    """Something changed that the script may wait for."""


Effect = Wait | Fetch
Reply = Key | Nudge | Answer | None
T = TypeVar("T")
Script = Generator[Effect, Reply, T]


class Interrupt(Exception):
    """Takes a leg out of what it is doing."""

    @property
    def is_wanted(self) -> bool:
        """Whether it still applies when it is delivered."""
        return True


@dataclass
class Gone(Interrupt):
    """The leg has ended, with this final status."""

    status: str


def wait(
    seconds: float | None = None, *, keys: bool = False, nudges: bool = False
) -> Script[Key | Nudge | None]:
    """Wait; the key or nudge that came, or None if the time is up."""
    reply = yield Wait(seconds, keys, nudges)
    assert not isinstance(reply, Answer)  # noqa: S101 - a wait is never resumed with an answer
    return reply


def fetch(webhook: Webhook) -> Script[Answer]:
    """Deliver a webhook and wait for its answer."""
    reply = yield Fetch(webhook)
    assert isinstance(reply, Answer)  # noqa: S101 - a fetch is only resumed with an answer
    return reply


Send = Callable[[Webhook, Callable[[Answer], None]], None]


@dataclass
class Routine:
    """A running script: knows what it waits for, and resumes it when that comes."""

    script: Script[None]
    event_queue: EventQueue
    send: Send
    on_lost_key: Callable[[str], None]
    _waiting: Effect | None = None
    _timer: Entry | None = None
    _ticket: int = 0
    _keys: deque[str] = field(default_factory=deque)
    _done: bool = False

    def start(self) -> None:
        """Begin at this instant, but in a later step than the caller's."""
        self.event_queue.soon(partial(self._resume, None))

    def press(self, digit: str) -> None:
        """Press a key: kept while a document is fetched, lost if the script waits for no keys."""
        self._keys.append(digit)
        self.event_queue.soon(self._offer_keys)

    def nudge(self) -> None:
        """Wake the script, if it waits for nudges."""
        self.event_queue.soon(self._offer_nudge)

    def interrupt(self, interrupt: Interrupt) -> None:
        """Interrupt the script at its next step."""
        self.event_queue.soon(partial(self._resume, None, interrupt))

    def _offer_keys(self) -> None:
        while self._keys and isinstance(self._waiting, Wait):
            digit = self._keys.popleft()
            if self._waiting.keys:
                self._resume(Key(digit))
            else:
                self.on_lost_key(digit)

    def _offer_nudge(self) -> None:
        if isinstance(self._waiting, Wait) and self._waiting.nudges:
            self._resume(Nudge())

    def _resume(self, reply: Reply, interrupt: Interrupt | None = None) -> None:
        if self._done or (interrupt and not interrupt.is_wanted):
            return
        self._forget_waiting()
        try:
            effect = self.script.throw(interrupt) if interrupt else self.script.send(reply)
        except StopIteration:
            self._done = True
            return
        self._await(effect)

    def _forget_waiting(self) -> None:
        self._ticket += 1
        self._waiting = None
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _await(self, effect: Effect) -> None:
        self._waiting = effect
        match effect:
            case Wait(seconds=seconds):
                if seconds is not None:
                    self._timer = self.event_queue.after(
                        max(0.0, seconds), partial(self._resume, None)
                    )
                if self._keys:
                    self.event_queue.soon(self._offer_keys)
            case Fetch(webhook=webhook):
                self.send(webhook, partial(self._answered, self._ticket))
            case _:
                assert_never(effect)

    def _answered(self, ticket: int, answer: Answer) -> None:
        if ticket == self._ticket:  # else it was interrupted and waits for something else
            self._resume(answer)
