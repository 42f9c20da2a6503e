"""The list itself: its index, a step, its news, what is found in it, and the way to a thing."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal, TypeVar

from discord import SelectOption, ui
from discord.ui import LayoutView

from bot.core.curriculum import Curriculum, Resource, Section, Step, Table
from bot.core.moderation import WHY_LIMIT, doubtable
from bot.core.progress import Mark, StepCount, step_count
from bot.core.recommend import Found, Path, Reader, Shown, missing_before, opens
from bot.language import _, ngettext
from bot.plain import clipped, fitting, link, markdown, one_line, plain
from bot.views import custom_ids as ids
from bot.views import phrases
from bot.views.parts import (
    BLUE,
    OPTIONS,
    TEXT,
    Button,
    Form,
    Lines,
    boxed,
    button,
    card,
    go_button,
    label,
    option,
    row,
    select,
    text_input,
    text_of,
)
from bot.views.resource_card import option_of, resource_card, resource_select

ItemT = TypeVar("ItemT")

BEST = 7
"""Hits shown of a search: a phone shows their lines at once, and the select offers the others."""

LONGEST_ON_A_LINE = 32
"""Letters of a title, so that a hit takes no more than two lines of a phone, most often one."""

LONGEST_QUERY = 60
"""Letters of what was searched for, as the answer repeats it."""


def index_card(curriculum: Curriculum, reader: Reader, page: int = 0) -> LayoutView:
    """Build the list's own index, with progress: its steps, the appendix, then *Deeper*."""
    shown, page, last = _page(curriculum.steps, page)
    lines = [f"## {one_line(f'{curriculum.icon} {plain(curriculum.title)}')}"]
    if page == 0:
        lines += map(markdown, curriculum.introduction)
    lines += _index(curriculum, reader, [s for s in shown if not s.addition])
    if deeper := [s for s in shown if s.addition]:
        lines += ["", _("### Deeper"), *_index(curriculum, reader, deeper)]
    steps = [option(step.id, phrases.step_title(step), emoji=step.icon or None) for step in shown]
    buttons = row(
        go_button("next"),
        go_button("progress"),
        go_button("updates") if curriculum.updates else None,
        *_page_buttons("index", "all", page, last),
    )
    return boxed(text_of(lines), select(ids.ShowStep(page), _("Show a step…"), steps), buttons)


def step_card(curriculum: Curriculum, reader: Reader, step: Step, page: int = 0) -> LayoutView:
    """Build one step: its introduction, its resources with the reader's marks, its tables."""
    section, count = curriculum.section_of(step), step_count(step, reader.marks)
    head = fitting(
        [
            f"-# {_section_title(section)}",
            f"## {one_line(f'{step.icon} {phrases.step_name(step)}')}",
            *map(markdown, section.introduction if step is section.steps[0] else ()),
            *map(markdown, step.introduction),
            f"-# {phrases.counts_text(count.listed, count.added)}",
        ],
        TEXT // 2,
    )
    everything = [r for resource in step.resources for r in (resource, *resource.companions)]
    shown, page, last = _page(everything, page)
    lines = [_resource_line(resource, reader) for resource in shown]
    lines += [line for table in step.tables for line in ("", *_table(table))]
    turns = _page_buttons("step", step.id, page, last)
    return boxed(
        head,
        text_of(lines, TEXT - len(head)),
        resource_select(shown, curriculum),
        row(go_button("index"), go_button("next"), *turns),
    )


def updates_card(curriculum: Curriculum) -> LayoutView:
    title = plain(curriculum.update_title or _("What's new in the list"), 100)
    lines = [f"## {one_line(f'{curriculum.update_icon} {title}')}"]
    for update in curriculum.updates:
        on = f"`{update.on:%Y-%m-%d}` " if update.on else ""
        lines.append(f"- {on}{markdown(update.text)}")
        lines += [f"  - {markdown(detail)}" for detail in update.details]
    return boxed(text_of(lines), go_button("index"))


