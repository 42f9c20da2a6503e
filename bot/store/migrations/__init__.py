"""Brings the tables up to date: numbered SQL files, each run once, under a lock."""

from collections.abc import Iterator
from pathlib import Path

from bot.errors import ConfigError
from bot.store.database import Database

FOLDER = Path(__file__).parent

MOVING = -1
"""Numbers from here down are no migrations: while data is moved in, one of them says of what."""


async def migrate(database: Database, folder: Path = FOLDER) -> list[int]:
    """Run what hasn't run yet, all of it or nothing, and return its numbers.

    Raises:
        ConfigError: the database was written by a newer version, or not all was moved into it.
    """
    files = _files(folder)
    async with database.migrating() as tx:
        await tx.fetch("CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY)")
        past = set(await tx.fetch_column("SELECT number FROM migrations"))
        if any(number <= MOVING for number in past):
            raise ConfigError(
                "DATABASE_URL: `nextread move-data` has begun to move a database into this one and"
                " isn't done. Run the same command again until it is, then start the bot."
            )
        if past - files.keys():
            raise ConfigError(
                "DATABASE_URL: a newer version of Nextread wrote this database. Update Nextread."
            )
        due = sorted(files.keys() - past)
        for number in due:
            for statement in _statements(files[number]):
                await tx.fetch(statement)
            await tx.fetch("INSERT INTO migrations (number) VALUES (?)", number)
    return due


def known_migrations() -> set[int]:
    """Return the numbers of all migrations that this version has."""
    return set(_files(FOLDER))


def _files(folder: Path) -> dict[int, str]:
    return {
        int(path.name.split("_")[0]): path.read_text(encoding="utf-8")
        for path in sorted(folder.glob("*.sql"))
    }


def _statements(sql: str) -> Iterator[str]:
    lines = [line for line in sql.splitlines() if not line.lstrip().startswith("--")]
    for statement in "\n".join(lines).split(";"):
        if statement.strip():
            yield statement
