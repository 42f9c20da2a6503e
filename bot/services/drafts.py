"""What stands behind a moderator's card: kept for a day, for whoever opened it, in its server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.core.curriculum import Resource
from bot.core.curriculum.additions import Laid, namespace_of, own_resource
from bot.core.moderation import Desk, Outcome, Proposal, Wishes, twins_of
from bot.errors import OldCardError
from bot.services.choosing import Choosing
from bot.services.curriculum import CurriculumStore
from bot.store import doubts, drafts, groups, readers
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
