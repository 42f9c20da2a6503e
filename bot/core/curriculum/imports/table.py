"""CSV and TSV as people and spreadsheets write them -> a list; columns are known by their headers.

What a cell of Notion's, Excel's or Zotero's means is read; other formulas are only text.
"""

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice, takewhile
from types import MappingProxyType
from typing import Literal

from bot.core.curriculum import authors
from bot.core.curriculum.imports import Imported
from bot.core.curriculum.imports.gathering import (
    Entry,
    Gathering,
    address_of,
    folded,
    kind_called,
    linked,
)

Field = Literal[
    "url", "must_read", "needs", "minutes", "hours", "authors", "year", "kind", "title",
    "section", "step", "notes", "name", "parent",
]  # fmt: skip
"""What a column can hold. Of a header with several words that mean something, the first counts."""

Columns = Mapping[Field, Sequence[int]]
"""Field -> the columns that hold it, the likeliest first."""

_HEADERS: Mapping[Field, str] = MappingProxyType(
    {
        "url": """url link links href uri address website webpage doi arxiv arxivid pdf where
            weblink adresse webadresse lien enlace liga direccion 링크 주소 链接 网址 リンク""",
        "must_read": """mustread mustreads must essential required mandatory recommended important
            priority 📚 ⭐ 필독 필수 중요 추천 pflicht wichtig obligatoire indispensable important
            imprescindible obligatorio importante 必读 必読""",
        "needs": """needs need prerequisites prerequisite prereqs prereq requires requirements
            dependencies dependson after builds buildson 선수 선수지식 선수학습 선행 선행학습
            voraussetzung voraussetzungen prerequis prerrequisitos requisitos 前提""",
        "minutes": """minutes minute mins min readingtime readtime timetoread estimatedtime time
            duration length 시간 소요시간 예상시간 분 dauer zeit lesezeit minuten duree temps
            tiempo duracion minutos 时间 時間""",
        "hours": "hours hour hrs stunden heures horas",
        "authors": """authors author by writtenby writers writer creators creator speakers speaker
            저자 지은이 글쓴이 작가 autor autoren verfasser auteur auteurs autores 作者 著者""",
        "year": """year publicationyear publishedyear yearpublished published publicationdate
            pubdate date 연도 년도 출판연도 발행연도 발행년도 출간일 날짜 jahr erscheinungsjahr
            datum annee ano fecha 年 年份 出版年""",
        "kind": """kind itemtype resourcetype type format medium media 종류 유형 형식 art typ
            genre tipo formato 类型 種類""",
        "title": """title name paper resource article item book reading 제목 이름 논문 자료 titel
            titre nom titulo nombre 标题 题目 名称 タイトル""",
        "section": """section part chapter module unit 섹션 파트 모듈 abschnitt kapitel partie
            seccion modulo 章""",
        "step": """step stage phase level week topic subject theme category group list collection
            track topics categories tags labels 단계 주차 주 주제 분야 분류 카테고리 schritt stufe
            woche thema kategorie etape niveau semaine sujet categorie paso etapa nivel semana
            tema categoria 步骤 阶段 主题 分类 カテゴリ""",
        "notes": """notes note comments comment why reason description summary remarks remark
            annotation tldr 메모 노트 비고 설명 요약 이유 코멘트 notiz notizen kommentar
            beschreibung bemerkung remarque remarques commentaire notas nota comentario
            comentarios descripcion 备注 说明 メモ 備考""",
        "name": "id slug key citationkey citekey",
        "parent": "companionof",
    }
)
_COLUMN_OF: Mapping[str, tuple[Field, int]] = MappingProxyType(
    {
        folded(word) or word: (field, rank)
        for field, words in reversed([*_HEADERS.items()])
        for rank, word in enumerate(words.split())
    }
)
_SEVERAL = frozenset({"topics", "categories", "tags", "labels"})
"""Headers of steps whose cells name several things: the first is the step."""

