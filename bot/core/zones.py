"""Find a time zone by what people type or paste: a city, a country, an offset, a typo."""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import islice, product
from typing import Any
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz, process

_TYPO_FROM = 75  # of rapidfuzz's 100: "tokoy" passes, "xyzzy" does not
_TYPO_SPREAD = 8  # what is that much farther off than the nearest name is noise
_LONGEST = 120  # nobody names a zone at such length, and thousands of letters would hold up all
_MOST_PARTS = 8  # Windows names up to six cities
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_HOURS = (
    r"(?P<hours>\d{1,2})(?::?(?P<minutes>[0-5]\d)|(?P<half>[.,]5))?(?!\d)\s*(?:h(?:ou)?rs?\b|h\b)?"
)
_OFFSET = re.compile(
    r"(?:(?<![^\W\d_])(?P<etc>etc/)?(?:utc|gmt)\s*(?P<after>[+±-]?)|(?P<sign>[+-]))"
    rf"\s*{_HOURS}",
    re.IGNORECASE,
)
_NOW = re.compile(r"(?:🕒|\bnow) \d\d:\d\d\b")  # part of our own label, as it is and was
_APART = re.compile(r"[()\[\],;|·:]|\s-+\s|-+$|^-+")
_TIME_WORDS = re.compile(  # what people write beside a place and mean nothing by
    r"\bus and canada\b"
    r"|\b(?:(?:local|current|standard|daylight|savings?|summer|winter) )*time(?: ?zones?)?\b"
    r"|\bin\b|\bmy\b|\bhora(?: (?:local )?(?:de|en))?\b|\bheure(?: (?:de|a))?\b"
    r"|\bora(?:rio)? (?:di|a)\b|\b(?:uhr)?zeit\b"
    r"|\bsaati\b|\b(?:по )?врем(?:я|ени)\b|(?:표준 ?)?(?:시간대|시간|시각)|표준시|기준"
    r"|(?:標準|标准|夏令)?(?:時間|时间|時)"
)
_SEASON = re.compile(r"\b(?:daylight|summer|winter)(?: savings?)? time\b")


@dataclass(frozen=True, slots=True)
class ZoneChoice:
    """An IANA zone, and how it is shown with its present offset and time."""

    zone: str
    label: str


