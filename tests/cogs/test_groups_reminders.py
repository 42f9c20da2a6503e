from datetime import UTC, datetime, timedelta

import pytest

from tests.forged import pressed
from tests.seen import labels_of, select_of, text_of

A_MINUTE, AN_HOUR, A_DAY = 60, 3600, 24 * 3600
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SATURDAY = MONDAY + timedelta(days=5, hours=10)
"""Seven in the evening, two days before the next paper."""

CLOSED = 50007  # "Cannot send messages to this user"


@pytest.fixture
def asks(channel, env):
    """Return what makes a member join, ask for reminders, and return the card."""

    async def ask(member):
        card = await member.slash(channel, "group")
        await member.click(card.response.message, label="Join")
        await env.advance_time(4)  # a tap at once would be taken for a slip
        await member.click(card.response.message, label="Remind me")
        return card

    return ask


def reminders_to(member):
    sent = member.user.dm_channel.history()
    return [message for message in sent if "You asked me to remind you." in text_of(message)]


async def test_a_member_is_reminded_in_the_evening_two_days_before_the_next_paper(
    group, alice, asks, until, guild, env
):
    await asks(alice)
    await until(SATURDAY - timedelta(hours=1))
    before = reminders_to(alice)

    await until(SATURDAY)
    await env.advance_time(A_DAY)

    (reminder,) = reminders_to(alice)
    assert before == []
    assert "[Attention Is All You Need](https://" in text_of(reminder)
    assert "in Study room" in text_of(reminder)
    assert "min" in text_of(reminder)
    assert f"<t:{int((MONDAY + timedelta(days=7)).timestamp())}:F>" in text_of(reminder)
    assert labels_of(reminder) == ["Later", "Stop", "Open", "Done"]


async def test_only_who_asked_and_has_not_read_is_reminded(
    group, alice, asks, until, guild, env, channel
):
    bob, carol = (guild.add_member(env.create_user(name)) for name in ("bob", "carol"))
    await asks(alice)
    await asks(bob)
    card = await carol.slash(channel, "group")
    await carol.click(card.response.message, label="Join")
    await until(MONDAY)
    await bob.slash(channel, "done", resource="Attention Is All You Need")

    await until(SATURDAY)

    assert [len(reminders_to(member)) for member in (alice, bob, carol)] == [1, 0, 0]
    assert all("🔔" not in text_of(message) for message in channel.history())


async def test_remind_me_is_for_members_and_is_taken_back(group, alice, asks, until, channel):
    stranger = await alice.slash(channel, "group")
    before = labels_of(stranger)
    card = await asks(alice)
    asked, labels = text_of(card), labels_of(card)
    await alice.click(card.response.message, label="Don't remind me")
    await until(SATURDAY)

    assert "Remind me" not in before
    assert "I'll remind you a day or two before the next one." in asked
    assert "Don't remind me" in labels
    assert "Remind me" in labels_of(card)
    assert reminders_to(alice) == []


async def test_done_in_the_message_works_after_a_restart(
    group, alice, asks, until, restart, channel
):
    await asks(alice)
    await until(SATURDAY)
    (reminder,) = reminders_to(alice)
    await restart()

    answer = await alice.user.click(reminder, label="Done")
    again = await alice.user.click(reminder, label="Done")

    assert "✅ Done: **Attention Is All You Need**" in text_of(answer)
    assert "GPT-1" in text_of(answer)
    assert answer.ephemeral
    assert "Attention Is All You Need" in text_of(again)


async def test_the_first_line_says_why_it_comes(group, alice, asks, until, channel):
    await asks(alice)
    await until(SATURDAY)

    (reminder,) = reminders_to(alice)

    next_at = int((MONDAY + timedelta(days=7)).timestamp())
    assert text_of(reminder).splitlines()[0] == (
        f"🔔 <#{channel.id}> in Study room is reading this until <t:{next_at}:F>. You asked me to"
        " remind you."
    )


async def test_the_hour_is_asked_for_as_the_first_reminder_is_switched_on(
    group, alice, asks, until, channel, env
):
    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="Join")
    await env.advance_time(4)  # a tap at once would be taken for a slip
    answer = await alice.click(card.response.message, label="Remind me")
    (asked,) = answer.followups
    first = text_of(asked)
    chosen = await alice.select(asked, ["08:00"], custom_id=select_of(asked))
    await alice.click(card.response.message, label="Don't remind me")
    await env.advance_time(4)
    again = await alice.click(card.response.message, label="Remind me")
    await until(SATURDAY - timedelta(hours=1))
    evening = reminders_to(alice)
    await until(SATURDAY + timedelta(hours=13))

    assert "Reminders come at **19:00**, Etc/UTC." in first
    assert "Hour of reminders: **08:00**, Etc/UTC." in text_of(chosen)
    assert again.followups == []
    assert evening == []
    assert len(reminders_to(alice)) == 1


