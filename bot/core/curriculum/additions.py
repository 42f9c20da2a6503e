"""A server's additions laid over a curriculum: what its moderators added, edited and removed.

Laying never fails. What can't be followed is set aside and told; the base stays as it is, and
so does the order of the list. What a server adds or moves to a step of the list belongs to the
list; to a step that goes deeper, deeper. Where a server and the list bring the same link, the
list's key wins and the server's becomes its former one, so that progress follows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from types import MappingProxyType
from typing import Any, Literal

from bot.core.curriculum import Curriculum, Resource, Section, Step, numbered, reached
from bot.core.curriculum.fields import SHOWN, Fields, readable
from bot.core.curriculum.links import canonical

OWN_STEP = "added-here"
"""The step for what a server adds without naming one, unless the list has such an id itself."""

OWN_STEP_TITLE = "Added by this server"
"""Stands here because it is part of the curriculum: it is searched and exported with it."""

OWN_STEP_NAMES = (OWN_STEP_TITLE, "이 서버에서 추가한 자료")
"""What it is called in each language that the bot speaks: all of them find it."""


NEW_STEP = "+"
"""Before the name of a new step, as it is offered while one types."""


@dataclass(frozen=True, slots=True)
class Addition:
    """What a server says of one resource: a new one of its own, or an edit of the list's.

    Or of a new step, whose key is ``:<id>``. ``fields`` hold what was set and nothing else.
    ``removed``: hidden, and may be restored. ``is_here``: false where it says only what holds in
    whichever list the resource stands.
    """

    key: str
    fields: Fields
    removed: bool = False
    is_here: bool = True


@dataclass(frozen=True, slots=True)
class Laid:
    """What a server sees. ``removed``: what it hides, by key, as it would be seen.

    ``steps``: those that the server added, without resources, for they may have none yet.
    """

    curriculum: Curriculum
    set_aside: tuple[SetAside, ...] = ()
    removed: Mapping[str, Resource] = field(default_factory=lambda: MappingProxyType({}))
    steps: tuple[Step, ...] = ()

    def find(self, key: str) -> Resource | None:
        """Return the resource with this key or a former one, hidden or not."""
        return self.curriculum.get(key) or self.removed.get(key)


def namespace_of(guild_id: int) -> str:
    """Return what stands before the colon in the keys of a server's own resources."""
    return f"g{guild_id}"


def is_of_guild(key: str, guild_id: int) -> bool:
    """Tell whether the key is of a server's own resource."""
    return key.startswith(f"{namespace_of(guild_id)}:")


def guild_of(key: str) -> int | None:
    """Return the server whose own resource has the key; None: it is of a list."""
    found = re.fullmatch(r"g([0-9]{1,19}):.*", key)
    return int(found[1]) if found and int(found[1]) < 2**63 else None


def own_step(base: Curriculum) -> Step:
    """Return the step that holds what a server adds without naming one, without resources."""
    taken = {step.id for step in base.steps} | {section.id for section in base.sections}
    step_id = numbered(OWN_STEP, taken)
    return Step(step_id, OWN_STEP_TITLE, step_id)


def own_resource(
    key: str, fields: Fields, step_id: str, known: Resource | None = None
) -> Resource | None:
    """Return what a server added to a list, or None: it lacks what every resource has.

    ``known``: the resource as another list has it.
    """
    found = readable(fields)
    shown = {name: found[name] for name in SHOWN if name in found}
    if known is not None:
        alone = replace(known, parent=None, prerequisites=(), companions=(), must_read=False)
        return replace(alone, step_id=step_id, **shown)
    if not {"title", "url", "kind"} <= found.keys():
        return None
    return Resource(key=key, step_id=step_id, **shown)


def lay_over(
    base: Curriculum,
    additions: Iterable[Addition],
    guild_id: int,
    elsewhere: Mapping[str, Resource] = MappingProxyType({}),
) -> Laid:
    """Return what a server sees of the list, in the order in which it added its own.

    ``elsewhere``: what other lists hold, by key: the server may have brought it here.
    """
    return _Laying(base, additions, guild_id, elsewhere).laid()


