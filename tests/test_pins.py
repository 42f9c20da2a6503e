"""The locks pin what `pyproject.toml` asks for on each Python, and the README installs by them."""

import re
import shlex
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, requires
from itertools import product
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
EXTRAS = PYPROJECT["project"]["optional-dependencies"]
LOCK, CONSTRAINTS = "requirements.lock", "constraints.txt"
PINNED_EXTRAS = {LOCK: {"postgres", "metrics", "build"}, CONSTRAINTS: set(EXTRAS)}
PYTHONS = [
    name.rpartition(" ")[2]
    for name in PYPROJECT["project"]["classifiers"]
    if re.search(r":: \d\.\d+$", name)
]
SYSTEMS = [("linux", "Linux", "posix"), ("darwin", "Darwin", "posix"), ("win32", "Windows", "nt")]
MACHINES = {
    f"{python} {sys_platform}": {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": sys_platform,
        "platform_system": platform_system,
        "os_name": os_name,
    }
    for python, (sys_platform, platform_system, os_name) in product(PYTHONS, SYSTEMS)
}
on_each_machine = pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
in_each_file = pytest.mark.parametrize("file", PINNED_EXTRAS)


def lines_of(file):
    """Return each pin of a file with its hashes, on one line."""
    text = (PROJECT / file).read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]


@cache
def pins_of(file):
    return [Requirement(line.partition(" --hash")[0]) for line in lines_of(file)]


def pinned_on(machine, file):
    """Return what a file pins on a machine: the version of each name."""
    pins = [pin for pin in pins_of(file) if pin.marker is None or pin.marker.evaluate(machine)]
    versions = {canonicalize_name(pin.name): str(pin.specifier) for pin in pins}
    assert len(versions) == len(pins), "something is pinned twice"
    return {name: version.removeprefix("==") for name, version in versions.items()}


@cache
def wanted_by(name):
    """Return what a package asks for, as far as this Python has it.

    What only another Python or system needs is not there; audioop-lts and colorama, the two there
    are, ask for nothing.
    """
    try:
        return [Requirement(line) for line in requires(name) or []]
    except PackageNotFoundError:
        return []


def on(machine, wanted, extras=()):
    return [
        each
        for each in wanted
        if each.marker is None
        or any(each.marker.evaluate({**machine, "extra": extra}) for extra in ("", *extras))
    ]


def needed_on(machine, file):
    """Return name and range of all that a file is for: what we ask for, and what that asks for."""
    ours = [PYPROJECT["project"]["dependencies"], *(EXTRAS[each] for each in PINNED_EXTRAS[file])]
    waiting = on(machine, [Requirement(line) for lines in ours for line in lines])
    seen = set()
    while waiting:
        each = waiting.pop()
        name = canonicalize_name(each.name)
        if name != "nextread" and str(each) not in seen:  # an extra may be made of others
            seen.add(str(each))
            yield name, each.specifier
            waiting += on(machine, wanted_by(name), each.extras)


def test_every_python_from_the_oldest_we_take_is_named():
    oldest = PYPROJECT["project"]["requires-python"].removeprefix(">=")

    assert [f"3.{minor}" for minor in range(int(oldest[2:]), 15)] == PYTHONS


@on_each_machine
@in_each_file
def test_all_that_is_needed_is_pinned_within_its_range(file, machine):
    pins = pinned_on(machine, file)

    assert [
        f"{name}{allowed}, pinned: {pins.get(name)}"
        for name, allowed in needed_on(machine, file)
        if name not in pins or not allowed.contains(pins[name])
    ] == []


@in_each_file
def test_nothing_else_is_pinned(file):
    needed = {name for machine in MACHINES.values() for name, _ in needed_on(machine, file)}

    assert {canonicalize_name(pin.name) for pin in pins_of(file)} - needed == set()


@on_each_machine
def test_who_hosts_runs_what_who_develops_tried(machine):
    assert pinned_on(machine, LOCK).items() <= pinned_on(machine, CONSTRAINTS).items()


def test_every_pin_of_the_lock_has_its_hashes():
    assert [
        line for line in lines_of(LOCK) if not re.search("--hash=sha256:[0-9a-f]{64}", line)
    ] == []


@in_each_file
def test_no_address_and_no_path_is_named(file):
    text = (PROJECT / file).read_text("utf-8").replace("--no-emit-index-url", "")

    assert not re.search(r"://|--\S*index|--find-links|--trusted|(?:^|\s)/", text)


def test_what_builds_is_what_the_locks_have():
    assert EXTRAS["build"] == PYPROJECT["build-system"]["requires"]


def test_every_install_the_readme_shows_is_pinned():
    readme = (PROJECT / "README.md").read_text("utf-8")
    shown = re.findall(r"pip install ([^`\n]*)", readme)
    installs = [shlex.split(each) for each in shown if each != "pre-commit"]

    assert len(installs) == 10
    for words in installs:
        locked = {"--require-hashes", LOCK} <= {*words}
        constrained = words[:2] == ["-c", CONSTRAINTS]
        builds_only = "--no-deps" in words
        assert locked or constrained or builds_only, words
        if words[-1].startswith("."):  # pip would fetch the newest backend to build it
            assert "--no-build-isolation" in words, words
