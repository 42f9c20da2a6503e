from datetime import timedelta

import pytest

from bot.core.weeks import Schedule
from bot.errors import NoLongerListedError, UnknownPostError
from tests.conftest import joined
from tests.curricula import curriculum, resource
from tests.postbox import CHANNEL, GUILD, MODERATOR, Desk, Postbox, new_group, week_of

A_MINUTE, A_DAY, A_WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(weeks=1)
READERS = (7, 8, 9)


@pytest.fixture
def weekly(services):
    return services.weeks


@pytest.fixture
async def post(services, postbox, group, clock):
    """This week's, posted."""
    clock.advance(hours=1)
    await services.weeks.open_due()
    await postbox.deliver()
    return (await services.groups.status(CHANNEL, None)).this_week


@pytest.fixture
async def reopened(services, database_url, clock):
    """Return what opens the ledger with another list, as a later version would."""
    opened = []

    async def open_with(*resources):
        if not services.db.is_shared:
            await services.close()
        opened.append(await joined(database_url, curriculum(*resources), clock))
        return opened[-1]

    yield open_with
    for each in opened:
        await each.close()


async def test_nothing_is_picked_before_the_slot(services, weekly, postbox, group, clock):
    clock.advance(minutes=59, seconds=59)

    assert await weekly.open_due() == 0
    assert await week_of(services) == (None, None)


async def test_a_slot_is_opened_once(weekly, postbox, group, clock):
    clock.advance(hours=1)

    looked = [await weekly.open_due(), await weekly.open_due()]
    await postbox.deliver()

    assert looked == [1, 0]
    assert postbox.kinds == ["post", "thread", "opener"]


async def test_every_week_brings_the_next_of_the_list(services, weekly, postbox, group, clock):
    titles = []
    clock.advance(hours=1)
    for _ in range(3):
        await weekly.open_due()
        await postbox.deliver()
        titles.append((await services.groups.status(CHANNEL, None)).this_week.title)
        clock.now += A_WEEK

    assert titles[0] == "Attention Is All You Need"
    assert len(set(titles)) == 3


async def test_weeks_of_downtime_are_missed_and_at_most_one_is_late(
    services, weekly, postbox, group, clock
):
    clock.now += 3 * A_WEEK + timedelta(hours=13)

    await weekly.open_due()
    await postbox.deliver()

    rows = await services.db.fetch("SELECT state, is_late FROM weeks ORDER BY slot_at")
    assert [(row["state"], row["is_late"]) for row in rows] == [("missed", 0)] * 3 + [("posted", 1)]


async def test_a_list_that_has_run_out_is_recorded(reopened, clock):
    services = await reopened(resource("only"))
    await new_group(services)
    states = []
    clock.advance(hours=1)
    for _ in range(2):
        await services.weeks.open_due()
        await Postbox(services).deliver()
        states.append((await week_of(services))[0])
        clock.now += A_WEEK

    assert states == ["posted", "nothing"]


async def test_one_groups_failure_never_touches_anothers_and_is_tried_again(
    services, weekly, postbox, clock
):
    broken = await new_group(services, CHANNEL + 1, Schedule(0, 9, 30, "UTC"))
    await new_group(services)
    async with services.db.transaction() as tx:
        await tx.fetch(
            "UPDATE study_groups SET zone = 'Nowhere/Land' WHERE group_id = ?", broken.group_id
        )
    clock.advance(hours=1)

    await weekly.open_due()
    await postbox.deliver()

    assert [row.channel_id for row in postbox.sent][:1] == [CHANNEL]
    assert await weekly.open_due() == 0
    clock.advance(minutes=5)
    assert await weekly.open_due() == 1


async def test_a_group_that_vanished_meanwhile_is_no_failure(services, weekly, group, clock):
    clock.advance(hours=1)
    async with services.db.transaction() as tx:
        await tx.fetch("UPDATE study_groups SET state = 'stopped'")

    assert await weekly.open_due() == 0


