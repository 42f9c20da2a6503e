"""Two bots, each one life after the other, wired as ``app.py`` wires a bot."""

import asyncio
from datetime import datetime, timedelta
from random import Random

from bot.errors import LedgerError, ReaderError
from bot.outbox.engine import Engine
from bot.outbox.letters import letters
from bot.outbox.ticker import Ticker
from bot.outbox.tickets import Tickets
from bot.services.opening import services_over
from tests.simulation.discord import Guild, Port
from tests.simulation.ledger import Face
from tests.simulation.loop import OWNER
from tests.simulation.promises import is_expected

A_START, AN_HOUR = 3600.0, 3600.0

LOST = object()
"""An answer that nobody heard: what was asked for may have happened."""


class Life:
    """From a start to a crash. After its end nothing of it can do anything any more."""

    def __init__(self, world, number: int, index: int) -> None:
        self._world, self.number, self.index = world, number, index
        self.is_over = self.is_ready = False
        self.frozen_at = self.frozen_until = 0.0
        self.is_suspended = False
        self.ended = asyncio.Event()
        self.port = Port(world.discord, self, index if world.setting.shards else None)
        self._chance: Random = world.stream(f"life {number}")
        self._left: int | None = None
        self._tasks: dict[int, asyncio.Task] = {}

    def __str__(self) -> str:
        return f"bot {self.number}"

    def clock(self) -> datetime:
        bots = self._world.bots
        return self._world.now() + bots.leapt_by + bots.skews[self.index]

    def own(self, task) -> None:
        """Remember a task that is made within this life."""
        self._tasks[task.number] = task
        task.add_done_callback(lambda done: self._tasks.pop(done.number, None))

    def end_before(self, steps: int | None) -> None:
        """Crash before this many more pauses."""
        self._left = steps

    def freeze(self, seconds: float, *, is_suspended: bool = False) -> None:
        """Let its machine stand still, or even its timers; the world, and its clock, go on."""
        self.frozen_at = asyncio.get_running_loop().time()
        self.frozen_until, self.is_suspended = self.frozen_at + seconds, is_suspended

    async def pause(self, longest: float = 0.0) -> None:
        """Let others go first, for up to ``longest`` seconds; here a life may end, or freeze."""
        self.may_end()
        roll = self._chance.random()
        delay = roll * longest if longest else max(0.0, roll - 0.98) * 20
        if self.frozen_until > self._world.loop.time():
            delay = max(delay, 0.001)  # which ends when it thaws
        await asyncio.sleep(delay)
        if self.is_over:
            raise asyncio.CancelledError

    def may_end(self) -> None:
        """End here, if it is time to; else go on at once."""
        if self._left is not None and not self.is_over:
            self._left -= 1
            if self._left <= 0:
                self._world.bots.crash(self)
        if self.is_over:
            raise asyncio.CancelledError

    def begin(self, work) -> asyncio.Task:
        """Do something within this life."""
        token = OWNER.set(self)
        try:
            return asyncio.create_task(work)
        finally:
            OWNER.reset(token)

    async def start(self) -> None:
        """Do what a start does; then go on by itself."""
        world = self._world
        db = Face(world.ledger, self, world.weather)
        self.services = services = await services_over(
            db, world.base, self.clock, send_rate=world.setting.send_rate, chance=self._chance
        )
        await services.try_to_write()
        await services.clock_repair.put_right()
        tickets = Tickets(services.db, services.clock, services.send_rate)
        engine = Engine(services, self.port, tickets, letters(services, tickets))
        self.ticker = Ticker(services, self.port, tickets, engine, world.setting.nap)
        self.is_ready = True
        await self.connect()

    async def connect(self) -> None:
        """Be connected to Discord, for the first time or anew, as ``on_ready`` is."""
        self.port.connect()
        self.ticker.start()
        await self.ticker.servers.greet_newcomers()

    async def stop(self) -> None:
        """Stop as the host asks it to: letters under way leave first, for a few seconds."""
        self.is_ready = False
        try:
            async with asyncio.timeout(5):
                await self.ticker.stop()
        except TimeoutError:
            self.ticker.cancel()

    def end(self) -> None:
        """Let nothing more be done: whatever still unwinds finds ledger and Discord closed."""
        self.is_over, self.is_ready = True, False
        self.ended.set()
        for task in list(self._tasks.values()):
            task.cancel()


