"""What people do: readers, each with all that their marks may be; and moderators."""

from collections import Counter
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from bot.core.groups import WEEKDAYS, GroupForm, GroupWish, Here, MeetsWish
from bot.core.weeks import Schedule
from bot.errors import ReaderError
from tests.simulation.lives import LOST

REFUSED = object()
"""What a moderator hears who asked for something that can't be."""

Marks = dict[str, tuple[str, int | None]]
"""Key -> state and rating."""

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Seoul", "Pacific/Auckland", "Sim/Moving")


@dataclass
class Reader:
    """Somebody, and what their marks are by all that was answered; ``perhaps``: or those."""

    person_id: int
    marks: Marks = field(default_factory=dict)
    perhaps: Marks | None = None
    changes: list[tuple[int, Marks]] = field(default_factory=list)
    off: dict[str, datetime] = field(default_factory=dict)
    """Since when they certainly want no reminders: of a group, by its id, or of being idle."""

    kept: dict[int, set[str]] = field(default_factory=dict)
    """What each change marked that is answered and not undone, nor perhaps."""

    current: str | None = None
    is_deleted: bool = False
    is_busy: bool = False

    def may_have(self, marks: Marks) -> bool:
        return marks in (self.marks, self.perhaps)


class Readers:
    """What readers do, one thing after the other. The promise is that no mark is ever lost."""

    def __init__(self, world) -> None:
        self._world = world
        self.all = [Reader(person_id) for person_id in range(5001, 5001 + world.setting.readers)]

    @property
    def deleted(self) -> list[int]:
        return [reader.person_id for reader in self.all if reader.is_deleted]

    def unwanted_since(self, person_id: int, what: str) -> datetime | None:
        """Return since when a reader certainly wants no such reminders."""
        return next((r.off.get(what) for r in self.all if r.person_id == person_id), None)

    def may_want(self, group_id: int) -> None:
        """Note that others' wishes of a group may count as those of who has left it, too."""
        for reader in self.all:
            reader.off.pop(str(group_id), None)

    def _unwanted(self, reader: Reader, what: str, answer) -> None:
        """Note that a reader was answered that they get no such reminders."""
        if answer is not LOST and not isinstance(answer, ReaderError):
            reader.off.setdefault(what, self._world.now())

    async def act(self, chance: Random) -> None:
        reader = self.all[int(len(self.all) * chance.random() ** 2)]  # some do little
        acts = self.OF_WHO_IGNORES if reader is self.all[-1] else self.ACTS
        what = chance.choices(list(acts), weights=list(acts.values()))[0]
        await self.do(what, reader, chance)

    async def begin(self, chance: Random) -> None:
        """Let one of them ask for all reminders there are, who then ignores what comes."""
        for what in ("nudge", "join", "remind", "join", "remind"):
            await self.do(what, self.all[-1], chance)

    async def do(self, what: str, reader: Reader, chance: Random) -> None:
        with self.alone(reader) as is_free:
            if is_free:
                await getattr(self, what)(reader, chance)

    @contextmanager
    def alone(self, reader: Reader):
        """Let a reader do one thing after the other; yield whether they do nothing else."""
        if reader.is_busy:
            yield False
            return
        reader.is_busy = True
        try:
            yield True
        finally:
            reader.is_busy = False

    ACTS = {  # noqa: RUF012 - nobody changes it
        "join": 3, "leave": 0.5, "remind": 2, "look": 2, "mark": 6, "finish_current": 2, "undo": 3,
        "reset": 0.4, "delete": 0.6, "nudge": 3, "read_it": 3, "finish_reminded": 1,
        "set_hour": 0.7, "set_zone": 0.5, "stop_reminding": 2, "later": 1,
    }  # fmt: skip

    OF_WHO_IGNORES = {"join": 1, "remind": 1, "look": 1, "set_hour": 0.3, "set_zone": 0.3}  # noqa: RUF012 - as above

    @asynccontextmanager
    async def _doing(self, reader: Reader, after: Marks | None = None):
        """While it is under way, what the reader has may be as before, or as after."""
        reader.perhaps, reader.is_deleted = after, False
        yield
        rows = self._world.marks_of(reader.person_id)
        if after is not None and reader.may_have(rows):
            reader.marks = rows
        reader.perhaps = None

    async def ask(self, reader: Reader, words: str, act, after: Marks | None = None):
        """Ask for something; ``after``: the marks if it is done. If refused, it changes none."""
        async with self._doing(reader, after):
            answer = await self._world.bots.ask(f"reader {reader.person_id} {words}", act)
            if isinstance(answer, ReaderError):
                reader.perhaps = None
            elif answer is not LOST and after is not None:
                reader.marks, reader.perhaps = after, None
        return answer

    async def _mark(self, reader: Reader, words: str, key: str, new, act) -> None:
        after = dict(reader.marks)
        if new is None:
            after.pop(key, None)
        else:
            after[key] = new
        before = {key: reader.marks.get(key)}
        answer = await self.ask(reader, words, act, after)
        if answer is LOST or isinstance(answer, ReaderError):
            return
        reply = answer[1] if isinstance(answer, tuple) else answer
        if reply.change is not None and not reply.repeated:
            self._changed(reader, reply.change.change_id, before)
        if reply.reader is not None:
            reader.current = reply.reader.current

    def _changed(self, reader: Reader, change_id: int, before) -> None:
        reader.changes.append((change_id, before))
        reader.kept[change_id] = set(before)

    async def join(self, reader, chance):
        if group := self._world.any_group(chance):
            guild_id, group_id = group["guild_id"], group["group_id"]
            self._world.discord.guilds[guild_id].members.add(reader.person_id)
            await self.ask(
                reader, f"joins group {group_id}",
                lambda s: s.groups.join(guild_id, group_id, reader.person_id),
            )  # fmt: skip

    async def leave(self, reader, chance):
        if group := self._world.any_group(chance):
            ids = group["guild_id"], group["group_id"], reader.person_id
            words = f"leaves group {ids[1]}"
            answer = await self.ask(reader, words, lambda s: s.groups.leave(*ids))
            self._unwanted(reader, str(ids[1]), answer)

    async def remind(self, reader, chance):
        if group := self._world.any_group(chance):
            ids, wanted = (group["guild_id"], group["group_id"], reader.person_id), chance.random()
            reader.off.pop(str(ids[1]), None)
            reader.off.pop(str(self._world.present_id(ids[1])), None)
            answer = await self.ask(
                reader, f"wants reminders of group {ids[1]}: {wanted < 0.8}",
                lambda s: s.reminders.ask(*ids, wanted=wanted < 0.8),
            )  # fmt: skip
            self._world.promises.quiet.answered(reader.person_id)
            if wanted >= 0.8:
                self._unwanted(reader, str(ids[1]), answer)

    async def look(self, reader, chance):
        answer = await self.ask(
            reader, "asks what comes next", lambda s: s.reading.next_for(reader.person_id, None)
        )
        reader.current = None
        if answer is not LOST and not isinstance(answer, ReaderError):
            reader.current = answer.reader.current

    async def mark(self, reader, chance):
        few = chance.random() < 0.7  # so that some are marked again and again
        key = chance.choice(self._world.keys[:4] if few else self._world.keys)
        kind = chance.choice(("done", "done", "known", "later", "skipped", "clear"))
        rating = chance.choice((None, 1, 5)) if kind == "done" else None
        old = reader.marks.get(key)
        kept = old[1] if old and old[0] == "done" else None
        new = None if kind == "clear" else (kind, (rating or kept) if kind == "done" else None)
        await self._mark(
            reader, f"marks {key} {kind}", key, new,
            lambda s: s.reading.mark(reader.person_id, None, key, kind, rating=rating),
        )  # fmt: skip

    async def finish_current(self, reader, chance):
        if (key := reader.current) is None:
            return
        old = reader.marks.get(key)
        new = "done", old[1] if old and old[0] == "done" else None
        reader.current = None
        await self._mark(
            reader, f"finishes {key}", key, new,
            lambda s: s.reading.mark(reader.person_id, None, key, "done"),
        )  # fmt: skip

    async def undo(self, reader, chance):
        if not reader.changes:
            return
        change_id, before = reader.changes.pop(chance.randrange(len(reader.changes)))
        keys = reader.kept.pop(change_id, set())
        later = [each for each in reader.kept if each > change_id and keys & reader.kept[each]]
        had = reader.marks
        after = {key: mark for key, mark in {**had, **before}.items() if mark is not None}
        answer = await self.ask(
            reader, f"undoes {change_id}",
            lambda s: s.reading.undo(reader.person_id, None, change_id), after,
        )  # fmt: skip
        if answer is LOST:
            reader.changes.append((change_id, before))
        elif isinstance(answer, ReaderError):
            reader.kept[change_id] = keys
        elif answer.repeated:  # it was undone before, though nobody heard of it
            reader.marks = had
        elif later:
            self._world.promises.breaks("progress", f"{change_id} was undone in spite of {later}")

    async def reset(self, reader, chance):
        before = dict(reader.marks)
        answer = await self.ask(
            reader, "resets", lambda s: s.reading.reset(reader.person_id, None), {}
        )
        if answer is not LOST and not isinstance(answer, ReaderError):
            self._changed(reader, answer.change.change_id, before)

    async def delete(self, reader, chance):
        answer = await self.ask(
            reader, "deletes everything", lambda s: s.me.forget(reader.person_id), {}
        )
        if answer is not LOST:
            reader.changes, reader.current = [], None
            reader.kept.clear()
            reader.is_deleted = not isinstance(answer, ReaderError)
            self._world.promises.nobody_deleted_is_kept()

    async def nudge(self, reader, chance):
        switch = "nudge" if chance.random() < 0.8 else "unnudge"
        reader.off.pop("idle", None)
        answer = await self.ask(reader, switch, lambda s: s.me.switch(reader.person_id, switch))
        self._world.promises.quiet.answered(reader.person_id)
        if switch == "unnudge":
            self._unwanted(reader, "idle", answer)

    async def set_hour(self, reader, chance):
        hour = chance.randrange(24)
        words = f"wants reminders at {hour}:00"
        await self.ask(reader, words, lambda s: s.me.set_hour(reader.person_id, hour))

    async def set_zone(self, reader, chance):
        zone = chance.choice((*ZONES[:-1], ""))
        words = f"is in {zone or 'no zone'}"
        await self.ask(reader, words, lambda s: s.me.set_zone(reader.person_id, zone, ""))

    async def stop_reminding(self, reader, chance):
        """Press *Stop* on the last reminder, and perhaps Undo."""
        if not (came_for := self._world.promises.quiet.came_for(reader.person_id)):
            return
        whys = came_for.split(".")
        group_ids, wanted = [int(why) for why in whys if why.isdecimal()], chance.random() < 0.2
        if wanted:
            for why in whys:
                reader.off.pop(why, None)
                if why.isdecimal():
                    reader.off.pop(str(self._world.present_id(int(why))), None)
        answer = await self.ask(
            reader, f"is to be reminded for {whys}: {wanted}",
            lambda s: s.reminders.set_reasons(
                reader.person_id, group_ids, is_idle="idle" in whys, wanted=wanted
            ),
        )  # fmt: skip
        if wanted:
            self._world.promises.quiet.answered(reader.person_id)
        else:
            for why in whys:
                self._unwanted(reader, why, answer)

    async def later(self, reader, chance):
        self._world.promises.quiet.answered(reader.person_id)
        await self.ask(
            reader, "is to be reminded later", lambda s: s.reminders.later(reader.person_id)
        )
        self._world.promises.quiet.answered(reader.person_id)

    async def read_it(self, reader, chance):
        if week := self._a_week(chance):
            ids = reader.person_id, week["guild_id"], week["week_id"]
            await self._read(reader, week["resource_key"], "", lambda s: s.weeks.read_it(*ids))

    async def finish_reminded(self, reader, chance):
        if week := self._a_week(chance):
            ids = reader.person_id, week["week_id"]
            finish = ", as reminded", lambda s: s.reminders.finish(*ids)
            await self._read(reader, week["resource_key"], *finish)

    def _a_week(self, chance: Random):
        """Return one of the papers that were posted last."""
        return self._world.any_row(
            chance, "SELECT week_id, resource_key, guild_id FROM weeks JOIN study_groups"
            " USING (group_id) WHERE weeks.state = 'posted' ORDER BY week_id DESC LIMIT 5",
        )  # fmt: skip

    async def _read(self, reader: Reader, key: str, how: str, act) -> None:
        old = reader.marks.get(key)
        new = "done", old[1] if old and old[0] == "done" else None
        await self._mark(reader, f"has read {key}{how}", key, new, act)


