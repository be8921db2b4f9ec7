"""What goes wrong between the carrier and the hotline, on demand and by seed."""

from collections.abc import MutableSequence
from dataclasses import dataclass
from fnmatch import fnmatch
from random import Random
from typing import Literal, TypeVar

RestFailure = int | Literal["timeout"]
WebhookFailure = int | Literal["timeout", "connection"]
T = TypeVar("T")


@dataclass
class Odds:
    """How often a fault strikes: by chance, or only the next few times."""

    chance: float = 1.0
    left: int | None = None

    def strike(self, dice: Random) -> bool:
        """Whether it strikes now. A number is drawn in any case, so that runs are repeatable."""
        throw = dice.random()
        if self.left is not None:
            self.left -= 1
            return self.left >= 0
        return throw < self.chance


@dataclass
class CallbackFault:
    """A fault of status, recording, message and conference callbacks."""

    what: Literal["duplicate", "lose", "delay", "reorder"]
    odds: Odds
    seconds: float = 0.0
    purpose: str = "*"


@dataclass(frozen=True)
class Fate:
    """The fate of one callback: how late each copy is, and whether the next overtakes it."""

    delays: tuple[float, ...] = (0.0,)
    held: bool = False


@dataclass
class RestFault:
    """A failing REST answer, before or after the request takes effect."""

    failure: RestFailure
    after_acting: bool
    odds: Odds
    path: str
    method: str


@dataclass
class WebhookFault:
    """A voice or text webhook that fails, as Twilio sees it."""

    failure: WebhookFailure
    after_acting: bool
    odds: Odds
    path: str


@dataclass
class RecordingFaults:
    """Faults of recorded sound; counts are per recording, except `deletes_fail`."""

    missing_first: int = 0
    short: bool = False
    cut: bool = False
    garbled: bool = False
    empty: bool = False
    """A header of a WAV comes, and no sound after it."""
    redirect_to: str = ""
    """Media is answered by a redirect to this host instead; its own host serves it unsigned."""
    gzipped: bool = False
    drop_silent: bool = False
    """A <Record> in which nobody speaks leaves no recording and asks no action."""
    deletes_fail: int = 0


class Faults:
    """The faults to inject; at first there are none."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self.clear()

    def clear(self) -> None:
        """Remove every fault, and restart the random numbers."""
        self._dice = Random(self._seed)  # noqa: S311 - repeatable by seed is the point
        self._order = Random(self._seed)  # noqa: S311 - as above
        self._callbacks: list[CallbackFault] = []
        self._rest: list[RestFault] = []
        self._webhooks: list[WebhookFault] = []
        self._twice: list[Odds] = []
        self._texts: list[int] = []
        self._refused: dict[str, tuple[int, int]] = {}
        self.recordings = RecordingFaults()
        self.calls_per_second: float | None = None
        self.most_calls: int | None = None
        """Calls at the same time: 2 or 3 for an account without a business profile."""
        self.hang_seconds = 20.0

    def duplicate(
        self,
        chance: float = 1.0,
        *,
        next: int | None = None,
        seconds: float = 1.0,
        purpose: str = "*",
    ) -> None:
        """Deliver callbacks twice, the copy some seconds later."""
        self._callbacks.append(CallbackFault("duplicate", Odds(chance, next), seconds, purpose))

    def lose(self, chance: float = 1.0, *, next: int | None = None, purpose: str = "*") -> None:
        """Never deliver callbacks."""
        self._callbacks.append(CallbackFault("lose", Odds(chance, next), 0.0, purpose))

    def delay(
        self,
        seconds: float,
        chance: float = 1.0,
        *,
        next: int | None = None,
        purpose: str = "*",
    ) -> None:
        """Deliver callbacks late."""
        self._callbacks.append(CallbackFault("delay", Odds(chance, next), seconds, purpose))

    def reorder(
        self,
        chance: float = 1.0,
        *,
        next: int | None = None,
        seconds: float = 30.0,
        purpose: str = "*",
    ) -> None:
        """Hold callbacks until the same call's next one has passed, or for some seconds."""
        self._callbacks.append(CallbackFault("reorder", Odds(chance, next), seconds, purpose))

    def voice_twice(self, chance: float = 1.0, *, next: int | None = None) -> None:
        """Make the same voice webhook twice and obey the second answer."""
        self._twice.append(Odds(chance, next))

    def next_webhook(
        self,
        failure: WebhookFailure,
        *,
        after_acting: bool = True,
        times: int = 1,
        path: str = "*",
    ) -> None:
        """Let the next voice or text webhooks fail before or after the hotline acts on them."""
        self._webhooks.append(WebhookFault(failure, after_acting, Odds(left=times), path))

    def next_rest(
        self,
        failure: RestFailure,
        *,
        after_acting: bool = False,
        path: str = "*",
        method: str = "*",
        times: int = 1,
    ) -> None:
        """Let the next REST requests that match fail; `path` is a shell pattern."""
        self._rest.append(RestFault(failure, after_acting, Odds(left=times), path, method))

    def rest_errors(
        self,
        failure: RestFailure,
        chance: float,
        *,
        after_acting: bool = False,
        path: str = "*",
        method: str = "*",
    ) -> None:
        """Let REST requests that match fail by chance."""
        self._rest.append(RestFault(failure, after_acting, Odds(chance), path, method))

    def next_text(self, error_code: int, *, times: int = 1) -> None:
        """Let the next texts stay undelivered with this error, e.g. 30003."""
        self._texts.extend([error_code] * times)

    def refuse(self, number: str, error_code: int, *, status: int = 400) -> None:
        """Refuse every call ordered to this number over REST, e.g. with 21211 or 21215."""
        self._refused[number] = (status, error_code)

    def refusal_of(self, number: str) -> tuple[int, int] | None:
        """The HTTP status and error with which calls to this number are refused, if any."""
        return self._refused.get(number)

    def fate_of_callback(self, purpose: str) -> Fate:
        """The fate of the next callback."""
        delays, held = [0.0], False
        for fault in self._callbacks:
            if not fnmatch(purpose, fault.purpose) or not fault.odds.strike(self._dice):
                continue
            match fault.what:
                case "lose":
                    return Fate(())
                case "duplicate":
                    delays.append(delays[0] + fault.seconds)
                case "delay":
                    delays = [delay + fault.seconds for delay in delays]
                case "reorder":
                    delays, held = [delays[0] + fault.seconds, *delays[1:]], True
        return Fate(tuple(delays), held)

    def strike_voice_twice(self) -> bool:
        """Whether this voice webhook is made twice."""
        strikes = [odds.strike(self._dice) for odds in self._twice]
        return any(strikes)

    def strike_webhook(self, path: str) -> WebhookFault | None:
        """The fault of this voice or text webhook, if any."""
        for fault in self._webhooks:
            if fnmatch(path, fault.path) and fault.odds.strike(self._dice):
                return fault
        return None

    def strike_rest(self, method: str, path: str) -> RestFault | None:
        """The fault of this REST request, if any."""
        for fault in self._rest:
            matches = fnmatch(method, fault.method) and fnmatch(path, fault.path)
            if matches and fault.odds.strike(self._dice):
                return fault
        return None

    def shuffle(self, things: MutableSequence[T]) -> None:
        """Put what happens at one instant into an order that the seed decides."""
        self._order.shuffle(things)

    def strike_text(self) -> int | None:
        """The error with which this text stays undelivered, if any."""
        return self._texts.pop(0) if self._texts else None
