"""When a group meets: said by moderators, told on cards, an event in Discord for each paper."""

from datetime import UTC, datetime

import discord
import pytest
from simcord.backend import serializers

from tests.seen import custom_id_like, labels_of, option_labels_of, posts_in, text_of

A_MINUTE = 60
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
THURSDAY = datetime(2026, 1, 8, 20, 0, tzinfo=UTC)
A_MEETING = 3600


@pytest.fixture
async def group(moderator, channel):
    """The card of a group that reads on Mondays at nine, UTC, and meets on Thursdays at eight."""
    return await moderator.slash(channel, "manage group", zone="UTC", meets="Thursday 20:00")


@pytest.fixture
def events(env, guild):
    """Return the server's events, in the order in which they were made."""

    def found():
        return list(env.backend.get_guild(guild.id).scheduled_events.values())

    return found


@pytest.fixture
def forbid(env, guild):
    """Return what takes Create Events from the bot, or gives it back."""

    async def change(**permissions):
        role = env.bot.get_guild(guild.id).me.top_role
        allowed = role.permissions
        allowed.update(**permissions)
        env.backend.edit_role(guild.id, role.id, {"permissions": allowed.value})
        await env.settle()

    return change


def begins(event):
    return datetime.fromisoformat(event.scheduled_start_time)


def ends(event):
    return datetime.fromisoformat(event.scheduled_end_time)


async def test_each_paper_has_an_event_at_its_thread(group, channel, until, events):
    await until(MONDAY)

    (event,) = events()
    (post,), (thread,) = posts_in(channel), channel.threads
    assert event.name == "Paper of the week: Attention Is All You Need"
    assert begins(event) == THURSDAY
    assert (ends(event) - begins(event)).total_seconds() == A_MEETING
    assert event.entity_metadata["location"].endswith(f"/{thread.id}")
    assert event.description.splitlines()[-1].endswith(f"/{channel.id}/{post.id}")
    assert f"🗓️ Meets <t:{int(THURSDAY.timestamp())}:F>" in text_of(post)


async def test_the_next_paper_has_its_own_event(group, until, events):
    await until(MONDAY)
    await until(datetime(2026, 1, 12, 9, 0, tzinfo=UTC))

    assert [begins(event).day for event in events()][-1] == 15


async def test_cards_say_when_the_group_meets(group, moderator, alice, channel):
    card = await alice.slash(channel, "group")

    assert "-# Meets once a paper: Thursday at 20:00" in text_of(card)
    assert "-# Meets once a paper: Thursday at 20:00" in text_of(group)


async def test_a_paused_group_is_not_said_to_meet(group, moderator, alice, channel, env):
    await env.advance_time(6 * A_MINUTE)
    card = await moderator.slash(channel, "manage group")
    await moderator.click(card.response.message, label="Pause")
    await env.advance_time(A_MINUTE)
    (opening,) = [each for each in channel.history() if "to talk about" in text_of(each)]
    paused = [text_of(opening), text_of(await alice.slash(channel, "group"))]
    await moderator.click(card.response.message, label="Resume")
    await env.advance_time(A_MINUTE)
    (opening,) = [each for each in channel.history() if "to talk about" in text_of(each)]

    assert all("Paused" in told for told in paused)
    assert not any("Meets" in told for told in paused)
    assert "Meets once a paper: Thursday at 20:00" in text_of(opening)


async def test_changing_the_time_moves_the_event_to_come(
    group, moderator, channel, until, events, env
):
    await until(MONDAY)
    (event,) = events()

    card = await moderator.slash(channel, "manage group", meets="Fri 7pm for 90 minutes")
    await env.advance_time(A_MINUTE)

    (moved,) = events()
    assert moved.id == event.id
    assert begins(moved) == datetime(2026, 1, 9, 19, 0, tzinfo=UTC)
    assert (ends(moved) - begins(moved)).total_seconds() == 1.5 * A_MEETING
    assert text_of(card).startswith("✅ Meets once a paper: Friday at 19:00 · 1 h 30 min")


