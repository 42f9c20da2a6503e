"""Titles, authors and years as they stand in running text."""

import re
from collections.abc import Sequence
from itertools import takewhile

from bot.core.curriculum.imports.spans import Span, one_line, text_of

RUNS_ON = re.compile(
    r"(?i)\b(?:from|at|in|on|see|using|by|via|with|the|this|our|to|of|a|an|and|or|for|is|are|visit"
    r"|click|read|check|check out|also|through)$"
)
STARTS = re.compile(
    r"^(?:\s|\(?\d{1,3}[.)](?=\s)|\[\d{1,4}\]|\[[ xX]\]|[-*+\u2022\u00b7\u25cf>|]+(?=\s))+"
)
BETWEEN = " \t\n-\u2010-\u2015:,;.|/\u00b7\u2022()[]{}<>\uff1a\u3000*_\ufe0f"
SEPARATED = re.compile(r"^\s*(?:[-\u2010-\u2015:]+\s|\uff1a)\s*(?=\S)")
SHORTCODE = re.compile(r":[a-z0-9_+-]{2,40}:")
_QUOTED = re.compile(r"[\"\u201c\u201d]([^\"\u201c\u201d]{3,300})[\"\u201c\u201d]")
YEAR = r"(?:19|20)\d\d"
_YEAR_IN_BRACKETS = re.compile(rf"[(\[]({YEAR})[)\]]")
_YEAR_ALONE = re.compile(rf"(?<![\w.:/-])({YEAR})(?!\w|-\d|\.\d{{3}})")
_TITLE_ENDS = re.compile(
    r"\s{2,}|\s[-\u2013\u2014]+\s|\n|\s(?=This (?:paper|work|study|survey)\b)"
    r"|\s(?=(?:Introduc|Propos|Present|Investigat|Explor|Describ|Survey|Show|Stud)\w{1,3} [a-z])"
    r"|(?<=[a-z]{3}|[A-Z]{3})\.\s+(?=[A-Z])"
)


def headline_of(spans: Sequence[Span]) -> tuple[str, str, str]:
    """Return the title in bold or in quotes before the links, what is before it, and behind.

    It begins the line, or stands among no more than authors and where it appeared.
    """
    for at, span in enumerate(spans):
        text = one_line(span.text).strip(' "\u201c\u201d')
        is_title = re.search(r"[^\W\d]", STARTS.sub("", text)) and not RUNS_ON.search(text)
        if span.look == "strong" and not span.url and is_title:
            front, behind = text_of(spans[:at]), text_of(spans[at + 1 :])
            is_apart = len(front) < 10 or (len(front) < 300 and len(behind) < 150)
            return (text.rstrip(' .,:"\u201d'), front, behind) if is_apart else ("", "", "")
    whole = text_of(spans)
    quoted = _QUOTED.search(whole)
    if quoted is None or quoted.start() > 300 or len(whole) - quoted.end() > 150:
        return "", "", ""
    title = one_line(quoted[1]).rstrip(" .,") if " " in quoted[1].strip() else ""
    return title, whole[: quoted.start()] + '"', whole[quoted.end() :]


def year_in(text: str) -> int | None:
    """Return the last year that a text names, in brackets rather than not."""
    found = _YEAR_IN_BRACKETS.findall(text) or _YEAR_ALONE.findall(text)
    return int(found[-1]) if found else None


def year_right_behind(after: str) -> tuple[str, int | None]:
    """Take the year that stands in brackets right behind a title."""
    found = _YEAR_IN_BRACKETS.match(after.lstrip())
    return (after.lstrip()[found.end() :], int(found[1])) if found else (after, None)


_NAME = r"(?:[A-Z][\w.'\u2019-]*|van|von|de[rn]?|di|la|le)"
_NAMES = re.compile(
    rf"(?:and\s+|&\s+)?{_NAME}(?:\s+{_NAME}){{1,4}}(?:(?:\s+and|\s*&)\s+{_NAME}(?:\s+{_NAME}){{0,3}})?"
    r"(?:,?\s+et al\.?)?|et al\.?"
)
_VENUE = re.compile(r"(?i)arxiv|\b(?:19|20)\d\d\b|^[A-Z]{3,7}$|\b(?:proc|conf|journal|thesis)")
LONGEST_VENUE = 120
_VENUE_BEHIND = re.compile(rf"\s*[(\[]([^()\[\]]*{YEAR}[^()\[\]]*)[)\]]\s*$")


def without_stop(names: str) -> str:
    """Return names without what ends or surrounds them; "et al." keeps its own."""
    bare = one_line(names).strip(' "\u201c\u201d.,;:[(')
    return f"{bare}." if bare.endswith("et al") else bare


def names_in(text: str) -> str:
    """Return the names of authors if a text has nothing else."""
    names = without_stop(text)
    parts = re.split(r",\s*", names)
    is_all = all(map(_NAMES.fullmatch, parts))
    return names if is_all and (len(parts) > 1 or re.search(r" and | & |et al", names)) else ""


def cited_plainly(lead: str) -> tuple[str, str, int | None] | None:
    """Return authors, title and year of "A. Bee, Cee Dee, The title, Venue 2017"."""
    lead = STARTS.sub("", lead).rstrip(" ,;:-.[")
    behind = _VENUE_BEHIND.search(lead, max(0, len(lead) - LONGEST_VENUE))
    parts = re.split(r",\s*", lead[: behind.start()] if behind else lead)
    last = next((n for n in range(2, len(parts)) if _VENUE.search(parts[n])), len(parts))
    names = takewhile(_NAMES.fullmatch, parts[: last - 1])
    authors = ", ".join(names)
    count = authors.count(",") + 1 if authors else 0
    is_sure = behind or last < len(parts) or count > 1 or re.search(r" and | et al", authors)
    title = one_line(", ".join(parts[count:last])).rstrip(" .")
    return (authors, title, year_in(lead)) if count and is_sure and " " in title else None


def title_and_rest(text: str) -> tuple[str, str]:
    """Return the title with which a text begins, and what follows."""
    text = STARTS.sub("", text).lstrip(BETWEEN)
    end = _TITLE_ENDS.search(text)
    is_near = end is not None and len(text) <= 100 and text[end.start()] == "."
    title = text[: end.start()] if end and not is_near else text
    title = one_line(title).rstrip(BETWEEN.replace(")", "").replace("]", ""))
    if title.count("(") < title.count(")") or title.count("[") < title.count("]"):
        title = title.rstrip(" )]")
    return title, rest_of(text[end.end() :]) if end and not is_near else ""


def rest_of(after: str) -> str:
    """Return what is said behind a link, without what keeps it apart from it."""
    if match := SEPARATED.match(after):
        return one_line(after[match.end() :])
    rest = one_line(SHORTCODE.sub("", after))
    bare = rest.lstrip(BETWEEN.replace("(", "").replace("[", "").replace("<", ""))
    bare = re.sub(r"^[^\w(\[\"'\u201c`@#$*<]+", "", bare).rstrip(" ,;|([")
    if re.fullmatch(r"\([^()]*\)|\[[^\[\]]*\]", bare):
        bare = bare[1:-1].strip()
    elif bare.count(")") > bare.count("("):
        bare = bare.lstrip(") ").rstrip(" )") if bare.startswith(")") else bare
    return bare if re.search(r"[^\W\d_]", bare) else ""
