"""What a letter is: what the engine asks of each kind, and what it may be told to do."""

import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from discord import ui

from bot.core.groups import Group
from bot.core.outbox import TEMPORARY, LetterKind, OutboxRow, Problem, ProblemName
from bot.core.papers import Ballot
from bot.outbox.discord import (
    NAMED,
    UNKNOWN_CHANNEL,
    Appointment,
    Discord,
    Place,
    RefusedError,
    Seen,
    What,
)
from bot.outbox.tickets import Tickets
from bot.outbox.traces import by_part
from bot.services import standing
from bot.services.opening import Services
from bot.services.votes import lose
from bot.store import groups as group_rows
from bot.store import outbox, readers
from bot.store import weeks as week_rows
from bot.store.database import Queries
from bot.views.problems import POLLS, TO_LOOK, TO_SEE, TO_SEND, TO_SEND_IN_FORUM, Permissions

log = logging.getLogger(__name__)

AT_ONCE, SOON, RETRY = timedelta(0), timedelta(minutes=1), timedelta(minutes=5)
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
LEASE = timedelta(seconds=120)

MENDED: frozenset[ProblemName] = frozenset({"no_more_threads", "no_access", "forbidden", "automod"})
"""What somebody may mend in a channel that is there."""

# What a letter may answer when it is asked to act.


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is sent this time, but it is tried again."""

    problem: Problem
    wait: timedelta = RETRY


@dataclass(frozen=True, slots=True)
class Drop:
    """It won't be sent."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Send:
    """A message. None: that of an earlier attempt is looked for; then the letter is asked anew.

    ``trace``: how it is known again, where it can't carry the letter's own trace. ``to_look``: what
    is needed to look for one; ``kinds``: of places where that can be done.
    """

    to_look: ClassVar[Permissions] = TO_LOOK
    kinds: ClassVar[tuple[str, ...]] = ("text", "thread", "direct")

    place: Place
    what: What | None
    reply_to: int | None = None
    role_id: int | None = None
    trace: str | None = None

    async def do(self, discord: Discord, nonce: str) -> int:
        return await discord.send(
            self.place.place_id, self.what or ui.LayoutView(), nonce,
            reply_to=self.reply_to, role_id=self.role_id,
        )  # fmt: skip

    def seen(
        self, discord: Discord, place_id: int, since: datetime, ago: timedelta
    ) -> AsyncIterator[Seen]:
        return discord.messages(place_id, since, ago)


@dataclass(frozen=True, slots=True)
class ForumPost:
    """A post in a forum; all as of ``Send``."""

    to_look: ClassVar[Permissions] = TO_LOOK
    kinds: ClassVar[tuple[str, ...]] = ("forum",)

    place: Place
    name: str
    what: ui.LayoutView | None
    trace: str | None = None

    async def do(self, discord: Discord, _: str) -> int:
        return await discord.make_post(self.place, self.name, self.what or ui.LayoutView())

    async def seen(
        self, discord: Discord, _: int, since: datetime, ago: timedelta
    ) -> AsyncIterator[Seen]:
        async for post_id in discord.posts(self.place, since, ago):
            if (top := await discord.top(post_id)) is not None:
                yield replace(top, message_id=post_id)


@dataclass(frozen=True, slots=True)
class Event:
    """A scheduled event in a voice or stage channel, or else in the server; all as of ``Send``."""

    to_look: ClassVar[Permissions] = TO_SEE
    kinds: ClassVar[tuple[str, ...]] = ("voice", "stage", "server")

    place: Place
    what: Appointment | None
    trace: str | None = None

    async def do(self, discord: Discord, _: str) -> int:
        if self.what is None:
            raise ValueError(self)
        return await discord.make_event(self.place.guild_id, self.what)

    def seen(self, discord: Discord, _: int, __: datetime, ___: timedelta) -> AsyncIterator[Seen]:
        return discord.events(self.place.guild_id)


