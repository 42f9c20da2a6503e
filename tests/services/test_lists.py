"""A server's own lists: made, named, removed, used; and who sees them."""

import sys

import pytest

from bot.core.lists import Where
from bot.core.progress import resolved
from bot.errors import (
    ListTitleError,
    NoGroupError,
    NothingToExportError,
    NotYourListError,
    TooManyListsError,
    UnknownListError,
)
from bot.services.curriculum import LAID_AT_ONCE, CurriculumStore
from bot.services.lists import FORMS, LONGEST_LIST_TITLE, MOST_LISTS
from bot.store import additions, progress
from bot.views.curriculum_card import index_card
from tests.curricula import curriculum, imported, resource
from tests.postbox import CHANNEL, GUILD, MODERATOR, new_group
from tests.seen import text_of

LIST = curriculum(resource("a"), resource("b"))
THERE, READER = GUILD + 1, 7


@pytest.fixture
def lists(services):
    return services.lists


async def brought(services, *slugs, title="Ours", guild_id=GUILD):
    """Bring a list of a server's own in, and return its id."""
    where = Where(guild_id)
    run = await services.imports.look(where, MODERATOR, imported(*slugs, title=title), "new")
    return (await services.imports.bring((guild_id, MODERATOR, run.draft_id))).list_id


async def titles(services, guild_id=GUILD):
    return [each.title for each in (await services.lists.overview(guild_id)).lists]


async def reads(services, where):
    """Return the id of the list in which a reader is at a place."""
    found, _ = await services.reading.reader(READER, where)
    return found.id


async def test_a_new_list_is_empty_and_seen_beside_the_hosts(services, lists):
    list_id = await lists.make(GUILD, MODERATOR, "  Distributed   systems ")

    shown = await lists.overview(GUILD, list_id=list_id)

    assert list_id == f"g{GUILD}:distributed-systems"
    assert await titles(services) == ["Demo", "Distributed systems"]
    assert (shown.chosen.list_id, shown.default) == (list_id, "demo")
    assert (shown.chosen.is_own, shown.chosen.resources, shown.chosen.undoable) == (True, 0, None)
    with pytest.raises(NothingToExportError):
        await lists.export(Where(GUILD, list_id=list_id), "yaml")


async def test_an_id_is_never_given_twice(lists):
    first = await lists.make(GUILD, MODERATOR, "Ours")
    await lists.remove(GUILD, MODERATOR, first)

    assert await lists.make(GUILD, MODERATOR, "Ours") == f"g{GUILD}:ours-2"


@pytest.mark.parametrize("title", ["", " ", "\u200b", "x" * (LONGEST_LIST_TITLE + 1)])
async def test_a_title_that_cannot_be_makes_and_renames_nothing(services, lists, title):
    list_id = await lists.make(GUILD, MODERATOR, "Ours")

    with pytest.raises(ListTitleError):
        await lists.make(GUILD, MODERATOR, title)
    with pytest.raises(ListTitleError):
        await lists.rename(GUILD, MODERATOR, list_id, title)

    assert await titles(services) == ["Demo", "Ours"]


async def test_a_server_has_room_for_so_many_lists_and_removed_ones_take_none(services, lists):
    made = [await lists.make(GUILD, MODERATOR, f"List {n}") for n in range(MOST_LISTS)]

    with pytest.raises(TooManyListsError):
        await lists.make(GUILD, MODERATOR, "One more")
    await lists.remove(GUILD, MODERATOR, made[0])
    await lists.make(GUILD, MODERATOR, "One more")
    with pytest.raises(TooManyListsError):
        await lists.bring_back(GUILD, MODERATOR, made[0])

    assert len(await titles(services)) == MOST_LISTS + 1


