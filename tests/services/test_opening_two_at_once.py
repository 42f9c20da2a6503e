"""Whatever two people do at the same moment, it is as if one of them had been first.

Each public method of a service that opens a transaction has its row in ``BESIDE``: it halts before
it has taken the last row, before it writes and before its commit, while another is done beside it.
"""

import ast
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

import bot.services
from bot.core.curriculum.fields import Typed
from bot.core.groups import GroupForm, GroupWish, Here, Lead, MeetsWish, SeenChannel, SeenRole
from bot.core.link_checks import LinkAnswer
from bot.core.lists import Where
from bot.core.moderation import ResourceForm
from bot.core.outbox import OutboxRow
from bot.core.papers import VoteWish
from bot.core.reminders import OpenLead
from bot.core.weeks import DaysOff, Schedule
from bot.errors import HasGroupError, OldCardError
from bot.outbox.tickets import Tickets
from bot.services.link_checks import LinkChecks
from bot.services.opening import Services, services_over
from bot.store import leads, outbox
from tests.curricula import curriculum, imported, named_by_address, resource
from tests.interleaved import COMMIT, FIRST_WRITE, WRITES, Halting, Outcome, Two
from tests.postbox import MONDAYS_AT_TEN, Desk

GUILD, AWAY, LONG_AWAY = 5, 6, 7
ALICE, BOB, CARL, EVE, NEW, DAN = 11, 12, 13, 14, 15, 16
READING, DUE, CHANGED, FORUM, EMPTY = 71, 72, 73, 74, 79
LINK = "https://example.org/new"
LIST = curriculum(
    *(resource(f"p{n}", step_id="one") for n in range(3)),
    resource("p3", "p2", step_id="two"),
    *(resource(f"p{n}", step_id="two") for n in range(4, 10)),
)
TUESDAYS, WEDNESDAYS = Schedule(1, 10, 0, "UTC"), Schedule(2, 10, 0, "UTC")
AT_NIGHT = Schedule(0, 23, 0, "Asia/Seoul")
OFF = DaysOff(date(2026, 1, 13), date(2026, 1, 13))
WITHOUT_READING = Here(GUILD, EMPTY, CARL, "", {DUE, CHANGED, FORUM, EMPTY})
HERE = replace(WITHOUT_READING, channel_ids={READING, *WITHOUT_READING.channel_ids})
SEEN_EMPTY, SEEN_READING = SeenChannel(EMPTY, False), SeenChannel(READING, False)
P3 = Typed("P3", "", "30", "paper", "")


class World:
    """Where all acts begin. It is Tuesday, half past ten, and half an hour after a slot."""

    def __init__(self) -> None:
        self.now = datetime(2025, 12, 29, 9, 0, tzinfo=UTC)
        self.messages = 1000

    def clock(self):
        return self.now

    async def make(self, s: Services) -> None:
        groups, mod = s.groups, s.moderation
        for guild, gone in ((AWAY, timedelta(days=1)), (LONG_AWAY, timedelta(days=31))):
            self.now = datetime(2026, 1, 6, 10, 30, tzinfo=UTC) - gone
            await groups.make_or_change(guild, guild, MONDAYS_AT_TEN, None, BOB)
            await s.guilds.removed(guild)
        self.now = datetime(2025, 12, 29, 9, 0, tzinfo=UTC)
        await s.inboxes.set_word(GUILD, DUE)
        self.reading = await self.group(s, READING, MONDAYS_AT_TEN)
        for who in (ALICE, EVE, DAN):
            await groups.join(GUILD, self.reading, who)
        await s.reminders.ask(GUILD, self.reading, ALICE, wanted=True)
        await s.me.switch(EVE, "nudge")
        for day in (29, 36):
            self.now = datetime(2025, 12, 29, 10, 0, tzinfo=UTC) + timedelta(days=day - 29)
            await s.weeks.open_due()
            await self.deliver(s)
        self.due = await self.group(s, DUE, TUESDAYS)
        await groups.join(GUILD, self.due, EVE)
        self.changed = await self.group(s, CHANGED, WEDNESDAYS)
        self.forum = await self.group(s, FORUM, Schedule(3, 10, 0, "UTC"), is_forum=True)
        self.now = datetime(2026, 1, 6, 9, 50, tzinfo=UTC)
        ballot = await s.votes.call(GUILD, READING, BOB, 3, 24)
        await self.deliver(s)
        self.vote = await s.votes.ballot(ballot.vote.vote_id)
        self.vote = self.vote.vote
        own = await mod.propose(GUILD, BOB, "https://example.org/own")
        own = await mod.add((GUILD, BOB, own.draft_id))
        await s.papers.pick(GUILD, CHANGED, BOB, own.resource.key, "2026-W02")
        self.post = (await groups.post_now(GUILD, self.changed)).this_week
        self.gone = (await mod.remove((GUILD, BOB, own.draft_id))).draft_id
        row = await outbox.row_about(s.db, "post", str(self.post.week_id))
        self.claimed = await Desk(s).claim(row.row_id)
        await s.moderation.doubt(ALICE, GUILD, "demo:p3", "demo:p2", "It stands alone.")
        self.new = (await mod.propose(GUILD, BOB, LINK)).draft_id
        self.new_too = (await mod.propose(GUILD, CARL, LINK)).draft_id
        self.desk = (await mod.open(GUILD, BOB, "demo:p3")).draft_id
        self.desk_too = (await mod.open(GUILD, CARL, "demo:p3")).draft_id
        self.wish = (await mod.open(GUILD, BOB, "demo:p4", needs="demo:p5")).draft_id
        self.loop = (await mod.open(GUILD, CARL, "demo:p5", needs="demo:p4")).draft_id
        self.doubted, self.doubted_too = [
            (await mod.open(GUILD, who, "demo:p3", no_longer_needs="demo:p2")).draft_id
            for who in (BOB, CARL)
        ]
        self.past = (await mod.history((GUILD, BOB, self.gone))).latest.change_id
        self.wanted = await self.suggestion(s, "wanted")
        self.take, self.take_too = [
            (await mod.consider(GUILD, who, self.wanted)).draft_id for who in (BOB, CARL)
        ]
        self.declined = await self.suggestion(s, "declined")
        declined = (await mod.consider(GUILD, BOB, self.declined)).draft_id
        await mod.decline((GUILD, BOB, declined), "known")
        await s.papers.pick(GUILD, READING, BOB, "demo:p8", "2026-W04")
        await s.reading.next_for(ALICE, GUILD)
        await s.reading.finish_current(ALICE, GUILD)
        self.change = (await s.reading.mark(ALICE, GUILD, "demo:p6", "later")).change.change_id
        self.ours = await s.lists.make(GUILD, BOB, "Ours")
        self.away = await s.lists.make(GUILD, BOB, "Away")
        await s.lists.remove(GUILD, BOB, self.away)
        ours, first = Where(GUILD, list_id=self.ours), imported("n1")
        self.brought = (await s.imports.look(ours, BOB, imported("n2"), "add")).draft_id
        await s.imports.bring((GUILD, BOB, self.brought))
        self.run = (await s.imports.look(ours, BOB, first, "add")).draft_id
        self.run_too = (await s.imports.look(ours, CARL, first, "add")).draft_id
        await s.reading.set_goal(ALICE, GUILD, "demo:p3")
        self.now = datetime(2026, 1, 6, 10, 30, tzinfo=UTC)
        await s.papers.go_on(GUILD, self.reading, "additions")
        await s.leading.lead(GUILD, self.reading, EVE, "2026-W04")
        await s.leading.lead(GUILD, self.reading, DAN, "2026-W05")
        await s.papers.pick(GUILD, READING, DAN, "demo:p7", "2026-W06")
        await s.votes.call(GUILD, READING, DAN, 2, 24, date="2026-W07")
        async with s.db.transaction() as tx:
            await leads.put_lead(tx, Lead(self.reading, "2026-W05", EVE, "asked"), self.now)
        (self.check, *_) = await s.guilds.due_checks(45)
        week = (await groups.status(READING, None)).this_week
        self.slot = week
        times = self.now, self.now + timedelta(days=1)
        self.reminder, self.idle = (
            OutboxRow(row_id, "reminder", f"day:{who}:2026-01-06", *times, reader_id=who)
            for row_id, who in ((2, ALICE), (1, EVE))
        )
        async with s.db.transaction() as tx:
            await outbox.add(tx, self.reminder, self.idle)
        led = Lead(self.reading, "2026-W04", EVE, "leads")
        group = await s.groups.find(READING)
        self.leads = [OpenLead(led, group, self.now, None, LIST)]

    async def suggestion(self, s, name):
        made = await s.suggestions.suggest(GUILD, ALICE, f"https://example.org/{name}", "Yes.")
        return made.suggestion

    async def group(self, s, channel, schedule, **more):
        status = await s.groups.make_or_change(GUILD, channel, schedule, None, BOB, **more)
        return status.group.group_id

    async def deliver(self, s):
        while row_ids := await Desk(s).due():
            for row_id in row_ids:
                row = await Desk(s).claim(row_id)
                if row is not None:
                    self.messages += 1
                    await Desk(s).arrived(row, self.messages)


