"""What a reader does: marks, moves about the list, takes it all back, sees what is kept of them."""

from discord.ui import LayoutView

from bot.clicks.click import Click, View, clicked
from bot.core.moderation import doubtable
from bot.core.recommend import DISLIKED, LIKED, MarkKind
from bot.errors import NothingToDoubtError
from bot.language import _
from bot.views import custom_ids as ids
from bot.views.curriculum_card import (
    doubt_form,
    doubted_card,
    index_card,
    path_card,
    step_card,
    updates_card,
)
from bot.views.me_card import (
    DEEPER,
    delete_form,
    deleted_card,
    file_text,
    me_card,
    progress_card,
    reset_form,
    settings_card,
    start_card,
    undo_card,
    zone_form,
)
from bot.views.parts import RED, Form, WordForm, button, go_button
from bot.views.replies import answer_file
from bot.views.resource_card import also_done_card, next_card, resource_card


@clicked
async def go_to(click: Click, said: ids.GoTo) -> View:
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
            return await _ask_reset(click, len(journey.reader.marks))
        case "updates":
            return updates_card(journey.curriculum)
    return index_card(journey.curriculum, journey.reader)


@clicked
async def done(click: Click, said: ids.Done) -> View:
    """Mark a resource done; a tap that may be a slip is asked about."""
    if click.is_slip and (
        asked := await click.services.reading.ask_done(click.who, click.where, said.key)
    ):
        return await click.replace(also_done_card(asked), asks=True)
    return await _marked(click, said.key, "done")


@clicked
async def done_rated(click: Click, said: ids.DoneRated) -> View:
    return await _marked(click, said.key, "done", rating=said.rating)


@clicked
async def done_too(click: Click, said: ids.DoneToo) -> View:
    """Mark what an unclear name meant as done."""
    keys, rating = click.all_picked, said.rating or None
    return next_card(await click.services.reading.mark_all(click.who, click.where, keys, rating))


@clicked
async def rate(click: Click, said: ids.Rate) -> View:
    rating = LIKED if said.thumb == "up" else DISLIKED
    rated = click.services.reading.rate(click.who, click.where, said.change_id, rating)
    return next_card(await rated)


@clicked
async def not_read(click: Click, said: ids.NotRead) -> View:
    return await _marked(click, said.key, "clear")


@clicked
async def put_aside(click: Click, said: ids.PutAside) -> View:
    kinds: tuple[MarkKind, ...] = ("later", "known", "skipped")
    if click.picked == "known_before":
        reading = click.services.reading
        return next_card(await reading.know_with_all_before(click.who, click.where, said.key))
    return await _marked(click, said.key, click.picked_of(kinds))


async def _marked(click: Click, key: str, kind: MarkKind, rating: int | None = None) -> View:
    reading = click.services.reading
    return next_card(await reading.mark(click.who, click.where, key, kind, rating=rating))


@clicked
async def undo(click: Click, said: ids.Undo | ids.UndoOne) -> View:
    """Take one change back; the change knows whose it is."""
    change_id = said.change_id if isinstance(said, ids.Undo) else ids.id_in(click.picked)
    return next_card(await click.services.reading.undo(click.who, click.where, change_id))


@clicked
async def show_picked(click: Click, _said: ids.ShowResource | ids.ShowCandidate) -> View:
    """Show the card of the resource or step that is picked, beside the card with the select."""
    if click.picked.startswith(":"):
        return await click.show(await _step(click, click.picked[1:]))
    shown = await click.services.reading.look(click.who, click.where, click.picked)
    return await click.show(resource_card(shown))


@clicked
async def unfold(click: Click, said: ids.Unfold) -> View:
    """Show all there is to say of a resource in place of the short card, or that again."""
    reading, asked, is_long = click.services.reading, (click.who, click.where), said.fold == "more"
    if said.card == "shown":
        return resource_card(await reading.look(*asked, said.key), is_long=is_long)
    return next_card(await reading.look_next(*asked, said.key), is_long=is_long)


@clicked
async def set_goal(click: Click, said: ids.MakeGoal | ids.DropGoal) -> View:
    """Let the way to a resource come first from now on, or no longer."""
    key = said.key if isinstance(said, ids.MakeGoal) else None
    return next_card(await click.services.reading.set_goal(click.who, click.where, key))


