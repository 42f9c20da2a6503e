"""What must be true after every step, and what must have become of everything in the end."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import islice
from traceback import format_exception
from zoneinfo import ZoneInfo

from bot.core.outbox import TEMPORARY
from bot.core.weeks import AFTER_THE_FIRST, CLOCKS_APART, DUE_WITHIN, LATE_WITHIN, address
from bot.errors import LedgerError
from bot.outbox.discord import NAMED
from bot.store.instants import instant, made_at
from tests.simulation import zones
from tests.simulation.discord import Message
from tests.simulation.quiet import LETTERS_KEPT, OF_REMINDERS, STILL_TRUE, Quiet

OF_BUTTON = (
    (re.compile(r"read:(\d+)"), "post"),
    (re.compile(r"candidates:(\d+)"), "candidates"),
    (re.compile(r"(start-weekly)"), "greeting"),
    (re.compile(r"group:join:(\d+)"), "standing"),
)
"""By which button a reader tells what a message is; the first that is found counts."""

PASSES = {*map(str, TEMPORARY), "refused", "unknown", "too_late", "lost_sight", "nothing"}
"""Why nothing is given up before its time."""

ENDS_EARLY = {"post": {"called_off", "paper_gone"}, "standing": {"called_off"}}
"""For which reasons alone the kinds that a group can't do without are."""

ROLE = re.compile(r"<@&(\d+)>")
LEADS = re.compile(r"🎤 <@\d+> leads")
"""By their own press, and nobody is told by it."""

SOMEBODY = re.compile(r"<@!?\d+>|@everyone|@here")
ALIEN = "of_tomorrow"
"""A kind of letter that no release knows so far."""

HERE = "(guild_id IS NULL OR guild_id NOT IN (SELECT guild_id FROM gone_guilds))"
"""Of a server that hasn't removed the bot."""

HELD = "SELECT {column} AS person FROM {table} WHERE {column} IN ({marks})"

MODERATORS = {9000, 9001, 9002, 9003}

A_DAY, A_DECADE = timedelta(days=1), timedelta(days=3650)

OF_MERGED = {
    "members": "",
    "picks": "",
    "votes": " AND votes.state = 'running'",
    "weeks": " AND weeks.state = 'waiting'",
}
"""Tables that have no such rows of a group that went into another."""

PERSON = re.compile(r"reader_id|\w+ed_by")
"""Columns in which a person may stand, whatever the bot itself takes for such."""


@dataclass
class RoleWish:
    """A role that a group is to mention, or none, as somebody asked a bot."""

    role_id: int | None
    began_at: datetime
    channel_id: int | None
    group_id: int | None = None
    ended_at: datetime | None = None
    is_granted: bool = False

    def ended(self, at: datetime, group_id: int | None, *, replaces: bool = True) -> None:
        """Note that it has happened by now or never will; ``group_id``: it was answered.

        ``replaces``: whether it then is instead of any role wished before.
        """
        self.ended_at = at
        if group_id is not None:
            self.group_id, self.is_granted = group_id, replaces

    def is_over(self, wishes: "list[RoleWish]", now: datetime) -> bool:
        """Tell whether another one that was granted has certainly replaced it, a while ago."""
        return self.ended_at is not None and any(
            other.is_granted
            and self.ended_at < other.began_at
            and now - other.ended_at > STILL_TRUE
            for other in wishes
        )


@dataclass(frozen=True)
class Broken:
    """A promise that wasn't kept, and how; ``traceback``: of what failed, if anything did."""

    promise: str
    words: str
    traceback: str = ""

    def __str__(self) -> str:
        return f"{self.promise}: {self.words}"


