"""What stands under which heading, while a text is being read."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.core.curriculum import Table
from bot.core.curriculum.imports import UnreadWhy
from bot.core.curriculum.imports.drafts import Draft, clipped
from bot.core.curriculum.imports.headings import Anchors, heading_of, loose, purpose_of
from bot.core.curriculum.imports.lines import Lines
from bot.core.curriculum.shape import (
    LONGEST_LABEL,
    LONGEST_LINK_ON_A_CARD,
)

MOST_RESOURCES = 5_000

LEVEL = 10
BOLD = 5
BOLD_ALONE = 75
PASTED = 85
_NOTHING_BELOW = 100
"""Ranks: of a level of headings; how much less a bold line has that stands right above headings,
which are its; of any other bold line, under which no heading stands; of a line above pasted links.
"""


@dataclass(slots=True, eq=False)
class Heading:
    """A heading and what stands under it, up to the next one.

    ``rank`` tells which headings it stands under: those of lower rank. ``prose`` are paragraphs
    with their lines. ``is_left_out``: what stands here is no reading.
    ``is_link``: the first draft is the heading itself.
    """

    title: str
    icon: str = ""
    rank: int = 0
    above: Heading | None = None
    is_left_out: bool = False
    number: str = ""
    is_link: bool = False
    drafts: list[Draft] = field(default_factory=list)
    prose: list[tuple[str, range]] = field(default_factory=list)
    tables: list[tuple[Table, range]] = field(default_factory=list)

    @property
    def path(self) -> list[Heading]:
        """Those that it stands under and itself, without such as say the same again."""
        if self.above is None:
            return []
        path = self.above.path
        says_it_again = path and path[-1].title.casefold() == self.title.casefold()
        return path if says_it_again else [*path, self]


class Outline:
    """The headings of a text as they follow each other, and what was found under each."""

    def __init__(self, lines: Lines) -> None:
        self.root = self.here = Heading("")
        self.headings = [self.root]
        self.purpose = purpose_of("")
        self._lines = lines
        self._numbers: dict[str, str] = {}
        self._anchors = Anchors()
        self._places: dict[str, Heading] = {}
        self._seen: set[str] = set()

    @property
    def is_full(self) -> bool:
        return len(self._seen) >= MOST_RESOURCES

    def entitle(self, text: str) -> tuple[str, str]:
        """Return the icon and title of the whole, which is a place among the headings, too."""
        icon, title = heading_of(text)
        self._anchors.name(icon, title)
        return icon, title

    def begin(self, text: str, rank: int) -> Heading:
        """Begin a heading below those of lower rank."""
        icon, title = heading_of(text)
        above = self.here
        while above.rank >= rank and above.above:
            above = above.above
        self.purpose = purpose_of(title)
        is_left_out = above.is_left_out or self.purpose == "repository"
        rank = _NOTHING_BELOW if self.purpose == "contents" else rank
        self.here = Heading(title, icon, rank, above, is_left_out)
        self.headings.append(self.here)
        anchor = self._anchors.name(icon, title)
        self._places[anchor] = self.here
        self._places.setdefault(loose(anchor), self.here)
        return self.here

    def begin_fold(self, text: str) -> None:
        """Begin a fold; folds inside of folds stay below the level that they stand under."""
        self.begin(text, self.here.rank + (self.here.rank % LEVEL < LEVEL - 1))

    def end_fold(self) -> None:
        """Go back to where the last fold began, if one did."""
        heading = self.here
        while heading.above and heading.rank % LEVEL in {0, BOLD}:
            heading = heading.above
        self.here = heading.above or self.here

    def number(self, anchor: str, number: str) -> None:
        """Note the number that an index gives a place."""
        self._numbers[anchor] = clipped(number, LONGEST_LABEL)

    def numbered(self) -> list[Heading]:
        """Return all headings, with the numbers that an index gave them."""
        for anchor, number in self._numbers.items():
            if heading := self._places.get(anchor) or self._places.get(loose(anchor)):
                heading.number = number
        return self.headings

    def add(self, draft: Draft, lines: range) -> bool:
        """Add a resource to the present heading, or report why not."""
        is_new = self.is_new(draft, lines)
        if is_new:
            self.here.drafts.append(draft)
        return is_new

    def is_new(self, draft: Draft, lines: range) -> bool:
        """Tell whether this is the first with its link and may be read; report why not."""
        why: UnreadWhy | None = None
        if draft.link in self._seen:
            why = "twice"
        elif len(draft.url) > LONGEST_LINK_ON_A_CARD:
            why = "long"
        elif self.is_full:
            why = "many"
        if why:
            self._lines.report(lines, why)
            return False
        self._seen.add(draft.link)
        self._lines.mark(lines)
        return True
