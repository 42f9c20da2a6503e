"""A reader's direct message with what became of their suggestions, whichever process writes it."""

from dataclasses import replace

import pytest

from bot.outbox.discord import AwayError, NoAnswerError, RefusedError, Server
from bot.outbox.engine import Engine
from bot.outbox.letters import letters
from bot.outbox.tickets import Tickets
from tests.outbox.room import GUILD, Room
from tests.postbox import MONDAYS_AT_TEN

READER, MODERATOR, ELSEWHERE = 11, 12, 2


class Servers(Room):
    """What each server's name is, or what Discord says when it is asked for that."""

    def __init__(self, clock):
        super().__init__(clock)
        self.names, self.texts = {GUILD: "Study room"}, []
        self.loses_answers, self.refusal, self.asked = False, None, None

    def server(self, guild_id):
        return Server(guild_id, self.names[guild_id], None, None)

    async def name_of(self, guild_id):
        if isinstance(name := self.names[guild_id], Exception):
            raise name
        if self.asked is not None:
            await self.asked()
        return name

    async def is_member(self, guild_id, _):
        return await self.name_of(guild_id) is not None

    async def send(self, place_id, what, *args, **more):
        self.texts.append(str(what.to_components()))
        if self.refusal is not None:
            raise self.refusal
        made = await super().send(place_id, what, *args, **more)
        if self.loses_answers:
            raise NoAnswerError("503")
        return made

    async def fetched(self, guild_id, place_id, *_):
        return replace(await self.place(guild_id, place_id), kind="direct")


@pytest.fixture
def room(clock):
    return Servers(clock)


@pytest.fixture
def engine(services, room):
    tickets = Tickets(services.db, services.clock, services.send_rate)
    return Engine(services, room, tickets, letters(services, tickets))


@pytest.fixture
def declined(services, clock):
    """Return what lets the reader suggest something in a server, and a moderator decline it."""

    async def decline(guild_id):
        link = f"https://example.org/of-{guild_id}"
        made = await services.suggestions.suggest(guild_id, READER, link)
        proposal = await services.moderation.consider(guild_id, MODERATOR, made.suggestion)
        await services.moderation.decline((guild_id, MODERATOR, proposal.draft_id), "known")
        async with services.db.transaction() as tx:
            await tx.fetch("DELETE FROM outbox WHERE kind = 'suggested'")

    return decline


async def stop_reading(services, clock):
    """Let the reader, who asked to be told so, read nothing for more than a week."""
    await services.me.switch(READER, "nudge")
    await services.reading.next_for(READER, None)
    await services.reading.finish_current(READER, None)
    clock.advance(days=8)


async def at_the_hour(services, clock, engine, hours=0):
    """Let it be the reader's hour, or a while after, and send what is due."""
    if not hours:
        clock.advance(hours=(19 - clock().hour) % 24 or 24)
    clock.advance(hours=hours)
    while await services.reminders.look_at_due():
        pass
    await engine.deliver_due()


async def test_of_a_server_of_another_process_it_is_told_too(
    services, clock, room, engine, declined
):
    room.names[ELSEWHERE] = "Elsewhere"
    await declined(GUILD)
    await declined(ELSEWHERE)

    await at_the_hour(services, clock, engine)

    (text,) = room.texts
    assert "Not taken in Study room: example.org" in text
    assert "Not taken in Elsewhere: example.org" in text
    assert await services.suggestions.outcomes(READER) == []


@pytest.mark.parametrize("trouble", [AwayError(), NoAnswerError("503"), TimeoutError()])
async def test_a_server_that_cannot_be_asked_keeps_back_its_own_alone(
    services, clock, room, engine, declined, trouble
):
    room.names[ELSEWHERE] = trouble
    await declined(GUILD)
    await declined(ELSEWHERE)
    await at_the_hour(services, clock, engine)
    first = list(room.texts)
    room.names[ELSEWHERE] = "Elsewhere"
    await at_the_hour(services, clock, engine)

    assert ["of-2" in text for text in first] == [False]
    assert ["of-1" in text for text in room.texts[1:]] == [False]
    assert "Not taken in Elsewhere" in room.texts[1]


async def test_what_a_lost_letter_did_not_tell_is_told_by_the_next(
    services, clock, room, engine, declined
):
    """The second attempt, which could tell more, finds that the first one came."""
    room.names[ELSEWHERE], room.loses_answers = AwayError(), True
    await declined(GUILD)
    await declined(ELSEWHERE)
    await at_the_hour(services, clock, engine)
    room.names[ELSEWHERE], room.loses_answers = "Elsewhere", False
    await at_the_hour(services, clock, engine, hours=1)
    (left,) = await services.suggestions.outcomes(READER)
    await at_the_hour(services, clock, engine)

    assert left.guild_id == ELSEWHERE
    assert ["of-1" in text for text in room.texts] == [True, False]
    assert ["of-2" in text for text in room.texts] == [False, True]