def acts(w: World, s: Services) -> dict:
    """Return what the rows name: an act begins with the method that it is about."""
    groups, mod, reading, desk = s.groups, s.moderation, s.reading, Desk(s)
    tickets = Tickets(s.db, w.clock, s.send_rate)
    return {
        "Groups.set_up": lambda: groups.set_up(
            HERE,
            SEEN_READING,
            GroupWish(0, "11 pm", 7, "Seoul"),
            SeenRole("readers", True),
        ),
        "Groups.choose": lambda: groups.choose(
            WITHOUT_READING, SEEN_EMPTY, GroupForm(EMPTY), w.reading
        ),
        "Groups.move_to": lambda: groups.move_to(HERE, SEEN_EMPTY, w.reading),
        "Groups.stop_lost": lambda: groups.stop_lost(WITHOUT_READING, w.reading),
        "Groups.make_or_change": lambda: groups.make_or_change(GUILD, READING, AT_NIGHT, 7, CARL),
        "Groups.make_or_change, new": lambda: groups.make_or_change(
            GUILD, EMPTY, AT_NIGHT, 7, CARL
        ),
        "Groups.make_or_change, new too": lambda: groups.make_or_change(
            GUILD, EMPTY, TUESDAYS, None, BOB
        ),
        "Groups.make_or_change, a forum": lambda: groups.make_or_change(
            GUILD, FORUM, AT_NIGHT, 7, CARL, is_forum=True
        ),
        "Groups.make_or_change, a forum too": lambda: groups.make_or_change(
            GUILD, FORUM, TUESDAYS, 8, BOB, is_forum=True
        ),
        "Groups.set_state": lambda: groups.set_state(GUILD, w.reading, "paused"),
        "Groups.set_state, stopped": lambda: groups.set_state(GUILD, w.changed, "stopped"),
        "Groups.move": lambda: groups.move(GUILD, w.reading, EMPTY, CARL, seen_in=READING),
        "Groups.move, there too": lambda: groups.move(GUILD, w.changed, EMPTY, BOB),
        "Groups.move, elsewhere": lambda: groups.move(GUILD, w.reading, 80, BOB, seen_in=READING),
        "Groups.move, due": lambda: groups.move(GUILD, w.due, EMPTY, BOB),
        "Groups.delete": lambda: groups.delete(GUILD, w.reading, CARL),
        "Groups.delete, due": lambda: groups.delete(GUILD, w.due, CARL),
        "Groups.delete, forum": lambda: groups.delete(GUILD, w.forum, CARL),
        "Leading.lead": lambda: s.leading.lead(GUILD, w.reading, ALICE, "2026-W03"),
        "Leading.lead, eve": lambda: s.leading.lead(GUILD, w.reading, EVE, "2026-W03"),
        "Leading.hand_back": lambda: s.leading.hand_back(GUILD, w.reading, EVE, "2026-W04"),
        "Leading.choose": lambda: s.leading.choose(GUILD, w.reading, EVE, "2026-W04", "demo:p7"),
        "Leading.ask_about": lambda: s.leading.ask_about(
            GUILD, w.reading, EVE, "2026-W04", ["Why?"]
        ),
        "Leading.ask": lambda: s.leading.ask(GUILD, w.reading, ALICE),
        "Leading.hand_back, asked": lambda: s.leading.hand_back(None, w.reading, EVE, "2026-W05"),
        "Calendars.skip": lambda: s.calendars.skip(GUILD, w.reading),
        "Calendars.skip, due": lambda: s.calendars.skip(GUILD, w.due),
        "Calendars.pause_until": lambda: s.calendars.pause_until(GUILD, w.reading, "2026-02-01"),
        "Calendars.take_off": lambda: s.calendars.take_off(GUILD, w.due, "2026-01-06"),
        "Calendars.take_off, too": lambda: s.calendars.take_off(GUILD, w.due, "2026-01-13"),
        "Calendars.bring_back": lambda: s.calendars.bring_back(GUILD, w.reading, [OFF]),
        "Merging.merge": lambda: s.merging.merge(GUILD, w.reading, w.due, CARL),
        "Merging.merge, back": lambda: s.merging.merge(GUILD, w.due, w.reading, BOB),
        "Merging.merge, on": lambda: s.merging.merge(GUILD, w.due, w.changed, BOB),
        "Papers.go_on": lambda: s.papers.go_on(GUILD, w.reading, "must_reads"),
        "Groups.meet": lambda: groups.meet(
            HERE, GroupForm(READING, GroupWish(meets=MeetsWish("Thursday 20:00")))
        ),
        "Meetings.ask": lambda: s.meetings.ask(w.slot, None),
        "Meetings.room_gone": lambda: s.meetings.room_gone(GUILD, EMPTY),
        "Groups.meet_again": lambda: s.groups.meet_again(
            HERE, GroupForm(READING, GroupWish(meets=MeetsWish("Sunday 10:00")), w.reading)
        ),
        "Groups.mention_nobody": lambda: groups.mention_nobody(GUILD, w.reading),
        "Groups.post_now": lambda: groups.post_now(GUILD, w.changed),
        "Groups.post_now, due": lambda: groups.post_now(GUILD, w.due),
        "Groups.join": lambda: groups.join(GUILD, w.reading, CARL),
        "Groups.leave": lambda: groups.leave(GUILD, w.reading, ALICE),
        "Weeks.open_due": lambda: nothing_of(s.weeks.open_due()),
        "Weeks.pick_anew": lambda: s.weeks.pick_anew(w.post.week_id),
        "Weeks.read_it": lambda: mark_of(s.weeks.read_it(ALICE, GUILD, w.slot.week_id)),
        "Weeks.first_reads": lambda: s.weeks.first_reads(CARL, GUILD, w.slot.week_id),
        "Papers.pick": lambda: s.papers.pick(GUILD, READING, CARL, "demo:p9", None),
        "Papers.pick, due": lambda: s.papers.pick(GUILD, DUE, CARL, "demo:p9", None),
        "Papers.pick, due too": lambda: s.papers.pick(GUILD, DUE, BOB, "demo:p8", None),
        "Papers.pick, W04": lambda: s.papers.pick(GUILD, READING, CARL, "demo:p9", "2026-W04"),
        "Papers.pick_next": lambda: s.papers.pick_next(GUILD, w.due, CARL, "demo:p9"),
        "Papers.pick_next, too": lambda: s.papers.pick_next(GUILD, w.due, BOB, "demo:p8"),
        "Papers.take_back": lambda: s.papers.take_back(GUILD, w.reading, "2026-W04"),
        "Papers.read_for": lambda: s.papers.read_for(GUILD, w.due, "demo:p0", 2),
        "Papers.read_for, too": lambda: s.papers.read_for(GUILD, w.due, "demo:p0", 3),
        "Votes.ask": lambda: s.votes.ask(GUILD, CARL, VoteWish(DUE, 3, 12, date="2026-W02")),
        "Votes.call": lambda: s.votes.call(GUILD, DUE, CARL, 3, 12),
        "Votes.call, too": lambda: s.votes.call(GUILD, DUE, BOB, 2, 12),
        "Votes.call, reading": lambda: s.votes.call(GUILD, READING, CARL, 3, 12),
        "Votes.cancel": lambda: s.votes.cancel(GUILD, w.vote.vote_id),
        "Votes.close": lambda: s.votes.close(GUILD, w.vote.vote_id),
        "Votes.decide": lambda: s.votes.decide(w.vote, [0, 1, 0]),
        "Votes.unread": lambda: s.votes.unread(w.vote),
        "Votes.ended": lambda: s.votes.ended(w.vote),
        "Reading.next_for": lambda: reading.next_for(CARL, GUILD),
        "Reading.next_for, alice": lambda: reading.next_for(ALICE, GUILD),
        "Reading.next_for, new": lambda: reading.next_for(NEW, GUILD),
        "Reading.next_for, deeper": lambda: reading.next_for(CARL, GUILD, deeper=True),
        "Reading.next_for, minutes": lambda: reading.next_for(ALICE, GUILD, minutes=20),
        "Reading.any_length": lambda: reading.any_length(ALICE, GUILD),
        "Reading.finish_current": lambda: reading.finish_current(ALICE, GUILD),
        "Reading.finish": lambda: reading.finish(ALICE, GUILD, "p2", 4),
        "Reading.mark_all": lambda: reading.mark_all(ALICE, GUILD, ["demo:p6", "demo:p7"], 4),
        "Reading.mark_all, carl": lambda: reading.mark_all(CARL, GUILD, ["demo:p7", "demo:p6"], 2),
        "Reading.mark": lambda: reading.mark(ALICE, GUILD, "demo:p6", "skipped"),
        "Reading.mark, goal": lambda: reading.mark(ALICE, GUILD, "demo:p3", "done"),
        "Reading.mark, carl": lambda: reading.mark(CARL, GUILD, "demo:p0", "done"),
        "Reading.know": lambda: reading.know(ALICE, GUILD, ["demo:p6", ":two"]),
        "Reading.bookmark": lambda: reading.bookmark(ALICE, GUILD, "demo:p6", "section 3"),
        "Reading.rate": lambda: reading.rate(ALICE, GUILD, w.change, 5),
        "Reading.undo": lambda: reading.undo(ALICE, GUILD, w.change),
        "Reading.set_goal": lambda: s.reading.set_goal(ALICE, GUILD, "demo:p5"),
        "Reading.reset": lambda: s.reading.reset(ALICE, GUILD),
        "Me.heard": lambda: s.me.heard(EVE, "ko"),
        "Me.set_zone": lambda: s.me.set_zone(EVE, "Asia/Seoul", "en"),
        "Me.set_hour": lambda: s.me.set_hour(EVE, 8),
        "Me.switch, named": lambda: s.me.switch(EVE, "named"),
        "Me.switch": lambda: s.me.switch(EVE, "unnudge"),
        "Me.forget": lambda: s.me.forget(ALICE),
        "Me.forget, bob": lambda: s.me.forget(BOB),
        "Me.forget, new": lambda: s.me.forget(NEW),
        "Me.forget, carl": lambda: s.me.forget(CARL),
        "Me.forget, eve": lambda: s.me.forget(EVE),
        "Me.forget, dan": lambda: s.me.forget(DAN),
        "Finding.find": lambda: s.finding.find(ALICE, Where(GUILD, list_id=w.ours), "p6"),
        "Readers.use": lambda: use(s, ALICE, Where(GUILD, list_id=w.ours)),
        "Reading.path": lambda: reading.path(ALICE, Where(GUILD, list_id="demo"), "p3"),
        "Reading.journey": lambda: reading.journey(CARL, Where(GUILD, list_id=w.ours)),
        "Reading.reader": lambda: reading.reader(CARL, Where(GUILD, list_id=w.ours)),
        "Lists.make": lambda: s.lists.make(GUILD, BOB, "Third"),
        "Lists.make, too": lambda: s.lists.make(GUILD, CARL, "Third"),
        "Lists.rename": lambda: s.lists.rename(GUILD, BOB, w.ours, "Renamed"),
        "Lists.rename, too": lambda: s.lists.rename(GUILD, CARL, w.ours, "Again"),
        "Lists.remove": lambda: s.lists.remove(GUILD, CARL, w.ours),
        "Lists.bring_back": lambda: s.lists.bring_back(GUILD, BOB, w.away),
        "Lists.use": lambda: s.lists.use(GUILD, BOB, w.ours),
        "Lists.follow": lambda: s.lists.follow(GUILD, BOB, w.reading, w.ours),
        "Imports.look": lambda: s.imports.look(Where(GUILD), BOB, imported("n4"), "new"),
        "Imports.choose": lambda: s.imports.choose((GUILD, BOB, w.run), "replace", w.ours),
        "Imports.bring": lambda: s.imports.bring((GUILD, BOB, w.run)),
        "Imports.bring, too": lambda: s.imports.bring((GUILD, CARL, w.run_too)),
        "Imports.undo": lambda: s.imports.undo((GUILD, BOB, w.brought)),
        "Lookups.run_due": s.lookups.run_due,
        "LinkChecks.run_due": LinkChecks(s.background, s.curricula, w.clock, there).run_due,
        "Imports.step_back": lambda: s.imports.step_back(GUILD, CARL, w.ours),
        "Moderation.doubt": lambda: mod.doubt(ALICE, GUILD, "demo:p3", "demo:p2", "Again."),
        "Moderation.doubt, carl": lambda: mod.doubt(CARL, GUILD, "demo:p3", "demo:p2", "I too."),
        "Moderation.propose": lambda: mod.propose(GUILD, BOB, LINK),
        "Moderation.add": lambda: mod.add((GUILD, BOB, w.new)),
        "Moderation.add, too": lambda: mod.add((GUILD, CARL, w.new_too)),
        "Moderation.cancel": lambda: mod.cancel((GUILD, BOB, w.new)),
        "Moderation.put_in_step": lambda: mod.put_in_step((GUILD, BOB, w.new), "one"),
        "Moderation.put_in_list": lambda: mod.put_in_list((GUILD, BOB, w.new), w.ours),
        "Moderation.open": lambda: mod.open(GUILD, BOB, "demo:p4", needs="demo:p5"),
        "Moderation.confirm": lambda: mod.confirm((GUILD, BOB, w.wish)),
        "Moderation.confirm, a loop": lambda: mod.confirm((GUILD, CARL, w.loop)),
        "Moderation.keep": lambda: mod.keep(GUILD, BOB, ResourceForm(w.desk, P3, P3)),
        "Moderation.set_texts": lambda: mod.set_texts(
            (GUILD, BOB, w.desk), P3, replace(P3, title="Three")
        ),
        "Moderation.set_texts, too": lambda: mod.set_texts(
            (GUILD, CARL, w.desk_too), P3, replace(P3, minutes="40")
        ),
        "Moderation.set_texts, new": lambda: mod.set_texts(
            (GUILD, BOB, w.new), P3, replace(P3, title="Three")
        ),
        "Moderation.remove": lambda: mod.remove((GUILD, CARL, w.desk_too)),
        "Moderation.restore": lambda: mod.restore((GUILD, BOB, w.gone)),
        "Moderation.drop_doubts": lambda: mod.drop_doubts((GUILD, BOB, w.desk)),
        "Moderation.mend": lambda: mod.mend((GUILD, BOB, w.desk), "https://example.org/mended"),
        "Moderation.step_back": lambda: mod.step_back((GUILD, BOB, w.gone), w.past),
        "Moderation.settle_doubt": lambda: mod.settle_doubt((GUILD, BOB, w.doubted), kept=False),
        "Moderation.settle_doubt, kept": lambda: mod.settle_doubt(
            (GUILD, CARL, w.doubted_too), kept=True
        ),
        "Moderation.consider": lambda: mod.consider(GUILD, BOB, w.wanted),
        "Moderation.take": lambda: mod.take((GUILD, BOB, w.take)),
        "Moderation.take, too": lambda: mod.take((GUILD, CARL, w.take_too)),
        "Moderation.decline": lambda: mod.decline((GUILD, CARL, w.take_too), "known"),
        "Moderation.reopen": lambda: mod.reopen(GUILD, BOB, w.declined.suggestion_id),
        "Inboxes.look": lambda: s.inboxes.look(GUILD, BOB),
        "Inboxes.set_word": lambda: s.inboxes.set_word(GUILD, READING),
        "Inboxes.set_word, none": lambda: s.inboxes.set_word(GUILD, None),
        "Inboxes.plan_words": s.inboxes.plan_words,
        "Suggestions.suggest": lambda: s.suggestions.suggest(
            GUILD, ALICE, "https://example.org/declined"
        ),
        "Suggestions.suggest, carl": lambda: s.suggestions.suggest(
            GUILD, CARL, "https://example.org/declined"
        ),
        "Suggestions.tell": lambda: s.suggestions.tell(ALICE),
        "Suggestions.put_into_letter": lambda: s.suggestions.put_into_letter(
            ALICE, [w.declined], w.reminder.row_id
        ),
        "Suggestions.keep_links": lambda: s.suggestions.keep_links(GUILD, CARL, [LINK]),
        "Suggestions.want": lambda: s.suggestions.want(GUILD, CARL, w.wanted.suggestion_id),
        "Suggestions.drop": lambda: s.suggestions.drop(GUILD, ALICE, w.wanted.suggestion_id),
        "Suggestions.say": lambda: s.suggestions.say(
            GUILD, ALICE, w.wanted.suggestion_id, why="Again.", leads=True
        ),
        "Reminders.ask": lambda: s.reminders.ask(GUILD, w.reading, EVE, wanted=True),
        "Reminders.ask, no more": lambda: s.reminders.ask(GUILD, w.reading, ALICE, wanted=False),
        "Reminders.set_reasons": lambda: s.reminders.set_reasons(
            ALICE, [w.reading], is_idle=True, wanted=False
        ),
        "Reminders.put_into_letter": lambda: s.reminders.put_into_letter(
            EVE, w.leads, w.idle.row_id
        ),
        "Reminders.later": lambda: s.reminders.later(ALICE),
        "Reminders.not_later": lambda: s.reminders.not_later(ALICE),
        "Reminders.finish": lambda: s.reminders.finish(ALICE, w.slot.week_id),
        "Reminders.look_at_due": lambda: nothing_of(s.reminders.look_at_due()),
        "Reminders.nudge": lambda: s.reminders.nudge(EVE),
        "Guilds.claim_check": lambda: s.guilds.claim_check(w.check),
        "Guilds.member_is_here": lambda: s.guilds.member_is_here(w.check),
        "Guilds.member_left": lambda: s.guilds.member_left(GUILD, ALICE),
        "Guilds.put_off_checks": lambda: s.guilds.put_off_checks(GUILD),
        "Guilds.removed": lambda: s.guilds.removed(GUILD),
        "Guilds.removed, away": lambda: s.guilds.removed(AWAY),
        "Guilds.arrived": lambda: s.guilds.arrived(AWAY),
        "Guilds.claim_question": lambda: s.guilds.claim_question(GUILD),
        "Guilds.unanswered": lambda: s.guilds.unanswered(GUILD),
        "Guilds.forget_due": s.guilds.forget_due,
        "Guilds.greet": lambda: s.guilds.greet(GUILD, READING),
        "Moderation.forget_drafts": mod.forget_drafts,
        "Engine.forget_old": desk.forget_old,
        "Engine.drop, a paper's": lambda: desk.end(w.reminder, "dropped", "no_direct_messages"),
        "Engine.drop, after a week": lambda: desk.end(w.idle, "dropped", "no_direct_messages"),
        "ClockRepair.put_right": s.clock_repair.put_right,
        "Services.try_to_write": s.try_to_write,
        "Services.set_synced_commands": lambda: s.set_synced_commands(1, "abc"),
        "Services.claim_commands": lambda: s.claim_commands(1),
        "Tickets.spare": tickets.spare,
        "Tickets.ticket": lambda: nothing_of(tickets.ticket()),
        "CurriculumStore.remember": lambda: s.curricula.remember(s.db, w.now),
    }


