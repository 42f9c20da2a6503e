"""What moderators do with their server's list: add, change, remove, restore, take it along."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.core.curriculum import Resource
from bot.core.curriculum.addition_fields import (
    TEXTS,
    Typed,
    fields_of_page,
    slug_for,
    typed_from,
    web_link,
    with_needs,
)
from bot.core.curriculum.additions import (
    Addition,
    Laid,
    is_of_guild,
    lay_over,
    namespace_of,
    own_resource,
)
from bot.core.curriculum.exporting import exportable, fits_a_card
from bot.core.curriculum.shape import is_visible
from bot.core.curriculum.text import write_curriculum
from bot.core.doubts import WHY_LIMIT, Doubt
from bot.core.moderation import (
    Desk,
    EditKind,
    Outcome,
    PastEdit,
    Proposal,
    Touched,
    Wishes,
    twins_of,
)
from bot.core.page import PageFacts
from bot.core.weekly import running_week
from bot.errors import (
    BadFieldError,
    LinkTakenError,
    NeedRefusedError,
    NothingToExportError,
    OldCardError,
    StepRefusedError,
)
from bot.services.curriculum import CurriculumStore
from bot.services.server_list import Choosing, ServerList
from bot.store import additions, doubts, drafts, groups, progress, readers
from bot.store.database import Database, Queries
from bot.store.drafts import Draft
from bot.store.ids import Clock, Ids

CARDS_LAST = timedelta(days=1)


class Drafts:
    """Opens drafts, finds them again, and makes of them what their cards show."""

    def __init__(
        self, db: Database, curricula: CurriculumStore, choosing: Choosing, clock: Clock, ids: Ids
    ) -> None:
        self._db = db
        self._curricula = curricula
        self._choosing = choosing
        self._clock = clock
        self._ids = ids

    async def open(
        self, guild_id: int, opener_id: int, key: str | None, fields: Mapping[str, Any]
    ) -> Draft:
        """Record a draft, and forget those that have lapsed."""
        now = self._clock()
        draft = Draft(self._ids.new(), guild_id, opener_id, key, fields, now)
        async with self._db.transaction() as changes:
            await readers.take_turn(changes, opener_id)
            await drafts.drop_drafts_before(changes, now - CARDS_LAST)
            await drafts.set_draft(changes, draft)
        return draft

    async def find(self, db: Queries, guild_id: int | None, opener_id: int, draft_id: int) -> Draft:
        """Return a draft.

        Raises:
            OldCardError: it is a day old, somebody else's, another server's, or never was.
        """
        found = await drafts.draft(db, draft_id)
        if found is None or (found.guild_id, found.opened_by) != (guild_id, opener_id):
            raise OldCardError
        if self._clock() - found.made_at > CARDS_LAST:
            raise OldCardError
        return found

    async def resource(self, db: Queries, draft: Draft) -> Resource:
        """Return the listed resource that the draft is about.

        Raises:
            OldCardError: it is about none.
            NoLongerListedError: it left the list.
        """
        if draft.key is None:
            raise OldCardError
        laid = await self._curricula.laid(db, draft.guild_id)
        found = laid.find(draft.key)
        return found or await self._curricula.resource(db, draft.guild_id, draft.key)

    def preview(self, draft: Draft) -> Resource:
        """Return the resource that the draft would add.

        Raises:
            OldCardError: it would add none.
        """
        key = f"{namespace_of(draft.guild_id)}:new"
        found = own_resource(key, draft.fields, draft.fields.get("step_id", ""))
        if found is None:
            raise OldCardError
        return found

    def proposal(self, laid: Laid, draft: Draft) -> Proposal:
        """Return what a card shows of a draft that would add something."""
        resource = self.preview(draft)
        own = self._choosing.own_step
        steps = (own, *(step for step in laid.curriculum.steps if step.id != own.id))
        return Proposal(
            draft_id=draft.draft_id,
            opener_id=draft.opened_by,
            curriculum=laid.curriculum,
            resource=resource,
            step=next((step for step in steps if step.id == resource.step_id), own),
            steps=steps,
            twins=twins_of(resource.title, list(laid.curriculum.by_key.values())),
            silent=bool(draft.fields.get("silent")),
            missing=draft.fields.get("missing"),
        )

    async def desk(self, db: Queries, draft: Draft, outcome: Outcome | None = None) -> Desk:
        """Return what a card shows of a draft about a listed resource, as it is now."""
        laid = await self._curricula.laid(db, draft.guild_id)
        resource = await self.resource(db, draft)
        wished = draft.fields.get
        step_id = wished("step_id")
        return Desk(
            draft_id=draft.draft_id,
            opener_id=draft.opened_by,
            curriculum=laid.curriculum,
            resource=resource,
            removed=resource.key in laid.removed,
            own=resource.key.startswith(f"{namespace_of(draft.guild_id)}:"),
            wishes=Wishes(
                self._choosing.step(laid, step_id) if step_id else None,
                laid.find(wished("needs", "")),
                laid.find(wished("no_longer_needs", "")),
            ),
            set_aside=tuple(sorted(laid.set_aside, key=lambda wish: wish.key != resource.key)),
            doubts=tuple(await doubts.doubts_about(db, draft.guild_id, resource.key)),
            outcome=outcome,
            groups=tuple(
                await groups.running_groups(db, draft.guild_id) if outcome == "added" else ()
            ),
        )


PATIENCE = 2.0
"""Seconds that a page has to tell something of itself."""

TOLD_FROM = 3
"""A number of readers is told from so many on."""

FetchFacts = Callable[[str], Awaitable[PageFacts]]
"""Looks at the page behind a link; never raises for trouble on the way."""


async def no_facts(url: str) -> PageFacts:
    """Know nothing of a page: for a bot that must not look."""
    del url
    return PageFacts()


class Moderation:
    """Each method is one transaction, never held while a page is looked at.

    A card of a moderator stands for a draft: only whoever opened it, in its server, within a day
    can use it; anything else is a ``OldCardError``.
    """

    def __init__(
        self,
        db: Database,
        curricula: CurriculumStore,
        clock: Clock,
        ids: Ids,
        fetch_facts: FetchFacts = no_facts,
        patience: float = PATIENCE,
    ) -> None:
        self._db = db
        self._curricula = curricula
        self._fetch_facts = fetch_facts
        self._patience = patience
        self._clock = clock
        self._list = ServerList(curricula, clock, ids)
        self.choosing = Choosing(db, curricula)
        self._drafts = Drafts(db, curricula, self.choosing, clock, ids)

    # Adding

    async def propose(
        self, guild_id: int, opener_id: int, typed: str, step: str | None = None
    ) -> Proposal | Desk:
        """Return how a link would be added; or, if it is listed or was, what it is here.

        Raises:
            NotALinkError: nothing that a browser could open.
            UnknownStepError: no such step.
        """
        url = web_link(typed)
        laid = await self._curricula.laid(self._db, guild_id)
        chosen = self.choosing.step(laid, step) if step else self.choosing.own_step
        key = self._list.key_of(laid, url)
        if key is not None:
            return await self._open(guild_id, opener_id, key, outcome="already")
        facts = await self._facts(url)
        fields = fields_of_page(url, facts)
        silent = not is_visible(facts.title)
        fields |= {"step_id": chosen.id, "silent": silent, "missing": facts.missing}
        draft = await self._drafts.open(guild_id, opener_id, None, fields)
        return self._drafts.proposal(laid, draft)

    async def add(self, guild_id: int | None, opener_id: int, draft_id: int) -> Proposal | Desk:
        """Add what the draft proposes; a second time, or if another was quicker, show what is.

        Without a title nothing is added yet: its card asks for one.

        Raises:
            TooManyAdditionsError: the server has as many as it may have.
        """
        async with self._db.transaction() as changes:
            draft = await self._turn(changes, guild_id, opener_id, draft_id)
            laid = await self._curricula.laid(changes, guild_id)
            key = draft.key or self._list.key_of(laid, draft.fields["url"])
            outcome: Outcome = "already"
            if key is None and draft.fields["silent"]:
                return self._drafts.proposal(laid, draft)
            if key is None:
                key, outcome = await self._add(changes, draft), "added"
            draft = replace(draft, key=key, fields={})
            await drafts.set_draft(changes, draft)
        return await self._drafts.desk(self._db, draft, outcome)

    async def _add(self, changes: Queries, draft: Draft) -> str:
        guild_id, fields = draft.guild_id, dict(draft.fields)
        for name in ("silent", "missing"):
            fields.pop(name, None)
        former = await self._list.former_keys(changes, fields["url"])
        if former:
            fields["formerly"] = former
        taken = await self._list.taken_slugs(changes, guild_id)
        key = f"{namespace_of(guild_id)}:{slug_for(fields['title'], taken)}"
        await self._list.write(changes, guild_id, draft.opened_by, Addition(key, fields), "added")
        return key

    async def cancel(self, guild_id: int | None, opener_id: int, draft_id: int) -> None:
        """Forget a draft."""
        async with self._db.transaction() as changes:
            await self._turn(changes, guild_id, opener_id, draft_id)
            await drafts.drop_draft(changes, draft_id)

    async def put_in_step(
        self, guild_id: int | None, opener_id: int, draft_id: int, step: str
    ) -> Proposal | Desk:
        """Choose another step for what is to be added."""
        async with self._db.transaction() as changes:
            draft = await self._turn(changes, guild_id, opener_id, draft_id)
            if draft.key is not None:
                return await self._drafts.desk(changes, draft, "already")
            laid = await self._curricula.laid(changes, guild_id)
            chosen = self.choosing.step(laid, step)
            draft = replace(draft, fields={**draft.fields, "step_id": chosen.id})
            await drafts.set_draft(changes, draft)
        return self._drafts.proposal(laid, draft)

    # Changing

    async def open(
        self,
        guild_id: int,
        opener_id: int,
        typed: str,
        step: str | None = None,
        needs: str | None = None,
        no_longer_needs: str | None = None,
    ) -> Desk:
        """Return a resource with what would change; hidden ones are found too.

        Raises:
            UnknownResourceError, UnknownStepError: it means nothing for certain.
            NeedRefusedError, StepRefusedError: the wish could not be followed.
        """
        laid = await self._curricula.laid(self._db, guild_id)
        resource = await self.choosing.named(self._db, guild_id, laid, typed)
        fields: dict[str, Any] = {}
        idle = Wishes()
        if step:
            chosen = self.choosing.step(laid, step)
            if chosen.id != resource.step_id:
                fields["step_id"] = chosen.id
            else:
                idle = replace(idle, step=chosen)
        if needs:
            needed = await self._curricula.named(self._db, guild_id, needs)
            if needed.key not in resource.prerequisites:
                fields["needs"] = needed.key
            else:
                idle = replace(idle, needs=needed)
        if no_longer_needs:
            dropped = await self.choosing.named(self._db, guild_id, laid, no_longer_needs)
            if dropped.key in resource.prerequisites:
                fields["no_longer_needs"] = dropped.key
            else:
                idle = replace(idle, no_longer_needs=dropped)
        if fields:
            rows = await additions.additions_of(self._db, guild_id)
            self._check(guild_id, rows, self._wished(rows, resource, fields), fields)
        return replace(await self._open(guild_id, opener_id, resource.key, fields), idle=idle)

    async def confirm(self, guild_id: int | None, opener_id: int, draft_id: int) -> Desk:
        """Do what the card said would change."""
        async with self._db.transaction() as changes:
            draft = await self._turn(changes, guild_id, opener_id, draft_id)
            resource = await self._drafts.resource(changes, draft)
            if draft.fields:
                rows = await additions.additions_of(changes, draft.guild_id)
                addition = self._wished(rows, resource, draft.fields)
                self._check(draft.guild_id, rows, addition, draft.fields)
                await self._list.write(
                    changes, draft.guild_id, opener_id, addition, "changed", draft.fields
                )
            outcome: Outcome = "changed" if draft.fields else "same"
            draft = replace(draft, fields={})
            await drafts.set_draft(changes, draft)
        return await self._drafts.desk(self._db, draft, outcome)

    async def texts(self, guild_id: int | None, opener_id: int, draft_id: int) -> Typed:
        """Return what somebody would type to get the resource as it is."""
        draft = await self._drafts.find(self._db, guild_id, opener_id, draft_id)
        if draft.key is None:
            typed = typed_from(self._drafts.preview(draft))
            return replace(typed, title="") if draft.fields["silent"] else typed
        return typed_from(await self._drafts.resource(self._db, draft))

    async def keep(self, guild_id: int, opener_id: int, typed: Mapping[str, Any]) -> int:
        """Keep for a day what was typed into a form that was refused; return its id."""
        return (await self._drafts.open(guild_id, opener_id, None, typed)).draft_id

    async def kept(self, guild_id: int | None, opener_id: int, kept_id: int) -> Mapping[str, Any]:
        """Return what was typed."""
        return (await self._drafts.find(self._db, guild_id, opener_id, kept_id)).fields

    async def set_texts(
        self, guild_id: int | None, opener_id: int, draft_id: int, before: Typed, typed: Typed
    ) -> Proposal | Desk:
        """Set what was typed differently from before, and nothing else.

        Raises:
            BadFieldError: a text is too long, a number out of range.
            NotALinkError: the link is none.
            LinkTakenError: it means another resource.
        """
        fields = typed.changes_to(before)
        async with self._db.transaction() as changes:
            draft = await self._turn(changes, guild_id, opener_id, draft_id)
            outcome: Outcome | None = None
            if draft.key is not None:
                outcome = await self._set_texts(changes, draft, fields)
            else:
                silent = draft.fields["silent"] and "title" not in fields
                draft = replace(draft, fields={**draft.fields, **fields, "silent": silent})
                laid = await self._curricula.laid(changes, guild_id)
                if not fits_a_card(laid.curriculum, self._drafts.preview(draft)):
                    raise BadFieldError("card", "")
                await drafts.set_draft(changes, draft)
        if outcome is not None:
            return await self._drafts.desk(self._db, draft, outcome)
        return self._drafts.proposal(laid, draft)

    async def _set_texts(
        self, changes: Queries, draft: Draft, fields: Mapping[str, Any]
    ) -> Outcome:
        guild_id = draft.guild_id
        resource = await self._drafts.resource(changes, draft)
        if all(getattr(resource, name) == value for name, value in fields.items()):
            return "same"
        rows = await additions.additions_of(changes, guild_id)
        before = self._list.addition(rows, resource.key)
        original = self._curricula.base.by_key.get(resource.key)
        kept = {**before.fields, **fields}
        if "url" in fields:
            kept |= await self._links(changes, draft, resource, before, fields["url"])
        for name in TEXTS:
            if original is not None and kept.get(name) == getattr(original, name):
                del kept[name]  # the list says so itself: what its maker changes later counts
        addition = replace(before, fields=kept)
        laid = lay_over(self._curricula.base, _with(rows, addition), guild_id)
        after = laid.find(resource.key)
        if after is not None and not fits_a_card(laid.curriculum, after):
            raise BadFieldError("card", "")
        await self._list.write(changes, guild_id, draft.opened_by, addition, "changed", fields)
        return "changed"

    async def _links(
        self, changes: Queries, draft: Draft, resource: Resource, before: Addition, url: str
    ) -> dict[str, Any]:
        """Return what a mended link brings: the one before still means the resource.

        Raises:
            LinkTakenError: the new one means another.
        """
        laid = await self._curricula.laid(changes, draft.guild_id)
        taken = self._list.key_of(laid, url)
        other = laid.find(taken) if taken not in (None, resource.key) else None
        if other is not None:
            raise LinkTakenError(other.title)
        former = [each for each in (*resource.former_urls, resource.url) if each != url]
        found: dict[str, Any] = {"former_urls": list(dict.fromkeys(former))}
        if is_of_guild(resource.key, draft.guild_id) and taken is None:
            past = await self._list.former_keys(changes, url)
            found["formerly"] = list(dict.fromkeys([*before.fields.get("formerly", ()), *past]))
        return found

    async def remove(self, guild_id: int | None, opener_id: int, draft_id: int) -> Desk:
        """Hide a resource from this server; readers' progress stays."""
        return await self._set_removed(guild_id, opener_id, draft_id, removed=True)

    async def restore(self, guild_id: int | None, opener_id: int, draft_id: int) -> Desk:
        """Show a resource again that was removed."""
        return await self._set_removed(guild_id, opener_id, draft_id, removed=False)

    async def _set_removed(
        self, guild_id: int | None, opener_id: int, draft_id: int, *, removed: bool
    ) -> Desk:
        async with self._db.transaction() as changes:
            draft = await self._turn(changes, guild_id, opener_id, draft_id)
            resource = await self._drafts.resource(changes, draft)
            rows = await additions.additions_of(changes, draft.guild_id)
            before = self._list.addition(rows, resource.key)
            kind: EditKind = "removed" if removed else "restored"
            shown = await self._curricula.laid(changes, draft.guild_id)
            if before.removed != removed:
                addition = replace(before, removed=removed)
                await self._list.write(changes, draft.guild_id, opener_id, addition, kind)
        outcome: Outcome = "same" if before.removed == removed else kind
        desk = await self._drafts.desk(self._db, draft, outcome)
        if outcome != "removed":
            return desk
        return replace(desk, touched=await self._touched(draft.guild_id, resource, shown))

    async def _touched(self, guild_id: int, resource: Resource, shown: Laid) -> Touched:
        """Return what it means that a resource is gone; ``shown``: the list as it was."""
        everything = shown.curriculum.by_key.values()
        readers_of = await progress.members_with_marks(
            self._db, guild_id, (resource.key, *resource.formerly)
        )
        return Touched(
            readers=readers_of if readers_of >= TOLD_FROM else 0,
            needed_by=tuple(r for r in everything if resource.key in r.prerequisites),
            channel_ids=await groups.channels_about(
                self._db, guild_id, resource.key, running_week("UTC", self._clock())
            ),
        )

    async def settle(self, guild_id: int | None, opener_id: int, draft_id: int) -> Desk:
        """Be done with what readers doubt about a resource, whatever came of it."""
        async with self._db.transaction() as changes:
            draft = await self._turn(changes, guild_id, opener_id, draft_id)
            resource = await self._drafts.resource(changes, draft)
            await doubts.settle_doubts(changes, draft.guild_id, resource.key)
        return await self._drafts.desk(self._db, draft, "settled")

    # Looking

    async def desk(self, guild_id: int | None, opener_id: int, draft_id: int) -> Desk:
        """Return the resource of a card as it is now."""
        draft = await self._drafts.find(self._db, guild_id, opener_id, draft_id)
        return await self._drafts.desk(self._db, draft)

    async def key_of(self, guild_id: int | None, opener_id: int, draft_id: int) -> str:
        """Return the key of a card's resource."""
        draft = await self._drafts.find(self._db, guild_id, opener_id, draft_id)
        return (await self._drafts.resource(self._db, draft)).key

    async def history(
        self, guild_id: int | None, opener_id: int, draft_id: int
    ) -> tuple[Desk, list[PastEdit]]:
        """Return who changed the resource, the latest first."""
        draft = await self._drafts.find(self._db, guild_id, opener_id, draft_id)
        desk = await self._drafts.desk(self._db, draft)
        return desk, await additions.edits_of(self._db, draft.guild_id, desk.resource.key)

    async def export(self, guild_id: int) -> tuple[str, str]:
        """Return the list's id, and the text of a file with all that this server sees.

        Raises:
            NothingToExportError: that is nothing.
        """
        curriculum = await self._curricula.of(self._db, guild_id)
        if not curriculum.resources:
            raise NothingToExportError
        return curriculum.id, write_curriculum(exportable(curriculum))

    # Parts

    async def _turn(
        self, changes: Queries, guild_id: int | None, opener_id: int, draft_id: int
    ) -> Draft:
        """Return the draft once no other change of its server's list is under way."""
        await readers.take_turn(changes, opener_id)
        if guild_id is not None:
            await additions.take_turn(changes, guild_id)
        return await self._drafts.find(changes, guild_id, opener_id, draft_id)

    async def _facts(self, url: str) -> PageFacts:
        try:
            async with asyncio.timeout(self._patience):
                return await self._fetch_facts(url)
        except TimeoutError:
            return PageFacts()

    async def _open(
        self,
        guild_id: int,
        opener_id: int,
        key: str,
        fields: Mapping[str, Any] | None = None,
        outcome: Outcome | None = None,
    ) -> Desk:
        draft = await self._drafts.open(guild_id, opener_id, key, fields or {})
        return await self._drafts.desk(self._db, draft, outcome)

    def _wished(
        self, rows: list[Addition], resource: Resource, fields: Mapping[str, Any]
    ) -> Addition:
        """Return what the server will say of a resource once the wishes are followed."""
        before = self._list.addition(rows, resource.key)
        original = self._curricula.base.by_key.get(resource.key)
        kept = dict(before.fields)
        if "step_id" in fields:
            kept["step_id"] = fields["step_id"]
            if original is not None and original.step_id == fields["step_id"]:
                del kept["step_id"]
        needs = original.prerequisites if original is not None else ()
        add, drop = fields.get("needs"), fields.get("no_longer_needs")
        if add or drop:
            kept = with_needs(kept, needs, add=add, drop=drop)
        return replace(before, fields=kept)

    def _check(
        self, guild_id: int, rows: list[Addition], addition: Addition, fields: Mapping[str, Any]
    ) -> None:
        """Raise what stands in the way of a wish, found out by laying it."""
        laid = lay_over(self._curricula.base, _with(rows, addition), guild_id)
        resource = laid.find(addition.key)
        title = addition.key if resource is None else resource.title
        if "step_id" in fields and (resource is None or resource.step_id != fields["step_id"]):
            step = laid.curriculum.step(fields["step_id"]) or self.choosing.own_step
            raise StepRefusedError(title, step.title)
        for wish in laid.set_aside:
            if (wish.key, wish.what) == (addition.key, fields.get("needs")):
                needed = laid.find(wish.what)
                raise NeedRefusedError(title, needed.title if needed else wish.what, wish.why)


