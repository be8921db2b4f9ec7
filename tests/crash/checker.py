"""Compares what the carrier did, what people heard and what the database says.

Pure: it never reads a counter of the hotline. Every fault names its call, leg or row.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.crash import history
from tests.crash.carriers_client import Wait
from tests.crash.history import Did

HEARD_AND_WRITTEN = timedelta(seconds=30)
"""A callback may be closed this long before its caller hears the last word of the promise."""
SHORTEST_MESSAGE_SECONDS = 1.0
HAS_WORDS = frozenset({"stored", "heard"})
"""States of a message with a voice in it; stored silence does not count."""
LONGEST_SILENCE_SECONDS = 8.0
"""Callers who hear nothing for longer believe that the line is dead."""
OPEN = frozenset({"open", "calling", "unreached"})
"""States of a callback that people still see as work."""


@dataclass(frozen=True)
class Leg:
    """One call as the carrier made it."""

    sid: str
    number: str
    direction: str
    parent: str
    created_at: datetime
    token: str = ""
    """The token of the attempt under which the hotline ordered the call over REST."""
    ended_at: datetime | None = None
    ended_by: str = ""
    talks: tuple[tuple[datetime, datetime | None, str], ...] = ()
    """The start and end of each talk, and the other phone."""
    was_given: tuple[tuple[datetime, str], ...] = ()
    """When it was first told to enter a room as the responder of its caller, and which room."""


Span = tuple[datetime, datetime | None, Leg]


@dataclass(frozen=True)
class Recorded:
    """A recording as the carrier made it."""

    sid: str
    call: str
    spoken_seconds: float
    digest: str
    deleted: bool


@dataclass(frozen=True)
class CallRow:
    """A call as its row describes it."""

    id: str
    sid: str
    state: str
    outcome: str | None
    promised: bool


@dataclass(frozen=True)
class CallbackRow:
    """A promised callback as its row describes it."""

    id: str
    call_id: str
    number: str
    state: str
    promised_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class MessageRow:
    """A message as its row describes it; the digest is of the stored sound."""

    id: str
    call_id: str
    recording_sid: str | None
    state: str
    digest: str | None
    silence: str | None = None
    """The digest of a whole recording that was found silent and therefore not stored."""


@dataclass(frozen=True)
class RingRow:
    """An attempt as its row describes it."""

    id: str
    token: str
    sid: str | None
    state: str
    calls_back: str | None
    """The callback for which the phone of its caller is rung."""
    pursues: bool = False
    """It rings somebody for an open item, which goes on until a person owns the item."""


@dataclass(frozen=True)
class Silence:
    """A time in which a caller heard nothing."""

    leg: str
    at: datetime
    seconds: float


@dataclass(frozen=True)
class Evidence:
    """All the evidence for the verdict."""

    legs: Sequence[Leg] = ()
    webhooks: Mapping[str, Sequence[Wait]] = field(default_factory=dict)
    """The SID of a leg -> when each of its webhooks was due, and when it was answered."""
    recordings: Sequence[Recorded] = ()
    deeds: Sequence[Did] = ()
    calls: Sequence[CallRow] = ()
    callbacks: Sequence[CallbackRow] = ()
    messages: Sequence[MessageRow] = ()
    rings: Sequence[RingRow] = ()
    texts_sent: Sequence[str] = ()
    """The phone number of each text that the carrier accepted."""
    texts_owed: Sequence[str] = ()
    """The phone number of each text in the database."""
    answers: Sequence[tuple[str, str]] = ()
    """Question (call and URL) and answer of every webhook that must always get the same answer."""
    moments: int = 0
    """How many failed webhooks asked a caller to wait for a moment."""
    apologies: int = 0
    """How many failed for good: the caller was connected past the line or recorded."""
    silences: Sequence[Silence] = ()
    patience: float = 1.0
    """Multiplies what a caller may wait in silence, for a busy machine."""
    somebody_was_free: bool = True
    """Whether responders were free long enough at the end to dial every promised callback."""


@dataclass
class Findings:
    """What is wrong, under the names of the table."""

    lost_callers: list[str] = field(default_factory=list)
    lost_messages: list[str] = field(default_factory=list)
    lost_callbacks: list[str] = field(default_factory=list)
    double_rings: list[str] = field(default_factory=list)
    double_callbacks: list[str] = field(default_factory=list)
    double_texts: list[str] = field(default_factory=list)
    no_end: list[str] = field(default_factory=list)
    two_conversations: list[str] = field(default_factory=list)
    answers_that_differ: list[str] = field(default_factory=list)
    long_silences: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Each name, with the number of findings."""
        return {name.replace("_", " "): len(found) for name, found in vars(self).items()}

    @property
    def is_clean(self) -> bool:
        """Whether there are no findings."""
        return not any(vars(self).values())