async def test_who_is_asked_for_the_hour_reads_when_the_next_one_comes(
    group, alice, until, channel, env
):
    await until(MONDAY)
    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="Join")
    await env.advance_time(4)

    (asked,) = (await alice.click(card.response.message, label="Remind me")).followups

    at = int(SATURDAY.timestamp())
    assert f"Next: <t:{at}:F>, unless you've read by then." in text_of(asked)


async def test_stop_in_the_message_works_after_a_restart_and_months_later(
    group, alice, asks, until, restart, channel, env
):
    await asks(alice)
    await until(SATURDAY)
    (reminder,) = reminders_to(alice)
    await restart()

    stopped = await alice.user.click(reminder, label="Stop")
    off = text_of(await alice.slash(channel, "group"))
    await env.advance_time(100 * A_DAY)
    again = await alice.user.click(reminder, label="Stop")

    assert text_of(stopped) == f"🔕 No more reminders about the papers of <#{channel.id}>."
    assert labels_of(stopped) == ["Undo", "Settings"]
    assert "I'll remind you" not in off
    assert "These reminders are off" in text_of(again)
    assert len(reminders_to(alice)) == 1


async def test_undo_after_stop_brings_reminders_back(group, alice, asks, until, channel, env):
    await asks(alice)
    await until(SATURDAY)
    (reminder,) = reminders_to(alice)
    stopped = await alice.user.click(reminder, label="Stop")

    undone = await alice.user.click(stopped.response.message, label="Undo")
    await env.advance_time(8 * A_DAY)

    assert text_of(undone) == f"🔔 I'll remind you about the papers of <#{channel.id}> again."
    assert len(reminders_to(alice)) == 2


async def test_later_brings_it_again_tomorrow(group, alice, asks, until, restart, env):
    await asks(alice)
    await until(SATURDAY)
    (reminder,) = reminders_to(alice)
    await restart()

    answer = await alice.user.click(reminder, label="Later")
    await env.advance_time(A_DAY + A_MINUTE)

    at = int((SATURDAY + timedelta(days=1)).timestamp())
    assert text_of(answer) == f"💤 I'll remind you again on <t:{at}:F>, unless you've read by then."
    assert len(reminders_to(alice)) == 2


async def test_later_promises_nothing_once_reminders_are_off(group, alice, asks, until):
    await asks(alice)
    await until(SATURDAY)
    (reminder,) = reminders_to(alice)
    await alice.user.click(reminder, label="Stop")

    answer = await alice.user.click(reminder, label="Later")

    assert "These reminders are off, or their group is paused." in text_of(answer)


async def test_closed_messages_are_told_in_group_and_not_tried_again(
    group, alice, asks, until, env, channel
):
    await asks(alice)
    env.inject_error(
        "POST", f"/channels/{alice.user.dm_channel.id}/messages", status=403, code=CLOSED
    )
    await until(SATURDAY)
    await env.advance_time(7 * A_DAY)
    card = await alice.slash(channel, "group")
    told, silent = text_of(card), len(reminders_to(alice))

    await alice.click(card.response.message, label="Remind me")
    await env.advance_time(7 * A_DAY)

    assert silent == 0
    assert "I couldn't remind you" in told
    assert "I couldn't remind you" not in text_of(card)
    assert len(reminders_to(alice)) == 1


@pytest.mark.parametrize("code", [0, 40333, 50013])
async def test_only_closed_direct_messages_end_the_reminders(group, alice, asks, until, env, code):
    await asks(alice)
    path = f"/channels/{alice.user.dm_channel.id}/messages"
    env.inject_error("POST", path, status=403, code=code)

    await until(SATURDAY)
    await env.advance_time(AN_HOUR + A_DAY)
    first = len(reminders_to(alice))
    await env.advance_time(7 * A_DAY)

    # What isn't trouble on the way is no reason to try again on the same day.
    assert (first, len(reminders_to(alice))) == (1, 2)


async def test_who_left_the_server_is_not_reminded_and_leaves_the_group(
    group, alice, asks, until, guild, moderator, channel
):
    await asks(alice)
    await until(MONDAY)
    guild.remove_member(alice)

    await until(SATURDAY)

    assert reminders_to(alice) == []
    assert "0 members" in text_of(await moderator.slash(channel, "group"))


async def test_a_lost_answer_does_not_bring_a_second_reminder(
    group, alice, asks, until, env, restart
):
    """The message is there, but the bot died before it could record it."""
    await asks(alice)
    await until(SATURDAY)
    async with env.bot.services.db.transaction() as tx:
        await tx.fetch(
            "UPDATE outbox SET state = 'claimed', message_id = NULL, lease_until = due_at"
            " WHERE kind = 'reminder'"
        )

    await restart()
    await env.advance_time(A_MINUTE)

    rows = await env.bot.services.db.fetch("SELECT state FROM outbox WHERE kind = 'reminder'")
    assert len(reminders_to(alice)) == 1
    assert [row["state"] for row in rows] == ["sent"]


async def test_trouble_at_discord_only_delays_a_reminder(group, alice, asks, until, env):
    await asks(alice)
    dms = f"/channels/{alice.user.dm_channel.id}/messages"
    env.inject_error("POST", dms, status=502)

    await until(SATURDAY)
    await env.advance_time(10 * A_MINUTE)

    assert len(reminders_to(alice)) == 1


