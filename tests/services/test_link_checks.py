"""The weekly look at links: what it takes, what days add up to, and what moderators see of it."""

import asyncio
import logging
from datetime import timedelta

import pytest

from bot.core.inbox import BadLink
from bot.core.link_checks import LinkAnswer
from bot.core.lists import Where
from bot.services.link_checks import LinkChecks, ask_links
from bot.services.lookups import Turns
from bot.services.opening import services_over
from bot.store import additions
from bot.store import link_checks as rows
from bot.store.additions import KnownResource
from bot.views.inbox_card import inbox_card
from tests.curricula import curriculum, imported, resource

HERE, THERE, MOD = 100, 200, 1
LIST = curriculum(resource("p1"), resource("p2"), resource("p3", title="A page"))
P1, P2, P3 = (f"https://example.org/p{n}" for n in (1, 2, 3))
COPY = f"https://web.archive.org/web/{P1}"
GONE, FINE, SILENT = (LinkAnswer(each) for each in ("gone", "there", "unknown"))


class Web:
    """What each link answers; ``asked``: which were."""

    def __init__(self):
        self.answers, self.asked = {}, []

    async def check(self, url):
        self.asked.append(url)
        await asyncio.sleep(0)
        return self.answers.get(url, FINE)


@pytest.fixture
def small_web():
    return Web()


@pytest.fixture
async def checks(services, clock, small_web):
    return LinkChecks(services.background, services.curricula, clock, small_web.check)


async def days(checks, clock, count=1):
    for _ in range(count):
        while await checks.run_due():
            pass
        clock.advance(days=1)


async def test_each_listed_link_is_looked_at_once_a_week(checks, clock, small_web):
    await days(checks, clock)
    first = sorted(small_web.asked)
    await days(checks, clock, 6)
    after_a_week = len(small_web.asked)
    await days(checks, clock)

    assert first == [P1, P2, P3]
    assert after_a_week == 3
    assert len(small_web.asked) == 6


async def test_a_link_is_dead_on_its_third_day_and_told_in_the_log_and_the_inbox(
    checks, services, clock, small_web, caplog
):
    caplog.set_level(logging.WARNING)
    small_web.answers[P1] = GONE
    await days(checks, clock, 2)
    before = (await services.inboxes.look(HERE, MOD)).counts.total
    await days(checks, clock)

    look = await services.inboxes.look(HERE, MOD)
    assert before == 0
    assert look.counts.links == 1
    assert isinstance(look.matter, BadLink)
    assert look.matter.desk.resource.key == "demo:p1"
    assert look.matter.instead == f"https://web.archive.org/web/{P1}"
    assert [r.getMessage() for r in caplog.records] == [f"dead link: {P1}"]
    assert look.counts.total == 1
    assert (await services.inboxes.look(THERE, MOD)).counts.links == 1


async def test_refusals_and_silence_never_make_a_link_dead(checks, services, clock, small_web):
    small_web.answers[P1] = SILENT
    await days(checks, clock, 60)

    assert await rows.troubled(services.db) == {}


async def test_a_page_that_is_back_is_no_matter_any_more(checks, services, clock, small_web):
    small_web.answers[P1] = GONE
    await days(checks, clock, 3)
    del small_web.answers[P1]
    await days(checks, clock, 8)

    assert (await services.inboxes.look(HERE, MOD)).counts.total == 0


async def test_what_moved_for_good_is_offered_only_with_the_same_title(
    checks, services, clock, small_web
):
    new = "https://example.org/new"
    small_web.answers[P3] = LinkAnswer("there", moved_to=new, title="A Page")
    small_web.answers[P2] = LinkAnswer("there", moved_to=new, title="Our shop")
    await days(checks, clock)

    look = await services.inboxes.look(HERE, MOD)
    assert look.counts.links == 1
    assert (look.matter.desk.resource.key, look.matter.instead) == ("demo:p3", new)
    assert look.matter.has_moved


async def test_a_link_that_is_mended_in_one_server_is_still_dead_in_the_other(
    checks, services, clock, small_web
):
    small_web.answers[P1] = GONE
    await days(checks, clock, 3)
    matter = (await services.inboxes.look(HERE, MOD)).matter

    await services.moderation.mend((HERE, MOD, matter.desk.draft_id), matter.instead)

    assert (await services.inboxes.look(HERE, MOD)).counts.links == 0
    assert (await services.inboxes.look(THERE, MOD)).counts.links == 1
    listed = await services.curricula.of(services.db, HERE)
    assert listed.by_key["demo:p1"].url == f"https://web.archive.org/web/{P1}"


