"""Lists that moderators bring: what comes in, what is known of it, and how it is taken back."""

import asyncio
import gc
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.curriculum.fields import Typed
from bot.core.curriculum.file import read_curriculum
from bot.core.curriculum.imports import NEW, Imported, Unread
from bot.core.curriculum.imports.formats import LARGEST_FILE
from bot.core.lists import Where
from bot.core.progress import resolved
from bot.errors import (
    ListTooLongError,
    NotAListError,
    NothingToExportError,
    NothingToUndoError,
    NotYourListError,
    OldCardError,
)
from bot.services import imports as imports_service
from bot.services.curriculum import CurriculumStore
from bot.services.imports import check_size, read_in_background
from bot.store import progress
from bot.store.instants import Ids
from bot.store.lists import VERSIONS_KEPT
from tests.curricula import curriculum, imported, resource
from tests.postbox import GUILD, MODERATOR, MONDAYS_AT_TEN

LIST = curriculum(resource("a"), resource("b", "a"), resource("c", step_id="two"))
THERE, OTHER, READER = GUILD + 1, 8, 7
OURS = f"g{GUILD}:ours"
IN_OURS, IN_HOSTS = Where(GUILD, list_id=OURS), Where(GUILD, list_id="demo")


def file_of(*resources, title="Ours", unread=()):
    made = (replace(each, prerequisites=()) for each in resources)
    return Imported(replace(curriculum(*made, id=NEW), title=title), unread)


NOTHING_TYPED = Typed("", "", "", "paper", "", "")


def draft(card):
    return GUILD, MODERATOR, card.draft_id


def new(slug, **fields):
    return resource(slug, namespace=NEW, **fields)


async def bring(services, file, mode="new", where=None, who=MODERATOR):
    where = where or Where(GUILD)
    run = await services.imports.look(where, who, file, mode)
    return await services.imports.bring((where.guild_id, who, run.draft_id))


def ref(run, who=MODERATOR):
    return GUILD, who, run.draft_id


async def keys(services, where):
    return [*(await services.curricula.of(services.db, where)).by_key]


async def everything_seen(services):
    """Return what readers and moderators see of each list, and what its file would hold."""
    shown = await services.lists.overview(GUILD)
    found = {}
    for each in shown.lists:
        where = Where(GUILD, list_id=each.list_id)
        seen = await services.moderation.list_of(where)
        try:
            _, _, text = await services.lists.export(where, "yaml")
        except NothingToExportError:
            text = ""
        said = seen.laid.curriculum.sections, seen.laid.set_aside, seen.laid.removed
        found[each.list_id] = (each.title, seen.laid.curriculum.title, *said, text)
    return found, shown.removed


async def add(services, slug, where, step=None):
    link = f"https://example.org/{slug}"
    proposal = await services.moderation.propose(where, MODERATOR, link, step)
    return await services.moderation.add((GUILD, MODERATOR, proposal.draft_id))


async def change(services, where, key, **typed):
    """Change the texts of a resource as a moderator does."""
    mod = services.moderation
    desk = await mod.open(where, MODERATOR, key)
    before = await mod.texts((GUILD, MODERATOR, desk.draft_id))
    await mod.set_texts((GUILD, MODERATOR, desk.draft_id), before, replace(before, **typed))


async def edit(services, where):
    """Add, rename, move and remove something of a list, as moderators do over the weeks."""
    await add(services, "edited", where, "one")
    first, second, *_ = await keys(services, where)
    await change(services, where, first, title="Renamed", notes="Ours.")
    desk = await services.moderation.open(where, MODERATOR, second)
    await services.moderation.remove((GUILD, MODERATOR, desk.draft_id))


# What an import would do


