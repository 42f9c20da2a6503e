"""Leading: who says "I'll lead" for a week, hands it back, chooses its paper, asks about it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.groups import Group, Lead
from bot.core.leading import CHOICE, MOST_QUESTIONS, LedWeek, is_open_to_lead, ready_at
from bot.core.outbox import OutboxRow
from bot.core.papers import CHOSEN, Plan
from bot.core.reminders import LEAD_DAYS
from bot.core.weeks import HAD, WEEKS_SHOWN, Slot, Week, slot_of_week
from bot.errors import LeadRefusedError, NotAMemberError, NotOfferedError
from bot.services.papers import Papers, calendar_of, tell_again
from bot.store import groups as group_rows
from bot.store import leads as lead_rows
from bot.store import outbox, readers
from bot.store import weeks as week_rows
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids

TOLD_WITHIN = timedelta(days=1)


@dataclass
class Leading:
    """What members do who lead a group's week. Each method is one transaction.

    ``guild_id`` None: from a direct message; then they have to be in the group. A group that isn't
    this server's is a ``NoGroupError``.
    """

    _db: Database
    _papers: Papers
    _clock: Clock
    _ids: Ids

    async def lead(self, guild_id: int | None, group_id: int, who: int, week: str) -> LedWeek:
        """Say that they lead a week to come, or this one until it meets. Twice is harmless.

        Once handed back, it is theirs again as it was, unless what they chose isn't free any more.

        Raises:
            NotAMemberError: they aren't in the group.
            LeadRefusedError: somebody leads it already, or it is neither this week nor a next one.
        """
        async with self._taken(guild_id, group_id, who, week) as (tx, group, plan):
            if not await group_rows.is_member(tx, group.present_id, who):
                raise NotAMemberError
            if not _is_open(group, plan, week):
                raise LeadRefusedError("gone")
            leader = await lead_rows.leader(tx, group.group_id, week)
            if leader is not None and leader.reader_id != who:
                raise LeadRefusedError("taken")
            if leader is None:
                kept = await lead_rows.lead_of(tx, group.group_id, week, who)
                lead = replace(kept or Lead(group.group_id, week, who, "leads"), state="leads")
                if lead.key is not None and lead.key not in plan.next_for(week, CHOICE):
                    lead = replace(lead, key=None)
                await lead_rows.put_lead(tx, lead, plan.now)
                await readers.look_soon(tx, who, plan.now)
                if (post := plan.calendar.week(week)) is not None:
                    await tell_again(tx, self._ids, group, post, plan.now)
        return await self.week(guild_id, group_id, who, week)

    async def hand_back(self, guild_id: int | None, group_id: int, who: int, week: str) -> LedWeek:
        """Say that they don't lead a week after all, or this time. Twice is harmless.

        Until its paper comes, what they chose and ask is kept, should they lead it once more.

        Raises:
            LeadRefusedError: it is over.
        """
        async with self._taken(guild_id, group_id, who, week) as (tx, group, plan):
            lead, had = await lead_rows.lead_of(tx, group.group_id, week, who), plan.came_in(week)
            if lead is not None and lead.state == "leads" and had is not None:
                if _is_over(group, plan, had):
                    raise LeadRefusedError("over")
                await lead_rows.delete_lead(tx, lead)
                await tell_again(tx, self._ids, group, had, plan.now)
            elif lead is not None and lead.state in ("leads", "asked"):
                await lead_rows.put_lead(tx, replace(lead, state="declined"), plan.now)
        return await self._look(group, who, week)

    @asynccontextmanager
    async def _taken(
        self, guild_id: int | None, group_id: int, who: int, week: str
    ) -> AsyncIterator[tuple[Queries, Group, Plan]]:
        """Open a transaction that has taken the group that has a week, as ``_group_of`` says."""
        group = await self._group_of(guild_id, group_id, who, week)
        if group.merged_into is None:
            async with self._papers.taken_of(guild_id, group.group_id, who) as taken:
                yield taken
        else:
            async with self._db.transaction() as tx:
                await readers.take_turn(tx, who)
                await group_rows.take_group(tx, group.group_id)
                yield tx, group, await self._papers.plan(tx, group)

    async def _group_of(self, guild_id: int | None, group_id: int, who: int, week: str) -> Group:
        """Return the group that has a week; of one that went into another, that other if it hadn't.

        Raises as ``Papers.group_of`` does.
        """
        group = await group_rows.group(self._db, group_id)
        if group is None or group.merged_into is None:
            return await self._papers.group_of(guild_id, group_id, who)
        present = await self._papers.group_of(guild_id, group.merged_into, who)
        post = (await calendar_of(self._db, group)).week(week)
        return present if post is None or post.state not in HAD else group

    async def choose(
        self, guild_id: int | None, group_id: int, who: int, week: str, key: str | None
    ) -> LedWeek:
        """Choose what is read in the week that they lead; None: leave it to the list.

        Raises:
            LeadRefusedError: they don't lead it, or its paper has come.
            NotOfferedError: that isn't among the next ones.
        """
        async with self._taken(guild_id, group_id, who, week) as (tx, group, plan):
            lead = await _own(tx, plan, group, who, week)
            if key is not None and key not in plan.next_for(week, CHOICE):
                raise NotOfferedError
            await lead_rows.put_lead(tx, replace(lead, key=key), plan.now)
        return await self.week(guild_id, group_id, who, week)

    async def ask_about(
        self, guild_id: int | None, group_id: int, who: int, week: str, typed: Sequence[str]
    ) -> LedWeek:
        """Add questions to those that open the talk about a week's paper; empty ones are none.

        Raises:
            LeadRefusedError: they don't lead it, or its paper has come.
        """
        questions = tuple(filter(None, (" ".join(each.split()) for each in typed)))
        questions = questions[:MOST_QUESTIONS]
        async with self._taken(guild_id, group_id, who, week) as (tx, group, plan):
            lead = await _own(tx, plan, group, who, week, questions)
            lead = replace(lead, questions=questions)
            await lead_rows.put_lead(tx, lead, plan.now)
        return await self.week(guild_id, group_id, who, week)

    async def week(self, guild_id: int | None, group_id: int, who: int, week: str) -> LedWeek:
        """Return a week as its leader sees it.

        Raises:
            NotOfferedError: no calendar has that week, or it is too far away.
        """
        return await self._look(await self._group_of(guild_id, group_id, who, week), who, week)

    async def to_ask_about(
        self, guild_id: int | None, group_id: int, who: int, week: str
    ) -> tuple[str, ...]:
        """Return their questions to a week's paper so far; raise as ``ask_about`` does."""
        group = await self._group_of(guild_id, group_id, who, week)
        plan = await self._papers.plan(self._db, group)
        return (await _own(self._db, plan, group, who, week)).questions

    async def _look(self, group: Group, who: int, week: str) -> LedWeek:
        leader = await lead_rows.leader(self._db, group.group_id, week)
        plan = await self._papers.plan(self._db, group)
        had, slot = plan.came_in(week), _slot(plan, week)
        own = leader if leader is not None and leader.reader_id == who else None
        pick, by_key = had or plan.paper(week), plan.curriculum.by_key
        led = LedWeek(
            plan.curriculum, group, slot, own, plan.curriculum.get(pick.key or ""), pick.why,
            leader_id=None if leader is None else leader.reader_id,
            is_open=_is_open(group, plan, week),
        )  # fmt: skip
        if had is not None:
            return replace(led, is_past=True, is_over=_is_over(group, plan, had))
        offered = tuple(by_key[key] for key in plan.next_for(week, CHOICE)) if own else ()
        chosen = None
        if own is not None and own.key is not None and pick.why not in CHOSEN:
            chosen = plan.curriculum.present(own.key)
        by = ready_at(group, week, None)
        return replace(
            led,
            offered=offered,
            set_aside=None if chosen is None else plan.elsewhere(week, [chosen]),
            silent=plan.silent(slot) if group.state == "active" else group.state,
            is_reminded=by is not None and plan.now + LEAD_DAYS < by,
            is_unheard=await outbox.is_turned_away(self._db, who),
            is_voted_on=any(vote.week == week for vote in plan.running_votes),
        )

    async def ask(self, guild_id: int, group_id: int, who: int) -> Lead:
        """Ask a member by direct message to lead the next week that nobody leads.

        Raises:
            NotAMemberError: they aren't in the group.
            LeadRefusedError: all next weeks have somebody, or they were asked a moment ago; or no
                papers come.
        """
        now = self._clock()
        async with self._papers.taken(guild_id, group_id, who=who) as (tx, group, plan):
            if not await group_rows.is_member(tx, group_id, who):
                raise LeadRefusedError("not_member")
            if group.state != "active":
                raise LeadRefusedError("silent")
            leads = await lead_rows.leads_from(tx, group_id, plan.running)
            slots = [each.slot for each in plan.coming(WEEKS_SHOWN) if not each.is_skipped]
            taken = {each.week for each in leads if each.state == "leads"}
            own = {each.week: each.state for each in leads if each.reader_id == who}
            if "asked" in (own.get(slot.week) for slot in slots):
                raise LeadRefusedError("asked")
            taken |= {week for week, state in own.items() if state == "declined"}
            free = next((slot for slot in slots if slot.week not in taken), None)
            if free is None:
                raise LeadRefusedError("no_week")
            lead = Lead(group_id, free.week, who, "asked")
            await lead_rows.put_lead(tx, lead, now)
            about, until = lead.reference, min(free.at, now + TOLD_WITHIN)
            row_id, to = self._ids.new(), (guild_id, group_id)
            old = await outbox.row_about(tx, "ask", about)
            if old is None:
                row = OutboxRow(row_id, "ask", about, now, until, *to, reader_id=who)
                await outbox.add(tx, row)
            else:  # they took no direct messages then
                await outbox.renew(tx, old.row_id, row_id, now, until, is_untried=True)
        return lead


