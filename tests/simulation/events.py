"""What befalls a world: each event of its script, done to it."""

import asyncio
from contextvars import Context
from datetime import timedelta

from bot.outbox.discord import NAMED
from tests.simulation.discord import Channel, Guild
from tests.simulation.script import A_DAY, AN_HOUR, FORGOTTEN, Event
from tests.simulation.weather import UNANSWERED, Storm
from tests.simulation.zones import RULES, write_zone


class Events:
    """Does to a world what its script says. Numbers stand for any of what there is by then."""

    def __init__(self, world) -> None:
        self._world = world
        self.at_work: set[asyncio.Task] = set()
        self._ambushes: list[tuple] = []

    def befall(self, event: Event) -> None:
        chance = self._world.stream(f"event {event.number}")
        if event.what in ("plan", "call_vote"):
            self._begin(getattr(self._world.moderators, event.what)(chance))
        elif event.what in ("moderate", "read", "suggest", "lead", "run"):
            world = self._world
            of = {"read": world.readers, "suggest": world.suggestions, "lead": world.leading}
            people = of.get(event.what, world.moderators)
            self._begin(people.run() if event.what == "run" else people.act(chance))
        elif event.what == "meet":
            self._begin(self._world.moderators.meet_anew(chance))
        else:
            self._world.told(str(event))
            getattr(self, f"_{event.what}")(chance, *event.value)

    def _begin(self, work) -> None:
        task = asyncio.create_task(work)
        self.at_work.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task) -> None:
        self.at_work.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._world.promises.surprised_by(error, "the world itself")

    # The bots, and what they run on.

    def _crash(self, chance, index: int, steps: int, away: float) -> None:
        if (life := self._world.bots.stay_away(index, away)) is not None:
            life.end_before(steps)

    def _stop(self, chance, index: int, away: float) -> None:
        life = self._world.bots.stay_away(index, away)
        if life is not None and life.is_ready:
            life.begin(life.stop()).add_done_callback(lambda _: life.end())

    def _freeze(self, chance, index: int, seconds: float) -> None:
        for life in self._world.bots.alive:
            if life.index == index:
                life.freeze(seconds)

    def _skew(self, chance, indices, by: float) -> None:
        for index in indices:
            self._world.bots.skew(index, timedelta(seconds=by))

    def _leap(self, chance, by: float) -> None:
        self._world.bots.leap(timedelta(seconds=by))

    def _tables(self, chance, number: int) -> None:
        """Let both bots end, and start again with other rules of a zone."""
        for index in (0, 1):
            if (life := self._world.bots.stay_away(index, 3)) is not None:
                self._world.bots.crash(life)
        write_zone(self._world.folder, RULES[number % len(RULES)])
        self._begin(self._world.ledger.forget_tables())

    def _storm(self, chance, lasts: float, share: float, kinds, where: int | None) -> None:
        guild_id = None if where is None else self._guild(where).guild_id
        self._world.counts["storms"] += 1
        now = asyncio.get_running_loop().time()
        self._world.weather.add(Storm(now, now + lasts, share, kinds, guild_id))

    def _disconnect(self, chance, index: int) -> None:
        for life in self._world.bots.alive:
            if life.index == index:
                life.port.disconnect()

    def _connect(self, chance, index: int) -> None:
        self._world.bots.connect(index)

    # What befalls the next letter of some kind.

    def _ambush(self, chance, kinds, moment: str, what: str, after: float) -> None:
        self._ambushes.append((chance, kinds, moment, what, after))

    def calm_down(self) -> None:
        self._ambushes.clear()

    def noticed(self, moment: str, row, life) -> None:
        """A life has just claimed or begun a letter: let happen what waited for it."""
        for ambush in self._ambushes:
            chance, kinds, awaited, what, after = ambush
            if moment == awaited and row["kind"] in kinds:
                self._ambushes.remove(ambush)
                spring = getattr(self, f"_{what}"), chance, row, life
                if after:
                    self._after(after, self._spring, *spring)
                else:  # before the life does anything more
                    Context().run(self._spring, *spring)
                return

    def _after(self, seconds: float, act, *about) -> None:
        """Do something later, on nobody's account."""
        asyncio.get_running_loop().call_later(seconds, act, *about, context=Context())

    def _spring(self, act, chance, row, life) -> None:
        if not self._world.stop.is_set():
            self._world.told(f"{act.__name__[1:]}: {row['kind']} {row['reference']} ({life})")
            act(chance, row, life)

    def _freezes(self, chance, row, life) -> None:
        life.freeze(chance.choice((90.0, 200.0, AN_HOUR)), is_suspended=chance.random() < 0.5)
        self._after(121.0, self._others_look, life)

    def _is_taken_over(self, chance, row, life) -> None:
        """Who has it stands still until the other one takes it for its own."""
        differ = chance.random() < 0.5
        if differ:
            self._clocks_differ(chance, life)
        soon, until = (
            (1.0, chance.choice((2.5, 30.0)))
            if differ
            else (121.0, chance.choice((125.0, 150.0, AN_HOUR)))
        )
        life.freeze(until, is_suspended=chance.random() < 0.5)
        self._after(soon, self._others_look, life)
        if chance.random() < 0.5:
            self._after(soon, self._lose, row, 100.0, ("slow", "late"))
        if chance.random() < 0.4:
            self._after(soon + 2.0, self._is_called_off, chance, row, life)

    def _others_look(self, life) -> None:
        for each in self._world.bots.ready:
            if each is not life:
                each.ticker.look_again()

    def _clocks_differ(self, chance, life) -> None:
        self._skew(chance, (life.index,), -120.0)
        self._skew(chance, (1 - life.index,), 120.0)
        self._after(AN_HOUR, self._skew, chance, (0, 1), 0.0)

    def _crashes(self, chance, row, life) -> None:
        if not life.is_over:
            self._world.bots.stay_away(life.index, chance.choice((1.0, 100.0, AN_HOUR)))
            life.end_before(chance.randrange(1, 9))

    def _is_lost(self, chance, row, life) -> None:
        kinds = chance.choice((UNANSWERED, ("lost_before",), ("lost_after",), ("late",)))
        self._lose(row, chance.choice((1.0, 20.0, 300.0)), kinds)

    def _lose(self, row, lasts: float, kinds) -> None:
        now = asyncio.get_running_loop().time()
        self._world.weather.add(Storm(now, now + lasts, 0.9, kinds, row["guild_id"]))

    def _is_lost_out_of_sight(self, chance, row, life) -> None:
        """Its answer is lost, then nobody may read where it was sent."""
        self._lose(row, chance.choice((20.0, 300.0)), ("lost_after",))
        if (home := self._home_of(row)) is not None:
            self._after(30.0, home.held.discard, "read_message_history")
            give = home.held.add, "read_message_history"
            self._after(chance.choice((AN_HOUR, A_DAY)), *give)

    def _is_deleted_unheard(self, chance, row, life) -> None:
        """Its answer is lost, and somebody deletes it before anybody has looked."""
        self._lose(row, 20.0, ("lost_after",))
        home = self._home_of(row)

        def delete() -> None:
            for message in self._world.discord.messages[home.place_id][-1:]:
                self._world.discord.delete(message)

        if home is not None:
            self._after(chance.choice((10.0, 40.0)), delete)

    def _is_late_and_clocks_differ(self, chance, row, life) -> None:
        """It is made a while after it was asked for, and the other bot's clock is ahead."""
        self._lose(row, 1.0, ("late",))
        self._clocks_differ(chance, life)
        self._after(chance.choice((1.0, 20.0)), self._others_look, life)

    def _deletes_everything(self, chance, row, life) -> None:
        """Who is written to deletes all about themselves."""
        for reader in self._world.readers.all:
            if reader.person_id == row["reader_id"]:
                self._begin(self._world.readers.do("delete", reader, chance))

    def _moves(self, chance, row, life) -> None:
        self._moderated(("move",), chance, row)

    def _is_called_off(self, chance, row, life) -> None:
        acts = {"candidates": ("cancel",), "poll": ("cancel",), "standing": ("stop",)}
        acts["meeting"] = "meet", "meet", "meet_no_more", "stop", "delete_group"
        others = "mention_nobody", "change", "pause", "stop", "delete_group", "skip", "hide"
        self._moderated(acts.get(row["kind"], others), chance, row)

    def _moderated(self, acts, chance, row) -> None:
        if group := self._world.group(row["group_id"] or 0):
            act = getattr(self._world.moderators, chance.choice(acts))
            self._begin(act(group, 9000 + chance.randrange(4), chance))

    def _merge(self, chance, number: int) -> None:
        self._begin(self._world.moderators.merge(chance))

    def _home_of(self, row) -> Channel | None:
        group = self._world.group(row["group_id"] or 0)
        place_id = row["channel_id"] or (group["channel_id"] if group else 0)
        place = self._world.discord.places.get(place_id)
        return None if place is None else place.home

    # Servers, and what their moderators do in Discord.

    def _outage(self, chance, number: int, is_out: bool) -> None:
        guild = self._guild(number)
        guild.is_out = is_out
        self._world.counts["outages"] += is_out
        self._world.bots.tell("away" if is_out else "available", guild)

    def _remove(self, chance, number: int, is_for_long: bool) -> None:
        guild, now = self._guild(number), self._world.now()
        if guild.is_in:
            guild.is_in, guild.removed_at = False, now
            guild.not_before = now + timedelta(seconds=FORGOTTEN) if is_for_long else now
            self._world.bots.tell("removed", guild)

    def _invite(self, chance, number: int) -> None:
        guild = self._guild(number)
        if not guild.is_in and self._world.now() >= guild.not_before:
            now, thirty_days = self._world.now(), timedelta(days=30)
            away = now - (guild.removed_at or now)
            # It is as if never seen, by clocks that leapt ahead meanwhile, too.
            if away > thirty_days or self._world.leapt_lately(away / timedelta(days=1)):
                for kind in ("greeting", "suggested"):
                    self._world.promises.may_be_made_again(kind, str(guild.guild_id))
            guild.is_in, guild.joined_at = True, now
            self._world.bots.tell("arrived", guild)

    def _mend(self, chance, number: int) -> None:
        """Let a moderator look after a server: what was taken is given back."""
        guild = self._guild(number)
        for channel in guild.channels:
            channel.held = set(NAMED)
            channel.needs_tag = channel.has_automod = channel.is_full = False
        guild.held, guild.has_many_events = set(NAMED), False
        self._invite(chance, number)

    def _spoil(self, chance, number: int, what: str, lasts: float) -> None:
        """Do something to a server's events, or to what they need; give that back later."""
        guild, discord = self._guild(number), self._world.discord
        rooms = [each for each in guild.channels if each.kind == "voice" and each.is_there]
        if what == "delete":
            to_come = discord.events_of(guild)
            if to_come:
                event = chance.choice(to_come)
                event.is_deleted = True
                self._world.promises.event_deleted(event)
        elif what == "forbid":
            guild.held.discard("create_events")
            self._after(lasts, guild.held.add, "create_events")
        elif what == "fill":
            guild.has_many_events = True
            self._after(lasts, setattr, guild, "has_many_events", False)
        elif rooms and what == "close":
            room, name = chance.choice(rooms), chance.choice(("view_channel", "connect"))
            room.held.discard(name)
            self._after(lasts, room.held.add, name)
        elif rooms:
            discord.delete_place(chance.choice(rooms))

    def _take(self, chance, number: int, name: str) -> None:
        place = self._home(number)
        place.held.discard(name)
        if name == "send_messages":
            place.held.discard(chance.choice(("send_messages_in_threads", name)))

    def _give(self, chance, number: int) -> None:
        self._home(number).held = set(NAMED)

    def _condition(self, chance, number: int, name: str, is_so: bool) -> None:
        setattr(self._home(number), name, is_so)

    def _delete_message(self, chance, number: int) -> None:
        """Delete one of the newest messages of a group."""
        messages = self._world.discord.messages[self._home(number).place_id]
        if newest := [message for message in messages if not message.is_deleted][-2:]:
            self._world.discord.delete(chance.choice(newest))

    def _delete_post(self, chance, number: int) -> None:
        """Delete a forum's post or a thread."""
        if threads := [thread for thread in self._threads(number) if thread.is_there]:
            thread = chance.choice(threads)
            for custom_id in self._world.discord.by_id[thread.place_id].custom_ids:
                if custom_id.startswith("group:join:"):
                    about = f"{custom_id.rpartition(':')[2]} in {thread.home.place_id}"
                    self._world.promises.may_be_made_again("standing", about)
            self._world.discord.delete_place(thread)

    def _put_away(self, chance, number: int) -> None:
        """Archive what is open, and perhaps lock it; open what is archived."""
        for thread in self._threads(number):
            thread.is_archived = not thread.is_archived
            thread.is_locked = thread.is_archived and chance.random() < 0.3

    def _delete_channel(self, chance, number: int) -> None:
        self._world.discord.delete_place(self._home(number))

    # Members.

    def _member_leaves(self, chance, number: int) -> None:
        reader = chance.choice(self._world.readers.all)
        self._guild(number).members.discard(reader.person_id)

    def _direct_messages(self, chance, number: int) -> None:
        """Let somebody take direct messages no more, or again; or delete their account."""
        discord, reader = self._world.discord, chance.choice(self._world.readers.all).person_id
        if chance.random() < 0.1:
            discord.unknown_people.add(reader)
        discord.closed_dms ^= {9000 + number % 4 if number % 2 else reader}

    def _vote(self, chance, number: int) -> None:
        """Let somebody vote on every poll that is open."""
        now = self._world.now()
        for message in list(self._world.discord.by_id.values())[-40:]:
            if message.poll is not None and now < message.poll.closes_at:
                message.poll.votes[chance.randrange(len(message.poll.votes))] += 1

    def _home(self, number: int) -> Channel:
        """Return the channel of one of the groups."""
        groups, homes = self._world.groups(), self._world.homes
        if not groups:
            return homes[number % len(homes)][0]
        return self._world.discord.places[groups[number % len(groups)]["channel_id"]]

    def _threads(self, number: int) -> list[Channel]:
        home = self._home(number)
        return [place for place in self._world.discord.places.values() if place.parent is home]

    def _guild(self, number: int) -> Guild:
        guilds = list(self._world.discord.guilds.values())
        return guilds[number % len(guilds)]
