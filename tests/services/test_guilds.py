import asyncio
import logging
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.core.link_checks import LinkAnswer
from bot.core.weeks import Schedule
from bot.errors import UnknownResourceError
from bot.services.guilds import Guilds
from bot.services.link_checks import LinkChecks
from bot.store.database import Queries
from bot.store.instants import Ids
from tests.conftest import joined
from tests.curricula import curriculum, named_by_address, resource
from tests.every_table import every_column, everything, places_of
from tests.postbox import Desk

ALICE, BOB, MODERATOR = range(800_000_000_000_000_001, 800_000_000_000_000_004)
GUILD, OTHER = 900_000_000_000_000_001, 900_000_000_000_000_002
CHANNEL, OTHER_CHANNEL = 710_000_000_000_000_001, 710_000_000_000_000_002
MONDAY_AT_TEN = Schedule(0, 10, 0, "UTC")
A_WEEK = timedelta(days=7)

LIST = curriculum(*(resource(f"paper-{n}") for n in range(9)))
KEPT = {"migrations", "settings", "tickets", "gone_guilds", "asked_guilds", "link_checks"}
"""Tables in which nothing is about a server that is here."""

OF_READERS = {"bookmarks", "progress", "ratings", "changes", "readers", "reader_settings"}
OF_READERS |= {"reader_lists"}
"""Tables in which a reader's own outlives a server."""


async def make_group(services, guild_id, channel_id):
    status = await services.groups.make_or_change(
        guild_id, channel_id, MONDAY_AT_TEN, None, MODERATOR
    )
    return status.group.group_id


async def work(services):
    """Do what the weekly task does, with a Discord that takes all; return what it was asked."""
    asked = [vote.vote_id for vote in await services.votes.due()]
    asked += [check.reader_id for check in await services.guilds.due_checks(45)]
    await services.weeks.open_due()
    await services.reminders.look_at_due()
    while row_ids := await Desk(services).due():
        for row_id in row_ids:
            if (row := await Desk(services).claim(row_id)) is not None:
                await Desk(services).arrived(row, 1)
                asked.append(row.guild_id)
    return asked


async def live(services, clock, guild_id, channel_id):
    """Leave a row of a server in every table that can hold one: it is Monday, ten."""
    moderation, reading = services.moderation, services.reading
    proposal = await moderation.propose(guild_id, MODERATOR, f"https://example.org/{guild_id}")
    own = (await moderation.add((guild_id, MODERATOR, proposal.draft_id))).resource.key
    await services.lists.make(guild_id, MODERATOR, "Ours")
    group_id = await make_group(services, guild_id, channel_id)
    for reader in (ALICE, BOB):
        await services.groups.join(guild_id, group_id, reader)
    await services.guilds.greet(guild_id, channel_id)
    await services.leading.lead(guild_id, group_id, BOB, "2026-W03")
    await services.papers.pick(guild_id, channel_id, MODERATOR, "demo:paper-8", "2026-02-02")
    await services.papers.read_for(guild_id, group_id, "demo:paper-7", 2)
    await work(services)
    clock.advance(hours=1)
    await work(services)
    await services.reminders.ask(guild_id, group_id, ALICE, wanted=True)
    week_id = (await services.groups.status(channel_id, None)).this_week.week_id
    await services.weeks.read_it(BOB, guild_id, week_id)
    await services.votes.call(guild_id, channel_id, MODERATOR, 3, 24)
    await services.suggestions.suggest(guild_id, BOB, f"https://example.org/for-{guild_id}", "Yes")
    await services.inboxes.set_word(guild_id, channel_id)
    await services.moderation.doubt(
        BOB, guild_id, "demo:paper-2", "demo:paper-1", "It stands alone."
    )
    await reading.mark(ALICE, guild_id, own, "done", rating=4)
    await reading.mark(ALICE, guild_id, "demo:paper-3", "done")
    await reading.mark(BOB, guild_id, own, "later")
    await services.reading.set_goal(BOB, guild_id, own)
    await services.reading.bookmark(BOB, guild_id, own, "section 3")
    await LinkChecks(services.background, services.curricula, clock, there).run_due()
    await work(services)
    return group_id, own


