from dataclasses import replace

import pytest

from bot.core.groups import (
    GroupForm,
    GroupStatus,
    GroupWish,
    Here,
    Moved,
    SeenChannel,
    SeenRole,
    WhichGroup,
    WhichHour,
    WhichZone,
)
from bot.core.weeks import Schedule
from bot.errors import (
    CannotPostError,
    HasGroupError,
    NotOfferedError,
    OldCardError,
    RoleRefusedError,
)

GUILD, HOME, OTHER, GONE, MODERATOR = 5, 71, 72, 73, 11
HERE = Here(GUILD, HOME, MODERATOR, "en-US", frozenset({HOME, OTHER}))
TEXT = SeenChannel(HOME, is_forum=False)
SEOUL = GroupWish(zone="Asia/Seoul")


@pytest.fixture
def setup(services):
    return services.groups


@pytest.fixture
async def lost(setup):
    """A group whose channel is gone."""
    with_it = replace(HERE, channel_ids=frozenset({HOME, OTHER, GONE}))
    made = await setup.set_up(with_it, SeenChannel(GONE, is_forum=False), SEOUL)
    return made.group.group_id


async def test_a_new_group_meets_on_mondays_at_nine(setup):
    made = await setup.set_up(HERE, TEXT, SEOUL)

    assert isinstance(made, GroupStatus)
    assert made.group.schedule == Schedule(0, 9, 0, "Asia/Seoul")


async def test_what_is_not_said_of_a_group_stays(setup):
    await setup.set_up(HERE, TEXT, SEOUL)
    changed = await setup.set_up(HERE, TEXT, GroupWish(weekday=4))

    assert changed.group.schedule == Schedule(4, 9, 0, "Asia/Seoul")


async def test_an_unclear_zone_is_asked_about_and_nothing_said_is_lost(setup, services):
    wish = GroupWish(4, "9 pm", 8, "xqzv")

    asked = await setup.set_up(HERE, TEXT, wish, SeenRole("readers", is_mentionable=True))
    kept = await services.moderation.kept((GUILD, MODERATOR, asked.kept_id), GroupForm)

    assert asked == WhichZone(asked.kept_id, "xqzv", asked.choices, fits=False)
    assert asked.choices
    assert kept == GroupForm(HOME, replace(wish, zone=""))


async def test_an_unclear_hour_is_asked_about_and_all_else_is_kept(setup, services):
    wish = GroupWish(4, "soon", 8, "Asia/Seoul")

    asked = await setup.set_up(HERE, TEXT, wish)
    kept = await services.moderation.kept((GUILD, MODERATOR, asked.kept_id), GroupForm)

    assert asked == WhichHour(asked.kept_id, "soon")
    assert kept == GroupForm(HOME, replace(wish, time=None))


@pytest.mark.parametrize(
    ("role", "error"),
    [
        (None, NotOfferedError()),
        (SeenRole("mods", is_mentionable=False), RoleRefusedError("mods")),
        (SeenRole(None, is_mentionable=False), RoleRefusedError(None)),
    ],
)
async def test_a_role_that_is_not_to_be_mentioned_is_refused(setup, services, role, error):
    with pytest.raises(type(error)) as raised:
        await setup.set_up(HERE, TEXT, replace(SEOUL, role_id=8), role)

    assert raised.value.args == error.args
    assert await services.groups.find(HOME) is None


async def test_a_channel_that_lacks_something_is_refused(setup, services):
    with pytest.raises(CannotPostError):
        await setup.set_up(HERE, replace(TEXT, problem="lacks:send_messages"), SEOUL)

    assert await services.groups.find(HOME) is None


async def test_with_a_lost_group_it_is_asked_which_is_meant(setup, lost, services):
    asked = await setup.set_up(HERE, TEXT, SEOUL)
    without_zone = await setup.set_up(HERE, TEXT, GroupWish())

    assert isinstance(asked, WhichGroup)
    assert [status.group.group_id for status in asked.lost.shown] == [lost]
    assert (asked.can_be_new, without_zone.can_be_new) == (True, False)
    assert await services.groups.find(HOME) is None


async def test_a_new_group_is_made_as_it_was_typed_before_the_question(setup, lost, services):
    asked = await setup.set_up(HERE, TEXT, replace(SEOUL, time="9:30 pm"))
    form = await services.moderation.kept((GUILD, MODERATOR, asked.kept_id), GroupForm)

    made = await setup.choose(HERE, TEXT, form, 0)

    assert made.group.schedule == Schedule(0, 21, 30, "Asia/Seoul")
    with pytest.raises(HasGroupError):
        await setup.choose(HERE, TEXT, form, 0)


async def test_a_lost_group_is_moved_once(setup, lost):
    moved = await setup.choose(HERE, TEXT, GroupForm(HOME), lost)

    assert isinstance(moved, Moved)
    assert (moved.status.group.channel_id, moved.left) == (HOME, None)
    with pytest.raises(OldCardError):
        await setup.choose(HERE, replace(TEXT, channel_id=OTHER), GroupForm(OTHER), lost)


async def test_a_living_group_that_moves_tells_where_it_was(setup):
    made = await setup.set_up(HERE, TEXT, SEOUL)

    moved = await setup.move_to(HERE, replace(TEXT, channel_id=OTHER), made.group.group_id)

    assert moved.left == HOME


async def test_only_a_lost_group_is_stopped_as_one(setup, lost):
    living = await setup.choose(HERE, TEXT, GroupForm(HOME, GroupWish(0, "09:00", None, "UTC")), 0)

    stopped = await setup.stop_lost(HERE, lost)

    assert stopped.group.state == "stopped"
    with pytest.raises(OldCardError):
        await setup.stop_lost(HERE, living.group.group_id)


async def test_lost_groups_are_shown_with_whether_there_is_room(setup, lost):
    free = await setup.lost(HERE)
    await setup.choose(HERE, TEXT, GroupForm(HOME, GroupWish(0, "09:00", None, "UTC")), 0)
    taken = await setup.lost(HERE)

    assert (free.count, free.is_free, taken.count, taken.is_free) == (1, True, 1, False)


async def test_in_an_outage_nothing_counts_as_lost(setup, lost):
    assert await setup.lost(replace(HERE, channel_ids=None)) is None


async def test_moderators_are_told_what_readers_doubt(setup, services, base):
    made = await setup.set_up(HERE, TEXT, SEOUL)
    two = next(r for r in base.resources if r.prerequisites)
    await services.moderation.doubt(12, GUILD, two.key, next(iter(two.prerequisites)), "")

    status = await services.groups.look(GUILD, made.group.group_id, MODERATOR)

    assert [resource.key for resource in status.doubted] == [two.key]
    assert made.doubted == ()


async def test_a_groups_language_is_that_of_who_started_it(services):
    here, there = replace(HERE, language="ko"), TEXT
    made = await services.groups.set_up(here, there, GroupWish(zone="Seoul"))
    elsewhere = replace(HERE, language="de")

    changed = await services.groups.set_up(elsewhere, there, GroupWish(weekday=3))

    assert (made.group.language, changed.group.language) == ("ko", "ko")
    assert changed.group.schedule.weekday == 3
