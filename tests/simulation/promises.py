"""What must be true after every step, and what must have become of everything in the end."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from traceback import format_exception

from bot.core.outbox import TEMPORARY, Lacks, problem_from
from bot.core.weeks import CLOCKS_APART, DUE_WITHIN, LATE_WITHIN
from bot.errors import LedgerError
from bot.services.me import NUDGED_AFTER
from bot.store.instants import instant
from bot.store.readers import PERSON_COLUMNS
from tests.simulation.discord import Message

OF_BUTTON = (
    (re.compile(r"read:(\d+)"), "post"),
    (re.compile(r"reminded:(\d+)"), "reminder"),
    (re.compile(r"candidates:(\d+)"), "candidates"),
    (re.compile(r"(start-weekly)"), "greeting"),
    (re.compile(r"group:join:(\d+)"), "standing"),
)
"""By which button a reader tells what a message is; the first that is found counts."""

PASSES = {*map(str, TEMPORARY), "refused", "unknown", "too_late", "nothing"}
"""Why nothing is given up before its time."""

ENDS_EARLY = {"post": {"called_off", "paper_gone"}, "standing": {"called_off"}}
"""For which reasons alone the kinds that a group can't do without are."""

ROLE = re.compile(r"<@&(\d+)>")
SOMEBODY = re.compile(r"<@!?\d+>|@everyone|@here")
STILL_TRUE = timedelta(minutes=3)
"""How long after a group's role was changed a message on its way may mention the one before."""

SELDOM = NUDGED_AFTER - 2 * CLOCKS_APART
"""How long at least a reader is left alone, by whose clocks ever."""

