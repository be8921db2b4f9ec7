"""Who would be rung at an instant, in which order, and why: the answer of `hotline who`."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from routing.dispatch.policies import Caller, Invitation, rounds
from routing.dispatch.third_voices import Crew, RequestKind, Wanted, fit
from routing.duty.duty import Duty, on_duty
from routing.person import Responder, reachable


@dataclass(frozen=True)
class Called:
    """A person who would be rung, with the round and the step of the policy."""

    person: Responder
    round: int
    invitation: Invitation


@dataclass(frozen=True)
class Answer:
    """Everyone on duty at an instant, and those who would be rung, in order."""

    at: datetime
    present: tuple[Responder, ...]
    called: tuple[Called, ...]
    interpreters: tuple[Responder, ...] = ()
    """Those who are asked to join, in order, because the best match lacks the language."""

    @property
    def lacks_interpreter(self) -> bool:
        """Whether the best match does not speak the language, so that an interpreter is asked."""
        return _lacks_one(self.called)

    @property
    def passed_over(self) -> tuple[Responder, ...]:
        """People on duty who would not be rung."""
        rung = {call.person.id for call in self.called}
        return tuple(person for person in self.present if person.id not in rung)


def would_ring(
    duty: Duty,
    people: Iterable[Responder],
    at: datetime,
    caller: Caller,
    *,
    busy: Collection[str] = (),
    dead: Collection[str] = (),
) -> Answer:
    """Compute the answer from the rules; `busy` and `dead` are ids of people not available."""
    on, everybody = on_duty(duty, at), list(people)
    present = {person.id: person for person in everybody if person.id in on}
    free = reachable(present.values(), on_duty=on, engaged=busy, resting=(), tried=(), dead=dead)
    called = [
        Called(present[invitation.person], number, invitation)
        for number, together in enumerate(rounds(caller, free), 1)
        for invitation in together
    ]
    joining = _interpreters(caller, Crew(everybody, on, busy)) if _lacks_one(called) else ()
    return Answer(at, tuple(present.values()), tuple(called), joining)


def _lacks_one(called: Sequence[Called]) -> bool:
    return bool(called) and called[0].invitation.interpreter


def _interpreters(caller: Caller, crew: Crew) -> tuple[Responder, ...]:
    wanted = Wanted(RequestKind.INTERPRETER, caller.language, caller.need)
    return tuple(person for person in fit(wanted, crew) if person.id not in crew.engaged)
