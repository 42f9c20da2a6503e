"""What moderators do with their server's list: add, change, remove, restore, take it along."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal, TypeVar

from bot.core.curriculum import Resource, Step
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
    put_back,
    typed_from,
    web_link,
    with_needs,
)
from bot.core.curriculum.file import fits_a_card
from bot.core.curriculum.links import canonical
from bot.core.curriculum.shape import is_visible
from bot.core.groups import DaysForm, GroupForm
from bot.core.lists import Place, Where
from bot.core.moderation import (
    WHY_LIMIT,
    Desk,
    Doubt,
    DraftAddition,
    Drafted,
    DraftEdit,
    DraftRef,
    FoundLinks,
    Outcome,
    PastEdit,
    PastEdits,
    PastedList,
    Proposal,
    ResourceForm,
    Said,
    Touched,
    Wanted,
    Wishes,
    twins_of,
)
from bot.core.papers import VoteWish
from bot.core.progress import shown_count
from bot.core.suggestions import State, Suggestion
from bot.core.weeks import running_week
from bot.errors import (
    BadFieldError,
    LinkTakenError,
    NeedRefusedError,
    OldCardError,
    StepRefusedError,
    SuggestionGoneError,
)
from bot.services.curriculum import CurriculumStore
from bot.services.lookups import FetchFacts
from bot.services.server_list import ServerList
from bot.store import additions, groups, progress, readers, suggestions
from bot.store.additions import Draft
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids

CARDS_LAST = timedelta(days=1)

Kind = TypeVar(
    "Kind",
    DraftAddition,
    DraftEdit,
    PastedList,
    ResourceForm,
    GroupForm,
    DaysForm,
    VoteWish,
    FoundLinks,
)

PATIENCE = 2.0
"""Seconds that a page has to tell something of itself."""


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

    async def list_of(self, place: Place, tx: Queries | None = None) -> ServerList:
        """Return the list that counts at a place of a server, as it is now."""
        db = tx or self._db
        where, version = await self._curricula.place(db, place)
        seen = await self._curricula.seen(db, where, version)
        return ServerList(db, where, seen, self._curricula, self._clock, self._ids)

    # Adding

    async def propose(
        self, place: Place, opener_id: int, typed: str, step: str | None = None
    ) -> Proposal | Desk:
        """Return how a link would be added; or, if it is listed or was, what it is here.

        Raises:
            NotALinkError: nothing that a browser could open.
            UnknownStepError: no such step.
        """
        url, here = web_link(typed), await self.list_of(place)
        chosen, new = here.step_for(step) if step else (here.steps[0], None)
        if (key := here.key_of(url)) is not None:
            draft = await self._begin(here.where, opener_id, DraftEdit(key))
            return await _desk(here, draft, "already")
        about = await self.page_of(here, url)
        to = {"step_id": chosen.id} | ({"new_step": new.title} if new else {})
        about = replace(about, fields={**about.fields, **to})
        return await _proposal(here, await self._begin(here.where, opener_id, about))

    async def page_of(self, here: ServerList, url: str) -> DraftAddition:
        """Return what a link's page says of it, or what is known of old, without a place for it."""
        known = await here.known(url)
        if known is not None and "title" in known[1]:
            return DraftAddition({**known[1], "url": url})
        facts = await self._facts(url)
        is_silent = not is_visible(facts.title)
        return DraftAddition(fields_of_page(url, facts), is_silent, facts.missing)

    async def consider(self, guild_id: int, opener_id: int, suggestion: Suggestion) -> Proposal:
        """Return how a suggestion would be added to the list for which it was made."""
        here = await self.list_of(Where(guild_id, list_id=suggestion.list_id))
        fields = {"step_id": here.steps[0].id, **suggestion.fields}
        is_silent = bool(fields.pop("silent", False))
        about = DraftAddition(fields, is_silent, suggestion_id=suggestion.suggestion_id)
        return await _proposal(here, await self._begin(here.where, opener_id, about))

    async def take(self, ref: DraftRef) -> Proposal | Desk | Suggestion | None:
        """Add what was suggested, as the draft has it by now; or show what is, as ``add`` does.

        What another moderator has settled meanwhile stays as that one decided. None: nobody wants
        it any more.

        Raises:
            TooManyAdditionsError: the server has as many as it may have.
        """
        async with self._turn(ref) as (here, draft):
            if isinstance(draft.about, DraftEdit):
                return await _desk(here, draft, "already")
            about, suggestion = await _suggestion(here, draft)
            if suggestion is None or suggestion.state != "open":
                return suggestion
            key = here.key_of(about.fields["url"])
            outcome: Outcome = "already"
            if key is None and about.silent:
                return await _proposal(here, draft)
            if key is None:
                key, outcome = await _add(here, draft, dict(about.fields)), "added"
            elif key in here.laid.removed:
                said = await here.said(key)
                fields = {n: v for n, v in about.fields.items() if n != "new_step"}
                addition, _ = said.changed({**said.addition.fields, **fields})
                await here.write(draft.opened_by, replace(addition, removed=False), "restored")
                outcome = "restored"
            by, now = draft.opened_by, self._clock()
            at = here.guild_id, suggestion.suggestion_id
            list_id = here.base.id
            await suggestions.settle(here.db, *at, "taken", by, now, key=key, list_id=list_id)
            await suggestions.tell_soon(here.db, here.guild_id, suggestion.suggestion_id, now)
            return await _desk(here, await _put(here, draft, DraftEdit(key)), outcome)

    async def shown(self, ref: DraftRef) -> Proposal:
        """Return what a draft would add, as its card shows it."""
        return await _proposal(*await self._look(ref))

    async def suggestion_of(self, ref: DraftRef) -> int:
        """Return the id of the suggestion that a draft is about; 0: it is about none any more."""
        about = (await self._find(self._db, ref)).about
        return about.suggestion_id or 0 if isinstance(about, DraftAddition) else 0

    async def decline(self, ref: DraftRef, reason: str) -> Suggestion | None:
        """Decline what was suggested; ``reason``: of ``reason_kept``, or the moderator's words.

        What another moderator has settled meanwhile stays as that one decided: it is returned.
        None: nobody wants it any more.
        """
        async with self._turn(ref) as (here, draft):
            _, suggestion = await _suggestion(here, draft)
            if suggestion is not None and suggestion.state == "open":
                suggestion_id, now = suggestion.suggestion_id, self._clock()
                reason = reason.strip()[:WHY_LIMIT]
                by = draft.opened_by
                await suggestions.settle(
                    here.db, here.guild_id, suggestion_id, "declined", by, now, reason=reason
                )
                await suggestions.tell_soon(here.db, here.guild_id, suggestion_id, now)
                state: State = "declined"
                return replace(suggestion, state=state, settled_by=by, reason=reason)
            return suggestion

    async def reopen(
        self, guild_id: int, moderator_id: int, suggestion_id: int
    ) -> Literal["waits", "stays", "anew"]:
        """Let a suggestion wait again; what it became leaves the list, unless it was changed since.

        ``stays``: on the list, for it was changed. ``anew``: nothing is done, for the same link is
        suggested anew. Twice is harmless.
        """
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, moderator_id)
            await additions.take_turn(tx, guild_id)
            found = await suggestions.suggestion(tx, guild_id, suggestion_id)
            if found is None or found.state == "open":
                return "waits"
            if await suggestions.open_with_link(tx, guild_id, found.link) is not None:
                return "anew"
            is_off = True
            if found.key is not None:
                here = await self.list_of(Where(guild_id, list_id=found.list_id), tx)
                is_off = await _take_off(here, moderator_id, found)
            await suggestions.settle(tx, guild_id, suggestion_id, "open", None, None)
            return "waits" if is_off else "stays"

    async def add(self, ref: DraftRef) -> Proposal | Desk:
        """Add what the draft proposes; a second time, or if another was quicker, show what is.

        Without a title nothing is added yet: its card asks for one.

        Raises:
            TooManyAdditionsError: the server has as many as it may have.
        """
        async with self._turn(ref) as (here, draft):
            if isinstance(draft.about, DraftEdit):
                return await _desk(here, draft, "already")
            about = _about(draft, DraftAddition)
            outcome: Outcome = "already"
            fields = dict(about.fields)
            key = here.key_of(fields["url"])
            if key is None and about.silent:
                return await _proposal(here, draft)
            if key is None:
                key, outcome = await _add(here, draft, fields), "added"
                await self._take_with_it(here, draft.opened_by, about.fields["url"], key)
            return await _desk(here, await _put(here, draft, DraftEdit(key)), outcome)

    async def _take_with_it(self, here: ServerList, by: int, url: str, key: str) -> None:
        """Take the suggestion of a link that was added otherwise."""
        link, now = canonical(url) or url, self._clock()
        found = await suggestions.open_with_link(here.db, here.guild_id, link)
        if found is not None:
            at, list_id = (here.guild_id, found), here.base.id
            await suggestions.settle(here.db, *at, "taken", by, now, key=key, list_id=list_id)
            await suggestions.tell_soon(here.db, here.guild_id, found, now)

    async def cancel(self, ref: DraftRef) -> None:
        """Forget a draft."""
        async with self._turn(ref) as (here, draft):
            await additions.drop_draft(here.db, draft.draft_id)

    async def put_in_step(self, ref: DraftRef, step: str) -> Proposal | Desk:
        """Choose another step for what is to be added."""
        async with self._turn(ref) as (here, draft):
            if isinstance(draft.about, DraftEdit):
                return await _desk(here, draft, "already")
            about = _about(draft, DraftAddition)
            found = {each.id: each for each in _steps(here, about)}
            chosen = found[step] if step in found else here.step(step)
            return await _propose(here, draft, {"step_id": chosen.id})

    async def put_in_list(self, ref: DraftRef, list_id: str) -> Proposal | Desk:
        """Choose another list for what is to be added: it goes to the first step of that one."""
        async with self._turn(ref) as (here, draft):
            if isinstance(draft.about, DraftEdit):
                return await _desk(here, draft, "already")
            about = _about(draft, DraftAddition)
            there = await self.list_of(replace(here.where, list_id=list_id), here.db)
            fields = {**about.fields, "step_id": there.steps[0].id}
            fields.pop("new_step", None)
            moved = replace(draft, list_id=there.base.id)
            return await _proposal(there, await _put(there, moved, replace(about, fields=fields)))

    # Changing

    async def open(
        self,
        place: Place,
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
        here = await self.list_of(place)
        resource = await here.named(typed)
        new: dict[str, str] = {}
        idle: dict[str, Any] = {}
        if step:
            chosen, made = here.step_for(step)
            if chosen.id == resource.step_id:
                idle["step"] = chosen
            else:
                new["step_id"] = chosen.id
                if chosen is made:
                    new["new_step"] = chosen.title
        if needs:
            needed = await self._curricula.named(self._db, here.where, needs)
            if needed.key in resource.prerequisites:
                idle["needs"] = needed
            else:
                new["needs"] = needed.key
        if no_longer_needs:
            dropped = await here.named(no_longer_needs)
            if dropped.key in resource.prerequisites:
                new["no_longer_needs"] = dropped.key
            else:
                idle["no_longer_needs"] = dropped
        wish = DraftEdit(resource.key, **new)
        if new:
            await _wished(here, resource, wish)
        draft = await self._begin(here.where, opener_id, wish)
        return replace(await _desk(here, draft), idle=Wishes(**idle))

    async def confirm(self, ref: DraftRef) -> Desk:
        """Do what the card said would change."""
        async with self._turn(ref) as (here, draft):
            wish = _about(draft, DraftEdit)
            if not (fields := wish.fields()):
                return await _desk(here, draft, "same")
            if wish.step_id and wish.new_step:
                await here.write_step(draft.opened_by, _new_step(wish.step_id, wish.new_step))
            addition = await _wished(here, await here.listed(wish.key), wish)
            await here.write(draft.opened_by, addition, "changed", fields.keys() - {"new_step"})
            return await _desk(here, await _put(here, draft, DraftEdit(wish.key)), "changed")

    async def texts(self, ref: DraftRef) -> Typed:
        """Return what somebody would type to get the resource as it is."""
        here, draft = await self._look(ref)
        if isinstance(draft.about, DraftEdit):
            return typed_from(await here.listed(draft.about.key))
        typed = typed_from(_preview(draft))
        return replace(typed, title="") if _about(draft, DraftAddition).silent else typed

    async def keep(
        self,
        guild_id: int,
        opener_id: int,
        form: ResourceForm | GroupForm | DaysForm | VoteWish | PastedList | FoundLinks,
    ) -> int:
        """Keep for a day what was typed into a form that was refused; return its id."""
        return (await self._begin(Where(guild_id), opener_id, form)).draft_id

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
        async with self._turn(ref) as (here, draft):
            if isinstance(draft.about, DraftAddition):
                proposal = await _propose(here, draft, fields)
                _check_room(here.laid, proposal.resource)
                return proposal
            resource = await here.listed(_about(draft, DraftEdit).key)
            if all(getattr(resource, name) == value for name, value in fields.items()):
                return await _desk(here, draft, "same")
            said = await here.said(resource.key)
            kept = {**said.addition.fields, **fields}
            if "url" in fields:
                kept |= await _links(here, resource, kept)
            addition, after = said.changed(kept)
            _check_room(after, after.find(resource.key))
            await here.write(draft.opened_by, addition, "changed", fields)
            return await _desk(here, draft, "changed")

    async def mend(self, ref: DraftRef, url: str) -> Proposal | Desk:
        """Give a resource another link; raises as ``set_texts`` does."""
        before = await self.texts(ref)
        return await self.set_texts(ref, before, replace(before, link=url))

    async def remove(self, ref: DraftRef) -> Desk:
        """Hide a resource from this server; readers' progress stays."""
        async with self._turn(ref) as (here, draft):
            shown = here.laid
            desk = await _set_removed(here, draft, "removed")
            if desk.outcome == "same":
                return desk
            keys = (desk.resource.key, *desk.resource.formerly)
            week = running_week("UTC", self._clock())
            touched = Touched(
                shown_count(await progress.members_with_marks(here.db, here.guild_id, keys)) or 0,
                tuple(r for r in shown.curriculum.by_key.values() if keys[0] in r.prerequisites),
                await groups.channels_about(here.db, here.guild_id, keys[0], week),
            )
            return replace(desk, touched=touched)

    async def restore(self, ref: DraftRef) -> Desk:
        """Show a resource again that was removed."""
        async with self._turn(ref) as (here, draft):
            return await _set_removed(here, draft, "restored")

    async def doubt(
        self, reader_id: int, place: Place, key: str, needed: str, why: str
    ) -> tuple[Resource, Resource]:
        """Pass a reader's doubt on to this server's moderators; return both resources.

        Raises:
            UnknownResourceError, NoLongerListedError: one of them is not on this server's list.
        """
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, reader_id)
            where, _ = await self._curricula.place(tx, place)
            await additions.take_turn(tx, where.guild_id or 0)
            resource = await self._curricula.resource(tx, where, key)
            prerequisite = await self._curricula.resource(tx, where, needed)
            doubt = Doubt(resource.key, prerequisite.key, why.strip()[:WHY_LIMIT])
            now, doubt_id = self._clock(), self._ids.new()
            at = where.guild_id or 0, where.list_id or ""
            await additions.add_doubt(tx, *at, reader_id, doubt_id, doubt, now)
        return resource, prerequisite

    async def settle_doubt(self, ref: DraftRef, *, kept: bool) -> tuple[Desk, int] | None:
        """Follow the doubt that a draft is about, or not; and be done with it.

        Return the resource and the change, 0 where nothing had to be changed. None: somebody has
        settled it already.
        """
        async with self._turn(ref) as (here, draft):
            wish = _about(draft, DraftEdit)
            at = here.guild_id, here.base.id, wish.key
            doubts = await additions.doubts_about(here.db, *at)
            if all(doubt.needed != wish.no_longer_needs for doubt in doubts):
                return None
            resource, change_id = await here.listed(wish.key), 0
            if not kept and wish.no_longer_needs in resource.prerequisites:
                addition = await _wished(here, resource, wish)
                await here.write(draft.opened_by, addition, "changed", wish.fields())
                change_id = (await additions.edits_of(here.db, *at))[0].change_id
            await additions.delete_doubts(here.db, *at, wish.no_longer_needs)
            return await _desk(here, draft, "settled" if kept else "changed"), change_id

    async def drop_doubts(self, ref: DraftRef) -> Desk:
        """Be done with what readers doubt about a resource, whatever came of it."""
        async with self._turn(ref) as (here, draft):
            resource = await here.listed(_about(draft, DraftEdit).key)
            await additions.delete_doubts(here.db, here.guild_id, here.base.id, resource.key)
            return await _desk(here, draft, "settled")

    # Looking

    async def desk(self, ref: DraftRef) -> Desk:
        """Return the resource of a card as it is now."""
        return await _desk(*await self._look(ref))

    async def history(self, ref: DraftRef) -> PastEdits:
        """Return who changed the resource, the latest first."""
        return await _history(*await self._look(ref))

    async def step_back(self, ref: DraftRef, change_id: int, *, again: bool = False) -> PastEdits:
        """Take a change of the resource back, or make it again; what came after it goes first.

        A second time changes nothing.

        Raises:
            LinkTakenError: the link of then belongs to another resource by now.
            BadFieldError: with the texts of then, the resource doesn't fit a card.
        """
        async with self._turn(ref) as (here, draft):
            seen = await _history(here, draft)
            edit = next((each for each in seen.edits if each.change_id == change_id), None)
            if edit is None or edit.before is None or edit.after is None:
                raise OldCardError
            if edit.taken_back != again:
                return seen  # a second tap
            later = next((e for e in seen.edits if not e.taken_back), None)
            if later is not None and later.change_id > change_id:
                return replace(seen, in_the_way=later)
            if not await _put_back(here, draft.opened_by, seen.desk.resource, edit):
                before = [e for e in seen.edits if e.taken_back and e.change_id < change_id]
                return replace(seen, in_the_way=before[0] if again and before else "import")
            guild_id = here.guild_id
            await additions.set_taken_back(here.db, guild_id, change_id, taken_back=not again)
            return replace(await _history(here, draft), done=replace(edit, taken_back=not again))

    # Drafts

    @asynccontextmanager
    async def _turn(self, ref: DraftRef) -> AsyncIterator[tuple[ServerList, Draft]]:
        """Open a transaction on a draft once no other change of its server's list is under way."""
        guild_id, opener_id, _ = ref
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, opener_id)
            if guild_id is not None:
                await additions.take_turn(tx, guild_id)
            draft = await self._find(tx, ref)
            yield await self.list_of(draft.where, tx), draft

    async def _look(self, ref: DraftRef) -> tuple[ServerList, Draft]:
        """Return a draft with its server's list, outside a transaction."""
        draft = await self._find(self._db, ref)
        return await self.list_of(draft.where), draft

    async def _find(self, db: Queries, ref: DraftRef) -> Draft:
        found = await additions.draft(db, ref, self._clock() - CARDS_LAST)
        if found is None:
            raise OldCardError
        return found

    async def forget_drafts(self) -> None:
        """Forget the drafts that have lapsed; a bot at rest writes nothing."""
        made_before = self._clock() - CARDS_LAST
        if await additions.any_drafts_before(self._db, made_before):
            async with self._db.transaction() as tx:
                await additions.drop_drafts_before(tx, made_before)

    async def _begin(self, where: Where, opener_id: int, about: Drafted) -> Draft:
        """Record a draft, and forget those that have lapsed."""
        now = self._clock()
        at = where.guild_id or 0, where.list_id or ""
        draft = Draft(self._ids.new(), *at, opener_id, about, now)
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, opener_id)
            await additions.drop_drafts_before(tx, now - CARDS_LAST)
            await additions.set_draft(tx, draft)
        return draft

    async def _facts(self, url: str) -> PageFacts:
        try:
            async with asyncio.timeout(self._patience):
                return await self._fetch_facts(url)
        except TimeoutError:
            return PageFacts()


