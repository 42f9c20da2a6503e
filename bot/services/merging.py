"""Two groups into one: what moves, what ends, and what stays the old one's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from bot.core.groups import Group, Merged, MergeOffer, had_counts
from bot.core.outbox import LetterKind
from bot.core.papers import Plan
from bot.core.weeks import HAD, WEEKS_SHOWN, Why
from bot.errors import OldCardError
from bot.services import meetings, standing
from bot.services.groups import Groups
from bot.services.papers import Papers, checked
from bot.services.reminders import plan as plan_reminders
from bot.services.votes import call_off
from bot.store import additions, outbox, readers
from bot.store import groups as group_rows
from bot.store import leads as lead_rows
from bot.store import weeks as week_rows
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids

BELOW_A_PAPER: tuple[LetterKind, ...] = ("thread", "opener", "paper")
"""What belongs to a past week still comes."""


@dataclass
class Merging:
    """Lets a group go into another one of its server, for good.

    Members, picks and leaders go there; its past weeks stay its own and are shown there. A group
    that isn't this server's is a ``NoGroupError``, one that has gone a ``MergedGroupError``.
    """

    _db: Database
    _groups: Groups
    _papers: Papers
    _clock: Clock
    _ids: Ids

    async def offer(
        self, guild_id: int, group_id: int, who: int, *, channel_id: int = 0, into_id: int = 0
    ) -> MergeOffer | None:
        """Return what would come of it; None: there is no other group, or no other in the channel.

        ``channel_id``, or else ``into_id``, says which one it would go into.
        """
        if channel_id:
            there = await self._groups.find(channel_id)
            into_id = 0 if there is None or there.guild_id != guild_id else there.group_id
        if into_id in (0, group_id):
            return None
        group = await self._groups.look(guild_id, group_id, who)
        into = await self._groups.look(guild_id, into_id, who)
        in_both = len(await group_rows.in_both(self._db, group_id, into_id))
        members = group.members + into.members - in_both
        return MergeOffer(group, into, in_both, had_counts(group.members, members))

    async def merge(self, guild_id: int, group_id: int, into_id: int, who: int) -> Merged:
        """Let a group go into another, with all that is still to come of it but its calendar.

        Its votes and meetings are called off, and what waited to be sent isn't. Who leads a coming
        week still does, if nobody leads that there. Where the other one is, and when it has its
        papers, stays as it is; so does what was picked there.

        Raises:
            OldCardError: they are the same.
        """
        if (offer := await self.offer(guild_id, group_id, who, into_id=into_id)) is None:
            raise OldCardError
        now = self._clock()
        async with self._taken(guild_id, group_id, into_id, who) as (tx, group, into):
            members = await group_rows.member_count(tx, group_id)
            in_both = len(await group_rows.in_both(tx, group_id, into_id))
            together = members + await group_rows.member_count(tx, into_id) - in_both
            counts = had_counts(members, together)
            await week_rows.call_off(tx, group_id)
            # From here on in the order in which whoever deletes everything about themselves does
            # (``PERSON_COLUMNS``): else each could wait for the other.
            await group_rows.move_members(tx, group_id, into_id)
            picks, left_out, unled = await self._give_what_comes(tx, group, into)
            await call_off(tx, self._ids, group, now)
            await outbox.delete_waiting(tx, group_id, but=BELOW_A_PAPER)
            await meetings.plan(tx, self._ids, replace(group, state="stopped"), now)
            await week_rows.drop_skips(tx, group_id, now)
            gone = [group, *await group_rows.merged_groups(tx, group_id)]
            await group_rows.merge_group(tx, group_id, into_id, now, had_counts=counts)
            for each in gone:
                await standing.tell(tx, self._ids, each, now)
            await standing.tell_soon(tx, self._ids, into, now)
            await plan_reminders(tx, into, now)
        offer = replace(offer, in_both=in_both, had_counts=counts)
        # Not looked up anew: it may be gone by now, and then nobody would hear what came of this.
        status = await self._groups.status_of(into, who)
        return Merged(status, offer, picks, left_out, unled)

    @asynccontextmanager
    async def _taken(
        self, guild_id: int, group_id: int, into_id: int, who: int
    ) -> AsyncIterator[tuple[Queries, Group, Group]]:
        """Open a transaction that has taken both groups, and the turns of who is in both.

        And of who changed one of them last: whoever deletes everything about themselves has rows
        of both, in whatever order. Somebody may become one of them while this waits.
        """
        ids, waits_for = (group_id, into_id), {who}
        while True:
            async with self._db.transaction() as tx:
                for each in sorted(waits_for):
                    if each == who:
                        await readers.take_turn(tx, who)
                    else:
                        await readers.take_turn_if_known(tx, each)
                await additions.take_turn(tx, guild_id)
                await group_rows.take_merged_groups(tx, group_id)
                taken = {each: await group_rows.take_group(tx, each) for each in sorted(ids)}
                group, into = [await checked(tx, taken[each], guild_id) for each in ids]
                of_both = {*await group_rows.in_both(tx, *ids), group.changed_by, into.changed_by}
                if of_both - {None} <= waits_for:
                    yield tx, group, into
                    return
            waits_for |= {each for each in of_both if each is not None}

    async def _give_what_comes(
        self, tx: Queries, group: Group, into: Group
    ) -> tuple[int, int, tuple[int, ...]]:
        """Move who leads coming weeks, what is chosen, and for how many weeks a pick is read.

        Return how many choices moved, how many found no week, and who leads no more. What was begun
        ends where it is: who is in the other group hasn't read its first part.
        """
        plan = await self._papers.plan(tx, group)
        had = {week.week for week in plan.calendar.weeks if week.state in HAD}
        chosen = [c for c in plan.chosen if c.week not in had and c.why != "leader_choice"]
        other = await self._papers.plan(tx, into, [each.key for each in chosen])
        unled = await self._give_leads(tx, plan, other, group, into, had)
        moves, left_out = other.room_for(chosen)
        why: dict[str, Why] = {}
        for each in sorted(chosen, key=lambda each: each.why, reverse=True):
            why[each.week] = each.why  # of both, the moderator's
        await week_rows.give_picks(tx, group.group_id, into.group_id, moves, why)
        keys = {each.key for each in chosen if each.week in moves}
        await self._give_spans(tx, into, plan, other, keys)
        return len(moves), left_out, unled

    async def _give_leads(
        self, tx: Queries, plan: Plan, other: Plan, group: Group, into: Group, had: set[str]
    ) -> tuple[int, ...]:
        """Let who leads coming weeks lead those of the other group; return who can't."""
        leads = await lead_rows.leads_from(tx, group.group_id, plan.running)
        led = {each.week: each.reader_id for each in leads if each.state == "leads"}
        theirs = await lead_rows.leads_from(tx, into.group_id, plan.running)
        taken = {each.week for each in theirs if each.state == "leads"}
        coming = {each.slot.week for each in other.coming(WEEKS_SHOWN) if not each.is_skipped}
        moved = sorted((coming & led.keys()) - taken - had)
        await lead_rows.give_leads(tx, group.group_id, into.group_id, moved)
        await lead_rows.drop_to_come(tx, group.group_id)
        return tuple(sorted({led[week] for week in led.keys() - had - {*moved}}))

    async def _give_spans(
        self, tx: Queries, into: Group, plan: Plan, other: Plan, keys: set[str]
    ) -> None:
        for resource in filter(None, (other.curriculum.get(key) for key in sorted(keys))):
            span = plan.spans.get(resource.key)
            if span is None or not span.weeks or span.had or resource.key in other.spans:
                continue
            moved = other.span(resource, span.weeks)
            await week_rows.put_span(tx, into.group_id, moved, other.curriculum.keys_of(resource))
