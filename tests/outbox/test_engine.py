"""What becomes of a post when Discord refuses it, fails, or forgets it."""

import asyncio
import re
import sqlite3
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import discord
import pytest
from aiohttp import web

from bot.app import NextreadBot
from bot.core.outbox import LENIENCE, SECOND, SEND_RATE
from bot.outbox.discord import Place
from bot.outbox.engine import DUE_AT_A_TIME, Engine
from bot.outbox.letters import letters
from bot.outbox.tickets import Tickets
from bot.services.opening import open_services
from bot.store import upkeep
from tests.conftest import unopened
from tests.kill.ledgers import MONDAY, THURSDAY, group_ledger
from tests.kill.objects import CHANNEL_ID, DM_ID, GUILD_ID, MODERATOR_ID, OTHER_ID
from tests.kill.objects import channel as channel_of_room
from tests.kill.study_room import StudyRoom, rate_limited
from tests.seen import labels_of, posts_in, text_of
from tests.small_discord import TOKEN, answer

A_MINUTE, AN_HOUR, A_DAY = 60, 3600, 24 * 3600
SLOT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
async def other(env, moderator, guild):
    """The channel of another group, with the same slot."""
    channel = guild.create_text_channel("other")
    await moderator.slash(channel, "manage group", zone="UTC")
    await unopened(env)
    return channel


@pytest.fixture
def until_slot(env):
    async def move():
        await env.advance_time((SLOT - env.now()).total_seconds() + 30)

    return move


@pytest.fixture
def fail(env, channel):
    """Return what makes Discord answer messages to the group's channel with an error."""

    def make(status, times=None, code=0):
        path = f"/channels/{channel.id}/messages"
        env.inject_error("POST", path, status=status, times=times, code=code)

    return make


@pytest.fixture
def db_of(env):
    """Return what writes into the ledger behind the bot's back."""

    async def write(*statements):
        async with env.bot.services.db.transaction() as tx:
            for statement in statements:
                await tx.fetch(statement)

    return write


async def deny(env, channel, guild, **permissions):
    """Take permissions from the bot in a channel, or give them back."""
    overwrite = discord.PermissionOverwrite(**permissions)
    await env.bot.get_channel(channel.id).set_permissions(guild.me, overwrite=overwrite)


TROUBLE = "I had trouble reaching Discord. I'll try again soon."


@pytest.mark.parametrize(
    ("status", "code", "words", "is_told"),
    [
        (403, 50013, "Discord doesn't let me post there: check my permissions in the", True),
        (403, 50001, "I can't see the channel. Please allow me View Channel there", True),
        (404, 10003, "The channel is gone.", True),
        (400, 200000, "This server's AutoMod blocked the message. Allow my role", True),
        (400, 50035, "Discord refused the message. The person who runs this bot finds", True),
        (429, 0, "Discord asked me to wait. I'll try again soon.", False),
        (500, 0, TROUBLE, False),
        (403, 40333, TROUBLE, False),
        (404, 0, TROUBLE, False),
    ],
)
async def test_a_refused_post_is_told_in_words_and_leaves_once_discord_lets_it(
    group, moderator, channel, other, until_slot, fail, env, told, status, code, words, is_told
):
    fail(status, times=1, code=code)

    await until_slot()
    card = await moderator.slash(channel, "manage group")
    before = len(posts_in(channel))
    await env.advance_time(AN_HOUR + A_MINUTE)
    after = await moderator.slash(channel, "group")

    assert before == 0
    assert words in text_of(card)
    assert len(posts_in(channel)) == 1
    assert len(posts_in(other)) == 1
    assert "⚠️" not in text_of(after)
    assert len([text for text in told() if words in text]) == (1 if is_told else 0)


@pytest.mark.parametrize(("status", "code"), [(404, 10003), (403, 40333), (500, 0)])
async def test_a_post_refused_for_a_day_is_missed_and_the_others_post(
    group, moderator, channel, other, until_slot, fail, env, told, status, code, restart, made_bots
):
    fail(status, code=code)

    await until_slot()
    made_bots[-1].ticker.cancel()
    await env.advance_time(A_DAY)
    await restart()
    await env.advance_time(A_MINUTE)
    card = await moderator.slash(channel, "group")

    assert posts_in(channel) == []
    assert len(posts_in(other)) == 1
    assert "This week's paper was missed" in text_of(card)
    assert len(told()) == (1 if code == 10003 else 0)