async def there(_url):
    return LinkAnswer("there")


async def ids_of(services, guild_id):
    """Return the ids of all that is the server's alone."""
    db = services.db
    groups = await db.fetch("SELECT group_id AS id FROM study_groups WHERE guild_id = ?", guild_id)
    ids = [row["id"] for row in groups]
    for group_id in list(ids):
        for table, column in (("weeks", "week_id"), ("votes", "vote_id")):
            rows = await db.fetch(
                f"SELECT {column} AS id FROM {table} WHERE group_id = ?", group_id
            )
            ids += [row["id"] for row in rows]
    return [guild_id, *ids]


async def test_nothing_is_due_in_a_server_that_removed_the_bot(services, guilds, clock):
    for guild_id, channel_id in ((GUILD, CHANNEL), (OTHER, OTHER_CHANNEL)):
        await live(services, clock, guild_id, channel_id)
        clock.advance(hours=-1)
    await guilds.removed(GUILD)
    asked = []
    for _ in range(28):
        clock.advance(days=1)
        asked += await work(services)
    rests = await ids_of(services, GUILD)
    await guilds.removed(OTHER)

    assert await services.weeks.next_due() > clock(), "the weekly task has nothing to wake for"
    assert OTHER in asked
    assert ALICE in asked, "a member of the other server is checked"
    assert not set(rests) & set(asked)
    assert await Desk(services).due(GUILD) == []


async def test_a_rested_servers_member_is_not_checked(services, guilds, clock):
    group_id = await make_group(services, GUILD, CHANNEL)
    await services.groups.join(GUILD, group_id, ALICE)
    await guilds.removed(GUILD)
    clock.advance(days=8)

    assert await services.guilds.due_checks(45) == []
    assert (await services.weeks.next_due() - clock()) in (timedelta(days=1), timedelta(minutes=1))


async def test_invited_again_all_is_as_before_and_the_next_slot_counts(
    services, guilds, clock, caplog
):
    caplog.set_level(logging.INFO)
    group_id, _ = await live(services, clock, GUILD, CHANNEL)
    paused = await make_group(services, GUILD, 73)
    await services.groups.set_state(GUILD, paused, "paused")
    stopped = await make_group(services, GUILD, 74)
    await services.groups.set_state(GUILD, stopped, "stopped")
    await services.votes.cancel(GUILD, (await services.groups.status(CHANNEL, None)).vote.vote_id)
    await work(services)
    before = await everything(services.db)
    await guilds.removed(GUILD)
    await guilds.removed(GUILD)
    clock.advance(days=29, hours=3)  # Tuesday of the fifth week, and four slots have come
    await work(services)

    await guilds.arrived(GUILD)

    after = await everything(services.db)
    groups = {row["group_id"]: row for row in after["study_groups"]}
    for table in before.keys() - {"study_groups", "outbox", "tickets", "reader_settings"}:
        assert sorted(after[table], key=str) == sorted(before[table], key=str), table
    for row in before["study_groups"]:
        changed = {name for name in row if row[name] != groups[row["group_id"]][name]}
        assert changed == ({"since_at", "next_at"} if row["group_id"] == group_id else set())
    assert await services.weeks.open_due() == 0
    clock.advance(days=5, hours=21)
    assert await services.weeks.open_due() == 1
    weeks = await services.db.fetch(
        "SELECT week, state, is_late FROM weeks WHERE group_id = ? ORDER BY slot_at", group_id
    )
    assert [tuple(row.values()) for row in map(dict, weeks)] == [
        ("2026-W02", "posted", 0),
        ("2026-W07", "waiting", 0),
    ]
    told = [r.message for r in caplog.records if r.name == "bot.services.guilds"]
    assert told == [
        f"server {GUILD} removed the bot: its groups rest",
        f"server {GUILD} invited the bot again: its groups go on",
    ]