# What is drafted


def _about(draft: Draft, kind: type[Kind]) -> Kind:
    """Return what a draft is about; one about something else has an old card."""
    if not isinstance(draft.about, kind):
        raise OldCardError
    return draft.about


async def _put(here: ServerList, draft: Draft, about: Drafted) -> Draft:
    """Record what a draft is about from now on, and return it so."""
    changed = replace(draft, about=about)
    await additions.set_draft(here.db, changed)
    return changed


async def _propose(here: ServerList, draft: Draft, fields: Fields) -> Proposal:
    """Propose the draft's addition with these fields anew."""
    about = _about(draft, DraftAddition)
    silent = about.silent and "title" not in fields
    about = replace(about, fields={**about.fields, **fields}, silent=silent)
    return await _proposal(here, await _put(here, draft, about))


def _preview(draft: Draft) -> Resource:
    """Return the resource that the draft would add."""
    fields = _about(draft, DraftAddition).fields
    found = own_resource(f"{namespace_of(draft.guild_id)}:new", fields, fields.get("step_id", ""))
    if found is None:
        raise OldCardError
    return found


async def _suggestion(here: ServerList, draft: Draft) -> tuple[DraftAddition, Suggestion | None]:
    """Return what a draft would add, and the suggestion that it is, if anybody still wants it."""
    about = _about(draft, DraftAddition)
    found = await suggestions.suggestion(here.db, here.guild_id, about.suggestion_id or 0)
    return about, found


