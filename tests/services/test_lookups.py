import asyncio
from datetime import timedelta

import pytest

from bot.core.curriculum.fields import PageFacts
from bot.core.lists import Where
from bot.services.lookups import HOSTS_AT_ONCE, LEASE, Lookups
from bot.store import additions
from tests.curricula import curriculum, resource
from tests.postbox import GUILD
from tests.postbox import MODERATOR as BOB

MINUTE = timedelta(minutes=1)
FACTS = PageFacts("Found", "Ada", 1999, 30, "paper")


@pytest.fixture
def base():
    return curriculum(resource("a"))


async def looked_at(services, *links):
    from bot.core.curriculum.imports.markdown import read_markdown

    imported = read_markdown("\n".join(links), "Ours")
    run = await services.imports.look(Where(GUILD), BOB, imported)
    return GUILD, BOB, run.draft_id


def lookups(services, fetch_facts):
    return Lookups(services.background, services.clock, fetch_facts)


async def test_what_a_page_tells_fills_what_the_list_leaves_out(services):
    ref = await looked_at(services, "https://e.org/1", "Second https://e.org/2")

    async def facts(url):
        return FACTS

    assert await lookups(services, facts).run_due()
    run = await services.imports.present(ref)

    first, second = run.merged.listed.resources
    assert (first.title, first.authors, first.year, first.minutes) == ("Found", "Ada", 1999, 30)
    assert second.title == "Second"
    assert (run.pending, run.looked_up) == (0, 2)


async def test_one_page_a_host_is_asked_at_a_time_and_hosts_at_once(services):
    hosts = [f"https://{host}.org/{n}" for n in range(3) for host in ("a", "b")]
    await looked_at(services, *hosts)
    open_, most = {"a": 0, "b": 0}, {"a": 0, "b": 0, "both": 0}

    async def facts(url):
        host = url[8]
        open_[host] += 1
        most[host] = max(most[host], open_[host])
        most["both"] = max(most["both"], sum(open_.values()))
        await asyncio.sleep(0.01)
        open_[host] -= 1
        return FACTS

    await lookups(services, facts).run_due()

    assert most == {"a": 1, "b": 1, "both": 2}


async def test_two_imports_take_turns_with_a_host(services):
    refs = [await looked_at(services, f"https://a.org/{n}", f"https://b.org/{n}") for n in range(3)]
    open_, most = {"a": 0, "b": 0}, {"a": 0, "b": 0}

    async def facts(url):
        host = url[8]
        open_[host] += 1
        most[host] = max(most[host], open_[host])
        await asyncio.sleep(0.01)
        open_[host] -= 1
        return FACTS

    await lookups(services, facts).run_due()

    assert most == {"a": 1, "b": 1}
    assert [(await services.imports.present(ref)).pending for ref in refs] == [0, 0, 0]


async def test_over_all_imports_a_few_hosts_are_asked_at_once(services):
    for each in range(4):
        await looked_at(services, *(f"https://h{each}-{n}.org/" for n in range(4)))
    open_, most = 0, 0

    async def facts(url):
        nonlocal open_, most
        open_ += 1
        most = max(most, open_)
        await asyncio.sleep(0.01)
        open_ -= 1
        return FACTS

    await lookups(services, facts).run_due()

    assert most == HOSTS_AT_ONCE


async def test_an_import_that_waits_long_for_its_turn_is_looked_up_once(services, clock):
    await looked_at(services, "https://a.org/1")
    asked, next_claimed = [], asyncio.Event()

    async def facts(url):
        asked.append(url)
        if url == "https://b.org/1":
            next_claimed.set()
        elif len(asked) == 1:
            clock.now += 2 * LEASE
            await looked_at(services, "https://b.org/1")
            await next_claimed.wait()
        return FACTS

    await lookups(services, facts).run_due()

    assert asked == ["https://a.org/1", "https://b.org/1"]


async def test_what_a_process_began_another_goes_on_with_once_its_lease_is_over(services, clock):
    ref = await looked_at(services, "https://a.org/1", "https://b.org/2")
    asked, both_asked = [], asyncio.Event()

    async def hangs(url):
        asked.append(url)
        if len(asked) == 2:
            both_asked.set()
        await asyncio.Event().wait()

    async def facts(url):
        asked.append(url)
        return FACTS

    died = asyncio.create_task(lookups(services, hangs).run_due())
    await both_asked.wait()
    died.cancel()
    too_early = await lookups(services, facts).run_due()
    clock.now += MINUTE
    later = await lookups(services, facts).run_due()

    assert (too_early, later) == (False, True)
    assert (await services.imports.present(ref)).pending == 0


async def test_what_was_brought_in_meanwhile_stays_as_it_was_brought(services):
    ref = await looked_at(services, "https://e.org/1")

    async def facts(url):
        await services.imports.bring(ref)
        return FACTS

    await lookups(services, facts).run_due()

    titles, _ = await services.lists.titles(BOB, GUILD), None
    own = next(each for each in titles if each.startswith(f"g{GUILD}:"))
    seen = await services.curricula.of(services.db, Where(GUILD, list_id=own))
    assert [r.title for r in seen.resources] == ["e.org/1"]


async def test_a_cancelled_import_is_looked_up_no_more(services):
    ref = await looked_at(services, "https://e.org/1")
    await services.moderation.cancel(ref)
    asked = []

    async def facts(url):
        asked.append(url)
        return FACTS

    assert not await lookups(services, facts).run_due()
    assert asked == []


async def test_known_links_are_not_looked_up(services, base):
    known = base.resources[0].url
    ref = await looked_at(services, known, "https://e.org/1")

    run = await services.imports.present(ref)

    assert run.looked_up == 1
    assert not await additions.any_lookups(services.db, services.clock() - MINUTE)
