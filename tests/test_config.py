from pathlib import Path

import pytest

from bot.config import Config, without_password
from bot.core.outbox import SEND_RATE
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

    assert Config.from_env({}, tmp_path / ".env").token == "a.b.c"  # noqa: S105 - of no account


def test_spaces_around_a_value_are_no_part_of_it():
    assert Config.from_env({"DISCORD_TOKEN": " a.b.c\n"}).token == "a.b.c"  # noqa: S105 - of no account


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


@pytest.mark.parametrize("keep", ["1", "365"])
def test_backups_are_kept_as_many_as_the_host_says(keep):
    assert Config.from_env({"BACKUP_KEEP": keep}).backup_keep == int(keep)


@pytest.mark.parametrize("keep", ["0", "366", "all"])
def test_a_number_of_backups_that_cant_be_kept_is_answered_with_what_can(keep):
    with pytest.raises(ConfigError, match=f"BACKUP_KEEP is '{keep}': .* from 1 to 365"):
        Config.from_env({"BACKUP_KEEP": keep})


def test_a_folder_for_backups_is_looked_at_before_the_start_alone(tmp_path):
    (tmp_path / "file").touch()
    for name in ("gone", "file"):
        wrong = {"DISCORD_TOKEN": "a.b.c", "BACKUP_DIR": str(tmp_path / name)}

        assert Config.from_env(wrong).backup_dir == tmp_path / name
        with pytest.raises(ConfigError, match=f"^BACKUP_DIR: .*{name} is no folder. Make it"):
            Config.from_env(wrong, for_run=True)
    right = {"DISCORD_TOKEN": "a.b.c", "BACKUP_DIR": str(tmp_path)}
    assert Config.from_env(right, for_run=True).backup_dir == tmp_path


def test_a_folder_for_backups_that_cant_be_written_is_refused():
    with pytest.raises(ConfigError, match=r"^BACKUP_DIR: /proc/self can't be written"):
        Config.from_env({"DISCORD_TOKEN": "a.b.c", "BACKUP_DIR": "/proc/self"}, for_run=True)


def test_with_postgres_daily_backups_are_refused_and_pg_dump_is_named(tmp_path):
    url = "postgresql://nextread:secret@host/nextread"
    env = {"DISCORD_TOKEN": "a.b.c", "BACKUP_DIR": str(tmp_path), "DATABASE_URL": url}

    with pytest.raises(ConfigError, match=r"^BACKUP_DIR is for SQLite.*pg_dump") as refused:
        Config.from_env(env, for_run=True)

    assert "secret" not in str(refused.value)


POSTGRES = {"DATABASE_URL": "postgresql://host/nextread"}


@pytest.mark.parametrize(
    ("ids", "meant"),
    [("", None), ("0", (0,)), ("0,2", (0, 2)), ("0-3", (0, 1, 2, 3)), (" 3, 0 - 1 ", (3, 0, 1))],
)
def test_shards_are_named_one_by_one_or_as_ranges(ids, meant):
    config = Config.from_env({**POSTGRES, "SHARD_COUNT": "4", "SHARD_IDS": ids})

    assert (config.shard_count, config.shard_ids) == (4, meant)


@pytest.mark.parametrize("count", ["0", "-1", "2.0", "all", "10001", "9" * 5000, "\u00b2", "1_0"])
def test_a_count_of_shards_is_a_whole_number(count):
    with pytest.raises(ConfigError, match=r"^SHARD_COUNT is '.*': .* from 1 to 10000, the same in"):
        Config.from_env({**POSTGRES, "SHARD_COUNT": count, "SHARD_IDS": "0"})


@pytest.mark.parametrize(
    ("ids", "told"),
    [
        ("one", "is 'one': name the shards of this process by their numbers, such as 0, 0,2 or"),
        ("0,,1", "is '0,,1': name the shards"),
        ("3-1", "is '3-1': name the shards"),
        ("-1", "is '-1': name the shards"),
        ("0-99999", "is '0-99999': name the shards"),
        ("0,4", "names shard 4, and SHARD_COUNT is 4: shards are numbered from 0 to 3"),
        ("0-2,1", "names shard 1 twice: name each once"),
    ],
)
def test_shards_that_there_cant_be_are_answered_with_those_there_are(ids, told):
    with pytest.raises(ConfigError, match=f"^SHARD_IDS {told}"):
        Config.from_env({**POSTGRES, "SHARD_COUNT": "4", "SHARD_IDS": ids})


def test_some_shards_need_to_know_how_many_there_are_in_all():
    with pytest.raises(ConfigError, match=r"^SHARD_IDS needs SHARD_COUNT"):
        Config.from_env({**POSTGRES, "SHARD_IDS": "0"})


def test_sqlite_serves_one_process_and_so_all_shards():
    all_of_them = Config.from_env({"SHARD_COUNT": "2", "SHARD_IDS": "0,1"})

    assert all_of_them.shard_ids == (0, 1)
    with pytest.raises(ConfigError, match="SQLite serves one process alone: let DATABASE_URL name"):
        Config.from_env({"SHARD_COUNT": "2", "SHARD_IDS": "1"})


def test_a_missing_token_is_an_error_only_where_it_is_needed():
    assert Config.from_env({}).token == ""

    with pytest.raises(ConfigError, match="DISCORD_TOKEN"):
        Config.from_env({}, for_run=True)


def test_all_that_is_wrong_is_told_at_once():
    bad = {
        "DATABASE_URL": "mysql://host/nextread",
        "NEXTREAD_CURRICULUM": "gone.yaml",
        "LOG_FORMAT": "xml",
        "LOG_LEVEL": "loud",
        "SEND_RATE": "fast",
        "SHARD_COUNT": "few",
        "SHARD_IDS": "some",
    }

    with pytest.raises(ConfigError) as refused:
        Config.from_env(bad, for_run=True)

    lines = str(refused.value).splitlines()
    assert len(lines) == 8
    for name in ("DISCORD_TOKEN", *bad):
        assert [line for line in lines if name in line], name


