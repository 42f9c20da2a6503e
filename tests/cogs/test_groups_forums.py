"""A study group in a forum: one standing post, into which its weeks go."""

from datetime import UTC, datetime, timedelta
from functools import partial

import discord
import pytest
from simcord.backend import serializers

from bot.core.outbox import Lacks
from bot.core.weeks import Schedule
from bot.outbox.discord import DiscordPort
from bot.outbox.engine import Engine
from bot.outbox.letters import letters
from tests.seen import custom_id_of, labels_of, posts_in, text_of, title_of

A_SECOND, A_MINUTE, AN_HOUR, A_DAY = 1, 60, 3600, 24 * 3600
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
TAG_REQUIRED = 1 << 4  # a channel's flag REQUIRE_TAG


@pytest.fixture
def forum(guild):
    return guild.create_forum_channel("papers")


@pytest.fixture
async def group(moderator, channel, forum, env):
    """A forum's group that reads on Mondays at nine, UTC. It is Thursday."""
    card = await moderator.slash(channel, "manage group", zone="UTC", channel=forum)
    await env.advance_time(5 * A_SECOND)
    return card


@pytest.fixture
def unseen(env, until, restart, made_bots):
    """As ``until``, but the bot stands still meanwhile: what fails is not tried all that time."""

    async def move(at):
        made_bots[-1].ticker.cancel()
        await until(at)
        await restart()
        await env.advance_time(A_MINUTE)

    return move


@pytest.fixture
def deny(env, guild):
    """Return what takes permissions from the bot in a channel, or gives them back."""

    async def change(channel, **permissions):
        overwrite = discord.PermissionOverwrite(**permissions)
        await env.bot.get_channel(channel.id).set_permissions(guild.me, overwrite=overwrite)

    return change


@pytest.fixture
def put(env):
    """Return what somebody does to a post: locks it, puts it away."""

    async def change(post, **how):
        env.backend.edit_channel(post.id, {}, thread_metadata=how)
        await env.settle()

    return change


@pytest.fixture
def delete(env):
    async def gone(post):
        env.backend.delete_channel(post.id)
        await env.settle()

    return gone


@pytest.fixture
def want_tags(env):
    """Return what lets a forum want a tag on each post; simcord knows tags, but not that."""

    async def change(forum, **tags):
        made = [discord.ForumTag(name=name, moderated=only) for name, only in tags.items()]
        await env.bot.get_channel(forum.id).edit(available_tags=made)
        payload = serializers.channel_payload(env.backend, env.backend.get_channel(forum.id))
        env.backend.emit("CHANNEL_UPDATE", {**payload, "flags": TAG_REQUIRED})
        await env.settle()

    return change


@pytest.fixture
def forget(env):
    """Return what lets the ledger forget what was sent, as if the bot had died before writing."""

    async def lose(kind, *statements):
        async with env.bot.services.db.transaction() as tx:
            await tx.fetch(
                "UPDATE outbox SET state = 'claimed', message_id = NULL, lease_until = due_at"
                " WHERE kind = ?",
                kind,
            )
            for statement in statements:
                await tx.fetch(statement)

    return lose


def openers_in(place):
    return [m for m in place.history() if "Questions to talk about" in text_of(m)]


def standing_in(forum):
    (post,) = forum.threads
    return post


# Setting it up


async def test_setup_makes_one_post_that_says_what_comes_there(group, moderator, alice, forum):
    post = standing_in(forum)
    (card,) = post.history()
    shown = await moderator.slash(post, "manage group")
    await moderator.click(shown.response.message, label="More")

    joined = await alice.click(card, label="Join")
    looked = await alice.click(card, label="This group")

    assert "just making the post here" in text_of(group)
    assert post.name == "Paper of the week: Jump into LLM"
    assert "**Mondays at 09:00, Etc/UTC**" in text_of(card)
    assert f"First, on <t:{int(MONDAY.timestamp())}:F>: Attention Is All You Need" in text_of(card)
    assert labels_of(card) == ["Join", "This group"]
    assert f"<#{forum.id}> · <#{post.id}> ·" in text_of(shown)
    assert f"You're in: <#{forum.id}>" in text_of(joined)
    assert joined.response.ephemeral
    assert "Remind me" in labels_of(looked)


