import asyncio
import json
import re

import pytest
from pybtex.database import parse_string

from bot.core.weeks import Schedule
from bot.store.readers import PERSON_COLUMNS, rows_about
from tests.conftest import joined
from tests.curricula import curriculum, resource
from tests.every_table import everything, places_of
from tests.postbox import Desk

ALICE, BOB = 800_000_000_000_000_001, 800_000_000_000_000_002
GUILD = 900_000_000_000_000_001
MONDAY_AT_TEN = Schedule(0, 10, 0, "UTC")

LIST = curriculum(
    resource("bert", title="BERT [sic]: *Pre-training*", url="https://example.org/b(1)"),
    resource("gpt-1", "bert", title="GPT-1"),
    resource("lora", "bert", title="LoRA"),
    resource("peft", title="PEFT"),
    resource("goal", title="The goal"),
)


async def live(services, clock, who, channel_id):
    """Do all that leaves a row about somebody, through what their clicks call."""
    reading = services.reading
    await reading.next_for(who, GUILD)
    await reading.finish(who, GUILD, "bert", 5)
    await reading.mark(who, GUILD, "demo:gpt-1", "known")
    await reading.mark(who, GUILD, "demo:lora", "skipped")
    put_off = await reading.mark(who, GUILD, "demo:peft", "later")
    await reading.undo(who, GUILD, put_off.change.change_id)
    await reading.mark(who, GUILD, "demo:peft", "later")
    status = await services.groups.make_or_change(GUILD, channel_id, MONDAY_AT_TEN, None, who)
    group_id = status.group.group_id
    await services.groups.join(GUILD, group_id, who)
    await services.papers.pick(GUILD, channel_id, who, "demo:peft", "2026-02-02")
    await services.reminders.ask(GUILD, group_id, who, wanted=True)
    await services.leading.lead(GUILD, group_id, who, status.coming[1].slot.week)
    status = await services.groups.post_now(GUILD, group_id)
    week_id = status.this_week.week_id
    await services.weeks.read_it(who, GUILD, week_id)
    (row_id,) = await Desk(services).due()
    row = await Desk(services).claim(row_id)
    await Desk(services).give_back(row, "channel_gone")
    await services.reading.set_goal(who, GUILD, "demo:goal")
    await services.reading.bookmark(who, GUILD, "demo:goal", "section 3")
    link = f"https://example.org/more-{channel_id}"
    proposal = await services.moderation.propose(GUILD, who, link)
    await services.moderation.add((GUILD, who, proposal.draft_id))
    await services.moderation.doubt(who, GUILD, "demo:goal", "demo:bert", "It stands alone.")
    await services.lists.make(GUILD, who, "Ours")
    await settle_one(services, GUILD, who, channel_id)
    await services.me.switch(who, "nudge")
    ballot = await services.votes.call(GUILD, channel_id, who, 3, 24)
    await services.votes.cancel(GUILD, ballot.vote.vote_id)


async def settle_one(services, guild_id, who, number):
    """Let somebody suggest a thing, and decline it themselves as a moderator; and another."""
    suggested = [
        await services.suggestions.suggest(
            guild_id, who, f"https://example.org/{n}-{number}", "Yes"
        )
        for n in ("wanted", "open")
    ]
    proposal = await services.moderation.consider(guild_id, who, suggested[0].suggestion)
    await services.moderation.decline((guild_id, who, proposal.draft_id), "known")


@pytest.fixture
async def lived(services, clock):
    """Alice and Bob have rows in every table that can hold them."""
    await live(services, clock, ALICE, 71)
    for row_id in await Desk(services).due():
        if row := await Desk(services).claim(row_id):
            await Desk(services).arrived(row, 1)
    await live(services, clock, BOB, 72)
    return services


def tables(rows):
    return {table: len(found) for table, found in rows.items()}


async def test_the_story_below_leaves_rows_in_every_table_that_holds_people(lived):
    for who in (ALICE, BOB):
        rows = await rows_about(lived.db, who)

        assert {each.table for each in PERSON_COLUMNS} - rows.keys() == set()


