"""How long each kind of row is kept (docs/decisions/0012-retention.md)."""

from __future__ import annotations

from datetime import timedelta

NUMBER_KEPT = timedelta(hours=24)
"""Counted from the end of everything that needs the number."""
NUMBER_CAP = timedelta(hours=72)
PROMISE_KEPT = NUMBER_CAP - NUMBER_KEPT
"""A callback not made within this time goes to a coordinator, who then has a day for it."""
SOUND_KEPT = timedelta(hours=24)
SOUND_CAP = timedelta(days=14)
LOG_KEPT = timedelta(hours=24)
"""How long the carrier keeps its log of an ended leg, and a text."""
TIMES_KEPT = timedelta(days=7)
CALL_KEPT = timedelta(days=30)
DAY_TOTALS_KEPT = timedelta(days=400)
"""So that a month can be compared with the same month of the year before."""
HOURS_OF_LANGUAGES_KEPT = timedelta(days=91)
"""Calls per language, hour and day: thirteen weeks, for the staffing plan."""
DRAFT_KEPT = timedelta(days=7)
"""How long an unsaved note waits for its author to continue."""
DRILL_KEPT = timedelta(hours=24)
ANSWERED_KEPT = timedelta(hours=24)
"""For a text from a phone that is nobody's: long enough to answer it once."""
PROOF_KEPT = timedelta(hours=24)
"""A number not verified within this time needs a new verification."""
DICTATION_KEPT = timedelta(hours=48)
"""A day longer than the carrier's log of the call, so the log is deleted first."""
TEST_KEPT = timedelta(hours=48)
"""Long enough to explain why a phone rang, and to ask the carrier to delete its log."""
LEFT_KEPT = timedelta(days=7)
"""Name and phone of somebody who left: long enough to bring them back after a mistake."""
TRIES_KEPT = timedelta(days=1)
"""Wrong passwords and codes; the limits look back a quarter of an hour."""
CHANGE_KEPT = timedelta(days=30)
"""What an entry of the audit log says beside who did what, and when: the auditors' page shows it as
long."""
DEED_KEPT = timedelta(days=180)
"""An entry of the audit log."""
DEEDS_AT_ONCE = timedelta(days=30)
"""So many days of entries go together, since an entry says so each time."""
APPROVAL_KEPT = timedelta(days=30)
TOKEN_KEPT = timedelta(days=30)
TOMBSTONE_KEPT = timedelta(hours=48)
CARRIER_TASK_KEPT = timedelta(hours=48)
BEAT_KEPT = timedelta(hours=24)
PURGE_EVERY = timedelta(hours=1)
SCRUB_AGAIN = timedelta(minutes=5)
"""The pause after a purge that could not clean the database's files."""
