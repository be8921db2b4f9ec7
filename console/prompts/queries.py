"""What callers hear, as the console shows it: each prompt with its wordings and recordings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from console.base.current_user import Visitor
from console.base.permissions import Power, Right
from ivr.core import prompt_recordings
from ivr.core.context import AppContext
from ivr.core.live_prompts import as_change, marked
from ivr.dialogue import tree_checks
from models.core.database import Session
from models.people import people
from models.prompts import prompt_versions
from models.prompts.prompt_versions import SHIPPED, Version
from models.staff import users
from prompts import Prompts, Proposal, recordings, seconds_aloud
from prompts.language import ENGLISH
from prompts.text_changes import changed


@dataclass(frozen=True)
class Take:
    """One recording that a wording needs, or may have."""

    name: str
    words: str
    file: str | None
    """Where it is played from, if it was recorded."""
    is_synthetic: bool = False
    """Whether a synthesiser made it, and no person has recorded it yet."""


@dataclass(frozen=True)
class Law:
    """Where a text that states law comes from, and who stands for it until when."""

    origin: str
    approved_by: str | None
    approved_at: datetime | None
    review_by: date | None
    is_overdue: bool


@dataclass(frozen=True)
class Wording:
    """One version of a prompt in a language."""

    number: int
    template: str
    heard: str
    """The words with their keys in them, as a caller hears them."""
    status: str
    written_by: str | None
    written_at: datetime | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    went_live_at: datetime | None
    is_live: bool
    takes: tuple[Take, ...]
    seconds: int
    """About how long it takes to say."""
    law: Law | None = None
    """None unless it states law."""

    @property
    def lacking(self) -> tuple[Take, ...]:
        """What nobody recorded."""
        return tuple(take for take in self.takes if take.file is None)

    @property
    def is_recorded(self) -> bool:
        """Whether callers hear recordings of it, and no voice of the carrier."""
        return bool(self.takes) and not self.lacking


@dataclass(frozen=True)
class Prompt:
    """One prompt in one language, with everything it ever was since it was shipped."""

    name: str
    language: str
    wordings: tuple[Wording, ...]
    """The newest first; the last is the shipped one."""
    english: str
    proposal: Proposal | None = None
    """Shipped words that wait for a lawyer or a speaker, until other words are live."""

    @property
    def live(self) -> Wording:
        """What callers hear."""
        return next(each for each in self.wordings if each.is_live)

    @property
    def newest(self) -> Wording:
        """What was written last."""
        return self.wordings[0]

    @property
    def waiting(self) -> Wording | None:
        """A newest wording that nobody has heard yet."""
        newest = self.newest
        return None if newest.is_live or newest.went_live_at else newest

    @property
    def previous(self) -> Wording | None:
        """What callers heard before what they hear now."""
        heard = [each for each in self.wordings if each.went_live_at and not each.is_live]
        latest = max(heard, key=lambda each: each.went_live_at or datetime.min, default=None)
        shipped = self.wordings[-1]
        return latest or (None if shipped.is_live else shipped)


@dataclass(frozen=True)
class LanguageState:
    """A language of the menu: whether it is offered, and what it lacks."""

    code: str
    name: str
    key: str
    page: int
    is_recorded: bool
    is_offered: bool
    is_default: bool
    speakers: int
    drafts: int
    texts: int
    proposals: int
    """Better words that wait for a lawyer or a speaker."""
    synthetic: int
    """Recordings by a synthesiser, which want a person's voice."""
    gaps: tuple[str, ...]
    """What is not recorded, in words."""


@dataclass(frozen=True)
class Line:
    """A prompt at a glance: what is heard, whether it was reviewed, whether something waits."""

    heard: str
    status: str
    is_changed: bool
    waits: bool
    """A newer version has not gone live."""


def at_a_glance(app: AppContext, session: Session, language: str) -> dict[str, Line]:
    """Every prompt of a language, by name."""
    prompts = marked(app.shipped_prompts, session)
    live = {
        version.name for version in prompt_versions.live(session) if version.language == language
    }
    waiting = {
        each.name for each in prompt_versions.unfinished(session) if each.language == language
    }
    values = {name: dict(values) for name, values in reversed(all_spoken(app, language))}
    return {
        name: Line(
            prompts.sentence(language, name, prompt_recordings.PLACES_FOR_FACTS | keys),
            prompts.status(language, name),
            name in live,
            name in waiting,
        )
        for name, keys in values.items()
    }


def all_spoken(app: AppContext, language: str) -> list[tuple[str, Mapping[str, str]]]:
    """Every prompt that a caller of this language can hear, with the keys it names."""
    return prompt_recordings.spoken(app.shipped_prompts, app.script.tree, language)


def names(app: AppContext) -> set[str]:
    """The prompts that there are."""
    return {name for name, _ in all_spoken(app, ENGLISH)}


def prompt(app: AppContext, session: Session, language: str, name: str) -> Prompt:
    """A prompt in a language with all its wordings."""
    versions = prompt_versions.of(session, language, name)
    called = user_names(session)
    found = [_wording(app, version, called) for version in versions]
    shipped = _shipped(app, session, language, name, called)
    if not any(each.live for each in versions):
        shipped = replace(shipped, is_live=True)
    english = heard_in(marked(app.shipped_prompts, session), app, ENGLISH, name)
    proposal = app.shipped_prompts.proposal(language, name) if shipped.is_live else None
    return Prompt(name, language, (*found, shipped), english, proposal)