async def test_the_card_above_the_post_names_no_first_paper_once_that_came(
    group, forum, until, env
):
    await until(MONDAY)
    await env.advance_time(6 * A_MINUTE)

    post = standing_in(forum)
    card = next(m for m in post.history() if "to talk about" in text_of(m))
    (paper,) = posts_in(post)
    assert "First, on" not in text_of(card)
    assert "The group's first paper" not in text_of(paper)


async def test_inside_any_post_of_the_forum_the_forum_is_here(group, moderator, alice, forum, env):
    theirs = env.backend.create_thread(forum.id, "Anybody else stuck?", alice.id)
    await env.settle()
    other = next(post for post in forum.threads if post.id == theirs.id)

    changed = await moderator.slash(other, "manage group", day="Friday")
    shown = await alice.slash(other, "group")

    assert f"<#{forum.id}>" in text_of(changed)
    assert "Fridays at 09:00" in text_of(shown)


async def test_the_hello_takes_a_forum(moderator, guild, channel, forum, env, restart):
    env.backend.get_guild(guild.id).system_channel_id = channel.id
    await restart()
    await env.settle()
    form = await moderator.click(channel.last_message, label="Start a weekly paper")

    card = await moderator.submit_modal(form, {"channel": [forum], "zone": "Seoul"})
    await env.advance_time(5 * A_SECOND)

    (picker,) = [p["component"] for p in form.modal["components"] if p["component"]["type"] == 8]
    assert picker["channel_types"] == [0, 5, 15]
    assert "Mondays at 09:00, Asia/Seoul" in text_of(card)
    assert len(forum.threads) == 1


async def test_an_announcement_channel_takes_papers_with_their_threads(
    moderator, guild, channel, until
):
    news = guild.create_news_channel("news")

    await moderator.slash(channel, "manage group", zone="UTC", channel=news)
    await until(MONDAY)

    (post,) = posts_in(news)
    (thread,) = news.threads
    assert thread.id == post.id
    assert len(openers_in(thread)) == 1


@pytest.mark.parametrize("kind", ["voice", "stage"])
async def test_a_channel_for_talking_is_refused(moderator, guild, env, kind):
    talk = getattr(guild, f"create_{kind}_channel")("talk")

    refused = await moderator.slash(talk, "manage group", zone="UTC")

    assert "Papers go to text channels, announcement channels and forums." in text_of(refused)
    assert env.errors


async def test_a_channel_for_media_is_refused(moderator, forum, channel, env):
    """Simcord has none, but Discord lets a forum's option name one."""
    payload = serializers.channel_payload(env.backend, env.backend.get_channel(forum.id))
    env.backend.emit("CHANNEL_DELETE", payload)
    env.backend.emit("CHANNEL_CREATE", {**payload, "type": discord.ChannelType.media.value})
    await env.settle()

    refused = await moderator.slash(channel, "manage group", zone="UTC", channel=forum)

    assert "Papers go to text channels, announcement channels and forums." in text_of(refused)
    assert env.errors


@pytest.mark.parametrize(
    ("permission", "name"),
    [
        ("send_messages", "Send Messages"),
        ("send_messages_in_threads", "Send Messages in Threads"),
        ("read_message_history", "Read Message History"),
    ],
)
async def test_setup_names_what_is_missing_in_a_forum(
    moderator, channel, forum, deny, env, permission, name
):
    await deny(forum, **{permission: False})

    refused = await moderator.slash(channel, "manage group", zone="UTC", channel=forum)
    await env.advance_time(A_MINUTE)

    assert f"I need {name} in the channel." in text_of(refused)
    assert forum.threads == []
    assert env.errors


async def test_a_forum_that_wants_a_tag_gets_the_first_that_is_for_everybody(
    moderator, channel, forum, want_tags, deny, env
):
    await want_tags(forum, official=True, reading=False, other=False)
    await deny(forum, manage_threads=False)
    await want_tags(forum, official=True, reading=False, other=False)

    await moderator.slash(channel, "manage group", zone="UTC", channel=forum)
    await env.advance_time(5 * A_SECOND)

    post = await env.bot.fetch_channel(standing_in(forum).id)
    assert [tag.name for tag in post.applied_tags] == ["reading"]