class Interrupted(Queries):
    """A database after each of whose transactions somebody else has a turn."""

    def __init__(self, db, turn) -> None:
        self._db, self._turn, self.fetch = db, turn, db.fetch

    @asynccontextmanager
    async def transaction(self):
        async with self._db.transaction() as tx:
            yield tx
        await self._turn()


async def test_a_slot_of_the_absence_gets_no_paper_while_the_server_comes_back(services, clock):
    await make_group(services, GUILD, CHANNEL)
    await services.guilds.removed(GUILD)
    clock.advance(hours=2)
    db = Interrupted(services.db, services.weeks.open_due)

    await Guilds(db, services.db, clock, Ids(clock)).arrived(GUILD)

    assert (await services.groups.status(CHANNEL, None)).this_week is None


async def test_who_asked_for_reminders_is_reminded_before_the_next_slot(services, guilds, clock):
    await live(services, clock, GUILD, CHANNEL)
    await guilds.removed(GUILD)
    clock.advance(days=15)
    while await services.reminders.look_at_due():
        pass
    await guilds.arrived(GUILD)

    _, at = await services.reminders.hours(ALICE)
    sql = "SELECT nudge_at FROM reader_settings WHERE reader_id = ?"
    (row,) = await services.db.fetch(sql, ALICE)

    next_at = (await services.groups.status(CHANNEL, None)).group.next_at
    assert timedelta(days=1) < next_at - at <= timedelta(days=2)
    assert row["nudge_at"] <= at.timestamp()


async def test_a_groups_block_is_asked_anew_but_for_what_a_moderator_has_to_settle(
    services, guilds, postbox, clock
):
    for channel_id in (CHANNEL, OTHER_CHANNEL):
        await make_group(services, GUILD, channel_id)
    clock.advance(hours=2)
    await services.weeks.open_due()
    for row_id in await Desk(services).due():
        row = await Desk(services).claim(row_id)
        if row.channel_id == CHANNEL:
            await Desk(services).give_back(row, "bot_removed")
        else:
            await Desk(services).end(row, "uncertain", "lost_sight")
    await guilds.removed(GUILD)
    await guilds.arrived(GUILD)

    groups = [await services.groups.find(channel_id) for channel_id in (CHANNEL, OTHER_CHANNEL)]
    assert [group.blocked for group in groups] == [None, "lost_sight"]


async def test_thirty_days_later_nothing_of_the_server_is_left_and_all_of_the_others(
    services, guilds, clock, caplog
):
    caplog.set_level(logging.INFO)
    await live(services, clock, OTHER, OTHER_CHANNEL)
    clock.advance(hours=-1)
    others = await everything(services.db)
    _, own = await live(services, clock, GUILD, CHANNEL)
    await services.reading.reset(ALICE, GUILD)
    ids, lived = await ids_of(services, GUILD), await everything(services.db)
    held = {table for table, _ in await places_of(services.db, GUILD)}
    held |= {table for each in ids for table, _ in await places_of(services.db, each)}
    await guilds.removed(GUILD)
    clock.advance(days=30, seconds=-1)
    await guilds.forget_due()
    a_second_before = await places_of(services.db, GUILD)
    clock.advance(seconds=1)

    await guilds.forget_due()

    after = await everything(services.db)
    tables = {column.table for column in await every_column(services.db)}
    assert held | KEPT | {"readers", "reader_settings"} == tables, (
        "the story leaves a row in each table"
    )
    assert len(a_second_before) > 10
    assert [await places_of(services.db, each) for each in ids] == [set()] * len(ids)
    for table in tables - KEPT - OF_READERS:
        assert after[table] == others[table], table
    marks = {(row["reader_id"], row["resource_key"]) for row in lived["progress"]}
    kept = {(row["reader_id"], row["resource_key"]) for row in after["progress"]}
    assert kept == {(who, key) for who, key in marks if key != own}
    assert caplog.messages[-1] == f"server {GUILD} is forgotten: it removed the bot 30 days ago"
    with pytest.raises(UnknownResourceError):
        await services.reading.look(ALICE, None, own)


