"""Servers are kept apart: what the store reads of one, it looks for by that server."""

import ast
import importlib
import pkgutil
import re
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

import bot
import bot.store

NOT_OF_SERVERS = {
    "bookmarks", "changes", "link_checks", "migrations", "progress", "ratings", "reader_lists",
    "reader_settings", "readers", "settings", "tickets",
}  # fmt: skip
"""Tables of readers, who are looked for by their own id, of links, and of the bot itself."""

EVERY_SERVERS = (
    "it finds work or puts right what is wrong, in all servers alike; nobody is shown it"
)
CHECKED = "by an id of ours: before a service shows or changes it, `group_of` or its like checks it"
CHANNELS = "a channel is of one server, and a service is handed the one where it is asked"
THE_READERS = "of the groups the reader is in, and of what is in their own rows"
LOOKED_FOR = "by ids of weeks that were looked for by their group"
ONLY_TELLS = "it writes to a row that was looked for before, and tells whether it did"

LISTED = {
    "additions.any_drafts_before": EVERY_SERVERS,
    "additions.any_lookups": EVERY_SERVERS,
    "additions.claim_lookups": EVERY_SERVERS,
    "additions.split_facts": EVERY_SERVERS,
    "inbox.due_words": EVERY_SERVERS,
    "lists.only_list": EVERY_SERVERS,
    "link_checks._listed": EVERY_SERVERS,
    "link_checks.namespaces_of": EVERY_SERVERS,
    "transfer.Table": EVERY_SERVERS,
    "transfer._begun_in": EVERY_SERVERS,
    "transfer._count": EVERY_SERVERS,
    "transfer._move": EVERY_SERVERS,
    "upkeep.newest_message_at": EVERY_SERVERS,
    "upkeep.columns_ahead": EVERY_SERVERS,
    "upkeep.pull_back": EVERY_SERVERS,
    "upkeep.pull_back_outbox": EVERY_SERVERS,
    "upkeep.drop_picks_after": EVERY_SERVERS,
    "upkeep.COUNTS": EVERY_SERVERS,
    "groups.group_of_channel": CHANNELS,
    "groups.group": CHECKED,
    "groups.language_in": CHECKED,
    "groups.groups_by_id": THE_READERS,
    "groups.groups_to_remind_of": THE_READERS,
    "groups.any_wish": THE_READERS,
    "leads.has_led": CHECKED,
    "leads.in_letter": THE_READERS,
    "leads.leaders_of": CHECKED,
    "weeks.led_by": THE_READERS,
    "leads.set_told_by": THE_READERS,
    "leads.untold": THE_READERS,
    "readers.pace_of": THE_READERS,
    "outbox.is_turned_away": THE_READERS,
    "groups.take_group": CHECKED,
    "groups.take_group_of_channel": CHANNELS,
    "groups.present_group": CHECKED,
    "groups.take_present_group": CHECKED,
    "groups.present_ids": THE_READERS,
    "groups.merged_groups": CHECKED,
    "groups.gone_to": CHANNELS,
    "outbox.is_ahead": CHECKED,
    "groups.due_group_ids": EVERY_SERVERS,
    "groups.all_groups": EVERY_SERVERS,
    "groups.group_ids_ahead": EVERY_SERVERS,
    "groups.set_blocked": ONLY_TELLS,
    "guilds.gone_guilds": EVERY_SERVERS,
    "guilds.guilds_with_rows": EVERY_SERVERS,
    "guilds.asked_since": EVERY_SERVERS,
    "guilds.pages": EVERY_SERVERS,
    "additions.known_resources_by_key": THE_READERS,
    "groups.due_checks": EVERY_SERVERS,
    "groups.count_due_checks": EVERY_SERVERS,
    "outbox.due_row_ids": EVERY_SERVERS,
    "outbox.ended_letters": EVERY_SERVERS,
    "outbox.NEXT": EVERY_SERVERS,
    "weeks.vote": CHECKED,
    "weeks.due_votes": EVERY_SERVERS,
    "weeks.IS_HERE": EVERY_SERVERS,
    "weeks.end_vote": ONLY_TELLS,
    "readers.rows_about": THE_READERS,
    "suggestions.untold": THE_READERS,
    "suggestions.set_told_by": THE_READERS,
    "suggestions.any_in_letter": THE_READERS,
    "readers.standing": THE_READERS,
    "readers.read_since": THE_READERS,
    "weeks.week": CHECKED,
    "weeks.weeks_of": CHECKED,
    "weeks.weeks_of_merged": CHECKED,
    "weeks.spans_of_merged": CHECKED,
    "weeks.add_week_reader": THE_READERS,
    "weeks.weeks_by_id": THE_READERS,
    "weeks.has_read_part": THE_READERS,
    "weeks.parts_read_by": THE_READERS,
    "weeks.read_counts": LOOKED_FOR,
    "weeks.remembered": LOOKED_FOR,
    "weeks.talks_about": THE_READERS,
}
"""What reads a server's rows and names no server: why that may be."""


def test_what_reads_a_servers_rows_names_the_server(tables):
    own, hung = of_servers(tables)
    found = {name for name, sql in statements() if set(unnamed(sql, own, hung))}

    assert found - LISTED.keys() == set(), "name its guild_id, or list it with a reason"
    assert LISTED.keys() - found == set(), "this is listed for nothing"


def test_no_table_is_left_out(tables):
    own, hung = of_servers(tables)

    assert tables.keys() - own - hung == NOT_OF_SERVERS


