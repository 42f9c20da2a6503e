"""What members and moderators read on a group's card when something is amiss."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest
from discord import ui

from bot.core.groups import Group, GroupStatus, History, PastWeek
from bot.core.outbox import TEMPORARY, UNCERTAIN, Lacks, Permission, ProblemName
from bot.core.papers import Vote
from bot.core.recommend import Worth
from bot.core.weeks import Part, Schedule, Week
from bot.views.group_card import history_card, members_card
from bot.views.moderators_card import moderators_card
from bot.views.problems import obstacle_text, problem_text
from tests.curricula import curriculum, resource
from tests.seen import NO_BREAK, labels_of, text_of

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
GROUP = Group(1, 3, 2, "active", Schedule(0, 9, 0, "UTC"), None, NOW, NOW)
STATUS = GroupStatus(curriculum(resource("bert")), GROUP, 3, False, None, None, (), 9)
VOTE = Vote(5, 1, "2026-W03", "running", ("demo:bert", "demo:gpt"), 24, NOW, 2)
EACH = (*get_args(ProblemName), *(Lacks((permission,)) for permission in get_args(Permission)))
MENDED_BY_MODERATORS = [problem for problem in EACH if problem not in TEMPORARY]


def group_card(status):
    return members_card(None, status, 7, is_moderator=False)


def manage_card(status):
    return moderators_card(None, status, 7)


def trouble_in(card):
    texts = [part.content for part in card.walk_children() if isinstance(part, ui.TextDisplay)]
    return [line for text in texts for line in text.splitlines() if line.startswith("⚠️")]


def with_vote(problem, state="running"):
    name, problems = "votes" if state == "running" else "lost_votes", {VOTE.vote_id: problem}
    return replace(STATUS, **{name: (replace(VOTE, state=state),)}, vote_problems=problems)


@pytest.mark.parametrize("problem", MENDED_BY_MODERATORS)
def test_members_are_given_no_orders_that_only_moderators_can_follow(problem):
    blocked = replace(STATUS, group=replace(GROUP, blocked=problem))

    (told,) = trouble_in(group_card(blocked))
    (ordered,) = trouble_in(manage_card(blocked))

    assert told == "⚠️ I can't post papers here right now. Moderators know."
    assert ordered != told


@pytest.mark.parametrize("problem", MENDED_BY_MODERATORS)
def test_nor_about_a_vote_that_is_not_posted(problem):
    (told,) = trouble_in(group_card(with_vote(problem)))

    assert told.endswith("isn't posted yet. Moderators know.")
    assert told not in trouble_in(manage_card(with_vote(problem)))


@pytest.mark.parametrize("problem", sorted({*MENDED_BY_MODERATORS} - UNCERTAIN, key=str))
def test_nor_about_one_that_came_to_nothing(problem):
    (told,) = trouble_in(group_card(with_vote(problem, "lost")))

    assert told.endswith("has no result. The list's own order counts instead.")
    assert told not in trouble_in(manage_card(with_vote(problem, "lost")))


@pytest.mark.parametrize("problem", sorted(TEMPORARY))
def test_what_passes_by_itself_is_told_to_all(problem):
    blocked = replace(STATUS, group=replace(GROUP, blocked=problem))

    assert trouble_in(group_card(blocked)) == trouble_in(manage_card(blocked))


@pytest.mark.parametrize("problem", EACH, ids=str)
def test_each_problem_has_words(problem):
    said, told = problem_text(problem), obstacle_text(problem)

    assert re.fullmatch(r"[A-Z][^{}]+[.]", said)
    assert told.startswith(said)
    assert "  " not in told


def test_a_past_paper_that_was_deleted_is_told_with_its_own_day():
    post = Week(4, 1, "2025-W49", NOW, "posted", title="BERT")
    history = history_card(History(GROUP, 0, (PastWeek(post),), has_more=False))

    (told,) = [part.content for part in history.walk_children() if isinstance(part, ui.TextDisplay)]
    day = f"<t:{int(NOW.timestamp())}:d>"
    assert told.splitlines()[1:] == [f"{day} **BERT**{NO_BREAK}· posted and then deleted"]


def test_a_short_title_leaves_room_for_the_name_of_its_part():
    post = Week(4, 1, "2025-W49", NOW, "posted", channel_id=2, message_id=5, title="BERT")
    week = PastWeek(post, 5, Part(1, 3, ("Intro",)), None, Worth(3, 4))

    shown = text_of(history_card(History(GROUP, 0, (week,), has_more=False)))

    assert "· part 1 of 3: Intro · ✅ 5 read it · 👍 3 of 4" in shown


def test_of_several_votes_a_member_sees_the_next_and_the_others_under_more():
    votes = VOTE, replace(VOTE, vote_id=6, week="2026-W09")
    several, one = replace(STATUS, votes=votes), replace(STATUS, votes=votes[:1])

    assert "and 1 more vote" in text_of(group_card(several))
    assert "more vote" not in text_of(group_card(one))
    assert "More" in labels_of(group_card(several))