async def use(s: Services, reader_id: int, where: Where) -> None:
    readers = s.reading._readers  # noqa: SLF001 - nobody else calls it by itself
    here = await readers.here(s.db, reader_id, where)
    await readers.use(s.db, here, where)


async def there(_url: str) -> LinkAnswer:
    return LinkAnswer("there")


async def nothing_of(act) -> None:
    """Leave out an answer that only says how much was looked at."""
    await act


async def mark_of(act):
    """Leave out the post's card, which is read when all is done."""
    _, reply, _ = await act
    return reply


BESIDE = [
    ("Groups.set_up", "Groups.set_state"),
    ("Groups.set_up", "Calendars.skip"),
    ("Groups.choose", "Groups.make_or_change, new"),
    ("Groups.move_to", "Groups.move, there too"),
    ("Groups.stop_lost", "Groups.join"),
    ("Groups.make_or_change", "Groups.set_state"),
    ("Groups.make_or_change", "Groups.move"),
    ("Groups.make_or_change", "Calendars.skip"),
    ("Groups.make_or_change, new", "Groups.make_or_change, new too"),
    ("Groups.make_or_change, new", "Groups.move, there too"),
    ("Groups.make_or_change, a forum", "Groups.make_or_change, a forum too"),
    ("Groups.set_state", "Groups.make_or_change"),
    ("Groups.set_state, stopped", "Groups.post_now"),
    ("Groups.move", "Groups.move, there too"),
    ("Groups.move", "Groups.move, elsewhere"),
    ("Groups.move", "Groups.make_or_change, new"),
    ("Groups.delete", "Groups.join"),
    ("Groups.delete", "Groups.move"),
    ("Groups.delete", "Votes.decide"),
    ("Groups.delete", "Reminders.ask"),
    ("Groups.delete, due", "Weeks.open_due"),
    ("Groups.delete, due", "Votes.call"),
    ("Groups.delete, forum", "Groups.make_or_change, a forum"),
    ("Groups.delete", "Groups.delete"),
    ("Calendars.skip", "Groups.make_or_change"),
    ("Calendars.skip, due", "Weeks.open_due"),
    ("Leading.lead", "Leading.lead, eve"),
    ("Leading.lead", "Leading.ask"),
    ("Leading.hand_back", "Leading.choose"),
    ("Leading.choose", "Papers.pick, W04"),
    ("Leading.ask", "Leading.lead"),
    ("Reminders.put_into_letter", "Leading.hand_back"),
    ("Leading.ask_about", "Me.forget, eve"),
    ("Leading.hand_back, asked", "Leading.lead, eve"),
    ("Calendars.take_off", "Weeks.open_due"),
    ("Calendars.take_off", "Calendars.take_off, too"),
    ("Calendars.pause_until", "Votes.decide"),
    ("Calendars.bring_back", "Groups.make_or_change"),
    ("Merging.merge", "Merging.merge"),
    ("Merging.merge", "Merging.merge, back"),
    ("Merging.merge", "Merging.merge, on"),
    ("Merging.merge, on", "Merging.merge"),
    ("Merging.merge", "Groups.join"),
    ("Groups.join", "Merging.merge"),
    ("Merging.merge", "Groups.leave"),
    ("Merging.merge", "Groups.move"),
    ("Merging.merge", "Groups.delete"),
    ("Merging.merge", "Groups.delete, due"),
    ("Groups.delete, due", "Merging.merge"),
    ("Groups.set_state", "Merging.merge"),
    ("Merging.merge", "Papers.pick"),
    ("Papers.pick", "Merging.merge"),
    ("Merging.merge", "Votes.decide"),
    ("Merging.merge", "Weeks.open_due"),
    ("Merging.merge", "Me.forget"),
    ("Me.forget", "Merging.merge"),
    ("Merging.merge", "Me.forget, eve"),
    ("Me.forget, eve", "Merging.merge"),
    ("Merging.merge", "Me.forget, bob"),
    ("Me.forget, bob", "Merging.merge"),
    ("Merging.merge", "Reminders.ask"),
    ("Reminders.ask, no more", "Merging.merge"),
    ("Weeks.read_it", "Merging.merge"),
    ("Merging.merge", "Guilds.member_left"),
    ("Papers.go_on", "Groups.make_or_change"),
    ("Groups.meet", "Groups.make_or_change"),
    ("Groups.meet", "Groups.delete"),
    ("Meetings.ask", "Groups.meet"),
    ("Meetings.room_gone", "Groups.meet"),
    ("Groups.meet_again", "Groups.meet"),
    ("Groups.mention_nobody", "Groups.make_or_change"),
    ("Groups.post_now", "Groups.set_state, stopped"),
    ("Groups.join", "Me.forget, carl"),
    ("Groups.leave", "Reminders.ask, no more"),
    ("Weeks.open_due", "Groups.post_now, due"),
    ("Weeks.pick_anew", "Groups.set_state, stopped"),
    ("Weeks.read_it", "Me.forget"),
    ("Weeks.first_reads", "Me.forget, carl"),
    ("Papers.pick", "Votes.decide"),
    ("Papers.pick", "Groups.move, elsewhere"),
    ("Papers.pick", "Me.forget, carl"),
    ("Papers.pick_next", "Papers.pick_next, too"),
    ("Papers.take_back", "Papers.pick, W04"),
    ("Papers.read_for", "Papers.read_for, too"),
    ("Papers.read_for", "Weeks.open_due"),
    ("Votes.ask", "Votes.call, too"),
    ("Votes.call", "Votes.call, too"),
    ("Votes.call", "Groups.move, due"),
    ("Votes.call", "Papers.pick, due too"),
    ("Votes.call", "Me.forget, carl"),
    ("Votes.call, reading", "Votes.ended"),
    ("Votes.cancel", "Votes.decide"),
    ("Votes.close", "Votes.cancel"),
    ("Votes.close", "Votes.decide"),
    ("Votes.decide", "Votes.cancel"),
    ("Votes.decide", "Votes.unread"),
    ("Votes.unread", "Votes.cancel"),
    ("Votes.ended", "Votes.call, reading"),
    ("Reading.next_for", "Reading.mark, carl"),
    ("Reading.next_for, deeper", "Me.forget, carl"),
    ("Reading.next_for, new", "Me.forget, new"),
    ("Reading.any_length", "Reading.next_for, minutes"),
    ("Reading.finish_current", "Reading.finish_current"),
    ("Reading.finish_current", "Reading.set_goal"),
    ("Reading.finish", "Me.forget"),
    ("Reading.mark_all", "Reading.mark"),
    ("Reading.mark_all", "Reading.mark_all, carl"),
    ("Reading.mark", "Reading.undo"),
    ("Reading.know", "Reading.mark"),
    ("Reading.bookmark", "Reading.mark"),
    ("Reading.know", "Reading.undo"),
    ("Reading.rate", "Reading.undo"),
    ("Reading.undo", "Reading.undo"),
    ("Reading.undo", "Reading.mark"),
    ("Reading.set_goal", "Reading.mark, goal"),
    ("Reading.reset", "Reading.finish"),
    ("Me.heard", "Me.forget, eve"),
    ("Me.set_zone", "Engine.drop, after a week"),
    ("Me.set_hour", "Me.set_zone"),
    ("Me.switch, named", "Me.switch"),
    ("Me.switch", "Reminders.look_at_due"),
    ("Me.forget", "Weeks.read_it"),
    ("Me.forget", "Me.forget"),
    ("Me.forget, carl", "Groups.make_or_change, new"),
    ("Moderation.doubt", "Me.forget"),
    ("Moderation.doubt", "Moderation.drop_doubts"),
    ("Moderation.propose", "Me.forget, bob"),
    ("Moderation.add", "Moderation.add, too"),
    ("Moderation.add", "Moderation.cancel"),
    ("Moderation.add", "Me.forget, bob"),
    ("Moderation.cancel", "Moderation.add"),
    ("Moderation.put_in_step", "Moderation.add"),
    ("Moderation.put_in_step", "Moderation.cancel"),
    ("Moderation.put_in_list", "Moderation.add"),
    ("Moderation.put_in_list", "Moderation.put_in_step"),
    ("Moderation.open", "Me.forget, bob"),
    ("Moderation.confirm", "Moderation.confirm, a loop"),
    ("Moderation.keep", "Me.forget, bob"),
    ("Moderation.set_texts", "Moderation.set_texts, too"),
    ("Moderation.set_texts, new", "Moderation.put_in_step"),
    ("Moderation.remove", "Moderation.set_texts"),
    ("Moderation.restore", "Moderation.restore"),
    ("Moderation.drop_doubts", "Moderation.doubt"),
    ("Moderation.step_back", "Moderation.restore"),
    ("Moderation.step_back", "Moderation.step_back"),
    ("Moderation.settle_doubt", "Moderation.settle_doubt, kept"),
    ("Moderation.settle_doubt", "Moderation.doubt, carl"),
    ("Moderation.consider", "Me.forget, bob"),
    ("Moderation.take", "Moderation.take, too"),
    ("Moderation.take", "Moderation.decline"),
    ("Moderation.take", "Suggestions.drop"),
    ("Moderation.take", "Me.forget"),
    ("Moderation.decline", "Moderation.take"),
    ("Moderation.decline", "Suggestions.want"),
    ("Moderation.reopen", "Suggestions.suggest, carl"),
    ("Moderation.reopen", "Moderation.reopen"),
    ("Inboxes.look", "Me.forget, bob"),
    ("Inboxes.set_word", "Inboxes.set_word, none"),
    ("Inboxes.plan_words", "Inboxes.plan_words"),
    ("Inboxes.plan_words", "Inboxes.set_word, none"),
    ("Suggestions.suggest", "Suggestions.suggest, carl"),
    ("Suggestions.suggest", "Moderation.reopen"),
    ("Suggestions.suggest", "Me.forget"),
    ("Suggestions.keep_links", "Me.forget, carl"),
    ("Suggestions.put_into_letter", "Suggestions.tell"),
    ("Suggestions.tell", "Moderation.reopen"),
    ("Suggestions.tell", "Suggestions.tell"),
    ("Suggestions.tell", "Me.forget"),
    ("LinkChecks.run_due", "Moderation.add"),
    ("Moderation.mend", "Moderation.set_texts, too"),
    ("Suggestions.want", "Suggestions.drop"),
    ("Suggestions.want", "Moderation.take"),
    ("Suggestions.drop", "Suggestions.want"),
    ("Suggestions.say", "Suggestions.drop"),
    ("Suggestions.say", "Me.forget"),
    ("Moderation.drop_doubts", "Groups.make_or_change, new too"),
    ("Finding.find", "Me.forget"),
    ("Readers.use", "Me.forget"),
    ("Reading.path", "Reading.set_goal"),
    ("Reading.journey", "Me.forget, carl"),
    ("Reading.reader", "Me.forget, carl"),
    ("Lists.make", "Lists.make, too"),
    ("Lists.rename", "Lists.rename, too"),
    ("Lists.rename", "Lists.remove"),
    ("Lists.remove", "Lists.use"),
    ("Lists.bring_back", "Lists.bring_back"),
    ("Lists.use", "Me.forget, bob"),
    ("Lists.follow", "Groups.make_or_change"),
    ("Imports.look", "Me.forget, bob"),
    ("Imports.choose", "Imports.bring"),
    ("Imports.bring", "Imports.bring"),
    ("Imports.bring", "Imports.bring, too"),
    ("Imports.bring", "Moderation.add, too"),
    ("Imports.undo", "Imports.step_back"),
    ("Imports.undo", "Imports.undo"),
    ("Imports.step_back", "Imports.bring"),
    ("Lookups.run_due", "Imports.bring"),
    ("Reminders.ask", "Me.forget, eve"),
    ("Reminders.ask", "Groups.make_or_change"),
    ("Reminders.ask, no more", "Groups.set_state"),
    ("Reminders.set_reasons", "Me.forget"),
    ("Reminders.set_reasons", "Reminders.ask, no more"),
    ("Reminders.later", "Me.forget"),
    ("Reminders.later", "Reminders.set_reasons"),
    ("Reminders.not_later", "Me.forget"),
    ("Reminders.finish", "Me.forget"),
    ("Reminders.look_at_due", "Me.forget, eve"),
    ("Reminders.nudge", "Me.forget, eve"),
    ("Guilds.claim_check", "Guilds.claim_check"),
    ("Guilds.member_is_here", "Guilds.put_off_checks"),
    ("Guilds.member_left", "Me.forget"),
    ("Guilds.put_off_checks", "Groups.leave"),
    ("Guilds.removed", "Groups.make_or_change"),
    ("Guilds.removed", "Guilds.removed"),
    ("Guilds.arrived", "Guilds.arrived"),
    ("Guilds.arrived", "Guilds.removed, away"),
    ("Guilds.claim_question", "Guilds.claim_question"),
    ("Guilds.unanswered", "Guilds.claim_question"),
    ("Guilds.forget_due", "Guilds.forget_due"),
    ("Guilds.forget_due", "Me.forget, bob"),
    ("Guilds.greet", "Guilds.greet"),
    ("Moderation.forget_drafts", "Me.forget, bob"),
    ("ClockRepair.put_right", "ClockRepair.put_right"),
    ("ClockRepair.put_right", "Groups.make_or_change"),
    ("Services.try_to_write", "Services.try_to_write"),
    ("Services.set_synced_commands", "Services.set_synced_commands"),
    ("Services.claim_commands", "Services.claim_commands"),
    ("Services.claim_commands", "Services.set_synced_commands"),
    ("Tickets.ticket", "Tickets.ticket"),
    ("Tickets.spare", "Tickets.ticket"),
    ("CurriculumStore.remember", "CurriculumStore.remember"),
]
"""An act, and what is done beside it while it halts."""

