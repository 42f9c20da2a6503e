"""What groups read in which week: the one place that reads a plan, and what moderators choose."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from bot.core.curriculum import Curriculum, Resource
from bot.core.groups import Group
from bot.core.outbox import OutboxRow
from bot.core.papers import (
    MOST_WEEKS,
    PICKED,
    AfterList,
    Chosen,
    PickReply,
    Plan,
    begun,
    beyond_list,
    spans_by_key,
    weeks_meant,
    without_unfinished,
)
from bot.core.progress import READ, shown_count
from bot.core.weeks import HAD, Calendar, Slot, Week, slot_of_week, week_of
from bot.errors import (
    CompanionRefusedError,
    GroupGoneError,
    MergedGroupError,
    NoGroupError,
    NotAMemberError,
    NotOfferedError,
    UnknownWeekError,
    WeekRefusedError,
)
from bot.services import standing
from bot.services.curriculum import CurriculumStore
from bot.store import additions, outbox, progress, readers
from bot.store import groups as group_rows
from bot.store import weeks as week_rows
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids

TOLD_WITHIN = timedelta(days=7)
"""How long the card of a week's paper is worth putting right: until it meets, for most."""
WEEKS_OFFERED = 25  # as many choices as Discord takes


@dataclass
class Papers:
    """What moderators choose for their groups' weeks. Each method is one transaction.

    A group that isn't this server's is a ``NoGroupError``; what isn't on its list an
    ``UnknownResourceError`` or a ``NoLongerListedError``; a companion, a ``CompanionRefusedError``.
    """

    _db: Database
    _curricula: CurriculumStore
    _clock: Clock
    _ids: Ids

    async def pick(
        self, guild_id: int, channel_id: int, picked_by: int, resource: str, date: str | None
    ) -> PickReply:
        """Pick what is typed for the week of a day, or for the next week without an outcome.

        Raises:
            UnknownWeekError: the date is no day and no week, or several; it has some to choose.
            WeekRefusedError: that week has its paper, is over, or is more than a year away.
        """
        async with self.taken(guild_id, channel_id=channel_id, who=picked_by) as (tx, group, plan):
            meant = no_companion(await self._curricula.named(tx, group.where, resource))
            slot = slot_meant(plan, group, date, meant.key)
            await self._put(tx, group, slot, meant, picked_by)
        vote, keys = plan.vote_on(slot.week), plan.curriculum.keys_of(meant)
        others = {c.week for c in plan.chosen if c.week != slot.week and c.key in keys}
        return replace(
            _reply(plan, group, slot, meant),
            before=plan.curriculum.get(plan.picked.get(slot.week, "")),
            others=tuple(slot_of_week(group.schedule, week) for week in sorted(others)),
            is_past=slot.at <= plan.now,
            is_voted_on=vote is not None and vote.state == "running",
        )

    async def pick_next(self, guild_id: int, group_id: int, picked_by: int, key: str) -> PickReply:
        """Pick a resource for the group's next free week; picked for one to come, it stays there.

        Raises:
            WeekRefusedError: a year's weeks are all taken.
        """
        async with self.taken(guild_id, group_id, who=picked_by) as (tx, group, plan):
            meant = no_companion(await self._curricula.resource(tx, group.where, key))
            slot = plan.free_slot(meant)
            if slot is None:
                raise WeekRefusedError("far")
            if slot.week not in plan.picked:
                await self._put(tx, group, slot, meant, picked_by)
        return _reply(plan, group, slot, meant)

    async def take_back(self, guild_id: int, group_id: int, week: str) -> PickReply:
        """Take a moderator's pick back; tell what the week reads now. Twice is harmless.

        Raises:
            UnknownWeekError, WeekRefusedError: the week is none, or has its paper.
        """
        if list(weeks_meant(week, self._clock().date(), "UTC")) != [week]:
            raise UnknownWeekError(week)
        async with self.taken(guild_id, group_id) as (tx, group, plan):
            slot = _open_slot(plan, group, week)
            await week_rows.delete_pick(tx, group_id, week, PICKED)
        kept = [each for each in plan.choices if (each.week, each.why) != (week, PICKED)]
        reads = replace(plan, choices=kept).paper(week)
        return PickReply(
            group_id,
            group.channel_id,
            slot,
            plan.curriculum.get(reads.key or ""),
            before=plan.curriculum.get(plan.picked.get(week, "")),
            is_past=slot.at <= plan.now,
        )

    async def read_for(
        self, guild_id: int, group_id: int, key: str, weeks: int
    ) -> tuple[Resource, int, int]:
        """Let a group read a resource for this many weeks in a row, or none.

        A pick or a vote for one of them goes first: the rest then comes a week later. Of what was
        begun, the weeks it has had count; what is left of its parts takes one more at least. As
        many as it has parts, and it follows them as they are. Return it, for how many weeks it is
        read, and how many of them there were so far, if it is gone on with in parts.

        Raises:
            NotOfferedError: for so many weeks nothing is read, or nothing without parts.
        """
        async with self.taken(guild_id, group_id) as (tx, group, plan):
            meant = plan.curriculum.get(key)
            meant = meant or await self._curricula.resource(tx, group.where, key)
            if not 0 <= weeks <= (len(meant.parts) or MOST_WEEKS):
                raise NotOfferedError
            keys, span = plan.curriculum.keys_of(meant), plan.spans.get(meant.key)
            so_far = 0 if span is None else span.so_far[0]
            weeks = weeks and max(weeks, so_far + 1)
            await week_rows.put_span(tx, group_id, plan.span(meant, weeks), keys)
        return meant, weeks, so_far

    async def go_on(self, guild_id: int, group_id: int, choice: AfterList | None) -> None:
        """Choose what follows when the group's list is through; None: nothing."""
        async with taken_group(self._db, guild_id, group_id) as (tx, _):
            await group_rows.set_after_list(tx, group_id, choice, self._clock())

    async def weeks(self, guild_id: int, channel_id: int) -> list[tuple[Slot, str]]:
        """Return the group's next slots, on its own clock, and the titles they have now."""
        group = await group_rows.group_of_channel(self._db, channel_id)
        if group is None or group.guild_id != guild_id:
            return []
        return _offered(await self.plan(self._db, group))

    @asynccontextmanager
    async def taken(
        self, guild_id: int, group_id: int = 0, *, channel_id: int = 0, who: int | None = None
    ) -> AsyncIterator[tuple[Queries, Group, Plan]]:
        """Open a transaction as ``taken_group`` does, and read the group's plan."""
        taken = taken_group(self._db, guild_id, group_id, channel_id=channel_id, who=who)
        async with taken as (tx, group):
            plan = await self.plan(tx, group)
            yield tx, group, plan
            if plan.begins is not None:  # the card that tells of the group names its first papers
                await standing.tell_soon(tx, self._ids, group, plan.now)

    @asynccontextmanager
    async def taken_of(
        self, guild_id: int | None, group_id: int, who: int
    ) -> AsyncIterator[tuple[Queries, Group, Plan]]:
        """Do as ``taken``; ``guild_id`` None: from a direct message of one of the members."""
        group = await self.group_of(guild_id, group_id, who)
        async with self.taken(group.guild_id, group_id, who=who) as taken:
            yield taken

    async def group_of(self, guild_id: int | None, group_id: int, who: int) -> Group:
        """Return a server's group; ``guild_id`` None: one that they are or were in; else raise."""
        group = await group_rows.group(self._db, group_id)
        if guild_id is None and group is None:
            raise GroupGoneError
        present = await group_rows.present_group(self._db, group_id)
        in_id = present.group_id if present is not None else group_id
        if guild_id is None and group is not None:
            if not await group_rows.is_member(self._db, in_id, who):
                raise NotAMemberError
            guild_id = group.guild_id
        return await checked(self._db, group, guild_id or 0)

    async def plan(self, db: Queries, group: Group, keys: Iterable[str] = ()) -> Plan:
        """Return all that decides what a group reads in which week: nothing else reads it.

        What was picked, voted on or begun before it changed its list is found, as long as another
        list in sight has it; so are these ``keys``.
        """
        now, calendar = self._clock(), await calendar_of(db, group)
        last_week = week_of((now - timedelta(days=8)).date())
        choices = await week_rows.picks_from(db, group.group_id, last_week)
        votes = await week_rows.votes_from(db, group.group_id, last_week)
        spans = await week_rows.spans_of(db, group.group_id)
        kept = {*keys, *(each.key for each in choices), *(key for v in votes for key in v.keys)}
        kept |= {week.key for week in calendar.weeks if week.key and week.week >= last_week}
        kept |= begun(spans, calendar.weeks)
        curriculum = await self._curricula.having(db, group.where, kept)
        present = spans_by_key(curriculum, spans, calendar.weeks)
        beyond = await _beyond(db, curriculum, group, calendar)
        return Plan(curriculum, calendar, now, choices, votes, present, beyond)

    async def _put(
        self, tx: Queries, group: Group, slot: Slot, meant: Resource, picked_by: int
    ) -> None:
        pick = Chosen(group.group_id, slot.week, meant.key, PICKED)
        await week_rows.put_pick(tx, pick, picked_by, self._clock())