async def _wanted(here: ServerList, suggestion_id: int | None) -> Wanted | None:
    if suggestion_id is None:
        return None
    found = await suggestions.suggestion(here.db, here.guild_id, suggestion_id)
    if found is None:
        raise SuggestionGoneError("", "open")
    wishes = await suggestions.wishes_of(here.db, here.guild_id, suggestion_id)
    whys = tuple(wish.why for wish in wishes if wish.why)
    leaders = tuple(wish.reader_id for wish in wishes if wish.leads)
    return Wanted(found, whys, leaders)


async def _take_off(here: ServerList, author_id: int, suggestion: Suggestion) -> bool:
    """Take back what made a suggestion part of the list, if nothing came after it."""
    at = here.guild_id, here.base.id, suggestion.key or ""
    edits = await additions.edits_of(here.db, *at)
    latest = next((each for each in edits if not each.taken_back), None)
    resource = here.laid.find(suggestion.key or "")
    if latest is None or resource is None or latest.kind not in {"added", "restored"}:
        return False
    if latest.made_at != suggestion.settled_at:
        return False
    if not await _put_back(here, author_id, resource, latest):
        return False
    await additions.set_taken_back(here.db, here.guild_id, latest.change_id, taken_back=True)
    return True


async def _proposal(here: ServerList, draft: Draft) -> Proposal:
    """Return what a card shows of a draft that would add something."""
    about, resource = _about(draft, DraftAddition), _preview(draft)
    curriculum, steps = here.laid.curriculum, _steps(here, about)
    return Proposal(
        draft_id=draft.draft_id,
        opener_id=draft.opened_by,
        curriculum=curriculum,
        resource=resource,
        step=next((step for step in steps if step.id == resource.step_id), steps[0]),
        steps=tuple(steps),
        twins=twins_of(resource.title, list(curriculum.by_key.values())),
        silent=about.silent,
        missing=about.missing,
        wanted=await _wanted(here, about.suggestion_id),
    )


