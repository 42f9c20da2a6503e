import logging
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadFieldError, LedgerError
from bot.views import parts
from bot.views.replies import (
    FAILURE,
    dated,
    is_too_late,
    may_be_slip,
    offers,
    reply_with_error,
)


class Answer:
    status, reason = 404, "Not Found"


@pytest.mark.parametrize(
    ("code", "late"), [(10062, True), (10015, True), (40060, True), (10003, False), (0, False)]
)
def test_what_discord_no_longer_takes_is_known_by_its_code(code, late):
    error = discord.NotFound(Answer(), {"code": code, "message": "Unknown"})

    assert is_too_late(error) is late


class Sent:
    """A form that was sent: no more of an interaction than an answer needs."""

    id = 9
    client = None

    def __init__(self) -> None:
        self.response, self.told = self, []
        self.extras, self.type = {}, None

    async def send_message(self, **told):
        self.told.append(told)


@pytest.mark.parametrize(
    ("error", "is_kept"),
    [
        (BadFieldError("title", ""), True),
        (LedgerError("busy", "locked"), False),
        (LedgerError("lost", "gone"), False),
    ],
)
async def test_a_database_out_of_use_is_not_asked_to_keep_what_was_typed(error, is_kept):
    sent, kept = Sent(), []

    async def keep(refused):
        kept.append(refused)

    await reply_with_error(sent, error, keep)

    assert kept == [error] * is_kept
    assert len(sent.told) == 1


async def test_where_an_autocomplete_fails_nothing_is_offered(caplog):
    @offers
    async def find(cog, interaction, typed):
        raise KeyError(typed)

    asked = SimpleNamespace(extras={})

    assert await find(None, asked, "attention") == []
    assert isinstance(asked.extras[FAILURE], KeyError)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_every_autocomplete_is_guarded(env):
    callbacks = [
        parameter.autocomplete
        for command in env.bot.tree.walk_commands()
        for parameter in getattr(command, "_params", {}).values()
        if parameter.autocomplete
    ]

    assert callbacks
    assert {callback.__code__.co_name for callback in callbacks} == {"found"}


NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def tap(at, *parts):
    """A click on a card with these parts: no more of an interaction than that takes."""
    return SimpleNamespace(
        created_at=at, message=SimpleNamespace(components=list(parts)), extras={}
    )


@given(st.integers(0, 999), st.integers(0, 10_000))
def test_a_tap_within_three_seconds_of_a_click_may_be_a_slip_and_one_after_four_is_meant(ms, after):
    clicked_at = NOW + timedelta(milliseconds=ms)
    (part,) = dated(tap(clicked_at), parts.card("Next")).children

    is_slip = may_be_slip(tap(clicked_at + timedelta(milliseconds=after), part))

    assert is_slip if after < 3000 else not is_slip or after < 4000


@pytest.mark.parametrize("number", [None, 0, 1, 40])
def test_a_card_that_no_click_replaced_is_never_too_new(number):
    assert not may_be_slip(tap(NOW, SimpleNamespace(id=number)))
    assert not may_be_slip(tap(NOW))


def test_the_note_of_when_a_card_was_replaced_fits_for_years():
    card = dated(tap(datetime(2037, 12, 31, tzinfo=UTC)), parts.card("Next"))

    assert card.children[0].id < 2**31
