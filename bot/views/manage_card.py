"""Moderators' cards about the list: what would be added, what can be changed, who changed it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Self, cast, get_args

import discord
from discord import app_commands, ui

from bot.core.curriculum import Resource
from bot.core.curriculum.addition_fields import Typed
from bot.core.curriculum.additions import OWN_STEP_TITLE
from bot.core.groups import Group
from bot.core.moderation import Choice, Desk, PastEdit, Proposal
from bot.errors import NoGroupError
from bot.plain import clipped, fitting, link, one_line, plain
from bot.views import manage_texts as words
from bot.views import texts
from bot.views.buttons import ROW_ID, AgainButton, OpenersButton, StateButton, picked, row_id
from bot.views.choices import CHOICES, NAME
from bot.views.group_texts import schedule_text
from bot.views.manage_form import DetailsForm, DraftForm, TextsForm
from bot.views.pick_card import pick_card
from bot.views.replies import answer, answer_click, answers_errors, notice, refuse_slip
from bot.views.rights import check_opener

if TYPE_CHECKING:
    from bot.app import NextreadBot

Action = Literal[
    "add", "edit", "cancel", "confirm", "texts", "remove", "restore", "history", "back", "settle"
]
ACTIONS = "|".join(get_args(Action))
DRAFT = rf"{ROW_ID}:(?P<opener>[0-9]{{1,20}})"
OPTIONS = 25  # Discord's limit for a select
HEAD, NOTES, BELOW = 1000, 1500, 1400  # shares of the 4,000 characters of a card

_STYLES: Mapping[str, discord.ButtonStyle] = MappingProxyType(
    {
        "add": discord.ButtonStyle.success,
        "confirm": discord.ButtonStyle.success,
        "remove": discord.ButtonStyle.danger,
    }
)


def card_of(shown: Proposal | Desk) -> ui.LayoutView:
    """Build the card of what a draft stands for now."""
    return proposal_card(shown) if isinstance(shown, Proposal) else desk_card(shown)


def proposal_card(proposal: Proposal) -> ui.LayoutView:
    """Build the preview of what would be added, with what speaks against it."""
    resource = proposal.resource
    warnings = [warning] if (warning := words.page_warning(proposal)) else []
    warnings += [words.twin_text(twin, proposal.curriculum) for twin in proposal.twins]
    box: ui.Container[Any] = ui.Container()
    _add_texts(box, [words.proposal_heading(proposal), *_about(resource)], HEAD)
    _add_texts(box, _notes(resource), NOTES)
    _add_texts(box, warnings, BELOW)
    box.add_item(ui.ActionRow(StepOfDraft.of(proposal)))
    actions: list[Action] = ["edit", "cancel"] if proposal.silent else ["add", "edit", "cancel"]
    box.add_item(_row(proposal.draft_id, proposal.opener_id, actions))
    return _card(box)


def desk_card(desk: Desk) -> ui.LayoutView:
    """Build the card on which a listed resource is changed for this server."""
    box: ui.Container[Any] = ui.Container()
    _add_texts(box, [*_place(desk), *_about(desk.resource)], HEAD)
    needs = words.needs_text(desk.resource, desk.curriculum)
    asked = words.questions_text(desk.resource)
    _add_texts(box, [*_notes(desk.resource), *filter(None, (asked, needs))], NOTES)
    below = (
        words.idle_lines(desk),
        words.doubts_lines(desk),
        words.wishes_lines(desk),
        words.set_aside_lines(desk),
    )
    _add_texts(box, [line for lines in below for line in lines], BELOW)
    box.add_item(_desk_row(desk))
    told = words.outcome_text(desk)
    above: list[ui.Item[Any]] = [ui.TextDisplay[Any](told)] if told else []
    if desk.outcome == "removed":
        undo = DraftButton("restore", desk.draft_id, desk.opener_id, label=texts.UNDO)
        above.append(ui.ActionRow(undo))
    return _card(*above, box)


def history_card(desk: Desk, edits: list[PastEdit]) -> ui.LayoutView:
    """Build the list of who changed a resource, when."""
    box: ui.Container[Any] = ui.Container()
    _add_texts(box, words.history_lines(desk, edits), 3500)
    box.add_item(_row(desk.draft_id, desk.opener_id, ["back"]))
    return _card(box)


def export_card(filename: str) -> ui.LayoutView:
    """Build the card that holds the exported file."""
    return _card(ui.TextDisplay(words.EXPORTED), ui.File(f"attachment://{filename}"))


def edit_choices(choices: Iterable[Choice]) -> list[app_commands.Choice[str]]:
    """Return choices of resources, removed ones marked as such."""
    return [
        app_commands.Choice(name=_choice_name(one), value=one.resource.key)
        for one in list(choices)[:CHOICES]
    ]


def _choice_name(choice: Choice) -> str:
    tail = words.REMOVED if choice.removed else ""
    if not tail and choice.step is not None:
        tail = clipped(texts.step_place(choice.step), 30)
    tail = f" · {tail}" if tail else ""
    start = "🗑️ " if choice.removed else ""
    title = one_line(texts.title_of(choice.resource))
    return f"{start}{clipped(title, NAME - len(tail) - len(start))}{tail}"


def _card(*parts: ui.Item[Any]) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    for part in parts:
        view.add_item(part)
    view.stop()
    return view


def _add_texts(box: ui.Container[Any], lines: Iterable[str], limit: int) -> None:
    if text := fitting(lines, limit):
        box.add_item(ui.TextDisplay(text))


def _row(draft_id: int, opener_id: int, actions: Iterable[Action]) -> ui.ActionRow[Any]:
    return ui.ActionRow(*(DraftButton(action, draft_id, opener_id) for action in actions))


def _desk_row(desk: Desk) -> ui.ActionRow[Any]:
    """Build at most five buttons: what is least wanted just now gives way to what is asked."""
    draft = desk.draft_id, desk.opener_id
    actions: list[Action] = ["confirm"] if desk.wishes else []
    actions.append("texts")
    if desk.outcome != "removed":  # whose Undo stands above
        actions.append("restore" if desk.removed else "remove")
    actions += ["settle"] if desk.doubts else []
    actions += [] if desk.wishes and desk.doubts else ["history"]
    row = _row(*draft, actions)
    row.add_item(DetailsButton(*draft))
    if desk.groups:
        row.add_item(ReadNextButton(*draft))
    return row


def _place(desk: Desk) -> Iterator[str]:
    step = desk.curriculum.step(desk.resource.step_id)
    parts = [plain(texts.step_title(step), 100)] if step else []
    if desk.own and not (step and step.title == OWN_STEP_TITLE):
        parts.append(words.OWN)
    elif desk.resource.addition and not desk.own:
        parts.append(words.ADDITION)
    if desk.resource.must_read:
        parts.append(texts.MUST_READ)
    if desk.removed:
        parts.append(words.REMOVED)
    yield f"-# {' · '.join(parts)}"


def _about(resource: Resource) -> Iterator[str]:
    yield f"### {link(texts.title_of(resource), resource.url)}"
    yield texts.facts(resource)


def _notes(resource: Resource) -> list[str]:
    return [f"> {plain(note)}" for note in resource.added_notes]


class DraftButton(StateButton, template=rf"draft-(?P<action>{ACTIONS}):{DRAFT}"):
    """Does something with a draft, for the moderator who opened it."""

    def __init__(self, action: Action, draft_id: int, opener_id: int, *, label: str = "") -> None:
        self.action, self.draft_id, self.opener_id = action, draft_id, opener_id
        super().__init__(
            ui.Button(
                label=label or words.LABELS[action],
                style=_STYLES.get(action, discord.ButtonStyle.secondary),
                custom_id=f"draft-{action}:{draft_id}:{opener_id}",
            )
        )

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(cast("Action", match["action"]), row_id(match["id"]), int(match["opener"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        if self.action in ("confirm", "remove", "settle"):
            refuse_slip(interaction)
        moderation = cast("NextreadBot", interaction.client).moderation
        draft = interaction.guild_id, interaction.user.id, self.draft_id
        match self.action:
            case "edit" | "texts":
                form = TextsForm(self.draft_id, await moderation.texts(*draft), card_of)
                await interaction.response.send_modal(form)
                return
            case "cancel":
                await moderation.cancel(*draft)
                view = notice(words.CANCELLED)
            case "history":
                view = history_card(*await moderation.history(*draft))
            case "back":
                view = desk_card(await moderation.desk(*draft))
            case "add":
                view = card_of(await moderation.add(*draft))
            case "confirm":
                view = desk_card(await moderation.confirm(*draft))
            case "remove":
                view = desk_card(await moderation.remove(*draft))
            case "settle":
                view = desk_card(await moderation.settle(*draft))
            case "restore":
                view = desk_card(await moderation.restore(*draft))
        await answer_click(interaction, view)


class TextsAgainButton(AgainButton, template=rf"again-texts:{DRAFT}"):
    """Opens the form of texts as it was typed when it was refused."""

    form = "texts"

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await _open_again(interaction, self.opener_id, self.kept_id, TextsForm)


class DetailsButton(OpenersButton, template=rf"draft-details:{DRAFT}"):
    """Opens the form for the link, the must-read mark and the questions."""

    prefix, label = "draft-details", words.DETAILS

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        moderation = cast("NextreadBot", interaction.client).moderation
        draft = interaction.guild_id, interaction.user.id, self.about
        form = DetailsForm(self.about, await moderation.texts(*draft), card_of)
        await interaction.response.send_modal(form)


class ReadNextButton(OpenersButton, template=rf"draft-next:{DRAFT}"):
    """Picks what was added for the group's next free week; of several, it is asked which."""

    prefix, label, style = "draft-next", words.READ_NEXT, discord.ButtonStyle.primary

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        bot = cast("NextreadBot", interaction.client)
        groups = await bot.groups.running_in(interaction.guild_id or 0)
        if len(groups) == 1:
            await _read_next(interaction, self.about, groups[0].group_id)
            return
        if not groups:
            raise NoGroupError
        select = GroupOfDraft.among(groups, interaction.guild, self.about, self.opener_id)
        question = ui.TextDisplay[Any](words.WHICH_GROUP)
        await answer(interaction, _card(ui.Container(question, ui.ActionRow(select))))


