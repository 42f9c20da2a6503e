"""Problems as the database holds them."""

from typing import get_args

import pytest

from bot.core.outbox import Lacks, ProblemName, problem_from


@pytest.mark.parametrize(
    "problem",
    [*get_args(ProblemName), Lacks(("send_polls",)), Lacks(("send_polls", "view_channel"))],
)
def test_a_problem_is_read_as_it_was_written(problem):
    assert problem_from(str(problem)) == problem


def test_what_permissions_are_lacking_is_written_as_ever():
    assert str(Lacks(("view_channel", "send_messages"))) == "lacks:view_channel,send_messages"


@pytest.mark.parametrize("stored", ["", "rained_out", "lacks:", "lacks:fly"])
def test_what_only_another_release_knew_is_unknown(stored):
    assert problem_from(stored) == "unknown"


def test_no_problem_is_none():
    assert problem_from(None) is None
    assert problem_from("lacks:fly,view_channel") == Lacks(("view_channel",))