def found_card(found: Found) -> LayoutView:
    """Build the answer to a search: the card of the one thing meant, or what fits, best first."""
    match found.exact:
        case Step():
            return step_card(found.curriculum, found.reader, found.exact)
        case Shown():
            return resource_card(found.exact)
    typed, n = plain(found.query, LONGEST_QUERY), len(found.hits)
    if not found.hits:
        nothing = _(
            "Nothing on the list fits “{query}”.\n"
            "Try fewer words, an author, a year or a link; `/curriculum` shows everything.",
            query=typed,
        )
        return boxed(nothing, row(go_button("index"), go_button("next")))
    head = (
        _("-# The {n} best for “{query}”", n=n, query=typed)
        if n >= OPTIONS
        else ngettext("-# {n} found for “{query}”", "-# {n} found for “{query}”", n, query=typed)
    )
    lines = [head, *(_found_line(found, one) for one in found.hits[:BEST])]
    if n > BEST:
        lines.append(_("-# … and {n} more", n=n - BEST))
    options = [_found_option(found, one) for one in found.hits]
    one_of_these = select(ids.ShowResource(), _("Show one of these…"), options)
    return boxed(text_of(lines), row(go_button("next")), one_of_these)


def _found_line(found: Found, one: Resource | Step) -> str:
    if isinstance(one, Step):
        # Translators: the title of a step of the list.
        named = _("Step: {title}", title=plain(one_line(one.title), LONGEST_ON_A_LINE))
        return phrases.dotted(named, _count_of(one, found.reader))
    mark, is_locked = _state(found, one)
    title = link(phrases.short_title(one), one.url, LONGEST_ON_A_LINE)
    return phrases.dotted(
        f"{phrases.state_icon(mark, is_locked=is_locked)} {title}",
        phrases.kind_and_minutes(one),
        phrases.MUST_READ if one.must_read else None,
    )


def _found_option(found: Found, one: Resource | Step) -> SelectOption:
    if isinstance(one, Step):
        title = _("Step: {title}", title=one_line(one.title))
        return option(one.key, title, _count_of(one, found.reader), emoji=one.icon or None)
    mark, is_locked = _state(found, one)
    told = phrases.state_text(mark, is_locked=is_locked)
    return option_of(one, found.curriculum, told)


def _state(found: Found, resource: Resource) -> tuple[Mark | None, bool]:
    """Return the reader's mark, and whether something else has to be read first."""
    marks = found.reader.marks
    return marks.get(resource.key), bool(missing_before(found.curriculum, marks, resource))


def _count_of(step: Step, reader: Reader) -> str:
    """Return how much of a step is read, of the list and of what goes deeper together."""
    count = step_count(step, reader.marks)
    read, total = count.listed.read + count.added.read, count.listed.total + count.added.total
    return _("{read} of {total}", read=read, total=total)


def _index(curriculum: Curriculum, reader: Reader, steps: list[Step]) -> Lines:
    for section, of_section in groupby(steps, curriculum.section_of):
        yield f"**{_section_title(section)}**"
        for step in of_section:
            yield f"- {_step_line(step, step_count(step, reader.marks))}"


def _section_title(section: Section) -> str:
    return one_line(f"{section.icon} {plain(section.title, 100)}")


def _step_line(step: Step, count: StepCount) -> str:
    counts, listed, added = [], count.listed, count.added
    if listed.total:
        check = " ✅" if listed.is_complete else ""
        counts.append(_("{read} of {total}", read=listed.read, total=listed.total) + check)
    if added.total:
        counts.append(_("{read} of {total} deeper", read=added.read, total=added.total))
    return ": ".join(filter(None, [phrases.step_name(step), ", ".join(counts)]))


def _resource_line(resource: Resource, reader: Reader) -> str:
    mark = reader.marks.get(resource.key)
    sign = phrases.MARK_ICONS[mark.state] if mark else "▫️"
    indent = "  - " if resource.is_companion else "- "
    named = f"{indent}{sign} {phrases.linked(resource, 100, marked=True)}"
    return phrases.dotted(
        named, phrases.takes(resource), _("addition") if resource.addition else None
    )


def _table(table: Table) -> Lines:
    """Lay a table out as lines: a phone is too narrow for columns."""
    yield f"**{' · '.join(plain(column, 60) for column in table.columns)}**"
    for cells in table.rows:
        said = (link(c.text, c.url, 100) if c.url else plain(c.text, 100) for c in cells)
        yield f"- {' · '.join(said)}"


