"""Databases of past releases, opened by this one: nothing is lost, every old button answers."""

import logging
from collections import Counter
from datetime import timedelta

import asyncpg
import discord
import pytest
from discord import app_commands, ui
from discord.ext import commands

from bot.app import NextreadBot
from bot.core.outbox import OutboxRow, problem_from
from bot.errors import (
    NoGroupError,
    NotAMemberError,
    NotAModeratorError,
    NotYoursError,
    OldCardError,
    RightUnknownError,
    TooOldToUndoError,
    UnknownPostError,
    VoteRefusedError,
)
from bot.services.opening import open_services
from bot.store import outbox
from bot.store.database import open_database
from bot.store.instants import seconds
from bot.store.migrations import migrate
from bot.views.replies import answer, error_card
from tests.conftest import A_DAY, EMPTY
from tests.curricula import curriculum, resource
from tests.every_table import everything
from tests.golden.custom_ids import written
from tests.golden.references import FORMS, forms_of, named_now
from tests.releases.databases import releases
from tests.releases.room import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    GONE_CHANNEL,
    GUILD,
    HERE,
    LOST,
    LOST_TOO,
    MODERATOR,
    furnish,
)
from tests.seen import text_of

FIVE_MINUTES, TEN_MINUTES = timedelta(minutes=5), timedelta(minutes=10)


@pytest.fixture(params=releases(), ids=str)
def release(request):
    return request.param


@pytest.fixture
async def url(release, request, tmp_path):
    """The address of the release's database, as it left it."""
    if release.kind == "sqlite":
        address = f"sqlite:///{tmp_path / 'ledger.db'}"
    else:
        address = request.getfixturevalue("postgres_url")
        connection = await asyncpg.connect(address)
        await connection.execute(EMPTY)
        await connection.close()
    await release.restore(address)
    return address


@pytest.fixture
async def before(url):
    """All that was in it, by the names that tables and columns have now."""
    db = await open_database(url)
    found = await everything(db)
    await db.close()
    named = {
        TABLES.get(table, table): [
            {COLUMNS.get(c, c): value for c, value in row.items()} for row in rows
        ]
        for table, rows in found.items()
    }
    if "rank" not in named["outbox"][0]:
        named["outbox"] = [_row_now(row, named["outbox"]) for row in named["outbox"]]
    if "reader_lists" not in named:
        named["reader_lists"] = [_only_list(row) for row in named["readers"] if any(_pointers(row))]
        named["readers"] = [
            {c: v for c, v in row.items() if c not in ("current_key", "goal_key")}
            for row in named["readers"]
        ]
    return named


def _only_list(row):
    """Return where a reader was in the only list that there was, before lists had ids."""
    current, goal = _pointers(row)
    pointers = {"current_key": current, "goal_key": goal}
    return {"reader_id": row["reader_id"], "list_id": "", **pointers, "used_at": 0}


def _pointers(row):
    return row["current_key"], row["goal_key"]


def _row_now(row, rows):
    """Return a row of the outbox of before it knew whom it was for, as it is now."""
    kind, reference = named_now(row["kind"], row["reference"])
    now = row | {"kind": kind, "reference": reference, "reader_id": None}
    if kind in ("notice", "reminder"):
        now |= {"reader_id": row["channel_id"], "channel_id": None}
    elif kind in ("post", "standing", "sign"):
        now["channel_id"] = None
    elif kind == "called_off":
        (card,) = (r for r in rows if (r["kind"], r["reference"]) == ("candidates", reference))
        places = [int(place) for place in (card["places"] or "").split()] or [card["channel_id"]]
        now |= {"channel_id": places[-1], "message_id": card["message_id"]}
    return now


TABLES = {"slots": "weeks", "post_readers": "week_readers"}
COLUMNS = {"slot_id": "week_id"}


@pytest.fixture
async def opened(url, before, base, release):
    """Its services as this release opens them, some minutes later."""
    services = await open_services(url, base, lambda: release.left_at + TEN_MINUTES)
    yield services
    await services.close()


