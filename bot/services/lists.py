"""The lists in sight of a server or a reader: which counts where, and a server's own ones."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import chain, count
from types import MappingProxyType

from bot.core.curriculum import Curriculum, Resource, Section, Step, numbered
from bot.core.curriculum.additions import is_of_guild, namespace_of
from bot.core.curriculum.bibliographies import write_bibtex
from bot.core.curriculum.checks import folded_name
from bot.core.curriculum.exports import write_markdown
from bot.core.curriculum.fields import cut, slug_for
from bot.core.curriculum.file import write_curriculum
from bot.core.curriculum.identity import to_json
from bot.core.curriculum.shape import LONGEST_CURRICULUM_ID, is_visible
from bot.core.curriculum.tables import write_csv
from bot.core.lists import ListForm, ListSummary, Place, ServersLists, Where, where_of
from bot.errors import (
    ListTitleError,
    NoGroupError,
    NothingToExportError,
    NotYourListError,
    TooManyListsError,
    UnknownListError,
)
from bot.services import standing
from bot.services.curriculum import LAID_AT_ONCE, CurriculumStore
from bot.store import additions, groups, readers
from bot.store import lists as rows
from bot.store.additions import KnownResource
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids
from bot.store.lists import ListState, OwnList, Version

FORMS: Mapping[ListForm, tuple[Callable[[Curriculum], str], str]] = MappingProxyType(
    {
        "yaml": (write_curriculum, "yaml"),
        "markdown": (write_markdown, "md"),
        "csv": (write_csv, "csv"),
        "bibtex": (write_bibtex, "bib"),
    }
)
"""How a list is written, and how its file's name ends."""

MOST_LISTS = 20
LONGEST_LIST_TITLE = 80
"""It stands in cards' first lines, and in what Discord offers while one types."""


