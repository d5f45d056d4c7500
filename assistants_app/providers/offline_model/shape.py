"""What a text says about the picture's format: size, ratio, quality, background.

"A wide river" says nothing about the format; "a wide picture" and ", wide" do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

Ratio = tuple[int, int]
STEPS: tuple[Ratio, ...] = ((9, 16), (2, 3), (1, 1), (3, 2), (16, 9), (2, 1))
WIDE: Ratio = (3, 2)
TALL: Ratio = (2, 3)
SQUARE: Ratio = (1, 1)


@dataclass(frozen=True)
class Shape:
    """The format as asked; an empty value was not asked for."""

    size: str = ""
    ratio: Ratio | None = None
    quality: str = ""
    background: str = ""
    output_format: str = ""

    def over(self, older: Shape) -> Shape:
        """Take what was asked now, and what was asked before where nothing is new."""
        asked_format = bool(self.size or self.ratio)
        return Shape(
            self.size if asked_format else older.size,
            self.ratio if asked_format else older.ratio,
            self.quality or older.quality,
            self.background or older.background,
            self.output_format or older.output_format,
        )


_FORMAT = r"(?:[\s-]+(?:format|orientation|mode|picture|image|version|aspect ratio|ratio|layout))"
_START = r"(?:^|(?<=[,;(])|\bin|\bas|\bit|\ba|\ban|\bmake)\s*"
_ALONE = r"(?=\s*(?:$|[,;.)!]))"
_SIZE = re.compile(
    r"(?:,\s*)?(?:\b(?:in|at|as|with|of|size|resolution)\s+)*(?<!\d)(\d{2,4})\s*"
    r"(?:x|×|\*|by)\s*(\d{2,4})(?!\d)\s*(?:pixels?|px)?(?:\s+(?:format|size|resolution))?",
    re.I,
)
_RATIO = re.compile(
    r"(?:,\s*)?(?:--ar\s+|\b(?:in|at|as|with|aspect ratio|an aspect ratio of|ratio|"
    r"format)\s+)*(?<![\d:])(1:1|4:3|3:4|16:9|9:16|3:2|2:3|5:4|4:5|21:9|9:21|16:10|"
    r"10:16|2:1|1:2|3:1|1:3)(?![\d:])(?:\s*(?:aspect ratio|ratio|format))?",
    re.I,
)
_NAMED: tuple[tuple[re.Pattern[str], Ratio], ...] = tuple(
    (re.compile(pattern, re.I), ratio)
    for pattern, ratio in (
        (rf"\b(?:wide-?screen|cinema ?scope)\b{_FORMAT}?", (16, 9)),
        (rf"\b(?:wide|landscape|horizontal)(?:{_FORMAT})(?! of a\b.*\bformat)", WIDE),
        (rf"{_START}(?:in )?(?:wide|landscape|horizontal){_ALONE}", WIDE),
        (r"\b(?:portrait|vertical|upright|tall)(?:[\s-]+(?:format|orientation|mode|"
         r"version|aspect ratio|ratio|layout))", TALL),
        (r"\b(?:vertical|upright|tall)\s+(?:picture|image)", TALL),
        (rf"{_START}(?:vertical|upright|tall|in portrait){_ALONE}", TALL),
        (rf"\bsquared?(?:{_FORMAT})", SQUARE),
        (rf"{_START}square{_ALONE}", SQUARE),
        (r"\b(?:instagram post)\b", SQUARE),
        (r"\b(?:phone wallpaper|instagram story)\b", (9, 16)),
        (r"\bdesktop wallpaper\b", (16, 9)),
    )
)  # fmt: skip
_QUALITY = re.compile(
    r"(?:,\s*)?(?:\b(?:in|at|with|of)\s+)?(?:the\s+)?\b(?:(?P<word>high(?:est)?|best|top|"
    r"hd|medium|normal|standard|low(?:est)?|draft)[\s-]+quality|quality\s*[:=]?\s*"
    r"(?P<value>high|hd|medium|standard|low)|in hd|hd version)\b",
    re.I,
)
_BACKGROUND = re.compile(
    r"(?:,\s*)?(?:\b(?:with|on|and)\s+)?(?:an?\s+)?(transparent|opaque)\s+background",
    re.I,
)
_OUTPUT = re.compile(
    r"(?:,\s*)?\b(?:as|in)\s+(?:an?\s+)?(png|jpe?g|webp)\b(?:\s+file)?", re.I
)


def take_shape(text: str) -> tuple[str, Shape]:
    """Return the text without its words about the format, and what they said."""
    shape = Shape()
    if match := _SIZE.search(text):
        width, height = int(match[1]), int(match[2])
        if width and height:
            shape = replace(shape, size=f"{width}x{height}", ratio=(width, height))
            text = _cut(text, match)
    if match := _RATIO.search(text):
        left, right = (int(part) for part in match[1].split(":"))
        shape = replace(shape, ratio=shape.ratio or (left, right))
        text = _cut(text, match)
    text, shape = _take_named(text, shape)
    if match := _QUALITY.search(text):
        shape = replace(
            shape, quality=_quality(match["word"] or match["value"] or "hd")
        )
        text = _cut(text, match)
    if match := _BACKGROUND.search(text):
        shape = replace(shape, background=match[1].lower())
        text = _cut(text, match)
    if match := _OUTPUT.search(text):
        name = match[1].lower().replace("jpg", "jpeg")
        shape, text = replace(shape, output_format=name), _cut(text, match)
    return _tidy(text), shape


def step(ratio: Ratio | None, by: int) -> Ratio:
    """Go one step wider (1) or taller (-1) on the list of usual ratios."""
    now = ratio or SQUARE
    value = now[0] / now[1]
    nearest = min(
        range(len(STEPS)), key=lambda i: abs(STEPS[i][0] / STEPS[i][1] - value)
    )
    return STEPS[max(0, min(len(STEPS) - 1, nearest + by))]


def words_for(shape: Shape) -> str:
    """Say the format in words, for a tool that has no parameter for it."""
    if shape.ratio is None:
        return ""
    value = shape.ratio[0] / shape.ratio[1]
    if value > 1.1:
        return "wide format"
    return "upright format" if value < 0.9 else "square format"


def _take_named(text: str, shape: Shape) -> tuple[str, Shape]:
    for pattern, ratio in _NAMED:
        if match := pattern.search(text):
            keeps = "wallpaper" in match[0].lower()
            cut = text if keeps else _cut_format(text, match)
            return cut, replace(shape, ratio=shape.ratio or ratio)
    return text, shape


def _cut_format(text: str, match: re.Match[str]) -> str:
    """Cut "wide format" out, but keep the noun of "a wide picture of a fox"."""
    noun = re.search(r"\b(picture|image|version)$", match[0], re.I)
    kept = noun[1] if noun and text[match.end() :].lstrip().startswith("of") else ""
    return f"{text[: match.start()]} {kept} {text[match.end() :]}"


def _cut(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"


def _quality(word: str) -> str:
    word = word.lower()
    if word in {"low", "lowest", "draft"}:
        return "low"
    return "medium" if word in {"medium", "normal", "standard"} else "high"


def _tidy(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s+([,.;!?])", r"\1", text)
    text = re.sub(r"(?:,\s*){2,}", ", ", text)
    text = re.sub(r"(?:,?\s+(?:in|at|as|with|and))+\s*([.!?]?)$", r"\1", text)
    return text.strip(" ,;")
