"""What a wrong clock or other zone tables have left in the ledger is put right at the start."""

import asyncio
import logging
import re
import tempfile
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.weeks import AFTER_THE_FIRST, Schedule, running_week, slot_of_week, weeks_from
from bot.services.clock_repair import TABLES
from bot.services.opening import open_services
from bot.store import outbox, upkeep
from bot.store.instants import EPOCH
from bot.store.upkeep import setting
from tests.conftest import Clock
from tests.curricula import curriculum, resource
from tests.every_table import every_column, everything
from tests.postbox import CHANNEL, GUILD, MODERATOR, Desk, new_group

READER = 800_000_000_000_000_001
LIST = curriculum(*(resource(f"paper-{n}") for n in range(30)))
FAR = timedelta(days=399, hours=1)
A_WEEK, AN_HOUR = timedelta(weeks=1), timedelta(hours=1)


class Life:
    """A bot over a ledger, started and stopped, with a clock that goes wrong by ``wrong``.

    ``true`` is the time; by it Discord makes its ids. ``channel``: (instant, week, paper) each.
    """

    def __init__(self, url):
        self.url, self.true, self.wrong = url, Clock(), timedelta()
        self.channel, self.services = [], None

    def clock(self):
        return self.true() + self.wrong

    async def start(self):
        if self.services is not None:
            await self.services.close()
        self.services = await open_services(self.url, LIST, self.clock)

    async def close(self):
        await self.services.close()

    async def work(self):
        """Do what the weekly task and the engine do."""
        await self.services.weeks.open_due()
        await self.services.reminders.look_at_due()
        while row_ids := await Desk(self.services).due():
            for row_id in row_ids:
                await self.deliver(row_id)

    async def deliver(self, row_id):
        delivery = Desk(self.services)
        row = await delivery.claim(row_id)
        if row is None or not await delivery.begin(row, row.channel_id, "button:read:1"):
            return
        message_id = (int(self.true().timestamp() * 1000) - EPOCH << 22) + len(self.channel)
        if row.kind == "post":
            post = (await self.services.weeks.post(int(row.reference))).post
            self.channel.append((self.true(), post.week, post.key))
        await delivery.arrived(row, message_id)

    async def live(self, time):
        """Let time pass while the bot looks at its clock whenever the group's slot comes."""
        until = self.true() + time
        while self.true() < until:
            next_at = (await self.services.groups.find(CHANNEL)).next_at
            self.true.now = min(until, max(next_at, self.true() + timedelta(minutes=1)))
            await self.work()

    async def leap(self, wrong):
        """Go wrong by this while the bot works, and be put right after a stop."""
        self.wrong = wrong
        await self.work()
        await self.services.close()
        self.services, self.wrong = None, timedelta()
        await self.start()

    async def states(self):
        rows = await self.services.db.fetch("SELECT week, state FROM weeks ORDER BY week")
        return [(row["week"], row["state"]) for row in rows]


@pytest.fixture
async def life(database_url):
    """A bot whose group reads on Mondays at ten. It is Monday, nine."""
    begun = Life(database_url)
    await begun.start()
    await new_group(begun.services)
    yield begun
    await begun.close()


async def test_a_year_that_the_clock_leapt_over_is_not_missed_and_costs_no_week(life, caplog):
    await life.live(timedelta(hours=2))
    caplog.set_level(logging.WARNING)

    await life.leap(FAR)

    assert await life.states() == [("2026-W01", "posted"), ("2026-W02", "posted")]
    (line,) = [r.getMessage() for r in caplog.records if "the clock was ahead" in r.getMessage()]
    assert "1 groups anew, forgot 56 weeks of the future, moved 1 posted" in line
    assert (await life.services.groups.status(CHANNEL, None)).group.next_at == datetime(
        2026, 1, 12, 10, tzinfo=UTC
    )


async def test_the_real_weeks_after_a_leap_are_posted_on_time_with_other_papers(life):
    await life.live(timedelta(hours=2))
    await life.leap(FAR)

    await life.live(4 * A_WEEK)

    real = [(at, week) for at, week, _ in life.channel if at > datetime(2026, 1, 6, tzinfo=UTC)]
    assert [week for _, week in real] == ["2026-W03", "2026-W04", "2026-W05", "2026-W06"]
    assert all(at.weekday() == 0 for at, _ in real)
    assert len({key for _, _, key in life.channel}) == len(life.channel) == 6
    rows = await life.services.db.fetch("SELECT state, is_late FROM weeks")
    assert {(row["state"], row["is_late"]) for row in rows} == {("posted", 0)}


