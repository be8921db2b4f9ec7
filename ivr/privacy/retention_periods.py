"""How long each kind of row is kept (docs/decisions/0012-retention.md)."""

from __future__ import annotations

from datetime import timedelta

NUMBER_KEPT = timedelta(hours=24)
"""After everything that needs the number is done."""
NUMBER_CAP = timedelta(hours=72)
PROMISE_KEPT = NUMBER_CAP - NUMBER_KEPT
"""A callback that nobody could make in this time goes to a coordinator, who has a day for it."""
SOUND_KEPT = timedelta(hours=24)
SOUND_CAP = timedelta(days=14)
LOG_KEPT = timedelta(hours=24)
"""How long the carrier keeps its log of a leg that has ended."""
TIMES_KEPT = timedelta(days=7)
CALL_KEPT = timedelta(days=30)
DAY_TOTALS_KEPT = timedelta(days=400)
"""A month can be held against the same month of the year before."""
HOURS_OF_LANGUAGES_KEPT = timedelta(days=91)
"""How many called in a language at an hour of a day: thirteen weeks, for the staffing plan."""
DRAFT_KEPT = timedelta(days=7)
"""How long the words of a note wait for whoever typed them to go on."""
DRILL_KEPT = timedelta(hours=24)
PROOF_KEPT = timedelta(hours=24)
"""A number that was not proven in this time is asked for again."""
DICTATION_KEPT = timedelta(hours=48)
"""A day longer than the carrier's log of its call: that is asked to be deleted first."""
TEST_KEPT = timedelta(hours=48)
"""Until nobody asks any more why a phone rang, and the carrier was asked to forget it too."""
APPROVAL_KEPT = timedelta(days=30)
TOMBSTONE_KEPT = timedelta(hours=48)
CARRIER_TASK_KEPT = timedelta(hours=48)
BEAT_KEPT = timedelta(hours=24)
PURGE_EVERY = timedelta(hours=1)
