"""What can be told about the image without building it."""

import re
import shlex
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from dotenv import dotenv_values

from bot.config import Config

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def dockerfile():
    """Return the instructions of the Dockerfile, each as its words."""
    text = (PROJECT / "Dockerfile").read_text("utf-8").replace("\\\n", "")
    return [shlex.split(line) for line in text.splitlines() if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def pyproject():
    return tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))


def last_stage(instructions):
    """Return what the image that runs is made of."""
    start = max(n for n, (word, *_) in enumerate(instructions) if word == "FROM")
    return instructions[start:]


def one(instructions, word):
    (found,) = [rest for first, *rest in last_stage(instructions) if first == word]
    return found


def kept_by_dockerignore():
    """Return what `.dockerignore` lets through: it ignores all, then names what it keeps."""
    lines = (PROJECT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    return {rule.removeprefix("!") for rule in rules if rule.startswith("!")}


def test_everything_copied_is_there_and_is_not_ignored(dockerfile):
    copied = {
        source
        for word, *rest in dockerfile
        if word == "COPY" and not rest[0].startswith("--from=")
        for source in rest[:-1]
    }

    assert [source for source in copied if not (PROJECT / source).exists()] == []
    assert copied <= kept_by_dockerignore()


def test_no_secret_gets_into_the_image():
    assert not {".env", ".git", "."} & kept_by_dockerignore()


def test_the_packages_are_those_of_the_lock(dockerfile):
    lines = [" ".join(words) for words in dockerfile if words[0] == "RUN"]

    (locked,) = [line for line in lines if "requirements.lock" in line]
    assert "--require-hashes" in locked
    (built,) = [line for line in lines if "pip" in line and line != locked]
    assert {"--no-deps", "--no-index", "--no-build-isolation"} <= {*built.split()}


def test_the_bot_does_not_run_as_root(dockerfile):
    (user,) = one(dockerfile, "USER")

    words = [word for instruction in last_stage(dockerfile) for word in instruction]
    assert user not in ("root", "0")
    assert words.count("useradd") == 1


@pytest.mark.parametrize("instruction", ["CMD", "HEALTHCHECK"])
def test_what_is_started_is_a_command_of_ours(dockerfile, pyproject, instruction):
    from bot.__main__ import main

    words = one(dockerfile, instruction)
    program, command = [word.strip("[],") for word in words[-2:]]

    assert program in pyproject["project"]["scripts"]
    assert command in main.commands


def test_the_database_is_on_the_volume(dockerfile):
    (volume,) = one(dockerfile, "VOLUME")

    assert f"DATABASE_URL=sqlite:///{volume}/nextread.db" in one(dockerfile, "ENV")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((PROJECT / "compose.yaml").read_text("utf-8"))


def test_compose_keeps_the_volume_and_reads_the_settings(compose):
    bot = compose["services"]["bot"]
    (mount,) = bot["volumes"]
    name, folder = mount.split(":")
    assert name in compose["volumes"]
    assert folder == "/data"
    assert bot["env_file"] == ".env"
    assert bot["restart"] == "unless-stopped"


def test_without_a_profile_compose_starts_one_bot(compose):
    always = [name for name, each in compose["services"].items() if "profiles" not in each]

    assert always == ["bot"]
    assert compose["services"]["bot"]["depends_on"]["postgres"]["required"] is False


def test_the_profile_scale_is_a_postgres_and_two_bots_with_a_shard_each(compose, tmp_path):
    """The settings are those that the README says to put into `.env`."""
    readme = (PROJECT / "README.md").read_text("utf-8").partition("\n## Growing\n")[2]
    (tmp_path / ".env").write_text(readme.partition("```ini\n")[2].partition("```")[0])
    services = compose["services"]
    bots = {name: each for name, each in services.items() if each["image"] == "nextread"}

    configs = {
        name: Config.from_env(each.get("environment", {}), tmp_path / ".env")
        for name, each in bots.items()
    }

    assert {name: each.shard_ids for name, each in configs.items()} == {"bot": (0,), "bot-1": (1,)}
    assert {each.shard_count for each in configs.values()} == {2}
    (url,) = {each.database_url for each in configs.values()}
    kept, server = dotenv_values(tmp_path / ".env"), services["postgres"]["environment"]
    assert server["POSTGRES_PASSWORD"] == "${POSTGRES_PASSWORD:-}"  # noqa: S105 - from `.env`
    account = urlsplit(url)
    assert account.hostname == "postgres"
    assert account.username == server["POSTGRES_USER"]
    assert account.password == kept["POSTGRES_PASSWORD"]
    assert account.path == f"/{server['POSTGRES_DB']}"
    assert kept["COMPOSE_PROFILES"] == "scale"
    assert [name for name, each in services.items() if each.get("profiles") == ["scale"]] == [
        *("bot-1", "postgres")
    ]


def test_all_in_compose_is_looked_after(compose, dockerfile):
    """Each is started again, looked at, kept small in its log, and waits for what it needs."""
    for name, each in compose["services"].items():
        options = each["logging"]["options"]
        assert (options["max-size"], options["max-file"]) == ("10m", "5"), name
        assert each["restart"] == "unless-stopped"
        assert "healthcheck" in each or one(dockerfile, "HEALTHCHECK"), name
        assert each["read_only"]
        assert "/tmp" in each["tmpfs"]  # noqa: S108 - in its own memory
        assert each["cap_drop"] == ["ALL"]
        for needed, when in each.get("depends_on", {}).items():
            assert "healthcheck" in compose["services"][needed]
            assert when["condition"] == "service_healthy"
        for mount in each.get("volumes", []):
            assert mount.partition(":")[0] in compose["volumes"]


def test_postgres_is_of_one_major_version(compose):
    assert re.fullmatch(r"postgres:\d+-[a-z]+", compose["services"]["postgres"]["image"])
