"""The card of one resource, as the next one, as marked, or looked up; and its buttons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self, cast

import discord
from discord import ui

from bot.core.curriculum import Curriculum, Resource
from bot.core.progress import Mark, is_read, unlocks
from bot.core.reading import AlsoDone, MarkKind, PartlyDone, Reader, Reply, Shown, Worth
from bot.core.recommend import (
    AllPutOff,
    AllRead,
    GoDeeper,
    Reason,
    Recommendation,
    TooNarrow,
    opens,
)
from bot.plain import clipped, fitting, link, markdown, one_line, plain
from bot.views import texts
from bot.views.buttons import (
    KEY,
    ROW_ID,
    KeyButton,
    PlainButton,
    RowButton,
    StateButton,
    all_picked,
    go_button,
    path_button,
    picked,
)
from bot.views.replies import answer_click, answers_errors, may_be_slip

if TYPE_CHECKING:
    from bot.app import NextreadBot

# Shares of the 4,000 characters that Discord allows a card; heading and opened take the rest.
WHY, NOTES, COMPANIONS = 700, 1300, 900
OPTIONS = 25  # Discord's limit for a select
OPTION_TEXT = 100  # Discord's limit for a select option's label, value and description


def next_card(reply: Reply) -> ui.LayoutView:
    """Build the answer to `/next`, to a mark and to Undo: what changed, then what comes next."""
    view = ui.LayoutView(timeout=None)
    if changed := _changed_text(reply):
        view.add_item(ui.TextDisplay(changed))
    if reply.from_guild is not None:
        view.add_item(ui.TextDisplay(texts.from_guild_text(reply.from_guild)))
    undo = None if reply.change is None else UndoButton(reply.change.change_id)
    curriculum = reply.curriculum
    match reply.answer:
        case Recommendation(resource, reasons):
            mark = reply.reader.marks.get(resource.key)
            box = _resource_box(curriculum, resource, mark, reasons, undo, reply.worth)
            view.add_item(box)
            if reads := _group_reads(reply.curriculum, reply.reader, resource):
                view.add_item(ui.TextDisplay("\n".join(reads)))
        case GoDeeper(then, until):
            told = [texts.list_read_text(curriculum)] if until is None else []
            told.append(texts.deeper_text(then.resource, until))
            view.add_item(_box(told, [undo, GoDeeperButton(), go_button("progress")]))
        case AllRead():
            view.add_item(_box([texts.ALL_READ], [undo, go_button("progress")]))
        case AllPutOff(until):
            view.add_item(_box([texts.all_put_off(until)], [undo, go_button("progress")]))
        case TooNarrow():
            view.add_item(_box([texts.too_narrow_text(reply.answer)], [undo, go_button("next")]))
    view.stop()
    return view


def nudge_card(reply: Reply) -> ui.LayoutView:
    """Build the reminder that a reader asked for: what comes next, and how to stop it."""
    view = next_card(reply)
    view.add_item(ui.TextDisplay(texts.NUDGE))
    return view


def resource_card(shown: Shown) -> ui.LayoutView:
    """Build the card of a resource that was looked up."""
    view = ui.LayoutView(timeout=None)
    mark = shown.reader.marks.get(shown.resource.key)
    if shown.from_guild is not None:
        view.add_item(ui.TextDisplay(texts.from_guild_text(shown.from_guild)))
    needed = (shown.curriculum.get(key) for key in shown.resource.prerequisites)
    missing = [r for r in needed if r is not None and not unlocks(shown.reader.marks, r.key)]
    box = _resource_box(shown.curriculum, shown.resource, mark, worth=shown.worth, missing=missing)
    view.add_item(box)
    view.stop()
    return view


def also_done_card(asked: AlsoDone) -> ui.LayoutView:
    """Build the question after a second bare `/done`, or a tap that may be a slip."""
    view = ui.LayoutView(timeout=None)
    text = texts.also_done_text(asked.resource, asked.before, asked.rating)
    key, rating = asked.resource.key, asked.rating
    button = DoneButton(key) if rating is None else RatedDoneButton(key, rating)
    view.add_item(_box([text], [button, go_button("next")]))
    view.stop()
    return view


def partly_done_card(asked: PartlyDone) -> ui.LayoutView:
    """Build the answer to `/done` with several names of which some aren't clear."""
    view = ui.LayoutView(timeout=None)
    buttons: list[ui.Item[Any]] = [go_button("next")]
    if asked.reply is not None:
        view.add_item(ui.TextDisplay(_changed_text(asked.reply)))
        if asked.reply.change is not None:
            buttons.insert(0, UndoButton(asked.reply.change.change_id))
    box: ui.Container[Any] = ui.Container(ui.TextDisplay(texts.unclear_text(asked)))
    likely = {r.key: r for one in asked.unclear for r in one.likely}
    if likely:
        box.add_item(ui.ActionRow(AlsoDoneSelect.of(asked, list(likely.values()))))
    box.add_item(ui.ActionRow(*buttons))
    view.add_item(box)
    view.stop()
    return view


