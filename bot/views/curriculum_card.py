"""The list itself: its index, a step, its news, what is found in it, and the way to a thing."""

from collections.abc import Sequence
from dataclasses import dataclass

from discord import SelectOption, ui
from discord.ui import LayoutView

from bot.core.curriculum import Curriculum, Resource, Section, Step, Table
from bot.core.moderation import WHY_LIMIT, doubtable
from bot.core.progress import Count, Mark, figures, step_count, unlocks
from bot.core.recommend import (
    Found,
    Path,
    Reader,
    Reply,
    Shown,
    may_be_goal,
    missing_before,
    opens,
    path_to,
)
from bot.errors import UnknownStepError
from bot.language import _, ngettext
from bot.plain import clipped, fitting, link, markdown, narrowed, one_line, plain, together
from bot.views import custom_ids as ids
from bot.views import phrases
from bot.views.changed import changed_parts
from bot.views.map_card import way_map_button
from bot.views.parts import (
    BLUE,
    OPTIONS,
    TEXT,
    Button,
    Form,
    Lines,
    Select,
    as_many_as_fit,
    box,
    boxed,
    button,
    card,
    go_button,
    label,
    lines_on_phone,
    option,
    page_buttons,
    page_of,
    row,
    select,
    text_input,
    text_of,
)
from bot.views.replies import way_out
from bot.views.resource_card import (
    from_guild_text,
    option_of,
    resource_card,
    resource_select,
)

DEEPER, ABOUT = ":deeper", ":about"
"""Options of what goes beyond the list, and of the list itself; no step's id has a colon."""

ROOM = 11
"""Lines of a phone for what a card lists."""

BEST = 7
"""Hits shown of a search: a phone shows their lines at once, and the select offers the others."""

LONGEST_ON_A_LINE = 32
"""Letters of a title, so that a hit takes no more than two lines of a phone, most often one."""

LONGEST_QUERY = 60
"""Letters of what was searched for, as the answer repeats it."""


def index_card(
    curriculum: Curriculum, reader: Reader, page: int | None = None, *, deeper: bool = False
) -> LayoutView:
    """Build the list's own index, a line a step; ``deeper``: of what goes beyond the list.

    ``page`` None: the one with the step where the reader is.
    """
    listed = [step for step in curriculum.steps if not step.addition]
    added = [step for step in curriculum.steps if step.addition]
    steps = added if deeper or not listed else listed
    counts, maker = figures(curriculum, reader.marks), _maker_of(curriculum)
    title = one_line(f"{curriculum.icon} {phrases.narrow(curriculum.title, 40)}")
    head = [f"### {title}", f"-# {phrases.dotted(maker, phrases.count_text(counts.listed))}"]
    if not curriculum.resources:
        head[1:] = [f"-# {maker}"] if maker else []
        head.append(phrases.empty_list_text())
    elif steps is added:
        head = [f"-# {title}", _("### Deeper"), f"-# {phrases.count_text(counts.added)}"]
    folded = []
    if steps is listed and added:
        # Translators: how much is read of what goes deeper than the list, and in how many steps.
        deeper_text = ngettext(
            "-# Deeper: {count}, in {n} more step",
            "-# Deeper: {count}, in {n} more steps",
            len(added),
            count=phrases.count_text(counts.added),
        )
        folded.append(deeper_text)
    states = [_state_of(step, curriculum, reader) for step in steps]
    lines = [_step_line(state) for state in states]
    pages = _pages(lines, ROOM + 3 - sum(map(lines_on_phone, (*head, *folded))))
    here = next((n for n, state in enumerate(states) if state.is_here), 0)
    if page is None:
        page = next((n for n, each in enumerate(pages) if here in each), 0)
    page = min(page, len(pages) - 1)
    options = [
        option(step.id, phrases.step_title(step), phrases.read_of(step, reader.marks),
               emoji=step.icon or None)
        for step in (steps[n] for n in pages[page])
    ]  # fmt: skip
    if folded:
        options.append(option(DEEPER, _("Deeper…"), _("What goes beyond the list")))
    about: Button | None = go_button("index" if steps is added else "updates")
    if steps is listed and len(pages) > 1:  # the buttons are for the pages
        options.append(option(ABOUT, _("About this list")))
        about = None
    turns = page_buttons("index", "deeper" if steps is added else "all", page, len(pages) - 1)
    return boxed(
        text_of([*head, *(lines[n] for n in pages[page]), *folded]),
        row(go_button("next"), about, *turns),
        select(ids.ShowStep(page), _("Look into a step…"), options),
    )


