"""A world out of one seed: two bots over one ledger, a Discord, people; and what befalls them."""

import asyncio
import gc
import logging
import zoneinfo
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from bot.core.curriculum import Curriculum
from bot.core.weeks import running_week
from bot.outbox.discord import NAMED
from bot.services.opening import services_over
from bot.store.database import open_database
from bot.store.instants import instant
from bot.store.migrations import migrate
from tests.curricula import curriculum, resource
from tests.simulation.discord import Channel, Discord, Guild
from tests.simulation.events import Events
from tests.simulation.leading import Leading
from tests.simulation.ledger import Ledger
from tests.simulation.lives import Bots
from tests.simulation.loop import Loop
from tests.simulation.people import Moderators, Readers
from tests.simulation.promises import ALIEN, Broken, Promises, is_expected
from tests.simulation.script import A_DAY, AN_HOUR, Event, script_of, setting_of
from tests.simulation.suggestions import Suggestions
from tests.simulation.weather import UNANSWERED, Storm, Weather
from tests.simulation.zones import RULES, write_zone

HOSTILE = "@everyone <@&7> **read** me"
A_LETTER_OF_TOMORROW = (
    "INSERT INTO outbox (row_id, kind, reference, rank, state, due_at, until_at)"
    f" VALUES (1, '{ALIEN}', '1', 0, 'waiting', 0, 99999999999)"
)
A_DAY_OR_SO = 26 * AN_HOUR
CHATTER = (0.0, 0.5, 20.0, 400.0)
AN_HOURS_STATEMENTS = 100_000
"""Most worlds never run a tenth of it. Two bots that look every second of an hour, as a suspended
one holds the ledger, run two thirds of it; more has run away."""


@cache
def the_list(papers: int) -> Curriculum:
    """A list on which some things wait for others, and some are additions or must-reads."""
    made = [resource("p0", title=HOSTILE, questions=("What is new?", HOSTILE))]
    for n in range(1, papers):
        needs = [f"p{n - 1}"] if n % 4 == 0 and n % 5 else []
        kept = {"must_read": n % 6 == 0, "addition": n % 5 == 4, "step_id": f"s{n // 15}"}
        made.append(resource(f"p{n}", *needs, minutes=(20, 45, 200)[n % 3], **kept))
    return curriculum(*made)


@dataclass(frozen=True)
class Outcome:
    """What came of a world. ``befell``: what of its script had come by then.

    ``healed``: whether the faults had stopped for good; ``digest``: of every statement that was
    run, in order.
    """

    seed: int
    broken: Broken | None
    befell: tuple[Event, ...]
    healed: bool
    history: tuple[str, ...]
    digest: int
    counts: Counter


class _Log(logging.Handler):
    """Takes what the bots log: an error that nobody expects breaks a promise."""

    def __init__(self, world) -> None:
        super().__init__(logging.ERROR)
        self._world = world

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, KeyError) and error.args == (ALIEN,):
            return
        if error is not None and not is_expected(error):
            self._world.promises.surprised_by(error, record.getMessage())