BESIDE_LETTERS = [
    ("Engine.forget_old", "Me.forget"),
    ("Engine.drop, a paper's", "Reminders.ask, no more"),
    ("Engine.drop, after a week", "Me.forget, eve"),
    ("Engine.drop, after a week", "Me.set_zone"),
]
"""The same for what letters do to people's own rows; the claims are tried in their own tests."""

in_one_loop = pytest.mark.asyncio(loop_scope="module")  # in which the connections are


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two(two_databases):
    """Two processes in the same world, and the world."""
    url, *both = two_databases
    world = World()
    both = [await services_over(Halting(db), LIST, world.clock, named_by_address) for db in both]
    await world.make(both[0])
    pair = Two(*both, url)
    await pair.keep()
    yield pair, world
    await pair.close()


def but_for_cards(outcome: Outcome) -> Outcome:
    """Leave out what a card shows: it is read after the write, and says what is so by then."""
    answers = (a.partition("(")[0] if a.startswith(CARDS) else a for a in outcome.answers)
    return Outcome(tuple(answers), outcome.rows)


CARDS = ("GroupStatus(", "Moved(", "Merged(", "PickReply(", "Desk(", "Ballot(", "LedWeek(")


@in_one_loop
@pytest.mark.parametrize(("act", "beside"), BESIDE + BESIDE_LETTERS)
async def test_two_at_once_are_as_if_one_had_been_first(two, act, beside):
    pair, world = two
    first, second = acts(world, pair.one)[act], acts(world, pair.other)[beside]

    other_way = await pair.one_after_the_other(second, first)
    other_way = but_for_cards(Outcome(other_way.answers[::-1], other_way.rows))
    one_way = but_for_cards(await pair.one_after_the_other(first, second))

    for at in (pair.last_take, FIRST_WRITE, COMMIT):
        outcome = await pair.interleaved(first, second, at)
        apart = but_for_cards(outcome).unlike(one_way, other_way) if outcome else ""
        assert not apart, f"halted before {at}:\n{apart}"


