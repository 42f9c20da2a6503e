"""What Prometheus is told: names by its conventions, nothing twice, and nothing of anybody."""

import asyncio
import logging
import re
import shutil
import socket
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import get_args

import aiohttp
import discord
import pytest
import yaml
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot.app import NextreadBot
from bot.core.limits import Limits
from bot.core.outbox import LetterKind
from bot.errors import ConfigError, LedgerError
from bot.metrics import Metrics
from bot.services.opening import services_over
from bot.store.database import Queries, open_database
from tests.small_discord import TOKEN, SmallDiscord, nextread

PROJECT = Path(__file__).parents[1]
ALERTS = PROJECT / "docs" / "alerts.yml"
OURS = "nextread_"
BASE_UNITS = ("seconds", "bytes", "info", "total")
NO_UNIT = {"nextread_servers", "nextread_shard_connected", "nextread_database_up"} | {
    "nextread_letters_waiting"
}
"""Counts of things, and what is so or not."""
LABELS = {
    "door", "name", "outcome", "cause", "level", "kind", "state", "shard", "version", "le",
}  # fmt: skip


class Frail(Queries):
    """A database that can be lost, or hang."""

    def __init__(self, db) -> None:
        self._db = db
        self.is_shared, self.migrating = db.is_shared, db.migrating
        self.checkpoint, self.close, self.transaction = db.checkpoint, db.close, db.transaction
        self.is_well, self.wrote_at = True, db.wrote_at
        self.hangs, self.asked, self.seconds = asyncio.Event(), 0, 0
        self.hangs.set()

    async def fetch(self, sql, *args):
        self.asked += 1
        await self.hangs.wait()
        await asyncio.sleep(self.seconds)
        if not self.is_well:
            raise LedgerError("lost", "gone")
        return await self._db.fetch(sql, *args)


@pytest.fixture
def metrics():
    return Metrics("1.2.3")


@pytest.fixture
async def simcord_bot(tmp_path, base, new_ledger, metrics, draw):
    shutil.copy(new_ledger, tmp_path / "bot.db")

    async def opening():
        db = Frail(await open_database(f"sqlite:///{tmp_path / 'bot.db'}"))
        return await services_over(db, base, discord.utils.utcnow, draw=metrics.timed(draw))

    bot = NextreadBot(opening, shard_count=1, limits=Limits(), watch=metrics.watch)
    yield bot
    await bot.close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def families_of(text):
    return {each.name: each for each in text_string_to_metric_families(text)}


@pytest.fixture
def told(metrics):
    """Return the value of each sample whose name begins so, by its labels' values."""

    def values(name, *parts):
        text = generate_latest(metrics.registry).decode()
        samples = (s for family in families_of(text).values() for s in family.samples)
        return {
            tuple(s.labels.values()): s.value
            for s in samples
            if s.name == name and set(parts) <= set(s.labels.values()) and s.value
        }

    return values


@asynccontextmanager
async def served(metrics, bot, illness=lambda: None):
    """Yield what asks for a page: its status and text."""
    port = free_port()
    async with (
        metrics.serving(port, bot, bot.services, illness),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):

        async def get(path):
            async with session.get(path) as answer:
                return answer.status, await answer.text()

        yield get


ANSWERS = "nextread_answer_duration_seconds_count"


async def test_each_answer_is_counted_once_by_its_command_or_kind_of_click(alice, channel, told):
    card = await alice.slash(channel, "next")
    await alice.slash(channel, "search", query="bert")
    await alice.autocomplete(channel, "search", "query", "ber")
    await alice.click(card.response.message, label="Done")

    assert told(ANSWERS) == {
        ("command", "next"): 1,
        ("command", "search"): 1,
        ("autocomplete", "search"): 1,
        ("click", "Done"): 1,
    }
    assert told("nextread_late_answers_total") == told("nextread_answer_errors_total") == {}


async def test_a_form_is_the_answer_to_a_click_and_is_answered_itself(moderator, channel, told):
    card = await moderator.slash(channel, "manage import")
    form = await moderator.click(card.response.message, label="Paste a list")
    await moderator.submit_modal(form, {"pasted": "https://example.org/a"})

    counted = told(ANSWERS)

    assert counted["command", "manage import"] == 1
    assert [door for door, _ in counted].count("click") == 1
    assert counted["form", "PasteForm"] == 1


