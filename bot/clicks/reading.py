"""What a reader does on cards: marks, moves about the list, sets a goal, takes it all back."""

from __future__ import annotations

from bot.clicks.click import Click, View, clicked
from bot.core.moderation import doubtable
from bot.core.reading import MarkKind
from bot.errors import NothingToDoubtError, NotOfferedError
from bot.views import custom_ids as ids
from bot.views.curriculum_card import index_card, step_card, updates_card
from bot.views.me_card import me_card, settings_card
from bot.views.parts import WordForm, go_button
from bot.views.path_card import DoubtForm, doubted_card, path_card
from bot.views.progress_card import DEEPER, progress_card, reset_form, start_card, undo_card
from bot.views.resource_card import also_done_card, next_card, resource_card


@clicked(ids.GoTo)
async def go_to(click: Click, said: ids.GoTo) -> View:
    """Lead to another card."""
    match said.card:
        case "next":
            return next_card(await click.services.reading.next_for(click.who, click.where))
        case "me":
            return me_card(await click.services.me.about(click.who))
        case "settings":
            return settings_card(await click.services.me.settings(click.who))
    journey = await click.services.reading.journey(click.who, click.where)
    match said.card:
        case "progress":
            return progress_card(journey)
        case "undo":
            return undo_card(journey, click.interaction.created_at)
        case "start":
            return start_card(journey.curriculum)
        case "reset":
            await _ask_reset(click, len(journey.reader.marks))
            return None
        case "updates":
            return updates_card(journey.curriculum)
    return index_card(journey.curriculum, journey.reader)


@clicked(ids.Done)
async def done(click: Click, said: ids.Done) -> View:
    """Mark a resource done; a tap that may be a slip is asked about."""
    asked = None
    if click.is_slip:
        asked = await click.services.reading.ask_done(click.who, click.where, said.key)
    if asked is not None:
        await click.replace(also_done_card(asked), asks=True)
        return None
    return await _marked(click, said.key, "done")


@clicked(ids.DoneRated)
async def done_rated(click: Click, said: ids.DoneRated) -> View:
    """Mark a resource done, with its rating."""
    return await _marked(click, said.key, "done", rating=said.rating)


@clicked(ids.DoneToo)
async def done_too(click: Click, said: ids.DoneToo) -> View:
    """Mark what an unclear name meant as done."""
    keys, rating = click.all_picked, said.rating or None
    return next_card(await click.services.reading.mark_all(click.who, click.where, keys, rating))


@clicked(ids.NotRead)
async def not_read(click: Click, said: ids.NotRead) -> View:
    """Take a mark away."""
    return await _marked(click, said.key, "clear")


@clicked(ids.PutAside)
async def put_aside(click: Click, said: ids.PutAside) -> View:
    """Put a resource aside, as the option says."""
    kinds: tuple[MarkKind, ...] = ("later", "known", "skipped")
    for kind in kinds:
        if kind == click.picked:
            return await _marked(click, said.key, kind)
    raise NotOfferedError


async def _marked(click: Click, key: str, kind: MarkKind, rating: int | None = None) -> View:
    reading = click.services.reading
    return next_card(await reading.mark(click.who, click.where, key, kind, rating=rating))


@clicked(ids.Undo)
async def undo(click: Click, said: ids.Undo) -> View:
    """Take one change back; the change knows whose it is."""
    return await _undone(click, said.change_id)


@clicked(ids.UndoOne)
async def undo_one(click: Click, _said: ids.UndoOne) -> View:
    """Take the change back that is picked."""
    return await _undone(click, ids.id_in(click.picked))


async def _undone(click: Click, change_id: int) -> View:
    return next_card(await click.services.reading.undo(click.who, click.where, change_id))


@clicked(ids.GoDeeper)
async def go_deeper(click: Click, _said: ids.GoDeeper) -> View:
    """Go on to what lies beyond the list."""
    return next_card(await click.services.reading.next_for(click.who, click.where, deeper=True))


@clicked(ids.StartAt)
async def start_at(click: Click, _said: ids.StartAt) -> View:
    """Mark what comes before the step that is picked as known."""
    step_id = None if click.picked == DEEPER else click.picked
    return next_card(await click.services.reading.start_at(click.who, click.where, step_id))


@clicked(ids.ResetAll)
async def ask_reset(click: Click, _said: ids.ResetAll) -> View:
    """Ask for the word, as *Reset…* does."""
    _, reader = await click.services.reading.reader(click.who, click.where)
    await _ask_reset(click, len(reader.marks))
    return None


async def _ask_reset(click: Click, marks: int) -> None:
    await click.ask_word(reset_form(marks), _reset, go_button("reset"))


async def _reset(click: Click, _form: WordForm) -> View:
    return next_card(await click.services.reading.reset(click.who, click.where))


async def _show_picked(click: Click, _said: ids.CustomId) -> View:
    """Show the card of the resource that is picked, beside the card with the select."""
    shown = await click.services.reading.look(click.who, click.where, click.picked)
    await click.show(resource_card(shown))
    return None


show_resource = clicked(ids.ShowResource)(_show_picked)
show_candidate = clicked(ids.ShowCandidate)(_show_picked)


@clicked(ids.ShowStep)
async def show_step(click: Click, _said: ids.ShowStep) -> View:
    """Show the step that is picked."""
    return await _step(click, click.picked)


@clicked(ids.TurnPage)
async def turn_page(click: Click, said: ids.TurnPage) -> View:
    """Turn a page of the index, or of a step."""
    if said.what == "step":
        return await _step(click, said.step, said.page)
    curriculum, reader = await click.services.reading.reader(click.who, click.where)
    return index_card(curriculum, reader, said.page)


async def _step(click: Click, step_id: str, page: int = 0) -> View:
    curriculum, reader = await click.services.reading.reader(click.who, click.where)
    step = click.services.curricula.step(curriculum, step_id)
    return step_card(curriculum, reader, step, page)


@clicked(ids.ShowPath)
async def show_path(click: Click, said: ids.ShowPath) -> View:
    """Show the way to a resource."""
    path = await click.services.reading.path(click.who, click.where, said.key)
    return path_card(path, in_server=click.interaction.is_guild_integration())


@clicked(ids.MakeGoal)
async def make_goal(click: Click, said: ids.MakeGoal) -> View:
    """Let the way to a resource come first from now on."""
    return next_card(await click.services.reading.set_goal(click.who, click.where, said.key))


@clicked(ids.DropGoal)
async def drop_goal(click: Click, _said: ids.DropGoal) -> View:
    """Give the goal up."""
    return next_card(await click.services.reading.set_goal(click.who, click.where, None))


@clicked(ids.Doubt)
async def ask_doubt(click: Click, said: ids.Doubt) -> View:
    """Ask which prerequisite on the way to a resource is wrong."""
    path = await click.services.reading.path(click.who, click.where, said.key)
    if not doubtable(path):
        raise NothingToDoubtError(path.resource.title)
    await click.ask(DoubtForm(path), _doubted)
    return None


async def _doubted(click: Click, form: DoubtForm) -> View:
    doubted = await click.services.moderation.doubt(
        click.who, click.guild_id, *form.pair, form.why.value
    )
    await click.show(doubted_card(*doubted))
    return None
