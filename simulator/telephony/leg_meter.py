"""Measures of one leg: the longest silence that its holder heard, and the longest time alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from simulator.base.clock import Clock

LEAST = timedelta(seconds=1)
"""A shorter silence is none: people breathe."""


class LegMeter:
    """Listens to a leg from its answer to its end.

    Silence is what is neither words nor music, neither talk nor a ringing tone, and no recording
    under way. Alone is who is in a conference without anybody else.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._quiet_from: datetime | None = None
        self._sounds = 0
        self._silence = timedelta()
        self.silences: list[tuple[datetime, datetime]] = []
        """When each silence of a second or more began and ended."""
        self.questions: list[tuple[datetime, datetime]] = []
        """When the leg was waited for to press a key."""
        self._alone_from: datetime | None = None
        self._alone = timedelta()

    @property
    def longest_silence(self) -> float:
        """The longest silence so far, in seconds."""
        return max(self._silence, self._silence_now()).total_seconds()

    @property
    def longest_alone(self) -> float:
        """The longest time alone in a conference so far, in seconds."""
        return max(self._alone, self._alone_now()).total_seconds()

    @property
    def alone_since(self) -> datetime | None:
        """Since when the leg is alone in a conference, if it is."""
        return self._alone_from

    def begins(self) -> None:
        """The phone is answered."""
        self._quiet_from = self._clock.now()

    def ends(self) -> None:
        """The call is over."""
        self._note_silence()
        self._quiet_from = None
        self.is_alone(False)

    def sounds(self, seconds: float) -> None:
        """Words or music begin that last so long."""
        self._note_silence()
        if self._quiet_from is not None:
            until = self._clock.now() + timedelta(seconds=seconds)
            self._quiet_from = max(self._quiet_from, until)

    def is_cut_short(self) -> None:
        """A key or the next document ended the words."""
        if self._quiet_from is not None:
            self._quiet_from = min(self._quiet_from, self._clock.now())

    @contextmanager
    def sounding(self) -> Iterator[None]:
        """A sound without a known end lasts as long as this context."""
        self.hears_on()
        try:
            yield
        finally:
            self.hears_no_more()

    @contextmanager
    def asked(self) -> Iterator[None]:
        """A key is waited for as long as this context lasts; it may be silent."""
        began = self._clock.now()
        try:
            yield
        finally:
            self.questions.append((began, self._clock.now()))

    def hears_on(self) -> None:
        """A sound without a known end begins."""
        self._note_silence()
        self._sounds += 1

    def hears_no_more(self) -> None:
        """A sound without a known end is over."""
        self._sounds -= 1
        if self._quiet_from is not None and not self._sounds:
            self._quiet_from = max(self._quiet_from, self._clock.now())

    def is_alone(self, alone: bool) -> None:
        """Whether nobody else is in the leg's conference now."""
        if alone and self._alone_from is None:
            self._alone_from = self._clock.now()
        elif not alone:
            self._alone = max(self._alone, self._alone_now())
            self._alone_from = None

    def _note_silence(self) -> None:
        silence = self._silence_now()
        self._silence = max(self._silence, silence)
        if self._quiet_from is not None and silence >= LEAST:
            self.silences.append((self._quiet_from, self._quiet_from + silence))

    def _silence_now(self) -> timedelta:
        if self._quiet_from is None or self._sounds:
            return timedelta()
        return max(timedelta(), self._clock.now() - self._quiet_from)

    def _alone_now(self) -> timedelta:
        return self._clock.now() - self._alone_from if self._alone_from else timedelta()