@pytest.mark.parametrize("why", ["hidden", "refused"])
async def test_a_paper_whose_channel_is_hidden_says_the_new_time_once_it_is_seen(
    group, moderator, guild, channel, until, env, why
):
    await until(MONDAY)
    elsewhere, here = guild.create_text_channel("other"), env.bot.get_channel(channel.id)
    if why == "hidden":
        deny = discord.PermissionOverwrite(view_channel=False)
        await here.set_permissions(guild.me, overwrite=deny)
    else:
        path = f"/channels/{channel.id}/messages/*"
        env.inject_error("PATCH", path, status=403, code=50001, times=2)
    await moderator.slash(elsewhere, "manage group", channel=channel, meets="Friday 19:00")
    await env.advance_time(2 * 24 * 60 * A_MINUTE if why == "hidden" else A_MINUTE)
    before = text_of(posts_in(channel)[0])

    env.backend.get_channel(channel.id).overwrites.clear()
    shown = serializers.channel_payload(env.backend, env.backend.get_channel(channel.id))
    env.backend.emit("CHANNEL_UPDATE", shown)
    await env.advance_time(130 * A_MINUTE)

    at = int(datetime(2026, 1, 9, 19, 0, tzinfo=UTC).timestamp())
    assert f"Meets <t:{int(THURSDAY.timestamp())}:F>" in before
    assert f"Meets <t:{at}:F>" in text_of(posts_in(channel)[0])


async def test_changing_the_day_alone_keeps_length_and_channel(
    group, moderator, guild, channel, env
):
    room = guild.create_voice_channel("Talk")
    await moderator.slash(channel, "manage group", meets=f"Thu 20:00, 90 min, <#{room.id}>")

    card = await moderator.slash(channel, "manage group", meets="Fri 20:00")
    told = text_of(card)
    form = await moderator.click(
        (await moderator.click(card.response.message, label="More")).response.message,
        label="Meeting…",
    )
    emptied = await moderator.submit_modal(form, {"when": "Fri 20:00", "lasts": "", "channel": []})

    assert told.startswith(f"✅ Meets once a paper: Friday at 20:00 · 1 h 30 min · <#{room.id}>")
    assert text_of(emptied).startswith("✅ Meets once a paper: Friday at 20:00\n")


async def test_a_form_that_is_asked_again_shows_what_would_have_stayed(
    group, moderator, guild, channel
):
    room = guild.create_voice_channel("Talk")
    await moderator.slash(channel, "manage group", meets=f"Thu 20:00, 90 min, <#{room.id}>")

    asked = await moderator.slash(channel, "manage group", meets="Friday")
    form = await moderator.click(asked.response.message, label="Edit again")
    parts = [part["component"] for part in form.modal["components"]]

    assert [parts[0]["value"], parts[1]["value"]] == ["Friday", "90"]
    assert parts[2]["default_values"][0]["id"] == room.id


async def test_what_stays_is_no_channel_that_is_gone(group, moderator, guild, channel, env):
    room = guild.create_voice_channel("Talk")
    await moderator.slash(channel, "manage group", meets=f"Thu 20:00 <#{room.id}>")
    env.backend.delete_channel(room.id)
    await env.settle()

    card = await moderator.slash(channel, "manage group", meets="Fri 20:00")

    assert text_of(card).startswith("✅ Meets once a paper: Friday at 20:00\n")


@pytest.mark.parametrize(
    ("meets", "told"),
    [
        ("Thu 20:00 for 13 hours", "I don't know how long “Thu 20:00 for 13 hours” is."),
        ("every other Thursday 20:00", "A group meets once for each paper."),
    ],
)
async def test_what_of_it_is_not_clear_is_said(group, moderator, channel, meets, told):
    asked = await moderator.slash(channel, "manage group", meets=meets)

    assert text_of(asked).startswith(told)


async def test_undo_follows_a_group_that_has_moved(group, moderator, guild, channel):
    changed = await moderator.slash(channel, "manage group", meets="Fri 21:00")
    elsewhere = guild.create_text_channel("elsewhere")
    more = await moderator.click(group.response.message, label="More")
    await moderator.select(
        more.response.message, [elsewhere],
        custom_id=custom_id_like(more.response.message, "group-move:"),
    )  # fmt: skip
    await moderator.slash(channel, "manage group", zone="UTC", meets="Mon 19:00")

    undone = await moderator.click(changed.response.message, label="Undo")

    assert f"<#{elsewhere.id}>" in text_of(undone)
    assert "Meets once a paper: Thursday at 20:00" in text_of(undone)
    assert "Meets once a paper: Monday at 19:00" in text_of(await moderator.slash(channel, "group"))


async def test_undo_takes_nothing_back_that_was_changed_since(group, moderator, channel):
    changed = await moderator.slash(channel, "manage group", meets="Fri 21:00")
    await moderator.slash(channel, "manage group", meets="Sat 10:00")

    refused = await moderator.click(changed.response.message, label="Undo")

    assert "This card can't be used any more." in text_of(refused)
    assert "Meets once a paper: Saturday at 10:00" in text_of(
        await moderator.slash(channel, "group")
    )