async def _own(
    db: Queries, plan: Plan, group: Group, who: int, week: str, typed: Sequence[str] = ()
) -> Lead:
    """Return who leads a week to come, if that is they; an error gives back what they typed."""
    lead = await lead_rows.lead_of(db, group.group_id, week, who)
    if lead is None or lead.state != "leads":
        raise LeadRefusedError("not_yours", tuple(typed))
    if plan.came_in(week) is not None:
        raise LeadRefusedError("came", tuple(typed))
    return lead


async def let_go(tx: Queries, ids: Ids, group: Group, reader_id: int, now: datetime) -> set[str]:
    """Let nobody lead the weeks of who leaves a group: those to come, and this one till it meets.

    Return which they led. The group must have been taken.
    """
    had = await week_rows.led_by(tx, reader_id)
    led = await lead_rows.drop_open(tx, group.group_id, reader_id, now)
    for week in led:
        if (post := had.get((group.group_id, week))) is not None:
            await tell_again(tx, ids, group, post, now)
    return led


def _slot(plan: Plan, week: str) -> Slot:
    """Return when a week's paper came or is to come; refuse what no calendar has, or is too far."""
    had = plan.calendar.week(week)
    if had is not None:
        return Slot(week, had.at)
    if not plan.running <= week <= plan.last:
        raise NotOfferedError
    try:
        return slot_of_week(plan.calendar.schedule, week)
    except ValueError as error:
        raise NotOfferedError from error


def _is_open(group: Group, plan: Plan, week: str) -> bool:
    """Tell whether a week may be led: one of the next, unless skipped, or this one until it meets.

    Of a group that went into another, none.
    """
    post = plan.this_week
    is_this = post is not None and post.week == week and group.merged_into is None
    if is_this and is_open_to_lead(group, post, plan.now):
        return True
    coming = [each.slot.week for each in plan.coming(WEEKS_SHOWN) if not each.is_skipped]
    return group.state == "active" and week in coming


def _is_over(group: Group, plan: Plan, had: Week) -> bool:
    """Tell whether a week whose paper has come has met, or the next paper has come."""
    is_sent = had.state == "posted"
    return had != plan.this_week or (is_sent and not is_open_to_lead(group, had, plan.now))