async def test_a_renamed_list_keeps_its_id_and_all_that_is_in_it(services, lists):
    list_id = await brought(services, "x", "y")

    before = await lists.rename(GUILD, MODERATOR, list_id, "Renamed")

    shown = (await lists.overview(GUILD, list_id=list_id)).chosen
    assert (before, shown.title, shown.resources) == ("Ours", "Renamed", 2)
    assert (await services.curricula.of(services.db, Where(GUILD, list_id=list_id))).title == (
        "Renamed"
    )


async def test_a_removed_list_is_out_of_sight_until_it_is_brought_back(services, lists):
    list_id = await brought(services, "x")
    for _ in range(2):  # twice is harmless
        await lists.remove(GUILD, MODERATOR, list_id)
    gone = await lists.overview(GUILD, list_id=list_id)

    with pytest.raises(UnknownListError):
        await lists.named(READER, GUILD, list_id)
    with pytest.raises(UnknownListError):
        await lists.use(GUILD, MODERATOR, list_id)
    await lists.bring_back(GUILD, MODERATOR, list_id)

    assert (gone.chosen.list_id, gone.removed) == ("demo", ((list_id, "Ours"),))
    assert await titles(services) == ["Demo", "Ours"]
    assert (await lists.overview(GUILD, list_id=list_id)).chosen.resources == 1


@pytest.mark.parametrize("change", ["rename", "remove", "bring_back"])
async def test_the_hosts_list_and_another_servers_are_not_to_be_changed(services, lists, change):
    theirs = await lists.make(THERE, MODERATOR, "Theirs")
    more = ("Mine",) if change == "rename" else ()

    for list_id in ("demo", theirs, "g9:nothing"):
        with pytest.raises(NotYourListError):
            await getattr(lists, change)(GUILD, MODERATOR, list_id, *more)

    assert await titles(services, THERE) == ["Demo", "Theirs"]


async def test_a_list_that_is_used_in_a_server_counts_there_and_nowhere_else(services, lists):
    list_id = await brought(services, "x")

    await lists.use(GUILD, MODERATOR, list_id)

    assert await reads(services, GUILD) == list_id
    assert await reads(services, THERE) == "demo"
    assert (await lists.overview(GUILD)).default == list_id
    await lists.use(GUILD, MODERATOR, "demo")
    assert await reads(services, GUILD) == "demo"


async def test_a_group_follows_a_list_from_its_next_free_week_on(services, lists):
    list_id = await brought(services, "x", "y")
    group_id = (await new_group(services)).group_id

    before = await lists.follow(GUILD, MODERATOR, group_id, list_id)

    status = await services.groups.status(CHANNEL, None)
    assert before == "demo"
    assert [each.pick.key for each in status.coming[:2]] == [f"g{GUILD}:x", f"g{GUILD}:y"]
    assert await reads(services, Where(GUILD, CHANNEL)) == list_id
    assert (await lists.overview(GUILD, CHANNEL)).chosen.channels == (CHANNEL,)
    assert await lists.follow(GUILD, MODERATOR, group_id, list_id) == list_id


async def test_a_group_whose_list_is_removed_reads_on_and_comes_back_with_it(services, lists):
    list_id = await brought(services, "x")
    group_id = (await new_group(services)).group_id
    await lists.follow(GUILD, MODERATOR, group_id, list_id)

    await lists.remove(GUILD, MODERATOR, list_id)

    status = await services.groups.status(CHANNEL, None)
    assert await reads(services, Where(GUILD, CHANNEL)) == "demo"
    assert status.coming[0].pick.key == "demo:a"
    assert (await lists.overview(GUILD, CHANNEL)).chosen.list_id == "demo"
    await lists.bring_back(GUILD, MODERATOR, list_id)
    assert await reads(services, Where(GUILD, CHANNEL)) == list_id


async def test_another_servers_group_follows_nothing_of_ours(services, lists):
    group_id = (await new_group(services)).group_id
    list_id = await lists.make(THERE, MODERATOR, "Theirs")

    with pytest.raises(NoGroupError):
        await lists.follow(THERE, MODERATOR, group_id, list_id)
    with pytest.raises(UnknownListError):
        await lists.follow(GUILD, MODERATOR, group_id, list_id)


