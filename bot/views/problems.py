"""What keeps a group's papers from its channel, or takes from them: as seen, and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import discord

from bot.core.groups import Group, GroupStatus
from bot.core.outbox import TEMPORARY, UNCERTAIN, Lacks, Permission, Problem, ProblemName
from bot.language import _
from bot.plain import plain
from bot.views.permissions import (
    POLLS,
    can_mention,
    in_words,
    is_mentionable,
    lacks,
    missing,
    needed,
    problem_in,
    wanted,
)

SEEN_TO_BE_MENDED: frozenset[Problem] = frozenset(
    {"guild_unavailable", "bot_removed", "tag_needed"}
)
"""Problems that a group can't have while its channel is seen, and needs nothing."""


def problem_text(problem: Problem) -> str:
    """Return what is wrong, and how to mend it: the one table of words for problems."""
    if isinstance(problem, Lacks):
        permissions = in_words(problem.permissions)
        return _("I need {permissions} in the channel. Give me that.", permissions=permissions)
    words: dict[ProblemName, str] = {
        "bot_removed": _("I'm no longer in this server."),
        "channel_gone": _(
            "The channel is gone. `/manage group`, typed in another one, moves the group there."
        ),
        "no_access": _("Discord doesn't let me into the channel. Give me View Channel there."),
        "forbidden": _("Discord doesn't let me post there: check my permissions in the channel."),
        "automod": _(
            "This server's AutoMod blocked the message. Exempt my role in the rule that did it."
        ),
        "no_more_threads": _("This server has as many open threads as Discord allows. Close some."),
        "refused": _("Discord refused the message. Whoever hosts me finds the reason in my log."),
        "discord_trouble": _("There was trouble on the way to Discord."),
        "rate_limited": _("Discord asked me to wait."),
        "guild_unavailable": _("Discord can't reach this server just now."),
        "no_standing_post": _("The post that the papers go into isn't there yet."),
        "locked": _(
            "The post that the papers go into is locked. Unlock it, or give me Manage Threads."
        ),
        "tag_needed": _(
            "Posts in this forum need a tag, and it has none that I may use. Add a tag that isn't"
            " for moderators only, or give me Manage Threads."
        ),
        "no_history": _(
            "I can't tell whether the last post was sent: I need Read Message History to look for"
            " it."
        ),
        "lost_sight": _("I can't tell whether the last post was sent: Discord's answer was lost."),
        "too_late": _("It couldn't be sent in time."),
        "called_off": _("It was called off."),
        "moved": _("The group moved to another channel."),
        "deleted": _("It was deleted before I could tell that it was sent."),
        "paper_gone": _("The paper that it is about is no longer there."),
        "card_gone": _("The message that it belongs to is no longer there."),
        "mended": _("It was mended before I could tell you."),
        "not_wanted": _("It isn't wanted any more."),
        "left_server": _("Its reader has left this server."),
        "no_such_person": _("Discord doesn't know this person any more."),
        "no_direct_messages": _("Its reader takes no direct messages from me."),
        "group_silent": _("The group is paused or stopped."),
        "not_asked": _("Its reader doesn't ask for it any more."),
        "superseded": _("The group has had a newer paper since."),
        "read_already": _("Its reader has read the paper already."),
        "goes_on": _("The group reads the paper for another week."),
        "unknown": _("Something kept it from being sent."),
    }
    return words[problem]


def obstacle_text(problem: Problem, *, to_moderator: bool = True) -> str:
    """Return what keeps a group from its post, how to mend it, and what I do then."""
    if not to_moderator and problem not in TEMPORARY:
        return _("Something keeps the papers from this group. Moderators know.")
    return f"{problem_text(problem)} {_then(problem)}".rstrip()


def _then(problem: Problem) -> str:
    if isinstance(problem, Lacks) or problem in ("no_access", "no_more_threads", "locked"):
        return _("Then I go on by myself.")
    if problem == "no_standing_post":
        return _("I make it first.")
    if problem in UNCERTAIN:
        return _("Have a look: **Post now** sends it if it isn't there.")
    if problem in ("automod", "refused"):
        return _("I try again every hour.")
    if problem in TEMPORARY or problem in ("forbidden", "unknown"):
        return _("I try again soon.")
    return ""


