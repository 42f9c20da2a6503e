"""A paper in parts, as members and moderators see it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.curricula import curriculum, resource
from tests.seen import (
    hints_of,
    labels_of,
    option_labels_of,
    options_of,
    posts_in,
    select_of,
    text_of,
)

A_DAY = 24 * 3600
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SATURDAY = MONDAY + timedelta(days=5, hours=10)
COURSE = "demo:course"
PARTS = ("chapters 1-3", "chapters 4-6", "chapters 7-9: *all* the rest", "chapter 10", "the end")
LIST = curriculum(
    resource(
        "course", title="The course: from A to Z", minutes=420, parts=PARTS, questions=("Why A?",)
    ),
    resource("bert", title="BERT"),
)


@pytest.fixture
def monday(env, until):
    """Return what waits until so many Mondays after the first have had their paper."""

    async def wait(weeks):
        await until(MONDAY + timedelta(weeks=weeks, minutes=1))

    return wait


async def test_each_weeks_post_thread_and_card_say_which_part_it_is(
    group, alice, channel, monday, env
):
    ahead = text_of(group)
    for week in range(3):
        await monday(week)

    posts = [text_of(post) for post in posts_in(channel)]
    card = await alice.slash(channel, "group")
    now = text_of(card)
    await alice.click(card.response.message, label="More")
    past = text_of(await alice.click(card.response.message, label="Older"))

    told = [line for post in posts for line in post.splitlines() if "of 5" in line]
    assert told == [
        "**Part 1 of 5**: chapters 1-3",
        "**Part 2 of 5**: chapters 4-6",
        "**Part 3 of 5**: chapters 7-9: \\*all\\* the rest",
    ]
    assert not any("another week" in post for post in posts)
    assert [thread.name for thread in channel.threads] == [
        "The course · part 1 of 5: chapters 1-3",
        "The course · part 2 of 5: chapters 4-6",
        "The course · part 3 of 5: chapters 7-9: *all* the rest",
    ]
    assert "> The course · part 1 of 5: chapters 1-3\n" in ahead
    assert "> part 2 of 5: chapters 4-6" in ahead  # right below
    assert "For how many weeks?" not in ahead
    assert "This week: **The course** · part 3 of 5: chapters 7-9" in now
    assert "> part 4 of 5: chapter 10" in now
    assert "· part 2 of 5: chapters 4-6" in past


async def test_the_lists_questions_wait_for_the_last_part_and_events_say_which_it_is(
    group, alice, moderator, channel, monday, env, guild
):
    await moderator.slash(channel, "manage group", meets="Thursday 20:00")
    await moderator.select(group.response.message, [f"2:{COURSE}"], custom_id=select_of(group))
    card = (await alice.slash(channel, "group")).response.message
    joined = (await alice.click(card, label="Join")).response
    await env.advance_time(4)
    led = await alice.select(joined.message, [options_of(joined)[0]], custom_id=select_of(joined))
    form = await alice.click(led.response.message, label="Questions…")
    await alice.submit_modal(form, {"question1": "Mine?", "question2": "", "question3": ""})
    for week in range(2):
        await monday(week)
    await env.settle()

    events = list(env.backend.get_guild(guild.id).scheduled_events.values())
    said = ["\n".join(text_of(each) for each in thread.history()) for thread in channel.threads]

    assert [event.name for event in events] == [
        "Paper of the week: The course: from A to Z · parts 1-3 of 5",
        "Paper of the week: The course: from A to Z · parts 4-5 of 5",
    ]
    assert "parts 4-5 of 5: chapter 10 and the end" in events[1].description
    assert [("Mine?" in told, "Why A?" in told) for told in said] == [(True, False), (False, True)]


async def test_moderators_choose_other_weeks_and_the_parts_are_spread(
    group, moderator, channel, monday
):
    offered, labels = options_of(group), option_labels_of(group)

    chosen = await moderator.select(
        group.response.message, [f"2:{COURSE}"], custom_id=select_of(group)
    )
    told = text_of(chosen)
    back = await moderator.select(
        group.response.message, [f"5:{COURSE}"], custom_id=select_of(group)
    )

    assert offered == [f"{weeks}:{COURSE}" for weeks in (5, 3, 2, 1, 0)]
    assert labels[0] == "The course: 5 weeks"
    assert "✅ **The course** is read for 2 weeks." in told
    assert "The course · parts 1-3 of 5: chapters 1-3 to chapters 7-9" in told
    assert "> parts 4-5 of 5: chapter 10 and the end" in told
    assert "✅ **The course**: one part a week, for 5 weeks." in text_of(back)


async def test_one_more_week_in_the_middle_brings_all_the_parts_that_are_left(
    group, moderator, channel, monday
):
    await moderator.select(group.response.message, [f"3:{COURSE}"], custom_id=select_of(group))
    await monday(0)
    card = await moderator.slash(channel, "manage group")
    offered = dict(zip(options_of(card), option_labels_of(card), strict=True))
    hints = [hint for hint in hints_of(card) if hint]

    last = await moderator.select(card.response.message, [f"2:{COURSE}"], custom_id=select_of(card))
    await monday(1)

    assert offered == {
        f"4:{COURSE}": "The course: 3 more weeks",
        f"3:{COURSE}": "The course: 2 more weeks",
        f"2:{COURSE}": "The course: one more week",
        f"0:{COURSE}": "The course: leave it out",
    }
    assert hints == ["1 part a week", "Chosen now · up to 2 parts a week", "up to 3 parts a week"]
    assert "✅ The rest of **The course** is read in one week." in text_of(last)
    assert "**Parts 3-5 of 5**" in text_of(posts_in(channel)[-1])


async def test_a_pick_of_what_was_read_says_that_it_begins_anew(group, moderator, channel, monday):
    await moderator.select(group.response.message, [f"2:{COURSE}"], custom_id=select_of(group))
    await monday(0)
    goes_on = await moderator.slash(channel, "manage pick", resource="The course: from A to Z")
    await monday(1)

    anew = await moderator.slash(channel, "manage pick", resource="The course: from A to Z")

    assert "-# That week reads parts 4-5 of 5." in text_of(goes_on)
    assert "⚠️ By then this group has had it, and begins it anew." in text_of(anew)


async def test_who_read_a_part_has_a_line_of_it_with_undo_and_is_counted(
    group, alice, channel, monday, guild, env
):
    await monday(0)
    (post,) = posts_in(channel)
    for name in ("bob", "carol"):
        await guild.add_member(env.create_user(name)).click(post, label="I've read it")

    read = (await alice.click(post, label="I've read it")).followups[0]
    told, counted = text_of(read), text_of(posts_in(channel)[0])
    shown = await alice.slash(channel, "search", query="the course: from a to z")
    kept = text_of(shown)
    undone = await alice.click(read.message, label="Undo")

    assert "📖 Read in part: **The course" in told
    assert "3 people read it" in counted
    assert "📖 You've read part of it: chapters 1-3" in kept
    assert "is as it was before" in text_of(undone)


async def test_a_reminder_says_which_part_and_its_button_marks_that_alone(
    group, alice, channel, until, env
):
    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="Join")
    await env.advance_time(4)
    await alice.click(card.response.message, label="Remind me")
    await until(SATURDAY)
    await env.advance_time(A_DAY)

    (reminder,) = (
        sent for sent in alice.user.dm_channel.history() if "asked me to remind" in text_of(sent)
    )
    told, labels = text_of(reminder), labels_of(reminder)
    read = await alice.user.click(reminder, label="I've read it")

    assert "**Part 1 of 5**: chapters 1-3" in told
    assert labels == ["Later", "Stop", "Open", "I've read it"]
    assert "📖 Read in part: **The course**" in text_of(read)


async def test_a_resources_card_names_its_parts_under_more(alice, channel):
    card = await alice.slash(channel, "search", query="the course: from a to z")
    short = text_of(card)

    opened = await alice.click(card.response.message, label="More")

    assert "In parts" not in short
    assert "**In parts**\n1. chapters 1-3\n2. chapters 4-6\n3. chapters 7-9" in text_of(opened)
