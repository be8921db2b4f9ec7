"""The Chinese fonts of the console, with the characters that its pages and prompts use and no more.

    python -m docs.tools.chinese_fonts NotoSansCJK-Regular.ttc

Needs fonttools and brotli, which nothing else needs. Run it after a Chinese text has a new
character; tests/structure names the missing ones. The file comes with Debian's fonts-noto-cjk.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

CODE = Path(__file__).resolve().parents[2]
FONTS = CODE / "console" / "static" / "fonts"
STYLES = CODE / "console" / "static" / "tokens.css"
MAINLAND, HONG_KONG = 2, 4
"""The numbers of the faces in the file."""
CANTONESE = "prompts/yue.toml"
_TEXTS = ("prompts/*.toml", "prompts/optional/*.toml", "console/translations/*.po")
_CHINESE = re.compile("[\u2e80-\u2fdf\u3000-\u303f\u3100-\u312f\u31c0-\u9fff\uff00-\uffef]")
_OWN_NAME = re.compile(r'^name = "(.+)"$', re.MULTILINE)


def characters(*, but: str = "") -> frozenset[str]:
    """The Chinese characters of all texts, except those of one file."""
    files = {file for pattern in _TEXTS for file in CODE.glob(pattern)} - {CODE / but}
    return frozenset(_CHINESE.findall("".join(file.read_text("utf-8") for file in files)))


def names() -> frozenset[str]:
    """Those in the languages' own names."""
    own = (_OWN_NAME.findall(file.read_text("utf-8")) for file in CODE.glob("prompts/*.toml"))
    return frozenset(_CHINESE.findall("".join(name for found in own for name in found))) | {*"中文"}


def covered() -> frozenset[str]:
    """The Chinese characters for which the styles name a font."""
    ranges = re.findall(r"unicode-range: ([^;]+);", STYLES.read_text("utf-8"))
    parts = [part.strip()[2:].split("-") for each in ranges for part in each.split(",")]
    points = (range(int(part[0], 16), int(part[-1], 16) + 1) for part in parts)
    return frozenset(chr(point) for found in points for point in found)


def _range(of: Iterable[str]) -> str:
    """As `unicode-range` says it: neighbours together."""
    spans: list[list[int]] = []
    for point in sorted(map(ord, of)):
        if spans and spans[-1][-1] == point - 1:
            spans[-1] = [spans[-1][0], point]
        else:
            spans.append([point])
    return ", ".join("U+" + "-".join(f"{point:04X}" for point in span) for span in spans)


def _build(source: str, face: int, name: str, of: frozenset[str]) -> None:
    unicodes = ",".join(f"{ord(each):04X}" for each in sorted(of))
    subprocess.run(  # noqa: S603 - our own arguments
        [
            *(sys.executable, "-m", "fontTools.subset", source, f"--font-number={face}"),
            *(
                f"--unicodes={unicodes}",
                "--flavor=woff2",
                "--no-hinting",
                "--desubroutinize",
                "--layout-features=",
            ),
            f"--output-file={FONTS / name}",
        ],
        check=True,
    )
    text = STYLES.read_text("utf-8")
    rule = re.compile(rf'(url\("fonts/{re.escape(name)}"\)[^;]*; unicode-range: )[^;]+;')
    STYLES.write_text(rule.sub(rf"\g<1>{_range(of)};", text), "utf-8")


def main() -> None:
    """Build the three files, and write which characters each has."""
    (source,) = sys.argv[1:]
    mainland = characters(but=CANTONESE)
    _build(source, MAINLAND, "noto-sans-chinese-400.woff2", mainland)
    _build(source, HONG_KONG, "noto-sans-cantonese-400.woff2", characters() - mainland)
    _build(source, MAINLAND, "names-chinese.woff2", names())


if __name__ == "__main__":
    main()