def option_of(resource: Resource, curriculum: Curriculum) -> discord.SelectOption:
    """Build the option of a select that opens the resource's card."""
    step = texts.step_title(curriculum.step_of(resource))
    return discord.SelectOption(
        label=clipped(one_line(texts.title_of(resource)), OPTION_TEXT),
        value=resource.key,
        description=clipped(step, OPTION_TEXT),
        emoji=texts.KIND_ICONS[resource.kind],
    )


def _box(told: Iterable[str], buttons: Iterable[ui.Item[Any] | None]) -> ui.Container[Any]:
    row: ui.ActionRow[Any] = ui.ActionRow(*(button for button in buttons if button is not None))
    return ui.Container(*(ui.TextDisplay(text) for text in told), row)


def _resource_box(
    curriculum: Curriculum,
    resource: Resource,
    mark: Mark | None,
    reasons: Iterable[Reason] = (),
    undo: UndoButton | None = None,
    worth: Worth | None = None,
    missing: Sequence[Resource] = (),
) -> ui.Container[Any]:
    box: ui.Container[Any] = ui.Container(ui.TextDisplay(_heading(curriculum, resource, mark)))
    why = [f"- {texts.reason_text(reason, curriculum, resource)}" for reason in reasons]
    parts = ((why, WHY), (note_lines(resource), NOTES), (companion_lines(resource), COMPANIONS))
    for lines, limit in parts:
        if text := fitting(lines, limit):
            box.add_item(ui.TextDisplay(text))
    opened = () if why else opens(curriculum, resource.key)
    if worth is not None:
        box.add_item(ui.TextDisplay(texts.worth_text(worth)))
    if opened:
        box.add_item(ui.TextDisplay(f"{texts.OPENS}: {texts.titles(opened, most=6)}"))
    buttons = _buttons(resource, mark, undo)
    if missing and (mark is None or mark.state == "later"):
        box.add_item(ui.TextDisplay(texts.locked_text(missing)))
        buttons.append(path_button(resource.key))
    box.add_item(ui.ActionRow(*buttons))
    if mark is None or mark.state == "later":
        box.add_item(ui.ActionRow(NotThisOne(resource.key)))
    return box


def _heading(curriculum: Curriculum, resource: Resource, mark: Mark | None) -> str:
    step = curriculum.step_of(resource)
    place = [plain(texts.step_title(step), 120)]
    if resource.must_read:
        place.append(f"{texts.MUST_READ} must-read")
    if resource.parent is not None and (parent := curriculum.get(resource.parent)):
        place.append(f"helps with {plain(texts.short_title(parent))}")
    if resource.addition:
        place.append("addition")
    if mark is not None:
        place.append(texts.mark_text(mark))
    title = link(texts.title_of(resource), resource.url)
    lines = [f"-# {' · '.join(place)}", f"### {title}", texts.facts(resource)]
    if resource.original_url:
        lines.append(f"-# {link(texts.ORIGINAL, resource.original_url)}")
    return "\n".join(lines)


def note_lines(resource: Resource) -> list[str]:
    notes = [markdown(resource.sentence)] if resource.sentence else []
    notes += [plain(note) for note in (*resource.notes, resource.remark) if note]
    quoted = [f"> {note}" for note in notes]
    quoted += [f"> {plain(note)}\n> -# {texts.NOT_THE_MAKERS}" for note in resource.added_notes]
    return quoted


def companion_lines(resource: Resource) -> list[str]:
    lines = [f"**{plain(resource.companions_title or texts.HELPS, 80)}**"]
    for companion in resource.companions:
        minutes = f" · {texts.duration(companion.minutes)}" if companion.minutes else ""
        icon = texts.KIND_ICONS[companion.kind]
        lines.append(f"{icon} {link(companion.title, companion.url)}{minutes}")
        if companion.remark:
            lines.append(f"-# {plain(companion.remark)}")
    return lines if resource.companions else []


def _group_reads(curriculum: Curriculum, reader: Reader, shown: Resource) -> list[str]:
    """Name what the reader's groups read this week, if that is neither shown nor read."""
    lines = []
    for read in reader.group_reads[:3]:
        resource = curriculum.get(read.key)
        if resource and resource != shown and not is_read(reader.marks, resource.key):
            lines.append(texts.group_reads_text(resource, read.channel_id))
    return lines


def _buttons(resource: Resource, mark: Mark | None, undo: UndoButton | None) -> list[ui.Item[Any]]:
    buttons: list[ui.Item[Any]] = [ui.Button(label=texts.OPEN, url=resource.url)]
    if mark is None or mark.state == "later":
        buttons.append(DoneButton(resource.key))
    else:
        buttons += [ClearButton(resource.key), go_button("next")]
    if undo is not None:
        buttons.append(undo)
    return buttons