def _steps(here: ServerList, about: DraftAddition) -> list[Step]:
    """Return where a draft could go, the new step that may be meant last."""
    title = about.fields.get("new_step")
    return [*here.steps, *([here.new_step(title)] if title else [])]


def _new_step(step_id: str, title: str) -> Step:
    return Step(step_id, title, step_id)


async def _add(here: ServerList, draft: Draft, fields: dict[str, Any]) -> str:
    """Add what is proposed, under the key that its link has already, if it has one; return that."""
    title, step_id = fields.pop("new_step", None), fields.get("step_id", "")
    if title and (new := here.new_step(title)).id == step_id:
        await here.write_step(draft.opened_by, new)
    known = await here.known(fields["url"])
    if known is None:
        key = await here.new_key(fields["title"])
        if former := await here.former_keys(fields["url"]):
            fields["formerly"] = former
    else:
        key, said = known
        if is_of_guild(key, here.guild_id):
            fields = {**said, **fields}
        else:  # what its own list says of it may change, and then counts here, too
            changed = {n: v for n, v in fields.items() if n not in said or said[n] != v}
            fields = {**changed, "brought": True}
            fields.pop("url", None)
    await here.write(draft.opened_by, Addition(key, fields), "added")
    return key


async def _history(here: ServerList, draft: Draft) -> PastEdits:
    desk = await _desk(here, draft)
    at, keys = (here.guild_id, here.base.id), desk.curriculum.keys_of(desk.resource)
    return PastEdits(desk, tuple(await additions.edits_of(here.db, *at, *keys)))