async def test_what_was_posted_while_the_clock_was_ahead_is_its_real_weeks_paper(life):
    await life.leap(FAR)

    assert [week for _, week, _ in life.channel] == ["2027-W06"]
    assert await life.states() == [("2026-W02", "posted")]
    status = await life.services.groups.status(CHANNEL, None)
    assert status.this_week.state == "posted"
    assert status.this_week.at == datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert status.group.next_at == datetime(2026, 1, 12, 10, tzinfo=UTC)


async def test_a_slot_that_came_while_the_clock_was_ahead_is_posted_after_it(life):
    await life.live(A_WEEK - timedelta(minutes=30))
    life.wrong = FAR
    await life.work()
    life.true.advance(hours=2)
    life.wrong = timedelta()

    await life.start()
    await life.work()

    assert [week for _, week, _ in life.channel][-1] == "2026-W03"
    assert ("2026-W03", "posted") in await life.states()


async def test_what_a_moderator_skipped_stays_skipped(life):
    group = (await life.services.groups.status(CHANNEL, None)).group
    await life.live(timedelta(hours=2))
    await life.services.calendars.skip(GUILD, group.group_id)

    await life.leap(FAR)
    await life.live(2 * A_WEEK)

    assert ("2026-W03", "skipped") in await life.states()
    assert [week for _, week, _ in life.channel][-1] == "2026-W04"


async def test_a_post_that_waited_under_a_clock_ahead_is_forgotten_with_its_row(life):
    life.wrong = FAR
    await life.services.weeks.open_due()
    life.wrong = timedelta()

    await life.start()

    assert await life.states() == []
    assert await life.services.db.fetch("SELECT * FROM outbox") == []
    await life.live(timedelta(hours=2))
    assert [week for _, week, _ in life.channel] == ["2026-W02"]


@pytest.mark.parametrize("has_one", [False, True])
async def test_a_post_that_was_perhaps_sent_is_looked_for_and_takes_no_second_place(life, has_one):
    if has_one:
        await life.live(timedelta(hours=2))
    life.wrong = FAR
    await life.services.weeks.open_due()
    (row_id,) = await Desk(life.services).due()
    row = await Desk(life.services).claim(row_id)
    await Desk(life.services).begin(row, CHANNEL, "button:read:1")
    life.wrong = timedelta()

    await life.start()

    kept = await Desk(life.services).claim(row.row_id)
    assert kept.tried_at < life.true()
    assert await Desk(life.services).begin(kept, CHANNEL, "button:read:1") is not has_one
    assert ("2026-W02", "waiting") in await life.states() or has_one


async def test_readers_get_back_what_they_put_off_and_can_undo_it(life):
    life.wrong = FAR
    key = LIST.resources[0].key
    reply = await life.services.reading.mark(READER, None, key, "later")
    await life.services.me.switch(READER, "nudge")
    await life.services.groups.join(
        GUILD, (await life.services.groups.find(CHANNEL)).group_id, READER
    )
    life.wrong = timedelta()

    await life.start()

    _, reader = await life.services.reading.reader(READER, None)
    assert reader.marks.get(key).until == life.true() + A_WEEK
    (due,) = await life.services.db.fetch("SELECT nudge_at FROM reader_settings")
    assert due["nudge_at"] == int((life.true() + A_WEEK).timestamp())
    (member,) = await life.services.db.fetch("SELECT joined_at, checked_at FROM members")
    assert set(dict(member).values()) == {int(life.true().timestamp())}
    await life.services.reading.undo(READER, None, reply.change.change_id)
    _, reader = await life.services.reading.reader(READER, None)
    assert reader.marks.get(key) is None


async def test_a_vote_on_a_week_of_the_future_is_called_off(life):
    life.wrong = FAR
    await life.services.votes.call(GUILD, CHANNEL, MODERATOR, 3, 24)
    await life.work()
    life.wrong = timedelta()

    await life.start()

    assert (await life.services.groups.status(CHANNEL, None)).vote is None
    assert len(await life.services.votes.due()) == 1