def heard_in(prompts: Prompts, app: AppContext, language: str, name: str) -> str:
    """The words with their first key in them."""
    values = next(values for each, values in all_spoken(app, language) if each == name)
    return prompts.sentence(language, name, prompt_recordings.PLACES_FOR_FACTS | dict(values))


def languages(app: AppContext, session: Session) -> list[LanguageState]:
    """Every language in the order of the menu."""
    prompts = marked(app.shipped_prompts, session)
    lacking = recordings.missing(prompts, tree_checks.spoken(app.script.tree))
    closed, roster = prompt_versions.closed(session), people.active(session)
    by_machine = recordings.synthetic(prompts.recordings)
    needed = recordings.needed(prompts, tree_checks.spoken(app.script.tree))
    return [
        LanguageState(
            code=code,
            name=language.name,
            key=language.key,
            page=language.page,
            is_recorded=language.recorded,
            is_offered=code not in closed,
            is_default=code == app.script.tree.default_language,
            speakers=sum(code in person.languages for person in roster),
            drafts=sum(prompts.status(code, name) == "draft" for name in names(app)),
            texts=len(names(app)),
            proposals=sum(
                app.shipped_prompts.proposal(code, name) is not None
                and prompts.text(code, name) == app.shipped_prompts.text(code, name)
                for name in names(app)
            ),
            synthetic=sum(take.language == code and take.file in by_machine for take in needed),
            gaps=tuple(take.words for take in lacking if take.language == code),
        )
        for code, language in prompts.languages.items()
    ]


def may_change(session: Session, visitor: Visitor, language: str) -> bool:
    """Whether they may write, record and review in this language."""
    match visitor.right_to(Power.PROMPTS):
        case Right.YES:
            return True
        case Right.OWN:
            return speaks(session, visitor, language)
        case _:
            return False


def speaks(session: Session, visitor: Visitor, language: str) -> bool:
    """Whether the roster says that they speak it."""
    person = people.with_id(session, visitor.person_id) if visitor.person_id else None
    return person is not None and language in person.languages


def user_names(session: Session) -> dict[str, str]:
    """Who is who among the users."""
    return {user.id: users.name_of(session, user) for user in users.all_of_them(session)}


def takes_of(app: AppContext, prompts: Prompts, language: str, name: str) -> Iterator[Take]:
    """The takes of a text, and where those that were recorded are played from."""
    shipped = recordings.words_recorded(prompts.recordings)
    by_machine = recordings.synthetic(prompts.recordings)
    for play in prompt_recordings.of(prompts, app.script.tree, language, name):
        file = prompts.own_takes.get(play.file)
        if file is None and shipped.get(play.file) == play.transcript:
            file = play.file
        yield Take(play.file, play.transcript, file, file in by_machine)


def _wording(app: AppContext, version: Version, called: Mapping[str, str]) -> Wording:
    prompts = changed(app.shipped_prompts, [as_change(version)])
    return Wording(
        number=version.number,
        template=version.text,
        heard=heard_in(prompts, app, version.language, version.name),
        status=version.status,
        written_by=called.get(version.written_by),
        written_at=version.written_at,
        reviewed_by=called.get(version.reviewed_by or ""),
        reviewed_at=version.reviewed_at,
        went_live_at=version.went_live_at,
        is_live=version.live,
        takes=tuple(takes_of(app, prompts, version.language, version.name)),
        seconds=round(seconds_aloud(version.language, version.text)),
        law=_law(app, version.language, version.name, version, called),
    )


def _shipped(
    app: AppContext, session: Session, language: str, name: str, called: Mapping[str, str]
) -> Wording:
    template = app.shipped_prompts.text(language, name)
    marks = prompt_versions.marks_of_shipped(session, language, name, template)
    review = marks if marks and marks.reviewed_at else None
    return Wording(
        number=SHIPPED,
        template=template,
        heard=heard_in(app.shipped_prompts, app, language, name),
        status=review.status if review else app.shipped_prompts.status(language, name),
        written_by=None,
        written_at=None,
        reviewed_by=called.get(review.reviewed_by or "") if review else None,
        reviewed_at=review.reviewed_at if review else None,
        went_live_at=None,
        is_live=False,
        takes=tuple(takes_of(app, app.shipped_prompts, language, name)),
        seconds=round(seconds_aloud(language, template)),
        law=_law(app, language, name, marks, called),
    )


def _law(
    app: AppContext, language: str, name: str, version: Version | None, called: Mapping[str, str]
) -> Law | None:
    """What stands behind a version; without an approval, what the release says of its own text."""
    shipped = app.shipped_prompts.source(language, name)
    if shipped is None:
        return None
    if version is None or version.review_by is None:
        speaks = version is None or version.number == SHIPPED or version.live
        day = shipped.review_by if speaks else None
        return Law(shipped.origin, None, None, day, _is_over(app, day))
    by = called.get(version.approved_by or "")
    origin, day = version.source or "", version.review_by
    return Law(origin, by, version.approved_at, day, _is_over(app, day))


def _is_over(app: AppContext, day: date | None) -> bool:
    return day is not None and day < app.clock().date()


def in_every_language(app: AppContext, session: Session, name: str) -> Iterable[Prompt]:
    """A prompt in each language, in the order of the menu."""
    return [prompt(app, session, code, name) for code in app.shipped_prompts.languages]