async def test_the_next_look_is_at_the_next_slot(services, weekly, group, clock):
    clock.advance(minutes=59, seconds=30)

    assert await weekly.next_due() == group.next_at


async def test_the_next_look_is_at_the_next_message(services, weekly, postbox, group, clock):
    clock.advance(hours=1)
    await weekly.open_due()
    row = await postbox.claim()
    await Desk(services).give_back(row, "discord_trouble", timedelta(seconds=20), perhaps=True)

    assert await weekly.next_due() == clock.now + timedelta(seconds=20)


async def test_the_next_look_is_when_a_lease_runs_out(services, weekly, postbox, group, clock):
    clock.advance(hours=1)
    await weekly.open_due()
    await postbox.claim()
    clock.advance(seconds=90)

    assert await weekly.next_due() == clock.now + timedelta(seconds=30)


async def test_with_nothing_to_do_it_looks_once_a_day_or_each_minute_beside_others(
    services, weekly, clock
):
    wait = A_MINUTE if services.db.is_shared else A_DAY

    assert await weekly.next_due() == clock.now + wait


@pytest.fixture
async def waiting(services, group, clock):
    """This week's, picked and not sent yet."""
    clock.advance(hours=1)
    await services.weeks.open_due()
    return (await services.groups.status(CHANNEL, None)).this_week


async def test_a_waiting_week_whose_paper_leaves_the_list_gets_the_next(waiting, reopened):
    later = await reopened(resource("next"), resource("after"))

    await later.weeks.pick_anew(waiting.week_id)

    week = (await later.groups.status(CHANNEL, None)).this_week
    assert (week.week_id, week.week, week.at) == (waiting.week_id, waiting.week, waiting.at)
    assert (week.key, week.state) == ("demo:next", "waiting")


async def test_a_week_keeps_a_paper_that_is_listed(services, waiting):
    await services.weeks.pick_anew(waiting.week_id)

    assert (await services.groups.status(CHANNEL, None)).this_week == waiting


async def test_a_posted_week_keeps_its_paper_for_good(post, reopened):
    later = await reopened(resource("next"))

    await later.weeks.pick_anew(post.week_id)
    await later.weeks.pick_anew(1)

    assert (await later.groups.status(CHANNEL, None)).this_week == post


async def test_where_nothing_is_left_to_pick_anew_that_is_told(waiting, reopened):
    later = await reopened()

    await later.weeks.pick_anew(waiting.week_id)

    rows = await later.db.fetch("SELECT reader_id FROM outbox WHERE kind = 'notice'")
    assert (await later.groups.status(CHANNEL, None)).this_week.state == "nothing"
    assert [row["reader_id"] for row in rows] == [MODERATOR]


async def test_that_nothing_is_left_is_told_beside_what_kept_the_week_waiting(
    waiting, reopened, postbox, services
):
    await Desk(services).give_back(await postbox.claim(), "forbidden")
    later = await reopened()

    await later.weeks.pick_anew(waiting.week_id)

    rows = await later.db.fetch("SELECT reference FROM outbox WHERE kind = 'notice'")
    assert sorted(row["reference"].endswith(":end") for row in rows) == [False, True]


async def test_a_post_that_never_was_shows_nothing(services, weekly, post):
    async with services.db.transaction() as tx:
        await tx.fetch("UPDATE weeks SET resource_key = NULL")

    assert await weekly.post(1) is None
    assert await weekly.post(post.week_id) is None


async def test_a_post_whose_group_is_gone_shows_nothing(services, weekly, post):
    async with services.db.transaction() as tx:
        await tx.fetch("DELETE FROM study_groups")

    assert await weekly.post(post.week_id) is None


