"""Entries of a flat file, one after the other -> a list: what tables and bibliographies share."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType

from bot.core.curriculum import Curriculum, Kind, Resource, Section, Slugs, Step
from bot.core.curriculum.checks import LONGEST_CARD, folded_name
from bot.core.curriculum.fields import cut, likely_kind, readable, slug_for
from bot.core.curriculum.imports import NEW, Imported, Unread, UnreadWhy
from bot.core.curriculum.links import LONGEST_LINK, address_in, canonical
from bot.core.curriculum.shape import (
    LONGEST_AUTHORS,
    LONGEST_LINK_ON_A_CARD,
    LONGEST_STEP_TITLE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_COMPANIONS,
    MOST_NAMES,
    MOST_NOTES,
    is_visible,
)

MOST_RESOURCES = 5_000
"""More than anybody reads, and about what can be looked through within a second or two."""

MOST_UNREAD = 1_000
"""Lines of a file that are told: a draft keeps them, and reads them whenever its card is shown."""

_MOST_LINKS = 100
"""Of one entry, that may be its link."""

_SLUG = re.compile("(?=.*[a-z])[a-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a file says of one resource, in its own words.

    ``links``: what may hold its link, the likeliest first. ``name``: what the file calls it.
    ``needs`` and ``parent`` are names, titles or links of others; several needs are one text.
    """

    links: Sequence[str]
    title: str = ""
    authors: str = ""
    year: int | None = None
    minutes: int | None = None
    kind: Kind | None = None
    section: str = ""
    step: str = ""
    must_read: bool = False
    notes: Sequence[str] = ()
    needs: str = ""
    name: str = ""
    parent: str = ""