@dataclass(frozen=True, slots=True)
class EventEdit:
    """An event of ours that shows something else, or is cancelled (None). Twice is harmless."""

    guild_id: int
    event_id: int
    what: Appointment | None

    async def do(self, discord: Discord, _: str) -> int:
        if self.what is None:
            await discord.cancel_event(self.guild_id, self.event_id)
        else:
            await discord.edit_event(self.guild_id, self.event_id, self.what)
        return self.event_id


@dataclass(frozen=True, slots=True)
class Thread:
    """The thread under a message. Twice is harmless."""

    channel_id: int
    message_id: int
    name: str

    async def do(self, discord: Discord, _: str) -> int:
        await discord.make_thread(self.channel_id, self.message_id, self.name)
        return self.message_id


@dataclass(frozen=True, slots=True)
class Edit:
    """A message of ours with another view. Twice is harmless."""

    place_id: int
    message_id: int
    view: ui.LayoutView

    async def do(self, discord: Discord, _: str) -> int:
        await discord.edit(self.place_id, self.message_id, self.view)
        return self.message_id


Verdict = Wait | Drop
Once = Send | ForumPost | Event
"""What must not be done twice: it is looked for before it is done again."""

Act = Once | Thread | Edit | EventEdit | Verdict
Rows = Iterable[OutboxRow]
End = Literal["again", "dropped", "uncertain", "deleted"]
"""How an attempt ends that sent nothing; ``deleted``: it was sent, and is gone again."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message that was sent: where it stands, and since when."""

    message_id: int
    place_id: int
    at: datetime
    in_thread: bool = False


class Letter:
    """One kind of what is sent unasked. These are the defaults."""

    always_findable = False
    """Whether it can be looked for however late, so that nobody ever has to decide."""

    is_direct = False
    """Whether it goes to a person, whose history with us nobody can close."""

    waits_for: frozenset[ProblemName] = frozenset({"no_more_threads"})
    """For what it waits when Discord refuses it, an hour at a time; all else ends it."""

    def __init__(self, services: Services, tickets: Tickets) -> None:
        self.services, self.tickets = services, tickets

    async def take(self, tx: Queries, row: OutboxRow) -> OutboxRow | None:
        """Lock what the letter is about; return the row as it is now, with the channel it goes to.

        In the one order: a reader, a server, a group. In another, two could wait for each other.
        """
        group = None if row.group_id is None else await group_rows.take_group(tx, row.group_id)
        found = await outbox.row(tx, row.row_id)
        if found is None or group is None or found.channel_id or found.reader_id:
            return found
        return replace(found, channel_id=group.channel_id)

    async def wanted(self, tx: Queries, row: OutboxRow, now: datetime) -> Problem | None:
        """Return why it isn't to be sent any more: asked at the claim and just before it leaves."""

    def trace(self, row: OutboxRow) -> str:
        """Return how its message is known again."""
        return by_part(row.row_id)

    def sought(self, place: Place) -> Once:
        """Return what is looked for in a place where nothing more is to be sent."""
        return Send(place, None)

    async def as_it_is(self, row: OutboxRow, place_id: int, discord: Discord) -> Place | None:
        """Return a place to look in, not out of the cache, which may be of before; None: gone."""
        if self.is_direct:
            return Place(place_id, 0, "", "direct", frozenset(NAMED))
        return await discord.fetched(row.guild_id or 0, place_id)

    async def act(self, row: OutboxRow, discord: Discord) -> Act:
        """Return what is to be done. No transaction is open, and Discord may be asked."""
        raise NotImplementedError

    async def language(self, row: OutboxRow, discord: Discord) -> str:
        """Return the locale of who reads it: its group's, or that of its server; "": unknown."""
        if row.language:
            return row.language
        of = row.guild_id or 0, row.group_id
        found = await group_rows.language_in(self.services.background, *of)
        if found or row.group_id is not None or row.guild_id is None:
            return found
        server = discord.server(row.guild_id)
        return "" if server is None else server.locale

    async def sent(self, tx: Queries, row: OutboxRow, receipt: Receipt) -> Rows:
        """Record what was sent, and return what follows."""
        return ()

    async def crossed(self, tx: Queries, row: OutboxRow) -> None:
        """See to what was sent by another attempt, too, which was recorded before this one."""

    async def unsent(self, tx: Queries, row: OutboxRow, end: End, problem: Problem) -> Rows:
        """Record what wasn't sent, and return what follows."""
        return ()

    async def refused(self, row: OutboxRow, refusal: RefusedError) -> Verdict:
        """Return what Discord's clear refusal means."""
        if refusal.problem in self.waits_for:
            return Wait(refusal.problem, AN_HOUR)  # mending it takes a while
        return Drop(refusal.problem)

    async def patience(
        self, tx: Queries, row: OutboxRow, problem: Problem, wait: timedelta
    ) -> timedelta:
        """Return how long to wait where others would wait so long."""
        return wait

    async def plannable(self, db: Queries, rows: Sequence[OutboxRow], before: datetime) -> set[int]:
        """Return which of these old letters to people could be planned anew after that time."""
        return set()

    def follower(self, row: OutboxRow, kind: LetterKind, channel_id: int | None) -> OutboxRow:
        """Return what follows at once from a row, about the same thing."""
        now, about = self.services.clock(), (row.guild_id, row.group_id, channel_id)
        return OutboxRow(self.services.ids.new(), kind, row.reference, now, now + A_DAY, *about)


