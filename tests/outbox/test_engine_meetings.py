"""A week's event: never made twice, and in the end as the group says."""

from dataclasses import replace

import pytest

from bot.core.groups import GroupForm, GroupWish, Here, MeetsWish
from bot.core.weeks import Meets
from bot.outbox.discord import ASKS_TO_SEND, NAMED, NoAnswerError, Place, RefusedError, Seen
from bot.outbox.engine import Engine
from bot.outbox.letters import letters
from bot.outbox.tickets import Tickets
from bot.store import outbox
from tests.outbox.room import Room
from tests.postbox import CHANNEL, GUILD, MODERATOR, MONDAYS_AT_TEN, new_group

VOICE = 9
HERE = Here(GUILD, CHANNEL, MODERATOR, "", None)


class Hall(Room):
    """A room with a calendar. ``fault``: what is raised, before or after the next act there."""

    def __init__(self, clock):
        super().__init__(clock)
        self.shown, self.fault, self.held, self.asked = {}, None, set(NAMED), []
        self.gone = set()

    async def grounds(self, guild_id):
        return Place(guild_id, guild_id, "Study room", "server", frozenset(self.held))

    async def place(self, guild_id, place_id, *_):
        if place_id in self.gone:
            return None
        found = await super().place(guild_id, place_id)
        kind = "voice" if place_id == VOICE else found.kind
        return replace(found, kind=kind, held=frozenset(self.held))

    fetched = place

    async def make_event(self, _, what):
        event_id = next(self._ids)
        return await self._do("make", lambda: self.shown.update({event_id: what}), event_id)

    async def edit_event(self, _, event_id, what):
        if event_id not in self.shown:
            raise RefusedError("event_gone", 10070, 404)
        await self._do("edit", lambda: self.shown.update({event_id: what}))

    async def cancel_event(self, _, event_id):
        await self._do("cancel", lambda: self.shown.pop(event_id, None))

    async def events(self, _):
        for event_id, what in self.shown.items():
            yield Seen(event_id, self._clock(), frozenset(), frozenset(), text=what.text)

    async def _do(self, what, act, answer=None):
        self.asked.append(what)
        fault, self.fault = self.fault, None
        if fault != "before":
            act()
        if isinstance(fault, Exception):
            raise fault
        if fault:
            raise NoAnswerError(fault)
        return answer


@pytest.fixture
def hall(clock):
    return Hall(clock)


@pytest.fixture
def engine(services, clock, hall):
    tickets = Tickets(services.db, clock, services.send_rate)
    return Engine(services, hall, tickets, letters(services, tickets))


@pytest.fixture
def meet(services):
    async def say(when, channel_id=None):
        form = GroupForm(CHANNEL, GroupWish(meets=MeetsWish(when, channel_id=channel_id)))
        return await services.groups.meet(HERE, form)

    return say


@pytest.fixture
async def group(services, clock):
    """A group that reads on Mondays at ten: its slot has come."""
    made = await new_group(services)
    clock.advance(hours=1)
    await services.weeks.open_due()
    return made


async def row_of(services):
    (row,) = await services.db.fetch("SELECT row_id FROM outbox WHERE kind = 'meeting'")
    return await outbox.row(services.db, row["row_id"])


async def settle(engine, clock):
    """Let an hour pass, minute by minute."""
    for _ in range(60):
        clock.advance(minutes=1)
        await engine.deliver_due()


def days(hall):
    return [what.begins_at.strftime("%a %H:%M") for what in hall.shown.values()]


@pytest.mark.parametrize("fault", ["before", "after"])
async def test_an_answer_that_is_lost_makes_no_second_event(
    engine, hall, group, meet, clock, fault
):
    await meet("Thursday 20:00")
    hall.fault = fault

    await engine.deliver_due()
    await settle(engine, clock)

    assert days(hall) == ["Thu 20:00"]
    assert hall.asked == ["make"] * (2 if fault == "before" else 1)


async def test_an_event_that_was_made_unheard_is_moved_once_it_is_found(
    engine, hall, group, meet, clock
):
    await meet("Thursday 20:00")
    hall.fault = "after"
    await engine.deliver_due()

    await meet("Friday 19:00")
    await settle(engine, clock)

    assert (days(hall), hall.asked) == (["Fri 19:00"], ["make", "edit"])


async def test_of_two_changes_that_cross_the_group_has_the_last_word(
    services, engine, hall, group, meet, clock
):
    """One process's edit is so slow that another takes the letter over; then it lands last."""
    await meet("Thursday 20:00")
    await engine.deliver_due()
    tickets = Tickets(services.db, clock, services.send_rate)
    other, edit = Engine(services, hall, tickets, letters(services, tickets)), hall.edit_event

    async def slowly(guild_id, event_id, what):
        hall.edit_event = edit
        clock.advance(minutes=3)
        await meet("Saturday 20:00")
        await other.deliver_due()
        await edit(guild_id, event_id, what)

    hall.edit_event = slowly
    await meet("Friday 20:00")
    await engine.deliver_due()
    crossed = days(hall)
    await settle(engine, clock)

    assert crossed == ["Fri 20:00"]
    assert days(hall) == ["Sat 20:00"]