async def test_what_is_left_of_a_change_can_still_be_undone(services, guilds, clock):
    """A reset takes marks on the list and on the server's own: only the list's come back."""
    _, own = await live(services, clock, GUILD, CHANNEL)
    base = {"demo:paper-3"}
    reset = await services.reading.reset(ALICE, GUILD)
    await guilds.removed(GUILD)
    clock.advance(days=30)
    await guilds.forget_due()

    await services.reading.undo(ALICE, None, reset.change.change_id)

    rows = await services.db.fetch("SELECT resource_key FROM progress WHERE reader_id = ?", ALICE)
    assert {row["resource_key"] for row in rows} == base
    assert own not in str(await everything(services.db))


async def test_a_server_of_a_longer_id_keeps_its_changes(services, guilds, clock):
    short = GUILD // 10  # its id begins the other's
    for guild_id in (short, GUILD):
        await live(services, clock, guild_id, guild_id)
        clock.advance(hours=-1)
    await guilds.removed(short)
    clock.advance(days=30)
    await guilds.forget_due()

    changes = str((await everything(services.db))["changes"])
    assert f"g{GUILD}:" in changes
    assert f"g{short}:" not in changes


@pytest.mark.parametrize("steps", [1, 7, 30])
async def test_forgetting_that_is_cut_off_is_done_the_next_time(services, guilds, clock, steps):
    await live(services, clock, GUILD, CHANNEL)
    await guilds.removed(GUILD)
    clock.advance(days=30)
    cut_off = asyncio.create_task(guilds.forget_due())
    for _ in range(steps):
        await services.db.fetch("SELECT 1")
    cut_off.cancel()
    await asyncio.wait([cut_off])

    await guilds.forget_due()

    assert await places_of(services.db, GUILD) == set()


async def test_a_server_is_greeted_again_only_after_it_was_forgotten(services, guilds, clock):
    await live(services, clock, GUILD, CHANNEL)
    hellos = []
    for days in (29, 30):
        await guilds.removed(GUILD)
        clock.advance(days=days)
        await guilds.arrived(GUILD)
        await services.guilds.greet(GUILD, CHANNEL)
        hellos += await services.db.fetch(
            "SELECT state FROM outbox WHERE kind = 'greeting' AND reference = ?", str(GUILD)
        )

    assert [row["state"] for row in hellos] == ["sent", "waiting"]
    assert not await guilds.is_gone(GUILD)
    assert await services.groups.running_in(GUILD) == []


async def test_a_server_that_is_back_while_another_process_forgets_it_stays(
    services, guilds, clock, database_url, base
):
    """What was half forgotten is forgotten first; what is made since is nobody's to forget."""
    await live(services, clock, GUILD, CHANNEL)
    await guilds.removed(GUILD)
    clock.advance(days=30)
    forgetting = asyncio.create_task(guilds.forget_due())
    for _ in range(5):
        await services.db.fetch("SELECT 1")
    await guilds.arrived(GUILD)
    group_id = await make_group(services, GUILD, CHANNEL)
    await forgetting

    assert [group.group_id for group in await services.groups.running_in(GUILD)] == [group_id]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_of_two_processes_none_forgets_what_the_other_took_back(
    services, guilds, clock, database_url
):
    elsewhere = await joined(database_url, LIST, clock, named_by_address)
    await live(services, clock, GUILD, CHANNEL)
    await guilds.removed(GUILD)
    clock.advance(days=30)
    async with elsewhere.guilds._turn:  # noqa: SLF001 - it has seen that there is something to do
        forgetting = asyncio.create_task(elsewhere.guilds.forget_due())
        await asyncio.sleep(0.2)
        await guilds.arrived(GUILD)
        await make_group(services, GUILD, CHANNEL)
        await services.guilds.greet(GUILD, CHANNEL)
        proposal = await services.moderation.propose(GUILD, MODERATOR, "https://example.org/new")
        await services.moderation.add((GUILD, MODERATOR, proposal.draft_id))
        before = await everything(services.db)
    await forgetting
    await elsewhere.close()

    assert await everything(services.db) == before


