"""The story with which this release fills the databases that later ones must open."""

from collections import Counter
from typing import get_args

import pytest

from bot.core.groups import GroupState
from bot.core.outbox import LetterKind, OutboxState
from bot.core.papers import VoteState
from bot.core.progress import State
from bot.core.weeks import WeekState
from bot.services.opening import open_services
from tests.curricula import named_by_address
from tests.every_table import everything
from tests.golden.references import FORMS, forms_of
from tests.releases.story import HARMLESS_TWICE, Story, StoryClock

STATES = {"weeks": WeekState, "votes": VoteState, "study_groups": GroupState, "progress": State}

ONLY_BEFORE = {("reminder", "week:{slot}:{person}"), ("reminder", "idle:{person}:{moment}")}
"""What earlier releases wrote, and this one only reads."""


@pytest.fixture
async def told(tmp_path, base):
    """All rows of all tables when the story is told."""
    clock = StoryClock()
    services = await open_services(
        f"sqlite:///{tmp_path / 'ledger.db'}", base, clock, named_by_address
    )
    await Story(services, clock).tell()
    found = await everything(services.db)
    await services.close()
    return found


async def test_the_story_fills_every_table_and_writes_every_reference_as_it_always_was(told):
    rows, states = told["outbox"], {"waiting": {True, False}, "dropped": {True, False}}
    each = Counter((r["kind"], r["state"], r["tried_at"] is not None) for r in rows)
    forms = forms_of(told)

    assert [table for table, found in told.items() if not found] == []
    assert [
        (kind, state, tried)
        for kind in get_args(LetterKind)
        for state in get_args(OutboxState)
        for tried in ({False} if kind in HARMLESS_TWICE else states.get(state, {True}))
        if not each[kind, state, tried]
        and (kind, state) != ("suggested", "dropped")  # forgotten, so that it is tried again
    ] == []
    assert FORMS.keys() == set(get_args(LetterKind))
    assert [(kind, reference) for kind, reference, found in forms if len(found) != 1] == []
    assert {(kind, form) for kind, _, found in forms for form in found} == {
        (kind, form) for kind, known in FORMS.items() for form in known
    } - ONLY_BEFORE
    for table, known in STATES.items():
        assert {row["state"] for row in told[table]} == set(get_args(known))