async def test_a_forum_with_no_tag_for_us_is_refused_with_what_to_do(
    moderator, channel, forum, want_tags, deny, env
):
    await deny(forum, manage_threads=False)
    await want_tags(forum, official=True)

    refused = await moderator.slash(channel, "manage group", zone="UTC", channel=forum)

    assert "Add a tag that everyone may use" in text_of(refused)
    assert env.errors


async def test_a_tag_wanted_later_blocks_the_group_by_name(
    group, moderator, channel, forum, want_tags, deny, delete, until, told
):
    await delete(standing_in(forum))
    await deny(forum, manage_threads=False)
    await want_tags(forum, official=True)

    await until(MONDAY)
    card = await moderator.slash(channel, "manage group", channel=forum)
    told_before = text_of(card)
    await want_tags(forum, free=False)
    mended = await moderator.slash(channel, "manage group", channel=forum)

    assert "Posts in this forum need a tag" in told_before
    assert "⚠️" not in text_of(mended)
    assert len(told()) == 1


async def test_a_group_that_has_its_post_needs_no_leave_to_make_another(
    group, moderator, forum, want_tags, deny, until
):
    await deny(forum, manage_threads=False, send_messages=False)
    await want_tags(forum, official=True)
    post = standing_in(forum)

    changed = await moderator.slash(post, "manage group", time="08:00")
    await until(MONDAY)

    assert "Mondays at 08:00" in text_of(changed)
    assert len(posts_in(post)) == 1


# The weeks


async def test_each_week_stands_in_the_post_with_its_questions_below(group, forum, until, env):
    await until(MONDAY)
    await env.advance_time(7 * A_DAY)

    post = standing_in(forum)
    first, second = posts_in(post)
    assert title_of(first) == "Attention Is All You Need"
    assert title_of(second).startswith("Improving Language")
    assert [o.reference.message_id for o in openers_in(post)] == [first.id, second.id]
    assert len(post.history()) == 5


async def test_without_history_the_questions_answer_no_message(group, forum, deny, until):
    await deny(forum, read_message_history=False)

    await until(MONDAY)

    (opener,) = openers_in(standing_in(forum))
    assert opener.reference is None


async def test_without_history_the_posts_card_waits_to_be_put_right(
    group, moderator, channel, forum, deny, env
):
    post = standing_in(forum)
    await deny(forum, read_message_history=False)
    shown = await moderator.slash(channel, "manage group", channel=forum, time="11:00")
    await env.advance_time(6 * A_MINUTE)
    before = text_of(post.history()[0])

    await deny(forum, read_message_history=True)
    await env.advance_time(61 * A_MINUTE)

    assert "Until then I can't look whether a paper arrived" in text_of(shown)
    assert "I'll continue by myself" not in text_of(shown)
    assert "09:00" in before
    assert "11:00" in text_of(post.history()[0])


async def test_who_may_make_no_posts_is_not_told_to_embed_links(
    group, moderator, channel, forum, deny
):
    await deny(forum, send_messages=False)

    card = await moderator.slash(channel, "manage group", channel=forum)

    assert "⚠️" not in text_of(card)


async def test_the_post_of_a_deleted_group_says_that_it_is_over(
    group, moderator, channel, forum, env
):
    card = (await moderator.slash(channel, "manage group", channel=forum)).response.message
    opened = await moderator.click(card, label="More")
    form = await moderator.click(opened.response.message, label="Delete…")
    await moderator.submit_modal(form, {"word": "delete"})
    await env.advance_time(A_MINUTE)

    (told,) = standing_in(forum).history()
    assert "This study group is over" in text_of(told)
    assert labels_of(told) == []