async def test_an_event_that_was_made_unheard_is_cancelled_once_nobody_wants_it(
    engine, hall, group, meet, clock
):
    await meet("Thursday 20:00")
    hall.fault = "after"
    await engine.deliver_due()

    await meet("none")
    await settle(engine, clock)

    assert (days(hall), hall.asked) == ([], ["make", "cancel"])


@pytest.mark.parametrize("fault", ["before", "after"])
async def test_a_change_whose_answer_is_lost_is_asked_for_again(
    engine, hall, group, meet, clock, fault
):
    await meet("Thursday 20:00")
    await engine.deliver_due()
    await meet("Friday 19:00")
    hall.fault = fault

    await engine.deliver_due()
    await settle(engine, clock)

    assert (days(hall), hall.asked) == (["Fri 19:00"], ["make", "edit", "edit"])


async def test_what_changes_while_an_event_is_asked_for_follows(
    services, engine, hall, group, meet
):
    await meet("Thursday 20:00")
    make = hall.make_event

    async def make_slowly(*asked):
        await meet("Friday 19:00")
        return await make(*asked)

    hall.make_event = make_slowly

    await engine.deliver_due()

    assert days(hall) == ["Fri 19:00"]


async def test_in_a_channel_that_is_hidden_nobody_can_tell_so_it_is_uncertain(
    services, engine, hall, group, meet, clock
):
    await meet("Thursday 20:00", VOICE)
    hall.fault = "after"
    await engine.deliver_due()

    await meet("Friday 20:00")
    hall.held.discard("view_channel")
    await settle(engine, clock)

    assert hall.asked == ["make"]
    assert (await row_of(services)).state == "uncertain"


async def test_without_the_permission_it_waits_and_is_made_once_it_is_given(
    services, engine, hall, group, meet, clock
):
    await meet("Thursday 20:00")
    hall.held.discard("create_events")
    await settle(engine, clock)
    waits = await row_of(services)

    hall.held.add("create_events")
    clock.advance(hours=1)
    await engine.deliver_due()

    assert (waits.state, str(waits.problem)) == ("waiting", "lacks:create_events")
    assert days(hall) == ["Thu 20:00"]


async def test_one_that_was_deleted_is_not_made_again(services, engine, hall, group, meet, clock):
    await meet("Thursday 20:00")
    await engine.deliver_due()
    hall.shown.clear()

    await meet("Friday 20:00")
    await settle(engine, clock)

    assert (hall.shown, hall.asked) == ({}, ["make"])
    assert (await row_of(services)).problem == "event_gone"


async def test_too_many_events_are_waited_for(services, engine, hall, group, meet, clock):
    await meet("Thursday 20:00")
    hall.fault = RefusedError("no_more_events", 30038, 400)

    await engine.deliver_due()

    assert (await row_of(services)).problem == "no_more_events"


async def test_a_deleted_groups_event_is_cancelled_even_if_nobody_heard_of_it(
    services, engine, hall, group, meet, clock
):
    await meet("Thursday 20:00")
    hall.fault = "after"
    await engine.deliver_due()

    await services.groups.delete(GUILD, group.group_id, MODERATOR)
    await settle(engine, clock)

    assert days(hall) == []


async def test_what_was_to_begin_is_made_no_more(services, engine, hall, group, meet, clock):
    await meet("Thursday 20:00")
    hall.held.discard("create_events")
    await engine.deliver_due()
    hall.held.add("create_events")
    clock.advance(days=3, hours=9, minutes=56)  # four minutes before

    await engine.deliver_due()

    assert hall.asked == []
    assert (await row_of(services)).state == "dropped"


async def test_a_time_that_has_passed_this_week_counts_from_the_next(
    services, engine, hall, group, meet, clock
):
    await meet("Thursday 20:00")
    await engine.deliver_due()
    clock.advance(days=3)

    await meet("Wednesday 20:00")
    await engine.deliver_due()
    clock.advance(days=4)
    await services.weeks.open_due()
    await engine.deliver_due()

    assert days(hall) == ["Thu 20:00", "Wed 20:00"]


def test_the_library_repeats_no_request_for_an_event():
    assert ASKS_TO_SEND.search("/api/v10/guilds/1/scheduled-events")
    assert not ASKS_TO_SEND.search("/api/v10/guilds/1/scheduled-events/2")


async def test_one_that_was_asked_for_in_vain_and_given_up_is_made_for_a_later_day(
    engine, hall, group, meet, clock
):
    await meet("Wednesday 20:00")
    hall.fault = "before"
    await engine.deliver_due()
    await meet("none")
    await settle(engine, clock)
    clock.advance(days=3)

    await meet("Friday 20:00")
    await settle(engine, clock)

    assert (days(hall), hall.asked) == (["Fri 20:00"], ["make", "make"])


