"""Study groups: making and changing them, their members, what their cards show."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Literal

from bot.core.dates import (
    is_no_meeting,
    lacks_length,
    meets_meant,
    names_every,
    time_of_day,
)
from bot.core.groups import (
    Group,
    GroupForm,
    GroupState,
    GroupStatus,
    GroupWish,
    Here,
    History,
    LostGroups,
    MeetsWish,
    Moved,
    PastMonth,
    PastWeek,
    SeenChannel,
    SeenRole,
    SetUp,
    WhichGroup,
    WhichHour,
    WhichMeeting,
    WhichZone,
    as_typed,
    as_wished,
)
from bot.core.leading import is_open_to_lead
from bot.core.lists import Where
from bot.core.outbox import LetterKind, Problem
from bot.core.papers import MadeWay, Plan
from bot.core.progress import shown_count
from bot.core.recommend import Worth
from bot.core.weeks import A_MEETING, WEEKS_SHOWN, Calendar, Meets, Schedule, Slot, Week
from bot.core.zones import resolve_zone, zones_offered
from bot.errors import (
    AlreadyPostedError,
    CannotPostError,
    EmptyListError,
    HasGroupError,
    NothingLeftError,
    NotOfferedError,
    OldCardError,
    RoleRefusedError,
)
from bot.services import meetings, standing
from bot.services.curriculum import CurriculumStore
from bot.services.leading import let_go
from bot.services.moderation import Moderation
from bot.services.papers import (
    Papers,
    calendar_of,
    checked,
    group_of,
    looked_from,
    no_group,
    taken_group,
    tell_again,
)
from bot.services.reminders import plan as plan_reminders
from bot.services.reminders import take_told
from bot.services.votes import call_off, problem_of
from bot.services.weeks import Weeks, keys_of
from bot.store import additions, outbox, readers
from bot.store import groups as group_rows
from bot.store import guilds as guild_rows
from bot.store import leads as lead_rows
from bot.store import lists as list_rows
from bot.store import weeks as week_rows
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids

FIRST = Schedule(0, 9, 0, "UTC")
"""A new group meets on Mondays at nine, unless said."""

MeetsSaid = Meets | Literal["none"] | None
"""When a group is to meet; ``none``: not any more; None: that wasn't said."""

LOST_SHOWN = 2
"""Groups without a channel among which a moderator is asked: a phone shows them at once."""

LINES_A_PAGE = 13


