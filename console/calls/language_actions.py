"""What staff note about a caller's languages: what they speak, and a second one."""

from __future__ import annotations

from dataclasses import dataclass

from console.base.current_user import Visitor
from console.base.i18n import later, say
from console.base.outcomes import NotTheirs
from console.calls import queries, wrap_up_actions
from ivr.core.context import AppContext
from models.calls import calls, spoken_names
from models.operations import day_totals, interpreting
from models.staff import audit
from models.staff.audit import Deed
from prompts import language_codes
from prompts.language_codes import OTHER

_NO_SUCH_LANGUAGE = later(
    "No language is called '%(word)s'. Write its English name, or its code of ISO 639."
)


@dataclass(frozen=True)
class Typed:
    """The two fields, as they are shown and as they were typed."""

    spoken: str
    second: str

    @classmethod
    def of(cls, spoken: str | None, second: str | None) -> Typed:
        """The fields for what is stored."""
        return cls(_in_words(spoken), _in_words(second))


def _in_words(code: str | None) -> str:
    return (language_codes.name(code, "en") or "") if code else ""


def save(app: AppContext, visitor: Visitor, call_id: str, typed: Typed) -> dict[str, str]:
    """Note both languages; if a field is wrong, save nothing and return a sentence for each.

    An empty field means what is known without it: the language that the caller hears, or
    "another language" if they chose that. Raises NotTheirs.
    """
    codes = {"spoken": typed.spoken, "second": typed.second}
    read = {name: language_codes.code_of(words) for name, words in codes.items()}
    wrong = {
        name: say(_NO_SUCH_LANGUAGE, word=words)
        for name, words in codes.items()
        if words and read[name] is None
    }
    if wrong:
        return wrong
    now = app.clock()
    with app.database.transaction() as session:
        call = wrap_up_actions.held(session, visitor, call_id)
        named = spoken_names.of_call(session, call.id) is not None
        with day_totals.recounted(session, call, app.timezone, now):
            unknown = OTHER if named else None
            interpreting.set_language(session, call, read["spoken"] or unknown)
            call.second_language = read["second"]
        noted = {"language": call.spoken, "second": call.second_language}
        calls.note(session, call.id, now, calls.LANGUAGE_SET, user=visitor.user_id, **noted)
        audit.write(session, visitor.user_id, Deed("language set", f"call {call.id}"), now)
    return {}


def has_sound(app: AppContext, call_id: str) -> bool:
    """Whether the name of the language is kept in the caller's voice."""
    with app.database.reading() as session:
        return spoken_names.to_play(session, call_id) is not None


def sound(app: AppContext, visitor: Visitor, call_id: str) -> bytes:
    """The name of the language in the caller's voice. Raises NotTheirs."""
    with app.database.reading() as session:
        call = calls.look(session, call_id)
        if call is None or not queries.is_theirs(session, visitor, call):
            raise NotTheirs
        name = spoken_names.to_play(session, call.id)
        audio = spoken_names.sound_of(session, name) if name else None
    if audio is None:
        raise NotTheirs
    return audio