async def test_what_its_reader_can_mend_is_no_error(alice, channel, env, told):
    await alice.slash(channel, "done", resource="no such thing at all")

    assert told(ANSWERS) == {("command", "done"): 1}
    assert told("nextread_answer_errors_total") == {}
    assert len(env.errors) == 1


async def test_a_lost_database_is_the_cause(alice, channel, env, told):
    env.bot.services.db.is_well = False

    await alice.slash(channel, "next")

    assert told("nextread_answer_errors_total") == {("database", "command", "next"): 1}
    assert len(env.errors) == 1


async def test_an_answer_that_had_to_be_deferred_is_late(alice, channel, env, told):
    env.bot.services.db.seconds = 2

    await alice.slash(channel, "next")
    await env.advance_time(2)
    env.bot.services.db.seconds = 0
    await env.advance_time(20)

    assert told("nextread_late_answers_total") == {("command", "next", "deferred"): 1}


async def test_a_flood_is_counted_apart(alice, channel, told):
    for _ in range(25):
        await alice.slash(channel, "next")

    assert told(ANSWERS) == {("command", "next"): 20}
    assert told("nextread_refused_floods_total") == {("command",): 5}


async def test_everything_told_follows_prometheus_conventions(alice, channel, env, metrics):
    card = await alice.slash(channel, "next")
    await alice.click(card.response.message, label="Done")
    async with served(metrics, env.bot) as get:
        status, text = await get("/metrics")
    families = families_of(text)
    ours = {name: each for name, each in families.items() if name.startswith(OURS)}

    assert status == 200
    assert {name for name in families if not name.startswith((OURS, "process_"))} == set()
    for name, family in ours.items():
        samples = [each.name for each in family.samples]
        assert re.fullmatch("[a-z]+(_[a-z]+)*", name)
        assert family.documentation.endswith(".")
        assert family.type in {"gauge", "counter", "histogram"}
        assert name.endswith(BASE_UNITS) or name in NO_UNIT or family.type == "counter", name
        assert family.type != "counter" or all(each.endswith("_total") for each in samples)
        assert not name.endswith("_total") or family.type == "counter"
        assert "created" not in "".join(samples)


async def test_no_label_tells_of_anybody(alice, channel, env, metrics):
    await alice.slash(channel, "search", query="a secret wish")
    await alice.slash(channel, "done", resource="a secret wish")
    async with served(metrics, env.bot) as get:
        _, text = await get("/metrics")
    labels = [s.labels for family in families_of(text).values() for s in family.samples]

    assert {name for each in labels for name in each} <= LABELS
    assert "secret" not in text
    assert not [v for each in labels for v in each.values() if re.search(r"\d{5}", v)]


async def test_letters_shards_and_servers_are_told(alice, env, metrics, guild):
    async with served(metrics, env.bot) as get:
        _, text = await get("/metrics")
    families = families_of(text)

    def values(name):
        return {tuple(s.labels.values()): s.value for s in families[name].samples}

    assert values("nextread_servers") == {(): 1}
    assert values("nextread_shard_connected") == {("0",): 1}
    assert values("nextread_database_up") == {(): 1}
    assert values("nextread_build_info") == {("1.2.3",): 1}
    assert {kind for kind, _ in values("nextread_letters_waiting")} == {*get_args(LetterKind)}
    assert {*values("nextread_oldest_due_letter_age_seconds").values()} == {0}


async def test_without_a_database_all_else_is_told(env, metrics):
    db = env.bot.services.db
    async with served(metrics, env.bot) as get:
        db.is_well = False
        status, lost = await get("/metrics")
        db.is_well = True
        _, found = await get("/metrics")

    assert status == 200
    assert "nextread_database_up 0.0" in lost
    assert "nextread_letters_waiting" not in lost
    assert "nextread_letters_waiting" in found