async def open_up(place: Place, discord: Discord, *, is_for_edit: bool) -> Wait | None:
    """Take a post or thread out of the archive if need be; return what keeps it shut."""
    if place.is_locked and "manage_threads" not in place.held:
        return Wait("locked")
    if place.is_archived and (place.is_locked or is_for_edit):
        await discord.reopen(place.place_id)
    return None


async def to_edit(
    discord: Discord, guild_id: int | None, place_id: int, role_id: int | None = None
) -> Place | Verdict:
    """Return where a card of ours stands, open, if it can be seen: then it can be told anew."""
    place = await discord.place(guild_id or 0, place_id, role_id)
    if place is None:
        return Drop("channel_gone")
    if lacking := place.lacks(TO_SEE):
        return Wait(lacking, AN_HOUR)
    return await open_up(place, discord, is_for_edit=True) or place


class ToChannel(Letter):
    """A letter to a channel, or into a group's standing post in its forum."""

    opens_archived = False
    """Whether an archived post has to be opened first: a new message opens it by itself."""

    async def act(self, row: OutboxRow, discord: Discord) -> Act:
        place = await self.place(row, discord)
        return await self.act_in(place, row, discord) if isinstance(place, Place) else place

    async def act_in(self, place: Place, row: OutboxRow, discord: Discord) -> Act:
        """Return what is to be done there."""
        raise NotImplementedError

    async def place(
        self, row: OutboxRow, discord: Discord, role_id: int | None = None
    ) -> Place | Verdict:
        """Return where it goes, if it may."""
        place = await discord.place(row.guild_id or 0, row.channel_id or 0, role_id)
        if place is None or place.kind not in ("text", "forum"):
            return await self.refused(row, RefusedError("channel_gone"))
        if lacking := place.lacks(TO_SEND if place.kind == "text" else TO_SEND_IN_FORUM):
            return Wait(lacking)
        return place if place.kind == "text" else await self._standing_post(row, place, discord)

    async def _standing_post(
        self, row: OutboxRow, forum: Place, discord: Discord
    ) -> Place | Verdict:
        group = await self.services.groups.find(forum.place_id)
        post_id = None if group is None else group.standing_id
        post = await discord.place(forum.guild_id, post_id) if post_id else None
        if post is None:
            return await self.no_post(row, post_id)
        shut = await open_up(post, discord, is_for_edit=self.opens_archived)
        return shut or replace(post, role=forum.role)

    async def no_post(self, row: OutboxRow, gone_id: int | None) -> Verdict:
        """Wait until the forum has the post: it is made first. ``gone_id``: one that is gone."""
        ids, now = self.services.ids, self.services.clock()
        async with self.services.background.transaction() as tx:
            group = await standing.missed(tx, ids, row.channel_id or 0, gone_id, now)
        if group is None or group.state == "stopped":
            return Drop("called_off")
        return Wait("no_standing_post")

    async def patience(
        self, tx: Queries, row: OutboxRow, problem: Problem, wait: timedelta
    ) -> timedelta:
        """Wait no longer for a forum's post that was made just now: it wakes what waits already."""
        if problem != "no_standing_post" or row.group_id is None:
            return wait
        group = await group_rows.group(tx, row.group_id)
        return wait if group is None or group.standing_id is None else AT_ONCE

    async def refused(self, row: OutboxRow, refusal: RefusedError) -> Verdict:
        if refusal.code == UNKNOWN_CHANNEL:
            group = await self.services.groups.find(row.channel_id or 0)
            post_id = None if group is None else group.standing_id
            if post_id is not None and (not row.places or post_id in row.places):
                return await self.no_post(row, post_id)  # deleted a moment ago
        return await super().refused(row, refusal)


