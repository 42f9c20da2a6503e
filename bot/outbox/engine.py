"""Sends what is in the outbox: claim, look, act, record. Nothing else sends unasked.

What each kind of letter needs is the letter's: this holds the name of none.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.outbox import UNCERTAIN, LetterKind, OutboxRow, OutboxState, Problem
from bot.core.weeks import CLOCKS_APART
from bot.errors import LedgerError
from bot.language import OF_ALL, speak
from bot.outbox.discord import (
    UNKNOWN_MESSAGE,
    AwayError,
    Discord,
    NoAnswerError,
    Place,
    RefusedError,
)
from bot.outbox.letters._base import (
    AN_HOUR,
    AT_ONCE,
    LEASE,
    RETRY,
    SOON,
    Drop,
    End,
    ForumPost,
    Letter,
    Once,
    Receipt,
    Send,
    Wait,
)
from bot.outbox.tickets import ClosedError, Tickets
from bot.outbox.traces import is_of
from bot.services.opening import Services
from bot.store import outbox
from bot.store.database import Queries

log = logging.getLogger(__name__)

DUE_AT_A_TIME = 100
FEWEST_AT_A_TIME, MOST_AT_A_TIME = 8, 100
SEND_WITHIN = 60  # seconds with looking: half a lease, so that nobody else sends meanwhile
LOOK_AGAIN = 1  # seconds, while something hangs
TAKES_EFFECT = timedelta(minutes=1)  # what Discord is asked, at most; else it never does
CLOCKS_DIFFER = timedelta(minutes=10)  # at most, Discord's and ours
KEPT_FOR, FORGOTTEN_AT_ONCE = timedelta(weeks=4), 500


class HistoryClosedError(Exception):
    """We may not read where a message may have been sent."""


class Engine:
    """Delivers rows of the outbox, each by itself: one that fails never delays another."""

    def __init__(
        self,
        services: Services,
        discord: Discord,
        tickets: Tickets,
        letters: Mapping[LetterKind, Letter],
    ) -> None:
        self._services, self._discord = services, discord
        self._tickets, self._letters = tickets, letters
        self._db, self._clock = services.background, services.clock
        self._on_the_way: set[int] = set()

    async def deliver_due(self, *about: int | str) -> None:
        """Send all that is due, and then what follows from it, as fast as tickets come.

        A channel that doesn't answer takes up one place, and delays nothing else. ``about``: send
        only what is for these weeks, votes, groups or servers, because somebody is waiting.
        """
        # As many as leave in a second, so answers that take a second don't slow it down.
        places = asyncio.Semaphore(min(MOST_AT_A_TIME, max(FEWEST_AT_A_TIME, self._tickets.rate)))
        on_the_way: set[asyncio.Task[None]] = set()
        tried: set[int] = set()

        async def deliver(row_id: int, ticket: float) -> None:
            speak(OF_ALL)  # in a task of its own: whose click led here may speak another
            try:
                if await self._deliver(row_id):
                    tried.discard(row_id)
                else:
                    self._tickets.give_back(ticket)
            except LedgerError as error:  # of no row: it is due still, or its claim runs out
                log.warning("row %s of the outbox is left for later: %s", row_id, error.detail)
            except Exception:
                log.exception("row %s of the outbox can't be delivered", row_id)
                await self.put_off(row_id)
            finally:
                places.release()

        async with asyncio.TaskGroup() as tasks:
            while True:
                row_ids = [id_ for id_ in await self.due(*about) if id_ not in tried]
                for n, row_id in enumerate(row_ids):
                    await places.acquire()
                    try:
                        ticket = await self._tickets.ticket(len(row_ids) - n)
                    except ClosedError:
                        return  # when what is being sent has left
                    tried.add(row_id)
                    task = tasks.create_task(deliver(row_id, ticket))
                    on_the_way.add(task)
                    task.add_done_callback(on_the_way.discard)
                if not row_ids:
                    if not on_the_way:
                        break
                    await asyncio.wait(
                        on_the_way, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED
                    )
                    tried.clear()  # what another process had then may be to send by now

    async def forget_old(self) -> None:
        """Forget the letters to people that have had their time, a few at once."""
        before, last = self._clock() - KEPT_FOR, None
        while page := await outbox.ended_letters(self._db, before, FORGOTTEN_AT_ONCE, last):
            last, of_kind = page[-1], defaultdict[LetterKind, list[OutboxRow]](list)
            for row in page:
                of_kind[row.kind].append(row)
            row_ids = {row.row_id for row in page}
            for kind, rows in of_kind.items():
                if letter := self._letters.get(kind):  # else no release plans it any more
                    row_ids -= await letter.plannable(self._db, rows, before)
            if row_ids:
                async with self._db.transaction() as tx:
                    await outbox.delete_rows(tx, row_ids)

    # What an attempt does with a row. Each is one transaction.

    async def due(self, *about: int | str) -> list[int]:
        """Return the next rows that are to be sent, in their order; or only those about these."""
        return await outbox.due_row_ids(self._db, self._clock(), DUE_AT_A_TIME, *about)

    async def claim(self, row_id: int) -> OutboxRow | None:
        """Claim a row for the length of a lease.

        None: somebody else has it, or it isn't wanted any more and was dropped. ``tried_at``,
        ``places`` and ``trace`` are those of the attempts before this one: without them it was
        certainly not sent yet.
        """
        now = self._clock()
        seen = await outbox.row(self._db, row_id)
        if seen is None or not seen.is_free(now):
            return None
        async with self._taken(seen) as (tx, letter, row):
            if row is None or not row.is_free(now):
                return None
            problem = await self._unwanted(tx, letter, row, now)
            if row.tried_at is None and problem:
                await self._end(tx, letter, row, "dropped", problem)
                return None
            claim, until = self._services.chance.getrandbits(62) + 1, now + LEASE
            if not await outbox.claim_row(tx, row, claim, until):
                return None
        mine = replace(row, state="claimed", claim=claim, lease_until=until)
        return replace(mine, held_until=row.lease_until)

    async def begin(self, row: OutboxRow, place_id: int, trace: str, language: str = "") -> bool:
        """Record, just before sending, where it goes and by what it is known again.

        Tell whether the claim stands; what isn't wanted any more is dropped. What has moved
        meanwhile is given back: it goes to the other channel.
        """
        now = self._clock()
        async with self._taken(row) as (tx, letter, found):
            if problem := await self._unwanted(tx, letter, row, now):
                await self._drop(tx, letter, row, problem)
                return False
            if await self._has_moved(tx, row, found, is_untried=row.tried_at is None):
                return False
            return await outbox.begin(
                tx, row, place_id=place_id, trace=trace, language=language, now=now
            )

    async def sent(self, row: OutboxRow, receipt: Receipt | None) -> None:
        """Record the message, and put what follows from it into the outbox.

        None: an earlier attempt was sent, and deleted before that was known.
        """
        async with self._taken(row) as (tx, letter, _):
            message_id = None if receipt is None else receipt.message_id
            if not await outbox.set_sent(tx, row.row_id, message_id):
                await letter.crossed(tx, row)
                return
            if receipt is None:
                rows = await letter.unsent(tx, row, "deleted", "deleted")
            else:
                rows = await letter.sent(tx, row, receipt)
            await outbox.add(tx, *rows)
        log.info("sent %s %s%s", row.kind, row.row_id, "" if receipt else ", but it is deleted")

    async def give_back(
        self, row: OutboxRow, problem: Problem, wait: timedelta = RETRY, *, perhaps: bool = False
    ) -> None:
        """Give a claim back, to be tried again: nothing was sent this time.

        ``perhaps``: an answer was lost. If it was begun, the next attempt looks first.
        """
        now = self._clock()
        async with self._taken(row) as (tx, letter, found):
            seen = found if perhaps else row
            is_untried = seen is None or seen.tried_at is None
            unwanted = await letter.wanted(tx, row, now)
            if unwanted and (is_untried or letter.always_findable):
                await self._end(tx, letter, row, "dropped", unwanted)
            elif not is_untried and row.until_at <= now and not letter.always_findable:
                await self._end(tx, letter, row, "uncertain", "lost_sight")
            elif not await self._has_moved(tx, row, found, is_untried=is_untried):
                due_at = now + await letter.patience(tx, row, problem, wait)
                if await outbox.release_row(tx, row, due_at, problem, is_untried=is_untried):
                    await outbox.add(tx, *await letter.unsent(tx, row, "again", problem))

    async def end(self, row: OutboxRow, end: End, problem: Problem) -> None:
        """Record that it won't be sent by itself, and why; what has moved meanwhile is tried there.

        Uncertain: nobody can tell whether it was sent, and *Post now* decides it.
        """
        async with self._taken(row) as (tx, letter, found):
            if not await self._has_moved(tx, row, found, is_untried=row.tried_at is None):
                await self._end(tx, letter, row, end, problem)

    async def put_off(self, row_id: int) -> None:
        """Put a row off for an hour after an unexpected failure, if that can be; others go on."""
        now = self._clock()
        try:
            async with self._db.transaction() as tx:
                await outbox.put_off(tx, row_id, now, now + AN_HOUR)
        except Exception:
            log.exception("row %s of the outbox can't be put off", row_id)

    @asynccontextmanager
    async def _taken(
        self, row: OutboxRow
    ) -> AsyncIterator[tuple[Queries, Letter, OutboxRow | None]]:
        """Open a transaction in which what a letter is about is locked; with it, its row now."""
        letter = self._letters[row.kind]
        async with self._db.transaction() as tx:
            yield tx, letter, await letter.take(tx, row)

    async def _unwanted(
        self, tx: Queries, letter: Letter, row: OutboxRow, now: datetime
    ) -> Problem | None:
        return "too_late" if row.until_at <= now else await letter.wanted(tx, row, now)

    async def _has_moved(
        self, tx: Queries, row: OutboxRow, found: OutboxRow | None, *, is_untried: bool
    ) -> bool:
        """Give a claim back whose group has another channel since, to be sent there at once.

        Trouble with the old channel is none of the group's any more. Tell whether it has moved.
        """
        if found is None or found.channel_id == row.channel_id:
            return False
        await outbox.release_row(tx, row, self._clock(), "moved", is_untried=is_untried)
        return True

    async def _end(
        self, tx: Queries, letter: Letter, row: OutboxRow, end: End, problem: Problem
    ) -> None:
        if problem == "too_late":
            problem = row.problem or problem  # what kept it from being sent in time
        state: OutboxState = "uncertain" if end == "uncertain" else "dropped"
        if not await outbox.close_row(tx, row, state, problem):
            return
        await outbox.add(tx, *await letter.unsent(tx, row, end, problem))
        if end == "uncertain":
            log.error("%s %s is uncertain: %s", row.kind, row.row_id, problem)
        else:
            level = logging.INFO if letter.is_direct else logging.WARNING
            log.log(level, "gave up on %s %s: %s", row.kind, row.row_id, problem)

    # One attempt.

    async def _deliver(self, row_id: int) -> bool:
        """Send one row; tell whether this engine had it to send.

        Not what it is just sending, even if by a clock that was set the lease has run out.
        """
        if row_id in self._on_the_way:
            return False
        self._on_the_way.add(row_id)
        try:
            row = await self.claim(row_id)
            if row is not None:
                await self._attempt(row)
        finally:
            self._on_the_way.discard(row_id)
        return row is not None

    async def _attempt(self, row: OutboxRow) -> None:
        """Try to send a row that is claimed, and record what becomes of it."""
        try:
            async with asyncio.timeout(SEND_WITHIN):
                await self._send(row)
        except ClosedError:
            await self.give_back(row, "discord_trouble", AT_ONCE)
        except AwayError:
            await self.give_back(row, "guild_unavailable")
        except HistoryClosedError:
            if (problem := row.problem) in UNCERTAIN and problem is not None:
                # Somebody has looked, and wants it sent.
                await self.give_back(replace(row, tried_at=None), problem, AT_ONCE)
            else:
                await self.end(row, "uncertain", "no_history")
        except RefusedError as error:
            await self._refused(row, error)
        except (NoAnswerError, TimeoutError, LedgerError) as error:
            # It passes, the database's trouble too. A message that was sent is found next time.
            log.warning("trouble on the way of %s %s: %r", row.kind, row.row_id, error)
            # If it can be given back, the database is there again.
            wait = AT_ONCE if isinstance(error, LedgerError) else _patience(row)
            await self.give_back(row, "discord_trouble", wait, perhaps=True)
        except Exception:
            log.exception("%s %s can't be sent", row.kind, row.row_id)
            await self.give_back(row, "refused", AN_HOUR, perhaps=True)

    async def _send(self, row: OutboxRow, *, has_looked: bool = False) -> None:
        letter = self._letters[row.kind]
        speak(language := await letter.language(row, self._discord) or OF_ALL)
        act = await letter.act(replace(row, tried_at=None) if has_looked else row, self._discord)
        if isinstance(act, Wait):
            with suppress(HistoryClosedError):  # what is in the way may be so of that, too
                if await self._was_sent(row):
                    return
            await self.give_back(row, act.problem, act.wait)
        elif isinstance(act, Drop):
            if letter.always_findable or row.tried_at is None:
                await self.end(row, "dropped", act.problem)
            elif not await self._was_sent(row):
                async with self._taken(row) as (tx, _, found):
                    if not await self._has_moved(tx, row, found, is_untried=False):
                        await self._drop(tx, letter, row, act.problem)
        elif not isinstance(act, Once):  # twice is harmless
            await self._tickets.leave()
            self._check_lease(row)
            message_id = await act.do(self._discord, "")
            await self.sent(row, Receipt(message_id, row.channel_id or 0, self._clock()))
        elif await self._was_sent(row, act):
            return
        elif not _has_nonce(row, act) and (wait := self._unsettled(row)) > AT_ONCE:
            async with self._taken(row) as (tx, _, _):
                await outbox.rest(tx, row, self._clock() + wait, "discord_trouble")
        elif act.what is None:
            await self._send(row, has_looked=True)
        elif await self.begin(row, act.place.place_id, act.trace or letter.trace(row), language):
            await self._do(row, act)

    def _check_lease(self, row: OutboxRow) -> None:
        """Raise TimeoutError where a machine was suspended meanwhile, or its clock was set back.

        Its timeouts stood still with it, and another process may have done it since: so long ago
        that Discord will have forgotten the nonce, or otherwise by now.
        """
        claimed_at = (row.lease_until or self._clock()) - LEASE
        since = self._clock() - claimed_at
        if not -CLOCKS_APART <= since < timedelta(seconds=SEND_WITHIN):
            raise TimeoutError

    async def _do(self, row: OutboxRow, act: Once) -> None:
        await self._tickets.leave()
        self._check_lease(row)
        place = act.place
        try:
            message_id = await act.do(self._discord, f"n{row.row_id}")
        except RefusedError as error:
            # Discord remembers the nonce of a deleted message: discord-api-docs#6647.
            if error.code != UNKNOWN_MESSAGE:
                await self._refused(replace(row, places=(*row.places, place.place_id)), error)
                return
            await self.sent(row, None)
        else:
            receipt = Receipt(message_id, place.place_id, self._clock(), place.is_thread)
            await self.sent(row, receipt)

    async def _refused(self, row: OutboxRow, error: RefusedError) -> None:
        """Record what a refusal means: nothing was sent."""
        problem = error.problem
        if problem == "rate_limited":
            wait = RETRY if error.wait is None else timedelta(seconds=error.wait)
            await self.give_back(row, problem, wait)
        elif problem == "discord_trouble":
            log.warning(
                "on the way to discord, %s (code %s) stops %s %s",
                error.status, error.code, row.kind, row.row_id,
            )  # fmt: skip
            await self.give_back(row, problem, _patience(row))
        elif problem == "refused":
            log.error("discord refuses %s %s", row.kind, row.row_id, exc_info=error)
            await self.give_back(row, problem, AN_HOUR)
        elif problem == "bot_removed" and row.guild_id is not None:
            await self._services.guilds.removed(row.guild_id)
            await self.give_back(row, "guild_unavailable")
        else:
            verdict = await self._letters[row.kind].refused(row, error)
            if isinstance(verdict, Wait):
                await self.give_back(row, verdict.problem, verdict.wait)
            else:
                await self.end(row, "dropped", verdict.problem)

    async def _was_sent(self, row: OutboxRow, act: Once | None = None) -> bool:
        """Look for the message of an earlier attempt, and record it; tell whether it is there.

        ``act``: what is to be sent otherwise; None: nothing.

        Raises:
            HistoryClosedError: nobody can tell.
        """
        if row.tried_at is None:
            return False
        trace, since = self._letters[row.kind].trace(row), row.tried_at - CLOCKS_DIFFER
        ago = self._clock() - since
        trace, places = row.trace or (act and act.trace) or trace, row.places
        if act is not None and (isinstance(act, ForumPost) or not places):
            places = (act.place.place_id,)
        for place_id in places:
            place = await self._as_it_is(row, place_id)
            if place is None:  # gone, with all that was sent there
                continue
            sought = act or self._letters[row.kind].sought(place)
            if place.lacks(sought.to_look) or place.kind not in sought.kinds:
                raise HistoryClosedError
            looked = sought.seen(self._discord, place_id, since, ago)
            async for seen in looked:
                if is_of(trace, seen):
                    receipt = Receipt(seen.message_id, place_id, seen.at, place.is_thread)
                    await self.sent(row, receipt)
                    return True
        return False

    async def _drop(self, tx: Queries, letter: Letter, row: OutboxRow, problem: Problem) -> None:
        """Drop what isn't wanted, but not while what was asked for before may still appear."""
        if (wait := self._unsettled(row)) > AT_ONCE:
            await outbox.rest(tx, row, self._clock() + wait, "discord_trouble")
        else:
            await self._end(tx, letter, row, "dropped", problem)

    def _unsettled(self, row: OutboxRow) -> timedelta:
        """Return how long what was asked for before may still appear."""
        if row.tried_at is None or row.held_until is None:
            return AT_ONCE
        longest = LEASE + TAKES_EFFECT + CLOCKS_APART  # by a clock behind, and by ours
        claimed_at = row.held_until - LEASE
        return min(claimed_at + longest - self._clock(), longest)  # the clock may be set back

    async def _as_it_is(self, row: OutboxRow, place_id: int) -> Place | None:
        """Return a place to look in as it is; None: it is gone.

        To whom a history is closed, Discord shows an empty one.
        """
        try:
            return await self._letters[row.kind].as_it_is(row, place_id, self._discord)
        except RefusedError as error:
            if error.problem in ("no_access", "forbidden"):
                raise HistoryClosedError from error
            raise


def _has_nonce(row: OutboxRow, act: Once) -> bool:
    """Tell whether a nonce keeps a second message from appearing: where it was asked last."""
    return isinstance(act, Send) and act.place.place_id in row.places[-1:]


def _patience(row: OutboxRow) -> timedelta:
    """Return how long to wait before the next attempt: a minute more each time, an hour at most.

    All attempts count, and a row that waited for a permission has had hundreds.
    """
    return min(SOON * (row.attempts + 1), AN_HOUR)
