"""Find a time zone by what people type: a city, a country, an offset, a short name, a typo."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz, process

from bot.core.zone_names import (
    ABBREVIATIONS,
    CITIES,
    COUNTRIES,
    LOCALE_ZONES,
    POPULAR_ZONES,
)

_EXACT, _START, _INSIDE = 300, 200, 150
_TYPO_FROM = 75  # of rapidfuzz's 100: "tokoy" passes, "xyzzy" does not
_TYPO_SPREAD = 8  # what is that much farther off than the nearest name is noise
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+−-])\s*(\d{1,2})(?::?([0-5]\d)|([.,]5))?")
_CITY_REGIONS = frozenset({"Africa", "America", "Asia", "Atlantic", "Europe", "Indian", "Pacific"})
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "ı": "i", "đ": "d", "&": " and "})


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


def resolve_zone(text: str, locale: str, now: datetime) -> str | None:
    """Return the one zone that the text clearly means, or None: then let people choose.

    Clear is a whole name, never a part, a typo, or an offset that several zones have. Zones that
    keep the same time for the coming year are one (Germany's two), the first in the locale's order.
    """
    fits = _fits(text, now)
    exact = _in_order({zone: fit for zone, fit in fits.items() if fit >= _EXACT}, locale)
    clocks = {_year_ahead(zone, now) for zone in exact}
    several = len(exact) > 1 and _offset(text) is not None
    return exact[0] if len(clocks) == 1 and not several else None


def _fits(query: str, now: datetime) -> dict[str, float]:
    """Return how well each zone fits, without those that do not."""
    wanted = _plain(query)
    if (offset := _offset(query)) is not None:
        return {zone: _EXACT for zone in _countries() if _at(zone, now).utcoffset() == offset}
    if not wanted:
        return {} if query.strip() else dict.fromkeys(_countries(), _INSIDE)
    return _as_typed(wanted) or _before_comma(query) or _nearly(wanted)


def _as_typed(wanted: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, zone in _names():
        if name == wanted:
            fit = _EXACT
        elif name.startswith(wanted):
            fit = _START
        elif f" {wanted}" in name:
            fit = _INSIDE
        else:
            continue
        found[zone] = max(fit, found.get(zone, 0))
    return found


def _before_comma(query: str) -> dict[str, float]:
    """Read "Portland, Maine" as a Portland, though never as clearly the one in Oregon."""
    city, comma, _ = query.partition(",")
    found = _as_typed(_plain(city)) if comma and _plain(city) else {}
    return {zone: min(fit, _START) for zone, fit in found.items()}


def _nearly(wanted: str) -> dict[str, float]:
    names = [name for name, _ in _names()]
    near = process.extract(wanted, names, scorer=fuzz.ratio, score_cutoff=_TYPO_FROM, limit=None)
    found: dict[str, float] = {}
    for _, score, index in near:
        if score >= near[0][1] - _TYPO_SPREAD:
            found.setdefault(_names()[index][1], score)
    return found


def _in_order(fits: dict[str, float], locale: str) -> list[str]:
    at_home = LOCALE_ZONES.get(locale) or LOCALE_ZONES.get(locale.partition("-")[0], "")
    first = list(dict.fromkeys(f"{at_home} {POPULAR_ZONES}".split()))
    rank = {zone: place for place, zone in enumerate(first)}
    return sorted(fits, key=lambda zone: (-fits[zone], rank.get(zone, len(rank))))


def _offset(text: str) -> timedelta | None:
    typed = _OFFSET.fullmatch(unicodedata.normalize("NFKC", text).strip().casefold())
    if typed is None:
        return None
    sign, hours, minutes, half = typed.groups()
    size = timedelta(hours=int(hours), minutes=30 if half else int(minutes or 0))
    return size if sign == "+" else -size


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


@cache
def _countries() -> dict[str, tuple[str, str]]:
    """Return every zone with its country's code and comment, as in the IANA tables.

    ``zone.tab`` and not ``zone1970.tab``: people look for their own country's city
    (Europe/Oslo), not for the one whose clock theirs has shared since 1970 (Europe/Berlin).
    """
    rows = {zone: (code, "".join(rest)) for code, _, zone, *rest in _rows("zone.tab")}
    return rows | {"Etc/UTC": ("", "")}


@cache
def _names() -> tuple[tuple[str, str], ...]:
    """Return every pair of a plain name and a zone that it may mean."""
    return tuple({(plain, zone): None for name, zone in _raw_names() if (plain := _plain(name))})


def _raw_names() -> Iterator[tuple[str, str]]:
    countries = {code: set(_country_names(code, name)) for code, name in _rows("iso3166.tab")}
    for zone, (code, comment) in _countries().items():
        yield from ((name, zone) for name in countries.get(code, ()))
        # Behind the city, so that "most of Germany" is no place that begins with "mos".
        yield from ((name, zone) for name in (zone, _city(zone), f"{_city(zone)} {comment}"))
    yield from _former_names()
    for zone, names in CITIES.items():
        yield from ((name, zone) for name in names.split(","))
    for name, zones in ABBREVIATIONS.items():
        yield from ((name, zone) for zone in zones.split())


def _country_names(code: str, name: str) -> Iterable[str]:
    """Return "South Korea" and "Korea" for the table's "Korea (South)"."""
    short, _, which = name.rstrip(")").partition(" (")
    return [code, name, short, f"{which} {short}", *COUNTRIES.get(code, "").split(",")]


def _former_names() -> Iterator[tuple[str, str]]:
    """Yield names that zones had before (Europe/Kiev, US/Pacific) with their present ones.

    Not the last parts of "Australia/South" and the like, which are no cities.
    """
    for line in _text("tzdata.zi").splitlines():
        if line.startswith("L ") and "/" in line:
            _, zone, former = line.split()
            if zone in _countries() and former not in _countries():
                yield former, zone
                if former.partition("/")[0] in _CITY_REGIONS:
                    yield _city(former), zone


def _city(zone: str) -> str:
    return zone.rpartition("/")[2]


def _rows(table: str) -> list[list[str]]:
    lines = _text(table).splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def _text(table: str) -> str:
    return files("tzdata.zoneinfo").joinpath(table).read_text(encoding="utf-8")


def _plain(text: str) -> str:
    """Return a name as it is compared: no case, accents or signs, and "St" for "Saint"."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in apart if unicodedata.category(letter) != "Mn")
    words = re.sub(r"[.'\u2019]", "", bare.translate(_LETTERS))
    words = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", words))
    return re.sub(r"\bsaint\b", "st", words).strip()
