"""Faults that stay on until they are turned off, with readable names."""

from collections.abc import Callable, Mapping

from simulator.delivery.faults import Faults

Turn = Callable[[Faults], None]


def _delay(faults: Faults) -> None:
    faults.delay(5.0)


def _reorder(faults: Faults) -> None:
    faults.reorder()


def _duplicate(faults: Faults) -> None:
    faults.duplicate()
    faults.voice_twice()


def _lose(faults: Faults) -> None:
    faults.lose()


def _too_many(faults: Faults) -> None:
    faults.rest_errors(429, 1.0)


def _broken(faults: Faults) -> None:
    faults.rest_errors(500, 1.0)


SWITCHES: Mapping[str, tuple[str, Turn]] = {
    "duplicate": ("All twice", _duplicate),
    "delay": ("News 5 s late", _delay),
    "reorder": ("Out of order", _reorder),
    "lose": ("News lost", _lose),
    "429": ("Carrier 429", _too_many),
    "500": ("Carrier 500", _broken),
}


class Switchboard:
    """The switches that are on. Turning one resets all faults, also those set elsewhere."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self.on: set[str] = set()

    def turn(self, name: str, on: bool) -> None:
        """Turn one. Raises ValueError for an unknown name."""
        if name not in SWITCHES:
            raise ValueError(f"no such switch: {name}")
        self.on = self.on | {name} if on else self.on - {name}
        self._set()

    def all_off(self) -> None:
        """Turn every switch off."""
        self.on = set()
        self._set()

    def _set(self) -> None:
        self._faults.clear()
        for name in sorted(self.on):
            SWITCHES[name][1](self._faults)

    def shown(self) -> list[dict[str, object]]:
        """Each switch, its label, and whether it is on."""
        return [
            {"name": name, "label": label, "on": name in self.on}
            for name, (label, _) in SWITCHES.items()
        ]
