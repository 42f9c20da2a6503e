import asyncio
import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from aiohttp import web
from click.testing import CliRunner
from discord import Permissions

from bot.__main__ import main
from bot.core.curriculum.file import default_curriculum_path, starter
from bot.core.curriculum.shape import schema_text
from tests.kill import objects
from tests.small_discord import APPLICATION_ID, TOKEN, SmallDiscord, answer, nextread

VARIABLES = (
    "DISCORD_TOKEN",
    "DATABASE_URL",
    "NEXTREAD_CURRICULUM",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "SEND_RATE",
)


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """Return what runs a command in an empty folder, with no variable set but those given."""
    monkeypatch.chdir(tmp_path)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)

    def run(*args, **env):
        return CliRunner().invoke(main, args, env=env)

    return run


def lines_of(text):
    return text.strip().splitlines()


# The command line


def test_help_names_every_command(shell):
    answer = shell("--help")

    assert answer.exit_code == 0
    for command in ("run", "preview", "check", "new", "health", "backup", "restore"):
        assert f"\n  {command} " in answer.output


def test_every_command_says_what_it_does():
    assert [name for name, command in main.commands.items() if not command.help] == []


def test_an_unknown_command_is_a_usage_error(shell):
    assert shell("rum").exit_code == 2


# run: what stops the start


def test_without_a_token_one_line_names_it_and_the_preview(shell):
    answer = shell("run")

    assert answer.exit_code == 2
    assert len(lines_of(answer.stderr)) == 1
    assert "DISCORD_TOKEN" in answer.stderr
    assert "nextread preview" in answer.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://localhost/nextread"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:////proc/no/such/folder/nextread.db"),
        ("DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/nextread"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
        ("SEND_RATE", "fast"),
    ],
)
def test_a_bad_setting_is_named_in_one_line(shell, name, value):
    answer = shell("run", **{"DISCORD_TOKEN": TOKEN, name: value})

    assert answer.exit_code == 2
    assert len(lines_of(answer.stderr)) == 1
    assert name in answer.stderr
    assert "secret" not in answer.stderr


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_list_that_is_not_there_is_named_in_one_line(shell, command):
    answer = shell(command, DISCORD_TOKEN=TOKEN, NEXTREAD_CURRICULUM="gone.yaml")

    assert answer.exit_code == 2
    assert len(lines_of(answer.stderr)) == 1
    assert "gone.yaml" in answer.stderr
    assert "NEXTREAD_CURRICULUM" in answer.stderr


def test_all_problems_of_a_list_are_told_before_the_start(shell, tmp_path):
    broken_list(tmp_path / "mine.yaml")

    answer = shell("run", DISCORD_TOKEN=TOKEN, NEXTREAD_CURRICULUM="mine.yaml")

    assert answer.exit_code == 2
    assert len(lines_of(answer.stderr)) == 2
    assert all(line.startswith("mine.yaml:") for line in lines_of(answer.stderr))


def broken_list(path: Path):
    """Write a list with two mistakes."""
    text = default_curriculum_path().read_text("utf-8")
    comment, sections, entries = text.partition("\nsections:")
    entries = entries.replace("{kind: paper", "{kind: papyrus", 1)
    text = comment + sections + entries.replace("minutes: ", "minutes: -", 1)
    path.write_text(text, "utf-8")


def test_the_token_is_read_from_a_dotenv_file_in_the_folder(shell, tmp_path):
    (tmp_path / ".env").write_text(f"DISCORD_TOKEN={TOKEN}\nLOG_LEVEL=LOUD\n")

    answer = shell("run")

    assert "DISCORD_TOKEN" not in answer.stderr
    assert "LOG_LEVEL is 'LOUD'" in answer.stderr


# run: against a stand-in for Discord


async def test_a_refused_token_is_told_in_one_line(tmp_path):
    async with (
        SmallDiscord(token="another").open() as discord,  # noqa: S106 - of no account
        nextread("run", folder=tmp_path, api=discord.api, DISCORD_TOKEN=TOKEN) as process,
    ):
        exit_code = await process.ended()

    assert exit_code == 2
    assert len(lines_of(process.log)) == 1
    assert "Discord refuses DISCORD_TOKEN" in process.log
    assert TOKEN not in process.log


async def test_a_discord_out_of_reach_is_told_in_one_line(tmp_path):
    async with nextread("run", folder=tmp_path, DISCORD_TOKEN=TOKEN) as process:
        exit_code = await process.ended()

    assert exit_code == 1
    assert len(lines_of(process.log)) == 1
    assert "Discord can't be reached" in process.log


