from datetime import UTC, datetime

import pytest

from bot.errors import NoGroupError
from tests.curricula import curriculum, resource
from tests.postbox import GUILD, MODERATOR, Desk

ALICE, BOB, CAROL = range(800_000_000_000_000_001, 800_000_000_000_000_004)
OTHER_GUILD = 900_000_000_000_000_002

LIST = curriculum(*(resource(f"paper-{number:02}") for number in range(30)))


@pytest.fixture
def post(services, clock):
    """Return what lets weeks pass, each with its paper sent."""

    async def weeks(count=1):
        for number in range(count):
            clock.advance(hours=2)
            await services.weeks.open_due()
            while due := await Desk(services).due():
                for row_id in due:
                    row = await Desk(services).claim(row_id)
                    await Desk(services).arrived(row, 1000 + number)
            clock.advance(days=7, hours=-2)

    return weeks


async def test_weeks_come_newest_first_seven_a_page(services, group_id, post):
    await post(9)

    first = await services.groups.history(GUILD, group_id, 0)
    second = await services.groups.history(GUILD, group_id, 1)

    assert [w.post.title for w in first.weeks] == [f"Paper-{n:02}" for n in range(8, 1, -1)]
    assert [w.post.title for w in second.weeks] == ["Paper-01", "Paper-00"]
    assert (first.has_more, second.has_more) == (True, False)
    assert first.weeks[0].post.at == datetime(2026, 3, 2, 10, tzinfo=UTC)


async def test_seven_weeks_are_one_page(services, group_id, post):
    await post(7)

    assert not (await services.groups.history(GUILD, group_id, 0)).has_more


async def test_a_page_that_no_week_is_on_is_empty(services, group_id, post):
    await post()

    assert (await services.groups.history(GUILD, group_id, 9999)).weeks == ()


async def test_a_week_that_will_be_skipped_is_not_past(services, group_id, post):
    await post()
    await services.calendars.skip(GUILD, group_id)

    assert len((await services.groups.history(GUILD, group_id, 0)).weeks) == 1


async def test_late_missed_and_skipped_weeks_are_told(services, group_id, post, clock):
    clock.advance(hours=3)
    await services.weeks.open_due()
    (row_id,) = await Desk(services).due()
    await Desk(services).arrived(await Desk(services).claim(row_id), 1)
    await services.calendars.skip(GUILD, group_id)
    clock.advance(days=16)
    await services.weeks.open_due()

    weeks = (await services.groups.history(GUILD, group_id, 0)).weeks

    assert [week.post.state for week in weeks] == ["missed", "skipped", "posted"]
    assert weeks[2].post.is_late


async def test_who_read_it_is_counted_from_three_readers_on(services, group_id, post):
    await post()
    (week,) = (await services.groups.history(GUILD, group_id, 0)).weeks
    for reader in (ALICE, BOB, CAROL, MODERATOR):
        await services.groups.join(GUILD, group_id, reader)
    for reader in (ALICE, BOB):
        await services.weeks.read_it(reader, GUILD, week.post.week_id)
    (two,) = (await services.groups.history(GUILD, group_id, 0)).weeks
    await services.weeks.read_it(CAROL, GUILD, week.post.week_id)

    (three,) = (await services.groups.history(GUILD, group_id, 0)).weeks

    assert (week.read, two.read, three.read) == (None, None, 3)


async def test_another_servers_group_is_none_here(services, group_id, post):
    await post()

    for guild_id, wanted in ((OTHER_GUILD, group_id), (GUILD, 5), (0, group_id)):
        with pytest.raises(NoGroupError):
            await services.groups.history(guild_id, wanted, 0)
        with pytest.raises(NoGroupError):
            await services.groups.look(guild_id, wanted, ALICE)