async def test_another_servers_list_is_never_seen(services, lists):
    theirs = await brought(services, "x", title="Theirs", guild_id=THERE)
    where = Where(GUILD, list_id=theirs)

    assert await titles(services) == ["Demo"]
    assert await lists.titles(READER, GUILD) == {"demo": "Demo"}
    assert (await lists.overview(GUILD, list_id=theirs)).chosen.list_id == "demo"
    assert await reads(services, where) == "demo"
    assert (await lists.export(where, "yaml"))[1] == "demo.yaml"
    assert await reads(services, Where(None, list_id=theirs)) == "demo"
    for named in (theirs, "Theirs"):
        with pytest.raises(UnknownListError):
            await lists.named(READER, GUILD, named)
    with pytest.raises(UnknownListError):
        await lists.use(GUILD, MODERATOR, theirs)


async def test_a_list_is_named_by_its_title_too_in_its_server_and_where_it_was_used(
    services, lists
):
    list_id = await brought(services, "x")

    assert (await lists.named(READER, GUILD, "ours")).list_id == list_id
    assert await lists.named(READER, GUILD, None) == Where(GUILD)
    with pytest.raises(UnknownListError):
        await lists.named(READER, None, "Ours")
    await services.reading.next_for(READER, Where(GUILD, list_id=list_id))
    assert (await lists.named(READER, None, "Ours")).list_id == list_id
    assert await reads(services, None) == list_id


@pytest.mark.parametrize("form", FORMS)
async def test_a_long_list_is_written_beside_all_else(services, lists, form):
    list_id = await brought(services, *(f"r-{n}" for n in range(LAID_AT_ONCE + 1)))
    writers = {write.__code__ for write, _ending in FORMS.values()}
    written_here = []

    def note(frame, _event, _arg):
        if frame.f_code in writers:
            written_here.append(frame)

    sys.setprofile(note)  # of this thread alone
    try:
        _title, _name, text = await lists.export(Where(GUILD, list_id=list_id), form)
    finally:
        sys.setprofile(None)

    assert text.count("https://example.org/r-") > LAID_AT_ONCE
    assert not written_here


async def test_an_overview_counts_what_each_list_holds_however_it_came(services, lists):
    ours, theirs = await brought(services, "a", "x", "y"), await brought(services, "z")
    more = await services.imports.look(Where(GUILD, list_id=theirs), MODERATOR, imported("w"))
    await services.imports.bring((GUILD, MODERATOR, more.draft_id))
    edited = await services.moderation.open(Where(GUILD, list_id=ours), MODERATOR, "demo:a")
    await services.moderation.remove((GUILD, MODERATOR, edited.draft_id))

    found = {each.list_id: each for each in (await lists.overview(GUILD)).lists}

    assert (found["demo"].steps, found["demo"].resources) == (1, 2)
    assert (found[ours].steps, found[ours].resources) == (1, 2)
    assert (found[theirs].steps, found[theirs].resources) == (1, 2)
    assert [found[each].undoable is None for each in ("demo", ours, theirs)] == [True, True, False]


async def test_an_export_is_named_after_its_list(services, lists):
    list_id = await brought(services, "x")

    title, name, text = await lists.export(Where(GUILD, list_id=list_id), "yaml")

    assert (title, name) == ("Ours", "ours.yaml")
    assert "https://example.org/x" in text


# The host's lists


def held(list_id, *slugs):
    """Make a list of the host's; the same slug is the same link in each."""
    made = (resource(slug, namespace=list_id) for slug in slugs)
    return curriculum(*made, id=list_id)


async def started(services, clock, *bases):
    """Start with these lists, and return the keys that each then has."""
    store = CurriculumStore(*bases)
    await store.remember(services.db, clock())
    return {each.id: [*each.by_key] for each in store.bases.values()}


