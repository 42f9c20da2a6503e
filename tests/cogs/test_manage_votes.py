from datetime import UTC, datetime, timedelta

import discord
import pytest

from tests.forged import forged, pressed
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

AN_HOUR, A_DAY = 3600, 24 * 3600
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def polls_in(channel):
    return [message for message in channel.history() if message.poll is not None]


def candidates_in(channel):
    return [m for m in channel.history() if "What do we read on" in text_of(m)]


def called_off_in(channel):
    return [m for m in channel.history() if "is cancelled" in text_of(m)]


async def test_a_vote_stands_below_its_candidates(group, moderator, channel):
    called = await moderator.slash(channel, "manage vote", hours=48)

    (card,), (message,) = candidates_in(channel), polls_in(channel)
    assert called.response.ephemeral
    assert "1. Attention Is All You Need" in text_of(called)
    assert "**3.** [BERT" in text_of(card)
    assert "](http" in text_of(card)
    assert "min" in text_of(card)
    assert message.poll.question == "What do we read on Mon 5 Jan 2026?"
    assert message.poll.answers[0].text == "1. Attention Is All You Need"
    assert all(len(answer.text) <= 55 for answer in message.poll.answers)
    assert len(message.poll.answers) == 3
    assert message.id > card.id


async def test_the_winner_of_the_vote_is_posted(group, moderator, alice, env, channel, until):
    await moderator.slash(channel, "manage vote", candidates=4, hours=24)
    (poll,) = polls_in(channel)
    await alice.set_poll_votes(poll, answers=[3])
    running = await alice.slash(channel, "group")
    await env.advance_time(A_DAY + 60)
    decided = await alice.slash(channel, "group")
    await until(MONDAY)

    (post,) = posts_in(channel)
    assert "[Vote for <t:" in text_of(running)
    assert "BERT · 🗳️ won the vote" in text_of(decided)
    assert "Vote for" not in text_of(decided)
    assert title_of(post).startswith("BERT")
    assert "It won the vote." in text_of(post)


async def test_without_votes_the_list_goes_on(group, moderator, channel, until):
    await moderator.slash(channel, "manage vote")
    await until(MONDAY)

    (post,) = posts_in(channel)
    assert title_of(post) == "Attention Is All You Need"
    assert "It won the vote." not in text_of(post)


async def test_a_vote_survives_a_restart(group, moderator, alice, env, channel, until, restart):
    await moderator.slash(channel, "manage vote", hours=24)
    (poll,) = polls_in(channel)
    await alice.set_poll_votes(poll, answers=[2])

    await restart()
    await until(MONDAY)

    assert len(polls_in(channel)) == 1
    assert title_of(posts_in(channel)[0]).startswith("Improving Language")


async def test_who_wants_to_know_more_opens_a_candidate(group, moderator, alice, channel):
    await moderator.slash(channel, "manage vote")
    (card,) = candidates_in(channel)

    opened = await alice.select(card, options_of(card)[1:2], custom_id=select_of(card))

    assert opened.response.ephemeral
    assert "Improving Language" in text_of(opened)


async def test_a_vote_that_is_called_off_ends_its_poll(
    group, moderator, alice, env, channel, until
):
    called = await moderator.slash(channel, "manage vote")
    (poll,) = polls_in(channel)
    await alice.set_poll_votes(poll, answers=[2])

    off = await moderator.click(called.response.message, label="Cancel vote")
    ended = polls_in(channel)[0].poll.is_finalised()
    await until(MONDAY)

    (card,) = called_off_in(channel)
    assert "is cancelled" in text_of(off)
    assert f"The vote for <t:{int(MONDAY.timestamp())}:F> is cancelled" in text_of(card)
    assert "2. GPT-1" in text_of(card)
    assert candidates_in(channel) == []
    assert all("Vote in the poll" not in text_of(message) for message in channel.history())
    assert "Pause" in labels_of(off)
    assert ended
    assert title_of(posts_in(channel)[0]) == "Attention Is All You Need"