@in_one_loop
@pytest.mark.parametrize(
    "beside",
    [
        "Merging.merge, back",
        "Merging.merge, on",
        "Groups.delete, due",
        "Groups.leave",
        "Me.forget, bob",
        "Me.forget, eve",
        "Me.forget, dan",
        "Guilds.member_left",
        "Reminders.set_reasons",
    ],
)
async def test_two_groups_are_merged_and_nobody_waits_forever(two, beside):
    pair, world = two
    first, second = acts(world, pair.one)["Merging.merge"], acts(world, pair.other)[beside]

    for _ in range(5):
        outcome = await pair.both_at_once(first, second)
        assert waits_forever(outcome) == []


@in_one_loop
@pytest.mark.parametrize("forget", ["Me.forget, dan", "Me.forget, eve"])
async def test_who_deletes_everything_while_their_group_is_merged_waits_forever_nowhere(
    two, forget
):
    pair, world = two
    first, second = acts(world, pair.one)[forget], acts(world, pair.other)["Merging.merge"]
    await pair.one_after_the_other(first, second)
    writes = [n for n, sql in enumerate(pair.one.db.statements, 1) if WRITES.match(sql)]

    for at in writes:
        assert waits_forever(await pair.interleaved(first, second, at)) == [], at


def waits_forever(outcome: Outcome) -> list[str]:
    """Return what was answered where each of two waits for the other, or for too long."""
    return [each for each in outcome.answers if "Deadlock" in each or "LedgerError" in each]


