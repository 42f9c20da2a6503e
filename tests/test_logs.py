import json
import logging

import pytest

from bot.core.curriculum.imports.bibliography import read_bibtex
from bot.errors import LedgerError
from bot.logs import start_logging

log = logging.getLogger("bot.somewhere")


@pytest.fixture(autouse=True)
def gives_the_log_back():
    """Leave logging to pytest as it was."""
    root, ours = logging.getLogger(), logging.getLogger("bot")
    before = root.handlers[:], root.level, ours.level
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def test_a_json_line_says_when_where_and_what(capsys):
    start_logging("json", "INFO")

    log.info("a reader took %s", "“Attention”\nand more")

    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert told.pop("at").endswith("+00:00")
    assert told == {
        "level": "info",
        "logger": "bot.somewhere",
        "message": "a reader took “Attention”\nand more",
    }


def test_a_json_line_holds_the_traceback(capsys):
    start_logging("json", "INFO")

    try:
        int("paper")
    except ValueError:
        log.exception("broke")

    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["traceback"].startswith("Traceback (most recent call last)")
    assert json.loads(line)["traceback"].splitlines()[-1].startswith("ValueError: ")


def test_a_line_for_people_is_one_line(capsys):
    start_logging("text", "INFO")

    log.warning("we coped with %s", 3)

    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("WARNING bot.somewhere: we coped with 3")


def test_the_level_is_kept(capsys):
    start_logging("text", "ERROR")

    log.warning("unheard")

    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("level", "heard"), [("DEBUG", 1), ("INFO", 1), ("ERROR", 0)])
@pytest.mark.parametrize("library", ["discord.gateway", "aiosqlite", "asyncio", "asyncpg.pool"])
def test_libraries_are_heard_from_warnings_on(capsys, level, heard, library):
    start_logging("text", level)

    logging.getLogger(library).debug("executing INSERT")
    logging.getLogger(library).info("shard 0 connected")
    logging.getLogger(library).warning("shard 0 blocked")

    assert len(capsys.readouterr().err.splitlines()) == heard


READER = "4242424242424242"


@pytest.mark.parametrize(
    ("library", "line", "values"),
    [
        (
            "discord.http",
            "We are being rate limited. %s %s responded with 429. Retrying in %.2f seconds.",
            ("GET", f"https://discord.com/api/v10/guilds/1/members/{READER}", 0.5),
        ),
        ("discord.http", "%s %s", ("GET", f"https://discord.com/api/v10/users/{READER}")),
        (
            "discord.webhook",
            "%s",
            (f"https://discord.com/api/v10/webhooks/1/{READER}/messages/@x",),
        ),
        ("asyncio", "destroyed: %s", (f"name='discord-ui-dynamic-item-Again-again:1:{READER}'",)),
    ],
)
def test_what_libraries_say_of_a_person_is_taken_out(capsys, library, line, values):
    start_logging("text", "DEBUG")

    logging.getLogger(library).warning(line, *values)

    (told,) = capsys.readouterr().err.splitlines()
    assert READER not in told
    assert "discord" in told


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_an_autocomplete_that_comes_too_late_is_one_line_about_nobody(capsys, log_format):
    start_logging(log_format, "INFO")

    try:
        int("too late")
    except ValueError:
        logging.getLogger("discord.app_commands.tree").exception(
            "Ignoring exception in autocomplete for %r (Guild: %s, User: %s)", "done", 1, READER
        )

    (told,) = capsys.readouterr().err.splitlines()
    assert READER not in told
    assert "autocomplete can't be answered: invalid literal" in told


OUT_OF_USE = LedgerError("busy", "database is locked")


@pytest.mark.parametrize(
    ("error", "heard"),
    [
        (OUT_OF_USE, False),
        (ExceptionGroup("two groups", [OUT_OF_USE, OUT_OF_USE]), False),
        (ExceptionGroup("two groups", [OUT_OF_USE, KeyError("x")]), True),
        (KeyError("x"), True),
    ],
)
def test_a_database_out_of_use_is_no_traceback_whoever_meets_it(capsys, error, heard):
    start_logging("text", "INFO")

    log.error("the weekly task failed", exc_info=error)

    assert bool(capsys.readouterr().err) is heard


def test_what_stands_in_somebodys_file_is_not_logged(capsys):
    start_logging("text", "INFO")

    read_bibtex("@article{my-secret, oops}")

    assert capsys.readouterr().err == ""
