"""A member who floods slows nobody else down: at both doors, before anything is read."""

import shutil

import discord
import pytest

from bot.app import NextreadBot
from bot.core.limits import Limits
from bot.services.opening import services_over
from bot.store.database import Queries, open_database
from tests.seen import text_of

AT_ONCE = 20


class Counted(Queries):
    """A database that counts what it is asked."""

    def __init__(self, db) -> None:
        self._db = db
        self.is_shared, self.is_well = db.is_shared, db.is_well
        self.migrating, self.checkpoint, self.close = db.migrating, db.checkpoint, db.close
        self.asked = 0

    async def fetch(self, sql, *args):
        self.asked += 1
        return await self._db.fetch(sql, *args)

    def transaction(self):
        self.asked += 1
        return self._db.transaction()


@pytest.fixture
async def simcord_bot(tmp_path, base, new_ledger):
    shutil.copy(new_ledger, tmp_path / "bot.db")

    async def opening():
        db = Counted(await open_database(f"sqlite:///{tmp_path / 'bot.db'}"))
        return await services_over(db, base, discord.utils.utcnow)

    bot = NextreadBot(opening, shard_count=1, limits=Limits())
    yield bot
    await bot.close()


@pytest.fixture
def asked(env):
    """Return what counts what the database was asked since the last time."""
    seen = 0

    def since():
        nonlocal seen
        asked, seen = env.bot.services.db.asked - seen, env.bot.services.db.asked
        return asked

    return since


async def flood(member, channel, times=AT_ONCE):
    return [await member.slash(channel, "next") for _ in range(times)]


async def test_what_one_member_floods_with_reaches_no_service(alice, bob, channel, asked):
    quiet = await bob.slash(channel, "next")
    asked()
    await flood(alice, channel)
    in_time = asked()

    refused = await flood(alice, channel, times=480)
    nothing = asked()
    card = await bob.slash(channel, "next")

    assert in_time
    assert nothing == 0
    assert all(each.ephemeral for each in refused)
    assert {text_of(each) for each in refused} <= {
        "Slow down a little: try again in 1 second.",
    }
    assert text_of(card) == text_of(quiet)


async def test_who_slows_down_is_answered_again(alice, channel, env):
    await flood(alice, channel)
    refused = await alice.slash(channel, "next")

    await env.advance_time(1)
    card = await alice.slash(channel, "next")

    assert "Slow down" in text_of(refused)
    assert "Attention Is All You Need" in text_of(card)


async def test_a_click_too_many_leaves_its_card_as_it_is(alice, channel, asked):
    card, *_ = await flood(alice, channel)
    before = text_of(card.response.message)
    asked()

    refused = await alice.click(card.response.message, label="Done")

    assert "Slow down a little" in text_of(refused)
    assert refused.ephemeral
    assert text_of(card.response.message) == before
    assert asked() == 0


async def test_a_member_floods_in_all_servers_alike(alice, channel, env, guild):
    other = env.create_guild("Other")
    there = other.create_text_channel("reading")
    also_alice = other.add_member(alice.user)
    await flood(alice, channel)

    refused = await also_alice.slash(there, "next")

    assert "Slow down" in text_of(refused)


async def test_moderators_are_people_too(moderator, channel):
    await flood(moderator, channel)

    refused = await moderator.slash(channel, "manage inbox")

    assert "Slow down" in text_of(refused)


async def test_it_is_said_in_the_readers_language(alice, channel, env):
    emit = env.backend.emit
    env.backend.emit = lambda event, payload: emit(event, {**payload, "locale": "ko"})
    await flood(alice, channel)

    refused = await alice.slash(channel, "next")

    assert text_of(refused) == "조금만 천천히요. 1초 뒤에 다시 해 주세요."


async def test_choices_have_a_limit_of_their_own_and_end_with_none(alice, channel, env, asked):
    await flood(alice, channel)
    offered = await alice.autocomplete(channel, "search", "query", "bert")
    for _ in range(70):
        last = await alice.autocomplete(channel, "search", "query", "bert")
    asked()

    none = await alice.autocomplete(channel, "search", "query", "bert")

    assert offered
    assert last == none == []
    assert asked() == 0


async def test_a_quick_reader_never_meets_it(alice, channel, env):
    for _ in range(3 * AT_ONCE):
        await env.advance_time(1)
        card = await alice.slash(channel, "next")
        assert "Slow down" not in text_of(card)

    for _ in range(3):
        await env.advance_time(1)
        answer = await alice.click(card.response.message, label="Done")
        assert "Slow down" not in text_of(answer)