def test_only_the_store_asks_the_database():
    asking = {
        path.relative_to(ROOMS).parts[0]
        for path in ROOMS.rglob("*.py")
        for text in texts_in(ast.parse(path.read_text("utf-8")), {})
        if IS_SQL.match(text)
    }

    assert asking == {"store"}


@pytest.mark.parametrize(
    ("sql", "without"),
    [
        ("SELECT * FROM study_groups WHERE channel_id = ?", {"study_groups"}),
        ("SELECT * FROM study_groups WHERE channel_id = ? AND guild_id = ?", set()),
        ("SELECT * FROM study_groups WHERE group_id = ?", {"study_groups"}),
        ("SELECT * FROM study_groups WHERE guild_id = ? OR role_id = ?", {"study_groups"}),
        ("SELECT 1 FROM doubts WHERE guild_id = ? UNION SELECT 1 FROM additions", {"additions"}),
        ("UPDATE drafts SET fields = ? WHERE draft_id = ? RETURNING *", {"drafts"}),
        ("SELECT title FROM known_resources WHERE resource_key = ?", {"known_resources"}),
        ("SELECT * FROM picks WHERE week = ?", {"picks"}),
        ("SELECT * FROM picks WHERE group_id = ?", set()),
        ("SELECT * FROM progress JOIN members ON reader_id = ? WHERE note = ?", {"members"}),
        ("SELECT * FROM outbox WHERE channel_id = ?", {"outbox"}),
        ("SELECT * FROM {table} WHERE reader_id = ?", {"{table}"}),
        ("SELECT * FROM progress WHERE reader_id = ?", set()),
    ],
)
def test_a_statement_is_seen_through(tables, sql, without):
    assert set(unnamed(sql, *of_servers(tables))) == without


ROOMS = Path(bot.__file__).parent
IS_SQL = re.compile(r"(?:NOT EXISTS \()?\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH) \S")

OF_SERVER = r"\b(?:guild_id|namespace) = \?(?! OR\b)"
"""A namespace is a server's, or a list's."""
OF_LETTER = r"\b(?:row_id|reference) (?:= \?|= CAST\(|IN \()"
"""A letter is looked for by its own id, or by the week, vote or group that it is about."""


@pytest.fixture
def tables(new_tables):
    """Each table as the migrations leave it: its columns, and what identifies a row of it."""
    with closing(sqlite3.connect(new_tables)) as ledger:
        names = ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        columns = "SELECT name, pk FROM pragma_table_info(?)"
        found = {name: dict(ledger.execute(columns, (name,))) for (name,) in names}
    return {
        name: (columns.keys(), {column for column, pk in columns.items() if pk})
        for name, columns in found.items()
    }


def of_servers(tables):
    """Return the tables that say of which server a row is, and those that hang on its groups."""
    own = {t for t, (columns, _) in tables.items() if columns & {"guild_id", "namespace"}}
    hung = {t for t, (columns, _) in tables.items() if "group_id" in columns} - own
    ids = set().union(*(keys for _, keys in (tables[t] for t in hung) if len(keys) == 1))
    return own, hung | {t for t, (columns, _) in tables.items() if columns & ids} - own


def statements():
    """Yield (what holds it, statement) of all SQL in the store, filled in as far as it is known."""
    for found in pkgutil.iter_modules(bot.store.__path__):
        module = importlib.import_module(f"bot.store.{found.name}")
        for part in ast.parse(Path(module.__file__).read_text("utf-8")).body:
            for text in texts_in(part, vars(module)):
                if IS_SQL.match(text):
                    yield f"{found.name}.{name_of(part)}", text


def name_of(part):
    target = part.targets[0] if isinstance(part, ast.Assign) else getattr(part, "target", part)
    return getattr(target, "id", getattr(target, "name", ""))


def texts_in(node, known):
    """Yield each text in the code as a whole; what its braces hold, if ``known`` has it."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(filled_in(part, known) for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from texts_in(child, known)


def filled_in(part, known):
    if isinstance(part, ast.Constant):
        return part.value
    inside = ast.unparse(part.value)
    with suppress(Exception):  # a name of the function's own
        return str(eval(inside, dict(known)))  # noqa: S307 - our own source
    return f"{{{inside}}}"


def unnamed(sql, own, hung):
    """Yield the tables of servers that are read without naming the server, or its group.

    What a part of the statement reads, that part must look for. Whether a server removed the bot
    may be asked of any.
    """
    sql = re.sub(r"gone_guilds WHERE gone_guilds\.guild_id = [\w{}]+\.guild_id", "", sql)
    for part in re.split(r"\bUNION(?: ALL)?\b", sql):
        read = set(re.findall(r"(?<!DELETE )(?:FROM|JOIN) (\{?[\w.]+\}?)", part))
        if "RETURNING" in part:
            read |= set(re.findall(r"(?:UPDATE|FROM|INTO) (\{?[\w.]+\}?)", part))
        (written,) = re.findall(r"^INSERT INTO \w+ \(([^)]*)", part) or [""]
        by_server = re.search(OF_SERVER, part) or "guild_id" in written
        by_group = by_server or re.search(r"\bgroup_id = \?", part) or "group_id" in written
        by_letter = by_server or re.search(OF_LETTER, part)
        for table in read:
            enough = by_letter if table == "outbox" else by_group if table in hung else by_server
            if (table in own | hung or "{" in table) and not enough:
                yield table
