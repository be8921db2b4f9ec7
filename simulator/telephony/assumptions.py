"""What Twilio's pages leave open; a test sets the other answer, so that the hotline bears both."""

from dataclasses import dataclass


@dataclass
class Assumptions:
    """How the simulated carrier behaves where no source says it and nobody has tried it."""

    star_ends_sitting: bool = True
    """Whether a leg with endConferenceOnExit that presses * ends the conference."""
    star_reason: str = "participant_hung_up"
    """ReasonParticipantLeft of a leg that pressed *."""
    hang_up_asks_action: bool = True
    """Whether the action of <Dial><Conference> is requested for a leg that hung up."""
    teardown_seconds: float = 0.0
    """How long a conference that has ended still takes in those who dial its name."""
