"""A paper of more than three hours: for how many weeks, or passed over."""

from datetime import UTC, datetime

import pytest

from tests.curricula import curriculum, resource
from tests.seen import option_labels_of, options_of, posts_in, select_of, text_of, title_of

A_MINUTE, A_DAY = 60, 24 * 3600
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LIST = curriculum(
    resource("attention", title="Attention"),
    resource("course", title="The course", minutes=420),
    resource("film", title="The film", minutes=180),
)
COURSE = "demo:course"


@pytest.fixture
def choose(moderator):
    """Return what chooses in a card's select, and returns the card that it becomes."""

    async def select(card, value):
        message = card.response.message
        return await moderator.select(message, [value], custom_id=select_of(card))

    return select


async def titles_after(env, channel, weeks):
    """Wait until so many Mondays are gone; return the heads and titles of all posts."""
    for week in range(weeks):
        wait = (MONDAY - env.now()).total_seconds() + week * 7 * A_DAY + A_MINUTE
        await env.advance_time(max(0, wait))
    return [(text_of(post).splitlines()[0], title_of(post)) for post in posts_in(channel)]


async def test_a_long_paper_in_sight_is_offered_for_several_weeks_and_goes_on_so(
    group, choose, channel, env
):
    offered, labels = options_of(group), option_labels_of(group)
    asked = text_of(group)

    chosen = await choose(group, f"3:{COURSE}")
    told = text_of(chosen)
    posts = await titles_after(env, channel, 4)

    assert offered == [f"{weeks}:{COURSE}" for weeks in (1, 2, 3, 4, 0)]
    assert labels[0] == "The course: one week"
    assert labels[-1] == "The course: leave it out"
    assert "The course: about 7 h. For how many weeks?" in asked
    assert "✅ **The course** is read for 3 weeks." in told
    assert [f"The course · week {n} of 3" in told for n in (1, 2, 3, 4)] == [True] * 3 + [False]
    assert posts == [
        ("-# Paper of the week · One", "Attention"),
        *((f"-# Paper of the week · week {n} of 3 · One", "The course") for n in (1, 2, 3)),
    ]


async def test_whoever_has_chosen_one_week_is_not_asked_again(group, choose, moderator, channel):
    chosen = text_of(await choose(group, f"1:{COURSE}"))
    picked = await moderator.slash(channel, "manage pick", resource="The course")

    assert "✅ **The course** is read in one week." in chosen
    assert "how many weeks?" not in chosen
    assert "how many weeks?" not in text_of(await moderator.slash(channel, "group"))
    assert "how many weeks?" not in text_of(picked)
    assert f"3:{COURSE}" in options_of(picked)


async def test_a_long_paper_is_passed_over_and_brought_back_on_any_moderators_card(
    group, choose, moderator, alice, channel
):
    passed = await choose(group, f"0:{COURSE}")
    told, offered = text_of(passed), options_of(passed)
    mine = await moderator.slash(channel, "group")
    await moderator.click(mine.response.message, label="More")
    theirs = await alice.slash(channel, "group")
    seen = text_of(mine)

    back = await choose(mine, f"1:{COURSE}")

    assert "**The course** is left out" in told
    assert "Left out: The course" in seen
    assert offered == options_of(mine) == [f"{weeks}:{COURSE}" for weeks in (1, 2, 3, 4, 0)]
    assert "> The course" not in text_of(theirs)
    assert options_of(theirs) == []
    assert "> The course" in text_of(back)


async def test_a_long_paper_that_is_picked_is_offered_for_several_weeks_on_that_card(
    group, choose, moderator, channel
):
    picked = await moderator.slash(channel, "manage pick", resource="The course")
    short = await moderator.slash(channel, "manage pick", resource="The film", date="2026-01-19")

    first = options_of(picked)

    chosen = await choose(picked, f"2:{COURSE}")
    told, offered = text_of(chosen), options_of(chosen)
    after = await choose(chosen, "2026-W04")

    assert first == [f"{weeks}:{COURSE}" for weeks in (1, 2, 3, 4, 0)]
    assert options_of(short) == []
    assert "The course · week 1 of 2 · 📌" in told
    assert offered == [*first, "2026-W02", "2026-W04"]
    assert "The film · 📌" in told
    assert "The film · 📌" not in text_of(after)
    assert options_of(after) == [*first, "2026-W02"]


async def test_this_weeks_long_paper_says_its_week_and_may_still_get_more(
    group, choose, moderator, channel, env
):
    await titles_after(env, channel, 2)
    card = await moderator.slash(channel, "manage group")

    chosen = await choose(card, f"2:{COURSE}")
    posts = await titles_after(env, channel, 3)

    assert "This week: **The course** · week 1 of 2" in text_of(chosen)
    assert posts[-1] == ("-# Paper of the week · week 2 of 2 · One", "The course")