class Moderators:
    """What moderators do with groups, in the bot and in Discord."""

    def __init__(self, world) -> None:
        self._world = world
        self._begun: Counter[int] = Counter()
        self._under_way: Counter[int] = Counter()
        self.deleted: dict[int, bool] = {}
        """Who has deleted all about themselves, and done nothing since."""

    ACTS = {  # noqa: RUF012 - nobody changes it
        "change": 1, "pause": 0.6, "stop": 0.2, "delete_group": 0.1, "move": 0.7, "pick": 2,
        "take_back": 1, "vote": 3, "cancel": 0.7, "close": 0.7, "skip": 0.5, "post_now": 1.5,
        "mention_nobody": 0.3, "read_for": 0.5, "go_on": 0.5, "hide": 0.6, "unhide": 0.6,
        "forget_me": 0.3,
    }  # fmt: skip

    async def act(self, chance: Random) -> None:
        group = self._world.any_group(chance)
        if group is not None:
            what = chance.choices(list(self.ACTS), weights=list(self.ACTS.values()))[0]
            await getattr(self, what)(group, 9000 + chance.randrange(4), chance)

    PLANS = {"every": 3, "take_off": 3, "bring_back": 1, "pause_until": 1}  # noqa: RUF012 - as above

    async def plan(self, chance: Random) -> None:
        """Change a group's calendar: how often papers come, and when they don't."""
        group = self._world.any_group(chance)
        if group is not None:
            what = chance.choices(list(self.PLANS), weights=list(self.PLANS.values()))[0]
            await getattr(self, what)(group, 9000 + chance.randrange(4), chance)

    async def start(
        self, place, schedule: Schedule, role_id: int | None, who: int, *, changes: bool = False
    ) -> None:
        """Make a channel's group, or start it again; ``changes``: or change the one that is seen.

        Who hasn't seen one, and wishes no role, leaves it the one that it may have.
        """
        guild_id, channel_id, is_forum = place.guild.guild_id, place.place_id, place.kind == "forum"

        async def make_or_change(services):
            seen = await services.groups.find(channel_id) if changes else None
            return await services.groups.make_or_change(
                guild_id, channel_id, schedule, role_id, who, is_forum=is_forum, seen=seen,
                opens=True,
            )  # fmt: skip

        wish = self._world.promises.role_wished(role_id, channel_id=channel_id)
        words = f"starts or changes the group in {channel_id}: {schedule}, role {role_id}"
        answer = await self.ask(who, words, make_or_change)
        is_heard = answer is not None and answer is not REFUSED
        group_id = answer.group.group_id if is_heard else None
        wish.ended(self._world.now(), group_id, replaces=changes or role_id is not None)

    async def run(self) -> None:
        """Let groups go on that are paused or stopped, and give a channel to who lost theirs.

        A server of which everything was forgotten gets its groups again.
        """
        groups = self._world.groups()
        with_groups = {group["guild_id"] for group in groups}
        for place, schedule, role_id in self._world.homes:
            if place.guild.guild_id not in with_groups and place.guild.is_in and place.is_there:
                await self.start(place, schedule, role_id, 9000)
        for group in groups:
            guild_id, group_id = group["guild_id"], group["group_id"]
            place = self._world.discord.places[group["channel_id"]]
            if not place.is_there and place.guild.is_in:
                await self._move(group, self._world.new_channel(place.guild, place.kind), 9000)
            if group["state"] != "active":
                await self.ask(
                    9000, f"resumes group {group_id}",
                    lambda s, g=guild_id, i=group_id: s.groups.set_state(g, i, "active"),
                )  # fmt: skip

    async def ask(self, who: int, words: str, act, *, now: bool = False):
        self.deleted.pop(who, None)
        self._begun[who] += 1
        self._under_way[who] += 1
        answer = await self._world.bots.ask(f"moderator {who} {words}", act, now=now)
        self._under_way[who] -= 1
        refused = REFUSED if isinstance(answer, ReaderError) else answer
        return None if answer is LOST else refused

    async def forget_me(self, group, who, chance):
        is_alone, begun = not self._under_way[who], self._begun[who] + 1
        answer = await self.ask(who, "deletes everything", lambda s: s.me.forget(who))
        if answer is not None and answer is not REFUSED and is_alone and self._begun[who] == begun:
            self.deleted[who] = True

    async def change(self, group, who, chance):
        place = self._world.discord.places[group["channel_id"]]
        wall = chance.randrange(7), chance.choice((0, 2, 9, 10, 23)), chance.choice((0, 30))
        schedule = Schedule(*wall, chance.choice(ZONES))
        role_id = chance.choice((None, *place.guild.roles))
        await self.start(place, schedule, role_id, who, changes=True)

    async def every(self, group, who, chance):
        ids, every = (group["guild_id"], group["channel_id"]), chance.choice((1, 2, 2, 3, 8))

        async def change(services):
            seen = await services.groups.find(ids[1])
            if seen is not None:
                wished = replace(seen.schedule, every=every), seen.role_id, who
                await services.groups.make_or_change(*ids, *wished, seen=seen)

        await self.ask(who, f"lets the group in {ids[1]} read every {every} weeks", change)

    async def take_off(self, group, who, chance):
        first = self._world.now().date() + timedelta(days=chance.choice((0, 1, 3, 7, 20, 60)))
        last = first + timedelta(days=chance.choice((0, 0, 2, 6, 16)))
        typed = f"{first} - {last}" if first != last else str(first)
        ids = group["guild_id"], group["group_id"], typed
        await self.ask(
            who, f"takes {typed} off in group {ids[1]}", lambda s: s.calendars.take_off(*ids)
        )

    async def bring_back(self, group, who, chance):
        ids = group["guild_id"], group["group_id"]

        async def bring_back(services):
            status = await services.groups.look(*ids, who)
            if status.silences:
                await services.calendars.bring_back(*ids, [chance.choice(status.silences)])

        await self.ask(who, f"lets papers of group {ids[1]} come on days off", bring_back)

    async def pause_until(self, group, who, chance):
        day = self._world.now().date() + timedelta(days=chance.choice((1, 2, 8, 15, 30)))
        ids = group["guild_id"], group["group_id"], str(day)
        await self.ask(
            who, f"pauses group {ids[1]} until {day}", lambda s: s.calendars.pause_until(*ids)
        )

    async def pause(self, group, who, chance):
        await self._state(group, who, "paused")

    async def stop(self, group, who, chance):
        await self._state(group, who, "stopped")

    async def _state(self, group, who, state) -> None:
        ids = group["guild_id"], group["group_id"]
        await self.ask(
            who, f"lets group {ids[1]} be {state}", lambda s: s.groups.set_state(*ids, state)
        )

    async def delete_group(self, group, who, chance):
        ids = group["guild_id"], group["group_id"], who
        place = self._world.discord.places[group["channel_id"]]
        await self.ask(who, f"deletes group {ids[1]}", lambda s: s.groups.delete(*ids))
        if place.is_there:
            await self.start(place, Schedule(0, 10, 0, "UTC"), None, who)

    async def move(self, group, who, chance):
        place = self._world.discord.places[group["channel_id"]]
        kind = chance.choice(("text", "forum"))
        free = self._world.free_channel(place.guild, kind) if chance.random() < 0.5 else None
        await self._move(group, free or self._world.new_channel(place.guild, kind), who)

    async def _move(self, group, place, who) -> None:
        ids = group["guild_id"], group["group_id"], place.place_id, who
        self._world.promises.may_be_made_again(
            "standing", f"{ids[1]} in {ids[2]}", only_if_made=True
        )
        await self.ask(
            who, f"moves group {ids[1]} to {ids[2]} ({place.kind})",
            lambda s: s.groups.move(*ids, is_forum=place.kind == "forum"),
        )  # fmt: skip

    async def merge(self, chance: Random) -> None:
        """Let a group go into another of its server; mostly a new one begins in its channel."""
        if (group := self._world.any_group(chance)) is None:
            return
        guild_id, group_id, who = group["guild_id"], group["group_id"], 9000 + chance.randrange(4)
        others = [g for g in self._world.groups() if g["guild_id"] == guild_id and g != group]
        if not others:
            return
        into_id = chance.choice(others)["group_id"]
        begins, place = chance.random() < 0.7, self._world.discord.places[group["channel_id"]]
        # Whoever wanted no reminders of the one may have wanted them of the other.
        self._world.readers.may_want(into_id)
        answer = await self.ask(
            who, f"lets group {group_id} go into {into_id}",
            lambda s: s.merging.merge(guild_id, group_id, into_id, who),
        )  # fmt: skip
        self._world.readers.may_want(into_id)
        self._world.counts["merged"] += answer is not None and answer is not REFUSED
        if begins and place.is_there:
            await self.start(place, Schedule(0, 10, 0, "UTC"), None, who)

    async def pick(self, group, who, chance):
        ids = group["guild_id"], group["group_id"], who, chance.choice(self._world.keys)
        await self.ask(
            who, f"picks {ids[3]} for group {ids[1]}", lambda s: s.papers.pick_next(*ids)
        )

    async def take_back(self, group, who, chance):
        pick = self._world.any_row(chance, "SELECT * FROM picks WHERE why = 'picked_by_moderator'")
        if pick is not None:
            group_id = pick["group_id"]
            ids = self._world.group(group_id)["guild_id"], group_id, pick["week"]
            await self.ask(
                who, f"takes back the pick of group {ids[1]}", lambda s: s.papers.take_back(*ids)
            )

    async def vote(self, group, who, chance):
        ids, hours = (group["guild_id"], group["channel_id"], who), chance.choice((None, 1, 5, 24))
        await self.ask(
            who, f"calls a vote in {ids[1]}", lambda s: s.votes.call(*ids, 3, hours), now=True
        )

    async def call_vote(self, chance: Random) -> None:
        """Name candidates, or take the next ones, for a week ahead."""
        group = self._world.any_group(chance)
        if group is None:
            return
        named = chance.sample(
            self._world.keys, min(chance.choice((0, 1, 2, 5)), len(self._world.keys))
        )
        day = self._world.now() + timedelta(weeks=chance.choice((0, 1, 2, 3, 8, 51)))
        ids = group["guild_id"], group["channel_id"], 9000 + chance.randrange(4)
        said = {"resources": ", ".join(named) or None, "date": day.strftime("%G-W%V")}
        counts = chance.choice((None, 2, 5)), chance.choice((None, 1, 24, 200))
        await self.ask(
            ids[2], f"calls a vote in {ids[1]}: {said}",
            lambda s: s.votes.call(*ids, *counts, **said), now=True,
        )  # fmt: skip

    async def cancel(self, group, who, chance):
        await self._end_vote(who, chance, "cancel")

    async def close(self, group, who, chance):
        await self._end_vote(who, chance, "close")

    async def _end_vote(self, who, chance, how: str) -> None:
        vote = self._world.any_row(chance, "SELECT * FROM votes WHERE state = 'running'")
        if vote is not None:
            group = self._world.group(vote["group_id"])
            ids = group["guild_id"] if group else 0, vote["vote_id"]
            await self.ask(
                who, f"{how}s vote {ids[1]}", lambda s: getattr(s.votes, how)(*ids), now=True
            )

    async def skip(self, group, who, chance):
        ids, number = (group["guild_id"], group["group_id"]), chance.randrange(4)

        async def skip(services):
            status = await services.groups.look(*ids, who)
            weeks = [coming.slot.week for coming in status.coming]
            return await services.calendars.skip(*ids, weeks[number] if number else None)

        await self.ask(who, f"skips week {number + 1} of group {ids[1]}", skip)

    async def post_now(self, group, who, chance):
        ids = group["guild_id"], group["group_id"]
        sql = "SELECT week_id FROM weeks WHERE group_id = ? AND state = 'uncertain'"
        unsure = [str(week["week_id"]) for week in self._world.ledger.ask(sql, ids[1])]
        for week_id in unsure:
            self._world.promises.may_be_made_again("post", week_id)
        self._world.promises.posted_by_hand(ids[1])
        words = f"posts the paper of group {ids[1]} now"
        if await self.ask(who, words, lambda s: s.groups.post_now(*ids), now=True) is REFUSED:
            for week_id in unsure:
                self._world.promises.may_not("post", week_id)

    async def meet_anew(self, chance):
        """Let one of the groups meet, or meet otherwise, or no more."""
        if (group := self._world.any_group(chance)) is not None:
            act = self.meet_no_more if chance.random() < 0.2 else self.meet
            await act(group, 9000 + chance.randrange(4), chance)

    async def meet(self, group, who, chance):
        guild, room = self._world.discord.guilds[group["guild_id"]], None
        if chance.random() < 0.4:
            room = self._world.free_channel(guild, "voice")
            room = room or self._world.new_channel(guild, "voice")
        day, hour = chance.randrange(7), chance.choice((0, 2, 9, 20, 23))
        when = f"{WEEKDAYS[day]} {hour}:{chance.choice(('00', '30'))}"
        wish = MeetsWish(when, chance.choice(("", "90")), room and room.place_id)
        await self._meet(group, who, wish)

    async def meet_no_more(self, group, who, chance):
        await self._meet(group, who, MeetsWish("none"))

    async def _meet(self, group, who, wish) -> None:
        here = Here(group["guild_id"], group["channel_id"], who, "", None)
        form = GroupForm(group["channel_id"], GroupWish(meets=wish))
        words = f"lets group {group['group_id']} meet {wish}"
        await self.ask(who, words, lambda s: s.groups.meet(here, form))

    async def mention_nobody(self, group, who, chance):
        ids = group["guild_id"], group["group_id"]
        wish = self._world.promises.role_wished(None, group_id=ids[1])
        answer = await self.ask(
            who, f"lets group {ids[1]} mention nobody", lambda s: s.groups.mention_nobody(*ids)
        )
        is_heard = answer is not None and answer is not REFUSED
        wish.ended(self._world.now(), ids[1] if is_heard else None)

    async def read_for(self, group, who, chance):
        ids = group["guild_id"], group["group_id"]
        wish = chance.choice(self._world.keys), chance.randrange(4)
        await self.ask(
            who, f"lets group {ids[1]} read {wish}", lambda s: s.papers.read_for(*ids, *wish)
        )

    async def go_on(self, group, who, chance):
        ids = group["guild_id"], group["group_id"], chance.choice(("additions", "must_reads", None))
        await self.ask(
            who, f"lets group {ids[1]} go on with {ids[2]}", lambda s: s.papers.go_on(*ids)
        )

    async def hide(self, group, who, chance):
        await self._edit(group["guild_id"], who, chance.choice(self._world.keys), "remove")

    async def unhide(self, group, who, chance):
        await self._edit(group["guild_id"], who, chance.choice(self._world.keys), "restore")

    async def _edit(self, guild_id: int, who: int, key: str, how: str) -> None:
        async def edit(services):
            desk = await services.moderation.open(guild_id, who, key)
            return await getattr(services.moderation, how)((guild_id, who, desk.draft_id))

        await self.ask(who, f"{how}s {key}", edit)
