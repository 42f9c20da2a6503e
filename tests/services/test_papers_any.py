"""Whatever moderators choose: what a group's card says of the next four weeks is then posted."""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.papers import Chosen
from bot.core.weeks import weeks_from
from bot.errors import NotOfferedError, WeekRefusedError
from bot.services.opening import open_services
from bot.store.weeks import put_pick
from tests.curricula import curriculum, resource
from tests.postbox import CHANNEL, GUILD, MODERATOR, Postbox, new_group

SLUGS = ("bert", "gpt", "lora", "long", "plain", "scaling", "course")
LIST = curriculum(
    resource("bert", must_read=True),
    resource("plain", addition=True),
    resource("long", minutes=600),
    resource("course", parts=("one", "two", "three")),
    resource("gpt", "bert", must_read=True),
    resource("scaling", addition=True, must_read=True),
    resource("lora"),
)
NEXT = weeks_from("2026-W02", 12)
A_MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

keys, weeks = st.sampled_from([f"demo:{slug}" for slug in SLUGS]), st.sampled_from(NEXT)
steps = st.one_of(
    st.tuples(st.just("pick"), keys, weeks),
    st.tuples(st.just("pick next"), keys),
    st.tuples(st.just("take back"), weeks),
    st.tuples(st.just("win"), keys, weeks),
    st.tuples(st.just("read for"), keys, st.integers(0, 4)),
    st.tuples(st.just("go on"), st.sampled_from(["additions", "must_reads", None])),
    st.tuples(st.sampled_from(["skip", "post", "post", "post now"])),
)


class Group:
    def __init__(self, services, group_id, times):
        self.services, self.group_id, self.times = services, group_id, times

    async def do(self, name, *args):
        papers, groups = self.services.papers, self.services.groups
        if name == "pick":
            await papers.pick(GUILD, CHANNEL, MODERATOR, *args)
        elif name == "pick next":
            await papers.pick_next(GUILD, self.group_id, MODERATOR, *args)
        elif name == "take back":
            await papers.take_back(GUILD, self.group_id, *args)
        elif name == "win":
            key, week = args
            async with self.services.db.transaction() as tx:
                await put_pick(tx, Chosen(self.group_id, week, key, "vote_winner"), None, A_MONDAY)
        elif name == "read for":
            await papers.read_for(GUILD, self.group_id, *args)
        elif name == "go on":
            await papers.go_on(GUILD, self.group_id, *args)
        elif name == "skip":
            await self.services.calendars.skip(GUILD, self.group_id)
        elif name == "post":
            await self.post()
        elif (await self.status()).this_week is None:
            await groups.post_now(GUILD, self.group_id)
            await Postbox(self.services).deliver()

    async def post(self):
        """Let the next slot come; return what is posted."""
        self.times[0] = (await self.status()).group.next_at
        await self.services.weeks.open_due()
        await Postbox(self.services).deliver()
        status = await self.status()
        return status.this_week.week, status.this_week.key, status.this_week.why, status.part

    async def status(self):
        return await self.services.groups.status(CHANNEL, None)


@given(st.lists(steps, max_size=12))
@example([("pick", "demo:bert", "2026-W03"), ("skip",), ("skip",), ("win", "demo:gpt", "2026-W04")])
@example([("pick", "demo:course", "2026-W02"), ("read for", "demo:course", 2), ("post",)])
@example([("read for", "demo:long", 3), ("post",), ("post",), ("pick", "demo:gpt", "2026-W04")])
def test_what_the_card_says_of_the_next_weeks_is_then_posted(happens):
    async def live(url):
        times = [A_MONDAY]
        services = await open_services(url, LIST, lambda: times[0])
        try:
            group = Group(services, (await new_group(services)).group_id, times)
            for step in happens:
                try:
                    await group.do(*step)
                except (NotOfferedError, WeekRefusedError):
                    continue
            ahead = [each for each in (await group.status()).coming if not each.is_skipped]

            posted = [await group.post() for _ in ahead]
        finally:
            await services.close()

        said = [(each.pick.week, each.pick.key, each.pick.why, each.pick.part) for each in ahead]
        assert posted == said

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(f"sqlite:///{Path(folder, 'ledger.db')}"))