async def test_a_post_that_leaves_after_trouble_says_that_it_is_late(
    group, channel, guild, until_slot, env
):
    await deny(env, channel, guild, send_messages=False)
    await until_slot()
    await env.advance_time(AN_HOUR)
    await deny(env, channel, guild, send_messages=True)
    await env.advance_time(10 * A_MINUTE)

    (post,) = posts_in(channel)
    assert "late, sorry" in text_of(post)


async def test_trouble_after_a_long_wait_for_a_permission_doesnt_cost_the_day(
    group, channel, fail, until_slot, env
):
    fail(403, times=1, code=50013)
    await until_slot()
    async with env.bot.services.db.transaction() as tx:
        await tx.fetch("UPDATE outbox SET attempts = 250 WHERE kind = 'post'")

    fail(503, times=1)
    await env.advance_time(6 * A_MINUTE)
    before = len(posts_in(channel))
    await env.advance_time(AN_HOUR + A_MINUTE)

    assert before == 0
    assert len(posts_in(channel)) == 1


async def test_a_missing_permission_is_named_and_told_once_and_the_group_recovers(
    group, moderator, channel, other, guild, until_slot, env, told
):
    await deny(env, channel, guild, send_messages=False)
    await until_slot()
    await env.advance_time(AN_HOUR)
    card = await moderator.slash(channel, "group")
    messages = told()

    await deny(env, channel, guild, send_messages=True)
    await env.advance_time(6 * A_MINUTE)

    assert "I need Send Messages in the channel." in text_of(card)
    assert len(messages) == 1
    assert f"can't be posted in <#{channel.id}>" in messages[0]
    assert messages[0].endswith("-# In Study room")
    assert len(posts_in(channel)) == len(posts_in(other)) == 1


async def test_of_two_groups_in_trouble_one_s_news_isnt_taken_for_the_other_s(
    group, moderator, channel, other, guild, until_slot, env, told
):
    dm = await (await env.bot.fetch_user(moderator.user.id)).create_dm()
    for place in (channel, other):
        await deny(env, place, guild, send_messages=False)
    env.inject_error("POST", f"/channels/{dm.id}/messages", status=500)

    await until_slot()
    await env.advance_time(5 * A_MINUTE)

    news = "".join(told())
    assert len(told()) == 2
    assert f"<#{channel.id}>" in news
    assert f"<#{other.id}>" in news


@pytest.mark.parametrize("by_older_version", [False, True])
async def test_news_told_just_before_the_bot_died_is_told_once(
    group, channel, guild, until_slot, env, told, by_older_version
):
    await deny(env, channel, guild, send_messages=False)
    await until_slot()
    async with env.bot.services.db.transaction() as tx:
        await tx.fetch(
            "UPDATE outbox SET state = 'claimed', message_id = NULL, lease_until = due_at"
            " WHERE kind = 'notice'"
        )
        if by_older_version:
            await tx.fetch("UPDATE outbox SET places = NULL, trace = NULL")
        else:  # it would have other words now
            await tx.fetch("UPDATE study_groups SET blocked = 'forbidden'")

    await env.bot.engine.deliver_due()

    rows = await env.bot.services.db.fetch("SELECT state FROM outbox WHERE kind = 'notice'")
    assert [row["state"] for row in rows] == ["sent"]
    assert len(told()) == 1


async def test_a_moderator_whose_messages_are_closed_sees_it_on_the_next_card(
    group, moderator, channel, guild, until_slot, env, told
):
    await deny(env, channel, guild, send_messages=False)
    env.inject_error("POST", "/channels/*/messages", status=403, code=50007, times=None)

    await until_slot()
    card = await moderator.slash(channel, "manage group")
    rows = await env.bot.services.db.fetch("SELECT state FROM outbox WHERE kind = 'notice'")

    assert [row["state"] for row in rows] == ["dropped"]
    assert "I need Send Messages in the channel." in text_of(card)


