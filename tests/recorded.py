"""A database that keeps what it is asked, and by which function of the store."""

import os
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import bot.store
from bot.store.database import Queries

STORE = f"{Path(bot.store.__file__).parent}{os.sep}"
FACE = f"{STORE}database.py"


@dataclass(frozen=True)
class Asked:
    """One statement. ``by``: the store's function, as ``outbox.due_row_ids``."""

    by: str
    sql: str
    args: tuple


class Recorded(Queries):
    """A database that keeps each statement it is given, in transactions too."""

    def __init__(self, db) -> None:
        self._db = db
        self.is_shared, self.close, self.migrating = db.is_shared, db.close, db.migrating
        self.checkpoint, self.is_well = db.checkpoint, db.is_well
        self.asked: list[Asked] = []

    async def fetch(self, sql, *args):
        self.asked.append(Asked(_asker(), sql, args))
        return await self._db.fetch(sql, *args)

    @asynccontextmanager
    async def transaction(self):
        async with self._db.transaction() as tx:
            yield Inside(tx, self.asked)


class Inside(Queries):
    def __init__(self, tx, asked) -> None:
        self._tx, self._asked = tx, asked

    async def fetch(self, sql, *args):
        self._asked.append(Asked(_asker(), sql, args))
        return await self._tx.fetch(sql, *args)


def _asker() -> str:
    """Return the function of the store from which the present statement comes; "" for none."""
    frame = sys._getframe()  # noqa: SLF001 - a statement doesn't say whose it is
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith(STORE) and code.co_filename != FACE:
            return f"{Path(code.co_filename).stem}.{code.co_name}"
        frame = frame.f_back
    return ""