@pytest.mark.parametrize("sends", [False, True])
async def test_a_vote_on_any_week_of_the_coming_year_is_right(life, caplog, sends):
    await life.live(timedelta(hours=2))
    last = "2027-W01"  # a year from now, the last week for which may be chosen
    await life.services.votes.call(
        GUILD, CHANNEL, MODERATOR, 3, 768, resources="paper-8, paper-9", date=last
    )
    if sends:
        await life.work()
    before = await everything(life.services.db)
    caplog.clear()

    await life.start()

    after = await everything(life.services.db)
    for rows in (before, after):  # the start proves that it can write
        said = {row["name"]: row["value"] for row in rows["settings"]}
        rows["settings"] = {name: said[name] for name in said.keys() - {"written_at"}}
    assert after == before
    assert "clock" not in caplog.text


@pytest.mark.parametrize("leapt", [timedelta(days=9), timedelta(days=90)])
async def test_a_poll_sent_by_a_clock_ahead_for_a_week_far_ahead_is_counted_when_it_closes(
    life, leapt
):
    await life.live(timedelta(hours=2))
    life.wrong = leapt
    await life.services.votes.call(
        GUILD, CHANNEL, MODERATOR, 3, 24, resources="paper-8, paper-9", date="2026-W40"
    )
    await life.work()
    life.wrong = timedelta()

    await life.start()

    (vote,) = (await life.services.groups.status(CHANNEL, None)).votes
    assert vote.look_at == vote.closes_at == life.true() + timedelta(hours=24)


async def test_a_start_with_a_clock_behind_changes_nothing_and_says_so(life, caplog):
    await life.live(3 * A_WEEK)
    await life.services.reading.mark(READER, None, LIST.resources[0].key, "done")
    before = await everything(life.services.db)
    life.wrong = datetime(1970, 1, 1, tzinfo=UTC) - life.true()

    await life.start()

    after = await everything(life.services.db)
    for rows in (before, after):  # the start proves that it can write
        said = {row["name"]: row["value"] for row in rows["settings"]}
        rows["settings"] = {name: said[name] for name in said.keys() - {"written_at"}}
    assert after == before
    assert "the clock is behind: it says 1970-01-01T00:00:00+00:00" in caplog.text
    life.wrong = timedelta()
    await life.live(A_WEEK)
    assert [week for _, week, _ in life.channel] == [f"2026-W0{n}" for n in range(2, 6)]


async def test_a_group_settled_by_a_clock_behind_keeps_its_weeks(life):
    await life.live(3 * A_WEEK)
    life.true.advance(weeks=70)
    await life.work()
    life.wrong = -1000 * timedelta(days=1)
    await new_group(life.services)
    life.wrong = timedelta()

    await life.work()

    states = dict(await life.states())
    assert [states[f"2026-W0{n}"] for n in range(2, 5)] == ["posted"] * 3
    assert len(life.channel) == 3


async def test_a_second_start_finds_nothing_to_put_right(life, caplog):
    await life.leap(FAR)
    before = await everything(life.services.db)
    caplog.clear()

    await life.start()

    assert await everything(life.services.db) == before
    assert "clock" not in caplog.text


async def test_a_group_whose_times_cant_be_reckoned_keeps_no_other_from_it(life, caplog):
    broken = await life.services.groups.find(CHANNEL)
    other = await new_group(life.services, channel=CHANNEL + 1)
    async with life.services.db.transaction() as tx:
        await tx.fetch("UPDATE study_groups SET next_at = next_at + ?", 400 * 24 * 3600)
        broke = "UPDATE study_groups SET zone = 'Nowhere/Else' WHERE group_id = ?"
        await tx.fetch(broke, broken.group_id)
        await tx.fetch("UPDATE settings SET value = '2025.2' WHERE name = ?", TABLES)

    await life.start()

    assert (await life.services.groups.find(CHANNEL + 1)).next_at == other.next_at
    assert f"group {broken.group_id} can't be put right" in caplog.text
    assert f"group {broken.group_id} has no calendar" in caplog.text
    assert str(other.group_id) not in caplog.text


LEAPT = timedelta(days=9)