class Gathering:
    """A list in the making; its steps are in the order in which entries first name them."""

    def __init__(self, title: str) -> None:
        self._title = cut(title, LONGEST_STEP_TITLE)
        self._unread: list[Unread] = []
        self._found: dict[str, tuple[Entry, Resource]] = {}
        self._pages = set[str]()
        self._looked_at = 0
        self._slugs, self._step_slugs, self._section_slugs = Slugs(), Slugs(), Slugs()
        self._steps: dict[tuple[str, str], Step] = {}

    @property
    def is_full(self) -> bool:
        """Tell whether to leave the rest: what gives nothing takes as long as what does."""
        return len(self._found) == MOST_RESOURCES or self._looked_at >= 2 * MOST_RESOURCES

    @property
    def is_done(self) -> bool:
        """Tell whether whatever comes changes nothing: it is full, and all that is told is told."""
        return self.is_full and len(self._unread) > MOST_UNREAD

    def leave(self, line: int, text: str, why: UnreadWhy) -> None:
        """Remember a line that gives nothing, and one more than are told."""
        self._looked_at += 1
        if len(self._unread) <= MOST_UNREAD:
            self._unread.append(Unread(line, text.rstrip("\n")[:200], why))

    def take(self, line: int, text: str, entry: Callable[[], Entry]) -> None:
        """Make a resource of an entry, in the step that it names or one called as the list.

        ``line`` and ``text`` are where the entry begins; it isn't asked for when the list is full.
        """
        if why := "many" if self.is_full else self._left_for(entry()):
            self.leave(line, text, why)

    def _left_for(self, entry: Entry) -> UnreadWhy | None:
        links, url = [link for link in entry.links if link.strip()], None
        for at, link in enumerate(links[:_MOST_LINKS]):
            self._looked_at += min(at, 1)
            if url := address_of(link):
                break
        if url is None:
            return "no_web" if links else "text"
        facts = {"title": cut(entry.title, LONGEST_TITLE), "url": url, "year": entry.year}
        facts |= {"authors": cut(entry.authors, LONGEST_AUTHORS), "minutes": entry.minutes}
        fields = readable(facts)
        if "url" not in fields:
            return "long" if len(url) > LONGEST_LINK_ON_A_CARD else "no_web"
        page = canonical(url) or url
        if page in self._pages:
            return "twice"
        self._pages.add(page)
        self._add(entry, {"title": "", **fields})
        return None

    def _add(self, entry: Entry, fields: Mapping[str, object]) -> None:
        url, title = str(fields["url"]), str(fields["title"])
        named = slug_for(title or url.partition("://")[2], ())
        slug = self._slugs.give(entry.name if _SLUG.fullmatch(entry.name) else named)
        resource = Resource(
            key=f"{NEW}:{slug}",
            kind=entry.kind or likely_kind(url),
            step_id=self._step(entry).id,
            must_read=entry.must_read,
            **fields,  # type: ignore[arg-type]  # each was checked by its name
        )
        notes = tuple(_fitting(entry.notes, LONGEST_CARD - _length(resource)))
        self._found[resource.key] = entry, replace(resource, notes=notes)

    def _step(self, entry: Entry) -> Step:
        section = _heading(entry.section)
        title = _heading(entry.step) or section or self._title
        place = section or title, title
        if place not in self._steps:
            step_id = self._step_slugs.give(slug_for(title, ()))
            self._steps[place] = Step(step_id, title, place[0])
        return self._steps[place]

    def imported(self) -> Imported:
        """Return the list. Only now is it known what the entries mean by each other's names."""
        names = self._names()
        parents = self._parents(names)
        below: dict[str, list[Resource]] = {key: [] for key in self._found}
        steps: dict[str, list[Resource]] = {step.id: [] for step in self._steps.values()}
        needs = {
            key: [each for each in _meant(entry.needs, names) if each not in parents]
            for key, (entry, _) in self._found.items()
            if key not in parents
        }
        needs = _without_loops(needs)
        for key, parent in parents.items():
            resource, above = self._found[key][1], self._found[parent][1]
            remark, *notes = resource.notes or ("",)
            told = replace(resource, remark=remark, notes=tuple(notes))
            below[parent].append(replace(told, step_id=above.step_id, parent=parent))
        for key, needed in needs.items():
            resource = self._found[key][1]
            whole = replace(
                resource,
                prerequisites=tuple(dict.fromkeys(needed))[:MOST_NAMES],
                companions=tuple(below[key]),
            )
            steps[resource.step_id].append(whole)
        curriculum = Curriculum(NEW, self._title, tuple(self._sections(steps)))
        return Imported(curriculum, tuple(self._unread))

    def _names(self) -> dict[str, str]:
        """Return what may mean an entry -> its key: of two, its own name rather than a title."""
        names: dict[str, str] = {}
        for key, (entry, resource) in reversed(self._found.items()):
            links = (resource.url, *map(str.strip, entry.links))
            names |= dict.fromkeys(map(folded_name, (resource.title, *links)), key)
        for key, (entry, _) in reversed(self._found.items()):
            names[folded_name(entry.name)] = key
        names.pop("", None)
        return names

    def _parents(self, names: Mapping[str, str]) -> dict[str, str]:
        """Return the companions' keys -> those of what they stand under, as far as cards hold."""
        wished = {
            key: parent
            for key, (entry, _) in self._found.items()
            if (parent := names.get(folded_name(entry.parent), key)) != key
        }
        parents: dict[str, str] = {}
        lengths, counts = dict[str, int](), Counter[str]()
        for key, parent in wished.items():
            length = lengths.get(parent) or _length(self._found[parent][1])
            length += _length(self._found[key][1])
            fits = length <= LONGEST_CARD and counts[parent] < MOST_COMPANIONS
            if parent not in wished and fits:
                parents[key] = parent
                lengths[parent] = length
                counts[parent] += 1
        return parents

    def _sections(self, resources: Mapping[str, Sequence[Resource]]) -> Iterator[Section]:
        steps: dict[str, list[Step]] = {}
        for step in self._steps.values():
            if resources[step.id]:  # not all are companions of another step's
                whole = replace(step, resources=tuple(resources[step.id]))
                steps.setdefault(step.section_id, []).append(whole)
        for title, some in steps.items():
            section_id = self._section_slugs.give(slug_for(title, ()))
            own = tuple(replace(step, section_id=section_id) for step in some)
            yield Section(section_id, title, steps=own)


def _heading(text: str) -> str:
    title = cut(text, LONGEST_STEP_TITLE)
    return title if is_visible(title) else ""


def _length(resource: Resource) -> int:
    """Return how much of a card the resource fills."""
    return sum(map(len, (resource.title, resource.authors, resource.url, *resource.notes)))


def _fitting(notes: Iterable[str], room: int) -> Iterator[str]:
    """Yield the notes' lines, as many as there is room for."""
    lines = (cut(line, LONGEST_TEXT) for note in notes for line in note.splitlines())
    for line in islice(filter(is_visible, lines), MOST_NOTES):
        room -= len(line)
        if room < 0:
            return
        yield line


