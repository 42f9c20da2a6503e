"""A text of Markdown as what a list is made of: headings, texts, list items, tables, in order."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.core.curriculum.imports.spans import BREAK, TAG, Span, SpanWriter, lines_of

BlockKind = Literal["heading", "fold", "end", "text", "item", "table", "fence", "nothing"]
"""``fold`` is the heading of a ``<details>``, ``end`` where it closes; ``nothing``: a ruler."""


class Run:
    """What stands in one place: its source without the marks of its block, and its lines.

    Its spans are read when they are asked for first: of a list that is too long, they never are.
    """

    __slots__ = ("_read", "_spans", "end", "source", "start")

    def __init__(
        self, source: str, start: int, end: int, read: Callable[[str], Iterable[Span]]
    ) -> None:
        self.source, self.start, self.end = source, start, end
        self._read = read
        self._spans: tuple[Span, ...] | None = None

    @property
    def spans(self) -> tuple[Span, ...]:
        if self._spans is None:
            self._spans = tuple(self._read(self.source))
        return self._spans


@dataclass(slots=True)
class Block:
    """``level`` is a heading's; ``children`` an item's; the first row of a table its header."""

    kind: BlockKind
    runs: list[Run]
    level: int = 0
    is_html: bool = False
    children: list[Block] = field(default_factory=list)
    rows: list[list[Run]] = field(default_factory=list)

    @property
    def spans(self) -> list[Span]:
        """Those of all runs, each on a line of its own."""
        return list(chain.from_iterable((*run.spans, BREAK) for run in self.runs))[:-1]

    @property
    def source(self) -> str:
        return " ".join(run.source for run in self.runs)


_SIGN = re.compile(r"[\n\\`*_\[!<&]")
"""Text without any of these is plain: every rule of Markdown that is in use begins with one."""
MOST_SIGNS = 400


def is_crowded(source: str) -> bool:
    """Tell whether some sign of Markdown stands in a text far more often than a list has it."""
    return len(source) > MOST_SIGNS and any(source.count(sign) > MOST_SIGNS for sign in "[*_`<|&\\")


def blocks_of(text: str) -> list[Block]:
    """Return the blocks of a text; lines are counted from 0."""
    return list(_Blocks(text))


def _as_it_is(address: str) -> str:
    return address


class _Blocks:
    def __init__(self, text: str) -> None:
        # Without "code", what is indented too far is still read as what it says.
        self.markdown = (
            MarkdownIt("commonmark", {"maxNesting": 100})
            .enable("table")
            .disable(["inline", "code"])
        )
        # An address stays as it is spelled: it is compared, and written back.
        self.markdown.normalizeLink = _as_it_is  # type: ignore[method-assign, assignment]
        self.references: dict[str, object] = {}
        self.text = text
        self.open_items: list[Block] = []

    def __iter__(self) -> Iterator[Block]:
        tokens = iter(self.markdown.parse(self.text, self.references))
        for token in tokens:
            match token.type:
                case "list_item_open":
                    self._open_item()
                case "list_item_close":
                    item = self.open_items.pop()
                    if not self.open_items:
                        yield item
                case "heading_open":
                    level = int(token.tag[1])
                    yield from self._placed(Block("heading", [self._run(next(tokens))], level))
                case "inline":
                    yield from self._placed(Block("text", [self._run(token)]))
                case "table_open":
                    yield from self._placed(self._table(tokens))
                case "html_block":
                    start = token.map[0] if token.map else 0
                    for block in _Html(self, token.content, start).blocks():
                        yield from self._placed(block)
                case "fence" | "hr":
                    start, end = token.map or [0, 0]
                    run = Run(token.content, start, end, lambda source: [Span(source)])
                    is_plain = token.type == "fence" and not token.info
                    yield from self._placed(Block("fence" if is_plain else "nothing", [run]))
                case _:
                    pass

    def _open_item(self) -> None:
        item = Block("item", [])
        if self.open_items:
            self.open_items[-1].children.append(item)
        self.open_items.append(item)

    def _placed(self, block: Block) -> Iterator[Block]:
        """Yield a block, or put it into the item that is open."""
        if not self.open_items:
            yield block
            return
        item = self.open_items[-1]
        if block.kind in {"text", "heading", "item"} and not item.children:
            item.runs += block.runs
        elif block.kind in {"text", "heading", "item"}:
            item.children.append(Block("item", block.runs))
        else:
            item.children.append(block)

    def _run(self, token: Token) -> Run:
        start, end = token.map or [0, 0]
        return Run(token.content, start, end, self.spans)

    def _table(self, tokens: Iterator[Token]) -> Block:
        table = Block("table", [])
        for token in tokens:
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                table.rows.append([])
                start, end = token.map or [0, 0]
            elif token.type == "inline":
                table.rows[-1].append(Run(token.content, start, end, self.spans))
        return table

    def spans(self, source: str) -> list[Span]:
        """Return the spans of what stands inside a block.

        Some take a time that grows with the square of how many signs there are: a paragraph of
        too many is read a line at a time.
        """
        if not _SIGN.search(source):
            return [Span(source)] if source else []
        if is_crowded(source) and "\n" in source:
            lines = (self.spans(line) for line in source.split("\n"))
            return [span for line in lines for span in (*line, BREAK)]
        children: list[Token] = []
        self.markdown.inline.parse(source, self.markdown, self.references, children)
        return _spans_of(children)


def _spans_of(children: Iterable[Token]) -> list[Span]:
    writer = SpanWriter()
    for token in children:
        match token.type:
            case "text":  # the most frequent first
                writer.add(token.content)
            case "softbreak" | "hardbreak":
                writer.end_line()
            case "code_inline":
                writer.add(token.content, "code")
            case "link_open":
                writer.url = str(token.attrs.get("href", ""))
            case "link_close":
                writer.url = ""
            case "image":
                writer.add(token.content, is_image=True)
            case "html_inline":
                if tag := TAG.fullmatch(token.content):
                    writer.tag(tag[2], tag[3], closes=bool(tag[1]))
            case "strong_open" | "strong_close":
                writer.opened("strong", closes=token.nesting < 0)
            case "em_open" | "em_close":
                writer.opened("em", closes=token.nesting < 0)
            case _:
                writer.add(token.content)
    return writer.spans


_ENDS_A_LINE = re.compile(
    "p|div|center|hr|blockquote|section|article|[uod]l|d[td]|table|t(?:head|body)"
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


class _Html:
    """One block of HTML. Markdown that its writer put there, too, is read as Markdown."""

    def __init__(self, markdown: _Blocks, source: str, start: int) -> None:
        self.markdown = markdown
        self.source = _without_comments(source)
        self.line = self.start = start
        self.writer = SpanWriter()
        self.cells: list[Run] = []

    def blocks(self) -> Iterator[Block]:
        at = 0
        for tag in TAG.finditer(self.source):
            yield from self._text(self.source[at : tag.start()])
            yield from self._tag(tag[2].lower(), tag[3], closes=bool(tag[1]))
            at = tag.end()
        yield from self._text(self.source[at:])
        yield from self._flushed("text")

    def _text(self, text: str) -> Iterator[Block]:
        has_markdown = "](" in text
        for at, line in enumerate(text.split("\n")):
            if at:
                self.line += 1
                self.writer.add(" ")
            if has_markdown and line.strip():
                yield from self._flushed("text")
                bare = re.sub(r"^\s*(?:[-*+]|\d+[.)])\s+", "", line)
                self.writer.spans += self.markdown.spans(bare)
                yield from self._flushed("item" if bare != line else "text")
            else:
                self.writer.add(re.sub(r"\s+", " ", html.unescape(line)))

    def _tag(self, name: str, attributes: str, *, closes: bool) -> Iterator[Block]:
        if name in _HEADINGS:
            yield from self._flushed("heading" if closes else "text", int(name[1]))
        elif name == "summary":
            yield from self._flushed("fold" if closes else "text")
        elif name == "details":
            yield from self._flushed("text")
            if closes:
                yield Block("end", [])
        elif name in {"td", "th"}:
            self._end_cell()
        elif name == "tr":
            yield from self._row() if closes else self._flushed("text")
        elif name == "li":
            yield from self._flushed("item" if closes else "text")
        elif _ENDS_A_LINE.fullmatch(name):
            if not self.cells:
                yield from self._flushed("text")
        else:
            self.writer.tag(name, attributes, closes=closes)

    def _run(self) -> Run:
        spans, self.writer.spans = tuple(self.writer.spans), []
        start, self.start = self.start, self.line
        source = "".join(span.text for span in spans)
        return Run(source, start, self.line + 1, lambda _: spans)

    def _end_cell(self) -> None:
        if lines_of(self.writer.spans):
            self.cells.append(self._run())

    def _row(self) -> Iterator[Block]:
        self._end_cell()
        if self.cells:
            yield Block("table", [], is_html=True, rows=[[], self.cells])
        self.cells = []

    def _flushed(self, kind: BlockKind, level: int = 0) -> Iterator[Block]:
        run = self._run()
        if lines_of(run.spans):
            yield Block(kind, [run], level, is_html=True)


def _without_comments(source: str) -> str:
    """Return HTML with its comments as the ends of their lines, so that lines still count."""
    kept, rest = "", source
    while "<!--" in rest:
        before, _, rest = rest.partition("<!--")
        comment, end, rest = rest.partition("-->")
        kept += before + "\n" * comment.count("\n")
        if not end:
            break
    return kept + rest