async def test_a_card_that_may_not_be_changed_says_later_that_its_vote_is_cancelled(
    group, moderator, env, channel
):
    called = await moderator.slash(channel, "manage vote")
    path = f"/channels/{channel.id}/messages/*"
    env.inject_error("PATCH", path, status=403, code=50001, times=1)

    await moderator.click(called.response.message, label="Cancel vote")
    at_once = called_off_in(channel)
    await env.advance_time(AN_HOUR + 60)

    assert at_once == []
    assert len(called_off_in(channel)) == 1


async def test_the_groups_card_calls_a_vote_off_too(group, moderator, channel):
    await moderator.slash(channel, "manage vote")
    card = await moderator.slash(channel, "manage group")

    await moderator.click(card.response.message, label="Cancel vote")
    after = await moderator.slash(channel, "manage group")

    assert polls_in(channel)[0].poll.is_finalised()
    assert "Cancel vote" not in labels_of(after)


async def test_stopping_the_group_ends_the_poll(group, moderator, env, channel):
    await moderator.click(group.response.message, label="First paper now")
    await env.advance_time(A_DAY * 5)
    await moderator.slash(channel, "manage vote", hours=24)
    await env.advance_time(AN_HOUR)
    card = await moderator.slash(channel, "manage group")

    await moderator.click(card.response.message, label="More")
    await moderator.click(card.response.message, label="Stop")
    await env.advance_time(60)

    assert polls_in(channel)[0].poll.is_finalised()
    assert "is cancelled" in text_of(called_off_in(channel)[0])


async def test_what_is_wrong_is_told_with_what_to_do(group, moderator, channel, guild, env):
    deny = discord.PermissionOverwrite(send_polls=False)
    elsewhere = guild.create_text_channel("no-polls", overwrites={guild.me: deny})
    too_long = await moderator.slash(channel, "manage vote", hours=104)
    no_polls = await moderator.slash(elsewhere, "manage vote")
    await moderator.slash(channel, "manage vote")
    twice = await moderator.slash(channel, "manage vote")
    await env.advance_time(A_DAY * 2 + 60)
    decided = await moderator.slash(channel, "manage vote", hours=2)

    assert "this one can run for 1 to 103 hours" in text_of(too_long)
    assert "I need Send Polls" in text_of(no_polls)
    assert "already voting on that week" in text_of(twice)
    assert "has voted on that week" in text_of(decided)
    assert polls_in(elsewhere) == []
    assert len(env.errors) == 4


async def test_shortly_before_its_slot_no_vote_is_called(group, moderator, channel, env):
    await env.advance_time((MONDAY - env.now()).total_seconds() - 2 * AN_HOUR)

    near = await moderator.slash(channel, "manage vote", hours=1)

    assert "is too soon for that" in text_of(near)
    assert polls_in(channel) == []
    assert env.errors


async def test_a_poll_whose_answer_was_lost_is_not_sent_twice(group, moderator, channel, env):
    await moderator.slash(channel, "manage vote")
    async with env.bot.services.db.transaction() as tx:
        await tx.fetch(
            "UPDATE outbox SET state = 'claimed', message_id = NULL, lease_until = due_at"
            " WHERE kind IN ('candidates', 'poll')"
        )
        await tx.fetch("UPDATE votes SET message_id = NULL")

    await env.bot.engine.deliver_due()
    status = await env.bot.services.groups.status(channel.id, None)

    assert len(candidates_in(channel)) == 1
    assert len(polls_in(channel)) == 1
    assert status.vote.message_id == polls_in(channel)[0].id


async def test_a_poll_that_was_deleted_leaves_the_order_of_the_list(
    group, moderator, alice, channel, env, until
):
    await moderator.slash(channel, "manage vote", hours=24)
    (poll,) = polls_in(channel)
    await alice.set_poll_votes(poll, answers=[3])
    await env.bot.get_partial_messageable(channel.id).get_partial_message(poll.id).delete()

    await until(MONDAY)

    assert title_of(posts_in(channel)[0]) == "Attention Is All You Need"


@pytest.mark.parametrize(("status", "code"), [(403, 50013), (404, 0)])
async def test_a_result_that_cannot_be_read_at_first_is_read_later(
    group, moderator, alice, channel, env, until, status, code
):
    await moderator.slash(channel, "manage vote", hours=24)
    (poll,) = polls_in(channel)
    await alice.set_poll_votes(poll, answers=[3])
    route = f"/channels/{channel.id}/messages/{poll.id}"
    env.inject_error("GET", route, status=status, code=code, times=3)

    await until(MONDAY)

    assert title_of(posts_in(channel)[0]).startswith("BERT")