async def vote_after_leap(life, *, sends=True, cancels=False):
    """Call a vote while the clock is ahead; return its row after a start with the right one."""
    await life.live(timedelta(hours=2))
    life.wrong = LEAPT
    votes = life.services.votes
    vote_id = (await votes.call(GUILD, CHANNEL, MODERATOR, 3, 24)).vote.vote_id
    if sends:
        await life.work()
    if cancels:
        await votes.cancel(GUILD, vote_id)
    life.wrong = timedelta()
    await life.start()
    (vote,) = await life.services.db.fetch("SELECT * FROM votes")
    return vote


async def test_a_poll_that_was_sent_while_the_clock_was_ahead_is_counted_when_it_closes(life):
    vote = await vote_after_leap(life)

    closes_at = int((life.true() + timedelta(hours=24)).timestamp())
    assert (vote["state"], vote["closes_at"], vote["look_at"]) == ("running", closes_at, closes_at)


async def test_a_vote_that_waits_under_a_clock_ahead_is_sent_at_once_while_it_can_close_in_time(
    life,
):
    vote = await vote_after_leap(life, sends=False)

    slot_at = datetime(2026, 1, 19, 10, tzinfo=UTC)
    row_ids = await Desk(life.services).due()
    (card,) = [await outbox.row(life.services.db, row_id) for row_id in row_ids]
    assert (vote["state"], vote["message_id"]) == ("running", None)
    assert datetime.fromtimestamp(vote["look_at"], UTC) == slot_at
    assert card.kind == "candidates"
    assert card.until_at <= slot_at - timedelta(hours=24) - AN_HOUR


async def test_a_poll_to_be_looked_at_long_after_its_slot_is_looked_at_now(life):
    await life.live(timedelta(hours=2))
    await life.services.votes.call(GUILD, CHANNEL, MODERATOR, 3, 24)
    await life.work()
    async with life.services.db.transaction() as tx:
        await tx.fetch("UPDATE votes SET look_at = look_at + ?", 400 * 24 * 3600)
        await tx.fetch("UPDATE study_groups SET next_at = next_at + ?", 400 * 24 * 3600)

    await life.start()

    (vote,) = await life.services.votes.due()
    assert vote.state == "running"


async def test_a_poll_called_off_while_the_clock_was_ahead_is_ended_at_once(life):
    vote = await vote_after_leap(life, cancels=True)

    assert vote["state"] == "cancelled"
    assert [due.vote_id for due in await life.services.votes.due()] == [vote["vote_id"]]


async def test_every_instant_is_pulled_back_or_put_right_with_its_group(db):
    instants = {
        (c.table, c.name) for c in await every_column(db) if re.fullmatch(r".*_(at|until)", c.name)
    }
    with_their_group = {
        ("study_groups", "since_at"), ("study_groups", "next_at"), ("weeks", "slot_at"),
        ("votes", "closes_at"), ("votes", "look_at"), ("weeks", "meets_at"),
    }  # fmt: skip
    elsewhere = {
        ("changes", "made_at"), ("progress", "changed_at"), ("progress", "until_at"),
        ("reader_settings", "nudge_at"), ("reader_settings", "again_at"), ("tickets", "free_at"),
        ("outbox", "due_at"), ("outbox", "until_at"), ("outbox", "lease_until"),
        ("outbox", "tried_at"), ("drafts", "lease_until"), ("link_checks", "next_at"),
        ("inbox_words", "next_at"),
    }  # fmt: skip

    assert instants == {*upkeep.NEVER_AHEAD, *with_their_group, *elsewhere}


leaps = st.integers(-30 * 24, 500 * 24).map(lambda hours: timedelta(hours=hours))
spans = st.integers(1, 16 * 24).map(lambda hours: timedelta(hours=hours))
lives = st.lists(st.tuples(leaps, spans), min_size=1, max_size=4)