async def test_after_forgetting_no_row_of_any_table_holds_the_person(lived):
    assert len(await places_of(lived.db, ALICE)) >= len(PERSON_COLUMNS)

    assert await lived.me.forget(ALICE)

    assert await places_of(lived.db, ALICE) == set()
    assert (await lived.me.about(ALICE)).is_empty


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_after_forgetting_the_file_itself_holds_no_trace(lived, tmp_path):
    await lived.me.forget(ALICE)
    await lived.close()

    written = b"".join(path.read_bytes() for path in tmp_path.glob("ledger.db*"))
    assert ALICE.to_bytes(8) not in written
    assert BOB.to_bytes(8) in written


async def test_forgetting_touches_nobody_else(lived):
    before = await everything(lived.db)
    bobs = await rows_about(lived.db, BOB)
    alices = tables(await rows_about(lived.db, ALICE))

    await lived.me.forget(ALICE)

    after = await everything(lived.db)
    lost = {name: len(rows) - len(after[name]) for name, rows in before.items()}
    assert await rows_about(lived.db, BOB) == bobs
    forgotten = {each.table for each in PERSON_COLUMNS if each.fate == "forget"}
    assert {name: n for name, n in lost.items() if n} == {
        name: n for name, n in alices.items() if name not in forgotten
    }


async def test_forgetting_twice_is_harmless_and_says_so(lived):
    await lived.me.forget(ALICE)

    assert not await lived.me.forget(ALICE)
    assert await places_of(lived.db, ALICE) == set()


async def test_somebody_new_has_nothing_and_asking_leaves_no_trace(services):
    about = await services.me.about(ALICE)
    await services.me.download(ALICE)
    _, bibliography = await services.me.download(ALICE, is_all=False)

    assert about.is_empty
    assert bibliography == b""
    assert not await services.me.forget(ALICE)
    assert await places_of(services.db, ALICE) == set()


async def test_a_group_goes_on_without_who_set_it_up(lived):
    await lived.me.forget(ALICE)

    group = await lived.groups.find(71)
    assert (group.state, group.changed_by) == ("active", None)
    assert (await lived.groups.status(71, ALICE)).members == 0


async def test_what_a_moderator_added_stays_without_them(lived):
    await lived.me.forget(ALICE)

    found = await lived.finding.find(BOB, GUILD, "https://example.org/more-71")
    desk = await lived.moderation.open(GUILD, BOB, found.exact.resource.key)
    (edit,) = (await lived.moderation.history((GUILD, BOB, desk.draft_id))).edits
    assert (edit.kind, edit.author_id) == ("added", None)


async def test_what_was_undoable_is_gone_and_reading_starts_afresh(lived):
    await lived.me.forget(ALICE)

    reply = await lived.reading.next_for(ALICE, None)

    assert reply.answer.resource.key == "demo:bert"
    assert tables(await rows_about(lived.db, ALICE)) == {"readers": 1, "reader_lists": 1}


async def test_a_click_at_the_same_time_is_whole_or_gone(lived):
    await asyncio.gather(
        lived.reading.mark(ALICE, None, "demo:goal", "done"),
        lived.me.forget(ALICE),
        lived.reading.mark(ALICE, None, "demo:goal", "done"),
    )

    rows = tables(await rows_about(lived.db, ALICE))
    assert rows in ({}, {"readers": 1, "reader_lists": 1, "progress": 1, "changes": 1})


async def test_a_notice_written_at_the_same_time_is_gone_too(services):
    for channel_id in range(80, 90):
        status = await services.groups.make_or_change(GUILD, channel_id, MONDAY_AT_TEN, None, ALICE)
        await services.groups.post_now(GUILD, status.group.group_id)
        (row_id,) = await Desk(services).due()
        row = await Desk(services).claim(row_id)

        await asyncio.gather(
            Desk(services).give_back(row, "channel_gone"), services.me.forget(ALICE)
        )

        assert await places_of(services.db, ALICE) == set()