class NoGateway(SmallDiscord):
    """Takes the token, and then can't say where its gateway is."""

    async def _gateway_url(self, _):
        return answer({"message": "404: Not Found", "code": 0}, 404)


async def test_a_discord_without_a_gateway_is_told_in_one_line(tmp_path):
    async with (
        NoGateway().open() as discord,
        nextread("run", folder=tmp_path, api=discord.api, DISCORD_TOKEN=TOKEN) as process,
    ):
        exit_code = await process.ended()

    assert exit_code == 1
    assert "Discord can't be reached" in lines_of(process.log)[-1]
    assert "Traceback" not in process.log


async def test_a_second_bot_on_one_database_is_refused_in_one_line(tmp_path):
    async with (
        SmallDiscord().open() as discord,
        nextread("run", folder=tmp_path, api=discord.api, DISCORD_TOKEN=TOKEN) as first,
    ):
        await first.said("told Discord")
        async with nextread("run", folder=tmp_path, DISCORD_TOKEN=TOKEN) as second:
            exit_code = await second.ended()

    assert exit_code == 2
    assert lines_of(second.log) == [
        (
            f"Another bot is using {tmp_path.resolve() / 'nextread.db'}."
            " Stop it first, or give this one its own DATABASE_URL."
        )
    ]


async def test_the_bot_starts_is_healthy_and_leaves_when_told(tmp_path):
    async with (
        SmallDiscord().open() as discord,
        nextread("run", folder=tmp_path, api=discord.api, DISCORD_TOKEN=TOKEN) as process,
    ):
        await process.said("invite me: ")
        async with asyncio.timeout(10):
            while await health(tmp_path):
                pass  # its first beat follows soon
        process.terminate()
        exit_code = await process.ended()
        healthy_afterwards = await health(tmp_path)

    assert exit_code == 0
    assert healthy_afterwards == 1
    assert "Traceback" not in process.log
    assert TOKEN not in process.log
    assert "stopped" in lines_of(process.log)[-1]


