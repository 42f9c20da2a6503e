"""A reader's settings: zone, reminders, name."""

import pytest

from tests.seen import labels_of, options_of, posts_in, select_of, text_of, title_of

A_DAY = 24 * 3600


@pytest.fixture
def settings(alice, channel):
    """Return what opens a member's settings."""

    async def opened(member=alice):
        card = await member.slash(channel, "me")
        return await member.click(card.response.message, label="Settings")

    return opened


async def opened(member, channel, command):
    """Return a group's card with all that stands under More."""
    card = await member.slash(channel, command)
    await member.click(card.response.message, label="More")
    return card


async def test_everything_is_off_at_first(settings):
    card = await settings()

    assert "Time zone: none." in text_of(card)
    assert "A week without reading: no reminder." in text_of(card)
    assert "Hour of reminders: **19:00**, UTC." in text_of(card)
    assert "Name in groups: hidden." in text_of(card)
    assert labels_of(card)[:3] == ["Time zone…", "Remind me to read", "Show my name in groups"]


async def test_a_moderators_zone_is_their_new_groups(settings, moderator, channel):
    card = await settings(moderator)
    form = await moderator.click(card.response.message, label="Time zone…")
    await moderator.submit_modal(form, {"zone": "seoul"})

    group = await moderator.slash(channel, "manage group")

    assert "Time zone: **Asia/Seoul**." in text_of(card)
    assert "Mondays at 09:00, Asia/Seoul" in text_of(group)


async def test_a_zone_can_be_taken_away_and_nonsense_is_named(settings, alice):
    card = await settings()
    for typed in ("seoul", "xqzv", ""):
        form = await alice.click(card.response.message, label="Time zone…")
        answer = await alice.submit_modal(form, {"zone": typed})
        if typed == "xqzv":
            assert "I don't know the time zone “xqzv”. Pick one" in text_of(answer)
            assert len(options_of(answer)) == 25
            card = await settings()
            assert "Asia/Seoul" in text_of(card)

    assert "Time zone: none." in text_of(card)


async def test_a_zone_that_may_be_several_is_picked(settings, alice):
    card = await settings()
    form = await alice.click(card.response.message, label="Time zone…")
    asked = await alice.submit_modal(form, {"zone": "Hyderabad"})
    told, offered = text_of(asked), options_of(asked)

    after = await alice.select(asked.response.message, ["Asia/Karachi"], custom_id=select_of(asked))

    assert told == "Several time zones fit. Which one do you mean?"
    assert offered == ["Asia/Kolkata", "Asia/Karachi"]
    assert "Time zone: **Asia/Karachi**." in text_of(after)


async def test_who_asks_is_reminded_after_a_week_without_reading(settings, alice, env, channel):
    await alice.slash(channel, "done", resource="Attention Is All You Need")
    card = await settings()
    await alice.click(card.response.message, label="Remind me to read")

    await env.advance_time(7 * A_DAY)
    early = alice.user.dm_channel.history()
    await env.advance_time(A_DAY)
    (reminder,) = alice.user.dm_channel.history()
    await env.advance_time(6 * A_DAY)

    assert early == []
    assert title_of(reminder).startswith("Improving Language")
    first = text_of(reminder).splitlines()[0]
    assert first == "🔔 You haven't read anything for a week or more. You asked me to tell you."
    assert labels_of(reminder) == ["Later", "Stop", "Open", "Done"]
    assert len(alice.user.dm_channel.history()) == 1


async def test_who_reads_is_not_reminded(settings, alice, env, channel):
    card = await settings()
    await alice.click(card.response.message, label="Remind me to read")
    await env.advance_time(5 * A_DAY)
    await alice.slash(channel, "done", resource="BERT")

    await env.advance_time(5 * A_DAY)
    soon = alice.user.dm_channel.history()
    await env.advance_time(4 * A_DAY)

    assert soon == []
    assert len(alice.user.dm_channel.history()) == 1


async def test_the_hour_of_reminders_is_chosen_in_settings(settings, alice, env):
    card = await settings()
    on = await alice.click(card.response.message, label="Remind me to read")
    chosen = await alice.select(card.response.message, ["23:00"], custom_id=select_of(card))
    await env.advance_time(8 * A_DAY)

    (reminder,) = alice.user.dm_channel.history()

    assert "Next: <t:" in text_of(on)
    assert "Hour of reminders: **23:00**, UTC." in text_of(chosen)
    assert reminder.created_at.hour == 23


async def test_stop_on_the_message_ends_them(settings, alice, env):
    card = await settings()
    await alice.click(card.response.message, label="Remind me to read")
    await env.advance_time(8 * A_DAY)
    (reminder,) = alice.user.dm_channel.history()

    stopped = await alice.user.click(reminder, label="Stop")
    await env.advance_time(30 * A_DAY)

    assert text_of(stopped) == "🔕 No more reminders after a week without reading."
    assert "A week without reading: no reminder." in text_of(await settings())
    assert len(alice.user.dm_channel.history()) == 1


async def test_who_leaves_four_alone_reads_why_no_other_comes(settings, alice, env):
    card = await settings()
    await alice.click(card.response.message, label="Remind me to read")
    for _ in range(9):
        await env.advance_time(7 * A_DAY)

    told = text_of(await settings())
    sent = len(alice.user.dm_channel.history())
    await env.advance_time(60 * A_DAY)

    assert "I'm silent until you read or ask again." in told
    assert (sent, len(alice.user.dm_channel.history())) == (4, 4)