async def test_a_look_changes_nothing(services):
    before = await everything_seen(services)

    run = await services.imports.look(Where(GUILD), MODERATOR, imported("x", "a"))

    assert (run.state, run.mode, run.into, run.title) == ("asked", "new", None, "Ours")
    assert [r.key for r in run.merged.added] == [f"g{GUILD}:x", "demo:a"]
    assert [r.key for r in run.merged.known] == ["demo:a"]
    assert await everything_seen(services) == before


async def test_what_has_links_of_a_list_of_their_own_is_added_to_that(services):
    await bring(services, imported("x"))

    shared = await services.imports.look(Where(GUILD), MODERATOR, imported("x", "y"))
    other = await services.imports.look(Where(GUILD), MODERATOR, imported("z"))
    named = await services.imports.look(IN_HOSTS, MODERATOR, imported("z"))

    assert (shared.mode, shared.into.list_id) == ("add", OURS)
    assert (other.mode, other.into) == ("new", None)
    assert (named.mode, named.into.list_id) == ("add", "demo")
    assert [each.list_id for each in shared.lists] == ["demo", OURS]


async def test_a_card_of_an_import_does_what_it_shows_or_nothing(services):
    await bring(services, imported("x"))
    run = await services.imports.look(Where(GUILD), MODERATOR, imported("y"), "new")

    chosen = await services.imports.choose(ref(run), "replace", OURS)

    with pytest.raises(OldCardError):
        await services.imports.bring(ref(run))
    assert (await services.imports.bring(ref(chosen))).list_id == OURS


async def test_an_import_counts_though_the_clock_was_put_back(services, clock):
    await bring(services, imported("x"))
    clock.now -= timedelta(minutes=5)
    later = replace(services.imports, _ids=Ids(clock, services.chance))

    await bring(replace(services, imports=later), imported("y"), "add", IN_OURS)

    assert await keys(services, IN_OURS) == [f"g{GUILD}:x", f"g{GUILD}:y"]


async def test_what_is_brought_again_after_its_undo_has_what_was_added_meanwhile(services):
    run = await bring(services, imported("x"))
    card = await services.moderation.propose(IN_OURS, MODERATOR, "https://example.org/added")
    form = replace(NOTHING_TYPED, title="Added")
    await services.moderation.set_texts(draft(card), NOTHING_TYPED, form)
    await services.moderation.add(draft(card))

    await services.imports.undo(ref(run))
    left = await keys(services, IN_OURS)
    again = await services.imports.bring(ref(run))

    assert left == [f"g{GUILD}:added"]
    assert again.list_id == OURS
    assert set(await keys(services, IN_OURS)) == {f"g{GUILD}:added", f"g{GUILD}:x"}


async def test_two_imports_taken_back_in_the_order_they_came_leave_nothing(services):
    one = await bring(services, file_of(new("x", title="Title X"), title="One"))
    before = await services.lists.export(Where(GUILD, list_id=one.list_id), "yaml")
    second = file_of(new("x", title="Second title"), title="Two")
    third = file_of(new("x", title="Third title"), title="Three")
    two, three = await bring(services, second), await bring(services, third)

    await services.imports.undo(ref(two))
    await services.imports.undo(ref(three))

    assert await services.lists.export(Where(GUILD, list_id=one.list_id), "yaml") == before


async def test_what_was_hidden_of_the_hosts_comes_back_as_it_was(services):
    card = await services.moderation.open(IN_HOSTS, MODERATOR, "demo:b")
    before = await services.moderation.texts(draft(card))
    await services.moderation.set_texts(draft(card), before, replace(before, notes="Ours."))
    await services.moderation.remove(draft(card))

    await bring(services, imported("b"), "add", IN_HOSTS)

    seen = await services.curricula.of(services.db, IN_HOSTS)
    assert seen.get("demo:b").added_notes == ("Ours.",)


async def test_a_link_that_was_mended_of_the_hosts_is_that_resource(services):
    card = await services.moderation.open(IN_HOSTS, MODERATOR, "demo:a")
    before = await services.moderation.texts(draft(card))
    mended = "https://example.org/mended"
    await services.moderation.set_texts(draft(card), before, replace(before, link=mended))

    run = await services.imports.look(Where(GUILD), MODERATOR, file_of(new("a", url=mended)), "new")

    assert [r.key for r in run.merged.added] == ["demo:a"]


