"""A server's inbox: what members suggested and doubt, and what its groups can't mend themselves."""

import logging
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.curriculum import Curriculum, Resource
from bot.core.groups import GroupStatus
from bot.core.inbox import A_WEEK, BadLink, Counts, Inbox, Word
from bot.core.link_checks import LinkCheck, mirror_of
from bot.core.lists import Where
from bot.core.moderation import Proposal, is_same_title
from bot.core.outbox import TEMPORARY, OutboxRow
from bot.core.papers import TELL_WEEKS_AHEAD
from bot.core.suggestions import Suggestion
from bot.services.curriculum import CurriculumStore
from bot.services.groups import Groups
from bot.services.moderation import Moderation
from bot.store import additions, link_checks, lists, outbox
from bot.store import inbox as words
from bot.store import suggestions as rows
from bot.store.database import Database
from bot.store.instants import Clock, Ids

log = logging.getLogger(__name__)

MOST_GROUPS = 25
"""Groups of a server that are looked at: each costs some milliseconds."""

MODERATORS_TRIED = 3

TOLD_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """All that waits; of doubts and links, the list's id and the resource's key.

    ``titles``: of the lists in sight, by id.
    """

    titles: dict[str, str]
    suggested: list[Suggestion]
    doubted: list[tuple[str, str, str]]
    links: list[tuple[str, str, LinkCheck]]
    troubled: list[GroupStatus]
    ending: list[GroupStatus]

    @property
    def counts(self) -> Counts:
        of_groups = len(self.troubled), len(self.ending)
        return Counts(len(self.suggested), len(self.doubted), len(self.links), *of_groups)

    @property
    def several(self) -> tuple[tuple[str, str], ...]:
        """Ids and titles of the lists, if there are several."""
        return tuple(self.titles.items()) if len(self.titles) > 1 else ()

    def title_of(self, curriculum: Curriculum) -> str:
        """Return the title of a list, if there are others."""
        return curriculum.title if self.several else ""

    def at_suggestion(self, proposal: Proposal, number: int) -> Inbox:
        title = self.title_of(proposal.curriculum)
        return Inbox(self.counts, proposal, number, title, self.several)


