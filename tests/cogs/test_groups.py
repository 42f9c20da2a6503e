import re
from datetime import UTC, datetime, timedelta

import discord
import pytest
from simcord.backend.serializers import guild_create_payload

from bot.core.weeks import Schedule
from tests.forged import forged
from tests.seen import (
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


async def test_a_new_group_shows_the_next_four_weeks(group):
    assert "Mondays at 09:00, Etc/UTC · 0 members" in text_of(group)
    weeks = [line for line in text_of(group).splitlines() if line.startswith("<t:")]
    assert [week.partition(" ")[2] for week in weeks] == [
        "Attention Is All You Need",
        "GPT-1",
        "BERT",
        "LoRA",
    ]
    assert weeks[0].startswith(f"<t:{int(MONDAY.timestamp())}:d> ")
    assert labels_of(group) == ["Pause", "Skip next", "First paper now", "More"]


async def test_two_weeks_bring_two_papers_each_once(group, channel, until, env):
    await until(MONDAY)
    first = posts_in(channel)
    await env.advance_time(7 * A_DAY)
    both = posts_in(channel)
    await env.advance_time(A_DAY)

    assert [title_of(post) for post in first] == ["Attention Is All You Need"]
    assert title_of(both[1]).startswith("Improving Language")
    assert len(posts_in(channel)) == 2


async def test_a_post_comes_on_time_with_its_step_and_a_thread(group, channel, until):
    await until(MONDAY)

    (post,) = posts_in(channel)
    (thread,) = channel.threads
    assert abs((post.created_at - MONDAY).total_seconds()) <= A_MINUTE
    assert text_of(post).startswith("-# Paper of the week · 1 · Transformer · 📚\n### ")
    assert "Transformer (Encoder-Decoder model)" in text_of(post)
    assert labels_of(post) == ["Open", "I've read it", "Join", "More"]
    assert thread.name == "Attention Is All You Need"
    (opener,) = [text_of(m) for m in thread.history() if "Questions to talk about" in text_of(m)]
    assert "1. What does the model lose by giving up recurrence" in opener


async def test_a_post_survives_restarts_of_the_bot_without_a_second_one(
    group, channel, until, restart
):
    await until(MONDAY)
    await restart()
    await until(MONDAY)

    assert len(posts_in(channel)) == 1


async def test_a_slot_during_downtime_is_posted_late_and_says_so(
    group, channel, env, restart, made_bots
):
    await env.advance_time((MONDAY - env.now()).total_seconds() - A_MINUTE)
    made_bots[-1].ticker.cancel()
    await env.advance_time(3 * 3600)

    await restart()
    await env.advance_time(1)

    (post,) = posts_in(channel)
    assert "late, sorry" in text_of(post)


async def test_a_slot_more_than_a_day_old_is_missed_and_told(
    group, moderator, channel, env, restart, made_bots
):
    await env.advance_time((MONDAY - env.now()).total_seconds() - A_MINUTE)
    made_bots[-1].ticker.cancel()
    await env.advance_time(2 * A_DAY)

    await restart()
    await env.advance_time(1)
    status = await moderator.slash(channel, "group")

    assert posts_in(channel) == []
    assert "This week's paper was missed" in text_of(status)
    assert "Attention Is All You Need" in text_of(status)


async def test_reading_it_counts_for_the_reader_and_the_group(
    group, channel, until, env, guild, alice
):
    await until(MONDAY)
    (post,) = posts_in(channel)
    others = [guild.add_member(env.create_user(name)) for name in ("bob", "carol")]

    answer = await alice.click(post, label="I've read it")
    after_one = text_of(posts_in(channel)[0])
    for member in others:
        await member.click(post, label="I've read it")
    await alice.click(post, label="I've read it")

    assert "✅ Done: **Attention Is All You Need**" in text_of(answer.followups[0])
    assert answer.followups[0].ephemeral
    assert "read it" not in after_one.replace("I've read it", "")
    assert "3 people read it" in text_of(posts_in(channel)[0])


async def test_undo_takes_the_count_back(group, channel, until, env, guild, alice):
    await until(MONDAY)
    (post,) = posts_in(channel)
    for name in ("bob", "carol", "dave"):
        await guild.add_member(env.create_user(name)).click(post, label="I've read it")
    answer = await alice.click(post, label="I've read it")

    await alice.click(answer.followups[0].message, label="Undo")
    status = await alice.slash(channel, "group")
    await env.advance_time(7 * A_DAY)
    past = await alice.slash(channel, "group")
    await alice.click(past.response.message, label="More")

    assert "This week" in text_of(status)
    assert "Before that: Attention Is All You Need; 3 people read it." in text_of(past)


async def test_more_is_the_readers_own_card_of_the_paper(group, channel, until, env, alice):
    await until(MONDAY)
    await env.advance_time(7 * A_DAY)
    post = posts_in(channel)[-1]

    locked = await alice.click(post, label="More")
    await alice.slash(channel, "done", resource="Attention Is All You Need")
    ready = await alice.click(post, label="More")

    assert "Attention Is All You Need" in text_of(locked)
    assert "path" in options_of(locked), "what first?"
    assert "path" not in options_of(ready)
    assert locked.ephemeral


async def test_a_post_sent_before_it_had_join_and_more_works_as_it_did(
    group, channel, until, env, alice
):
    await until(MONDAY)
    await env.advance_time(7 * A_DAY)
    week_id = custom_id_of(posts_in(channel)[-1], "I've read it").split(":")[1]
    first, read = [await forged(env, channel, f"{kind}:{week_id}") for kind in ("first", "read")]

    missing = await alice.click(first, label="Press")
    await alice.slash(channel, "done", resource="Attention Is All You Need")
    ready = await alice.click(first, label="Press")
    await alice.click(read, label="Press")

    assert "1. [Attention Is All You Need]" in text_of(missing)
    assert "nothing is missing" in text_of(ready)
    assert missing.ephemeral
    now = next(m for m in channel.history() if m.id == read.id)
    assert labels_of(now) == ["Open", "I've read it", "Join", "More"]


async def test_join_under_a_post_says_you_are_in_and_offers_the_way_out(
    group, channel, until, alice
):
    await until(MONDAY)
    (post,) = posts_in(channel)

    first = await alice.click(post, label="Join")
    again = await alice.click(post, label="Join")
    said, after = text_of(again), labels_of(posts_in(channel)[0])
    await alice.click(again.response.message, label="Leave")
    status = await alice.slash(channel, "group")

    assert f"✅ You're in: <#{channel.id}>. Papers come on Mondays at 09:00" in text_of(first)
    assert f"<t:{int(MONDAY.timestamp()) + 7 * A_DAY}:F>" in text_of(first)
    assert "You're already in" in said
    assert first.ephemeral
    assert labels_of(first) == ["Leave", "Remind me"]
    assert after == ["Open", "I've read it", "Join", "More"]
    assert "0 members" in text_of(status)


async def test_who_reads_along_without_being_a_member_is_offered_to_join(
    group, channel, until, alice
):
    await until(MONDAY)
    (post,) = posts_in(channel)

    read = await alice.click(post, label="I've read it")
    joined = await alice.click(read.followups[0].message, label="Join")
    again = await alice.click(post, label="I've read it")

    assert "You aren't in the group" in text_of(read.followups[0])
    assert "You're in:" in text_of(joined)
    assert "✅ Done" in text_of(read.followups[0])
    assert "Join" not in labels_of(again.followups[0])


async def test_a_group_without_members_tells_moderators_how_they_come(
    group, channel, moderator, alice
):
    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="Join")
    later = await moderator.slash(channel, "manage group")

    assert "**Join** is under each week's post" in text_of(group)
    assert "Nobody has joined yet" not in text_of(later)