async def test_a_result_that_can_never_be_read_leaves_the_order_of_the_list(
    group, moderator, alice, channel, env, until
):
    await moderator.slash(channel, "manage vote", hours=72)
    (poll,) = polls_in(channel)
    await alice.set_poll_votes(poll, answers=[3])
    route = f"/channels/{channel.id}/messages/{poll.id}"
    env.inject_error("GET", route, status=403, code=50013, times=None)

    await until(MONDAY + timedelta(minutes=1))

    assert title_of(posts_in(channel)[0]) == "Attention Is All You Need"


async def test_a_second_tap_calls_no_vote_off(group, moderator, channel):
    await moderator.slash(channel, "manage vote")
    card = await moderator.slash(channel, "manage group")
    await moderator.click(card.response.message, label="Pause")

    slip = await moderator.click(card.response.message, label="Cancel vote")

    assert "so I did nothing" in text_of(slip)
    assert not polls_in(channel)[0].poll.is_finalised()


@pytest.mark.parametrize(("label", "then"), [("Close now", "Pause"), ("Cancel vote", "Skip next")])
async def test_a_second_tap_where_a_votes_button_stood_changes_nothing(
    group, moderator, channel, env, label, then
):
    await moderator.slash(channel, "manage vote", hours=24)
    card = (await moderator.slash(channel, "manage group")).response.message
    await moderator.click(card, label=label)

    second = await moderator.click(card, label=then)

    after = text_of(await moderator.slash(channel, "manage group"))
    assert "so I did nothing" in text_of(second)
    assert "Paused" not in after
    assert "skipped" not in after


async def test_what_more_opens_can_be_tapped_at_once(group, moderator, channel):
    await moderator.slash(channel, "manage vote", hours=24)
    card = (await moderator.slash(channel, "manage group")).response.message
    await moderator.click(card, label="More")

    posted = await moderator.click(card, label="First paper now")

    assert "[thread](https://" in text_of(posted)


async def test_only_who_called_the_vote_uses_its_card(group, moderator, channel, env, guild):
    called = await moderator.slash(channel, "manage vote")
    await env.advance_time(A_DAY + 1)

    late = await moderator.click(called.response.message, label="Cancel vote")

    assert "can't be used any more" in text_of(late)
    assert not polls_in(channel)[0].poll.is_finalised()


async def test_a_member_cannot_call_a_vote_off_by_a_button_with_their_own_id(
    group, moderator, alice, channel, env
):
    called = await moderator.slash(channel, "manage vote")
    vote_id = custom_id_of(called, "Cancel vote").split(":")[1]
    answer = await pressed(env, channel, alice, f"vote-cancel:{vote_id}:{alice.id}")
    others = await alice.click(
        await forged(env, channel, f"vote-cancel:{vote_id}:1"), label="Press"
    )

    assert "This card can't be used any more" in text_of(answer)
    assert "Something went wrong" not in text_of(others)
    assert not polls_in(channel)[0].poll.is_finalised()


@pytest.mark.parametrize("number", [0, 2**63 - 1, 2**63, 10**19 - 1])
async def test_a_vote_that_never_was_is_answered_in_words(alice, channel, env, number):
    answer = await pressed(env, channel, alice, f"vote-cancel:{number}:{alice.id}")

    assert text_of(answer)
    assert "Something went wrong" not in text_of(answer)


@pytest.mark.parametrize("times", [1, 3])
async def test_trouble_at_discord_brings_one_of_each(group, moderator, channel, env, times):
    env.inject_error("POST", f"/channels/{channel.id}/messages", status=502, times=times)

    await moderator.slash(channel, "manage vote")
    await env.advance_time(AN_HOUR)

    assert len(candidates_in(channel)) == 1
    assert len(polls_in(channel)) == 1