async def test_reminders_stop_when_asked(settings, alice, env):
    card = await settings()
    await alice.click(card.response.message, label="Remind me to read")
    await alice.click(card.response.message, label="Stop reminding me")

    await env.advance_time(9 * A_DAY)

    assert alice.user.dm_channel.history() == []


async def test_closed_direct_messages_end_the_reminders(settings, alice, env):
    card = await settings()
    await alice.click(card.response.message, label="Remind me to read")
    dm = alice.user.dm_channel
    env.inject_error("POST", f"/channels/{dm.id}/messages", status=403, code=50007, times=None)

    await env.advance_time(8 * A_DAY)

    assert "A week without reading: no reminder." in text_of(await settings())


async def test_an_edge_that_blocks_ends_no_reminders(settings, alice, env):
    card = await settings()
    await alice.click(card.response.message, label="Remind me to read")
    dm = alice.user.dm_channel
    env.inject_error("POST", f"/channels/{dm.id}/messages", status=403, code=40333, times=2)

    await env.advance_time(8 * A_DAY)

    assert len(dm.history()) == 1
    assert "A week without reading: no reminder." not in text_of(await settings())


async def test_names_are_shown_of_those_who_chose_so(
    settings, alice, env, guild, channel, moderator
):
    await moderator.slash(channel, "manage group", zone="UTC")
    bob = guild.add_member(env.create_user("bob"))
    for member in (alice, bob):
        card = await member.slash(channel, "group")
        await member.click(card.response.message, label="Join")
    hidden = text_of(await opened(bob, channel, "group"))

    card = await settings()
    slip = await alice.click(card.response.message, label="Show my name in groups")
    await env.advance_time(4)
    await alice.click(card.response.message, label="Show my name in groups")
    shown = text_of(await opened(bob, channel, "group"))

    assert "so I did nothing" in text_of(slip)
    assert "2 members" in hidden
    assert alice.mention not in hidden
    assert f"2 members: {alice.mention} and 1 more" in shown


async def test_readers_of_this_week_and_the_last_are_named_who_chose_so(
    settings, alice, env, guild, channel, moderator
):
    card = await moderator.slash(channel, "manage group", zone="UTC")
    others = [guild.add_member(env.create_user(name)) for name in ("bob", "carol", "dave")]
    for member in (alice, *others):
        joined = await member.slash(channel, "group")
        await member.click(joined.response.message, label="Join")
    await moderator.click(card.response.message, label="First paper now")
    (post,) = posts_in(channel)
    for member in (alice, *others[:2]):
        await member.click(post, label="I've read it")
    hidden = text_of(await opened(others[1], channel, "group"))
    chosen = await settings()
    await env.advance_time(4)
    await alice.click(chosen.response.message, label="Show my name in groups")

    short = text_of(await others[1].slash(channel, "group"))
    this_week = text_of(await opened(others[1], channel, "group"))
    await env.advance_time(7 * A_DAY)
    last_week = text_of(await opened(others[1], channel, "group"))

    assert "✅ 3 people read it" in hidden
    assert "✅ 3 people read it" in short
    assert alice.mention not in short
    assert alice.mention not in hidden
    assert f"✅ {alice.mention} and 2 others read it." in this_week
    assert f"Attention Is All You Need; {alice.mention} and 2 others read it." in last_week
    assert others[0].mention not in this_week + last_week
    assert alice.mention not in text_of(post)


async def test_few_readers_are_not_counted_and_named_only_if_they_chose_so(
    settings, alice, env, guild, channel, moderator
):
    """Three members, of whom one and then two have read: no number says so anywhere."""
    card = await moderator.slash(channel, "manage group", zone="UTC")
    bob, carol = [guild.add_member(env.create_user(name)) for name in ("bob", "carol")]
    for member in (alice, bob, carol):
        joined = await member.slash(channel, "group")
        await member.click(joined.response.message, label="Join")
    await moderator.click(card.response.message, label="First paper now")
    (post,) = posts_in(channel)

    async def seen():
        group = await opened(carol, channel, "group")
        told = [text_of(group), text_of(await opened(moderator, channel, "manage group"))]
        past = await carol.click(group.response.message, label="Older")
        return [*told, text_of(past), text_of(post)]

    await bob.click(post, label="I've read it")
    one = await seen()
    await alice.click(post, label="I've read it")
    two = await seen()
    chosen = await settings()
    await env.advance_time(4)
    await alice.click(chosen.response.message, label="Show my name in groups")
    named = await seen()

    assert [text for text in (*one, *two) if " read it" in text] == []
    assert [f"-# ✅ {alice.mention} read it." in text for text in named] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("press", ["Settings", "Remind me to read", "Time zone…"])
async def test_old_buttons_work_after_a_restart(settings, alice, channel, restart, press):
    if press == "Settings":
        card = await alice.slash(channel, "me")
    else:
        card = await settings()

    await restart()
    answer = await alice.click(card.response.message, label=press)

    assert answer.modal if press == "Time zone…" else "Your settings" in text_of(answer)