async def test_a_notice_that_is_mended_meanwhile_is_not_sent(
    group, moderator, channel, guild, until_slot, env, told
):
    await deny(env, channel, guild, send_messages=False)
    env.inject_error("POST", "/channels/*/messages", status=502)
    await until_slot()
    card = await moderator.slash(channel, "manage group")
    await moderator.click(card.response.message, label="Pause")
    await env.advance_time(2 * A_MINUTE + SETTLED.total_seconds())

    rows = await env.bot.services.db.fetch("SELECT problem FROM outbox WHERE kind = 'notice'")
    assert told() == []
    assert [row["problem"] for row in rows][:1] == ["mended"]


async def test_all_posts_of_a_slot_leave_before_their_threads(
    group, channel, other, guild, moderator, until_slot, env
):
    third = guild.create_text_channel("third")
    await moderator.slash(third, "manage group", zone="UTC")
    await unopened(env)

    await until_slot()

    requests = re.findall(r"POST /channels/\S+/(messages|threads)", env.transcript())
    assert requests == ["messages"] * 3 + ["threads"] * 3 + ["messages"] * 3


async def test_what_somebody_waits_for_waits_for_nothing_else(
    env, moderator, group, channel, guild
):
    elsewhere = env.create_guild("Elsewhere").create_text_channel("news")
    await env.bot.services.guilds.greet(elsewhere.guild.id, elsewhere.id)

    await env.bot.engine.deliver_due(guild.id)
    before = len(elsewhere.history())
    await env.bot.engine.deliver_due()

    assert (before, len(elsewhere.history())) == (0, 1)


async def test_rows_that_break_the_ledger_are_told_and_put_off_and_hold_up_no_other(
    env, guild, channel, caplog
):
    services, db = env.bot.services, env.bot.services.db
    env.bot.tickets.rate = 1000  # simcord's time stands still, and tickets' with it
    await services.guilds.greet(guild.id, channel.id)
    async with db.transaction() as tx:
        for row_id in range(DUE_AT_A_TIME):  # as many as are looked at together
            await tx.fetch(
                "INSERT INTO outbox (row_id, kind, reference, rank, guild_id, channel_id, state,"
                " due_at, until_at) VALUES (?, 'post', ?, 0, ?, ?, 'waiting', 0, 9999999999)",
                row_id,
                f"no number {row_id}",
                guild.id,
                channel.id,
            )

    await env.bot.engine.deliver_due()

    assert caplog.text.count("of the outbox can't be delivered") == DUE_AT_A_TIME
    assert len(channel.history()) == 1
    assert await env.bot.engine.due() == []


async def test_a_deleted_channel_blocks_its_group_alone(group, channel, other, until_slot, env):
    services = env.bot.services
    await env.bot.get_channel(channel.id).delete()

    await until_slot()

    blocked = (await services.groups.status(channel.id, None)).group.blocked
    assert blocked == "channel_gone"
    assert len(posts_in(other)) == 1


async def test_a_greeting_for_a_channel_that_is_gone_is_dropped_at_once(env, guild):
    services, db = env.bot.services, env.bot.services.db
    await services.guilds.greet(guild.id, 4321)

    await env.bot.engine.deliver_due()

    rows = await db.fetch("SELECT state, problem FROM outbox")
    assert [tuple(row) for row in rows] == [("dropped", "channel_gone")]


async def test_without_thread_permissions_the_post_stands_alone_and_the_card_says_so(
    group, moderator, channel, guild, until_slot, env
):
    await deny(env, channel, guild, create_public_threads=False)

    await until_slot()
    card = await moderator.slash(channel, "manage group")

    assert len(posts_in(channel)) == 1
    assert channel.threads == []
    assert "I need Create Public Threads there" in text_of(card)


async def test_members_are_not_told_what_only_moderators_can_mend(
    group, moderator, alice, channel, guild, until_slot, env
):
    await deny(env, channel, guild, create_public_threads=False)
    await until_slot()

    told = text_of(await moderator.slash(channel, "group"))
    members = text_of(await alice.slash(channel, "group"))

    assert (
        "I need Create Public Threads there. Until then papers have no thread to talk in." in told
    )
    assert "⚠️" not in members


