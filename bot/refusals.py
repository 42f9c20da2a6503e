"""What a refusal by Discord means, read from its own error code, never from the status alone."""

from __future__ import annotations

import discord

from bot.core.outbox import ProblemName

UNKNOWN_CHANNEL = 10003
UNKNOWN_GUILD = 10004
UNKNOWN_MESSAGE = 10008

PROBLEMS: dict[int, ProblemName] = {
    UNKNOWN_CHANNEL: "channel_gone",
    UNKNOWN_GUILD: "bot_removed",
    UNKNOWN_MESSAGE: "card_gone",
    10013: "no_such_person",
    50001: "no_access",
    50007: "no_direct_messages",
    50013: "forbidden",
    160006: "no_more_threads",
    200000: "automod",
    200001: "automod",
}
"""Our name for each of Discord's codes. 200000 is about a text, 200001 about a title."""


def problem_of(error: discord.HTTPException) -> ProblemName:
    """Return the name of the problem.

    An error without a code of Discord's own comes from something in between, such as an edge that
    blocks (40333) or answers with a page. It passes: discord-api-docs#6473.
    """
    if error.code in PROBLEMS:
        return PROBLEMS[error.code]
    if error.status == 429:
        return "rate_limited"
    return "refused" if error.status == 400 and error.code else "discord_trouble"