@dataclass
class Inboxes:
    """Looks, and tells moderators that something waits.

    What is settled is settled by ``Moderation``, and at the groups.
    """

    _db: Database
    _background: Database
    _clock: Clock
    _ids: Ids
    _curricula: CurriculumStore
    _moderation: Moderation
    _groups: Groups

    async def look(
        self,
        guild_id: int,
        moderator_id: int,
        number: int = 0,
        *,
        edited: Proposal | None = None,
        goes_on: bool = False,
    ) -> Inbox:
        """Return the inbox at one of its matters; behind the last is its end, then it begins anew.

        ``edited``: a suggestion that is open there, as it was edited. ``goes_on``: a matter was
        settled; the end comes only after all of them.
        """
        waiting = await self._waiting(guild_id, moderator_id)
        suggested, counts = waiting.suggested, waiting.counts
        if edited is not None and edited.wanted is not None:
            ids = [each.suggestion_id for each in suggested]
            if edited.wanted.suggestion.suggestion_id in ids:  # else it was settled meanwhile
                number = ids.index(edited.wanted.suggestion.suggestion_id)
                return waiting.at_suggestion(edited, number)
        number = at = number % (counts.total + (not goes_on or not counts.total))
        if number == counts.total:
            return Inbox(counts, number=number, word=await words.word_of(self._db, guild_id))
        if at < counts.suggestions:
            proposal = await self._moderation.consider(guild_id, moderator_id, suggested[at])
            return waiting.at_suggestion(proposal, number)
        at -= counts.suggestions
        if at < counts.doubts:
            list_id, key, needed = waiting.doubted[at]
            where = Where(guild_id, list_id=list_id)
            desk = await self._moderation.open(where, moderator_id, key, no_longer_needs=needed)
            return Inbox(counts, desk, number, waiting.title_of(desk.curriculum))
        at -= counts.doubts
        if at < counts.links:
            list_id, key, check = waiting.links[at]
            desk = await self._moderation.open(Where(guild_id, list_id=list_id), moderator_id, key)
            instead = mirror_of(check.url) if check.is_dead else check.moved_to
            title = waiting.title_of(desk.curriculum)
            return Inbox(counts, BadLink(desk, instead, not check.is_dead), number, title)
        return Inbox(counts, [*waiting.troubled, *waiting.ending][at - counts.links], number)

    async def counts(self, guild_id: int) -> Counts:
        """Return how much waits of each kind."""
        return (await self._waiting(guild_id, 0)).counts

    async def set_word(self, guild_id: int, channel_id: int | None) -> Word | None:
        """Tell a channel from now on, once a week; return what was said of that before.

        ``channel_id`` None: no channel is told.
        """
        now = self._clock()
        async with self._db.transaction() as tx:
            await additions.take_turn(tx, guild_id)
            before = await words.word_of(tx, guild_id)
            is_ahead = before is not None and before.next_at > now
            next_at = before.next_at if before and is_ahead else now + A_WEEK
            await words.put_word(tx, guild_id, Word(channel_id, next_at))
        return before

    async def plan_words(self) -> bool:
        """Let each channel be told whose week is over, if anything waits; tell if any is."""
        any_told = False
        for guild_id in await words.due_words(self._background, self._clock()):
            try:
                any_told |= await self._plan_word(guild_id)
            except Exception:
                log.exception("moderators of server %s can't be told what waits", guild_id)
                await self._put_off(guild_id)
        return any_told

    async def _put_off(self, guild_id: int) -> None:
        """Try again in an hour: others go on."""
        async with self._background.transaction() as tx:
            await additions.take_turn(tx, guild_id)
            word, later = await words.word_of(tx, guild_id), self._clock() + timedelta(hours=1)
            if word is not None and word.next_at < later:
                await words.put_word(tx, guild_id, replace(word, next_at=later))

    async def _plan_word(self, guild_id: int) -> bool:
        waits = bool((await self.counts(guild_id)).total)
        async with self._background.transaction() as tx:
            await additions.take_turn(tx, guild_id)
            word, now = await words.word_of(tx, guild_id), self._clock()
            if word is None or word.channel_id is None or word.next_at > now:
                return False  # another process has done so, or moderators want none
            await words.put_word(tx, guild_id, replace(word, next_at=word.after(now)))
            if waits:
                about = f"{guild_id}:{int(now.timestamp())}"
                row = OutboxRow(
                    self._ids.new(), "inbox", about, now, now + TOLD_WITHIN,
                    guild_id, channel_id=word.channel_id,
                )  # fmt: skip
                await outbox.add(tx, row)
        return waits

    async def word_of(self, guild_id: int) -> Word | None:
        """Return what a server's moderators said of a word a week; None: nothing yet."""
        return await words.word_of(self._db, guild_id)

    async def moderators(self, guild_id: int) -> list[int]:
        """Return some who have moderated the server's groups or lists, the latest first."""
        return await words.moderators(self._db, guild_id, MODERATORS_TRIED)

    async def _waiting(self, guild_id: int, moderator_id: int) -> _Waiting:
        choice, version = await lists.choice(self._db, guild_id)
        titles = self._curricula.titles(choice)
        return _Waiting(
            titles,
            await rows.open_in(self._db, guild_id),
            await self._doubted(guild_id, titles, version),
            await self._bad_links(guild_id, titles, version),
            *await self._of_groups(guild_id, moderator_id),
        )

    async def instead_of(self, resource: Resource) -> str | None:
        """Return where the page of a bad link may be had; None: it is well by now."""
        check = (await link_checks.troubled(self._db)).get(resource.url)
        if check is None or not _is_bad(resource, check):
            return None
        return mirror_of(check.url) if check.is_dead else check.moved_to

    async def _doubted(
        self, guild_id: int, titles: Collection[str], version: int
    ) -> list[tuple[str, str, str]]:
        """Return what is doubted and still so: of a list in sight, which has both resources."""
        doubted = await additions.doubted(self._db, guild_id)
        if not doubted:
            return []
        found = []
        for list_id, key, needed in doubted:
            if list_id not in titles:
                continue
            where = Where(guild_id, list_id=list_id)
            curriculum = await self._curricula.of(self._db, where, version)
            resource, other = curriculum.get(key), curriculum.get(needed)
            if resource and other and other.key in resource.prerequisites:
                found.append((list_id, resource.key, other.key))
        return found

    async def _bad_links(
        self, guild_id: int, titles: Collection[str], version: int
    ) -> list[tuple[str, str, LinkCheck]]:
        """Return each resource that a server sees and whose link is dead or has moved for good.

        With one of its lists that have it. What moved is told only where its title is the same.
        """
        troubled = await link_checks.troubled(self._db)
        if not troubled:
            return []
        found = dict[str, tuple[str, str, LinkCheck]]()
        for list_id in titles:
            where = Where(guild_id, list_id=list_id)
            curriculum = await self._curricula.of(self._db, where, version)
            for resource in curriculum.by_key.values():
                check = troubled.get(resource.url)
                if check and _is_bad(resource, check):
                    found.setdefault(resource.key, (list_id, resource.key, check))
        return list(found.values())

    async def _of_groups(
        self, guild_id: int, moderator_id: int
    ) -> tuple[list[GroupStatus], list[GroupStatus]]:
        """Return the groups that something keeps from posting, and those whose list ends."""
        troubled, ending = list[GroupStatus](), list[GroupStatus]()
        running = await self._groups.running_in(guild_id)
        for group in running[:MOST_GROUPS]:
            status = await self._groups.look(guild_id, group.group_id, moderator_id)
            if group.blocked is not None and group.blocked not in TEMPORARY:
                troubled.append(status)
            elif status.weeks_left <= TELL_WEEKS_AHEAD and group.after_list is None:
                ending.append(status)
        return troubled, ending


def _is_bad(resource: Resource, check: LinkCheck) -> bool:
    """Tell whether a link is dead, or leads for good to a page with the same title."""
    return check.is_dead or is_same_title(resource.title, check.title)