@in_one_loop
async def test_a_pause_beside_a_change_of_settings_is_never_lost(two):
    pair, world = two
    change, pause = (
        acts(world, pair.one)["Groups.make_or_change"],
        acts(world, pair.other)["Groups.set_state"],
    )

    for _ in range(10):
        await pair.both_at_once(change, pause)
        group = await pair.one.groups.find(READING)
        assert (group.state, group.schedule, group.role_id) == ("paused", AT_NIGHT, 7)


@in_one_loop
async def test_a_change_of_settings_while_its_group_is_put_right_after_a_leap_counts(two):
    pair, world = two
    settle = acts(world, pair.other)["Groups.make_or_change"]

    async def put_right():
        await pair.other.clock_repair.put_right()  # so that the zone tables are no news
        async with pair.other.db.transaction() as tx:
            await tx.fetch(
                "UPDATE study_groups SET next_at = next_at + 40000000 WHERE channel_id = ?", READING
            )
        await pair.one.clock_repair.put_right()

    one_way = but_for_cards(await pair.one_after_the_other(put_right, settle))
    looked = [n for n, sql in enumerate(pair.one.db.statements, 1) if "SET since_at = ?" in sql]
    outcome = but_for_cards(await pair.interleaved(put_right, settle, looked[0]))

    assert outcome == one_way


