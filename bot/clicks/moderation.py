"""What moderators do with their server's list, from their own cards."""

from discord import ui
from discord.ui import LayoutView

from bot.clicks.click import Click, View, clicked
from bot.clicks.inbox import edited_card, only_group
from bot.core.moderation import Desk, Proposal, ResourceForm
from bot.errors import BadFieldError, LinkTakenError, NotALinkError, ReaderError
from bot.language import _
from bot.views import custom_ids as ids
from bot.views.manage_card import (
    DraftForm,
    cancelled_card,
    card_of,
    desk_card,
    details_form,
    history_card,
    texts_form,
)
from bot.views.parts import BLUE, button
from bot.views.pick_card import pick_card


@clicked
async def do_to_draft(click: Click, said: ids.DoToDraft) -> View:
    if said.action in ("confirm", "remove", "settle"):
        click.refuse_slip()
    moderation, draft = click.services.moderation, click.draft(said.draft_id)
    match said.action:
        case "edit" | "texts":
            return await _ask(click, said.draft_id, texts_form(await moderation.texts(draft)))
        case "cancel":
            await moderation.cancel(draft)
            return cancelled_card()
        case "history":
            return history_card(await moderation.history(draft))
    acts = {
        "back": moderation.desk,
        "add": moderation.add,
        "confirm": moderation.confirm,
        "remove": moderation.remove,
        "settle": moderation.drop_doubts,
        "restore": moderation.restore,
    }
    return await _card(click, await acts[said.action](draft))


async def _card(click: Click, shown: Proposal | Desk) -> LayoutView:
    """Build the card of what a draft stands for: a suggestion stays one while it is edited."""
    if isinstance(shown, Proposal) and shown.wanted is not None:
        return await edited_card(click, shown)
    return card_of(shown)


@clicked
async def show_more(click: Click, said: ids.MoreOfDraft) -> View:
    """Show all there is to see and to do of a resource, in place; or less again."""
    desk = await click.services.moderation.desk(click.draft(said.draft_id))
    opens = said.way == "more"
    # What opens stands below all that stood there: a tap on it is meant.
    return await click.replace(desk_card(desk, opens=not opens), asks=opens)


@clicked
async def step_back(click: Click, said: ids.StepBack) -> View:
    """Take a past change of a resource back, or make it again."""
    draft, again = click.draft(said.draft_id), said.way == "redo"
    if not again:  # the one before stands where this one stood
        click.refuse_slip()
    moderation = click.services.moderation
    return history_card(await moderation.step_back(draft, said.change_id, again=again))


@clicked
async def edit_details(click: Click, said: ids.EditDetails) -> View:
    """Open the form for the link, the must-read mark, the questions and the parts."""
    before = await click.services.moderation.texts(click.draft(said.draft_id))
    return await _ask(click, said.draft_id, details_form(before))


async def _ask(click: Click, draft_id: int, form: DraftForm) -> View:
    async def typed(click: Click, form: DraftForm) -> View:
        await click.check_right()
        draft = click.draft(draft_id)
        shown = await click.services.moderation.set_texts(draft, form.before, form.typed)
        return await _card(click, shown)

    async def way_back(
        click: Click, form: DraftForm, error: ReaderError
    ) -> ui.Button[LayoutView] | None:
        if not isinstance(error, BadFieldError | NotALinkError | LinkTakenError):
            return None  # the card is no longer useful
        kept = ResourceForm(draft_id, form.before, form.typed)
        kept_id = await click.services.moderation.keep(click.guild_id, click.who, kept)
        return button(form.again(kept_id, click.who), _("Edit again"), BLUE)

    return await click.ask(form, typed, way_back)


@clicked
async def put_in_step(click: Click, said: ids.StepOfDraft) -> View:
    moderation, draft = click.services.moderation, click.draft(said.draft_id)
    if click.picked.startswith(ids.LIST):
        list_id = click.picked.removeprefix(ids.LIST)
        return await _card(click, await moderation.put_in_list(draft, list_id))
    return await _card(click, await moderation.put_in_step(draft, click.picked))


@clicked
async def read_next(click: Click, said: ids.ReadNext) -> View:
    """Pick what was added for the group's next free week; of several, ask which."""
    group = await only_group(click, said)
    return None if group is None else await _read_next(click, said.draft_id, group.group_id)


@clicked
async def read_next_in(click: Click, said: ids.ReadNextIn) -> View:
    return await _read_next(click, said.draft_id, ids.id_in(click.picked))


async def _read_next(click: Click, draft_id: int, group_id: int) -> View:
    """Pick, and say for which day, with Undo; the card of what was added stays as it is."""
    desk = await click.services.moderation.desk(click.draft(draft_id))
    papers, key = click.services.papers, desk.resource.key
    reply = await papers.pick_next(click.guild_id, group_id, click.who, key)
    return await click.show(pick_card(reply, click.who))


@clicked
async def edit_again(click: Click, said: ids.EditTextsAgain | ids.EditDetailsAgain) -> View:
    """Open a form as it was typed when it was refused."""
    kept = await click.services.moderation.kept(click.draft(said.kept_id), ResourceForm)
    form = texts_form if isinstance(said, ids.EditTextsAgain) else details_form
    return await _ask(click, kept.draft_id, form(kept.before, kept.typed))
