"""One seed is one history; a broken promise is found; what was found is mended."""

import asyncio
import subprocess
import sys

import pytest

from tests.simulation.discord import Discord
from tests.simulation.found import FOUND
from tests.simulation.script import Event, setting_of
from tests.simulation.shrinking import in_words, shrunk
from tests.simulation.world import World, lived

QUICK = 42
"""A world that is soon over."""


class Forgetful(Discord):
    """Shows no history, and remembers no nonce."""

    def history(self, place_id):
        super().history(place_id)
        return []

    def _by_nonce(self, place_id, nonce):
        return None


def told(hash_seed: int) -> str:
    asked = [sys.executable, "-m", "tests.simulation", "--seed", str(QUICK), "--history"]
    done = subprocess.run(
        asked, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": str(hash_seed)}
    )
    return done.stdout


def test_one_seed_is_one_history_in_every_process():
    first, second = told(1), told(2)

    assert first == second
    assert len(first.splitlines()) > 100
    assert "crashes" in first


def test_a_message_made_twice_is_found_and_its_history_made_short():
    seeds = (seed for seed in range(26, 99) if not setting_of(seed).rough)
    worlds = (World(seed, discord=Forgetful).run() for seed in seeds)
    found = next((outcome for outcome in worlds if outcome.broken), None)
    assert found is not None

    kept, short = shrunk(found, attempts=40, discord=Forgetful)

    assert found.broken.promise == short.broken.promise == "once"
    assert len(kept) < 10 < len(World(found.seed).script)
    numbers = ",".join(str(event.number) for event in kept) or "none"
    assert f"--seed {found.seed} --only {numbers}\n" in in_words(kept, short)


def test_a_world_that_fails_is_a_broken_promise_with_its_seed_and_history():
    outcome = World(QUICK, script=[Event(0, 100.0, "nothing_that_a_world_knows")]).run()

    assert (outcome.seed, outcome.broken.promise) == (QUICK, "no surprise")
    assert "nothing_that_a_world_knows" in outcome.broken.traceback
    assert outcome.history


def test_a_world_that_runs_away_is_a_broken_promise(monkeypatch):
    monkeypatch.setattr("tests.simulation.world.AN_HOURS_STATEMENTS", 10)

    assert lived(QUICK, ()).broken.promise == "no runaway"


def test_an_error_that_nobody_asks_for_is_a_broken_promise():
    class Failing(Discord):
        def history(self, place_id):
            asyncio.get_running_loop().call_soon(lambda: 1 / 0)
            return super().history(place_id)

    outcomes = (World(seed, discord=Failing).run() for seed in range(1, 9))
    found = next(outcome for outcome in outcomes if outcome.broken)

    assert found.broken.promise == "no surprise"
    assert "ZeroDivisionError" in found.broken.traceback


@pytest.mark.parametrize(("seed", "script"), FOUND)
def test_what_broke_a_promise_once_is_mended(seed, script):
    assert lived(seed, script).broken is None


def test_no_promise_is_broken_in_a_world_that_is_soon_over():
    outcome = lived(QUICK)

    assert outcome.broken is None
    assert outcome.counts["troubled"] > 0
