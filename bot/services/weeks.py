"""The paper of the week: picking it when its slot has come, and what readers do with it."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.core.curriculum import Curriculum
from bot.core.groups import BETWEEN_LOOKS, Group, ReadBy, WeeklyPost, next_look
from bot.core.lists import Place
from bot.core.outbox import OutboxRow
from bot.core.papers import TELL_WEEKS_AHEAD, Plan, asked_by_readiness, readiness
from bot.core.progress import may_name, shown_count
from bot.core.recommend import Path, Reply
from bot.core.weeks import LATE_WITHIN, Slot, Verdict, Week
from bot.errors import UnknownPostError
from bot.services import standing
from bot.services.papers import Papers
from bot.services.reading import Reading
from bot.store import groups as group_rows
from bot.store import leads as lead_rows
from bot.store import outbox, progress, readers
from bot.store import weeks as week_rows
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids
from bot.store.outbox import due_next

log = logging.getLogger(__name__)

AT_ONCE = 100
"""Maximum groups looked at between two looks at the outbox."""

LOOK_ALONE, LOOK_SHARED = timedelta(days=1), timedelta(minutes=1)
AFTER_A_FAILURE = timedelta(minutes=5)

FOR_ITS_VOTE, MEANWHILE = timedelta(seconds=90), timedelta(seconds=1)
"""How long at most a group waits for its own poll to be counted, and between two looks."""


@dataclass
class Weeks:
    """Puts due weeks into the outbox; only the engine sends."""

    _db: Database
    _background: Database
    _papers: Papers
    _reading: Reading
    _clock: Clock
    _ids: Ids
    _waits_since: dict[int, datetime] = field(default_factory=dict)

    async def open_due(self) -> int:
        """Pick the paper of each slot that has come, on its own; return how many were looked at."""
        group_ids = await group_rows.due_group_ids(self._db, self._clock(), AT_ONCE)
        for group_id in group_ids:
            try:
                await self._open(group_id)
            except Exception:
                log.exception("group %s can't be given its paper", group_id)
                async with self._background.transaction() as tx:
                    group = await group_rows.take_group(tx, group_id)
                    if group is not None:
                        next_at = _no_slot(self._clock() + AFTER_A_FAILURE)
                        await group_rows.set_looked(tx, group_id, group.since, next_at)
        return len(group_ids)

    async def next_due(self, checks_from: datetime | None = None) -> datetime:
        """Return when to look again: at the next slot, message, poll, member or page.

        Where other processes write too, a minute from now: one of them may die over its work.
        ``checks_from``: when members may be checked again, if that isn't a minute from now.
        """
        look = LOOK_SHARED if self._db.is_shared else LOOK_ALONE
        now = self._clock()
        next_ = await due_next(self._db)
        checks = next_look(next_.checked, checks_from or now + BETWEEN_LOOKS)
        work = next_.nudge, next_.vote, next_.lookup, next_.word
        due = [next_.slot, next_.letter, *work, checks]
        return min([now + look, *(at for at in due if at is not None)])

    def pick(self, plan: Plan, group: Group, slot: Slot, *, late: bool = False) -> Week:
        """Return the week's post: what the group reads, or that nothing is left for it."""
        old, pick = plan.calendar.week(slot.week), plan.paper(slot.week)
        resource = plan.curriculum.get(pick.key or "")
        week_id = old.week_id if old else self._ids.new()
        post = Week(week_id, group.group_id, slot.week, slot.at, "nothing", why=pick.why)
        if resource is not None:
            part = pick.part if pick.part and pick.part.names else None
            post = replace(post, state="waiting", key=resource.key, title=resource.title, part=part)
            next_at = plan.calendar.having(post).paper_after(slot.at)
            post = replace(post, meets_at=group.meeting_at(slot.at, next_at))
        return replace(post, is_late=late, channel_id=group.channel_id)

    async def pick_anew(self, week_id: int) -> None:
        """Pick another paper for a week whose own left the list before it was sent."""
        seen = await week_rows.week(self._db, week_id)
        async with self._db.transaction() as tx:
            group = await group_rows.take_group(tx, seen.group_id) if seen else None
            old = await week_rows.week(tx, week_id)
            if group is None or old is None or old.state != "waiting" or old.key is None:
                return
            plan = await self._papers.plan(tx, group)
            if plan.curriculum.get(old.key) is not None:
                return
            post = self.pick(plan, group, Slot(old.week, old.at), late=old.is_late)
            await week_rows.put_week(tx, post)
            if post.state == "nothing":
                await self._tell_ran_out(tx, group, post)
        log.info("group %s reads another paper in %s: its own is gone", group.group_id, old.week)

    async def send(self, tx: Queries, group: Group, post: Week, *, again: bool = False) -> None:
        """Put the post into the outbox; ``again`` replaces an unsent one."""
        now, until, about = self._clock(), post.at + LATE_WITHIN, str(post.week_id)
        to, old = (group.guild_id, group.group_id), await outbox.row_about(tx, "post", about)
        if old is None:
            due_at = min(post.at, now)
            row = OutboxRow(self._ids.new(), "post", about, due_at, until, *to, rank=0)
            await outbox.add(tx, row)
            # What the group's first paper tells itself.
            await outbox.drop_untried(tx, "opening", str(group.group_id), "called_off")
        elif again and old.state in ("uncertain", "dropped"):
            is_untried, ids = old.state == "dropped", self._ids
            why = None if is_untried else old.problem  # it may be found by now
            await outbox.renew(
                tx, old.row_id, ids.new(), now, until, is_untried=is_untried, problem=why
            )
        elif again:
            await outbox.hurry(tx, old.row_id, now, until)

    async def post(self, week_id: int) -> WeeklyPost | None:
        """Return what the card of a week's paper shows; None if its group or paper is gone."""
        if (found := await self._found(week_id)) is None:
            return None
        post, group = found
        plan = await self._papers.plan(self._db, group, [post.key] if post.key else ())
        curriculum = plan.curriculum
        resource = curriculum.get(post.key or "")
        if resource is None:
            return None
        (read,) = await self.read_by(curriculum, group.present_id, [post])
        asked = asked_by_readiness(curriculum, resource)
        states = await progress.states_of_members(self._db, group.present_id, asked)
        return WeeklyPost(
            curriculum,
            group,
            post,
            resource,
            read=read.count,
            readiness=readiness(curriculum, resource, states, plan.calendar.had()),
            weeks_left=_weeks_left(plan, post) if group.merged_into is None else None,
            part=plan.part(post),
            lead=await lead_rows.leader(self._db, group.group_id, post.week),
            opens=await self._opens(plan, post, group),
        )

    async def _opens(self, plan: Plan, post: Week, group: Group) -> bool:
        """Tell whether a paper is the first of a group that no other card in its channel tells of.

        The card of a group that has moved since stands where it was.
        """
        is_left = post.state == "posted" and post.channel_id != group.channel_id
        if post.at != plan.calendar.first_at or group.is_forum or is_left:
            return False
        row = await outbox.row_about(self._db, "opening", str(post.group_id))
        if row is None or row.state not in ("sent", "uncertain"):
            return row is not None
        return group.channel_id not in (row.stands_at or row.places)

    async def read_by(
        self,
        curriculum: Curriculum,
        group_id: int,
        posts: Sequence[Week | None],
        named: Collection[int] = (),
    ) -> list[ReadBy]:
        """Return who has read the weeks' papers, as far as told; ``named``: who show their name."""
        keys = {post.week_id: keys_of(curriculum, post.key or "") for post in posts if post}
        unfinished = {p.week_id for p in posts if p and p.part and p.part.is_unfinished}
        counts = await week_rows.read_counts(self._db, keys, unfinished) if keys else {}
        found: list[ReadBy] = []
        for week_id in (post.week_id if post else 0 for post in posts):
            read, people = counts.get(week_id, (0, 0))
            count, names = shown_count(read), list[int]()
            if named and read and (count is None or may_name(people, len(named))):
                asked = keys[week_id], week_id if week_id in unfinished else 0
                names = await week_rows.named_readers(self._db, group_id, *asked)
            found.append(ReadBy(count, tuple(names)))
        return found

    async def read_it(
        self, reader_id: int, guild_id: int | None, week_id: int
    ) -> tuple[WeeklyPost | None, Reply, Group | None]:
        """Mark the week's paper done for the reader; return the post as it is now, and the mark.

        Of an unfinished paper, note that its part is read. With them, the group, if the reader
        could join it.

        Raises:
            UnknownPostError: this server never had such a post.
        """
        post, group = await self._checked(guild_id, week_id)
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, reader_id)
            reply = await read_paper(tx, self._reading, reader_id, group.where, post)
            present = await group_rows.present_group(tx, group.group_id) or group
            is_member = await group_rows.is_member(tx, present.group_id, reader_id)
        can_join = present.state != "stopped" and not is_member
        return await self.post(week_id), reply, present if can_join else None

    async def first_reads(self, reader_id: int, guild_id: int | None, week_id: int) -> Path:
        """Return what this reader would read before the week's paper; they go on in its list.

        Raises:
            UnknownPostError: this server never had such a post.
            UnknownResourceError, NoLongerListedError: its paper left the list.
        """
        post, group = await self._checked(guild_id, week_id)
        return await self._reading.path(reader_id, group.where, post.key or "")

    async def _found(self, week_id: int) -> tuple[Week, Group] | None:
        post = await week_rows.week(self._db, week_id)
        group = await group_rows.group(self._db, post.group_id) if post else None
        return None if post is None or group is None else (post, group)

    async def _checked(self, guild_id: int | None, week_id: int) -> tuple[Week, Group]:
        found = await self._found(week_id)
        if found is None or found[1].guild_id != guild_id:
            raise UnknownPostError
        return found

    async def _open(self, group_id: int) -> None:
        now = self._clock()
        async with self._background.transaction() as tx:
            group = await group_rows.take_group(tx, group_id)
            if group is None or group.state != "active" or group.next_at > now:
                return
            plan = await self._papers.plan(tx, group)
            due = plan.calendar.due(group.since, now)
            if due and self._waits_for_vote(plan, group, due[-1][0]):
                next_at = _no_slot(now + MEANWHILE)
                await group_rows.set_looked(tx, group_id, group.since, next_at)
                return
            for slot, verdict in due:
                plan = await self.decide(tx, plan, group, slot, verdict)
            await group_rows.set_looked(tx, group_id, now, plan.calendar.next(now).at)

    def _waits_for_vote(self, plan: Plan, group: Group, slot: Slot) -> bool:
        """Tell whether the week's poll is just being counted, as after downtime: not for long."""
        vote, group_id = plan.vote_on(slot.week), group.group_id
        is_read = vote is not None and vote.state == "running" and vote.message_id is not None
        if is_read and plan.now - self._waits_since.setdefault(group_id, plan.now) < FOR_ITS_VOTE:
            return True
        self._waits_since.pop(group_id, None)
        return False

    async def decide(
        self, tx: Queries, plan: Plan, group: Group, slot: Slot, verdict: Verdict
    ) -> Plan:
        """Record the result of a slot that has come, and return the plan as it is then.

        The caller has locked the group.
        """
        newest = next(iter(plan.calendar.weeks), None)
        if plan.begins is not None:
            await standing.tell_soon(tx, self._ids, group, plan.now)
        if verdict == "missed":
            post = Week(self._ids.new(), group.group_id, slot.week, slot.at, "missed")
            log.warning("group %s missed its slot of %s", group.group_id, slot.week)
        else:
            post = self.pick(plan, group, slot, late=verdict == "late")
        await week_rows.put_week(tx, post)
        if post.state == "waiting":
            await self.send(tx, group, post)
        elif post.state == "nothing" and (newest is None or newest.state != "nothing"):
            await self._tell_ran_out(tx, group, post)
        return replace(plan, calendar=plan.calendar.having(post))

    async def _tell_ran_out(self, tx: Queries, group: Group, post: Week) -> None:
        """In the first week without a paper, tell the moderator who changed the group last."""
        if group.changed_by is None:
            return
        about = f"{group.group_id}:{post.week_id}:{group.changed_by}:end"
        now = self._clock()
        row = OutboxRow(
            self._ids.new(), "notice", about, now, now + LATE_WITHIN,
            group.guild_id, group.group_id, reader_id=group.changed_by,
        )  # fmt: skip
        await outbox.add(tx, row)