async def test_two_lists_never_have_one_title(services):
    await bring(services, imported("x"))
    await bring(services, imported("y"), "new")

    titles = await services.lists.titles(READER, GUILD)
    assert sorted(titles.values()) == ["Demo", "Ours", "Ours 2"]


async def test_what_gave_nothing_and_what_has_no_title_is_told(services):
    unread = (Unread(3, "no link", "text"),)

    run = await services.imports.look(
        Where(GUILD), MODERATOR, file_of(new("x", title=""), new("y"), unread=unread)
    )

    assert run.unread == unread
    assert (await services.imports.present(ref(run))).unread == unread


async def test_how_many_readers_have_marks_on_what_leaves_is_told_from_three_on(services):
    await bring(services, imported("x", "y"))
    group = await services.groups.make_or_change(GUILD, 2, MONDAYS_AT_TEN, None, MODERATOR)
    told = []
    for reader in range(3):
        await services.groups.join(GUILD, group.group.group_id, reader + 20)
        await services.reading.mark(reader + 20, IN_OURS, f"g{GUILD}:y", "done")
        run = await services.imports.look(IN_OURS, MODERATOR, imported("x"), "replace")
        told.append(run.readers)

    assert told == [0, 0, 3]


async def test_a_list_holds_so_many_and_no_more(services, monkeypatch):
    monkeypatch.setattr(imports_service, "MOST_LISTED", 2)
    monkeypatch.setattr(imports_service, "MOST_ADDITIONS", 1)

    for mode, most in (("new", 2), ("add", 1)):
        slugs = [f"n{n}" for n in range(most + 1)]
        with pytest.raises(ListTooLongError):
            await services.imports.look(IN_HOSTS, MODERATOR, imported(*slugs), mode)
        await services.imports.look(IN_HOSTS, MODERATOR, imported(*slugs[1:]), mode)


def test_a_file_of_more_bytes_is_not_worth_reading():
    check_size(LARGEST_FILE, "list.csv")
    with pytest.raises(NotAListError):
        check_size(LARGEST_FILE + 1, "list.csv")


# What comes in


async def test_nobody_waits_for_garbage_to_be_looked_for_while_a_list_is_read():
    looks, often = [], gc.get_threshold()
    items = [b"- [Paper %d](https://example.org/%d)\n" % (n, n) for n in range(600)]
    short, long = b"".join(items[:10]), b"".join(items)

    def note(phase, _):
        looks.append(phase)

    gc.callbacks.append(note)
    gc.set_threshold(500)
    try:
        await asyncio.gather(read_in_background(short, "a.md"), read_in_background(long, "b.md"))
        with pytest.raises(NotAListError):
            await read_in_background(b"PK\x03\x04", "c.md")
    finally:
        gc.set_threshold(*often)
        gc.callbacks.remove(note)
    assert gc.isenabled()
    assert looks.count("start") < 5  # without a pause there are many


async def test_the_collector_waits_for_the_last_list_that_is_read():
    with imports_service._COLLECTOR:  # noqa: SLF001 - a list that takes long
        await read_in_background(b"- [Paper](https://example.org)\n", "short.md")
        assert not gc.isenabled()
    assert gc.isenabled()


async def test_a_list_of_its_own_has_all_that_was_brought(services):
    run = await bring(services, imported("x", "a", notes=("Read it.",), minutes=7))

    assert (run.state, run.list_id) == ("brought", OURS)
    assert await keys(services, IN_OURS) == [f"g{GUILD}:x", "demo:a"]
    _, _, text = await services.lists.export(IN_OURS, "yaml")
    assert [r.notes for r in read_curriculum(text).resources] == [("Read it.",)] * 2
    assert (await services.lists.overview(GUILD)).default == "demo"


