"""Half a year in a server, told through the services: every table, every kind and state of a row.

What the engine would send counts as sent; nobody is there to see it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.groups import GroupForm, GroupWish, Here, MeetsWish
from bot.core.link_checks import LinkAnswer
from bot.core.moderation import ResourceForm
from bot.core.outbox import LetterKind, OutboxRow
from bot.core.weeks import Schedule, week_of
from bot.outbox.tickets import Tickets
from bot.services.link_checks import LinkChecks
from bot.services.opening import Services
from bot.store import outbox
from bot.store import weeks as week_rows
from bot.store.instants import Ids
from tests.postbox import Desk
from tests.releases.room import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    FORUM,
    GONE_CHANNEL,
    GONE_GUILD,
    GREETED,
    GUILD,
    HALLS,
    LOST,
    LOST_TOO,
    MODERATOR,
    OPENED,
    PAUSED,
    POSTED,
    RAN_OUT,
    READERS,
    READING,
    ROLE,
    SIGNED,
    STANDING,
    STARTED,
    STATES,
    STOPPED,
    THERE,
    THREADED,
    TOLD,
    WEDNESDAYS,
)

MONDAYS, ON_WEDNESDAYS = Schedule(0, 10, 0, "UTC"), Schedule(2, 10, 0, "UTC")
A_MINUTE, AN_HOUR, A_DAY, A_WEEK = (
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(weeks=1),
)
BERT, GPT_1, LORA, DPO = (f"jump-into-llm:{slug}" for slug in ("bert", "gpt-1", "lora", "dpo"))
COURSE = "jump-into-llm:hf-course-nlp-tasks"
LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LAST_MONDAY = datetime(2026, 6, 8, 9, 0, tzinfo=UTC)


LEFT_GUILD = 990_000_000_000_000_001
HARMLESS_TWICE = frozenset({"thread", "sign", "called_off", "paper"})


class StoryClock:
    """The time of the story, moved by it."""

    def __init__(self) -> None:
        self.now = LONG_AGO

    def __call__(self) -> datetime:
        return self.now


async def there(_url: str) -> LinkAnswer:
    return LinkAnswer("there")


class Story:
    def __init__(self, services: Services, clock: StoryClock) -> None:
        self.services, self.clock = services, clock
        self.messages = Ids(clock)
        self.ids: dict[str, int] = {"channel": THERE, "moderator": MODERATOR}

    async def tell(self) -> dict[str, int]:
        """Tell all of it; return the ids in old buttons of this database."""
        await self.begin()
        await self.read_half_a_year()
        await self.readers_read()
        await self.moderators_change_the_list()
        await self.other_groups_read()
        await self.last_monday()
        await self.cards_are_open()
        services = self.services
        about = services.background, services.curricula, services.clock
        await LinkChecks(*about, there).run_due()
        return self.ids

    # The story

    async def begin(self) -> None:
        services = self.services
        await services.set_synced_commands(1, "0" * 64)
        await Tickets(services.db, services.clock, services.send_rate).ticket()
        await services.guilds.greet(GUILD, READING)
        await services.guilds.removed(LEFT_GUILD)
        await services.guilds.claim_question(LEFT_GUILD)
        self.ids["group"] = await self.group(READING, role=ROLE)
        ran_out = await self.group(RAN_OUT)
        await services.papers.read_for(GUILD, ran_out, COURSE, 1)  # which is read in parts else
        for who in (ALICE, BOB, CAROL, DAVE):
            await services.groups.join(GUILD, self.ids["group"], who)
        for who in (ALICE, DAVE):
            await services.reminders.ask(GUILD, self.ids["group"], who, wanted=True)
            await services.me.set_hour(who, 11)
        await self.send_due()

    async def read_half_a_year(self) -> None:
        """Every week of a text channel: on time, late, missed, skipped, picked, voted on."""
        services, group_id = self.services, self.ids["group"]
        for number in range(22):
            slot_at = LONG_AGO + AN_HOUR + number * A_WEEK
            self.clock.now = slot_at - A_DAY
            if number == 3:
                await services.calendars.skip(GUILD, group_id)
            elif number == 5:
                slot_at += 2 * A_DAY  # nobody was there for two days
            elif number == 8:
                slot_at += 2 * AN_HOUR
            elif number == 10:
                await services.papers.pick(GUILD, READING, MODERATOR, "Let's build GPT", None)
            elif number == 11:
                await self.vote("decided")
            elif number == 13:
                await self.vote("cancelled")
            elif number == 14:
                await self.vote("lost")
            self.clock.now = slot_at
            await self.look()
            await self.send_due()
            async with self.services.db.transaction() as tx:
                post = await week_rows.last_posted(tx, group_id)
            if post is not None and post.state == "posted" and number % 4:
                readers = (ALICE, BOB, CAROL)[: 1 + number % 3]
                for who in readers:
                    await services.weeks.read_it(who, GUILD, post.week_id)
            self.clock.now += 5 * A_DAY + AN_HOUR
            await self.remind()

    async def readers_read(self) -> None:
        """All that a reader can do, and undo."""
        reading, me = self.services.reading, self.services.me
        await reading.next_for(ALICE, GUILD)
        for who, rating in ((ALICE, 5), (BOB, 4), (CAROL, 2)):
            await reading.finish(who, GUILD, "LoRA", rating)
        await reading.finish_current(BOB, None)
        for key, kind in ((BERT, "known"), (GPT_1, "skipped"), (DPO, "later")):
            await reading.mark(CAROL, GUILD, key, kind)
        await reading.set_goal(CAROL, GUILD, DPO)
        for turn in range(5):
            await reading.mark(ALICE, GUILD, BERT, "clear" if turn % 2 else "known")
        await reading.mark(ALICE, GUILD, BERT, "done", rating=4)
        await reading.set_goal(ALICE, GUILD, DPO)
        await reading.set_goal(ALICE, GUILD, None)
        await reading.set_goal(ALICE, GUILD, ":icl")
        await reading.bookmark(CAROL, GUILD, DPO, "section 3")
        await reading.know(ALICE, GUILD, [":transformer", ":peft"])
        reset = await reading.reset(ALICE, GUILD)
        await reading.undo(ALICE, GUILD, reset.change.change_id)
        await reading.set_goal(ALICE, GUILD, DPO)
        last = await reading.mark(ALICE, GUILD, "jump-into-llm:rope", "later")
        self.ids["change"] = last.change.change_id
        await me.switch(ALICE, "named")
        await me.set_zone(CAROL, "Seoul", "")
        await me.switch(BOB, "nudge")
        await me.switch(BOB, "unnudge")

    async def moderators_change_the_list(self) -> None:
        moderation = self.services.moderation
        mine = (GUILD, MODERATOR)
        proposal = await moderation.propose(*mine, "https://example.org/ours", step="peft")
        before = await moderation.texts((*mine, proposal.draft_id))
        typed = replace(before, title="A paper of ours", minutes="25", notes="Read it twice.")
        await moderation.set_texts((*mine, proposal.draft_id), before, typed)
        ours = await moderation.add((*mine, proposal.draft_id))
        for number in range(2):
            proposal = await moderation.propose(*mine, f"https://example.org/gone-{number}")
            desk = await moderation.add((*mine, proposal.draft_id))
            await moderation.remove((*mine, desk.draft_id))
            if number:
                await moderation.restore((*mine, desk.draft_id))
        changed = await moderation.open(*mine, "RoBERTa", needs="GPT-1")
        await moderation.confirm((*mine, changed.draft_id))
        hidden = await moderation.open(*mine, "Chinchilla")
        await moderation.remove((*mine, hidden.draft_id))
        needed = self.services.curricula.base.by_key[DPO].prerequisites[0]
        await moderation.doubt(ALICE, GUILD, DPO, needed, "I read it without.")
        await moderation.doubt(BOB, GUILD, BERT, "jump-into-llm:attention-is-all-you-need", "")
        settled = await moderation.open(*mine, "BERT")
        await moderation.drop_doubts((*mine, settled.draft_id))
        await self.services.reading.mark(BOB, GUILD, ours.resource.key, "done")
        await self.services.lists.make(GUILD, MODERATOR, "Ours")
        await self.members_suggest()

    async def members_suggest(self) -> None:
        """One suggestion waits, one was taken, one declined."""
        suggest, moderation = self.services.suggestions.suggest, self.services.moderation
        waits = await suggest(GUILD, ALICE, "https://example.org/wanted", "It explains it best.")
        await self.services.suggestions.want(GUILD, BOB, waits.suggestion.suggestion_id)
        self.ids["suggestion"] = waits.suggestion.suggestion_id
        for name in ("taken", "declined"):
            made = await suggest(GUILD, ALICE, f"https://example.org/{name}")
            proposal = await moderation.consider(GUILD, MODERATOR, made.suggestion)
            draft = GUILD, MODERATOR, proposal.draft_id
            await (
                moderation.take(draft) if name == "taken" else moderation.decline(draft, "known")
            )

    async def other_groups_read(self) -> None:
        """Groups in forums, paused, stopped, blocked, lost; they begin a week before the end."""
        services = self.services
        self.clock.now = LAST_MONDAY - A_WEEK
        for channel in (PAUSED, STOPPED, LOST, LOST_TOO):
            await self.group(channel)
        await self.group(GONE_CHANNEL, guild=GONE_GUILD)
        for channel in (FORUM, SIGNED):
            await self.group(channel, is_forum=True)
        await self.group(WEDNESDAYS, schedule=ON_WEDNESDAYS)
        self.clock.now += AN_HOUR
        await self.look()
        await self.send_due()
        self.ids |= {"lost": await self.id_of(LOST), "lost_too": await self.id_of(LOST_TOO)}
        await services.groups.set_state(GUILD, await self.id_of(PAUSED), "paused")
        await services.groups.set_state(GUILD, await self.id_of(STOPPED), "stopped")
        await services.papers.go_on(GUILD, await self.id_of(RAN_OUT), "must_reads")
        for who in READERS.values():
            await services.groups.join(GUILD, await self.id_of(WEDNESDAYS), who)
            await services.reminders.ask(GUILD, await self.id_of(WEDNESDAYS), who, wanted=True)
            await services.me.switch(who, "nudge")
            await services.me.set_hour(who, 10)
        for state in STATES:
            await services.inboxes.set_word(GREETED[state], HALLS[state])
        self.clock.now += 2 * A_DAY
        await self.look()
        await self.send_due()

    async def last_monday(self) -> None:
        """Each kind of message gets into each state it can be in."""
        self.clock.now = LAST_MONDAY + 50 * A_MINUTE
        everywhere = (*POSTED.values(), *THREADED.values(), *OPENED.values(), *TOLD.values())
        for channel in everywhere:
            await self.group(channel)
        for channel in THREADED.values():
            week = GUILD, await self.id_of(channel), ALICE
            await self.services.groups.join(*week)
            await self.services.leading.lead(*week, week_of(LAST_MONDAY.date()))
        self.clock.now = LAST_MONDAY + AN_HOUR
        for state in STATES:
            link = f"https://example.org/{state}"
            await self.services.suggestions.suggest(GREETED[state], ALICE, link)
        await self.services.inboxes.plan_words()
        await self.look()
        for channel in (READING, FORUM, *THREADED.values(), *OPENED.values()):
            await self.send_week(channel)
        self.ids["slot"] = await self.slot_of(READING)
        rows = [row for state in STATES for row in [await self.rows_for(state)]]
        for state, each in zip(STATES, rows, strict=True):
            await self.first_try(state, each)
        self.clock.now += 3 * A_MINUTE
        for state, each in zip(STATES, rows, strict=True):
            await self.second_try(state, each)

    async def cards_are_open(self) -> None:
        """The drafts behind moderators' cards, and their choices for coming weeks."""
        moderation, mine = self.services.moderation, (GUILD, MODERATOR)
        for name in ("proposal", "proposal_too"):
            found = await moderation.propose(*mine, f"https://example.org/{name}")
            self.ids[name] = found.draft_id
        desk = await moderation.open(*mine, "DPO", needs="BERT")
        typed = await moderation.texts((*mine, desk.draft_id))
        refused = ResourceForm(desk.draft_id, typed, replace(typed, minutes="soon"))
        self.ids["desk"] = desk.draft_id
        self.ids["texts"] = await moderation.keep(*mine, refused)
        self.ids["start"] = await moderation.keep(*mine, GroupForm(THERE, GroupWish(zone="xqzv")))
        ballot = await self.services.votes.call(GUILD, WEDNESDAYS, MODERATOR, 3, 24)
        self.ids["vote"] = ballot.vote.vote_id
        for kind in ("candidates", "poll"):
            await self.send(kind, str(ballot.vote.vote_id))
        await self.services.papers.read_for(GUILD, self.ids["group"], BERT, 2)
        for week in ("2026-W26", "2026-W27"):
            await self.services.papers.pick(GUILD, READING, MODERATOR, "MMLU", week)

    # What is due, and how it ends

    async def rows_for(self, state: str) -> list[OutboxRow]:
        """Return a row of each kind, all waiting and due, that are to get into this state."""
        services, reader = self.services, READERS[state]
        await services.guilds.greet(GREETED[state], HALLS[state])
        await self.group(STANDING[state], is_forum=True)
        started = await self.group(STARTED[state], opens=True)
        (opening,) = await self.rows("opening", str(started))
        async with services.db.transaction() as tx:
            await outbox.hurry(tx, opening.row_id, services.clock(), opening.until_at)
        is_paused = STATES.index(state) % 2
        signed = await self.id_of(SIGNED)
        state_of_signed = "active" if is_paused else "paused"
        await services.groups.set_state(GUILD, signed, state_of_signed)
        sign = (await self.rows("sign", str(signed)))[-1]
        (told,) = await self.rows("post", str(await self.slot_of(TOLD[state])))
        held = await Desk(services).claim(told.row_id)
        await Desk(services).give_back(held, "lacks:send_messages")
        lost = await self.call(POSTED[state])
        await services.votes.unread(lost, for_good=True)
        called, polled = await self.call(OPENED[state]), await self.call(THREADED[state])
        await self.send("candidates", str(polled.vote_id))
        meeting = await self.meet(OPENED[state])
        off = await self.call(TOLD[state])
        await self.send("candidates", str(off.vote_id))
        await services.votes.cancel(GUILD, off.vote_id)
        wednesdays = await self.id_of(WEDNESDAYS)
        asked = await services.leading.ask(GUILD, wednesdays, reader)
        led = await self.id_of(THREADED[state])
        await services.leading.hand_back(GUILD, led, ALICE, week_of(LAST_MONDAY.date()))
        wanted: tuple[tuple[LetterKind, str], ...] = (
            ("greeting", str(GREETED[state])),
            ("standing", str(await self.id_of(STANDING[state]))),
            ("opening", str(started)),
            ("post", str(await self.slot_of(POSTED[state]))),
            ("thread", str(await self.slot_of(THREADED[state]))),
            ("opener", str(await self.slot_of(OPENED[state]))),
            ("meeting", str(meeting)),
            ("notice", str(await self.id_of(TOLD[state]))),
            ("reminder", f"day:{reader}"),
            ("candidates", str(called.vote_id)),
            ("poll", str(polled.vote_id)),
            ("called_off", str(off.vote_id)),
            ("notice", str(lost.vote_id)),
            ("suggested", str(GREETED[state])),
            ("inbox", str(GREETED[state])),
            ("ask", asked.reference),
            ("paper", str(await self.slot_of(THREADED[state]))),
        )
        found = [(await self.rows(kind, reference))[-1] for kind, reference in wanted]
        return [*found, sign]

    async def meet(self, channel: int) -> int:
        """Let a group meet, and its event be what is asked for; return its week's id."""
        services, form = self.services, GroupForm(channel, GroupWish(meets=MeetsWish("Thu 20:00")))
        await services.groups.meet(Here(GUILD, channel, MODERATOR, "", None), form)
        found = await services.meetings.of(await self.slot_of(channel))
        assert found is not None
        group, week = found
        assert await services.meetings.ask(week, group.meeting(week))
        return week.week_id

    async def first_try(self, state: str, rows: Iterable[OutboxRow]) -> None:
        delivery = Desk(self.services)
        for row in rows:
            if state in ("waiting", "claimed"):
                continue
            held = await delivery.claim(row.row_id)
            assert held is not None, (state, row)
            if state not in ("put_off", "given_up", "lapsed"):
                await self.attempt(held)
            if state == "put_off":
                await delivery.give_back(held, "lacks:send_messages")
            elif state == "given_up":
                await delivery.give_back(held, "lacks:send_messages")
                await delivery.end(held, "dropped", "lacks:send_messages")
            elif state == "sent":
                await self.sent(held)
            elif state == "dropped":
                await delivery.end(held, "dropped", "forbidden")
            elif state == "tried":
                await delivery.give_back(held, "discord_trouble", 5 * A_MINUTE, perhaps=True)
            elif state != "lapsed":
                await delivery.give_back(held, "discord_trouble", A_MINUTE, perhaps=True)

    async def second_try(self, state: str, rows: Iterable[OutboxRow]) -> None:
        delivery = Desk(self.services)
        for row in rows:
            if state not in ("claimed", "claimed_again", "sent_again", "uncertain"):
                continue
            held = await delivery.claim(row.row_id)
            assert held is not None, (state, row)
            if state == "sent_again":
                await delivery.arrived(held, self.messages.new(), at=self.clock() - 2 * A_MINUTE)
            elif state == "uncertain":
                await delivery.end(held, "uncertain", "no_history")

    async def vote(self, end: str) -> None:
        """Hold a vote on the week that begins tomorrow."""
        vote = await self.call(READING, hours=1)
        for kind in ("candidates", "poll"):
            await self.send(kind, str(vote.vote_id))
        if end == "decided":
            await self.services.votes.decide(vote, [1, 2])
        elif end == "lost":
            await self.services.votes.unread(vote, for_good=True)
        else:
            await self.services.votes.cancel(GUILD, vote.vote_id)
            await self.services.votes.ended(vote)

    async def call(self, channel: int, hours: int = 24):
        return (await self.services.votes.call(GUILD, channel, MODERATOR, 2, hours)).vote

    async def group(
        self, channel, *, guild=GUILD, schedule=MONDAYS, role=None, is_forum=False, opens=False
    ):
        status = await self.services.groups.make_or_change(
            guild, channel, schedule, role, MODERATOR, is_forum=is_forum, opens=opens
        )
        return status.group.group_id

    async def look(self) -> None:
        while await self.services.weeks.open_due():
            pass
        while await self.services.reminders.look_at_due():
            pass

    async def remind(self) -> None:
        """Send what is due; one of the readers takes no direct messages."""
        await self.look()
        for row_id in await Desk(self.services).due():
            row = await Desk(self.services).claim(row_id)
            if row is not None and row.reader_id == DAVE:
                await Desk(self.services).end(row, "dropped", "no_direct_messages")
            elif row is not None and await self.attempt(row):
                await self.sent(row)

    async def send_due(self) -> None:
        while row_ids := await Desk(self.services).due():
            for row_id in row_ids:
                row = await Desk(self.services).claim(row_id)
                if row is not None and await self.attempt(row):
                    await self.sent(row)

    async def send(self, kind: LetterKind, reference: str) -> None:
        (row,) = await self.rows(kind, reference)
        held = await Desk(self.services).claim(row.row_id)
        assert await self.attempt(held)
        await self.sent(held)

    async def attempt(self, row: OutboxRow) -> bool:
        """Begin to send a row; a thread or a sign needs no beginning, since twice is harmless."""
        if row.kind in HARMLESS_TWICE:
            return True
        return await Desk(self.services).begin(row, row.channel_id or 0, f"button:{row.reference}")

    async def sent(self, row: OutboxRow) -> None:
        group = await self.services.groups.find(row.channel_id or 0)
        place = None if group is None else group.standing_id
        await Desk(self.services).arrived(
            row, self.messages.new(), place, in_thread=place is not None
        )

    async def send_week(self, channel: int) -> None:
        """Send a group's paper, and what follows as far as that isn't needed in another state."""
        reference = str(await self.slot_of(channel))
        await self.send("post", reference)
        if channel in (READING, *OPENED.values()):
            await self.send("thread", reference)
        if channel in (READING, FORUM):
            await self.send("opener", reference)

    async def id_of(self, channel: int) -> int:
        return (await self.services.groups.find(channel)).group_id

    async def slot_of(self, channel: int) -> int:
        newest, *_ = await week_rows.weeks_of(self.services.db, await self.id_of(channel))
        return newest.week_id

    async def rows(self, kind: LetterKind, reference: str) -> list[OutboxRow]:
        """Return the rows of a kind about a thing, or about it and something else."""
        found = await self.services.db.fetch(
            "SELECT row_id FROM outbox WHERE kind = ?"
            " AND (reference = ? OR substr(reference, 1, ?) = ?) ORDER BY row_id",
            kind, reference, len(reference) + 1, f"{reference}:",
        )  # fmt: skip
        return [await outbox.row(self.services.db, each["row_id"]) for each in found]