async def read_paper(
    tx: Queries, reading: Reading, reader_id: int, place: Place, post: Week
) -> Reply:
    """Mark a week's paper done in a reader's turn; of an unfinished one, note that part is read."""
    if post.part is not None and post.part.is_unfinished:
        return await reading.read_part_in_turn(tx, reader_id, place, post, post.part)
    await week_rows.add_week_reader(tx, post.week_id, reader_id)
    return await reading.mark_in_turn(tx, reader_id, place, [post.key or ""])


def _no_slot(at: datetime) -> datetime:
    """Return an instant for the next look that is told from a slot, which has no seconds."""
    return at if at.second else at - timedelta(seconds=1)


def _weeks_left(plan: Plan, post: Week) -> int | None:
    """Return how many papers follow the group's newest one, if they are few."""
    has_newer = any(week.week > post.week and week.key is not None for week in plan.calendar.weeks)
    if has_newer or plan.is_empty:
        return None
    left = plan.weeks_left(TELL_WEEKS_AHEAD + 1)
    return None if left > TELL_WEEKS_AHEAD else left


def keys_of(curriculum: Curriculum, key: str) -> set[str]:
    """Return all keys under which readers may have marked what was posted under this one."""
    resource = curriculum.get(key)
    return {key} if resource is None else {key, *curriculum.keys_of(resource)}
