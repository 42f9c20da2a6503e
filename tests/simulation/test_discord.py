from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from discord import ui

from bot.outbox.discord import UNKNOWN_MESSAGE, RefusedError
from tests.simulation.discord import Channel, Discord, Guild


@pytest.fixture
def world():
    """The time, and a Discord with one channel in which messages are counted."""

    class Time:
        now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    made = []
    discord = Discord(
        lambda: Time.now,
        Random(1),
        None,
        lambda message, *_: made.append(message),
        lambda _: 0,
        print,
    )
    guild = Guild(discord.new_id(), "Study room", Time.now)
    channel = discord.places[7] = Channel(7, guild, "text")
    return Time, discord, channel, made


def send(discord, nonce, **more):
    view = ui.LayoutView()
    view.add_item(ui.TextDisplay("Words."))
    return discord.send(7, view, nonce, None, **more)


async def test_a_nonce_is_remembered_for_a_while_even_of_what_is_deleted(world):
    time, discord, _, made = world

    first, again, other = send(discord, "n1"), send(discord, "n1"), send(discord, "n2")
    discord.delete(made[0])
    with pytest.raises(RefusedError) as deleted:
        send(discord, "n1")
    time.now += discord.nonce_lasts
    anew = send(discord, "n1")

    assert first == again != other
    assert deleted.value.code == UNKNOWN_MESSAGE
    assert [message.message_id for message in made] == [first, other, anew]


async def test_a_history_that_may_not_be_read_is_empty(world):
    _, discord, channel, made = world
    send(discord, "n1")

    seen = discord.history(7)
    channel.held.discard("read_message_history")

    assert seen == made
    assert discord.history(7) == []
    assert discord.was_closed == {7}


async def test_without_history_only_a_reply_is_refused(world):
    _, discord, channel, made = world
    send(discord, "n1", is_reply=True)
    channel.held.discard("read_message_history")

    with pytest.raises(RefusedError) as refused:
        send(discord, "n2", is_reply=True)
    send(discord, "n3")

    assert (refused.value.code, refused.value.problem) == (160002, "discord_trouble")
    assert len(made) == 2


async def test_more_than_discord_takes_in_a_second_is_refused(world):
    time, discord, _, _ = world
    for _ in range(50):
        discord.take_request()

    with pytest.raises(RefusedError) as refused:
        discord.take_request()
    time.now += timedelta(seconds=1)
    discord.take_request()

    assert refused.value.problem == "rate_limited"