# What was there


DROPPED = {("known_resources", "link"), ("study_groups", "blocked_at"), ("outbox", "sent_at")}
"""Columns that no release ever read."""
DROPPED |= {("reader_settings", "nudge_at")}
"""Everybody who wants reminders is looked at anew."""


async def test_migrations_keep_every_row_as_it_was(url, before):
    db = await open_database(url)
    await migrate(db)
    after = await everything(db)
    await db.close()

    for table, rows in before.items():
        columns = [column for column in rows[0] if (table, column) not in DROPPED]
        then, now = (
            Counter(tuple(row[column] for column in columns) for row in each)
            for each in (rows, after[table])
        )
        assert then <= now, table


@pytest.mark.parametrize("host", [None, curriculum(resource("a"), id="another")])
async def test_a_start_names_the_only_list_whatever_the_host_lists_now(
    url, before, base, release, host
):
    services = await open_services(url, host or base, lambda: release.left_at + TEN_MINUTES)
    after = await everything(services.db)
    await services.close()

    then, now = (
        {(row["reader_id"], row["list_id"] or base.id, *_pointers(row)) for row in each}
        for each in (before["reader_lists"], after["reader_lists"])
    )
    assert then
    assert now == then
    for table in ONLY_LISTS:
        assert {row["list_id"] for row in after[table]} == {base.id}, table


ONLY_LISTS = ("additions", "addition_changes", "doubts", "drafts", "changes", "study_groups")
"""What was about the only list there was."""


async def test_every_row_of_the_outbox_is_read_as_it_was_written(opened, before):
    for row in before["outbox"]:
        read = await outbox.row(opened.db, row["row_id"])

        assert isinstance(read, OutboxRow)
        assert (read.kind, read.reference, read.state) == (
            row["kind"], row["reference"], row["state"],
        )  # fmt: skip
        assert (read.tried_at is None) == (row["tried_at"] is None)
        assert (read.attempts, read.message_id) == (row["attempts"], row["message_id"])
    assert all(found for _, _, found in forms_of(before))


async def test_readers_find_their_marks_goals_and_changes(opened, before):
    lists = {row["reader_id"]: row for row in before["reader_lists"]}

    for reader_id in (row["reader_id"] for row in before["readers"]):
        journey = await opened.reading.journey(reader_id, GUILD)
        marks = {r["resource_key"]: r for r in before["progress"] if r["reader_id"] == reader_id}
        undoable = [
            r["change_id"]
            for r in before["changes"]
            if r["reader_id"] == reader_id and r["undone_at"] is None
        ]

        assert {k: (m.state, m.rating) for k, m in journey.reader.marks.items()} == {
            key: (mark["state"], mark["rating"]) for key, mark in marks.items()
        }
        pointers = _pointers(lists[reader_id]) if reader_id in lists else (None, None)
        assert (journey.reader.current, journey.reader.goal) == pointers
        assert [c.change_id for c in journey.changes] == sorted(undoable, reverse=True)[:20]
    for row in before["reader_settings"]:
        settings = await opened.me.settings(row["reader_id"])
        assert (settings.zone, settings.named, settings.nudged) == (
            row["zone"], bool(row["named"]), bool(row["nudged"]),
        )  # fmt: skip


async def test_whoever_wants_reminders_is_looked_at_and_what_came_before_counts(opened, before):
    wanting = {row["reader_id"] for row in before["members"] if row["reminders"] == "wanted"}
    wanting |= {row["reader_id"] for row in before["reader_settings"] if row["nudged"]}
    reminded = {
        row["reader_id"]
        for row in before["outbox"]
        if row["kind"] == "reminder" and row["state"] == "sent"
    }

    while await opened.reminders.look_at_due():
        pass

    after = (await everything(opened.db))["reader_settings"]
    assert wanting
    assert {row["reader_id"] for row in after if row["nudge_at"] is not None} == wanting
    assert {row["reader_id"] for row in after if row["reminded_at"] is not None} >= (
        reminded & wanting
    )


