"""What can be told about the image without building it."""

import shlex
import tomllib
from pathlib import Path

import pytest
import yaml

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


def test_compose_keeps_the_volume_and_reads_the_settings():
    compose = yaml.safe_load((PROJECT / "compose.yaml").read_text("utf-8"))

    (bot,) = compose["services"].values()
    (mount,) = bot["volumes"]
    name, folder = mount.split(":")
    assert name in compose["volumes"]
    assert folder == "/data"
    assert bot["env_file"] == ".env"
    assert bot["restart"] == "unless-stopped"
