"""A group's calendar as moderators change it: every so many weeks, days off, a pause."""

from datetime import UTC, datetime

import pytest

from tests.seen import custom_id_like, labels_of, option_labels_of, options_of, posts_in, text_of

A_DAY = 24 * 3600
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def weeks_of(card):
    return [line for line in text_of(card).splitlines() if line.startswith("<t:")]


def days_of(card):
    """Return the days of January and later on which papers come, by a card."""
    return [
        datetime.fromtimestamp(int(line.split(":")[1]), UTC).strftime("%d %b")
        for line in weeks_of(card)
    ]


@pytest.fixture
def opened(group, moderator, channel, env):
    """Return what opens the seldom wanted part of the group's card."""

    async def opened():
        card = await moderator.slash(channel, "manage group")
        await env.advance_time(4)
        await moderator.click(card.response.message, label="More")
        await env.advance_time(4)
        return card.response.message

    return opened


@pytest.fixture
def typed(opened, moderator):
    async def typed(label, days):
        form = await moderator.click(await opened(), label=label)
        return await moderator.submit_modal(form, {"days": days})

    return typed


async def test_a_group_is_started_with_a_paper_every_two_weeks(moderator, channel, until, env):
    card = await moderator.slash(channel, "manage group", zone="UTC", every=2)
    await until(MONDAY)
    for _ in range(4):
        await env.advance_time(7 * A_DAY)
    seen = await moderator.slash(channel, "group")

    assert "Mondays at 09:00, Etc/UTC, every 2 weeks · 0 members" in text_of(card)
    assert days_of(card) == ["05 Jan", "19 Jan", "02 Feb", "16 Feb"]
    assert len(posts_in(channel)) == 3
    assert "This week: **" in text_of(seen)


async def test_every_alone_changes_nothing_else(group, moderator, channel):
    card = await moderator.slash(channel, "manage group", every=3)
    back = await moderator.slash(channel, "manage group", every=1)

    assert "Mondays at 09:00, Etc/UTC, every 3 weeks" in text_of(card)
    assert "Mondays at 09:00, Etc/UTC · " in text_of(back)


async def test_how_long_the_list_lasts_is_said_in_weeks(group, moderator, channel):
    weekly = text_of(await moderator.slash(channel, "group"))
    fortnightly = text_of(await moderator.slash(channel, "manage group", every=2))

    assert "The list lasts 25 more weeks." in weekly
    assert "The list lasts 50 more weeks." in fortnightly


async def test_days_off_are_typed_seen_by_all_and_undone(typed, moderator, channel, alice, env):
    card = await typed("Days off…", "12 Jan\n24 Jan - 2 Feb")
    seen = text_of(await alice.slash(channel, "group"))
    days, told = days_of(card), text_of(card)
    buttons = labels_of(card)
    await env.advance_time(4)

    undone = await moderator.click(card.response.message, label="Undo")

    named = "Mon 12 Jan 2026, Sat 24 Jan 2026 – Mon 2 Feb 2026"
    assert told.startswith(f"✅ No paper on these days: {named}.")
    assert buttons[0] == "Undo"
    assert days == ["05 Jan", "19 Jan", "09 Feb", "16 Feb"]
    assert f"-# Days off: {named}" in seen
    assert text_of(undone).startswith(f"✅ No longer days off: {named}.")
    assert days_of(undone) == ["05 Jan", "12 Jan", "19 Jan", "26 Jan"]
    assert "Days off" not in text_of(undone)


async def test_a_day_off_of_a_group_that_meets_has_no_meeting_either(typed, moderator, channel):
    await moderator.slash(channel, "manage group", meets="Thursday 20:00")

    card = await typed("Days off…", "15 Jan")

    told = "✅ No paper and no meeting on these days: Thu 15 Jan 2026."
    assert text_of(card).startswith(told)


async def test_a_day_off_says_what_moved_and_undo_moves_it_back(typed, moderator, channel, env):
    await moderator.slash(channel, "manage pick", resource="LoRA", date="2026-01-19")

    card = await typed("Days off…", "19 Jan")
    told = text_of(card)
    await env.advance_time(4)
    undone = text_of(await moderator.click(card.response.message, label="Undo"))

    fourth, fifth = "<t:1768813200:D>", "<t:1769418000:D>"
    assert f"📌 Moved from {fourth} to {fifth}: LoRA" in told
    assert f"📌 Moved from {fifth} to {fourth}: LoRA" in undone
    assert "<t:1768813200:d> LoRA · 📌 picked" in undone


async def test_a_vote_for_a_day_off_is_told_to_be_cancelled(typed, moderator, channel):
    await moderator.slash(channel, "manage vote", date="2026-01-19")

    card = await typed("Days off…", "19 Jan")

    assert "🗳️ The vote for <t:1768813200:D> is cancelled." in text_of(card)


