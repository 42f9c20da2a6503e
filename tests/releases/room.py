"""The Discord in which the databases were filled: servers, channels and people, by fixed ids.

A later story may add to it. What is here stays: the databases of past releases name it.
"""

from contextlib import suppress
from typing import Any

import discord
from simcord import SetupError

from bot.store.instants import EPOCH, RANDOM_BITS

BEGINNING = 1_767_225_600_000  # 2026 began, as simcord's clock does


def _id(number: int) -> int:
    return BEGINNING - EPOCH << RANDOM_BITS | number


GUILD, ROLE, MODERATORS = _id(1000), _id(1010), _id(1020)
READING, RAN_OUT, PAUSED, STOPPED, WEDNESDAYS, HERE, THERE = (_id(n) for n in range(1100, 1107))
FORUM, SIGNED = _id(1200), _id(1201)
LOST, LOST_TOO = _id(1300), _id(1301)
"""Channels that were deleted."""

GONE_GUILD, GONE_CHANNEL = _id(1310), _id(1311)
"""A server that removed the bot."""

MODERATOR, ALICE, BOB, CAROL, DAVE = (_id(n) for n in range(1400, 1405))

STATES = (
    "waiting",
    "put_off",
    "tried",
    "claimed",
    "lapsed",
    "claimed_again",
    "sent",
    "sent_again",
    "uncertain",
    "dropped",
    "given_up",
)
"""The states that a row of the outbox can be in; each kind of row gets into each.

``put_off``: waiting, certainly not sent yet; ``tried``: waiting, perhaps sent already; ``lapsed``:
claimed by who died; ``claimed_again``: looked for after a try; ``given_up``: dropped untried.
"""

GREETED, POSTED, THREADED, OPENED, TOLD, STANDING, READERS, HALLS, STARTED = (
    dict(zip(STATES, (_id(2000 + 100 * n + m) for m in range(len(STATES))), strict=True))
    for n in range(9)
)
"""For each state a server, four text channels, a forum, a reader, that server's channel, and a text
channel whose group is new."""


def furnish(env: Any) -> dict[int, Any]:
    """Make all of it in a modelled Discord at its beginning; return members and channels by id."""
    made: dict[int, Any] = {}

    def at(id_: int, make: Any, *args: Any, **kwargs: Any) -> Any:
        for number in range(id_ & (1 << RANDOM_BITS) - 1):
            with suppress(SetupError):  # it is taken already
                env.backend.reserve_id(_id(number))
        made[id_] = make(*args, **kwargs)
        assert made[id_].id == id_
        return made[id_]

    guild = env.create_guild("Study room", id=GUILD)
    servers = {state: env.create_guild(state, id=id_) for state, id_ in GREETED.items()}
    at(ROLE, guild.create_role, "readers")
    manages = discord.Permissions(manage_guild=True)
    moderators = at(MODERATORS, guild.create_role, "moderators", permissions=manages)
    texts = [READING, RAN_OUT, PAUSED, STOPPED, WEDNESDAYS, HERE, THERE]
    for id_ in texts:
        at(id_, guild.create_text_channel, f"text-{id_}")
    for id_ in (FORUM, SIGNED):
        at(id_, guild.create_forum_channel, f"forum-{id_}")
    for id_ in (MODERATOR, ALICE, BOB, CAROL, DAVE):
        roles = [moderators] if id_ == MODERATOR else []
        made[id_] = guild.add_member(at(id_, env.create_user, f"user-{id_}"), roles=roles)
    for channels in (POSTED, THREADED, OPENED, TOLD):
        for id_ in channels.values():
            at(id_, guild.create_text_channel, f"text-{id_}")
    for id_ in STANDING.values():
        at(id_, guild.create_forum_channel, f"forum-{id_}")
    for id_ in READERS.values():
        made[id_] = guild.add_member(at(id_, env.create_user, f"user-{id_}"))
    for state, server in servers.items():
        at(HALLS[state], server.create_text_channel, "general")
    for id_ in STARTED.values():
        at(id_, guild.create_text_channel, f"text-{id_}")
    return made