@given(st.integers(0, 6), st.sampled_from(["UTC", "Pacific/Apia", "America/Vancouver"]), lives)
@example(0, "UTC", [(timedelta(days=400), A_WEEK), (FAR, 2 * A_WEEK)])
@example(4, "UTC", [(timedelta(days=9), A_WEEK)])
@example(0, "UTC", [(timedelta(days=7), A_WEEK)])
@example(0, "Pacific/Apia", [(timedelta(hours=11), timedelta(hours=145))])
@example(5, "UTC", [(timedelta(hours=288), AN_HOUR), (timedelta(hours=169), timedelta(hours=119))])
def test_whatever_the_clock_leaps_every_real_week_has_its_paper(weekday, zone, happens):
    schedule = Schedule(weekday, 10, 0, zone)

    async def live():
        with tempfile.TemporaryDirectory() as folder:
            life = Life(f"sqlite:///{Path(folder, 'ledger.db')}")
            await life.start()
            try:
                await new_group(life.services, schedule=schedule)
                for wrong, span in happens:
                    await life.live(span)
                    await life.leap(wrong)
                begun = life.true()
                await life.live(3 * A_WEEK)
                return life.channel, begun, await life.states()
            finally:
                await life.close()

    channel, begun, states = asyncio.run(live())

    assert len({key for _, _, key in channel}) == len(channel), "a paper twice"
    after = [week for at, week, _ in channel if at > begun]
    assert len(after) == len(set(after)), "two papers in a week"
    slots = [slot_of_week(schedule, week) for week in weeks_from(running_week(zone, begun), 5)]
    since = max(begun, channel[0][0] + AFTER_THE_FIRST)
    due = {slot.week for slot in slots if since < slot.at <= begun + 3 * A_WEEK}
    assert len(due) >= 2
    assert due <= {week for week, _ in states}, "a week was lost"
    assert not [week for week, state in states if state != "posted"], states


class Moved(Life):
    """A life in which a group's zone has moved by ``shift`` since its next slot was worked out."""

    async def begin(self, schedule, shift):
        await self.start()
        await new_group(self.services, schedule=schedule)
        self.slot_at = (await self.services.groups.find(CHANNEL)).next_at
        self.promised = self.slot_at + shift
        await self.write("UPDATE study_groups SET next_at = ?", int(self.promised.timestamp()))
        await self.write("UPDATE settings SET value = '2025.2' WHERE name = ?", TABLES)

    async def write(self, sql, *args):
        async with self.services.db.transaction() as tx:
            await tx.fetch(sql, *args)

    async def start_at(self, at):
        self.true.now = max(at, self.true.now)
        await self.start()
        await self.work()

    async def weeks(self):
        return await self.services.db.fetch("SELECT week, state, is_late FROM weeks ORDER BY week")


@pytest.fixture
async def moved(database_url):
    begun = Moved(database_url)
    yield begun
    await begun.close()


NINE_IN_VANCOUVER = Schedule(0, 9, 0, "America/Vancouver")


async def test_a_slot_that_new_tables_bring_forward_is_waited_for_anew(moved, caplog):
    caplog.set_level(logging.INFO)
    await moved.begin(NINE_IN_VANCOUVER, AN_HOUR)

    await moved.start()

    group = await moved.services.groups.find(CHANNEL)
    assert group.next_at == moved.slot_at
    assert "1 groups' times moved" in caplog.text
    assert await setting(moved.services.db, TABLES) == version("tzdata")


async def test_a_slot_that_new_tables_put_into_the_past_is_posted_at_once_and_not_late(moved):
    await moved.begin(NINE_IN_VANCOUVER, AN_HOUR)

    await moved.start_at(moved.slot_at + timedelta(minutes=40))

    assert [dict(row) for row in await moved.weeks()] == [
        {"week": "2026-W02", "state": "posted", "is_late": 0}
    ]
    assert (await moved.services.groups.find(CHANNEL)).next_at == moved.slot_at + A_WEEK


async def test_a_slot_that_new_tables_put_off_is_not_posted_before_it(moved):
    await moved.begin(NINE_IN_VANCOUVER, -AN_HOUR)

    await moved.start_at(moved.promised + timedelta(minutes=30))

    assert moved.channel == []
    assert (await moved.services.groups.find(CHANNEL)).next_at == moved.slot_at


async def test_a_post_on_its_way_keeps_its_time_when_the_tables_change(moved):
    await moved.begin(NINE_IN_VANCOUVER, timedelta())
    moved.true.now = moved.slot_at
    await moved.services.weeks.open_due()
    await moved.write("UPDATE study_groups SET next_at = next_at + 3600")

    await moved.start_at(moved.slot_at + timedelta(minutes=2))

    assert [(row["state"], row["is_late"]) for row in await moved.weeks()] == [("posted", 0)]