HELD = "SELECT {column} AS person FROM {table} WHERE {column} IN ({marks})"


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
        self._nudged: dict[int, datetime] = {}
        self._roles: dict[int, list] = {}

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
                kind, reference,
            ):  # fmt: skip
                self._unheard.add(message.message_id)

    def may_be_made_again(self, kind: str, reference: str) -> None:
        """A moderator repeats it, or somebody deleted what has to be there."""
        self._may_be[kind, reference] += 1

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
        count = sum(not self._is_forgotten(each, kind) for each in made)
        if count > 1 + self._may_be[kind, reference]:
            self.breaks("once", f"{kind} {reference} was made {count} times")
        person = world.discord.people_at.get(message.place_id)
        if person is None:
            self._at_home(message, kind, reference, row)
        elif row is not None and row["kind"] == "reminder" and ":" in row["reference"]:
            self._not_too_often(person, row["reference"])
        self._mentions(message, kind, reference, role_id)

    def _is_forgotten(self, message: Message, kind: str) -> bool:
        """Tell whether Discord itself remembers nothing of it any more, not even its nonce."""
        since = self._world.now() - message.at
        has_nonce = kind != "standing" and since < self._world.discord.nonce_lasts
        return message.message_id in self._unheard and not has_nonce

    def _what_is(self, message, row, nonce: str) -> tuple[str, str]:
        """Return what somebody who sees a message takes it for."""
        for pattern, kind in OF_BUTTON:
            for custom_id in sorted(message.custom_ids):
                if found := pattern.fullmatch(custom_id):
                    if kind == "reminder":
                        person = self._world.discord.people_at[message.place_id]
                        return kind, f"{found[1]} for {person}"
                    place = self._world.discord.places.get(message.place_id)
                    guild_id = place.guild.guild_id if place else 0
                    return kind, str(guild_id) if kind == "greeting" else found[1]
        if row is None:
            return "forgotten", nonce  # its group was deleted while it was on its way
        return row["kind"], row["reference"]

    def _at_home(self, message, kind: str, reference: str, row) -> None:
        guild_id = self._world.discord.places[message.place_id].guild.guild_id
        homes = {row["guild_id"]} if row is not None else set()
        sql = "SELECT group_id FROM weeks WHERE week_id = ?"
        weeks = self._world.ledger.ask(sql, int(reference)) if kind == "post" else ()
        groups = [week["group_id"] for week in weeks]
        groups += [int(reference)] if kind == "standing" else []
        homes |= {group["guild_id"] for each in groups if (group := self._world.group(each))}
        if homes - {guild_id}:
            self.breaks("at home", f"{kind} {reference} of {homes} was sent to {guild_id}")

    def _not_too_often(self, person: int, reference: str) -> None:
        reason, _, at = reference.split(":")
        if reason == "idle" and not self._world.clocks_leapt:
            planned, last = instant(int(at)), self._nudged.get(person)
            self._nudged[person] = planned
            if last is not None and abs(planned - last) < SELDOM:
                self.breaks("seldom", f"{person} was to be nudged at {last} and at {planned}")

    def _mentions(self, message, kind: str, reference: str, role_id: int | None) -> None:
        named = {int(each) for each in ROLE.findall(message.text)}
        named |= {role_id} if role_id is not None else set()
        allowed = self._roles_of_week(int(reference)) if kind == "post" else set()
        if named - allowed:
            self.breaks("no mention", f"{kind} {reference} mentions {named}, not {allowed}")
        if SOMEBODY.search(message.text):
            self.breaks("no mention", f"{kind} {reference} says {message.text!r}")

    def _roles_of_week(self, week_id: int) -> set[int]:
        """Return the role of the week's group, and those it had a moment ago."""
        now = self._world.now()
        for row in self._world.ledger.ask("SELECT group_id FROM weeks WHERE week_id = ?", week_id):
            past = self._roles.get(row["group_id"], [])
            recent = [role for role, until in past if until is None or now - until < STILL_TRUE]
            return {role for role in recent if role is not None}
        return set()

    # After every commit.

    def committed(self) -> None:
        self._note_roles()
        if not self._world.clocks_leapt:
            self.nothing_is_given_up_early()
        self.no_mark_is_lost()
        if self._world.readers.deleted:
            self.nobody_deleted_is_kept()

    def _note_roles(self) -> None:
        for row in self._world.ledger.ask("SELECT group_id, role_id FROM study_groups"):
            past = self._roles.setdefault(row["group_id"], [[row["role_id"], None]])
            if past[-1][0] != row["role_id"]:
                past[-1][1] = self._world.now()
                past.append([row["role_id"], None])

    def nothing_is_given_up_early(self) -> None:
        """A paper has a day, whatever passes by itself; so has all that is sent, or longer."""
        now = self._world.now() + CLOCKS_APART
        for row in self._world.ledger.ask(
            "SELECT * FROM outbox WHERE state = 'dropped' AND until_at > ?", now
        ):
            may_end = ENDS_EARLY.get(row["kind"])
            problem = row["problem"] or "nothing"
            if problem in PASSES or (may_end is not None and problem not in may_end):
                self.breaks("not given up", f"{dict(row)} was dropped too early")
        for week in self._world.ledger.ask(
            "SELECT * FROM weeks WHERE state = 'missed' AND slot_at > ?", now - LATE_WITHIN
        ):
            self.breaks("not given up", f"{dict(week)} isn't a day old")

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

    def nobody_deleted_is_kept(self) -> None:
        people = self._world.readers.deleted
        marks = ", ".join("?" * len(people))
        asked = [
            HELD.format(column=each.column, table=each.table, marks=marks)
            for each in PERSON_COLUMNS
        ]
        if people:
            sql = " UNION ALL ".join(asked)
            for row in self._world.ledger.ask(sql, *people * len(asked)):
                self.breaks("deleted", f"a row of {row['person']} is kept")

    # In the end.

    def all_is_settled(self) -> None:
        """A day after the last fault nothing is left that anybody waits for."""
        world = self._world
        now, ask = world.now(), world.ledger.ask
        for row in ask(
            "SELECT * FROM outbox WHERE state IN ('waiting', 'claimed') AND due_at <= ?"
            " AND guild_id NOT IN (SELECT guild_id FROM gone_guilds) ORDER BY row_id",
            now - timedelta(hours=1),
        ):  # fmt: skip
            if not self._waits_rightly(row):
                self.breaks("settled", f"{dict(row)} is still to be sent")
        for group in ask(
            "SELECT * FROM study_groups WHERE state = 'active' AND next_at <= ?"
            " AND guild_id NOT IN (SELECT guild_id FROM gone_guilds)", now - timedelta(hours=1),
        ):  # fmt: skip
            self.breaks("settled", f"{dict(group)} wasn't given its paper")
        for vote in ask(
            "SELECT votes.* FROM votes JOIN study_groups USING (group_id) WHERE look_at <= ?"
            " AND guild_id NOT IN (SELECT guild_id FROM gone_guilds)", now - timedelta(hours=1),
        ):  # fmt: skip
            self.breaks("settled", f"{dict(vote)} wasn't looked at")
        for week in ask(
            "SELECT weeks.* FROM weeks JOIN study_groups USING (group_id) WHERE weeks.state ="
            " 'waiting' AND slot_at <= ? AND guild_id NOT IN (SELECT guild_id FROM gone_guilds)"
            " AND NOT EXISTS (SELECT 1 FROM outbox WHERE kind = 'post'"
            " AND reference = CAST(week_id AS TEXT) AND outbox.state IN ('waiting', 'claimed'))",
            now - timedelta(hours=1),
        ):  # fmt: skip
            self.breaks("settled", f"{dict(week)} waits, and nothing is sent about it")
        for row in ask("SELECT * FROM outbox WHERE state = 'dropped' AND problem IS NULL"):
            self.breaks("settled", f"{dict(row)} was dropped without a reason")
        for row in ask("SELECT * FROM outbox WHERE state = 'uncertain'"):
            if not self._is_uncertain_rightly(row):
                self.breaks("uncertain", f"{dict(row)} could have been looked for")
        self.no_mark_is_lost()

    def _waits_rightly(self, row) -> bool:
        """Tell whether a row waits for what somebody has to mend, and still can be sent."""
        if instant(row["until_at"]) <= self._world.now() - timedelta(hours=2):
            return False
        problem = problem_from(row["problem"])
        group = self._world.group(row["group_id"] or 0)
        place_id = row["channel_id"] or (group["channel_id"] if group else 0)
        place = self._world.discord.places.get(place_id)
        if place is None or place.guild.guild_id == self._world.hung:
            return True
        is_kept = isinstance(problem, Lacks) or problem in ("no_standing_post", "moved")
        return is_kept or not self._world.is_well(place.home.place_id)

    def _is_uncertain_rightly(self, row) -> bool:
        """Tell whether nobody could look: not allowed to, or it was too late when one could."""
        world = self._world
        if row["problem"] == "lost_sight":
            return row["guild_id"] == world.hung or bool(
                world.counts["storms"] + world.counts["outages"]
            )
        tried = [world.discord.places[int(each)] for each in (row["places"] or "").split()]
        places = {each.place_id for place in tried for each in (place, place.home)}
        return not world.discord.was_closed.isdisjoint(places)

    def on_time(self, since) -> None:
        """While one server hangs, the papers of all others came when they were due."""
        world = self._world
        for week in world.ledger.ask(
            "SELECT weeks.*, study_groups.guild_id, study_groups.channel_id AS at,"
            " study_groups.state AS doing FROM weeks"
            " JOIN study_groups USING (group_id) WHERE slot_at > ? AND slot_at <= ?"
            " AND weeks.state IN ('waiting', 'posted', 'missed')", since,
            world.now() - timedelta(hours=1),
        ):  # fmt: skip
            is_well = world.is_well(week["at"]) and week["guild_id"] != world.hung
            if not is_well:
                continue
            late = (week["posted_at"] or 0) - week["slot_at"]
            if week["state"] != "posted" or late > DUE_WITHIN.total_seconds():
                self.breaks("no group waits", f"{dict(week)} came late or not at all")
