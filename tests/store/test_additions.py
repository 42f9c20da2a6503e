from dataclasses import replace
from datetime import timedelta

from bot.core.curriculum.additions import Addition
from bot.core.moderation import Doubt, DraftAddition, DraftEdit, PastEdit
from bot.store import additions
from bot.store.additions import Draft
from bot.store.readers import delete_person

HERE, THERE, ALICE = 1, 2, 2**62
LIST = "list"
A_DAY = timedelta(days=1)


async def put(db, clock, addition, guild_id=HERE, addition_id=1, fields=(), list_id=LIST):
    async with db.transaction() as tx:
        edit = PastEdit("changed", fields, ALICE, clock())
        await additions.record(tx, guild_id, list_id, addition, edit, lambda _after: addition_id)


async def test_additions_come_back_as_they_were_in_the_order_they_were_made(db, clock):
    second = Addition("g1:a", {"title": "트랜스포머 “x” ? @everyone", "needs": ["g1:b"]}, True)
    first = Addition("g1:b", {"minutes": None})
    await put(db, clock, second, addition_id=20)
    await put(db, clock, first, addition_id=10)

    assert await additions.additions_of(db, HERE, LIST) == [first, second]


async def test_a_server_has_its_own_additions(db, clock):
    await put(db, clock, Addition("list:a", {"title": "Here"}), HERE, 1)
    await put(db, clock, Addition("list:a", {"title": "There"}), THERE, 2)

    assert [a.fields for a in await additions.additions_of(db, HERE, LIST)] == [{"title": "Here"}]
    assert [a.fields for a in await additions.additions_of(db, THERE, LIST)] == [{"title": "There"}]


async def test_each_list_has_its_own_additions_and_edits_of_the_same_resource(db, clock):
    one, two = Addition("list:a", {"step_id": "one"}), Addition("list:a", {"step_id": "two"})
    await put(db, clock, one, addition_id=1, fields=("one",))
    await put(db, clock, two, HERE, 2, fields=("two",), list_id="two")

    assert await additions.additions_of(db, HERE, LIST) == [one]
    assert await additions.additions_of(db, HERE, "two") == [two]
    assert [e.fields for e in await additions.edits_of(db, HERE, LIST, "list:a")] == [("one",)]


async def test_each_list_has_its_own_doubts(db, clock):
    doubt = Doubt("list:a", "list:b", "It stands alone.")
    async with db.transaction() as tx:
        for doubt_id, list_id in enumerate((LIST, "two")):
            await additions.add_doubt(tx, HERE, list_id, ALICE, doubt_id, doubt, clock())
        await additions.delete_doubts(tx, HERE, LIST, "list:a")

    assert await additions.doubts_about(db, HERE, LIST, "list:a") == []
    assert await additions.doubts_about(db, HERE, "two", "list:a") == [doubt]
    assert await additions.doubted_keys(db, HERE, LIST) == []
    assert await additions.doubted_keys(db, HERE, "two") == ["list:a"]


async def test_a_changed_addition_keeps_its_place(db, clock):
    await put(db, clock, Addition("g1:a", {"title": "A"}), addition_id=1)
    await put(db, clock, Addition("g1:b", {}), addition_id=2)

    await put(db, clock, Addition("g1:a", {"title": "Again"}, removed=True), addition_id=3)

    found = await additions.additions_of(db, HERE, LIST)
    assert found == [Addition("g1:a", {"title": "Again"}, removed=True), Addition("g1:b", {})]


async def test_a_version_is_zero_until_set(db):
    async with db.transaction() as tx:
        await additions.take_turn(tx, HERE)
    before = await additions.version(db, HERE)
    async with db.transaction() as tx:
        await additions.set_version(tx, HERE, 2**62)
        await additions.take_turn(tx, HERE)

    assert (before, await additions.version(db, HERE)) == (0, 2**62)
    assert await additions.version(db, THERE) == 0


async def test_the_last_twenty_edits_are_kept_the_newest_first(db, clock):
    for number in range(25):
        await put(db, clock, Addition("list:a", {}), HERE, number, ("title", str(number)))
    await put(db, clock, Addition("list:a", {}), THERE, 99)

    edits = await additions.edits_of(db, HERE, LIST, "list:a")

    assert [edit.fields[0] for edit in edits] == [str(n) for n in range(24, 4, -1)]
    assert edits[0].author_id == ALICE
    assert edits[0].made_at == clock()


async def test_an_author_is_forgotten_and_what_they_made_stays(db, clock):
    await put(db, clock, Addition("g1:a", {"title": "A"}))

    async with db.transaction() as tx:
        await delete_person(tx, ALICE)

    assert [edit.author_id for edit in await additions.edits_of(db, HERE, LIST, "g1:a")] == [None]
    assert len(await additions.additions_of(db, HERE, LIST)) == 1
    assert (await db.fetch("SELECT added_by FROM additions"))[0]["added_by"] is None


async def test_a_draft_comes_back_as_it_was_until_it_is_dropped(db, clock):
    about = DraftAddition({"url": "https://e.org", "title": "트", "step_id": "one"}, silent=True)
    draft = Draft(7, HERE, LIST, ALICE, about, clock())
    changed = replace(draft, about=DraftEdit("g1:a", needs="demo:b"))
    async with db.transaction() as tx:
        await additions.set_draft(tx, draft)
    first = await additions.draft(db, (HERE, ALICE, 7), clock() - A_DAY)
    async with db.transaction() as tx:
        await additions.set_draft(tx, changed)
    found = await additions.draft(db, (HERE, ALICE, 7), clock() - A_DAY)
    async with db.transaction() as tx:
        await additions.drop_draft(tx, 7)

    assert first == draft
    assert found == changed
    assert await additions.draft(db, (HERE, ALICE, 7), clock() - A_DAY) is None