async def _put_back(here: ServerList, author_id: int, resource: Resource, edit: PastEdit) -> bool:
    """Make a resource what it was before an edit, or after one that was taken back.

    False: what the edit changed was changed again, by an import or in another list.
    """
    if edit.before is None or edit.after is None:
        return False
    was, became = (edit.after, edit.before) if edit.taken_back else (edit.before, edit.after)
    if edit.kind == "added":  # before, it wasn't there: its key stays, so it is hidden
        hidden = Said(edit.after.fields, removed=True)
        was, became = (edit.after, hidden) if edit.taken_back else (hidden, edit.after)
    said = await here.said(resource.key)
    now = said.addition
    names = {n for n in {*was.fields, *became.fields} if _differ(n, was.fields, became.fields)}
    if any(_differ(name, now.fields, became.fields) for name in names):
        return False
    if was.removed != became.removed != now.removed:
        return False
    fields = put_back(was.fields, became.fields, now.fields)
    removed = was.removed if was.removed != became.removed else now.removed
    taken = here.key_of(fields.get("url", resource.url))
    if taken not in {None, resource.key} and (other := here.laid.find(taken or "")) is not None:
        raise LinkTakenError(other.title)
    addition, after = said.changed(fields)
    _check_room(after, after.find(resource.key))
    await here.rewrite(author_id, replace(addition, removed=removed))
    return True


