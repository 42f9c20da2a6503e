"""Every name by which people know a time zone, sorted once: each keystroke looks them up."""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

from bot.core.zone_names import (
    ABBREVIATIONS,
    CITIES,
    COUNTRIES,
    STANDARD_TIMES,
    STATES,
)

EXACT, WHOLE, START, INSIDE = 300, 250, 200, 150

_FAR_BIGGER = 10
"""London is not the one in Ontario: a city with so many times the people is the one meant."""

_CITY_REGIONS = frozenset({"Africa", "America", "Asia", "Atlantic", "Europe", "Indian", "Pacific"})
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "ı": "i", "đ": "d", "ə": "e", "&": " and "})


def as_typed(wanted: str) -> dict[str, float]:
    """Return how well zones fit a plain name: as a whole, as a beginning, as a later word.

    ``WHOLE`` is a whole name that far more people know as another city's.
    """
    found: dict[str, float] = {}
    keys, entries = _beginnings()
    for place in range(bisect_left(keys, wanted), len(keys)):
        if not keys[place].startswith(wanted):
            break
        zone, is_whole, is_clear = entries[place]
        fit = START if is_whole else INSIDE
        if is_whole and keys[place] == wanted:
            fit = EXACT if is_clear else WHOLE
        found[zone] = max(fit, found.get(zone, 0))
    return found


@cache
def all_names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return every plain name, and beside it the zone that it may mean."""
    names = [(name, zone) for name, meant in _names().items() for zone in meant]
    return tuple(name for name, _ in names), tuple(zone for _, zone in names)


@cache
def zone_countries() -> dict[str, tuple[str, str]]:
    """Return every zone with its country's code and comment, as in the IANA tables.

    ``zone.tab`` and not ``zone1970.tab``: people look for their own country's city
    (Europe/Oslo), not for the one whose clock theirs has shared since 1970 (Europe/Berlin).
    """
    rows = {zone: (code, "".join(rest)) for code, _, zone, *rest in _rows("zone.tab")}
    return rows | {"Etc/UTC": ("", "")}


@cache
def country_names() -> frozenset[str]:
    """Return the plain names of all countries."""
    named = (_country_names(code, name) for code, name in _rows("iso3166.tab"))
    return frozenset(plain_name(name) for names in named for name in names)


@cache
def states() -> Mapping[str, frozenset[str]]:
    """Return the zones of North American and Australian states by plain name and short name.

    The short ones only behind a city: alone, CA is Canada and DE is Germany.
    """
    zones = defaultdict(set)
    for zone, names in STATES.items():
        for name in re.split("[,:]", names):
            zones[plain_name(name)].add(zone)
    return {name: frozenset(meant) for name, meant in zones.items()}


@cache
def cities() -> Mapping[str, Mapping[str, int]]:
    """Return the cities of ``cities.txt``: name -> zone -> people, in hundred thousands."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    text = files("bot.core").joinpath("cities.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        zone, _, sizes = line.partition(" ")
        for size in sizes.split(";"):
            people, _, names = size.partition(" ")
            for name in names.split(","):
                found[name].setdefault(zone, int(people))
    return found


def plain_name(text: str) -> str:
    """Return a name as it is compared: no case, accents or signs, and "St" for "Saint"."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in apart if unicodedata.category(letter) != "Mn")
    words = re.sub(r"[.'’‘ʻ]", "", bare.translate(_LETTERS))
    words = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", words))
    return re.sub(r"\bsaint\b", "st", words).strip()


@cache
def _beginnings() -> tuple[list[str], list[tuple[str, bool, bool]]]:
    """Return each name from each of its words on, sorted; and what it means.

    That is a zone, whether it is the whole name, and whether the name means it clearly.
    """
    rows = []
    for name, meant in _names().items():
        starts = [0, *(space.end() for space in re.finditer(" ", name))]
        rows += [
            (name[start:], (zone, start == 0, is_clear))
            for zone, is_clear in meant.items()
            for start in starts
        ]
    rows.sort()
    return [key for key, _ in rows], [entry for _, entry in rows]


@cache
def _names() -> dict[str, dict[str, bool]]:
    """Return the zones that each plain name may mean, and whether it does so clearly."""
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    for name, zone in _raw_names():
        found[plain_name(name)][zone] = True
    for name, sizes in _plain_cities().items():
        for zone, people in sizes.items():
            is_clear = people * _FAR_BIGGER > max(sizes.values())
            found[name].setdefault(zone, is_clear)
    found.pop("", None)
    return found


def _plain_cities() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for name, sizes in cities().items():
        mine = found[plain_name(name)]
        for zone, people in sizes.items():
            mine[zone] = max(people, mine.get(zone, 0))
    return found


def _raw_names() -> Iterator[tuple[str, str]]:
    countries = {code: set(_country_names(code, name)) for code, name in _rows("iso3166.tab")}
    for zone, (code, comment) in zone_countries().items():
        yield from ((name, zone) for name in countries.get(code, ()))
        # Behind the city, so that "most of Germany" is no place that begins with "mos".
        yield from ((name, zone) for name in (zone, _city(zone), f"{_city(zone)} {comment}"))
    yield from _former_names()
    for zone, names in CITIES.items():
        yield from ((name, zone) for name in names.split(","))
    for zone, names in STATES.items():
        yield from ((state.partition(":")[0], zone) for state in names.split(","))
    for short, zones in ABBREVIATIONS.items():
        yield from ((short, zone) for zone in zones.split())
    for zones, names in STANDARD_TIMES.items():
        each = [name.strip() for name in names.split(",")]
        full = [f"{name} standard time" for name in each if "time" not in name]
        yield from ((name, zone) for name in each + full for zone in zones.split())


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
            if zone in zone_countries() and former not in zone_countries():
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