async def test_a_database_that_hangs_is_asked_once_however_many_ask(env, metrics, monkeypatch):
    monkeypatch.setattr("bot.metrics.PATIENCE", 0.05)
    db = env.bot.services.db
    async with served(metrics, env.bot) as get:
        db.hangs.clear()
        before = db.asked
        answers = await asyncio.gather(*(get("/metrics") for _ in range(5)))
        await get("/metrics")
        asked = db.asked - before
        db.hangs.set()

    assert {status for status, _ in answers} == {200}
    assert not any("nextread_letters_waiting" in text for _, text in answers)
    assert asked == 1


async def test_health_says_what_the_command_says(env, metrics):
    async with served(metrics, env.bot, lambda: "The bot can't write.") as get:
        ill = await get("/healthz")
        lost = await get("/")
    async with served(Metrics("1"), env.bot) as get:
        well = await get("/healthz")

    assert ill == (503, "The bot can't write.\n")
    assert well == (200, "ok\n")
    assert lost[0] == 404


async def test_lines_of_the_log_are_counted(env, metrics, told):
    async with served(metrics, env.bot):
        logging.getLogger("bot.some").warning("coped")
        logging.getLogger("bot.some").error("look")
        logging.getLogger("bot.some").info("fine")
    logging.getLogger("bot.some").error("nobody counts any more")

    assert told("nextread_log_messages_total") == {("warning",): 1, ("error",): 1}


async def test_a_picture_is_timed(metrics, told):
    async def draw(chart):
        return chart

    await metrics.timed(draw)(b"png")
    await metrics.timed(draw)(None)

    assert told("nextread_picture_duration_seconds_count") == {("drawn",): 1, ("failed",): 1}


async def test_a_port_that_is_taken_is_told_in_words(env, metrics):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"METRICS_PORT: nothing can listen on port {port} "):
            async with metrics.serving(port, env.bot, env.bot.services, lambda: None):
                pass


async def page(port, path):
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as answer,
    ):
        return answer.status, await answer.text()


async def test_the_bot_itself_tells_it_and_a_second_one_needs_its_own_port(tmp_path):
    port, beside = str(free_port()), tmp_path / "beside"
    beside.mkdir()
    async with (
        SmallDiscord().open() as small,
        nextread(
            "run", folder=tmp_path, api=small.api, DISCORD_TOKEN=TOKEN, METRICS_PORT=port
        ) as process,
    ):
        await process.said("ready:")
        status, text = await page(port, "/metrics")
        async with nextread("run", folder=beside, DISCORD_TOKEN=TOKEN, METRICS_PORT=port) as second:
            code = await second.ended()

    assert status == 200
    assert "nextread_shard_connected" in text
    assert code == 2
    assert second.log.startswith(f"METRICS_PORT: nothing can listen on port {port} of 127.0.0.1")
    assert len(second.log.splitlines()) == 1


def test_who_wants_no_metrics_pays_nothing():
    code = (
        "import sys, bot.__main__, bot.app\n"
        "print({'prometheus_client', 'bot.metrics'} & {*sys.modules})"
    )

    told = subprocess.check_output([sys.executable, "-c", code], cwd=PROJECT, text=True)

    assert told == "set()\n"


async def test_the_alerts_ask_for_what_is_told(alice, channel, env, metrics):
    async with served(metrics, env.bot) as get:
        await alice.slash(channel, "next")
        _, text = await get("/metrics")
    known = {s.name for family in families_of(text).values() for s in family.samples}
    known |= {family.name + "_total" for family in families_of(text).values()}
    rules = [
        rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]
    ]
    asked = {name for rule in rules for name in re.findall(r"nextread_\w+", rule["expr"])}

    assert len(rules) == 3
    assert asked - known == set()


@pytest.mark.kill
@pytest.mark.skipif(not shutil.which("promtool"), reason="needs Debian's package `prometheus`")
@pytest.mark.parametrize("words", [["check", "metrics"], ["check", "rules", str(ALERTS)]])
async def test_promtool_finds_nothing_wrong(words, alice, channel, env, metrics):
    await alice.slash(channel, "next")
    async with served(metrics, env.bot) as get:
        _, text = await get("/metrics")

    pipe = asyncio.subprocess.PIPE
    checking = await asyncio.create_subprocess_exec(
        "promtool", *words, stdin=pipe, stdout=pipe, stderr=pipe
    )
    _, wrong = await checking.communicate(text.encode())

    assert (checking.returncode, wrong) == (0, b"")