async def test_discord_is_asked_once_a_day_about_what_the_bot_does_not_see(services, guilds, clock):
    await make_group(services, GUILD, CHANNEL)
    await make_group(services, OTHER, OTHER_CHANNEL)
    unseen = await guilds.doubtful({OTHER})
    claimed = [await guilds.claim_question(GUILD) for _ in range(2)]
    at_once = await guilds.doubtful({OTHER})
    clock.advance(days=1)
    a_day_later = await guilds.doubtful({OTHER})
    await guilds.claim_question(GUILD)
    await guilds.unanswered(GUILD)
    clock.advance(hours=1)
    an_hour_after_trouble = await guilds.doubtful({OTHER})

    assert (unseen, claimed, at_once) == ([GUILD], [True, False], [])
    assert (a_day_later, an_hour_after_trouble) == ([GUILD], [GUILD])


async def test_discord_is_asked_about_a_seen_server_where_a_group_cant_post(
    services, guilds, postbox, clock
):
    """After a connection was lost, discord.py goes on seeing a server that removed the bot."""
    await make_group(services, GUILD, CHANNEL)
    clock.advance(hours=2)
    await services.weeks.open_due()
    all_is_well = await guilds.doubtful({GUILD})

    await Desk(services).give_back(await postbox.claim(), "forbidden")

    assert all_is_well == []
    assert await guilds.doubtful({GUILD}) == [GUILD]


async def test_a_gone_server_is_asked_about_again_only_where_it_is_seen(services, guilds, clock):
    await make_group(services, GUILD, CHANNEL)
    await guilds.claim_question(GUILD)
    await guilds.removed(GUILD)

    assert await guilds.doubtful(set()) == []
    assert await guilds.doubtful({GUILD}) == [GUILD]


async def test_questions_of_the_day_before_are_forgotten(services, guilds, clock):
    await guilds.claim_question(GUILD)
    clock.advance(days=1, seconds=1)
    await guilds.claim_question(OTHER)

    asked = (await everything(services.db))["asked_guilds"]
    assert [row["guild_id"] for row in asked] == [OTHER]


async def test_a_gone_servers_papers_weigh_nothing_in_what_comes_next(services, guilds, clock):
    await live(services, clock, GUILD, CHANNEL)
    here = (await services.reading.next_for(BOB, None)).reader.group_reads
    await guilds.removed(GUILD)

    gone = (await services.reading.next_for(BOB, None)).reader.group_reads

    assert len(here) == 1
    assert gone == ()


async def test_in_a_direct_message_a_servers_own_is_for_its_groups_alone(services, clock):
    reading, moderation = services.reading, services.moderation
    _, own = await live(services, clock, GUILD, CHANNEL)
    proposal = await moderation.propose(GUILD, MODERATOR, "https://example.org/another")
    other = (await moderation.add((GUILD, MODERATOR, proposal.draft_id))).resource
    async with services.db.transaction() as tx:
        await tx.fetch("UPDATE weeks SET resource_key = ? WHERE state = 'posted'", own)
    carol = 33  # was shown it, and is in no group
    await reading.mark(carol, GUILD, own, "later")

    theirs = await reading.look(ALICE, None, own, talks=True)
    hers = await reading.look(carol, None, own, talks=True)
    alike = [(await services.finding.similar(who, None, own)).hits for who in (ALICE, carol)]

    assert [talk.channel_id for talk in theirs.talks] == [CHANNEL]
    assert hers.talks == ()
    assert other in alike[0]
    assert other not in alike[1]