async def test_what_is_brought_into_the_hosts_list_is_laid_over_it(services):
    await bring(
        services, file_of(new("x", step_id="two"), new("y", step_id="three")), "add", IN_HOSTS
    )

    seen = await services.curricula.of(services.db, IN_HOSTS)
    assert [(s.title, [r.key for r in s.resources]) for s in seen.steps] == [
        ("One", ["demo:a", "demo:b"]),
        ("Two", ["demo:c", f"g{GUILD}:x"]),
        ("Three", [f"g{GUILD}:y"]),
    ]
    assert await keys(services, THERE) == [*LIST.by_key]


async def test_marks_count_in_each_list_that_has_the_link(services):
    await services.reading.mark(READER, GUILD, "demo:a", "done")
    await bring(services, imported("a", "x"))
    await services.reading.mark(READER, IN_OURS, f"g{GUILD}:x", "known")
    await bring(services, imported("x"), "add", IN_HOSTS)

    for where in (IN_OURS, IN_HOSTS):
        _, reader = await services.reading.reader(READER, where)
        assert {key: mark.state for key, mark in reader.marks.items()} == {
            "demo:a": "done", f"g{GUILD}:x": "known",
        }  # fmt: skip


async def test_a_link_that_was_ever_in_this_server_is_that_resource(services):
    desk = await add(services, "x", Where(GUILD))
    await services.moderation.remove((GUILD, MODERATOR, desk.draft_id))

    run = await bring(services, file_of(new("x", title="Called otherwise")))

    assert [r.key for r in run.merged.added] == [desk.resource.key]
    assert run.merged.known == run.merged.added


async def test_another_servers_link_is_nothing_here(services):
    await bring(services, imported("x", title="Theirs"), where=Where(THERE))

    run = await bring(services, imported("x"))

    assert [r.key for r in run.merged.added] == [f"g{GUILD}:x"]
    assert run.merged.known == ()


async def test_a_link_that_is_mended_in_a_file_counts_in_all_lists(services):
    await bring(services, file_of(new("x", title="On X")))
    await bring(services, file_of(new("x", title="On X")), "add", IN_HOSTS)

    mended = new("x", title="On X", url="https://example.org/mended")
    await bring(services, file_of(mended), "replace", IN_OURS)

    for where in (IN_OURS, IN_HOSTS):
        seen = await services.curricula.of(services.db, where)
        assert seen.get(f"g{GUILD}:on-x").url == mended.url
    run = await services.imports.look(IN_OURS, MODERATOR, file_of(new("x", title="On X")), "new")
    assert [r.key for r in run.merged.added] == [f"g{GUILD}:on-x"]


async def test_a_second_tap_changes_nothing(services):
    run = await bring(services, imported("x"))
    once = await everything_seen(services)

    again = await services.imports.bring(ref(run))

    assert (again.state, again.list_id) == ("brought", OURS)
    assert await everything_seen(services) == once


async def test_a_list_that_changed_since_the_look_is_looked_at_again(services):
    run = await services.imports.look(Where(GUILD), MODERATOR, imported("x"), "new")
    await add(services, "y", Where(GUILD))
    before = await everything_seen(services)

    asked = await services.imports.bring(ref(run))

    assert asked.state == "changed"
    assert await everything_seen(services) == before
    assert (await services.imports.bring(ref(run))).state == "brought"


async def test_where_it_goes_can_be_changed_until_it_is_brought(services):
    await bring(services, imported("x"))
    run = await services.imports.look(IN_HOSTS, MODERATOR, imported("y"), "add")

    chosen = await services.imports.choose(ref(run), "replace", OURS)
    await services.imports.bring(ref(chosen))

    assert (chosen.mode, chosen.into.list_id) == ("replace", OURS)
    assert await keys(services, IN_OURS) == [f"g{GUILD}:y"]
    assert await keys(services, IN_HOSTS) == [*LIST.by_key]