async def test_the_event_of_a_group_that_goes_into_another_is_cancelled(
    services, engine, hall, group, meet, clock
):
    await meet("Thursday 20:00")
    await engine.deliver_due()
    made = len(hall.shown)
    other = await new_group(services, CHANNEL + 1)

    await services.merging.merge(GUILD, group.group_id, other.group_id, MODERATOR)
    await settle(engine, clock)

    assert (made, len(hall.shown)) == (1, 0)


@pytest.mark.parametrize("with_it", [True, False])
async def test_an_event_whose_channel_is_deleted_is_at_the_thread(
    services, engine, hall, group, meet, clock, with_it
):
    await meet("Thursday 20:00", VOICE)
    await engine.deliver_due()
    hall.gone.add(VOICE)
    if with_it:
        hall.shown.clear()

    await services.meetings.room_gone(GUILD, VOICE)
    await settle(engine, clock)

    (event,) = hall.shown.values()
    assert event.place.kind == "server"
    assert hall.asked == ["make", "make" if with_it else "edit"]


async def test_an_event_that_went_with_its_channel_unheard_is_made_where_they_meet_now(
    engine, hall, group, meet
):
    await meet("Thursday 20:00", VOICE)
    await engine.deliver_due()
    hall.gone.add(VOICE)
    hall.shown.clear()

    await meet("Friday 20:00")
    await engine.deliver_due()

    assert (days(hall), hall.asked) == (["Fri 20:00"], ["make", "make"])


async def test_one_that_was_deleted_from_a_channel_that_is_there_is_not_made_again(
    services, engine, hall, group, meet
):
    await meet("Thursday 20:00", VOICE)
    await engine.deliver_due()
    hall.shown.clear()

    await meet("Friday 20:00")
    await engine.deliver_due()

    assert days(hall) == []
    assert (await row_of(services)).problem == "event_gone"


# One meeting a paper, and none on a day off


@pytest.fixture
def live(services, engine, clock):
    """Return what lets days pass, and then all that is due leave."""

    async def pass_(days):
        for _ in range(12 * days):
            clock.advance(hours=2)
            await services.weeks.open_due()
            await engine.deliver_due()

    return pass_


def dates(hall):
    return [what.begins_at.strftime("%a %d %b") for what in hall.shown.values()]


@pytest.mark.parametrize(
    ("hours", "met"),
    [
        (0, ["Thu 08 Jan", "Thu 15 Jan"]),  # at nine, and they meet at eight in the evening
        (12, ["Thu 15 Jan"]),  # at nine in the evening: the second paper has the next meeting
    ],
)
async def test_a_first_paper_on_the_day_of_the_meeting_takes_none_from_the_second(
    services, engine, hall, clock, live, hours, met
):
    clock.advance(days=3, hours=hours)
    made = await services.groups.make_or_change(
        GUILD, CHANNEL, MONDAYS_AT_TEN, None, MODERATOR, meets=Meets(3, 20, 0)
    )

    await services.groups.post_now(GUILD, made.group.group_id)
    await engine.deliver_due()
    await live(5)

    assert dates(hall) == met


async def test_a_paper_posted_late_meets_a_week_later_if_the_next_is_skipped(
    services, engine, hall, clock, live, group, meet
):
    await engine.deliver_due()
    for week in ("2026-W03", "2026-W04"):
        await services.calendars.skip(GUILD, group.group_id, week)
    await meet("Thursday 20:00")
    clock.advance(days=10, hours=11)  # a Thursday, at nine in the evening

    await services.groups.post_now(GUILD, group.group_id)
    await engine.deliver_due()
    skipped = dates(hall)
    await services.calendars.skip(GUILD, group.group_id, "2026-W04")
    await engine.deliver_due()

    assert (skipped, dates(hall)) == (["Thu 22 Jan"], [])


async def test_a_day_off_has_no_meeting_and_undo_brings_it_back(
    services, engine, hall, group, meet
):
    await meet("Thursday 20:00")
    await engine.deliver_due()

    _, off = await services.calendars.take_off(GUILD, group.group_id, "8 Jan")
    await engine.deliver_due()
    cancelled = dates(hall)
    await services.calendars.bring_back(GUILD, group.group_id, off)
    await engine.deliver_due()

    assert (cancelled, dates(hall)) == ([], ["Thu 08 Jan"])


async def test_a_paper_that_is_there_is_talked_about_though_the_group_pauses(
    services, engine, hall, group, meet
):
    await meet("Thursday 20:00")
    await engine.deliver_due()

    await services.calendars.pause_until(GUILD, group.group_id, "20 Jan")
    await engine.deliver_due()

    assert dates(hall) == ["Thu 08 Jan"]