@asynccontextmanager
async def taken_group(
    db: Database,
    guild_id: int,
    group_id: int = 0,
    *,
    channel_id: int = 0,
    who: int | None = None,
    with_server: bool = False,
    follows: bool = False,
) -> AsyncIterator[tuple[Queries, Group]]:
    """Open a transaction that has taken a server's group, by its id or channel.

    ``who``: the reader whose turn comes first. ``with_server``: then the server's, for no
    group of it may come or go meanwhile; and the groups that went into it. ``follows``: as
    ``group_of``.
    """
    async with db.transaction() as tx:
        if who is not None:
            await readers.take_turn(tx, who)
        if with_server:
            await additions.take_turn(tx, guild_id)
            await group_rows.take_merged_groups(tx, group_id)
        take = group_rows.take_group if group_id else group_rows.take_group_of_channel
        take = group_rows.take_present_group if follows else take
        group = await take(tx, group_id or channel_id)
        yield tx, await checked(tx, group, guild_id, channel_id)


async def calendar_of(db: Queries, group: Group) -> Calendar:
    """Return the group's calendar, with all that was ever decided about its weeks."""
    weeks = await week_rows.weeks_of(db, group.group_id)
    own = [each for each in weeks if each.group_id == group.group_id]
    others = defaultdict[int, list[Week]](list)
    for each in weeks:
        if each.group_id != group.group_id:
            others[each.group_id].append(each)
    spans = await week_rows.spans_of_merged(db, group.group_id) if others else {}
    read = (without_unfinished(spans.get(id_, ()), had) for id_, had in others.items())
    return Calendar(group.schedule, own, [*chain.from_iterable(read)])


