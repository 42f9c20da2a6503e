"""Study groups: making and changing them, their members, what their cards show."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.dates import time_of_day
from bot.core.groups import (
    HAD,
    Coming,
    Group,
    GroupForm,
    GroupState,
    GroupStatus,
    GroupWish,
    Here,
    History,
    LostGroups,
    Moved,
    PastWeek,
    SeenChannel,
    SeenRole,
    SetUp,
    Week,
    WeekState,
    WhichGroup,
    WhichHour,
    WhichZone,
    as_wished,
    served_weeks,
)
from bot.core.outbox import Problem
from bot.core.papers import AfterList, Pick, by_week, next_papers, runs_out
from bot.core.weeks import (
    Schedule,
    next_slot,
    running_week,
    slot_of_week,
    slots_from,
    too_soon,
    weeks_from,
)
from bot.core.zones import resolve_zone, zones_offered
from bot.errors import (
    AlreadyPostedError,
    CannotPostError,
    HasGroupError,
    NoGroupError,
    NothingLeftError,
    NotOfferedError,
    OldCardError,
    RoleRefusedError,
)
from bot.services import standing
from bot.services.curriculum import CurriculumStore
from bot.services.moderation import Moderation
from bot.services.reminders import plan
from bot.services.votes import call_off, problem_of
from bot.services.weeks import WEEKS_REMEMBERED, Weeks, beyond, next_slot_of, of_guild
from bot.store import additions, members, outbox, readers
from bot.store import groups as group_rows
from bot.store import guilds as guild_rows
from bot.store import papers as paper_rows
from bot.store import weeks as week_rows
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids

MONDAY, NINE = 0, 9
LOST_SHOWN = 5
WHICH_SHOWN = 4
"""Groups without a channel among which a moderator is asked: with a new one, five buttons."""

WEEKS_SHOWN = 4
WEEKS_A_PAGE = 10


@dataclass
class Groups:
    """All about groups but their posts. Each method is one transaction.

    Cards are made when it is over: nobody waits for them. A group that isn't this server's is a
    ``NoGroupError``.
    """

    _db: Database
    _curricula: CurriculumStore
    _weeks: Weeks
    _moderation: Moderation
    _clock: Clock
    _ids: Ids

    async def find(self, channel_id: int) -> Group | None:
        """Return the channel's group, stopped or not."""
        return await group_rows.group_of_channel(self._db, channel_id)

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
            offered, fits = zones_offered(wish.zone, here.locale, now)
            return WhichZone(channel.channel_id, wish, tuple(offered), fits)
        weekday = old.weekday if wish.weekday is None else wish.weekday
        role_id = group.role_id if group and wish.role_id is None else wish.role_id
        if wish.role_id is not None and role is None:
            raise NotOfferedError
        if wish.role_id is not None and role is not None and not role.is_mentionable:
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
            return await self.move_to(here, channel, group_id, only_lost=True)
        if await self.find(channel.channel_id) is not None:
            raise HasGroupError
        wish, time = form.wish, time_of_day(form.wish.time or "")
        if time is None or wish.weekday is None:
            raise OldCardError
        schedule = Schedule(wish.weekday, *time, wish.zone)
        return await self._put(here, channel, schedule, wish.role_id)

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
        group = of_guild(await group_rows.group(self._db, group_id), guild_id)
        is_lost, to, left = here.lacks(group.channel_id), channel.channel_id, group.channel_id
        if only_lost and not is_lost:
            raise OldCardError
        if channel.problem is not None:
            raise CannotPostError(channel.problem)
        status = await self.move(guild_id, group_id, to, here.who, is_forum=is_forum, seen_in=left)
        return Moved(status, None if is_lost else left)

    async def stop_lost(self, here: Here, group_id: int) -> GroupStatus:
        """Stop a group whose channel is gone; raise OldCardError if it has moved meanwhile."""
        group = of_guild(await group_rows.group(self._db, group_id), here.guild_id)
        if not here.lacks(left := group.channel_id):
            raise OldCardError
        return await self.set_state(here.guild_id, group_id, "stopped", seen_in=left)

    async def lost(self, here: Here, most: int = LOST_SHOWN) -> LostGroups | None:
        """Return a server's groups whose channels are gone; None: there are none."""
        running = await self.running_in(here.guild_id)
        if not (lost := [group for group in running if here.lacks(group.channel_id)]):
            return None
        looks = [await self.look(here.guild_id, g.group_id, here.who) for g in lost[:most]]
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
    ) -> GroupStatus:
        """Make the channel's group, or change it; the running week keeps its one post.

        ``seen``: the group when the change was asked for; what is still as it was then isn't
        changed. A stopped group starts again; a paused one stays paused. In a forum, the post
        into which the weeks go leaves with the postman, unless it is there.
        """
        now = self._clock()
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, changed_by)
            # A group that doesn't exist can't be locked, so making one locks its server.
            await additions.take_turn(tx, guild_id)
            old = await group_rows.take_group_of_channel(tx, channel_id)
            group_id = old.group_id if old else self._ids.new()
            schedule, role_id = as_wished(old, seen, schedule, role_id)
            served = await week_rows.served(tx, group_id, schedule)
            state: GroupState = "paused" if old and old.state == "paused" else "active"
            next_at = next_slot(schedule, now, served).at
            group = Group(
                group_id, guild_id, channel_id, state, schedule, role_id, now, next_at,
                changed_by=changed_by,
                after_list=old.after_list if old else None,
                after_list_at=old.after_list_at if old else None,
                is_forum=is_forum,
            )  # fmt: skip
            await group_rows.put_group(tx, group, now)
            await self._make_way(tx, group, now)
            group = await self._announce(tx, group, old, now)
            await plan(tx, self._ids, group, now)
        return await self._status(group, changed_by)

    async def set_state(
        self, guild_id: int, group_id: int, state: GroupState, *, seen_in: int | None = None
    ) -> GroupStatus:
        """Pause, resume or stop a group. What falls into a pause is never made up.

        A paper that is still waiting to be sent then isn't; one on its way can't be called back.
        ``seen_in``: the channel where it was when that was asked for.

        Raises:
            OldCardError: it has moved since.
        """
        now = self._clock()
        async with self._db.transaction() as tx:
            group = await self._taken(tx, guild_id, group_id, seen_in)
            if state != "active":
                await week_rows.call_off(tx, group_id)
            if state == "stopped":
                await call_off(tx, self._ids, group, now)
            next_at = (await next_slot_of(tx, group, now)).at
            changed = replace(group, state=state, since=now, next_at=next_at)
            await group_rows.put_group(tx, changed, now)
            group = await self._announce(tx, changed, group, now)
            await plan(tx, self._ids, group, now)
        return await self._status(group)

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

        A vote stays behind: its poll stands in the old channel. So does a forum's standing post:
        another forum gets one of its own. ``seen_in``: the channel that it is to leave.

        Raises:
            OldCardError: another moderator has moved it meanwhile.
            HasGroupError: the channel has one, stopped or not.
        """
        now = self._clock()
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, moved_by)
            await additions.take_turn(tx, guild_id)
            old = await self._taken(tx, guild_id, group_id, seen_in)
            if await group_rows.group_of_channel(tx, channel_id) is not None:
                raise HasGroupError
            await group_rows.move_group(
                tx, group_id, channel_id=channel_id, is_forum=is_forum, changed_by=moved_by, now=now
            )
            await outbox.wake(tx, group_id, now)
            await call_off(tx, self._ids, old, now)
            group = await self._taken(tx, guild_id, group_id)
            group = await self._announce(tx, group, old, now)
        return await self._status(group)

    async def delete(self, guild_id: int, group_id: int, deleted_by: int) -> Group:
        """Forget a group for good: its members, weeks, picks and votes, and what it is still sent.

        Its members' progress stays. A running vote is called off, as its card soon says.
        """
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, deleted_by)
            await additions.take_turn(tx, guild_id)
            group = await self._taken(tx, guild_id, group_id)
            await call_off(tx, self._ids, group, self._clock())
            await outbox.delete_about_group(tx, group_id)
            await guild_rows.forget_group(tx, group_id, but_open_polls=True)
        return group

    async def skip_next(self, guild_id: int, group_id: int) -> GroupStatus:
        """Leave the coming week out; once more takes that back."""
        now = self._clock()
        async with self._db.transaction() as tx:
            group = await self._taken(tx, guild_id, group_id)
            posts = await week_rows.latest_weeks(tx, group_id, WEEKS_REMEMBERED)
            coming = self._coming(group, now, posts)[0]
            slot = coming.slot
            if coming.is_skipped:
                skipped = next(p for p in posts if p.week == slot.week)
                await week_rows.delete_week(tx, skipped.week_id)
            else:
                post = Week(self._ids.new(), group_id, slot.week, slot.at, "skipped")
                await week_rows.put_week(tx, post)
                await call_off(tx, self._ids, group, now, slot.week)
            if group.next_at > now:  # else a slot has just come, and waits to be looked at
                group = replace(group, next_at=(await next_slot_of(tx, group, now)).at)
                await group_rows.set_looked(tx, group_id, group.since, group.next_at)
            await plan(tx, self._ids, group, now)
        return await self._status(group)

    async def go_on(self, guild_id: int, group_id: int, choice: AfterList | None) -> GroupStatus:
        """Choose what follows when the group's list is through; None: nothing."""
        async with self._db.transaction() as tx:
            await self._taken(tx, guild_id, group_id)
            await group_rows.set_after_list(tx, group_id, choice, self._clock())
            group = await self._taken(tx, guild_id, group_id)
        return await self._status(group)

    async def mention_nobody(self, guild_id: int, group_id: int) -> GroupStatus:
        """Let the group's papers mention no role."""
        async with self._db.transaction() as tx:
            group = await self._taken(tx, guild_id, group_id)
            await group_rows.clear_role(tx, group_id)
        return await self._status(replace(group, role_id=None))

    async def post_now(self, guild_id: int, group_id: int) -> GroupStatus:
        """Take the running week's slot now; the message leaves with the postman.

        What is uncertain is sent once more.

        Raises:
            AlreadyPostedError: this week's paper was posted.
            NothingLeftError: the group has had everything.
        """
        now = self._clock()
        async with self._db.transaction() as tx:
            group = await self._taken(tx, guild_id, group_id)
            week = running_week(group.schedule.zone, now)
            old = await week_rows.week_of_group(tx, group_id, week)
            if old is not None and old.state == "posted":
                raise AlreadyPostedError(message_link(group.guild_id, old))
            if old is None or old.state not in ("waiting", "uncertain"):
                slot = replace(slot_of_week(group.schedule, week), at=now)
                await self._make_way(tx, group, now, begins=True)
                post = await self._weeks.pick(tx, group, slot, old)
                if post.key is None:
                    raise NothingLeftError
                await week_rows.put_week(tx, post)
            else:
                post = replace(old, state="waiting", at=now, channel_id=group.channel_id)
                await week_rows.put_week(tx, post)
            await self._weeks.send(tx, group, post, again=True)
            await call_off(tx, self._ids, group, now, week)
            state: GroupState = "active" if group.state == "stopped" else group.state
            next_at = (await next_slot_of(tx, group, now)).at
            changed = replace(group, state=state, since=now, next_at=next_at)
            await group_rows.put_group(tx, changed, now)
            group = await self._announce(tx, changed, group, now)
        return await self._status(group)

    async def status(self, channel_id: int, reader_id: int | None) -> GroupStatus:
        """Return all about a channel's group, as this reader may see it or raise NoGroupError."""
        if (group := await self.find(channel_id)) is None:
            raise NoGroupError
        return await self._status(group, reader_id)

    async def look(self, guild_id: int, group_id: int, reader_id: int) -> GroupStatus:
        """Return all about a group, as this reader may see it."""
        group = of_guild(await group_rows.group(self._db, group_id), guild_id)
        return await self._status(group, reader_id)

    async def history(self, guild_id: int, group_id: int, page: int) -> History:
        """Return a page of the group's past weeks, the newest first."""
        group = of_guild(await group_rows.group(self._db, group_id), guild_id)
        curriculum = await self._curricula.of(self._db, guild_id)
        found = await week_rows.past_weeks(
            self._db, group_id, now=self._clock(), count=WEEKS_A_PAGE + 1, skip=page * WEEKS_A_PAGE
        )
        shown = found[:WEEKS_A_PAGE]
        posted = [post for post in shown if post.state == "posted"]
        reads = await self._weeks.shown_reads(curriculum, posted)
        weeks = tuple(PastWeek(post, reads.get(post.week_id)) for post in shown)
        return History(group, page, weeks, has_more=len(found) > WEEKS_A_PAGE)

    async def join(self, guild_id: int, group_id: int, reader_id: int) -> GroupStatus:
        """Make the reader a member."""
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, reader_id)
            group = await self._taken(tx, guild_id, group_id)
            is_new = await members.join(tx, group_id, reader_id, self._clock())
        return replace(await self._status(group, reader_id), has_joined=is_new)

    async def leave(self, guild_id: int, group_id: int, reader_id: int) -> GroupStatus:
        """End the reader's membership; their progress stays."""
        async with self._db.transaction() as tx:
            group = await self._taken(tx, guild_id, group_id)
            await members.leave(tx, group_id, reader_id)
        return await self._status(group, reader_id)

    async def _which(self, here: Here, form: GroupForm) -> WhichGroup | None:
        """Ask whether a new group is meant, or one that lost its channel; None: there is none."""
        if (lost := await self.lost(here, WHICH_SHOWN)) is None:
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
        return await self.make_or_change(
            guild_id, to, schedule, role_id, who, is_forum=is_forum, seen=seen
        )

    async def _make_way(
        self, tx: Queries, group: Group, now: datetime, *, begins: bool = False
    ) -> None:
        """Keep a choice for a week that comes too soon after the first paper.

        It comes in the next free week; if the group ``begins`` now and nothing else is chosen for
        that, at once. A vote on such a week is called off.
        """
        posts = await week_rows.latest_weeks(tx, group.group_id, WEEKS_REMEMBERED)
        had = [post.at for post in posts if post.state in HAD]
        if begins == bool(had):
            return
        week = running_week(group.schedule.zone, now)
        decided = {post.week for post in posts}
        near = too_soon(group.schedule, now if begins else min(had)) - decided
        passed = {each for each in near if each > week}
        for each in sorted(passed):
            await call_off(tx, self._ids, group, now, each)
            taken = {one.week for one in await paper_rows.picks_from(tx, group.group_id, week)}
            ahead = slots_from(group.schedule, now, len(taken) + 1, decided | passed | taken)
            to = week if begins and week not in taken else ahead[0].week
            await paper_rows.move_picks(tx, group.group_id, each, to)

    async def _taken(
        self, tx: Queries, guild_id: int, group_id: int, seen_in: int | None = None
    ) -> Group:
        group = of_guild(await group_rows.take_group(tx, group_id), guild_id)
        if seen_in not in (None, group.channel_id):
            raise OldCardError
        return group

    async def _announce(self, tx: Queries, group: Group, old: Group | None, now: datetime) -> Group:
        """Make sure that a forum has its standing post and that the post's card is up to date."""
        await standing.ask_for(tx, self._ids, group.group_id, now)
        group = await group_rows.group(tx, group.group_id) or group
        if old is None or (old.schedule, old.state) != (group.schedule, group.state):
            await standing.tell(tx, self._ids, group, now)
        return group

    async def _status(self, group: Group, reader_id: int | None = None) -> GroupStatus:
        db, now = self._db, self._clock()
        curriculum = await self._curricula.of(db, group.guild_id)
        posts = await week_rows.latest_weeks(db, group.group_id, WEEKS_REMEMBERED)
        week = running_week(group.schedule.zone, now)
        last = next((p for p in posts if p.state == "posted" and p.week < week), None)
        this_week = next((p for p in posts if p.week == week), None)
        had = await week_rows.had_keys(db, group.group_id)
        coming = self._coming(group, now, posts)
        weeks = [slot.slot.week for slot in coming if not slot.is_skipped]
        chosen = await paper_rows.picks_from(db, group.group_id, week)
        picked, winners = by_week(chosen)
        voted = await paper_rows.votes_from(db, group.group_id, week)
        vote = next((v for v in voted if v.state == "running"), None)
        lost = next((v for v in voted if v.state == "lost" and v.week not in picked), None)
        then = await beyond(db, curriculum, group, had)
        spans = await paper_rows.spans_of(db, group.group_id)
        papers = next_papers(curriculum, had, picked, winners, weeks, then, spans)
        picks = {paper.week: paper for paper in papers}
        told = vote or lost
        named = await members.named_members(db, group.group_id)
        doubted = await additions.doubted_keys(db, group.guild_id)
        this_read, last_read = await self._weeks.read_by(curriculum, [this_week, last], named)
        first = weeks[0] if weeks else weeks_from(week, 2)[1]
        return GroupStatus(
            curriculum,
            group,
            members=await members.member_count(db, group.group_id),
            is_member=await members.is_member(db, group.group_id, reader_id or 0),
            this_week=this_week,
            last=last,
            this_read=this_read,
            last_read=last_read,
            coming=tuple(replace(c, pick=picks.get(c.slot.week, c.pick)) for c in coming),
            begins=self._begins(group, now, posts, week),
            weeks_left=runs_out(curriculum, had, picked, winners, first, then, spans),
            spans=tuple(spans),
            chosen=tuple(chosen),
            named=tuple(named),
            wish=await members.wish(db, group.group_id, reader_id or 0),
            vote=vote,
            lost_vote=lost,
            vote_problem=await problem_of(db, told) if told else None,
            thread_problem=await _thread_problem(db, this_week),
            doubted=tuple(r for key in doubted if (r := curriculum.get(key)) is not None),
        )

    def _coming(self, group: Group, now: datetime, posts: list[Week]) -> list[Coming]:
        skipped = {p.week for p in posts if p.state == "skipped" and p.at > now}
        decided = [p for p in posts if p.week not in skipped]
        served = served_weeks(group.schedule, ((p.week, p.at, p.state) for p in decided))
        ahead = slots_from(group.schedule, now, WEEKS_SHOWN, served)
        return [Coming(s, Pick(s.week, None, None), s.week in skipped) for s in ahead]

    def _begins(
        self, group: Group, now: datetime, posts: list[Week], week: str
    ) -> tuple[datetime, datetime] | None:
        if any(post.state in HAD for post in posts):
            return None
        decided: list[tuple[str, datetime, WeekState]] = [(p.week, p.at, p.state) for p in posts]
        served = served_weeks(group.schedule, [*decided, (week, now, "waiting")])
        return now, next_slot(group.schedule, now, served).at


async def _thread_problem(db: Queries, post: Week | None) -> Problem | None:
    row = await outbox.row_about(db, "thread", str(post.week_id)) if post else None
    return None if row is None else row.problem


def message_link(guild_id: int, post: Week) -> str:
    """Return the address of a post's message in Discord; of one deleted at once, nothing."""
    if post.message_id is None:
        return ""
    return f"https://discord.com/channels/{guild_id}/{post.channel_id}/{post.message_id}"
