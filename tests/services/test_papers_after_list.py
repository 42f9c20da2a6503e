import pytest

from bot.errors import NoGroupError
from bot.store import weeks as week_rows
from tests.curricula import curriculum, resource
from tests.postbox import CHANNEL, GUILD, MODERATOR, MONDAYS_AT_TEN, Postbox

READERS = range(800_000_000_000_000_001, 800_000_000_000_000_005)
OTHER_GUILD = 900_000_000_000_000_002

LIST = curriculum(
    resource("attention", must_read=True, title="Attention"),
    resource("bert", must_read=True, title="BERT"),
    resource("plain", addition=True, title="Plain"),
)


@pytest.fixture
def week(services, clock, group_id):
    """Return what lets a week pass, and returns what was posted in it."""

    async def pass_():
        clock.advance(hours=2)
        await services.weeks.open_due()
        await Postbox(services).deliver()
        post = (await services.groups.status(CHANNEL, None)).this_week
        clock.advance(days=7, hours=-2)
        return post.title or post.state

    return pass_


async def notices(services):
    return await services.db.fetch("SELECT * FROM outbox WHERE kind = 'notice'")


async def test_the_end_is_told_with_the_paper_two_weeks_ahead(services, group_id, week):
    before = (await services.groups.status(CHANNEL, None)).weeks_left
    await week()
    first = (await services.groups.history(GUILD, group_id, 0)).weeks[0].post.week_id
    told = (await services.weeks.post(first)).weeks_left
    await week()
    second = (await services.groups.history(GUILD, group_id, 0)).weeks[0].post.week_id

    assert (before, told) == (2, 1)
    assert (await services.weeks.post(second)).weeks_left == 0
    assert (await services.weeks.post(first)).weeks_left is None


async def test_the_end_is_nobodys_worry_while_it_is_far(services, group_id, week):
    await services.papers.go_on(GUILD, group_id, "additions")
    await week()
    week_id = (await services.groups.history(GUILD, group_id, 0)).weeks[0].post.week_id

    assert (await services.weeks.post(week_id)).weeks_left == 2


async def test_whoever_set_it_up_is_told_once_that_nothing_is_left(services, group_id, week):
    posted = [await week() for _ in range(4)]

    assert posted == ["Attention", "BERT", "nothing", "nothing"]
    (told,) = await notices(services)
    assert told["reader_id"] == MODERATOR
    week = await week_rows.week(services.db, int(told["reference"].split(":")[1]))
    assert week.state == "nothing"


async def test_a_group_goes_on_with_additions(services, group_id, week):
    await services.papers.go_on(GUILD, group_id, "additions")

    assert [await week() for _ in range(4)] == ["Attention", "BERT", "Plain", "nothing"]


async def test_a_group_starts_over_with_must_reads_each_once(services, group_id, week):
    for _ in range(3):
        await week()
    await services.papers.go_on(GUILD, group_id, "must_reads")

    assert [await week() for _ in range(3)] == ["Attention", "BERT", "nothing"]
    assert len(await notices(services)) == 2


async def test_must_reads_can_start_over_again(services, group_id, week):
    for _ in range(2):
        await week()
        await week()
        await services.papers.go_on(GUILD, group_id, "must_reads")

    assert [await week() for _ in range(2)] == ["Attention", "BERT"]


async def test_what_half_of_the_members_read_does_not_start_over(services, group_id, week):
    for reader in READERS:
        await services.groups.join(GUILD, group_id, reader)
    for reader in READERS[:3]:
        await services.reading.mark(reader, None, "demo:attention", "done")
    await services.reading.mark(READERS[0], None, "demo:bert", "known")
    for _ in range(2):
        await week()
    await services.papers.go_on(GUILD, group_id, "must_reads")

    assert [await week() for _ in range(2)] == ["BERT", "nothing"]


async def test_a_small_group_does_not_show_who_read_what(services, group_id, week):
    for reader in READERS[:3]:
        await services.groups.join(GUILD, group_id, reader)
    for reader in READERS[:2]:  # most of them, but too few to be told
        await services.reading.mark(reader, None, "demo:attention", "done")
    for _ in range(2):
        await week()
    await services.papers.go_on(GUILD, group_id, "must_reads")

    assert await week() == "Attention"


async def test_the_choice_can_be_taken_back_and_outlives_new_settings(services, group_id, week):
    await services.papers.go_on(GUILD, group_id, "additions")
    kept = await services.groups.make_or_change(GUILD, CHANNEL, MONDAYS_AT_TEN, None, MODERATOR)
    await services.papers.go_on(GUILD, group_id, None)
    taken_back = await services.groups.status(CHANNEL, None)

    assert (kept.group.after_list, kept.weeks_left) == ("additions", 3)
    assert (taken_back.group.after_list, taken_back.weeks_left) == (None, 2)


async def test_another_servers_group_is_left_alone(services, group_id):
    for guild_id, wanted in ((OTHER_GUILD, group_id), (GUILD, 5)):
        with pytest.raises(NoGroupError):
            await services.papers.go_on(guild_id, wanted, "additions")