def _differ(name: str, one: Fields, other: Fields) -> bool:
    return one.get(name) != other.get(name)


async def _desk(here: ServerList, draft: Draft, outcome: Outcome | None = None) -> Desk:
    """Return what a card shows of a draft about a listed resource, as it is now."""
    wish, laid = _about(draft, DraftEdit), here.laid
    resource = await here.listed(wish.key)
    doubts = await additions.doubts_about(here.db, here.guild_id, here.base.id, resource.key)
    own, is_removed = is_of_guild(resource.key, here.guild_id), resource.key in laid.removed
    can_be_next = own and not is_removed
    running = await groups.running_groups(here.db, here.guild_id) if can_be_next else ()
    running = [group for group in running if await here.is_read_by(group)]
    return Desk(
        draft_id=draft.draft_id,
        opener_id=draft.opened_by,
        curriculum=laid.curriculum,
        resource=resource,
        removed=is_removed,
        own=own,
        wishes=Wishes(
            _step_wished(here, wish),
            laid.find(wish.needs or ""),
            laid.find(wish.no_longer_needs or ""),
        ),
        set_aside=tuple(sorted(laid.set_aside, key=lambda each: each.key != resource.key)),
        doubts=tuple(doubts),
        outcome=outcome,
        groups=tuple(running),
    )