async def test_every_other_week_says_where_a_pick_out_of_turn_went(group, moderator, channel):
    await moderator.slash(channel, "manage pick", resource="LoRA", date="2026-01-12")

    card = await moderator.slash(channel, "manage group", every=2)

    assert "📌 Moved from <t:1768208400:D> to <t:1768813200:D>: LoRA" in text_of(card)


async def test_one_of_several_days_off_is_taken_back_from_the_menu(
    typed, opened, moderator, channel
):
    await typed("Days off…", "12 Jan; 19 Jan")
    message = await opened()
    offered = option_labels_of(message)
    chosen = options_of(message)[offered.index("Mon 12 Jan 2026")]

    card = await moderator.select(
        message, [chosen], custom_id=custom_id_like(message, "group-weeks:")
    )

    assert text_of(card).startswith("✅ No longer days off: Mon 12 Jan 2026.")
    assert days_of(card) == ["05 Jan", "12 Jan", "26 Jan", "02 Feb"]


async def test_days_typed_wrong_are_typed_again_in_the_same_form(typed, moderator, restart):
    refused = await typed("Days off…", "24 Jan, 3/4")
    told = text_of(refused)
    await restart()

    again = await moderator.click(refused.response.message, label="Edit again")
    field = again.modal["components"][0]["component"]
    card = await moderator.submit_modal(again, {"days": "24 Jan, 3 Apr"})

    assert told == (
        "“3/4” may be two days. Write the month as a word, like `3 Apr`, or the whole date, like"
        " `2026-04-03`."
    )
    assert field["value"] == "24 Jan, 3/4"
    assert "Sat 24 Jan 2026, Fri 3 Apr 2026" in text_of(card)


async def test_a_pause_with_an_end_is_told_and_ends(typed, moderator, channel, alice, env, until):
    card = await typed("Pause until…", "26 Jan")
    seen = await alice.slash(channel, "group")
    buttons = labels_of(card)
    for _ in range(4):
        await env.advance_time(7 * A_DAY)

    told = "⏸️ **Paused.** Papers come again on <t:1769418000:D>."
    assert told in text_of(card)
    assert told in text_of(seen)
    assert days_of(seen)[0] == "26 Jan"
    assert buttons[:2] == ["Undo", "Resume"]
    assert "Pause" not in buttons
    assert len(posts_in(channel)) == 1
    assert "Paused" not in text_of(await alice.slash(channel, "group"))


async def test_a_pause_until_several_days_is_told_of_days_off(typed, moderator):
    refused = await typed("Pause until…", "20 Jan - 6 Feb")

    assert text_of(refused) == (
        "“20 Jan - 6 Feb” is more than one day. Write the day on which papers come again, or use"
        " **Days off…** for days in a row."
    )
    assert labels_of(refused) == ["Edit again"]


async def test_a_pause_with_an_end_is_resumed_before_it(typed, moderator, channel, env):
    card = await typed("Pause until…", "26 Jan")
    await env.advance_time(4)

    card = await moderator.click(card.response.message, label="Resume")

    assert "Paused" not in text_of(card)
    assert days_of(card)[0] == "05 Jan"
    assert labels_of(card)[0] == "Pause"


async def test_a_pause_with_an_end_is_undone_and_what_was_picked_comes_back(
    typed, moderator, channel, env
):
    await moderator.slash(channel, "manage pick", resource="LoRA", date="2026-01-12")
    paused = await typed("Pause until…", "26 Jan")
    moved, days, buttons = weeks_of(paused)[0], days_of(paused), labels_of(paused)
    await env.advance_time(4)

    undone = await moderator.click(paused.response.message, label="Undo")

    assert "LoRA" in moved
    assert (days[0], buttons[:2]) == ("26 Jan", ["Undo", "Resume"])
    assert days_of(undone)[:2] == ["05 Jan", "12 Jan"]
    assert "LoRA" in weeks_of(undone)[1]
    assert "Paused" not in text_of(undone)
    assert labels_of(undone)[0] == "Pause"


async def test_what_is_skipped_or_brought_back_in_the_menu_has_its_undo(
    opened, typed, moderator, env
):
    async def picked(begins):
        message = await opened()
        menu = custom_id_like(message, "group-weeks:")
        (value, *_) = [each for each in options_of(message) if each.startswith(begins)]
        card = await moderator.select(message, [value], custom_id=menu)
        shown = text_of(card)
        await env.advance_time(4)
        undone = await moderator.click(card.response.message, label="Undo")
        await env.advance_time(4)
        return shown, text_of(undone)

    skipped = await picked("skip:2026-W03")
    await typed("Days off…", "19 Jan")
    days_back = await picked("2026-01-19/")

    assert "⏭️ Skipped" in skipped[0]
    assert "✅ Not skipped" in skipped[1]
    assert "No longer days off" in days_back[0]
    assert "Days off: Mon 19 Jan 2026" in days_back[1]


async def test_two_moderators_who_skip_the_next_week_leave_it_out(group, moderator, channel, env):
    other = await moderator.slash(channel, "manage group")
    await moderator.click(group.response.message, label="Skip next")

    card = await moderator.click(other.response.message, label="Skip next")
    told = weeks_of(card)
    await env.advance_time(4)
    back = await moderator.click(card.response.message, label="Don't skip")

    assert told[0].endswith("skipped")
    assert not weeks_of(back)[0].endswith("skipped")


