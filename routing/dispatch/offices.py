"""Which office a caller hears about first."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar


class Office(Protocol):
    """Anything with the ZIP codes it serves."""

    @property
    def zips(self) -> Sequence[str]:
        """ZIP codes of five digits."""


Place = TypeVar("Place", bound=Office)

_FAR = (3, 0)
MOST = 3
"""A caller keeps no more offices in mind."""


def nearest(offices: Iterable[Place], zip_code: str, *, most: int = MOST) -> list[Place]:
    """The offices closest to a ZIP code, nearest first; offices in another region are left out.

    The first three digits of a ZIP code name a sorting centre, and neighbouring post offices have
    close numbers (USPS Publication 65). So within a region the number approximates the distance.
    """
    ranked = [
        (min((_distance(z, zip_code) for z in office.zips), default=_FAR), office)
        for office in offices
    ]
    near = [(distance, office) for distance, office in ranked if distance < _FAR]
    return [office for _, office in sorted(near, key=lambda pair: pair[0])[:most]]


def _distance(served: str, wanted: str) -> tuple[int, int]:
    """The distance of two ZIP codes: first by region, then by number."""
    apart = abs(int(served) - int(wanted))
    if apart == 0:
        return (0, 0)
    if served[:3] == wanted[:3]:
        return (1, apart)
    return (2, apart) if served[:2] == wanted[:2] else _FAR