async def test_links_lead_to_the_week_inside_the_post(group, alice, forum, guild, until):
    await until(MONDAY)
    post = standing_in(forum)
    (paper,) = posts_in(post)
    card = await alice.slash(post, "group")

    link = f"https://discord.com/channels/{guild.id}/{post.id}/{paper.id}"
    now = text_of(card)

    await alice.click(card.response.message, label="More")
    past = await alice.click(card.response.message, label="Older")

    assert f"[post]({link})" in now
    assert link in text_of(past)


async def test_reading_it_counts(group, forum, guild, until, env):
    await until(MONDAY)
    post = standing_in(forum)
    for name in ("bob", "carol", "dave"):
        member = guild.add_member(env.create_user(name))
        await member.click(posts_in(post)[0], label="I've read it")

    assert "3 people read it" in text_of(posts_in(post)[0])


async def test_the_first_paper_can_be_posted_before_its_place_is_there(
    moderator, channel, forum, env
):
    card = await moderator.slash(channel, "manage group", zone="UTC", channel=forum)

    await moderator.click(card.response.message, label="First paper now")

    assert len(posts_in(standing_in(forum))) == 1
    assert "[post](https://" in text_of(card)
    assert "⚠️" not in text_of(card)


async def test_a_slot_during_downtime_is_posted_late_and_says_so(
    group, forum, until, env, restart, made_bots
):
    made_bots[-1].ticker.cancel()
    await until(MONDAY)
    await env.advance_time(3 * AN_HOUR)

    await restart()
    await env.advance_time(A_SECOND)

    (paper,) = posts_in(standing_in(forum))
    assert "late, sorry" in text_of(paper)


async def test_a_role_is_mentioned_with_each_paper(moderator, channel, guild, forum, until):
    role = guild.create_role("readers", mentionable=True)
    await moderator.slash(channel, "manage group", zone="UTC", channel=forum, role=role)

    await until(MONDAY)

    card, paper, *_ = standing_in(forum).history()
    assert [r.id for r in paper.role_mentions] == [role.id]
    assert card.role_mentions == []


async def test_a_vote_is_held_in_the_post_and_its_winner_is_read(
    group, moderator, alice, forum, until, env
):
    post = standing_in(forum)
    called = await moderator.slash(post, "manage vote", hours=24)
    (poll,) = [m for m in post.history() if m.poll is not None]
    await alice.set_poll_votes(poll, answers=[2])
    running = await alice.slash(post, "group")
    await env.advance_time(A_DAY + A_MINUTE)
    await until(MONDAY)

    (paper,) = posts_in(post)
    assert "Attention Is All You Need" in text_of(called)
    assert f"/{post.id}/{poll.id}" in text_of(running)
    assert "It won the vote." in text_of(paper)
    assert "Attention" not in title_of(paper)


async def test_a_vote_that_is_called_off_ends_its_poll(group, moderator, forum):
    post = standing_in(forum)
    called = await moderator.slash(post, "manage vote")

    await moderator.click(called.response.message, label="Cancel vote")

    (poll,) = [m for m in post.history() if m.poll is not None]
    assert poll.poll.is_finalised()


async def test_a_pick_takes_a_forum(group, moderator, channel, forum, until):
    await moderator.slash(channel, "manage pick", resource="BERT", channel=forum)

    await until(MONDAY)

    (paper,) = posts_in(standing_in(forum))
    assert title_of(paper).startswith("BERT")


# Changing, stopping, starting again


async def test_the_card_above_says_when_papers_come_now(group, moderator, forum, env):
    post = standing_in(forum)

    changed = await moderator.slash(post, "manage group", day="Friday", time="8 pm")
    await env.advance_time(5 * A_SECOND)
    moved = text_of(post.history()[0])
    await moderator.click(changed.response.message, label="Pause")
    await env.advance_time(5 * A_SECOND)

    assert "Fridays at 20:00, Etc/UTC" in moved
    assert "Paused." in text_of(post.history()[0])
    assert len(post.history()) == 1


async def test_a_card_that_is_put_away_is_opened_to_be_changed(group, moderator, forum, put, env):
    post = standing_in(forum)
    await put(post, archived=True)

    await moderator.slash(post, "manage group", day="Friday")
    await env.advance_time(5 * A_SECOND)

    assert "Fridays" in text_of(post.history()[0])
    assert not (await env.bot.fetch_channel(post.id)).archived


