"""What members suggest, and what becomes of it: each who wanted it is told, and once.

What somebody is told is known by the number in its link, which its title shows.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from bot.core.weeks import CLOCKS_APART
from bot.errors import ReaderError
from bot.store.instants import instant, made_at
from tests.simulation import zones
from tests.simulation.lives import LOST
from tests.simulation.quiet import APART, LETTERS_KEPT, STILL_TRUE, WITHIN, hours_of

NUMBER = re.compile(r"w(\d+)x")
AGAIN = 3
"""How many of the last links are suggested again and again."""

A_WORD = timedelta(days=5, hours=12)
"""Two words to moderators are further apart, though the first may be a day late."""

WISHES = (
    "SELECT s.*, w.reader_id, w.told_at, w.letter_id, w.made_at AS wished_at FROM wishes w"
    " JOIN suggestions s ON s.suggestion_id = w.suggestion_id"
)


class Suggestions:
    """Members suggest, moderators settle; and the promises about what is told of it."""

    def __init__(self, world, breaks) -> None:
        self._world, self._breaks = world, breaks
        self._count = 0
        self._told: defaultdict[tuple[int, int], list[tuple[datetime, str]]] = defaultdict(list)
        self._unheard: defaultdict[int, list[datetime]] = defaultdict(list)
        self._words: dict[int, datetime] = {}

    ACTS = {  # noqa: RUF012 - nobody changes it
        "suggest": 6, "want": 3, "drop": 1, "hear": 2, "settle": 6, "reopen": 1, "set_word": 1,
    }  # fmt: skip

    async def act(self, chance: Random) -> None:
        guilds = [guild for guild in self._world.discord.guilds.values() if guild.is_in]
        if guilds:
            what = chance.choices(list(self.ACTS), weights=list(self.ACTS.values()))[0]
            await getattr(self, what)(chance.choice(guilds).guild_id, chance)

    # What people do.

    async def _member_asks(self, guild_id: int, chance: Random, words: str, act):
        """Let a reader who is in the server ask for something; return who, and the answer."""
        readers = self._world.readers
        reader = chance.choice(readers.all)
        with readers.alone(reader) as is_free:
            if not is_free:
                return reader.person_id, LOST
            self._world.discord.guilds[guild_id].members.add(reader.person_id)
            answer = await readers.ask(reader, words, lambda s: act(s, reader.person_id))
        return reader.person_id, answer

    async def suggest(self, guild_id: int, chance: Random) -> None:
        number = self._count - chance.randrange(AGAIN) if chance.random() < 0.4 else self._count + 1
        self._count = max(self._count, number)
        link = f"https://wish.example/w{max(number, 0)}x"
        await self._member_asks(
            guild_id, chance, f"suggests {link} in {guild_id}",
            lambda s, who: s.suggestions.suggest(guild_id, who, link, "It is good."),
        )  # fmt: skip

    async def want(self, guild_id: int, chance: Random) -> None:
        await self._says(guild_id, chance, "want")

    async def drop(self, guild_id: int, chance: Random) -> None:
        await self._says(guild_id, chance, "drop")

    async def _says(self, guild_id: int, chance: Random, what: str) -> None:
        """Let a member want something that is suggested, or want it no more."""
        if row := self._one(chance, guild_id, "s.state = 'open'"):
            suggestion_id = row["suggestion_id"]
            await self._member_asks(
                guild_id, chance, f"{what}s suggestion {suggestion_id}",
                lambda s, who: getattr(s.suggestions, what)(guild_id, who, suggestion_id),
            )  # fmt: skip

    async def hear(self, guild_id: int, chance: Random) -> None:
        """Type some command: what became of suggestions comes with its answer."""
        began = self._world.now()
        who, answer = await self._member_asks(
            guild_id, chance, "types a command", lambda s, who: s.suggestions.tell(who)
        )
        if answer is LOST or isinstance(answer, ReaderError):
            self._unheard[who].append(began)
            return
        for each in answer:
            self._is_told(who, _number_in(each.link))

    def _is_told(self, person: int, number: int, reference: str = "") -> None:
        """Note that somebody was told what became of a link; ``reference``: by which letter.

        Not again, once that letter is recorded as sent, or a command's answer was heard.
        """
        now = self._world.now()
        rows = [row for row in self._wishes(person) if _number_in(row["link"]) == number]
        settled = [row["settled_at"] for row in rows if row["settled_at"] is not None]
        since = max((instant(at) + CLOCKS_APART for at in settled), default=now)
        sql = "SELECT 1 FROM outbox WHERE kind = 'reminder' AND reference = ? AND state = 'sent'"
        before = [
            (at, by) for at, by in self._told[person, number]
            if since < at < now - STILL_TRUE
            and (not by or (by != reference and self._world.ledger.ask(sql, by)))
        ]  # fmt: skip
        # The same link may be wanted in several servers, and each of them is told of.
        if len(before) >= max(1, len(settled)) and not self._world.leapt_lately(40):
            self._breaks("told once", f"{person} was told of {number}, too: {before}")
        self._told[person, number].append((now, reference))
        self._world.counts["told"] += 1

    async def settle(self, guild_id: int, chance: Random) -> None:
        row = self._one(chance, guild_id, "s.state = 'open'")
        if row is None:
            return
        suggestion_id, takes = row["suggestion_id"], chance.random() < 0.5
        who = 9000 + chance.randrange(4)

        async def settle(services):
            shown = (await services.suggestions.suggested(guild_id, who)).suggestions
            for each in shown:
                if each.suggestion_id == suggestion_id:
                    proposal = await services.moderation.consider(guild_id, who, each)
                    draft = guild_id, who, proposal.draft_id
                    if takes:
                        return await services.moderation.take(draft)
                    return await services.moderation.decline(draft, "known")
            return None

        words = f"{'takes' if takes else 'declines'} suggestion {suggestion_id}"
        await self._world.moderators.ask(who, words, settle)

    async def reopen(self, guild_id: int, chance: Random) -> None:
        if row := self._one(chance, guild_id, "s.state <> 'open'"):
            ids = guild_id, 9000 + chance.randrange(4), row["suggestion_id"]
            words = f"lets suggestion {ids[2]} wait again"
            await self._world.moderators.ask(ids[1], words, lambda s: s.moderation.reopen(*ids))

    async def set_word(self, guild_id: int, chance: Random) -> None:
        channels = self._world.discord.guilds[guild_id].channels
        texts = [each.place_id for each in channels if each.kind == "text" and each.is_there]
        ids = guild_id, chance.choice((None, *texts))
        self._words.pop(guild_id, None)
        await self._world.moderators.ask(
            9000, f"wants a word a week in {ids[1]}", lambda s: s.inboxes.set_word(*ids)
        )
        self._words.pop(guild_id, None)

    def _one(self, chance: Random, guild_id: int, where: str):
        """Return any suggestion of the server that somebody wants, and that is so."""
        sql = f"{WISHES} WHERE s.guild_id = ? AND {where} ORDER BY s.suggestion_id, w.reader_id"
        rows = self._world.ledger.ask(sql, guild_id)
        return chance.choice(rows) if rows else None

    # After every message.

    def tells(self, message) -> bool:
        """Tell whether a message says what became of a suggestion."""
        return NUMBER.search(message.text) is not None

    def came(self, person: int, reference: str, message) -> None:
        """Look at what a direct message tells of suggestions."""
        now = self._world.now()
        for number in sorted({int(each) for each in NUMBER.findall(message.text)}):
            self._is_told(person, number, reference)
            rows = [row for row in self._wishes(person) if _number_in(row["link"]) == number]
            if not rows or self._world.leapt_lately(40):
                continue  # they have deleted everything, or left it, while it was on its way
            told = [row["told_at"] for row in rows]
            if all(at is not None and now - instant(at) > STILL_TRUE for at in told):
                self._breaks("told once", f"{person} was told of {number} before, at {told}")

    def word_came(self, guild_id: int) -> None:
        """Look at a word to moderators that has just come."""
        now, last = self._world.now(), self._words.get(guild_id)
        if last is not None and now - last < A_WORD and not self._world.leapt_lately(40):
            self._breaks("a word a week", f"moderators of {guild_id} were told at {last} and {now}")
        self._words[guild_id] = now

    # In the end.

    def settled(self, calm_since: datetime) -> None:
        """Check that all who wanted something were told, or will be, what became of it."""
        if self._world.leapt_lately(40):
            return
        for row in self._world.ledger.ask(f"{WISHES} WHERE s.state <> 'open'"):
            person, number = row["reader_id"], _number_in(row["link"])
            since = instant(row["settled_at"]) - STILL_TRUE
            if row["told_at"] is None:
                self._is_told_soon(row, max(calm_since + timedelta(hours=1), since))
                continue
            told = *(at for at, _ in self._told[person, number]), *self._unheard[person]
            if not any(at > since for at in told) and not self._is_perhaps_told(row):
                self._breaks("told", f"{person} was never told of {number}: {dict(row)}")
        sql = (
            "SELECT * FROM inbox_words WHERE channel_id IS NOT NULL AND next_at <= ?"
            " AND guild_id NOT IN (SELECT guild_id FROM gone_guilds)"
        )
        for row in self._world.ledger.ask(sql, self._world.now() - timedelta(hours=1)):
            self._breaks("settled", f"moderators weren't told: {dict(row)}")

    def _is_perhaps_told(self, row) -> bool:
        """Tell whether nobody could see all day if the letter came: it counts then, or comes twice.

        After four weeks nobody knows any more what became of it.
        """
        letter = self._world.ledger.ask("SELECT * FROM outbox WHERE row_id = ?", row["letter_id"])
        is_old = self._world.now() - instant(row["told_at"]) > LETTERS_KEPT
        return any(each["state"] == "uncertain" for each in letter) or (is_old and not letter)

    def _is_told_soon(self, row, since: datetime) -> None:
        """Check that none of their hours has passed since then at which nothing kept it back."""
        person, now = row["reader_id"], self._world.now()
        if not self._may_be_told(row):
            return
        (settings,) = self._world.ledger.ask(
            "SELECT * FROM reader_settings WHERE reader_id = ?", person
        ) or (None,)
        if settings is None:
            self._breaks("told", f"nobody looks whether {person} is told of {dict(row)}")
            return
        refused = "problem IN ('no_direct_messages', 'no_such_person') AND due_at >= ?"
        sql = f"SELECT 1 FROM outbox WHERE reader_id = ? AND {refused}"
        was_refused = self._world.ledger.ask(sql, person, row["settled_at"])
        if settings["nudge_at"] is None and (was_refused or self._is_forgotten(row["letter_id"])):
            return  # they hear of it with their next command
        ways = self._world.promises.quiet.ways_of(person, now)
        last = instant(settings["reminded_at"] or 0)
        if len(ways) > 1 or settings["ignored"] or settings["again_at"] is not None:
            return
        ((hour, zone),) = ways
        if zone == zones.NAME:
            return
        for at in hours_of(now, hour, zone):
            is_past = since + CLOCKS_APART < at < now - WITHIN - STILL_TRUE
            if is_past and at - last > timedelta(days=APART[0] + 1):
                self._breaks("told", f"{person} wasn't told at {at}: {dict(row)}")

    def _is_forgotten(self, letter_id: int | None) -> bool:
        """Tell whether a letter was given up so long ago that nobody knows why."""
        if letter_id is None or self._world.now() - made_at(letter_id) < LETTERS_KEPT:
            return False
        return not self._world.ledger.ask("SELECT 1 FROM outbox WHERE row_id = ?", letter_id)

    def _may_be_told(self, row) -> bool:
        discord, person = self._world.discord, row["reader_id"]
        guild = discord.guilds[row["guild_id"]]
        is_here = guild.is_in and not guild.is_out and person in guild.members
        is_reached = person not in discord.closed_dms | discord.unknown_people
        return is_here and is_reached and row["guild_id"] != self._world.hung

    def _wishes(self, person: int):
        return self._world.ledger.ask(f"{WISHES} WHERE w.reader_id = ?", person)


def _number_in(link: str) -> int:
    found: Iterator[str] = (match[1] for match in NUMBER.finditer(link))
    return int(next(found))
