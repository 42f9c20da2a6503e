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


async def test_weeks_come_newest_first_five_of_two_months_a_page(services, group_id, post):
    await post(9)

    first = await services.groups.history(GUILD, group_id, 0)
    second = await services.groups.history(GUILD, group_id, 1)

    assert [w.post.title for w in first.weeks] == [f"Paper-{n:02}" for n in range(8, 3, -1)]
    assert [w.post.title for w in second.weeks] == [f"Paper-{n:02}" for n in range(3, -1, -1)]
    assert (first.has_more, second.has_more) == (True, False)
    assert first.weeks[0].post.at == datetime(2026, 3, 2, 10, tzinfo=UTC)


async def test_weeks_that_somebody_led_are_fewer_a_page(services, group_id, post):
    await services.groups.join(GUILD, group_id, ALICE)
    for week in (2, 3, 4, 5):
        await services.leading.lead(GUILD, group_id, ALICE, f"2026-W0{week}")
    await post(4)

    pages = [(await services.groups.history(GUILD, group_id, n)).weeks for n in (0, 1, 2)]

    assert [[week.leader_id for week in page] for page in pages] == [[ALICE] * 3, [ALICE], []]


async def test_a_month_without_papers_has_its_name_alone(services, group_id, post, clock):
    await post(2)
    for week in ("2026-W04", "2026-W05", "2026-W06"):
        await services.calendars.skip(GUILD, group_id, week)
    clock.advance(weeks=3)

    history = await services.groups.history(GUILD, group_id, 0)

    months = [(month.first.isoformat(), month.papers) for month in history.months]
    assert months == [("2026-02-01", 0), ("2026-01-01", 2)]


async def test_a_paper_of_several_weeks_is_one_of_its_month(services, group_id, post):
    await services.papers.read_for(GUILD, group_id, LIST.resources[1].key, 2)
    await post(4)

    (month,) = (await services.groups.history(GUILD, group_id, 0)).months

    assert month.papers == 3


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


async def test_a_month_has_its_papers_and_each_person_who_read_one_of_them_once(
    services, group_id, post
):
    people = range(ALICE, ALICE + 5)
    for who in people:
        await services.groups.join(GUILD, group_id, who)
    await post(5)  # four in January, one in February
    weeks = (await services.groups.history(GUILD, group_id, 0)).weeks
    for who in people[:2]:
        await services.reading.mark(who, GUILD, weeks[-1].post.key, "done", rating=5)
    for who in people[1:4]:
        await services.reading.mark(who, GUILD, weeks[-2].post.key, "done")
    await services.reading.mark(people[4], GUILD, weeks[0].post.key, "done")

    history = await services.groups.history(GUILD, group_id, 0)

    months = [(month.first.isoformat(), month.papers, month.readers) for month in history.months]
    assert months == [("2026-02-01", 1, None), ("2026-01-01", 4, 4)]
    assert [week.read for week in history.weeks] == [None, None, None, 3, None]


async def test_what_its_readers_thought_of_a_paper_is_remembered_from_three_on(
    services, group_id, post
):
    await post(2)
    newest, oldest = (await services.groups.history(GUILD, group_id, 0)).weeks
    for n, rating in enumerate((5, 4, 1)):
        who = ALICE + n
        await services.groups.join(GUILD, group_id, who)
        await services.reading.mark(who, GUILD, newest.post.key, "done", rating=rating)
        if n < 2:
            await services.reading.mark(who, GUILD, oldest.post.key, "done", rating=rating)
    await services.reading.mark(ALICE + 9, GUILD, newest.post.key, "done", rating=1)  # no member

    shown = (await services.groups.history(GUILD, group_id, 0)).weeks

    assert [(w.worth.liked, w.worth.rated) if w.worth else None for w in shown] == [(2, 3), None]


async def test_a_month_counts_papers_on_other_pages_too(services, group_id, post):
    await post(8)  # 5 Jan to 23 Feb

    pages = [await services.groups.history(GUILD, group_id, page) for page in (0, 1)]

    assert [[(m.first.month, m.papers) for m in page.months] for page in pages] == [
        [(2, 4), (1, 4)],
        [(1, 4)],
    ]