async def test_the_card_says_what_was_changed_after_the_first_paper(
    group, moderator, forum, until, env
):
    post = standing_in(forum)
    await until(MONDAY)

    await moderator.slash(post, "manage group", day="Friday")
    await env.advance_time(5 * A_SECOND)

    assert len(posts_in(post)) == 1
    assert "Fridays" in text_of(post.history()[0])


class Meddled(Engine):
    """Somebody changes something just before anything is sent."""

    def __init__(self, bot, change):
        known = letters(bot.services, bot.tickets)
        super().__init__(bot.services, DiscordPort(bot), bot.tickets, known)
        self._change = change

    async def begin(self, *args):
        await self._change()
        return await super().begin(*args)


async def test_the_card_says_what_was_changed_until_it_was_sent(moderator, guild, forum, env):
    async def settle(day):
        schedule = Schedule(day, 9, 0, "UTC")
        await env.bot.services.groups.make_or_change(
            guild.id, forum.id, schedule, None, moderator.id, is_forum=True
        )

    await settle(0)

    await Meddled(env.bot, partial(settle, 4)).deliver_due()

    assert "Fridays" in text_of(standing_in(forum).history()[0])


async def test_a_group_that_starts_again_uses_its_old_post(group, moderator, forum, until, env):
    post = standing_in(forum)
    card = await moderator.slash(post, "manage group")
    await moderator.click(card.response.message, label="More")
    await moderator.click(card.response.message, label="Stop")
    await env.advance_time(A_DAY)
    stopped = text_of(post.history()[0])
    again = await moderator.slash(post, "manage group")
    await moderator.click(again.response.message, label="Resume")

    await until(MONDAY)

    assert "Stopped." in stopped
    assert "Stopped." not in text_of(post.history()[0])
    assert len(posts_in(standing_in(forum))) == 1


async def test_a_group_stopped_at_once_makes_no_post(moderator, channel, forum, made_bots, env):
    made_bots[-1].ticker.cancel()
    card = await moderator.slash(channel, "manage group", zone="UTC", channel=forum)
    await moderator.click(card.response.message, label="More")
    await moderator.click(card.response.message, label="Stop")
    await env.bot.engine.deliver_due()
    none = forum.threads

    await moderator.click(card.response.message, label="Resume")
    await env.bot.engine.deliver_due()

    assert none == []
    assert len(forum.threads) == 1
    again = await moderator.slash(forum.threads[0], "manage group")
    assert "just making the post" not in text_of(again)


# What happens to the post


async def test_a_post_that_was_put_away_gets_the_next_paper(group, forum, put, until):
    await put(standing_in(forum), archived=True)

    await until(MONDAY)

    assert len(posts_in(standing_in(forum))) == 1


@pytest.mark.parametrize("archived", [False, True])
async def test_a_locked_post_blocks_the_group_by_name_until_it_is_unlocked(
    group, moderator, forum, put, deny, until, told, env, archived
):
    post = standing_in(forum)
    await put(post, locked=True, archived=archived)
    await deny(forum, manage_threads=False)

    await until(MONDAY)
    card = await moderator.slash(post, "group")
    before = len(posts_in(post))
    told_before = text_of(card)
    await put(post, locked=False)
    unlocked = await moderator.slash(post, "group")
    await env.advance_time(6 * A_MINUTE)

    assert "is locked. Unlock it, or allow me Manage Threads" in told_before
    assert (
        "⚠️" in text_of(unlocked)
    ) == archived  # one put away isn't seen: it goes with the next try
    assert before == 0
    assert len(told()) == 1
    assert len(posts_in(post)) == 1


async def test_with_manage_threads_a_locked_post_gets_its_paper(group, forum, put, until, env):
    post = standing_in(forum)
    await put(post, locked=True, archived=True)

    await until(MONDAY)

    now = await env.bot.fetch_channel(post.id)
    assert len(posts_in(post)) == 1
    assert (now.locked, now.archived) == (True, False)