async def test_without_permission_to_write_there_the_thread_stays_empty(
    group, channel, guild, until_slot, env
):
    await deny(env, channel, guild, send_messages_in_threads=False)

    await until_slot()

    (thread,) = channel.threads
    assert [m for m in thread.history() if "Questions to talk about" in text_of(m)] == []


@pytest.mark.parametrize("permission", ["create_public_threads", "send_messages_in_threads"])
async def test_a_permission_given_back_brings_the_thread_with_its_questions(
    group, channel, guild, until_slot, env, permission
):
    await deny(env, channel, guild, **{permission: False})
    await until_slot()
    await env.advance_time(10 * A_MINUTE)

    await deny(env, channel, guild, **{permission: None})
    await env.advance_time(AN_HOUR)

    (thread,) = channel.threads
    assert len([m for m in thread.history() if "Questions to talk about" in text_of(m)]) == 1


async def test_a_thread_that_discord_refuses_for_a_while_comes_with_its_questions(
    group, channel, until_slot, env
):
    env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013, times=1)
    await until_slot()
    at_once = list(channel.threads)

    await env.advance_time(AN_HOUR + A_MINUTE)

    (thread,) = channel.threads
    assert at_once == []
    assert len([m for m in thread.history() if "Questions to talk about" in text_of(m)]) == 1


async def test_a_server_with_too_many_threads_is_told_and_the_thread_is_made_later(
    group, moderator, alice, channel, until_slot, env
):
    path = "/channels/*/messages/*/threads"
    env.inject_error("POST", path, status=400, code=160006, times=2)

    await until_slot()
    await env.advance_time(AN_HOUR + A_MINUTE)
    moderators = text_of(await moderator.slash(channel, "group"))
    members = text_of(await alice.slash(channel, "group"))
    before = len(channel.threads)
    await env.advance_time(AN_HOUR + A_MINUTE)
    after = text_of(await moderator.slash(channel, "group"))

    assert "This week's paper has no thread yet: the server has as many open" in moderators
    assert "⚠️" not in members
    assert before == 0
    assert len(channel.threads) == 1
    assert "⚠️" not in after


@pytest.mark.parametrize(("status", "code"), [(403, 50013), (404, 10008)])
async def test_a_thread_that_discord_refuses_leaves_the_post_alone(
    group, moderator, channel, until_slot, env, status, code
):
    path = "/channels/*/messages/*/threads"
    env.inject_error("POST", path, status=status, code=code, times=None)

    await until_slot()
    card = await moderator.slash(channel, "group")

    assert len(posts_in(channel)) == 1
    assert "[post](https://" in text_of(card)
    assert "⚠️" not in text_of(card)


async def test_a_thread_that_is_there_already_counts_as_made(group, channel, until_slot, env):
    path = "/channels/*/messages/*/threads"
    env.inject_error("POST", path, status=400, code=160004)

    await until_slot()

    rows = await env.bot.services.db.fetch("SELECT thread_id, message_id FROM weeks")
    assert [row["thread_id"] for row in rows] == [row["message_id"] for row in rows]


async def test_a_post_that_fails_when_its_group_was_stopped_stays_unsent(
    group, moderator, channel, until_slot, fail, env
):
    fail(500, times=1)
    await until_slot()
    card = await moderator.slash(channel, "manage group")
    await moderator.click(card.response.message, label="More")
    await moderator.click(card.response.message, label="Stop")

    await env.advance_time(AN_HOUR)
    card = await moderator.slash(channel, "group")

    assert posts_in(channel) == []
    assert "Stopped." in text_of(card)
    assert "This week is skipped." in text_of(card)


async def test_post_now_that_fails_is_tried_again_by_itself(group, moderator, channel, fail, env):
    fail(403, times=1, code=50013)
    await moderator.click(group.response.message, label="First paper now")
    before = len(posts_in(channel))

    await env.advance_time(6 * A_MINUTE)

    assert before == 0
    assert len(posts_in(channel)) == 1


async def test_uncertain_is_explained_with_what_settles_it(
    group, moderator, channel, guild, until_slot, fail, env, told
):
    fail(500, times=1)
    await until_slot()
    await deny(env, channel, guild, read_message_history=False)
    await env.advance_time(2 * A_MINUTE)
    card = await moderator.slash(channel, "manage group")

    assert "I don't know whether the last post was sent" in text_of(card)
    assert "perhaps posted" in text_of(card)
    assert "Post now" in labels_of(card)
    assert "I'll keep trying" not in told()[0]