class Bots:
    """Both bots: started again whenever they end.

    ``leapt_by``: how far the clocks of both are ahead; ``skews``: how far more each bot's own is.
    """

    def __init__(self, world) -> None:
        self._world = world
        self.skews = [timedelta(0), timedelta(0)]
        self.leapt_by = timedelta(0)
        self._right_since: datetime | None = None
        self._were_ahead: list[tuple[datetime, timedelta]] = []
        self._leaps: list[tuple[datetime, timedelta]] = []
        self._lives: list[Life | None] = [None, None]
        self._down_until = [0.0, 0.0]
        self._born = 0
        self._chance = world.stream("people")

    def start(self) -> None:
        self._keepers = [asyncio.create_task(self._keep(index)) for index in (0, 1)]

    def end(self) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        for life in self.alive:
            life.end()

    @property
    def alive(self) -> list[Life]:
        return [life for life in self._lives if life is not None and not life.is_over]

    @property
    def ready(self) -> list[Life]:
        return [life for life in self.alive if life.is_ready]

    async def is_one_ready(self) -> None:
        """Wait until somebody would be answered."""
        while not self.ready:  # noqa: ASYNC110 - seconds cost nothing here
            await asyncio.sleep(1)

    def stay_away(self, index: int, seconds: float) -> Life | None:
        """Let a bot, once it has ended, start again only then; return it, if it is alive."""
        self._down_until[index] = asyncio.get_running_loop().time() + seconds
        life = self._lives[index]
        return None if life is None or life.is_over else life

    def skew(self, index: int, by: timedelta) -> None:
        self._were_ahead.append((self._world.now(), self.skews[index]))
        self.skews[index] = by

    def ahead(self) -> timedelta:
        """Return how far ahead a clock is, or was an hour or two ago."""
        since = self._world.now() - timedelta(hours=2)
        self._were_ahead = [each for each in self._were_ahead if each[0] >= since]
        return max(*self.skews, *(by for _, by in self._were_ahead))

    def leap(self, by: timedelta) -> None:
        """Let the clocks of both be so far ahead, until they leap again."""
        if self.leapt_by:
            self._right_since = self._world.now()
            self._leaps.append((self._right_since, self.leapt_by))
        self.leapt_by = by

    def latest_since(self, since: datetime) -> datetime:
        """Return the latest instant that their clocks showed since then."""
        now = self._world.now()
        leaps = [*self._leaps, (now, self.leapt_by)]
        return max(ended_at + by for ended_at, by in leaps if ended_at >= since)

    def leapt_within(self, time: timedelta) -> bool:
        """Tell whether both clocks are wrong, or were not so long ago."""
        since = self._right_since
        return bool(self.leapt_by) or (since is not None and self._world.now() - since <= time)

    def heal(self) -> None:
        """Let nothing end any more, and everybody be connected."""
        self.leap(timedelta(0))
        for index in (0, 1):
            self.skew(index, timedelta(0))
        self._down_until = [0.0, 0.0]
        for life in self.alive:
            life.end_before(None)
            life.frozen_until = 0.0
        self.connect()

    def connect(self, *indices: int) -> None:
        """Connect those of these bots, or of both, that have lost the gateway."""
        for life in self.alive:
            if life.index in (indices or (0, 1)) and not life.port.is_connected:
                if life.is_ready:
                    life.begin(self._at_an_edge(life.connect))
                else:
                    life.port.connect()

    def crash(self, life: Life) -> None:
        self._world.told(f"{life} crashes")
        self._world.crashed()
        life.end()

    async def ask(self, words: str, act, *, now: bool = False):
        """Let somebody ask a bot; return the answer, its refusal, or that nobody heard it."""
        if not (ready := self.ready):
            return LOST
        life = self._chance.choice(ready)
        self._world.told(f"{words} ({life})")

        async def answered():
            answer = await act(life.services)
            life.ticker.look_again()
            return answer

        task = life.begin(answered())
        await asyncio.wait([task])
        if task.cancelled():
            self._world.told("    nobody hears an answer")
            return LOST
        if (error := task.exception()) is not None:
            self._world.told(f"    is answered {type(error).__name__}")
            if isinstance(error, LedgerError):  # which may come after the commit
                return LOST
            if isinstance(error, ReaderError):
                return error
            self._world.promises.surprised_by(error, words)
            return LOST
        if now and life.is_ready:
            life.begin(self._at_an_edge(life.ticker.now))
        return task.result()

    def tell(self, what: str, guild: Guild) -> None:
        """Let the bots hear what Discord tells those who are connected."""
        guild_id = guild.guild_id
        for life in self.alive:
            if not life.port.hears(what, guild):
                continue
            if what == "removed" and life.is_ready:
                life.begin(self._at_an_edge(life.services.guilds.removed, guild_id))
            elif what in ("arrived", "available") and life.is_ready:
                servers = life.ticker.servers
                hear = servers.arrived if what == "arrived" else servers.greet_if_new
                life.begin(self._at_an_edge(hear, guild_id))

    async def _keep(self, index: int) -> None:
        """Start a bot again whenever it has ended."""
        loop = asyncio.get_running_loop()
        while True:
            if (life := self._lives[index]) is not None:
                await life.ended.wait()
            if (left := self._down_until[index] - loop.time()) > 0:
                await asyncio.sleep(min(left, AN_HOUR))
                continue
            self._born += 1
            self._world.counts["lives"] += 1
            life = self._lives[index] = Life(self._world, self._born, index)
            self._world.told(f"{life} starts as the {('first', 'second')[index]}")
            starting = life.begin(life.start())
            await asyncio.wait([starting], timeout=A_START)
            if starting.cancelled() or not starting.done():
                life.end()
            elif (error := starting.exception()) is not None:
                self._world.told(f"{life} can't start: {type(error).__name__}")
                if not is_expected(error):
                    self._world.promises.surprised_by(error, f"{life} can't start")
                life.end()
                self.stay_away(index, 5)

    async def _at_an_edge(self, act, *about: int) -> None:
        """Do what a bot does of its own accord: an error ends there."""
        try:
            await act(*about)
        except Exception as error:  # noqa: BLE001 - told, or a promise is broken
            self._world.told(f"    {act.__name__} ends with {error!r}")
            if not is_expected(error):
                self._world.promises.surprised_by(error, act.__name__)
