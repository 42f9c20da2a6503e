"""How often an answer asks the database: as often for a crowd and a long list as for a few."""

from collections import Counter
from datetime import timedelta

import pytest

from bot.core.lists import Where
from bot.core.progress import Mark
from bot.core.weeks import Week, slot_of_week, weeks_from
from bot.services.opening import services_over
from bot.store import groups as group_rows
from bot.store import progress
from bot.store import weeks as week_rows
from tests.curricula import curriculum, imported, resource
from tests.postbox import CHANNEL, GUILD, MODERATOR, Desk, Postbox, new_group
from tests.recorded import Recorded

FEW, MANY = 3, 300
UNREAD = 9  # of the list: the group never is through
READER = 1_000


class World:
    """A group with so many members, weeks behind it and resources on its list, all of them read."""

    def __init__(self, db, clock, size) -> None:
        self.db, self.clock, self.size = Recorded(db), clock, size
        listed = [
            resource(f"r{n}", *([f"r{n - 1}"] if n else []), must_read=True, formerly=[f"was-{n}"])
            for n in range(size + UNREAD)
        ]
        added = [resource(f"a{n}", addition=True, must_read=n % 2 == 0) for n in range(size)]
        self.list = curriculum(*listed, *added)
        self.group_id = self.week_id = self.change_id = 0

    async def fill(self):
        self.services = await services_over(self.db, self.list, self.clock)
        groups, services = self.services.groups, self.services
        self.group_id = (await new_group(services)).group_id
        await services.papers.go_on(GUILD, self.group_id, "must_reads")
        group = await groups.find(CHANNEL)
        weeks = weeks_from("2018-W01", self.size)
        async with self.db.transaction() as tx:
            for n in range(self.size):
                slot = slot_of_week(group.schedule, weeks[n])
                post = Week(n + 1, self.group_id, slot.week, slot.at, "posted", f"demo:was-{n}")
                await week_rows.put_week(tx, post)
                await week_rows.add_week_reader(tx, n + 1, READER)
            for member in range(READER, READER + self.size):
                await group_rows.join(tx, self.group_id, member, self.clock())
                await group_rows.set_wish(tx, self.group_id, member, "wanted")
            read = [r.key for r in self.list.resources if r.key != "demo:r0"]
            marks = {key: Mark("done", self.clock()) for key in read}
            gone = {f"demo:gone-{n}": Mark("known", self.clock()) for n in range(self.size)}
            await progress.set_marks(tx, READER, marks | gone)
        await services.papers.pick(GUILD, CHANNEL, MODERATOR, "demo:r1", None)
        self.clock.advance(hours=1)
        await services.weeks.open_due()
        await Postbox(services).deliver()
        self.week_id = (await groups.status(CHANNEL, None)).this_week.week_id


