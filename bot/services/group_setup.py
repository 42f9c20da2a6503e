"""Setting study groups up: made, changed or moved, or asked about where that isn't clear."""

from __future__ import annotations

from dataclasses import replace

from bot.core.dates import time_of_day
from bot.core.groups import (
    Group,
    GroupForm,
    GroupStatus,
    GroupWish,
    Here,
    LostGroups,
    Moved,
    SeenChannel,
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
from bot.store.instants import Clock

MONDAY, NINE = 0, 9
LOST_SHOWN = 5
WHICH_SHOWN = 4
"""Groups without a channel among which a moderator is asked: with a new one, five buttons."""


class GroupSetup:
    """Decides from what is typed, and what Discord's cache says of server, channel and role."""

    def __init__(self, groups: Groups, moderation: Moderation, clock: Clock) -> None:
        self._groups = groups
        self._moderation = moderation
        self._clock = clock

    async def set_up(
        self, here: Here, channel: SeenChannel, wish: GroupWish, role: SeenRole | None = None
    ) -> SetUp:
        """Make a channel's group as wished, or change what is said; ask where that isn't clear.

        A new group meets on Mondays at nine, unless said. ``role``: the wished one, if it exists.

        Raises:
            NotOfferedError: the wished role doesn't exist.
            RoleRefusedError: papers don't mention that role.
            CannotPostError: it names what is missing.
        """
        group = await self._groups.find(channel.channel_id)
        old, now = group.schedule if group else None, self._clock()
        zone = resolve_zone(wish.zone, here.locale, now) if wish.zone or not old else old.zone
        old = old or Schedule(MONDAY, NINE, 0, zone or "UTC")
        time = time_of_day(wish.time, zone or "UTC") if wish.time else (old.hour, old.minute)
        if time is None:
            form = GroupForm(channel.channel_id, replace(wish, time=None))
            kept_id = await self._moderation.keep(here.guild_id, here.who, form)
            return WhichHour(kept_id, wish.time or "")
        is_asked = group is None and not wish.zone
        if is_asked and (asked := await self._which(here, GroupForm(channel.channel_id))):
            return asked
        if zone is None:
            choices, fits = zones_offered(wish.zone, here.locale, now)
            return WhichZone(channel.channel_id, wish, tuple(choices), fits)
        weekday = old.weekday if wish.weekday is None else wish.weekday
        role_id = group.role_id if group else None
        if wish.role_id is not None:
            role_id = wish.role_id
            if role is None:
                raise NotOfferedError
            if not role.is_mentionable:
                raise RoleRefusedError(role.name)
        if group is None:
            clear = GroupWish(weekday, f"{time[0]:02}:{time[1]:02}", role_id, zone)
            if asked := await self._which(here, GroupForm(channel.channel_id, clear)):
                return asked
        return await self._put(here, channel, Schedule(weekday, *time, zone), role_id, group)

    async def choose(
        self, here: Here, channel: SeenChannel, form: GroupForm, group_id: int
    ) -> GroupStatus | Moved:
        """Move a group that lost its channel to the form's; id 0: make the new one of the form.

        Raises:
            HasGroupError: the channel has a group meanwhile.
            OldCardError: the group has a channel again.
            CannotPostError: it names what is missing.
        """
        if group_id:
            return await self.move(here, channel, group_id, only_lost=True)
        if await self._groups.find(channel.channel_id) is not None:
            raise HasGroupError
        wish = form.wish
        time = time_of_day(wish.time or "")
        if time is None or wish.weekday is None:
            raise OldCardError
        schedule = Schedule(wish.weekday, *time, wish.zone)
        return await self._put(here, channel, schedule, wish.role_id)

    async def move(
        self, here: Here, channel: SeenChannel, group_id: int, *, only_lost: bool = False
    ) -> Moved:
        """Move a group to another channel; ``only_lost``: if its own is gone.

        Raises:
            CannotPostError: it names what is missing.
            HasGroupError: the channel has a group.
            OldCardError: another moderator has moved it meanwhile.
        """
        guild_id, is_forum = here.guild_id, channel.is_forum
        group = (await self._groups.look(guild_id, group_id, here.who)).group
        is_lost, to, left = here.lacks(group.channel_id), channel.channel_id, group.channel_id
        if only_lost and not is_lost:
            raise OldCardError
        if channel.problem is not None:
            raise CannotPostError(channel.problem)
        status = await self._groups.move(
            guild_id, group_id, to, here.who, is_forum=is_forum, seen_in=left
        )
        return Moved(status, None if is_lost else left)

    async def stop_lost(self, here: Here, group_id: int) -> GroupStatus:
        """Stop a group whose channel is gone.

        Raises:
            OldCardError: another moderator has moved it meanwhile.
        """
        group = (await self._groups.look(here.guild_id, group_id, here.who)).group
        if not here.lacks(left := group.channel_id):
            raise OldCardError
        return await self._groups.set_state(here.guild_id, group_id, "stopped", seen_in=left)

    async def lost(self, here: Here, most: int = LOST_SHOWN) -> LostGroups | None:
        """Return a server's groups whose channels are gone; None: there are none."""
        running = await self._groups.running_in(here.guild_id)
        lost = [group for group in running if here.lacks(group.channel_id)]
        if not lost:
            return None
        looks = [await self._groups.look(here.guild_id, g.group_id, here.who) for g in lost[:most]]
        is_free = await self._groups.find(here.channel_id) is None
        return LostGroups(tuple(looks), len(lost), is_free)

    async def _which(self, here: Here, form: GroupForm) -> WhichGroup | None:
        """Ask whether a new group is meant, or one that lost its channel; None: there is none."""
        lost = await self.lost(here, WHICH_SHOWN)
        if lost is None:
            return None
        kept_id = await self._moderation.keep(here.guild_id, here.who, form)
        return WhichGroup(form.channel_id or 0, kept_id, lost, can_be_new=form.wish.zone != "")

    async def _put(
        self,
        here: Here,
        channel: SeenChannel,
        schedule: Schedule,
        role_id: int | None,
        seen: Group | None = None,
    ) -> GroupStatus:
        """Make or change a channel's group; ``seen``: from which what wasn't said was taken."""
        has_post = seen is not None and seen.standing_id is not None
        problem = channel.post_problem if has_post else channel.problem
        if problem is not None:
            raise CannotPostError(problem)
        guild_id, to, who, is_forum = here.guild_id, channel.channel_id, here.who, channel.is_forum
        return await self._groups.make_or_change(
            guild_id, to, schedule, role_id, who, is_forum=is_forum, seen=seen
        )
