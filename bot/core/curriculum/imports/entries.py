"""What one line of a list says of the thing that it links to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

from bot.core.curriculum import Kind
from bot.core.curriculum.imports.citations import (
    BETWEEN,
    RUNS_ON,
    SEPARATED,
    SHORTCODE,
    STARTS,
    YEAR,
    cited_plainly,
    headline_of,
    names_in,
    rest_of,
    title_and_rest,
    without_stop,
    year_in,
    year_right_behind,
)
from bot.core.curriculum.imports.link_texts import (
    BADGE_HOSTS,
    CALLS,
    NO_TITLE,
    SAYS_ONLY_WHAT,
    SOCIAL,
    is_bare,
    is_generic,
    is_named,
    is_navigation,
    is_web,
    links_in,
    rank_of,
    web_address,
)
from bot.core.curriculum.imports.spans import (
    BREAK,
    Span,
    lines_of,
    one_line,
    text_of,
    with_bare_links,
)
from bot.core.curriculum.links import host_of
from bot.core.curriculum.shape import LONGEST_LABEL, is_visible

MUST_READ = "\N{BOOKS}"
KIND_MARKS: dict[Kind, str] = {
    "article": "\N{PAGE WITH CURL}",
    "video": "\N{VIDEOCASSETTE}",
    "paper": "\N{PAGE FACING UP}",
    "docs": "\N{BOOKMARK TABS}",
    "course": "\N{GRADUATION CAP}",
    "book": "\N{BLUE BOOK}",
}
"""What the maker of the list writes before a companion, and what goes with it."""

_KIND_BY_MARK: dict[str, Kind] = {
    **{mark: kind for kind, mark in KIND_MARKS.items()},
    **dict.fromkeys("\N{MOVIE CAMERA}\N{TELEVISION}\N{CLAPPER BOARD}\N{VIDEO CAMERA}", "video"),
    **dict.fromkeys("\N{OPEN BOOK}\N{CLOSED BOOK}\N{GREEN BOOK}\N{ORANGE BOOK}", "book"),
    "\N{SCROLL}": "paper",
}

_SEPARATOR = re.compile(r"^[ \t]*\n|^\s*(?:[-\u2010-\u2015:\uff1a|,;.(\[/]|\W?$)")
_AND = re.compile(r"^[\s|/,;&+\u00b7\u2022]+$|^\s*(?:and|or)\s*$")
_WHERE = re.compile(r"(?:\.\s+|,\s*)(?=[A-Z]{3}|(?:19|20)\d\d\b).*|,\s*$")
"""Where and when something appeared, behind its authors."""
_WHEN = re.compile(rf"(?:[A-Z]{{3}}|[.,)])\s*({YEAR})\W*$")

_BY = re.compile(
    r"^\s*[-,]?\s*by\s+((?:[A-Z0-9\u00c0-\u00de][\w.'\u2019-]*,?\s+(?:and\s+|&\s+)?){0,7}[A-Z0-9\u00c0-\u00de][\w.'\u2019-]*)"
    r"(?=\s+[-\u2013\u2014]|\s*[(:.|]|\s*$)"
)


class Entry(NamedTuple):
    """One link and what is said of it.

    ``kind`` is what a mark in front says; ``rest`` is what stands behind. ``is_generic``: the
    link's own text names no title. ``is_running``: the link is part of a text that goes on behind
    it; ``is_sentence``: of one that begins before it.
    """

    url: str
    title: str
    label: str = ""
    rest: str = ""
    authors: str = ""
    year: int | None = None
    kind: Kind | None = None
    must_read: bool = False
    is_running: bool = False
    is_generic: bool = False
    is_sentence: bool = False

    @property
    def is_call(self) -> bool:
        """Tell whether it asks to do something for the list, or is a badge."""
        return bool(BADGE_HOSTS.fullmatch(host_of(self.url)) or CALLS.match(self.title))

    @property
    def is_social(self) -> bool:
        """Tell whether it leads to where people chat or give money."""
        return bool(SOCIAL.fullmatch(host_of(self.url)))

    @property
    def is_way_in(self) -> bool:
        """Tell whether it is a way to what stands above it: its "pdf", its "code"."""
        words = re.findall(r"\w+", self.title.casefold())
        return (
            self.is_generic and not self.label and not SAYS_ONLY_WHAT.isdisjoint(words or ["pdf"])
        )


def entries_of(spans: Sequence[Span], marks: frozenset[str]) -> list[Entry]:
    """Return what a line, or lines that belong together, say of what they link to.

    ``marks`` are the signs of a must-read.
    """
    spans = with_bare_links(spans)
    if not any(span.url for span in spans):
        return []
    lines = lines_of(spans)
    if sum(map(_begins_with_link, lines)) > 1:
        parts: list[list[Span]] = []
        for line in lines:
            if parts and not links_in(line):
                parts[-1] += [BREAK, *line]
            else:
                parts.append(line)
    else:
        parts = [spans]
    found = [_entries_of_a_part(part, marks) for part in parts]
    return [entry for entries in found for entry in entries]


def _begins_with_link(line: Sequence[Span]) -> bool:
    """Tell whether a line has a link of its own near its begin."""
    at = next((at for at, span in enumerate(line) if span.url and not span.is_image), None)
    if at is None or not any(map(is_named, links_in(line))):
        return False
    before = text_of(line[:at]).strip()
    return is_bare(line[at]) or (len(before) <= LONGEST_LABEL and not RUNS_ON.search(before))


def _entries_of_a_part(spans: list[Span], marks: frozenset[str]) -> list[Entry]:
    clickable = set(links_in(spans))
    web = [
        at
        for at, span in enumerate(spans)
        if span in clickable and is_web(span.url) and not is_navigation(span.url)
    ]
    named = [at for at in web if not is_generic(spans[at].text)]
    if named and _is_titled(spans[: web[0]], [spans[at] for at in named]):
        named = []
    ranked = named or sorted(web, key=lambda at: rank_of(spans[at].text))
    if ranked and _names_a_file(spans[: ranked[0]]):
        return []
    addresses = ((at, web_address(spans[at].url)) for at in ranked)
    at, url = next(((at, url) for at, url in addresses if url), (0, ""))
    if not url:
        return []
    first = _entry(spans, at, url, web[0], marks)
    entries = [first]
    for before, at in pairwise(named):
        joint = text_of(spans[before + 1 : at])
        are_bare = is_bare(spans[at]) and is_bare(spans[before])
        if not (_AND.match(joint) or (are_bare and not joint.strip())) or first.is_running:
            break
        if address := web_address(spans[at].url):
            rest = rest_of(_without_generic(spans[at + 1 :]))
            other = first._replace(url=address, title=_title(spans[at]), label="")
            entries = [each._replace(rest=rest) for each in (*entries, other)]
    return entries


def _is_titled(before: Sequence[Span], links: Sequence[Span]) -> bool:
    """Tell whether links are no more than ways to what has its title before them."""
    are_short = all(len(link.text.split()) < 3 for link in links)
    return are_short and len(headline_of(before)[0].split()) > 2


def _without_brackets(text: str) -> str:
    """Return a text without the brackets around all of it; "[BERT] A title" keeps its own."""
    found = re.fullmatch(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]", text)
    return _without_brackets(found[1]) if found else text


def _names_a_file(before: Sequence[Span]) -> bool:
    """Tell whether a line begins with a link to a file beside it: the others only go with it."""
    first = next((span for span in before if span.text.strip()), None)
    if first is None or first.is_image or not first.url or is_generic(first.text):
        return False
    return not (is_navigation(first.url) or is_web(first.url) or re.match(r"\w+:", first.url))


def _title(span: Span) -> str:
    title = _without_brackets(one_line(span.text))
    return "" if is_bare(span) or not is_visible(title) else title


def _entry(spans: list[Span], at: int, url: str, first_link: int, marks: frozenset[str]) -> Entry:
    main = spans[at]
    is_unnamed = is_generic(main.text) or is_bare(main)
    has_no_name = is_generic(main.text)
    kind, before = _unmarked(text_of(spans[:first_link]))
    after = _without_generic(spans[at + 1 :])
    must_read, after = _must_read(after, marks | {MUST_READ})
    if own := next((mark for mark in marks if before.startswith(mark)), ""):
        must_read, before = True, before.removeprefix(own).lstrip()
    entry = Entry(url, _title(main), kind=kind)
    entry = entry._replace(must_read=must_read, is_generic=has_no_name)
    headline, _, _ = headline_of(spans[:first_link])
    if headline and (is_unnamed or (len(headline.split()) > 2 and len(main.text.split()) < 3)):
        return _cited(entry, spans[:first_link], spans[at + 1 :], after)
    if (named := _named_behind(spans, at)) and not before.strip(BETWEEN):
        label = f"{one_line(main.text)}:"
        rest = rest_of(_without_generic(spans[at + named[1] :]))
        return entry._replace(title=named[0], label=label, rest=rest)
    is_first = not before.strip(BETWEEN) and SEPARATED.match(after) and not is_bare(main)
    if is_unnamed and is_first:
        is_unnamed = not SAYS_ONLY_WHAT.isdisjoint(re.findall(r"\w+", main.text.casefold()))
        entry = entry._replace(is_generic=is_unnamed)
    if is_unnamed:
        beside = [span for span in spans[at + 1 :] if not span.url]
        return _told(entry, before, after, text_of(beside), main)
    after, year = year_right_behind(after)
    entry = entry._replace(year=year)
    if by := _BY.match(after):
        year = year or year_in("".join(_WHEN.findall(after)))
        authors = one_line(_WHERE.sub("", by[1]))
        entry, after = entry._replace(authors=authors, year=year), after[by.end() :]
    rest = rest_of(after)
    is_before_a_link = [bool(span.url) for span in spans[at + 1 : at + 3]] == [False, True]
    joint = spans[at + 1].text if is_before_a_link else ""
    is_apart = not after.strip() or _is_sign(after) or bool(_SEPARATOR.match(after))
    is_apart = is_apart or bool(_AND.match(joint))
    before = before.strip()
    if not before.strip(BETWEEN):
        return entry._replace(rest=rest, is_running=not is_apart)
    if re.fullmatch(YEAR, before.strip(BETWEEN)):
        return entry._replace(rest=rest, year=int(before.strip(BETWEEN)))
    if re.search(r"\bet al\.?,?$", before):
        return entry._replace(rest=rest, authors=before.rstrip(" ,"))
    if not re.search(r"[^\W_]", before):  # an emoji, say
        return entry._replace(rest=rest)
    is_label = len(before) <= LONGEST_LABEL and (
        before[-1] in ":\uff1a" or (is_apart and not RUNS_ON.search(before))
    )
    if is_label:
        return entry._replace(rest=rest, label=before)
    return entry._replace(rest=rest, is_running=True, is_sentence=True)


def _named_behind(spans: Sequence[Span], at: int) -> tuple[str, int] | None:
    """Return the title in bold right behind a link that is a number of a course, say."""
    behind = [span.text.strip() for span in spans[at + 1 : at + 3]]
    step = 2 if behind and not behind[0] else 1
    span = next(iter(spans[at + step : at + step + 1]), None)
    is_title = span and span.look == "strong" and not span.url and " " in span.text.strip()
    if span is None or not is_title or len(spans[at].text) >= LONGEST_LABEL or is_bare(spans[at]):
        return None
    return one_line(span.text).rstrip(" .,:"), step + 1


def _unmarked(before: str) -> tuple[Kind | None, str]:
    """Return the kind that a mark before the link says, and what else stands there."""
    before = STARTS.sub("", SHORTCODE.sub("", before)).lstrip()
    kind = _KIND_BY_MARK.get(before[:1])
    return kind, before[1:].lstrip("\ufe0f ") if kind else before


def _without_generic(spans: Iterable[Span]) -> str:
    """Return a text without links that only say "pdf" or "code"."""
    spans = list(spans)
    kept = [span for span in spans if not (span.url and is_generic(span.text))]
    text = text_of(kept)
    return text if len(kept) == len(spans) else re.sub(r"\[\s*\]|\(\s*\)", "", text)


def _must_read(after: str, marks: frozenset[str]) -> tuple[bool, str]:
    """Tell whether a sign of a must-read stands behind the link or at the end."""
    for mark in marks:
        bare = after.strip()
        if bare.startswith(mark):
            return True, bare.removeprefix(mark)
        if bare.endswith(f" {mark}"):
            return True, bare.removesuffix(mark)
    return False, after


def _cited(entry: Entry, before: Sequence[Span], behind: Sequence[Span], after: str) -> Entry:
    """Return an entry whose title stands apart from its link, as papers are cited."""
    title, front, middle = headline_of(before)
    front = STARTS.sub("", front)
    named = next((s.text for s in before if s.look == "em" and s.text in middle), "")
    if not named and (lines := [*lines_of(behind)]) and all(s.look == "em" for s in lines[-1]):
        named, after = text_of(lines[-1]), text_of(chain.from_iterable(lines[:-1]))
    is_front = re.search(r"[\"\u201c]\s*$", front) and re.search(r"[^\W\d]{2}", front)
    authors = without_stop(named or (front if is_front else ""))
    authors = authors or names_in(re.sub(rf"^\W*\({YEAR}\)", "", middle))
    year = year_in(middle) or year_in(after)
    said = "" if named or not SEPARATED.match(middle) else rest_of(middle)
    rest = said or rest_of(SHORTCODE.sub("", after))
    return entry._replace(title=title, authors=authors, year=year, rest=rest)


def _told(entry: Entry, before: str, after: str, beside: str, link: Span) -> Entry:
    """Return an entry whose link is an address, or says no more than "pdf".

    ``beside`` is what stands behind it without further links.
    """
    lead = before.strip(BETWEEN)
    runs_on = RUNS_ON.search(before.rstrip(" ([*_\n\"'"))
    says_here = re.fullmatch(r"\W*(?:here|this)\W*", link.text.casefold())
    if lead and (runs_on or (says_here and before.rstrip()[-1].isalnum())):
        return entry._replace(title="", rest=rest_of(after), is_running=True, is_sentence=True)
    if entry.is_generic and (found := cited_plainly(one_line(before))):
        authors, title, year = found
        return entry._replace(title=title, authors=authors, year=year, rest=rest_of(after))
    if lead:
        title, rest = title_and_rest(before)
        goes_on = bool(after.strip(BETWEEN)) and not _SEPARATOR.match(after)
        is_running = goes_on or (len(lead) > 120 and not entry.is_generic)
        return entry._replace(title=title, rest=rest_of(after) or rest, is_running=is_running)
    if any(c.isalnum() for c in beside) and not (entry.is_generic and beside.lstrip()[0] == "|"):
        title, rest = title_and_rest(beside)
        return entry._replace(title=title, rest=rest)
    words = re.findall(r"\w+", link.text.casefold())
    is_title = entry.is_generic and not is_bare(link) and NO_TITLE.isdisjoint(words)
    title = _without_brackets(one_line(link.text)) if is_title else ""
    return entry._replace(title=title, rest=rest_of(after))


def _is_sign(after: str) -> bool:
    """Tell whether it goes on with an emoji or the like."""
    first = after.strip()[:1]
    return bool(first) and not (first.isalnum() or first in "\"'`*_")
