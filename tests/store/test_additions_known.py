from dataclasses import replace
from datetime import timedelta

from bot.store.additions import (
    KnownResource,
    keep_known,
    known_by_link,
    known_resources,
    known_resources_by_key,
    set_gone,
)
from tests.curricula import NOW

A = KnownResource("demo:a", "A", "https://example.org/a")
B = KnownResource("demo:b", "B", "https://example.org/b")
OTHER = KnownResource("g1:a", "Other", "https://example.org/a")


async def keep(db, *resources):
    async with db.transaction() as tx:
        await keep_known(tx, resources)


async def lose(db, *keys, now=NOW):
    async with db.transaction() as tx:
        await set_gone(tx, keys, now)


async def test_each_namespace_has_its_own(db):
    await keep(db, A, B, OTHER)

    assert await known_resources(db, "demo") == {"demo:a": A, "demo:b": B}
    assert await known_resources(db, "g1") == {"g1:a": OTHER}
    assert await known_resources(db, "de") == {}


async def test_a_list_of_any_length_is_kept_whole(db):
    many = [replace(A, key=f"demo:a-{n}", title=f"The {n}th") for n in range(250)]
    await keep(db, *many)

    assert await known_resources(db, "demo") == {resource.key: resource for resource in many}


async def test_the_latest_title_and_link_are_kept(db):
    renamed = KnownResource("demo:a", "A, revised", "https://example.com/a2")
    await keep(db, A)
    await keep(db, renamed)

    assert await known_resources(db, "demo") == {"demo:a": renamed}


async def test_what_left_keeps_the_instant_it_was_first_missed(db):
    await keep(db, A, B)
    await lose(db, "demo:a", "demo:never")
    await lose(db, "demo:a", now=NOW + timedelta(days=1))

    assert await known_resources(db, "demo") == {"demo:a": replace(A, gone_at=NOW), "demo:b": B}


async def test_what_returns_is_listed_again(db):
    await keep(db, A)
    await lose(db, "demo:a")
    await keep(db, A)

    assert await known_resources(db, "demo") == {"demo:a": A}


async def test_keys_are_found_listed_or_not_in_any_namespace(db):
    await keep(db, A, B, OTHER)
    await lose(db, "demo:a")

    found = await known_resources_by_key(db, ["demo:a", "g1:a", "demo:never"])

    assert found == {"demo:a": replace(A, gone_at=NOW), "g1:a": OTHER}


async def test_what_was_recorded_is_known_by_todays_form_of_its_link(db):
    page = replace(A, url="https://example.org/#/lesson1")
    paper = replace(B, url="https://browse.arxiv.org/abs/1706.03762")
    await keep(db, page, paper)

    assert await known_by_link(db, "demo", "arxiv:1706.03762") == [paper]
    assert await known_by_link(db, "demo", "example.org#/lesson1") == [page]
    assert await known_by_link(db, "demo", "example.org") == []
