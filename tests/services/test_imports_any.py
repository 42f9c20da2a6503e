"""Whatever moderators bring, edit and take back, and whatever the host lists: no mark is lost."""

import asyncio
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.core.curriculum.identity import pages_of
from bot.core.curriculum.imports import NEW, Imported
from bot.core.lists import Where
from bot.core.progress import resolved
from bot.errors import NothingToExportError, NothingToUndoError
from bot.services.opening import services_over
from bot.store import progress
from bot.store.database import open_database
from bot.store.migrations import migrate
from tests.curricula import curriculum, named_by_address, resource
from tests.postbox import GUILD, MODERATOR

READER = 7
SLUGS = "abcdef"
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

some = st.lists(st.sampled_from(SLUGS), min_size=1, max_size=4, unique=True)
modes = st.sampled_from(["new", "add", "add", "replace"])
which, one = st.integers(0, 3), st.integers(0, 9)
steps = st.one_of(
    st.tuples(st.just("bring"), modes, which, some, st.booleans()),
    st.tuples(st.just("bring and take back"), modes, which, some, st.booleans()),
    st.tuples(st.just("step back"), which),
    st.tuples(st.sampled_from(["rename", "remove", "add"]), which, one),
    st.tuples(st.just("remove list"), which),
    st.tuples(st.just("mark"), which, one),
    st.tuples(st.just("mark"), which, one),
    st.tuples(st.just("host lists"), some),
)


def host(slugs):
    return curriculum(*(resource(slug, companions=[f"{slug}-help"]) for slug in slugs))


def file_of(slugs, is_other):
    """Make a file of these links: with other titles and steps, one of them below another."""
    step, name = ("two", "Called {}") if is_other else ("one", "{}")
    made = [resource(s, namespace=NEW, title=name.format(s), step_id=step) for s in slugs]
    if is_other and len(made) > 2:
        last = replace(made.pop(), parent=made[0].key)
        made[0] = replace(made[0], companions=(last,))
    return Imported(replace(curriculum(*made, id=NEW), title="Ours"))


class Server:
    """One server over one database, through any number of starts; ``marked``: pages read."""

    def __init__(self, db) -> None:
        self.db, self.now, self.marked = db, NOW, set()

    def clock(self):
        return self.now

    async def start(self, slugs):
        self.services = await services_over(self.db, host(slugs), self.clock, named_by_address)
        self.lists, self.imports, self.mod = (
            self.services.lists, self.services.imports, self.services.moderation,
        )  # fmt: skip

    async def where(self, number):
        """Return one of the lists, and its resources."""
        shown = (await self.lists.overview(GUILD)).lists
        where = Where(GUILD, list_id=shown[number % len(shown)].list_id)
        return where, (await self.services.curricula.of(self.db, where)).resources

    async def do(self, name, *args):
        self.now += timedelta(minutes=1)
        await getattr(self, name.replace(" ", "_"))(*args)

    async def bring(self, mode, number, slugs, is_other):
        where, _ = await self.where(number)
        mode = "add" if mode == "replace" and where.list_id == "demo" else mode
        run = await self.imports.look(where, MODERATOR, file_of(slugs, is_other), mode)
        run = await self.imports.bring((GUILD, MODERATOR, run.draft_id))
        assert run.state == "brought"
        return GUILD, MODERATOR, run.draft_id

    async def bring_and_take_back(self, *what):
        before = await self.exports()
        ref = await self.bring(*what)
        await self.imports.undo(ref)
        assert await self.exports() == before

    async def step_back(self, number):
        where, _ = await self.where(number)
        with suppress(NothingToUndoError):
            await self.imports.step_back(GUILD, MODERATOR, where.list_id)

    async def rename(self, number, which_one):
        where, listed = await self.where(number)
        if listed:
            desk = await self.mod.open(where, MODERATOR, listed[which_one % len(listed)].key)
            ref = GUILD, MODERATOR, desk.draft_id
            texts = await self.mod.texts(ref)
            typed = replace(texts, title=f"Named {self.now:%H:%M}", notes=f"{self.now:%H:%M}")
            await self.mod.set_texts(ref, texts, typed)

    async def remove(self, number, which_one):
        where, listed = await self.where(number)
        if listed:
            desk = await self.mod.open(where, MODERATOR, listed[which_one % len(listed)].key)
            await self.mod.remove((GUILD, MODERATOR, desk.draft_id))

    async def add(self, number, which_one):
        where, _ = await self.where(number)
        link = f"https://example.org/{SLUGS[which_one % len(SLUGS)]}"
        desk = await self.mod.propose(where, MODERATOR, link)
        await self.mod.add((GUILD, MODERATOR, desk.draft_id))

    async def remove_list(self, number):
        where, _ = await self.where(number)
        if where.list_id != "demo":
            await self.lists.remove(GUILD, MODERATOR, where.list_id)

    async def mark(self, number, which_one):
        where, listed = await self.where(number)
        if listed:
            found = listed[which_one % len(listed)]
            await self.services.reading.mark(READER, where, found.key, "done")
            self.marked |= {*pages_of(found)}

    async def host_lists(self, slugs):
        await self.start(slugs)

    async def exports(self):
        found = {}
        for each in (await self.lists.overview(GUILD)).lists:
            try:
                where = Where(GUILD, list_id=each.list_id)
                found[each.list_id] = await self.lists.export(where, "yaml")
            except NothingToExportError:
                found[each.list_id] = None
        return found

    async def check(self):
        """Nothing stands twice in a list, and what was read in one is read in each."""
        marks = await progress.marks_of(self.db, READER)
        for each in (await self.lists.overview(GUILD)).lists:
            listed = await self.services.curricula.of(self.db, Where(GUILD, list_id=each.list_id))
            stands = [r for top in listed.resources for r in (top, *top.companions)]
            pages = [page for r in stands for page in {*pages_of(r)}]
            assert len(stands) == len(listed.by_key)
            assert len(pages) == len(set(pages))
            read = resolved(listed, marks)
            assert {r.key for r in stands if self.marked & {*pages_of(r)}} <= read.keys()


@given(some, st.lists(steps, min_size=1, max_size=12))
def test_no_mark_is_lost_nothing_stands_twice_and_undo_restores_every_byte(listed, happens):
    async def live(folder):
        db = await open_database(f"sqlite:///{Path(folder) / 'ledger.db'}")
        try:
            await migrate(db)
            server = Server(db)
            await server.start(listed)
            for name, *args in happens:
                await server.do(name, *args)
                await server.check()
        finally:
            await db.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(folder))
