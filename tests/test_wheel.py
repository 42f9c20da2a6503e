"""What an installed Nextread holds: built and put into a folder of its own, without network."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.small_discord import NEXTREAD, TOKEN

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel from a copy, so that nothing is left in the project."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--no-cache-dir", "--quiet"]
    pip("wheel", *options, "--wheel-dir", str(folder), str(PROJECT))
    (built,) = folder.glob("nextread-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Return what runs Nextread as installed, in an empty folder."""
    target = tmp_path_factory.mktemp("installed")
    options = ["--no-deps", "--no-index", "--no-compile", "--quiet", "--target", str(target)]
    pip("install", *options, str(wheel))

    def nextread(*args, cwd, python=("-m", "bot"), **env):
        return subprocess.run(
            [sys.executable, *python, *args],
            cwd=cwd,
            env={"PYTHONPATH": str(target), **env},
            capture_output=True,
            text=True,
            check=False,
        )

    nextread.target = target
    return nextread


def pip(*args):
    subprocess.run([sys.executable, "-m", "pip", *args], check=True)


def test_what_the_bot_reads_is_in_the_wheel(wheel):
    ours = {
        path.relative_to(PROJECT).as_posix()
        for path in (PROJECT / "bot").rglob("*")
        if path.is_file() and path.suffix not in {".pyc", ".pyo"}
    }
    lists = {f"bot/{path.relative_to(PROJECT).as_posix()}" for path in PROJECT.glob("data/*")}

    packed = {name for name in ZipFile(wheel).namelist() if name.startswith("bot/")}

    assert ours | lists == packed


def test_nothing_but_the_package_is_in_the_wheel(wheel):
    folders = {name.split("/")[0].partition("-")[0] for name in ZipFile(wheel).namelist()}

    assert folders == {"bot", "nextread"}


def test_an_installed_bot_finds_the_list_it_came_with(installed, tmp_path):
    answer = installed("check", cwd=tmp_path)

    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith(str(installed.target / "bot" / "data" / "curriculum.yaml"))


def test_an_installed_bot_knows_its_version(installed, tmp_path):
    answer = installed("--version", cwd=tmp_path)

    assert answer.returncode == 0, answer.stderr
    assert "version 0." in answer.stdout


def test_an_installed_bot_makes_its_tables_before_it_asks_discord(installed, tmp_path):
    start = ("-c", NEXTREAD, "http://127.0.0.1:9/api/v10")

    answer = installed("run", cwd=tmp_path, python=start, DISCORD_TOKEN=TOKEN)

    assert answer.stderr.startswith("Discord can't be reached")
    assert (tmp_path / "nextread.db").stat().st_size > 0
