"""What moderators do with lists, from their own cards: choose, name, remove, bring, take along."""

from dataclasses import replace
from functools import partial

from bot.clicks.click import Click, View, clicked
from bot.core.curriculum.merge import MODES, Mode
from bot.core.lists import ServersLists, Where
from bot.core.moderation import DryRun, PastedList
from bot.errors import OldCardError, ReaderError
from bot.language import _
from bot.services.imports import read_in_background
from bot.views import custom_ids as ids
from bot.views.lists_card import (
    BRING_BACK,
    NEW_LIST,
    NameForm,
    PasteForm,
    brought_card,
    export_card,
    exported_text,
    going_on,
    import_card,
    lists_card,
    removed_card,
    renamed_text,
    report_of,
    use_again,
    used_text,
)
from bot.views.manage_card import cancelled_card
from bot.views.parts import BLUE, Button, button
from bot.views.problems import home_of
from bot.views.replies import answer_file, keep_current


async def _shown(click: Click, list_id: str | None = None) -> ServersLists:
    at = click.guild_id, home_of(click.interaction), list_id
    return await click.services.lists.overview(*at)


@clicked
async def do_to_list(click: Click, said: ids.DoToList) -> View:
    """Do what a list's card offers."""
    lists, guild_id, list_id = click.services.lists, click.guild_id, said.list_id
    shown = await _shown(click, list_id)
    title = shown.chosen.title
    if said.action != "back" and list_id not in {each.list_id for each in shown.lists}:
        gone = dict(shown.removed)
        if list_id not in gone:
            raise OldCardError
        return removed_card(gone[list_id], list_id, click.who)
    match said.action:
        case "more" | "less":
            opens = said.action == "more"
            return await click.replace(lists_card(shown, click.who, opens=not opens), asks=opens)
        case "export":
            return await click.show(export_card(shown.chosen, click.who))
        case "rename":
            return await _rename(click, list_id, title)
        case "server":
            await lists.use(guild_id, click.who, list_id)
            undo = use_again(shown.default, click.who, "server")
            told = used_text(title, None)
        case "channel":
            before = await lists.follow(guild_id, click.who, shown.group_id or 0, list_id)
            undo = use_again(before or shown.default, click.who, "channel")
            click.deliver.look_again()
            told = used_text(title, shown.channel_id)
        case "undo":
            click.refuse_slip()
            await click.services.imports.step_back(guild_id, click.who, list_id)
            return lists_card(
                await _shown(click, list_id), click.who, _("Taken back: the latest import.")
            )
        case "remove":
            click.refuse_slip()
            await lists.remove(guild_id, click.who, list_id)
            return removed_card(title, list_id, click.who)
        case "back":
            await lists.bring_back(guild_id, click.who, list_id)
            return lists_card(await _shown(click, list_id), click.who, _("It is back."))
    return lists_card(await _shown(click, list_id), click.who, told, undo)


async def _rename(click: Click, list_id: str, title: str) -> View:
    async def typed(click: Click, form: NameForm) -> View:
        await click.check_right()
        name = form.entered["name"]
        before = await click.services.lists.rename(click.guild_id, click.who, list_id, name)
        return lists_card(await _shown(click, list_id), click.who, renamed_text(before))

    return await click.ask(NameForm(_("Rename the list"), title), typed)


@clicked
async def show_list(click: Click, said: ids.ShowList) -> View:
    """Show another list, make one, or bring a removed one back."""
    del said
    if click.picked == NEW_LIST:
        return await click.ask(NameForm(_("A new list")), _made)
    list_id = click.picked.removeprefix(BRING_BACK)
    if list_id != click.picked:
        await click.services.lists.bring_back(click.guild_id, click.who, list_id)
    return lists_card(await _shown(click, list_id), click.who)


async def _made(click: Click, form: NameForm) -> View:
    await click.check_right()
    list_id = await click.services.lists.make(click.guild_id, click.who, form.entered["name"])
    return lists_card(await _shown(click, list_id), click.who, _("Made. It is empty so far."))


@clicked
async def export_list(click: Click, said: ids.ExportList) -> View:
    where = Where(click.guild_id, list_id=said.list_id)
    title, name, text = await click.services.lists.export(where, said.form)
    # A spreadsheet takes CSV for UTF-8 only by its mark.
    content = text.encode("utf-8-sig" if said.form == "csv" else "utf-8")
    await answer_file(click.interaction, exported_text(title), name, content)
    return None


# Imports


@clicked
async def paste_list(click: Click, said: ids.PasteList | ids.PasteAgain) -> View:
    """Open the form into which a list is pasted; again, as it was when it was refused."""
    if isinstance(said, ids.PasteAgain):
        kept = click.draft(said.kept_id)
        typed = await click.services.moderation.kept(kept, PastedList)
    else:
        typed = PastedList("", "", said.mode or None, said.list_id)
    return await click.ask(PasteForm(typed), _pasted, _paste_again)


async def _pasted(click: Click, form: PasteForm) -> View:
    await click.check_right()
    typed = form.typed
    name = typed.name or _("My list")
    imported = await read_in_background(typed.pasted.encode(), "list.txt", name)
    place = replace(click.place, goes_on=False, list_id=typed.list_id or None)
    run = await click.services.imports.look(place, click.who, imported, typed.mode)
    return await _dry_run(click, run)


async def _dry_run(click: Click, run: DryRun) -> View:
    """Show what an import would do; while its pages are looked up, how far that is."""
    if not run.pending:
        return import_card(run)
    await click.replace(import_card(run))
    click.deliver.look_again()
    present = partial(click.services.imports.present, click.draft(run.draft_id))
    keep_current(click.interaction, going_on(present))
    return None


async def _paste_again(click: Click, form: PasteForm, error: ReaderError) -> Button | None:
    del error
    kept_id = await click.services.moderation.keep(click.guild_id, click.who, form.typed)
    return button(ids.PasteAgain(kept_id, click.who), _("Edit again"), BLUE)


@clicked
async def do_to_import(click: Click, said: ids.DoToImport) -> View:
    imports, draft = click.services.imports, click.draft(said.draft_id)
    match said.action:
        case "show":
            return await _dry_run(click, await imports.present(draft))
        case "cancel":
            await click.services.moderation.cancel(draft)
            return cancelled_card()
        case "report":
            run = await imports.present(draft)
            told = _("What gave nothing, by its line, and why.")
            text = report_of(run.unread)
            await answer_file(click.interaction, told, "report.txt", text.encode())
            return None
        case "undo":
            return import_card(await imports.undo(draft))
    run = await imports.bring(draft)
    if run.state != "brought":
        return import_card(run)
    return brought_card(run, await _shown(click, run.list_id))


@clicked
async def where_import(click: Click, said: ids.WhereImport) -> View:
    """Show what an import would do elsewhere, or in another way."""
    draft = click.draft(said.draft_id)
    typed, _bar, list_id = click.picked.partition("|")
    mode: Mode = next((each for each in MODES if each == typed), "new")
    return await _dry_run(click, await click.services.imports.choose(draft, mode, list_id))