@pytest.mark.parametrize(
    ("token", "told"),
    [
        ("a.b\nc", "a space, a line break"),
        ("a.b c", "a space, a line break"),
        ("a.é", "a letter that no token has"),
        ('"a.b.c"', "in quotes"),
        ("'a.b.c'", "in quotes"),
        ("Bot a.b.c", "the word Bot"),
    ],
)
def test_a_token_that_no_request_could_carry_is_told_without_it(token, told):
    with pytest.raises(ConfigError, match=f"^DISCORD_TOKEN .*{told}") as refused:
        Config.from_env({"DISCORD_TOKEN": token})

    assert "\n" not in str(refused.value)
    assert token not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://host/nextread", "no other databases"),
        ("nextread.db", "must look like sqlite:///nextread.db or postgresql://"),
        ("sqlite://nextread.db", "three slashes before a file: sqlite:///nextread.db"),
        ("sqlite:///", "names no file"),
        (":memory:", "in memory"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("postgresql+asyncpg://u:secret@host/nextread", r"leave out \+asyncpg"),
        ("sqlite+aiosqlite:///nextread.db", r"leave out \+aiosqlite"),
        ("postgresql://u:sec@ret/secret@host/nextread", "/ as %2F"),
        ("postgresql://u:se/secret@host/nextread", "/ as %2F"),
        ("postgresql://u:se/secret?x@host/nextread", "/ as %2F"),
        ("postgresql://u:secret?x@host/nextread", "[?] as %3F"),
        ("postgresql://u:secret#x@host/nextread", "# as %23"),
        ("postgresql://u:secret[x@host/nextread", r"\[ as %5B"),
        ("postgresql://u:secret@host:port/nextread", "the port as a number"),
    ],
)
def test_a_database_that_cant_be_meant_is_answered_with_how_to_write_it(url, told):
    with pytest.raises(ConfigError, match=f"^DATABASE_URL.* .*{told}") as refused:
        Config.from_env({"DATABASE_URL": url})

    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////data/nextread.db",
        "sqlite:///~/nextread.db",
        "postgres://host/nextread",
        "postgresql://u:p%40%2F@host:5432/nextread?sslmode=require",
        "postgresql://u:p@ss@host/nextread",
        "postgresql://u@[::1]:5432/nextread",
        "postgresql://u:p@one:5432,two:5433/nextread",
        "postgresql:///nextread?host=/run/x@y",
        "postgresql://",
    ],
)
def test_a_database_that_asyncpg_and_sqlite_understand_is_taken(url):
    assert Config.from_env({"DATABASE_URL": url}).database_url == url


# The file .env


def test_a_file_that_notepad_saved_with_a_mark_is_read(tmp_path):
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfDISCORD_TOKEN=a.b.c\r\n")

    assert Config.from_env({}, tmp_path / ".env").token == "a.b.c"  # noqa: S105 - of no account


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_a_file_that_is_not_utf_8_says_so_in_one_line(tmp_path, encoding):
    (tmp_path / ".env").write_bytes("# für mich\nDISCORD_TOKEN=a.b.c\n".encode(encoding))

    with pytest.raises(ConfigError, match=r"^\S*/\.env is not saved as UTF-8: [^\n]*$"):
        Config.from_env({}, tmp_path / ".env")


@pytest.mark.parametrize("line", ["DISCORD_TOKEN abc", "DISCORD_TOKEN: abc", 'DISCORD_TOKEN="abc'])
def test_a_line_that_sets_nothing_is_named(tmp_path, caplog, line):
    (tmp_path / ".env").write_text(f"# mine\n{line}\nLOG_LEVEL=INFO\n")

    with pytest.raises(ConfigError, match=r"\.env, line 2: write NAME=value") as told:
        Config.from_env({}, tmp_path / ".env", for_run=True)

    assert "abc" not in str(told.value)
    assert caplog.text == ""


def test_a_folder_in_place_of_the_file_says_so_in_one_line(tmp_path):
    (tmp_path / ".env").mkdir()

    with pytest.raises(ConfigError, match=r"^\S*/\.env can't be read \(Is a directory\): [^\n]*$"):
        Config.from_env({}, tmp_path / ".env")


def test_secrets_are_not_shown():
    config = Config.from_env({"DISCORD_TOKEN": "secret", "DATABASE_URL": "postgresql://a:secret@b"})

    assert "secret" not in repr(config)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:s3:cr@t@host/name", "postgresql://me:***@host/name"),
        ("postgres://me:s3cret@a:1,b:2/name?x=y", "postgres://me:***@a:1,b:2/name?x=y"),
        (
            "postgresql://me@host/name?password=s3cret&x=y",
            "postgresql://me@host/name?password=***&x=y",
        ),
        ("postgresql://me@host:5432/name", "postgresql://me@host:5432/name"),
        ("postgresql:///name?host=/tmp", "postgresql:///name?host=/tmp"),
    ],
)
def test_a_url_is_shown_without_its_password(url, shown):
    assert without_password(url) == (shown, shown == url)


def test_without_a_port_there_are_no_metrics():
    assert Config.from_env({"METRICS_PORT": " "}).metrics_port is None
    assert Config.from_env({"METRICS_PORT": "9464"}).metrics_port == 9464


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "127.0.0.1:9464"])
def test_a_port_that_is_none_is_refused_in_a_line(port):
    with pytest.raises(ConfigError, match=r"METRICS_PORT is .*: set it to a free port from 1 to"):
        Config.from_env({"METRICS_PORT": port})
