"""Tells Prometheus how the bot is, and whoever asks whether it is well: on this machine alone."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import get_args

from aiohttp import web
from discord.ext import commands
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from bot.core.maps import Chart, Draw
from bot.core.outbox import LetterKind
from bot.errors import ConfigError, LedgerError, ReaderError, TooFastError
from bot.logs import is_news
from bot.services.opening import Services
from bot.store.outbox import WaitingLetters, waiting_letters
from bot.views.parts import Interaction
from bot.views.replies import ANSWERED, DEFERRING, FAILURE, TROUBLE, Door, is_too_late

HOST = "127.0.0.1"
ANSWER_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 5.0, 10.0, 30.0)
"""Discord waits three seconds; after one and a half we tell it that the answer takes longer."""
LAG_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)
PICTURE_BUCKETS = (0.001, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0)
LAG_EVERY = 0.5
"""Seconds between two looks at how late the event loop is."""
PATIENCE = 1.0
"""Seconds that a scrape waits for the database; Prometheus itself waits for ten."""


class Metrics:
    """What is counted while the bot runs, and what is looked at when somebody asks.

    No label has the id of a person or server, or anything that somebody typed.
    """

    def __init__(self, version: str) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # as many again, and no use
        self.registry = registry = CollectorRegistry()
        of_answers = ("door", "name")
        ProcessCollector(registry=registry)
        build = Gauge("nextread_build_info", "Version that runs.", ["version"], registry=registry)
        build.labels(version).set(1)
        self._answers = Histogram(
            "nextread_answer_duration_seconds",
            "Time from a command, click, form or typed letter to its answer.",
            of_answers,
            buckets=ANSWER_BUCKETS,
            registry=registry,
        )
        self._late = Counter(
            "nextread_late_answers_total",
            "Answers that were deferred, or that Discord never got.",
            [*of_answers, "outcome"],
            registry=registry,
        )
        self._errors = Counter(
            "nextread_answer_errors_total",
            "Answers that failed for no fault of the reader's.",
            [*of_answers, "cause"],
            registry=registry,
        )
        self._floods = Counter(
            "nextread_refused_floods_total",
            "Answers refused to who asks too fast.",
            ["door"],
            registry=registry,
        )
        self._logged = Counter(
            "nextread_log_messages_total",
            "Lines in the log: of a warning we coped with, at an error a person must look.",
            ["level"],
            registry=registry,
        )
        self._pictures = Histogram(
            "nextread_picture_duration_seconds",
            "Time to draw a picture.",
            ["outcome"],
            buckets=PICTURE_BUCKETS,
            registry=registry,
        )
        self._lag = Histogram(
            "nextread_event_loop_lag_seconds",
            "How late the event loop does what is due.",
            buckets=LAG_BUCKETS,
            registry=registry,
        )
        for door in get_args(Door):
            if door != "form":
                self._floods.labels(door)
        for level in ("warning", "error"):
            self._logged.labels(level)
        for outcome in ("drawn", "failed"):
            self._pictures.labels(outcome)

    def watch(self, interaction: Interaction, door: Door, name: str) -> None:
        """Tell how an interaction was answered once the task that answers it has ended.

        ``name``: of the command, or of the kind of click or form.
        """
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        began = loop.time()

        def ended(task: asyncio.Task[object]) -> None:
            if not task.cancelled():
                took = interaction.extras.get(ANSWERED, loop.time()) - began
                self._answered(interaction, door, name, took)

        if task is not None:
            task.add_done_callback(ended)

    def _answered(self, interaction: Interaction, door: Door, name: str, took: float) -> None:
        failure: Exception | None = interaction.extras.get(FAILURE)
        if isinstance(failure, TooFastError):
            self._floods.labels(door).inc()
            return
        self._answers.labels(door, name).observe(took)
        if not interaction.response.is_done() or (failure and is_too_late(failure)):
            self._late.labels(door, name, "unanswered").inc()
        elif DEFERRING in interaction.extras:
            self._late.labels(door, name, "deferred").inc()
        if failure is not None and (cause := _cause(failure)):
            self._errors.labels(door, name, cause).inc()

    def timed(self, draw: Draw) -> Draw:
        """Return what draws as ``draw`` does, and is timed."""

        async def drawn(chart: Chart) -> bytes | None:
            loop = asyncio.get_running_loop()
            began = loop.time()
            picture = await draw(chart)
            outcome = "failed" if picture is None else "drawn"
            self._pictures.labels(outcome).observe(loop.time() - began)
            return picture

        return drawn

    @asynccontextmanager
    async def serving(
        self,
        port: int,
        bot: commands.AutoShardedBot,
        services: Services,
        illness: Callable[[], str | None],
    ) -> AsyncIterator[None]:
        """Answer `/healthz` and `/metrics` meanwhile. ``illness``: what is wrong with the bot.

        Raises:
            ConfigError: nothing can listen on this port.
        """
        state = _State(bot, services)
        self.registry.register(state)

        async def health(_request: web.Request) -> web.Response:
            told = illness()
            return web.Response(text=f"{told or 'ok'}\n", status=503 if told else 200)

        async def metrics(request: web.Request) -> web.Response:
            await state.look()
            encode, content_type = choose_encoder(request.headers.get("Accept", ""))
            headers = {"Content-Type": content_type}
            return web.Response(body=encode(self.registry), headers=headers)

        app = web.Application()
        app.add_routes([web.get("/healthz", health), web.get("/metrics", metrics)])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        lines = _Lines(self._logged)
        try:
            try:
                await web.TCPSite(runner, HOST, port).start()
            except OSError as error:
                raise ConfigError(
                    f"METRICS_PORT: nothing can listen on port {port} of {HOST}"
                    f" ({error.strerror}). Choose another; each process on a machine needs its own."
                ) from error
            logging.getLogger().addHandler(lines)
            feeling = asyncio.create_task(self._feel_lag())
            yield
            feeling.cancel()
        finally:
            logging.getLogger().removeHandler(lines)
            await runner.cleanup()

    async def _feel_lag(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LAG_EVERY
            await asyncio.sleep(LAG_EVERY)
            self._lag.observe(max(0.0, loop.time() - due))


def _cause(failure: Exception) -> str | None:
    """Return whose fault a failure is; None for what its reader can do something about."""
    if isinstance(failure, LedgerError):
        return "database"
    if isinstance(failure, ReaderError):
        return None
    return "discord" if isinstance(failure, TROUBLE) or is_too_late(failure) else "bot"


class _Lines(logging.Handler):
    """Counts the lines of the log."""

    def __init__(self, logged: Counter) -> None:
        super().__init__(logging.WARNING)
        self.addFilter(is_news)
        self._logged = logged

    def emit(self, record: logging.LogRecord) -> None:
        self._logged.labels("error" if record.levelno >= logging.ERROR else "warning").inc()


class _State:
    """What is looked at when somebody asks: shards, servers, the database, letters."""

    def __init__(self, bot: commands.AutoShardedBot, services: Services) -> None:
        self._bot, self._services = bot, services
        self._letters: dict[LetterKind, WaitingLetters] | None = None
        self._looking: asyncio.Task[None] | None = None

    async def look(self) -> None:
        """Read which letters wait: one statement at a time, however many ask; None in time, none.

        A database that hangs holds up no more than that statement.
        """
        if self._looking is None or self._looking.done():
            self._letters = None
            self._looking = asyncio.create_task(self._look())
        await asyncio.wait([self._looking], timeout=PATIENCE)

    async def _look(self) -> None:
        with suppress(LedgerError):  # logged when it began
            services = self._services
            self._letters = await waiting_letters(services.background, services.clock())

    def describe(self) -> Iterable[Metric]:
        """Name nothing ahead: otherwise all would be looked at once more."""
        return ()

    def collect(self) -> Iterator[Metric]:
        bot, db = self._bot, self._services.db
        yield GaugeMetricFamily("nextread_servers", "Servers that have the bot.", len(bot.guilds))
        connected = GaugeMetricFamily(
            "nextread_shard_connected", "Whether a shard is connected.", labels=["shard"]
        )
        latency = GaugeMetricFamily(
            "nextread_shard_latency_seconds", "Time of a heartbeat to Discord.", labels=["shard"]
        )
        for shard_id, shard in bot.shards.items():
            connected.add_metric([str(shard_id)], not shard.is_closed())
            if 0 <= shard.latency < float("inf"):
                latency.add_metric([str(shard_id)], shard.latency)
        yield from (connected, latency)
        yield GaugeMetricFamily(
            "nextread_database_up", "Whether the database could be used last time.", db.is_well
        )
        yield GaugeMetricFamily(
            "nextread_database_last_write_timestamp_seconds",
            "When this process last wrote to the database.",
            db.wrote_at,
        )
        if self._letters is not None:
            yield from _of_letters(self._letters, self._services.clock().timestamp())


def _of_letters(
    letters: dict[LetterKind, WaitingLetters], now: float
) -> Iterator[GaugeMetricFamily]:
    waiting = GaugeMetricFamily(
        "nextread_letters_waiting",
        "Letters to be sent: due, or put off because something was in the way.",
        labels=["kind", "state"],
    )
    age = GaugeMetricFamily(
        "nextread_oldest_due_letter_age_seconds",
        "How long the letter that is due longest has been due; 0 for none.",
        labels=["kind"],
    )
    for kind in get_args(LetterKind):
        found = letters.get(kind, WaitingLetters(0, None, 0))
        waiting.add_metric([kind, "due"], found.due)
        waiting.add_metric([kind, "put_off"], found.put_off)
        since = now if found.due_since is None else found.due_since.timestamp()
        age.add_metric([kind], max(0.0, now - since))
    yield from (waiting, age)