async def test_members_join_and_leave(group, channel, alice):
    card = await alice.slash(channel, "group")

    await alice.click(card.response.message, label="Join")
    joined = text_of(card)
    await alice.click(card.response.message, label="More")
    await alice.click(card.response.message, label="Leave")

    assert "1 member" in joined
    assert "0 members" in text_of(card)


async def test_a_second_tap_on_join_asks_for_no_reminders(group, channel, alice):
    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="Join")

    answer = await alice.click(card.response.message, label="Remind me")

    assert "The card changed just before your tap, so I did nothing." in text_of(answer)
    assert "Remind me" in labels_of(await alice.slash(channel, "group"))


async def test_what_a_member_seldom_wants_stands_under_more(group, channel, alice, until):
    card = await alice.slash(channel, "group")
    stranger = labels_of(card)
    await alice.click(card.response.message, label="Join")
    await until(MONDAY)
    card = await alice.slash(channel, "group")
    short = labels_of(card)
    await alice.click(card.response.message, label="More")
    opened = labels_of(card)
    await alice.click(card.response.message, label="Less")

    assert stranger == ["What's next?", "Join"]
    assert short == ["What's next?", "Remind me", "More"]
    assert opened == ["What's next?", "Remind me", "Less", "Leave", "Older", "We"]
    assert labels_of(card) == short


async def test_a_second_tap_on_post_now_does_not_pause_the_group(group, channel, moderator, env):
    posted = await moderator.click(group.response.message, label="First paper now")
    labels = labels_of(posted)

    answer = await moderator.click(group.response.message, label="Pause")
    state = (await env.bot.services.groups.find(channel.id)).state
    await env.advance_time(4)
    await moderator.click(group.response.message, label="Pause")

    assert labels == ["Pause", "Skip next", "More"]
    assert "so I did nothing" in text_of(answer)
    assert state == "active"
    assert (await env.bot.services.groups.find(channel.id)).state == "paused"


async def test_next_tells_what_the_readers_group_reads(group, channel, until, env, alice):
    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="Join")
    await until(MONDAY)
    same = await alice.slash(channel, "next")
    await env.advance_time(7 * A_DAY)

    other = await alice.slash(channel, "next")

    assert "Your study group reads it this week." in text_of(same)
    assert "reads GPT-1 this week." in text_of(other)


async def test_group_in_a_papers_thread_is_its_parents(group, channel, until, alice):
    await until(MONDAY)

    status = await alice.slash(channel.threads[0], "group")

    assert f"<#{channel.id}>" in text_of(status)


async def test_a_channel_without_a_group_says_what_makes_one(channel, alice, env):
    answer = await alice.slash(channel, "group")

    assert "There is no study group in this channel." in text_of(answer)
    assert env.errors


