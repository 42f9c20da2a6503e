"""What would make a group's posts better: told to moderators alone."""

from __future__ import annotations

import discord

from bot.core.groups import GroupStatus
from bot.views import trouble_texts
from bot.views.permissions import can_mention, is_mentionable, missing, needed, wanted


def group_warnings(guild: discord.Guild | None, status: GroupStatus) -> list[str]:
    """Return what the group's posts lack, as Discord's cache has it."""
    group = status.group
    channel = None if guild is None else guild.get_channel(group.channel_id)
    if guild is None or channel is None:
        return []
    role = guild.get_role(group.role_id or 0)
    is_lost = group.role_id is not None and (role is None or not is_mentionable(role))
    warnings = [trouble_texts.ROLE_LOST if role is None else trouble_texts.ROLE_UNFIT]
    warnings = warnings if is_lost else []
    if lacks := missing(channel, needed(channel, has_post=group.standing_id is not None)):
        problem = f"lacks:{','.join(lacks)}"
        told = group.blocked is not None and group.blocked.startswith("lacks:")
        warnings += [] if told else [f"⚠️ {trouble_texts.problem_text(problem)}"]
    elif lacks := missing(channel, wanted(channel)):
        warnings.append(trouble_texts.wanted_text(lacks))
    if status.thread_problem == "no_more_threads":
        warnings.append(trouble_texts.THREADS_FULL)
    if role is not None and not is_lost and not can_mention(role, channel):
        warnings.append(trouble_texts.role_text(role.name))
    return warnings