async def test_a_poll_that_may_be_there_when_its_vote_is_called_off_is_found_and_ended(
    group, moderator, channel, env
):
    called = await moderator.slash(channel, "manage vote")
    async with env.bot.services.db.transaction() as tx:
        await tx.fetch(
            "UPDATE outbox SET state = 'claimed', message_id = NULL, lease_until = due_at"
            " WHERE kind = 'poll'"
        )
        await tx.fetch("UPDATE votes SET message_id = NULL")

    await moderator.click(called.response.message, label="Cancel vote")
    await env.advance_time(AN_HOUR)

    assert polls_in(channel)[0].poll.is_finalised()


async def test_the_poll_of_a_vote_called_off_is_not_taken_for_the_next_one_s(
    group, moderator, channel, env
):
    """Both ask the same: what is read on that day."""
    called = await moderator.slash(channel, "manage vote", hours=24)
    await moderator.click(called.response.message, label="Cancel vote")
    await moderator.slash(channel, "manage vote", hours=24)
    async with env.bot.services.db.transaction() as tx:
        await tx.fetch(
            "UPDATE outbox SET state = 'claimed', message_id = NULL, lease_until = due_at"
            " WHERE kind = 'poll' AND reference IN (SELECT CAST(vote_id AS TEXT) FROM votes)"
        )
        await tx.fetch("UPDATE votes SET message_id = NULL")

    await env.bot.engine.deliver_due()
    status = await env.bot.services.groups.status(channel.id, None)

    ended, running = polls_in(channel)
    assert ended.poll.is_finalised()
    assert status.vote.message_id == running.id


# Votes that come to nothing


def told(moderator):
    dm = moderator.user.dm_channel
    return [text_of(message) for message in dm.history()] if dm else []


async def test_a_vote_whose_poll_is_gone_is_told_on_the_card_and_once_to_who_called_it(
    group, moderator, alice, channel, env, until
):
    await moderator.slash(channel, "manage vote", hours=24)
    (poll,) = polls_in(channel)
    await env.bot.get_partial_messageable(channel.id).get_partial_message(poll.id).delete()
    await env.advance_time(A_DAY + 60)
    cards = [text_of(await who.slash(channel, "group")) for who in (moderator, alice)]
    await until(MONDAY)
    after = text_of(await moderator.slash(channel, "manage group"))

    for card in cards:
        assert "has no result." in card
    assert "I couldn't read its poll in time." in cards[0]
    assert "The list's own order counts instead." in cards[1]
    assert "The list's own order counted instead." in after
    assert len([text for text in told(moderator) if "has no result" in text]) == 1
    assert f"<#{channel.id}>" in told(moderator)[0]


async def test_a_vote_that_discord_refuses_is_told_with_what_to_do(group, moderator, channel, env):
    env.inject_error("POST", f"/channels/{channel.id}/messages", status=403, code=50013, times=1)

    await moderator.slash(channel, "manage vote")
    card = await moderator.slash(channel, "manage group")

    assert "has no result. Its poll couldn't be sent." in text_of(card)
    assert "Discord doesn't let me post there: check my permissions" in text_of(card)
    assert "Cancel vote" not in labels_of(card)
    assert len(told(moderator)) == 1


async def test_a_vote_without_the_permission_waits_for_it_and_says_so(
    group, moderator, channel, guild, env, made_bots, restart
):
    overwrite = discord.PermissionOverwrite(send_polls=False)
    await env.bot.get_channel(channel.id).set_permissions(guild.me, overwrite=overwrite)
    await env.bot.services.votes.call(guild.id, channel.id, moderator.user.id, 3, 48)
    await env.bot.engine.deliver_due()
    env.bot.ticker.look_again()
    await env.advance_time(10 * 60)
    waiting = text_of(await moderator.slash(channel, "group"))
    here = env.bot.get_channel(channel.id)
    await here.set_permissions(guild.me, overwrite=None)
    mended = text_of(await moderator.slash(channel, "group"))
    await here.set_permissions(guild.me, overwrite=overwrite)
    await env.advance_time(AN_HOUR)  # it tries again and again; for the rest of the day, unseen
    made_bots[-1].ticker.cancel()
    await env.advance_time(A_DAY)
    await restart()
    await env.advance_time(60)
    lost = text_of(await moderator.slash(channel, "group"))

    assert "isn't posted yet. I need Send Polls in the channel." in waiting
    assert "is being posted" in mended
    assert "Its poll couldn't be sent. I need Send Polls in the channel." in lost
    assert "I need Send Polls" in told(moderator)[0]