async def test_a_paused_week_is_never_made_up(group, moderator, channel, until, env):
    await moderator.click(group.response.message, label="Pause")
    paused = text_of(group)
    await until(MONDAY)
    await env.advance_time(A_DAY)

    card = await moderator.slash(channel, "manage group")
    await moderator.click(card.response.message, label="Resume")
    await env.advance_time(A_DAY)
    before = len(posts_in(channel))
    await env.advance_time(5 * A_DAY)

    assert "Paused." in paused
    assert before == 0
    assert len(posts_in(channel)) == 1
    assert "Pause" in labels_of(card)


async def test_a_moderators_card_lapses_after_a_day(group, moderator, env):
    await env.advance_time(A_DAY + 1)

    answer = await moderator.click(group.response.message, label="Pause")

    assert "can't be used any more" in text_of(answer)


async def test_a_skipped_week_stays_empty_and_can_be_brought_back(
    group, moderator, channel, until, env
):
    skipped = await moderator.click(group.response.message, label="Skip next")
    await until(MONDAY)
    await env.advance_time(7 * A_DAY)
    (post,) = posts_in(channel)

    assert "skipped" in text_of(skipped)
    assert title_of(post) == "Attention Is All You Need"


async def test_skipping_can_be_taken_back(group, moderator, channel, until, env):
    skipped = await moderator.click(group.response.message, label="Skip next")
    await env.advance_time(4)
    kept = await moderator.click(skipped.response.message, label="Don't skip")
    await until(MONDAY)

    assert "skipped" not in text_of(kept)
    assert len(posts_in(channel)) == 1


async def test_post_now_takes_this_weeks_slot(group, moderator, channel, until, env):
    card = await moderator.click(group.response.message, label="First paper now")
    at_once = len(posts_in(channel))
    await until(MONDAY)
    await env.advance_time(A_DAY)

    assert at_once == 1
    assert "[thread](https://" in text_of(card)
    assert "First paper now" not in labels_of(card)
    assert len(posts_in(channel)) == 2


async def test_first_paper_now_says_both_dates_before_and_after_it_is_pressed(
    moderator, channel, env
):
    card = await moderator.slash(channel, "manage group", zone="UTC", day="Sunday")
    before = text_of(card)
    now = int(env.now().timestamp())
    second = int(MONDAY.timestamp()) + 6 * A_DAY  # not on Sunday, in three days

    pressed = await moderator.click(card.response.message, label="First paper now")
    await env.advance_time(5 * A_DAY)
    in_five_days = len(posts_in(channel))
    paused = await moderator.slash(channel, "manage group", zone="UTC", day="Sunday")

    said = [int(at) for at in re.findall(r"<t:(\d+):d>", before.split("First paper now")[1])]
    assert said == [pytest.approx(now, abs=5), second]
    told = text_of(pressed).split("First paper: ")[1]
    assert f", second: <t:{second}:d>" in told
    assert in_five_days == 1
    assert f"<t:{second}:d> GPT-1" in text_of(paused)


async def test_a_paused_group_that_has_had_no_paper_says_that_one_comes_and_no_more(
    group, moderator
):
    await moderator.click(group.response.message, label="Pause")

    assert "and the group stays paused" in text_of(group)


async def test_a_group_that_moves_within_its_week_gets_one_paper(
    group, moderator, channel, until, env
):
    await until(MONDAY)
    await moderator.slash(channel, "manage group", day="Wednesday", time="8 pm")
    await env.advance_time(5 * A_DAY)
    this_week = len(posts_in(channel))
    await env.advance_time(5 * A_DAY)

    assert this_week == 1
    assert len(posts_in(channel)) == 2
    assert posts_in(channel)[1].created_at.weekday() == 2


async def test_a_stopped_group_is_silent_and_keeps_its_members(
    group, moderator, alice, channel, until
):
    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="Join")
    await moderator.click(group.response.message, label="More")
    stopped = await moderator.click(group.response.message, label="Stop")
    await until(MONDAY)

    again = await moderator.slash(channel, "manage group", day="Friday")

    assert "Stopped." in text_of(stopped)
    assert "Moderators can resume it in `/manage group`" in text_of(stopped)
    assert posts_in(channel) == []
    assert "1 member" in text_of(again)


async def test_a_later_week_is_skipped_and_brought_back(group, moderator, channel, env):
    async def skip(number):
        await env.advance_time(4)
        opened = await moderator.click(card.response.message, label="More")
        offered.append(option_labels_of(opened)[:4])
        week = options_of(opened)[number]
        await env.advance_time(4)
        return text_of(
            await moderator.select(opened.response.message, [week], custom_id=select_of(opened))
        )

    card, offered = await moderator.slash(channel, "manage group"), []
    skipped, back = await skip(2), await skip(2)
    third = int((MONDAY + timedelta(days=14)).timestamp())

    assert offered[0][0] == "Mon 5 Jan 2026 · Attention Is All You Need"
    assert offered[0][2:] == ["Mon 19 Jan 2026 · BERT", "Mon 26 Jan 2026 · LoRA"]
    assert offered[1][2:] == ["Mon 19 Jan 2026", "Mon 26 Jan 2026 · BERT"]
    assert skipped.startswith(f"⏭️ Skipped: nothing is posted on <t:{third}:D>.")
    assert back.startswith(f"✅ Not skipped: there is a paper on <t:{third}:D>.")