async def test_a_draft_is_its_openers_in_its_server_and_no_older_than_asked(db, clock):
    async with db.transaction() as tx:
        await additions.set_draft(tx, Draft(7, HERE, LIST, ALICE, DraftEdit("demo:a"), clock()))

    assert await additions.draft(db, (HERE, ALICE, 7), clock()) is not None
    for ref in ((THERE, ALICE, 7), (None, ALICE, 7), (HERE, 1, 7), (HERE, ALICE, 8)):
        assert await additions.draft(db, ref, clock()) is None
    assert await additions.draft(db, (HERE, ALICE, 7), clock() + timedelta(seconds=1)) is None


async def test_old_drafts_are_dropped(db, clock):
    async with db.transaction() as tx:
        await additions.set_draft(tx, Draft(1, HERE, LIST, ALICE, DraftEdit("demo:a"), clock()))
        clock.advance(hours=25)
        await additions.set_draft(tx, Draft(2, HERE, LIST, ALICE, DraftEdit("demo:a"), clock()))
        await additions.drop_drafts_before(tx, clock() - A_DAY)

    assert await additions.draft(db, (HERE, ALICE, 1), clock() - A_DAY) is None
    assert await additions.draft(db, (HERE, ALICE, 2), clock() - A_DAY) is not None


async def test_what_was_ever_listed_is_found_by_its_link(db):
    one = additions.KnownResource("list:a", "A", "https://a.org")
    other = additions.KnownResource("g1:a", "A", "https://a.org")
    async with db.transaction() as tx:
        await additions.keep_known(tx, [one, other])

    assert await additions.known_by_link(db, "list", "a.org") == [one]
    assert await additions.known_by_link(db, "list", "b.org") == []


async def test_what_a_server_says_of_a_list_is_put_back_as_it_was(db, clock):
    await put(db, clock, Addition("g1:a", {"step_id": "one", "title": "A"}, True), addition_id=7)
    await put(db, clock, Addition("g1:a", {"step_id": "two"}), addition_id=8, list_id="two")
    before = await additions.rows_of(db, HERE, LIST)

    async with db.transaction() as tx:
        await additions.put_rows(tx, HERE, LIST, {"g1:a": None})
        without = await additions.rows_of(tx, HERE, LIST)
        await additions.put_rows(tx, HERE, LIST, before)

    assert before == {"g1:a": [7, '{"step_id": "one"}', 1, int(clock().timestamp())]}
    assert without == {}
    assert await additions.rows_of(db, HERE, LIST) == before
    assert [*await additions.rows_of(db, HERE, "two")] == ["g1:a"]


async def test_what_is_said_of_a_resource_itself_holds_in_each_list_of_the_server(db, clock):
    fields = {"title": "A", "minutes": 5, "step_id": "one"}
    await put(db, clock, Addition("g1:a", fields))
    await put(db, clock, Addition("g1:a", {"title": "There"}), THERE, addition_id=2)

    elsewhere = Addition("g1:a", {"title": "A", "minutes": 5}, is_here=False)
    assert await additions.additions_of(db, HERE, LIST) == [Addition("g1:a", fields)]
    assert await additions.additions_of(db, HERE, "two") == [elsewhere]
    assert await additions.facts_of(db, HERE) == {"g1:a": {"title": "A", "minutes": 5}}


async def test_nothing_said_of_a_resource_itself_leaves_no_row(db, clock):
    await put(db, clock, Addition("list:a", {"title": "A", "step_id": "one"}))
    await put(db, clock, Addition("list:a", {"step_id": "one"}), addition_id=2)

    assert await additions.facts_of(db, HERE) == {}


async def test_the_title_of_a_step_is_its_lists_own(db, clock):
    await put(db, clock, Addition(":week-1", {"title": "Week 1"}))

    assert await additions.additions_of(db, HERE, LIST) == [
        Addition(":week-1", {"title": "Week 1"})
    ]
    assert await additions.additions_of(db, HERE, "two") == []


async def test_what_was_laid_before_there_were_several_lists_is_split_once(db, clock):
    fields = '{"title": "A", "step_id": "one", "formerly": ["list:b"]}'
    row = [7, fields, 0, int(clock().timestamp())]
    theirs = {"list:c": [8, '{"needs": ["list:d"]}', *row[2:]]}
    async with db.transaction() as tx:
        await additions.put_rows(tx, HERE, LIST, {"g1:a": row})
        await additions.put_rows(tx, THERE, LIST, theirs)
        await additions.split_facts(tx)
        once = await additions.rows_of(tx, HERE, LIST), await additions.facts_of(tx, HERE)
        await additions.split_facts(tx)

    assert (await additions.rows_of(db, HERE, LIST), await additions.facts_of(db, HERE)) == once
    assert once == (
        {"g1:a": [7, '{"step_id": "one"}', *row[2:]]},
        {"g1:a": {"formerly": ["list:b"], "title": "A"}},
    )
    assert await additions.facts_of(db, THERE) == {}
    assert await additions.rows_of(db, THERE, LIST) == theirs
