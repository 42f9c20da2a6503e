"""Whatever members and moderators of two servers do: neither sees a trace of the other.

And of each wish the outcome is told once, if there is one.
"""

import asyncio
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.core.lists import Where
from bot.core.moderation import Desk
from bot.core.suggestions import MOST_OPEN, Wished
from bot.errors import ReaderError
from bot.services.opening import services_over
from bot.store import suggestions as rows
from bot.store.database import open_database
from bot.store.migrations import migrate
from tests.curricula import curriculum, named_by_address, resource
from tests.every_table import everything

GUILDS = (100, 200)
PEOPLE = (11, 12, 13)
LIST = curriculum(resource("p1"), resource("p2", "p1"), resource("p3", "p2"))
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

guilds, people, some = st.sampled_from(GUILDS), st.sampled_from(PEOPLE), st.integers(0, 4)
acts = st.one_of(
    st.tuples(st.just("suggest"), guilds, people, some),
    st.tuples(st.just("suggest"), guilds, people, some),
    st.tuples(st.sampled_from(["want", "drop", "say"]), guilds, people, some),
    st.tuples(
        st.sampled_from(["take", "take_elsewhere", "decline", "reopen", "hide"]),
        guilds,
        people,
        some,
    ),
    st.tuples(st.sampled_from(["add", "doubt", "settle", "step_back"]), guilds, people, some),
    st.tuples(st.sampled_from(["tell", "forget"]), guilds, people, some),
)


class World:
    """Two servers over one database. ``made``: ids of suggestions that there ever were."""

    def __init__(self, db) -> None:
        self.db, self.now = db, NOW
        self.made = {guild: [] for guild in GUILDS}
        self.told = Counter()

    async def start(self):
        self.s = await services_over(self.db, LIST, lambda: self.now, named_by_address)
        self.own = {guild: await self.s.lists.make(guild, PEOPLE[0], "Ours") for guild in GUILDS}

    async def do(self, act, guild, who, number):
        self.now += timedelta(minutes=1)
        with suppress(ReaderError):
            await getattr(self, act)(guild, who, number)

    def link(self, guild, number):
        return f"https://example.org/of-{guild}-{number}"

    def one(self, guild, number):
        """Return one of all suggestions, of the other server's too."""
        every = [*self.made[guild], *(each for ids in self.made.values() for each in ids)]
        return every[number % len(every)] if every else 0

    async def suggest(self, guild, who, number):
        found = await self.s.suggestions.suggest(
            guild, who, self.link(guild, number), f"why-{guild}"
        )
        if isinstance(found, Wished) and found.suggestion.suggestion_id not in self.made[guild]:
            self.made[guild].append(found.suggestion.suggestion_id)

    async def want(self, guild, who, number):
        await self.s.suggestions.want(guild, who, self.one(guild, number))

    async def drop(self, guild, who, number):
        await self.s.suggestions.drop(guild, who, self.one(guild, number))

    async def say(self, guild, who, number):
        about = self.one(guild, number)
        await self.s.suggestions.say(guild, who, about, why=f"why-{guild}", leads=True)

    async def _considered(self, guild, who, number):
        found = await rows.suggestion(self.db, guild, self.one(guild, number))
        if found is None:
            return None
        return (await self.s.moderation.consider(guild, who, found)).draft_id

    async def take(self, guild, who, number):
        if draft_id := await self._considered(guild, who, number):
            await self.s.moderation.take((guild, who, draft_id))

    async def take_elsewhere(self, guild, who, number):
        """Take it for a list of a server's own, or of the other server's: that doesn't go."""
        if draft_id := await self._considered(guild, who, number):
            await self.s.moderation.put_in_list(
                (guild, who, draft_id), self.own[GUILDS[number % 2]]
            )
            await self.s.moderation.take((guild, who, draft_id))

    async def decline(self, guild, who, number):
        if draft_id := await self._considered(guild, who, number):
            await self.s.moderation.decline((guild, who, draft_id), f"no-{guild}")

    async def reopen(self, guild, who, number):
        about = self.one(guild, number)
        await self.s.moderation.reopen(guild, who, about)
        for person in PEOPLE:  # what waits again has an outcome again
            self.told[person, about] = 0

    async def hide(self, guild, who, number):
        desk = await self.s.moderation.open(guild, who, self.link(guild, number))
        act = self.s.moderation.restore if desk.removed else self.s.moderation.remove
        await act((guild, who, desk.draft_id))

    async def add(self, guild, who, number):
        shown = await self.s.moderation.propose(guild, who, self.link(guild, number))
        if not isinstance(shown, Desk):
            await self.s.moderation.add((guild, who, shown.draft_id))

    async def doubt(self, guild, who, number):
        pair = (("demo:p2", "demo:p1"), ("demo:p3", "demo:p2"))[number % 2]
        await self.s.moderation.doubt(who, guild, *pair, f"doubt-{guild}")

    async def settle(self, guild, who, number):
        matter = (await self.s.inboxes.look(guild, who, number)).matter
        if isinstance(matter, Desk):
            draft = guild, who, matter.draft_id
            await self.s.moderation.settle_doubt(draft, kept=bool(number % 2))

    async def step_back(self, guild, who, number):
        desk = await self.s.moderation.open(guild, who, self.link(guild, number))
        draft = guild, who, desk.draft_id
        if latest := (await self.s.moderation.history(draft)).latest:
            await self.s.moderation.step_back(draft, latest.change_id)

    async def tell(self, guild, who, number):
        del guild, number
        for each in await self.s.suggestions.tell(who):
            self.told[who, each.suggestion_id] += 1

    async def forget(self, guild, who, number):
        del guild
        if number == 0:
            await self.s.me.forget(who)

    async def check(self):
        for guild, other in (GUILDS, GUILDS[::-1]):
            seen = [
                await self.s.suggestions.suggested(guild, PEOPLE[0]),
                await self.s.curricula.of(self.db, guild),
                await self.s.curricula.of(self.db, Where(guild, list_id=self.own[guild])),
                *[await self.s.inboxes.look(guild, PEOPLE[0], n) for n in range(4)],
                *[
                    await self.s.finding.suggestions(PEOPLE[0], guild, typed)
                    for typed in ("", "of")
                ],
                await self.s.finding.find(PEOPLE[0], guild, f"of-{other}-1"),
            ]
            text = repr(seen).replace(f"of-{other}-1'", "")  # what was typed
            assert f"of-{other}-" not in text
            assert f"why-{other}" not in text
            assert f"doubt-{other}" not in text
            for who in PEOPLE:
                assert await rows.open_by(self.db, guild, who) <= MOST_OPEN
            tables = await everything(self.db)
            open_links = Counter(
                (row["guild_id"], row["link"])
                for row in tables["suggestions"]
                if row["state"] == "open"
            )
            assert max(open_links.values(), default=1) == 1
        for who in 2 * PEOPLE:
            await self.tell(GUILDS[0], who, 0)
        assert max(self.told.values(), default=0) <= 1


@given(st.lists(acts, min_size=1, max_size=25))
def test_two_servers_never_see_a_trace_of_each_other(happens):
    async def live(folder):
        db = await open_database(f"sqlite:///{folder}/ledger.db")
        try:
            await migrate(db)
            world = World(db)
            await world.start()
            for act in happens:
                await world.do(*act)
            await world.check()
        finally:
            await db.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(Path(folder)))