async def test_skips_and_votes_move_along_with_the_zone(moved):
    await moved.begin(NINE_IN_VANCOUVER, timedelta())
    services = moved.services
    group_id = (await services.groups.find(CHANNEL)).group_id
    await moved.start_at(moved.slot_at)
    services = moved.services
    await services.calendars.skip(GUILD, group_id)
    await moved.write("UPDATE study_groups SET next_at = next_at + 3600")
    await moved.write("UPDATE weeks SET slot_at = slot_at + 3600 WHERE state = 'skipped'")
    await services.votes.call(GUILD, CHANNEL, MODERATOR, 2, 24)
    await moved.write("UPDATE votes SET look_at = look_at + 3600")
    await moved.write("UPDATE settings SET value = '2025.2' WHERE name = ?", TABLES)

    await moved.start()

    slot_at = int((moved.slot_at + 2 * A_WEEK).timestamp())
    seen = await moved.services.db.fetch(
        "SELECT (SELECT next_at FROM study_groups) AS next_at, (SELECT look_at FROM votes) AS look,"
        " (SELECT slot_at FROM weeks WHERE state = 'skipped') AS skipped"
    )
    assert dict(seen[0]) == {
        "next_at": slot_at,
        "look": slot_at,
        "skipped": slot_at - 7 * 86_400,
    }


shifts = st.integers(-96, 96).map(lambda quarters: timedelta(minutes=15 * quarters))
starts = st.integers(-60 * 24, 60 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(
    st.builds(
        Schedule,
        st.integers(0, 6),
        st.sampled_from([0, 9, 23]),
        st.just(30),
        st.sampled_from(["UTC", "Pacific/Apia", "America/Vancouver", "Asia/Kathmandu"]),
    ),
    shifts,
    starts,
)
@example(Schedule(0, 0, 0, "America/Vancouver"), timedelta(minutes=60), timedelta(minutes=40))
@example(Schedule(6, 23, 30, "America/Vancouver"), -AN_HOUR, timedelta(minutes=-20))
def test_however_a_zone_moves_each_week_has_one_paper_and_none_is_late_for_it(
    schedule, shift, after
):
    async def live():
        with tempfile.TemporaryDirectory() as folder:
            life = Moved(f"sqlite:///{Path(folder, 'ledger.db')}")
            try:
                await life.begin(schedule, shift)
                await life.start_at(life.slot_at + after)
                late_by = life.true() - max(life.slot_at, life.promised)
                await life.live(3 * A_WEEK)
                return late_by, [tuple(dict(row).values()) for row in await life.weeks()]
            finally:
                await life.close()

    late_by, weeks = asyncio.run(live())

    first = "missed" if late_by >= timedelta(days=1) else "posted"
    is_late = first == "posted" and late_by > timedelta(minutes=5)
    names = [week for week, _, _ in weeks]
    assert names == weeks_from(names[0], len(names)), "a week was lost"
    assert len(names) >= 3
    assert [rest for _, *rest in weeks] == [[first, int(is_late)]] + [["posted", 0]] * (
        len(weeks) - 1
    )


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_two_processes_that_put_one_ledger_right_at_once_agree(life):
    await life.live(timedelta(hours=2))
    life.wrong = FAR
    await life.work()
    life.wrong = timedelta()
    others = [open_services(life.url, LIST, life.clock) for _ in range(2)]

    started = await asyncio.gather(*others, life.services.clock_repair.put_right())

    for other in started[:-1]:
        await other.close()
    assert await life.states() == [("2026-W01", "posted"), ("2026-W02", "posted")]
    await life.live(A_WEEK)
    assert (await life.states())[-1] == ("2026-W03", "posted")


async def test_a_look_put_off_by_a_clock_ahead_is_not_waited_for(services, clock):
    group_id = (await new_group(services)).group_id
    right = (await services.groups.find(CHANNEL)).next_at
    clock.advance(days=30)
    async with services.db.transaction() as tx:  # what would fail each time
        await tx.fetch("UPDATE study_groups SET zone = 'No/Where' WHERE group_id = ?", group_id)
    await services.weeks.open_due()
    put_off = await services.db.fetch_value("SELECT next_at FROM study_groups")
    async with services.db.transaction() as tx:
        await tx.fetch("UPDATE study_groups SET zone = 'UTC' WHERE group_id = ?", group_id)
    clock.advance(days=-30)

    await services.clock_repair.put_right()

    assert put_off > right.timestamp() + 28 * 24 * 3600
    assert (await services.groups.find(CHANNEL)).next_at == right
