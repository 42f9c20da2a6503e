"""Members are looked for once a week; only a clear answer of Discord's ends a membership."""

import asyncio
from collections import Counter
from datetime import UTC, datetime

import pytest

from bot.core.weeks import Schedule
from bot.outbox.discord import AwayError, NoAnswerError
from bot.outbox.questions import Members
from bot.outbox.tickets import Tickets
from tests.conftest import unopened
from tests.seen import text_of

A_MINUTE, AN_HOUR, A_DAY = 60, 3600, 24 * 3600
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
FRIDAY = Schedule(4, 10, 0, "UTC")


@pytest.fixture
def join(channel):
    async def joins(*members):
        for member in members:
            card = await member.slash(channel, "group")
            await member.click(card.response.message, label="Join")

    return joins


@pytest.fixture
def members_of(moderator):
    """Return what counts the members that a group's card tells of."""

    async def count(channel):
        card = text_of(await moderator.slash(channel, "group"))
        return int(card.split(" member")[0].split()[-1])

    return count


def asked_about(env, member):
    """Return how often Discord was asked whether the member is in the server."""
    path = f"/guilds/{member.guild.id}/members/{member.user.id}"
    return len([r for r in env.http_requests if (r.method, r.path) == ("GET", path)])


async def test_who_left_the_server_leaves_the_group_within_a_week(
    group, join, members_of, alice, guild, env, channel
):
    bob = guild.add_member(env.create_user("bob"))
    await join(alice, bob)
    guild.remove_member(alice)
    at_once = await members_of(channel)

    await env.advance_time(7 * A_DAY + 2 * A_MINUTE)

    assert at_once == 2
    assert await members_of(channel) == 1


async def test_each_member_is_asked_about_once_a_week_restarts_or_not(
    group, join, alice, env, restart
):
    await join(alice)
    for _ in range(7):
        await env.advance_time(2 * A_DAY)
        await restart()
    await env.advance_time(2 * A_MINUTE)

    assert asked_about(env, alice) == 2


async def test_coming_back_to_the_server_is_no_way_back_into_the_group(
    group, join, members_of, alice, guild, env, channel
):
    await join(alice)
    guild.remove_member(alice)
    await env.advance_time(7 * A_DAY + 2 * A_MINUTE)
    guild.add_member(alice.user)

    assert await members_of(channel) == 0


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (404, 0), (500, 0), (429, 0)])
async def test_trouble_ends_no_membership_and_is_tried_again(
    group, join, members_of, alice, env, guild, channel, status, code
):
    await join(alice)
    path = f"/guilds/{guild.id}/members/{alice.user.id}"
    env.inject_error("GET", path, status=status, code=code, times=1)

    await env.advance_time(7 * A_DAY + 2 * A_MINUTE)
    after_trouble, asked = await members_of(channel), asked_about(env, alice)
    guild.remove_member(alice)
    await env.advance_time(7 * AN_HOUR)

    assert (after_trouble, asked) == (1, 1)
    assert await members_of(channel) == 0


async def test_a_server_that_discord_doesnt_know_rests_with_its_members(
    group, join, members_of, alice, env, guild, channel
):
    await join(alice)
    path = f"/guilds/{guild.id}/members/{alice.user.id}"
    env.inject_error("GET", path, status=404, code=10004, times=1)

    await env.advance_time(7 * A_DAY + 2 * A_MINUTE)

    assert await env.bot.services.guilds.is_gone(guild.id)
    assert await members_of(channel) == 1


async def test_one_server_in_trouble_holds_up_no_other(
    group, join, members_of, alice, env, guild, channel
):
    await join(alice, *(guild.add_member(env.create_user(f"one{n}")) for n in range(12)))
    other = env.create_guild("Elsewhere")
    place, owner = other.create_text_channel("reading"), other.add_member(other.owner)
    bob = other.add_member(env.create_user("bob"))
    await owner.slash(place, "manage group", zone="UTC")
    await unopened(env)
    card = await bob.slash(place, "group")
    await bob.click(card.response.message, label="Join")
    other.remove_member(bob)
    env.inject_error("GET", f"/guilds/{guild.id}/members/*", status=403, times=None)

    await env.advance_time(7 * A_DAY + 2 * A_MINUTE)
    card = await owner.slash(place, "group")

    assert "0 members" in text_of(card)
    assert await members_of(channel) == 13


async def test_a_crowd_is_checked_a_few_at_a_time(group, join, env, guild):
    """All of them joined in the same second: nobody is forgotten, and Discord isn't flooded."""
    crowd = [guild.add_member(env.create_user(f"one{n}")) for n in range(25)]
    await join(crowd[0])
    async with env.bot.services.db.transaction() as tx:
        for member in crowd[1:]:
            await tx.fetch(
                "INSERT INTO members (group_id, reader_id, joined_at, checked_at)"
                " SELECT group_id, ?, joined_at, checked_at FROM members LIMIT 1",
                member.user.id,
            )

    await env.advance_time(7 * A_DAY + 30)
    first = sum(asked_about(env, member) for member in crowd)
    await env.advance_time(3 * A_MINUTE)

    assert first == 10
    assert [asked_about(env, member) for member in crowd] == [1] * 25