async def test_a_deleted_post_is_made_anew_with_the_next_paper(
    group, moderator, forum, delete, until, told, env
):
    await until(MONDAY)
    await env.advance_time(6 * A_MINUTE)  # its card names no first paper any more
    await delete(standing_in(forum))
    await env.advance_time(A_DAY)
    between = forum.threads

    await env.advance_time(6 * A_DAY)
    card = await moderator.slash(standing_in(forum), "group")

    _, paper, opener = standing_in(forum).history()
    assert between == []
    assert title_of(paper).startswith("Improving Language")
    assert opener.reference.message_id == paper.id
    assert "⚠️" not in text_of(card)
    assert told() == []


async def test_a_page_from_the_edge_in_place_of_a_post_makes_no_second_one(
    group, forum, put, until, env
):
    post = standing_in(forum)
    await put(post, archived=True)
    env.inject_error("GET", f"/channels/{post.id}", status=404)

    await until(MONDAY)

    assert len(posts_in(standing_in(forum))) == 1


async def test_a_post_deleted_just_as_its_paper_leaves_is_made_anew(
    group, moderator, forum, until, told, env
):
    old = standing_in(forum)
    env.inject_error("POST", f"/channels/{old.id}/messages", status=404, code=10003, times=None)

    await until(MONDAY)

    _, new = forum.threads
    card = await moderator.slash(new, "group")
    assert len(posts_in(new)) == 1
    assert "⚠️" not in text_of(card)
    assert told() == []


async def test_a_moderators_change_brings_a_deleted_post_back(
    group, moderator, channel, forum, delete, env
):
    await delete(standing_in(forum))
    await env.advance_time(AN_HOUR)

    await moderator.slash(channel, "manage group", channel=forum, day="Friday")
    await env.advance_time(5 * A_SECOND)

    assert "Fridays" in text_of(standing_in(forum).history()[0])


async def test_a_group_that_is_stopped_brings_no_deleted_post_back(
    group, moderator, channel, forum, delete, env
):
    await delete(standing_in(forum))
    card = await moderator.slash(channel, "manage group", channel=forum)

    await moderator.click(card.response.message, label="More")
    await moderator.click(card.response.message, label="Stop")
    await env.advance_time(2 * AN_HOUR)

    rows = await env.bot.services.db.fetch("SELECT state FROM outbox WHERE kind = 'sign'")
    assert forum.threads == []
    assert [row["state"] for row in rows] == ["dropped"]


async def test_a_card_that_somebody_deleted_is_left_alone(group, moderator, forum, until, env):
    await until(MONDAY)
    post = standing_in(forum)
    env.backend.delete_message(post.id, post.history()[0].id)
    await env.settle()

    await moderator.slash(post, "manage group", day="Friday")
    await env.advance_time(A_MINUTE)

    assert "Attention Is All You Need" in text_of(post.history()[0])
    assert "Fridays" not in "".join(map(text_of, post.history()))


async def test_reading_it_counts_where_the_card_cant_be_changed(group, alice, forum, until, env):
    """Phones let people press buttons in a post that was put away."""
    await until(MONDAY)
    (paper,) = posts_in(standing_in(forum))
    env.inject_error("POST", "/interactions/*/*/callback", status=400, code=50083, times=1)

    answer = await alice.click(paper, label="I've read it")

    assert "✅ Done: **Attention Is All You Need**" in text_of(answer)


async def test_a_deleted_forum_blocks_its_group(group, forum, delete, until, told, env):
    await delete(forum)

    await until(MONDAY)

    assert (await env.bot.services.groups.status(forum.id, None)).group.blocked == "channel_gone"
    assert "The channel is gone." in told()[0]


# Discord refuses


async def test_a_permission_lost_after_setup_is_named_and_the_week_follows_once_it_is_back(
    moderator, channel, forum, deny, unseen, told, env
):
    env.inject_error("POST", f"/channels/{forum.id}/threads", status=500)
    card = await moderator.slash(channel, "manage group", zone="UTC", channel=forum)
    await deny(forum, send_messages=False)
    await env.advance_time(3 * AN_HOUR)
    await unseen(MONDAY)
    blocked = await moderator.slash(channel, "manage group", channel=forum)

    await deny(forum, send_messages=True)
    await env.advance_time(AN_HOUR + A_MINUTE)

    assert "just making" in text_of(card)
    assert "I need Send Messages in the channel." in text_of(blocked)
    assert "just making" not in text_of(blocked)
    assert len([text for text in told() if "I need Send Messages" in text]) == 1
    assert len(posts_in(standing_in(forum))) == 1


