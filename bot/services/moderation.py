"""What moderators do with their server's list: add, change, remove, restore, take it along."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal, TypeVar

from bot.core.curriculum import Resource
from bot.core.curriculum.additions import (
    Addition,
    Laid,
    is_of_guild,
    namespace_of,
    own_resource,
)
from bot.core.curriculum.fields import (
    Fields,
    PageFacts,
    Typed,
    fields_of_page,
    slug_for,
    typed_from,
    web_link,
    with_needs,
)
from bot.core.curriculum.file import fits_a_card, write_curriculum
from bot.core.curriculum.shape import is_visible
from bot.core.groups import GroupForm
from bot.core.moderation import (
    WHY_LIMIT,
    Desk,
    Doubt,
    DraftAddition,
    Drafted,
    DraftEdit,
    DraftRef,
    Outcome,
    PastEdit,
    Proposal,
    ResourceForm,
    Touched,
    Wishes,
    twins_of,
)
from bot.core.progress import shown_count
from bot.core.weeks import running_week
from bot.errors import (
    BadFieldError,
    LinkTakenError,
    NeedRefusedError,
    NothingToExportError,
    OldCardError,
    StepRefusedError,
)
from bot.services.curriculum import CurriculumStore
from bot.services.server_list import ServerList
from bot.store import additions, groups, progress, readers
from bot.store.additions import Draft
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids

CARDS_LAST = timedelta(days=1)

Kind = TypeVar("Kind", DraftAddition, DraftEdit, ResourceForm, GroupForm)

PATIENCE = 2.0
"""Seconds that a page has to tell something of itself."""

FetchFacts = Callable[[str], Awaitable[PageFacts]]
"""Looks at the page behind a link; never raises for trouble on the way."""


async def no_facts(url: str) -> PageFacts:
    """Know nothing of a page: for a bot that must not look."""
    del url
    return PageFacts()


@dataclass
class Moderation:
    """Each method is one transaction, never held while a page is looked at.

    A moderator's card, or a form of theirs that was refused, stands for a draft. Only who opened it
    can use it, in its server, within a day; anything else is an ``OldCardError``.
    """

    _db: Database
    _curricula: CurriculumStore
    _clock: Clock
    _ids: Ids
    _fetch_facts: FetchFacts
    _patience: float = PATIENCE

    def __post_init__(self) -> None:
        self.list = ServerList(self._db, self._curricula, self._clock, self._ids)

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
        chosen = self.list.step(laid, step) if step else self.list.own_step
        if (key := self.list.key_of(laid, url)) is not None:
            draft = await self._begin(guild_id, opener_id, DraftEdit(key))
            return await self._desk(self._db, draft, "already")
        facts = await self._facts(url)
        fields = {**fields_of_page(url, facts), "step_id": chosen.id}
        about = DraftAddition(fields, not is_visible(facts.title), facts.missing)
        return self._proposal(laid, await self._begin(guild_id, opener_id, about))

    async def add(self, ref: DraftRef) -> Proposal | Desk:
        """Add what the draft proposes; a second time, or if another was quicker, show what is.

        Without a title nothing is added yet: its card asks for one.

        Raises:
            TooManyAdditionsError: the server has as many as it may have.
        """
        async with self._turn(ref) as (tx, draft):
            if isinstance(draft.about, DraftEdit):
                return await self._desk(tx, draft, "already")
            about = _about(draft, DraftAddition)
            outcome: Outcome = "already"
            laid = await self._curricula.laid(tx, draft.guild_id)
            key = self.list.key_of(laid, about.fields["url"])
            if key is None and about.silent:
                return self._proposal(laid, draft)
            if key is None:
                key, outcome = await self._add(tx, draft, about.fields), "added"
            return await self._desk(tx, await _put(tx, draft, DraftEdit(key)), outcome)

    async def _add(self, tx: Queries, draft: Draft, fields: Fields) -> str:
        guild_id = draft.guild_id
        if former := await self.list.former_keys(tx, fields["url"]):
            fields = {**fields, "formerly": former}
        taken = await self.list.taken_slugs(tx, guild_id)
        key = f"{namespace_of(guild_id)}:{slug_for(fields['title'], taken)}"
        await self.list.write(tx, guild_id, draft.opened_by, Addition(key, fields), "added")
        return key

    async def cancel(self, ref: DraftRef) -> None:
        """Forget a draft."""
        async with self._turn(ref) as (tx, draft):
            await additions.drop_draft(tx, draft.draft_id)

    async def put_in_step(self, ref: DraftRef, step: str) -> Proposal | Desk:
        """Choose another step for what is to be added."""
        async with self._turn(ref) as (tx, draft):
            if isinstance(draft.about, DraftEdit):
                return await self._desk(tx, draft, "already")
            laid = await self._curricula.laid(tx, draft.guild_id)
            return await self._propose(tx, laid, draft, {"step_id": self.list.step(laid, step).id})

    async def _propose(self, tx: Queries, laid: Laid, draft: Draft, fields: Fields) -> Proposal:
        """Propose the draft's addition with these fields anew."""
        about = _about(draft, DraftAddition)
        silent = about.silent and "title" not in fields
        about = replace(about, fields={**about.fields, **fields}, silent=silent)
        return self._proposal(laid, await _put(tx, draft, about))

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
        db = self._db
        laid = await self._curricula.laid(db, guild_id)
        resource = await self.list.named(guild_id, typed)
        new: dict[str, str] = {}
        idle: dict[str, Any] = {}
        if step:
            chosen = self.list.step(laid, step)
            if chosen.id == resource.step_id:
                idle["step"] = chosen
            else:
                new["step_id"] = chosen.id
        if needs:
            needed = await self._curricula.named(db, guild_id, needs)
            if needed.key in resource.prerequisites:
                idle["needs"] = needed
            else:
                new["needs"] = needed.key
        if no_longer_needs:
            dropped = await self.list.named(guild_id, no_longer_needs)
            if dropped.key in resource.prerequisites:
                new["no_longer_needs"] = dropped.key
            else:
                idle["no_longer_needs"] = dropped
        wish = DraftEdit(resource.key, **new)
        if new:
            await self._wished(db, guild_id, resource, wish)
        draft = await self._begin(guild_id, opener_id, wish)
        return replace(await self._desk(db, draft), idle=Wishes(**idle))

    async def confirm(self, ref: DraftRef) -> Desk:
        """Do what the card said would change."""
        async with self._turn(ref) as (tx, draft):
            wish, guild_id = _about(draft, DraftEdit), draft.guild_id
            if not (fields := wish.fields()):
                return await self._desk(tx, draft, "same")
            addition = await self._wished(tx, guild_id, await self._resource(tx, draft), wish)
            await self.list.write(tx, guild_id, draft.opened_by, addition, "changed", fields)
            return await self._desk(tx, await _put(tx, draft, DraftEdit(wish.key)), "changed")

    async def texts(self, ref: DraftRef) -> Typed:
        """Return what somebody would type to get the resource as it is."""
        draft = await self._find(self._db, ref)
        if isinstance(draft.about, DraftEdit):
            return typed_from(await self._resource(self._db, draft))
        typed = typed_from(_preview(draft))
        return replace(typed, title="") if _about(draft, DraftAddition).silent else typed

    async def keep(self, guild_id: int, opener_id: int, form: ResourceForm | GroupForm) -> int:
        """Keep for a day what was typed into a form that was refused; return its id."""
        return (await self._begin(guild_id, opener_id, form)).draft_id

    async def kept(self, ref: DraftRef, kind: type[Kind]) -> Kind:
        """Return what was typed into a form of that kind."""
        return _about(await self._find(self._db, ref), kind)

    async def set_texts(self, ref: DraftRef, before: Typed, typed: Typed) -> Proposal | Desk:
        """Set what was typed differently from before, and nothing else.

        Raises:
            BadFieldError: a text is too long, a number out of range.
            NotALinkError: the link is none.
            LinkTakenError: it means another resource.
        """
        fields = typed.new_fields(before)
        async with self._turn(ref) as (tx, draft):
            laid = await self._curricula.laid(tx, draft.guild_id)
            if isinstance(draft.about, DraftAddition):
                proposal = await self._propose(tx, laid, draft, fields)
                _check_room(laid, proposal.resource)
                return proposal
            resource = await self._resource(tx, draft)
            if all(getattr(resource, name) == value for name, value in fields.items()):
                return await self._desk(tx, draft, "same")
            said = await self.list.said(tx, draft.guild_id, resource.key)
            kept = {**said.addition.fields, **fields}
            if "url" in fields:
                kept |= await self._links(tx, laid, draft, resource, kept)
            addition, after = said.changed(kept)
            _check_room(after, after.find(resource.key))
            await self.list.write(tx, draft.guild_id, draft.opened_by, addition, "changed", fields)
            return await self._desk(tx, draft, "changed")

    async def _links(
        self, tx: Queries, laid: Laid, draft: Draft, resource: Resource, kept: Fields
    ) -> dict[str, list[str]]:
        """Return what goes with a mended link, or raise LinkTakenError; the old one counts."""
        url = kept["url"]
        taken = self.list.key_of(laid, url)
        if taken not in (None, resource.key) and (other := laid.find(taken)) is not None:
            raise LinkTakenError(other.title)
        former = [each for each in (*resource.former_urls, resource.url) if each != url]
        found = {"former_urls": list(dict.fromkeys(former))}
        if is_of_guild(resource.key, draft.guild_id) and taken is None:
            past = await self.list.former_keys(tx, url)
            found["formerly"] = list(dict.fromkeys([*kept.get("formerly", ()), *past]))
        return found

    async def remove(self, ref: DraftRef) -> Desk:
        """Hide a resource from this server; readers' progress stays."""
        async with self._turn(ref) as (tx, draft):
            shown = await self._curricula.laid(tx, draft.guild_id)
            desk = await self._set_removed(tx, draft, "removed")
            if desk.outcome == "same":
                return desk
            return replace(desk, touched=await self._touched(tx, draft, desk.resource, shown))

    async def restore(self, ref: DraftRef) -> Desk:
        """Show a resource again that was removed."""
        async with self._turn(ref) as (tx, draft):
            return await self._set_removed(tx, draft, "restored")

    async def _set_removed(
        self, tx: Queries, draft: Draft, kind: Literal["removed", "restored"]
    ) -> Desk:
        resource, removed = await self._resource(tx, draft), kind == "removed"
        before = (await self.list.said(tx, draft.guild_id, resource.key)).addition
        if before.removed == removed:
            return await self._desk(tx, draft, "same")
        addition = replace(before, removed=removed)
        await self.list.write(tx, draft.guild_id, draft.opened_by, addition, kind)
        return await self._desk(tx, draft, kind)

    async def _touched(self, tx: Queries, draft: Draft, resource: Resource, shown: Laid) -> Touched:
        """Return what it means that a resource is gone; ``shown``: the list as it was."""
        keys, week = (resource.key, *resource.formerly), running_week("UTC", self._clock())
        return Touched(
            shown_count(await progress.members_with_marks(tx, draft.guild_id, keys)) or 0,
            tuple(r for r in shown.curriculum.by_key.values() if resource.key in r.prerequisites),
            await groups.channels_about(tx, draft.guild_id, resource.key, week),
        )

    async def doubt(
        self, reader_id: int, guild_id: int, key: str, needed: str, why: str
    ) -> tuple[Resource, Resource]:
        """Pass a reader's doubt on to this server's moderators; return both resources.

        Raises:
            UnknownResourceError, NoLongerListedError: one of them is not on this server's list.
        """
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, reader_id)
            resource = await self._curricula.resource(tx, guild_id, key)
            prerequisite = await self._curricula.resource(tx, guild_id, needed)
            doubt = Doubt(resource.key, prerequisite.key, why.strip()[:WHY_LIMIT])
            await additions.add_doubt(
                tx, guild_id, reader_id, self._ids.new(), doubt, self._clock()
            )
        return resource, prerequisite

    async def drop_doubts(self, ref: DraftRef) -> Desk:
        """Be done with what readers doubt about a resource, whatever came of it."""
        async with self._turn(ref) as (tx, draft):
            resource = await self._resource(tx, draft)
            await additions.delete_doubts(tx, draft.guild_id, resource.key)
            return await self._desk(tx, draft, "settled")

    # Looking

    async def desk(self, ref: DraftRef) -> Desk:
        """Return the resource of a card as it is now."""
        return await self._desk(self._db, await self._find(self._db, ref))

    async def history(self, ref: DraftRef) -> tuple[Desk, list[PastEdit]]:
        """Return who changed the resource, the latest first."""
        draft = await self._find(self._db, ref)
        desk = await self._desk(self._db, draft)
        return desk, await additions.edits_of(self._db, draft.guild_id, desk.resource.key)

    async def export(self, guild_id: int) -> tuple[str, str]:
        """Return the list's id and a file's text with all of it, or raise NothingToExportError."""
        curriculum = await self._curricula.of(self._db, guild_id)
        if not curriculum.resources:
            raise NothingToExportError
        return curriculum.id, write_curriculum(curriculum)

    # Parts

    @asynccontextmanager
    async def _turn(self, ref: DraftRef) -> AsyncIterator[tuple[Queries, Draft]]:
        """Open a transaction on a draft once no other change of its server's list is under way."""
        guild_id, opener_id, _ = ref
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, opener_id)
            if guild_id is not None:
                await additions.take_turn(tx, guild_id)
            yield tx, await self._find(tx, ref)

    async def _facts(self, url: str) -> PageFacts:
        try:
            async with asyncio.timeout(self._patience):
                return await self._fetch_facts(url)
        except TimeoutError:
            return PageFacts()

    async def forget_drafts(self) -> None:
        """Forget the drafts that have lapsed; a bot at rest writes nothing."""
        made_before = self._clock() - CARDS_LAST
        if await additions.any_drafts_before(self._db, made_before):
            async with self._db.transaction() as tx:
                await additions.drop_drafts_before(tx, made_before)

    async def _begin(self, guild_id: int, opener_id: int, about: Drafted) -> Draft:
        """Record a draft, and forget those that have lapsed."""
        now = self._clock()
        draft = Draft(self._ids.new(), guild_id, opener_id, about, now)
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, opener_id)
            await additions.drop_drafts_before(tx, now - CARDS_LAST)
            await additions.set_draft(tx, draft)
        return draft

    async def _find(self, db: Queries, ref: DraftRef) -> Draft:
        found = await additions.draft(db, ref, self._clock() - CARDS_LAST)
        if found is None:
            raise OldCardError
        return found

    async def _resource(self, db: Queries, draft: Draft) -> Resource:
        """Return the listed resource that the draft is about, or raise NoLongerListedError."""
        key = _about(draft, DraftEdit).key
        found = (await self._curricula.laid(db, draft.guild_id)).find(key)
        return found or await self._curricula.resource(db, draft.guild_id, key)

    def _proposal(self, laid: Laid, draft: Draft) -> Proposal:
        """Return what a card shows of a draft that would add something."""
        about, resource = _about(draft, DraftAddition), _preview(draft)
        steps = self.list.steps_of(laid)
        return Proposal(
            draft_id=draft.draft_id,
            opener_id=draft.opened_by,
            curriculum=laid.curriculum,
            resource=resource,
            step=next((step for step in steps if step.id == resource.step_id), steps[0]),
            steps=tuple(steps),
            twins=twins_of(resource.title, list(laid.curriculum.by_key.values())),
            silent=about.silent,
            missing=about.missing,
        )

    async def _desk(self, db: Queries, draft: Draft, outcome: Outcome | None = None) -> Desk:
        """Return what a card shows of a draft about a listed resource, as it is now."""
        guild_id, wish = draft.guild_id, _about(draft, DraftEdit)
        laid, resource = await self._curricula.laid(db, guild_id), await self._resource(db, draft)
        return Desk(
            draft_id=draft.draft_id,
            opener_id=draft.opened_by,
            curriculum=laid.curriculum,
            resource=resource,
            removed=resource.key in laid.removed,
            own=is_of_guild(resource.key, guild_id),
            wishes=Wishes(
                self.list.step(laid, wish.step_id) if wish.step_id else None,
                laid.find(wish.needs or ""),
                laid.find(wish.no_longer_needs or ""),
            ),
            set_aside=tuple(sorted(laid.set_aside, key=lambda each: each.key != resource.key)),
            doubts=tuple(await additions.doubts_about(db, guild_id, resource.key)),
            outcome=outcome,
            groups=tuple(await groups.running_groups(db, guild_id) if outcome == "added" else ()),
        )

    async def _wished(
        self, db: Queries, guild_id: int, resource: Resource, wish: DraftEdit
    ) -> Addition:
        """Return what the server will say of a resource once the wishes are followed."""
        said = await self.list.said(db, guild_id, resource.key)
        fields = dict(said.addition.fields)
        if wish.step_id is not None:
            fields["step_id"] = wish.step_id
        if wish.needs or wish.no_longer_needs:
            needs = said.original.prerequisites if said.original else ()
            fields = with_needs(fields, needs, add=wish.needs, drop=wish.no_longer_needs)
        addition, laid = said.changed(fields)
        after = laid.find(addition.key)
        title = addition.key if after is None else after.title
        if wish.step_id is not None and (after is None or after.step_id != wish.step_id):
            step = laid.curriculum.step(wish.step_id) or self.list.own_step
            raise StepRefusedError(title, step.title)
        for aside in laid.set_aside:
            if (aside.key, aside.what) == (addition.key, wish.needs):
                needed = laid.find(aside.what)
                match aside.why:
                    case "loop" | "nowhere" | "companion" | "list" as why:
                        raise NeedRefusedError(title, needed.title if needed else aside.what, why)
        return addition


async def _put(tx: Queries, draft: Draft, about: Drafted) -> Draft:
    """Record what a draft is about from now on, and return it so."""
    changed = replace(draft, about=about)
    await additions.set_draft(tx, changed)
    return changed


def _about(draft: Draft, kind: type[Kind]) -> Kind:
    """Return what a draft is about; one about something else has an old card."""
    if not isinstance(draft.about, kind):
        raise OldCardError
    return draft.about


def _preview(draft: Draft) -> Resource:
    """Return the resource that the draft would add."""
    fields = _about(draft, DraftAddition).fields
    found = own_resource(f"{namespace_of(draft.guild_id)}:new", fields, fields.get("step_id", ""))
    if found is None:
        raise OldCardError
    return found


def _check_room(laid: Laid, resource: Resource | None) -> None:
    if resource is not None and not fits_a_card(laid.curriculum, resource):
        raise BadFieldError("card", "")