class _Laying:
    """One laying: what was found out so far, for the next part to use."""

    def __init__(
        self,
        base: Curriculum,
        additions: Iterable[Addition],
        guild_id: int,
        elsewhere: Mapping[str, Resource],
    ) -> None:
        self.base, self.elsewhere = base, elsewhere
        self.own_step = own_step(base)
        self.steps = {step.id: step for step in (*base.steps, self.own_step)}
        self.own_steps: dict[str, Step] = {}
        self.aside: list[SetAside] = []
        self.edits: dict[str, Addition] = {}
        self.own: dict[str, Resource] = {}
        self.heirs: dict[str, str] = {}  # a key of the server -> the key that took its place
        self.fields: dict[str, dict[str, Any]] = {}
        self.removed: set[str] = set()
        self._sort(additions, f"{namespace_of(guild_id)}:")
        self.everything = {r.key: r for r in map(self._changed, base.resources)} | self.own
        self.companions = {c.key for r in self.everything.values() for c in r.companions}

    def laid(self) -> Laid:
        if not (self.edits or self.own or self.heirs):
            return Laid(self.base, steps=tuple(self.own_steps.values()))
        needs = self._needs()
        gone = self.removed
        visible = {
            key: self._finished(self.everything[key], _standing(needs, key, gone))
            for key in needs
            if key not in gone
        }
        curriculum = replace(self.base, sections=self._sections(visible))
        shown = ([r] if r.key in gone else r.companions for r in self.everything.values())
        hidden = {each.key: each for some in shown for each in some if each.key in gone}
        steps = tuple(self.own_steps.values())
        return Laid(curriculum, tuple(self.aside), MappingProxyType(hidden), steps)

    def _sort(self, additions: Iterable[Addition], own_prefix: str) -> None:
        """Tell apart what changes the list, what is the server's own, and what the list has now."""
        links, said = dict(self.base.keys_by_link), list(additions)
        for addition in said:
            if addition.key.startswith(":") and addition.key[1:] not in self.steps:
                title = readable(addition.fields).get("title", addition.key[1:])
                self.own_steps[addition.key] = Step(addition.key[1:], title, addition.key[1:])
        self.steps |= {step.id: step for step in self.own_steps.values()}
        for addition in said:
            key = self.base.present(addition.key)
            if key in self.base.by_key:
                if key not in self.edits or addition.key == key:
                    self.edits[key] = addition
                continue
            is_own = key.startswith(own_prefix) or addition.fields.get("brought") is True
            if is_own and addition.is_here and key not in self.own.keys() | self.heirs.keys():
                self._sort_own(addition, links)
        for key, addition in self.edits.items():
            self.fields[key] = readable(addition.fields)
            url = self.fields[key].get("url", "")
            if url and links.setdefault(canonical(url) or url, key) != key:
                del self.fields[key]["url"]
                self.aside.append(SetAside(key, url, "link"))
            if addition.removed:
                self.removed.add(key)

    def _sort_own(self, addition: Addition, links: dict[str, str]) -> None:
        fields = readable(addition.fields)
        step = self.steps.get(fields.get("step_id", ""), self.own_step)
        known = self.elsewhere.get(addition.key)
        resource = own_resource(addition.key, fields, step.id, known)
        if resource is None:
            return
        mine = [canonical(url) or url for url in resource.urls]
        heir = next((links[link] for link in mine if link in links), None)
        if heir is not None:
            self.heirs[resource.key] = heir
            return
        links |= dict.fromkeys(mine, resource.key)
        self.own[resource.key] = replace(resource, addition=step.addition)
        self.fields[resource.key] = fields
        for former in fields.get("formerly", ()):
            is_the_lists = self.base.present(former) in self.base.by_key
            if not is_the_lists and not former.startswith(resource.key.partition(":")[0] + ":"):
                self.heirs.setdefault(former, resource.key)
        if addition.removed:
            self.removed.add(resource.key)

    def _changed(self, resource: Resource) -> Resource:
        """Return a resource of the list, and its companions, with the server's values."""
        moved: dict[str, Any] = {}
        if resource.key in self.edits:
            step = self._new_step(resource)
            if step.id != resource.step_id:
                moved = {"step_id": step.id, "addition": step.addition}
        companions = tuple(self._with_values(each, moved) for each in resource.companions)
        if companions != resource.companions:
            moved = {**moved, "companions": companions}
        return self._with_values(resource, moved)

    def _with_values(self, resource: Resource, moved: Mapping[str, Any]) -> Resource:
        fields = self.fields.get(resource.key, {})
        values = {name: fields[name] for name in SHOWN if name in fields} | dict(moved)
        return replace(resource, **values) if values else resource

    def _new_step(self, resource: Resource) -> Step:
        wanted: str = self.fields[resource.key].get("step_id", resource.step_id)
        step = self.steps.get(wanted)
        is_theirs = step is self.own_step or f":{wanted}" in self.own_steps
        goes = resource.addition or guild_of(self.base.id) is not None
        if step and (goes or not (step.addition or is_theirs)):
            return step
        self.aside.append(SetAside(resource.key, wanted, "step"))
        return self.steps[resource.step_id]

    def _needs(self) -> dict[str, list[str]]:
        """Return what each resource waits for, removed or not; set aside what can't be followed.

        The list's own come first, then the wishes as long as no circle closes.
        """
        everything = self.everything
        dropped = {(key, self._present(k)) for key, k in self._named("no_longer_needs")}
        own = (
            (key, k)
            for key, r in everything.items()
            for k in r.prerequisites
            if k in everything and (key, k) not in dropped
        )
        needs: dict[str, list[str]] = {key: [] for key in everything}
        for key, wished in chain(own, self._named("needs")):
            needed = self._present(wished)
            if (why := self._objection(needs, key, needed)) is not None:
                self.aside.append(SetAside(key, needed, why))
            elif needed not in needs[key]:
                needs[key].append(needed)
        return needs

    def _objection(self, needs: Mapping[str, list[str]], key: str, needed: str) -> AsideWhy | None:
        if needed in self.companions or key in self.companions:
            return "companion"
        if needed not in self.everything:
            return "nowhere"
        if self.everything[needed].addition and not self.everything[key].addition:
            return "list"
        return "loop" if key in reached([needed], needs.__getitem__) else None

    def _named(self, name: str) -> Iterable[tuple[str, str]]:
        known = self.everything.keys() | self.companions
        for key, fields in self.fields.items():
            if key in known:
                yield from ((key, needed) for needed in fields.get(name, ()))

    def _present(self, key: str) -> str:
        key = self.heirs.get(key, key)
        is_known = key in self.everything or key in self.companions
        return key if is_known else self.base.present(key)

    def _finished(self, resource: Resource, needed: tuple[str, ...]) -> Resource:
        """Return a visible resource with what it waits for now and the keys it took over."""
        companions = tuple(
            self._with_former(each) for each in resource.companions if each.key not in self.removed
        )
        if (needed, companions) != (resource.prerequisites, resource.companions):
            resource = replace(resource, prerequisites=needed, companions=companions)
        return self._with_former(resource)

    def _with_former(self, resource: Resource) -> Resource:
        former = tuple(old for old, heir in self.heirs.items() if heir == resource.key)
        return replace(resource, formerly=(*resource.formerly, *former)) if former else resource

    def _sections(self, visible: Mapping[str, Resource]) -> tuple[Section, ...]:
        by_step = defaultdict[str, list[Resource]](list)
        for resource in sorted(visible.values(), key=self._is_new):  # behind what stayed
            by_step[resource.step_id].append(resource)
        sections = [_with_steps(section, by_step) for section in self.base.sections]
        end = _end_of_list(sections)
        for step in (self.own_step, *reversed(self.own_steps.values())):  # the last comes last
            if added := by_step.get(step.id):
                held = replace(step, resources=tuple(added))
                sections.insert(end, Section(step.id, step.title, steps=(held,)))
        return tuple(sections)

    def _is_new(self, resource: Resource) -> bool:
        before = self.base.by_key.get(resource.key)
        return before is None or before.step_id != resource.step_id