class World:
    """Everything there is. ``script``: what befalls it, if not what the seed draws.

    ``heals``: whether the faults stop in the end, and all is settled. ``discord``: what makes its
    Discord, if not one that keeps its word.
    """

    def __init__(
        self,
        seed: int,
        *,
        script: Sequence[Event] | None = None,
        heals: bool = True,
        discord=Discord,
    ) -> None:
        self.seed, self.setting = seed, setting_of(seed)
        self.base = the_list(self.setting.papers)
        self.keys = [each.key for each in self.base.reading_order]
        self.script = script_of(seed, self.setting) if script is None else script
        self.ends = self.setting.weeks * 7 * A_DAY
        if script is not None:  # so that a short history is also soon over
            self.ends = min(self.ends, (script[-1].at if script else 0) + A_DAY_OR_SO)
        self._heals, self._healed = heals, False
        self.history: list[str] = []
        self.befell: list[Event] = []
        self.counts: Counter[str] = Counter()
        self.hung: int | None = None
        self._troubled: set[tuple[int, str]] = set()
        self._hour, self._ran = 0, 0
        self.stop = asyncio.Event()
        self.promises = promises = Promises(self)
        self.weather = Weather(self.stream("weather"), self._time, self._struck)
        made, deleted = promises.made, promises.deleted
        self.discord = discord(
            self.now, self.stream("discord"), self.weather, made, deleted, self.told
        )
        self.discord.planned = promises.planned
        self.readers, self.moderators = Readers(self), Moderators(self)
        self.suggestions = Suggestions(self, promises.breaks)
        self.leading = Leading(self, promises.breaks)
        self.bots, self.events = Bots(self), Events(self)

    def stream(self, name: str) -> Random:
        """Return a source of chance of its own, so that one thing left out changes no other."""
        return Random(f"{self.seed} {name}")

    def run(self) -> Outcome:
        """Live through it all, unless a promise is broken."""
        empty, loop = _empty_ledger(self.setting.papers), Loop(self.stream("loop"))
        self.loop = loop
        bots = logging.getLogger("bot")
        before = bots.handlers, bots.propagate, bots.level
        bots.handlers, bots.propagate = [_Log(self)], False
        bots.setLevel(logging.ERROR)
        try:
            with TemporaryDirectory(prefix="simulation-") as folder:
                self.folder = Path(folder)
                (self.folder / "ledger.db").write_bytes(empty)
                write_zone(self.folder, RULES[0])
                path, committed = self.folder / "ledger.db", self.promises.committed
                self.ledger = Ledger(path, self._count_statement, committed)
                if self.setting.has_alien:
                    self.ledger.writer.execute(A_LETTER_OF_TOMORROW)
                asyncio.set_event_loop(loop)
                loop.set_exception_handler(self._unheard)
                try:
                    loop.run_until_complete(self._live())
                    gc.collect()  # so that an error that nobody asked for is told in its own world
                except Exception as error:  # noqa: BLE001 - told, with the seed
                    self.promises.surprised_by(error, "the world itself")
                loop.set_exception_handler(lambda *_: None)
                self.ledger.close()
        finally:
            bots.handlers, bots.propagate = before[:2]
            bots.setLevel(before[2])
            zoneinfo.reset_tzpath(to=())
            ZoneInfo.clear_cache()
            asyncio.set_event_loop(None)
            loop.close()
        broken, befell, history = self.promises.broken, tuple(self.befell), tuple(self.history)
        end = befell, self._healed, history, self.ledger.digest, self.counts
        return Outcome(self.seed, broken, *end)

    def now(self):
        """Return the true time, which is Discord's."""
        return self.setting.begins + timedelta(seconds=self._time())

    def told(self, words: str) -> None:
        self.history.append(f"{self.now():%a %d %b %H:%M:%S.%f}"[:-3] + f" {words}")

    def leapt_lately(self, days: float) -> bool:
        """Tell whether the clocks of the bots have leapt, or had until some days ago."""
        return self.bots.leapt_within(timedelta(days=days))

    def deleted_people(self) -> list[int]:
        """Return who has deleted all about themselves, and done nothing since."""
        return [*self.readers.deleted, *self.moderators.deleted]

    # What is there.

    def groups(self):
        sql = "SELECT * FROM study_groups WHERE merged_into IS NULL ORDER BY group_id"
        return self.ledger.ask(sql)

    def group(self, group_id: int):
        """Return a group; one that went into another, with the channel where it was."""
        rows = self.ledger.ask("SELECT * FROM study_groups WHERE group_id = ?", group_id)
        if not rows or rows[0]["merged_into"] is None:
            return rows[0] if rows else None
        return {**dict(rows[0]), "channel_id": rows[0]["left_channel_id"]}

    def present_id(self, group_id: int) -> int:
        """Return in which group the members are now of one that was there."""
        group = self.group(group_id)
        return group_id if group is None else group["merged_into"] or group_id

    def any_group(self, chance: Random):
        groups = self.groups()
        return chance.choice(groups) if groups else None

    def any_row(self, chance: Random, sql: str):
        rows = self.ledger.ask(sql)
        return chance.choice(rows) if rows else None

    def marks_of(self, person_id: int):
        rows = self.ledger.ask("SELECT * FROM progress WHERE reader_id = ?", person_id)
        return {row["resource_key"]: (row["state"], row["rating"]) for row in rows}

    def new_channel(self, guild: Guild, kind: str) -> Channel:
        chance = self.stream(f"channel {len(guild.channels)} of {guild.name}")
        made = Channel(self.discord.new_id(), guild, kind, chatter=chance.choice(CHATTER))
        guild.channels.append(made)
        self.discord.places[made.place_id] = made
        return made

    def free_channel(self, guild: Guild, kind: str) -> Channel | None:
        taken = {group["channel_id"] for group in self.groups()}
        free = (c for c in guild.channels if c.kind == kind and c.place_id not in taken)
        return next((channel for channel in free if channel.is_there), None)

    def is_well(self, place_id: int) -> bool:
        """Tell whether nothing keeps papers out of a channel."""
        place = self.discord.places[place_id]
        kept_out = place.has_automod or place.needs_tag or place.is_full
        gone = "SELECT 1 FROM gone_guilds WHERE guild_id = ?"
        is_here = place.guild.is_in and not self.ledger.ask(gone, place.guild.guild_id)
        return place.is_there and is_here and not kept_out and place.held.issuperset(NAMED)

    # Who counts what went wrong.

    def _unheard(self, loop, context) -> None:
        """Take an error that nobody asks for. What a life leaves behind at its end is none."""
        task, error = context.get("task") or context.get("future"), context.get("exception")
        owner = getattr(task, "owner", None)
        if error is not None and (owner is None or not owner.is_over) and not is_expected(error):
            self.promises.surprised_by(error, context["message"])

    def _count_statement(self) -> None:
        """Count what is asked of the ledger: whoever runs away asks again and again."""
        if (hour := self._time() // AN_HOUR) != self._hour:
            self._hour, self._ran = hour, 0
        self._ran += 1
        if self._ran > AN_HOURS_STATEMENTS:
            self.promises.breaks("no runaway", f"{self._ran} statements within an hour")

    def crashed(self) -> None:
        """Count a crash as trouble of the groups that something was just due for."""
        self.counts["crashes"] += 1
        now = self.now()
        for row in self.ledger.ask(
            "SELECT group_id FROM outbox WHERE state IN ('waiting', 'claimed')"
            " AND due_at <= ? AND group_id IS NOT NULL"
            " UNION SELECT group_id FROM study_groups WHERE state = 'active' AND next_at <= ?",
            now, now,
        ):  # fmt: skip
            self._trouble(row["group_id"])

    def _struck(self, guild_id: int | None) -> None:
        """Count a fault as trouble of the groups in whose server it was."""
        self.counts["faults"] += 1
        for group in self.groups() if guild_id is not None else ():
            if group["guild_id"] == guild_id:
                self._trouble(group["group_id"])

    def _trouble(self, group_id: int) -> None:
        self._troubled.add((group_id, running_week("UTC", self.now())))

    def _count(self) -> None:
        """Count weeks in which a paper was due while there were faults, and those with trouble."""
        self.counts["messages"] = len(self.discord.by_id)
        for week in self.ledger.ask(
            "SELECT group_id, slot_at FROM weeks WHERE slot_at <= ?"
            " AND state IN ('waiting', 'posted', 'uncertain', 'missed')",
            self.setting.begins + timedelta(seconds=self.ends),
        ):
            self.counts["weeks"] += 1
            spent = week["group_id"], running_week("UTC", instant(week["slot_at"]))
            self.counts["troubled"] += spent in self._troubled

    # How it goes.

    async def _live(self) -> None:
        self._settle()
        self.bots.start()
        try:
            await self._until(5.0)
            await self._begin_groups()
            for event in self.script:
                if event.at < self._time():
                    continue
                await self._until(event.at)
                if not self.stop.is_set():
                    self.befell.append(event)
                if event.what == "calm":
                    await self._is_calm()
                elif not self.stop.is_set():
                    self.events.befall(event)
            await self._until(self.ends)
            if self._heals and not self.stop.is_set():
                self._healed = True
                await self._heal()
        finally:
            self.bots.end()
            await asyncio.sleep(1)
            self._count()

    async def _heal(self) -> None:
        """All is calm; then one server hangs for a week, and the others must not notice."""
        await self._is_calm()
        self.hung, since = next(iter(self.discord.guilds)), self.now()
        self.told(f"server {self.hung} hangs from now on")
        self.weather.add(Storm(0, float("inf"), 1.0, ("hangs_before",), self.hung))
        await self._until(self._time() + 7 * A_DAY)
        self.promises.on_time(since)
        await self._is_calm()

    async def _is_calm(self) -> None:
        """The faults stop; a day later all must be settled."""
        self.told("the faults stop")
        calm_since = self.now()
        self.weather.clear()
        self.events.calm_down()
        self.bots.heal()
        for guild in self.discord.guilds.values():
            guild.is_out = False
            self.bots.tell("available", guild)
        await self._until(self._time() + A_DAY_OR_SO)
        if not self.stop.is_set():
            self.promises.all_is_settled(calm_since)

    async def _until(self, at: float) -> None:
        """Let time pass, but not beyond a broken promise."""
        left = at - self._time()
        if left > 0 and not self.stop.is_set():
            waits = asyncio.ensure_future(self.stop.wait())
            await asyncio.wait([waits], timeout=left)
            waits.cancel()

    def _time(self) -> float:
        return self.loop.time()

    def _settle(self) -> None:
        """Make servers, channels, roles and members."""
        setting, chance = self.setting, self.stream("servers")
        if setting.rough:
            self.weather.add(Storm(0, 300, 0.5, UNANSWERED))
        for n in range(setting.guilds):
            guild_id = self.discord.new_id(shard=n % 2)
            guild = Guild(guild_id, f"Server {n}", self.now() - timedelta(days=n))
            guild.roles = {guild_id + 1: True, guild_id + 2: False}
            guild.members = {9000, 9001, *(reader.person_id for reader in self.readers.all)}
            self.discord.guilds[guild_id] = guild
        guilds = list(self.discord.guilds.values())
        self.homes = []
        for n, schedule in enumerate(setting.schedules):
            kind = "forum" if n < setting.forums else "text"
            place = self.new_channel(guilds[n % len(guilds)], kind)
            self.homes.append((place, schedule, chance.choice((None, *place.guild.roles))))

    async def _begin_groups(self) -> None:
        for home in self.homes:
            await self.bots.is_one_ready()
            await self.moderators.start(*home, 9000)
        await self.readers.begin(self.stream("who ignores"))


def lived(seed: int, script: Sequence[Event] | None = None) -> Outcome:
    """Return what comes of a world; in a process of a pool, too.

    ``script``: what befalls it, if not all that the seed draws.
    """
    return World(seed, script=script).run()


@cache
def _empty_ledger(papers: int) -> bytes:
    """Return a file as a first start leaves it."""
    with TemporaryDirectory(prefix="simulation-") as folder:
        path = Path(folder) / "ledger.db"

        async def make() -> None:
            db = await open_database(f"sqlite:///{path}")
            await migrate(db)
            await services_over(db, the_list(papers), lambda: instant(1_700_000_000))
            await db.close()

        asyncio.run(make())
        return path.read_bytes()