@pytest.mark.parametrize("was_sent", [True, False])
async def test_post_now_looks_first_where_the_history_can_be_read_by_now(
    group, moderator, channel, guild, until_slot, fail, env, db_of, was_sent
):
    if not was_sent:
        fail(500, times=1)
    await until_slot()
    if was_sent:
        await db_of(
            "UPDATE outbox SET state = 'claimed', message_id = NULL, lease_until = due_at"
            " WHERE kind = 'post'",
            "UPDATE weeks SET state = 'waiting', message_id = NULL",
        )
    await deny(env, channel, guild, read_message_history=False)
    await env.bot.engine.deliver_due()
    await env.advance_time(2 * A_MINUTE)
    before = len(posts_in(channel))
    await deny(env, channel, guild, read_message_history=True)
    card = await moderator.slash(channel, "manage group")
    told = text_of(card)

    await moderator.click(card.response.message, label="Post now")
    after = await moderator.slash(channel, "manage group")

    assert "I don't know whether the last post was sent" in told
    assert (before, len(posts_in(channel))) == (int(was_sent), 1)
    assert "⚠️" not in text_of(after)


# Against the stand-in: what a modelled Discord has no means for


@pytest.fixture
async def ledger(tmp_path, base):
    url = f"sqlite:///{tmp_path / 'stand-in.db'}"
    await group_ledger(url, base)
    return url


@pytest.fixture
def room():
    return StudyRoom(THURSDAY)


@pytest.fixture
def connected(room, ledger, base, monkeypatch):
    """Return what connects a bot to the room for a while; then the slot has just come."""

    @asynccontextmanager
    async def connect():
        services = await open_services(ledger, base, room.now)

        async def opened():
            return services

        async with room.open():
            monkeypatch.setattr(discord.http.Route, "BASE", room.api)
            bot = NextreadBot(opened)
            bot._connection.guild_ready_timeout = 0.05  # noqa: SLF001
            running = asyncio.create_task(bot.start(TOKEN))
            async with asyncio.timeout(20):
                while not bot.is_ready():  # noqa: ASYNC110 - it tells no event before its start
                    await asyncio.sleep(0.01)
            bot.ticker.cancel()  # its clock isn't the room's: tests do its work
            room.ahead += MONDAY - THURSDAY
            try:
                yield bot
            finally:
                await bot.close()
                await running

    return connect


async def work(bot):
    """Do what the weekly task does."""
    await bot.services.weeks.open_due()
    await bot.engine.deliver_due()


SETTLED = timedelta(minutes=8)
"""After that, what was asked for in one channel won't appear any more: another may be tried."""


async def move(bot, *, back=False):
    """Give the group another channel, or its own again."""
    old, new = (OTHER_ID, CHANNEL_ID) if back else (CHANNEL_ID, OTHER_ID)
    group_id = (await bot.services.groups.status(old, None)).group.group_id
    await bot.services.groups.move(GUILD_ID, group_id, new, MODERATOR_ID)


async def week_in(bot):
    status = await bot.services.groups.status(CHANNEL_ID, None)
    return status.this_week.state, status.group.blocked


WITHOUT_THREADS = channel_of_room(OTHER_ID) | {
    "permission_overwrites": [{"id": str(GUILD_ID), "type": 0, "allow": "0", "deny": str(1 << 38)}]
}


async def seen(claim):
    """Wait until the bot knows what it was told."""
    async with asyncio.timeout(20):
        while not claim():  # noqa: ASYNC110 - discord.py tells some of it by no event
            await asyncio.sleep(0.01)


async def test_a_rate_limit_too_long_to_wait_out_is_waited_for_in_the_outbox(room, connected):
    async with connected() as bot:
        room.answers.append(rate_limited(600))
        await work(bot)
        limited = await week_in(bot)
        room.ahead += timedelta(seconds=599)
        await work(bot)
        too_soon = len(room.history())
        room.ahead += timedelta(seconds=2)
        await work(bot)
        after = await week_in(bot)

    assert limited == ("waiting", "rate_limited")
    assert too_soon == 0
    assert after == ("posted", None)
    assert len(room.history()) == 1