def check(evidence: Evidence) -> Findings:
    """All the faults."""
    return Findings(
        lost_callers=list(_lost_callers(evidence)),
        lost_messages=list(_lost_messages(evidence)),
        lost_callbacks=list(_lost_callbacks(evidence)),
        double_rings=list(_double_rings(evidence)),
        double_callbacks=list(_double_callbacks(evidence)),
        double_texts=list(_double_texts(evidence)),
        no_end=list(_no_end(evidence)),
        two_conversations=list(_two_conversations(evidence)),
        answers_that_differ=list(_answers_that_differ(evidence)),
        long_silences=list(_long_silences(evidence)),
    )


def _lost_callers(evidence: Evidence) -> Iterator[str]:
    """Callers who stayed on the line and got no person, callback or message."""
    rows = {row.sid: row for row in evidence.calls}
    promised = {row.call_id for row in evidence.callbacks}
    stored = {row.call_id for row in evidence.messages if row.digest and row.state in HAS_WORDS}
    got: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for did in evidence.deeds:
        got[did.leg].add((did.what, did.how))
    helped = {
        (history.PERSON, history.OK),
        (history.INFORMATION, history.OK),
        (history.LEAVE, history.OK),
    }
    for leg in _calls_in(evidence):
        row = rows.get(leg.sid)
        written = row and (row.promised or row.id in promised or row.id in stored)
        if not (got[leg.sid] & helped or written):
            yield f"{leg.sid} ended by {leg.ended_by or 'nothing'}"


def _calls_in(evidence: Evidence) -> Iterator[Leg]:
    return (leg for leg in evidence.legs if leg.direction == "inbound")


def _lost_messages(evidence: Evidence) -> Iterator[str]:
    """Speech that is not stored whole, and recordings that were deleted before they were stored.

    A recording of silence need not be stored, but it must have been here whole and found silent.
    """
    rows = {row.recording_sid: row for row in evidence.messages if row.recording_sid}
    for recorded in evidence.recordings:
        row = rows.get(recorded.sid)
        ours = row is not None and row.digest == recorded.digest
        if recorded.spoken_seconds >= SHORTEST_MESSAGE_SECONDS and not ours:
            yield f"{recorded.sid} of {recorded.call} is not stored as it was recorded"
        elif recorded.deleted and not ours and not (row and row.silence == recorded.digest):
            yield f"{recorded.sid} of {recorded.call} was deleted at the carrier and is not here"
    yield from _saved_and_not_said(evidence)


def _saved_and_not_said(evidence: Evidence) -> Iterator[str]:
    """Callers who heard that their message is saved, but nothing was recorded, or only silence.

    A silent last part is saved with those before it.
    """
    known = {recorded.sid for recorded in evidence.recordings}
    spoke = {recorded.call for recorded in evidence.recordings if recorded.spoken_seconds > 0}
    for did in evidence.deeds:
        if did.what != history.MESSAGE or did.how != history.OK:
            continue
        if did.detail not in known:
            yield f"{did.leg} heard that a message is saved that was never recorded"
        elif did.leg not in spoke:
            yield f"{did.leg} kept silent and heard that a message is saved"


def _lost_callbacks(evidence: Evidence) -> Iterator[str]:
    """Promises that were heard but not written down, or neither kept nor open.

    A phone that rang and was not answered keeps no promise.
    """
    by_number: dict[str, list[CallbackRow]] = defaultdict(list)
    for row in evidence.callbacks:
        by_number[row.number].append(row)
    for did in evidence.deeds:
        if did.what != history.CALLBACK or did.how != history.OK:
            continue
        if not any(_covers(row, did.at) for row in by_number.get(did.number, ())):
            yield f"{did.leg} heard a promise that is not written down"
    dialled = {leg.number for leg in _legs_that_call_back(evidence)}
    talked = _numbers_talked_to(evidence)
    for number, rows in by_number.items():
        if evidence.somebody_was_free and number not in dialled:
            yield f"{rows[0].id} was never dialled"
        elif number not in talked:
            closed = [row for row in rows if row.state not in OPEN]
            yield from (f"{row.id} is {row.state}, and nobody talked" for row in closed)


def open_callbacks(evidence: Evidence) -> int:
    """How many callbacks are still open, dialled or not."""
    talked = _numbers_talked_to(evidence)
    return sum(row.state in OPEN and row.number not in talked for row in evidence.callbacks)


