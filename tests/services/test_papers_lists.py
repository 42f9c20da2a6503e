"""A group that changes its list: what it chose or began before is still read."""

import pytest

from bot.core.lists import Where
from tests.curricula import curriculum, imported, resource
from tests.postbox import CHANNEL, GUILD, MODERATOR, Postbox

IN_PARTS = resource("g", parts=("one", "two", "three"))
LIST = curriculum(*(resource(slug, minutes=200) for slug in "abcdef"), IN_PARTS)
W03, READER = "2026-W03", 7


@pytest.fixture
async def ours(services):
    """A list of the server's own."""
    brought = imported("x", "y", "z", title="Ours")
    run = await services.imports.look(Where(GUILD), MODERATOR, brought, "new")
    return (await services.imports.bring((GUILD, MODERATOR, run.draft_id))).list_id


@pytest.fixture
def follow(services, group_id):
    async def change_to(list_id):
        await services.lists.follow(GUILD, MODERATOR, group_id, list_id)

    return change_to


@pytest.fixture
def week(services, clock):
    """Return what lets a week pass, and returns the slug of what was posted in it."""

    async def pass_():
        clock.advance(hours=2)
        await services.weeks.open_due()
        await Postbox(services).deliver()
        post = (await services.groups.status(CHANNEL, None)).this_week
        clock.advance(days=7, hours=-2)
        return (post.key or post.state).partition(":")[2]

    return pass_


async def test_a_pick_is_read_in_its_week(services, group_id, ours, follow, week):
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, "demo:e", W03)
    await follow(ours)

    status = await services.groups.status(CHANNEL, None)
    posted = [await week() for _ in range(3)]
    past = (await services.groups.history(GUILD, group_id, 0)).weeks
    post = await services.weeks.post(past[1].post.week_id)

    assert status.curriculum.get(status.coming[1].pick.key).title == "E"
    assert status.weeks_left == 4
    assert posted == ["x", "e", "y"]
    assert post.resource.title == "E"
    assert post.curriculum.step_of(post.resource).title == "One"


async def test_a_vote_called_before_is_counted_and_its_winner_read(
    services, group_id, ours, follow, week, clock
):
    clock.advance(hours=2)
    await services.weeks.open_due()
    vote = (await services.votes.call(GUILD, CHANNEL, MODERATOR, 3, 24)).vote
    await follow(ours)
    clock.advance(days=7, hours=-2)

    ballot = await services.votes.ballot(vote.vote_id)
    await services.votes.decide(vote, [0, 2, 1])

    assert [each.title for each in ballot.candidates] == ["B", "C", "D"]
    assert await week() == "c"


async def test_a_paper_for_three_weeks_is_read_to_its_end(services, group_id, ours, follow, week):
    await services.papers.read_for(GUILD, group_id, "demo:a", 2)
    posted = [await week()]
    await follow(ours)
    await services.papers.read_for(GUILD, group_id, "demo:a", 3)

    posted += [await week() for _ in range(3)]

    assert posted == ["a", "a", "a", "x"]


async def test_what_was_begun_in_parts_is_read_to_its_last(services, ours, follow, week):
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, "demo:g", None)
    posted = [await week()]
    await follow(ours)

    posted += [await week() for _ in range(2)]
    last = (await services.groups.status(CHANNEL, None)).last

    assert [*posted, await week()] == ["g", "g", "g", "x"]
    assert last.part.names == ("three",)


async def test_the_running_paper_is_still_read_and_counted(services, group_id, ours, follow, week):
    await week()
    post = (await services.groups.status(CHANNEL, None)).last
    await follow(ours)

    shown, reply, _group = await services.weeks.read_it(READER, GUILD, post.week_id)

    assert shown.resource.title == "A"
    assert reply.change.keys == ("demo:a",)


async def test_what_the_server_removed_is_not_read_for_another_list_has_it(
    services, group_id, follow, week
):
    run = await services.imports.look(Where(GUILD), MODERATOR, imported("a", "x"), "new")
    ours = (await services.imports.bring((GUILD, MODERATOR, run.draft_id))).list_id
    await follow(ours)
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, "demo:a", W03)
    desk = await services.moderation.open(Where(GUILD, list_id=ours), MODERATOR, "demo:a")
    await services.moderation.remove((GUILD, MODERATOR, desk.draft_id))

    posted = [await week() for _ in range(2)]

    assert posted == ["x", ""]


@pytest.mark.parametrize("way", ["follow", "group"])
async def test_what_follows_the_list_stays_chosen(services, group, follow, ours, way):
    await services.papers.go_on(GUILD, group.group_id, "additions")
    if way == "follow":
        await follow(ours)
    else:
        change = services.groups.make_or_change
        await change(GUILD, CHANNEL, group.schedule, None, MODERATOR, list_id=ours)
    between = await services.groups.find(CHANNEL)
    await follow("demo")

    kept = await services.groups.find(CHANNEL)
    assert (between.list_id, between.after_list) == (ours, "additions")
    assert (kept.list_id, kept.after_list) == ("demo", "additions")
    assert kept.after_list_at == between.after_list_at is not None