class OfGroup(ToChannel):
    """What a group can't do without: tried until somebody mends what keeps it, who is told."""

    async def refused(self, row: OutboxRow, refusal: RefusedError) -> Verdict:
        verdict, problem = await super().refused(row, refusal), refusal.problem
        if verdict != Drop(problem):
            return verdict
        return Wait(problem, AN_HOUR if problem == "automod" else RETRY)  # it tells of each attempt

    async def blocked(self, tx: Queries, group: Group | None, about: int, problem: Problem) -> Rows:
        """Note at the group why it can't post; news go to who last changed it, once a week.

        What passes by itself doesn't hide what somebody has to mend.
        """
        if group is None or (problem == "no_standing_post" and group.standing_id is not None):
            return ()
        passes = problem in TEMPORARY
        if passes and group.blocked is not None and group.blocked not in TEMPORARY:
            return ()
        is_news = await group_rows.set_blocked(tx, group.group_id, problem)
        if passes or not is_news:
            return ()
        log.warning("group %s in server %s is blocked: %s", group.group_id, group.guild_id, problem)
        if group.changed_by is None:
            return ()
        now, reference = self.services.clock(), f"{group.group_id}:{about}:{group.changed_by}"
        notice = OutboxRow(
            self.services.ids.new(), "notice", reference, now, now + A_DAY,
            group.guild_id, group.group_id, reader_id=group.changed_by,
        )  # fmt: skip
        return [notice]


class OfVote(ToChannel):
    """What a vote can't do without: whatever keeps it ends the vote."""

    async def wanted(self, tx: Queries, row: OutboxRow, now: datetime) -> Problem | None:
        vote = await week_rows.vote(tx, int(row.reference))
        return None if vote is not None and vote.state == "running" else "called_off"

    async def act_in(self, place: Place, row: OutboxRow, discord: Discord) -> Act:
        if lacking := place.lacks(POLLS):
            return Wait(lacking)
        ballot = await self.services.votes.ballot(int(row.reference))
        return Drop("called_off") if ballot is None else await self.asking(place, ballot)

    async def asking(self, place: Place, ballot: Ballot) -> Act:
        """Return what asks about a ballot."""
        raise NotImplementedError

    async def unsent(self, tx: Queries, row: OutboxRow, end: End, problem: Problem) -> Rows:
        if end != "again":
            await lose(tx, self.services.ids, int(row.reference), self.services.clock())
        return ()


class ToPerson(Letter):
    """A direct message."""

    is_direct = True

    async def language(self, row: OutboxRow, discord: Discord) -> str:
        """Return the one in which they were last seen; unknown: that of what it is about."""
        if row.language:
            return row.language
        found = await readers.language_of(self.services.background, row.reader_id or 0)
        return found or await super().language(row, discord)

    async def to(self, row: OutboxRow, discord: Discord) -> Place:
        """Return the channel to a person; to open it is a request that Discord counts, too."""
        await self.tickets.ticket()
        return await discord.open_dm(row.reader_id or 0)