def _pages(lines: Sequence[str], room: int) -> list[range]:
    """Return which lines are on which page: as many as take so many lines of a phone."""
    pages, begins, taken = [], 0, 0
    for n, line in enumerate(lines):
        taken += lines_on_phone(line)
        if taken > room and n > begins:
            pages.append(range(begins, n))
            begins, taken = n, lines_on_phone(line)
    return [*pages, range(begins, len(lines))]


def _maker_of(curriculum: Curriculum) -> str | None:
    """Return who made the list, with a link to where they keep it."""
    name, url = curriculum.maker, curriculum.url
    if not name:
        return link(_("the maker's own page"), url) if url else None
    # Translators: who made the list.
    return _("by {maker}", maker=link(name, url, 40) if url else plain(name, 40))


@dataclass(frozen=True, slots=True)
class _StepState:
    """How far a reader is in a step. ``is_here``: they are in it.

    ``first``: the step is locked, and this comes first on the way; ``opens``: it alone opens it.
    """

    step: Step
    count: Count
    is_here: bool
    first: Resource | None
    opens: bool


def _state_of(step: Step, curriculum: Curriculum, reader: Reader) -> _StepState:
    both, marks = step_count(step, reader.marks), reader.marks
    count = both.listed if both.listed.total else both.added
    counted = [r for r in step.resources if r.addition == (count is both.added)]
    unread = [r for r in counted if not unlocks(marks, r.key)]
    ways = [path_to(curriculum, marks, resource.key) for resource in unread]
    *before, _last = min(ways, key=len, default=(None,))
    first = before[0] if before else None
    is_here = reader.current in {r.key for r in unread}
    return _StepState(step, count, is_here, first, opens=first is not None and len(before) == 1)


def _step_line(state: _StepState) -> str:
    count, first = state.count, state.first
    icon = phrases.LOCKED if first else phrases.UNREAD
    if count.total and count.is_complete:
        icon = "✅"
    if state.is_here:
        icon = "▶"
    counted, title = phrases.count_text(count), one_line(phrases.step_title(state.step))
    if first is None or not state.opens:
        return phrases.dotted(f"{icon} {phrases.narrow(title, phrases.room(title, 44))}", counted)
    line = phrases.dotted(f"{icon} {phrases.narrow(title, phrases.room(title, 42))}", counted)
    by = phrases.name_of(first, 14)
    return _("{step} ({title} opens it)", step=line, title=by)


@way_out.register
def _steps(error: UnknownStepError) -> Select | None:
    steps = [option(step_id, phrases.step_named(title)) for step_id, title in error.steps]
    return select(ids.ShowStep(0), _("Look into a step…"), steps)