async def test_another_moderators_card_and_an_old_one_are_refused(services, clock):
    run = await services.imports.look(Where(GUILD), MODERATOR, imported("x"), "new")
    imports = services.imports

    for act in (imports.bring, imports.undo, imports.present):
        for foreign in (ref(run, OTHER), (THERE, MODERATOR, run.draft_id)):
            with pytest.raises(OldCardError):
                await act(foreign)
    clock.advance(days=1, seconds=1)
    with pytest.raises(OldCardError):
        await imports.bring(ref(run))


async def test_a_list_removed_since_the_look_is_not_written_to(services):
    await bring(services, imported("x"))
    run = await services.imports.look(IN_OURS, MODERATOR, imported("y"), "add")
    await services.lists.remove(GUILD, MODERATOR, OURS)

    asked = await services.imports.bring(ref(run))
    await services.imports.bring(ref(run))

    assert (asked.state, asked.into.list_id) == ("changed", "demo")
    assert {*await keys(services, IN_HOSTS)} == {*LIST.by_key, f"g{GUILD}:y"}
    await services.lists.bring_back(GUILD, MODERATOR, OURS)
    assert await keys(services, IN_OURS) == [f"g{GUILD}:x"]


async def test_another_servers_list_is_never_written_to(services):
    theirs = (await bring(services, imported("x"), where=Where(THERE))).list_id
    ours = (await bring(services, imported("x"))).list_id
    await services.lists.use(GUILD, MODERATOR, ours)
    run = await services.imports.look(Where(GUILD), MODERATOR, imported("y"), "add")

    chosen = await services.imports.choose(ref(run), "replace", theirs)
    await services.imports.bring(ref(chosen))

    assert chosen.into.list_id == ours
    assert await keys(services, Where(THERE, list_id=theirs)) == [f"g{THERE}:x"]
    assert await keys(services, IN_OURS) == [f"g{GUILD}:y"]


# What is taken back


CASES = {
    "a list of its own": (imported("a", "x"), "new", Where(GUILD)),
    "beside what is there": (imported("a", "x", "z", step_id="two"), "add", IN_OURS),
    "in place of it": (file_of(new("y", title="Other"), new("x", step_id="s")), "replace", IN_OURS),
    "over the host's": (imported("a", "x", "z", step_id="new"), "add", IN_HOSTS),
}


@pytest.mark.parametrize("edited", [None, "ours", "hosts"])
@pytest.mark.parametrize("case", CASES)
async def test_an_import_that_is_taken_back_leaves_all_as_it_was(services, case, edited):
    file, mode, where = CASES[case]
    await bring(services, imported("x", "y", "b"))
    if edited:
        await edit(services, {"ours": IN_OURS, "hosts": IN_HOSTS}[edited])
    before = await everything_seen(services)

    run = await bring(services, file, mode, where)
    brought = await everything_seen(services)
    undone = await services.imports.undo(ref(run))
    once = await everything_seen(services)
    again = await services.imports.undo(ref(run))

    assert brought != before
    assert once == before
    assert (undone.state, again.state) == ("undone", "undone")
    assert await everything_seen(services) == before
    await services.imports.bring(ref(run))
    assert await everything_seen(services) == brought


@pytest.mark.parametrize("case", CASES)
async def test_what_was_changed_after_an_import_stays_when_it_is_taken_back(services, case):
    file, mode, where = CASES[case]
    await bring(services, imported("x", "y", "b"))
    run = await bring(services, file, mode, where)
    ours, hosts = f"g{GUILD}:y", "demo:c"

    await change(services, IN_HOSTS, hosts, title="Renamed", notes="Ours.")
    await change(services, IN_OURS, ours, notes="Ours, too.")
    await add(services, "later", IN_HOSTS)
    await services.imports.undo(ref(run))

    seen = await services.curricula.of(services.db, IN_HOSTS)
    assert (seen.get(hosts).title, seen.get(hosts).added_notes) == ("Renamed", ("Ours.",))
    assert seen.get(f"g{GUILD}:example-org-later") is not None
    seen = await services.curricula.of(services.db, IN_OURS)
    assert seen.get(ours).added_notes == ("Ours, too.",)


