"""What Discord's refusals mean, by its own code."""

from types import SimpleNamespace

import discord
import pytest

from bot.refusals import problem_of


def refusal(status, told):
    return discord.HTTPException(SimpleNamespace(status=status, reason="?"), told)


@pytest.mark.parametrize(
    ("status", "code", "problem"),
    [
        (404, 10003, "channel_gone"),
        (404, 10004, "bot_removed"),
        (404, 10008, "card_gone"),
        (404, 10013, "no_such_person"),
        (403, 50001, "no_access"),
        (403, 50007, "no_direct_messages"),
        (403, 50013, "forbidden"),
        (400, 160006, "no_more_threads"),
        (400, 200000, "automod"),
        (400, 200001, "automod"),
        (400, 50035, "refused"),
        (429, 0, "rate_limited"),
        (403, 40333, "discord_trouble"),
        (403, 0, "discord_trouble"),
        (404, 0, "discord_trouble"),
        (400, 0, "discord_trouble"),
        (405, 0, "discord_trouble"),
        (503, 0, "discord_trouble"),
    ],
)
def test_discords_own_code_tells_what_a_refusal_means(status, code, problem):
    assert problem_of(refusal(status, {"code": code, "message": "?"})) == problem


@pytest.mark.parametrize("status", [400, 403, 404, 502])
def test_a_page_in_place_of_an_answer_is_trouble_on_the_way(status):
    assert problem_of(refusal(status, "<html>")) == "discord_trouble"
