"""A server that removes the bot rests, whether it is told at once or asked after a start."""

import copy
import logging
from datetime import timedelta

import pytest
from simcord.backend import serializers

from bot.app import NextreadBot
from bot.core.weeks import Schedule
from bot.outbox.discord import DiscordPort, Server
from bot.outbox.questions import Servers
from tests.conftest import unopened
from tests.postbox import Desk
from tests.seen import text_of

A_MINUTE, AN_HOUR, A_DAY = 60, 3600, 24 * 3600


@pytest.fixture
def told(caplog):
    """Return what the log told of servers so far."""
    caplog.set_level(logging.INFO)

    def lines():
        return [r.getMessage() for r in caplog.records if r.name == "bot.services.guilds"]

    return lines


class Removal:
    """Lets a server remove the bot and invite it again: it is the same one, with its channels."""

    def __init__(self, env, guild):
        self._env, self._id = env, guild.id
        self._kept = env.backend.guilds[guild.id]

    def remove(self, *, told=True):
        del self._env.backend.guilds[self._id]
        if told:
            self._env.backend.emit("GUILD_DELETE", {"id": str(self._id)})

    def invite(self, *, told=True):
        self._env.backend.guilds[self._id] = self._kept
        if told:
            payload = copy.deepcopy(serializers.guild_create_payload(self._env.backend, self._kept))
            payload.pop("unavailable", None)  # absent, it tells a join from the end of an outage
            self._env.backend.emit("GUILD_CREATE", payload)


@pytest.fixture
def removal(env, guild):
    return Removal(env, guild)


def questions(env, guild):
    """Return how often Discord was asked whether the bot is in the server."""
    asked = [(r.method, r.path) for r in env.http_requests]
    return asked.count(("GET", f"/guilds/{guild.id}"))


async def slots_of(env):
    rows = await env.bot.services.db.fetch("SELECT week, state, is_late FROM weeks ORDER BY week")
    return [(row["week"], row["state"], row["is_late"]) for row in rows]


async def test_a_server_that_removed_the_bot_is_tried_not_once_a_week(
    group, env, guild, removal, told
):
    elsewhere = env.create_guild("Elsewhere")
    place, owner = elsewhere.create_text_channel("reading"), elsewhere.add_member(elsewhere.owner)
    await owner.slash(place, "manage group", zone="UTC")
    await unopened(env)
    removal.remove()
    await env.settle()
    before = len(env.http_requests)

    await env.advance_time(7 * A_DAY)

    rows = await env.bot.services.db.fetch("SELECT kind, guild_id FROM outbox ORDER BY row_id")
    assert [(row["kind"], row["guild_id"]) for row in rows] == [
        ("post", elsewhere.id),
        ("thread", elsewhere.id),
        ("opener", elsewhere.id),
    ]
    assert (await slots_of(env)) == [("2026-W02", "posted", 0)]
    assert not any(str(guild.id) in r.path for r in env.http_requests[before:])
    assert len(told()) == 1


async def test_invited_again_it_gets_the_next_paper_on_time_and_no_second_hello(
    group, env, channel, guild, removal, told
):
    env.backend.get_guild(guild.id).system_channel_id = channel.id
    removal.remove()
    await env.advance_time(18 * A_DAY)
    removal.invite()
    await env.settle()
    at_once = channel.history()
    await env.advance_time(7 * A_DAY)

    assert at_once == []
    assert await slots_of(env) == [("2026-W04", "posted", 0)]
    assert "late, sorry" not in text_of(channel.history()[0])
    assert [line.partition(" ")[2].partition(" ")[2] for line in told()] == [
        "removed the bot: its groups rest",
        "invited the bot again: its groups go on",
    ]


async def test_what_happened_while_the_bot_was_away_is_asked_at_the_start(
    group, env, channel, guild, removal, restart, told
):
    removal.remove(told=False)
    await restart()
    await env.settle()
    gone = await env.bot.services.guilds.is_gone(guild.id)
    await env.advance_time(3 * A_DAY)
    asked = questions(env, guild)
    removal.invite(told=False)
    await restart()
    await env.settle()

    assert (gone, asked) == (True, 1)
    assert not await env.bot.services.guilds.is_gone(guild.id)
    assert len(told()) == 2


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (404, 0)])
async def test_only_unknown_guild_means_that_it_is_gone(
    group, env, guild, removal, restart, told, status, code
):
    env.inject_error("GET", f"/guilds/{guild.id}", status=status, code=code)
    removal.remove(told=False)
    await restart()
    await env.settle()
    unclear, asked = told(), questions(env, guild)

    await env.advance_time(A_DAY + AN_HOUR)

    assert (unclear, asked) == ([], 1)
    assert (len(told()), questions(env, guild)) == (1, 2)


async def test_trouble_on_the_way_is_asked_again_an_hour_later(
    group, env, guild, removal, restart, told
):
    env.inject_error("GET", f"/guilds/{guild.id}", status=500)
    removal.remove(told=False)
    await restart()
    await env.settle()
    in_trouble = told()
    await restart()  # at once: nobody asks
    await env.settle()
    asked = questions(env, guild)
    await env.advance_time(AN_HOUR + A_MINUTE)
    await restart()
    await env.settle()

    assert (in_trouble, asked) == ([], 1)
    assert len(told()) == 1


async def test_an_outage_is_no_removal(group, env, guild, told):
    env.backend.emit("GUILD_DELETE", {"id": str(guild.id), "unavailable": True})
    await env.settle()

    await env.advance_time(2 * A_DAY)

    assert not await env.bot.services.guilds.is_gone(guild.id)
    assert told() == []


class Deliver:
    """Notes what is to be sent at once."""

    def __init__(self) -> None:
        self.about = []

    def look_again(self):
        pass

    async def now(self, *about):
        self.about += about


async def test_who_is_new_is_greeted_whoever_is_away_or_reads_already(services, tickets, clock):
    class Discord:
        def servers(self):
            return [
                Server(1, "", None, None, is_away=True),
                Server(2, "Away", clock(), 20, is_away=True),
                Server(3, "Old", clock() - timedelta(days=2), 30),
                Server(4, "New", clock(), 40),
                Server(5, "Reading already", clock(), 50),
            ]

    deliver = Deliver()
    await services.groups.make_or_change(5, 51, Schedule(0, 9, 0, "UTC"), None, 8)

    await Servers(
        Discord(), services, tickets, deliver, Desk(services).forget_old
    ).greet_newcomers()

    rows = await services.db.fetch("SELECT guild_id, channel_id FROM outbox")
    assert [tuple(row) for row in rows] == [(4, 40)]
    assert deliver.about == [4]


async def test_only_the_process_that_has_its_shard_asks_about_a_server(services, tickets, caplog):
    guild_id = 5 << 22  # for shard 1 of 2
    await services.groups.make_or_change(guild_id, 7, Schedule(0, 9, 0, "UTC"), None, 8)

    async def asked(shard_id):
        bot = NextreadBot(None, shard_count=2, shard_ids=[shard_id])
        forget_old = Desk(services).forget_old
        asking = Servers(DiscordPort(bot), services, tickets, Deliver(), forget_old)
        await asking.look_after()
        return [r["guild_id"] for r in await services.db.fetch("SELECT * FROM asked_guilds")]

    assert await asked(0) == []
    assert caplog.messages == []
    assert await asked(1) == [guild_id]