def zones_matching(query: str, locale: str, now: datetime, limit: int = 25) -> list[ZoneChoice]:
    """Return the zones that a query may mean, best first; 25 is what Discord shows at once.

    Equal ones stand in the order of Discord's ``locale``, of how many people use them, of names; so
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
    """Return the one zone that the text clearly means; None if people must choose.

    Clear is a whole name, never a part, a typo, or an offset that several zones have. Zones that
    keep the same time for the coming year are one (Germany's two), the first in the locale's order.
    """
    fits = _fits(text, now)
    exact = [zone for zone in _in_order(fits, locale) if fits[zone] >= EXACT]
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
    found = {zone: fit for fits in reversed(known) for zone, fit in fits.items()}
    return found if are_whole else {zone: min(fit, START) for zone, fit in found.items()}


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
        behind = _whole(as_typed(tail)).keys() | states().get(tail, set())
        if common := _whole(as_typed(head)).keys() & behind:
            return dict.fromkeys(common, EXACT)
    return fits or (as_typed(bare) if bare else {})


def _bare(wanted: str) -> str:
    return " ".join(_TIME_WORDS.sub(" ", wanted).split())


def _whole(fits: Mapping[str, float]) -> dict[str, float]:
    return {zone: fit for zone, fit in fits.items() if fit >= WHOLE}


def _nearly(wanted: str) -> dict[str, float]:
    wanted = _bare(wanted) or wanted
    names = list(all_names())
    near = process.extract(wanted, names, scorer=fuzz.ratio, score_cutoff=_TYPO_FROM, limit=None)
    likely = [each for each in near if each[1] >= near[0][1] - _TYPO_SPREAD]
    return {zone: score for name, score, _ in reversed(likely) for zone in all_names()[name]}


def _in_order(fits: Mapping[str, float], locale: str) -> list[str]:
    locales = other_names()["locales"]
    at_home = locales.get(locale) or locales.get(locale.partition("-")[0], "")
    first = dict.fromkeys(f"{at_home} {other_names()['popular']}".split())
    rank = {zone: place for place, zone in enumerate(first)}
    return sorted(fits, key=lambda zone: (-fits[zone], rank.get(zone, len(rank)), zone))


def _split_offset(text: str) -> tuple[timedelta | None, str]:
    """Return the offset in a text, and the text without it; "Etc/GMT-9" is nine hours ahead."""
    text = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    found = _OFFSET.search(text)
    if found is None:
        return None, text
    minutes = 30 if found["half"] else int(found["minutes"] or 0)
    size = timedelta(hours=int(found["hours"]), minutes=minutes)
    is_ahead = ((found["sign"] or found["after"]) != "-") != bool(found["etc"])
    rest = _NOW.sub(" ", f"{text[: found.start()]} , {text[found.end() :]}")
    return size if is_ahead else -size, rest if plain_name(rest) else ""


def _label(zone: str, now: datetime) -> str:
    local = _at(zone, now).isoformat(timespec="minutes")
    return f"{zone} (UTC{local[16:]}, 🕒 {local[11:16]})"


def _at(zone: str, now: datetime) -> datetime:
    return now.astimezone(_zone(zone))


def _year_ahead(zone: str, now: datetime) -> tuple[timedelta | None, ...]:
    return tuple(_at(zone, now + timedelta(weeks=week)).utcoffset() for week in range(53))


_zone = cache(ZoneInfo)  # ZoneInfo itself keeps only eight, and an offset asks all


EXACT, WHOLE, START, INSIDE = 300, 250, 200, 150

_FAR_BIGGER = 10  # times as many people: the far bigger city is meant, so London is not Ontario's

_CITY_REGIONS = frozenset({"Africa", "America", "Asia", "Atlantic", "Europe", "Indian", "Pacific"})
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "ı": "i", "đ": "d", "ə": "e", "&": " and "})


def as_typed(wanted: str) -> dict[str, float]:
    """Return how well zones fit a plain name: as a whole, as a beginning, as a later word.

    ``WHOLE`` is a whole name that far more people know as another city's.
    """
    found: dict[str, float] = {}
    for name, meant in all_names().items():
        if wanted in name and f" {wanted}" in f" {name}":
            for zone, is_clear in meant.items():
                fit = START if name.startswith(wanted) else INSIDE
                if name == wanted:
                    fit = EXACT if is_clear else WHOLE
                found[zone] = max(fit, found.get(zone, 0))
    return found


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
def states() -> Mapping[str, set[str]]:
    """Return the zones of North American and Australian states by plain name and short name.

    The short ones only behind a city: alone, CA is Canada and DE is Germany.
    """
    zones = defaultdict(set)
    for zone, names in other_names()["states"].items():
        for name in re.split("[,:]", names):
            zones[plain_name(name)].add(zone)
    return zones


@cache
def other_names() -> dict[str, Any]:
    """Return the tables of ``zone_names.toml``: what neither IANA nor ``cities.txt`` has."""
    return tomllib.loads(_text("zone_names.toml", "bot.core"))


@cache
def cities() -> tuple[tuple[int, str, str], ...]:
    """Return the cities of ``cities.txt``: people in hundred thousands, name, zone."""
    found = []
    for (line,) in _rows("cities.txt", "bot.core"):
        zone, _, sizes = line.partition(" ")
        for size in sizes.split(";"):
            people, _, names = size.partition(" ")
            found += [(int(people), name, zone) for name in names.split(",")]
    return tuple(found)


def plain_name(text: str) -> str:
    """Return a name as it is compared: no case, accents or signs, and "St" for "Saint"."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in apart if unicodedata.category(letter) != "Mn")
    words = re.sub(r"[.'’‘ʻ]", "", bare.translate(_LETTERS))
    words = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", words))
    return re.sub(r"\bsaint\b", "st", words).strip()


@cache
def all_names() -> dict[str, dict[str, bool]]:
    """Return the zones that each plain name may mean, and whether it does so clearly."""
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    for name, zone in _raw_names():
        found[plain_name(name)][zone] = True
    sizes: dict[str, dict[str, int]] = defaultdict(dict)
    for people, city, zone in sorted(cities()):  # of two in one zone the larger counts
        sizes[plain_name(city)][zone] = people
    for name, by_zone in sizes.items():
        for zone, people in by_zone.items():
            found[name].setdefault(zone, people * _FAR_BIGGER > max(by_zone.values()))
    found.pop("", None)
    return found


def _raw_names() -> Iterator[tuple[str, str]]:
    for code, name in _rows("iso3166.tab"):
        zones = " ".join(zone for zone, (of, _) in zone_countries().items() if of == code)
        yield from _pairs({zones: ",".join(_country_names(code, name))})
    for zone, (_, comment) in zone_countries().items():
        # Behind the city, so that "most of Germany" is no place that begins with "mos".
        yield from ((name, zone) for name in (zone, _city(zone), f"{_city(zone)} {comment}"))
    yield from _former_names()
    tables = other_names()
    for table in ("cities", "states", "standard_times"):
        yield from _pairs(tables[table])
    yield from _pairs(tables["standard_times"], " standard time")
    for shorts, zones in tables["abbreviations"].items():
        yield from _pairs({zones: shorts.replace(" ", ",")})


def _pairs(table: Mapping[str, str], behind: str = "") -> Iterator[tuple[str, str]]:
    """Yield each name between commas, up to a colon, with each of its zones."""
    for zones, names in table.items():
        full = [name.partition(":")[0] + behind for name in names.split(",")]
        yield from product(full, zones.split())


def _country_names(code: str, name: str) -> Iterable[str]:
    """Return "South Korea" and "Korea" for the table's "Korea (South)"."""
    short, _, which = name.rstrip(")").partition(" (")
    others = other_names()["countries"].get(code, "").split(",")
    return [code, name, short, f"{which} {short}", *others]


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


def _rows(table: str, package: str = "tzdata.zoneinfo") -> list[list[str]]:
    lines = _text(table, package).splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def _text(table: str, package: str = "tzdata.zoneinfo") -> str:
    return files(package).joinpath(table).read_text(encoding="utf-8")