async def test_what_was_changed_before_and_after_an_import_is_all_there_again(services):
    key = f"g{GUILD}:x"
    await bring(services, imported("x", "y"))
    await change(services, IN_OURS, key, notes="Before.")
    run = await bring(services, imported("x", "z"), "replace", IN_OURS)

    desk = await services.moderation.open(IN_OURS, MODERATOR, key, needs=f"g{GUILD}:z")
    await services.moderation.confirm((GUILD, MODERATOR, desk.draft_id))
    await services.imports.undo(ref(run))

    found = (await services.curricula.of(services.db, IN_OURS)).get(key)
    assert found.added_notes == ("Before.",)


async def test_what_another_import_brought_too_stays_when_the_first_is_taken_back(services):
    first = await bring(services, imported("x"))
    await bring(services, imported("x"), "add", IN_HOSTS)

    await services.imports.undo(ref(first))

    assert {*await keys(services, IN_HOSTS)} == {*LIST.by_key, f"g{GUILD}:x"}


async def test_of_two_imports_into_a_list_the_later_one_is_taken_back_first(services):
    await bring(services, imported("w"))
    first = await bring(services, imported("x"), "add", IN_OURS)
    second = await bring(services, imported("y"), "add", IN_OURS)

    with pytest.raises(NothingToUndoError):
        await services.imports.undo(ref(first))
    await services.imports.undo(ref(second))
    await services.imports.undo(ref(first))

    assert await keys(services, IN_OURS) == [f"g{GUILD}:w"]


@pytest.mark.parametrize("where", [IN_OURS, IN_HOSTS])
async def test_the_latest_import_into_a_list_can_be_taken_back_long_after(services, clock, where):
    await bring(services, imported("w"))
    before = await everything_seen(services)
    await bring(services, imported("x"), "add", where)
    clock.advance(days=30)

    await services.imports.step_back(GUILD, OTHER, where.list_id)

    assert await everything_seen(services) == before
    with pytest.raises(NothingToUndoError):
        await services.imports.step_back(GUILD, OTHER, where.list_id)


async def test_a_list_whose_first_versions_are_forgotten_is_never_taken_back_as_a_whole(services):
    await bring(services, imported("w"))
    runs = [
        await bring(services, imported(f"x{n}"), "add", IN_OURS) for n in range(VERSIONS_KEPT + 1)
    ]
    for run in runs[:1:-1]:
        await services.imports.undo(ref(run))

    with pytest.raises(NothingToUndoError):
        await services.imports.undo(ref(runs[1]))

    assert await keys(services, IN_OURS) == [f"g{GUILD}:{slug}" for slug in ("w", "x0", "x1")]


async def test_what_was_said_of_a_list_that_was_taken_back_is_in_no_other_list(services):
    run = await bring(services, imported("x"))
    await add(services, "later", IN_OURS)
    await services.imports.undo(ref(run))

    made = await services.lists.make(GUILD, MODERATOR, "Ours")

    assert await keys(services, Where(GUILD, list_id=made)) == []


async def test_another_servers_import_is_not_taken_back(services):
    await bring(services, imported("w"))
    await bring(services, imported("x"), "add", IN_OURS)

    with pytest.raises(NothingToUndoError):
        await services.imports.step_back(THERE, MODERATOR, OURS)


async def test_marks_on_what_is_taken_back_count_again_when_it_comes_back(services):
    run = await bring(services, imported("x"))
    await services.reading.mark(READER, IN_OURS, f"g{GUILD}:x", "done")

    await services.imports.undo(ref(run))
    await bring(services, file_of(new("x", title="By another name"), title="Another"))

    where = Where(GUILD, list_id=f"g{GUILD}:another")
    _, reader = await services.reading.reader(READER, where)
    assert {key: mark.state for key, mark in reader.marks.items()} == {f"g{GUILD}:x": "done"}