def _meant(names: str, keys: Mapping[str, str], separators: str = "\n;,") -> Iterator[str]:
    """Yield the keys that are meant: of one name, or else of several with something between."""
    key = keys.get(folded_name(names))
    if key:
        yield key
    elif separators:
        for name in names.split(separators[0]):
            yield from _meant(name, keys, separators[1:])


def _without_loops(needs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Leave out each need by which a resource would wait for itself."""
    kept: dict[str, list[str]] = {key: [] for key in needs}
    seen = set[str]()
    for start in needs:
        path = [] if start in seen else [(start, iter(needs[start]))]
        open_ = {start}
        while path:
            key, rest = path[-1]
            for needed in rest:
                if needed in open_:
                    continue
                kept[key].append(needed)
                if needed not in seen:
                    open_.add(needed)
                    path.append((needed, iter(needs[needed])))
                    break
            else:
                path.pop()
                open_.discard(key)
                seen.add(key)
    return kept


_FORMULA = re.compile(
    r"""(?i)=\s*hyperlink\(\s*"(?P<url>[^"]*)"\s*(?:[;,]\s*"(?P<text>(?:[^"]|"")*)"\s*)?\)"""
)
_MARKDOWN = re.compile(
    r"!?\[(?P<text>[^\[\]]*)\]\(\s*<?(?P<url>[^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:\s[^()]*)?\)"
)
_WEB = re.compile(r"(?i)https?://[^\s<>\"|]+")
_BARE = re.compile(r"(?ai)[\s<(\[\"']*(?:(?:doi|arxiv|acl|url)\b|[\w-]+(?:\.[\w-]+)*[./]\w)")
_ENDS = ".,;:!?)]}>'*\"\u201d\u2019"
_LONGEST_BARE = 200


def linked(text: str) -> tuple[str, str] | None:
    """Return the words and the address of a cell that is a link with words.

    Spreadsheets have ``=HYPERLINK("address"; "words")``, people write Markdown.
    """
    whole = text.strip()
    found = _FORMULA.fullmatch(whole) or _MARKDOWN.fullmatch(whole)
    return found and ((found["text"] or "").replace('""', '"'), found["url"])


def address_of(text: str) -> str | None:
    """Return the first address in what somebody gave as the link, or that of the id it is."""
    link = linked(text)
    found = None if link else _WEB.search(text)
    typed = link[1] if link else found[0] if found else text.strip()
    if found and typed != text.strip():
        typed = typed.rstrip(".,;:!?")  # of the sentence around it
    bare = typed.rstrip(_ENDS)
    if len(typed) - len(bare) > 2:  # `address_in` takes such signs off one by one
        typed = bare
    is_bare = len(typed) <= _LONGEST_BARE and _BARE.match(typed)
    if len(typed) > LONGEST_LINK or not (found or is_bare or _WEB.match(typed)):
        return None
    return address_in(typed)


def folded(text: str) -> str:
    """Return a word of a header or a type as it is compared: its letters and digits alone."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text.casefold())))


_KINDS: Mapping[Kind, str] = MappingProxyType(
    {
        "paper": """paper preprint journalarticle articlejournal conferencepaper paperconference
            inproceedings conference thesis phdthesis mastersthesis techreport report study
            jour conf cpaper thes rprt unpb unpublished 논문 aufsatz 论文 論文""",
        "article": """article blog blogpost post postweblog webpage website web online elec news
            newspaper newspaperarticle articlenewspaper magazinearticle articlemagazine mgzn
            encyclopediaarticle entryencyclopedia essay tutorial
            글 블로그 기사 artikel beitrag articulo billet 文章 記事 ブログ""",
        "video": """video videos youtube talk lecture movie film videorecording motionpicture
            tvbroadcast broadcast presentation speech 영상 동영상 비디오 강연 vortrag conferencia
            视频 動画""",
        "docs": """docs doc documentation documents manual reference specification software code
            repository computerprogram 문서 dokumentation 文档 ドキュメント""",
        "course": "course courses class mooc 강의 강좌 과정 kurs cours curso 课程 コース 講座",
        "book": """book books booksection chapter inbook incollection ebook mvbook booklet
            collection chap edbook 책 도서 단행본 buch livre libro 书 書籍 本""",
    }
)
_KIND_OF = MappingProxyType(
    {folded(word): kind for kind, words in _KINDS.items() for word in words.split()}
)


def kind_called(word: str) -> Kind | None:
    """Return the kind that a word of people's, or of another program, stands for."""
    return _KIND_OF.get(folded(word))