@pytest.mark.kill
async def test_a_bot_killed_at_any_moment_starts_again_with_its_database_whole(tmp_path):
    settings = {"folder": tmp_path, "DISCORD_TOKEN": TOKEN}
    async with SmallDiscord().open() as discord:
        for tenths in range(2, 20):
            async with nextread("run", api=discord.api, **settings):
                await asyncio.sleep(tenths / 10)  # then it is killed

        async with nextread("run", api=discord.api, **settings) as process:
            await process.said("ready")

    with contextlib.closing(sqlite3.connect(tmp_path / "nextread.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


STOPS_AS_IT_CONNECTS = """
import asyncio, os, signal, discord.gateway
connected = discord.gateway.DiscordWebSocket.from_client.__func__
async def stopping(*args, **kwargs):
    socket = await connected(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGTERM)
    for _ in range(5):
        await asyncio.sleep(0)
    return socket
discord.gateway.DiscordWebSocket.from_client = classmethod(stopping)
"""
"""Discord.py's connection is there just as its task is cancelled: Python 3.11 drops that then."""


async def test_a_bot_told_to_stop_as_it_connects_stops(tmp_path):
    settings = {"folder": tmp_path, "DISCORD_TOKEN": TOKEN, "first": STOPS_AS_IT_CONNECTS}
    async with (
        SmallDiscord().open() as discord,
        nextread("run", api=discord.api, **settings) as process,
        asyncio.timeout(9),
    ):
        exit_code = await process.ended()

    assert exit_code == 0
    assert "stopped" in lines_of(process.log)[-1]


async def health(folder):
    async with nextread("health", folder=folder) as process:
        return await process.ended()


async def test_json_logs_are_json_from_the_first_line_to_the_last(tmp_path):
    settings = {"DISCORD_TOKEN": TOKEN, "LOG_FORMAT": "json", "LOG_LEVEL": "debug"}
    async with (
        SmallDiscord().open() as discord,
        nextread("run", folder=tmp_path, api=discord.api, **settings) as process,
    ):
        await process.said("told Discord")
        process.terminate()
        await process.ended()

    lines = [json.loads(line) for line in lines_of(process.log)]
    assert "stopped" in [line["message"] for line in lines]
    assert TOKEN not in process.log


# run: while somebody waits for an answer


READER = 4242424242424242


class Asking(SmallDiscord):
    """Somebody in direct messages types a command, and waits for the answer."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: asyncio.Queue[dict] = asyncio.Queue()
        self.delay = 0.0
        self.refusal: dict | None = None

    def _routes(self):
        return [
            *super()._routes(),
            web.post("/api/v10/interactions/{id}/{token}/callback", self._take_answer),
            web.post("/api/v10/webhooks/{id}/{token}", self._take_followup),
        ]

    async def _take_answer(self, request):
        told = await request.json()
        await asyncio.sleep(self.delay)
        await self.answers.put(told)
        if self.refusal is not None:
            return answer(self.refusal, 404)
        id_ = request.match_info["id"]
        return answer({"interaction": {"id": id_, "type": 2, "response_message_id": id_}})

    async def _take_followup(self, request):
        told = await request.json()
        await self.answers.put(told)
        return answer(self.message("10", told))

    async def ask(self, name, type_=2, **options):
        command = next(command for command in self.commands if command["name"] == name)
        person = {"id": str(READER), "username": "reader", "discriminator": "0", "avatar": None}
        given = [
            {"name": option, "type": 3, "value": value, **({"focused": True} if type_ == 4 else {})}
            for option, value in options.items()
        ]
        asked = {
            "id": "9", "application_id": APPLICATION_ID, "type": type_, "token": "token",
            "version": 1, "channel": {"id": "5", "type": 1}, "channel_id": "5", "locale": "en-US",
            "app_permissions": "0", "entitlements": [], "context": 1, "user": person,
            "authorizing_integration_owners": {"1": str(READER)}, "attachment_size_limit": 1000,
            "data": {"id": command["id"], "name": name, "type": 1, "options": given},
        }  # fmt: skip
        await self.tell("INTERACTION_CREATE", asked)

    async def answered(self, within):
        async with asyncio.timeout(within):
            return str(await self.answers.get())


@pytest.fixture
async def asking(tmp_path):
    """A bot that is ready, at the level that tells most."""
    settings = {"DISCORD_TOKEN": TOKEN, "LOG_LEVEL": "DEBUG"}
    async with (
        Asking().open() as discord,
        nextread("run", folder=tmp_path, api=discord.api, **settings) as process,
    ):
        await process.said("invite me: ")
        yield discord, process


async def test_no_log_tells_who_marked_what_and_a_held_file_is_answered_in_time(asking, tmp_path):
    discord, process = asking
    for step in ("lora", "bert"):
        await discord.ask("done", resource=f"jump-into-llm:{step}")
        assert "Done" in await discord.answered(within=3)
    with contextlib.closing(sqlite3.connect(tmp_path / "nextread.db", isolation_level=None)) as it:
        it.execute("BEGIN EXCLUSIVE")
        await discord.ask("done", resource="jump-into-llm:gpt-1")
        assert "'type': 5" in await discord.answered(within=2.9)
        assert "Another program is using my database" in await discord.answered(within=2)
    discord.refusal = {"code": 10062, "message": "Unknown interaction"}
    await discord.ask("done", resource="jump-into-llm:gpt-1")
    await discord.answered(within=3)
    await discord.ask("done", type_=4, resource="gpt")
    await discord.answered(within=3)
    process.terminate()
    await process.ended()

    assert str(READER) not in process.log
    assert not [word for word in ("lora", "bert", "gpt", "Traceback") if word in process.log]
    assert process.log.count("WARNING") == 3  # busy, and the two that came too late


async def test_a_click_under_way_at_a_stop_is_answered_and_kept(asking, tmp_path):
    discord, process = asking
    discord.delay = 1.0
    with contextlib.closing(sqlite3.connect(tmp_path / "nextread.db", isolation_level=None)) as it:
        it.execute("BEGIN EXCLUSIVE")
        await discord.ask("done", resource="jump-into-llm:lora")
        await asyncio.sleep(0.3)
        process.terminate()
        await process.said("stopping")
        it.execute("ROLLBACK")
    told = await discord.answered(within=3)
    exit_code = await process.ended()

    assert "Done" in told
    assert exit_code == 0
    assert "Traceback" not in process.log
    assert "stopped" in lines_of(process.log)[-1]
    with contextlib.closing(sqlite3.connect(tmp_path / "nextread.db")) as database:
        assert database.execute("SELECT reader_id FROM progress").fetchall() == [(READER,)]


async def test_an_event_under_way_at_a_stop_is_kept(asking, tmp_path):
    discord, process = asking
    server = objects.guild(discord._user(), Permissions.none())  # noqa: SLF001 - itself
    await discord.tell("GUILD_CREATE", server)
    with contextlib.closing(sqlite3.connect(tmp_path / "nextread.db", isolation_level=None)) as it:
        it.execute("BEGIN IMMEDIATE")
        await discord.tell("GUILD_DELETE", {"id": server["id"]})
        await asyncio.sleep(0.3)
        process.terminate()
        await process.said("stopping")
        await asyncio.sleep(0.3)
        it.execute("ROLLBACK")
    exit_code = await process.ended()

    assert exit_code == 0
    assert f"server {server['id']} removed the bot" in process.log
    assert "Traceback" not in process.log


async def test_an_answer_that_never_ends_holds_up_a_stop_for_seconds_only(asking):
    discord, process = asking
    discord.delay = 60
    await discord.ask("help")
    await asyncio.sleep(0.3)
    process.terminate()

    async with asyncio.timeout(9):
        assert await process.ended() == 0
    assert "posts that were not done in time: 1" in process.log
    assert "Traceback" not in process.log


async def test_a_second_signal_stops_at_once(asking):
    discord, process = asking
    discord.delay = 60
    await discord.ask("help")
    await asyncio.sleep(0.3)
    process.terminate()
    await process.said("stopping")
    process.interrupt()

    async with asyncio.timeout(2):
        assert await process.ended() == 1
    assert "stopped at once" in lines_of(process.log)[-1]


def test_ctrl_c_at_any_moment_is_no_traceback(tmp_path):
    code = "from bot.__main__ import main; print('begun', flush=True); main()"
    for tenths in (1, 4, 8):
        process = subprocess.Popen(
            [sys.executable, "-c", code, "run"],
            cwd=tmp_path,
            env={"PYTHONPATH": str(Path(__file__).parents[1]), "DISCORD_TOKEN": TOKEN},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout.readline() == "begun\n"
        time.sleep(tenths / 10)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)

        assert "Traceback" not in told, (tenths, told)


NO_RIGHTS = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if os.geteuid() == 0 else ()
"""Even root then needs the right to write a file."""


@pytest.mark.parametrize("what", ["nextread.db", "."])
def test_a_file_or_folder_that_may_not_be_written_is_told_in_one_line(tmp_path, what, new_ledger):
    shutil.copy(new_ledger, tmp_path / "nextread.db")
    (tmp_path / what).chmod(0o555)

    code = "from bot.__main__ import main; main()"
    answer = subprocess.run(
        [*NO_RIGHTS, sys.executable, "-c", code, "run"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[1]), "DISCORD_TOKEN": TOKEN},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 2
    (line,) = answer.stderr.splitlines()
    assert line.startswith(f"DATABASE_URL: {(tmp_path / what).resolve()} can't be written by ")


# check


def test_check_finds_the_list_shipped_well(shell):
    answer = shell("check")

    assert answer.exit_code == 0
    assert "resources in" in answer.output


def test_check_tells_every_problem_with_its_line(shell, tmp_path):
    broken_list(tmp_path / "mine.yaml")

    answer = shell("check", "mine.yaml")

    assert answer.exit_code == 2
    places = [line.partition(": ")[0] for line in lines_of(answer.stderr)]
    assert [place.split(":")[0] for place in places] == ["mine.yaml", "mine.yaml"]
    assert "> kind: " in answer.stderr
    assert "> minutes: " in answer.stderr


def test_check_reads_no_more_of_a_file_than_a_list_may_have(shell, tmp_path):
    with (tmp_path / "mine.yaml").open("wb") as file:
        file.truncate(1 << 42)  # more than any memory; the disk keeps none of it

    answer = shell("check", "mine.yaml")

    assert answer.exit_code == 2
    assert answer.stderr == "mine.yaml:1:1: file: is larger than 1 MB: split the list\n"


def test_check_looks_at_the_links_when_asked_and_never_at_what_is_private(shell, tmp_path):
    curriculum = yaml.safe_dump(
        {
            "id": "mine",
            "title": "Mine",
            "sections": [
                {
                    "id": "one",
                    "title": "One",
                    "steps": [
                        {
                            "id": "one",
                            "title": "One",
                            "resources": [
                                {
                                    "id": "here",
                                    "title": "Here",
                                    "url": "https://127.0.0.1/page",
                                    "about": {"kind": "article"},
                                }
                            ],
                        }
                    ],
                }
            ],
        }
    )
    (tmp_path / "mine.yaml").write_text(curriculum)

    answer = shell("check", "mine.yaml", "--links")

    assert answer.exit_code == 0, answer.output
    assert "Links: 1. Gone today: 0. Nothing for certain: 1." in answer.output


def test_check_of_no_file_is_a_usage_error(shell):
    assert shell("check", "gone.yaml").exit_code == 2


def test_check_against_itself_changes_nothing(shell):
    path = str(default_curriculum_path())

    answer = shell("check", path, "--against", path)

    assert answer.exit_code == 0


def test_check_against_an_older_list_tells_lost_progress(shell, tmp_path):
    text = default_curriculum_path().read_text("utf-8")
    renamed = text.replace("id: gpt-1\n", "id: gpt-one\n").replace("[gpt-1]", "[gpt-one]")
    (tmp_path / "new.yaml").write_text(renamed, "utf-8")

    answer = shell("check", "new.yaml", "--against", str(default_curriculum_path()))

    assert answer.exit_code == 1
    assert "add `formerly: [gpt-1]` there" in answer.output


def test_check_prints_the_schema_that_is_committed():
    result = CliRunner().invoke(main, ["check", "--schema"])

    assert result.exit_code == 0
    assert result.output == schema_text()


def test_check_of_a_folder_passes_over_hidden_files(shell, tmp_path):
    small_list(tmp_path / "lists" / "a.yaml")
    (tmp_path / "lists" / "._a.yaml").write_bytes(b"\0\5\x16\7Mac OS X")

    answer = shell("check", "lists")

    assert answer.output == f"{Path('lists/a.yaml')}: 1 resource in 1 step, no problems.\n"


def small_list(path):
    path.parent.mkdir(exist_ok=True)
    only = starter("a").partition("\n\n          - id: bert")[0]
    path.write_text(only, "utf-8")


# import


def test_import_makes_a_list_that_check_finds_well(shell, tmp_path):
    (tmp_path / "links.txt").write_text("[A paper](https://example.org/a)\nno link\n", "utf-8")

    made = shell("import", "links.txt", "--out", "mine.yaml", "--report", "report.txt")
    checked = shell("check", "mine.yaml")

    assert lines_of(made.output)[0] == "mine.yaml: 1 resource in 1 step."
    assert checked.output == "mine.yaml: 1 resource in 1 step, no problems.\n"
    assert "no link" in (tmp_path / "report.txt").read_text("utf-8")


def test_import_never_writes_the_report_over_the_list(shell, tmp_path):
    (tmp_path / "links.txt").write_text("[A paper](https://example.org/a)\nno link\n", "utf-8")

    answer = shell("import", "links.txt", "--out", "mine.yaml", "--report", "./mine.yaml")

    assert answer.exit_code == 2
    assert answer.stderr == "The list and its report can't both be mine.yaml. Name another file.\n"
    assert not (tmp_path / "mine.yaml").exists()


# new


def test_new_writes_a_list_that_check_finds_well(shell, tmp_path):
    answer = shell("new", "my papers.yaml")
    written = (tmp_path / "my papers.yaml").read_text("utf-8")
    checked = shell("check", "my papers.yaml")

    assert "id: my-papers  #" in written
    assert "nextread check 'my papers.yaml'" in answer.output
    assert "NEXTREAD_CURRICULUM='my papers.yaml' nextread run" in answer.output
    assert checked.output == "my papers.yaml: 3 resources in 2 steps, no problems.\n"


def test_new_never_writes_over_a_file(shell, tmp_path):
    (tmp_path / "mine.yaml").write_text("mine", "utf-8")

    again, nowhere = shell("new", "mine.yaml"), shell("new", "gone/mine.yaml")

    assert (tmp_path / "mine.yaml").read_text("utf-8") == "mine"
    assert again.stderr == "mine.yaml already exists and stays as it is. Name another file.\n"
    assert nowhere.stderr.startswith("gone/mine.yaml can't be written (No such file")
    assert again.exit_code == nowhere.exit_code == 2


def test_the_list_in_the_readme_passes_check_word_for_word(shell, tmp_path):
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    (block,) = (b for b in readme.split("```yaml\n")[1:] if b.startswith("id: "))
    block = block.partition("```")[0]
    (tmp_path / "mine.yaml").write_text(block, "utf-8")

    answer = shell("check", "mine.yaml")

    assert answer.output == "mine.yaml: 2 resources in 1 step, no problems.\n"
    assert len(block.splitlines()) == 15