@dataclass
class Lists:
    """Each method is one transaction. A list that isn't in sight is an ``UnknownListError``."""

    _db: Database
    _curricula: CurriculumStore
    _clock: Clock
    _ids: Ids

    async def titles(self, reader_id: int, place: Place) -> dict[str, str]:
        """Return the titles of all lists in sight, by id; in direct messages, of those used."""
        guild_id = where_of(place).guild_id
        if guild_id is None:
            now = self._clock()
            return self._curricula.titles(
                (await readers.standing(self._db, reader_id, None, now)).lists
            )
        return self._curricula.titles((await rows.choice(self._db, guild_id))[0])

    async def named(self, reader_id: int, place: Place, typed: str | None) -> Where:
        """Return the place with the list that is named; without a name, as it is.

        Raises:
            UnknownListError: none in sight has this id or title.
        """
        where = where_of(place)
        if typed is None:
            return where
        titles = await self.titles(reader_id, where)
        return replace(where, list_id=_meant(titles, typed))

    # What moderators see and do

    async def overview(
        self,
        guild_id: int,
        channel_id: int | None = None,
        list_id: str | None = None,
        *,
        db: Queries | None = None,
    ) -> ServersLists:
        """Return all lists in sight of a server; ``list_id``: the one that is looked at.

        Without one, what the channel's group reads from, or what counts in the server.
        """
        return await self._overview(db or self._db, guild_id, channel_id, list_id)

    async def make(self, guild_id: int, who: int, title: str) -> str:
        """Make a list with one empty step, and return its id.

        Raises:
            ListTitleError, TooManyListsError: nothing is made.
        """
        title = _checked(title)
        async with self._turn(guild_id, who) as tx:
            title = await self.free_title(tx, guild_id, title)
            list_id = await self.new_id(tx, guild_id, title)
            slug = slug_for(title, ())
            empty = Section(slug, title, steps=(Step(slug, title, slug),))
            await self.put(tx, guild_id, who, Curriculum(list_id, title, (empty,)), "")
        return list_id

    async def new_id(self, tx: Queries, guild_id: int, title: str) -> str:
        """Return an id of which nothing is kept in the server, or raise TooManyListsError."""
        made = await rows.own_lists(tx, guild_id)
        if sum(each.removed_at is None for each in made) >= MOST_LISTS:
            raise TooManyListsError(MOST_LISTS)
        ids = [*(each.list_id for each in made), *await rows.laid_over(tx, guild_id)]
        taken = {each.partition(":")[2] for each in ids}
        slug = slug_for(title, ())[:LONGEST_CURRICULUM_ID].strip("-")
        while slug in taken:
            slug = numbered(slug[: LONGEST_CURRICULUM_ID - 3].strip("-"), taken)
        return f"{namespace_of(guild_id)}:{slug}"

    async def free_title(self, tx: Queries, guild_id: int, title: str, but: str = "") -> str:
        """Return a title that no other list in sight has: with a number behind it, if need be."""
        choice, _version = await rows.choice(tx, guild_id)
        titles = self._curricula.titles(choice)
        taken = {folded_name(each) for list_id, each in titles.items() if list_id != but}
        further = (f"{cut(title, LONGEST_LIST_TITLE - 4)} {n}" for n in count(2))
        return next(t for t in chain([title], further) if folded_name(t) not in taken)

    async def put(
        self, tx: Queries, guild_id: int, who: int | None, listed: Curriculum, before: str
    ) -> int:
        """Record what a list of the server's is from now on; return the version's id."""
        now, latest = self._clock(), await rows.versions(tx, guild_id, listed.id, 1)
        version_id = self._ids.new(after=latest[0].version_id if latest else 0)
        await rows.put_list(tx, OwnList(listed.id, guild_id, listed.title, now))
        at = version_id, guild_id, listed.id
        made = Version(*at, to_json(listed), before, who, now, *listed.size)
        await rows.add_version(tx, made)
        await additions.set_version(tx, guild_id, self._ids.new())
        return version_id

    async def rename(self, guild_id: int, who: int, list_id: str, title: str) -> str:
        """Give a list another title; its id stays. Return the title it had.

        Raises:
            ListTitleError, NotYourListError: nothing is changed.
        """
        title = _checked(title)
        async with self._turn(guild_id, who) as tx:
            listed = await self._own(tx, guild_id, list_id)
            title = await self.free_title(tx, guild_id, title, but=list_id)
            await rows.put_list(tx, replace(listed, title=title, changed_at=self._clock()))
            await additions.set_version(tx, guild_id, self._ids.new())
        return listed.title

    async def remove(self, guild_id: int, who: int, list_id: str) -> None:
        """Take a list out of sight; what readers did stays. Who read from it reads the default.

        Twice is harmless.

        Raises:
            NotYourListError: it is the host's.
        """
        async with self._turn(guild_id, who) as tx:
            listed, now = await self._own(tx, guild_id, list_id), self._clock()
            if listed.removed_at is None:
                await rows.put_list(tx, replace(listed, removed_at=now))
                await additions.set_version(tx, guild_id, self._ids.new())
                await self.record(tx, guild_id)

    async def bring_back(self, guild_id: int, who: int, list_id: str) -> None:
        """Bring a removed list back; the groups that read from it do so again.

        Raises:
            NotYourListError, TooManyListsError: nothing is changed.
        """
        async with self._turn(guild_id, who) as tx:
            listed = await self._own(tx, guild_id, list_id)
            if listed.removed_at is not None:
                made = await rows.own_lists(tx, guild_id)
                if sum(each.removed_at is None for each in made) >= MOST_LISTS:
                    raise TooManyListsError(MOST_LISTS)
                title = await self.free_title(tx, guild_id, listed.title, but=list_id)
                await rows.put_list(tx, replace(listed, title=title, removed_at=None))
                await additions.set_version(tx, guild_id, self._ids.new())
                await self.record(tx, guild_id)

    async def use(self, guild_id: int, who: int, list_id: str) -> None:
        """Let a list count in the server wherever no group says otherwise."""
        async with self._turn(guild_id, who) as tx:
            await self._check_there(tx, guild_id, list_id)
            await rows.set_default(tx, guild_id, list_id)

    async def follow(self, guild_id: int, who: int, group_id: int, list_id: str) -> str | None:
        """Let a group read from a list from its next free week on; return what it read before.

        Raises:
            NoGroupError: this server has no such group.
        """
        async with self._turn(guild_id, who) as tx:
            await self._check_there(tx, guild_id, list_id)
            group = await groups.take_group(tx, group_id)
            gone = group is not None and group.merged_into is not None
            if group is None or gone or group.guild_id != guild_id:
                raise NoGroupError
            if group.list_id != list_id:
                await groups.set_list(tx, group_id, list_id, who, now := self._clock())
                await standing.tell_soon(tx, self._ids, replace(group, list_id=list_id), now)
            return group.list_id

    async def export(self, where: Where, form: ListForm) -> tuple[str, str, str]:
        """Return a list's title, and the name and text of a file with all of it.

        Raises:
            NothingToExportError: it is empty.
        """
        listed = await self._curricula.of(self._db, where)
        if not listed.resources:
            raise NothingToExportError
        slug = listed.id.rpartition(":")[2]
        write, ending = FORMS[form]
        listed = replace(listed, id=slug)
        is_long = len(listed.by_key) > LAID_AT_ONCE
        text = await asyncio.to_thread(write, listed) if is_long else write(listed)
        return listed.title, f"{slug}.{ending}", text

    async def _overview(
        self, db: Queries, guild_id: int, channel_id: int | None, list_id: str | None
    ) -> ServersLists:
        choice, version = await rows.choice(db, guild_id)
        titles = self._curricula.titles(choice)
        counts = self._curricula.at(Where(guild_id), choice).list_id or ""
        here = self._curricula.at(Where(guild_id, channel_id, list_id), choice).list_id
        made = {each.list_id: each for each in await rows.own_lists(db, guild_id)}
        running = await groups.running_groups(db, guild_id)
        group = next((each for each in running if each.channel_id == channel_id), None)
        states, found = await rows.states(db, guild_id), []
        for each, title in titles.items():
            state = states.get(each)
            steps, resources = await self._size(db, Where(guild_id, list_id=each), version, state)
            found.append(
                ListSummary(
                    each,
                    title,
                    is_own=each in made,
                    steps=steps,
                    resources=resources,
                    channels=tuple(g.channel_id for g in running if (g.list_id or counts) == each),
                    changed_at=state.changed_at if state else None,
                    undoable=state.undoable if state else None,
                )
            )
        gone = [each for each in made.values() if each.removed_at is not None]
        return ServersLists(
            tuple(found),
            counts,
            next(each for each in found if each.list_id == here),
            tuple((each.list_id, each.title) for each in gone),
            group.group_id if group else None,
            channel_id,
        )

    async def record(self, tx: Queries, guild_id: int) -> None:
        """Bring the record of what the server ever listed up to date with all its lists."""
        choice, version = await rows.choice(tx, guild_id)
        there: dict[str, Resource] = {}
        for list_id in self._curricula.titles(choice):
            listed = await self._curricula.of(tx, Where(guild_id, list_id=list_id), version)
            there |= {k: r for k, r in listed.by_key.items() if is_of_guild(k, guild_id)}
        ever = await additions.known_resources(tx, namespace_of(guild_id))
        news = (KnownResource(key, r.title, r.url) for key, r in there.items())
        await additions.keep_known(tx, [each for each in news if ever.get(each.key) != each])
        gone = [key for key, each in ever.items() if each.gone_at is None and key not in there]
        await additions.set_gone(tx, gone, self._clock())

    async def _size(
        self, db: Queries, where: Where, version: int, state: ListState | None
    ) -> tuple[int, int]:
        """Return how many steps and resources a list has; only one that was laid over is laid."""
        if state is not None and state.is_laid_over:
            return (await self._curricula.of(db, where, version)).size
        base = self._curricula.bases.get(where.list_id or "")
        return base.size if base else (state.steps, state.resources) if state else (0, 0)

    async def _own(self, db: Queries, guild_id: int, list_id: str) -> OwnList:
        made = {each.list_id: each for each in await rows.own_lists(db, guild_id)}
        if not is_of_guild(list_id, guild_id):
            raise NotYourListError
        if list_id not in made:
            raise UnknownListError(list_id.partition(":")[2])
        return made[list_id]

    async def _check_there(self, db: Queries, guild_id: int, list_id: str) -> None:
        titles = self._curricula.titles((await rows.choice(db, guild_id))[0])
        if list_id not in titles:
            raise UnknownListError(list_id.partition(":")[2] or list_id, tuple(titles.items()))

    @asynccontextmanager
    async def _turn(self, guild_id: int, who: int) -> AsyncIterator[Queries]:
        """Open a transaction for which all other changes to the server's lists wait."""
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, who)
            await additions.take_turn(tx, guild_id)
            yield tx


def _checked(title: str) -> str:
    title = " ".join(title.split())
    if not is_visible(title) or len(title) > LONGEST_LIST_TITLE:
        raise ListTitleError(LONGEST_LIST_TITLE)
    return title


def _meant(titles: dict[str, str], typed: str) -> str:
    """Return the id of the list that is called so, or raise UnknownListError."""
    if typed in titles:
        return typed
    named = [each for each, title in titles.items() if folded_name(title) == folded_name(typed)]
    if not named:
        raise UnknownListError(typed, tuple(titles.items()))
    return named[0]
