"""What members suggest for their server's list: the link, who wants it, and why."""

import re
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.curriculum.fields import PageFacts, fields_of_page, web_link
from bot.core.curriculum.imports.link_texts import web_address
from bot.core.curriculum.imports.spans import Span, with_bare_links
from bot.core.curriculum.links import canonical, host_of
from bot.core.lists import Place
from bot.core.moderation import WHY_LIMIT, DraftRef, FoundLinks
from bot.core.outbox import OutboxRow
from bot.core.recommend import Found
from bot.core.suggestions import MOST_OPEN, MOST_TOLD, Suggested, Suggestion, Wish, Wished
from bot.errors import NoLinkError, SuggestionGoneError, TooManySuggestionsError
from bot.services.finding import Finding
from bot.services.moderation import Moderation
from bot.store import additions, groups, outbox, readers
from bot.store import suggestions as rows
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids

LONGEST_MESSAGE = 4000  # Discord's limit
TOLD_WITHIN = timedelta(days=1)
OF_DISCORD = re.compile(r"(?:.*\.)?discord(?:app)?\.(?:com|net|gg)")
"""Hosts of messages and pictures, which nobody reads with a group."""


@dataclass
class Suggestions:
    """Each method is one transaction, never held while a page is looked at."""

    _db: Database
    _moderation: Moderation
    _finding: Finding
    _clock: Clock
    _ids: Ids

    async def suggest(
        self, place: Place, reader_id: int, typed: str, why: str = ""
    ) -> Wished | Found:
        """Suggest a link for the list that counts here; or return what it is on that list.

        What somebody suggested before is wanted by one more. ``why`` takes the place of what the
        reader said before, if it says anything.

        Raises:
            NotALinkError: nothing that a browser could open.
            TooManySuggestionsError: as many of theirs wait for this server's moderators.
        """
        url, here = web_link(typed), await self._moderation.list_of(place)
        key = here.key_of(url)
        if key is not None and (listed := here.laid.curriculum.get(key)) is not None:
            return await self._finding.find(reader_id, place, listed.key)
        link, guild_id = canonical(url) or url, here.guild_id
        fields = dict[str, Any]()
        if await rows.open_with_link(self._db, guild_id, link) is None:
            page = await self._moderation.page_of(here, url)
            fields = {**page.fields, **({"silent": True} if page.silent else {})}
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, reader_id)
            await additions.take_turn(tx, guild_id)
            known = await rows.open_with_link(tx, guild_id, link)
            was = None if known is None else await rows.wish(tx, guild_id, known, reader_id)
            wish = was or Wish(reader_id)
            is_new = known is None or not await rows.wishes_of(tx, guild_id, known)
            if is_new:
                wish = replace(wish, is_first=True)
                if await rows.open_by(tx, guild_id, reader_id) >= MOST_OPEN:
                    raise TooManySuggestionsError(MOST_OPEN)
                fields = fields or fields_of_page(url, PageFacts())  # it was settled just now
            if known is None:
                known, now = self._ids.new(), self._clock()
                new = Suggestion(known, guild_id, here.base.id, link, fields, now)
                await rows.add(tx, new)
                told = now, now + TOLD_WITHIN, guild_id  # moderators: once for good
                first = OutboxRow(self._ids.new(), "suggested", str(guild_id), *told)
                await outbox.add(tx, first)
            if why := why.strip()[:WHY_LIMIT]:
                wish = replace(wish, why=why)
            await rows.put_wish(tx, guild_id, known, wish, self._clock())
            return await self._wished(tx, guild_id, known, wish, was=was)

    async def want(self, guild_id: int, reader_id: int, suggestion_id: int) -> Wished:
        """Want what is suggested, too. Twice is harmless.

        Raises:
            SuggestionGoneError: it is no longer open.
        """
        async with self._turn(guild_id, reader_id, suggestion_id) as tx:
            was = await rows.wish(tx, guild_id, suggestion_id, reader_id)
            wish = was or Wish(reader_id)
            await rows.put_wish(tx, guild_id, suggestion_id, wish, self._clock())
            return await self._wished(tx, guild_id, suggestion_id, wish, was=was)

    async def drop(self, guild_id: int, reader_id: int, suggestion_id: int) -> Suggested:
        """Want it no more; what nobody wants is suggested no more. Twice is harmless."""
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, reader_id)
            await additions.take_turn(tx, guild_id)
            found = await rows.suggestion(tx, guild_id, suggestion_id)
            if found is not None and found.state == "open":
                await rows.drop_wish(tx, guild_id, suggestion_id, reader_id)
            return await self._suggested(tx, guild_id, reader_id)

    async def say(
        self,
        guild_id: int,
        reader_id: int,
        suggestion_id: int,
        *,
        why: str | None = None,
        leads: bool | None = None,
    ) -> Wished:
        """Say why the reader wants it, or whether they would lead the group through it.

        Raises:
            SuggestionGoneError: it is no longer open.
        """
        async with self._turn(guild_id, reader_id, suggestion_id) as tx:
            was = await rows.wish(tx, guild_id, suggestion_id, reader_id) or Wish(reader_id)
            wish = replace(
                was,
                why=was.why if why is None else why.strip()[:WHY_LIMIT],
                leads=was.leads if leads is None else leads,
            )
            await rows.put_wish(tx, guild_id, suggestion_id, wish, self._clock())
            return await self._wished(tx, guild_id, suggestion_id, wish, was=was)

    async def why(self, guild_id: int, reader_id: int, suggestion_id: int) -> str:
        """Return what the reader said of an open suggestion.

        Raises:
            SuggestionGoneError: it is no longer open.
        """
        await self._open(self._db, guild_id, suggestion_id)
        said = await rows.wish(self._db, guild_id, suggestion_id, reader_id)
        return said.why if said else ""

    async def outcomes(
        self, reader_id: int, before: datetime | None = None, letter_id: int | None = None
    ) -> list[Suggestion]:
        """Return what became of what the reader wants, and wasn't told yet.

        ``before``: only what was settled up to then; ``letter_id``: only what this letter tells of.
        """
        return await rows.untold(self._db, reader_id, before, letter_id)

    async def put_into_letter(
        self, reader_id: int, outcomes: Collection[Suggestion], letter_id: int
    ) -> set[int]:
        """Record of what a letter tells, and of nothing else, before it leaves.

        Return the ids of what it may tell: what is still so, and if nobody has begun to send it.
        """
        if not outcomes and not await rows.any_in_letter(self._db, reader_id, letter_id):
            return set()
        async with self._db.transaction() as tx:
            await readers.take_turn_if_known(tx, reader_id)
            for guild_id in sorted({each.guild_id for each in outcomes}):
                await additions.take_turn(tx, guild_id)  # nobody settles it anew meanwhile
            letter = await outbox.row(tx, letter_id)
            if letter is None or letter.tried_at is not None:
                return set()
            return await rows.put_into_letter(tx, reader_id, outcomes, letter_id)

    async def tell(self, reader_id: int) -> list[Suggestion]:
        """Return what became of what the reader wants, and record that they know: they are told."""
        if not await rows.any_untold(self._db, reader_id):
            return []
        async with self._db.transaction() as tx:
            if not await readers.take_turn_if_known(tx, reader_id):
                return []
            for guild_id in sorted({each.guild_id for each in await rows.untold(tx, reader_id)}):
                await additions.take_turn(tx, guild_id)  # nobody lets it wait again meanwhile
            found = (await rows.untold(tx, reader_id))[:MOST_TOLD]
            ids = [each.suggestion_id for each in found]
            await rows.set_told(tx, reader_id, ids, self._clock())
        return found

    def links_in(self, *texts: str) -> list[str]:
        """Return the links in the first text with any, each page once, in the text's order.

        Raises:
            NoLinkError: there is none.
        """
        for text in texts:
            found: dict[str, str] = {}
            for span in with_bare_links([Span(text[:LONGEST_MESSAGE])]):
                address = web_address(span.url)
                if address and not OF_DISCORD.fullmatch(host_of(address)):
                    found.setdefault(canonical(address) or address, address)
            if found:
                return list(found.values())
        raise NoLinkError

    async def keep_links(self, guild_id: int, reader_id: int, links: list[str]) -> int:
        """Keep the links of a message for a day, until it is said which is meant."""
        return await self._moderation.keep(guild_id, reader_id, FoundLinks(tuple(links)))

    async def links(self, ref: DraftRef) -> tuple[str, ...]:
        """Return the links that were kept."""
        return (await self._moderation.kept(ref, FoundLinks)).links

    async def wishers(self, guild_id: int) -> set[int]:
        """Return who wants anything that was ever suggested in a server."""
        return await rows.wishers(self._db, guild_id)

    async def suggested(self, guild_id: int, reader_id: int) -> Suggested:
        """Return what is suggested in a server, the most wanted first."""
        return await self._suggested(self._db, guild_id, reader_id)

    async def _suggested(self, db: Queries, guild_id: int, reader_id: int) -> Suggested:
        mine = await rows.wanted_by(db, guild_id, reader_id)
        return Suggested(await rows.open_in(db, guild_id), frozenset(mine))

    @asynccontextmanager
    async def _turn(
        self, guild_id: int, reader_id: int, suggestion_id: int
    ) -> AsyncIterator[Queries]:
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, reader_id)
            await additions.take_turn(tx, guild_id)
            await self._open(tx, guild_id, suggestion_id)
            yield tx

    async def _open(self, db: Queries, guild_id: int, suggestion_id: int) -> Suggestion:
        found = await rows.suggestion(db, guild_id, suggestion_id)
        if found is None or found.state != "open":
            state = None if found is None else found.state
            raise SuggestionGoneError(found.title if found else "", state or "open")
        return found

    async def _wished(
        self, tx: Queries, guild_id: int, suggestion_id: int, wish: Wish, *, was: Wish | None
    ) -> Wished:
        can_lead = bool(await groups.running_groups(tx, guild_id))
        found = await self._open(tx, guild_id, suggestion_id)
        return Wished(found, wish, wish.is_first, was is not None, can_lead)
