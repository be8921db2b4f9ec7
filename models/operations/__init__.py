"""Operation of the hotline: purges, backups, drills, totals and workers.

What deletes or seals all rows of a kind goes through the tables that its process knows. Importing
this room loads them all.
"""

from __future__ import annotations

from models.calls import (
    callbacks,
    calls,
    notes,
    open_items,
    outbox,
    rings,
    room_requests,
    rooms,
    spoken_names,
    surges,
    tombstones,
    verifications,
    voicemails,
)
from models.casework import call_windows, incoming_texts, referrals, wrap_ups
from models.core import database_time, sealed_columns
from models.imports import uploads
from models.operations import day_totals, drill_runs, maintenance_state, retention, worker_state
from models.people import facilities, people, push_subscriptions
from models.prompts import announcements, phone_recordings, prompt_versions
from models.schedule import calendar_feeds, duty_rules, shift_offers
from models.staff import (
    api_tokens,
    approvals,
    audit,
    invitations,
    login_attempts,
    notices,
    staff_sessions,
    users,
)

WITH_TABLES = (
    announcements,
    api_tokens,
    approvals,
    audit,
    calendar_feeds,
    call_windows,
    callbacks,
    calls,
    database_time,
    day_totals,
    drill_runs,
    duty_rules,
    facilities,
    incoming_texts,
    invitations,
    login_attempts,
    maintenance_state,
    notes,
    notices,
    open_items,
    outbox,
    people,
    phone_recordings,
    prompt_versions,
    push_subscriptions,
    referrals,
    retention,
    rings,
    room_requests,
    rooms,
    sealed_columns,
    shift_offers,
    spoken_names,
    staff_sessions,
    surges,
    tombstones,
    uploads,
    users,
    verifications,
    voicemails,
    worker_state,
    wrap_ups,
)
"""Every module with a table."""