def looked_from(
    group: Group, before: Calendar, calendar: Calendar, now: datetime
) -> tuple[datetime, datetime]:
    """Return from when on the slots of a changed calendar count, and when the next one is.

    From now on: what was off is neither posted nor missed later. But a slot that has just come
    waits to be looked at.
    """
    if group.state == "active" and before.due(group.since, now):
        return group.since, group.next_at
    return now, calendar.next(now).at


async def next_slot_of(db: Queries, group: Group, now: datetime) -> Slot:
    """Return the group's next slot; ``next_at`` of its row may only say when to look again."""
    return (await calendar_of(db, group)).next(now)


async def tell_again(tx: Queries, ids: Ids, group: Group, post: Week, now: datetime) -> None:
    """Let the card of a week's paper say who leads and when they meet, as it is now."""
    is_there = post.state == "posted" and post.message_id is not None
    if is_there or post.state == "waiting":  # or will be, with who led it then
        row_id, to = ids.new(), (group.guild_id, group.group_id, post.channel_id)
        about, until = f"{post.week_id}:{row_id}", now + TOLD_WITHIN
        row = OutboxRow(row_id, "paper", about, now, until, *to, message_id=post.message_id)
        await outbox.add(tx, row)


async def group_of(db: Queries, guild_id: int, group_id: int, *, follows: bool = False) -> Group:
    """Return a server's group. ``follows``: of one that went into another, that other.

    So what members press on an old message means the group that they are in now.

    Raises:
        NoGroupError: there is none.
        MergedGroupError: it went into another, unless that was followed.
    """
    find = group_rows.present_group if follows else group_rows.group
    return await checked(db, await find(db, group_id), guild_id)


async def checked(
    db: Queries, group: Group | None, guild_id: int, channel_id: int | None = None
) -> Group:
    """Return the group if it is there and of this server; raise as ``group_of`` else.

    ``channel_id``: where it was looked for.
    """
    if group is None and channel_id:
        raise await no_group(db, channel_id)
    if group is None or group.guild_id != guild_id:
        raise NoGroupError
    if group.merged_into is None:
        return group
    raise await no_group(db, group.channel_id)


