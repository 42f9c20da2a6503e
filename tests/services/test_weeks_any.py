"""Whatever moderators, clocks and Discord do in whatever order: a group's weeks stay in order."""

import asyncio
import math
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.weeks import Schedule
from bot.errors import AlreadyPostedError, NothingLeftError
from bot.services.opening import open_services
from tests.curricula import curriculum, resource
from tests.postbox import CHANNEL, GUILD, MODERATOR, Desk

LIST = curriculum(*(resource(f"paper-{n}") for n in range(5)))
ZONES = ["UTC", "Asia/Seoul", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"]
LOOK = timedelta(hours=5)
OUTCOMES = [
    "sent",
    "sent",
    "refused",
    "lost on the way",
    "answer lost",
    "killed before",
    "killed",
    "away",
]

moves = st.builds(
    Schedule, st.integers(0, 6), st.integers(0, 23), st.just(30), st.sampled_from(ZONES)
)
ON_TUESDAY = Schedule(1, 0, 30, "Asia/Seoul")
hours = st.sampled_from([0.1, 1, 2, 20, 70, 168, 500])
steps = st.one_of(
    st.tuples(st.just("wait"), hours),
    st.tuples(st.just("be away"), hours),
    st.tuples(st.sampled_from(["pause", "resume", "stop", "skip", "post"])),
    st.tuples(st.just("settle"), moves),
)


class Months:
    """A group's life. ``channel`` is what stands in Discord: a (slot, message) each."""

    def __init__(self, url, outcomes):
        self.url, self.outcomes = url, outcomes
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self.channel, self.first_at = [], None
        self.left_out, self.asked_for = set(), set()
        self.silent_since, self.silences = None, []

    async def start(self):
        self.services = await open_services(self.url, LIST, lambda: self.now)

    async def status(self):
        return await self.services.groups.status(CHANNEL, None)

    async def do(self, name, *args):
        groups = self.services.groups
        if name == "wait":
            await self.wait(timedelta(hours=args[0]))
        elif name == "be away":
            await self.services.close()
            self.now += timedelta(hours=args[0])
            await self.start()
        elif name == "settle":
            await groups.make_or_change(GUILD, CHANNEL, args[0], None, MODERATOR)
        elif name == "skip":
            before = self.skipped(await self.status())
            after = self.skipped(await self.services.calendars.skip(GUILD, self.group_id))
            self.left_out = (self.left_out - before) | after
            self.asked_for -= after
        elif name == "post":
            await self.post_now()
        else:
            state = {"pause": "paused", "resume": "active", "stop": "stopped"}[name]
            await groups.set_state(GUILD, self.group_id, state)
            if state != "active":
                self.asked_for.clear()
        await self.work()

    async def wait(self, time):
        """Let time pass while the bot looks at its clock, every five hours once anything is due."""
        until = self.now + time
        while self.now < until:
            idle = await self.services.weeks.next_due() - self.now
            self.now = min(until, self.now + max(1, math.ceil(idle / LOOK)) * LOOK)
            await self.work()

    async def post_now(self):
        try:
            status = await self.services.groups.post_now(GUILD, self.group_id)
        except (AlreadyPostedError, NothingLeftError):
            return
        self.asked_for.add(status.this_week.week)

    @staticmethod
    def skipped(status):
        return {coming.slot.week for coming in status.coming if coming.is_skipped}

    async def work(self):
        """Do what the weekly task and the engine do, and check what holds at any time."""
        status = await self.status()
        if status.group.state == "active" and self.silent_since is not None:
            self.silences.append((self.silent_since, self.now))
            self.silent_since = None
        elif status.group.state != "active" and self.silent_since is None:
            self.silent_since = self.now
        await self.services.weeks.open_due()
        delivery = Desk(self.services)
        while row_ids := await delivery.due():
            if not any([await self.deliver(row_id) for row_id in row_ids]):
                break
        group = (await self.status()).group
        assert group.state != "active" or group.next_at > self.now
        weeks = [week for week, _ in self.channel]
        assert len(weeks) == len(set(weeks)), "two posts in a week"
        keys = [key for _, key in self.channel]
        assert len(keys) == len(set(keys)), "a paper twice"

    async def deliver(self, row_id):
        delivery = Desk(self.services)
        row = await delivery.claim(row_id)
        if row is None:
            return False
        if row.kind != "post":
            await delivery.end(row, "dropped", "forbidden")
            return True
        post = await self.slot(row)
        outcome = self.outcomes.pop() if self.outcomes else "sent"
        if outcome == "away":
            await delivery.give_back(row, "guild_unavailable")
            return True
        if row.tried_at is not None and (post.week, post.key) in self.channel:
            await delivery.arrived(row, 1)
            return True
        if not await delivery.begin(row, CHANNEL, "button:read:1"):
            return True
        if outcome in ("sent", "answer lost", "killed"):
            self.check(post, await self.status())
            self.first_at = self.first_at or post.at
            self.channel.append((post.week, post.key))
        if outcome == "sent":
            await delivery.arrived(row, 1)
        elif outcome == "refused":
            await delivery.give_back(row, "forbidden")
        elif outcome in ("lost on the way", "answer lost"):
            await delivery.give_back(row, "discord_trouble", timedelta(minutes=1), perhaps=True)
        return True

    async def slot(self, row):
        rows = await self.services.db.fetch(
            "SELECT week, slot_at, resource_key FROM weeks WHERE week_id = ?", int(row.reference)
        )
        (found,) = rows
        at = datetime.fromtimestamp(found["slot_at"], UTC)
        return _Slot(found["week"], at, found["resource_key"])

    def check(self, post, status):
        if post.week in self.asked_for:
            return
        assert status.group.state == "active", "posted in a pause"
        assert post.week not in self.left_out, "posted what was skipped"
        assert not any(a < post.at < b for a, b in self.silences), "made up for a pause"
        assert self.now - post.at < timedelta(days=1), "posted a day late"
        since_the_first = post.at - (self.first_at or datetime.min.replace(tzinfo=UTC))
        assert since_the_first >= timedelta(days=4), "two papers in four days"


class _Slot:
    def __init__(self, week, at, key):
        self.week, self.at, self.key = week, at, key


@given(st.lists(steps, min_size=3, max_size=25), st.lists(st.sampled_from(OUTCOMES), max_size=12))
@example([("wait", 2), ("pause",), ("wait", 2), ("resume",), ("wait", 2)], ["refused"])
@example([("wait", 2), ("be away", 0.1), ("post",), ("wait", 2)], ["refused", "answer lost"])
@example([("wait", 20)], ["away", "answer lost"])
@example([("wait", 1), ("pause",), ("resume",), ("be away", 168)], ["answer lost"])
@example([("wait", 2), ("stop",), ("wait", 1), ("post",), ("wait", 1)], ["killed"])
@example([("skip",), ("wait", 70), ("wait", 70), ("post",), ("wait", 70)], [])
@example([("pause",), ("wait", 168), ("post",), ("settle", ON_TUESDAY), ("resume",)], [])
def test_weeks_stay_in_order_whatever_happens(happens, outcomes):
    async def live():
        with tempfile.TemporaryDirectory() as folder:
            months = Months(f"sqlite:///{Path(folder, 'ledger.db')}", list(outcomes))
            await months.start()
            try:
                schedule = Schedule(0, 10, 0, "UTC")
                status = await months.services.groups.make_or_change(
                    GUILD, CHANNEL, schedule, None, MODERATOR
                )
                months.group_id = status.group.group_id
                for step in happens:
                    await months.do(*step)
            finally:
                await months.services.close()

    asyncio.run(live())
