"""Moderators' cards about lists: which there are, what an import would do, and what it did."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

import discord
from discord.ui import LayoutView

from bot.core.curriculum import Resource, Step
from bot.core.curriculum.imports import Unread, UnreadWhy
from bot.core.curriculum.merge import Mode
from bot.core.lists import ListForm, ListSummary, ServersLists
from bot.core.moderation import DryRun, PastedList
from bot.language import _, ngettext
from bot.plain import one_line, plain
from bot.views import custom_ids as ids
from bot.views import phrases
from bot.views.parts import (
    BLUE,
    GREEN,
    GREY,
    OPTIONS,
    RED,
    Button,
    Form,
    Lines,
    Select,
    as_many_as_fit,
    box,
    boxed,
    button,
    card,
    label,
    lines_on_phone,
    option,
    row,
    select,
    text_input,
    text_of,
)
from bot.views.replies import CHOICES, Choices, GoingOn, choice

NEW_LIST, BRING_BACK = "+", "-"
"""Options of the select of lists: a new one; a removed one's id comes behind."""

LONGEST_NAME = 80
PASTED = 4000  # Discord's limit for a text input
BAR = 10  # characters
REMOVED_OFFERED = 3
"""Removed lists for which a select of many lists keeps room."""

ROOM_OF_LIST, A_CHANNEL = 11, 4  # lines; a channel may have a name of a hundred letters
ROOM = 10  # lines of a dry run, beside its title, its buttons and its select
TITLES = 3


def list_choices(titles: dict[str, str], typed: str) -> Choices:
    """Return the lists that fit what is typed, as choices."""
    wanted = typed.casefold().strip()
    found = [(each, title) for each, title in titles.items() if wanted in title.casefold()]
    return [choice(each, title) for each, title in (found or titles.items())][:CHOICES]


# The lists of a server


def lists_card(
    shown: ServersLists,
    opener_id: int,
    done: str | None = None,
    undo: Button | None = None,
    *,
    opens: bool = True,
) -> LayoutView:
    """Build the card of one of a server's lists, from which the others can be reached.

    ``done``: what was just done, ``undo`` takes it back. ``opens``: *More* has what is seldom done.
    """
    chosen = shown.chosen
    buttons = [*_ways(shown, opener_id), _button("export", opener_id, chosen, _("Export"))]
    if chosen.is_own or chosen.undoable:
        way: ids.ListAction = "more" if opens else "less"
        buttons.append(_button(way, opener_id, chosen, _("More") if opens else _("Less")))
    seldom = () if opens else _seldom(chosen, opener_id)
    held = box(text_of(_about(shown)), row(*buttons), row(*seldom), _select(shown, opener_id))
    return card(done, undo, held)


def used_text(title: str, channel_id: int | None) -> str:
    title = plain(title, LONGEST_NAME)
    if channel_id is None:
        return _(
            "This server reads **{title}** now, wherever no group reads another list.", title=title
        )
    return _(
        "<#{room}> reads **{title}** now, from its next free week on.", room=channel_id, title=title
    )


def use_again(before: str, opener_id: int, how: Literal["server", "channel"]) -> Button:
    """Build the Undo of using a list: the one before is used again."""
    return button(ids.DoToList(opener_id, before, how), _("Undo"))


def renamed_text(before: str) -> str:
    return _("Renamed. It was called: {title}", title=plain(before, LONGEST_NAME))


def _about(shown: ServersLists, said: str | None = None) -> list[str]:
    """Return what there is to say of a list, as far as a phone has room for it."""
    chosen = shown.chosen
    whose = _("Brought by this server") if chosen.is_own else _("The host's list")
    empty = _("It is empty so far. `/manage add` adds to it, `/manage import` brings a whole list.")
    size = sized(chosen.resources, chosen.steps) if chosen.resources else empty
    lines = [f"-# {whose}", f"### {phrases.narrow(chosen.title, 48)}", size]
    if said:
        lines.append(said)
    if chosen.list_id == shown.default:
        lines.append(_("In use in this server."))
    room = ROOM_OF_LIST
    if chosen.channels:
        n = len(chosen.channels) - 1
        room -= A_CHANNEL
        first = f"<#{chosen.channels[0]}>"
        read_by = _("Read by the group in {room}", room=first)
        if n:
            read_by = ngettext(
                "Read by the group in {room} and {n} other",
                "Read by the group in {room} and {n} others",
                n,
                room=first,
            )
        lines.append(read_by)
    if chosen.changed_at is not None:
        lines.append(_("-# Last change here: {when}", when=phrases.moment(chosen.changed_at, "R")))
    return as_many_as_fit(lines, room)