_OTHER_WORDS = """added created edited modified access accessed updated completed finished due last
    status rating score progress done manual automatic file abstract"""
_OTHERS = frozenset(_OTHER_WORDS.split())
"""Words of headers that mean none of these, whatever stands beside them."""

_YES_WORDS = """yes y true t x 1 on must mustread essential required high p0 예 네 필독 필수 참 ja j
    wahr oui vrai si verdadero hoch haute alta 是"""
_YES = frozenset(map(folded, _YES_WORDS.split()))
_SIGNS = re.compile("[📚⭐★✓✔✅☑❗‼🔥]")

SEPARATORS = ",\t;|"
_SAMPLE = 20_000
_ONE_LINK = re.compile(r"(?i)https?://[^\s,;|]+")
_SEPARATOR_LINE = re.compile(r'(?i)"?sep=(.)"?[ \t]*\n')  # Excel's own
_MARKDOWN_LINE = re.compile(r"\s*[#>|*+-]")
_MOST_COLUMNS = 100
_PARTLY = 1_000
"""How surely a header means a field that is only one word of it."""


_LONGEST_ROW = 200_000
_TOO_LONG = "x" * 131_073
"""One cell over ``csv``'s limit: to split a row of two million commas holds up all else."""

Row = tuple[int, str, Sequence[str]]
"""The line where it begins: its number and its text; and the cells, none if one is too long."""


def read_table(text: str, title: str = "") -> Imported:
    """Read a table; ``title`` is that of the list. Without headers, links and titles are found.

    Rows that name no link are unread, and so are those with a cell over 131,072 characters or
    a line over 200,000.
    """
    gathering = Gathering(title)
    named = _SEPARATOR_LINE.match(text)
    rows = _rows(text, named[1] if named else _separator(text[:_SAMPLE]))
    first = list(islice(rows, 1 if named else 0, 200))
    header = _header([cells for _, _, cells in first[:5]])
    for line, raw, _ in first[: header or 0]:
        gathering.leave(line, raw, "text")
    headers = () if header is None else first[header][2]
    sample = first if header is None else first[header + 1 :]
    columns = _columns(headers, [cells for _, _, cells in sample])
    for line, raw, cells in chain(sample, rows):
        if gathering.is_done:
            break
        if cells:
            gathering.take(line, raw, partial(_entry, cells, columns, headers))
        else:
            gathering.leave(line, raw, "long")
    return gathering.imported()


def _rows(text: str, separator: str) -> Iterator[Row]:
    """Yield the rows that aren't empty."""
    began: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            if not began:
                began.append(line)
            yield line if len(line) <= _LONGEST_ROW else _TOO_LONG

    reader = csv.reader(lines(), delimiter=separator, skipinitialspace=separator != "\t")
    while True:
        line = reader.line_num + 1
        began.clear()
        try:
            cells = [_plain(cell) for cell in next(reader)[:_MOST_COLUMNS]]
        except StopIteration:
            return
        except csv.Error:  # a cell over its own limit, or a row over ours
            yield line, began[0], ()
        else:
            if any(cells):
                yield line, began[0], cells


def _plain(cell: str) -> str:
    """Return what a cell holds: an apostrophe keeps spreadsheets from taking it for a formula."""
    return (cell[1:] if GUARDED.match(cell) else cell).strip()


GUARDED = re.compile("'+[=+@\\-\t\r＝＋＠－]")
"""How a cell begins that would be a formula without its first apostrophe."""


def is_table(text: str) -> bool:
    """Tell whether a text begins as a table does: with headers, or a link in a cell of its own."""
    sample = text[:_SAMPLE]
    if _SEPARATOR_LINE.match(sample):
        return True
    first = list(islice(_rows(sample, _separator(sample)), 5))
    rows = [cells for _, raw, cells in first if not _MARKDOWN_LINE.match(raw)]
    if any(_known(cells) > 1 for cells in rows):
        return True
    cells = rows[0] if rows else ()
    return len(cells) > 1 and sum(bool(_ONE_LINK.fullmatch(cell)) for cell in cells) == 1


