"""What an import makes of a list: what it had is found again, and what was known of it kept."""

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar, get_args

from bot.core.curriculum import Curriculum, Resource, Section, Step, numbered, reached
from bot.core.curriculum.checks import compare, folded_name
from bot.core.curriculum.identity import keys_given, rekeyed
from bot.core.curriculum.imports import Imported
from bot.core.curriculum.links import canonical

Mode = Literal["new", "add", "replace"]
"""A list of its own; beside what a list has; or in its place."""
MODES: tuple[Mode, ...] = get_args(Mode)

FROM_BEFORE = (
    *("label", "authors", "year", "minutes", "aliases", "tags", "notes", "added_notes"),
    *("sentence", "remark", "questions", "parts", "companions_title", "original_url", "maker_url"),
)
"""What a resource keeps where a file says nothing of it; prerequisites and marks apart."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import would do. ``listed``: the list as it would be.

    ``known``: of what comes in, what somebody may have marked already; ``moved``, ``retitled`` and
    ``relinked`` stay in the list otherwise; ``removed`` leaves it; ``dropped``: (key, needed) pairs
    that would close a circle, and so were left out.
    """

    listed: Curriculum
    added: tuple[Resource, ...] = ()
    known: tuple[Resource, ...] = ()
    moved: tuple[Resource, ...] = ()
    retitled: tuple[Resource, ...] = ()
    relinked: tuple[Resource, ...] = ()
    removed: tuple[Resource, ...] = ()
    dropped: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return any((self.added, self.moved, self.retitled, self.relinked, self.removed))


def keys_for(
    imported: Imported,
    old: Curriculum | None,
    known: Mapping[str, str],
    namespace: str,
    taken: Sequence[str],
) -> dict[str, str]:
    """Return the key of each resource of an import: by its link, else by its title in the list.

    So a link that is mended in a file keeps its key. ``old``: the list in whose place the file's
    comes, if it does; a title counts that is the only such one in both. ``known``, ``taken``: as in
    ``keys_given``.
    """
    keys = keys_given(imported.curriculum, known, namespace, taken)
    if old is None:
        return keys
    found, by_key = set(keys.values()), imported.curriculum.by_key
    ours = [
        (folded_name(each.title), each.key)
        for each in old.by_key.values()
        if each.key not in found and each.key.startswith(f"{namespace}:")
    ]
    new = found - set(known.values())
    theirs = [(folded_name(by_key[k].title), k) for k, given in keys.items() if given in new]
    counts = Counter(name for name, _ in ours), Counter(name for name, _ in theirs)
    left = dict(ours)
    for name, key in theirs:
        if " " in name and all(count[name] == 1 for count in counts):  # "Slides" may be any
            keys[key] = left[name]
    return keys


def outcome(
    imported: Imported,
    old: Curriculum | None,
    mode: Mode,
    keys: Mapping[str, str],
    ever: Container[str],
    present: Callable[[Curriculum], Curriculum] = lambda listed: listed,
) -> Outcome:
    """Return what an import would do to a list; None: there is none yet.

    ``ever``: keys that somebody may have marked; ``present``: puts what is said elsewhere of the
    same resources in place of what the file says.
    """
    brought = rekeyed(imported.curriculum, keys)
    before = old or replace(brought, sections=())
    if mode == "add" and old is not None:
        listed = _joined(old, brought)
    elif old is not None:
        listed = _in_place_of(old, brought)
    else:
        listed = brought
    listed, dropped = _without_circles(present(listed))
    found: dict[str, list[Resource]] = {}
    for each in compare(replace(before, id=listed.id), listed):
        resource = each.old if each.what == "removed" else each.new
        if resource is not None:
            found.setdefault(each.what, []).append(resource)
    added = tuple(found.get("added", ()))
    return Outcome(
        listed,
        added,
        tuple(each for each in added if each.key in ever),
        tuple(found.get("moved", ())),
        tuple(found.get("retitled", ())),
        tuple(_relinked(before, listed)),
        tuple(found.get("removed", ())),
        tuple(dropped),
    )


def _relinked(old: Curriculum, new: Curriculum) -> Iterator[Resource]:
    """Yield what has another link than it had."""
    for each in new.by_key.values():
        was = old.get(each.key)
        if was is not None and (canonical(was.url) or was.url) != (canonical(each.url) or each.url):
            yield each


def _joined(old: Curriculum, new: Curriculum) -> Curriculum:
    """Return a list with what another has and it hasn't: in steps of the same title, or behind."""
    sections = [_with_helping(section, old, new) for section in old.sections]
    taken = {step.id for step in old.steps} | {section.id for section in sections}
    places = {folded_name(step.title): step.id for step in reversed(old.steps)}
    for section in new.sections:
        for step in section.steps:
            fresh = tuple(
                replace(r, companions=_not_in(old, r.companions))
                for r in _not_in(old, step.resources)
            )
            if not fresh:
                continue
            place = places.get(folded_name(step.title))
            if place is None:
                place = numbered(step.id, taken)
                taken.add(place)
                places[folded_name(step.title)] = place
                home = _section_called(sections, section.title)
                if home is None:
                    section_id = numbered(section.id, taken - {place})
                    taken.add(section_id)
                    home = len(sections)
                    sections.append(replace(section, id=section_id, steps=(), addition=False))
                held = replace(step, id=place, section_id=sections[home].id, resources=())
                sections[home] = replace(sections[home], steps=(*sections[home].steps, held))
            sections = [_with_more(each, place, fresh) for each in sections]
    return replace(old, sections=tuple(sections))