async def test_groups_find_their_members_weeks_and_choices(opened, before):
    for row in before["study_groups"]:
        group_id, guild_id = row["group_id"], row["guild_id"]
        mine = {t: [r for r in before[t] if r["group_id"] == group_id] for t in OF_GROUPS}
        status = await opened.groups.look(guild_id, group_id, 0)
        pages = [await opened.groups.history(guild_id, group_id, page) for page in range(9)]

        assert status.group.channel_id == row["channel_id"]
        assert status.group.state == row["state"]
        assert status.group.blocked == problem_from(row["blocked"])
        assert status.group.blocked != "unknown"
        assert status.members == len(mine["members"])
        assert {(w.post.week, w.post.state, w.post.key) for p in pages for w in p.weeks} == {
            (r["week"], r["state"], r["resource_key"]) for r in mine["weeks"]
        }
        assert {(c.week, c.why, c.key) for c in status.picks} <= {
            (r["week"], r["why"], r["resource_key"]) for r in mine["picks"]
        }
        for vote in mine["votes"]:
            ballot = await opened.votes.ballot(vote["vote_id"])
            assert (ballot.vote.state, ballot.vote.week) == (vote["state"], vote["week"])


OF_GROUPS = ("members", "weeks", "picks", "votes")


async def test_a_server_finds_its_list(opened, before):
    curriculum = await opened.curricula.of(opened.db, GUILD)
    removed = {row["resource_key"] for row in before["additions"] if row["removed"]}
    listed = {row["resource_key"] for row in before["additions"] if not row["removed"]}

    assert removed
    assert listed
    assert listed <= curriculum.by_key.keys()
    assert removed.isdisjoint(curriculum.by_key)
    group_id = min(r["group_id"] for r in before["study_groups"] if r["guild_id"] == GUILD)
    assert (await opened.groups.look(GUILD, group_id, 0)).doubted


# Its buttons


@app_commands.command(name="old")
async def old_card(interaction: discord.Interaction, custom_id: str, picks: str = "") -> None:
    """Show a card of an earlier release again, to whoever it belongs to."""
    options = [discord.SelectOption(label=pick, value=pick) for pick in picks.split()]
    part = (
        ui.Select(custom_id=custom_id, options=options)
        if options
        else ui.Button(label="Old", custom_id=custom_id)
    )
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.ActionRow(part))
    view.stop()
    await answer(interaction, view)


@pytest.fixture
def simcord_bot():
    """A bot that does nothing while the room is set up and time passes, before ours comes."""
    return commands.AutoShardedBot("!", intents=discord.Intents(guilds=True), shard_count=1)


@pytest.fixture
async def room(simcord_env, url, before, release, base):
    """Members and channels by id, in a Discord where the bot has just come back."""
    made = furnish(simcord_env)
    # simcord gives a bot five seconds to start, so ours starts before anything is due.
    before_all = release.left_at - FIVE_MINUTES - simcord_env.now()
    await simcord_env.advance_time(before_all.total_seconds())
    bot = NextreadBot(
        lambda: open_services(url, base, discord.utils.utcnow, send_rate=1000),
        shard_count=1,
        nap=A_DAY,
    )
    bot.tree.add_command(old_card)
    try:
        await simcord_env.restart_bot(bot)
        yield made
    finally:
        await bot.close()  # simcord never does


async def test_every_old_button_answers(room, simcord_env, release, caplog):
    simcord_env.bot.ticker.cancel()  # what is on its way leaves in a test of its own
    answers = {
        f"{each.custom_id} {pick}": await _answer(room, each, pick)
        for each in written(release.ids)
        for pick in each.picks or ("",)
    }

    assert [custom_id for custom_id, text in answers.items() if not text] == []
    refused = [custom_id for custom_id, text in answers.items() if text in REFUSALS]
    assert [custom_id for custom_id in refused if not custom_id.startswith(NEWER)] == []
    assert _errors(caplog) == []


