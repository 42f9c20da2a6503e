import json
import logging

import pytest

from bot.logs import start_logging

log = logging.getLogger("bot.somewhere")


@pytest.fixture(autouse=True)
def gives_the_log_back():
    """Leave logging to pytest as it was."""
    root, library = logging.getLogger(), logging.getLogger("discord")
    before = root.handlers[:], root.level, library.level
    yield
    root.handlers[:], root.level = before[:2]
    library.setLevel(before[2])


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
def test_discord_py_is_heard_from_warnings_on(capsys, level, heard):
    start_logging("text", level)

    logging.getLogger("discord.gateway").info("shard 0 connected")
    logging.getLogger("discord.gateway").warning("shard 0 blocked")

    assert len(capsys.readouterr().err.splitlines()) == heard
