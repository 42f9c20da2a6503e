"""Setting study groups up: made, changed or moved, or asked about where that isn't clear."""

from __future__ import annotations

from dataclasses import replace

from bot.core.clock_time import time_of_day
from bot.core.groups import (
    Group,
    GroupForm,
    GroupStatus,
    GroupWish,
    LostGroups,
    Moved,
    SeenChannel,
    SeenGuild,
    SeenRole,
    SetUp,
    WhichGroup,
    WhichHour,
    WhichZone,
)
from bot.core.weekly import Schedule
from bot.core.zones import resolve_zone, zones_offered
from bot.errors import (
    CannotPostError,
    HasGroupError,
    NotOfferedError,
    OldCardError,
    RoleRefusedError,
)
from bot.services.groups import Groups
from bot.services.moderation import Moderation
from bot.store.ids import Clock

MONDAY, NINE = 0, 9
LOST_SHOWN = 5
WHICH_SHOWN = 4
"""Groups without a channel among which a moderator is asked: with a new one, five buttons."""


class GroupSetup:
    """Decides from what is typed and what Discord's cache says of server, channel and role."""

    def __init__(self, groups: Groups, moderation: Moderation, clock: Clock) -> None:
        self._groups = groups
        self._moderation = moderation
        self._clock = clock

    async def set_up(
        self,
        guild: SeenGuild,
        channel: SeenChannel,
        who: int,
        wish: GroupWish,
        role: SeenRole | None = None,
    ) -> SetUp:
        """Make a channel's group as wished, or change what is said; ask where that isn't clear.

        A new group meets on Mondays at nine, unless said. ``role`` is the wished one, if it exists.

        Raises:
            NotOfferedError: the wished role doesn't exist.
            RoleRefusedError: papers don't mention that role.
            CannotPostError: it names what is missing.
        """
        group = await self._groups.find(channel.channel_id)
        old, now = group.schedule if group else None, self._clock()
        zone = resolve_zone(wish.zone, guild.locale, now) if wish.zone or not old else old.zone
        old = old or Schedule(MONDAY, NINE, 0, zone or "UTC")
        time = time_of_day(wish.time, zone or "UTC") if wish.time else (old.hour, old.minute)
        if time is None:
            form = GroupForm(channel.channel_id, replace(wish, time=None))
            kept_id = await self._moderation.keep(guild.guild_id, who, form)
            return WhichHour(kept_id, wish.time or "")
        if group is None and not wish.zone:
            form = GroupForm(channel.channel_id)
            if asked := await self._which(guild, who, form, can_be_new=False):
                return asked
        if zone is None:
            choices, fits = zones_offered(wish.zone, guild.locale, now)
            return WhichZone(channel.channel_id, wish, tuple(choices), fits)
        weekday = old.weekday if wish.weekday is None else wish.weekday
        role_id = group.role_id if group else None
        if wish.role_id is not None:
            role_id = _mentionable(role)
        schedule = Schedule(weekday, *time, zone)
        if group is None:
            clear = GroupWish(weekday, f"{time[0]:02}:{time[1]:02}", role_id, zone)
            form = GroupForm(channel.channel_id, clear)
            if asked := await self._which(guild, who, form, can_be_new=True):
                return asked
        return await self._put(guild, channel, who, schedule, role_id, group)

    async def choose(
        self, guild: SeenGuild, channel: SeenChannel, who: int, form: GroupForm, group_id: int
    ) -> GroupStatus | Moved:
        """Move a group that lost its channel to the form's; id 0: make the new one of the form.

        Raises:
            HasGroupError: the channel has a group meanwhile.
            OldCardError: the group has a channel again.
            CannotPostError: it names what is missing.
        """
        if group_id:
            return await self.move(guild, channel, who, group_id, only_lost=True)
        if await self._groups.find(channel.channel_id) is not None:
            raise HasGroupError
        wish = form.wish
        time = time_of_day(wish.time or "")
        if time is None or wish.weekday is None:
            raise OldCardError
        schedule = Schedule(wish.weekday, *time, wish.zone)
        return await self._put(guild, channel, who, schedule, wish.role_id)

    async def move(
        self,
        guild: SeenGuild,
        channel: SeenChannel,
        who: int,
        group_id: int,
        *,
        only_lost: bool = False,
    ) -> Moved:
        """Move a group to another channel; ``only_lost``: if its own is gone.

        Raises:
            CannotPostError: it names what is missing.
            HasGroupError: the channel has a group.
            OldCardError: another moderator has moved it meanwhile.
        """
        group = (await self._groups.look(guild.guild_id, group_id, who)).group
        is_lost = guild.lacks(group.channel_id)
        if only_lost and not is_lost:
            raise OldCardError
        if channel.problem is not None:
            raise CannotPostError(channel.problem)
        status = await self._groups.move(
            guild.guild_id,
            group_id,
            channel.channel_id,
            who,
            is_forum=channel.is_forum,
            seen_in=group.channel_id,
        )
        return Moved(status, None if is_lost else group.channel_id)

    async def stop_lost(self, guild: SeenGuild, who: int, group_id: int) -> GroupStatus:
        """Stop a group whose channel is gone.

        Raises:
            OldCardError: another moderator has moved it meanwhile.
        """
        group = (await self._groups.look(guild.guild_id, group_id, who)).group
        if not guild.lacks(group.channel_id):
            raise OldCardError
        return await self._groups.set_state(
            guild.guild_id, group_id, "stopped", seen_in=group.channel_id
        )

    async def lost(
        self, guild: SeenGuild, who: int, home_id: int, most: int = LOST_SHOWN
    ) -> LostGroups | None:
        """Return a server's groups whose channels are gone, for a card in channel ``home_id``."""
        if guild.unavailable:
            return None
        running = await self._groups.running_in(guild.guild_id)
        lost = [group for group in running if guild.lacks(group.channel_id)]
        if not lost:
            return None
        looks = [await self._groups.look(g.guild_id, g.group_id, who) for g in lost[:most]]
        is_free = await self._groups.find(home_id) is None
        return LostGroups(tuple(looks), len(lost), is_free)

    async def _which(
        self, guild: SeenGuild, who: int, form: GroupForm, *, can_be_new: bool
    ) -> WhichGroup | None:
        """Ask whether a new group is meant, or one that lost its channel; None: there is none."""
        channel_id = form.channel_id or 0
        lost = await self.lost(guild, who, channel_id, WHICH_SHOWN)
        if lost is None:
            return None
        kept_id = await self._moderation.keep(guild.guild_id, who, form)
        return WhichGroup(channel_id, kept_id, lost, can_be_new)

    async def _put(
        self,
        guild: SeenGuild,
        channel: SeenChannel,
        who: int,
        schedule: Schedule,
        role_id: int | None,
        seen: Group | None = None,
    ) -> GroupStatus:
        """Make or change a channel's group; ``seen``: from which what wasn't said was taken."""
        has_post = seen is not None and seen.standing_id is not None
        problem = channel.post_problem if has_post else channel.problem
        if problem is not None:
            raise CannotPostError(problem)
        return await self._groups.settle(
            guild.guild_id,
            channel.channel_id,
            schedule,
            role_id,
            who,
            is_forum=channel.is_forum,
            seen=seen,
        )


def _mentionable(role: SeenRole | None) -> int:
    if role is None:
        raise NotOfferedError
    if not role.is_mentionable:
        raise RoleRefusedError(role.name)
    return role.role_id
