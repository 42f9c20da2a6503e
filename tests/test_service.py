"""The unit of systemd starts what there is, and lets it write where it says."""

from configparser import ConfigParser
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.app import FINISH_SECONDS
from bot.config import Config
from bot.store.database import sqlite_file

UNIT = Path(__file__).parents[1] / "docs" / "nextread.service"


@pytest.fixture(scope="module")
def service():
    unit = ConfigParser(strict=False, interpolation=None, delimiters="=")  # one key stands twice
    unit.optionxform = str
    unit.read_string(UNIT.read_text("utf-8"))
    return unit["Service"]


def test_it_starts_a_command_of_ours(service):
    program, command = service["ExecStart"].split()

    assert program == "/opt/nextread/bin/nextread"
    assert command in main.commands


def test_the_database_is_in_the_one_folder_that_it_may_write(service):
    name, _, value = service["Environment"].partition("=")
    config = Config.from_env({name: value})

    folder = f"/var/lib/{service['StateDirectory']}"
    assert sqlite_file(config.database_url) == Path(folder, "nextread.db")
    assert service["WorkingDirectory"] == folder
    assert service["ProtectSystem"] == "strict"


def test_a_stop_has_the_time_that_it_takes(service):
    assert int(service["TimeoutStopSec"]) >= 2 * FINISH_SECONDS


def test_it_has_no_rights_of_root(service):
    assert service["DynamicUser"] == service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
