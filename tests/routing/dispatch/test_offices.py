"""Which offices are near a ZIP code."""

from dataclasses import dataclass

from routing.dispatch.offices import nearest


@dataclass(frozen=True)
class Office:
    name: str
    zips: tuple[str, ...]


def names(zip_code: str, *offices: Office) -> list[str]:
    return [office.name for office in nearest(offices, zip_code)]


JACKSON_HEIGHTS = Office("Jackson Heights", ("11372", "11373"))
CORONA = Office("Corona", ("11368",))
FLATBUSH = Office("Flatbush", ("11226",))
HARLEM = Office("Harlem", ("10027",))
ASTORIA = Office("Astoria", ("11102",))


def test_the_office_of_the_same_zip_comes_first() -> None:
    assert names("11368", JACKSON_HEIGHTS, CORONA) == ["Corona", "Jackson Heights"]


def test_then_come_the_closest_of_the_same_three_digits_then_of_the_same_two() -> None:
    assert names("11374", ASTORIA, CORONA, JACKSON_HEIGHTS) == [
        "Jackson Heights",
        "Corona",
        "Astoria",
    ]
    assert names("11300", Office("Near", ("11299",)), Office("Same", ("11399",))) == [
        "Same",
        "Near",
    ]


def test_at_most_three_are_named_and_none_from_another_region() -> None:
    assert len(names("11370", JACKSON_HEIGHTS, CORONA, FLATBUSH, ASTORIA)) == 3
    assert names("10001", JACKSON_HEIGHTS, HARLEM) == ["Harlem"]
    assert names("94110", JACKSON_HEIGHTS, HARLEM) == []


def test_an_office_without_zips_is_near_nobody() -> None:
    assert names("11368", Office("Everywhere", ())) == []


def test_offices_equally_near_keep_their_order() -> None:
    assert names("11370", Office("Second", ("11371",)), Office("First", ("11369",))) == [
        "Second",
        "First",
    ]
