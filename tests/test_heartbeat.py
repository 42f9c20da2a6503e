import os
import time

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.heartbeat import BEAT_SECONDS, STALE_SECONDS, heartbeat_path, note


@pytest.fixture
def health(tmp_path, monkeypatch):
    """Return what asks for the health of the bot in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///nextread.db")
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    return lambda: CliRunner().invoke(main, ["health"])


def beat(seconds_ago, state="well"):
    path = heartbeat_path("sqlite:///nextread.db")
    note(path, state)
    then = time.time() - seconds_ago
    os.utime(path, (then, then))


def test_a_fresh_beat_is_healthy(health):
    beat(seconds_ago=20)

    assert health().exit_code == 0


@pytest.mark.parametrize(
    ("seconds_ago", "state", "told"),
    [
        (30, "well", "30 seconds ago"),
        (600, "well", "600 seconds ago"),
        (-3600, "well", "3600 seconds in the future: the clock was set back"),
        (1, "starts", "not connected to Discord yet"),
        (1, "no discord", "lost its connection"),
        (1, "no write", "can't write to its database"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(health, seconds_ago, state, told):
    beat(seconds_ago, "no discord")
    beat(seconds_ago, state)

    answer = health()

    assert answer.exit_code == 1
    (line,) = answer.stderr.splitlines()
    assert told in line


def test_no_beat_at_all_is_not_healthy(health):
    answer = health()

    assert answer.exit_code == 1
    assert "No bot" in answer.stderr


def test_a_beat_that_cannot_be_read_and_a_wrong_setting_are_told_like_any_illness(
    health, monkeypatch
):
    heartbeat_path("sqlite:///nextread.db").mkdir()
    unreadable = health()
    monkeypatch.setenv("SEND_RATE", "much")
    wrong = health()

    assert (unreadable.exit_code, wrong.exit_code) == (1, 1)
    assert "can't be read (Is a directory)" in unreadable.stderr
    assert wrong.stderr.startswith("SEND_RATE is 'much'")


@pytest.mark.parametrize("named", ["sqlite:///~/x/../nextread.db", "sqlite:///link.db"])
def test_the_beat_is_found_by_whatever_name_the_database_has(tmp_path, monkeypatch, named):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "x").mkdir()
    (tmp_path / "link.db").symlink_to("nextread.db")

    assert heartbeat_path(named) == heartbeat_path("sqlite:///nextread.db")


def test_each_database_has_a_heartbeat_of_its_own():
    urls = ["sqlite:///a.db", "sqlite:////a.db", "postgresql://h/a", "postgresql://h/b"]

    assert len({heartbeat_path(url) for url in urls}) == len(urls)


def test_each_of_several_processes_on_one_machine_has_a_heartbeat_of_its_own():
    url = "postgresql://h/a"
    paths = [heartbeat_path(url, ids) for ids in (None, (0,), (1,), (0, 1))]

    assert len(set(paths)) == 4
    assert heartbeat_path(url, (1, 0)) == paths[-1]


def test_the_heartbeat_of_a_postgres_bot_does_not_give_its_password_away():
    assert "secret" not in str(heartbeat_path("postgresql://nextread:secret@host/nextread"))


def test_a_kill_is_told_within_half_a_minute_and_one_late_beat_is_not():
    assert 2 * BEAT_SECONDS < STALE_SECONDS < 30
