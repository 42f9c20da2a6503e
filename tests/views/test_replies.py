import logging

import discord
import pytest

from bot.views.replies import is_too_late, offers


class Answer:
    status, reason = 404, "Not Found"


@pytest.mark.parametrize(
    ("code", "late"), [(10062, True), (10015, True), (40060, True), (10003, False), (0, False)]
)
def test_what_discord_no_longer_takes_is_known_by_its_code(code, late):
    error = discord.NotFound(Answer(), {"code": code, "message": "Unknown"})

    assert is_too_late(error) is late


async def test_where_an_autocomplete_fails_nothing_is_offered(caplog):
    @offers
    async def find(cog, interaction, typed):
        raise KeyError(typed)

    assert await find(None, None, "attention") == []
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
