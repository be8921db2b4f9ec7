"""Maps a ZIP code to a borough, the only location of a caller that we store."""

BOROUGHS = ("manhattan", "staten_island", "bronx", "queens", "brooklyn")
ELSEWHERE = "elsewhere"
CENTRES = {
    "manhattan": "10027",
    "staten_island": "10301",
    "bronx": "10458",
    "queens": "11372",
    "brooklyn": "11226",
}
"""A ZIP code in the middle of each borough, from which the distance of offices is judged."""
_BY_OFFICE = {
    **dict.fromkeys(("100", "101", "102"), "manhattan"),
    "103": "staten_island",
    "104": "bronx",
    "112": "brooklyn",
    **dict.fromkeys(("111", "113", "114", "116"), "queens"),
}
_QUEENS_BY_LONG_ISLAND = ("11004", "11005")


def borough_of(zip_code: str) -> str:
    """The borough of New York City of a ZIP code, by its post office.

    The first three digits name a sorting centre (USPS L002); two ZIP codes of Queens are sorted
    with Nassau County.
    """
    if zip_code in _QUEENS_BY_LONG_ISLAND:
        return "queens"
    return _BY_OFFICE.get(zip_code[:3], ELSEWHERE)