async def test_a_vote_whose_message_is_neither_there_nor_certainly_not_is_told_as_such(
    group, moderator, channel, guild, env
):
    env.inject_error("POST", f"/channels/{channel.id}/messages", status=502, times=1)
    await moderator.slash(channel, "manage vote")
    overwrite = discord.PermissionOverwrite(read_message_history=False)
    await env.bot.get_channel(channel.id).set_permissions(guild.me, overwrite=overwrite)

    await env.advance_time(10 * 60)
    card = await moderator.slash(channel, "group")

    assert "has no result. I don't know whether its poll was sent." in text_of(card)


async def test_another_vote_takes_the_place_of_one_that_came_to_nothing(
    group, moderator, channel, env
):
    env.inject_error("POST", f"/channels/{channel.id}/messages", status=403, code=50013, times=1)
    await moderator.slash(channel, "manage vote")

    await moderator.slash(channel, "manage vote")
    voting = text_of(await moderator.slash(channel, "group"))

    assert "has no result" not in voting
    assert "[Vote for <t:" in voting


async def test_a_vote_that_came_to_nothing_is_no_news_once_a_moderator_has_picked(
    group, moderator, channel, env
):
    env.inject_error("POST", f"/channels/{channel.id}/messages", status=403, code=50013, times=1)
    await moderator.slash(channel, "manage vote")

    await moderator.slash(channel, "manage pick", resource="LoRA")

    assert "has no result" not in text_of(await moderator.slash(channel, "group"))


async def test_a_week_that_is_voted_on_has_no_paper_yet(group, moderator, alice, channel):
    await moderator.slash(channel, "manage vote")
    voting = text_of(await alice.slash(channel, "group"))
    await moderator.slash(channel, "manage pick", resource="LoRA")

    picked = text_of(await alice.slash(channel, "group"))

    first = f"<t:{int(MONDAY.timestamp())}:d> "
    assert f"{first}🗳️ vote is open" in voting
    assert f"{first}LoRA · 📌" in picked


async def test_trouble_at_discord_only_delays_that_a_vote_is_called_off(
    group, moderator, channel, env
):
    called = await moderator.slash(channel, "manage vote")
    env.inject_error("PATCH", "/channels/*/messages/*", status=500)

    await moderator.click(called.response.message, label="Cancel vote")
    before = called_off_in(channel)
    await env.advance_time(10 * 60)

    assert before == []
    assert len(called_off_in(channel)) == 1


async def test_a_vote_that_is_closed_counts_at_once(group, moderator, alice, env, channel, until):
    called = await moderator.slash(channel, "manage vote")
    (poll,) = polls_in(channel)
    await alice.set_poll_votes(poll, answers=[2])

    closed = await moderator.click(called.response.message, label="Close now")
    said, ended = text_of(closed), polls_in(channel)[0].poll.is_finalised()
    await until(MONDAY)

    assert "is closed" in said
    assert "GPT-1 · 🗳️ won the vote" in said
    assert ended
    assert called_off_in(channel) == []
    assert title_of(posts_in(channel)[0]).startswith("Improving Language")


async def test_a_closed_vote_that_discord_does_not_end_is_ended_and_counted_later(
    group, moderator, alice, env, channel
):
    called = await moderator.slash(channel, "manage vote")
    (poll,) = polls_in(channel)
    await alice.set_poll_votes(poll, answers=[2])
    env.inject_error("POST", "/channels/*/polls/*/expire", status=500)

    await moderator.click(called.response.message, label="Close now")
    before = polls_in(channel)[0].poll.is_finalised()
    await env.advance_time(6 * 60)

    assert not before
    assert polls_in(channel)[0].poll.is_finalised()
    assert "GPT-1 · 🗳️ won the vote" in text_of(await alice.slash(channel, "group"))


@pytest.mark.parametrize("left", [5, 24, 49, 60])
async def test_by_default_a_vote_closes_in_time_for_its_paper(group, moderator, channel, env, left):
    await env.advance_time((MONDAY - env.now()).total_seconds() - left * AN_HOUR)

    called = await moderator.slash(channel, "manage vote")

    (poll,) = polls_in(channel)
    assert "votes on what it reads" in text_of(called)
    assert poll.poll.expires_at <= MONDAY - timedelta(hours=1)
    assert poll.poll.duration == timedelta(hours=min(48, left - 2))