def _changed_text(reply: Reply) -> str:
    already = texts.already_text(reply.already) if reply.already else ""
    change = reply.change or reply.undone
    if change is None or (already and reply.repeated):
        return already
    found = (reply.curriculum.get(key) for key in change.keys)
    named = list(dict.fromkeys(resource for resource in found if resource is not None))
    if reply.undone is not None:
        return texts.undone_text(change, named, repeated=reply.repeated)
    aim = reply.curriculum.get(change.goal) if change.goal else None
    told = texts.change_text(change, named, aim, repeated=reply.repeated)
    return f"{told}\n{already}".strip()


class _MarkButton(KeyButton, template=rf"mark:{KEY}"):
    """Marks a resource: each kind of mark is a button of its own."""

    kind: MarkKind

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        reply = await bot.services.reading.mark(
            interaction.user.id, interaction.guild_id, self.key, self.kind
        )
        await answer_click(interaction, next_card(reply))


class DoneButton(_MarkButton, template=rf"done:{KEY}"):
    prefix = "done"
    kind = "done"
    label = texts.DONE
    style = discord.ButtonStyle.success

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        who, where = interaction.user.id, interaction.guild_id
        asked = (
            await bot.services.reading.ask_done(who, where, self.key)
            if may_be_slip(interaction)
            else None
        )
        if asked is not None:
            await answer_click(interaction, also_done_card(asked), asks=True)
            return
        reply = await bot.services.reading.mark(who, where, self.key, self.kind)
        await answer_click(interaction, next_card(reply))


class RatedDoneButton(StateButton, template=rf"rated:(?P<rating>[1-5]):{KEY}"):
    """Marks a resource done with the rating that was typed with `/done`."""

    def __init__(self, key: str, rating: int) -> None:
        self.key, self.rating = key, rating
        super().__init__(
            ui.Button(label=texts.DONE, style=DoneButton.style, custom_id=f"rated:{rating}:{key}")
        )

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(match["key"], int(match["rating"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        who, where = interaction.user.id, interaction.guild_id
        reply = await bot.services.reading.mark(who, where, self.key, "done", rating=self.rating)
        await answer_click(interaction, next_card(reply))


class AlsoDoneSelect(ui.DynamicItem[ui.Select[Any]], template=r"also-done:(?P<rating>[0-5])"):
    """Marks what an unclear name meant as done, with the rating typed; 0: none was."""

    def __init__(self, rating: int, select: ui.Select[Any]) -> None:
        self.rating = rating
        super().__init__(select)

    @classmethod
    def of(cls, asked: PartlyDone, likely: Sequence[Resource]) -> Self:
        options = [option_of(resource, asked.curriculum) for resource in likely[:OPTIONS]]
        rating = asked.rating or 0
        select: ui.Select[Any] = ui.Select(
            custom_id=f"also-done:{rating}",
            placeholder=texts.WHICH_DONE,
            max_values=len(options),
            options=options,
        )
        return cls(rating, select)

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        del interaction
        return cls(int(match["rating"]), cast("ui.Select[Any]", item))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        who, where = interaction.user.id, interaction.guild_id
        keys = all_picked(self.item)
        reply = await bot.services.reading.mark_all(who, where, keys, self.rating or None)
        await answer_click(interaction, next_card(reply))


class ClearButton(_MarkButton, template=rf"clear:{KEY}"):
    prefix = "clear"
    kind = "clear"
    label = texts.NOT_READ


class NotThisOne(ui.DynamicItem[ui.Select[Any]], template=rf"aside:{KEY}"):
    """Puts a resource aside: for a week, as known, or for good."""

    def __init__(self, key: str) -> None:
        self.key = key
        choices: tuple[tuple[MarkKind, str, str], ...] = (
            ("later", texts.LATER, texts.LATER_HINT),
            ("known", texts.KNOWN, texts.KNOWN_HINT),
            ("skipped", texts.NEVER, texts.NEVER_HINT),
        )
        super().__init__(
            ui.Select(
                custom_id=f"aside:{key}",
                placeholder=texts.NOT_THIS_ONE,
                options=[
                    discord.SelectOption(label=label, value=value, description=hint)
                    for value, label, hint in choices
                ],
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        del interaction, item
        return cls(match["key"])

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        kind = cast("MarkKind", picked(self.item))
        reply = await bot.services.reading.mark(
            interaction.user.id, interaction.guild_id, self.key, kind
        )
        await answer_click(interaction, next_card(reply))


class UndoButton(RowButton, template=rf"undo:{ROW_ID}"):
    """Takes one change back; the change knows whose it is."""

    prefix = "undo"
    label = texts.UNDO

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        reply = await bot.services.reading.undo(
            interaction.user.id, interaction.guild_id, self.about
        )
        await answer_click(interaction, next_card(reply))


class GoDeeperButton(PlainButton, template=r"deeper"):
    """Goes on to what lies beyond the list."""

    custom = "deeper"
    label = texts.GO_DEEPER
    style = discord.ButtonStyle.primary

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        reply = await bot.services.reading.next_for(
            interaction.user.id, interaction.guild_id, deeper=True
        )
        await answer_click(interaction, next_card(reply))