def _separator(sample: str) -> str:
    """Return what makes a table of it: known headers, whole links, and rows of one width."""

    def fitness(separator: str) -> tuple[int, int, int, int]:
        rows = [cells for _, _, cells in islice(_rows(sample, separator), 50)]
        known = max((_known(cells) for cells in rows[:5]), default=0)
        width, times = Counter(map(len, rows)).most_common(1)[0] if rows else (1, 0)
        links = sum(bool(_ONE_LINK.fullmatch(cell)) for cells in rows for cell in cells)
        return known, links, times if width > 1 else 0, width

    return max(SEPARATORS, key=fitness)


def _known(cells: Sequence[str]) -> int:
    """Count the fields that headers name outright."""
    short = (cell for cell in cells if len(cell) <= 40)
    return len({found[0] for cell in short if (found := _meaning(cell)) and found[1] < _PARTLY})


def _header(rows: Sequence[Sequence[str]]) -> int | None:
    """Return which of the first rows names the columns: the best of those above the first link."""
    above = list(takewhile(lambda cells: not any(map(_is_link, cells)), rows))
    best = max(range(len(above)), key=lambda at: _known(above[at]), default=0)
    return best if above and _known(above[best]) else None


def _is_link(cell: str) -> bool:
    return bool(address_of(cell))


def _meaning(header: str) -> tuple[Field, int] | None:
    """Return the field that a header means, and how surely: the lower, the better."""
    if _SIGNS.search(header):
        return "must_read", 0
    outside = re.sub(r"\([^()]*\)", "", header)
    if found := _COLUMN_OF.get(folded(outside) or folded(header)):
        return found
    words = [folded(word) for word in re.findall(r"\w{3,}", header[:80].replace("_", " "))]
    partly = {_COLUMN_OF[word][0] for word in words if word in _COLUMN_OF}
    if not partly or not _OTHERS.isdisjoint(words) or {"read", "date"} <= set(words):
        return None
    return next(field for field in _HEADERS if field in partly), _PARTLY