def sized(resources: int, steps: int) -> str:
    """Return how long a list is: "25 resources in 4 steps"."""
    in_steps = ngettext("{n} step", "{n} steps", steps)
    return ngettext(
        "{n} resource in {steps}", "{n} resources in {steps}", resources, steps=in_steps
    )


def _ways(shown: ServersLists, opener_id: int) -> Iterator[Button]:
    chosen = shown.chosen
    if shown.group_id is not None and shown.channel_id not in chosen.channels:
        yield _button("channel", opener_id, chosen, _("Use here"), BLUE)
    if chosen.list_id != shown.default:
        yield _button("server", opener_id, chosen, _("Use in this server"))


def _seldom(chosen: ListSummary, opener_id: int) -> Iterator[Button]:
    if chosen.is_own:
        yield _button("rename", opener_id, chosen, _("Rename"))
    if chosen.undoable is not None:
        yield _button("undo", opener_id, chosen, _("Undo the last import"))
    if chosen.is_own:
        yield _button("remove", opener_id, chosen, _("Remove"), RED)


def _select(shown: ServersLists, opener_id: int) -> Select | None:
    others = [each for each in shown.lists if each.list_id != shown.chosen.list_id]
    room = OPTIONS - 1 - min(len(shown.removed), REMOVED_OFFERED)
    options = [
        option(each.list_id, each.title, sized(each.resources, each.steps))
        for each in others[:room]
    ]
    options.append(
        option(NEW_LIST, _("New list…"), _("An empty one; /manage import brings a whole one"))
    )
    options += [
        option(f"{BRING_BACK}{each}", title, _("Removed: bring it back"))
        for each, title in shown.removed
    ]
    return select(ids.ShowList(opener_id), _("Another list…"), options)


def removed_card(title: str, list_id: str, opener_id: int) -> LayoutView:
    """Build what stands in place of a list's card once the list is removed."""
    told = _(
        "Removed: **{title}**. What readers did stays theirs. Groups that read it go on with this"
        " server's own choice.",
        title=plain(title, LONGEST_NAME),
    )
    return card(told, row(button(ids.DoToList(opener_id, list_id, "back"), _("Undo"))))


def export_card(chosen: ListSummary, opener_id: int) -> LayoutView:
    """Ask in which form a list is taken along."""
    forms: dict[ListForm, str] = {
        "yaml": "YAML",
        "markdown": _("Markdown"),
        "csv": "CSV",
        "bibtex": "BibTeX",
    }
    ways = [
        button(ids.ExportList(opener_id, chosen.list_id, form), name)
        for form, name in forms.items()
    ]
    lines = (
        _("### {title} as a file", title=phrases.narrow(chosen.title, 40)),
        _(
            "**YAML** has everything, and comes in again as it was. **Markdown** is for people,"
            " **CSV** for spreadsheets, **BibTeX** for Zotero and LaTeX."
        ),
    )
    return boxed(text_of(lines), row(*ways))


def exported_text(title: str) -> str:
    return _("{title}, with everything that this server added.", title=plain(title, LONGEST_NAME))


class NameForm(Form):
    """Asks for a list's name."""

    def __init__(self, title: str, name: str = "") -> None:
        field = text_input(LONGEST_NAME, name, custom_id="name", required=True)
        super().__init__(
            title, label(_("Name"), field, _("Readers see it where there are two lists"))
        )


def _button(
    action: ids.ListAction,
    opener_id: int,
    chosen: ListSummary,
    text: str,
    style: discord.ButtonStyle = GREY,
) -> Button:
    return button(ids.DoToList(opener_id, chosen.list_id, action), text, style)


# An import


def paste_card(
    opener_id: int, waiting: DryRun | None = None, mode: Mode | None = None, list_id: str = ""
) -> LayoutView:
    """Say how a list can be brought, for who named no file; ``waiting``: what they began.

    ``mode``, ``list_id``: what they named beside.
    """
    lines = (
        _("### Bring a list"),
        _(
            "Type `/manage import` with a `file`: Markdown, CSV, BibTeX or YAML, as you have it. Or"
            " paste links here, one a line."
        ),
        _("-# You see what would happen before anything does."),
    )
    paste, told, show = (
        button(ids.PasteList(opener_id, mode or "", list_id), _("Paste a list"), BLUE),
        None,
        None,
    )
    if waiting is not None:
        told = _("Your last import still waits: {title}", title=phrases.narrow(_name(waiting), 60))
        again = ids.DoToImport(waiting.draft_id, opener_id, "show")
        show = button(again, _("Go on with it"))
    return boxed(text_of(lines), told, row(paste, show))


