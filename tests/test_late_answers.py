"""An answer that would be late for Discord is deferred first, at both doors alike."""

import asyncio
import shutil
from contextlib import asynccontextmanager

import discord
import pytest

from bot.app import NextreadBot
from bot.errors import LedgerError
from bot.services.opening import services_over
from bot.store.database import Queries, open_database
from tests.seen import labels_of, text_of, title_of

A_MOMENT = 4
"""Seconds: after so long a tap isn't taken for a slip."""


class Slow(Queries):
    """A database that takes so many seconds to read, by the test's clock."""

    def __init__(self, db) -> None:
        self._db = db
        self.is_shared, self.is_well = db.is_shared, db.is_well
        self.migrating = db.migrating
        self.checkpoint, self.close = db.checkpoint, db.close
        self.seconds = self.seconds_to_write = 0
        self.is_lost = False

    async def fetch(self, sql, *args):
        if self.seconds:
            await asyncio.sleep(self.seconds)
        if self.is_lost:
            raise LedgerError("lost", "gone")
        return await self._db.fetch(sql, *args)

    @asynccontextmanager
    async def transaction(self):
        await asyncio.sleep(self.seconds_to_write)
        async with self._db.transaction() as tx:
            yield tx


@pytest.fixture
async def simcord_bot(tmp_path, base, new_ledger):
    shutil.copy(new_ledger, tmp_path / "bot.db")

    async def opening():
        db = Slow(await open_database(f"sqlite:///{tmp_path / 'bot.db'}"))
        return await services_over(db, base, discord.utils.utcnow)

    bot = NextreadBot(opening, shard_count=1)
    yield bot
    await bot.close()


@pytest.fixture
def slow(env):
    """Return what makes each reading take so long from now on."""

    def make(seconds):
        env.bot.services.db.seconds = seconds

    return make


async def test_an_answer_in_time_is_not_deferred(alice, channel, env, slow):
    slow(1)

    card = await alice.slash(channel, "next")
    await env.advance_time(1)
    await env.advance_time(2)

    assert not card.deferred
    assert card.ephemeral
    assert "Attention Is All You Need" in text_of(card)


async def test_a_late_answer_to_a_command_is_deferred_and_seen_by_who_asked_alone(
    alice, channel, env, slow
):
    slow(5)

    card = await alice.slash(channel, "next")
    await env.advance_time(2)
    was_deferred, was_answered = card.deferred, bool(card.followups)
    await env.advance_time(3)

    assert (was_deferred, was_answered) == (True, False)
    assert card.ephemeral
    assert "Attention Is All You Need" in text_of(card)


async def test_a_late_click_replaces_its_own_card_still(alice, channel, env, slow):
    card = await alice.slash(channel, "progress")
    card = await alice.click(card.response.message, label="More")
    await env.advance_time(A_MOMENT)
    slow(5)

    clicked = await alice.click(card.response.message, label="Tell me what you know")
    await env.advance_time(2)
    was_acknowledged = clicked.acknowledged
    await env.advance_time(10)

    assert was_acknowledged
    assert clicked.followups == []
    assert "What do you know already?" in text_of(card.response)


async def test_late_progress_that_is_shared_is_seen_by_all(alice, channel, env, slow):
    slow(5)

    asked = await alice.slash(channel, "progress", share=True)
    await env.advance_time(2)
    was_deferred = asked.deferred
    await env.advance_time(15)

    (shared,) = asked.followups
    assert was_deferred
    assert not shared.ephemeral
    assert text_of(shared) == text_of(asked)
    assert "0 of" in text_of(shared)


async def test_a_late_error_is_seen_by_who_asked_alone_who_meant_to_share(
    alice, channel, env, slow
):
    slow(2)
    env.bot.services.db.is_lost = True

    asked = await alice.slash(channel, "progress", share=True)
    await env.advance_time(3)
    env.bot.services.db.is_lost = False

    assert asked.ephemeral
    assert asked.followups == []
    assert "I can't reach my database" in text_of(asked)
    assert len(env.errors) == 1


async def test_a_tap_soon_after_a_late_card_came_may_be_a_slip(alice, channel, env, slow):
    card = await alice.slash(channel, "next")
    await env.advance_time(A_MOMENT)
    env.bot.services.db.seconds_to_write = 5
    await alice.click(card.response.message, label="Done")
    while title_of(card.response) == "Attention Is All You Need":
        await env.advance_time(1)
    env.bot.services.db.seconds_to_write = 0

    await alice.click(card.response.message, label="Done")

    assert text_of(card.response).startswith("You just marked **Attention Is All You Need**.")


async def test_a_form_opens_though_discord_does_not_say_who_may(
    moderator, channel, env, monkeypatch
):
    card = await moderator.slash(channel, "manage edit", resource="BERT")

    async def hang(*asked):
        await asyncio.sleep(60)

    monkeypatch.setattr(env.bot.http, "get_application_command_permissions", hang)
    clicked = await moderator.click(card.response.message, label="Edit texts")
    await env.advance_time(3)

    assert clicked.modal is not None


async def test_a_form_that_would_come_too_late_is_asked_for_again(alice, channel, env, slow):
    await alice.slash(channel, "done", resource="BERT")
    card = await alice.slash(channel, "progress")
    card = await alice.click(card.response.message, label="More")
    await env.advance_time(A_MOMENT)
    slow(5)

    clicked = await alice.click(card.response.message, label="Reset…")
    await env.advance_time(15)

    assert clicked.modal is None
    assert "I can't open the form" in text_of(clicked.followups[-1])
    assert "Reset…" in labels_of(card.response)
