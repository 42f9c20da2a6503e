"""What a server, or a page, may say of a resource: checked when typed, and when read back."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    StrictBool,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from bot.core.curriculum import Kind, Resource, numbered, shape
from bot.core.curriculum.links import address_in, canonical, host_of
from bot.errors import BadFieldError, NotALinkError

Missing = Literal["site", "page"]
"""What is not there, for certain: a name that nobody has, a page that its site doesn't know."""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Whatever was found; nothing is promised. ``minutes`` is an estimate.

    Texts are one clean line each, at most 200 (title) and 120 (authors) characters; foreign all
    the same, so views show them through ``plain()``.
    """

    title: str = ""
    authors: str = ""
    year: int | None = None
    minutes: int | None = None
    kind: Kind | None = None
    missing: Missing | None = None


Fields = Mapping[str, Any]
"""Field name -> value, as plain JSON: what was set, and nothing else. None and "" clear a field."""


Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,20}:[a-z0-9-]{1,40}$")]
_TYPES: Mapping[str, Any] = MappingProxyType(
    {
        "title": shape.Title,
        "url": shape.Link,
        "former_urls": tuple[shape.Link, ...],
        "kind": Kind,
        "authors": shape.Authors | Literal[""],
        "year": shape.Year | None,
        "minutes": shape.Minutes | None,
        "added_notes": shape.Notes,
        "must_read": StrictBool,
        "questions": shape.Questions,
        "parts": shape.Parts,
        "step_id": shape.Slug,
        "brought": StrictBool,
        **dict.fromkeys(("needs", "no_longer_needs", "formerly"), tuple[Key, ...]),
    }
)
_CHECKS = MappingProxyType({name: TypeAdapter(kind) for name, kind in _TYPES.items()})

TEXTS = (
    *("title", "url", "authors", "year", "minutes", "kind", "added_notes"),
    *("must_read", "questions", "parts"),
)
"""Fields that moderators type; what a resource of the list may get another value of."""

SHOWN = (*TEXTS, "former_urls")
"""Fields that a resource has under the same names."""

FACTS = frozenset({"title", "url", "former_urls", "kind", "authors", "year", "minutes", "formerly"})
"""Fields of a resource itself: what a server says of them holds in all its lists."""


def parted(fields: Fields) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what fields say of a resource itself, and what of its place in a list."""
    facts = {name: value for name, value in fields.items() if name in FACTS}
    return facts, {name: value for name, value in fields.items() if name not in FACTS}


def facts_of_resource(resource: Resource) -> dict[str, Any]:
    """Return what is said of a resource itself, as its fields are kept."""
    names = ("title", "url", "kind", "authors", "year", "minutes")
    found = {name: getattr(resource, name) for name in names}
    former = {"former_urls": list(resource.former_urls)} if resource.former_urls else {}
    return found | former


def put_back(before: Fields, after: Fields, now: Fields) -> dict[str, Any]:
    """Return fields as they were before a change, but for what was set otherwise after it."""
    missing = object()
    since = {n for n in {*after, *now} if after.get(n, missing) != now.get(n, missing)}
    kept = {name: value for name, value in before.items() if name not in since}
    return kept | {name: value for name, value in now.items() if name in since}


def checked(name: str, value: object) -> Any:
    """Return the value of a field as it is kept.

    Raises:
        BadFieldError: it is too long, out of range or of the wrong kind.
    """
    try:
        return _CHECKS[name].validate_python(value)
    except ValidationError:
        raise BadFieldError(name, str(value)) from None


def readable(fields: Fields) -> dict[str, Any]:
    """Return the fields that are as they must be; another version may have written them."""
    kept = {}
    for name, value in fields.items():
        if name in _CHECKS:
            with suppress(ValidationError):
                kept[name] = _CHECKS[name].validate_python(value)
    return kept


@dataclass(frozen=True, slots=True)
class Typed:
    """What a moderator typed about a resource: authors with the year, notes a line each.

    ``must_read``: "yes", "no", or "" for a companion, which is none and has no ``questions`` and
    ``parts``.
    "" as a link leaves it as it is.
    """

    title: str
    authors: str
    minutes: str
    kind: str
    notes: str
    link: str = ""
    must_read: str = ""
    questions: str = ""
    parts: str = ""

    def new_fields(self, before: Typed) -> dict[str, Any]:
        """Return the fields that were typed anew, checked; what was left as it was isn't read.

        Raises:
            BadFieldError, NotALinkError: for the first that can't be.
        """
        fields: dict[str, Any] = {}
        for name, read in _READ.items():
            typed = getattr(self, name)
            if typed != getattr(before, name):
                fields |= {field: checked(field, value) for field, value in read(typed).items()}
        return fields


def typed_from(resource: Resource) -> Typed:
    """Return what somebody would type to get the resource as it is."""
    year = str(resource.year or "")
    return Typed(
        title=resource.title,
        authors=", ".join(part for part in (resource.authors, year) if part),
        minutes=str(resource.minutes or ""),
        kind=resource.kind,
        notes="\n".join(resource.added_notes),
        link=resource.url,
        must_read="" if resource.is_companion else "yes" if resource.must_read else "no",
        questions="\n".join(resource.questions),
        parts="\n".join(resource.parts),
    )


def web_link(typed: str) -> str:
    """Return the address that is meant.

    Raises:
        NotALinkError: nothing that a browser could open, or too long for a card.
    """
    url = address_in(typed)
    if url is None or len(url) > LIMITS["url"]:
        raise NotALinkError(typed)
    return url


def _lines(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]