async def test_what_was_on_its_way_leaves(room, simcord_env, release, before, caplog):
    bot = simcord_env.bot
    # simcord watches each wait of the bot's tasks, which takes a minute for this many messages.
    bot.ticker.cancel()
    await simcord_env.advance_time((FIVE_MINUTES + TEN_MINUTES).total_seconds())

    await bot.engine.deliver_due()
    left = await bot.services.db.fetch(
        "SELECT kind, COALESCE(outbox.channel_id, study_groups.channel_id) AS channel_id"
        " FROM outbox LEFT JOIN study_groups ON study_groups.group_id = outbox.group_id"
        " WHERE outbox.state IN ('waiting', 'claimed')"
        " AND (attempts > 0 OR due_at <= ?) AND until_at > ?",
        seconds(release.left_at + TEN_MINUTES),
        seconds(release.left_at + TEN_MINUTES),
    )

    on_its_way = {r["row_id"] for r in before["outbox"] if r["state"] in ("waiting", "claimed")}
    ends = Counter(
        (row["kind"], "sent" if row["state"] == "sent" else row["problem"])
        for row in (await everything(bot.services.db))["outbox"]
        if row["row_id"] in on_its_way
    )

    assert [(r["kind"], r["channel_id"]) for r in left if r["channel_id"] not in GONE] == []
    all_along = FORMS.keys() - UNDER_POSTS - NEWER_KINDS - PLANNED_ANEW
    assert [kind for kind in all_along if ends[kind, "sent"] < 6] == []
    assert not any(ends[kind, "paper_gone"] for kind in UNDER_POSTS)
    assert _errors(caplog) == []


UNDER_POSTS = {"thread", "opener"}
"""Buttons under posts, which no longer exist in this Discord."""

GONE = {LOST, LOST_TOO, GONE_CHANNEL}
"""Channels that are gone for good: their groups wait for a moderator."""

REFUSALS = {
    error_card(error)
    for error in (
        Exception(),
        NoGroupError(),
        NotAMemberError(),
        NotAModeratorError(),
        RightUnknownError(),
        NotYoursError(),
        OldCardError(),
        TooOldToUndoError(),
        UnknownPostError(),
        VoteRefusedError("over"),
        VoteRefusedError("unknown"),
    )
}
"""Answers of a button whose subject is gone."""

NEWER = (
    "vote-close:",
    "end-vote:",
    "vote-week:",
    "which-group:",
    "change-",
    "suggest-link:",
    "undo-meets:",
)
"""Buttons that no release has written yet, about what an older button has already done."""

PLANNED_ANEW = {"reminder"}
"""What comes at each reader's hour now; as it was planned before, it isn't sent."""

NEWER_KINDS = {"called_off", "suggested", "inbox", "ask", "paper", "meeting", "opening"}
"""What no release has sent yet."""

OTHERS = {
    "Doubt": DAVE,  # who has read nothing, so that something comes first
    "ResetAll": CAROL,
    "StartWeekly": MODERATOR,
    "PickWeek": MODERATOR,
    "me:delete": BOB,
}
"""Who presses buttons that aren't Alice's, or that would end what her other buttons need."""


async def _answer(room, each, pick):
    """Let the card's owner press it; return what they see, "" for nothing."""
    if str(MODERATOR) in each.custom_id:
        who = room[MODERATOR]
    else:
        who = room[OTHERS.get(each.custom_id, OTHERS.get(each.item, ALICE))]
    picks = " ".join(each.picks)
    card = await who.slash(room[HERE], "old", custom_id=each.custom_id, picks=picks)
    message = card.response.message
    if pick:
        answer = await who.select(message, [pick], custom_id=each.custom_id)
    else:
        answer = await who.click(message, custom_id=each.custom_id)
    if answer.modal:
        return answer.modal["title"]
    seen = [answer.response, *answer.followups]
    return "\n".join(text_of(part) for part in seen if part is not None)


def _errors(caplog):
    return [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]
