"""The README's tables say what is so: commands, settings and rooms, none more and none missing."""

import ast
import re
from pathlib import Path

import discord
import pytest
import yaml

from bot.config import HIGHEST_SEND_RATE, Config

PROJECT = Path(__file__).parents[1]
BOT, TESTS = PROJECT / "bot", PROJECT / "tests"
README = (PROJECT / "README.md").read_text("utf-8")


def tables(first):
    """Return the rows of each table whose first column has this name, as cells."""
    table = re.compile(rf"^\| {first} \|.*\n\|[- |]+\n((?:\|.*\n)+)", re.MULTILINE)
    return [[cells_of(row) for row in rows.splitlines()] for rows in table.findall(README)]


def cells_of(row):
    return [cell.strip() for cell in row.strip("|").split("|")]


def spans(cell):
    return re.findall(r"`([^`]+)`", cell)


CONFIG = ast.walk(ast.parse((BOT / "config.py").read_text("utf-8")))
WORDS = {str(node.value) for node in CONFIG if isinstance(node, ast.Constant)}
SETTINGS = {word for word in WORDS if re.fullmatch("[A-Z]+(_[A-Z]+)+", word)}
"""What the settings are read by: a name with an underscore, as a text of its own."""

READERS, MODERATORS = tables("Command")
(SETTING_ROWS,), (ROOMS,) = tables("Variable"), tables("Room")

DEFAULTS = {spans(name)[0]: re.match("`([^`]+)`|", cell)[1] for name, cell, _ in SETTING_ROWS}
"""By setting; None where the table says it in words."""

EVERYWHERE, IN_SERVERS = ([0, 1, 2], [0, 1]), ([0], [0])
"""Discord's numbers of where a command works (a server, the bot's DMs, other DMs), and of where it
is installed (in a server, by a person)."""
MANAGE_SERVER = 1 << 5
OPTION = re.compile(r"(\*\*)?`(\w+)`")
"""In bold if it has to be given."""


@pytest.fixture
def commands(env):
    """Return what Discord is told of each command and its options, by the name that is typed."""
    found = {}
    for top in env.bot.tree.get_commands(type=discord.AppCommandType.chat_input):
        told = top.to_dict(env.bot.tree)
        below = [option for option in told.get("options", ()) if option["type"] <= 2]
        found |= {f"/{told['name']} {one['name']}": (told, one) for one in below}
        found |= {} if below else {f"/{told['name']}": (told, told)}
    return found


def test_the_tables_have_each_command_with_its_options(commands):
    registered = {
        name: [(option["name"], option.get("required", False)) for option in own["options"]]
        for name, (_, own) in commands.items()
    }
    told = {
        spans(name)[0]: [(word, bool(bold)) for bold, word in OPTION.findall(options)]
        for name, options, _ in READERS + MODERATORS
    }

    assert told == registered
    assert len(told) == len(READERS + MODERATORS)


def test_the_tables_say_who_may_use_a_command_and_where(commands):
    told = {
        spans(name)[0]: (
            IN_SERVERS if is_for_moderators or "(servers only)" in does else EVERYWHERE,
            MANAGE_SERVER if is_for_moderators else None,
        )
        for rows, is_for_moderators in ((READERS, False), (MODERATORS, True))
        for name, _, does in rows
    }

    assert told == {
        name: ((top["contexts"], top["integration_types"]), top["default_member_permissions"])
        for name, (top, _) in commands.items()
    }


def test_the_table_has_each_setting_with_its_default():
    fields = {name: re.sub("^(discord|nextread)_", "", name.lower()) for name in SETTINGS}

    assert len(DEFAULTS) == len(SETTING_ROWS)
    assert {
        name: None if (default := getattr(Config(), field)) in ("", None) else str(default)
        for name, field in fields.items()
    } == DEFAULTS


BESIDE = {"SHARD_IDS": {"SHARD_COUNT": "4", "DATABASE_URL": "postgresql://host/nextread"}}
"""What a setting needs beside it."""


def test_each_value_that_the_table_names_is_taken():
    for name, _, means in SETTING_ROWS:
        for value in spans(means):
            Config.from_env({**BESIDE.get(spans(name)[0], {}), spans(name)[0]: value})
    assert f", 1 to {HIGHEST_SEND_RATE}." in README


def test_the_example_has_each_setting_once_and_its_default():
    lines = (PROJECT / ".env.example").read_text("utf-8").splitlines()
    shown = [line.partition("=") for line in lines if re.match(r"(# )?[A-Z_]+=", line)]

    assert [name.removeprefix("# ") for name, _, _ in shown] == list(DEFAULTS)
    assert [name for name, _, _ in shown if name[0] != "#"] == ["DISCORD_TOKEN"]
    for name, _, value in shown:
        assert DEFAULTS[name.removeprefix("# ")] in (value, None)


def test_in_docker_the_settings_are_as_the_table_says():
    ((_, database, _),) = [row for row in SETTING_ROWS if "DATABASE_URL" in row[0]]
    dockerfile = (PROJECT / "Dockerfile").read_text("utf-8")
    compose = yaml.safe_load((PROJECT / "compose.yaml").read_text("utf-8"))

    assert re.findall(r"\b([A-Z]+_[A-Z_]+)=(\S+)", dockerfile) == [
        ("DATABASE_URL", spans(database)[1])
    ]
    assert "environment" not in compose["services"]["bot"]
    assert compose["services"]["bot"]["env_file"] == ".env"


def test_nothing_else_reads_the_environment():
    """`__main__` hands it to the settings whole; the preview asks whether there is a browser."""
    reading = {
        path.relative_to(BOT).as_posix()
        for path in BOT.rglob("*.py")
        if re.search(r"\b(environ|getenv)\b", path.read_text("utf-8"))
    }
    main = ast.parse((BOT / "__main__.py").read_text("utf-8"))
    calls = [node for node in ast.walk(main) if isinstance(node, ast.Call)]
    handed = [c for c in calls if "os.environ" in map(ast.unparse, c.args)]

    assert reading == {"__main__.py", "preview.py"}
    assert {ast.unparse(call.func) for call in handed} == {"Config.from_env"}
    assert len(handed) == ast.unparse(main).count("os.environ")


def rooms():
    """Return what has to have its row: packages, modules outside them, and tests of no room."""
    packages = {path.parent.name for path in BOT.glob("*/__init__.py")}
    modules = {path.name for path in BOT.glob("*.py")} - {"__init__.py"}
    tests = {path.name for path in TESTS.iterdir() if any(path.glob("*.py"))}
    of_tests = tests - packages - {"data"}  # data/ is a folder of the project
    return {
        *(f"bot/{name}/" for name in packages),
        *(f"bot/{name}" for name in modules),
        *(f"tests/{name}/" for name in of_tests),
        "tests/",
    }


def test_the_table_has_each_room():
    told = [
        path if path.startswith(("bot/", "tests/")) else f"{Path(first).parent}/{path}"
        for names, _ in ROOMS
        for first, *others in [spans(names)]
        for path in (first, *others)
    ]

    assert rooms() - set(told) == set(), "it has no row"
    assert [path for path in told if not (PROJECT / path).exists()] == []
    assert len(told) == len(set(told))
