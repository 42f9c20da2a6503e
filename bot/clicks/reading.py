"""What a reader does: marks, moves about the list, takes it all back, sees what is kept of them."""

from collections.abc import Sequence
from dataclasses import replace

import discord
from discord.ui import LayoutView

from bot.clicks.click import Click, View, clicked
from bot.core.curriculum import Curriculum, Step
from bot.core.moderation import doubtable
from bot.core.recommend import DISLIKED, LIKED, MarkKind, Reply, Talk
from bot.errors import NothingToDoubtError, UnknownStepError
from bot.language import _
from bot.views import custom_ids as ids
from bot.views.curriculum_card import (
    ABOUT,
    DEEPER,
    about_card,
    doubt_form,
    doubted_card,
    found_card,
    index_card,
    path_card,
    step_card,
)
from bot.views.map_card import list_chart, list_map_card, way_chart, way_map_card
from bot.views.me_card import (
    delete_form,
    deleted_card,
    file_text,
    me_card,
    rows_told,
    settings_card,
    zone_form,
)
from bot.views.parts import HOURS, RED, Form, WordForm, button, go_button
from bot.views.problems import home_of
from bot.views.progress_card import (
    know_card,
    know_parts_card,
    progress_card,
    reset_form,
    share_progress,
)
from bot.views.reminder_card import later_card, not_later_card, on_again_card, stopped_card
from bot.views.replies import answer_file
from bot.views.resource_card import (
    MORE_GOALS,
    WHOLE_LIST,
    also_done_card,
    next_card,
    part_form,
    resource_card,
)


@clicked
async def go_to(click: Click, said: ids.GoTo) -> View:
    match said.card:
        case "next":
            return next_card(await click.services.reading.next_for(click.who, click.place))
        case "me":
            return me_card(await click.services.me.about(click.who))
        case "settings":
            return await _settings(click)
        case "reset":
            return await _ask_reset(click)
    journey = await click.services.reading.journey(click.who, click.place)
    match said.card:
        case "progress":
            return progress_card(journey)
        case "all-progress" | "undo":
            return progress_card(journey, now=click.interaction.created_at)
        case "know" | "start":
            return know_card(journey.curriculum, journey.reader)
        case "updates":
            return about_card(journey.curriculum)
    return index_card(journey.curriculum, journey.reader)


