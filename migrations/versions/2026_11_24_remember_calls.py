"""Remember calls, rings, callbacks, messages, people, duty, and what is still to be done."""

import sqlalchemy as sa
from alembic import op

revision = "remember_calls"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "calls",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("number_mark", sa.String(length=40), nullable=True),
        sa.Column("pseudonym", sa.String(length=60), nullable=False),
        sa.Column("visible", sa.Boolean(), nullable=False),
        sa.Column("responder", sa.String(length=32), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("need", sa.String(length=20), nullable=True),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("turns", WHOLE, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("answered_by", sa.String(length=32), nullable=True),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("heard_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("searches", WHOLE, nullable=False),
        sa.Column("search_since", INSTANT, nullable=True),
        sa.Column("round", WHOLE, nullable=False),
        sa.Column("round_until", INSTANT, nullable=True),
        sa.Column("nobody_speaks", sa.Boolean(), nullable=False),
        sa.Column("choice", sa.String(length=40), nullable=True),
        sa.Column("keyed_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("number_confirmed", sa.Boolean(), nullable=True),
        sa.Column("may_leave_message", sa.Boolean(), nullable=True),
        sa.Column("asked_for_callback", sa.Boolean(), nullable=False),
        sa.Column("promised", sa.Boolean(), nullable=False),
        sa.Column("said_nothing", sa.Boolean(), nullable=False),
        sa.Column("informed", sa.Boolean(), nullable=False),
        sa.Column("ring_one", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
        sa.UniqueConstraint("sid", name="uq_calls_sid"),
    )
    op.create_index("ix_calls_number_mark", "calls", ["number_mark"], unique=False)
    op.create_index(
        "ix_calls_open",
        "calls",
        ["heard_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_calls_started_at", "calls", ["started_at"], unique=False)
    op.create_table(
        "duty_rules",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("ends_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_duty_rules"),
    )
    op.create_index("ix_duty_rules_ends_at", "duty_rules", ["ends_at"], unique=False)
    op.create_table(
        "errands",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("tries", WHOLE, nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_errands"),
        sa.UniqueConstraint("kind", "subject", name="uq_errands_kind_subject"),
    )
    op.create_index("ix_errands_state_due", "errands", ["state", "due_at"], unique=False)
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_heartbeats"),
    )
    op.create_table(
        "pace",
        sa.Column("id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("next_start_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pace"),
    )
    op.create_table(
        "partners",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("url", sa.String(length=200), nullable=True),
        sa.Column("zips", sa.JSON(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_partners"),
        sa.UniqueConstraint("name", name="uq_partners_name"),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_settings"),
    )
    op.create_table(
        "answers",
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("turn", WHOLE, autoincrement=False, nullable=False),
        sa.Column("document_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_answers_call_id"),
        sa.PrimaryKeyConstraint("call_id", "turn", name="pk_answers"),
    )
    op.create_table(
        "callbacks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("number_mark", sa.String(length=40), nullable=False),
        sa.Column("caller_mark", sa.String(length=40), nullable=True),
        sa.Column("pseudonym", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("need", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("may_leave_message", sa.Boolean(), nullable=False),
        sa.Column("promised_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=False),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("escalated_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_callbacks_call_id"),
        sa.PrimaryKeyConstraint("id", name="pk_callbacks"),
    )
    op.create_index("ix_callbacks_call_id", "callbacks", ["call_id"], unique=False)
    op.create_index("ix_callbacks_caller_mark", "callbacks", ["caller_mark"], unique=False)
    op.create_index("ix_callbacks_next_try_at", "callbacks", ["next_try_at"], unique=False)
    op.create_index(
        "uq_callbacks_number_owed",
        "callbacks",
        ["number_mark"],
        unique=True,
        sqlite_where=sa.text("state IN ('open','calling')"),
        postgresql_where=sa.text("state IN ('open','calling')"),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("part", WHOLE, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("need", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("recording_sid", sa.String(length=64), nullable=True),
        sa.Column("seconds", WHOLE, nullable=True),
        sa.Column("expected_at", INSTANT, nullable=False),
        sa.Column("arrived_at", INSTANT, nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("deleted_at_carrier", INSTANT, nullable=True),
        sa.Column("heard_at", INSTANT, nullable=True),
        sa.Column("heard_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_messages_call_id"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("recording_sid", name="uq_messages_recording_sid"),
    )
    op.create_index("ix_messages_call_id", "messages", ["call_id"], unique=False)
    op.create_index("ix_messages_expected_at", "messages", ["expected_at"], unique=False)
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_mark", sa.String(length=40), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_mark", sa.String(length=40), nullable=False),
        sa.Column("partner_id", sa.String(length=32), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("tier", WHOLE, nullable=False),
        sa.Column("pin_hash", sa.String(length=200), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("wrong_pins", WHOLE, nullable=False),
        sa.Column("locked_until", INSTANT, nullable=True),
        sa.Column("last_rung_at", INSTANT, nullable=True),
        sa.Column("resting_until", INSTANT, nullable=True),
        sa.Column("no_texts", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name="fk_people_partner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("name_mark", name="uq_people_name_mark"),
        sa.UniqueConstraint("phone_mark", name="uq_people_phone_mark"),
    )
    op.create_table(
        "steps",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_steps_call_id"),
        sa.PrimaryKeyConstraint("id", name="pk_steps"),
    )
    op.create_index("ix_steps_call_id", "steps", ["call_id"], unique=False)
    op.create_table(
        "rings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=True),
        sa.Column("callback_id", sa.String(length=32), nullable=True),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("search", WHOLE, nullable=False),
        sa.Column("round", WHOLE, nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("interpreter", sa.Boolean(), nullable=False),
        sa.Column("via", sa.String(length=4), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("seconds", WHOLE, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sid", sa.String(length=64), nullable=True),
        sa.Column("tries", WHOLE, nullable=False),
        sa.Column("connected_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("gate_sid", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_rings_call_id"),
        sa.ForeignKeyConstraint(["callback_id"], ["callbacks.id"], name="fk_rings_callback_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_rings_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rings"),
        sa.UniqueConstraint("token", name="uq_rings_token"),
    )
    op.create_index("ix_rings_call_id", "rings", ["call_id"], unique=False)
    op.create_index("ix_rings_callback_id", "rings", ["callback_id"], unique=False)
    op.create_index("ix_rings_sid", "rings", ["sid"], unique=False)
    op.create_index("ix_rings_state_due", "rings", ["state", "due_at"], unique=False)
    op.create_index(
        "uq_rings_call_connected",
        "rings",
        ["call_id"],
        unique=True,
        sqlite_where=sa.text("state = 'connected' AND call_id IS NOT NULL"),
        postgresql_where=sa.text("state = 'connected' AND call_id IS NOT NULL"),
    )
    op.create_index(
        "uq_rings_person_open",
        "rings",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('pending','dialling','dialled','answered','connected')"),
        postgresql_where=sa.text(
            "state IN ('pending','dialling','dialled','answered','connected')"
        ),
    )
    op.create_table(
        "sounds",
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_sounds_message_id"),
        sa.PrimaryKeyConstraint("message_id", name="pk_sounds"),
    )
    op.create_table(
        "texts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("words", sa.String(length=60), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("sid", sa.String(length=64), nullable=True),
        sa.Column("tries", WHOLE, nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_texts_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_texts"),
        sa.UniqueConstraint("person_id", "about", name="uq_texts_person_id_about"),
        sa.UniqueConstraint("token", name="uq_texts_token"),
    )
    op.create_index("ix_texts_state_due", "texts", ["state", "due_at"], unique=False)


def downgrade() -> None:
    """Drop every table; there is no older version that could keep rows."""
    op.drop_index("ix_texts_state_due", table_name="texts")
    op.drop_table("texts")
    op.drop_table("sounds")
    op.drop_index(
        "uq_rings_person_open",
        table_name="rings",
        sqlite_where=sa.text("state IN ('pending','dialling','dialled','answered','connected')"),
        postgresql_where=sa.text(
            "state IN ('pending','dialling','dialled','answered','connected')"
        ),
    )
    op.drop_index(
        "uq_rings_call_connected",
        table_name="rings",
        sqlite_where=sa.text("state = 'connected' AND call_id IS NOT NULL"),
        postgresql_where=sa.text("state = 'connected' AND call_id IS NOT NULL"),
    )
    op.drop_index("ix_rings_state_due", table_name="rings")
    op.drop_index("ix_rings_sid", table_name="rings")
    op.drop_index("ix_rings_callback_id", table_name="rings")
    op.drop_index("ix_rings_call_id", table_name="rings")
    op.drop_table("rings")
    op.drop_index("ix_steps_call_id", table_name="steps")
    op.drop_table("steps")
    op.drop_table("people")
    op.drop_index("ix_messages_expected_at", table_name="messages")
    op.drop_index("ix_messages_call_id", table_name="messages")
    op.drop_table("messages")
    op.drop_index(
        "uq_callbacks_number_owed",
        table_name="callbacks",
        sqlite_where=sa.text("state IN ('open','calling')"),
        postgresql_where=sa.text("state IN ('open','calling')"),
    )
    op.drop_index("ix_callbacks_next_try_at", table_name="callbacks")
    op.drop_index("ix_callbacks_caller_mark", table_name="callbacks")
    op.drop_index("ix_callbacks_call_id", table_name="callbacks")
    op.drop_table("callbacks")
    op.drop_table("answers")
    op.drop_table("settings")
    op.drop_table("partners")
    op.drop_table("pace")
    op.drop_table("heartbeats")
    op.drop_index("ix_errands_state_due", table_name="errands")
    op.drop_table("errands")
    op.drop_index("ix_duty_rules_ends_at", table_name="duty_rules")
    op.drop_table("duty_rules")
    op.drop_index("ix_calls_started_at", table_name="calls")
    op.drop_index(
        "ix_calls_open",
        table_name="calls",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_calls_number_mark", table_name="calls")
    op.drop_table("calls")
