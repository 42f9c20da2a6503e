"""Opens the ledger and joins the services to it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

from bot.core.curriculum import Curriculum
from bot.core.maps import Chart, Draw
from bot.core.outbox import SEND_RATE
from bot.errors import ConfigError, LedgerError
from bot.services.backups import BackUp, no_backups
from bot.services.calendars import Calendars
from bot.services.clock_repair import ClockRepair
from bot.services.curriculum import CurriculumStore
from bot.services.finding import Finding
from bot.services.groups import Groups
from bot.services.guilds import Guilds
from bot.services.imports import Imports
from bot.services.inbox import Inboxes
from bot.services.leading import Leading
from bot.services.link_checks import HOSTS_AT_ONCE, REST, CheckLink, LinkChecks
from bot.services.lists import Lists
from bot.services.lookups import FetchFacts, Lookups, Turns
from bot.services.me import Me
from bot.services.meetings import Meetings
from bot.services.merging import Merging
from bot.services.moderation import Moderation, no_facts
from bot.services.papers import Papers
from bot.services.readers import Readers
from bot.services.reading import Reading
from bot.services.reminders import Reminders
from bot.services.suggestions import Suggestions
from bot.services.votes import Votes
from bot.services.weeks import Weeks
from bot.store import upkeep
from bot.store.database import Background, Database, open_database
from bot.store.instants import CHANCE, Clock, Ids
from bot.store.migrations import migrate

LOST = "DATABASE_URL: the database went away during the start ({}). Start the bot again."
UNUSABLE = {
    "busy": "DATABASE_URL: another program has the database ({}). Start the bot when it's done.",
    "unwritable": (
        "DATABASE_URL: the database can't be written ({}). It needs space on its disk and the right"
        " to write; a copy that only follows another server won't do."
    ),
    "lost": LOST,
    "unknown": LOST,
}


TELLING = timedelta(minutes=1)
"""How long a process has to tell Discord the commands."""


async def no_pictures(chart: Chart) -> None:
    """Draw nothing."""
    del chart


class Deliver(Protocol):
    """Sets going what is sent unasked."""

    def look_again(self) -> None:
        """Tell the weekly task that something may be due earlier than it thinks."""

    async def now(self, *about: int | str) -> None:
        """Send all that is due about these weeks, votes or groups: somebody waits for it."""

    async def result(self, vote_id: int) -> None:
        """Take a vote's result from its poll, or end the poll if the vote was called off."""


@dataclass(frozen=True, slots=True)
class Services:
    """All that cogs, clicks and letters call, over one database.

    ``background``: the same one for work that nobody waits for.
    """

    db: Database
    background: Database
    clock: Clock
    chance: Random
    ids: Ids
    curricula: CurriculumStore
    reading: Reading
    finding: Finding
    weeks: Weeks
    clock_repair: ClockRepair
    groups: Groups
    calendars: Calendars
    merging: Merging
    papers: Papers
    leading: Leading
    meetings: Meetings
    votes: Votes
    reminders: Reminders
    guilds: Guilds
    moderation: Moderation
    lists: Lists
    imports: Imports
    lookups: Lookups
    link_checks: LinkChecks
    suggestions: Suggestions
    inboxes: Inboxes
    me: Me
    draw: Draw
    back_up: BackUp
    send_rate: int
    owns_db: bool = False

    async def try_to_write(self) -> None:
        """Write something that changes nothing for anybody, or raise LedgerError."""
        async with self.db.transaction() as tx:
            await upkeep.set_setting(tx, "written_at", self.clock().isoformat())

    async def synced_commands(self, application_id: int) -> str | None:
        """Return the digest of the commands that Discord was told last."""
        return await upkeep.setting(self.db, f"commands:{application_id}")

    async def claim_commands(self, application_id: int) -> bool:
        """Tell whether it is this process that may tell Discord the commands: one at a time.

        Within a minute it records what it told; then others take a killed one's turn.
        """
        if not self.db.is_shared:
            return True
        name, now = f"telling:{application_id}", self.clock()
        began_at = await upkeep.setting(self.db, name) or ""
        if began_at and timedelta(0) <= now - datetime.fromisoformat(began_at) < TELLING:
            return False
        async with self.db.transaction() as tx:
            return await upkeep.replace_setting(tx, name, began_at, now.isoformat())

    async def set_synced_commands(self, application_id: int, digest: str) -> None:
        """Record the digest of the commands that Discord knows now."""
        async with self.db.transaction() as tx:
            await upkeep.set_setting(tx, f"commands:{application_id}", digest)
            await upkeep.set_setting(tx, f"telling:{application_id}", "")

    async def close(self) -> None:
        """Give the database back, unless somebody else opened it."""
        if self.owns_db:
            await self.db.close()