@pytest.mark.parametrize("trouble", ["silence", "hangs up"])
async def test_an_answer_that_never_comes_is_looked_for(room, connected, monkeypatch, trouble):
    room.trouble = trouble
    room.remembers_nonces = timedelta(0)
    loop = asyncio.get_running_loop()
    real = loop.time

    def a_minute_passes(_):
        monkeypatch.setattr(loop, "time", lambda: real() + 61)

    async with connected() as bot:
        if trouble == "silence":
            room.done = a_minute_passes
        await work(bot)
        lost = await week_in(bot)
        room.done, room.trouble = (lambda _: False), None
        room.ahead += timedelta(minutes=2)
        await work(bot)
        after = await week_in(bot)

    assert lost == ("waiting", "discord_trouble")
    assert after == ("posted", None)
    assert len(room.history()) == 1


async def test_a_bot_removed_and_invited_again_posts_late(room, connected):
    async with connected() as bot:
        await bot.services.weeks.open_due()  # its paper was on its way: it isn't of the absence
        await room.tell("GUILD_DELETE", {"id": str(GUILD_ID)})
        async with asyncio.timeout(20):
            while not await bot.services.guilds.is_gone(GUILD_ID):  # noqa: ASYNC110 - as in `seen`
                await asyncio.sleep(0.01)
        await work(bot)
        removed = await week_in(bot)
        again = room.guild()
        del again["unavailable"]
        room.ahead += timedelta(minutes=6)
        await room.tell("GUILD_CREATE", again)
        async with asyncio.timeout(20):
            while await bot.services.guilds.is_gone(GUILD_ID):  # noqa: ASYNC110 - as in `seen`
                await asyncio.sleep(0.01)
        await work(bot)
        after = await week_in(bot)

    assert removed == ("waiting", None)
    assert after == ("posted", None)
    assert "late, sorry" in str(room.history()[0]["components"])


async def test_a_server_that_discord_doesnt_know_rests_and_nobody_is_told(room, connected):
    async with connected() as bot:
        room.answers.append(answer({"message": "Unknown Guild", "code": 10004}, 404))
        await work(bot)
        is_gone = await bot.services.guilds.is_gone(GUILD_ID)
        room.ahead += timedelta(hours=1)
        due = await bot.engine.due()
        rows = await bot.services.db.fetch("SELECT 1 FROM outbox WHERE kind = 'notice'")

    assert is_gone
    assert due == rows == []


async def test_an_unavailable_server_is_waited_for_and_nobody_is_told(room, connected):
    async with connected() as bot:
        await room.tell("GUILD_DELETE", {"id": str(GUILD_ID), "unavailable": True})
        await seen(lambda: bot.get_guild(GUILD_ID).unavailable)
        await work(bot)
        away = await week_in(bot)
        rows = await bot.services.db.fetch("SELECT 1 FROM outbox WHERE kind = 'notice'")
        await room.tell("GUILD_CREATE", room.guild())
        await seen(lambda: not bot.get_guild(GUILD_ID).unavailable)
        room.ahead += timedelta(minutes=6)
        await work(bot)
        after = await week_in(bot)

    assert away == ("waiting", "guild_unavailable")
    assert rows == []
    assert after == ("posted", None)


async def test_an_outage_does_not_make_it_forget_that_an_answer_was_lost(room, connected):
    """The nonce is forgotten by then: only the look tells that the message is there."""
    room.trouble = "hangs up"
    room.remembers_nonces = timedelta(0)
    async with connected() as bot:
        await work(bot)
        room.trouble = None
        await room.tell("GUILD_DELETE", {"id": str(GUILD_ID), "unavailable": True})
        await seen(lambda: bot.get_guild(GUILD_ID).unavailable)
        room.ahead += timedelta(minutes=6)
        await work(bot)
        await room.tell("GUILD_CREATE", room.guild())
        await seen(lambda: not bot.get_guild(GUILD_ID).unavailable)
        room.ahead += timedelta(minutes=6)
        await work(bot)
        after = await week_in(bot)

    assert after == ("posted", None)
    assert len(room.history()) == 1