async def no_group(db: Queries, channel_id: int) -> NoGroupError:
    """Return the error that a channel has no group; if it had one, where that has gone."""
    gone_to = await group_rows.gone_to(db, channel_id)
    return NoGroupError() if gone_to is None else MergedGroupError(channel_id=gone_to)


async def _beyond(
    db: Queries, curriculum: Curriculum, group: Group, calendar: Calendar
) -> Sequence[str]:
    """Return what the group reads after its list, in order, as its moderators chose."""
    if group.after_list is None or group.after_list_at is None:
        return ()
    if group.after_list == "additions":
        return beyond_list(curriculum, "additions", calendar.had())
    known = await _known_to_most(db, curriculum, group)
    return beyond_list(curriculum, "must_reads", calendar.had(group.after_list_at) | known)


async def _known_to_most(db: Queries, curriculum: Curriculum, group: Group) -> set[str]:
    """Return the must-reads that at least half of the members have read; what follows tells it."""
    members = await group_rows.member_count(db, group.group_id)
    keys = {r.key: curriculum.keys_of(r) for r in curriculum.resources if r.must_read}
    counts = await progress.readers_by_key(db, group.group_id, keys, READ)
    return {key for key, n in counts.items() if shown_count(n) and n * 2 >= members}


def no_companion(resource: Resource) -> Resource:
    """Return what may be chosen for a week, or raise CompanionRefusedError."""
    if resource.is_companion:
        raise CompanionRefusedError(resource.title)
    return resource


def _offered(plan: Plan) -> list[tuple[Slot, str]]:
    ahead = [coming for coming in plan.coming(WEEKS_OFFERED) if not coming.is_skipped]
    found = [(coming.slot, plan.curriculum.get(coming.pick.key or "")) for coming in ahead]
    return [(slot, resource.title if resource else "") for slot, resource in found]


def slot_meant(plan: Plan, group: Group, typed: str | None, key: str = "") -> Slot:
    """Return the slot of the week that is typed, None: the next, for which may be chosen.

    Raises:
        UnknownWeekError: it is no day and no week, or several; it has some to choose for ``key``.
        WeekRefusedError: that week has its paper, is over, or is more than a year away.
    """
    if not typed:
        return plan.calendar.next(plan.now)
    return _open_slot(plan, group, _one_week(plan, group, key, typed))


def _one_week(plan: Plan, group: Group, key: str, typed: str) -> str:
    """Return the week of the day that is typed; where it isn't clear, offer some."""
    zone = ZoneInfo(group.schedule.zone)
    meant = weeks_meant(typed, plan.now.astimezone(zone).date(), group.schedule.zone)
    if len(meant) == 1:
        return next(iter(meant))
    fitting = [(week, day, "") for week, day in meant.items() if plan.running <= week <= plan.last]
    offered = fitting or [
        (slot.week, slot.at.astimezone(zone).date(), title) for slot, title in _offered(plan)
    ]
    raise UnknownWeekError(typed, tuple(offered), bool(fitting), group.group_id, key)


def _open_slot(plan: Plan, group: Group, week: str) -> Slot:
    """Return the slot of a week for which may be picked, or raise WeekRefusedError."""
    if week < plan.running:
        raise WeekRefusedError("gone")
    if week > plan.last:
        raise WeekRefusedError("far")
    decided = plan.calendar.week(week)
    if decided is not None and decided.state == "posted":
        raise WeekRefusedError("posted", decided.link(group.guild_id))
    if decided is not None and decided.state in HAD:
        raise WeekRefusedError("sending")
    return slot_of_week(group.schedule, week)


def _reply(plan: Plan, group: Group, slot: Slot, meant: Resource) -> PickReply:
    span, pick = plan.spans.get(meant.key), Chosen(group.group_id, slot.week, meant.key, PICKED)
    others = [c for c in plan.choices if (c.week, c.why) != (slot.week, PICKED)]
    part = replace(plan, choices=[*others, pick]).paper(slot.week).part
    was_had = not plan.calendar.had().isdisjoint(plan.curriculum.keys_of(meant))
    goes_on = span is not None and span.is_under_way and not (part and part.n == 1)
    return PickReply(
        group.group_id,
        group.channel_id,
        slot,
        meant,
        was_had=was_had and not goes_on,
        silent=plan.silent(slot) if group.state == "active" else group.state,
        span=span,
        part=part,
    )
