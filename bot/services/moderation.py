"""What moderators do with their server's list: add, change, remove, restore, take it along."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar

from bot.core.curriculum import Resource
from bot.core.curriculum.additions import (
    Addition,
    Laid,
    is_of_guild,
    lay_over,
    namespace_of,
    own_resource,
)
from bot.core.curriculum.fields import (
    TEXTS,
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
    EditKind,
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

    async def add(self, guild_id: int | None, opener_id: int, draft_id: int) -> Proposal | Desk:
        """Add what the draft proposes; a second time, or if another was quicker, show what is.

        Without a title nothing is added yet: its card asks for one.

        Raises:
            TooManyAdditionsError: the server has as many as it may have.
        """
        async with self._turn(guild_id, opener_id, draft_id) as (tx, draft):
            laid = await self._curricula.laid(tx, guild_id)
            outcome: Outcome = "already"
            if isinstance(draft.about, DraftEdit):
                key: str | None = draft.about.key
            else:
                key = self.list.key_of(laid, _about(draft, DraftAddition).fields["url"])
            if key is None and _about(draft, DraftAddition).silent:
                return self._proposal(laid, draft)
            if key is None:
                key, outcome = await self._add(tx, draft), "added"
            edited = await _put(tx, draft, DraftEdit(key))
        return await self._desk(self._db, edited, outcome)

    async def _add(self, tx: Queries, draft: Draft) -> str:
        guild_id, fields = draft.guild_id, dict(_about(draft, DraftAddition).fields)
        if former := await self.list.former_keys(tx, fields["url"]):
            fields["formerly"] = former
        taken = await self.list.taken_slugs(tx, guild_id)
        key = f"{namespace_of(guild_id)}:{slug_for(fields['title'], taken)}"
        await self.list.write(tx, guild_id, draft.opened_by, Addition(key, fields), "added")
        return key

    async def cancel(self, guild_id: int | None, opener_id: int, draft_id: int) -> None:
        """Forget a draft."""
        async with self._turn(guild_id, opener_id, draft_id) as (tx, _):
            await additions.drop_draft(tx, draft_id)

    async def put_in_step(
        self, guild_id: int | None, opener_id: int, draft_id: int, step: str
    ) -> Proposal | Desk:
        """Choose another step for what is to be added."""
        async with self._turn(guild_id, opener_id, draft_id) as (tx, draft):
            if isinstance(draft.about, DraftEdit):
                return await self._desk(tx, draft, "already")
            about = _about(draft, DraftAddition)
            laid = await self._curricula.laid(tx, guild_id)
            fields = {**about.fields, "step_id": self.list.step(laid, step).id}
            moved = await _put(tx, draft, replace(about, fields=fields))
        return self._proposal(laid, moved)

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
        resource = await self.list.named(self._db, guild_id, laid, typed)
        wish = DraftEdit(resource.key)
        idle = Wishes()
        if step and (chosen := self.list.step(laid, step)).id != resource.step_id:
            wish = replace(wish, step_id=chosen.id)
        elif step:
            idle = replace(idle, step=chosen)
        if needs:
            needed = await self._curricula.named(self._db, guild_id, needs)
            if needed.key not in resource.prerequisites:
                wish = replace(wish, needs=needed.key)
            else:
                idle = replace(idle, needs=needed)
        if no_longer_needs:
            dropped = await self.list.named(self._db, guild_id, laid, no_longer_needs)
            if dropped.key in resource.prerequisites:
                wish = replace(wish, no_longer_needs=dropped.key)
            else:
                idle = replace(idle, no_longer_needs=dropped)
        if wish.fields():
            await self._wished(self._db, guild_id, resource, wish)
        draft = await self._begin(guild_id, opener_id, wish)
        return replace(await self._desk(self._db, draft), idle=idle)

    async def confirm(self, guild_id: int | None, opener_id: int, draft_id: int) -> Desk:
        """Do what the card said would change."""
        async with self._turn(guild_id, opener_id, draft_id) as (tx, draft):
            wish = _about(draft, DraftEdit)
            resource = await self._resource(tx, draft)
            if fields := wish.fields():
                where = draft.guild_id
                addition = await self._wished(tx, where, resource, wish)
                await self.list.write(tx, where, opener_id, addition, "changed", fields)
            outcome: Outcome = "changed" if fields else "same"
            done = await _put(tx, draft, DraftEdit(wish.key))
        return await self._desk(self._db, done, outcome)

    async def texts(self, guild_id: int | None, opener_id: int, draft_id: int) -> Typed:
        """Return what somebody would type to get the resource as it is."""
        draft = await self._find(self._db, guild_id, opener_id, draft_id)
        if isinstance(draft.about, DraftEdit):
            return typed_from(await self._resource(self._db, draft))
        typed = typed_from(_preview(draft))
        return replace(typed, title="") if _about(draft, DraftAddition).silent else typed

    async def keep(self, guild_id: int, opener_id: int, form: ResourceForm | GroupForm) -> int:
        """Keep for a day what was typed into a form that was refused; return its id."""
        return (await self._begin(guild_id, opener_id, form)).draft_id

    async def kept(
        self, guild_id: int | None, opener_id: int, kept_id: int, kind: type[Kind]
    ) -> Kind:
        """Return what was typed into a form of that kind."""
        return _about(await self._find(self._db, guild_id, opener_id, kept_id), kind)

    async def set_texts(
        self, guild_id: int | None, opener_id: int, draft_id: int, before: Typed, typed: Typed
    ) -> Proposal | Desk:
        """Set what was typed differently from before, and nothing else.

        Raises:
            BadFieldError: a text is too long, a number out of range.
            NotALinkError: the link is none.
            LinkTakenError: it means another resource.
        """
        fields = typed.new_fields(before)
        async with self._turn(guild_id, opener_id, draft_id) as (tx, draft):
            if isinstance(draft.about, DraftAddition):
                about = draft.about
                silent = about.silent and "title" not in fields
                about = replace(about, fields={**about.fields, **fields}, silent=silent)
                changed = await _put(tx, draft, about)
                laid = await self._curricula.laid(tx, guild_id)
                if not fits_a_card(laid.curriculum, _preview(changed)):
                    raise BadFieldError("card", "")
                return self._proposal(laid, changed)
            outcome = await self._set_texts(tx, draft, fields)
        return await self._desk(self._db, draft, outcome)

    async def _set_texts(self, tx: Queries, draft: Draft, fields: Mapping[str, Any]) -> Outcome:
        guild_id = draft.guild_id
        resource = await self._resource(tx, draft)
        if all(getattr(resource, name) == value for name, value in fields.items()):
            return "same"
        rows = await additions.additions_of(tx, guild_id)
        before = self.list.addition(rows, resource.key)
        original = self._curricula.base.by_key.get(resource.key)
        kept = {**before.fields, **fields}
        if "url" in fields:
            kept |= await self._links(tx, draft, resource, before, fields["url"])
        for name in TEXTS:
            if original is not None and kept.get(name) == getattr(original, name):
                del kept[name]  # the list says so itself: what its maker changes later counts
        addition = replace(before, fields=kept)
        laid = lay_over(self._curricula.base, _with(rows, addition), guild_id)
        after = laid.find(resource.key)
        if after is not None and not fits_a_card(laid.curriculum, after):
            raise BadFieldError("card", "")
        await self.list.write(tx, guild_id, draft.opened_by, addition, "changed", fields)
        return "changed"

    async def _links(
        self, tx: Queries, draft: Draft, resource: Resource, before: Addition, url: str
    ) -> dict[str, Any]:
        """Return the changes of a mended link, or raise LinkTakenError; the old one counts."""
        laid = await self._curricula.laid(tx, draft.guild_id)
        taken = self.list.key_of(laid, url)
        other = laid.find(taken) if taken not in (None, resource.key) else None
        if other is not None:
            raise LinkTakenError(other.title)
        former = [each for each in (*resource.former_urls, resource.url) if each != url]
        found: dict[str, Any] = {"former_urls": list(dict.fromkeys(former))}
        if is_of_guild(resource.key, draft.guild_id) and taken is None:
            past = await self.list.former_keys(tx, url)
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
        async with self._turn(guild_id, opener_id, draft_id) as (tx, draft):
            resource = await self._resource(tx, draft)
            rows = await additions.additions_of(tx, draft.guild_id)
            before = self.list.addition(rows, resource.key)
            kind: EditKind = "removed" if removed else "restored"
            shown = await self._curricula.laid(tx, draft.guild_id)
            if before.removed != removed:
                addition = replace(before, removed=removed)
                await self.list.write(tx, draft.guild_id, opener_id, addition, kind)
        outcome: Outcome = "same" if before.removed == removed else kind
        desk = await self._desk(self._db, draft, outcome)
        if outcome != "removed":
            return desk
        return replace(desk, touched=await self._touched(draft.guild_id, resource, shown))

    async def _touched(self, guild_id: int, resource: Resource, shown: Laid) -> Touched:
        """Return what it means that a resource is gone; ``shown``: the list as it was."""
        everything, keys = shown.curriculum.by_key.values(), (resource.key, *resource.formerly)
        week = running_week("UTC", self._clock())
        readers_of = await progress.members_with_marks(self._db, guild_id, keys)
        needed_by = tuple(r for r in everything if resource.key in r.prerequisites)
        channels = await groups.channels_about(self._db, guild_id, resource.key, week)
        return Touched(shown_count(readers_of) or 0, needed_by, channels)

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
            now, doubt_id = self._clock(), self._ids.new()
            await additions.add_doubt(
                tx, doubt_id, guild_id=guild_id, reader_id=reader_id, doubt=doubt, now=now
            )
        return resource, prerequisite

    async def drop_doubts(self, guild_id: int | None, opener_id: int, draft_id: int) -> Desk:
        """Be done with what readers doubt about a resource, whatever came of it."""
        async with self._turn(guild_id, opener_id, draft_id) as (tx, draft):
            resource = await self._resource(tx, draft)
            await additions.delete_doubts(tx, draft.guild_id, resource.key)
        return await self._desk(self._db, draft, "settled")

    # Looking

    async def desk(self, guild_id: int | None, opener_id: int, draft_id: int) -> Desk:
        """Return the resource of a card as it is now."""
        draft = await self._find(self._db, guild_id, opener_id, draft_id)
        return await self._desk(self._db, draft)

    async def key_of(self, guild_id: int | None, opener_id: int, draft_id: int) -> str:
        """Return the key of a card's resource."""
        draft = await self._find(self._db, guild_id, opener_id, draft_id)
        return (await self._resource(self._db, draft)).key

    async def history(
        self, guild_id: int | None, opener_id: int, draft_id: int
    ) -> tuple[Desk, list[PastEdit]]:
        """Return who changed the resource, the latest first."""
        draft = await self._find(self._db, guild_id, opener_id, draft_id)
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
    async def _turn(
        self, guild_id: int | None, opener_id: int, draft_id: int
    ) -> AsyncIterator[tuple[Queries, Draft]]:
        """Open a transaction on a draft once no other change of its server's list is under way."""
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, opener_id)
            if guild_id is not None:
                await additions.take_turn(tx, guild_id)
            yield tx, await self._find(tx, guild_id, opener_id, draft_id)

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

    async def _find(
        self, db: Queries, guild_id: int | None, opener_id: int, draft_id: int
    ) -> Draft:
        found = await additions.draft(db, guild_id, draft_id)
        if found is None or found.opened_by != opener_id:
            raise OldCardError
        if self._clock() - found.made_at > CARDS_LAST:
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
        own = self.list.own_step
        steps = (own, *(step for step in laid.curriculum.steps if step.id != own.id))
        return Proposal(
            draft_id=draft.draft_id,
            opener_id=draft.opened_by,
            curriculum=laid.curriculum,
            resource=resource,
            step=next((step for step in steps if step.id == resource.step_id), own),
            steps=steps,
            twins=twins_of(resource.title, list(laid.curriculum.by_key.values())),
            silent=about.silent,
            missing=about.missing,
        )

    async def _desk(self, db: Queries, draft: Draft, outcome: Outcome | None = None) -> Desk:
        """Return what a card shows of a draft about a listed resource, as it is now."""
        laid = await self._curricula.laid(db, draft.guild_id)
        wish, resource = _about(draft, DraftEdit), await self._resource(db, draft)
        return Desk(
            draft_id=draft.draft_id,
            opener_id=draft.opened_by,
            curriculum=laid.curriculum,
            resource=resource,
            removed=resource.key in laid.removed,
            own=is_of_guild(resource.key, draft.guild_id),
            wishes=Wishes(
                self.list.step(laid, wish.step_id) if wish.step_id else None,
                laid.find(wish.needs or ""),
                laid.find(wish.no_longer_needs or ""),
            ),
            set_aside=tuple(sorted(laid.set_aside, key=lambda each: each.key != resource.key)),
            doubts=tuple(await additions.doubts_about(db, draft.guild_id, resource.key)),
            outcome=outcome,
            groups=tuple(
                await groups.running_groups(db, draft.guild_id) if outcome == "added" else ()
            ),
        )

    async def _wished(
        self, db: Queries, guild_id: int, resource: Resource, wish: DraftEdit
    ) -> Addition:
        """Return what the server will say of a resource once the wishes are followed."""
        rows = await additions.additions_of(db, guild_id)
        before = self.list.addition(rows, resource.key)
        original = self._curricula.base.by_key.get(resource.key)
        kept, needs = dict(before.fields), original.prerequisites if original is not None else ()
        if original is not None and original.step_id == wish.step_id:
            kept.pop("step_id", None)
        elif wish.step_id is not None:
            kept["step_id"] = wish.step_id
        if wish.needs or wish.no_longer_needs:
            kept = with_needs(kept, needs, add=wish.needs, drop=wish.no_longer_needs)
        addition = replace(before, fields=kept)
        laid = lay_over(self._curricula.base, _with(rows, addition), guild_id)
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


def _with(rows: list[Addition], addition: Addition) -> list[Addition]:
    """Return the rows with this one in its place, or behind them all."""
    others = [addition if row.key == addition.key else row for row in rows]
    return others if addition in others else [*others, addition]


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