@in_one_loop
async def test_two_moderators_who_make_one_group_see_the_one_that_is_there(two):
    pair, _ = two

    def make(services, role_id, schedule):
        return lambda: services.groups.make_or_change(GUILD, EMPTY, schedule, role_id, BOB)

    both = make(pair.one, 7, AT_NIGHT), make(pair.other, None, TUESDAYS)
    cards = []
    await pair.interleaved(*(told(cards, act) for act in both), COMMIT)

    group = await pair.one.groups.find(EMPTY)
    assert [card.group.group_id for card in cards] == [group.group_id] * 2
    assert (group.schedule, group.role_id) == (TUESDAYS, 7)


@in_one_loop
async def test_two_moderators_who_change_different_things_both_get_them(two):
    pair, _ = two
    await pair.back()
    seen = await pair.one.groups.find(READING)
    monday, later = seen.schedule, replace(seen.schedule, weekday=4)

    await pair.one.groups.make_or_change(GUILD, READING, monday, 7, BOB, seen=seen)
    status = await pair.other.groups.make_or_change(GUILD, READING, later, None, CARL, seen=seen)

    assert (status.group.schedule, status.group.role_id) == (later, 7)


@in_one_loop
@pytest.mark.parametrize(
    ("beside", "error"),
    [("Groups.move, there too", HasGroupError), ("Groups.move, elsewhere", OldCardError)],
)
async def test_of_two_who_move_groups_the_second_hears_of_the_first(two, beside, error):
    pair, world = two
    first, second = acts(world, pair.one)["Groups.move"], acts(world, pair.other)[beside]

    outcome = await pair.interleaved(first, second, COMMIT)

    assert outcome.answers[1].startswith(error.__name__)