@dataclass
class Groups:
    """All about groups but their posts. Each method is one transaction.

    Cards are made when it is over: nobody waits for them. A group that isn't this server's is a
    ``NoGroupError``.
    """

    _db: Database
    _curricula: CurriculumStore
    _papers: Papers
    _weeks: Weeks
    _moderation: Moderation
    _clock: Clock
    _ids: Ids

    async def find(self, channel_id: int) -> Group | None:
        """Return the channel's group, stopped or not."""
        return await group_rows.group_of_channel(self._db, channel_id)

    async def language_at(self, channel_id: int, otherwise: str) -> str:
        """Return in which language all in a channel are told something: its group's, if any."""
        group = await self.find(channel_id)
        return (group.language if group else "") or otherwise

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
        group = await self.find(channel.channel_id)
        old, now = group.schedule if group else None, self._clock()
        zone = resolve_zone(wish.zone, here.locale, now) if wish.zone or not old else old.zone
        old = old or FIRST
        time = time_of_day(wish.time, zone or "UTC") if wish.time else (old.hour, old.minute)
        if time is None:
            form = GroupForm(channel.channel_id, replace(wish, time=None))
            kept_id = await self._moderation.keep(here.guild_id, here.who, form)
            return WhichHour(kept_id, wish.time or "")
        form, seen_meets = GroupForm(channel.channel_id, wish), group.meets if group else None
        meets = await self._meets(here, form, zone or "UTC", seen_meets)
        if isinstance(meets, WhichMeeting):
            return meets
        is_asked = group is None and not wish.zone
        if is_asked and (asked := await self._which(here, GroupForm(channel.channel_id))):
            return asked
        if zone is None:
            offered, fits = zones_offered(wish.zone, here.locale, now)
            form = GroupForm(channel.channel_id, replace(wish, zone=""))
            kept_id = await self._moderation.keep(here.guild_id, here.who, form)
            return WhichZone(kept_id, wish.zone, tuple(offered), fits)
        schedule = wish.schedule(old, zone, time)
        role_id = group.role_id if group and wish.role_id is None else wish.role_id
        if wish.role_id is not None and role is None:
            raise NotOfferedError
        if wish.role_id is not None and role is not None and not role.is_mentionable:
            raise RoleRefusedError(role.name)
        if group is None:
            at = f"{time[0]:02}:{time[1]:02}"
            clear = replace(wish, weekday=schedule.weekday, time=at, role_id=role_id, zone=zone)
            if asked := await self._which(here, GroupForm(channel.channel_id, clear)):
                return asked
        to = here if group is None else replace(here, language="")
        to = replace(to, language=wish.language or to.language)
        return await self._put(to, channel, schedule, role_id, group, wish.list_id, meets)

    async def meet(self, here: Here, form: GroupForm) -> GroupStatus | WhichMeeting:
        """Change when a channel's group meets, and its meetings to come; ask if that isn't clear.

        Raises:
            NoGroupError: the channel has no group any more.
        """
        found = await self.find(form.channel_id or 0)
        group = await checked(self._db, found, here.guild_id, form.channel_id)
        meets = await self._meets(here, form, group.schedule.zone, group.meets)
        if isinstance(meets, WhichMeeting):
            return meets
        return await self._meet(here, group.group_id, meets or "none")

    async def meet_again(self, here: Here, form: GroupForm) -> GroupStatus:
        """Let a group meet as it did before it was changed, be it elsewhere by now.

        Raises:
            OldCardError: it was changed again since.
        """
        group_id, zone = form.group_id, "UTC"  # which what is kept doesn't need
        if group_id is None:  # so it was kept before
            found = await self.find(form.channel_id or 0)
            group_id = (await checked(self._db, found, here.guild_id, form.channel_id)).group_id
        if (wish := form.wish.meets) is None:
            raise OldCardError
        before = meets_meant(wish.when, zone, wish.lasts)
        before = None if before is None else replace(before, channel_id=wish.channel_id)
        return await self._meet(here, group_id, before or "none", form.after)

    async def _meet(
        self,
        here: Here,
        group_id: int,
        meets: Meets | Literal["none"],
        seen: MeetsWish | None = None,
    ) -> GroupStatus:
        now = self._clock()
        async with taken_group(self._db, here.guild_id, group_id) as (tx, old):
            if seen not in (None, as_typed(old.meets)):
                raise OldCardError
            changed = await self._set_meets(tx, old, meets, now)
            await plan_reminders(tx, changed, now)
            changed = await self.announce(tx, changed, old, now)
        return await self._undoable(here, await self.status_of(changed, here.who), old.meets)

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
            return await self.move_to(here, channel, group_id, only_lost=True)
        if await self.find(channel.channel_id) is not None:
            raise HasGroupError
        wish, time = form.wish, time_of_day(form.wish.time or "")
        if time is None or wish.weekday is None:
            raise OldCardError
        meets = await self._meets(here, form, wish.zone, None)
        if isinstance(meets, WhichMeeting):
            raise OldCardError
        schedule = wish.schedule(FIRST, wish.zone, time)
        here = replace(here, language=wish.language or here.language)
        return await self._put(here, channel, schedule, wish.role_id, None, wish.list_id, meets)

    async def move_to(
        self, here: Here, channel: SeenChannel, group_id: int, *, only_lost: bool = False
    ) -> Moved:
        """Move a group to another channel; ``only_lost``: if its own is gone.

        Raises:
            CannotPostError: it names what is missing.
            HasGroupError: the channel has a group.
            OldCardError: another moderator has moved it meanwhile.
        """
        guild_id, is_forum = here.guild_id, channel.is_forum
        group = await group_of(self._db, guild_id, group_id)
        is_lost, to, left = here.lacks(group.channel_id), channel.channel_id, group.channel_id
        if only_lost and not is_lost:
            raise OldCardError
        if channel.problem is not None:
            raise CannotPostError(channel.problem)
        status = await self.move(guild_id, group_id, to, here.who, is_forum=is_forum, seen_in=left)
        return Moved(status, None if is_lost else left)

    async def stop_lost(self, here: Here, group_id: int) -> GroupStatus:
        """Stop a group whose channel is gone; raise OldCardError if it has moved meanwhile."""
        group = await group_of(self._db, here.guild_id, group_id)
        if not here.lacks(left := group.channel_id):
            raise OldCardError
        return await self.set_state(here.guild_id, group_id, "stopped", seen_in=left)

    async def lost(self, here: Here) -> LostGroups | None:
        """Return a server's groups whose channels are gone; None: there are none."""
        running = await self.running_in(here.guild_id)
        if not (lost := [group for group in running if here.lacks(group.channel_id)]):
            return None
        looks = [await self.look(here.guild_id, g.group_id, here.who) for g in lost[:LOST_SHOWN]]
        return LostGroups(tuple(looks), len(lost), await self.find(here.channel_id) is None)

    async def make_or_change(
        self,
        guild_id: int,
        channel_id: int,
        schedule: Schedule,
        role_id: int | None,
        changed_by: int,
        *,
        is_forum: bool = False,
        seen: Group | None = None,
        list_id: str | None = None,
        meets: MeetsSaid = None,
        language: str = "",
        opens: bool = False,
    ) -> GroupStatus:
        """Make the channel's group, or change it; the running week keeps its one post.

        ``language``: in which it is written from now on; "": as before.
        ``list_id``: what it reads from its next free week on; None: what it did, or what counts.
        What was picked, voted on or begun before is still read, and after the new list comes what
        was to come after the old one.

        ``seen``: the group when the change was asked for; what is still as it was then isn't
        changed. A stopped group starts again; a paused one stays paused. In a forum, the post
        into which the weeks go is sent by the engine, unless it is there. ``opens``: elsewhere a
        card tells the channel of a new group.
        """
        now = self._clock()
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, changed_by)
            # A group that doesn't exist can't be locked, so making one locks its server.
            await additions.take_turn(tx, guild_id)
            old = await group_rows.take_group_of_channel(tx, channel_id)
            group_id = old.group_id if old else self._ids.new()
            schedule, role_id = as_wished(old, seen, schedule, role_id)
            before = await calendar_of(tx, old) if old else Calendar(replace(schedule, every=1))
            is_due = old is not None and old.state == "active"
            schedule = before.recounted(schedule, now, old.since if old and is_due else now)
            here, _ = await self._curricula.place(tx, Where(guild_id, channel_id))
            list_id = list_id or (old.list_id if old else here.list_id)
            state: GroupState = "paused" if old and old.state == "paused" else "active"
            group = Group(
                group_id, guild_id, channel_id, state, schedule, role_id, now, now,
                changed_by=changed_by,
                after_list=old.after_list if old else None,
                after_list_at=old.after_list_at if old else None,
                is_forum=is_forum,
                list_id=list_id,
                language=language or (old.language if old else ""),
                meets=old.meets if old else None,
            )  # fmt: skip
            plan = await self._papers.plan(tx, group)
            since, next_at = now, plan.calendar.next(now).at
            if old is not None:
                since, next_at = looked_from(old, before, plan.calendar, now)
            group = replace(group, since=since, next_at=next_at)
            await group_rows.put_group(tx, group, now)
            group = await self._set_meets(tx, group, meets, now)
            await take_told(tx, group_id)
            moves = plan.made_way()
            await self.make_way(tx, group, moves, now)
            group = await self.announce(tx, group, old, now, opens=opens and old is None)
            if old and plan.this_week and old.language != group.language:
                await tell_again(tx, self._ids, group, plan.this_week, now)
            await plan_reminders(tx, group, now)
        status = await self.status_of(group, changed_by)
        speaks_anew = old is not None and old.language != group.language
        return replace(status, moves=tuple(moves), speaks_anew=speaks_anew)

    async def set_state(
        self, guild_id: int, group_id: int, state: GroupState, *, seen_in: int | None = None
    ) -> GroupStatus:
        """Pause, resume or stop a group. What falls into a pause is never made up.

        A paper that is still waiting to be sent then isn't; one on its way can't be called back.
        What was picked for a week that has no paper once a pause ends early moves to the next.
        ``seen_in``: the channel where it was when that was asked for.

        Raises:
            OldCardError: it has moved since.
        """
        now = self._clock()
        async with taken_group(self._db, guild_id, group_id) as (tx, old):
            _check_place(old, seen_in)
            before = await calendar_of(tx, old)
            await take_told(tx, group_id)
            if state != "active":
                await week_rows.call_off(tx, group_id)
            if state == "stopped":
                await call_off(tx, self._ids, old, now)
            changed = replace(old, state=state, since=now)
            schedule = old.schedule.settled(old.schedule.today(now))
            if state == "active" and schedule.pause is not None:
                changed = replace(changed, schedule=schedule.without([schedule.pause]))
            plan = await self._papers.plan(tx, changed)
            since, next_at = now, plan.calendar.next(now).at
            if state == "active":
                since, next_at = looked_from(old, before, plan.calendar, now)
            changed = replace(changed, since=since, next_at=next_at)
            await group_rows.put_group(tx, changed, now)
            await meetings.plan(tx, self._ids, changed, now)
            moves = plan.made_way() if state == "active" else []
            await self.make_way(tx, changed, moves, now)
            group = await self.announce(tx, changed, old, now)
            await plan_reminders(tx, group, now)
        return replace(await self.status_of(group), moves=tuple(moves))

    async def running_in(self, guild_id: int) -> list[Group]:
        """Return a server's groups that aren't stopped."""
        return await group_rows.running_groups(self._db, guild_id)

    async def move(
        self,
        guild_id: int,
        group_id: int,
        channel_id: int,
        moved_by: int,
        *,
        is_forum: bool = False,
        seen_in: int | None = None,
    ) -> GroupStatus:
        """Give a group another channel, with all it has; a paper that waits goes there.

        A vote stays behind: its poll stands in the old channel. So does a forum's standing post,
        which says where the group is: another forum gets one of its own, another channel is told
        by a card or by the group's first paper. ``seen_in``: the channel that it is to leave.

        Raises:
            OldCardError: another moderator has moved it meanwhile.
            HasGroupError: the channel has one, stopped or not.
        """
        now = self._clock()
        taken = taken_group(self._db, guild_id, group_id, who=moved_by, with_server=True)
        async with taken as (tx, old):
            _check_place(old, seen_in)
            if await group_rows.group_of_channel(tx, channel_id) is not None:
                raise HasGroupError
            await group_rows.move_group(
                tx, group_id, channel_id=channel_id, is_forum=is_forum, changed_by=moved_by, now=now
            )
            await outbox.wake(tx, group_id, now)
            await call_off(tx, self._ids, old, now)
            opens = old.is_forum and not await week_rows.has_had(tx, group_id)
            group = await self.announce(tx, old, old, now, opens=opens)
            for gone in await group_rows.merged_groups(tx, group_id):
                await standing.tell(tx, self._ids, gone, now)
        return await self.status_of(group)

    async def delete(self, guild_id: int, group_id: int, deleted_by: int) -> Group:
        """Forget a group for good: its members, weeks, picks and votes, and what it is still sent.

        So are the groups that went into it. Members' progress stays. A running vote is called off,
        as its card soon says.
        """
        taken = taken_group(self._db, guild_id, group_id, who=deleted_by, with_server=True)
        async with taken as (tx, group):
            await call_off(tx, self._ids, group, self._clock())
            for each in (*await group_rows.merged_groups(tx, group_id), group):
                left = await meetings.left_behind(tx, self._ids, each, self._clock())
                left += await standing.left_behind(tx, self._ids, each, self._clock())
                await outbox.delete_about_group(tx, each.group_id)
                await outbox.add(tx, *left)
                await guild_rows.forget_group(tx, each.group_id, but_open_polls=True)
        return group

    async def mention_nobody(self, guild_id: int, group_id: int) -> GroupStatus:
        """Let the group's papers mention no role."""
        async with taken_group(self._db, guild_id, group_id) as (tx, group):
            await group_rows.clear_role(tx, group_id)
        return await self.status_of(replace(group, role_id=None))

    async def post_now(self, guild_id: int, group_id: int) -> GroupStatus:
        """Take the running week's slot now; the engine sends the message.

        What is uncertain is sent once more.

        Raises:
            AlreadyPostedError: this week's paper was posted.
            NothingLeftError: the group has had everything.
            EmptyListError: there is nothing on its list.
        """
        now = self._clock()
        async with self._papers.taken(guild_id, group_id) as (tx, group, plan):
            old, moves = plan.this_week, list[MadeWay]()
            if old is not None and old.state == "posted":
                raise AlreadyPostedError(old.link(group.guild_id))
            await take_told(tx, group_id)
            if old is None or old.state not in ("waiting", "uncertain"):
                moves = plan.made_way(begins=True)
                await self.make_way(tx, group, moves, now)
                moved = await self._papers.plan(tx, group) if moves else plan
                post = self._weeks.pick(moved, group, Slot(plan.running, now))
                if post.key is None:
                    raise EmptyListError if plan.is_empty else NothingLeftError
            else:
                post = replace(old, state="waiting", at=now, channel_id=group.channel_id)
            await week_rows.put_week(tx, post)
            await self._weeks.send(tx, group, post, again=True)
            if old is not None and old.state == "uncertain":  # if it is found, as it was then
                await tell_again(tx, self._ids, group, post, now)
            await call_off(tx, self._ids, group, now, post.week)
            state: GroupState = "active" if group.state == "stopped" else group.state
            changed = replace(group, state=state, since=now)
            if plan.begins:
                changed = replace(changed, schedule=group.schedule.begun_at(now))
            calendar = replace(plan.calendar, schedule=changed.schedule).having(post)
            changed = replace(changed, next_at=calendar.next(now).at)
            await group_rows.put_group(tx, changed, now)
            await meetings.plan(tx, self._ids, changed, now)
            announced = await self.announce(tx, changed, group, now)
        return replace(await self.status_of(announced), moves=tuple(moves))

    async def status(self, channel_id: int, reader_id: int | None) -> GroupStatus:
        """Return all about a channel's group, as this reader may see it or raise NoGroupError."""
        if (group := await self.find(channel_id)) is None:
            raise await no_group(self._db, channel_id)
        return await self.status_of(group, reader_id)

    async def look(
        self, guild_id: int, group_id: int, reader_id: int, *, follows: bool = False
    ) -> GroupStatus:
        """Return all about a group, as this reader may see it; ``follows``: as ``group_of``."""
        group = await group_of(self._db, guild_id, group_id, follows=follows)
        return await self.status_of(group, reader_id)

    async def where(self, guild_id: int, group_id: int) -> Where:
        """Return where a group's papers come from."""
        return (await group_of(self._db, guild_id, group_id, follows=True)).where

    async def history(self, guild_id: int, group_id: int, page: int) -> History:
        """Return a page of the group's past weeks, then of those that went into it."""
        group = await group_of(self._db, guild_id, group_id, follows=True)
        plan = await self._papers.plan(self._db, group)
        own = [(None, week) for week in plan.calendar.weeks]
        others = await week_rows.weeks_of_merged(self._db, group.group_id)
        past = [(left_id, week) for left_id, week in (*own, *others) if week.at <= plan.now]
        leaders = await lead_rows.leaders_of(
            self._db, {group.group_id, *(week.group_id for _, week in past)}
        )
        pages = list[tuple[int | None, list[Week]]]()
        for _group_id, of_one in groupby(past, key=lambda each: each[1].group_id):
            pages += _pages([*of_one], group.schedule, leaders)
        left_id, shown = pages[page] if page < len(pages) else (None, [])
        remembered, months = await self._remembered(plan, group, shown, [w for _, w in past])
        weeks = [_past_week(plan, post, remembered, leaders) for post in shown]
        has_more = page + 1 < len(pages)
        return History(group, page, tuple(weeks), has_more, left_id, tuple(months))

    async def lately(self, guild_id: int, group_id: int) -> tuple[PastWeek, ...]:
        """Return the group's own last weeks, newest first, as many as it is shown to come."""
        group = await group_of(self._db, guild_id, group_id, follows=True)
        plan = await self._papers.plan(self._db, group)
        shown = [week for week in plan.calendar.weeks if week.at <= plan.now][:WEEKS_SHOWN]
        remembered = (await self._remembered(plan, group, shown, shown))[0]
        return tuple(_past_week(plan, post, remembered) for post in shown)

    async def _remembered(
        self, plan: Plan, group: Group, shown: Sequence[Week], past: Sequence[Week]
    ) -> tuple[Mapping[str, tuple[int, int, int]], list[PastMonth]]:
        """Return what is remembered of the weeks shown, and of their months, newest first."""
        today = group.schedule.today
        months = {week.week_id: today(week.at).replace(day=1) for week in past}
        asked = {months[week.week_id] for week in shown}
        posted = [
            week for week in past
            if week.state == "posted" and months[week.week_id] in asked
            and week.group_id == shown[0].group_id
        ]  # fmt: skip
        keys = {post.week_id: keys_of(plan.curriculum, post.key or "") for post in posted}
        unfinished = {post.week_id for post in posted if post.part and post.part.is_unfinished}
        named = {post.week_id: str(months[post.week_id]) for post in posted}
        found = await week_rows.remembered(self._db, keys, named, unfinished)
        present = plan.curriculum.present  # of one that was read in several weeks, too, one paper
        papers = {(named[post.week_id], present(post.key or "")) for post in posted}
        counts = Counter(month for month, _ in papers)
        return found, [
            PastMonth(month, counts[str(month)], shown_count(found.get(str(month), (0,))[0]))
            for month in sorted(asked, reverse=True)
        ]

    async def join(self, guild_id: int, group_id: int, reader_id: int) -> GroupStatus:
        """Make the reader a member of the group, or of the one that it went into."""
        taken = taken_group(self._db, guild_id, group_id, who=reader_id, follows=True)
        async with taken as (tx, group):
            is_new = await group_rows.join(tx, group.group_id, reader_id, self._clock())
            if is_new:
                await standing.tell_soon(tx, self._ids, group, self._clock())
        return replace(await self.status_of(group, reader_id), has_joined=is_new)

    async def leave(self, guild_id: int, group_id: int, reader_id: int) -> GroupStatus:
        """End the reader's membership, as ``join`` begins it; their progress stays."""
        async with taken_group(self._db, guild_id, group_id, follows=True) as (tx, group):
            await group_rows.leave(tx, group.group_id, reader_id)
            led = await let_go(tx, self._ids, group, reader_id, self._clock())
            await standing.tell_soon(tx, self._ids, group, self._clock())
        return replace(await self.status_of(group, reader_id), unled=tuple(sorted(led)))

    async def _which(self, here: Here, form: GroupForm) -> WhichGroup | None:
        """Ask whether a new group is meant, or one that lost its channel; None: there is none."""
        if (lost := await self.lost(here)) is None:
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
        list_id: str | None = None,
        meets: MeetsSaid = None,
    ) -> GroupStatus:
        """Make or change a channel's group; ``seen``: from which what wasn't said was taken."""
        is_there = seen is not None and (seen.standing_id is not None or not seen.is_forum)
        problem = channel.post_problem if is_there else channel.problem
        if problem is not None and (seen is None or meets is None):  # meetings can be seen to
            raise CannotPostError(problem)
        guild_id, to, who, is_forum = here.guild_id, channel.channel_id, here.who, channel.is_forum
        status = await self.make_or_change(
            guild_id, to, schedule, role_id, who, is_forum=is_forum, seen=seen, list_id=list_id,
            meets=meets, language=here.language, opens=True,
        )  # fmt: skip
        if meets is None or seen is None:
            return status
        return await self._undoable(here, status, seen.meets)

    async def _meets(
        self, here: Here, form: GroupForm, zone: str, old: Meets | None
    ) -> MeetsSaid | WhichMeeting:
        """Return when a form says that a group meets, that met so far as ``old`` says.

        Or keep it, with all that the form to be filled again is to show, if that isn't clear.
        """
        if (wish := form.wish.meets) is None:
            return None
        if is_no_meeting(wish.when):
            return "none"
        usual, room_id = A_MEETING, wish.channel_id
        if wish.keeps and old is not None:
            is_there = here.room_ids is None or old.channel_id in here.room_ids
            usual, room_id = old.minutes, room_id or (old.channel_id if is_there else None)
            kept = replace(wish, lasts=str(usual), channel_id=room_id, keeps=False)
            form = replace(form, wish=replace(form.wish, meets=kept))
        meets = meets_meant(wish.when, zone, wish.lasts, usual)
        if meets is not None:
            said_id = meets.channel_id if wish.keeps else None
            meets = replace(meets, channel_id=said_id or room_id or meets.channel_id)
        is_room = here.room_ids is None or (meets and meets.channel_id) in (None, *here.room_ids)
        if meets is not None and is_room:
            return meets
        kept_id = await self._moderation.keep(here.guild_id, here.who, form)
        if not is_room:
            return WhichMeeting(kept_id, wish, "room")
        if lacks_length(wish.when, zone, wish.lasts):
            return WhichMeeting(kept_id, wish, "lasts")
        return WhichMeeting(kept_id, wish, "every" if names_every(wish.when) else "when")

    async def _set_meets(self, tx: Queries, group: Group, meets: MeetsSaid, now: datetime) -> Group:
        """Record what was said of a group's meetings, and let those to come be so."""
        if meets is not None:
            group = replace(group, meets=None if meets == "none" else meets)
            await group_rows.set_meets(tx, group.group_id, group.meets)
        await meetings.plan(tx, self._ids, group, now)
        return group

    async def _undoable(self, here: Here, status: GroupStatus, before: Meets | None) -> GroupStatus:
        """Keep when a group met before, for Undo."""
        wish, group = GroupWish(meets=as_typed(before)), status.group
        form = GroupForm(group.channel_id, wish, group.group_id, as_typed(group.meets))
        kept_id = await self._moderation.keep(here.guild_id, here.who, form)
        return replace(status, undo_id=kept_id)

    async def make_way(
        self, tx: Queries, group: Group, moves: Iterable[MadeWay], now: datetime
    ) -> None:
        """Move choices to other weeks, and call votes on these off."""
        for each in moves:
            if each.to:
                await week_rows.move_picks(tx, group.group_id, each.week, each.to)
        for each in moves:
            await call_off(tx, self._ids, group, now, each.week)

    async def announce(
        self, tx: Queries, group: Group, old: Group | None, now: datetime, *, opens: bool = False
    ) -> Group:
        """Make sure that the channel is told of its group, and that what tells it is up to date."""
        await standing.ask_for(tx, self._ids, group.group_id, now)
        group = await group_rows.group(tx, group.group_id) or group
        await standing.ask_to_open(tx, self._ids, group, now, is_new=opens)
        told = attrgetter("schedule", "state", "channel_id", "list_id", "meets", "language")
        if old is None or told(old) != told(group):
            has_left = old is not None and old.channel_id != group.channel_id
            left_id = old.standing_id if old is not None and has_left else None
            await standing.tell(tx, self._ids, group, now, left_id=left_id)
        return group

    async def status_of(self, group: Group, reader_id: int | None = None) -> GroupStatus:
        db, group_id, reader_id = self._db, group.group_id, reader_id or 0
        plan = await self._papers.plan(db, group)
        curriculum, this_week = plan.curriculum, plan.this_week
        today, last = group.schedule.today(plan.now), plan.calendar.last_before(plan.current)
        votes = [v for v in plan.votes if v.week >= plan.running and v.state == "lost"]
        lost = tuple(vote for vote in votes if vote.week not in plan.picked)
        running = plan.running_votes
        problems = {v.vote_id: await problem_of(db, v) for v in (*running, *lost)}
        named = await group_rows.named_members(db, group_id)
        doubted = await additions.doubted_keys(db, group.guild_id, curriculum.id)
        choice, _version = await list_rows.choice(db, group.guild_id)
        has_several = len(self._curricula.titles(choice)) > 1
        posted = this_week if this_week and this_week.state == "posted" else None
        read_by = await self._weeks.read_by(curriculum, group_id, [posted, last], named)
        newest, after = this_week or last, plan.calendar.paper_after
        still = (group.still_at(w, after(w.at), plan.now) for w in (this_week, last) if w)
        event = await outbox.row_about(db, "meeting", str(newest.week_id)) if newest else None
        is_waiting = event is not None and event.state in ("waiting", "claimed")
        is_left = newest is not None and newest.event_id and group.meeting(newest) is None
        is_member = await group_rows.is_member(db, group_id, reader_id)
        return GroupStatus(
            curriculum,
            group,
            members=await group_rows.member_count(db, group_id),
            is_member=is_member,
            this_week=this_week,
            last=last,
            list_title=curriculum.title if has_several else "",
            this_read=read_by[0],
            last_read=read_by[1],
            coming=plan.coming(WEEKS_SHOWN),
            begins=plan.begins,
            weeks_left=plan.weeks_left(),
            part=plan.part(this_week) if this_week else None,
            spans=plan.spans,
            picks=plan.open_picks,
            named=tuple(named),
            wish=await group_rows.wish(db, group_id, reader_id),
            votes=running,
            lost_votes=lost,
            vote_problems={id_: why for id_, why in problems.items() if why is not None},
            thread_problem=await _problem_of(db, "thread", this_week),
            meeting_problem=None if event is None else event.problem,
            still_at=next(filter(None, still), None),
            event_left=bool(is_waiting and is_left),
            doubted=tuple(r for key in doubted if (r := curriculum.get(key)) is not None),
            is_empty=plan.is_empty,
            leads=tuple(await lead_rows.leads_from(db, group_id, plan.current)),
            is_to_lead=is_open_to_lead(group, this_week, plan.now),
            could_lead=is_member and await self._could_lead(group_id, reader_id),
            silences=tuple(each for each in group.schedule.silences if each.last >= today),
            has_merged=bool(await group_rows.merged_groups(db, group_id)),
            opens_at=await standing.opens_at(db, group) if plan.begins else None,
        )

    async def _could_lead(self, group_id: int, reader_id: int) -> bool:
        """Tell whether others have led, and this member never has."""
        has_led = await lead_rows.has_led(self._db, group_id, reader_id)
        return not has_led and await lead_rows.has_led(self._db, group_id, None)


