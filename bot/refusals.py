"""What a refusal by Discord means, by its own error code; and none is hidden by a second try."""

import re
from types import SimpleNamespace

import aiohttp
import discord

from bot.core.outbox import ProblemName

TROUBLE = (discord.DiscordException, aiohttp.ClientError, OSError)
"""What is raised where Discord refuses or doesn't answer: a ``TimeoutError`` is an ``OSError``."""

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

ASKS_TO_SEND = re.compile(r"/channels/[0-9]+/(messages|threads)$")
ASKED_AGAIN = frozenset({500, 502, 504, 524})
"""Answers after which discord.py repeats a request by itself."""


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


def ask_once() -> aiohttp.TraceConfig:
    """Return what stops discord.py from repeating a request for a message or a forum's post.

    After a 5xx it repeats any request. The first one may have worked, and a forum's post has no
    nonce, so there would be two; and a refused second request says nothing about the first. So a
    5xx is an error at once, and the caller looks before it tries again.
    """
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(_answered)
    trace.on_request_exception.append(_hung_up)
    return trace


async def _answered(
    _: aiohttp.ClientSession, __: SimpleNamespace, asked: aiohttp.TraceRequestEndParams
) -> None:
    if _is_to_send(asked) and asked.response.status in ASKED_AGAIN:
        asked.response.close()
        raise discord.DiscordServerError(asked.response, None)


async def _hung_up(
    _: aiohttp.ClientSession, __: SimpleNamespace, asked: aiohttp.TraceRequestExceptionParams
) -> None:
    if _is_to_send(asked) and isinstance(asked.exception, OSError):
        raise aiohttp.ClientError from asked.exception


def _is_to_send(
    asked: aiohttp.TraceRequestEndParams | aiohttp.TraceRequestExceptionParams,
) -> bool:
    return asked.method == "POST" and ASKS_TO_SEND.search(asked.url.path) is not None