async def test_a_servers_own_links_are_looked_at_and_forgotten_with_it(
    checks, services, clock, small_web
):
    proposal = await services.moderation.propose(HERE, MOD, "https://example.org/ours")
    await services.moderation.add((HERE, MOD, proposal.draft_id))
    small_web.answers["https://example.org/ours"] = GONE
    await days(checks, clock, 3)

    seen = [(await services.inboxes.look(guild, MOD)).counts.links for guild in (HERE, THERE)]
    desk = await services.moderation.open(HERE, MOD, "https://example.org/ours")
    await services.moderation.remove((HERE, MOD, desk.draft_id))
    await days(checks, clock, 2)

    assert seen == [1, 0]
    assert await rows.checks_of(services.db, ["https://example.org/ours"]) == []


async def test_two_processes_share_the_links(checks, services, clock, small_web):
    other = LinkChecks(services.background, services.curricula, clock, small_web.check)

    await asyncio.gather(checks.run_due(), other.run_due())
    await asyncio.gather(checks.run_due(), other.run_due())

    assert sorted(small_web.asked) == [P1, P2, P3]


async def test_what_is_mended_is_looked_at_as_well(checks, services, clock, small_web):
    desk = await services.moderation.open(HERE, MOD, "demo:p1")
    await services.moderation.mend((HERE, MOD, desk.draft_id), "https://example.org/mended")
    small_web.answers["https://example.org/mended"] = GONE
    await days(checks, clock, 3)

    look = await services.inboxes.look(HERE, MOD)
    assert look.counts.links == 1
    assert look.matter.desk.resource.url == "https://example.org/mended"


async def test_one_link_that_fails_ends_nobody_elses_look(checks, services, clock, small_web):
    async def check(url):
        if url == P1:
            raise RuntimeError("a page of its own kind")
        return await small_web.check(url)

    failing = LinkChecks(services.background, services.curricula, clock, check)
    await failing.run_due()

    assert sorted(small_web.asked) == [P2, P3]
    assert not await failing.run_due()


async def test_more_links_than_one_takes_at_a_time_are_looked_at_in_one_go(
    services, clock, small_web
):
    async with services.db.transaction() as tx:
        many = (KnownResource(f"demo:m{n}", "M", f"https://m.example/{n}") for n in range(250))
        await additions.keep_known(tx, many)

    await LinkChecks(services.background, services.curricula, clock, small_web.check).run_due()

    assert len(small_web.asked) == 253


async def test_a_site_that_asks_to_wait_is_left_alone_and_asked_again_after_it(
    services, clock, small_web
):
    small_web.answers[P1] = LinkAnswer("unknown", wait=timedelta(hours=2))
    checks = LinkChecks(services.background, services.curricula, clock, small_web.check)
    await checks.run_due()
    first = list(small_web.asked)
    clock.advance(hours=1)
    await checks.run_due()
    second = list(small_web.asked)
    clock.advance(hours=2)
    await checks.run_due()

    assert first == second == [P1]
    assert sorted(small_web.asked) == [P1, P2, P3]


async def test_without_the_setting_nothing_is_looked_at(services, clock):
    assert not await LinkChecks(services.background, services.curricula, clock, None).run_due()
    assert not await services.link_checks.run_due()
    assert await rows.checks_of(services.db, [P1, P2, P3]) == []


async def test_a_host_is_asked_one_link_at_a_time_and_left_alone_if_it_asks_to():
    at_once, most, asked, answers = 0, 0, [], {}
    links = [f"https://{host}.example/{n}" for host in "abc" for n in range(5)]

    async def check(url):
        nonlocal at_once, most
        at_once += url.startswith("https://a")
        most = max(most, at_once)
        asked.append(url)
        await asyncio.sleep(0.001)
        at_once -= url.startswith("https://a")
        wait = timedelta(hours=3) if url == "https://b.example/1" else None
        return LinkAnswer("unknown" if wait else "there", wait=wait)

    async def told(url, answer):
        answers[url] = answer

    await ask_links(links, check, told)

    assert most == 1
    assert answers.keys() == set(links)
    assert [url for url in asked if "//b." in url] == ["https://b.example/0", "https://b.example/1"]
    assert answers["https://b.example/4"] == LinkAnswer("unasked", wait=timedelta(hours=3))


