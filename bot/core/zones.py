"""Find a time zone by what people type or paste: a city, a country, an offset, a typo."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz, process

from bot.core.zone_index import (
    EXACT,
    INSIDE,
    START,
    WHOLE,
    all_names,
    as_typed,
    country_names,
    plain_name,
    states,
    zone_countries,
)
from bot.core.zone_names import LOCALE_ZONES, POPULAR_ZONES, TIME_WORDS

_TYPO_FROM = 75  # of rapidfuzz's 100: "tokoy" passes, "xyzzy" does not
_TYPO_SPREAD = 8  # what is that much farther off than the nearest name is noise
_LONGEST = 120  # nobody names a zone at such length, and thousands of letters would hold up all
_MOST_PARTS = 8  # Windows names up to six cities
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_HOURS = (
    r"(?P<hours>\d{1,2})(?::?(?P<minutes>[0-5]\d)|(?P<half>[.,]5))?(?!\d)\s*(?:h(?:ou)?rs?\b|h\b)?"
)
_OFFSET = re.compile(
    rf"(?<![^\W\d_])(?P<etc>etc/)?(?:utc|gmt)\s*(?P<after>[+±-]?)\s*{_HOURS}"
    rf"|(?P<sign>[+-])\s*{_HOURS.replace('P<', 'P<_')}",
    re.IGNORECASE,
)
_NOW = re.compile(r"\bnow \d\d:\d\d\b")  # stands in our own label
_APART = re.compile(r"[()\[\],;|·:]|\s-+\s|-+$|^-+")
_TIME_WORDS = re.compile(TIME_WORDS)
_SEASON = re.compile(r"\b(?:daylight|summer|winter)(?: savings?)? time\b")


@dataclass(frozen=True, slots=True)
class ZoneChoice:
    """An IANA zone, and how it is shown with its present offset and time."""

    zone: str
    label: str


def zones_matching(query: str, locale: str, now: datetime, limit: int = 25) -> list[ZoneChoice]:
    """Return the zones that a query may mean, best first; 25 is what Discord shows at once.

    Equal ones stand in the order of Discord's ``locale``, then of how many people use them; so
    does everything for an empty query. An offset ("utc+9") means what clocks show at ``now``.
    Typos are looked into only if nothing matches as typed.
    """
    zones = _in_order(_fits(query, now), locale)
    return [ZoneChoice(zone, _label(zone, now)) for zone in zones[:limit]]


def zones_offered(query: str, locale: str, now: datetime) -> tuple[list[ZoneChoice], bool]:
    """Return zones to choose from, and whether the query may mean them.

    Never nothing: where it means none, those that the locale's people have.
    """
    found = zones_matching(query, locale, now) if query.strip() else []
    return found or zones_matching("", locale, now), bool(found)


def resolve_zone(text: str, locale: str, now: datetime) -> str | None:
    """Return the one zone that the text clearly means, or None: then let people choose.

    Clear is a whole name, never a part, a typo, or an offset that several zones have. Zones that
    keep the same time for the coming year are one (Germany's two), the first in the locale's order.
    """
    fits = _fits(text, now)
    exact = _in_order(_exact(fits), locale)
    clocks = {_year_ahead(zone, now) for zone in exact}
    return exact[0] if len(clocks) == 1 else None


def _fits(query: str, now: datetime) -> dict[str, float]:
    """Return how well each zone fits, without those that do not."""
    if not query.strip():
        return dict.fromkeys(zone_countries(), INSIDE)
    if len(query) > _LONGEST:
        return {}
    offset, rest = _split_offset(query)
    if offset is None:
        return _named(rest) if rest else {}
    if not rest:
        return _having(offset, now)
    named = _named(rest)
    # "CST (UTC+8)": the offset tells which; in summer "(GMT-05:00) New York" is wrong by an hour.
    agreeing = {zone: fit for zone, fit in named.items() if _at(zone, now).utcoffset() == offset}
    return agreeing or named or _having(offset, now)


def _having(offset: timedelta, now: datetime) -> dict[str, float]:
    found = [zone for zone in zone_countries() if _at(zone, now).utcoffset() == offset]
    return dict.fromkeys(found, EXACT if len(found) == 1 else START)


def _named(text: str) -> dict[str, float]:
    """Return what a text without an offset fits."""
    wanted = plain_name(text)
    if not wanted:
        return {}
    typed = as_typed(wanted)
    if _whole(typed):
        return typed
    if whole := _whole(as_typed(_SEASON.sub("standard time", wanted))):
        return whole
    parts = _parts(text)
    return parts if _whole(parts) else typed or parts or _nearly(wanted)


def _parts(text: str) -> dict[str, float]:
    """Read several names at once: "Portland, Maine", "Seoul Korea", "Osaka, Sapporo, Tokyo".

    What all of them mean is meant. Where nothing is, each is offered; and so is what a part
    means beside one that is unknown, but a place in a country of one clock has that country's.
    """
    parts = list(dict.fromkeys(islice(_split(text), _MOST_PARTS)))
    each = [_part(wanted, is_behind=place > 0) for place, wanted in enumerate(parts)]
    known = [fits for fits in each if fits]
    if not known:
        return {}
    common = set.intersection(*(set(_whole(fits)) for fits in known))
    if common and (len(known) == len(parts) or parts[-1] in country_names()):
        return dict.fromkeys(common, EXACT)
    are_whole = len(known) == len(parts) and all(_whole(fits) for fits in known)
    found: dict[str, float] = {}
    for fits in known:
        for zone, fit in fits.items():
            found.setdefault(zone, fit if are_whole else min(fit, START))
    return found


def _split(text: str) -> Iterator[str]:
    """Yield the plain parts of a text, without those that only say "time"."""
    for piece in _APART.split(text):
        is_name = "/" not in piece or _whole(as_typed(plain_name(piece)))
        for part in [piece] if is_name else piece.split("/"):
            wanted = plain_name(part)
            if wanted and (_bare(wanted) or as_typed(wanted)):
                yield wanted


def _part(wanted: str, *, is_behind: bool) -> dict[str, float]:
    """Return what one part fits: a name, one with "time" beside it, or one behind another."""
    fits = as_typed(wanted)
    if is_behind and (zones := states().get(wanted)):
        return {**_whole(fits), **dict.fromkeys(zones, EXACT)}
    bare = _bare(wanted)
    for name in (wanted, _SEASON.sub("standard time", wanted), bare):
        if whole := _whole(as_typed(name)) if name else {}:
            return whole
    words = bare.split()
    for cut in range(len(words) - 1, 0, -1):
        head, tail = " ".join(words[:cut]), " ".join(words[cut:])
        behind = _whole(as_typed(tail)).keys() | states().get(tail, frozenset())
        if common := _whole(as_typed(head)).keys() & behind:
            return dict.fromkeys(common, EXACT)
    return fits or (as_typed(bare) if bare else {})


def _bare(wanted: str) -> str:
    return " ".join(_TIME_WORDS.sub(" ", wanted).split())


def _whole(fits: Mapping[str, float]) -> dict[str, float]:
    return {zone: fit for zone, fit in fits.items() if fit >= WHOLE}


def _exact(fits: Mapping[str, float]) -> dict[str, float]:
    return {zone: fit for zone, fit in fits.items() if fit >= EXACT}


def _nearly(wanted: str) -> dict[str, float]:
    wanted = _bare(wanted) or wanted
    names, zones = all_names()
    near = process.extract(wanted, names, scorer=fuzz.ratio, score_cutoff=_TYPO_FROM, limit=None)
    found: dict[str, float] = {}
    for _, score, index in near:
        if score >= near[0][1] - _TYPO_SPREAD:
            found.setdefault(zones[index], score)
    return found


def _in_order(fits: Mapping[str, float], locale: str) -> list[str]:
    at_home = LOCALE_ZONES.get(locale) or LOCALE_ZONES.get(locale.partition("-")[0], "")
    first = list(dict.fromkeys(f"{at_home} {POPULAR_ZONES}".split()))
    rank = {zone: place for place, zone in enumerate(first)}
    return sorted(fits, key=lambda zone: (-fits[zone], rank.get(zone, len(rank))))


def _split_offset(text: str) -> tuple[timedelta | None, str]:
    """Return the offset in a text, and the text without it; "Etc/GMT-9" is nine hours ahead."""
    text = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    found = _OFFSET.search(text)
    if found is None:
        return None, text
    given = {name.lstrip("_"): value for name, value in found.groupdict().items() if value}
    sign = given.get("sign") or given.get("after") or "+"
    minutes = 30 if given.get("half") else int(given.get("minutes", 0))
    size = timedelta(hours=int(given["hours"]), minutes=minutes)
    is_ahead = (sign != "-") != ("etc" in given)
    rest = _NOW.sub(" ", f"{text[: found.start()]} , {text[found.end() :]}")
    return size if is_ahead else -size, rest if plain_name(rest) else ""


def _label(zone: str, now: datetime) -> str:
    local = _at(zone, now)
    offset = f"{local:%z}"
    return f"{zone} (UTC{offset[:3]}:{offset[3:5]}, now {local:%H:%M})"


def _at(zone: str, now: datetime) -> datetime:
    return now.astimezone(_zone(zone))


def _year_ahead(zone: str, now: datetime) -> tuple[timedelta | None, ...]:
    return tuple(_at(zone, now + timedelta(weeks=week)).utcoffset() for week in range(53))


@cache
def _zone(zone: str) -> ZoneInfo:
    # ZoneInfo itself keeps only eight, and an offset asks all.
    return ZoneInfo(zone)