_YEAR_AT_THE_END = re.compile(r"^(?P<authors>.*?)[\s,;(]*\b(?P<year>[12]\d{3})\)?\s*$")
_HOURS = re.compile(
    r"(?i)^(?:(?P<hours>\d+)\s*(?:h(?:ours?|rs?)?|시간))?"
    r"\s*(?:(?P<minutes>\d+)\s*(?:m|min|minutes?|분)?|(?P<half>(?<=시간)반|(?<=시간 )반))?\.?$"
)


def _authors_and_year(typed: str) -> dict[str, object]:
    text = " ".join(typed.split())
    match = _YEAR_AT_THE_END.match(text)
    return {
        "authors": match["authors"] if match else text,
        "year": int(match["year"]) if match else None,
    }


def _minutes(typed: str) -> int | None:
    """Take ``45``, ``45 min``, ``2 h``, ``1 h 30``, ``1시간 반``; nothing and 0 mean: not known."""
    text = typed.strip().lstrip("~≈ ")
    match = _HOURS.match(text)
    if match is None or len(text) > 20:
        raise BadFieldError("minutes", typed)
    minutes = 30 if match["half"] else int(match["minutes"] or 0)
    return int(match["hours"] or 0) * 60 + minutes or None


_READ: Mapping[str, Callable[[str], Fields]] = MappingProxyType(
    {
        "title": lambda typed: {"title": " ".join(typed.split())},
        "authors": _authors_and_year,
        "minutes": lambda typed: {"minutes": _minutes(typed)},
        "kind": lambda typed: {"kind": typed},
        "notes": lambda typed: {"added_notes": _lines(typed)},
        "link": lambda typed: {"url": web_link(typed)} if typed else {},
        "must_read": lambda typed: {"must_read": typed == "yes"} if typed else {},
        "questions": lambda typed: {"questions": _lines(typed)},
        "parts": lambda typed: {"parts": _lines(typed)},
    }
)
"""What was typed -> the fields that it sets."""


def fields_of_page(url: str, facts: PageFacts) -> dict[str, Any]:
    """Return what a page says of itself, cut to what fits; never fails.

    Without a title there stands the address, for a moderator to put right.
    """
    title = cut(facts.title, shape.LONGEST_TITLE)
    address = url.partition("://")[2].strip("/")
    found = readable(
        {
            "title": title if shape.is_visible(title) else cut(address, shape.LONGEST_TITLE),
            "kind": facts.kind or likely_kind(url),
            "authors": cut(facts.authors, shape.LONGEST_AUTHORS),
            "year": facts.year,
            "minutes": facts.minutes,
        }
    )
    return {"authors": "", "year": None, "minutes": None, **found, "url": url}


def slug_for(title: str, taken: Collection[str]) -> str:
    """Return a slug for a new resource, unlike all that were ever given.

    A title without Latin letters gets a short hash: the same title, the same hash.
    """
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_title.replace("'", "")).strip("-")
    if not re.search(r"[a-z]", slug):
        slug = f"r-{hashlib.sha256(title.encode('utf-8', 'replace')).hexdigest()[:8]}"
    if len(slug) > shape.LONGEST_SLUG:
        slug = slug[: shape.LONGEST_SLUG + 1].rpartition("-")[0] or slug[: shape.LONGEST_SLUG]
    return numbered(slug.strip("-"), taken)


def with_needs(
    fields: Fields, base_needs: Collection[str], *, add: str | None = None, drop: str | None = None
) -> dict[str, Any]:
    """Return the fields with one prerequisite more, one less, or both.

    Kept as differences from the base list, so that what its maker changes later still counts.

    Raises:
        BadFieldError: more prerequisites than a resource may have.
    """
    more, less = (
        [key for key in fields.get(name, ()) if key not in (add, drop)]
        for name in ("needs", "no_longer_needs")
    )
    if add is not None and add not in base_needs:
        more.append(add)
    if drop is not None and drop in base_needs:
        less.append(drop)
    if len(more) + len(set(base_needs) - set(less)) > shape.MOST_NAMES:
        raise BadFieldError("needs", str(shape.MOST_NAMES))
    return {**fields, "needs": more, "no_longer_needs": less}


def cut(text: str, limit: int) -> str:
    """Return a text on one line, clipped to what fits."""
    words = " ".join(shape.CONTROL_CHARACTER.sub(" ", text).split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


_VIDEO_HOSTS = frozenset({"youtube.com", "youtu.be", "vimeo.com", "ted.com", "bilibili.com"})
_PAPER_HOSTS = frozenset({"arxiv.org", "openreview.net", "aclanthology.org", "aclweb.org"})


def likely_kind(url: str) -> Kind:
    """Return what to call a resource of which only the link is known."""
    is_doi = (canonical(url) or "").startswith("doi:")
    return "paper" if is_doi else kind_by_link(url) or "article"


def kind_by_link(url: str) -> Kind | None:
    """Guess what a link leads to, only from its address."""
    host, path = host_of(url), urlsplit(url).path.lower()
    scheme = (canonical(url) or "").partition(":")[0]
    if scheme == "youtube" or host in _VIDEO_HOSTS:
        return "video"
    if scheme in {"arxiv", "acl", "openreview"} or host in _PAPER_HOSTS or path.endswith(".pdf"):
        return "paper"
    if host.startswith("docs.") or ".readthedocs." in host or "docs" in path.split("/"):
        return "docs"
    return None


LIMITS: Mapping[str, int] = MappingProxyType(
    {
        "title": shape.LONGEST_TITLE,
        "authors": shape.LONGEST_AUTHORS,
        "url": shape.LONGEST_LINK_ON_A_CARD,
        "questions": shape.MOST_QUESTIONS * (shape.LONGEST_QUESTION + 1),
        "parts": shape.MOST_PARTS * (shape.LONGEST_PART + 1),
    }
)
"""How long a text may be, for those who say so."""