@clicked
async def done(click: Click, said: ids.Done) -> View:
    """Mark a resource done; a tap that may be a slip is asked about."""
    if click.is_slip and (
        asked := await click.services.reading.ask_done(click.who, click.place, said.key)
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
    return next_card(await click.services.reading.mark_all(click.who, click.place, keys, rating))


@clicked
async def rate(click: Click, said: ids.Rate) -> View:
    rating = LIKED if said.thumb == "up" else DISLIKED
    rated = click.services.reading.rate(click.who, click.place, said.change_id, rating)
    return next_card(await rated)


@clicked
async def not_read(click: Click, said: ids.NotRead) -> View:
    return await _marked(click, said.key, "clear")


@clicked
async def put_aside(click: Click, said: ids.PutAside) -> View:
    kinds: tuple[MarkKind, ...] = ("later", "known", "skipped")
    reading = click.services.reading
    if click.picked == "known_before":
        return next_card(await reading.know(click.who, click.place, [said.key]))
    if click.picked == "part":
        return await _ask_part(click, said.key)
    if click.picked == "goal":
        return next_card(await reading.set_goal(click.who, click.place, said.key))
    if click.picked == "path":
        return await _path(click, said.key)
    return await _marked(click, said.key, click.picked_of(kinds))


async def _ask_part(click: Click, key: str) -> View:
    """Ask how far the reader is; an empty line is an answer too."""

    async def said(click: Click, form: Form) -> View:
        noted = click.services.reading.bookmark(click.who, click.place, key, form.entered["note"])
        return next_card(await noted)

    shown = await click.services.reading.look(click.who, click.place, key)
    return await click.ask(part_form(shown), said)


async def _marked(click: Click, key: str, kind: MarkKind, rating: int | None = None) -> View:
    reading = click.services.reading
    return next_card(await reading.mark(click.who, click.place, key, kind, rating=rating))


@clicked
async def undo(click: Click, said: ids.Undo | ids.UndoOne) -> View:
    """Take one change back; the change knows whose it is."""
    change_id = said.change_id if isinstance(said, ids.Undo) else ids.id_in(click.picked)
    return next_card(await click.services.reading.undo(click.who, click.place, change_id))


@clicked
async def show_picked(click: Click, _said: ids.ShowResource | ids.ShowCandidate) -> View:
    """Show the card of the resource or step that is picked, beside the card with the select."""
    if click.picked.startswith(":"):
        return await click.show(await _step(click, click.picked[1:]))
    shown = await click.services.reading.look(click.who, click.place, click.picked)
    return await click.show(resource_card(shown))


@clicked
async def unfold(click: Click, said: ids.Unfold) -> View:
    """Show all there is to say of something in place of the short card, or that again."""
    reading, asked, is_long = click.services.reading, (click.who, click.place), said.fold == "more"
    if said.card == "step":
        return await _step(click, said.key[1:], is_long=is_long)
    if said.card == "shown":
        shown = await reading.look(*asked, said.key, talks=is_long)
        return resource_card(replace(shown, talks=_seen(click, shown.talks)), is_long=is_long)
    reply = await reading.look_next(*asked, said.key, talks=is_long)
    return next_card(replace(reply, talks=_seen(click, reply.talks)), is_long=is_long)


def _seen(click: Click, talks: Sequence[Talk]) -> tuple[Talk, ...]:
    """Return the talks whose channels the clicker can see.

    In direct messages all: they are of groups that the clicker is in.
    """
    guild, member = click.interaction.guild, click.interaction.user
    if click.where is None:
        return tuple(talks)
    if guild is None or not isinstance(member, discord.Member):
        return ()

    def is_seen(talk: Talk) -> bool:
        home, place = guild.get_channel(talk.channel_id), guild.get_channel(talk.place_id)
        known = [each for each in (home, place) if each is not None]
        return home is not None and all(c.permissions_for(member).view_channel for c in known)

    return tuple(filter(is_seen, talks))


@clicked
async def similar(click: Click, said: ids.Similar) -> View:
    return await click.show(
        found_card(await click.services.finding.similar(click.who, click.place, said.key))
    )


@clicked
async def set_goal(click: Click, said: ids.MakeGoal | ids.DropGoal) -> View:
    """Let the way to a resource come first from now on, or no longer."""
    key = said.key if isinstance(said, ids.MakeGoal) else None
    return next_card(await click.services.reading.set_goal(click.who, click.place, key))


@clicked
async def go_deeper(click: Click, _said: ids.GoDeeper) -> View:
    return next_card(await click.services.reading.next_for(click.who, click.place, deeper=True))


@clicked
async def any_length(click: Click, _said: ids.AnyLength) -> View:
    return next_card(await click.services.reading.any_length(click.who, click.place))


@clicked
async def pick_goal(click: Click, said: ids.PickGoal) -> View:
    """Let the way to what is picked come first, or the list's own order."""
    reading = click.services.reading
    if click.picked in (MORE_GOALS, WHOLE_LIST):
        reply = await reading.present(click.who, click.place)
        return next_card(reply, goals=said.page + 1 if click.picked == MORE_GOALS else None)
    return next_card(await reading.set_goal(click.who, click.place, click.picked))


@clicked
async def start_at(click: Click, _said: ids.StartAt) -> View:
    return know_card(*await click.services.reading.reader(click.who, click.place))


@clicked
async def know_steps(click: Click, _said: ids.KnowSteps) -> View:
    """Mark the steps that are picked as known; of one alone, ask for its parts."""
    if len(click.all_picked) == 1:
        curriculum, reader = await click.services.reading.reader(click.who, click.place)
        step = _step_in(curriculum, click.picked)
        if len(step.resources) > 1:
            return know_parts_card(reader, step)
    return await _known(click, [f":{step_id}" for step_id in click.all_picked])


@clicked
async def know_step(click: Click, said: ids.KnowStep) -> View:
    return await _known(click, [f":{said.step}"])


@clicked
async def know_items(click: Click, _said: ids.KnowItems) -> View:
    return await _known(click, click.all_picked)


async def _known(click: Click, keys: Sequence[str]) -> View:
    return next_card(await click.services.reading.know(click.who, click.place, keys), goals=0)


@clicked
async def know_on_way(click: Click, said: ids.KnowOnWay) -> View:
    """Mark parts of a way as known; it stays on screen."""
    await click.services.reading.path(click.who, click.place, said.aim)  # or nothing is marked
    reply = await click.services.reading.know(click.who, click.place, click.all_picked)
    return await _path(click, said.aim, reply)


@clicked
async def share(click: Click, _said: ids.Share) -> View:
    """Show everyone how far the reader is, as `/progress share` does."""
    journey = await click.services.reading.journey(click.who, click.place)
    home = home_of(click.interaction)
    language = await click.services.groups.language_at(home, click.language)
    await share_progress(click.interaction, journey, language, click.services.draw)
    return None


@clicked
async def ask_reset(click: Click, _said: ids.ResetAll) -> View:
    """Ask for the word, as *Reset…* does."""
    return await _ask_reset(click)


async def _ask_reset(click: Click) -> View:
    marks, title = await click.services.reading.reset_count(click.who, click.place)
    return await click.ask_word(reset_form(marks, title), _reset, go_button("reset"))


async def _reset(click: Click, _form: WordForm) -> View:
    return next_card(await click.services.reading.reset(click.who, click.place))


@clicked
async def show_step(click: Click, _said: ids.ShowStep) -> View:
    if click.picked in (DEEPER, ABOUT):
        curriculum, reader = await click.services.reading.reader(click.who, click.place)
        is_deeper = click.picked == DEEPER
        return index_card(curriculum, reader, deeper=True) if is_deeper else about_card(curriculum)
    return await _step(click, click.picked)


@clicked
async def turn_page(click: Click, said: ids.TurnPage) -> View:
    if said.what == "step":
        return await _step(click, said.step, said.page, is_long=True)
    curriculum, reader = await click.services.reading.reader(click.who, click.place)
    if said.what == "know":
        return know_card(curriculum, reader, said.page)
    if said.what == "items":
        step = _step_in(curriculum, said.step)
        return know_parts_card(reader, step, said.page)
    return index_card(curriculum, reader, said.page, deeper=said.step == "deeper")


async def _step(click: Click, step_id: str, page: int = 0, *, is_long: bool = False) -> LayoutView:
    curriculum, reader = await click.services.reading.reader(click.who, click.place)
    step = _step_in(curriculum, step_id)
    return step_card(curriculum, reader, step, page, is_long=is_long)


def _step_in(curriculum: Curriculum, step_id: str) -> Step:
    """Return the step with this id, never one that is like it."""
    if (step := curriculum.step(step_id)) is None:
        steps = ((each.id, each.title) for each in curriculum.steps)
        raise UnknownStepError(step_id, tuple(steps))
    return step


@clicked
async def show_path(click: Click, said: ids.ShowPath) -> View:
    return await _path(click, said.key)


async def _path(click: Click, aim: str, changed: Reply | None = None) -> LayoutView:
    path = await click.services.reading.path(click.who, click.place, aim)
    in_server = click.interaction.is_guild_integration()
    return path_card(path, in_server=in_server, changed=changed)


@clicked
async def show_map(click: Click, _said: ids.ShowMap) -> View:
    journey = await click.services.reading.journey(click.who, click.place)
    chart = list_chart(journey, click.interaction.created_at)
    return list_map_card(chart, await click.services.draw(chart))


@clicked
async def show_way_map(click: Click, said: ids.ShowWayMap) -> View:
    path = await click.services.reading.path(click.who, click.place, said.key)
    chart = way_chart(path, click.interaction.created_at)
    return way_map_card(path, chart, await click.services.draw(chart))


@clicked
async def ask_doubt(click: Click, said: ids.Doubt) -> View:
    path = await click.services.reading.path(click.who, click.place, said.key)
    pairs = doubtable(path)
    if not pairs:
        raise NothingToDoubtError(path.aim.title)

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
        name, content = await me.download(click.who, rows_told(), is_all=is_all)
        if content:  # or else nothing is read any more, on a card from when there was
            await answer_file(click.interaction, file_text(is_all=is_all), name, content)
            return None
    return me_card(await me.about(click.who))


@clicked
async def unfold_me(click: Click, said: ids.UnfoldMe) -> View:
    opens = said.fold == "more"
    return me_card(await click.services.me.about(click.who), opens=not opens)


async def _forget(click: Click, _form: WordForm) -> View:
    return deleted_card(was_anything=await click.services.me.forget(click.who))


@clicked
async def switch(click: Click, said: ids.Switch) -> View:
    if said.switch == "named":  # *Settings* stood there, on older cards
        click.refuse_slip()
    await click.services.me.switch(click.who, said.switch)
    click.deliver.look_again()
    return await _settings(click)


@clicked
async def set_hour(click: Click, _said: ids.RemindHour) -> View:
    await click.services.me.set_hour(click.who, HOURS.index(click.picked_of(HOURS)))
    click.deliver.look_again()
    return await _settings(click)


@clicked
async def remind_later(click: Click, _said: ids.RemindLater) -> View:
    """Let a reminder come again tomorrow, however old the message is."""
    return later_card(await click.services.reminders.later(click.who))


@clicked
async def not_later(click: Click, _said: ids.NotLater) -> View:
    await click.services.reminders.not_later(click.who)
    click.deliver.look_again()
    return not_later_card()


@clicked
async def reminding(click: Click, said: ids.Reminding) -> View:
    """Turn off what a reminder came for, or on again."""
    wanted = said.way == "again"
    reasons = await click.services.reminders.set_reasons(
        click.who, said.group_ids, is_idle=said.is_idle, wanted=wanted
    )
    click.deliver.look_again()
    return on_again_card(reasons) if wanted else stopped_card(reasons)


async def _settings(click: Click) -> LayoutView:
    settings = await click.services.me.settings(click.who)
    return settings_card(settings, *await click.services.reminders.hours(click.who))


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
    await click.services.me.set_zone(click.who, zone, click.language)
    click.deliver.look_again()
    return await _settings(click)