async def test_skip_next_skips_the_next_week_whatever_is_skipped_later(group, moderator, channel):
    await moderator.click(group.response.message, label="Skip next")
    moved = await moderator.slash(channel, "manage group", day="Friday")

    card = await moderator.click(moved.response.message, label="Skip next")

    weeks = [line for line in text_of(card).splitlines() if line.startswith("<t:")]
    assert [week.endswith("> skipped") for week in weeks] == [True, True, False, False]


async def test_a_stopped_group_whose_week_is_posted_can_be_resumed(
    group, moderator, channel, until
):
    await until(MONDAY)
    card = await moderator.slash(channel, "manage group")
    await moderator.click(card.response.message, label="More")
    await moderator.click(card.response.message, label="Stop")
    shown = await moderator.slash(channel, "manage group")
    stopped = labels_of(card), labels_of(shown)

    resumed = await moderator.click(shown.response.message, label="Resume")

    assert stopped == (["Resume", "More"], ["Resume", "More"])
    assert "Stopped." not in text_of(resumed)
    assert labels_of(resumed) == ["Pause", "Skip next", "More"]


async def test_manage_group_without_options_shows_the_settings(group, moderator, channel):
    shown = await moderator.slash(channel, "manage group")

    assert text_of(shown) == text_of(group)


async def test_a_zone_that_isnt_known_is_always_picked_from_some(moderator, channel, env):
    none = await moderator.slash(channel, "manage group")
    unknown = await moderator.slash(channel, "manage group", zone="xqzv")
    several = await moderator.slash(channel, "manage group", zone="CET")
    late = await moderator.slash(channel, "manage group", zone="UTC", time="25 past")

    assert "Which time zone is the group in? Pick one" in text_of(none)
    assert "I don't know the time zone “xqzv”. Pick one" in text_of(unknown)
    assert "Several time zones fit." in text_of(several)
    assert options_of(none) == options_of(unknown)
    assert options_of(none)[0] == "America/New_York"
    assert "Europe/Berlin" in options_of(several)
    assert "I don't know the time “25 past”." in text_of(late)


async def test_a_time_that_isnt_understood_is_picked_and_all_else_said_is_kept(
    moderator, channel, guild, env, restart
):
    readers = guild.create_role("readers")
    said = {"zone": "Asia/Seoul", "day": "Friday", "time": "half past nine", "role": readers}
    asked = await moderator.slash(channel, "manage group", **said)
    hours = options_of(asked)
    await restart()

    card = await moderator.select(asked.response.message, ["21:00"], custom_id=select_of(asked))

    assert (hours[0], hours[-1], len(hours)) == ("00:00", "23:00", 24)
    assert "Fridays at 21:00, Asia/Seoul" in text_of(card)
    assert (await env.bot.services.groups.find(channel.id)).role_id == readers.id


async def test_day_time_and_role_outlive_the_question_which_zone_is_meant(
    moderator, guild, channel, restart
):
    role = guild.create_role("readers", mentionable=True)
    said = {"zone": "CET", "day": "Friday", "time": "오후 9시", "role": role}
    asked = await moderator.slash(channel, "manage group", **said)
    await restart()

    card = await moderator.select(
        asked.response.message, ["Europe/Berlin"], custom_id=select_of(asked)
    )
    moved = await moderator.slash(channel, "manage group", zone="MST")
    after = await moderator.select(
        moved.response.message, ["America/Denver"], custom_id=select_of(moved)
    )

    assert "Fridays at 21:00, Europe/Berlin" in text_of(card)
    assert "Fridays at 21:00, America/Denver" in text_of(after)


async def test_discords_own_time_is_read_on_the_groups_clock(moderator, channel, guild):
    nine_in_seoul = f"<t:{int(MONDAY.timestamp()) - 9 * 3600}:t>"
    known = await moderator.slash(channel, "manage group", zone="Seoul", time=nine_in_seoul)
    other = guild.create_text_channel("other")
    asked = await moderator.slash(other, "manage group", zone="CET", time=nine_in_seoul)
    picked = await moderator.select(
        asked.response.message, ["Europe/Berlin"], custom_id=select_of(asked)
    )

    assert "Mondays at 09:00, Asia/Seoul" in text_of(known)
    assert "Mondays at 01:00, Europe/Berlin" in text_of(picked)


async def test_zones_are_offered_by_city_and_by_the_servers_language(moderator, channel, env):
    by_city = await moderator.autocomplete(channel, "manage group", "zone", "seoul")
    by_locale = await moderator.autocomplete(channel, "manage group", "zone", "")

    assert by_city[0]["value"] == "Asia/Seoul"
    assert by_locale[0]["value"] == "America/New_York"
    assert len(by_locale) <= 25


async def test_members_cannot_see_manage(alice, channel):
    assert [c for c in alice.available_commands(channel) if c.startswith("manage")] == []


async def test_setup_names_what_is_missing(moderator, guild, env):
    deny = discord.PermissionOverwrite(send_messages=False, embed_links=False)
    quiet = guild.create_text_channel("quiet", overwrites={guild.me: deny})

    refused = await moderator.slash(quiet, "manage group", zone="UTC")

    assert "I need Send Messages in the channel." in text_of(refused)
    assert "Please allow this. Then try again: nothing was changed." in text_of(refused)
    assert env.errors


async def test_setup_warns_of_what_only_makes_posts_better(moderator, guild):
    deny = discord.PermissionOverwrite(create_public_threads=False)
    channel = guild.create_text_channel("plain", overwrites={guild.me: deny})

    card = await moderator.slash(channel, "manage group", zone="UTC")

    assert "I need Create Public Threads there" in text_of(card)


