"""Two processes on one PostgreSQL: what one changes, the other says at once."""

import dataclasses
from collections.abc import MutableMapping, MutableSequence, MutableSet
from datetime import datetime

import pytest

from bot.core.lists import Where
from tests.conftest import joined
from tests.postbox import CHANNEL, GUILD, MODERATOR, new_group

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)

READER = 9
HERE = Where(GUILD, CHANNEL)

REMEMBERED = {
    "CurriculumStore._laid": "kept with the version of the server's lists, read with each use",
    "CurriculumStore._gone_from_bases": "of the host's files: read at the start",
    "CurriculumStore._unchanged": "of the host's files: read at the start",
    "CurriculumStore._everything": "of the host's files: read at the start",
    "CurriculumStore.bases": "of the host's files: read at the start",
    "CurriculumStore.links": "of the host's files: read at the start",
    "CurriculumStore._mirrors": "read anew once a minute, while the weekly task is awake",
    "Weeks._waits_since": "since when this process waits for a poll: who takes over waits as long",
    "LinkChecks._gathered_at": "of this process: when it looked",
    "LinkChecks._told_at": "of this process: when it looked",
}
"""All that a service keeps from one call to the next, and how it learns what others changed."""


@pytest.fixture
async def other(services, database_url, base, clock):
    opened = await joined(database_url, base, clock)
    yield opened
    await opened.close()


async def used(services):
    """Let the services keep whatever they do."""
    await new_group(services)
    made = await services.lists.make(GUILD, MODERATOR, "Ours")
    await services.lists.use(GUILD, MODERATOR, made)
    await services.reading.next_for(READER, HERE)
    await services.finding.find(READER, HERE, "attention")
    await services.link_checks.run_due()
    return made


async def test_what_services_keep_is_told_here_with_how_it_learns_of_changes(services):
    await used(services)

    kept = set()
    for field in dataclasses.fields(services):
        service = getattr(services, field.name)
        if type(service).__module__.startswith("bot.services"):
            kept |= {
                f"{type(service).__name__}.{name}"
                for name, value in vars(service).items()
                if isinstance(value, MutableMapping | MutableSequence | MutableSet | datetime)
            }

    assert kept | {"CurriculumStore._mirrors"} <= REMEMBERED.keys()


async def test_a_list_is_seen_as_it_is(services, other):
    made = await used(services)
    await used_by_the_other(other)

    await services.lists.rename(GUILD, MODERATOR, made, "Renamed")
    titles = await other.lists.titles(READER, HERE)
    await services.lists.remove(GUILD, MODERATOR, made)

    assert "Renamed" in titles.values()
    assert "Renamed" not in (await other.lists.titles(READER, HERE)).values()


async def used_by_the_other(other):
    await other.reading.next_for(READER, HERE)
    await other.finding.find(READER, HERE, "attention")


async def test_a_group_its_language_and_its_pick_are_as_they_are(services, other, base):
    made = await new_group(services)
    await other.groups.status(CHANNEL, READER)
    picked = base.resources[5]

    await services.papers.pick(GUILD, CHANNEL, MODERATOR, picked.key, None)
    await services.groups.make_or_change(
        GUILD, CHANNEL, dataclasses.replace(made.schedule, hour=17), None, MODERATOR, language="ko"
    )
    await services.groups.join(GUILD, made.group_id, READER)

    status = await other.groups.status(CHANNEL, READER)
    assert (status.group.schedule.hour, status.group.language) == (17, "ko")
    assert status.is_member
    assert picked.key in str(status)


async def test_a_readers_marks_and_settings_are_as_they_are(services, other, base):
    await used_by_the_other(other)
    first = base.resources[0]

    await services.reading.mark(READER, GUILD, first.key, "done")
    await services.me.set_hour(READER, 6)
    await services.me.heard(READER, "ko")

    assert (await other.me.settings(READER)).remind_hour == 6
    about = await other.me.about(READER)
    assert (about.language, about.marks["done"]) == ("ko", 1)