@pytest.mark.parametrize(
    ("status", "code"), [(400, 50035), (400, 160006), (403, 50013), (404, 0), (429, 0), (500, 0)]
)
async def test_a_post_that_discord_refuses_is_made_later_and_once(
    moderator, channel, forum, until, env, status, code
):
    env.inject_error("POST", f"/channels/{forum.id}/threads", status=status, code=code)

    await moderator.slash(channel, "manage group", zone="UTC", channel=forum)
    await env.advance_time(2 * AN_HOUR)

    card = await moderator.slash(standing_in(forum), "group")
    assert "⚠️" not in text_of(card)


async def test_a_week_whose_place_is_never_there_is_missed_and_the_next_one_comes(
    moderator, channel, forum, until, unseen, deny, env
):
    env.inject_error("POST", f"/channels/{forum.id}/threads", status=500)
    await moderator.slash(channel, "manage group", zone="UTC", channel=forum)
    await deny(forum, send_messages=False)
    await unseen(MONDAY)
    waiting = await moderator.slash(channel, "manage group", channel=forum)
    await unseen(MONDAY + timedelta(days=1))
    missed = await moderator.slash(channel, "manage group", channel=forum)
    await deny(forum, send_messages=True)
    await until(MONDAY + timedelta(days=7))

    assert "not posted yet" in text_of(waiting)
    assert "I need Send Messages" in text_of(missed)
    assert "was missed" in text_of(missed)
    (paper,) = posts_in(standing_in(forum))
    assert paper.created_at.day == MONDAY.day + 7


# The bot dies


@pytest.mark.parametrize("archived", [False, True])
async def test_a_post_made_before_the_bot_died_is_found_again(
    group, forum, until, put, forget, env, restart, archived
):
    await put(standing_in(forum), archived=archived)
    await forget("standing", "UPDATE study_groups SET standing_id = NULL")

    await restart()
    await until(MONDAY)

    assert len(posts_in(standing_in(forum))) == 1


async def test_only_its_own_group_s_post_is_taken_for_it(group, alice, forum, forget, env):
    """Neither somebody's post, nor one of ours with another card."""
    theirs = env.backend.create_thread(forum.id, "Mine", alice.id)
    await env.bot.get_channel(forum.id).create_thread(name="Ours", content="Nothing.")
    await forget("standing", "UPDATE study_groups SET standing_id = NULL")

    await env.bot.engine.deliver_due()

    (row,) = await env.bot.services.db.fetch("SELECT standing_id FROM study_groups")
    (made,) = [p for p in forum.threads if p.name.startswith("Paper of the week")]
    assert row["standing_id"] == made.id != theirs.id


async def test_a_paper_and_its_questions_sent_before_the_bot_died_are_found_again(
    group, forum, until, forget, env
):
    await until(MONDAY)
    await env.advance_time(7 * A_DAY)
    post = standing_in(forum)
    _, second = openers_in(post)

    await forget("post", "UPDATE weeks SET state = 'waiting', message_id = NULL")
    await env.bot.engine.deliver_due()
    await forget("opener")
    await env.bot.engine.deliver_due()

    db = env.bot.services.db
    sent = await db.fetch("SELECT message_id FROM outbox WHERE kind = 'opener' ORDER BY row_id")
    assert len(post.history()) == 5
    assert sent[-1]["message_id"] == second.id
    rows = await db.fetch("SELECT channel_id, message_id FROM weeks ORDER BY slot_at")
    assert [tuple(row) for row in rows] == [(post.id, paper.id) for paper in posts_in(post)]