async def test_a_lost_post_is_looked_for_before_it_is_sent_again(group, channel, until, env):
    env.inject_error("POST", f"/channels/{channel.id}/messages", status=502)
    await until(MONDAY)
    await env.advance_time(5 * A_MINUTE)

    assert len(posts_in(channel)) == 1


async def test_one_groups_failure_never_touches_anothers(
    group, moderator, guild, channel, until, env
):
    other = guild.create_text_channel("other")
    await moderator.slash(other, "manage group", zone="UTC")
    env.inject_error("POST", f"/channels/{channel.id}/messages", status=403, code=50013, times=None)

    await until(MONDAY)
    status = await moderator.slash(channel, "group")

    assert len(posts_in(other)) == 1
    assert posts_in(channel) == []
    assert "Discord doesn't let me post there" in text_of(status)
    assert "This week: **Attention Is All You Need**, not posted yet." in text_of(status)


async def test_a_blocked_group_tells_its_moderator_once_and_recovers(
    group, moderator, channel, until, env
):
    env.inject_error("POST", f"/channels/{channel.id}/messages", status=403, code=50013, times=2)

    await until(MONDAY)
    await env.advance_time(20 * A_MINUTE)
    told = [m for m in moderator_dms(moderator) if "can't be posted" in text_of(m)]
    status = await moderator.slash(channel, "group")

    assert len(posts_in(channel)) == 1
    assert len(told) == 1
    assert "⚠️" not in text_of(status)


async def test_a_moderator_is_told_that_the_channel_is_gone(group, moderator, channel, until, env):
    env.inject_error("POST", f"/channels/{channel.id}/messages", status=404, code=10003, times=None)

    await until(MONDAY)

    (told,) = [text_of(m) for m in moderator_dms(moderator)]
    assert "The channel is gone. Type `/manage group` in another channel to move the group" in told
    assert "`/group` there" not in told


async def test_a_group_that_has_had_everything_reads_what_a_moderator_adds(
    group, moderator, channel, env
):
    db = env.bot.services.db
    keys = [r.key for r in env.bot.services.curricula.base.resources]
    async with db.transaction() as tx:
        for number, key in enumerate(keys):
            await tx.fetch(
                "INSERT INTO weeks (week_id, group_id, week, slot_at, state, resource_key, title,"
                " is_late) SELECT ?, group_id, ?, ?, 'posted', ?, '', 0 FROM study_groups",
                number + 1,
                f"2024-X{number:03}",
                number,
                key,
            )
    shown = text_of(await moderator.slash(channel, "manage group"))
    more = await moderator.slash(channel, "manage add", link="https://example.org/more")
    await moderator.click(more.response.message, label="Add")
    card = await moderator.slash(channel, "manage group")
    await moderator.click(card.response.message, label="More")
    await moderator.click(card.response.message, label="Post now")

    assert "This group has read the whole list" in shown
    assert title_of(posts_in(channel)[0]) == "example.org\u200b/more"  # nothing to click


def moderator_dms(moderator):
    return moderator.user.dm_channel.history()


async def test_a_lost_answer_does_not_bring_a_second_post(group, channel, until, env, restart):
    """The message is there, but the bot died before it could record it."""
    await until(MONDAY)
    await lose_sight_of_the_post(env)

    await restart()
    await env.advance_time(A_MINUTE)
    status = await env.bot.services.groups.status(channel.id, None)

    assert len(posts_in(channel)) == 1
    assert status.this_week.message_id == posts_in(channel)[0].id


async def lose_sight_of_the_post(env):
    """Leave the ledger as a crash does between the message and its record."""
    async with env.bot.services.db.transaction() as tx:
        await tx.fetch(
            "UPDATE outbox SET state = 'claimed', message_id = NULL, lease_until = due_at"
            " WHERE kind = 'post'"
        )
        await tx.fetch("UPDATE weeks SET state = 'waiting', message_id = NULL")


async def test_a_post_on_time_that_is_found_late_is_not_called_late(
    group, channel, until, env, restart, made_bots, alice
):
    await until(MONDAY)
    made_bots[-1].ticker.cancel()
    await lose_sight_of_the_post(env)
    await env.advance_time(3600)

    await restart()
    await env.advance_time(1)
    card = await alice.slash(channel, "group")
    await alice.click(posts_in(channel)[0], label="I've read it")

    (post,) = posts_in(channel)
    assert "[thread](https://" in text_of(card)
    assert ", late" not in text_of(card)
    assert "late, sorry" not in text_of(post)


async def remove_from_the_list(moderator, channel, title):
    card = await moderator.slash(channel, "manage edit", resource=title)
    await moderator.click(card.response.message, label="Remove")


async def test_a_week_whose_paper_is_removed_before_it_is_sent_gets_the_next(
    group, moderator, channel, until, env
):
    env.inject_error("POST", f"/channels/{channel.id}/messages", status=403, code=50013, times=1)
    await until(MONDAY)
    await remove_from_the_list(moderator, channel, "Attention Is All You Need")

    await env.advance_time(6 * A_MINUTE)
    card = await moderator.slash(channel, "group")

    (post,) = posts_in(channel)
    assert title_of(post).startswith("Improving Language")
    assert "missed" not in text_of(card)
    assert "This week: **GPT-1**" in text_of(card)


