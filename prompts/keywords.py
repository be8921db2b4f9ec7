"""The words of a text message, ready to be compared with the keywords of the prompt files."""

import unicodedata


def plain_words(body: str) -> list[str]:
    """The words of a text, without case, punctuation, direction marks and pictures."""
    plain = unicodedata.normalize("NFKC", body).casefold()
    kept = (
        sign if unicodedata.category(sign)[0] in "LMN" else " "
        for sign in plain
        if unicodedata.category(sign) != "Cf"
    )
    return "".join(kept).split()
