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
    star_is_heard: bool = False
    """Whether the others in the conference hear the tone of the star."""
    rest_lag_seconds: float = 0.0
    """How far the lists of conferences and participants lie behind; up to 2 s were reported."""
    agreement_seconds: float = 0.0
    """How long after its creation a conference is not found by others who dial its name."""
    teardown_seconds: float = 0.0
    """How long a conference that has ended still takes in those who dial its name."""