async def test_a_server_that_the_bot_left_keeps_its_members(
    group, join, moderator, alice, env, guild
):
    await join(alice)
    await moderator.click(group.response.message, label="More")
    await moderator.click(group.response.message, label="Stop")
    await env.bot.get_guild(guild.id).leave()

    await env.advance_time(8 * A_DAY)

    rows = await env.bot.services.db.fetch("SELECT reader_id FROM members")
    assert [row["reader_id"] for row in rows] == [alice.user.id]


class Discord:
    """As far as members need it: ``hung`` servers never answer, ``broken`` ones break off.

    ``away``: in an outage. ``asked``: how often about each member.
    """

    def __init__(self, *, hung=(), broken=(), away=()) -> None:
        self.hung, self.broken, self.away, self.asked = hung, broken, away, Counter()

    async def is_member(self, guild_id, person_id):
        self.asked[person_id] += 1
        if guild_id in self.hung:
            await asyncio.Event().wait()
        if guild_id in self.broken:
            raise NoAnswerError("reset")
        if guild_id in self.away:
            raise AwayError
        return True


@pytest.fixture
async def crowd(services, clock):
    """Six servers with five members each, all of whom are due; a server's are 10, 11, 12 ..."""
    for guild_id in range(1, 7):
        made = await services.groups.make_or_change(guild_id, guild_id, FRIDAY, None, 5)
        for reader_id in range(guild_id * 10, guild_id * 10 + 5):
            await services.groups.join(guild_id, made.group.group_id, reader_id)
    clock.advance(days=7)
    return services


@pytest.fixture
def look_at(crowd):
    """Return what makes a process that looks at these servers."""
    tickets = [Tickets(crowd.db, lambda: datetime.now(UTC), 500) for _ in range(2)]
    return lambda discord: Members(discord, crowd, tickets.pop())


async def test_a_server_that_hangs_holds_up_no_other(look_at):
    discord = Discord(hung=[1, 2])
    looking = asyncio.create_task(look_at(discord).check_due())

    async with asyncio.timeout(15):
        while not {10, 20, 30, 40, 50, 60} <= discord.asked.keys():  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    looking.cancel()


async def test_a_server_in_trouble_is_put_off_and_the_others_are_looked_at(look_at):
    discord = Discord(broken=[1])
    members = look_at(discord)

    for _ in range(3):
        await members.check_due()

    assert [who for who in discord.asked if who < 20] == [10]
    assert len(discord.asked) == 26


async def test_in_an_outage_a_servers_members_wait_and_it_is_no_trouble(look_at):
    discord = Discord(away=[1, 2, 3, 4])
    members = look_at(discord)

    for _ in range(3):
        await members.check_due()

    assert sorted(who for who in discord.asked if who < 50) == [10, 20, 30, 40]
    assert len(discord.asked) == 4 + 10, "more than three that fail would have stopped it"


async def test_two_processes_ask_about_each_member_once(look_at):
    discord = Discord()
    processes = [look_at(discord) for _ in range(2)]

    for _ in range(3):  # as in three minutes: ten of thirty are looked at each time
        await asyncio.gather(*(each.check_due() for each in processes))

    assert len(discord.asked) == 30
    assert set(discord.asked.values()) == {1}


async def test_waiting_while_papers_leave_is_no_trouble_of_a_servers(crowd, monkeypatch):
    loop, discord = asyncio.get_running_loop(), Discord()
    tickets = Tickets(crowd.db, lambda: datetime.now(UTC), 500)
    tickets.give_back(loop.time() + 20)  # somebody is to send with it
    members = Members(discord, crowd, tickets)
    looking = asyncio.create_task(members.check_due())
    await asyncio.sleep(0.3)
    real = loop.time

    monkeypatch.setattr(loop, "time", lambda: real() + 21)
    await looking

    assert len(discord.asked) == 10


async def test_a_check_that_breaks_puts_off_its_server_alone(services, tickets, clock, caplog):
    class Discord:
        def __init__(self):
            self.asked = Counter()

        async def is_member(self, guild_id, _):
            self.asked[guild_id] += 1
            if guild_id == 1:
                raise ValueError
            return True

    for guild_id in (1, 2):
        made = await services.groups.make_or_change(guild_id, guild_id * 10, FRIDAY, None, 8)
        await services.groups.join(guild_id, made.group.group_id, 9)
    clock.advance(days=8)
    discord = Discord()

    for _ in range(2):
        await Members(discord, services, tickets).check_due()

    assert discord.asked == {1: 1, 2: 1}
    assert caplog.text.count("members of server 1 can't be checked") == 1