async def test_a_history_that_cant_be_read_just_now_is_read_later(room, connected):
    room.trouble = "hangs up"
    room.remembers_nonces = timedelta(0)
    async with connected() as bot:
        await work(bot)
        room.trouble = None
        room.history_answers = [answer({"message": "Missing Access", "code": 50001}, 403)]
        for _ in range(2):
            room.ahead += timedelta(minutes=6)
            await work(bot)
        after = await week_in(bot)

    assert after == ("posted", None)
    assert len(room.history()) == 1


async def test_a_post_deleted_at_once_gets_no_thread_and_stays_posted(room, connected):
    async with connected() as bot:
        room.done = lambda what: what == "post" and room.messages.update({CHANNEL_ID: []})
        await work(bot)
        after = await week_in(bot)
        rows = await bot.services.db.fetch("SELECT state, problem FROM outbox WHERE kind='thread'")

    assert after == ("posted", None)
    assert [tuple(row) for row in rows] == [("dropped", "card_gone")]


async def test_a_post_whose_answer_was_lost_stays_the_only_one_when_its_group_moves(
    room, connected
):
    room.trouble = "hangs up"
    room.remembers_nonces = timedelta(0)
    async with connected() as bot:
        await work(bot)
        await move(bot)
        await room.tell("CHANNEL_UPDATE", WITHOUT_THREADS)
        await seen(lambda: bot.get_channel(OTHER_ID).overwrites)
        room.trouble = None
        room.ahead += timedelta(minutes=2)
        await work(bot)
        week = (await bot.services.groups.status(OTHER_ID, None)).this_week

    assert (week.state, week.channel_id) == ("posted", CHANNEL_ID)
    assert [len(room.history()), len(room.history(OTHER_ID))] == [1, 0]
    assert room.threads == [week.message_id]
    assert len(room.history(week.message_id)) == 1, "what may be done elsewhere is no matter"


async def test_a_channel_that_is_gone_with_what_was_perhaps_sent_holds_up_no_post(room, connected):
    room.trouble = "hangs up"
    room.remembers_nonces = timedelta(0)
    async with connected() as bot:
        await work(bot)
        await move(bot)
        room.trouble = None
        del room.messages[CHANNEL_ID]
        room.ahead += SETTLED
        await work(bot)
        week = (await bot.services.groups.status(OTHER_ID, None)).this_week

    assert (week.state, week.channel_id) == ("posted", OTHER_ID)
    assert len(room.history(OTHER_ID)) == 1


async def test_where_the_channel_left_behind_isnt_shown_a_post_is_uncertain(room, connected):
    room.trouble = "hangs up"
    async with connected() as bot:
        await work(bot)
        await move(bot)
        room.trouble = None
        room.hidden.add(CHANNEL_ID)
        room.ahead += timedelta(minutes=2)
        await work(bot)
        status = await bot.services.groups.status(OTHER_ID, None)

    assert (status.this_week.state, status.group.blocked) == ("uncertain", "no_history")
    assert room.history(OTHER_ID) == []


async def test_a_post_lost_in_two_channels_is_looked_for_in_both(room, connected):
    """The first was never kept; the second was, before its group went back."""
    async with connected() as bot:
        room.answers.append(answer({}, 502))
        await work(bot)
        await move(bot)
        room.trouble = "hangs up"
        room.ahead += SETTLED
        await work(bot)
        await move(bot, back=True)
        room.trouble = None
        room.remembers_nonces = timedelta(0)
        room.ahead += timedelta(minutes=3)
        await work(bot)
        week = (await bot.services.groups.status(CHANNEL_ID, None)).this_week

    assert (week.state, week.channel_id) == ("posted", OTHER_ID)
    assert [len(room.history()), len(room.history(OTHER_ID))] == [0, 1]


async def test_a_post_that_may_still_appear_where_its_group_was_is_waited_for(room, connected):
    room.lingers, room.asked = True, lambda _: True
    async with connected() as bot:
        await work(bot)
        room.asked = lambda _: False
        await move(bot)
        await work(bot)
        room.ahead += SETTLED
        await work(bot)
        week = (await bot.services.groups.status(OTHER_ID, None)).this_week

    assert (week.state, week.channel_id) == ("posted", CHANNEL_ID)
    assert [len(room.history()), len(room.history(OTHER_ID))] == [1, 0]