async def test_what_is_kept_is_told_in_numbers(lived):
    about = await lived.me.about(ALICE)

    assert about.marks == {"done": 1, "known": 1, "skipped": 1, "later": 1}
    assert about.changes == 6
    assert about.current.title == "The goal"
    assert about.goal.title == "The goal"
    assert (about.groups, about.runs) == ((71,), (71,))
    assert (about.papers, about.notices, about.reminders) == (1, 1, 0)
    assert about.others == {
        "additions": 1, "addition_changes": 1, "bookmarks": 1, "drafts": 2, "doubts": 1,
        "leads": 1, "list_versions": 1, "picks": 1, "suggestions": 1, "votes": 1, "wishes": 2,
    }  # fmt: skip


# Download


async def test_the_json_holds_every_row_with_titles(lived):
    name, content = await lived.me.download(ALICE)

    file = json.loads(content)
    rows = {table: each["rows"] for table, each in file["tables"].items()}
    assert name == "nextread-2026-01-05.json"
    assert (file["format"], file["reader_id"]) == (1, str(ALICE))
    assert tables(rows) == tables(await rows_about(lived.db, ALICE))
    (bert,) = [row for row in rows["progress"] if row["resource_key"] == "demo:bert"]
    assert bert == {
        "reader_id": str(ALICE),
        "resource_key": "demo:bert",
        "resource_title": "BERT [sic]: *Pre-training*",
        "resource_url": "https://example.org/b(1)",
        "state": "done",
        "changed_at": "2026-01-05T09:00:00+00:00",
        "until_at": None,
        "rating": 5,
    }
    assert rows["reader_lists"][0]["current_title"] == "The goal"
    assert rows["week_readers"][0]["paper_title"] == "BERT [sic]: *Pre-training*"
    assert rows["members"][0]["channel_id"] == "71"
    assert all(row["titles"] for row in rows["changes"])


async def test_the_json_loses_no_value_of_a_row(lived):
    _, content = await lived.me.download(ALICE)

    shown = json.loads(content)["tables"]
    for table, rows in (await rows_about(lived.db, ALICE)).items():
        for row, told in zip(rows, shown[table]["rows"], strict=True):
            assert row.keys() <= told.keys()
            assert all((row[column] is None) == (told[column] is None) for column in row)


async def test_the_json_rounds_no_id_and_names_nobody_else(lived):
    _, content = await lived.me.download(ALICE)

    numbers = [int(n) for n in re.findall(rb"[:\[\s](\d+)[,\s\]}]", content)]
    assert all(number < 2**53 for number in numbers)
    assert str(BOB) not in content.decode()


async def test_the_bibliography_has_what_was_read(lived):
    name, content = await lived.me.download(ALICE, is_all=False)

    entries = parse_string(content.decode(), "bibtex").entries
    assert name == "read-2026-01-05.bib"
    assert list(entries) == ["demo:bert", "demo:gpt-1"]
    assert entries["demo:bert"].fields["title"] == "{BERT [sic]: *Pre-training*}"
    assert entries["demo:bert"].fields["url"] == "https://example.org/b(1)"


async def test_what_left_the_list_keeps_its_title_in_the_files(lived, database_url, clock):
    await lived.close()
    kept = [each for each in LIST.resources if each.key != "demo:bert"]

    later = await joined(database_url, curriculum(*kept), clock)
    files = [(await later.me.download(ALICE, is_all=each))[1].decode() for each in (True, False)]
    await later.close()

    assert '"resource_title": "BERT [sic]: *Pre-training*"' in files[0]
    assert "title = {{BERT [sic]: *Pre-training*}},\n  url = {https://example.org/b(1)}" in files[1]


async def test_the_same_rows_give_the_same_file(lived):
    first = [await lived.me.download(ALICE, is_all=each) for each in (True, False)]
    again = [await lived.me.download(ALICE, is_all=each) for each in (True, False)]

    assert first == again
