"""The console's fonts can draw what its pages and prompts say."""

from __future__ import annotations

import re

from docs.tools import chinese_fonts
from docs.tools.chinese_fonts import STYLES


def test_every_chinese_character_of_our_texts_has_a_font() -> None:
    missing = "".join(sorted(chinese_fonts.characters() - chinese_fonts.covered()))
    assert missing == "", "run docs/tools/chinese_fonts.py"


def test_the_faces_of_a_family_have_one_weight_each() -> None:
    """A face for a range of weights would be the only one that browsers take."""
    weights = re.findall(r"@font-face \{[^}]*font-weight: ([^;]+);", STYLES.read_text("utf-8"))
    assert set(weights) == {"400", "600"}