class PasteForm(Form):
    """Takes a list that is pasted, and its name."""

    def __init__(self, typed: PastedList | None = None) -> None:
        self._before = typed = typed or PastedList("", "")
        example = _("Consensus:\nPaxos Made Simple https://…\nhttps://…")
        pasted = text_input(
            PASTED, typed.pasted, custom_id="pasted", required=True, long=True, example=example
        )
        name = text_input(LONGEST_NAME, typed.name, custom_id="name")
        hint = _("Links, one a line, with or without titles; a line alone makes a step")
        super().__init__(
            _("Bring a list"),
            label(_("The list"), pasted, hint),
            label(_("Name"), name, _("Only for a new list")),
        )

    @property
    def typed(self) -> PastedList:
        """What was pasted, to be kept."""
        typed = self.entered
        return replace(self._before, pasted=typed["pasted"], name=typed["name"])


def import_card(run: DryRun, *, is_last: bool = False) -> LayoutView:
    """Build the card of what an import would do; nothing is changed before it is confirmed.

    ``is_last``: it is not going to be kept up to date any longer.
    """
    told = _told(run)
    draft = run.draft_id, run.opener_id
    bring = _("Bring it in") if not run.pending else _("Bring it in now")
    style = GREY if run.pending else GREEN
    buttons = [
        button(ids.DoToImport(*draft, "bring"), bring, style) if run.merged else None,
        button(ids.DoToImport(*draft, "cancel"), _("Cancel")),
    ]
    if run.unread:
        buttons.append(button(ids.DoToImport(*draft, "report"), _("Lines not used")))
    room = ROOM - (2 if told else 0)
    lines = [f"-# {_into(run)}", f"### {phrases.narrow(_name(run), 40)}"]
    if run.pending:
        lines += _looking(run, is_last=is_last)
        room -= sum(map(lines_on_phone, lines[2:]))
    lines += as_many_as_fit(_would_do(run), room)
    return card(told, box(text_of(lines), row(*buttons), _where(run)))


def going_on(present: Callable[[], Awaitable[DryRun]]) -> GoingOn:
    """Return what shows how far an import's pages are looked up; ``present``: how it is now."""

    async def shown(is_last: bool) -> tuple[LayoutView | None, bool]:
        run = await present()
        if run.state == "brought":
            return None, False
        return import_card(run, is_last=is_last), run.pending > 0

    return shown


def _looking(run: DryRun, *, is_last: bool) -> Lines:
    done = run.looked_up - run.pending
    bar = round(BAR * done / run.looked_up)
    yield f"{'▰' * bar}{'▱' * (BAR - bar)}"
    yield _(
        "I look up titles, authors and lengths: {n} of {total} pages.", n=done, total=run.looked_up
    )
    if is_last:
        yield _("I go on: `/manage import` shows how far it is.")


def _told(run: DryRun) -> str | None:
    match run.state:
        case "changed":
            return _(
                "Somebody changed this server's lists meanwhile. Nothing is brought in yet:"
                " look again."
            )
        case "undone":
            return _("Taken back. What was changed after it stays.")
        case _:
            return None


def _into(run: DryRun) -> str:
    if run.into is None:
        return _("Not brought in yet · it would be a list of its own")
    if run.mode == "replace":
        return _("Not brought in yet · it would take the place of what is there")
    return _("Not brought in yet · it would be added")


def _name(run: DryRun) -> str:
    return run.into.title if run.into else run.title


def _would_do(run: DryRun) -> Lines:
    """Yield what matters most first: a phone has no room for all of a large import."""
    merged = run.merged
    if (adds := _adds(run)) is not None:
        yield adds
    if merged.known:
        yield ngettext(
            "{n} is known here already and keeps everybody's marks.",
            "{n} are known here already and keep everybody's marks.",
            len(merged.known),
        )
    if merged.removed:
        yield _("Leaves: {titles}", titles=_titles(merged.removed))
    if run.readers:
        yield ngettext(
            "{n} reader has marks on what leaves. They stay, and count again if it comes back.",
            "{n} readers have marks on what leaves. They stay, and count again if it comes back.",
            run.readers,
        )
    if merged:
        yield _("Nobody loses a mark.")
    if run.unread:
        yield ngettext(
            "⚠️ {n} line couldn't be used.", "⚠️ {n} lines couldn't be used.", len(run.unread)
        )
    if merged.dropped:
        yield ngettext(
            "{n} prerequisite would close a circle and is left out.",
            "{n} prerequisites would close a circle and are left out.",
            len(merged.dropped),
        )
    for what, resources in (
        (_("Moves: {titles}"), merged.moved),
        (_("New title: {titles}"), merged.retitled),
        (_("New link: {titles}"), merged.relinked),
    ):
        if resources:
            yield what.format(titles=_titles(resources))
    yield from _by_step(merged.added, merged.listed.steps)