@clicked
async def go_deeper(click: Click, _said: ids.GoDeeper) -> View:
    return next_card(await click.services.reading.next_for(click.who, click.where, deeper=True))


@clicked
async def any_length(click: Click, _said: ids.AnyLength) -> View:
    return next_card(await click.services.reading.any_length(click.who, click.where))


@clicked
async def start_at(click: Click, _said: ids.StartAt) -> View:
    """Mark what comes before the step that is picked as known."""
    step_id = None if click.picked == DEEPER else click.picked
    return next_card(await click.services.reading.start_at(click.who, click.where, step_id))


@clicked
async def ask_reset(click: Click, _said: ids.ResetAll) -> View:
    """Ask for the word, as *Reset…* does."""
    _, reader = await click.services.reading.reader(click.who, click.where)
    return await _ask_reset(click, len(reader.marks))


async def _ask_reset(click: Click, marks: int) -> View:
    return await click.ask_word(reset_form(marks), _reset, go_button("reset"))


async def _reset(click: Click, _form: WordForm) -> View:
    return next_card(await click.services.reading.reset(click.who, click.where))


@clicked
async def show_step(click: Click, _said: ids.ShowStep) -> View:
    return await _step(click, click.picked)


@clicked
async def turn_page(click: Click, said: ids.TurnPage) -> View:
    if said.what == "step":
        return await _step(click, said.step, said.page)
    curriculum, reader = await click.services.reading.reader(click.who, click.where)
    return index_card(curriculum, reader, said.page)


async def _step(click: Click, step_id: str, page: int = 0) -> LayoutView:
    curriculum, reader = await click.services.reading.reader(click.who, click.where)
    step = click.services.curricula.step(curriculum.steps, step_id)
    return step_card(curriculum, reader, step, page)


@clicked
async def show_path(click: Click, said: ids.ShowPath) -> View:
    path = await click.services.reading.path(click.who, click.where, said.key)
    return path_card(path, in_server=click.interaction.is_guild_integration())


@clicked
async def ask_doubt(click: Click, said: ids.Doubt) -> View:
    path = await click.services.reading.path(click.who, click.where, said.key)
    pairs = doubtable(path)
    if not pairs:
        raise NothingToDoubtError(path.resource.title)

    async def doubted(click: Click, form: Form) -> View:
        pair, why = pairs[int(form.entered["pair"])], form.entered["why"]
        doubt = await click.services.moderation.doubt(click.who, click.guild_id, *pair, why)
        return await click.show(doubted_card(*doubt))

    return await click.ask(doubt_form(path.curriculum, pairs), doubted)


@clicked
async def about_me(click: Click, said: ids.Me) -> View:
    """Always about the person who clicks, whoever the card belongs to."""
    me = click.services.me
    if said.act in ("ask", "delete"):
        again = button(ids.Me("ask"), _("Delete…"), RED)
        return await click.ask_word(delete_form(), _forget, again)
    if said.act != "keep":
        is_all = said.act != "bibtex"
        name, content = await me.download(click.who, is_all=is_all)
        if content:  # or else nothing is read any more, on a card from when there was
            await answer_file(click.interaction, file_text(is_all=is_all), name, content)
            return None
    return me_card(await me.about(click.who))


async def _forget(click: Click, _form: WordForm) -> View:
    return deleted_card(was_anything=await click.services.me.forget(click.who))


@clicked
async def switch(click: Click, said: ids.Switch) -> View:
    if said.switch == "named":  # *Settings* stood there
        click.refuse_slip()
    settings = await click.services.me.switch(click.who, said.switch)
    click.deliver.look_again()
    return settings_card(settings)


@clicked
async def ask_zone(click: Click, _said: ids.AskMyZone) -> View:
    async def typed(click: Click, form: Form) -> View:
        return await _zone_is(click, form.entered["zone"])

    return await click.ask(zone_form(await click.services.me.settings(click.who)), typed)


@clicked
async def set_zone(click: Click, _said: ids.SetMyZone) -> View:
    """Set the zone that is picked, where what was typed may be several or is none."""
    return await _zone_is(click, click.picked)


async def _zone_is(click: Click, zone: str) -> View:
    return settings_card(await click.services.me.set_zone(click.who, zone, click.language))