@pytest.fixture
def slept(monkeypatch):
    """For how many seconds anybody slept, without anybody sleeping."""
    slept, sleep = [], asyncio.sleep

    async def asleep(seconds):
        if seconds:
            slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", asleep)
    return slept


@pytest.mark.parametrize(("asked", "given"), [(2.5, [2.5, 2.5]), (10**9, [30, 30]), (0, [])])
async def test_a_site_that_asks_for_a_pause_between_two_questions_is_given_it(slept, asked, given):
    async def check(url):
        return LinkAnswer("there", pause=asked if "//a." in url else 0)

    async def told(*_):
        pass

    await ask_links([f"https://{host}.example/{n}" for host in "ab" for n in range(3)], check, told)

    assert slept == given


async def test_the_next_turn_begins_only_after_the_rest(slept):
    turns = Turns(1, 0.5)

    async def take(host):
        async with turns.of(host):
            slept.append(host)

    await asyncio.gather(*map(take, "abc"))

    assert slept == ["a", 0.5, "b", 0.5, "c", 0.5]


async def test_what_a_server_has_in_a_list_of_its_own_is_shown_with_that_list(
    checks, services, clock, small_web
):
    ours = await services.lists.make(HERE, MOD, "Ours")
    proposal = await services.moderation.propose(
        Where(HERE, list_id=ours), MOD, "https://example.org/ours"
    )
    await services.moderation.add((HERE, MOD, proposal.draft_id))
    small_web.answers["https://example.org/ours"] = GONE
    await days(checks, clock, 3)

    matter = (await services.inboxes.look(HERE, MOD)).matter

    assert matter.desk.resource.url == "https://example.org/ours"


# What readers are given while a link is dead


async def opened(services, place, key="demo:p1"):
    return (await services.curricula.of(services.db, place)).by_key[key].opens


async def test_while_a_link_is_dead_readers_are_given_a_copy(checks, services, clock, small_web):
    small_web.answers[P1] = GONE
    await days(checks, clock, 2)
    doubtful = await opened(services, HERE)
    await days(checks, clock)
    dead = await opened(services, HERE)
    (found,) = (await services.finding.find(5, HERE, "demo:p1")).curriculum.resources[:1]
    del small_web.answers[P1]
    await days(checks, clock, 8)

    assert doubtful == P1
    assert dead == found.opens == COPY
    assert found.url == P1
    assert await opened(services, HERE) == P1


async def test_each_server_is_given_a_copy_of_what_its_own_link_was(
    checks, services, clock, small_web
):
    desk = await services.moderation.open(HERE, MOD, "demo:p1")
    await services.moderation.mend((HERE, MOD, desk.draft_id), "https://example.org/mended")
    desk = await services.moderation.open(THERE, MOD, "demo:p2")
    await services.moderation.mend((THERE, MOD, desk.draft_id), "https://example.org/laid")
    small_web.answers[P1] = GONE
    await days(checks, clock, 3)

    assert await opened(services, HERE) == "https://example.org/mended"
    assert await opened(services, THERE) == COPY
    assert await opened(services, THERE, "demo:p2") == "https://example.org/laid"


async def test_another_process_gives_it_too_as_soon_as_it_looks_for_what_is_due(
    checks, services, clock, small_web
):
    other = await services_over(services.db, LIST, clock)
    small_web.answers[P1] = GONE
    await days(checks, clock, 3)
    before = await opened(other, HERE)
    await other.link_checks.run_due()

    assert before == P1
    assert await opened(other, HERE) == COPY


async def test_a_copy_is_never_stored_in_a_servers_own_list(checks, services, clock, small_web):
    ours = Where(HERE, list_id=await services.lists.make(HERE, MOD, "Ours"))
    small_web.answers[P1] = GONE
    for slug in ("p1", "n1"):
        run = await services.imports.look(ours, MOD, imported(slug), "add")
        await services.imports.bring((HERE, MOD, run.draft_id))
        await days(checks, clock, 3)

    sql = "SELECT curriculum FROM list_versions ORDER BY version_id DESC LIMIT 1"
    stored = await services.db.fetch_value(sql)
    assert P1 in stored
    assert "n1" in stored
    assert "mirror" not in stored
    assert await opened(services, ours) == COPY


async def test_moderators_see_the_dead_link_itself(checks, services, clock, small_web):
    small_web.answers[P1] = GONE
    await days(checks, clock, 3)

    card = inbox_card(await services.inboxes.look(HERE, MOD), MOD)

    assert f"]({P1})" in str(card.to_components())
