"""What moderators do with their server's list, from their own cards."""

from __future__ import annotations

from discord import ui

from bot.clicks.click import Click, View, clicked
from bot.core.moderation import ResourceForm
from bot.errors import BadFieldError, LinkTakenError, NoGroupError, NotALinkError, ReaderError
from bot.language import _
from bot.views import custom_ids as ids
from bot.views.manage_card import (
    DetailsForm,
    DraftForm,
    TextsForm,
    cancelled_card,
    card_of,
    desk_card,
    history_card,
    which_group_card,
)
from bot.views.parts import BLUE, button
from bot.views.pick_card import pick_card


@clicked(ids.DoToDraft)
async def do_to_draft(click: Click, said: ids.DoToDraft) -> View:
    if said.action in ("confirm", "remove", "settle"):
        click.refuse_slip()
    moderation, draft = click.services.moderation, (click.where, click.who, said.draft_id)
    match said.action:
        case "edit" | "texts":
            await _ask(click, said.draft_id, TextsForm(await moderation.texts(*draft)))
            return None
        case "cancel":
            await moderation.cancel(*draft)
            return cancelled_card()
        case "history":
            return history_card(*await moderation.history(*draft))
        case "back":
            return desk_card(await moderation.desk(*draft))
        case "add":
            return card_of(await moderation.add(*draft))
        case "confirm":
            return desk_card(await moderation.confirm(*draft))
        case "remove":
            return desk_card(await moderation.remove(*draft))
        case "settle":
            return desk_card(await moderation.drop_doubts(*draft))
        case "restore":
            return desk_card(await moderation.restore(*draft))


@clicked(ids.EditDetails)
async def edit_details(click: Click, said: ids.EditDetails) -> View:
    """Open the form for the link, the must-read mark and the questions."""
    before = await click.services.moderation.texts(click.where, click.who, said.draft_id)
    await _ask(click, said.draft_id, DetailsForm(before))
    return None


@clicked(ids.EditTextsAgain)
async def edit_texts_again(click: Click, said: ids.EditTextsAgain) -> View:
    await _ask_again(click, said.kept_id, TextsForm)
    return None


@clicked(ids.EditDetailsAgain)
async def edit_details_again(click: Click, said: ids.EditDetailsAgain) -> View:
    await _ask_again(click, said.kept_id, DetailsForm)
    return None


async def _ask_again(click: Click, kept_id: int, form: type[TextsForm | DetailsForm]) -> None:
    """Open a form as it was typed when it was refused."""
    kept = await click.services.moderation.kept(click.where, click.who, kept_id, ResourceForm)
    await _ask(click, kept.draft_id, form(kept.before, kept.typed))


async def _ask(click: Click, draft_id: int, form: DraftForm) -> None:
    async def typed(click: Click, form: DraftForm) -> View:
        await click.check_right()
        shown = await click.services.moderation.set_texts(
            click.where, click.who, draft_id, form.before, form.typed
        )
        return card_of(shown)

    async def way_back(
        click: Click, form: DraftForm, error: ReaderError
    ) -> ui.Button[ui.LayoutView] | None:
        if not isinstance(error, BadFieldError | NotALinkError | LinkTakenError):
            return None  # the card is no longer useful
        kept = ResourceForm(draft_id, form.before, form.typed)
        kept_id = await click.services.moderation.keep(click.guild_id, click.who, kept)
        again = ids.EditTextsAgain if isinstance(form, TextsForm) else ids.EditDetailsAgain
        return button(again(kept_id, click.who), _("Edit again"), BLUE)

    await click.ask(form, typed, way_back)


@clicked(ids.StepOfDraft)
async def put_in_step(click: Click, said: ids.StepOfDraft) -> View:
    draft = click.where, click.who, said.draft_id
    return card_of(await click.services.moderation.put_in_step(*draft, click.picked))


@clicked(ids.ReadNext)
async def read_next(click: Click, said: ids.ReadNext) -> View:
    """Pick what was added for the group's next free week; of several, ask which."""
    groups = await click.services.groups.running_in(click.guild_id)
    if not groups:
        raise NoGroupError
    if len(groups) == 1:
        await _read_next(click, said.draft_id, groups[0].group_id)
    else:
        draft = said.draft_id, said.opener_id
        await click.show(which_group_card(groups, click.interaction.guild, draft))
    return None


@clicked(ids.ReadNextIn)
async def read_next_in(click: Click, said: ids.ReadNextIn) -> View:
    await _read_next(click, said.draft_id, ids.id_in(click.picked))
    return None


async def _read_next(click: Click, draft_id: int, group_id: int) -> None:
    """Pick, and say for which day, with Undo; the card of what was added stays as it is."""
    key = await click.services.moderation.key_of(click.where, click.who, draft_id)
    reply = await click.services.picking.pick_next(click.guild_id, group_id, click.who, key)
    await click.show(pick_card(reply, click.who, _("Undo")))