def step_card(
    curriculum: Curriculum,
    reader: Reader,
    step: Step,
    page: int = 0,
    *,
    is_long: bool = False,
) -> LayoutView:
    """Build one step: its resources with the reader's marks; ``is_long``: all that is said of it.

    The short one begins with what isn't read, and has no additions to a step of the list.
    """
    section, state = curriculum.section_of(step), _state_of(step, curriculum, reader)
    place = _section_title(section) if section.title != step.title else None
    whose = phrases.dotted(place, _("addition") if step.addition else None)
    head = [
        *([f"-# {whose}"] if whose else []),
        f"### {one_line(f'{step.icon} {phrases.step_name(step)}')}",
        f"-# {phrases.count_text(state.count)}",
    ]
    if state.first is not None:
        head.append(phrases.read_first(phrases.name_of(state.first)))
    buttons = go_button("next"), go_button("index")
    if not is_long:
        more = button(ids.Unfold("more", "step", step.key), _("More"))
        lines = [*head, *_short_step(curriculum, reader, step)]
        unread = [n for n, r in enumerate(step.resources) if not unlocks(reader.marks, r.key)]
        first = max(0, min((*unread[:1], len(step.resources) - OPTIONS)))
        offered = step.resources[first : first + OPTIONS]
        options = [_option_with_state(curriculum, reader, each) for each in offered]
        show = select(ids.ShowResource(), _("Show one of these…"), options)
        return boxed(text_of(lines), row(*buttons, more), show)
    if step is section.steps[0]:
        head += map(markdown, section.introduction)
    top = fitting([*head, *map(markdown, step.introduction)], TEXT // 2)
    everything = [r for resource in step.resources for r in (resource, *resource.companions)]
    shown, page, last = page_of(everything, page)
    lines = [_resource_line(resource, reader) for resource in shown]
    lines += [line for table in step.tables for line in ("", *_table(table))]
    less = button(ids.Unfold("less", "step", step.key), _("Less"))
    turns = page_buttons("step", step.id, page, last)
    return boxed(
        top,
        text_of(lines, TEXT - len(top)),
        row(*buttons, less, *turns),
        resource_select(shown, curriculum),
    )


def _short_step(curriculum: Curriculum, reader: Reader, step: Step) -> Lines:
    """Yield a line for each thing of the list, a few from the first unread on; additions folded."""
    shown = [r for r in step.resources if not r.addition] or list(step.resources)
    unread = (n for n, r in enumerate(shown) if not unlocks(reader.marks, r.key))
    first = max(0, min(next(unread, 0), len(shown) - BEST))
    lines = [_one_line_of(curriculum, reader, each) for each in shown[first : first + BEST]]
    kept = as_many_as_fit(lines, ROOM)
    yield from kept
    if len(kept) < len(shown):
        yield _("-# … and {n} more", n=len(shown) - len(kept))
    if len(shown) < len(step.resources):
        added = step_count(step, reader.marks).added
        yield _("-# Deeper: {count}", count=phrases.count_text(added))


def about_card(curriculum: Curriculum) -> LayoutView:
    """Build what the list's maker says of it: where it is from, what for, and its news."""
    lines = [f"### {one_line(f'{curriculum.icon} {phrases.narrow(curriculum.title, 60)}')}"]
    if maker := _maker_of(curriculum):
        lines.append(f"-# {maker}")
    lines += map(markdown, curriculum.introduction)
    if curriculum.updates:
        title = plain(curriculum.update_title or _("What's new in the list"), 100)
        lines.append(f"**{one_line(f'{curriculum.update_icon} {title}')}**")
    for update in curriculum.updates:
        on = f"`{update.on:%Y-%m-%d}` " if update.on else ""
        lines.append(f"- {on}{markdown(update.text)}")
        lines += [f"  - {markdown(detail)}" for detail in update.details]
    return boxed(text_of(lines), row(go_button("index"), go_button("next")))


def found_card(found: Found) -> LayoutView:
    """Build the answer to a search: the card of the one thing meant, or what fits, best first."""
    match found.exact:
        case Step():
            return step_card(found.curriculum, found.reader, found.exact)
        case Shown():
            return resource_card(found.exact)
    typed, n = phrases.narrow(found.query, LONGEST_QUERY), len(found.hits)
    if found.similar_to is not None and not found.hits:
        return boxed(_("Nothing else on the list is like it."), row(go_button("index")))
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
    if found.similar_to is not None:
        head = _("-# Similar to: {title}", title=phrases.name_of(found.similar_to, LONGEST_QUERY))
    kept = as_many_as_fit((_found_line(found, one) for one in found.hits[:BEST]), ROOM)
    lines = [head, *kept]
    if n > len(kept):
        lines.append(_("-# … and {n} more", n=n - len(kept)))
    options = [_found_option(found, one) for one in found.hits]
    one_of_these = select(ids.ShowResource(), _("Show one of these…"), options)
    whose = from_guild_text(found.from_guild)
    return card(whose, box(text_of(lines), row(go_button("next")), one_of_these))


def _found_line(found: Found, one: Resource | Step) -> str:
    if isinstance(one, Step):
        # Translators: the title of a step of the list.
        title = phrases.step_named(one.title)
        title = phrases.narrow(title, phrases.room(title, LONGEST_ON_A_LINE))
        named = _("Step: {title}", title=title)
        return phrases.dotted(named, phrases.read_of(one, found.reader.marks))
    return _one_line_of(found.curriculum, found.reader, one)


def _found_option(found: Found, one: Resource | Step) -> SelectOption:
    if isinstance(one, Step):
        title = _("Step: {title}", title=phrases.step_named(one.title))
        told = phrases.read_of(one, found.reader.marks)
        return option(one.key, title, told, emoji=one.icon or None)
    return _option_with_state(found.curriculum, found.reader, one)


def _one_line_of(curriculum: Curriculum, reader: Reader, resource: Resource) -> str:
    """Return a resource among others: its state, short title, kind and minutes."""
    mark, is_locked = _state(curriculum, reader, resource)
    title = _short_link(resource)
    facts = phrases.kind_and_minutes(resource), phrases.MUST_READ if resource.must_read else None
    # The sign alone would take a line of its own.
    return phrases.dotted(
        f"{phrases.state_icon(mark, is_locked=is_locked)} {title}",
        together(phrases.dotted(*facts)),
    )


def _short_link(resource: Resource) -> str:
    title = one_line(phrases.short_title(resource))
    return link(narrowed(title, phrases.room(title, LONGEST_ON_A_LINE)), resource.opens)


def _option_with_state(curriculum: Curriculum, reader: Reader, resource: Resource) -> SelectOption:
    mark, is_locked = _state(curriculum, reader, resource)
    return option_of(resource, curriculum, phrases.state_text(mark, is_locked=is_locked))


def _state(curriculum: Curriculum, reader: Reader, resource: Resource) -> tuple[Mark | None, bool]:
    """Return the reader's mark, and whether something else has to be read first."""
    mark = reader.marks.get(resource.key)
    return mark, bool(missing_before(curriculum, reader.marks, resource))


def _section_title(section: Section) -> str:
    return one_line(f"{section.icon} {plain(section.title, 100)}")


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


def path_card(path: Path, *, in_server: bool, changed: Reply | None = None) -> LayoutView:
    """Build the way to a resource or a step: the least that is missing, in order, with minutes.

    ``in_server``: there are moderators who can be told that a prerequisite is wrong; where the bot
    is only on the reader's own account, there are none. ``changed``: what was just marked of it.
    """
    aim, left, goal = path.aim, path.left, path.reader.goal
    is_goal = goal is not None and path.curriculum.find(goal) == aim
    title = phrases.step_name(aim, 72) if isinstance(aim, Step) else phrases.linked(aim, 72)
    lines = [_("-# The way to"), f"### {title}", _way_text(path), *_way_lines(path, title)]
    mine = None
    if is_goal:
        mine = button(ids.DropGoal(), _("Drop this goal"))
    elif left and may_be_goal(path.curriculum, aim):
        mine = button(ids.MakeGoal(aim.key), _("Make this my goal"), BLUE)
    doubt = None
    if in_server and isinstance(aim, Resource) and doubtable(path):
        doubt = button(ids.Doubt(aim.key), _("Prerequisite wrong?"))
    known = [option_of(resource, path.curriculum) for resource in left]
    way = box(
        text_of([*lines, *_after_way(path)]),
        row(mine or go_button("next"), way_map_button(aim), doubt),
        select(ids.KnowOnWay(aim.key), _("I know…"), known, OPTIONS),
    )
    return card(*(changed_parts(changed) if changed is not None else ()), way)


def _way_text(path: Path) -> str:
    """Return how much is missing, in a sentence."""
    is_step, n = isinstance(path.aim, Step), len(path.left)
    if n == 0:
        if is_step:
            return _("Nothing is left to read for it.")
        return _("You have already marked it.")
    if is_step:
        return ngettext("{n} thing to read:", "{n} things to read, in this order:", n)
    if n == 1:
        return _("You're ready for it: nothing is missing.")
    return ngettext("{n} thing first:", "{n} things first, in this order:", n - 1)


def _way_lines(path: Path, title: str) -> Lines:
    """Yield what is to be read, numbered: of a long way, the beginning and the end.

    ``title``: of what it leads to, as it stands above.
    """
    numbered = []
    for n, resource in enumerate(path.left, start=1):
        sign = "🎯 " if resource is path.aim else ""
        named = _short_link(resource)
        must_read = phrases.MUST_READ if resource.must_read else None
        numbered.append(phrases.dotted(f"{n}. {sign}{named}", phrases.takes(resource), must_read))
    *before, last = numbered or [""]
    kept = as_many_as_fit(before, ROOM - 2 - lines_on_phone(f"### {title}") - lines_on_phone(last))
    yield from kept
    if len(kept) < len(before):
        yield _("-# … and {n} more", n=len(before) - len(kept))
    yield last


def _after_way(path: Path) -> Lines:
    yield from phrases.in_all(path.left)
    if not isinstance(path.aim, Resource):
        return
    if mark := path.reader.marks.get(path.aim.key):
        yield phrases.mark_text(mark)
    if not path.left and (opened := opens(path.curriculum, path.aim.key)):
        yield _("**Needed for**: {titles}", titles=phrases.titles(opened))
    if parent := path.curriculum.get(path.aim.parent or ""):
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