@in_one_loop
@pytest.mark.parametrize(
    ("act", "person"),
    [
        ("Groups.make_or_change", CARL),
        ("Groups.move", CARL),
        ("Groups.join", CARL),
        ("Papers.pick", CARL),
        ("Votes.call", CARL),
        ("Weeks.read_it", ALICE),
        ("Reminders.finish", ALICE),
        ("Reading.mark", ALICE),
        ("Reading.next_for", CARL),
        ("Moderation.doubt, carl", CARL),
        ("Moderation.propose", BOB),
        ("Moderation.add", BOB),
        ("Moderation.keep", BOB),
        ("Me.set_zone", EVE),
    ],
)
async def test_who_deletes_everything_waits_for_what_they_clicked_just_before(two, act, person):
    pair, world = two
    click = acts(world, pair.one)[act]

    outcome = await pair.interleaved(click, lambda: pair.other.me.forget(person), COMMIT)

    assert rows_about(outcome, person) == []


@in_one_loop
@pytest.mark.parametrize(
    ("act", "at"),
    [("Reminders.look_at_due", 2), ("Reminders.nudge", 3), ("Engine.drop, after a week", 1)],
)
async def test_what_the_bot_does_by_itself_brings_nobody_back(two, act, at):
    pair, world = two
    by_itself, forget = acts(world, pair.one)[act], acts(world, pair.other)["Me.forget, eve"]

    outcome = await pair.interleaved(by_itself, forget, at)

    assert rows_about(outcome, EVE) == []


@in_one_loop
async def test_a_change_of_their_group_brings_back_nobody_who_leads(two):
    pair, world = two
    forget, skip = (
        acts(world, pair.one)["Me.forget, eve"],
        acts(world, pair.other)["Calendars.skip"],
    )

    outcome = await pair.interleaved(forget, skip, COMMIT)

    assert rows_about(outcome, EVE) == []


def rows_about(outcome, person):
    return [row for row in outcome.rows if f": {person}," in row or f": {person}}}" in row]


def test_every_method_that_opens_a_transaction_has_its_row():
    rows = {act.partition(",")[0] for act, _ in BESIDE}

    assert opens_a_transaction() - rows == set()
    assert rows - opens_a_transaction() == set()


def opens_a_transaction() -> set[str]:
    """Return the public methods of the services that open one, themselves or through others.

    One that only lends it to its caller's block is decorated, and no act of its own; such a
    function of a module opens it for whoever calls it.
    """
    calls: dict[str, set[str]] = {}
    lent: set[str] = set()
    services = Path(bot.services.__path__[0])
    for path in (*services.glob("*.py"), services.parent / "outbox/tickets.py"):
        for made in ast.parse(path.read_text()).body:
            if isinstance(made, ast.AsyncFunctionDef):
                calls[f"*.{made.name}"] = set(called(made, "*"))
                lent.add(f"*.{made.name}")
            if isinstance(made, ast.ClassDef):
                for each in made.body:
                    if isinstance(each, ast.AsyncFunctionDef):
                        calls[f"{made.name}.{each.name}"] = set(called(each, made.name))
                        lent |= {f"{made.name}.{each.name}"} if each.decorator_list else set()
    found = {name for name, names in calls.items() if names & {"*.transaction", "*.migrating"}}
    while more := {n for n, names in calls.items() if names & found} - found:
        found |= more
    return {name for name in found - lent if not name.partition(".")[2].startswith("_")}


def called(function: ast.AsyncFunctionDef, inside: str):
    """Yield what the function calls: ``Class.method`` of its own class or of a service it has."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield f"*.{node.func.id}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, owner = node.func.attr, ast.unparse(node.func.value)
            if name in ("transaction", "migrating"):
                yield f"*.{name}"
            elif owner == "self":
                yield f"{inside}.{name}"
            elif owner.startswith("self._"):
                yield f"{owner.removeprefix('self._').title()}.{name}"


def told(cards, act):
    async def tell():
        cards.append(await act())

    return tell