async def test_a_post_whose_paper_left_the_list_shows_nothing(post, reopened):
    later = await reopened(resource("another"))

    assert await later.weeks.post(post.week_id) is None
    with pytest.raises(NoLongerListedError):
        await later.weeks.first_reads(7, GUILD, post.week_id)


async def test_reading_is_counted_once_a_reader_and_told_from_three_readers_on(
    services, weekly, group, post
):
    for reader_id in (*READERS, 10, 11):
        await services.groups.join(GUILD, group.group_id, reader_id)

    counts = []
    for reader_id in (7, 7, 8, 9, 1000):  # the last one is no member
        shown, *_ = await weekly.read_it(reader_id, GUILD, post.week_id)
        counts.append(shown.read)

    assert counts == [None, None, None, 3, 4]


async def test_a_count_of_three_that_falls_to_two_is_told_no_more(services, weekly, post, clock):
    for reader_id in READERS:
        _, reply, _ = await weekly.read_it(reader_id, GUILD, post.week_id)
    three = (await weekly.post(post.week_id)).read
    await services.reading.undo(READERS[-1], GUILD, reply.change.change_id)

    again, *_ = await weekly.read_it(READERS[0], GUILD, post.week_id)
    history = await services.groups.history(GUILD, post.group_id, 0)

    assert (three, again.read) == (3, None)
    assert [week.read for week in history.weeks] == [None]


async def test_a_count_follows_a_paper_through_all_its_names(reopened, clock, database_url):
    names = ("first", "second", "third")
    week_id = None
    for number, reader_id in enumerate(READERS):
        services = await reopened(resource(names[number], formerly=names[:number]))
        if week_id is None:
            await new_group(services)
            clock.advance(hours=1)
            await services.weeks.open_due()
            await Postbox(services).deliver()
            week_id = (await services.groups.status(CHANNEL, None)).this_week.week_id
        shown, *_ = await services.weeks.read_it(reader_id, GUILD, week_id)
        await services.close()

    assert shown.read == 3


async def test_a_paper_under_a_new_name_is_not_posted_again(reopened, clock):
    services = await reopened(resource("old"), resource("next"))
    await new_group(services)
    clock.advance(hours=1)
    await services.weeks.open_due()
    await Postbox(services).deliver()
    await services.close()
    services = await reopened(resource("new", formerly=["old"]), resource("next"))
    clock.now += A_WEEK

    await services.weeks.open_due()

    assert (await services.groups.status(CHANNEL, None)).this_week.key == "demo:next"


async def test_readiness_is_told_from_five_members_on(services, weekly, group, post):
    for reader_id in range(100, 105):
        await services.groups.join(GUILD, group.group_id, reader_id)

    assert (await weekly.post(post.week_id)).readiness.of == 5


async def test_members_who_keep_up_with_their_group_are_ready(
    services, weekly, postbox, group, post, clock
):
    for reader_id in range(100, 106):
        await services.groups.join(GUILD, group.group_id, reader_id)
    clock.now += A_WEEK
    await weekly.open_due()
    await postbox.deliver()
    this_week = (await services.groups.status(CHANNEL, None)).this_week

    shown = await weekly.post(this_week.week_id)

    assert shown.resource.prerequisites == (post.key,)
    assert (shown.readiness.ready, shown.readiness.of) == (6, 6)


async def test_a_reader_is_told_what_to_read_first(services, weekly, postbox, post, clock):
    clock.now += A_WEEK
    await weekly.open_due()
    this_week = (await services.groups.status(CHANNEL, None)).this_week

    first = await weekly.first_reads(7, GUILD, this_week.week_id)

    assert [each.key for each in first.left] == [post.key, this_week.key]


async def test_a_post_answers_in_its_own_server_only(weekly, post):
    for call in (
        weekly.read_it(7, GUILD + 1, post.week_id),
        weekly.first_reads(7, GUILD + 1, post.week_id),
        weekly.read_it(7, GUILD, 12345),
    ):
        with pytest.raises(UnknownPostError):
            await call
