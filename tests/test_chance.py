"""What a failing test prints makes it draw the same again."""

import os
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
RANDOM_TESTS = """
import random

import pytest
from hypothesis import Phase, given, reproduce_failure, settings, strategies as st

from bot.store.instants import CHANCE

pytestmark = pytest.mark.kill


@settings(phases=[Phase.generate], database=None)
@given(st.integers(0, 2**62))
def test_rule(number):
    assert number == 0, f"drew {number}"


def test_passing():
    random.random()


def test_failing():
    a_set = {str(number) for number in range(9)}
    raise AssertionError(f"drew {random.random()}, {CHANCE.getrandbits(62)}, {[*a_set]}")
"""


def run(line, folder):
    """Run a line of shell in a folder with this project's settings, and return what it prints."""
    options = ["-c", f"{PROJECT}/pyproject.toml", "--rootdir", str(folder), "-p", "tests.conftest"]
    env = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTEST_ADDOPTS": shlex.join(options),
        "PYTHONHASHSEED": "random",
        "PYTHONPATH": str(PROJECT),
    }
    done = subprocess.run(
        ["/bin/sh", "-c", line], check=False, cwd=folder, env=env, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def drawn(output):
    return re.findall(r"^E +AssertionError: (drew .+)", output, re.MULTILINE)


def test_what_a_failing_test_prints_makes_it_draw_the_same_again(tmp_path):
    path = tmp_path / "test_random.py"
    path.write_text(RANDOM_TESTS)
    printed = run("pytest -n 1 -m kill test_random.py", tmp_path)
    by_rule, by_test = drawn(printed)

    command = re.search(r"^PYTHONHASHSEED=.+::test_failing$", printed, re.MULTILINE)[0]
    assert drawn(run(command, tmp_path)) == [by_test]

    decorator = re.search(r"@reproduce_failure\(.+?\)", printed)[0]
    path.write_text(RANDOM_TESTS.replace("@settings", f"{decorator}\n@settings"))
    with pytest.raises(AssertionError, match=f"^{by_rule}$"):
        runpy.run_path(str(path))["test_rule"]()