async def test_two_moderators_who_choose_a_week_in_the_menu_leave_it_out(
    opened, moderator, channel
):
    first, second = await opened(), await opened()
    labels = [label.startswith("Mon 12 Jan 2026") for label in option_labels_of(first)]
    week = options_of(first)[labels.index(True)]

    for message in (first, second):
        chosen = custom_id_like(message, "group-weeks:")
        card = await moderator.select(message, [week], custom_id=chosen)

    assert text_of(card).startswith("⏭️ Skipped: nothing is posted on <t:1768208400:D>.")


async def test_a_pick_for_a_day_off_is_told_so(typed, moderator, channel):
    await typed("Days off…", "12 Jan")

    card = await moderator.slash(channel, "manage pick", resource="BERT", date="2026-01-12")

    assert "⚠️ No paper then: it's a day off." in text_of(card)


async def test_a_pick_for_a_day_off_gone_by_is_sent_to_another_week(
    typed, moderator, channel, until
):
    await typed("Days off…", "5 Jan")
    await until(MONDAY.replace(day=6))

    card = await moderator.slash(channel, "manage pick", resource="BERT", date="2026-01-05")

    assert "⚠️ No paper then: it was a day off. Pick another week." in text_of(card)


async def test_a_pick_for_a_week_of_a_pause_is_told_of_the_pause(typed, moderator, channel):
    await typed("Pause until…", "26 Jan")

    card = await moderator.slash(channel, "manage pick", resource="BERT", date="2026-01-12")

    assert "⚠️ The group is paused: press **Resume**" in text_of(card)


async def test_a_day_taken_back_that_a_longer_span_takes_off_is_still_off(
    typed, opened, moderator, env
):
    await typed("Days off…", "12 Jan - 25 Jan")
    card = await typed("Days off…", "19 Jan")
    await env.advance_time(4)
    undone = await moderator.click(card.response.message, label="Undo")
    await typed("Days off…", "19 Jan")
    message = await opened()
    menu = custom_id_like(message, "group-weeks:")
    chosen = await moderator.select(message, ["2026-01-19/2026-01-19"], custom_id=menu)

    span = "Mon 12 Jan 2026 – Sun 25 Jan 2026"
    for back in (undone, chosen):
        told = f"✅ Taken back: Mon 19 Jan 2026. Still days off: {span}."
        assert text_of(back).startswith(told)


async def test_a_week_that_comes_back_with_nothing_left_to_read_says_so(
    moderator, guild, env, channel, group
):
    group_id = (await env.bot.services.groups.find(channel.id)).group_id
    papers, of = env.bot.services.papers, (guild.id, group_id)
    for resource in (await env.bot.services.groups.status(channel.id, None)).curriculum.resources:
        await papers.read_for(*of, resource.key, 0)
    await env.bot.services.calendars.skip(*of)
    card = await moderator.slash(channel, "manage group")
    more = await moderator.click(card.response.message, label="More")

    menu = custom_id_like(more, "group-weeks:")
    back = await moderator.select(card.response.message, ["back:2026-W02"], custom_id=menu)

    told = "✅ Not skipped, but nothing is left to read on <t:1767603600:D>."
    assert text_of(back).startswith(told)


async def test_a_pause_until_no_day_is_told_how_to_write_one(typed):
    refused = await typed("Pause until…", "week 5")

    assert text_of(refused) == (
        "I don't know which day “week 5” is. Write one day, like `10 Jan` or `2026-01-10`."
    )


async def test_a_pick_for_a_week_between_two_papers_is_told_so(group, moderator, channel):
    await moderator.slash(channel, "manage group", every=2)

    card = await moderator.slash(channel, "manage pick", resource="BERT", date="2026-01-12")

    assert "⚠️ No paper comes that week." in text_of(card)


@pytest.mark.parametrize("by", ["button", "menu"])
async def test_a_skip_that_moves_a_pick_says_so_and_undo_brings_both_back(
    opened, moderator, channel, env, by
):
    await moderator.slash(channel, "manage pick", resource="LoRA")
    if by == "button":
        card = await moderator.slash(channel, "manage group")
        skipped = await moderator.click(card.response.message, label="Skip next")
    else:
        message = await opened()
        menu = custom_id_like(message, "group-weeks:")
        (value, *_) = [each for each in options_of(message) if each.startswith("skip:")]
        skipped = await moderator.select(message, [value], custom_id=menu)
    told, days = text_of(skipped), days_of(skipped)
    await env.advance_time(4)

    back = await moderator.click(skipped.response.message, label="Undo")

    assert "📌 Moved from <t:" in told
    assert "05 Jan" in days
    assert "skipped" in told
    assert "LoRA" in weeks_of(back)[0]
    assert not any("skipped" in line for line in weeks_of(back))