def _not_in(listed: Curriculum, resources: Sequence[Resource]) -> tuple[Resource, ...]:
    return tuple(each for each in resources if listed.get(each.key) is None)


def _with_helping(section: Section, old: Curriculum, new: Curriculum) -> Section:
    """Return a section of the old list whose resources have the new one's companions, too."""
    more: dict[str, list[Resource]] = {}
    for resource in new.resources:
        if (there := old.get(resource.key)) is not None:
            home = there.parent or there.key
            more.setdefault(home, []).extend(_not_in(old, resource.companions))

    def helped(each: Resource, step: Step) -> Resource:
        added = (_moved(replace(c, parent=each.key), step) for c in more.get(each.key, ()))
        return replace(each, companions=(*each.companions, *added))

    def step(each: Step) -> Step:
        return replace(each, resources=tuple(helped(r, each) for r in each.resources))

    return replace(section, steps=tuple(map(step, section.steps)))


def _section_called(sections: Sequence[Section], title: str) -> int | None:
    name = folded_name(title)
    return next((at for at, s in enumerate(sections) if folded_name(s.title) == name), None)


def _with_more(section: Section, step_id: str, fresh: tuple[Resource, ...]) -> Section:
    if all(step.id != step_id for step in section.steps):
        return section
    steps = (
        replace(step, resources=(*step.resources, *(_moved(r, step) for r in fresh)))
        if step.id == step_id
        else step
        for step in section.steps
    )
    return replace(section, steps=tuple(steps))


def _moved(resource: Resource, step: Step) -> Resource:
    companions = tuple(_moved(each, step) for each in resource.companions)
    return replace(resource, step_id=step.id, addition=step.addition, companions=companions)


def _in_place_of(old: Curriculum, new: Curriculum) -> Curriculum:
    """Return a list as a file has it, with what only the old one knows of the same."""
    marks = any(resource.must_read for resource in new.resources)
    needs = any(resource.prerequisites for resource in new.resources)
    steps = {folded_name(step.title): step for step in reversed(old.steps)}
    sections = {folded_name(section.title): section for section in reversed(old.sections)}
    ids = [steps[name].id for s in new.steps if (name := folded_name(s.title)) in steps]
    taken = {*ids, *(step.id for step in new.steps), *(section.id for section in new.sections)}

    def kept(resource: Resource, into: Step) -> Resource:
        before = old.get(resource.key)
        below = tuple(kept(each, into) for each in resource.companions)
        resource = replace(resource, step_id=into.id, companions=below)
        if before is None:
            return resource
        former = (*before.former_urls, *([before.url] if before.url != resource.url else []))
        resource = replace(
            _filled(resource, before, FROM_BEFORE),
            title=resource.title or before.title,
            former_urls=tuple(url for url in dict.fromkeys(former) if url != resource.url),
            formerly=before.formerly,
        )
        if resource.is_companion:
            return resource
        still = tuple(_moved(c, into) for c in before.companions if c.key not in new.by_key)
        return replace(
            resource,
            must_read=resource.must_read if marks else before.must_read,
            prerequisites=resource.prerequisites if needs else before.prerequisites,
            companions=(*below, *still),
        )

    def step(each: Step) -> Step:
        before = steps.pop(folded_name(each.title), None)
        if before is None:
            step_id = each.id if each.id not in ids else numbered(each.id, taken)
            taken.add(step_id)
            each = replace(each, id=step_id)
        else:
            each = replace(_filled(each, before, OF_STEPS), id=before.id)
        return replace(each, resources=tuple(kept(r, each) for r in each.resources))

    def section(each: Section) -> Section:
        before = sections.get(folded_name(each.title))
        each = each if before is None else _filled(each, before, ("icon", "introduction"))
        held = (replace(s, section_id=each.id) for s in map(step, each.steps))
        return replace(each, steps=tuple(held))

    whole = _filled(new, old, ("icon", "introduction", "updates", "maker", "url"))
    parts = tuple(map(section, new.sections))
    return replace(whole, id=old.id, title=old.title, sections=parts)


OF_STEPS = ("number", "icon", "introduction", "aliases", "tags", "tables")

Part = TypeVar("Part", Curriculum, Section, Step, Resource)


def _filled(new: Part, old: Part, names: Sequence[str]) -> Part:
    """Return a part of a list with what it leaves out as it was before."""
    values: dict[str, Any] = {n: getattr(old, n) for n in names if not getattr(new, n)}
    return replace(new, **values)


def _without_circles(listed: Curriculum) -> tuple[Curriculum, list[tuple[str, str]]]:
    """Return a list whose prerequisites are in it and close no circle, and those that would."""
    needs: dict[str, list[str]] = {resource.key: [] for resource in listed.resources}
    dropped = []
    for resource in listed.resources:
        for needed in resource.prerequisites:
            if needed not in needs:
                continue
            if resource.key in reached([needed], needs.__getitem__):
                dropped.append((resource.key, needed))
            else:
                needs[resource.key].append(needed)

    def step(each: Step) -> Step:
        return replace(
            each,
            resources=tuple(replace(r, prerequisites=tuple(needs[r.key])) for r in each.resources),
        )

    sections = (replace(each, steps=tuple(map(step, each.steps))) for each in listed.sections)
    return replace(listed, sections=tuple(sections)), dropped
