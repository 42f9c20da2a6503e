"""A reminder that a reader asked for: one a day at most, for all reasons together."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from discord.ui import LayoutView

from bot.core.outbox import TEMPORARY, OutboxRow, Problem
from bot.core.reminders import OpenLead, OpenPaper
from bot.core.suggestions import MOST_TOLD, Suggestion
from bot.core.weeks import CLOCKS_APART
from bot.outbox.discord import AwayError, Discord, NoAnswerError, RefusedError
from bot.outbox.letters._base import Act, Drop, End, Receipt, Rows, Send, ToPerson, Wait
from bot.outbox.traces import by_button, marked
from bot.store import groups, readers, suggestions
from bot.store import leads as lead_rows
from bot.store.database import Queries
from bot.views.custom_ids import ReadReminded
from bot.views.lead_card import leads_card
from bot.views.reminder_card import idle_card, paper_card
from bot.views.suggestions_card import Outcomes, outcomes_card

ASKED_WITHIN = 10
"""Seconds for what Discord is asked about one paper: the others needn't wait for its server."""

NOT_YET: Problem = "guild_unavailable"

OpenT = TypeVar("OpenT", OpenPaper, OpenLead)


class Reminder(ToPerson):
    async def take(self, tx: Queries, row: OutboxRow) -> OutboxRow | None:
        await readers.take_turn_if_known(tx, row.reader_id or 0)
        return await super().take(tx, row)

    async def wanted(self, tx: Queries, row: OutboxRow, now: datetime) -> Problem | None:
        """Let a second one of a day, or one too soon after those that were ignored, not leave."""
        if not _is_of_day(row):  # an earlier release's: it is planned anew, for the reader's hour
            return "superseded"
        pace = await readers.pace_of(tx, row.reader_id or 0, but=row.row_id)
        day = date.fromisoformat(row.reference.rpartition(":")[2])
        is_ahead = day > pace.day_of(now + CLOCKS_APART)  # by a clock that was
        if not is_ahead and pace.may_come(now):
            return None
        if not is_ahead and pace.may_be_told_of_leading(now):
            leads = await self.services.reminders.open_leads(row, tx)
            return None if leads else "not_wanted"
        return "not_wanted"

    def trace(self, row: OutboxRow) -> str:
        reason, about, _ = row.reference.split(":")
        return by_button(ReadReminded(int(about))) if reason == "week" else super().trace(row)

    async def act(self, row: OutboxRow, discord: Discord) -> Act:
        """Tell what is so as it leaves: of unread papers, or else of a week without reading."""
        if not _is_of_day(row):
            return Drop("superseded")
        reader_id, reminders = row.reader_id or 0, self.services.reminders
        may_come = await reminders.may_come(row)
        open_papers = await reminders.open_papers(reader_id) if may_come else []
        papers, problems = await self._seen_of(open_papers, reader_id, discord)
        leads, more = await self._seen_of(await reminders.open_leads(row), reader_id, discord)
        problems += more
        problem = NOT_YET if NOT_YET in problems else next(iter(problems), None)
        view: LayoutView | None = None
        if papers:
            is_idle = await reminders.is_idle(reader_id)
            view = paper_card(papers, is_idle=is_idle)
        elif may_come and (reply := await reminders.nudge(reader_id)) is not None:
            view = idle_card(reply)
        if leads:
            view = leads_card(leads, view)
        tells = may_come or bool(row.places)
        outcomes, is_whole = await self._outcomes(row, discord) if tells else ([], True)
        if row.places and (NOT_YET in more or not is_whole):
            return Wait(NOT_YET)  # it told of that, and counts as having done so
        if view is None and not outcomes:
            is_early = problem == NOT_YET or not is_whole
            return Wait(NOT_YET) if is_early else Drop(problem or "not_wanted")
        place = await self.to(row, discord)
        # Last of all: a command may have told the reader meanwhile.
        outcomes, is_whole = await self._outcomes(row, discord) if tells else ([], True)
        if row.places and not is_whole:
            return Wait(NOT_YET)
        if not row.places:
            await reminders.put_into_letter(reader_id, leads, row.row_id)
            told = [suggestion for suggestion, _server in outcomes]
            put = await self.services.suggestions.put_into_letter(reader_id, told, row.row_id)
            outcomes = [each for each in outcomes if each[0].suggestion_id in put]
        if outcomes:
            view = outcomes_card(outcomes, view)
        return Drop("not_wanted") if view is None else Send(place, marked(view, row.row_id))

    async def _outcomes(self, row: OutboxRow, discord: Discord) -> tuple[Outcomes, bool]:
        """Return what became of suggestions by the reader's hour, with the servers' names.

        And whether that is all: of a server that can't be asked just now, nothing is told. Nor of
        what an earlier attempt didn't, which may have been sent.
        """
        reader_id, found = row.reader_id or 0, list[tuple[Suggestion, str]]()
        names, is_whole = dict[int, str | None](), True
        of_letter = row.row_id if row.places else None
        outcomes = self.services.suggestions.outcomes
        for each in await outcomes(reader_id, row.due_at, of_letter):
            guild_id = each.guild_id
            if guild_id not in names:
                try:
                    names[guild_id] = await self._name_for(reader_id, guild_id, discord)
                except (AwayError, NoAnswerError, TimeoutError):
                    names[guild_id], is_whole = None, False
                except RefusedError as error:
                    if error.problem == "rate_limited":  # all others as well: it says how long
                        raise
                    if error.problem == "bot_removed":
                        await self.services.guilds.removed(guild_id)
                    names[guild_id] = None
                    is_whole = is_whole and error.problem not in TEMPORARY
            if (name := names[guild_id]) is not None:
                found.append((each, name))
        return found[:MOST_TOLD], is_whole

    async def _name_for(self, reader_id: int, guild_id: int, discord: Discord) -> str | None:
        """Return the name of a server, if the reader is in it."""
        async with asyncio.timeout(ASKED_WITHIN):
            await self.tickets.ticket()
            is_member = await discord.is_member(guild_id, reader_id)
            return await discord.name_of(guild_id) if is_member else None

    async def _seen_of(
        self, told: Sequence[OpenT], reader_id: int, discord: Discord
    ) -> tuple[list[OpenT], list[Problem]]:
        """Return what the reader is told of, and why the rest is left out."""
        seen = [await self._seen(each, reader_id, discord) for each in told]
        shown = [each for each in seen if isinstance(each, OpenPaper | OpenLead)]
        return shown, [each for each in seen if not isinstance(each, OpenPaper | OpenLead)]

    async def _seen(self, paper: OpenT, reader_id: int, discord: Discord) -> OpenT | Problem:
        """Return what is told of, if the reader is still in its server; else why it is left out."""
        guild_id, guilds = paper.group.guild_id, self.services.guilds
        try:
            async with asyncio.timeout(ASKED_WITHIN):
                channel = await discord.place(guild_id, paper.group.channel_id)
                if channel is None:
                    return "channel_gone"  # and there they could not turn it off
                await self.tickets.ticket()
                is_member = await discord.is_member(guild_id, reader_id)
        except (AwayError, NoAnswerError, TimeoutError):
            return NOT_YET
        except RefusedError as error:
            if error.problem == "rate_limited":  # all others as well: it says how long
                raise
            if error.problem == "bot_removed":
                await guilds.removed(guild_id)
            return NOT_YET if error.problem in TEMPORARY else error.problem
        if not is_member:
            await guilds.member_left(guild_id, reader_id)
            return "left_server"
        return replace(paper, server=channel.guild_name)

    async def sent(self, tx: Queries, row: OutboxRow, receipt: Receipt) -> Rows:
        await self._came(tx, row, receipt.at)
        return ()

    async def unsent(self, tx: Queries, row: OutboxRow, end: End, problem: Problem) -> Rows:
        """Count what perhaps came; ask Discord no more for who takes no direct messages.

        Not until they ask again.
        """
        reader_id, tried_at = row.reader_id or 0, row.tried_at
        if end in ("uncertain", "deleted"):
            await self._came(tx, row, tried_at or self.services.clock())
        elif end == "dropped" and problem == "no_direct_messages":
            await groups.close_wishes(tx, reader_id)
            settings = await readers.settings_of(tx, reader_id)
            if settings.nudged:
                await readers.put_settings(tx, reader_id, replace(settings, nudged=False))
            await readers.set_look_at(tx, reader_id, None)
        return ()

    async def _came(self, tx: Queries, row: OutboxRow, at: datetime) -> None:
        """Count it, unless the reader has said *Later* by now: its answer may have been lost.

        What it told of suggestions is known now; alone, that asks for nothing.
        """
        reader_id = row.reader_id or 0
        told = await suggestions.set_told_by(tx, reader_id, row.row_id, at)
        told |= await lead_rows.set_told_by(tx, reader_id, row.row_id, at)
        pace = await readers.pace_of(tx, reader_id, but=row.row_id)
        asks = not told or await self.services.reminders.reminds(tx, reader_id)
        again, ignored = pace.again_at, pace.ignored_by_now + asks
        if again is not None and pace.day_of(again) > pace.day_of(at):
            ignored = 0
        else:
            again = None
        await readers.set_reminded(tx, reader_id, at, ignored, again)


def _is_of_day(row: OutboxRow) -> bool:
    return row.reference.startswith("day:")
