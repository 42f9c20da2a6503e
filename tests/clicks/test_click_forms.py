"""Forms: Discord never says that one was dismissed, so they are forgotten by themselves."""

import pytest

from bot.views.parts import OPEN_FOR
from tests.seen import text_of

FOURTEEN_MINUTES = 14 * 60
BERT = "jump-into-llm:bert"


@pytest.fixture
async def open_form(env, guild, channel, moderator, restart):
    """Return what opens each form that there is, by the label of its button."""
    env.backend.get_guild(guild.id).system_channel_id = channel.id
    await restart()
    await env.settle()
    hello = channel.last_message

    async def press(card, label):
        return await moderator.click(card.response.message, label=label)

    async def opened(label):
        if label == "Start a weekly paper":
            return await moderator.click(hello, label=label)
        if label == "Time zone…":
            return await press(await press(await moderator.slash(channel, "me"), "Settings"), label)
        if label == "Delete…":
            return await press(await moderator.slash(channel, "me"), label)
        if label == "Prerequisite wrong?":
            return await press(await moderator.slash(channel, "path", resource=BERT), label)
        return await press(await moderator.slash(channel, "manage edit", resource=BERT), label)

    return opened


FORMS = ["Start a weekly paper", "Time zone…", "Prerequisite wrong?", "Edit texts", "Delete…"]


def kept(env):
    """Return how many forms and views discord.py holds for the bot."""
    store = env.bot._connection._view_store  # noqa: SLF001 - nothing public tells
    return len(store._modals) + len(store._views) + len(store._synced_message_views)  # noqa: SLF001


async def test_dismissed_forms_are_not_kept_for_ever_nor_is_any_card(open_form, env):
    opened = [await open_form(label) for label in FORMS]
    at_first = kept(env)

    await env.advance_time(OPEN_FOR + 60)

    assert all(form.modal for form in opened)
    assert (at_first, kept(env)) == (len(FORMS), 0)


async def test_a_form_that_is_sent_late_is_taken_and_not_kept(open_form, moderator, env):
    form = await open_form("Time zone…")
    await env.advance_time(FOURTEEN_MINUTES)

    card = await moderator.submit_modal(form, {"zone": "seoul"})

    assert "Asia/Seoul" in text_of(card)
    assert kept(env) == 0