class GroupOfDraft(ui.DynamicItem[ui.Select[Any]], template=rf"draft-next-in:{DRAFT}"):
    """Chooses the group that reads next what was added."""

    def __init__(self, draft_id: int, opener_id: int, select: ui.Select[Any]) -> None:
        self.draft_id, self.opener_id = draft_id, opener_id
        super().__init__(select)

    @classmethod
    def among(
        cls, groups: Iterable[Group], guild: discord.Guild | None, draft_id: int, opener_id: int
    ) -> Self:
        """Build the select; of more than 25 groups, `/manage pick` reaches the others."""
        options = []
        for group in list(groups)[:OPTIONS]:
            channel = guild.get_channel(group.channel_id) if guild else None
            name = f"#{channel.name} · " if channel else ""
            label = clipped(f"{name}{schedule_text(group.schedule)}", 100)
            options.append(discord.SelectOption(label=label, value=str(group.group_id)))
        select: ui.Select[Any] = ui.Select(
            custom_id=f"draft-next-in:{draft_id}:{opener_id}",
            placeholder=words.PICK_A_GROUP,
            options=options,
        )
        return cls(draft_id, opener_id, select)

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        del interaction
        return cls(row_id(match["id"]), int(match["opener"]), cast("ui.Select[Any]", item))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        value = picked(self.item)
        await _read_next(interaction, self.draft_id, row_id(value) if value.isdecimal() else 0)