def _adds(run: DryRun) -> str | None:
    merged = run.merged
    if not merged and run.mode == "add" and run.into is not None and run.into.is_own:
        return _(
            "There is nothing new in it: all of it is in the list already. To make the list as you"
            " brought it, choose *In place of*."
        )
    if not merged:
        return _("There is nothing new in it: all of it is in the list already.")
    if not merged.added:
        return None
    if run.into is None or (not merged.removed and not merged.moved):
        steps = len({each.step_id for each in merged.added})
        return _("Comes in: {what}", what=sized(len(merged.added), steps))
    return ngettext("Comes in: {n} resource", "Comes in: {n} resources", len(merged.added))


def _titles(resources: Sequence[Resource]) -> str:
    return phrases.titles(resources, TITLES, 40)


def _by_step(added: Sequence[Resource], steps: Iterable[Step]) -> Lines:
    counts = {step.id: 0 for step in steps}
    for each in added:
        counts[each.step_id] += 1
    shown = [(step, counts[step.id]) for step in steps if counts[step.id]]
    for step, count in shown:
        yield f"- {phrases.step_name(step, phrases.LINE)} · {count}"


def _where(run: DryRun) -> Select | None:
    """Build the choice where it goes, and how."""
    here = f"{run.mode}|{run.into.list_id if run.into else ''}"
    options = [option("new|", _("A list of its own"), run.title)]
    for each in sorted(run.lists, key=lambda each: each != run.into):  # a select has 25 options
        options.append(option(f"add|{each.list_id}", _("Add to: {title}", title=each.title)))
        if each.is_own:
            how = _("In place of: {title}", title=each.title)
            options.append(option(f"replace|{each.list_id}", how, _("What stays keeps its marks")))
    for offered in options:
        offered.default = offered.value == here
    return select(ids.WhereImport(run.draft_id, run.opener_id), _("Where it goes…"), options)


def brought_card(run: DryRun, shown: ServersLists) -> LayoutView:
    """Build what stands in place of an import's card once it is brought in, with its Undo."""
    told = _("✅ Brought in: {what}", what=_brought(run)) if run.merged else _("It is in already.")
    undo = button(ids.DoToImport(run.draft_id, run.opener_id, "undo"), _("Undo"))
    ways = [*_ways(shown, run.opener_id)]
    is_read = shown.chosen.channels or shown.chosen.list_id == shown.default
    lines = _about(shown, None if is_read else _("Nobody reads it yet: choose where."))
    shown_box = box(text_of(lines), row(*ways) if ways else None, _select(shown, run.opener_id))
    return card(told, row(undo), shown_box)


def _brought(run: DryRun) -> str:
    merged = run.merged
    parts = [ngettext("{n} new", "{n} new", len(merged.added))] if merged.added else []
    if merged.moved:
        parts.append(ngettext("{n} moved", "{n} moved", len(merged.moved)))
    if merged.retitled:
        parts.append(ngettext("{n} renamed", "{n} renamed", len(merged.retitled)))
    if merged.relinked:
        parts.append(ngettext("{n} new link", "{n} new links", len(merged.relinked)))
    if merged.removed:
        parts.append(ngettext("{n} removed", "{n} removed", len(merged.removed)))
    return ", ".join(parts)


def report_of(unread: Iterable[Unread]) -> str:
    """Return the text of the report: each line that gave nothing, with its number and why."""
    why: dict[UnreadWhy, str] = {
        "text": _("there is no link in it"),
        "twice": _("its link stands in the list already"),
        "no_web": _("it is not a web link"),
        "aside": _("its link is no part of the list, as under License or Contributing"),
        "long": _("it is too long"),
        "many": _("the list is full"),
    }
    lines = [f"{each.line}: {why[each.why]}\n    {one_line(each.text)}" for each in unread]
    return "\n".join(lines) + "\n"