def _numbers_talked_to(evidence: Evidence) -> frozenset[str]:
    """The numbers at which somebody who was called back talked."""
    return frozenset(leg.number for leg in _legs_that_call_back(evidence) if leg.talks)


def _legs_that_call_back(evidence: Evidence) -> list[Leg]:
    """The legs to the phones of callers who were promised a callback."""
    calling_back = {row.token for row in evidence.rings if row.calls_back}
    return [leg for leg in evidence.legs if leg.token in calling_back]


def _covers(row: CallbackRow, heard_at: datetime) -> bool:
    began = row.promised_at <= heard_at
    return began and (row.closed_at is None or row.closed_at >= heard_at - HEARD_AND_WRITTEN)


def _double_rings(evidence: Evidence) -> Iterator[str]:
    """A phone that rang twice for one attempt, or for an attempt given up as never made."""
    known = {row.token for row in evidence.rings}
    seen: set[str] = set()
    for leg in evidence.legs:
        if leg.direction != "outbound-api":
            continue
        if leg.token in seen:
            yield f"{leg.sid} was ordered twice under one token"
        elif leg.token not in known:
            yield f"{leg.sid} was ordered under a token that no ring bears any more"
        seen.add(leg.token)


def _double_callbacks(evidence: Evidence) -> Iterator[str]:
    """A caller's phone that rang during another attempt of the same callback."""
    of_token = {row.token: row for row in evidence.rings}
    made: dict[str, list[Leg]] = defaultdict(list)
    for leg in evidence.legs:
        row = of_token.get(leg.token)
        if row and row.calls_back:
            made[row.calls_back].append(leg)
    for owed, legs in made.items():
        for first, second in _overlapping([(leg.created_at, leg.ended_at, leg) for leg in legs]):
            yield f"{second.sid} rang for {owed} while {first.sid} did"


def _overlapping(spans: Iterable[Span]) -> Iterator[tuple[Leg, Leg]]:
    """Pairs of which the second began before the first ended."""
    ordered = sorted(spans, key=lambda span: span[0])
    for at, (_, end, first) in enumerate(ordered):
        for start, _, second in ordered[at + 1 :]:
            if end is None or start < end:
                yield first, second


def _double_texts(evidence: Evidence) -> Iterator[str]:
    """More texts to a phone than the rows ask for."""
    owed = Counter(evidence.texts_owed)
    for number, sent in Counter(evidence.texts_sent).items():
        yield from [f"one text too many to {number}"] * max(0, sent - owed[number])


def _no_end(evidence: Evidence) -> Iterator[str]:
    """Calls that are over, or should be, without an outcome in the database."""
    rows = {row.sid: row for row in evidence.calls}
    for leg in _calls_in(evidence):
        row = rows.get(leg.sid)
        if leg.ended_at is None:
            yield f"{leg.sid} is still on the line"
        elif row is None:
            yield f"{leg.sid} was never written down"
        elif row.state != "ended" or row.outcome is None:
            yield f"{leg.sid} is {row.state} with outcome {row.outcome}"
    pursuing = {ring.sid for ring in evidence.rings if ring.pursues}
    for leg in evidence.legs:
        if leg.direction != "inbound" and leg.ended_at is None and leg.sid not in pursuing:
            yield f"{leg.sid} to a phone is still in the air"


def _two_conversations(evidence: Evidence) -> Iterator[str]:
    """Two responders who had the same caller at the same time."""
    told: dict[str, list[Span]] = defaultdict(list)
    for leg in evidence.legs:
        for at, call in leg.was_given:
            told[call].append((at, _over(leg, at), leg))
    for call, spans in told.items():
        for first, second in _overlapping(spans):
            yield f"{first.sid} and {second.sid} were both given {call}"


def _over(leg: Leg, since: datetime) -> datetime | None:
    """When a responder's leg stopped being the caller's: the talk ended, or the leg did."""
    ends = [end for start, end, _ in leg.talks if end and start >= since]
    return min(ends) if ends else leg.ended_at


def _answers_that_differ(evidence: Evidence) -> Iterator[str]:
    """The same question of the same call with two different answers."""
    first: dict[str, str] = {}
    for question, answer in evidence.answers:
        if first.setdefault(question, answer) != answer:
            yield question


def _long_silences(evidence: Evidence) -> Iterator[str]:
    """Callers who heard nothing for too long."""
    for each in evidence.silences:
        if each.seconds > LONGEST_SILENCE_SECONDS * evidence.patience:
            yield f"{each.leg} heard nothing for {each.seconds:.1f} s at {each.at:%H:%M:%S}"
