"""The console's fonts can draw what its pages and prompts say."""

from __future__ import annotations

from docs.tools import chinese_fonts


def test_every_chinese_character_of_our_texts_has_a_font() -> None:
    missing = "".join(sorted(chinese_fonts.characters() - chinese_fonts.covered()))
    assert missing == "", "run docs/tools/chinese_fonts.py"