def _with(rows: list[Addition], addition: Addition) -> list[Addition]:
    """Return the rows with this one in its place, or behind them all."""
    others = [addition if row.key == addition.key else row for row in rows]
    return others if addition in others else [*others, addition]


class Doubts:
    def __init__(self, db: Database, curricula: CurriculumStore, clock: Clock, ids: Ids) -> None:
        self._db = db
        self._curricula = curricula
        self._clock = clock
        self._ids = ids

    async def add(
        self, reader_id: int, guild_id: int, key: str, needed: str, why: str
    ) -> tuple[Resource, Resource]:
        """Pass a reader's doubt on to this server's moderators; return both resources.

        Raises:
            UnknownResourceError, NoLongerListedError: one of them is not on this server's list.
        """
        async with self._db.transaction() as changes:
            await readers.take_turn(changes, reader_id)
            resource = await self._curricula.resource(changes, guild_id, key)
            prerequisite = await self._curricula.resource(changes, guild_id, needed)
            doubt = Doubt(resource.key, prerequisite.key, why.strip()[:WHY_LIMIT])
            now, doubt_id = self._clock(), self._ids.new()
            await doubts.add_doubt(changes, doubt_id, guild_id, reader_id, doubt, now)
        return resource, prerequisite

    async def waiting(self, guild_id: int) -> list[Resource]:
        """Return the resources about which this server's readers have doubts."""
        curriculum = await self._curricula.of(self._db, guild_id)
        keys = await doubts.doubted_keys(self._db, guild_id)
        return [resource for key in keys if (resource := curriculum.get(key)) is not None]