async def test_where_history_is_closed_no_second_post_is_made(
    group, forum, forget, deny, moderator, channel, env
):
    await forget("standing", "UPDATE study_groups SET standing_id = NULL")
    await deny(forum, read_message_history=False)
    await env.bot.engine.deliver_due()
    shown = await env.bot.services.groups.status(forum.id, None)

    await deny(forum, read_message_history=True)
    await env.advance_time(6 * A_MINUTE)

    assert shown.group.blocked == Lacks(("read_message_history",))
    assert len(forum.threads) == 1


# Moving


async def test_a_group_whose_forum_is_gone_moves_to_another_and_then_to_a_channel(
    group, moderator, guild, forum, delete, until, env
):
    other, last = guild.create_forum_channel("seminar"), guild.create_text_channel("last")
    made = env.backend.create_thread(other.id, "talk", moderator.id)
    talk = next(post for post in other.threads if post.id == made.id)
    await delete(forum)
    card = await moderator.slash(talk, "manage group")
    await moderator.click(card.response.message, label="Move it here")
    await until(MONDAY)
    (standing,) = [post for post in other.threads if post.id != talk.id]
    in_the_forum = posts_in(standing)
    await delete(other)
    card = await moderator.slash(last, "manage group")
    await moderator.click(card.response.message, label="Move it here")
    await until(MONDAY + timedelta(weeks=1))

    assert [title_of(post) for post in in_the_forum] == ["Attention Is All You Need"]
    assert len(posts_in(last)) == 1
    assert len(last.threads) == 1
    assert "⚠️" not in text_of(await moderator.slash(last, "group"))


async def test_a_paper_found_in_the_forum_that_its_group_left_has_its_questions_below(
    group, moderator, guild, forum, until, forget, env
):
    last = guild.create_text_channel("last")
    await until(MONDAY)
    post = standing_in(forum)
    await forget(
        "post",
        "UPDATE weeks SET state = 'waiting', message_id = NULL",
        "DELETE FROM outbox WHERE kind = 'opener'",
    )
    (found,) = await env.bot.services.groups.running_in(guild.id)
    await env.bot.services.groups.move(guild.id, found.group_id, last.id, moderator.id)
    await env.bot.engine.deliver_due()

    _, question = openers_in(post)
    (paper,) = posts_in(post)
    assert question.reference.message_id == paper.id
    assert posts_in(last) == []
    assert "⚠️" not in text_of(await moderator.slash(last, "group"))


@pytest.mark.parametrize("command", ["group", "pick"])
async def test_only_channels_that_papers_go_to_are_offered(env, command):
    manage = env.bot.tree.get_command("manage").get_command(command).to_dict(env.bot.tree)

    (option,) = [one for one in manage["options"] if one["name"] == "channel"]
    assert option["channel_types"] == [0, 5, 15]  # of the published description, which knows no 16


@pytest.mark.parametrize("archived", [False, True])
async def test_a_vote_called_off_in_a_forum_says_so_above_its_poll(
    group, moderator, forum, put, env, guild, archived
):
    post = standing_in(forum)
    called = await moderator.slash(post, "manage vote")
    await put(post, archived=archived)
    there = guild.create_text_channel("there")
    card = await moderator.slash(post, "manage group")
    await moderator.click(card.response.message, label="More")
    select = f"group-move:{custom_id_of(card, 'Delete…').partition(':')[2]}"

    await moderator.select(card.response.message, [there], custom_id=select)
    await env.advance_time(A_MINUTE)

    told = [m for m in post.history() if "is cancelled" in text_of(m)]
    assert "votes on what it reads" in text_of(called)
    assert len(told) == 1
    assert not (await env.bot.fetch_channel(post.id)).archived


async def test_a_vote_called_off_in_a_locked_post_says_so_once_that_is_unlocked(
    group, moderator, forum, put, deny, env
):
    post = standing_in(forum)
    called = await moderator.slash(post, "manage vote")
    await put(post, locked=True, archived=True)
    await deny(forum, manage_threads=False)

    await moderator.click(called.response.message, label="Cancel vote")
    await env.advance_time(A_MINUTE)
    before = [m for m in post.history() if "is cancelled" in text_of(m)]
    await put(post, locked=False)
    await env.advance_time(6 * A_MINUTE)

    assert before == []
    assert len([m for m in post.history() if "is cancelled" in text_of(m)]) == 1