def is_expected(error: BaseException) -> bool:
    """Tell whether it only says that the ledger couldn't be used."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(is_expected, error.exceptions))
    return isinstance(error, LedgerError)


class Promises:
    """Holds a world to them; the first that is broken stops it."""

    def __init__(self, world) -> None:
        self._world = world
        self.broken: Broken | None = None
        self._made: dict[tuple[str, str], list[Message]] = {}
        self._unheard: set[int] = set()
        self._may_be: Counter[tuple[str, str]] = Counter()
        self.quiet = Quiet(world, self.breaks)
        self._role_wishes: list[RoleWish] = []
        self._channels: dict[int, list] = {}
        self._claimed: dict[int, tuple] = {}
        self._links: set[str] = set()
        self._weeks: dict[int, str] = {}
        self._by_hand: dict[int, datetime] = {}

    def breaks(self, promise: str, words: str, traceback: str = "") -> None:
        if self.broken is None:
            self.broken = Broken(promise, words, traceback)
            self._world.told(f"BROKEN {self.broken}")
            self._world.stop.set()

    def surprised_by(self, error: BaseException, words: str) -> None:
        """Break the promise that nothing fails in a way that nobody thought of."""
        self.breaks("no surprise", f"{words}: {error!r}", "".join(format_exception(error)))

    def deleted(self, message: Message) -> None:
        """Remember what is deleted before any bot has heard that it was sent: nobody can know."""
        for (kind, reference), made in self._made.items():
            if message in made and not self._world.ledger.ask(
                "SELECT 1 FROM outbox WHERE kind = ? AND reference = ? AND state = 'sent'",
                kind, reference.split(" in ")[0],
            ):  # fmt: skip
                self._unheard.add(message.message_id)

    def planned(self, event) -> None:
        """Check an event that was just made, or shows something else, whoever heard of it."""
        world, shows = self._world, event.shows
        world.told(f"    an event: {event.event_id} {shows.begins_at:%a %d %b %H:%M} {event.link}")
        others = [e for e in world.discord.events.values() if e.link == event.link and e != event]
        if any(world.discord.is_on(each) for each in others):
            self.breaks("once", f"there are two events about {event.link}")
        if any(each.is_unwanted for each in others) and not event.is_deleted:
            self.breaks("not again", f"the event about {event.link} was deleted, and made again")
        if event.link not in self._links:
            papers = (m for (kind, _), made in self._made.items() if kind == "post" for m in made)
            self._links |= {self._link_of(each) for each in papers}
        if event.link not in self._links:
            self.breaks("at home", f"{event} is about no paper")

    def event_deleted(self, event) -> None:
        """Remember an event that somebody deleted by hand, if a bot knew of it: it stays away."""
        asked = "SELECT 1 FROM weeks WHERE event_id = ?"
        event.is_unwanted = bool(self._world.ledger.ask(asked, event.event_id))

    def _link_of(self, message: Message) -> str:
        place = self._world.discord.places[message.place_id]
        return address(place.guild.guild_id, message.place_id, message.message_id)

    def may_not(self, kind: str, reference: str) -> None:
        """Whoever wanted it repeated was refused."""
        self._may_be[kind, reference] -= 1

    def may_be_made_again(self, kind: str, reference: str, *, only_if_made: bool = False) -> None:
        """A moderator repeats it, or somebody deleted what has to be there."""
        if not only_if_made or (kind, reference) in self._made:
            self._may_be[kind, reference] += 1

    def may_be_asked_anew(self, group_id: int, person: int) -> None:
        """Let whom nobody remembers having asked for a week be asked: they left, or deleted all."""
        for (kind, reference), made in self._made.items():
            if kind != "ask":
                continue
            group, week, who = reference.split(":")
            sql = "SELECT 1 FROM leads WHERE group_id = ? AND week = ? AND reader_id = ?"
            is_meant = (int(group), int(who)) == (group_id, person)
            if is_meant and not self._world.ledger.ask(sql, group_id, week, person):
                self._may_be[kind, reference] = len(made)

    def posted_by_hand(self, group_id: int) -> None:
        """Note that a moderator wants a group's paper now, whatever its calendar shows."""
        self._by_hand[group_id] = self._world.now()

    def role_wished(
        self, role_id: int | None, *, channel_id: int | None = None, group_id: int | None = None
    ) -> RoleWish:
        wish = RoleWish(role_id, self._world.now(), channel_id, group_id)
        self._role_wishes.append(wish)
        return wish

    # After every message.

    def made(self, message, nonce: str, role_id: int | None) -> None:
        """Check a message that was just created, whoever heard of it."""
        world = self._world
        rows = world.ledger.ask("SELECT * FROM outbox WHERE row_id = ?", int(nonce[1:] or 0))
        row = rows[0] if rows else None
        kind, reference = self._what_is(message, row, nonce)
        world.told(f"    a message: {kind} {reference} in {message.place_id}")
        made = self._made.setdefault((kind, reference), [])
        made.append(message)
        count = sum(not self._is_forgotten(each, message, kind, reference) for each in made)
        if count > 1 + self._may_be[kind, reference]:
            self.breaks("once", f"{kind} {reference} was made {count} times")
        person = world.discord.people_at.get(message.place_id)
        if person is None:
            self._at_home(message, kind, reference, row)
        elif row is not None:
            meant = MODERATORS if kind == "suggested" else {row["reader_id"]}
            if person not in meant:
                self.breaks("at home", f"{dict(row)} was sent to {person}")
            if kind == "reminder":
                self.quiet.came(person, row["reference"], message)
                world.suggestions.came(person, row["reference"], message)
                world.leading.came(person, row["reference"], message)
        if kind == "inbox":
            world.suggestions.word_came(int(reference.partition(":")[0]))
        self._mentions(message, kind, reference, role_id)

    def _is_forgotten(self, message: Message, new: Message, kind: str, reference: str) -> bool:
        """Tell whether who sent the new one could find nothing of it, not even its nonce.

        Of a reminder made by a clock that was ahead, the day may come once more: if one was yet
        further ahead meanwhile, the row had its time by that. *Quiet* holds for both.
        """
        if kind == "reminder":
            day = datetime.combine(date.fromisoformat(reference[-10:]), time(0), UTC)
            latest = self._world.bots.latest_since(message.at)
            if message.at < day - A_DAY and latest > day + LETTERS_KEPT:
                return True
        since = self._world.now() - message.at
        is_near = message.place_id == new.place_id and since < self._world.discord.nonce_lasts
        return message.message_id in self._unheard and (kind == "standing" or not is_near)

    def _what_is(self, message, row, nonce: str) -> tuple[str, str]:
        """Return what somebody who sees a message takes it for."""
        for pattern, kind in OF_BUTTON:
            for custom_id in sorted(message.custom_ids):
                if found := pattern.fullmatch(custom_id):
                    place = self._world.discord.places[message.place_id]
                    if kind == "standing" and place.home.kind != "forum":
                        return "opening", found[1]
                    if kind == "standing":
                        return kind, f"{found[1]} in {place.home.place_id}"
                    return kind, str(place.guild.guild_id) if kind == "greeting" else found[1]
        if row is None:
            return "forgotten", nonce  # its group was deleted while it was on its way
        return row["kind"], row["reference"]

    def _at_home(self, message, kind: str, reference: str, row) -> None:
        """A message of a group is in its server; its papers and its post, in its channel."""
        place = self._world.discord.places[message.place_id]
        group_id = row["group_id"] if row is not None else None
        if kind in ("standing", "opening"):
            group_id = int(reference.split(maxsplit=1)[0])
        group = self._world.group(group_id) if group_id is not None else None
        homes = {each["guild_id"] for each in (row, group) if each is not None}
        if homes - {place.guild.guild_id}:
            self.breaks("at home", f"{kind} {reference} of {homes} was sent to {place.guild}")
        papers = self._made.get(("post", reference), [])
        if kind == "opener" and not any(
            place.parent is not None and place.place_id in (each.message_id, each.place_id)
            for each in papers
        ):
            self.breaks("at home", f"the talk about week {reference} began in {place.place_id}")
        if kind in ("post", "standing", "opening") and group is not None:
            channels = self._channels_of(group["group_id"])
            if place.home.place_id not in channels:
                self.breaks("at home", f"{kind} {reference} is in {place.home.place_id}")

    def _mentions(self, message, kind: str, reference: str, role_id: int | None) -> None:
        named = {int(each) for each in ROLE.findall(message.text)}
        named |= {role_id} if role_id is not None else set()
        allowed = self._roles_of(message, int(reference)) if kind == "post" else set()
        if named - allowed:
            self.breaks("no mention", f"{kind} {reference} mentions {named}, not {allowed}")
        if SOMEBODY.search(LEADS.sub("", message.text)):
            self.breaks("no mention", f"{kind} {reference} says {message.text!r}")

    def _roles_of(self, paper, week_id: int) -> set[int]:
        """Return which roles a paper may mention; its group may just have been deleted."""
        weeks = self._world.ledger.ask("SELECT group_id FROM weeks WHERE week_id = ?", week_id)
        groups = [week["group_id"] for week in weeks]
        if not groups:
            channel = self._world.discord.places[paper.place_id].home.place_id
            groups = [each for each in self._channels if channel in self._channels_of(each)]
        return set().union(*map(self._roles_wished, groups)) - {None}

    def _roles_wished(self, group_id: int) -> set[int | None]:
        """Return which roles a group may have, by what moderators asked for and were answered."""
        now = self._world.now()
        channels = {channel for channel, _ in self._channels.get(group_id, [])}
        wishes = [
            each for each in self._role_wishes
            if group_id == each.group_id or (each.group_id is None and each.channel_id in channels)
        ]  # fmt: skip
        return {each.role_id for each in wishes if not each.is_over(wishes, now)}

    def _channels_of(self, group_id: int) -> set[int]:
        """Return which channel a group has now, and which it had a moment ago."""
        now, known = self._world.now(), self._channels.get(group_id, [])
        return {each for each, until in known if until is None or now - until < STILL_TRUE}

    # After every commit.

    def committed(self, life) -> None:
        """Check what a life has just committed; and let befall it what waited for this moment."""
        written = self._world.ledger.written
        if "study_groups" in written:
            self._note_channels()
        if "weeks" in written:
            self.papers_come_in_turn()
        if not written.isdisjoint(OF_MERGED):
            self.what_went_is_empty()
        if "outbox" in written:
            self._note_claims(life)
        if not written.isdisjoint(OF_REMINDERS):
            self.quiet.committed()
        if not written.isdisjoint(("outbox", "weeks")) and not self._world.leapt_lately(40):
            self.nothing_is_given_up_early()
            self.meetings_follow()
        if "progress" in written:
            self.no_mark_is_lost()
        if written - {"tickets"}:
            self.nobody_deleted_is_kept()

    def _note_channels(self) -> None:
        """Remember which channel each group has, and had until now."""
        for row in self._world.ledger.ask(
            "SELECT group_id, COALESCE(left_channel_id, channel_id) AS channel_id FROM study_groups"
        ):
            channel_id = row["channel_id"]
            known = self._channels.setdefault(row["group_id"], [[channel_id, None]])
            if known[-1][0] != channel_id:
                known[-1][1] = self._world.now()
                known.append([channel_id, None])

    def _note_claims(self, life) -> None:
        """One at a time has a letter, until its lease has run out by whose clock ever."""
        ask, world = self._world.ledger.ask, self._world
        before, self._claimed = self._claimed, {}
        for row in ask("SELECT * FROM outbox WHERE state = 'claimed' ORDER BY row_id"):
            old, holder = before.pop(row["row_id"], (None, None))
            is_same = old is not None and old["claim"] == row["claim"]
            self._claimed[row["row_id"]] = row, holder if is_same else life
            if not is_same:
                self._may_take(life, old, holder)
                world.events.noticed("claimed", row, life)
            elif row["places"] != old["places"]:
                self._is_begun_at_home(row)
                world.events.noticed("begun", row, life)
        for old, holder in before.values():
            for row in ask("SELECT state FROM outbox WHERE row_id = ?", old["row_id"]):
                if row["state"] != "sent":  # which is true, whoever says so
                    self._may_take(life, old, holder)
                    self._is_forgetful(life, old)

    def _is_forgetful(self, life, row) -> None:
        """Check that who heard of a deleted message recorded it as sent, unless they couldn't."""
        heard_by = self._world.discord.heard_deleted.get(row["row_id"])
        stood_still = life.frozen_until > self._world.loop.time() - 60
        if heard_by is life and not stood_still and not self._world.weather.is_of_ledger():
            self.breaks("once", f"{dict(row)} was deleted, as {life} heard, and isn't sent")

    def _may_take(self, life, old, holder) -> None:
        """Check that nobody took, gave back or gave up what somebody else was sending."""
        if old is None or life is holder or self._world.leapt_lately(2):
            return
        latest = self._world.now() + self._world.bots.ahead()
        if instant(old["lease_until"]) > latest:
            self.breaks("one at a time", f"{life} took {dict(old)} from {holder}")

    def _is_begun_at_home(self, row) -> None:
        """Check that what goes to a group's channel is begun in the one that it has now."""
        group = self._world.group(row["group_id"] or 0)
        if group is not None and row["channel_id"] is None and row["reader_id"] is None:
            place = self._world.discord.places[int(row["places"].split()[-1])]
            if place.home.place_id != group["channel_id"]:
                self.breaks("at home", f"{dict(row)} was begun in {place.home.place_id}")

    def nothing_is_given_up_early(self) -> None:
        """A paper has a day, whatever passes by itself; so has all that is sent, or longer."""
        now = self._world.now() + CLOCKS_APART
        for row in self._world.ledger.ask(
            "SELECT * FROM outbox WHERE until_at > ? AND (state = 'dropped'"
            " OR (state = 'uncertain' AND problem = 'lost_sight'))", now,
        ):  # fmt: skip
            may_end = ENDS_EARLY.get(row["kind"])
            problem = row["problem"] or "nothing"
            if row["kind"] == "post" and self._is_off_since(row["group_id"], row["due_at"]):
                continue
            if problem in PASSES or (may_end is not None and problem not in may_end):
                self.breaks("not given up", f"{dict(row)} was dropped too early")
        for week in self._world.ledger.ask(
            "SELECT * FROM weeks WHERE state = 'missed' AND slot_at > ?", now - LATE_WITHIN
        ):
            if not self._is_off_since(week["group_id"], week["slot_at"]):
                self.breaks("not given up", f"{dict(week)} isn't a day old")

    def _is_off_since(self, group_id: int, at: int) -> bool:
        """Tell whether a day off has begun since a day before then: nothing comes late on one."""
        group = self._world.group(group_id)
        if group is None:
            return False
        zone, a_day = ZoneInfo(group["zone"]), timedelta(days=1)
        first = str((instant(at) - a_day).astimezone(zone).date())
        last = str(self._world.now().astimezone(zone).date())
        spans = (each.partition("/") for each in f"{group['days_off']} {group['pause']}".split())
        return any(begins <= last and ends >= first for begins, _, ends in spans)

    def papers_come_in_turn(self) -> None:
        """A week that has just got its paper is one that the calendar serves, and isn't skipped."""
        before, self._weeks = self._weeks, {}
        for week in self._world.ledger.ask(
            "SELECT week_id, group_id, week, slot_at, state FROM weeks"
        ):
            self._weeks[week["week_id"]] = week["state"]
            old, group = before.get(week["week_id"]), self._world.group(week["group_id"])
            if week["state"] != "waiting" or old not in (None, "skipped"):
                continue
            by_hand = self._by_hand.get(week["group_id"])
            if by_hand is not None and self._world.now() - by_hand < A_DAY:
                continue
            if group["zone"] == zones.NAME or self._world.leapt_lately(60):
                continue
            at = instant(week["slot_at"])
            slots = slots_of(group, at - timedelta(seconds=1), at)
            if old == "skipped" or (week["week"], at) not in slots:
                self.breaks("in turn", f"{dict(week)}, {old}, has a paper: {dict(group)}")

    def what_went_is_empty(self) -> None:
        """A group that went into another has nothing to come, and the other one is there."""
        for row in self._world.ledger.ask(
            "SELECT gone.* FROM study_groups AS gone LEFT JOIN study_groups AS present"
            " ON present.group_id = gone.merged_into AND present.guild_id = gone.guild_id"
            " WHERE gone.merged_into IS NOT NULL AND (present.group_id IS NULL"
            " OR present.merged_into IS NOT NULL OR gone.state <> 'stopped')"
        ):
            self.breaks("merged", f"{dict(row)} went nowhere")
        for table, kept in OF_MERGED.items():
            for row in self._world.ledger.ask(
                f"SELECT {table}.* FROM {table} JOIN study_groups USING (group_id)"
                f" WHERE merged_into IS NOT NULL{kept}"
            ):
                self.breaks("merged", f"{table} has {dict(row)} of a group that went")

    def meetings_follow(self) -> None:
        """Of what is done about an event, nothing differs from what its group says by then."""
        soon = self._world.now() + 3 * CLOCKS_APART
        for week in self._world.ledger.ask(
            "SELECT study_groups.*, weeks.week_id, weeks.event_asked, weeks.meets_at FROM weeks"
            " JOIN study_groups USING (group_id) JOIN outbox ON kind = 'meeting'"
            " AND reference = CAST(week_id AS TEXT) AND outbox.state = 'sent'"
            " WHERE weeks.event_id IS NOT NULL AND weeks.meets_at > ?",
            soon,
        ):
            asked = (week["event_asked"] or "0").split()
            said = week["meets_at"], week["meets_minutes"], week["meets_channel_id"] or 0
            if int(asked[0]) > soon.timestamp() and asked != [str(each) for each in said]:
                self.breaks("settled", f"{dict(week)} isn't as it was asked for")

    def no_mark_is_lost(self) -> None:
        found = {reader.person_id: {} for reader in self._world.readers.all}
        for row in self._world.ledger.ask("SELECT * FROM progress"):
            found[row["reader_id"]][row["resource_key"]] = row["state"], row["rating"]
        for reader in self._world.readers.all:
            rows = found[reader.person_id]
            if not reader.may_have(rows):
                self.breaks(
                    "progress",
                    f"reader {reader.person_id} has {rows}, not {reader.marks}"
                    f"{f' or {reader.perhaps}' if reader.perhaps is not None else ''}",
                )

    @cached_property
    def _person_columns(self) -> list[tuple[str, str]]:
        sql = (
            "SELECT tables.name, columns.name FROM sqlite_master AS tables,"
            " pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'"
        )
        return [tuple(each) for each in self._world.ledger.ask(sql) if PERSON.fullmatch(each[1])]

    def nobody_deleted_is_kept(self) -> None:
        people = self._world.deleted_people()
        marks = ", ".join("?" * len(people))
        asked = [
            HELD.format(table=table, column=column, marks=marks)
            for table, column in self._person_columns
        ]
        if people:
            sql = " UNION ALL ".join(asked)
            for row in self._world.ledger.ask(sql, *people * len(asked)):
                self.breaks("deleted", f"a row of {row['person']} is kept")

    # In the end.

    def all_is_settled(self, calm_since: datetime) -> None:
        """A day after the last fault nothing is left that anybody waits for."""
        now, an_hour = self._world.now(), timedelta(hours=1)
        before = now - an_hour
        for row in self._found("outbox.state IN ('waiting', 'claimed') AND due_at <= ?", before):
            if not self._waits_rightly(row):
                self.breaks("settled", f"{dict(row)} is still to be sent")
        for row in self._found("outbox.state IN ('waiting', 'claimed') AND kind <> 'reminder'"):
            is_old = made_at(row["row_id"]) <= now - 3 * an_hour
            is_ahead = row["due_at"] > (now + 1.25 * an_hour).timestamp()
            if is_ahead or (is_old and not self._waits_rightly(row)):
                self.breaks("settled", f"{dict(row)} waits too long")
        here = f"SELECT study_groups.* FROM study_groups WHERE state = 'active' AND {HERE}"
        for group in self._world.ledger.ask(f"{here} AND next_at <= ?", before):
            self.breaks("settled", f"{dict(group)} wasn't given its paper")
        for group in self._world.ledger.ask(here):
            # The running week may have its paper, and the next four be skipped.
            (*_, (_, furthest)) = islice(slots_of(group, now, now + A_DECADE), 6)
            if instant(group["next_at"]) > furthest:
                self.breaks("settled", f"{dict(group)} is given none")
        for group in self._world.ledger.ask(
            "SELECT * FROM study_groups WHERE merged_into IS NULL AND NOT EXISTS"
            " (SELECT 1 FROM outbox WHERE kind IN ('opening', 'standing')"
            " AND reference = CAST(study_groups.group_id AS TEXT))"
        ):
            self.breaks("settled", f"nothing ever told of {dict(group)}")
        votes = "SELECT votes.* FROM votes JOIN study_groups USING (group_id)"
        unseen = "(look_at <= ? OR (votes.state = 'running' AND look_at IS NULL))"
        for vote in self._world.ledger.ask(f"{votes} WHERE {unseen} AND {HERE}", before):
            self.breaks("settled", f"{dict(vote)} wasn't looked at")
        for week in self._world.ledger.ask(
            "SELECT weeks.* FROM weeks JOIN study_groups USING (group_id) WHERE weeks.state ="
            f" 'waiting' AND slot_at <= ? AND {HERE}"
            " AND NOT EXISTS (SELECT 1 FROM outbox WHERE kind = 'post'"
            " AND reference = CAST(week_id AS TEXT) AND outbox.state IN ('waiting', 'claimed'))",
            before,
        ):  # fmt: skip
            self.breaks("settled", f"{dict(week)} waits, and nothing is sent about it")
        for row in self._world.ledger.ask("SELECT * FROM outbox WHERE state = 'uncertain'"):
            could_look = instant(row["until_at"]) > calm_since + 2 * an_hour
            is_lost = row["problem"] == "lost_sight" and could_look
            is_lost = is_lost and not self._world.leapt_lately(40)  # then it had its time by that
            if is_lost or (row["problem"] == "no_history" and not self._was_closed(row)):
                self.breaks("uncertain", f"{dict(row)} could have been looked for")
        for row in self._world.ledger.ask("SELECT guild_id FROM gone_guilds"):
            if self._world.discord.guilds[row["guild_id"]].is_in:
                self.breaks("settled", f"server {row['guild_id']} isn't gone")
        self.quiet.settled(calm_since)
        self._world.suggestions.settled(calm_since)
        self._world.leading.settled(calm_since)
        self.what_is_sent_is_there()
        self.meetings_are_as_they_are_said()
        self.no_mark_is_lost()

    def meetings_are_as_they_are_said(self) -> None:
        """Each week's meeting to come has its event, and there is no other."""
        world, soon = self._world, self._world.now() + timedelta(hours=2)
        if world.leapt_lately(60):
            return
        on = {}
        for event in world.discord.events.values():
            if world.discord.is_on(event) and event.shows.begins_at > soon:
                on[event.link] = event
        for week in world.ledger.ask(
            "SELECT weeks.*, study_groups.guild_id, study_groups.state AS group_state,"
            " meets_weekday, meets_minutes, meets_channel_id, outbox.state AS row_state, problem"
            " FROM weeks JOIN study_groups USING (group_id) LEFT JOIN outbox"
            " ON outbox.kind = 'meeting' AND reference = CAST(week_id AS TEXT)"
            " WHERE weeks.message_id IS NOT NULL AND study_groups.guild_id NOT IN"
            " (SELECT guild_id FROM gone_guilds)"
        ):
            event = on.pop(address(week["guild_id"], week["channel_id"], week["message_id"]), None)
            if week["row_state"] in ("waiting", "claimed", "uncertain"):
                continue  # of which other promises are
            is_met = week["meets_weekday"] is not None and week["group_state"] != "stopped"
            meets_at = instant(week["meets_at"]) if week["meets_at"] and is_met else None
            if event is None:
                is_gone = week["problem"] in ("event_gone", "too_late") or any(
                    each.event_id == week["event_id"] and not world.discord.is_on(each)
                    for each in world.discord.events.values()
                )
                if meets_at is not None and meets_at > soon and not is_gone:
                    self.breaks("settled", f"{dict(week)} has no event")
            elif week["problem"] != "too_late":
                self._shows(event, week, meets_at)
        for event in on.values():
            gone, guild = "SELECT 1 FROM gone_guilds WHERE guild_id = ?", event.guild
            left = "SELECT 1 FROM outbox WHERE kind = 'meeting' AND trace = ?"
            is_there = guild.is_in and not world.ledger.ask(gone, guild.guild_id)
            if is_there and not world.ledger.ask(left, event.link):
                self.breaks("settled", f"{event} is of no week")

    def _shows(self, event, week, meets_at) -> None:
        """Check that an event is when and where it is said."""
        shows, room = event.shows, week["meets_channel_id"]
        lasts = timedelta(minutes=week["meets_minutes"] or 0)
        if (shows.begins_at, shows.ends_at - shows.begins_at) != (meets_at, lasts):
            self.breaks("settled", f"{event} isn't as in {dict(week)}")
        if event.place_id is not None and event.place_id != room:
            self.breaks("settled", f"{event} isn't where {dict(week)} says")

    def what_is_sent_is_there(self) -> None:
        """What is recorded as sent, was sent; and is that message, unless it was deleted."""
        world = self._world
        of_message = {
            message.message_id: (kind, reference.split(" in ")[0])
            for (kind, reference), made in self._made.items()
            for message in made
        }
        for row in world.ledger.ask("SELECT * FROM outbox WHERE state = 'sent'"):
            kind, reference, message_id = row["kind"], row["reference"], row["message_id"]
            if kind == "thread":
                is_true = message_id in world.discord.places
            elif kind == "meeting":
                is_true = message_id in world.discord.events
            elif kind in ("sign", "called_off", "paper"):
                is_true = message_id in world.discord.by_id
            elif message_id is None:
                is_true = row["problem"] == "deleted" and any(
                    (kind, reference) == (known, about.split(" in ")[0])
                    for known, about in self._made
                )
            else:
                is_true = of_message.get(message_id) == (kind, reference)
            if not is_true:
                self.breaks("true", f"{dict(row)} wasn't sent")
        for week in world.ledger.ask("SELECT * FROM weeks WHERE message_id IS NOT NULL"):
            if of_message.get(week["message_id"]) != ("post", str(week["week_id"])):
                self.breaks("true", f"{dict(week)} wasn't posted")

    def on_time(self, since: datetime) -> None:
        """While one server hangs, the papers of all others come when they are due.

        By the calendar on the wall; and what belongs to them follows.
        """
        world = self._world
        for group in world.ledger.ask(
            f"SELECT * FROM study_groups WHERE state = 'active' AND {HERE}"
        ):
            if group["guild_id"] != world.hung and world.is_well(group["channel_id"]):
                for week, slot in slots_of(group, since, world.now() - timedelta(hours=1)):
                    self._came(group, week, slot)

    def _came(self, group, week: str, slot: datetime) -> None:
        ask = self._world.ledger.ask
        asked = group["group_id"], week
        known = ask("SELECT * FROM weeks WHERE group_id = ? AND week = ?", *asked)
        if known and (
            known[0]["state"] in ("skipped", "nothing") or known[0]["slot_at"] < slot.timestamp()
        ):
            return  # a moderator left it out, or let it be posted before; or the list is through
        first = ask(
            "SELECT MIN(slot_at) AS at FROM weeks WHERE group_id = ? AND message_id > 0", asked[0]
        )
        had = first[0]["at"]
        if had is not None and slot - instant(had) < AFTER_THE_FIRST:
            return
        late = timedelta(seconds=50)
        if ask("SELECT 1 FROM votes WHERE group_id = ? AND week = ?", *asked):
            late = DUE_WITHIN  # it waits until its poll is counted
        week_id = str(known[0]["week_id"]) if known else ""
        made = self._made.get(("post", week_id), [])
        if not any(slot <= message.at <= slot + late for message in made):
            self.breaks("no group waits", f"{dict(group)} had no paper at {slot}")
        elif ("opener", week_id) not in self._made:
            self.breaks("settled", f"nothing opens the talk about week {week_id}")
        elif not group["is_forum"] and made[-1].message_id not in self._world.discord.places:
            self.breaks("settled", f"the paper of week {week_id} has no thread")

    def _found(self, where: str, *args):
        sql = f"SELECT * FROM outbox WHERE {where} AND {HERE} AND kind <> '{ALIEN}' ORDER BY row_id"
        return self._world.ledger.ask(sql, *args)

    def _waits_rightly(self, row) -> bool:
        """Tell whether somebody has to mend what a row waits for, and it still can be sent."""
        is_over = instant(row["until_at"]) <= self._world.now() - timedelta(hours=2)
        if is_over and row["kind"] != "standing":  # which is looked for however late
            return False
        if row["kind"] == "suggested":  # to whoever moderates
            return row["guild_id"] == self._world.hung
        if row["kind"] == "meeting":
            return self._is_kept_from(row)
        group = self._world.group(row["group_id"] or 0)
        place_id = row["channel_id"] or (group["channel_id"] if group else 0)
        place = self._world.discord.places.get(place_id)
        if place is None or place.guild.guild_id == self._world.hung:
            return place is not None
        return not self._world.is_well(place.home.place_id) or place.is_locked

    def _is_kept_from(self, row) -> bool:
        """Tell whether something keeps an event from being made, moved or cancelled."""
        discord = self._world.discord
        guild, group = discord.guilds[row["guild_id"]], self._world.group(row["group_id"] or 0)
        room_ids = {each.place_id for each in discord.events.values() if each.guild is guild}
        room_ids |= {group["meets_channel_id"]} if group is not None else set()
        rooms = [discord.places[each] for each in room_ids - {None}]
        closed = any(each.is_there and not each.held.issuperset(NAMED) for each in rooms)
        is_free = guild.held.issuperset(NAMED) and not guild.has_many_events and not closed
        return guild.guild_id == self._world.hung or not guild.is_in or not is_free

    def _was_closed(self, row) -> bool:
        """Tell whether somebody was kept from the history of where it was perhaps sent."""
        tried = [
            self._world.discord.places[int(each)]
            for each in (row["places"] or "").split()
            if int(each) in self._world.discord.places
        ]
        places = {each.place_id for place in tried for each in (place, place.home)}
        return not self._world.discord.was_closed.isdisjoint(places)