def _step_wished(here: ServerList, wish: DraftEdit) -> Step | None:
    if wish.step_id is None or all(step.id != wish.step_id for step in here.steps):
        return _new_step(wish.step_id, wish.new_step) if wish.step_id and wish.new_step else None
    return here.step(wish.step_id)


# What a server says


async def _wished(here: ServerList, resource: Resource, wish: DraftEdit) -> Addition:
    """Return what the server will say of a resource once the wishes are followed."""
    said = await here.said(resource.key)
    fields = dict(said.addition.fields)
    if wish.step_id is not None:
        fields["step_id"] = wish.step_id
        if wish.new_step:
            step = Addition(f":{wish.step_id}", {"title": wish.new_step})
            said = replace(said, rows=[*said.rows, step])
    if wish.needs or wish.no_longer_needs:
        needs = said.original.prerequisites if said.original else ()
        fields = with_needs(fields, needs, add=wish.needs, drop=wish.no_longer_needs)
    addition, laid = said.changed(fields)
    after = laid.find(resource.key)
    if wish.step_id is not None and (after is None or after.step_id != wish.step_id):
        raise StepRefusedError(resource.title, wish.new_step or here.step(wish.step_id).title)
    for aside in laid.set_aside:
        if (aside.key, aside.what) == (resource.key, wish.needs):
            needed = laid.find(aside.what)
            match aside.why:
                case "loop" | "nowhere" | "companion" | "list" as why:
                    title = needed.title if needed else aside.what
                    raise NeedRefusedError(resource.title, title, why)
    return addition