async def test_a_week_that_perhaps_has_its_paper_gets_no_second_when_that_is_removed(
    group, moderator, channel, until, env, restart
):
    await until(MONDAY)
    await remove_from_the_list(moderator, channel, "Attention Is All You Need")
    await lose_sight_of_the_post(env)

    await restart()
    await env.advance_time(A_MINUTE)
    card = await moderator.slash(channel, "group")

    assert len(posts_in(channel)) == 1
    assert "This week: **Attention Is All You Need**" in text_of(card)


async def test_where_history_is_closed_a_lost_answer_is_uncertain_until_a_moderator_looks(
    moderator, guild, until, env, restart
):
    deny = discord.PermissionOverwrite(read_message_history=False)
    channel = guild.create_text_channel("closed")
    await moderator.slash(channel, "manage group", zone="UTC")
    await until(MONDAY)
    await lose_sight_of_the_post(env)
    await env.bot.get_channel(channel.id).set_permissions(guild.me, overwrite=deny)

    await restart()
    await env.advance_time(A_MINUTE)
    uncertain = await moderator.slash(channel, "manage group")
    told = text_of(uncertain)
    before = len(posts_in(channel))
    await moderator.click(uncertain.response.message, label="Post now")

    assert "I don't know whether the last post was sent" in told
    assert before == 1
    assert len(posts_in(channel)) == 2


async def test_a_server_is_greeted_once(env, channel, greet, restart):
    await greet()
    await restart()
    await env.advance_time(A_MINUTE)

    (greeting,) = channel.history()
    assert "Hello! I know what to read next." in text_of(greeting)
    assert labels_of(greeting) == ["Start a weekly paper"]


async def test_a_server_that_discord_tells_of_after_the_start_is_greeted(env, guild, channel):
    server = env.backend.get_guild(guild.id)
    server.system_channel_id = channel.id
    env.backend.emit("GUILD_CREATE", guild_create_payload(env.backend, server))

    await env.settle()

    (greeting,) = channel.history()
    assert "Hello! I know what to read next." in text_of(greeting)


@pytest.fixture
def greet(env, guild, channel, restart):
    """Return what makes the bot find itself in a new server, and the hello it says."""

    async def join():
        env.backend.get_guild(guild.id).system_channel_id = channel.id
        await restart()
        await env.settle()
        return channel.last_message

    return join


async def test_a_moderator_starts_a_weekly_paper_from_the_hello(greet, moderator, channel, until):
    form = await moderator.click(await greet(), label="Start a weekly paper")

    card = await moderator.submit_modal(form, {"channel": [channel], "zone": "Seoul"})
    await until(MONDAY)

    assert "Mondays at 09:00, Asia/Seoul" in text_of(card)
    assert len(posts_in(channel)) == 1


async def test_several_zones_are_asked_about(greet, moderator, channel):
    form = await moderator.click(await greet(), label="Start a weekly paper")
    asked = await moderator.submit_modal(form, {"channel": [channel], "zone": "CET"})
    question = text_of(asked)

    card = await moderator.select(
        asked.response.message, options_of(asked)[:1], custom_id=select_of(asked)
    )

    assert question == "Several time zones fit. Which one do you mean?"
    assert "Mondays at 09:00" in text_of(card)


async def test_a_guess_at_a_city_can_be_refused(greet, moderator, channel):
    form = await moderator.click(await greet(), label="Start a weekly paper")
    asked = await moderator.submit_modal(form, {"channel": [channel], "zone": "new yrok"})

    again = await moderator.click(asked.response.message, label="Edit again")
    card = await moderator.submit_modal(again, {"channel": [channel], "zone": "Athens"})

    assert text_of(asked) == "Do you mean this time zone?"
    assert options_of(asked) == ["America/New_York"]
    assert "Mondays at 09:00, Europe/Athens" in text_of(card)


async def test_the_hello_changes_nothing_but_the_zone_of_a_group_that_is_there(
    greet, moderator, guild, channel
):
    role = guild.create_role("readers", mentionable=True)
    hello = await greet()
    await moderator.slash(channel, "manage group", zone="UTC", day="Friday", time="18", role=role)
    form = await moderator.click(hello, label="Start a weekly paper")
    asked = await moderator.submit_modal(form, {"channel": [channel], "zone": "CET"})

    card = await moderator.select(
        asked.response.message, ["Europe/Berlin"], custom_id=select_of(asked)
    )

    assert "Fridays at 18:00, Europe/Berlin" in text_of(card)


async def test_both_of_the_hellos_questions_want_an_answer(greet, moderator):
    form = await moderator.click(await greet(), label="Start a weekly paper")

    asked = [part["component"] for part in form.modal["components"]]
    assert [part["required"] for part in asked] == [True, True]


async def test_an_unknown_city_is_named_and_another_can_be_picked(greet, moderator, channel):
    form = await moderator.click(await greet(), label="Start a weekly paper")
    asked = await moderator.submit_modal(form, {"channel": [channel], "zone": "xqzv"})
    told = text_of(asked)

    card = await moderator.select(
        asked.response.message, ["Asia/Seoul"], custom_id=select_of(asked)
    )

    assert "I don't know the time zone “xqzv”. Pick one" in told
    assert "Mondays at 09:00, Asia/Seoul" in text_of(card)