def _columns(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Columns:
    """Return what the columns hold by their headers, and the links and titles by how they look."""
    ranked = defaultdict[Field, list[tuple[int, int]]](list)
    for at, cell in enumerate(headers):
        if found := _meaning(cell):
            ranked[found[0]].append((found[1], at))
    columns: dict[Field, Sequence[int]] = {}
    for field, some in ranked.items():
        surest = [at for rank, at in sorted(some) if rank < _PARTLY]
        columns[field] = surest or [at for _, at in some]
    if "section" in columns and all(
        folded(headers[at]) in _SEVERAL for at in columns.get("step", ())
    ):
        columns.pop("step", None)
    taken = {at for some in columns.values() for at in some}
    free = sorted({at for cells in rows for at in range(len(cells))} - taken)
    links = {at: sum(_is_link(cells[at]) for cells in rows if at < len(cells)) for at in free}
    if "url" not in columns and any(links.values()):
        columns["url"] = [max(free, key=links.__getitem__)]
    lengths = {
        at: sum(min(len(cells[at]), 60) for cells in rows if at < len(cells))
        for at in free
        if not links[at]
    }
    if "title" not in columns and lengths:
        # Notes are longer than titles, but stand further right.
        columns["title"] = [next(at for at in lengths if lengths[at] * 2 >= max(lengths.values()))]
    return columns


def _entry(cells: Sequence[str], columns: Columns, headers: Sequence[str]) -> Entry:
    def at_of(field: Field) -> list[int]:
        return [at for at in columns.get(field, ()) if at < len(cells) and cells[at]]

    def all_of(field: Field) -> list[str]:
        return [cells[at] for at in at_of(field)]

    def first(field: Field) -> str:
        return next(iter(all_of(field)), "")

    def heading(field: Field) -> str:
        return next((_heading(headers[at], cells[at]) for at in at_of(field)), "")

    urls = all_of("url")
    typed = next((cell for cell in all_of("title") if not _ONE_LINK.fullmatch(cell)), "")
    shown = linked(typed) or ("", "")
    words = (each[0] for each in map(linked, urls) if each)
    apart = {at for field in ("url", "notes", "needs") for at in columns.get(field, ())}
    others = (c for at, c in enumerate(cells) if at not in apart and "http" in c.casefold())
    year = _YEAR.search(first("year"))
    return Entry(
        links=(*urls, shown[1], *others),
        title=shown[0] or typed or next(words, ""),
        authors=_authors(first("authors")),
        year=int(year[0]) if year else None,
        minutes=minutes_in(first("minutes")) or minutes_in(first("hours"), bare=60),
        kind=kind_called(first("kind")),
        section=heading("section"),
        step=heading("step"),
        must_read=any(folded(c) in _YES or _SIGNS.search(c) for c in all_of("must_read")),
        notes=all_of("notes"),
        needs=_without_pages("\n".join(all_of("needs"))),
        name=first("name"),
        parent=first("parent"),
    )


_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
_PAGES = re.compile(r"\((?:https://(?:www\.)?notion\.(?:so|site)/[^()\s]*|[^()\s]+\.md)\)")


def _heading(header: str, cell: str) -> str:
    """Return what a step is called by its cell: ``Week 1`` where only its number stands there."""
    if folded(header) in _SEVERAL:
        return cell.partition(",")[0]
    is_number = cell.isdigit() and header not in {"section", "step"}  # as we write them
    return f"{header} {cell}" if is_number else _without_pages(cell)


def _without_pages(cell: str) -> str:
    """Return the titles of a cell in which Notion has related pages: ``Title (address), ...``."""
    return _PAGES.sub("\n", cell).strip()


def _authors(cell: str) -> str:
    """Return authors as they stand there, but for Zotero's way, and more than two full names."""
    people = [person for each in cell.split(";") if (person := each.strip())]
    if len(people) > 1 and all(", " in person for person in people):
        return authors.told(people)
    people = re.split(r",\s*(?:(?:and|&)\s+)?|\s+(?:and|&)\s+|\s*;\s*", cell[:1000])
    are_full = all(re.fullmatch(r"[^\W\d][^\d()]*? [^\d()]+", person) for person in people)
    are_all = "et al" not in cell
    return authors.told(people) if len(people) > 2 and are_full and are_all else cell


_TIME = re.compile(r"(\d{1,5}(?:[.,]\d{1,2})?)\s*([^\W\d_]*)")
_HOURS = ("h", "st", "ore", "시", "小", "時")
_MINUTES = ("m", "분", "分")


def minutes_in(cell: str, bare: int = 1) -> int | None:
    """Return the minutes that ``45``, ``30-45 min``, ``1 h 30``, ``1.5 hours`` or ``1:30`` mean.

    ``bare``: the minutes that a number without a unit stands for.
    """
    text = cell.casefold().strip()[:40]
    if clock := re.fullmatch(r"(\d{1,3}):(\d\d)(?::\d\d)?", text):
        # Nothing takes more than nine hours and is told to the minute: that's a video's length.
        is_hours = int(clock[1]) < 10 or text.count(":") > 1
        return int(clock[1]) * 60 + int(clock[2]) if is_hours else int(clock[1])
    total, after_hours = 0.0, False
    for number, unit in _TIME.findall(re.sub(r"\d+\s*[-–~]\s*(?=\d)", "", text)):
        is_hours = unit.startswith(_HOURS)
        if unit and not is_hours and not unit.startswith(_MINUTES):
            return None
        factor = 60 if is_hours else 1 if unit or after_hours else bare
        total += float(number.replace(",", ".")) * factor
        after_hours = is_hours
    return round(total) or None
