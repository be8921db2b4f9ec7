"""What an import of shifts knows of the hotline: names, languages, time zone and the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from routing.duty import wall_clock
from routing.readers import written_names
from routing.readers.told import Told, told

AHEAD = timedelta(weeks=26)
"""How far ahead a calendar is read; events can repeat without end."""
MOST_SHIFTS = 2000


@dataclass(frozen=True)
class Frame:
    """The context of an import."""

    names: tuple[str, ...]
    zone: ZoneInfo
    now: datetime
    languages: frozenset[str] = frozenset()
    """The names of languages in plain form: our own calendar writes them beside a person."""

    @property
    def today(self) -> datetime:
        """The last midnight; shifts that ended before it are left out."""
        return wall_clock.start_instant(
            datetime.combine(self.now.astimezone(self.zone), time()), self.zone
        )

    @property
    def until(self) -> datetime:
        """The end of the imported period."""
        return self.today + AHEAD

    def person(self, words: str) -> str | None:
        """The person with this name; names that look the same are one name."""
        return written_names.called(words, self.names)

    def unknown(self, words: str) -> Told:
        """The complaint about a name that is not on the roster."""
        likely = get_close_matches(words, self.names, n=1)
        if likely:
            return told(
                "'%(name)s' is not on the roster; is it %(likely)s?", name=words, likely=likely[0]
            )
        return told("'%(name)s' is not on the roster", name=words)
