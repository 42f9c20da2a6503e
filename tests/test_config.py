from pathlib import Path

import pytest

from bot.config import Config
from bot.core.tickets import SEND_RATE
from bot.errors import ConfigError


def test_without_any_variable_the_defaults_hold():
    config = Config.from_env({})

    assert config.database_url == "sqlite:///nextread.db"
    assert config.curriculum is None
    assert (config.log_format, config.log_level) == ("text", "INFO")
    assert config.send_rate == SEND_RATE


def test_a_variable_wins_over_the_dotenv_file(tmp_path):
    (tmp_path / ".env").write_text("LOG_LEVEL=ERROR\nLOG_FORMAT=json\n")

    config = Config.from_env({"LOG_LEVEL": "debug"}, tmp_path / ".env")

    assert (config.log_format, config.log_level) == ("json", "DEBUG")


def test_a_dotenv_file_that_is_not_there_says_nothing(tmp_path):
    assert Config.from_env({}, tmp_path / ".env") == Config()


@pytest.mark.parametrize("line", ['DISCORD_TOKEN="a.b.c"', "DISCORD_TOKEN = a.b.c  # mine"])
def test_a_token_in_a_dotenv_file_may_be_quoted_or_remarked_on(tmp_path, line):
    (tmp_path / ".env").write_text(line)

    assert Config.from_env({}, tmp_path / ".env").needs_token() == "a.b.c"


def test_spaces_around_a_value_are_no_part_of_it():
    assert Config.from_env({"DISCORD_TOKEN": " a.b.c\n"}).needs_token() == "a.b.c"


def test_an_empty_variable_is_like_none():
    config = Config.from_env({"DATABASE_URL": "", "NEXTREAD_CURRICULUM": " ", "LOG_LEVEL": ""})

    assert config == Config()


def test_a_list_of_ones_own_is_a_path():
    assert Config.from_env({"NEXTREAD_CURRICULUM": "mine.yaml"}).curriculum == Path("mine.yaml")


@pytest.mark.parametrize(("name", "choice"), [("LOG_LEVEL", "WARNING"), ("LOG_FORMAT", "json")])
def test_a_bad_value_is_answered_with_the_choices(name, choice):
    with pytest.raises(ConfigError, match=f"{name} is 'loud': .*{choice}"):
        Config.from_env({name: "loud"})


@pytest.mark.parametrize("rate", ["1", " 500\n", "45"])
def test_a_rate_is_a_whole_number(rate):
    assert Config.from_env({"SEND_RATE": rate}).send_rate == int(rate)


@pytest.mark.parametrize("rate", ["0", "-1", "501", "4.5", "fast", "9" * 5000])
def test_a_rate_that_cant_be_kept_is_answered_with_what_can(rate):
    with pytest.raises(ConfigError, match=f"SEND_RATE is '{rate}': .* from 1 to 500"):
        Config.from_env({"SEND_RATE": rate})


def test_a_missing_token_is_an_error_only_where_it_is_needed():
    config = Config.from_env({})

    with pytest.raises(ConfigError, match="DISCORD_TOKEN"):
        config.needs_token()


def test_secrets_are_not_shown():
    config = Config.from_env({"DISCORD_TOKEN": "secret", "DATABASE_URL": "postgresql://a:secret@b"})

    assert "secret" not in repr(config)