def _page(items: Sequence[ItemT], page: int) -> tuple[list[ItemT], int, int]:
    """Return what is on the page, or on the last if there are fewer; its number, and the last's."""
    last = max(0, len(items) - 1) // OPTIONS
    page = min(page, last)
    return list(items[page * OPTIONS : (page + 1) * OPTIONS]), page, last


def _page_buttons(
    what: Literal["index", "step"], step_id: str, page: int, last: int
) -> Iterator[Button]:
    if page > 0:
        yield button(ids.TurnPage(what, step_id, page - 1, "<"), _("◀ Back"))
    if page < last:
        yield button(ids.TurnPage(what, step_id, page + 1, ">"), _("More ▶"))


def path_card(path: Path, *, in_server: bool) -> LayoutView:
    """Build the way to a resource: the least that is missing, in order, with minutes.

    ``in_server``: there are moderators who can be told that a prerequisite is wrong; where the bot
    is only on the reader's own account, there are none. Of a long way, as much is shown as fits.
    """
    resource, goal = path.resource, path.curriculum.get(path.reader.goal or "")
    way = [
        phrases.dotted(
            f"{number}. {'🎯 ' if step.key == resource.key else ''}"
            f"{phrases.linked(step, 100, marked=True)}",
            phrases.takes(step),
        )
        for number, step in enumerate(path.steps, start=1)
    ]
    if not path.steps:
        summary = _("You have already marked it.")
    elif len(path.steps) == 1:
        summary = _("You're ready for it: nothing is missing.")
    else:
        summary = ngettext(
            "{n} thing first:", "{n} things first, in this order:", len(path.steps) - 1
        )
    head = "\n".join([_("-# The way to"), f"### {phrases.linked(resource)}", summary])
    tail = "\n".join(_after_way(path))
    told = [head, fitting(way, TEXT - len(head) - len(tail) - 2), tail]
    aim = None
    if goal and goal.key == resource.key:
        aim = button(ids.DropGoal(), _("Drop this goal"))
    elif path.steps and not resource.is_companion:
        aim = button(ids.MakeGoal(resource.key), _("Make this my goal"), BLUE)
    can_doubt = in_server and doubtable(path)
    doubt = button(ids.Doubt(resource.key), _("Prerequisite wrong?")) if can_doubt else None
    return boxed(
        "\n".join(filter(None, told)),
        resource_select(path.steps, path.curriculum),
        row(aim, go_button("next"), doubt),
    )


def _after_way(path: Path) -> Lines:
    resource = path.resource
    yield from phrases.in_all(path.steps)
    if mark := path.reader.marks.get(resource.key):
        yield phrases.mark_text(mark)
    if opened := opens(path.curriculum, resource.key):
        yield _("**Needed for**: {titles}", titles=phrases.titles(opened, most=8))
    if parent := path.curriculum.get(resource.parent or ""):
        yield _("-# It helps with {title}.", title=phrases.name_of(parent))


def doubt_form(curriculum: Curriculum, pairs: Sequence[tuple[str, str]]) -> Form:
    """Build the form that asks which prerequisite is wrong, and why if the reader wants to say.

    ``pairs``: keys of a resource and of what it may not need; of those, the number is picked.
    """
    options = []
    for number, pair in enumerate(pairs[:OPTIONS]):
        title, needed = (clipped(phrases.short_title(curriculum.by_key[key]), 40) for key in pair)
        said = _("{title} doesn't need {needed}", title=title, needed=needed)
        options.append(option(str(number), said))
    return Form(
        _("A prerequisite is wrong"),
        label(_("Which one?"), ui.Select(custom_id="pair", options=options)),
        label(_("Why? One sentence is enough"), text_input(WHY_LIMIT, custom_id="why", long=True)),
    )


def doubted_card(resource: Resource, needed: Resource) -> LayoutView:
    """Build what a reader is told who doubts that a resource needs the other."""
    return card(
        _(
            "Thank you. This server's moderators will see that **{title}** may not need"
            " **{needed}**. You can go on now: use *Not this one…* on a card.",
            title=phrases.name_of(resource),
            needed=phrases.name_of(needed),
        )
    )
