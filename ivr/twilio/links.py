"""The URLs that the carrier calls back: positions and random tokens, no personal data."""

from __future__ import annotations

from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer

from ivr.dialogue.turn import Position

PLAYABLE_FOR_SECONDS = 600
RETRY = "#rc=2&rp=all&ct=2000&rt=5000"
"""Connection overrides: retry twice, also when our process dies while answering.

Twilio neither signs nor sends the fragment.
"""


@dataclass(frozen=True)
class Links:
    """Builds every URL below the hotline's public address."""

    base: str
    secrets: tuple[str, ...]
    """The first one signs; what the others signed counts too."""

    def answer(self, language: str, position: Position, turn: int) -> str:
        """Where Twilio posts the answer to a question."""
        where = f"{position.place}/{turn}/{position.misses}"
        return f"{self.base}/voice/{language}/at/{where}{RETRY}"

    def hold(self, language: str, position: Position, turn: int, stretch: int) -> str:
        """The next stretch of the hold loop."""
        return f"{self.base}/voice/{language}/hold/{position.place}/{turn}/{stretch}{RETRY}"

    def held(self, language: str, position: Position, turn: int, stretch: int) -> str:
        """Where Twilio posts a key pressed while waiting."""
        return f"{self.base}/voice/{language}/held/{position.place}/{turn}/{stretch}{RETRY}"

    def again(self, path: str, again: int, said: str) -> str:
        """The same question again, with the sealed first answer."""
        return f"{self.base}{path}?again={again}&said={said}{RETRY}"

    def rescue(self, language: str, why: str, step: int) -> str:
        """A rescued caller's next step when the dialled person does not answer or has left."""
        return f"{self.base}/voice/{language}/rescue/{why}/{step}{RETRY}"

    def rescue_offer(self, language: str, *step: str) -> str:
        """The offer to a responder for a rescued caller."""
        return "/".join((f"{self.base}/voice/{language}/rescue-offer", *step)) + RETRY

    def rescue_joined(self, language: str) -> str:
        """Where Twilio reports that the rescue number has answered."""
        return f"{self.base}/voice/{language}/rescue-joined{RETRY}"

    def rescue_recorded(self, language: str) -> str:
        """Where Twilio reports a rescued caller's message."""
        return f"{self.base}/voice/{language}/rescued{RETRY}"

    def leg(self, token: str, *step: str) -> str:
        """A step of a responder's leg."""
        return "/".join((f"{self.base}/leg/{token}", *step)) + RETRY

    def announcement(self, name: str) -> str:
        """Where Twilio fetches the document of an announcement in a talk."""
        return f"{self.base}/announcement/{name}{RETRY}"

    def seat(self, token: str, step: str, visit: int) -> str:
        """A step of a responder's or interpreter's leg in a room."""
        return f"{self.base}/seat/{token}/{step}/{visit}{RETRY}"

    def callers_seat(self, language: str, token: str, step: str, visit: int) -> str:
        """A step of the caller's leg in a room."""
        return f"{self.base}/voice/{language}/seat/{token}/{step}/{visit}{RETRY}"

    def room_events(self, token: str) -> str:
        """Where Twilio posts the events of a room; it stays the same for every leg."""
        return f"{self.base}/room/{token}/event#rc=3&rp=all"

    def resumed(self) -> str:
        """Where a caller's leg hears the turn at which the call stands."""
        return f"{self.base}/voice/fallback{RETRY}"

    def text_status(self, token: str) -> str:
        """Where Twilio posts the status of a text."""
        return f"{self.base}/text/{token}/status"

    def recording(self, message: str) -> str:
        """Where Twilio posts the status of a message's recording."""
        return f"{self.base}/voice/recording/{message}#rc=3&rp=all"

    def dictation(self, token: str, part: int) -> str:
        """Where Twilio posts the status of a prompt's recording."""
        return f"{self.base}/leg/{token}/dictated/{part}/status#rc=3&rp=all"

    def prompt(self, file: str, sha256: str | None = None) -> str:
        """A recorded prompt; with its SHA-256 the address names one content for ever.

        The hash is in the query, so that a process of another release answers the address too.
        """
        content = f"?sha256={sha256}" if sha256 else ""
        return f"{self.base}/audio/prompt/{file}{content}"

    def message(self, message: str) -> str:
        """The audio of one message, for a few minutes."""
        return f"{self.base}/audio/message/{self._signer().dumps(message)}"

    def message_in(self, token: str) -> str | None:
        """The message of this link; None when it is forged or too old."""
        try:
            return str(self._signer().loads(token, max_age=PLAYABLE_FOR_SECONDS))
        except BadSignature:
            return None

    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secrets[::-1], salt="message audio")
