from datetime import UTC, datetime, timedelta

import pytest

from tests.seen import (
    UNSEEN,
    custom_id_of,
    labels_of,
    option_labels_of,
    options_of,
    posts_in,
    select_of,
    text_of,
    title_of,
)

A_MINUTE, A_DAY = 60, 24 * 3600
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


async def test_a_pick_is_shown_to_members_and_posted(group, moderator, alice, channel, until):
    picked = await moderator.slash(channel, "manage pick", resource="LoRA")
    seen = await alice.slash(channel, "group")
    await until(MONDAY)

    (post,) = posts_in(channel)
    assert "reads [LoRA" in text_of(picked)
    assert f"<t:{int(MONDAY.timestamp())}:F>" in text_of(picked)
    assert picked.response.ephemeral
    assert "LoRA · 📌 picked" in text_of(seen)
    assert title_of(post).startswith("LoRA")
    assert "Picked by a moderator." in text_of(post)


async def test_a_pick_can_be_taken_back_on_its_own_card(group, moderator, channel, until):
    picked = await moderator.slash(channel, "manage pick", resource="LoRA")
    back = await moderator.click(picked.response.message, label="Undo")
    await until(MONDAY)

    (post,) = posts_in(channel)
    assert "Taken back." in text_of(back)
    assert "reads Attention Is All You Need" in text_of(back)
    assert labels_of(back) == []
    assert title_of(post) == "Attention Is All You Need"


async def test_picks_can_be_taken_back_on_the_groups_card(group, moderator, channel):
    await moderator.slash(channel, "manage pick", resource="LoRA")
    await moderator.slash(channel, "manage pick", resource="GPT-2", date="2026-06-01")
    card = await moderator.slash(channel, "manage group")
    await moderator.click(card.response.message, label="More")
    told, options = text_of(card), options_of(card)

    after = await moderator.select(card.response.message, ["2026-W02"], custom_id=select_of(card))

    assert "GPT-2 · 📌" in told
    assert told.index("GPT-2 · 📌") < told.index("The list lasts")
    assert options[:2] == ["2026-W02", "2026-W23"]  # behind them, which weeks may be skipped
    assert "LoRA · 📌" not in text_of(after)
    assert options_of(after) == ["2026-W23"]


async def test_a_date_of_two_readings_is_asked_about_and_never_guessed(
    group, moderator, channel, env
):
    asked = await moderator.slash(channel, "manage pick", resource="LoRA", date="01/02/2026")
    told, labels = text_of(asked), option_labels_of(asked)
    picked = await moderator.select(
        asked.response.message, ["2026-W05"], custom_id=select_of(asked)
    )

    assert told == "Which day is “01/02/2026”? Pick one."
    assert labels == ["Fri 2 Jan 2026", "Sun 1 Feb 2026"]
    assert "reads [LoRA" in text_of(picked)
    assert f"<t:{int(datetime(2026, 1, 26, 9, tzinfo=UTC).timestamp())}:F>" in text_of(picked)
    assert len(env.errors) == 1


async def test_what_is_no_date_offers_the_weeks_to_come(group, moderator, channel, env):
    asked = await moderator.slash(channel, "manage pick", resource="LoRA", date="someday")
    told, labels = text_of(asked), option_labels_of(asked)
    picked = await moderator.select(
        asked.response.message, options_of(asked)[1:2], custom_id=select_of(asked)
    )

    assert "I don't know which day “someday” is. Pick a week" in told
    assert labels[0] == "Mon 5 Jan 2026 · Attention Is All You Need"
    assert f"<t:{int(datetime(2026, 1, 12, 9, tzinfo=UTC).timestamp())}:F>" in text_of(picked)
    assert len(env.errors) == 1


async def test_a_date_is_understood_as_it_is_typed_and_so_is_what_is_offered(
    group, moderator, channel
):
    offered = await moderator.autocomplete(channel, "manage pick", "date", "2026.01.12")
    picked = await moderator.slash(channel, "manage pick", resource="LoRA", date="1월 12일")

    assert [choice["value"] for choice in offered] == ["2026-W03"]
    assert f"<t:{int(datetime(2026, 1, 12, 9, tzinfo=UTC).timestamp())}:F>" in text_of(picked)


async def test_weeks_are_offered_with_what_they_read(group, moderator, channel, guild):
    elsewhere = guild.create_text_channel("elsewhere")
    offered = await moderator.autocomplete(channel, "manage pick", "date", "")
    fitting = await moderator.autocomplete(channel, "manage pick", "date", "19 jan")
    named = await moderator.autocomplete(elsewhere, "manage pick", "date", "", channel=channel)
    none = await moderator.autocomplete(elsewhere, "manage pick", "date", "")

    assert offered[0]["name"].translate(UNSEEN) == "Mon 5 Jan 2026 · Attention Is All You Need"
    assert offered[0]["value"] == "2026-W02"
    assert [choice["value"] for choice in fitting] == ["2026-W04"]
    assert len(offered) == 25
    assert named == offered
    assert none == []


