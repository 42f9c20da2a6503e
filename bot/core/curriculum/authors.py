"""Authors as the list tells them, "Kudo & Richardson" or "Vaswani et al.", and as single names."""

import re
from collections.abc import Iterator, Sequence

from bot.core.curriculum.fields import cut
from bot.core.curriculum.shape import LONGEST_AUTHORS

_PARTICLES = re.compile(r"(?i)(?: (?:v[ao]n|de[rnl]?|d[ia]|dos|l[ae]|te[nr]|[ea]l|bin))+ \S+$")
_GROUPS = frozenset({"team", "group", "collaboration", "consortium"})


def told(names: Sequence[str], *, are_more: bool = False, longest: int = LONGEST_AUTHORS) -> str:
    """Return one line of names such as ``Vaswani, Ashish`` and ``Ashish Vaswani``.

    ``are_more``: the names are not all that there are.
    """
    if len(names) > 2 or (names and are_more):
        return f"{cut(_family(names[0]), longest - 7)} et al."
    shown = _family if len(names) == 2 else _in_speech_order
    return cut(" & ".join(map(shown, names)), longest)


def _in_speech_order(name: str) -> str:
    family, comma, given = name.partition(", ")
    return f"{given} {family}" if comma and ", " not in given else name


def _family(name: str) -> str:
    """``Vaswani, Ashish`` and ``Ashish Vaswani`` give Vaswani; ``Team, Gemma`` gives Gemma Team."""
    family, comma, _ = name.partition(", ")
    if not comma:
        particles = _PARTICLES.search(name)
        family = particles[0].strip() if particles else name.rpartition(" ")[2]
    return _in_speech_order(name) if family.lower() in _GROUPS else family


def names_in(authors: str) -> Iterator[str]:
    """Yield each name of such a line; the last is ``others`` where more are left out."""
    text = re.sub(r",?\s*\bet al\.?$", ", others", authors.strip())
    yield from filter(None, (name.strip() for name in re.split(r"[,;&]|\band\b", text)))