def _past_week(
    plan: Plan,
    post: Week,
    remembered: Mapping[str, tuple[int, int, int]],
    leaders: Mapping[tuple[int, str], int] = MappingProxyType({}),
) -> PastWeek:
    readers, rated, liked = remembered.get(str(post.week_id), (0, 0, 0))
    worth = Worth(liked, rated) if shown_count(rated) else None
    leader_id = leaders.get((post.group_id, post.week))
    return PastWeek(post, shown_count(readers), plan.part(post), leader_id, worth)


def _pages(
    past: Sequence[tuple[int | None, Week]],
    schedule: Schedule,
    leaders: Mapping[tuple[int, str], int],
) -> list[tuple[int | None, list[Week]]]:
    """Return the past weeks of one group page by page, each with the channel that it has left.

    As many as a phone shows: a week takes two lines, its leader's name up to two, and a month one.
    """
    pages, room, month = list[tuple[int | None, list[Week]]](), 0, None
    for left_id, week in past:
        of = schedule.today(week.at).replace(day=1)
        lines = 4 if (week.group_id, week.week) in leaders else 2
        if not pages or room < lines + (of != month):
            pages.append((left_id, []))
            room, month = LINES_A_PAGE - (left_id is not None), None
        pages[-1][1].append(week)
        room, month = room - lines - (of != month), of
    return pages


def _check_place(group: Group, seen_in: int | None) -> None:
    if seen_in not in (None, group.channel_id):
        raise OldCardError


async def _problem_of(db: Queries, kind: LetterKind, post: Week | None) -> Problem | None:
    row = await outbox.row_about(db, kind, str(post.week_id)) if post else None
    return None if row is None else row.problem
