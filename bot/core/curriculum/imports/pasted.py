"""Links pasted a line each under headings that are plain lines: given the marks of Markdown."""

import re
from collections.abc import Sequence

from bot.core.curriculum.imports.link_texts import is_generic
from bot.core.curriculum.imports.spans import Span, text_of, with_bare_links
from bot.core.curriculum.shape import LONGEST_STEP_TITLE

LONGEST_HEADING = 60
"""In characters. What is longer is a sentence, though one with a colon behind it may be."""

_OTHERWISE_MARKED = re.compile(
    r"(?m)^ {0,3}(?:#{1,6}\s|```|~~~\s*$|\||<(?!https?:)[a-z!/])|^\[[^\]]+\]:\s"
)
_RULER = re.compile(r"\s{0,3}(?:-+|=+)\s*")
_MARKED = re.compile(r"(?m)^[ \t]*[-*+]\s")
_LEGEND = re.compile(r"[^\w\s*=-]{1,3}\s*[=:]")
_NUMBER = re.compile(r"\d{4}\.\d{4,5}(?:v\d+)?")
_DECORATED = re.compile(
    r"(?:[-\u2010-\u2015=~_*#\u2022\u25a0-\u25cf]+|[\[\u3008-\u3010<])\s*(.*?)\s*"
    r"(?:[-\u2010-\u2015=~_*#]*|[\]\u3009-\u3011>])"
)


def is_sentence(plain: str) -> bool:
    """Tell whether a line without a link says something, rather than name what is below it."""
    longest = LONGEST_STEP_TITLE if plain.endswith((":", "\uff1a")) else LONGEST_HEADING
    return len(plain) > longest or plain.endswith((".", "!", "?", "。", "\uff01", "\uff1f"))


def with_headings(text: str) -> str:
    """Return a text of links in which its headings, and its title, are marked as such.

    As it is, if it has more marks than a title, or if more than a few lines are neither.
    """
    bare = re.sub(r"\A(\s*)# ", r"\1", text)
    if _OTHERWISE_MARKED.search(bare) or (bare != text and _MARKED.search(text)):
        return text
    lines = bare.split("\n")
    written = [at for at, line in enumerate(lines) if re.search(r"[^\W_]", line)]
    linked = [_has_link(lines[at]) for at in written]
    for above, has_link in zip(written, linked, strict=True):
        if above + 1 < len(lines) and _RULER.fullmatch(lines[above + 1]):
            if not has_link:
                return text
            lines[above + 1] = ""
    pasted = [lines[at].strip() for at in written]
    apart = [at + 1 < len(lines) and not lines[at + 1].strip() for at in written]
    heads, titles = _heads(pasted, linked, apart)
    is_first = bool(heads) and not linked[0] and 0 not in {*heads, *titles}
    title = is_first and (apart[0] or 1 in heads) and _may_head(pasted[0])
    others = len(pasted) - sum(linked) - len(heads) - len(titles) - title
    if not heads or (others - 1) * 5 > sum(linked):
        return text
    for head in heads:
        lines[written[head]] = f"## {_undecorated(pasted[head])}"
    if title:
        lines[written[0]] = f"# {_undecorated(pasted[0])}"
    return "\n".join(lines)


def _heads(
    pasted: Sequence[str], linked: Sequence[bool], apart: Sequence[bool]
) -> tuple[list[int], list[int]]:
    """Return which lines are headings, and which are titles of the bare link that follows.

    Right above a bare link they are titles, unless most stand above several.
    """
    follows = [0]  # how many lines with links follow each other, from the last on
    for has_link in reversed(linked):
        follows.append(follows[-1] + 1 if has_link else 0)
    follows.reverse()
    above = [
        at
        for at, line in enumerate(pasted)
        if not linked[at] and follows[at + 1] and _may_head(line)
    ]
    unsure = [
        at
        for at in above
        if _is_bare(pasted[at + 1]) and not apart[at] and not pasted[at].endswith((":", "\uff1a"))
    ]
    several = [at for at in unsure if follows[at + 1] > 1]
    if len(several) * 2 > len(unsure) and (len(several) > 1 or several[0] == 0):
        return above, []
    return [at for at in above if at not in set(unsure)], unsure


def _has_link(line: str) -> bool:
    spans = with_bare_links([Span(line)])
    return "](" in line or any(span.url for span in spans) or bool(_NUMBER.fullmatch(line.strip()))


def _is_bare(line: str) -> bool:
    """Tell whether a line with a link has no title for it."""
    beside = text_of(span for span in with_bare_links([Span(line)]) if not span.url)
    return "](" not in line and is_generic(_NUMBER.sub("", beside))


def _may_head(line: str) -> bool:
    return not (_MARKED.match(line) or _LEGEND.match(line) or is_sentence(line))


def _undecorated(line: str) -> str:
    found = _DECORATED.fullmatch(line.rstrip(" :\uff1a"))
    return found[1] if found and found[1] else line.rstrip(" :\uff1a")