async def test_the_card_that_opens_a_group_says_when_it_meets_as_it_changes(
    group, moderator, channel, env
):
    await env.advance_time(6 * A_MINUTE)
    (card,) = [each for each in channel.history() if "to talk about" in text_of(each)]
    told = text_of(card)

    opened = await moderator.click(group.response.message, label="More")
    form = await moderator.click(opened.response.message, label="Meeting…")
    await moderator.submit_modal(form, {"when": "Fri 19:00", "lasts": "90", "channel": []})
    await env.advance_time(A_MINUTE)

    assert "🗓️ Meets once a paper: Thursday at 20:00" in told
    (card,) = [each for each in channel.history() if "to talk about" in text_of(each)]
    assert "🗓️ Meets once a paper: Friday at 19:00 · 1 h 30 min" in text_of(card)


async def test_undo_brings_the_meeting_back(group, moderator, channel, until, events, env):
    await until(MONDAY)
    card = await moderator.slash(channel, "manage group", meets="none")
    await env.advance_time(A_MINUTE)
    cancelled, told = events(), text_of(card)

    undone = await moderator.click(card.response.message, label="Undo")
    await env.advance_time(A_MINUTE)

    assert told.startswith("✅ The group has no meetings now.")
    assert cancelled == []
    assert text_of(undone).startswith("✅ Meets once a paper: Thursday at 20:00")
    (event,) = events()
    assert begins(event) == THURSDAY


async def test_a_stopped_groups_event_is_cancelled_and_a_deleted_ones_too(
    group, moderator, channel, until, events, env
):
    await until(MONDAY)
    card = (await moderator.slash(channel, "manage group")).response.message
    await moderator.click(card, label="More")
    await moderator.click(card, label="Stop")
    await env.advance_time(A_MINUTE)
    stopped = events()
    await moderator.click(card, label="Resume")
    await env.advance_time(A_MINUTE)
    again = events()

    opened = await moderator.click(card, label="More")
    form = await moderator.click(opened.response.message, label="Delete…")
    await moderator.submit_modal(form, {"word": "delete"})
    await env.advance_time(A_MINUTE)

    assert (stopped, len(again), events()) == ([], 1, [])


async def test_the_form_says_what_it_knows_and_takes_a_voice_channel(
    group, moderator, guild, channel, until, events
):
    room = guild.create_voice_channel("Talk")
    opened = await moderator.click(group.response.message, label="More")
    form = await moderator.click(opened.response.message, label="Meeting…")
    asked = [part["component"] for part in form.modal["components"]]

    said = {"when": "목요일 21시", "lasts": "2 h", "channel": [room]}
    card = await moderator.submit_modal(form, said)
    await until(MONDAY)

    assert [each.get("value") for each in asked[:2]] == ["Thursday 20:00", "60"]
    assert f"Meets once a paper: Thursday at 21:00 · 2 h · <#{room.id}>" in text_of(card)
    (event,) = events()
    assert (event.entity_type, event.channel_id) == (2, room.id)


async def test_what_is_not_clear_is_asked_again_as_it_was_typed(moderator, channel):
    asked = await moderator.slash(channel, "manage group", zone="Seoul", day="Friday", meets="soon")
    told = text_of(asked)
    form = await moderator.click(asked.response.message, label="Edit again")
    typed = form.modal["components"][0]["component"]["value"]

    card = await moderator.submit_modal(form, {"when": "Mon 8 pm"})

    assert told.startswith("I don't know when “soon” is.")
    assert typed == "soon"
    assert "Fridays at 09:00, Asia/Seoul" in text_of(card)
    assert "Meets once a paper: Monday at 20:00" in text_of(card)


async def test_a_text_channel_is_no_place_to_meet(group, moderator, channel):
    asked = await moderator.slash(channel, "manage group", meets=f"Thu 20:00 <#{channel.id}>")

    assert "voice or a stage channel" in text_of(asked)
    assert labels_of(asked) == ["Edit again"]


async def test_without_create_events_the_paper_comes_and_moderators_are_told(
    group, moderator, channel, until, events, env, forbid
):
    await forbid(create_events=False, administrator=False, manage_events=False)
    await until(MONDAY)
    card = await moderator.slash(channel, "manage group")
    without = events()

    await forbid(create_events=True, manage_events=True)
    await env.advance_time(61 * A_MINUTE)

    assert len(posts_in(channel)) == 1
    assert "⚠️ I need Create Events in this server. Until then meetings have no event." in text_of(
        card
    )
    assert without == []
    assert len(events()) == 1


