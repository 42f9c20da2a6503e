"""Wall time is by the tzdata package alone, wherever something of ours begins."""

import os
import shutil
import subprocess
import sys
import zoneinfo
from datetime import UTC, datetime
from importlib.resources import as_file, files

import pytest

import bot
from bot.core.weeks import Schedule, slot_of_week
from bot.core.zones import zones_matching

SHOW = """
from datetime import UTC, datetime
from bot.core.weeks import Schedule, slot_of_week
from bot.core.zones import zones_matching
print(slot_of_week(Schedule(0, 9, 0, "America/Vancouver"), "2026-W51").at)
print(zones_matching("vancouver", "en-US", datetime(2026, 12, 14, tzinfo=UTC))[0].label)
"""
SEEN = "2026-12-14 16:00:00+00:00\nAmerica/Vancouver (UTC-07:00, 🕒 17:00)\n"


@pytest.fixture
def false_tables(tmp_path):
    """A machine whose Vancouver keeps Tokyo's time."""
    with as_file(files("tzdata.zoneinfo").joinpath("Asia/Tokyo")) as tokyo:
        (tmp_path / "America").mkdir()
        shutil.copy(tokyo, tmp_path / "America" / "Vancouver")
    return {**os.environ, "PYTHONTZPATH": str(tmp_path)}


def run(script, env):
    return subprocess.check_output([sys.executable, "-c", script], env=env, text=True)


def test_no_tables_but_the_packages_are_looked_into():
    assert zoneinfo.TZPATH == (), bot.__doc__


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("America/Vancouver", 16), ("America/Edmonton", 15), ("Africa/Casablanca", 9)],
)
def test_a_zone_that_older_tables_have_wrong_is_right(zone, hour):
    slot = slot_of_week(Schedule(0, 9, 0, zone), "2026-W51")

    assert slot.at == datetime(2026, 12, 14, hour, tzinfo=UTC)


def test_what_is_offered_while_typing_shows_the_packages_offset():
    (first, *_) = zones_matching("edmonton", "en-US", datetime(2026, 12, 14, tzinfo=UTC))

    assert first.label == "America/Edmonton (UTC-06:00, 🕒 18:00)"


def test_a_machine_with_false_tables_changes_nothing(false_tables):
    assert run(SHOW, false_tables) == SEEN


def test_a_zone_that_was_used_before_us_changes_nothing(false_tables):
    used_before = "from zoneinfo import ZoneInfo\nkept = ZoneInfo('America/Vancouver')\n"

    assert run(used_before + SHOW, false_tables) == SEEN