async def _read_next(interaction: discord.Interaction[Any], draft_id: int, group_id: int) -> None:
    """Pick, and say for which day, with Undo; the card of what was added stays as it is."""
    bot, who = cast("NextreadBot", interaction.client), interaction.user.id
    key = await bot.moderation.key_of(interaction.guild_id, who, draft_id)
    reply = await bot.picking.pick_next(interaction.guild_id or 0, group_id, who, key)
    await answer(interaction, pick_card(reply, who, texts.UNDO))


class DetailsAgainButton(AgainButton, template=rf"again-details:{DRAFT}"):
    """Opens the form of link and questions as it was typed when it was refused."""

    form = "details"

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await _open_again(interaction, self.opener_id, self.kept_id, DetailsForm)


async def _open_again(
    interaction: discord.Interaction[Any], opener_id: int, kept_id: int, form: type[DraftForm]
) -> None:
    await check_opener(interaction, opener_id)
    moderation = cast("NextreadBot", interaction.client).moderation
    kept = await moderation.kept(interaction.guild_id, interaction.user.id, kept_id)
    before, typed = Typed(**kept["before"]), Typed(**kept["typed"])
    await interaction.response.send_modal(form(kept["draft_id"], before, card_of, typed))


class StepOfDraft(ui.DynamicItem[ui.Select[Any]], template=rf"draft-step:{DRAFT}"):
    """Chooses the step into which a draft would go."""

    def __init__(self, draft_id: int, opener_id: int, select: ui.Select[Any]) -> None:
        self.draft_id, self.opener_id = draft_id, opener_id
        super().__init__(select)

    @classmethod
    def of(cls, proposal: Proposal) -> Self:
        """Build the select; of more than 25 steps, the last can be named in the command only."""
        options = [
            discord.SelectOption(
                label=clipped(texts.step_title(step), 100),
                value=step.id,
                emoji=step.icon or None,
                default=step.id == proposal.step.id,
            )
            for step in proposal.steps[:OPTIONS]
        ]
        draft_id, opener_id = proposal.draft_id, proposal.opener_id
        select: ui.Select[Any] = ui.Select(
            custom_id=f"draft-step:{draft_id}:{opener_id}",
            placeholder=words.PICK_A_STEP,
            options=options,
        )
        return cls(draft_id, opener_id, select)

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        del interaction
        return cls(row_id(match["id"]), int(match["opener"]), cast("ui.Select[Any]", item))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        moderation = cast("NextreadBot", interaction.client).moderation
        shown = await moderation.put_in_step(
            interaction.guild_id, interaction.user.id, self.draft_id, picked(self.item)
        )
        await answer_click(interaction, card_of(shown))
