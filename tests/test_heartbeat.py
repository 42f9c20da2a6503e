import os
import time

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.heartbeat import heartbeat_path


@pytest.fixture
def health(tmp_path, monkeypatch):
    """Return what asks for the health of the bot in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///nextread.db")
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    return lambda: CliRunner().invoke(main, ["health"])


def beat(seconds_ago):
    path = heartbeat_path("sqlite:///nextread.db")
    path.touch()
    then = time.time() - seconds_ago
    os.utime(path, (then, then))


def test_a_fresh_beat_is_healthy(health):
    beat(seconds_ago=45)

    assert health().exit_code == 0


def test_an_old_beat_is_not_and_says_since_when(health):
    beat(seconds_ago=600)

    answer = health()

    assert answer.exit_code == 1
    assert "600 seconds ago" in answer.stderr


def test_no_beat_at_all_is_not(health):
    answer = health()

    assert answer.exit_code == 1
    assert "No bot" in answer.stderr


def test_each_database_has_a_heartbeat_of_its_own():
    urls = ["sqlite:///a.db", "sqlite:////a.db", "postgresql://h/a", "postgresql://h/b"]

    assert len({heartbeat_path(url) for url in urls}) == len(urls)


def test_the_heartbeat_of_a_postgres_bot_does_not_give_its_password_away():
    assert "secret" not in str(heartbeat_path("postgresql://nextread:secret@host/nextread"))