@pytest.mark.parametrize("is_decided", [False, True])
async def test_a_vote_on_a_week_that_the_first_paper_passes_by_is_called_off_or_comes_now(
    group, moderator, alice, channel, env, until, is_decided
):
    await until(MONDAY - timedelta(days=3))
    await moderator.slash(channel, "manage vote", hours=24)
    (poll,) = polls_in(channel)
    await alice.set_poll_votes(poll, answers=[3])
    await env.advance_time(A_DAY + AN_HOUR if is_decided else AN_HOUR)
    card = (await moderator.slash(channel, "manage group")).response.message
    if not is_decided:
        await moderator.click(card, label="More")
        await env.advance_time(4)

    await moderator.click(card, label="First paper now")
    await env.advance_time(60)

    (post,) = posts_in(channel)
    assert title_of(post).startswith("BERT" if is_decided else "Attention")
    assert len(called_off_in(channel)) == (0 if is_decided else 1)


FOUR_WEEKS_ON = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)


async def test_a_vote_on_named_candidates_for_a_week_ahead(
    group, moderator, alice, env, channel, until
):
    called = await moderator.slash(
        channel, "manage vote", resources="GPT-2, Llama 2 and BERT", date="2 Feb"
    )
    told, (poll,) = text_of(called), polls_in(channel)
    await alice.set_poll_votes(poll, answers=[2])
    await env.advance_time(2 * A_DAY + 60)
    seen = text_of(await alice.slash(channel, "group"))
    await until(FOUR_WEEKS_ON)

    papers = [title_of(post) for post in posts_in(channel)]
    assert f"votes on what it reads on <t:{int(FOUR_WEEKS_ON.timestamp())}:F>" in told
    assert [line[:9] for line in told.splitlines()[1:4]] == ["1. GPT-2", "2. Llama ", "3. BERT"]
    assert "Until the poll closes, none of these comes earlier." in told
    assert poll.poll.question == "What do we read on Mon 2 Feb 2026?"
    assert "Vote for" not in seen
    assert papers[0] == "Attention Is All You Need"
    assert "Llama 2" in papers[4]
    assert [paper for paper in papers[:4] if "Llama" in paper] == []


async def test_a_moderator_elsewhere_names_the_groups_channel(
    group, moderator, channel, guild, env
):
    elsewhere = guild.create_text_channel("elsewhere")

    called = await moderator.slash(elsewhere, "manage vote", channel=channel)
    nobody = await moderator.slash(elsewhere, "manage vote")

    assert f"<#{channel.id}> votes on" in text_of(called)
    assert (len(polls_in(channel)), polls_in(elsewhere)) == (1, [])
    assert "Moderators can make one with `/manage group`" in text_of(nobody)
    assert len(env.errors) == 1


async def test_what_is_unclear_about_a_vote_is_asked_and_all_else_is_kept(
    group, moderator, channel, env
):
    asked = await moderator.slash(
        channel, "manage vote", resources="LoRA, BERT", hours=5, date="someday"
    )
    told, weeks = text_of(asked), options_of(asked)
    called = await moderator.select(asked.response.message, weeks[2:3], custom_id=select_of(asked))

    (poll,) = polls_in(channel)
    assert "I don't know which day “someday” is. Pick a week" in told
    assert "<t:" in text_of(called)
    assert "The poll runs for 5 hours." in text_of(called)
    assert [answer.text for answer in poll.poll.answers] == ["1. LoRA", "2. BERT"]
    assert poll.poll.question == "What do we read on Mon 19 Jan 2026?"
    assert len(env.errors) == 1