async def test_a_city_typed_wrong_is_typed_again_in_the_same_form(
    greet, moderator, channel, restart
):
    form = await moderator.click(await greet(), label="Start a weekly paper")
    refused = await moderator.submit_modal(form, {"channel": [channel], "zone": "xqzv"})
    await restart()

    again = await moderator.click(refused.response.message, label="Edit again")
    controls = [part["component"] for part in again.modal["components"]]
    card = await moderator.submit_modal(again, {"channel": [channel], "zone": "Seoul"})

    assert [value["id"] for value in controls[0]["default_values"]] == [channel.id]
    assert controls[1]["value"] == "xqzv"
    assert "Mondays at 09:00, Asia/Seoul" in text_of(card)


async def test_members_cannot_start_a_weekly_paper(greet, alice):
    answer = await alice.click(await greet(), label="Start a weekly paper")

    assert "Only moderators can do that" in text_of(answer)


async def test_a_role_is_mentioned_only_where_one_was_set(moderator, guild, channel, until, env):
    role = guild.create_role("readers", mentionable=True)
    other = guild.create_text_channel("other")
    await moderator.slash(channel, "manage group", zone="UTC", role=role)
    await moderator.slash(other, "manage group", zone="UTC")
    await until(MONDAY)

    allowed = {
        place: request.json["allowed_mentions"]
        for request in env.http_requests
        for place in (channel, other)
        if (request.method, request.path) == ("POST", f"/channels/{place.id}/messages")
    }
    assert role.mention in text_of(posts_in(channel)[0])
    assert "<@&" not in text_of(posts_in(other)[0])
    assert allowed[channel] == {"parse": [], "roles": [role.id]}
    assert allowed[other] == {"parse": [], "roles": []}


@pytest.mark.parametrize("kind", ["everyone", "managed"])
async def test_a_role_is_refused_that_nobody_chose_to_have(moderator, guild, channel, env, kind):
    role = guild.create_role("Nextread", managed=True)
    named = guild.default_role if kind == "everyone" else role

    refused = await moderator.slash(channel, "manage group", zone="UTC", role=named)

    assert "make a role for the group's readers, and choose that one." in text_of(refused)
    assert await env.bot.services.groups.find(channel.id) is None
    assert env.errors


async def test_the_role_is_shown_to_moderators_and_cleared(moderator, alice, guild, channel, until):
    role = guild.create_role("readers", mentionable=True)
    card = await moderator.slash(channel, "manage group", zone="UTC", role=role)
    shown, seen = text_of(card), text_of(await alice.slash(channel, "group"))

    await moderator.click(card.response.message, label="More")
    cleared = await moderator.click(card.response.message, label="Mention nobody")
    await moderator.slash(channel, "manage group", day="Monday", time="09:00")
    await until(MONDAY)

    assert f"Each paper mentions {role.mention}" in shown
    assert role.mention not in seen
    assert "mentions" not in text_of(cleared)
    assert "Mention nobody" not in labels_of(cleared)
    assert role.mention not in text_of(posts_in(channel)[0])


async def test_a_role_that_was_deleted_is_cleared_too(moderator, guild, channel, env):
    role = guild.create_role("readers", mentionable=True)
    await moderator.slash(channel, "manage group", zone="UTC", role=role)
    await env.bot.get_guild(guild.id).get_role(role.id).delete()
    changed = await moderator.slash(channel, "manage group", time="10:00")
    was_told = text_of(changed)

    await moderator.click(changed.response.message, label="More")
    cleared = await moderator.click(changed.response.message, label="Mention nobody")

    assert "The role is gone. Choose another with `role`." in was_told
    assert "role" not in text_of(cleared)


async def test_everyone_set_in_an_older_release_is_mentioned_no_more(
    moderator, guild, channel, env, until
):
    await moderator.slash(channel, "manage group", zone="UTC")
    group = await env.bot.services.groups.find(channel.id)
    await env.bot.services.groups.make_or_change(
        guild.id, channel.id, group.schedule, guild.id, moderator.id
    )
    told = text_of(await moderator.slash(channel, "manage group"))
    await until(MONDAY)

    assert "I can't use this role. Choose another with `role`." in told
    assert f"<@&{guild.id}>" not in text_of(posts_in(channel)[0])


async def test_a_lost_role_leaves_the_post_and_is_told_to_moderators(
    moderator, guild, channel, until, env, alice
):
    role = guild.create_role("readers", mentionable=True)
    await moderator.slash(channel, "manage group", zone="UTC", role=role)
    before = text_of(await moderator.slash(channel, "manage group"))
    await env.bot.get_guild(guild.id).get_role(role.id).delete()
    await until(MONDAY)

    after = text_of(await moderator.slash(channel, "manage group"))
    (post,) = posts_in(channel)
    await alice.click(post, label="I've read it")

    assert "is gone" not in before
    assert "The role is gone" in after
    assert role.mention not in text_of(posts_in(channel)[0])


async def test_what_the_posts_lack_stays_told_after_a_click(moderator, guild, channel, env):
    card = await moderator.slash(channel, "manage group", zone="UTC")
    deny = discord.PermissionOverwrite(embed_links=False)
    await env.bot.get_channel(channel.id).set_permissions(guild.me, overwrite=deny)
    mine = await moderator.slash(channel, "group")

    await moderator.click(card.response.message, label="Skip next")
    await moderator.click(mine.response.message, label="Join")

    assert "Until then links may have no preview" in text_of(card)
    assert "Until then links may have no preview" in text_of(mine)


