"""Every column with personal data: what it holds, how it is stored, who sees it, until when.

The table of `docs/personal-data.md`, the answer of `hotline holdings`, the purposes of the vault
and the columns that a purge erases all come from here. A test compares it with the tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from models.keys.key_ring import Term


class Form(StrEnum):
    """How a value is stored."""

    SEALED = "sealed"
    """Only DATA_KEYS can open it."""
    MARK = "keyed hash"
    """It finds an equal value again, but cannot be read."""
    CLEAR = "in clear"


class Kept(StrEnum):
    """How long a value is kept; the periods are constants in `ivr/privacy/retention_periods.py`."""

    NUMBER = "a day after the call, its callback or its message is done; 72 hours at most"
    SOUND = "a day after it was heard; 14 days at most"
    CALL = "30 days after the call"
    BLOCK = "the end of the block"
    NOTE_DRAFT = "the note is kept; 7 days at most"
    DICTATION = "48 hours after it was asked for"
    PROOF = "a day after it was asked for"
    TEXT = "30 days after it was sent"
    ANSWERED = "a day after it was sent"
    UPLOAD = "30 minutes after the upload, and the next purge"
    APPROVAL = "30 days after it was asked for"
    NEXT_CHECK = "the next check"
    REVOKED = "30 days after it ended or was revoked"
    ANNOUNCEMENT = "30 days after its end"
    UNTIL_START = "the phone sends START"
    LEFT = "7 days after they left"
    SHIFT = "30 days after the shift"
    SESSION = "a day after the sign-in"
    TRY = "a day after the try"
    DEED = "180 days after it was done"
    CHANGE = "30 days after it was done"
    BY_HAND = "somebody removes it"


_TERMS = {
    Term.DAYS: (Kept.NUMBER, Kept.PROOF, Kept.ANSWERED, Kept.UPLOAD, Kept.DICTATION),
    Term.WEEKS: (Kept.SOUND, Kept.NOTE_DRAFT),
    Term.MONTH: (
        Kept.CALL,
        Kept.BLOCK,
        Kept.TEXT,
        Kept.APPROVAL,
        Kept.ANNOUNCEMENT,
        Kept.CHANGE,
    ),
    Term.STANDING: (Kept.UNTIL_START, Kept.LEFT, Kept.BY_HAND, Kept.REVOKED, Kept.NEXT_CHECK),
}


class Sees(StrEnum):
    """Who can read it without DATA_KEYS; rights are in `console/base/permissions.py`."""

    NOBODY = "nobody"
    REVEALED = "coordinators, and who takes the caller on; a reason is asked and audited"
    LISTENERS = "coordinators, and who takes the message on"
    COORDINATORS = "coordinators"
    NOTE_READERS = "coordinators, and who takes the caller on; privileged: its author"
    AUTHOR = "its author"
    BOARD = "who may see the board; responders see what is theirs"
    STAFF = "administrators and coordinators"
    PHONE = "the person; an administrator gives a reason"
    ADMINS = "administrators"
    DECIDERS = "the two who decide"
    OWNERS = "administrators, and who made it"
    UPLOADER = "who uploaded it"
    AUDITORS = "auditors"


@dataclass(frozen=True)
class PersonalData:
    """A row: columns of one table that hold the same kind of personal data."""

    table: str
    columns: tuple[str, ...]
    what: str
    """The words that `hotline holdings` prints."""
    form: Form
    seen_by: Sees
    kept: Kept
    holding: str | None = None
    """The heading in `hotline holdings`; None if no phone number leads to it."""
    purpose: str | None = None
    """What the vault binds a sealed value to; it must never change once a value is sealed."""


_CALLS, _CALLBACKS, _PEOPLE = "calls", "callbacks", "people on the roster"
_BROWSERS = "browsers that get their notices"
_SEALED, _MARK, _CLEAR = Form.SEALED, Form.MARK, Form.CLEAR

PERSONAL_DATA: tuple[PersonalData, ...] = (
    # --- callers
    PersonalData("calls", ("number_sealed",), "number", _SEALED, Sees.REVEALED, Kept.NUMBER,
                 _CALLS, "call.number"),
    PersonalData("calls", ("keyed_number_sealed",), "number", _SEALED, Sees.REVEALED, Kept.NUMBER,
                 _CALLS, "call.keyed_number"),
    PersonalData("calls", ("offices_sealed",), "offices they heard about", _SEALED, Sees.NOBODY,
                 Kept.NUMBER, "offices that callers heard about", "call.offices"),
    PersonalData("calls", ("number_mark", "exchange_mark"), "number", _MARK, Sees.NOBODY,
                 Kept.NUMBER),
    PersonalData("calls", ("pseudonym",), "pseudonym", _CLEAR, Sees.BOARD, Kept.CALL, _CALLS),
    PersonalData("calls", ("spoken_language", "second_language"), "languages", _CLEAR, Sees.BOARD,
                 Kept.CALL, _CALLS),
    PersonalData("spoken_names", ("sound_sealed",), "sound", _SEALED, Sees.BOARD, Kept.CALL,
                 "names of languages, spoken by callers", "spoken_name.sound"),
    PersonalData("calls", ("language",), "language", _CLEAR, Sees.BOARD, Kept.CALL, _CALLS),
    PersonalData("calls", ("need",), "need", _CLEAR, Sees.BOARD, Kept.CALL, _CALLS),
    PersonalData("calls", ("facility", "case_of"), "place of detention, case", _CLEAR, Sees.BOARD,
                 Kept.CALL),
    PersonalData("calls", ("started_at", "heard_at", "ended_at", "search_since"), "times", _CLEAR,
                 Sees.BOARD, Kept.CALL, _CALLS),
    PersonalData("calls", ("outcome",), "outcome", _CLEAR, Sees.BOARD, Kept.CALL, _CALLS),
    PersonalData("calls", ("answered_by",), "who answered", _CLEAR, Sees.BOARD, Kept.CALL, _CALLS),
    PersonalData("calls", ("responder",), "whose duty line it was", _CLEAR, Sees.NOBODY, Kept.CALL),
    PersonalData("calls", ("sid", "queue_sid"), "the carrier's name of it", _CLEAR, Sees.NOBODY,
                 Kept.CALL),
    PersonalData("calls", ("place", "choice", "visible", "pressed", "said_nothing", "informed",
                           "asked_for_callback", "number_confirmed", "may_leave_message",
                           "limited"), "what they chose", _CLEAR, Sees.BOARD, Kept.CALL),
    PersonalData("answers", ("document_sealed",), "words", _SEALED, Sees.NOBODY, Kept.NUMBER,
                 "answers that we spoke", "answer.document"),
    PersonalData("steps", ("what", "detail", "at"), "what and when", _CLEAR, Sees.BOARD, Kept.CALL,
                 "steps of calls"),
    PersonalData("rings", ("person_id", "created_at", "connected_at", "ended_at"), "who and when",
                 _CLEAR, Sees.BOARD, Kept.CALL, "rings of responders"),
    PersonalData("rooms", ("opened_at", "closed_at"), "times", _CLEAR, Sees.NOBODY, Kept.CALL),
    PersonalData("seats", ("role", "since", "entered_at", "starred_at"), "who and when", _CLEAR,
                 Sees.NOBODY, Kept.CALL),
    PersonalData("room_requests", ("kind", "asked_by", "asked_at"),
                 "who was asked to join, and when", _CLEAR, Sees.BOARD, Kept.CALL, "third voices"),
    PersonalData("texts", ("call_id",), "that a text was sent", _CLEAR, Sees.BOARD, Kept.CALL,
                 "texts to callers"),
    PersonalData("sounds", ("sealed",), "sound", _SEALED, Sees.LISTENERS, Kept.SOUND, "messages",
                 "message.sound"),
    PersonalData("sounds", ("peaks_sealed",), "sound", _SEALED, Sees.LISTENERS, Kept.SOUND,
                 "messages", "message.peaks"),
    PersonalData("messages", ("language",), "language", _CLEAR, Sees.BOARD, Kept.CALL, "messages"),
    PersonalData("messages", ("need",), "need", _CLEAR, Sees.BOARD, Kept.CALL, "messages"),
    PersonalData("messages", ("seconds",), "length", _CLEAR, Sees.BOARD, Kept.CALL, "messages"),
    PersonalData("messages", ("recording_sid",), "the carrier's name of it", _CLEAR, Sees.NOBODY,
                 Kept.CALL),
    PersonalData("messages", ("expected_at", "arrived_at", "heard_at", "heard_by", "done_at",
                              "done_by"), "who and when", _CLEAR, Sees.BOARD, Kept.CALL),
    PersonalData("open_items", ("language", "need", "opened_at", "owner_person", "owner_user",
                                "handed_to", "owned_at", "first_owned_at", "last_act_at",
                                "closed_at", "closed_reason"), "who and when", _CLEAR, Sees.BOARD,
                 Kept.CALL),
    PersonalData("notes", ("words_sealed",), "words", _SEALED, Sees.NOTE_READERS, Kept.CALL,
                 "notes by staff", "note.words"),
    PersonalData("notes", ("user_id", "at"), "who and when", _CLEAR, Sees.NOTE_READERS, Kept.CALL,
                 "notes by staff"),
    PersonalData("drafts", ("words_sealed",), "words", _SEALED, Sees.AUTHOR, Kept.NOTE_DRAFT,
                 "notes by staff", "draft.words"),
    PersonalData("drafts", ("user_id", "at"), "who and when", _CLEAR, Sees.AUTHOR,
                 Kept.NOTE_DRAFT),
    PersonalData("wrap_ups", ("result", "follow_up_on"), "what came of it", _CLEAR, Sees.BOARD,
                 Kept.CALL, "results of talks"),
    PersonalData("wrap_ups", ("as_of", "person_id", "user_id", "follow_up_by", "followed_up_at",
                              "followed_up_by"), "who and when", _CLEAR, Sees.BOARD, Kept.CALL,
                 "results of talks"),
    PersonalData("referrals", ("partner_id", "user_id", "at"), "referrals", _CLEAR,
                 Sees.BOARD, Kept.CALL, "results of talks"),
    PersonalData("call_windows", ("code_sealed",), "case code", _SEALED, Sees.BOARD, Kept.CALL,
                 purpose="call_window.code"),
    PersonalData("call_windows", ("code_mark",), "case code", _MARK, Sees.NOBODY, Kept.CALL),
    PersonalData("call_windows", ("person_id", "starts_at", "ends_at", "met_at", "missed_at"),
                 "who expects them, and when", _CLEAR, Sees.BOARD, Kept.CALL),
    PersonalData("callbacks", ("reason_sealed",), "words", _SEALED, Sees.STAFF, Kept.CALL,
                 "reasons for giving up", "callback.reason"),
    PersonalData("callbacks", ("given_up_by",), "who", _CLEAR, Sees.STAFF, Kept.CALL,
                 "reasons for giving up"),
    PersonalData("callbacks", ("number_sealed",), "number", _SEALED, Sees.REVEALED, Kept.NUMBER,
                 _CALLBACKS, "callback.number"),
    PersonalData("callbacks", ("number_mark", "caller_mark"), "number", _MARK, Sees.NOBODY,
                 Kept.NUMBER),
    PersonalData("callbacks", ("pseudonym",), "pseudonym", _CLEAR, Sees.BOARD, Kept.CALL,
                 _CALLBACKS),
    PersonalData("callbacks", ("language",), "language", _CLEAR, Sees.BOARD, Kept.CALL, _CALLBACKS),
    PersonalData("callbacks", ("need",), "need", _CLEAR, Sees.BOARD, Kept.CALL, _CALLBACKS),
    PersonalData("callbacks", ("promised_at", "due_at", "closed_at"), "times", _CLEAR, Sees.BOARD,
                 Kept.CALL, _CALLBACKS),
    PersonalData("callbacks", ("state",), "state", _CLEAR, Sees.BOARD, Kept.CALL, _CALLBACKS),
    PersonalData("blocks", ("number_sealed",), "number", _SEALED, Sees.REVEALED, Kept.BLOCK,
                 "blocks", "block.number"),
    PersonalData("blocks", ("number_mark",), "number", _MARK, Sees.NOBODY, Kept.BLOCK),
    PersonalData("blocks", ("pseudonym",), "pseudonym", _CLEAR, Sees.STAFF, Kept.BLOCK, "blocks"),
    PersonalData("blocks", ("blocked_by",), "who asked for it", _CLEAR, Sees.STAFF, Kept.BLOCK,
                 "blocks"),
    PersonalData("blocks", ("began_at", "ends_at"), "times", _CLEAR, Sees.STAFF, Kept.BLOCK,
                 "blocks"),
    PersonalData("opt_outs", ("number_mark",), "number", _MARK, Sees.NOBODY, Kept.UNTIL_START),
    PersonalData("opt_outs", ("at",), "when", _CLEAR, Sees.NOBODY, Kept.UNTIL_START,
                 "refusals of texts"),
    # --- people on the roster, and users of the console
    PersonalData("people", ("name_sealed",), "name", _SEALED, Sees.STAFF, Kept.LEFT, _PEOPLE,
                 "person.name"),
    PersonalData("people", ("phone_sealed",), "phone", _SEALED, Sees.PHONE, Kept.LEFT, _PEOPLE,
                 "person.phone"),
    PersonalData("people", ("pin_sealed",), "PIN", _SEALED, Sees.NOBODY, Kept.LEFT, _PEOPLE,
                 "person.pin"),
    PersonalData("people", ("name_mark", "phone_mark"), "name, phone", _MARK, Sees.NOBODY,
                 Kept.LEFT),
    PersonalData("people", ("role",), "role", _CLEAR, Sees.STAFF, Kept.BY_HAND, _PEOPLE),
    PersonalData("people", ("languages", "language_levels", "hotline_language"), "languages",
                 _CLEAR, Sees.STAFF,
                 Kept.BY_HAND, _PEOPLE),
    PersonalData("users", ("name_sealed",), "name", _SEALED, Sees.ADMINS, Kept.LEFT,
                 "console users", "user.name"),
    PersonalData("people", ("alert_mail_sealed",), "e-mail address", _SEALED, Sees.NOBODY,
                 Kept.LEFT, _PEOPLE, "person.alert_mail"),
    PersonalData("push_subscriptions", ("subscription_sealed",), "address of a browser", _SEALED,
                 Sees.NOBODY, Kept.LEFT, _BROWSERS, "push.subscription"),
    PersonalData("push_subscriptions", ("person_id", "since"), "whose browser, and since when",
                 _CLEAR, Sees.NOBODY, Kept.LEFT, _BROWSERS),
    PersonalData("notices", ("recipient", "what", "since", "settled_at"),
                 "who was told what by e-mail or browser, and when", _CLEAR, Sees.ADMINS, Kept.TEXT,
                 "notices to them"),
    PersonalData("users", ("totp_sealed",), "second factor", _SEALED, Sees.NOBODY, Kept.LEFT,
                 "console users", "user.totp"),
    PersonalData("users", ("name_mark",), "name", _MARK, Sees.NOBODY, Kept.LEFT),
    PersonalData("users", ("role",), "role", _CLEAR, Sees.ADMINS, Kept.BY_HAND, "console users"),
    PersonalData("people", ("pin_hash",), "PIN", _MARK, Sees.NOBODY, Kept.LEFT),
    PersonalData("people", ("heard_at", "last_rung_at", "paused_at", "left_at"), "times", _CLEAR,
                 Sees.STAFF, Kept.BY_HAND),
    PersonalData("users", ("password_hash",), "password", _MARK, Sees.NOBODY, Kept.LEFT),
    PersonalData("users", ("person_id", "created_at", "left_at"), "who and when", _CLEAR,
                 Sees.ADMINS, Kept.BY_HAND),
    PersonalData("passkeys", ("credential", "public_key", "created_at", "used_at"), "passkeys",
                 _CLEAR, Sees.NOBODY, Kept.LEFT),
    PersonalData("staff_sessions", ("user_id", "browser", "began_at", "seen_at", "ended_at"),
                 "who signed in with which browser, and when", _CLEAR, Sees.ADMINS, Kept.SESSION),
    PersonalData("sign_in_tries", ("account", "network"), "account, network", _MARK, Sees.NOBODY,
                 Kept.TRY),
    PersonalData("sign_in_tries", ("at",), "times", _CLEAR, Sees.NOBODY, Kept.TRY),
    PersonalData("duty_rules", ("body",), "who is on duty when", _CLEAR, Sees.STAFF, Kept.BY_HAND),
    PersonalData("schedule_changes", ("user_id", "at", "wish", "rules"),
                 "who changed what, and when", _CLEAR, Sees.STAFF, Kept.BY_HAND),
    PersonalData("shift_confirmations", ("person_id", "start_at", "at"), "who and when", _CLEAR,
                 Sees.STAFF, Kept.SHIFT),
    PersonalData("shift_offers", ("person_id", "start_at", "end_at", "asked_by", "created_at"),
                 "who and when", _CLEAR, Sees.STAFF, Kept.SHIFT),
    PersonalData("shift_takes", ("person_id", "start_at", "end_at", "at"), "who and when", _CLEAR,
                 Sees.STAFF, Kept.SHIFT),
    PersonalData("prompt_versions", ("text",), "words", _CLEAR, Sees.STAFF, Kept.BY_HAND,
                 "prompts they changed"),
    PersonalData("prompt_versions", ("written_by", "written_at", "reviewed_by", "reviewed_at",
                                     "approved_by", "approved_at"),
                 "who and when", _CLEAR, Sees.STAFF, Kept.BY_HAND, "prompts they changed"),
    PersonalData("announcements", ("texts",), "words", _CLEAR, Sees.STAFF, Kept.ANNOUNCEMENT,
                 "announcements they made"),
    PersonalData("announcements", ("made_by", "made_at"), "who and when", _CLEAR, Sees.STAFF,
                 Kept.ANNOUNCEMENT, "announcements they made"),
    PersonalData("texts", ("person_id", "sid"), "who got it, and the carrier's name of it", _CLEAR,
                 Sees.NOBODY, Kept.TEXT),
    PersonalData("texts", ("words", "values", "since"), "which text, and when", _CLEAR, Sees.NOBODY,
                 Kept.TEXT, "texts to them"),
    PersonalData("incoming_texts", ("words_sealed",), "words", _SEALED, Sees.COORDINATORS,
                 Kept.TEXT, "texts from them", "incoming.words"),
    PersonalData("incoming_texts", ("reply_sealed",), "our reply", _SEALED, Sees.NOBODY, Kept.TEXT,
                 "texts from them", "incoming.reply"),
    PersonalData("incoming_texts", ("person_id", "at", "done_at", "done_by"), "who and when",
                 _CLEAR, Sees.COORDINATORS, Kept.TEXT, "texts from them"),
    PersonalData("incoming_texts", ("sid",), "the carrier's name of it", _CLEAR, Sees.NOBODY,
                 Kept.TEXT),
    PersonalData("incoming_texts", ("number_mark",), "number of a phone that is nobody's", _MARK,
                 Sees.NOBODY, Kept.ANSWERED),
    PersonalData("number_proofs", ("number_sealed",), "number", _SEALED, Sees.PHONE, Kept.PROOF,
                 "numbers being proven", "proof.number"),
    PersonalData("number_proofs", ("number_mark",), "number", _MARK, Sees.NOBODY, Kept.PROOF),
    PersonalData("number_proofs", ("person_id",), "whose phone it is to be", _CLEAR, Sees.ADMINS,
                 Kept.PROOF, "numbers being proven"),
    PersonalData("number_proofs", ("asked_by",), "who asked", _CLEAR, Sees.ADMINS, Kept.PROOF,
                 "numbers being proven"),
    PersonalData("number_proofs", ("created_at",), "times", _CLEAR, Sees.ADMINS, Kept.PROOF,
                 "numbers being proven"),
    PersonalData("dictations", ("user_id", "person_id"), "who reads it", _CLEAR, Sees.STAFF,
                 Kept.DICTATION),
    PersonalData("dictations", ("name", "take", "created_at"), "which prompt, and when", _CLEAR,
                 Sees.STAFF, Kept.DICTATION, "calls for prompts they read"),
    # --- what no phone number leads to
    PersonalData("uploads", ("name_sealed",), "name of an uploaded file", _SEALED, Sees.UPLOADER,
                 Kept.UPLOAD, purpose="upload.name"),
    PersonalData("uploads", ("content_sealed",), "an uploaded file", _SEALED, Sees.UPLOADER,
                 Kept.UPLOAD, purpose="upload.content"),
    PersonalData("approvals", ("facts_sealed",), "what two people must agree on", _SEALED,
                 Sees.DECIDERS, Kept.APPROVAL, purpose="approval.facts"),
    PersonalData("approvals", ("asked_by", "asked_at", "decided_by", "decided_at"), "who and when",
                 _CLEAR, Sees.DECIDERS, Kept.APPROVAL),
    PersonalData("api_tokens", ("label_sealed",), "what a token of the API is for", _SEALED,
                 Sees.OWNERS, Kept.REVOKED, purpose="api_token.label"),
    PersonalData("api_tokens", ("user_id", "made_at", "seen_at", "revoked_at"), "who and when",
                 _CLEAR, Sees.OWNERS, Kept.REVOKED),
    PersonalData("last_check", ("found_sealed",), "what `hotline check` found, with names", _SEALED,
                 Sees.ADMINS, Kept.NEXT_CHECK, purpose="last_check.found"),
    PersonalData("uploads", ("user_id", "at"), "who and when", _CLEAR, Sees.UPLOADER, Kept.UPLOAD),
    PersonalData("audit", ("at", "actor", "action", "object"), "who did what, and when", _CLEAR,
                 Sees.AUDITORS, Kept.DEED),
    PersonalData("audit", ("payload_sealed",), "what changed, before and after", _SEALED,
                 Sees.AUDITORS, Kept.CHANGE, purpose="audit.payload"),
)  # fmt: skip


@cache
def purpose_of(table: str, column: str) -> str:
    """The vault purpose of a sealed column; raises LookupError if it has no row."""
    for row in PERSONAL_DATA:
        if row.table == table and column in row.columns and row.purpose is not None:
            return row.purpose
    raise LookupError(
        f"{table}.{column} has no sealed row in models/core/personal_data.py: add one"
    )


@cache
def term_of(table: str, column: str) -> Term:
    """How long a sealed value lives, which says whose key seals it."""
    kept = next(row.kept for row in sealed() if (row.table, row.columns[0]) == (table, column))
    return next(term for term, periods in _TERMS.items() if kept in periods)


@cache
def sealed() -> tuple[PersonalData, ...]:
    """The rows of sealed columns; each has one column."""
    return tuple(row for row in PERSONAL_DATA if row.form is Form.SEALED)


def told_of(holding: str, form: Form) -> tuple[str, ...]:
    """What `hotline holdings` reports for rows of this kind, each word once."""
    rows = (row.what for row in PERSONAL_DATA if row.holding == holding and row.form is form)
    return tuple(dict.fromkeys(rows))


def erased_with(table: str, kept: Kept) -> tuple[str, ...]:
    """The sealed and hashed columns that are emptied after this period, while the row stays."""
    return tuple(
        column
        for row in PERSONAL_DATA
        if row.table == table and row.kept is kept and row.form is not Form.CLEAR
        for column in row.columns
    )


def as_markdown() -> Iterator[str]:
    """The lines of the table in the documentation."""
    yield "| table | column | what | how | who sees it | until |"
    yield "|---|---|---|---|---|---|"
    for row in PERSONAL_DATA:
        columns = ", ".join(f"`{column}`" for column in row.columns)
        cells = (f"`{row.table}`", columns, row.what, row.form, row.seen_by, row.kept)
        yield f"| {' | '.join(cells)} |"