async def test_a_post_that_may_still_appear_is_waited_for_where_it_was_tried_before(
    room, connected
):
    async with connected() as bot:
        room.answers.append(answer({}, 502))
        await work(bot)
        await move(bot)
        room.lingers, room.asked = True, lambda _: True
        room.ahead += SETTLED
        await work(bot)
        room.asked = lambda _: False
        await move(bot, back=True)
        await work(bot)
        room.ahead += SETTLED
        await work(bot)
        week = (await bot.services.groups.status(CHANNEL_ID, None)).this_week

    assert (week.state, week.channel_id) == ("posted", OTHER_ID)
    assert [len(room.history()), len(room.history(OTHER_ID))] == [0, 1]


async def test_a_post_deleted_while_its_answer_was_lost_was_sent_and_nothing_follows(
    room, connected
):
    room.trouble = "hangs up"
    async with connected() as bot:
        await work(bot)
        room.trouble = None
        room.messages[CHANNEL_ID].clear()
        room.ahead += timedelta(minutes=2)
        room.answers.append(answer({"message": "Unknown Message", "code": 10008}, 404))
        await work(bot)
        after = await week_in(bot)
        rows = await bot.services.db.fetch("SELECT kind, state, problem FROM outbox")

    assert after == ("posted", None)
    assert [tuple(row) for row in rows] == [("post", "sent", "deleted")]
    assert room.history() == []


async def test_a_page_from_the_edge_is_trouble_on_the_way_and_says_nothing_of_the_channel(
    room, connected, caplog
):
    async with connected() as bot:
        page = web.Response(text="<h1>Blocked</h1>", status=403, content_type="text/html")
        room.answers.append(page)
        await work(bot)
        blocked = await week_in(bot)
        room.ahead += timedelta(minutes=2)
        await work(bot)
        after = await week_in(bot)

    assert blocked == ("waiting", "discord_trouble")
    assert after == ("posted", None)
    assert "on the way to discord, 403 (code 0) stops post" in caplog.text


async def test_discord_py_repeats_no_message_by_itself(room, connected):
    """A refusal of the second request would hide that the first one was heard."""
    async with connected() as bot:
        room.answers += [answer({}, 502), answer({"message": "Missing", "code": 50013}, 403)]
        await work(bot)
        after = await week_in(bot)

    assert after == ("waiting", "discord_trouble")
    assert len(room.answers) == 1


async def test_a_post_is_found_and_recorded_as_soon_as_a_busy_ledger_is_free(
    room, connected, ledger, caplog
):
    other = sqlite3.connect(ledger.removeprefix("sqlite:///"), isolation_level=None)

    def lock(what):
        if what == "post":
            other.execute("BEGIN IMMEDIATE")
            asyncio.get_running_loop().call_later(2.3, other.rollback)

    async with connected() as bot:
        room.done = lock
        await work(bot)
        after = await week_in(bot)
        notices = await bot.services.db.fetch("SELECT 1 FROM outbox WHERE kind = 'notice'")
    other.close()

    assert "LedgerError(why='busy'" in caplog.text
    assert after == ("posted", None)
    assert (len(room.history()), room.looks) == (1, 1)
    assert notices == []


# Without any Discord but for one person


class Person:
    """A Discord of one person: all there is."""

    async def open_dm(self, _):
        return Place(DM_ID, 0, "", "direct", frozenset())

    async def send(self, *_, **__):
        return DM_ID


async def test_opening_the_channel_to_a_person_counts_as_a_request_too(services, clock):
    tickets = Tickets(services.db, clock, services.send_rate)
    await services.me.switch(MODERATOR_ID, "nudge")
    clock.advance(days=7, hours=10)
    await services.reminders.look_at_due()

    await Engine(services, Person(), tickets, letters(services, tickets)).deliver_due()

    async with services.db.transaction() as tx:
        free_at = await upkeep.take_next_ticket_at(tx)
    first = clock.now.timestamp() * SECOND - LENIENCE // 2  # the clock stands still
    assert round((free_at - first) * SEND_RATE / SECOND) == 2
    (row,) = await services.db.fetch("SELECT state FROM outbox")
    assert row["state"] == "sent"