async def test_what_will_keep_the_next_paper_away_is_told_before_it_is_due(
    group, moderator, alice, guild, channel, env
):
    deny = discord.PermissionOverwrite(send_messages=False)
    await env.bot.get_channel(channel.id).set_permissions(guild.me, overwrite=deny)

    card = await moderator.slash(channel, "manage group")
    seen = await alice.slash(channel, "group")

    assert text_of(card).count("⚠️") == 1
    assert "⚠️ I need Send Messages in the channel. Please allow this" in text_of(card)
    assert "⚠️" not in text_of(seen)


async def test_where_the_channel_is_hidden_nothing_else_is_said_to_be_missing(
    group, moderator, guild, channel, env
):
    elsewhere = guild.create_text_channel("other")
    deny = discord.PermissionOverwrite(view_channel=False)
    await env.bot.get_channel(channel.id).set_permissions(guild.me, overwrite=deny)

    card = await moderator.slash(elsewhere, "manage group", channel=channel)

    assert "⚠️ I need View Channel in the channel. Please allow this" in text_of(card)


async def test_without_history_papers_come_and_moderators_are_warned(
    group, moderator, alice, guild, channel, env, until
):
    deny = discord.PermissionOverwrite(read_message_history=False)
    await env.bot.get_channel(channel.id).set_permissions(guild.me, overwrite=deny)
    await until(MONDAY)

    card, seen = [await who.slash(channel, "group") for who in (moderator, alice)]

    assert len(posts_in(channel)) == 1
    assert "⚠️ I need Read Message History there. Until then I can't look" in text_of(card)
    assert "I'll continue by myself" not in text_of(card)
    assert "⚠️" not in text_of(seen)


@pytest.mark.parametrize("permission", ["send_messages", "read_message_history"])
async def test_a_meeting_is_called_off_by_command_whatever_is_missing(
    group, moderator, guild, channel, env, permission
):
    await moderator.slash(channel, "manage group", meets="Thursday 20:00")
    deny = discord.PermissionOverwrite(**{permission: False})
    await env.bot.get_channel(channel.id).set_permissions(guild.me, overwrite=deny)

    card = await moderator.slash(channel, "manage group", meets="none")

    assert text_of(card).startswith("✅ The group has no meetings now.")


async def test_a_role_that_is_not_mentioned_is_told_on_a_full_card(moderator, guild, channel, env):
    role = guild.create_role("readers", mentionable=True)
    await moderator.slash(channel, "manage group", zone="UTC", role=role, meets="Thursday 20:00")
    await moderator.slash(channel, "manage pick", resource="LLM Course, chapter 7")
    env.backend.edit_role(guild.id, role.id, {"mentionable": False})
    deny = discord.PermissionOverwrite(mention_everyone=False)
    await env.bot.get_channel(channel.id).set_permissions(guild.me, overwrite=deny)
    await env.settle()

    card = await moderator.slash(channel, "manage group")

    assert text_of(card).count("⚠️ I can't mention readers") == 1


async def test_a_warning_goes_as_soon_as_it_is_mended(
    group, moderator, alice, guild, channel, until, env
):
    here = env.bot.get_channel(channel.id)
    await here.set_permissions(guild.me, overwrite=discord.PermissionOverwrite(send_messages=False))
    await until(MONDAY)
    before = [text_of(await who.slash(channel, "group")) for who in (alice, moderator)]
    await here.set_permissions(guild.me, overwrite=None)

    after = [text_of(await who.slash(channel, "group")) for who in (alice, moderator)]
    card = await moderator.slash(channel, "manage group")

    assert "I can't post papers here right now. Moderators know." in before[0]
    assert "I need Send Messages in the channel. Please allow this" in before[1]
    assert [text.count("⚠️") for text in (*before, *after, text_of(card))] == [1, 1, 0, 0, 0]
    assert posts_in(channel) == []


async def test_members_are_never_told_what_the_posts_lack(moderator, alice, guild, channel, env):
    role = guild.create_role("readers", mentionable=True)
    await moderator.slash(channel, "manage group", zone="UTC", role=role)
    await env.bot.get_guild(guild.id).get_role(role.id).delete()

    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="Join")

    assert "role" not in text_of(card)


async def test_group_elsewhere_names_the_channels_that_one_can_see(
    group, moderator, alice, guild, channel, env
):
    no, yes = (discord.PermissionOverwrite(view_channel=may) for may in (False, True))
    hidden = guild.create_text_channel("hidden", overwrites={guild.default_role: no, guild.me: yes})
    schedule, groups = Schedule(0, 9, 0, "UTC"), env.bot.services.groups
    await groups.make_or_change(guild.id, hidden.id, schedule, None, moderator.user.id)

    answer = await alice.slash(guild.create_text_channel("other"), "group")

    assert f"Groups that you can see: <#{channel.id}>." in text_of(answer)
    assert env.errors


async def test_joining_a_stopped_group_promises_no_papers(group, moderator, alice, channel):
    card = await alice.slash(channel, "group")
    shown = await moderator.slash(channel, "manage group")
    await moderator.click(shown.response.message, label="More")
    await moderator.click(shown.response.message, label="Stop")

    joined = await alice.click(card.response.message, label="Join")

    assert "Papers come on" not in text_of(joined)
    assert "Stopped." in text_of(joined)