async def _set_removed(
    here: ServerList, draft: Draft, kind: Literal["removed", "restored"]
) -> Desk:
    key, removed = (await here.listed(_about(draft, DraftEdit).key)).key, kind == "removed"
    before = (await here.said(key)).addition
    if before.removed == removed:
        return await _desk(here, draft, "same")
    await here.write(draft.opened_by, replace(before, removed=removed), kind)
    return await _desk(here, draft, kind)


async def _links(here: ServerList, resource: Resource, kept: Fields) -> dict[str, list[str]]:
    """Return what goes with a mended link, or raise LinkTakenError; the old one counts."""
    url = kept["url"]
    taken = here.key_of(url)
    if taken not in (None, resource.key) and (other := here.laid.find(taken)) is not None:
        raise LinkTakenError(other.title)
    former = [each for each in (*resource.former_urls, resource.url) if each != url]
    found = {"former_urls": list(dict.fromkeys(former))}
    if is_of_guild(resource.key, here.guild_id) and taken is None:
        past = await here.former_keys(url)
        found["formerly"] = list(dict.fromkeys([*kept.get("formerly", ()), *past]))
    return found


def _check_room(laid: Laid, resource: Resource | None) -> None:
    if resource is not None and not fits_a_card(laid.curriculum, resource):
        raise BadFieldError("card", "")
