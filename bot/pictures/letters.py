"""How much room text takes in a picture, and which letters our fonts have at all."""

import functools
import json
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
FAMILIES = {
    "latin-medium.ttf": "Inter",
    "latin-bold.ttf": "Inter",
    "cjk.otf": "Noto Sans CJK KR",
    "hebrew.ttf": "Noto Sans Hebrew",
    "arabic.ttf": "Noto Sans Arabic",
    "emoji.ttf": "Noto Color Emoji",
}
"""What each font is called, in the order in which they are asked for a letter."""
RIGHT_TO_LEFT = ("Noto Sans Hebrew", "Noto Sans Arabic")

LOST = "…"

Runs = list[list[int]]


@functools.cache
def _runs() -> dict[str, Runs]:
    """Return by font which letters it has: the first and the last alike wide, and how wide."""
    found: dict[str, Runs] = json.loads((FONTS / "widths.json").read_text(encoding="utf-8"))
    return found


def font_files() -> list[Path]:
    return [FONTS / name for name in FAMILIES]


@functools.lru_cache(maxsize=4_096)
def _found(letter: str, *, is_bold: bool) -> tuple[str, int] | None:
    """Return the font that has a letter, and its width in thousandths of the text's size."""
    other = "latin-medium.ttf" if is_bold else "latin-bold.ttf"
    for name, family in FAMILIES.items():
        runs = _runs()[name]
        n = bisect_right(runs, ord(letter), key=itemgetter(0)) - 1
        if name != other and n >= 0 and ord(letter) <= runs[n][1]:
            return family, runs[n][2]
    return None


@functools.lru_cache(maxsize=512)
def drawable(text: str, or_else: str = "") -> str:
    """Return the text with … for letters that no font of ours has; if most are, the other text."""
    asked = unicodedata.normalize("NFC", text)
    if any(map(_is_lost, asked)):
        asked = unicodedata.normalize("NFKC", asked)
    lost = sum(map(_is_lost, asked))
    if lost * 2 > sum(map(str.isalnum, asked)) or not text:
        return drawable(or_else) if or_else else ""
    kept = (LOST if _is_lost(each) else each for each in asked if _is_lost(each) or _is_known(each))
    told = unicodedata.normalize("NFC", "".join(kept))
    told = re.sub(f"{LOST}+", LOST, told)
    return " ".join("".join(filter(_is_known, told)).split())


@functools.lru_cache(maxsize=4_096)
def _is_lost(letter: str) -> bool:
    return letter.isalnum() and not _is_known(letter)


@functools.lru_cache(maxsize=4_096)
def _is_known(letter: str) -> bool:
    return letter.isspace() or _found(letter, is_bold=False) is not None


def width(text: str, size: float, *, is_bold: bool = False) -> float:
    """Return the most room that drawable text takes: Arabic letters shrink where they join."""
    found = (_found(each, is_bold=is_bold) for each in text)
    return sum(each[1] for each in found if each) * size / 1000


def runs_of(text: str, *, is_turned: bool = False) -> list[tuple[str, str]]:
    """Split a drawable line into runs from left to right, each with the font it is set in.

    Each by itself: resvg loses joined letters beside those of another font, and is slow to find one
    that has what is missing. ``is_turned``: all of it reads from right to left.
    """
    runs: list[tuple[str, str]] = []
    for letter in text:
        found = _found(letter, is_bold=False)
        family = found[0] if found and (letter != " " or not runs) else runs[-1][0]
        if runs and runs[-1][0] == family:
            runs[-1] = family, runs[-1][1] + letter
        else:
            runs.append((family, letter))
    if not is_turned:
        return runs
    # Read from right to left, what stood behind a run stands before it.
    turned = []
    for family, run in runs[::-1]:
        bare = run.rstrip(" " if family in RIGHT_TO_LEFT else " :,.;!?-")
        turned.append((family, run[len(bare) :][::-1] + bare))
    return turned


def reads_from_right(text: str) -> bool:
    """Tell whether text begins with Hebrew or Arabic."""
    found = (_found(each, is_bold=False) for each in text if each.isalpha())
    return next((each[0] in RIGHT_TO_LEFT for each in found if each), False)


@functools.lru_cache(maxsize=512)
def wrapped(
    text: str, size: float, room: float, most: int, *, is_bold: bool = False
) -> Sequence[str]:
    """Break drawable text into at most so many lines, each no wider than the room."""
    lines: list[str] = []
    left = text
    while left and len(lines) < most:
        is_last = len(lines) == most - 1
        end = _end_of_line(left, size, room, is_bold=is_bold)
        if is_last and end < len(left):
            dots = width("…", size, is_bold=is_bold)
            end = _end_of_line(left, size, room - dots, is_bold=is_bold, is_cut=True)
            return [*lines, left[:end].rstrip(" -·:,…") + "…"]
        lines.append(left[:end].rstrip())
        left = left[end:].lstrip()
    return lines


def _end_of_line(
    text: str, size: float, room: float, *, is_bold: bool, is_cut: bool = False
) -> int:
    """Return how many letters stand on a line: whole words, unless one alone is too long.

    ``is_cut``: or unless a third of the line would stay free, where dots follow anyway.
    """
    taken, ends = 0.0, list[float]()
    for letter in text:
        taken += width(letter, size, is_bold=is_bold)
        ends.append(taken)
        if taken > 2 * room:
            break
    fits = max(bisect_right(ends, room), 1)
    if fits >= len(text):
        return len(text)
    end = max((n for n in range(1, fits + 1) if _may_break(text, n)), default=0)
    next_end = next((n for n in range(fits + 1, len(ends)) if _may_break(text, n)), len(ends))
    word = ends[next_end - 1] - (ends[end - 1] if end else 0)
    if end and (ends[end - 1] > room * 2 / 3 if is_cut else word <= room):
        return end
    while fits > 1 and unicodedata.combining(text[fits]):
        fits -= 1
    return fits


def _may_break(text: str, n: int) -> bool:
    """Tell whether a line may end before this letter: at a space, a hyphen, a Chinese letter."""
    before, after = text[n - 1], text[n]
    return " " in (before, after) or before in "-/" or _is_han(after)


def _is_han(letter: str) -> bool:
    return "\u3040" <= letter <= "\u9fff"  # Kana, too; Hangul has spaces between its words