def notice_text(channel_id: int, problem: Problem) -> str:
    """Return the notice to the moderator who set the group up."""
    why = obstacle_text(problem)
    if problem in UNCERTAIN:
        return _("The paper of the week in <#{channel_id}>: {why}", channel_id=channel_id, why=why)
    if problem == "channel_gone":
        return _("A paper of the week can't be posted any more. {why}", why=why)
    return _(
        "The paper of the week can't be posted in <#{channel_id}>. {why}\n"
        "I keep trying for a day; `/group` there shows how it stands.",
        channel_id=channel_id,
        why=why,
    )


def server_text(name: str) -> str:
    """Return, below a notice, which server it is about: moderators may have several."""
    return _("-# In {server}", server=plain(name, 100))


def as_now(guild: discord.Guild | None, status: GroupStatus) -> GroupStatus:
    """Return the status with what is in its way now, as Discord's cache has it.

    What was noted when a message couldn't be sent may have been mended since; and what will keep
    the next one away can be told before it is due.
    """
    channel = guild.get_channel(status.group.channel_id) if guild else None
    if channel is None:
        return status
    group = replace(status.group, blocked=_blocked(channel, status.group))
    problem = status.vote_problem
    if status.vote is not None and isinstance(problem, Lacks):
        problem = lacks(channel, (*needed(channel), *POLLS))
    return replace(status, group=group, vote_problem=problem)


def _blocked(channel: discord.abc.GuildChannel, group: Group) -> Problem | None:
    has_post, noted = group.standing_id is not None, group.blocked
    if noted in UNCERTAIN:  # only somebody who looks can tell
        return noted
    if problem := problem_in(channel, has_post=has_post):
        return problem
    if noted is None or isinstance(noted, Lacks) or noted in SEEN_TO_BE_MENDED:
        return None
    if noted == "locked" and (post := channel.guild.get_thread(group.standing_id or 0)):
        may_write = post.permissions_for(channel.guild.me).manage_threads
        return noted if post.locked and not may_write else None
    return noted


def role_line(guild: discord.Guild | None, group: Group) -> str | None:
    """Return whom a group's papers mention, or why nobody; None: no role was set."""
    if guild is None or group.role_id is None:
        return None
    role, channel = guild.get_role(group.role_id), guild.get_channel(group.channel_id)
    if role is None:
        return _("-# ⚠️ The role is gone; `role` sets another.")
    if not is_mentionable(role):  # as an older release allowed
        return _("-# ⚠️ Nobody can choose to have this role; `role` sets another.")
    if channel is not None and not can_mention(role, channel):
        return _(
            "-# ⚠️ I can't mention {role}: allow anyone to @mention it, or allow me to mention all"
            " roles in the channel.",
            role=plain(role.name),
        )
    return _("-# Each paper mentions {role}", role=role.mention)


def group_warnings(guild: discord.Guild | None, status: GroupStatus) -> list[str]:
    """Return what a group's posts come without but a role, as Discord's cache has it."""
    group = status.group
    channel = None if guild is None else guild.get_channel(group.channel_id)
    if guild is None or channel is None:
        return []
    warnings = []
    can_post = not missing(channel, needed(channel, has_post=group.standing_id is not None))
    if can_post and (lacking := missing(channel, wanted(channel))):
        warnings.append(_without(lacking))
    if status.thread_problem == "no_more_threads":
        warnings.append(
            _(
                "⚠️ This week's paper has no thread yet: the server has as many open threads as"
                " Discord allows. Close some; I try again every hour for a day."
            )
        )
    return warnings


def _without(lacks: Sequence[Permission]) -> str:
    named = in_words(lacks)
    if "create_public_threads" in lacks:
        return _("⚠️ I need {named} there: papers come without a thread to talk in.", named=named)
    if "send_messages_in_threads" in lacks:
        return _("⚠️ I need {named} there: threads come without their questions.", named=named)
    return _("⚠️ I need {named} there: links may show without their previews.", named=named)
