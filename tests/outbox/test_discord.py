"""What Discord answers through the port: in plain values, and each refusal by its own code."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import aiohttp
import discord
import pytest
from aiohttp import web
from discord import ui
from discord.ext import commands
from simcord.backend import serializers
from yarl import URL

from bot.core.outbox import Lacks
from bot.outbox.discord import (
    TROUBLE,
    UNKNOWN_EVENT,
    UNKNOWN_MESSAGE,
    Appointment,
    AwayError,
    DiscordPort,
    NoAnswerError,
    PollSeen,
    RefusedError,
    Server,
    ask_once,
)
from bot.views.parts import card
from tests.kill.ledgers import THURSDAY
from tests.kill.objects import CHANNEL_ID, READER_ID
from tests.kill.study_room import StudyRoom, rate_limited
from tests.seen import text_of
from tests.small_discord import TOKEN, answer

LONG_AGO, A_MINUTE = datetime(2020, 1, 1, tzinfo=UTC), timedelta(minutes=1)
TAG_REQUIRED = 1 << 4  # a channel's flag REQUIRE_TAG


def poll(hours=24):
    asked = discord.Poll(question="What next?", duration=timedelta(hours=hours))
    return asked.add_answer(text="One").add_answer(text="Two")


def button(custom_id):
    view = ui.LayoutView()
    view.add_item(ui.Container(ui.ActionRow(ui.Button(label="x", custom_id=custom_id)), id=77))
    view.stop()
    return view


# In a modelled Discord


@pytest.fixture
def port(env):
    return DiscordPort(env.bot)


@pytest.fixture
def forum(guild):
    return guild.create_forum_channel("papers")


@pytest.fixture
def deny(env, guild):
    """Return what takes permissions from the bot in a channel."""

    async def change(channel, **permissions):
        overwrite = discord.PermissionOverwrite(**permissions)
        await env.bot.get_channel(channel.id).set_permissions(guild.me, overwrite=overwrite)

    return change


@pytest.fixture
def outage(env, guild):
    env.backend.emit("GUILD_DELETE", {"id": str(guild.id), "unavailable": True})


@pytest.fixture
def hand_over(env, guild, monkeypatch):
    """Return what gives the server to another process: its events go there."""

    async def change():
        env.bot.shard_ids, env.bot.shard_count = [1 - (guild.id >> 22) % 2], 2
        env.bot._connection._remove_guild(env.bot.get_guild(guild.id))  # noqa: SLF001 - as if never told
        get_guild = env.bot.http.get_guild

        async def as_discord_does(guild_id, **options):
            told = await get_guild(guild_id, **options)
            unsaid = ("channels", "threads", "members", "joined_at")
            return {name: value for name, value in told.items() if name not in unsaid}

        monkeypatch.setattr(env.bot.http, "get_guild", as_discord_does)

    return change


async def all_of(found):
    return [each async for each in found]


async def test_a_server_is_told_as_it_is(env, guild, channel, port):
    env.backend.edit_guild(guild.id, {"system_channel_id": channel.id})
    await env.settle()

    here = port.server(guild.id)

    told = guild.id, "Study room", guild.me.joined_at, channel.id, False
    assert here == Server(*told, guild._guild.owner_id)  # noqa: SLF001
    assert port.servers() == [here]
    assert port.server(1) is None


async def test_in_an_outage_a_server_is_away_and_not_gone(env, guild, channel, outage, port):
    await env.settle()

    with pytest.raises(AwayError):
        await port.place(guild.id, channel.id)
    with pytest.raises(AwayError):
        await port.fetched(guild.id, channel.id)
    with pytest.raises(AwayError):
        await port.is_member(guild.id, guild.owner.id)
    with pytest.raises(AwayError):
        await port.name_of(guild.id)
    assert port.server(guild.id) is None
    assert [server.is_away for server in port.servers()] == [True]
    assert port.is_ours(guild.id)
    assert await port.is_in(guild.id)


async def test_only_unknown_guild_means_that_the_bot_is_not_in_a_server(env, guild, port):
    path = f"/guilds/{guild.id}"
    env.inject_error("GET", path, status=404, code=10004)
    is_gone = not await port.is_in(guild.id)
    env.inject_error("GET", path, status=403, code=50001)
    with pytest.raises(RefusedError) as unclear:
        await port.is_in(guild.id)
    env.inject_error("GET", path, status=404)
    with pytest.raises(RefusedError) as of_nobody:
        await port.is_in(guild.id)

    assert is_gone
    assert (unclear.value.problem, of_nobody.value.problem) == ("no_access", "discord_trouble")


@pytest.mark.parametrize("code", [10007, 10013])
async def test_only_unknown_member_or_user_means_that_somebody_is_not_there(
    env, guild, alice, port, code
):
    path = f"/guilds/{guild.id}/members/{alice.user.id}"
    was_there = await port.is_member(guild.id, alice.user.id)
    env.inject_error("GET", path, status=404, code=10004)
    with pytest.raises(RefusedError) as removed:
        await port.is_member(guild.id, alice.user.id)
    env.inject_error("GET", path, status=404, code=code)

    assert was_there
    assert not await port.is_member(guild.id, alice.user.id)
    assert removed.value.problem == "bot_removed"


async def test_a_place_says_what_is_held_and_what_is_lacking_there(guild, channel, port, deny):
    await deny(channel, send_messages=False, manage_threads=False)

    place = await port.place(guild.id, channel.id)

    assert (place.place_id, place.guild_id, place.guild_name) == (channel.id, guild.id, guild.name)
    assert (place.kind, place.parent_id, place.role) == ("text", None, None)
    assert place.lacks(("view_channel", "read_message_history")) is None
    assert place.lacks(("view_channel", "send_messages")) == Lacks(("send_messages",))
    assert "manage_threads" not in place.held


async def test_a_servers_name_is_known_or_asked_for(env, guild, port, hand_over):
    here = await port.name_of(guild.id)
    await hand_over()

    assert here == await port.name_of(guild.id) == "Study room"


async def test_a_place_that_is_no_channel_of_the_server_is_gone(
    guild, channel, elsewhere, env, port
):
    _, of_another_server = elsewhere
    env.backend.delete_channel(channel.id)
    await env.settle()

    assert await port.place(guild.id, of_another_server.id) is None
    assert await port.place(guild.id, channel.id) is None
    assert await port.fetched(guild.id, channel.id) is None


async def test_a_kind_of_channel_that_nobody_knows_yet_is_no_place(guild, channel, env, port):
    env.backend.get_channel(channel.id).type = 99

    assert await port.fetched(guild.id, channel.id) is None


async def test_a_place_that_is_not_shown_is_not_gone(guild, channel, env, port):
    env.inject_error("GET", f"/channels/{channel.id}", status=403, code=50001)

    with pytest.raises(RefusedError) as refused:
        await port.fetched(guild.id, channel.id)

    assert refused.value.problem == "no_access"


async def test_what_nobody_talks_or_writes_in_is_something_else(guild, port):
    assert (await port.place(guild.id, guild.create_category("More").id)).kind == "other"


async def test_voice_and_stage_channels_are_told_apart(guild, port):
    made = guild.create_voice_channel("Talk"), guild.create_stage_channel("Lecture")

    kinds = [(await port.place(guild.id, each.id)).kind for each in made]

    assert kinds == ["voice", "stage"]


async def test_an_event_of_ours_is_seen_moved_and_cancelled_and_no_other_is(guild, port, env):
    env.backend.create_scheduled_event(
        guild.id, name="Theirs", entity_type=3, scheduled_start_time="2026-01-08T20:00:00+00:00",
        creator_id=7, description="A link",
    )  # fmt: skip
    grounds, begins = await port.grounds(guild.id), datetime(2026, 1, 8, 20, 0, tzinfo=UTC)
    what = Appointment("Ours", "A link", begins, begins + timedelta(hours=1), "there", grounds)

    event_id = await port.make_event(guild.id, what)
    seen = [each async for each in port.events(guild.id)]
    await port.edit_event(guild.id, event_id, replace(what, name="Ours, later"))
    shown = env.backend.get_scheduled_event(guild.id, event_id).name
    for _ in range(2):
        await port.cancel_event(guild.id, event_id)
    with pytest.raises(RefusedError) as refused:
        await port.edit_event(guild.id, event_id, what)

    assert grounds.kind == "server"
    assert [(each.message_id, each.text) for each in seen] == [(event_id, "A link")]
    assert shown == "Ours, later"
    assert (refused.value.problem, refused.value.code) == ("event_gone", UNKNOWN_EVENT)


async def test_a_forum_says_which_tag_a_post_gets(guild, forum, env, port, deny):
    none_wanted = await port.place(guild.id, forum.id)
    made = [
        discord.ForumTag(name="official", moderated=True),
        *(discord.ForumTag(name=name) for name in ("reading", "other")),
    ]
    await env.bot.get_channel(forum.id).edit(available_tags=made)
    await deny(forum, manage_threads=False)
    payload = serializers.channel_payload(env.backend, env.backend.get_channel(forum.id))
    env.backend.emit("CHANNEL_UPDATE", {**payload, "flags": TAG_REQUIRED})
    await env.settle()
    tags = env.bot.get_channel(forum.id).available_tags
    wanted = await port.place(guild.id, forum.id)
    payload["available_tags"] = payload["available_tags"][:1]
    env.backend.emit("CHANNEL_UPDATE", {**payload, "flags": TAG_REQUIRED})
    await env.settle()

    assert (none_wanted.kind, none_wanted.tags) == ("forum", ())
    assert wanted.tags == (tags[1].id,)
    assert (await port.place(guild.id, forum.id)).tags is None


async def test_a_thread_has_the_permissions_of_its_channel(guild, channel, env, port, deny):
    message_id = await port.send(channel.id, card("Words."), "n1")
    await port.make_thread(channel.id, message_id, "A paper")
    await env.settle()
    await deny(channel, send_messages_in_threads=False)

    thread = await port.place(guild.id, message_id)

    assert (thread.kind, thread.parent_id) == ("thread", channel.id)
    assert thread.lacks(("send_messages_in_threads",)) == Lacks(("send_messages_in_threads",))
    assert (thread.is_locked, thread.is_archived) == (False, False)


async def test_a_role_is_mentioned_or_named_or_not_one_to_be_mentioned(
    guild, channel, env, port, deny
):
    roles = {name: guild.create_role(name) for name in ("readers", "app")}
    env.backend.guilds[guild.id].roles[roles["app"].id].managed = True
    env.backend.emit(
        "GUILD_ROLE_UPDATE",
        {
            "guild_id": str(guild.id),
            "role": serializers.role_payload(env.backend.guilds[guild.id].roles[roles["app"].id]),
        },
    )
    await env.settle()

    async def role(role_id):
        return (await port.place(guild.id, channel.id, role_id)).role

    reaches = await role(roles["readers"].id)
    await deny(channel, mention_everyone=False)

    assert (reaches, await role(roles["readers"].id)) == ("mentioned", "named")
    assert [await role(id_) for id_ in (guild.id, roles["app"].id, 1, None)] == [None] * 4


async def test_a_message_answers_one_and_mentions_one_role_and_nobody_else(
    guild, channel, env, port
):
    role = guild.create_role("readers")
    first = await port.send(channel.id, card("Words."), "n1")

    second = await port.send(channel.id, card("More."), "n2", reply_to=first, role_id=role.id)

    sent = channel.history()[-1]
    assert (sent.id, sent.reference.message_id) == (second, first)
    asked = [r.json for r in env.http_requests if r.path == f"/channels/{channel.id}/messages"]
    assert [(body["nonce"], body["enforce_nonce"]) for body in asked] == [
        ("n1", True),
        ("n2", True),
    ]
    assert [body["allowed_mentions"] for body in asked] == [
        {"parse": [], "roles": []},
        {"parse": [], "roles": [role.id]},
    ]
    assert asked[1]["message_reference"]["fail_if_not_exists"] is False


async def test_a_message_of_ours_is_replaced(channel, port):
    message_id = await port.send(channel.id, card("Old words."), "n1")

    await port.edit(channel.id, message_id, card("New words."))

    assert text_of(channel.history()[0]) == "New words."


async def test_a_thread_made_twice_is_made_once(channel, env, port):
    message_id = await port.send(channel.id, card("Words."), "n1")
    await port.make_thread(channel.id, message_id, "A paper")
    path = f"/channels/{channel.id}/messages/{message_id}/threads"
    env.inject_error("POST", path, status=400, code=160004)
    env.inject_error("POST", path, status=400, code=160006)

    await port.make_thread(channel.id, message_id, "A paper")
    with pytest.raises(RefusedError) as refused:
        await port.make_thread(channel.id, message_id, "A paper")

    assert [thread.id for thread in channel.threads] == [message_id]
    assert refused.value.problem == "no_more_threads"


async def test_a_post_in_a_forum_is_found_again_open_or_put_away(guild, forum, env, port, alice):
    place = await port.place(guild.id, forum.id)
    made = [await port.make_post(place, "one", button("read:one"))]
    await env.advance_time(60)
    made.append(await port.make_post(place, "two", button("read:two")))
    env.backend.create_thread(forum.id, "Anybody else stuck?", alice.user.id)
    await env.settle()
    open_ones = await all_of(port.posts(place, LONG_AGO, A_MINUTE))
    await env.bot.http.edit_channel(made[0], archived=True)
    await env.settle()
    later = env.now() + timedelta(minutes=1)

    ahead = await all_of(port.posts(place, later, timedelta(0)))
    both = await all_of(port.posts(place, LONG_AGO, A_MINUTE))
    tops = [await port.top(post_id) for post_id in made]

    assert open_ones == made[::-1]
    assert set(both) == set(made)
    assert ahead == made[1:], "one that is open, however far ahead the clock was"
    assert [top.custom_ids for top in tops] == [{"read:one"}, {"read:two"}]


async def test_a_post_wears_its_tags(guild, forum, env, port):
    tags = [discord.ForumTag(name=name) for name in ("reading", "other")]
    await env.bot.get_channel(forum.id).edit(available_tags=tags)
    await env.settle()
    first, _ = env.bot.get_channel(forum.id).available_tags
    payload = serializers.channel_payload(env.backend, env.backend.get_channel(forum.id))
    env.backend.emit("CHANNEL_UPDATE", {**payload, "flags": TAG_REQUIRED})
    await env.settle()

    post_id = await port.make_post(await port.place(guild.id, forum.id), "One", card("Words."))

    post = await env.bot.get_guild(guild.id).fetch_channel(post_id)
    assert (post.name, post.applied_tags) == ("One", [first])


async def test_a_post_is_made_in_nothing_but_a_forum(guild, channel, forum, env, port):
    place = await port.place(guild.id, forum.id)
    env.backend.delete_channel(forum.id)
    await env.settle()

    with pytest.raises(RefusedError) as gone:
        await port.make_post(place, "One", card("Words."))

    assert gone.value.problem == "channel_gone"
    assert await all_of(port.posts(place, LONG_AGO, A_MINUTE)) == []
    with pytest.raises(RefusedError):
        await port.make_post(await port.place(guild.id, channel.id), "One", card("Words."))


async def test_a_post_without_its_message_has_no_top(guild, forum, env, port):
    post_id = await port.make_post(await port.place(guild.id, forum.id), "One", card("Words."))
    env.backend.messages[post_id].clear()

    assert await port.top(post_id) is None


async def test_an_archived_thread_is_reopened(guild, channel, env, port):
    message_id = await port.send(channel.id, card("Words."), "n1")
    await port.make_thread(channel.id, message_id, "A paper")
    await env.bot.http.edit_channel(message_id, archived=True, locked=True)
    await env.settle()
    put_away = await port.place(guild.id, message_id)

    await port.reopen(message_id)

    assert (put_away.is_archived, put_away.is_locked) == (True, True)
    assert not (await port.fetched(guild.id, message_id)).is_archived


async def test_what_is_fetched_is_as_it_is_whatever_the_cache_says(guild, channel, env, port, deny):
    message_id = await port.send(channel.id, card("Words."), "n1")
    await port.make_thread(channel.id, message_id, "A paper")
    before = env.bot.get_channel(channel.id)._overwrites  # noqa: SLF001 - as if never told
    await deny(channel, read_message_history=False)
    await env.settle()
    env.bot.get_channel(channel.id)._overwrites = before  # noqa: SLF001

    for place_id in (channel.id, message_id):
        assert "read_message_history" in (await port.place(guild.id, place_id)).held
        assert "read_message_history" not in (await port.fetched(guild.id, place_id)).held


async def test_only_our_messages_since_then_are_seen_the_newest_first(channel, env, port, alice):
    await port.send(channel.id, card("Too old."), "n1")
    for n in range(100):
        env.backend.create_message(channel.id, alice.user.id, f"{n} of a talk")
    await env.advance_time(3600)
    since = env.now() - timedelta(minutes=1)
    await alice.send(channel, "Hello")
    with_button = await port.send(channel.id, button("read:7"), "n2")
    with_text = await port.send(channel.id, card("Words."), "n3")
    asking = await port.send(channel.id, poll(), "n4")
    await port.make_thread(channel.id, with_text, "A paper")
    await port.send(with_text, card("In the thread."), "n5")
    await env.settle()

    seen = await all_of(port.messages(channel.id, since, A_MINUTE))
    in_thread = await all_of(port.messages(with_text, since, A_MINUTE))

    assert [each.message_id for each in seen] == [asking, with_text, with_button]
    assert [each.custom_ids for each in seen] == [set(), set(), {"read:7"}]
    assert 77 in seen[2].part_ids
    assert len(in_thread) == 1, "and not the notice that begins it"
    assert [each.question for each in seen] == ["What next?", None, None]
    assert since < seen[0].at <= env.now()


def oldest_first(logs_from):
    """Return how Discord tells what came after: the oldest hundred; simcord, the newest."""

    async def told(channel_id, limit, before=None, after=None, around=None):
        if after is None:
            return await logs_from(channel_id, limit, before, after, around)
        found = []
        while page := await logs_from(channel_id, limit, before=before):
            found += [each for each in page if int(each["id"]) > after]
            before = int(page[-1]["id"])
        return found[-limit:]

    return told


async def test_a_message_is_seen_however_far_ahead_the_clock_was(
    channel, env, port, alice, monkeypatch
):
    monkeypatch.setattr(env.bot.http, "logs_from", oldest_first(env.bot.http.logs_from))
    sent = await port.send(channel.id, card("Words."), "n1")

    ahead = env.now() + timedelta(days=30)

    seen = await all_of(port.messages(channel.id, ahead, A_MINUTE))
    await env.advance_time(3600)
    for n in range(150):
        env.backend.create_message(channel.id, alice.user.id, f"{n} of a talk")
    below = await all_of(port.messages(channel.id, ahead, A_MINUTE))
    below_that = await all_of(port.messages(channel.id, ahead, timedelta(hours=2)))

    assert [each.message_id for each in seen] == [sent]
    assert below == []
    assert [each.message_id for each in below_that] == [sent]


async def test_a_person_is_written_to(alice, port):
    place = await port.open_dm(alice.user.id)

    await port.send(place.place_id, card("Words."), "n1")

    assert text_of(alice.user.dm_channel.history()[0]) == "Words."


async def test_a_poll_is_read_and_ended(channel, env, port, alice):
    message_id = await port.send(channel.id, poll(), "n1")
    no_poll = await port.send(channel.id, card("Words."), "n2")
    await alice.set_poll_votes(channel.history()[0], answers=[2])
    running = await port.poll(channel.id, message_id)

    await port.end_poll(channel.id, message_id)

    ended = await port.poll(channel.id, message_id)
    assert running == PollSeen((0, 1), False, env.now() + timedelta(hours=24))
    assert (ended.votes, ended.is_counted) == ((0, 1), True)
    assert await port.poll(channel.id, no_poll) is None


async def test_a_poll_that_has_ended_already_is_ended(channel, env, port):
    path = f"/channels/{channel.id}/polls/1/expire"
    env.inject_error("POST", path, status=400, code=520001)
    env.inject_error("POST", path, status=403, code=50013)

    await port.end_poll(channel.id, 1)
    with pytest.raises(RefusedError) as refused:
        await port.end_poll(channel.id, 1)

    assert refused.value.problem == "forbidden"


async def test_another_processs_server_is_asked_with_the_permissions_as_they_are(
    guild, channel, forum, port, deny, hand_over
):
    """Without Read Message History a history is empty: who looks there has to know."""
    role = guild.create_role("readers")
    sent = await port.send(channel.id, card("Words."), "n1")
    await port.make_thread(channel.id, sent, "A paper")
    await deny(channel, read_message_history=False)
    here = [
        await port.place(guild.id, place_id, role.id) for place_id in (channel.id, sent, forum.id)
    ]
    await hand_over()

    there = [
        await port.place(guild.id, place_id, role.id) for place_id in (channel.id, sent, forum.id)
    ]

    assert there == here
    assert [place.kind for place in there] == ["text", "thread", "forum"]
    assert there[0].lacks(("read_message_history",)) is not None
    assert await all_of(port.messages(channel.id, LONG_AGO, A_MINUTE)) == []


async def test_another_processs_server_is_written_to_like_one_that_is_here(
    guild, channel, forum, port, hand_over
):
    await hand_over()
    place = await port.place(guild.id, forum.id)

    sent = await port.send(channel.id, card("Words."), "n1")
    await port.make_thread(channel.id, sent, "A paper")
    post_id = await port.make_post(place, "One", button("read:7"))

    assert (port.server(guild.id), port.is_ours(guild.id)) == (None, False)
    assert await port.is_member(guild.id, guild.owner.id)
    assert await all_of(port.posts(place, LONG_AGO, A_MINUTE)) == [post_id]
    seen = await all_of(port.messages(channel.id, LONG_AGO, A_MINUTE))
    assert [each.message_id for each in seen] == [sent]
    assert (await port.top(post_id)).custom_ids == {"read:7"}


async def test_another_processs_server_that_removed_the_bot_is_gone(
    env, guild, channel, port, hand_over
):
    await hand_over()
    del env.backend.guilds[guild.id]

    with pytest.raises(RefusedError) as gone:
        await port.place(guild.id, channel.id)

    assert gone.value.problem == "bot_removed"
    assert not await port.is_in(guild.id)


async def test_a_thread_whose_channel_is_gone_is_gone_too(env, guild, channel, port, hand_over):
    sent = await port.send(channel.id, card("Words."), "n1")
    await port.make_thread(channel.id, sent, "A paper")
    await hand_over()
    env.inject_error("GET", f"/channels/{channel.id}", status=404, code=10003)

    assert await port.place(guild.id, sent) is None


# Over the wire: what a modelled Discord has no means for


@pytest.fixture
def room():
    return StudyRoom(THURSDAY)


@pytest.fixture
async def wired(room, monkeypatch):
    """The port to the room, by REST alone."""
    async with room.open():
        monkeypatch.setattr(discord.http.Route, "BASE", room.api)
        bot = commands.AutoShardedBot(
            commands.when_mentioned,
            intents=discord.Intents.none(),
            max_ratelimit_timeout=30,
            http_trace=ask_once(),
        )
        await bot.login(TOKEN)
        yield DiscordPort(bot)
        await bot.close()


def page(status):
    return web.Response(text="<h1>Blocked</h1>", status=status, content_type="text/html")


@pytest.mark.parametrize(
    ("status", "code", "problem"),
    [
        (404, 10003, "channel_gone"),
        (404, 10004, "bot_removed"),
        (404, UNKNOWN_MESSAGE, "card_gone"),
        (404, 10013, "no_such_person"),
        (400, 40067, "tag_needed"),
        (403, 50001, "no_access"),
        (403, 50007, "no_direct_messages"),
        (400, 50083, "discord_trouble"),
        (403, 50013, "forbidden"),
        (400, 160006, "no_more_threads"),
        (400, 200000, "automod"),
        (400, 200001, "automod"),
        (400, 50035, "refused"),
        (429, 0, "rate_limited"),
        (403, 40333, "discord_trouble"),
        (403, 0, "discord_trouble"),
        (404, 0, "discord_trouble"),
        (400, 0, "discord_trouble"),
        (405, 0, "discord_trouble"),
    ],
)
async def test_discords_own_code_tells_what_a_refusal_means(room, wired, status, code, problem):
    room.answers.append(answer({"code": code, "message": "?"}, status))

    with pytest.raises(RefusedError) as refused:
        await wired.send(CHANNEL_ID, card("Words."), "n1")

    assert refused.value == RefusedError(problem, code, status)
    assert room.history() == []


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_a_page_in_place_of_an_answer_is_trouble_on_the_way(room, wired, status):
    room.answers.append(page(status))

    with pytest.raises(RefusedError) as refused:
        await wired.send(CHANNEL_ID, card("Words."), "n1")

    assert refused.value == RefusedError("discord_trouble", 0, status)


async def test_a_rate_limit_too_long_to_wait_out_says_how_long(room, wired):
    room.answers += [rate_limited(600), page(429)]

    limits = []
    for _ in range(2):
        with pytest.raises(RefusedError) as refused:
            await wired.send(CHANNEL_ID, card("Words."), "n1")
        limits.append(refused.value)

    assert limits == [
        RefusedError("rate_limited", 0, 429, 600),
        RefusedError("rate_limited", 0, 429, None),
    ]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 524])
async def test_a_message_is_asked_for_once_whatever_the_answer(room, wired, status):
    """A refusal of the second request would hide that the first one was heard."""
    room.answers += [answer({}, status), answer({"message": "Missing", "code": 50013}, 403)]

    with pytest.raises(NoAnswerError):
        await wired.send(CHANNEL_ID, card("Words."), "n1")

    assert len(room.answers) == 1


async def test_what_discord_py_repeats_after_a_reset_is_not_repeated_for_a_message():
    (hung_up,) = ask_once().on_request_exception
    url, reset = URL("https://discord.com/api/v10/channels/7/messages"), ConnectionResetError(54)

    with pytest.raises(aiohttp.ClientError) as told:
        await hung_up(None, None, SimpleNamespace(method="POST", url=url, exception=reset))
    await hung_up(None, None, SimpleNamespace(method="GET", url=url, exception=reset))

    assert not isinstance(told.value, OSError)


async def test_a_connection_that_breaks_off_leaves_open_whether_it_was_sent(room, wired):
    room.trouble = "hangs up"

    with pytest.raises(NoAnswerError):
        await wired.send(CHANNEL_ID, card("Words."), "n1")

    assert len(room.history()) == 1


async def test_who_waits_for_no_longer_than_so_long_meets_no_other_trouble(room, wired):
    room.trouble = "silence"

    with pytest.raises(TROUBLE):
        async with asyncio.timeout(0.2):
            await wired.send(CHANNEL_ID, card("Words."), "n1")

    assert len(room.history()) == 1


async def test_a_poll_that_cannot_be_read_is_read_again_by_nobody_else(room, wired):
    message_id = await wired.send(CHANNEL_ID, poll(), "n1")
    room.count([0, 3], is_finalized=True)
    counted = await wired.poll(CHANNEL_ID, message_id)
    room.messages[CHANNEL_ID].clear()

    with pytest.raises(RefusedError) as gone:
        await wired.poll(CHANNEL_ID, message_id)

    assert (counted.votes, counted.is_counted) == ((0, 3), True)
    assert gone.value.code == UNKNOWN_MESSAGE


async def test_a_person_has_one_channel(wired):
    assert await wired.open_dm(READER_ID) == await wired.open_dm(READER_ID)