async def test_a_servers_own_resource_is_marked_from_its_reminder(
    group, moderator, alice, asks, until, env, channel
):
    card = await moderator.slash(channel, "manage add", link="https://example.org/own")
    await moderator.click(card.response.message, label="Add")
    await asks(alice)
    await until(MONDAY)
    (key,) = [
        row["resource_key"]
        for row in await env.bot.services.db.fetch("SELECT resource_key FROM additions")
    ]
    async with env.bot.services.db.transaction() as tx:
        await tx.fetch("UPDATE weeks SET resource_key = ?", key)
    await until(SATURDAY)

    (reminder,) = reminders_to(alice)
    answer = await alice.user.click(reminder, label="Done")

    assert "from the list of Study room" in text_of(reminder)
    assert "✅ Done" in text_of(answer)
    assert "From the list of [one of your servers]" in text_of(answer)


async def test_forged_buttons_do_nothing(group, alice, asks, until, guild, env, channel):
    await asks(alice)
    await until(MONDAY)
    mallory = guild.add_member(env.create_user("mallory"))
    group_id = (await env.bot.services.groups.find(channel.id)).group_id
    week_id = (await env.bot.services.groups.status(channel.id, None)).this_week.week_id
    elsewhere = env.create_guild("Elsewhere")
    there = elsewhere.create_text_channel("reading")
    stranger = elsewhere.add_member(env.create_user("stranger"))

    not_a_member = await pressed(env, channel, mallory, f"remind:on:{group_id}")
    from_outside = await pressed(env, there, stranger, f"remind:on:{group_id}")
    not_reminded = await pressed(env, channel, mallory, f"reminded:{week_id}")
    made_up = await pressed(env, channel, mallory, "reminded:1")

    assert "That is for members of the group." in text_of(not_a_member)
    assert "There is no study group in this channel." in text_of(from_outside)
    for answer in (not_reminded, made_up):
        assert "I don't know this post any more." in text_of(answer)


@pytest.mark.parametrize("button", ["Pause", "Stop"])
async def test_no_reminder_is_promised_before_the_group_goes_on(
    group, moderator, alice, asks, channel, button
):
    await asks(alice)
    await moderator.click(group.response.message, label="More")
    await moderator.click(group.response.message, label=button)

    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="More")

    assert "I'll remind you when the group starts again." in text_of(card)
    assert "a day or two before" not in text_of(card)


async def test_nobody_is_reminded_of_a_group_whose_channel_is_gone(
    group, alice, asks, until, channel, env
):
    await asks(alice)
    await until(MONDAY)
    await env.bot.get_channel(channel.id).delete()

    await until(SATURDAY)

    assert reminders_to(alice) == []


async def test_who_comes_back_is_told_what_the_group_read_and_what_comes_before_its_paper(
    group, alice, channel, until, env
):
    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="Join")
    await alice.slash(channel, "done", resource="Attention Is All You Need")
    await until(MONDAY + timedelta(weeks=7))
    await env.advance_time(A_DAY)

    back = await alice.slash(channel, "next")
    told = text_of(back)
    again = text_of(await alice.slash(channel, "next"))
    path = await alice.click(back.response.message, label="What first for this week's paper?")

    assert "👋 Welcome back.\nYou read last, on <t:" in told
    assert "**Attention Is All You Need**" in told
    assert f"<#{channel.id}>: 8 papers since then · 7 of them not read by you" in told
    assert "Welcome back" not in again
    assert "first, in this order:" in text_of(path)


async def test_done_on_a_reminder_counts_after_leaving_the_group(
    group, alice, asks, until, channel, env
):
    await asks(alice)
    await until(SATURDAY)
    (reminder,) = reminders_to(alice)
    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="More")
    await alice.click(card.response.message, label="Leave")

    answer = await alice.user.click(reminder, label="Done")

    assert text_of(answer).startswith("✅ Done: **Attention Is All You Need**")


async def test_later_has_undo(group, alice, asks, until, env):
    await asks(alice)
    await until(SATURDAY)
    (reminder,) = reminders_to(alice)
    later = await alice.user.click(reminder, label="Later")

    undone = await alice.user.click(later.response.message, label="Undo")
    await env.advance_time(A_DAY + A_MINUTE)

    assert text_of(undone).startswith("↩️ I won't remind you of it again.")
    assert labels_of(undone) == ["Later", "Settings"]
    assert len(reminders_to(alice)) == 1


async def test_who_shares_no_server_any_more_is_asked_no_more(group, alice, asks, until, env):
    await asks(alice)
    dm = alice.user.dm_channel
    env.inject_error("POST", f"/channels/{dm.id}/messages", status=403, code=50278, times=None)
    await until(SATURDAY)
    await env.advance_time(A_DAY)

    rows = await env.bot.services.db.fetch(
        "SELECT state, attempts, problem FROM outbox WHERE kind = 'reminder'"
    )
    assert [tuple(row) for row in rows] == [("dropped", 1, "no_direct_messages")]