async def test_two_lists_that_hold_one_link_share_the_key_that_was_recorded_first(services, clock):
    one, two = held("one", "x", "p"), held("two", "y", "x")

    first = await started(services, clock, one, two)

    assert first == {"one": ["one:x", "one:p"], "two": ["two:y", "one:x"]}
    assert await started(services, clock, two, one) == first
    assert await started(services, clock, two) == {"two": ["two:y", "one:x"]}
    assert await started(services, clock, two, one) == first


async def test_a_list_that_comes_later_takes_the_key_of_the_one_that_was_there(services, clock):
    await started(services, clock, held("two", "x"))

    found = await started(services, clock, held("one", "p", "x"), held("two", "x"))

    assert found == {"one": ["one:p", "two:x"], "two": ["two:x"]}


async def test_a_list_that_comes_to_hold_what_another_had_takes_its_key(services, clock):
    one, two = held("one", "p"), held("two", "x")
    await started(services, clock, one, two)

    found = await started(services, clock, held("one", "p", "x"), two)

    assert found == {"one": ["one:p", "two:x"], "two": ["two:x"]}
    assert await started(services, clock, two, held("one", "p", "x")) == found


async def test_what_a_host_comes_to_list_counts_for_who_read_it_in_a_servers_own_list(
    services, clock
):
    more = resource("x", original_url="https://example.org/y")
    list_id = await brought(services, "x", "y")
    where = Where(GUILD, list_id=list_id)
    for slug, kind in (("x", "skipped"), ("y", "done")):
        await services.reading.mark(READER, where, f"g{GUILD}:{slug}", kind)
        clock.advance(seconds=1)
    store = CurriculumStore(curriculum(*LIST.resources, more))

    await store.remember(services.db, clock())

    seen = await store.of(services.db, where)
    marks = await progress.marks_of(services.db, READER)
    assert [*seen.by_key] == ["demo:x"]
    assert resolved(seen, marks).keys() == {"demo:x"}
    assert resolved(seen, marks)["demo:x"].state == "done"


async def test_what_another_list_still_has_is_not_gone(services):
    await bring_two_with_x(services)

    await services.lists.remove(GUILD, MODERATOR, f"g{GUILD}:one")
    one_left = await additions.known_resources(services.db, f"g{GUILD}")
    await services.lists.remove(GUILD, MODERATOR, f"g{GUILD}:two")
    none_left = await additions.known_resources(services.db, f"g{GUILD}")
    await services.lists.bring_back(GUILD, MODERATOR, f"g{GUILD}:two")
    back = await additions.known_resources(services.db, f"g{GUILD}")

    gone = [found[f"g{GUILD}:x"].gone_at for found in (one_left, none_left, back)]
    assert [at is None for at in gone] == [True, False, True]


async def bring_two_with_x(services):
    for title in ("One", "Two"):
        file = imported("x", title=title)
        run = await services.imports.look(Where(GUILD), MODERATOR, file, "new")
        await services.imports.bring((GUILD, MODERATOR, run.draft_id))


async def test_a_list_of_which_all_is_removed_is_empty(services):
    for key in ("demo:a", "demo:b"):
        desk = await services.moderation.open(Where(GUILD), MODERATOR, key)
        await services.moderation.remove((GUILD, MODERATOR, desk.draft_id))

    seen, reader = await services.reading.reader(READER, GUILD)

    assert not seen.resources
    assert "This list is empty so far." in text_of(index_card(seen, reader))


async def test_a_list_that_is_brought_back_has_a_title_of_its_own(services):
    await bring_two_with_x(services)
    await services.lists.remove(GUILD, MODERATOR, f"g{GUILD}:one")
    await services.lists.make(GUILD, MODERATOR, "One")

    await services.lists.bring_back(GUILD, MODERATOR, f"g{GUILD}:one")

    titles = await services.lists.titles(READER, GUILD)
    assert titles[f"g{GUILD}:one"] == "One 2"
