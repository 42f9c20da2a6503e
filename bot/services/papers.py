"""What moderators pick for a group's week, and take back."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.curriculum import Resource
from bot.core.groups import HAD, Group, WeekState
from bot.core.papers import (
    PICKED,
    Chosen,
    PickReply,
    Silent,
    Span,
    by_week,
    spans_by_key,
    weeks_meant,
)
from bot.core.weeks import Slot, next_slot, running_week, slot_of_week, slots_from, week_of
from bot.errors import CompanionRefusedError, UnknownWeekError, WeekRefusedError
from bot.services.curriculum import CurriculumStore
from bot.services.groups import message_link
from bot.services.weeks import WEEKS_REMEMBERED, of_guild, papers_of
from bot.store import groups as group_rows
from bot.store import papers as paper_rows
from bot.store import readers
from bot.store import weeks as week_rows
from bot.store.database import Database, Queries
from bot.store.instants import Clock

AT_MOST_AHEAD = timedelta(days=365)
A_YEAR_OF_WEEKS = 54
WEEKS_OFFERED = 25  # as many choices as Discord takes

ON_ITS_WAY: frozenset[WeekState] = frozenset({"waiting", "uncertain"})


@dataclass
class Papers:
    """Moderators' picks. Each method is one transaction.

    A group that isn't this server's is a ``NoGroupError``; what isn't on its list an
    ``UnknownResourceError`` or a ``NoLongerListedError``; a companion, a ``CompanionRefusedError``.
    """

    _db: Database
    _curricula: CurriculumStore
    _clock: Clock

    async def pick(
        self, guild_id: int, channel_id: int, picked_by: int, resource: str, date: str | None
    ) -> PickReply:
        """Pick what is typed for the week of a day, or for the next week without an outcome.

        Raises:
            UnknownWeekError: the date is no day and no week, or several; it has some to choose.
            WeekRefusedError: that week has its paper, is over, or is more than a year away.
        """
        now = self._clock()
        seen = of_guild(await group_rows.group_of_channel(self._db, channel_id), guild_id)
        meant = await self._curricula.named(self._db, guild_id, resource)
        if meant.is_companion:
            raise CompanionRefusedError(meant.title)
        date = await self._one_week(seen, meant.key, date, now)
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, picked_by)
            group = of_guild(await group_rows.take_group_of_channel(tx, channel_id), guild_id)
            slot = await self._slot(tx, group, date, now)
            chosen = await self._chosen(tx, group, now)
            await self._put(tx, group, slot, meant, picked_by, now)
            reply = await self._reply(tx, group, slot, meant, now)
            vote = await paper_rows.vote_of_week(tx, group.group_id, slot.week)
            curriculum = await self._curricula.of(tx, guild_id)
        others = {c.week for c in chosen if c.week != slot.week and c.key in _keys(meant)}
        return replace(
            reply,
            before=curriculum.get(by_week(chosen)[0].get(slot.week, "")),
            others=tuple(slot_of_week(group.schedule, week) for week in sorted(others)),
            is_past=slot.at <= now,
            is_voted_on=vote is not None and vote.state == "running",
        )

    async def read_for(self, guild_id: int, group_id: int, key: str, weeks: int) -> Resource:
        """Let a group read a resource for this many weeks in a row, or none; return it.

        A pick or a vote for one of them goes first: the rest then comes a week later. Of what was
        begun, the weeks it has had count.
        """
        now = self._clock()
        meant = await self._curricula.resource(self._db, guild_id, key)
        async with self._db.transaction() as tx:
            group = of_guild(await group_rows.take_group(tx, group_id), guild_id)
            curriculum = await self._curricula.of(tx, guild_id)
            keys = {meant.key, *curriculum.keys_of(meant)}
            spans = spans_by_key(curriculum, await paper_rows.spans_of(tx, group_id))
            posts = await week_rows.latest_weeks(tx, group_id, WEEKS_REMEMBERED)
            newest = next((p for p in posts if p.state in HAD), None)
            since = running_week(group.schedule.zone, now)
            if newest is not None and newest.key in keys:
                since = newest.week
            old = spans.get(meant.key)
            if old is not None and old.had and (old.is_under_way or since == old.had[-1][0]):
                since = old.since
            await paper_rows.put_span(tx, group_id, Span(meant.key, weeks, since), keys)
        return meant

    async def pick_next(self, guild_id: int, group_id: int, picked_by: int, key: str) -> PickReply:
        """Pick a resource for the group's next free week; picked for one to come, it stays there.

        Free is a week without an outcome for which nothing is picked or won, and no vote runs.

        Raises:
            WeekRefusedError: a year's weeks are all taken.
        """
        now = self._clock()
        meant = await self._curricula.resource(self._db, guild_id, key)
        if meant.is_companion:
            raise CompanionRefusedError(meant.title)
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, picked_by)
            group = of_guild(await group_rows.take_group(tx, group_id), guild_id)
            chosen = await self._chosen(tx, group, now)
            served = await week_rows.served(tx, group_id, group.schedule)
            ahead = slots_from(group.schedule, now, A_YEAR_OF_WEEKS, served)
            voted = await paper_rows.votes_from(
                tx, group_id, running_week(group.schedule.zone, now)
            )
            taken = {c.week for c in chosen} | {v.week for v in voted if v.state == "running"}
            picked = {c.week for c in chosen if c.key in _keys(meant) and c.why == PICKED}
            slot = next((s for s in ahead if s.week in picked), None)
            if slot is None:
                slot = next((s for s in ahead if s.week not in taken), None)
                if slot is None:
                    raise WeekRefusedError("far")
                await self._put(tx, group, slot, meant, picked_by, now)
            return await self._reply(tx, group, slot, meant, now)

    async def take_back(self, guild_id: int, group_id: int, week: str) -> PickReply:
        """Take a moderator's pick back; tell what the week reads now. Twice is harmless.

        Raises:
            UnknownWeekError, WeekRefusedError: the week is none, or has its paper.
        """
        now = self._clock()
        if list(weeks_meant(week, now.date(), "UTC")) != [week]:
            raise UnknownWeekError(week)
        async with self._db.transaction() as tx:
            group = of_guild(await group_rows.take_group(tx, group_id), guild_id)
            slot = await self._slot(tx, group, week, now)
            curriculum = await self._curricula.of(tx, guild_id)
            picked, _ = by_week(await self._chosen(tx, group, now))
            await paper_rows.delete_pick(tx, group_id, slot.week, PICKED)
        served = await week_rows.served(self._db, group_id, group.schedule)
        ahead = slots_from(group.schedule, now, A_YEAR_OF_WEEKS, served - {slot.week})
        weeks = [s.week for s in ahead if s.week < slot.week]
        paper = (await papers_of(self._db, curriculum, group, [*weeks, slot.week]))[-1]
        reads, before = curriculum.get(paper.key or ""), curriculum.get(picked.get(slot.week, ""))
        is_past = slot.at <= now
        return PickReply(group_id, group.channel_id, slot, reads, before=before, is_past=is_past)

    async def weeks(self, guild_id: int, channel_id: int) -> list[tuple[Slot, str]]:
        """Return the group's next slots, on its own clock, and the titles they have now."""
        group = await group_rows.group_of_channel(self._db, channel_id)
        if group is None or group.guild_id != guild_id:
            return []
        now = self._clock()
        served = await week_rows.served(self._db, group.group_id, group.schedule)
        ahead = slots_from(group.schedule, now, WEEKS_OFFERED, served)
        curriculum = await self._curricula.of(self._db, guild_id)
        papers = await papers_of(self._db, curriculum, group, [slot.week for slot in ahead])
        found = [curriculum.get(paper.key or "") for paper in papers]
        return [(s, r.title if r else "") for s, r in zip(ahead, found, strict=True)]

    async def _one_week(
        self, group: Group, key: str, typed: str | None, now: datetime
    ) -> str | None:
        """Return the week of the day that is typed; where it isn't clear, offer some."""
        if not typed:
            return None
        zone = group.schedule.zone
        meant = weeks_meant(typed, now.astimezone(ZoneInfo(zone)).date(), zone)
        if len(meant) == 1:
            return next(iter(meant))
        nearest, last = running_week(zone, now), week_of((now + AT_MOST_AHEAD).date())
        fitting = [(week, day, "") for week, day in meant.items() if nearest <= week <= last]
        offered = fitting or [
            (slot.week, slot.at.astimezone(ZoneInfo(zone)).date(), title)
            for slot, title in await self.weeks(group.guild_id, group.channel_id)
        ]
        raise UnknownWeekError(typed, tuple(offered), bool(fitting), group.group_id, key)

    async def _slot(self, db: Queries, group: Group, week: str | None, now: datetime) -> Slot:
        if not week:
            served = await week_rows.served(db, group.group_id, group.schedule)
            return next_slot(group.schedule, now, served)
        if week < running_week(group.schedule.zone, now):
            raise WeekRefusedError("gone")
        if week > week_of((now + AT_MOST_AHEAD).date()):
            raise WeekRefusedError("far")
        post = await week_rows.week_of_group(db, group.group_id, week)
        if post is not None and post.state == "posted":
            raise WeekRefusedError("posted", message_link(group.guild_id, post))
        if post is not None and post.state in ON_ITS_WAY:
            raise WeekRefusedError("sending")
        return slot_of_week(group.schedule, week)

    async def _put(
        self, tx: Queries, group: Group, slot: Slot, meant: Resource, picked_by: int, now: datetime
    ) -> None:
        pick = Chosen(group.group_id, slot.week, meant.key, PICKED)
        await paper_rows.put_pick(tx, pick, picked_by, now)

    async def _reply(
        self, tx: Queries, group: Group, slot: Slot, meant: Resource, now: datetime
    ) -> PickReply:
        curriculum = await self._curricula.of(tx, group.guild_id)
        span = spans_by_key(curriculum, await paper_rows.spans_of(tx, group.group_id)).get(
            meant.key
        )
        was_had = not _keys(meant).isdisjoint(await week_rows.had_keys(tx, group.group_id))
        return PickReply(
            group.group_id,
            group.channel_id,
            slot,
            meant,
            was_had=was_had and not (span is not None and span.is_under_way),
            silent=await self._silent(tx, group, slot, now),
            weeks=None if span is None else span.weeks,
        )

    async def _silent(self, db: Queries, group: Group, slot: Slot, now: datetime) -> Silent | None:
        if group.state != "active":
            return group.state
        post = await week_rows.week_of_group(db, group.group_id, slot.week)
        if post is None and slot.week in await week_rows.served(db, group.group_id, group.schedule):
            return "too_soon"
        is_skipped = post is not None and post.state == "skipped" and slot.at > now
        return "skipped" if is_skipped else None

    async def _chosen(self, db: Queries, group: Group, now: datetime) -> list[Chosen]:
        running = running_week(group.schedule.zone, now)
        return await paper_rows.picks_from(db, group.group_id, running)


def _keys(resource: Resource) -> set[str]:
    return {resource.key, *resource.formerly}
