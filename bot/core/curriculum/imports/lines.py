"""The lines of a text, each known to be understood or not, so that none is lost unseen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.curriculum.imports import Unread, UnreadWhy
from bot.core.curriculum.imports.blocks import is_crowded

MOST_LINES_WITH_LINKS = 6_500
"""A list of as many resources as are read has hardly more; what is below isn't even looked at."""
MOST_LINES = 25_000
HIGHEST_COST = 180_000
LONGEST_LINE = 10_000
LONGEST_UNREAD = 200

_COSTS = {"[": 4, "![": 16, "://": 12, **dict.fromkeys("*_`<&\\~", 1)}
"""About how long it takes to read a sign; a megabyte of links costs three quarters of the most."""
_MARKS = re.compile(r"^((?:[\s>*+-]|\d{1,9}[.)](?=\s)){40})(?:[\s>*+-]|\d{1,9}[.)](?=\s))+")
"""So many marks of quotes and lists in front of a line that nobody can see how deep it is."""
_HEADING_WITHOUT_SPACE = re.compile(r"(?m)^(#{1,6})(?=[^\s#!/])(?=.*\s)")
_DEFINITION = re.compile(r"\s{0,3}(?:\[[^\]]+\]:\s|<!--.*-->\s*$)")
_LINK = re.compile(r"\]\(|href|://")
_PICTURE = re.compile(r"(?i)!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])|<img\b[^<>]*>")
_LINK_AROUND_NOTHING = re.compile(r"(?i)\[\s*\]\([^)]*\)|<a\b[^<>]*>\s*</a>")


class Lines:
    """The lines of a text, counted from 0."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._understood = bytearray(len(self._lines))
        self._unread: dict[int, UnreadWhy] = {}

    def readable(self) -> str:
        """Return the text without lines that are too long, and without what is too much."""
        kept, links, cost = [], 0, 0
        for at, line in enumerate(self._lines):
            is_long = len(line) > LONGEST_LINE or is_crowded(line)
            links += "://" in line
            cost += 0 if is_long else sum(n * line.count(sign) for sign, n in _COSTS.items())
            if links > MOST_LINES_WITH_LINKS or at >= MOST_LINES or cost > HIGHEST_COST:
                for below in range(at, len(self._lines)):
                    self.report(range(below, below + 1), "many")
                break
            if is_long:
                self.report(range(at, at + 1), "long")
                kept.append("")
                continue
            if _DEFINITION.match(line):
                self.mark(range(at, at + 1))
            kept.append(_MARKS.sub(r"\1", line))
        return _HEADING_WITHOUT_SPACE.sub(r"\1 ", "\n".join(kept))

    def mark(self, lines: range, *, understood: bool = True) -> None:
        """Note that lines are understood, or that they aren't after all."""
        self._understood[lines.start : lines.stop] = bytes([understood]) * len(lines)

    def leave(self, lines: range) -> None:
        """Note that lines with links of the web are left out on purpose."""
        self.mark(lines)
        linked = [at for at in lines if _links_in(self._lines[at]) == "aside"]
        for at in linked or [at for at in lines if "][" in self._lines[at]]:
            self._unread.setdefault(at, "aside")

    def report(self, lines: range, why: UnreadWhy) -> None:
        """Note that lines that belong together gave nothing: the one with the link is told."""
        self.mark(lines)
        written = [at for at in lines if self._lines[at].strip()]
        linked = (at for at in written if _LINK.search(self._lines[at]))
        if written:
            self._unread.setdefault(next(linked, written[0]), why)

    def unread(self) -> Iterator[Unread]:
        """Yield what gave nothing, but for tags, comments and rulers."""
        in_comment = False
        for at, line in enumerate(self._lines):
            bare = line.strip()
            in_comment = (in_comment or bare.startswith("<!--")) and "-->" not in bare
            why = self._unread.get(at)
            if why is None and not (self._understood[at] or in_comment) and _says(bare):
                why = _links_in(bare)
            if why:
                yield Unread(at + 1, bare[:LONGEST_UNREAD], why)


def _says(line: str) -> bool:
    """Tell whether a line has words outside of tags."""
    return re.search(r"[^\W_]", re.sub(r"<[^<>]*>|-->", "", line)) is not None


def _links_in(line: str) -> UnreadWhy:
    """Return why a line that wasn't understood gave nothing: by its links, but for badges."""
    if "://" not in line and "](" not in line:
        return "text"
    shown = _LINK_AROUND_NOTHING.sub("", _PICTURE.sub("", line))
    return "aside" if "://" in shown else "no_web" if "](" in shown else "text"
