"""What the API takes and gives: no caller's number, no caller's words, no pseudonym."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StrictInt

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]")


def _must_be_written_out(given: object) -> object:
    """Not as seconds since 1970, which the document does not offer."""
    if not (isinstance(given, str) and _DAY.match(given)):
        raise ValueError("write an instant such as 2026-12-08T20:00:00-05:00")
    return given


Instant = Annotated[AwareDatetime, BeforeValidator(_must_be_written_out)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.~-]{1,128}$")]


class Resource(BaseModel):
    """Nothing but its fields, in both directions."""

    model_config = ConfigDict(extra="forbid")


class ProblemDetail(Resource):
    """Where a request does not fit."""

    where: str
    what: str


class ProblemDetails(Resource):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemDetail] = []


class Me(Resource):
    """Who the token acts for, and what it may be used for."""

    name: str
    role: str
    person: str | None = Field(description="Their id on the roster, if they take calls.")
    scopes: list[str]
    ends_at: datetime | None = Field(description="When the token ends; null for a session.")


class Person(Resource):
    """Somebody of the roster."""

    id: str
    name: str
    languages: list[str] = Field(description="Codes of ISO 639.")


class Duty(Resource):
    """Who is on duty at an instant."""

    at: datetime
    people: list[Person] | None = Field(
        description="In no order; null unless the owner of the token may see everybody's shifts."
    )
    languages: dict[str, int] = Field(description="How many people on duty speak each language.")
    me: bool | None = Field(description="Whether the owner is on duty; null if not on the roster.")


class DutyChange(Resource):
    """For how long somebody goes on or off duty."""

    hours: StrictInt | None = Field(
        default=None, ge=1, le=24, description="Without it as on the duty line: 6 on, 12 off."
    )


class OwnDuty(Resource):
    """How the owner of the token stands now."""

    is_on: bool
    until: datetime


class Stretch(Resource):
    """A stretch of time; shifts are known from eight days ago until in six weeks."""

    since: Instant | None = None
    until: Instant | None = None


class Shift(Resource):
    """One shift, as the rules have it now."""

    person: Person
    start: datetime
    end: datetime


class Shifts(Resource):
    """Shifts, by their start."""

    shifts: list[Shift]


class NewOverride(Resource):
    """Somebody is on or off duty once, whatever the rules say."""

    kind: Literal["on", "off"]
    person: Id
    start: Instant = Field(description="To the minute; seconds are dropped.")
    end: Instant


class Override(Resource):
    """An override that was written."""

    begins_at: datetime


class ItemAt(Resource):
    """The address of an open item."""

    item_id: Id


class Item(Resource):
    """A caller who still needs a person, without anything about who they are."""

    id: str
    number: int | None = Field(description="What people say and text: TAKE 12.")
    kind: str
    need: str
    language: str
    opened_at: datetime
    due_at: datetime | None
    level: int = Field(description="Who is asked now, 0 being those on duty.")
    owner: str | None
    is_late: bool
    is_mine: bool
    may_take: bool


class Items(Resource):
    """Open items, the most urgent first."""

    items: list[Item]


class TotalsQuery(Resource):
    """Whole days until yesterday."""

    days: Literal["7", "28", "90"] = "28"


class Figures(Resource):
    """How callers who asked for a person fared; null where few callers could be recognised."""

    key: str
    asked: int | None
    answered: int | None
    deferred: int | None = Field(description="A callback or a message.")
    left: int | None
    median_wait_seconds: float | None
    p90_wait_seconds: float | None


class Totals(Resource):
    """The figures of a report; small counts are hidden as in the console."""

    first: date
    last: date
    whole: Figures
    by_language: list[Figures]
    by_need: list[Figures]