async def open_services(
    database_url: str,
    base: Curriculum,
    clock: Clock,
    fetch_facts: FetchFacts = no_facts,
    send_rate: int = SEND_RATE,
    chance: Random = CHANCE,
    *,
    others: Sequence[Curriculum] = (),
    check_link: CheckLink | None = None,
    draw: Draw = no_pictures,
    back_up: BackUp = no_backups,
) -> Services:
    """Open the database, bring its tables up to date, and record what the list holds.

    What a wrong clock or other zone tables have left in it is put right.

    ``base`` is the list where nobody chose one of the ``others``. ``fetch_facts`` looks at the page
    behind a link that moderators add, ``check_link`` whether links still lead somewhere;
    ``send_rate`` is how many messages a second all processes on this database send together;
    ``chance`` is where ids and claims come from; ``draw`` draws pictures; ``back_up`` makes a
    backup if one is due.

    Raises:
        ConfigError: the database is not usable, is newer than this version, or is another bot's.
    """
    db = await open_database(database_url)
    try:
        await migrate(db)
        services = await services_over(
            db,
            base,
            clock,
            fetch_facts,
            send_rate,
            chance,
            others=others,
            check_link=check_link,
            draw=draw,
            back_up=back_up,
        )
        await services.try_to_write()
        await services.clock_repair.put_right()
        await db.checkpoint()
    except LedgerError as error:
        await db.close()
        raise ConfigError(UNUSABLE[error.why].format(error.detail)) from error
    except BaseException:
        await db.close()
        raise
    return replace(services, owns_db=True)


async def services_over(
    db: Database,
    base: Curriculum,
    clock: Clock,
    fetch_facts: FetchFacts = no_facts,
    send_rate: int = SEND_RATE,
    chance: Random = CHANCE,
    *,
    others: Sequence[Curriculum] = (),
    check_link: CheckLink | None = None,
    draw: Draw = no_pictures,
    back_up: BackUp = no_backups,
) -> Services:
    """Record what the list holds, and join the services to a database that has its tables.

    Others may be over the same one: it stays open when these are closed.

    Raises:
        ConfigError: the database is another bot's.
    """
    curricula = CurriculumStore(base, *others)
    await curricula.remember(db, clock())
    ids = Ids(clock, chance)
    readers = Readers(curricula, clock)
    reading = Reading(db, readers, curricula, ids)
    background = Background(db)
    papers = Papers(db, curricula, clock, ids)
    weeks = Weeks(db, background, papers, reading, clock, ids)
    lists = Lists(db, curricula, clock, ids)
    moderation = Moderation(db, curricula, clock, ids, fetch_facts)
    finding = Finding(db, readers, curricula)
    groups = Groups(db, curricula, papers, weeks, moderation, clock, ids)
    return Services(
        db,
        background,
        clock,
        chance,
        ids,
        curricula,
        reading,
        finding,
        weeks,
        ClockRepair(db, papers, weeks, clock, ids),
        groups,
        Calendars(groups, papers, clock, ids),
        Merging(db, groups, papers, clock, ids),
        papers,
        Leading(db, papers, clock, ids),
        Meetings(background, clock, ids),
        Votes(db, curricula, papers, moderation, clock, ids),
        Reminders(db, background, curricula, reading, papers, clock, ids),
        Guilds(db, background, clock, ids),
        moderation,
        lists,
        Imports(db, curricula, lists, clock, ids),
        Lookups(background, clock, fetch_facts),
        LinkChecks(background, curricula, clock, check_link, Turns(HOSTS_AT_ONCE, REST)),
        Suggestions(db, moderation, finding, clock, ids),
        Inboxes(db, background, clock, ids, curricula, moderation, groups),
        Me(db, curricula, clock, ids),
        draw,
        back_up,
        send_rate,
    )