def _end_of_list(sections: list[Section]) -> int:
    """Return the place behind the list's own last section: what a server adds comes next."""
    return max((at for at, section in enumerate(sections, 1) if not section.addition), default=0)


def _with_steps(section: Section, by_step: Mapping[str, list[Resource]]) -> Section:
    pairs = ((step, tuple(by_step.get(step.id, ()))) for step in section.steps)
    # Servers share the steps that they leave as they are.
    steps = (step if step.resources == of else replace(step, resources=of) for step, of in pairs)
    return replace(section, steps=tuple(steps))


AsideWhy = Literal["loop", "nowhere", "companion", "list", "step", "link"]
"""Why a wish is set aside: it would close a loop; what it names is not there; nothing waits for a
companion; the list waits for no addition; the list's own stay in the list's own steps; the link
is another's by now."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A server's wish that can't be followed for now: ``what`` is a key, a step's id or a link."""

    key: str
    what: str
    why: AsideWhy


def _standing(needs: Mapping[str, list[str]], key: str, gone: Collection[str]) -> tuple[str, ...]:
    """Return what a resource waits for, each removed one replaced by what that one waited for.

    So a removed resource neither blocks nor lets skip what came before it.
    """
    found: dict[str, None] = {}
    passed: set[str] = set()
    open_ = list(reversed(needs[key]))
    while open_:
        each = open_.pop()
        if each not in gone:
            found[each] = None
        elif each not in passed:
            passed.add(each)
            open_ += reversed(needs[each])
    return tuple(found)