@pytest.mark.parametrize("way", ["none", "stop"])
async def test_an_event_that_may_not_be_cancelled_is_told(
    group, moderator, channel, until, events, env, forbid, way
):
    await until(MONDAY)
    await forbid(create_events=False, administrator=False, manage_events=False)
    if way == "none":
        told = text_of(await moderator.slash(channel, "manage group", meets="none"))
    else:
        card = (await moderator.slash(channel, "manage group")).response.message
        await moderator.click(card, label="More")
        told = text_of(await moderator.click(card, label="Stop"))
    await env.advance_time(A_MINUTE)
    later = text_of(await moderator.slash(channel, "manage group"))
    kept = len(events())

    await forbid(create_events=True, manage_events=True)
    await env.advance_time(61 * A_MINUTE)

    why = "⚠️ The event of the meeting is still there: I need Create Events to cancel it."
    assert why in told
    assert why in later
    assert (kept, events()) == (1, [])
    assert "still there" not in text_of(await moderator.slash(channel, "manage group"))


async def test_a_day_that_has_passed_leaves_this_weeks_meeting_and_says_so(
    group, moderator, alice, channel, until, events
):
    await until(datetime(2026, 1, 7, 9, 0, tzinfo=UTC))

    card = text_of(await moderator.slash(channel, "manage group", meets="Tuesday 20:00"))
    seen = text_of(await alice.slash(channel, "group"))

    told = f"-# This week it is still on <t:{int(THURSDAY.timestamp())}:F>."
    assert "Meets once a paper: Tuesday at 20:00" in card
    assert told in card
    assert told in seen
    assert [begins(event) for event in events()] == [THURSDAY]
    assert "still on" not in text_of(await moderator.slash(channel, "manage group", meets="none"))


async def test_an_event_that_somebody_deleted_is_not_made_again(
    group, moderator, guild, channel, until, events, env
):
    await until(MONDAY)
    (event,) = events()
    env.backend.delete_scheduled_event(guild.id, event.id)
    await env.settle()

    await moderator.slash(channel, "manage group", meets="Friday 20:00")
    await env.advance_time(A_MINUTE)

    assert events() == []


async def test_a_room_that_is_gone_leaves_the_meeting_at_the_thread(
    group, moderator, guild, channel, until, events, env
):
    room = guild.create_voice_channel("Talk")
    await moderator.slash(channel, "manage group", meets=f"Thu 20:00 <#{room.id}>")
    env.backend.delete_channel(room.id)
    await env.settle()
    await until(MONDAY)

    card = await moderator.slash(channel, "manage group")

    (event,) = events()
    assert event.entity_metadata["location"].endswith(f"/{channel.threads[0].id}")
    assert "⚠️ The channel for meetings is gone" in text_of(card)


async def test_an_event_goes_to_the_thread_when_its_room_is_deleted(
    group, moderator, guild, channel, until, events, env
):
    room = guild.create_voice_channel("Talk")
    await moderator.slash(channel, "manage group", meets=f"Thu 20:00 <#{room.id}>")
    await until(MONDAY)
    (event,) = events()
    env.backend.delete_scheduled_event(guild.id, event.id)  # as Discord does
    env.backend.delete_channel(room.id)
    await env.settle()
    await env.advance_time(A_MINUTE)

    (event,) = events()
    assert event.entity_metadata["location"].endswith(f"/{channel.threads[0].id}")


async def test_a_room_without_connect_is_named_with_what_is_missing(
    group, moderator, guild, channel, env, until, events
):
    room = guild.create_voice_channel("Talk")
    overwrite = discord.PermissionOverwrite(connect=False)
    await env.bot.get_channel(room.id).set_permissions(guild.me, overwrite=overwrite)
    await moderator.slash(channel, "manage group", meets=f"Thu 20:00 <#{room.id}>")
    await until(MONDAY)

    card = await moderator.slash(channel, "manage group")

    assert f"⚠️ I need Connect in <#{room.id}>." in text_of(card)
    assert events() == []


async def test_a_forums_event_leads_to_its_papers_message(moderator, guild, channel, until, events):
    forum = guild.create_forum_channel("papers")
    await moderator.slash(channel, "manage group", zone="UTC", channel=forum, meets="Thu 20:00")
    await until(MONDAY)

    (event,) = events()
    (post,) = forum.threads
    assert f"/{post.id}/" in event.entity_metadata["location"]


async def test_a_meeting_that_has_begun_is_left_alone(
    group, moderator, channel, until, events, env
):
    await until(THURSDAY)
    before = [begins(event) for event in events()]

    await moderator.slash(channel, "manage group", meets="none")
    await env.advance_time(A_MINUTE)

    assert before == [begins(event) for event in events()] == [THURSDAY]


async def test_this_week_may_be_led_until_it_meets(group, channel, alice, until):
    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="Join")
    await until(MONDAY)

    before = option_labels_of(await alice.slash(channel, "group"))
    await until(THURSDAY)
    after = option_labels_of(await alice.slash(channel, "group"))

    assert before[0] == "Mon 5 Jan 2026 · Attention Is All You Need"
    assert after == before[1:]
