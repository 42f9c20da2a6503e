"""Who leads a group's week, and is asked to: each is reminded once, and nobody who doesn't lead."""

import re
from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.errors import ReaderError
from bot.store.instants import instant, made_at
from tests.simulation import zones
from tests.simulation.lives import LOST
from tests.simulation.promises import slots_of
from tests.simulation.quiet import STILL_TRUE, day_of, hours_of

OF_REMINDER = re.compile(r"lead-back:(\d+):(\d{4}-W\d{2})")
"""The button of a reminder by which its reader hands the week back."""

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
TWO_WEEKS = timedelta(weeks=2)

Led = tuple[int, int, str]
"""Who leads, the group, and the week."""


class Leading:
    """Members lead weeks and hand them back; moderators ask them to."""

    def __init__(self, world, breaks) -> None:
        self._world, self._breaks = world, breaks
        self._told: defaultdict[Led, list[tuple[datetime, str]]] = defaultdict(list)
        self._off: dict[Led, datetime] = {}
        """Since when somebody certainly doesn't lead a week."""

    ACTS = {  # noqa: RUF012 - nobody changes it
        "lead": 6, "hand_back": 2, "choose": 2, "ask_about": 1, "ask": 3, "answer": 2,
    }  # fmt: skip

    async def act(self, chance: Random) -> None:
        group = self._world.any_group(chance)
        if group is not None:
            what = chance.choices(list(self.ACTS), weights=list(self.ACTS.values()))[0]
            await getattr(self, what)(group, chance)

    async def _asks(self, group, chance: Random, words: str, act):
        """Let a reader who is in the group ask for something; return who, and the answer."""
        readers, group_id = self._world.readers, group["group_id"]
        reader = chance.choice(readers.all)
        with readers.alone(reader) as is_free:
            if not is_free:
                return reader.person_id, LOST
            self._world.discord.guilds[group["guild_id"]].members.add(reader.person_id)
            words = f"{words} of group {group_id}"
            answer = await readers.ask(reader, words, lambda s: act(s, reader.person_id))
        return reader.person_id, answer

    async def lead(self, group, chance: Random) -> None:
        ids, number = (group["guild_id"], group["group_id"]), chance.randrange(4)

        async def lead(services, who):
            await services.groups.join(*ids, who)
            status = await services.groups.look(*ids, who)
            week = status.coming[number].slot.week
            self._off.pop((who, ids[1], week), None)
            return await services.leading.lead(*ids, who, week)

        await self._asks(group, chance, f"leads week {number}", lead)

    async def hand_back(self, group, chance: Random) -> None:
        if row := self._one(chance, group, "leads"):
            ids, week = (group["guild_id"], group["group_id"]), row["week"]
            who = row["reader_id"]
            readers = self._world.readers
            reader = next(each for each in readers.all if each.person_id == who)
            with readers.alone(reader) as is_free:
                if is_free:
                    answer = await readers.ask(
                        reader, f"hands back {week} of group {ids[1]}",
                        lambda s: s.leading.hand_back(*ids, who, week),
                    )  # fmt: skip
                    if answer is not LOST and not isinstance(answer, ReaderError):
                        self._off[who, ids[1], week] = self._world.now()

    async def choose(self, group, chance: Random) -> None:
        if row := self._one(chance, group, "leads"):
            of = group["guild_id"], group["group_id"], row["reader_id"], row["week"]

            async def choose(services):
                led = await services.leading.week(*of)
                keys = [each.key for each in led.offered]
                return await services.leading.choose(*of, chance.choice([None, *keys]))

            await self._world.bots.ask(f"reader {of[2]} chooses for {of[3]} of {of[1]}", choose)

    async def ask_about(self, group, chance: Random) -> None:
        if row := self._one(chance, group, "leads"):
            of = group["guild_id"], group["group_id"], row["reader_id"], row["week"]
            await self._world.bots.ask(
                f"reader {of[2]} asks about {of[3]} of group {of[1]}",
                lambda s: s.leading.ask_about(*of, ["Why?"]),
            )

    async def ask(self, group, chance: Random) -> None:
        """Let a moderator ask a member; asked again, where their messages were closed."""
        ids, who = (group["guild_id"], group["group_id"]), chance.choice(self._world.readers.all)
        person = who.person_id
        closed = self._one(chance, group, "closed", person)
        if closed is not None:
            reference = f"{ids[1]}:{closed['week']}:{person}"
            self._world.promises.may_be_made_again("ask", reference, only_if_made=True)
        self._world.promises.may_be_asked_anew(ids[1], person)
        await self._world.moderators.ask(
            9000, f"asks {person} to lead group {ids[1]}", lambda s: s.leading.ask(*ids, person)
        )

    async def answer(self, group, chance: Random) -> None:
        """Answer from the direct message."""
        if row := self._one(chance, group, "asked"):
            of, week = (group["group_id"], row["reader_id"]), row["week"]
            if chance.random() < 0.5:
                self._off.pop((of[1], of[0], week), None)
                act = lambda s: s.leading.lead(None, *of, week)  # noqa: E731 - one of two
            else:
                act = lambda s: s.leading.hand_back(None, *of, week)  # noqa: E731 - as above
            await self._world.bots.ask(f"reader {of[1]} answers for {week} of {of[0]}", act)

    def tells(self, message) -> bool:
        """Tell whether a message reminds somebody of a week that they lead."""
        return any(OF_REMINDER.fullmatch(each) for each in message.custom_ids)

    def came(self, person: int, reference: str, message) -> None:
        """Look at a reminder: the first week that it is about has its buttons."""
        now = self._world.now()
        for each in message.custom_ids:
            if found := OF_REMINDER.fullmatch(each):
                led = person, int(found[1]), found[2]
                for at, by in self._told[led]:
                    is_old = by != reference and at < now - STILL_TRUE
                    if is_old and self._is_sent(by) and not self._world.leapt_lately(60):
                        self._breaks("told once", f"{led} was told at {at}, too, by {by}")
                self._told[led].append((now, reference))
                off = self._off.get(led)
                if off is not None and now - off > STILL_TRUE:
                    self._breaks("not wanted", f"{led} is reminded, handed back at {off}")
                self._world.counts["reminded of leading"] += 1

    def _is_sent(self, reference: str) -> bool:
        sql = "SELECT 1 FROM outbox WHERE kind = 'reminder' AND reference = ? AND state = 'sent'"
        return bool(self._world.ledger.ask(sql, reference))

    def _one(self, chance: Random, group, state: str, person: int | None = None):
        """Return one of those that stand so to a week of the group."""
        sql = "SELECT * FROM leads WHERE group_id = ? AND state = ?"
        rows = self._world.ledger.ask(f"{sql} ORDER BY week, reader_id", group["group_id"], state)
        rows = [row for row in rows if person in (None, row["reader_id"])]
        return chance.choice(rows) if rows else None

    def settled(self, calm_since: datetime) -> None:
        """A week has one leader, and each is reminded in time."""
        for row in self._world.ledger.ask(
            "SELECT group_id, week FROM leads WHERE state = 'leads' GROUP BY group_id, week"
            " HAVING COUNT(*) > 1"
        ):
            self._breaks("one leader", f"{dict(row)} has several")
        if not self._world.leapt_lately(60):
            self._are_told(calm_since)

    def _are_told(self, calm_since: datetime) -> None:
        """Check that no hour went by at which somebody was to be reminded and nothing hindered."""
        world, until = self._world, self._world.now() - AN_HOUR
        unreached = world.discord.closed_dms | world.discord.unknown_people
        for row in world.ledger.ask(
            "SELECT leads.*, weeks.state AS week_state, slot_at, meets_at, message_id"
            " FROM leads JOIN study_groups USING (group_id) LEFT JOIN weeks USING (group_id, week)"
            " WHERE leads.state = 'leads' AND study_groups.state = 'active'"
            " AND guild_id NOT IN (SELECT guild_id FROM gone_guilds)"
        ):
            ready_at, person = self._ready_at(row, calm_since), row["reader_id"]
            ways = world.promises.quiet.ways_of(person, world.now())
            if ready_at is None or len(ways) > 1 or person in unreached:
                continue
            ((hour, zone),) = ways
            if zone == zones.NAME:
                continue
            since = max(calm_since, instant(row["changed_at"])) + AN_HOUR
            for at in hours_of(world.now(), hour, zone):
                days = (day_of(ready_at, zone) - day_of(at, zone)).days
                if days > 2 or not since < at < min(until, ready_at - AN_HOUR):
                    continue
                world.counts["leaders to remind"] += 1
                if row["told_at"] is None and not self._was_reminded(person, at, zone):
                    self._breaks("reminded", f"not at {at} to lead by {ready_at}: {dict(row)}")

    def _was_reminded(self, person: int, at: datetime, zone: str) -> bool:
        """Tell whether the day's message came before that hour, when theirs was another."""
        about = f"day:{person}:{day_of(at, zone)}"
        rows = self._world.ledger.ask("SELECT row_id FROM outbox WHERE reference = ?", about)
        return any(made_at(row["row_id"]) < at - AN_HOUR for row in rows)

    def _ready_at(self, row, calm_since: datetime) -> datetime | None:
        """Return by when who leads a week is to be reminded, as the calendar shows; None: unknown.

        Of what changes in these days it isn't: a week whose paper is late or has just come.
        """
        world, now = self._world, self._world.now()
        group, state = world.group(row["group_id"]), row["week_state"]
        if state is not None:
            paper = world.discord.by_id.get(row["message_id"])
            is_old = state == "posted" and paper is not None and paper.at < calm_since
            is_met = group["meets_weekday"] is not None and row["meets_at"] is not None
            return instant(row["meets_at"]) if is_old and is_met else None
        if group["meets_weekday"] is not None and (group["days_off"] or group["pause"]):
            return None
        slots = dict(slots_of(group, calm_since, now + TWO_WEEKS))
        slot = slots.get(row["week"])
        if slot is None or group["meets_weekday"] is None:
            return slot
        zone = ZoneInfo(group["zone"])
        local, wall = slot.astimezone(zone), time(group["meets_hour"], group["meets_minute"])
        day = local.date() + (A_DAY if wall >= local.time() else 2 * A_DAY)
        while day.weekday() != group["meets_weekday"]:
            day += A_DAY
        return datetime.combine(day, wall, zone).astimezone(UTC)