def acts_of(world):
    """Return every answer whose work could grow with its group or list, by what asks for it."""
    s, group_id, week_id = world.services, world.group_id, world.week_id

    async def undo_a_reset():
        reset = await s.reading.reset(READER, GUILD)
        await s.reading.undo(READER, GUILD, reset.change.change_id)

    async def pick_and_take_back():
        await s.papers.pick(GUILD, CHANNEL, MODERATOR, "demo:r2", None)
        await s.papers.take_back(GUILD, group_id, "2026-W03")

    async def vote_and_call_off():
        ballot = await s.votes.call(GUILD, CHANNEL, MODERATOR, 3, 24)
        await s.votes.cancel(GUILD, ballot.vote.vote_id)

    async def next_week():
        world.clock.advance(days=7)
        assert await s.weeks.open_due() == 1
        week = (await s.groups.status(CHANNEL, None)).this_week
        (row_id,) = await Desk(s).due(week.week_id)
        await Desk(s).arrived(await Desk(s).claim(row_id), 77)

    async def change_the_group():
        return await new_group(s)

    async def import_and_take_back(mode="new"):
        file = imported(*(f"n{n}" for n in range(world.size)), authors="Ada")  # no page is asked
        run = await s.imports.look(Where(GUILD), MODERATOR, file, mode)
        await s.imports.bring((GUILD, MODERATOR, run.draft_id))
        await s.imports.undo((GUILD, MODERATOR, run.draft_id))

    return {
        "/next": lambda: s.reading.next_for(READER, GUILD),
        "/done": lambda: s.reading.finish(READER + 1, GUILD, "demo:r0"),
        "/search": lambda: s.finding.find(READER, GUILD, "r1"),
        "typing": lambda: s.finding.suggestions(READER, GUILD, "r"),
        "/path": lambda: s.reading.path(READER + 1, GUILD, f"demo:r{world.size - 1}"),
        "/progress": lambda: s.reading.journey(READER, GUILD),
        "I've read part of it": lambda: s.reading.bookmark(READER + 1, GUILD, "demo:r1", "page 2"),
        "I know…": lambda: s.reading.know(READER + 1, GUILD, [f"demo:r{world.size - 1}"]),
        "Reset and Undo": undo_a_reset,
        "/me": lambda: s.me.about(READER),
        "Download": lambda: s.me.download(READER),
        "/group": lambda: s.groups.status(CHANNEL, READER),
        "Past papers": lambda: s.groups.history(GUILD, group_id, 0),
        "Join": lambda: s.groups.join(GUILD, group_id, 5),
        "Leave": lambda: s.groups.leave(GUILD, group_id, 5),
        "Remind me": lambda: s.reminders.ask(GUILD, group_id, READER, wanted=True),
        "I've read it": lambda: s.weeks.read_it(READER + 1, GUILD, week_id),
        "What first": lambda: s.weeks.first_reads(READER + 2, GUILD, week_id),
        "the post's card": lambda: s.weeks.post(week_id),
        "/manage group": change_the_group,
        "Pause": lambda: s.groups.set_state(GUILD, group_id, "paused"),
        "Resume": lambda: s.groups.set_state(GUILD, group_id, "active"),
        "Skip next": lambda: s.calendars.skip(GUILD, group_id),
        "Skip it not": lambda: s.calendars.skip(GUILD, group_id),
        "What follows": lambda: s.papers.go_on(GUILD, group_id, "must_reads"),
        "/manage pick and Take back": pick_and_take_back,
        "weeks offered": lambda: s.papers.weeks(GUILD, CHANNEL),
        "/manage vote and Cancel vote": vote_and_call_off,
        "/manage edit": lambda: s.moderation.open(GUILD, MODERATOR, "demo:r1"),
        "typing in /manage": lambda: s.moderation.list_of(GUILD),
        "/manage list": lambda: s.lists.overview(GUILD, CHANNEL),
        "Export": lambda: s.lists.export(Where(GUILD), "yaml"),
        "/manage import and Undo": import_and_take_back,
        "into the host's list": lambda: import_and_take_back("add"),
        "a week's paper and its reminders": next_week,
        "Delete all": lambda: s.me.forget(READER),
    }


async def counts_of(db, clock, size):
    world = World(db, clock, size)
    await world.fill()
    counts, slow = {}, {}
    for name, act in acts_of(world).items():
        world.db.asked.clear()
        await act()
        counts[name] = len(world.db.asked)
        slow[name] = Counter(each.sql for each in world.db.asked).most_common(2)
    return counts, slow


@pytest.fixture
async def empty_again(db):
    """Return what empties the ledger between two sizes."""

    async def empty():
        async with db.transaction() as tx:
            for table in (
                "study_groups", "members", "weeks", "week_readers", "outbox", "picks", "progress",
                "readers", "changes", "reader_settings", "votes", "drafts",
                "known_resources",
            ):  # fmt: skip
                await tx.fetch(f"DELETE FROM {table}")

    return empty


async def test_an_answer_asks_as_often_of_many_as_of_few(db, clock, empty_again):
    few, _ = await counts_of(db, clock, FEW)
    await empty_again()
    clock.now -= timedelta(days=7, hours=1)

    many, most = await counts_of(db, clock, MANY)

    more = {name: (few[name], many[name], most[name]) for name in few if many[name] != few[name]}
    assert more == {}


async def test_an_overview_asks_as_often_of_many_lists_as_of_one(db, clock):
    world = World(db, clock, FEW)
    await world.fill()
    counts = []
    for n in range(3):
        run = await world.services.imports.look(Where(GUILD), MODERATOR, imported(f"n{n}"), "new")
        await world.services.imports.bring((GUILD, MODERATOR, run.draft_id))
        world.db.asked.clear()
        found = await world.services.lists.overview(GUILD)
        counts.append((len(found.lists), len(world.db.asked)))

    assert counts == [(2, counts[0][1]), (3, counts[0][1]), (4, counts[0][1])]


async def test_next_again_is_one_statement_and_writes_nothing(db, clock):
    world = World(db, clock, FEW)
    await world.fill()
    for reader_id in (READER, READER + 1):
        await world.services.reading.next_for(reader_id, GUILD)
        world.db.asked.clear()

        await world.services.reading.next_for(reader_id, GUILD)

        assert [each.by for each in world.db.asked] == ["readers.standing"]


async def test_looking_a_resource_up_is_one_statement(db, clock):
    world = World(db, clock, FEW)
    await world.fill()
    world.db.asked.clear()

    await world.services.reading.look(READER, GUILD, "demo:r0")

    assert len(world.db.asked) == 1
