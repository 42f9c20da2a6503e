"""Lists kept in Markdown, and links that were pasted a line each, read as a curriculum."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import chain, islice, pairwise, takewhile
from urllib.parse import unquote

from bot.core.curriculum import Curriculum, Update
from bot.core.curriculum.imports import NEW, Imported
from bot.core.curriculum.imports.blocks import Block, Run, blocks_of
from bot.core.curriculum.imports.citations import title_and_rest
from bot.core.curriculum.imports.drafts import Draft, clipped
from bot.core.curriculum.imports.entries import MUST_READ, Entry, entries_of
from bot.core.curriculum.imports.headings import (
    only_unfolds,
    with_own_places,
)
from bot.core.curriculum.imports.lines import Lines
from bot.core.curriculum.imports.link_texts import (
    is_generic,
    is_named,
    is_navigation,
    is_web,
    links_in,
    may_be_id,
    may_have_link,
    web_address,
    words_beside,
)
from bot.core.curriculum.imports.outline import BOLD, BOLD_ALONE, LEVEL, PASTED, Outline
from bot.core.curriculum.imports.pasted import is_sentence, with_headings
from bot.core.curriculum.imports.rows import kept_table, row_entries
from bot.core.curriculum.imports.sections import introduction_of, sections_of
from bot.core.curriculum.imports.spans import (
    BREAK,
    TAG,
    Span,
    lines_of,
    one_line,
    text_of,
    with_bare_links,
)
from bot.core.curriculum.shape import (
    LONGEST_LABEL,
    LONGEST_PARAGRAPH,
    LONGEST_STEP_TITLE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_NOTES,
)

_DATE = re.compile(
    r"^[`*\[(]*(?:(\d\d|20\d\d)[-./](\d{1,2})[-./](\d{1,2})|20\d\d[-./]\d{1,2})[`*\])]*"
    r"\s*[:\-–—]?\s*"
)
_LEGEND = re.compile(
    r"(?i)(\S{1,3}|:\w+:)\s*(?:=|:|-|–|—|→|means|is|marks?|for)+\s*"
    r"(?:an? |the )?\**(must[- ]?(?:reads?|watch|see)|essential|(?:highly |strongly )?recommended)?"
)
_MEANING = re.compile(r"(?i)must|essential|recommended")
_SEE_ALSO = re.compile(r"(?i)\b(?:also see|see also)\b[^.]*$")
LONGEST_SOURCE = 4 * LONGEST_PARAGRAPH
_BIBTEX = re.compile(r"@[a-zA-Z]+\{")
_PICTURE = re.compile(r"(?i)!\[[^\]]*\]\([^)\s]*\.(?:png|jpe?g|gif|svg|webp)[^)]*\)")


def read_markdown(text: str, title: str = "") -> Imported:
    """Return the list that a text keeps, and each of its lines that gave nothing.

    ``title`` is used where no heading names the whole. Never fails, and takes long for nothing:
    what is too much is told as unread.
    """
    return _Reading(text, title).imported()


class _Reading:
    """One reading: what was found so far, and which lines it stands in."""

    def __init__(self, text: str, title: str) -> None:
        self.title = title
        self.lines = Lines(text)
        readable = with_own_places(self.lines.readable())
        entitled = with_headings(readable)
        self.is_pasted = entitled is not readable
        self.blocks = blocks_of(entitled)
        self.title_block = self._title_block()
        self.has_headings = self._has_headings()
        self.marks = frozenset({MUST_READ})
        self.outline = Outline(self.lines)
        self.icon = self.update_title = self.update_icon = ""
        self.updates: list[Update] = []

    def imported(self) -> Imported:
        for block, following in pairwise([*self.blocks, Block("nothing", [])]):
            self._read(block, following)
        introduction = introduction_of(
            self.outline.root.prose if self.has_headings else (), self.lines.mark
        )
        sections = sections_of(self.outline.numbered(), self.title, self.lines.mark)
        title = clipped(self.title, LONGEST_STEP_TITLE) or (sections[0].title if sections else "")
        curriculum = Curriculum(
            NEW,
            title,
            sections,
            icon=self.icon,
            introduction=introduction,
            updates=tuple(self.updates),
            update_title=self.update_title if self.updates else "",
            update_icon=self.update_icon if self.updates else "",
        )
        return Imported(curriculum, tuple(self.lines.unread()))

    def _mark_all(self, block: Block) -> None:
        for run in _all_runs([block]):
            self.lines.mark(range(run.start, run.end))

    def _leave(self, block: Block) -> None:
        """Leave a block out on purpose: its links of the web are told."""
        for run in _all_runs([block]):
            self._leave_lines(range(run.start, run.end), run.spans)

    def _leave_lines(self, lines: range, spans: Sequence[Span]) -> None:
        leads = any(is_web(link.url) for link in links_in(with_bare_links(spans)))
        self.lines.leave(lines) if leads else self.lines.mark(lines)

    # --- Headings ---

    def _has_headings(self) -> bool:
        levels = [each.level for each in self.blocks if each.kind == "heading"]
        folds = any(each.kind == "fold" for each in self.blocks)
        return folds or len(levels) > 1 or any(level > 1 for level in levels)

    @property
    def _is_head(self) -> bool:
        """Tell whether this still stands above the list: its title, badges and greetings."""
        return self.has_headings and self.outline.here is self.outline.root

    def _read(self, block: Block, following: Block) -> None:
        match block.kind:
            case _ if self.outline.is_full:
                self._too_much(block)
            case "heading":
                self._head(block)
            case "fold":
                self._fold(block)
            case "end":
                self.outline.end_fold()
            case _ if block.kind == "table" and self._is_index(block):
                self._mark_all(block)
            case _ if self.outline.here.is_left_out:
                self._leave(block)
            case "item":
                self._item_on_top(block)
            case "table":
                self._table(block)
            case "text":
                self._text(block, following)
            case "fence":
                self._fence(block)

    def _fold(self, block: Block) -> None:
        self._mark_all(block)
        if not only_unfolds(text_of(block.spans)):
            self.outline.begin_fold(text_of(block.spans))

    def _too_much(self, block: Block) -> None:
        for run in _all_runs([block]):
            if "](" in run.source or "://" in run.source or block.is_html:
                self.lines.report(range(run.start, run.end), "many")

    def _title_block(self) -> Block | None:
        """Return the heading of the whole: the first one, but not if a list follows at once."""
        blocks = self.blocks
        at = next((at for at, each in enumerate(blocks) if each.kind in {"heading", "fold"}), None)
        if at is None:
            return None
        behind = takewhile(
            lambda each: each.kind not in {"heading", "fold", "text"}, blocks[at + 1 :]
        )
        begins = any(any(map(_leads_out, _all_spans(block))) for block in behind)
        levels = [each.level for each in blocks if each.kind == "heading"]
        is_alone = levels.count(1) == 1 or not begins
        is_top = blocks[at].level == 1 or not text_of(blocks[at].spans).strip()
        return blocks[at] if is_alone and is_top else None

    def _head(self, block: Block) -> None:
        text = text_of(block.spans)
        if block is self.title_block:
            self._mark_all(block)
            pictured = " ".join(span.text for span in block.spans if span.is_image)
            self.icon, title = self.outline.entitle(text if text.strip() else pictured)
            self.title = title or self.title
        elif block.is_html and self._is_head and block.level > 1:
            self._leave(block)
        else:
            self._begin(text, block.level * LEVEL, block)
            if self.outline.here.is_left_out:
                self._leave(block)
            elif not words_beside(block.spans):
                for entry in entries_of(block.spans, self.marks)[:1]:
                    lines = range(block.runs[0].start, block.runs[0].end)
                    self.outline.here.is_link = self._add(entry, lines) is not None

    def _begin(self, text: str, rank: int, block: Block) -> None:
        self._mark_all(block)
        heading = self.outline.begin(text, rank)
        if self.outline.purpose == "log" and not self.update_title:
            self.update_icon = heading.icon
            self.update_title = clipped(heading.title, LONGEST_STEP_TITLE)

    def _is_index(self, block: Block) -> bool:
        """Take the numbers of steps from a table of links within the page."""
        links = (link for row in block.rows[1:] for run in row for link in links_in(run.spans))
        if not all(link.url.startswith("#") for link in links):
            return False
        rows = [[(run, links_in(run.spans)) for run in row] for row in block.rows[1:]]
        if not any(found for row in rows for _, found in row):
            return False
        for row in rows:
            number = one_line(text_of(row[0][0].spans)) if row and not row[0][1] else ""
            anchors = [unquote(link.url[1:]).lower() for _, found in row for link in found]
            if number and anchors:
                self.outline.number(anchors[-1], number)
        return True

    # --- Texts ---

    def _text(self, block: Block, following: Block) -> None:
        run = block.runs[0]
        spans, plain = list(run.spans), one_line(text_of(run.spans))
        lines = range(run.start, run.end)
        written = links_in(spans)
        if not plain or (written and all(is_navigation(span.url) for span in written)):
            leads = any(is_web(span.url) for span in written)
            says = re.search(r"\w{4,} \w+ \w+ \w+", plain)
            if says:
                self._prose(run, lines)
            if not (says and leads):
                self._leave(block)  # badges, pictures, ways through the page
            return
        self._learn_marks(plain)
        is_bold = all(span.look == "strong" for span in spans if span.text.strip())
        if is_bold and not written and len(plain) <= LONGEST_STEP_TITLE:
            level = following.level if following.kind == "heading" else 0
            self._begin(plain, level * LEVEL - BOLD if level else BOLD_ALONE, block)
        elif _BIBTEX.match(run.source) or (self._is_head and block.is_html):
            self._leave(block)
        elif self.is_pasted or not self.has_headings or self._has_lines(spans):
            self._lines_of_links(block, following)
        else:
            self._paragraph(run, lines)

    def _has_lines(self, spans: Sequence[Span]) -> bool:
        lines = [
            line
            for line in lines_of(spans)
            if may_have_link(line) or may_be_id(one_line(text_of(line)))
        ]
        with_links = filter(None, map(self._pasted, lines))
        return len(lines) > 1 and len(list(islice(with_links, 2))) > 1

    def _paragraph(self, run: Run, lines: range) -> None:
        entries = [e for e in entries_of(run.spans, self.marks) if not e.is_running]
        is_call = any(each.is_call for each in entries)
        is_greeting = self._is_head and any(each.is_social or each.label for each in entries)
        if entries and not is_call and not is_greeting:
            for entry in entries:
                is_way = is_generic(entry.title) and entry.title and self.outline.here.title
                named = entry._replace(title=self.outline.here.title) if is_way else entry
                self._remark(self._add(named, lines), entry)
        else:
            self._prose(run, lines)
            self._also(run.spans, lines)

    def _also(self, spans: Sequence[Span], lines: range) -> None:
        """Add what an introduction tells people to see as well."""
        before = ""
        for span in spans:
            leads = is_named(span) and not self._is_head and _SEE_ALSO.search(before)
            for entry in entries_of([span], self.marks) if leads else ():
                self._add(entry, lines)
            before = (before + span.text)[-LONGEST_TEXT:]

    def _prose(self, run: Run, lines: range) -> None:
        """Keep a paragraph, as it was written, if it stands above what it introduces."""
        if len(self.outline.here.drafts) == self.outline.here.is_link:
            source = one_line(
                _PICTURE.sub("", TAG.sub("", run.source[:LONGEST_SOURCE])).removeprefix("[!NOTE]")
            )
            self.outline.here.prose.append((source.removeprefix("\\"), lines))

    def _lines_of_links(self, block: Block, following: Block) -> None:
        """Read lines that say something each: a link, the title of one, or a heading."""
        run = block.runs[0]
        written = _lines_with_numbers(run)
        found = [self._pasted(spans) for spans, _ in written]
        following_links = [0]  # behind each line, the last first
        for entries in reversed(found[1:]):
            following_links.append(following_links[-1] + 1 if entries else 0)
        title = ""
        for place, ((spans, lines), entries) in enumerate(zip(written, found, strict=True)):
            if entries:
                untitled = len(entries) == 1 and not entries[0].title
                named = [entries[0]._replace(title=title)] if title and untitled else entries
                title = ""
                for entry in named:
                    self._remark(self._add(entry, lines), entry)
                continue
            plain = one_line(text_of(spans))
            count = following_links[-1 - place]
            is_alone = len(found) == 1 and self._begins_links(following)
            has_own = count == 1 and bool(found[place + 1][0].title)
            names_next = count and [each.title for each in found[place + 1]] == [""]
            if written_links := links_in(spans):
                if all(is_navigation(link.url) for link in written_links):
                    self._leave_lines(lines, spans)
                elif any(is_web(link.url) for link in written_links):
                    self._prose(_at(run, lines, plain), lines)
                else:
                    self.lines.report(lines, "no_web")
            elif (
                not self.has_headings
                and not is_sentence(plain)
                and (
                    is_alone
                    or has_own
                    or (count > 1 and place == 0)
                    or (count and plain.endswith((":", "\uff1a")))
                )
            ):
                self._begin(plain.rstrip(" :\uff1a"), PASTED, Block("text", [_at(run, lines)]))
            elif names_next:
                title = plain
                self.lines.mark(lines)
            elif not (count and self.is_pasted):
                self._prose(_at(run, lines, plain), lines)

    def _pasted(self, spans: Sequence[Span]) -> list[Entry]:
        entries = entries_of(spans, self.marks)
        if entries or links_in(spans):
            return [each for each in entries if not each.is_sentence]
        plain = one_line(text_of(spans))
        address = web_address(f"arxiv:{plain}") if may_be_id(plain) else None
        return entries_of([Span(address, address)], self.marks) if address else []

    def _begins_links(self, block: Block) -> bool:
        if block.kind == "text":
            lines = lines_of(block.runs[0].spans)
            return bool(lines and self._pasted(lines[0]))
        return block.kind == "item" and any(links_in(with_bare_links(_all_spans(block))))

    def _fence(self, block: Block) -> None:
        """Read links that were pasted as code; anything else in a fence is no list."""
        run = block.runs[0]
        lines = [[Span(line)] for line in run.source.split("\n")]
        if any(self._pasted(line) for line in lines):
            spans = tuple(span for line in lines for span in (*line, BREAK))
            within = Run(run.source, run.start + 1, run.end - 1, lambda _: spans)
            self.lines.mark(range(run.start, run.start + 1))
            self._lines_of_links(Block("text", [within]), Block("nothing", []))

    def _learn_marks(self, plain: str) -> None:
        if not (_MEANING.search(plain) or any(mark in plain for mark in self.marks)):
            return  # most texts: nothing is learnt from them, nor forgotten
        for mark, meaning in _LEGEND.findall(plain[:2000]):
            if mark.isalnum() or mark.isascii():
                continue
            self.marks = self.marks | {mark} if meaning else self.marks - {mark}

    # --- Resources ---

    def _add(self, entry: Entry, lines: range, sentence: str = "", label: str = "") -> Draft | None:
        """Add a resource, or report why not."""
        label = entry.label or label
        draft = Draft.of(entry._replace(label=label), sentence)
        return draft if self.outline.add(draft, lines) else None

    def _remark(self, draft: Draft | None, entry: Entry) -> None:
        if draft and entry.rest:
            draft.add_note(entry.rest)

    # --- Items ---

    def _item_on_top(self, block: Block) -> None:
        if self.outline.purpose == "log" and self._is_update(block):
            self._update(block)
        else:
            self._item(block)

    def _item(self, block: Block, label: str = "", depth: int = 0) -> None:
        spans, children = block.spans, block.children
        entries = entries_of(spans, self.marks)
        if not entries and children and not any(links_in(spans)):
            below = [span for child in children for span in (*_all_spans(child), BREAK)]
            links = links_in(with_bare_links(below))
            brief = all(words_beside(child.spans) < 4 for child in children)
            if brief and links and all(is_generic(span.text) for span in links):
                entries, children = entries_of([*spans, BREAK, *below], self.marks), []
                block = replace(block, runs=[*block.runs, *_all_runs(block.children)], children=[])
        lines = [range(run.start, run.end) for run in block.runs]
        if not entries:
            self._item_without_link(block, label, depth)
            return
        drafts = []
        for entry in entries:
            is_whole = entry.is_sentence and len(entries) == 1
            sentence = one_line(block.source).removesuffix(f" {MUST_READ}") if is_whole else ""
            draft = self._add(entry, lines[0] if lines else range(0), sentence, label)
            if draft and not draft.sentence:
                self._remark(draft, entry)
            drafts.append(draft)
        for each in lines:
            self.lines.mark(each)
        self._below(drafts[-1], entries[-1], children, depth)

    def _item_without_link(self, block: Block, label: str, depth: int) -> None:
        written = links_in(block.spans)
        lines = range(block.runs[0].start, block.runs[-1].end) if block.runs else range(0)
        plain = one_line(text_of(block.spans))
        if written:
            is_way = all(is_navigation(span.url) for span in written)
            if is_way:
                self._leave(replace(block, children=[]))
            else:
                self.lines.report(lines, "no_web")
        elif any(links_in(with_bare_links(_all_spans(child))) for child in block.children):
            name, _ = title_and_rest(plain)
            if (self.is_pasted or not self.has_headings) and not depth:
                rank = 2 * LEVEL if self.is_pasted else PASTED
                self._begin(name, rank, replace(block, children=[]))
            else:
                self.lines.mark(lines)
                label = f"{name}:" if 0 < len(name) < LONGEST_LABEL else label
        else:
            self._learn_marks(plain)
        for child in block.children:
            self._child(child, label, depth + 1)

    def _child(self, child: Block, label: str, depth: int) -> None:
        if child.kind == "item":
            self._item(child, label, depth)
        elif child.kind == "table":
            self._table(child)

    def _below(
        self, draft: Draft | None, entry: Entry, children: Sequence[Block], depth: int
    ) -> None:
        """Read what stands under a link: notes, companions, or resources of their own."""
        label = f"{entry.title}:" if 0 < len(entry.title) < LONGEST_LABEL else ""
        for child in children:
            own = entries_of(child.spans, self.marks)
            links = links_in(with_bare_links(_all_spans(child)))
            is_told = words_beside(child.spans) > 2 and not links_in(_all_spans(child))
            if draft and child.runs and (is_told or not links):
                self._note(draft, child)
            elif draft and not own and child.children and not draft.companions_title:
                self._companions(draft, child, depth)
            elif draft and own and own[0].kind:
                self._companion(draft, child, depth)
            elif own and all(each.is_way_in for each in own):
                self._mark_all(child)
            else:
                self._child(child, label, depth + 1)

    def _note(self, draft: Draft, block: Block) -> None:
        lines = range(block.runs[0].start, block.runs[-1].end)
        if draft.add_note(text_of(block.spans)):
            self.lines.mark(lines)
        for child in block.children:
            if child.runs and child.kind == "item":
                self._note(draft, child)

    def _companions(self, draft: Draft, block: Block, depth: int) -> None:
        """Read links under a line of text under a link: they go with it."""
        draft.companions_title = clipped(text_of(block.spans), LONGEST_TITLE)
        draft.length += len(draft.companions_title)
        self.lines.mark(range(block.runs[0].start, block.runs[-1].end) if block.runs else range(0))
        for child in block.children:
            self._companion(draft, child, depth)

    def _companion(self, draft: Draft, block: Block, depth: int) -> None:
        entries = entries_of(block.spans, self.marks)
        lines = range(block.runs[0].start, block.runs[-1].end) if block.runs else range(0)
        companion = Draft.of(entries[0], remark=entries[0].rest) if entries else None
        if companion is None or not draft.has_room_for(companion):
            self._child(block, "", depth + 1)
        elif self.outline.is_new(companion, lines):
            draft.add_companion(companion)
            for child in block.children:
                if child.runs:
                    self._note(companion, child)

    # --- Updates ---

    def _is_update(self, block: Block) -> bool:
        return bool(_DATE.match(block.source)) or not links_in(with_bare_links(_all_spans(block)))

    def _update(self, block: Block) -> None:
        plain, on = one_line(text_of(block.spans)), None
        if (found := _DATE.match(plain)) and found[1]:
            with suppress(ValueError):
                on = date(int(found[1]) % 100 + 2000, int(found[2]), int(found[3]))
                plain = plain[found.end() :]
        details = [clipped(text_of(each.spans), LONGEST_TEXT) for each in block.children]
        if text := clipped(plain, LONGEST_TEXT):
            self.updates.append(Update(text, on, tuple(filter(None, details))[:MOST_NOTES]))
            self._mark_all(block)

    # --- Tables ---

    def _table(self, block: Block) -> None:
        header = [clipped(text_of(run.spans), LONGEST_PARAGRAPH) for run in block.rows[0]]
        if table := kept_table(header, block.rows[1:]):
            runs = [run for row in block.rows for run in row]
            lines = range(min(run.start for run in runs), max(run.end for run in runs))
            self.outline.here.tables.append((table, lines))
            return
        for run in block.rows[0]:
            self.lines.mark(range(run.start, run.end + 1))  # and the ruler below
        for row in block.rows[1:]:
            self._row([run for run in row if lines_of(run.spans)], header)

    def _row(self, row: list[Run], header: Sequence[str]) -> None:
        if not row:
            return
        lines = range(min(run.start for run in row), max(run.end for run in row))
        told = row_entries(row, header, self.marks)
        for entry, notes in told:
            draft = self._add(entry, lines)
            for note in notes:
                if draft:
                    draft.add_note(note)
        written = [] if told else [link for run in row for link in links_in(run.spans)]
        is_badge = any(span.url and span.is_image for run in row for span in run.spans)
        if is_badge and not (told or written):
            self.lines.mark(lines)
        elif written and all(is_navigation(link.url) for link in written):
            self._leave_lines(lines, written)
        elif written:
            self.lines.report(lines, "no_web")


def _leads_out(span: Span) -> bool:
    return not span.is_image and web_address(span.url) is not None


def _all_spans(block: Block) -> list[Span]:
    spans = block.spans
    for child in block.children:
        spans += [BREAK, *_all_spans(child)]
    return spans


def _all_runs(blocks: Sequence[Block]) -> list[Run]:
    """Return what stands in blocks, in cells and under items too."""
    return [
        run
        for block in blocks
        for run in (*block.runs, *chain.from_iterable(block.rows), *_all_runs(block.children))
    ]


def _at(run: Run, lines: range, source: str = "") -> Run:
    return Run(source or run.source, lines.start, lines.stop, lambda _: ())


def _lines_with_numbers(run: Run) -> list[tuple[list[Span], range]]:
    """Return the lines of a run, each with where it stands."""
    found: list[tuple[list[Span], range]] = []
    at, line = run.start, list[Span]()
    for span in (*run.spans, BREAK):
        if span.text != "\n":
            line.append(span)
            continue
        if lines_of(line):
            found.append((line, range(min(at, run.end - 1), min(at + 1, run.end))))
        at, line = at + 1, []
    return found