async def test_names_and_weeks_that_will_not_do_are_told_with_what_to_do(
    group, moderator, channel, env
):
    async def told(**said):
        return text_of(await moderator.slash(channel, "manage vote", **said))

    assert "Nothing on the list fits “qwertz”" in await told(resources="BERT, qwertz")
    assert "only helps with another" in await told(resources="The Illustrated Transformer, BERT")
    many = "BERT, GPT-1, GPT-2, GPT-3, LoRA, Llama 2"
    assert "I can take only 5 names at once." in await told(resources=many)
    assert "more than a year away" in await told(date="2027-06-01")
    assert "That week is over." in await told(date="2025-12-01")
    assert "Name two or more with `resources`" in await told(date="2026-12-01")
    assert polls_in(channel) == []
    assert len(env.errors) == 6


async def test_of_several_votes_the_card_shows_the_next_and_more_shows_and_ends_all(
    group, moderator, alice, channel
):
    await moderator.slash(channel, "manage vote", resources="GPT-2, GPT-3", date="2026-03-02")
    await moderator.slash(channel, "manage vote")
    card = await moderator.slash(channel, "manage group")
    folded = text_of(card)
    more = await moderator.click(card.response.message, label="More")
    opened, select = text_of(more), select_of(more)
    options = option_labels_of(more)[:2]
    ended = await moderator.select(card.response.message, options_of(more)[1:2], custom_id=select)

    assert folded.count("[Vote for <t:") == 1
    assert "and 1 more vote" in folded
    assert opened.count("[Vote for <t:") == 2
    assert options == ["Close now: Mon 2 Mar 2026", "Cancel: Mon 2 Mar 2026"]
    assert "The vote for <t:1772442000:F>" in text_of(ended)
    assert "and 1 more vote" not in text_of(ended)
    assert sorted(poll.poll.is_finalised() for poll in polls_in(channel)) == [False, True]
    assert len(called_off_in(channel)) == 1


async def test_one_of_several_votes_is_closed_and_counted(group, moderator, alice, channel):
    await moderator.slash(channel, "manage vote")
    await moderator.slash(channel, "manage vote", resources="GPT-2, GPT-3", date="2026-01-19")
    (poll,) = [p for p in polls_in(channel) if "19 Jan" in p.poll.question]
    await alice.set_poll_votes(poll, answers=[2])
    card = await moderator.slash(channel, "manage group")
    more = await moderator.click(card.response.message, label="More")

    closed = await moderator.select(
        card.response.message, options_of(more)[:1], custom_id=select_of(more)
    )
    seen = text_of(await alice.slash(channel, "group"))

    assert "is closed" in text_of(closed)
    assert "GPT-3 · 🗳️ won the vote" in text_of(
        await moderator.click(
            (await moderator.slash(channel, "manage group")).response.message, label="More"
        )
    )
    assert "[Vote for <t:" in seen


async def test_names_are_completed_one_after_another(group, moderator, channel, guild):
    async def offered(typed, where=channel, **others):
        found = await moderator.autocomplete(where, "manage vote", "resources", typed, **others)
        return [choice["value"] for choice in found]

    elsewhere = guild.create_text_channel("elsewhere")

    assert (await offered("lor"))[0] == "LoRA"
    assert (await offered("LoRA, gpt-2"))[:2] == ["LoRA, gpt-2", "LoRA, GPT-2"]
    assert (await offered("LoRA and gpt-2"))[1] == "LoRA, GPT-2"
    assert all(each.startswith("LoRA, ") for each in await offered("LoRA, "))
    assert "LoRA, LoRA" not in await offered("LoRA, lor")
    assert await offered("lor", elsewhere) == []
    assert (await offered("lor", elsewhere, channel=channel))[0] == "LoRA"


async def test_what_may_surprise_about_named_candidates_is_told(
    group, moderator, channel, until, env
):
    await until(MONDAY)
    await moderator.slash(channel, "manage pick", resource="LoRA", date="2026-03-02")
    await moderator.slash(channel, "manage vote", resources="GPT-2, GPT-3", date="2026-02-02")
    both = text_of(
        await moderator.slash(channel, "manage vote", resources="GPT-2, BERT", date="2026-02-09")
    )

    called = text_of(
        await moderator.slash(
            channel, "manage vote", resources="Attention Is All You Need, LoRA, GPT-2"
        )
    )

    assert "⚠️ Also in another vote: GPT-2 (<t:1770022800:d>)." in both
    assert "⚠️ Chosen for another week: LoRA (<t:1772442000:d>)." in called
    assert "⚠️ Already read here: Attention Is" in called