async def test_resources_are_offered_without_companions(group, moderator, channel):
    offered = await moderator.autocomplete(channel, "manage pick", "resource", "lora")

    assert offered
    assert offered[0]["name"].startswith("LoRA")


async def test_what_is_wrong_is_told_with_what_to_do(group, moderator, channel, guild, until, env):
    elsewhere = guild.create_text_channel("elsewhere")
    day = await moderator.slash(channel, "manage pick", resource="LoRA", date="someday")
    gone = await moderator.slash(channel, "manage pick", resource="LoRA", date="2025-12-01")
    nobody = await moderator.slash(elsewhere, "manage pick", resource="LoRA")
    await until(MONDAY)
    posted = await moderator.slash(channel, "manage pick", resource="LoRA", date="2026-01-05")
    again = await moderator.slash(
        channel, "manage pick", resource="Attention Is All You Need", date="2026-01-12"
    )

    assert "write the day as `2026-01-12`" in text_of(day)
    assert "That week is over." in text_of(gone)
    assert "Moderators can make one with `/manage group`" in text_of(nobody)
    assert "already has [its paper](https://discord.com/channels/" in text_of(posted)
    assert "This group already had it" in text_of(again)
    assert len(env.errors) == 4


async def test_only_who_picked_uses_the_card_and_only_for_a_day(
    group, moderator, alice, channel, env
):
    picked = await moderator.slash(channel, "manage pick", resource="LoRA")
    await env.advance_time(A_DAY + 1)

    late = await moderator.click(picked.response.message, label="Undo")
    still = await alice.slash(channel, "group")

    assert "can't be used any more" in text_of(late)
    assert "LoRA · 📌" in text_of(still)
    assert len(custom_id_of(picked, "Undo")) <= 100


async def test_members_see_no_way_to_take_a_pick_back(group, moderator, alice, channel):
    await moderator.slash(channel, "manage pick", resource="LoRA")

    seen = await alice.slash(channel, "group")

    assert "Undo" not in labels_of(seen)
    assert options_of(seen) == []


@pytest.mark.parametrize(
    ("button", "told"),
    [
        ("Pause", "The group is paused: press **Resume**"),
        ("Stop", "The group is stopped: press **Resume**"),
        ("Skip next", "That week is skipped: **Don't skip**"),
    ],
)
async def test_a_pick_that_wont_be_read_says_what_comes_first(
    group, moderator, channel, button, told
):
    await moderator.click(group.response.message, label="More")
    await moderator.click(group.response.message, label=button)

    picked = await moderator.slash(channel, "manage pick", resource="LoRA", date="2026-01-05")

    assert told in text_of(picked)


async def test_a_pick_for_a_week_that_is_voted_on_says_so(group, moderator, channel):
    await moderator.slash(channel, "manage vote")

    picked = await moderator.slash(channel, "manage pick", resource="LoRA")

    assert "The group is voting on that week right now" in text_of(picked)


@pytest.mark.parametrize(
    ("picks", "read"),
    [
        ({"2026-01-05": "BERT", "2026-01-12": "LoRA"}, ["BERT", "LoRA"]),
        (
            {"2026-01-03": "GPT-3", "2026-01-05": "BERT", "2026-01-12": "LoRA"},
            ["GPT-3", "LoRA", "BERT"],
        ),
    ],
)
async def test_what_is_picked_for_a_week_that_the_first_paper_passes_by_is_not_lost(
    group, moderator, channel, until, picks, read
):
    await until(MONDAY - timedelta(days=2))
    for date, resource in picks.items():
        await moderator.slash(channel, "manage pick", resource=resource, date=date)
    card = await moderator.slash(channel, "manage group")

    await moderator.click(card.response.message, label="First paper now")
    for week in range(4):
        await until(MONDAY + timedelta(weeks=week))

    assert [title_of(post).split(":")[0] for post in posts_in(channel)][: len(read)] == read


async def test_a_pick_is_not_lost_when_another_day_makes_its_week_come_too_soon(
    moderator, channel, until
):
    await until(MONDAY - timedelta(days=2))
    card = await moderator.slash(channel, "manage group", zone="UTC", day="Thursday")
    await moderator.click(card.response.message, label="First paper now")
    await moderator.slash(channel, "manage pick", resource="BERT")

    changed = await moderator.slash(channel, "manage group", day="Monday")

    second = int((MONDAY + timedelta(weeks=1)).timestamp())
    assert f"<t:{second}:d> BERT · 📌 picked" in text_of(changed)


async def test_a_pick_for_a_week_too_soon_after_the_paper_before_says_so(moderator, channel):
    group = await moderator.slash(channel, "manage group", zone="Seoul", time="00:00")
    await moderator.click(group.response.message, label="First paper now")

    picked = await moderator.slash(channel, "manage pick", resource="LoRA", date="2026-01-05")

    assert "That week has no paper: it's too soon after the paper before." in text_of(picked)