async def test_what_no_server_can_be_asked_about_is_told_as_soon_as_one_can(
    services, clock, room, engine, declined
):
    room.names[GUILD] = AwayError()
    await declined(GUILD)
    await at_the_hour(services, clock, engine)
    nothing = list(room.texts)
    room.names[GUILD] = "Study room"
    await at_the_hour(services, clock, engine, hours=1)

    assert nothing == []
    assert len(room.texts) == 1


async def test_of_a_server_that_the_reader_has_left_nothing_is_told(
    services, clock, room, engine, declined
):
    room.names[GUILD] = RefusedError("refused", 10004, 404)
    await declined(GUILD)

    await at_the_hour(services, clock, engine)

    assert room.texts == []


async def test_what_an_attempt_that_sent_nothing_would_have_told_is_not_told_by_the_next(
    services, clock, room, engine, declined
):
    """Attempt one is refused as it sends; by the second, the reader can't be told of it."""
    await stop_reading(services, clock)
    await declined(GUILD)
    room.refusal = RefusedError("rate_limited", 0, 429, 1.0)
    await at_the_hour(services, clock, engine)
    room.refusal, room.names[GUILD] = None, RefusedError("discord_trouble", 0, 500)
    await at_the_hour(services, clock, engine, hours=1)

    (text,) = room.texts[1:]
    assert "of-1" not in text
    assert len(await services.suggestions.outcomes(READER)) == 1


@pytest.mark.parametrize("trouble", [AwayError(), NoAnswerError("503"), TimeoutError()])
async def test_what_a_letter_counts_as_having_told_is_in_it_whichever_attempt_comes(
    services, clock, room, engine, declined, trouble
):
    """The first attempt vanishes on its way; at the second the server can't be asked."""
    await stop_reading(services, clock)
    await declined(GUILD)
    room.refusal = NoAnswerError("reset")
    await at_the_hour(services, clock, engine)
    room.refusal, room.names[GUILD] = None, trouble
    await at_the_hour(services, clock, engine, hours=0.5)
    second = room.texts[1:]
    room.names[GUILD] = "Study room"
    await at_the_hour(services, clock, engine, hours=0.5)

    assert second == []
    assert ["of-1" in text for text in room.texts] == [True, True]
    assert await services.suggestions.outcomes(READER) == []


async def test_a_week_to_lead_is_in_whichever_attempt_comes(services, clock, room, engine):
    await stop_reading(services, clock)
    made = await services.groups.make_or_change(GUILD, 7, MONDAYS_AT_TEN, None, MODERATOR)
    group_id = made.group.group_id
    await services.groups.join(GUILD, group_id, READER)
    slot = made.coming[1].slot
    await services.leading.lead(GUILD, group_id, READER, slot.week)
    clock.advance(seconds=(slot.at - clock()).total_seconds() - 24 * 3600)
    room.refusal = NoAnswerError("reset")
    await at_the_hour(services, clock, engine)
    room.refusal, room.names[GUILD] = None, AwayError()
    await at_the_hour(services, clock, engine, hours=0.5)
    second = room.texts[1:]
    room.names[GUILD] = "Study room"
    await at_the_hour(services, clock, engine, hours=0.5)

    assert second == []
    assert ["You lead" in text for text in room.texts] == [True, True]


async def test_nobody_is_asked_to_lead_a_group_that_is_deleted_meanwhile(
    services, clock, room, engine, caplog
):
    made = await services.groups.make_or_change(GUILD, 7, MONDAYS_AT_TEN, None, MODERATOR)
    group_id = made.group.group_id
    await services.groups.join(GUILD, group_id, READER)
    await services.leading.ask(GUILD, group_id, READER)

    async def deletes():
        room.asked = None
        await services.groups.delete(GUILD, group_id, MODERATOR)

    room.asked = deletes
    await engine.deliver_due()

    assert room.texts == []
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


async def test_what_is_settled_anew_while_a_letter_is_written_is_not_in_it(
    services, clock, room, engine, declined
):
    await declined(GUILD)
    (outcome,) = await services.suggestions.outcomes(READER)

    async def settles_anew():
        room.asked = None
        moderation = services.moderation
        await moderation.reopen(GUILD, MODERATOR, outcome.suggestion_id)
        clock.advance(seconds=1)
        (again,) = (await services.suggestions.suggested(GUILD, MODERATOR)).suggestions
        proposal = await moderation.consider(GUILD, MODERATOR, again)
        await moderation.decline((GUILD, MODERATOR, proposal.draft_id), "My own words")

    room.asked = settles_anew
    await at_the_hour(services, clock, engine)
    (left,) = await services.suggestions.outcomes(READER)
    await at_the_hour(services, clock, engine)

    assert left.reason == "My own words"
    assert ["My own words" in text for text in room.texts] == [True]


async def test_servers_that_removed_the_bot_tell_nothing_and_ask_for_nothing(
    services, clock, room, engine, declined
):
    room.names[GUILD] = AwayError()
    await declined(GUILD)
    await services.guilds.removed(GUILD)
    await at_the_hour(services, clock, engine)

    assert await services.suggestions.outcomes(READER) == []
    assert room.texts == []
    assert not [row for row in await services.db.fetch("SELECT * FROM outbox") if row["attempts"]]