def slots_of(group, since: datetime, until: datetime):
    """Yield the ISO week and the instant of each time that a group's calendar shows."""
    zone = ZoneInfo(group["zone"])
    pause, days_off = group["pause"], f"{group['days_off']} {group['pause']}".split()
    off = [tuple(map(date.fromisoformat, days.split("/"))) for days in days_off]
    begins, after_pause, is_held = None, None, False
    if group["counts_from"]:
        year, number = map(int, group["counts_from"].split("-W"))
        begins = date.fromisocalendar(year, number, group["weekday"] + 1)
    if pause:
        after_pause = off[-1][1] + timedelta(days=1)
        while after_pause.weekday() != group["weekday"]:
            after_pause += timedelta(days=1)
        days = (off[-1][0] + timedelta(days=n) for n in range((off[-1][1] - off[-1][0]).days + 1))
        is_held = any(
            day.weekday() == group["weekday"]
            and (begins is None or (day - begins).days // 7 % group["every"] == 0)
            for day in days
        )
    day = since.astimezone(zone).date()
    while day <= until.astimezone(zone).date():
        wall = datetime.combine(day, time(group["hour"], group["minute"]), zone)
        at = wall.astimezone(UTC)
        counted = after_pause if is_held and day > off[-1][1] else begins or day
        is_off = any(first <= day <= last for first, last in off)
        is_served = not is_off and (day - counted).days // 7 % group["every"] == 0
        if day.weekday() == group["weekday"] and is_served and since < at <= until:
            yield "{}-W{:02}".format(*day.isocalendar()[:2]), at
        day += timedelta(days=1)