async def test_nothing_takes_the_place_of_the_hosts_list(services):
    with pytest.raises(NotYourListError):
        await services.imports.look(IN_HOSTS, MODERATOR, imported("x"), "replace")


async def test_marks_on_what_the_host_listed_once_count_where_it_is_brought(services, clock):
    await services.reading.mark(READER, GUILD, "demo:c", "done")
    later = CurriculumStore(curriculum(*LIST.resources[:2]))
    await later.remember(services.db, clock())
    imports = replace(
        services.imports, _curricula=later, _lists=replace(services.lists, _curricula=later)
    )
    await bring(replace(services, imports=imports), imported("c"))

    listed = await later.of(services.db, IN_OURS)

    assert [*listed.by_key] == [f"g{GUILD}:c"]
    assert resolved(listed, await progress.marks_of(services.db, READER)).keys() == {f"g{GUILD}:c"}


async def test_marks_on_a_servers_own_count_where_the_host_comes_to_list_it(services, clock):
    run = await bring(services, imported("x"))
    await services.reading.mark(READER, IN_OURS, f"g{GUILD}:x", "done")
    await services.imports.undo(ref(run))
    later = CurriculumStore(curriculum(*LIST.resources, resource("x")))
    await later.remember(services.db, clock())

    listed = await later.of(services.db, IN_HOSTS)

    assert resolved(listed, await progress.marks_of(services.db, READER)).keys() == {"demo:x"}


async def test_what_was_edited_in_one_list_stays_so_when_another_brings_the_same(services):
    await bring(services, file_of(new("x", title="On X")))
    card = await services.moderation.open(IN_OURS, MODERATOR, f"g{GUILD}:on-x")
    before = await services.moderation.texts(draft(card))
    mended = replace(before, title="Renamed", link="https://example.org/mended")
    await services.moderation.set_texts(draft(card), before, mended)

    await bring(services, file_of(new("x", title="On X")), "new")

    seen = await services.curricula.of(services.db, IN_OURS)
    assert seen.get(f"g{GUILD}:on-x").title == "Renamed"
    assert seen.get(f"g{GUILD}:on-x").url == "https://example.org/mended"


async def test_an_edit_of_what_was_brought_outlasts_undo_and_another_import(services):
    run = await bring(services, imported("x"))
    card = await services.moderation.open(IN_OURS, MODERATOR, f"g{GUILD}:x")
    before = await services.moderation.texts(draft(card))
    await services.moderation.set_texts(draft(card), before, replace(before, notes="Ours."))

    await services.imports.undo(ref(run))
    await services.imports.bring(ref(run))

    seen = await services.curricula.of(services.db, IN_OURS)
    assert seen.get(f"g{GUILD}:x").added_notes == ("Ours.",)


async def test_a_removed_list_stays_removed_when_its_import_is_taken_back(services):
    run = await bring(services, imported("x"))
    card = await services.moderation.propose(IN_OURS, MODERATOR, "https://example.org/added")
    form = replace(NOTHING_TYPED, title="Added")
    await services.moderation.set_texts(draft(card), NOTHING_TYPED, form)
    await services.moderation.add(draft(card))
    await services.lists.remove(GUILD, MODERATOR, OURS)

    await services.imports.undo(ref(run))

    assert OURS not in await services.lists.titles(READER, GUILD)


async def test_a_list_without_headings_has_one_step_called_as_it_is(services):
    read = await read_in_background(b"https://example.org/1\n", "list.txt", "Raft v1.5 papers")

    assert [step.title for step in read.curriculum.steps] == ["Raft v1.5 papers"]
    assert read.curriculum.title == "Raft v1.5 papers"
