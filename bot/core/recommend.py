"""What to read next, and why: the maker's path first. Reasons are data; views word them.

With the values in which services hand this to views.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Literal, get_args

from bot.core.curriculum import Curriculum, Kind, Resource, Step, reached
from bot.core.curriculum.additions import guild_of
from bot.core.progress import Mark, Marks, is_put_off, is_read, resolved, unlocks

PlainReason = Literal["first_step", "must_read", "group_reads_it", "next_on_list", "goes_deeper"]
"""``first_step``: nothing is read yet, and this is where the reading order begins; ``must_read``:
it carries the maker's mark; ``group_reads_it``: a study group of the reader reads it this week;
``next_on_list``: nothing else is to say; ``goes_deeper``: it is an addition to the list."""


@dataclass(frozen=True, slots=True)
class FinishedPrerequisites:
    """It builds on these, which are read; what was skipped is not among them."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opens:
    """Reading it opens these."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OnGoalPath:
    """It leads to the goal; ``left`` resources are still to read, the goal counted."""

    goal: str
    left: int


Reason = PlainReason | FinishedPrerequisites | Opens | OnGoalPath


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows `/next`; None and False don't."""

    kind: Kind | None = None
    step_id: str | None = None
    must_reads: bool = False

    def admit(self, resource: Resource) -> bool:
        return (
            self.kind in (None, resource.kind)
            and self.step_id in (None, resource.step_id)
            and (resource.must_read or not self.must_reads)
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The filters that are set."""
        return tuple(f.name for f in fields(self) if getattr(self, f.name) not in (None, False))

    def without(self, name: str) -> Filters:
        """Return these filters with one of them dropped."""
        default = False if name == "must_reads" else None
        return replace(self, **{name: default})  # type: ignore[arg-type]  # by name


NO_FILTERS = Filters()

MOST_SITTINGS = 4
"""In more than that nobody reads one thing: they read a piece of it."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    resource: Resource
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class GoDeeper:
    """The list is read to its end; the additions have ``then``."""

    then: Recommendation


@dataclass(frozen=True, slots=True)
class AllRead:
    """Nothing is left, of the list or beyond."""


@dataclass(frozen=True, slots=True)
class AllPutOff:
    """Whatever is left is put off, or waits for what is; ``first`` comes back first.

    ``deeper``: of the list, that is; additions can be read, for who asks for them.
    """

    first: Resource
    until: datetime
    deeper: bool = False


@dataclass(frozen=True, slots=True)
class TooNarrow:
    """The ``filters`` let nothing through that can be read now.

    ``culprits``: each of them alone is to blame, or all are. ``nearest``: what fits and is unread;
    ``first`` is to be read before it, or it is back at ``until``. ``is_read``: all that fits is.
    """

    filters: Filters
    culprits: tuple[str, ...]
    nearest: Resource | None = None
    first: Resource | None = None
    until: datetime | None = None
    is_read: bool = False


Answer = Recommendation | GoDeeper | AllRead | AllPutOff | TooNarrow


MarkKind = Literal["done", "done_current", "known", "skipped", "later", "clear"]
"""``done_current`` is a bare `/done`; ``clear`` takes a mark away."""

MARKS: tuple[MarkKind, ...] = get_args(MarkKind)

ChangeKind = MarkKind | Literal["part", "start_at", "reset", "goal", "no_goal"]
"""``part``: a part of it is read, and the reader may have said which. ``start_at`` marked all
before a step as known; nothing does so any more."""


@dataclass(frozen=True, slots=True)
class GroupRead:
    """What a group of the reader was posted this week, and in which channel."""

    key: str
    channel_id: int


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader as the ledger knows them; ``marks`` by present key, ``goal`` is a step's key, too.

    ``minutes``: how many they have, as they said at their last `/next`.
    ``notes``: what they have read part of, and the line that they wrote, which may be empty.
    ``group_reads`` are of the groups that count here: a server's own, in a DM all of theirs.
    ``list_title``: of the list they stand in; "": they have no other in sight.
    """

    marks: Marks
    current: str | None = None
    goal: str | None = None
    minutes: int | None = None
    group_reads: tuple[GroupRead, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    list_title: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Something a reader changed, and may undo.

    ``keys`` are the marks it touched, ``goal`` the goal it set or took away.
    """

    change_id: int
    kind: ChangeKind
    made_at: datetime
    keys: tuple[str, ...]
    goal: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What to read next, for one reader in one place; and what was just changed, if anything.

    ``from_guild``: in a DM, the server whose list this is about. ``already``: what was to be
    marked done, and was before.
    """

    curriculum: Curriculum
    reader: Reader
    answer: Answer
    change: Change | None = None
    undone: Change | None = None
    repeated: bool = False
    worth: Worth | None = None
    from_guild: int | None = None
    already: tuple[Resource, ...] = ()
    sitting: Sitting | None = None
    back: Back | None = None
    talks: tuple[Talk, ...] = ()


@dataclass(frozen=True, slots=True)
class Back:
    """What a reader is told who comes back after weeks.

    ``last``: what they read last, and when; ``meanwhile``: by channel, how many papers its group
    has read since, and how many of them the reader hasn't. ``locked``: the paper of this week, if
    something is to be read before it.
    """

    last: tuple[Resource, datetime] | None
    meanwhile: tuple[tuple[int, int, int], ...]
    locked: Resource | None


@dataclass(frozen=True, slots=True)
class Sitting:
    """What a reader with so many minutes may do with what comes next.

    ``sittings``: how many it takes; None: more than ``MOST_SITTINGS``, or nobody said how long it
    takes. If it is more than one: ``companion`` fits; else ``shortest`` is the shortest thing of
    the list that can be read now, if that is another one.
    """

    minutes: int
    sittings: int | None
    companion: Resource | None = None
    shortest: Resource | None = None


@dataclass(frozen=True, slots=True)
class Meant:
    """One name as it was typed: the resource it means, or what it may mean, the likeliest first.

    ``is_gone``: it means what is no longer listed. ``is_exact``: the resource is called so, or
    this is its key or its link.
    """

    typed: str
    resource: Resource | None = None
    likely: tuple[Resource, ...] = ()
    is_gone: bool = False
    is_exact: bool = False

    @property
    def asked(self) -> Meant:
        """The same, with its resource to be asked about unless that is exactly called so."""
        if self.resource is None or self.is_exact:
            return self
        return replace(self, resource=None, likely=(self.resource,))


@dataclass(frozen=True, slots=True)
class PartlyDone:
    """`/done` with several names, of which ``unclear`` are still to be asked about.

    ``reply`` says what became of the others, if there are any.
    """

    curriculum: Curriculum
    unclear: tuple[Meant, ...]
    reply: Reply | None = None
    rating: int | None = None


LONGEST_NOTE = 100
"""Characters of what a reader may write about how far they are."""

LIKED, DISLIKED = 5, 1
"""The ratings that 👍 and 👎 give; ``GOOD`` and better counts as liked."""

GOOD = 4


@dataclass(frozen=True, slots=True)
class Worth:
    """What readers thought of a resource: ``liked`` of ``rated`` gave it 4 or 5."""

    liked: int
    rated: int


@dataclass(frozen=True, slots=True)
class Shown:
    """One resource, looked at by a reader."""

    curriculum: Curriculum
    reader: Reader
    resource: Resource
    worth: Worth | None = None
    from_guild: int | None = None
    talks: tuple[Talk, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """The way to a resource or a step: what is still to be read, in order, that itself last."""

    curriculum: Curriculum
    reader: Reader
    aim: Resource | Step
    left: tuple[Resource, ...]


@dataclass(frozen=True, slots=True)
class Journey:
    """How far a reader is, and what they may still undo, the newest change first.

    ``comes_next``: what `/next` would show without asking first.
    """

    curriculum: Curriculum
    reader: Reader
    minutes_a_week: int | None
    changes: tuple[Change, ...]
    comes_next: Resource | None = None


@dataclass(frozen=True, slots=True)
class AlsoDone:
    """Done a second time at once: meant, or a double tap? ``rating``: what was typed."""

    curriculum: Curriculum
    resource: Resource
    before: Resource | None
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search for ``query`` found, the best first; ``exact`` if it means one for certain.

    ``similar_to``: no search was made; it was asked what is like this.
    """

    curriculum: Curriculum
    reader: Reader
    query: str
    hits: list[Resource | Step]
    exact: Shown | Step | None = None
    similar_to: Resource | None = None
    from_guild: int | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """Where a group talked about a resource: the week's slot, and the address of the talk.

    ``channel_id``: the group's channel now; ``place_id``: where it was posted.
    """

    channel_id: int
    place_id: int
    at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A resource offered while somebody types."""

    resource: Resource
    step: Step
    mark: Mark | None


def recommend(
    curriculum: Curriculum,
    marks: Marks,
    now: datetime,
    *,
    filters: Filters = NO_FILTERS,
    goal: str | None = None,
    deeper: bool = False,
    group_reads: AbstractSet[str] = frozenset(),
) -> Answer:
    """Return the first thing the reader is ready for, with reasons; or why there is none.

    The way to the goal comes first, then the list, then the additions, each in its own order. Of
    these, while the list has something left, only what that needs, unless filters ask for more.
    ``deeper``: the reader goes beyond the list, and need not be asked.
    ``group_reads``: keys of what the reader's groups read this week.
    """
    marks = resolved(curriculum, marks)
    on_path = () if goal is None else path_to(curriculum, marks, goal)
    left = _left(curriculum, marks)
    is_asked = deeper or bool(filters.names)

    def is_offered(resource: Resource) -> bool:
        return is_asked or not left or resource.key in left or resource in on_path

    ready = [*_ready(curriculum, marks, now, on_path)]
    offered = [r for r in ready if is_offered(r)]
    picked = next(filter(filters.admit, offered), None)
    if picked is not None:
        told = reasons_for(curriculum, marks, picked, goal=goal, group_reads=group_reads)
        then = Recommendation(picked, told)
        is_deeper = picked.addition and not left and picked not in on_path
        return GoDeeper(then) if is_deeper and not is_asked and _has_list(curriculum) else then
    if offered:
        return _too_narrow(curriculum, marks, filters, offered)
    put_off = _put_off(curriculum, marks, now, is_offered)
    return AllRead() if put_off is None else replace(put_off, deeper=bool(ready))


def has_left(curriculum: Curriculum, marks: Marks) -> bool:
    """Tell whether something of the list is unread."""
    return bool(_left(curriculum, resolved(curriculum, marks)))


def _left(curriculum: Curriculum, marks: Marks) -> set[str]:
    """Return the keys of what the list has left, and of what that still needs."""
    listed = (r.key for r in curriculum.resources if not r.addition and not unlocks(marks, r.key))
    return _missing(curriculum, marks, listed)


def _missing(curriculum: Curriculum, marks: Marks, keys: Iterable[str]) -> set[str]:
    """Return these keys, and those of all that is still to read before them."""

    def before(key: str) -> Iterator[str]:
        return (r.key for r in missing_before(curriculum, marks, curriculum.by_key[key]))

    return reached(keys, before)


def missing_before(curriculum: Curriculum, marks: Marks, resource: Resource) -> list[Resource]:
    """Return the prerequisites that lock a resource; ``marks`` by present key."""
    needed = map(curriculum.get, resource.prerequisites)
    return [each for each in needed if each is not None and not unlocks(marks, each.key)]


def ready_for(curriculum: Curriculum, marks: Marks, now: datetime) -> tuple[Resource, ...]:
    """Return all the reader is ready for, in the order `/next` would give it."""
    return tuple(_ready(curriculum, resolved(curriculum, marks), now))


def sitting_for(
    curriculum: Curriculum, marks: Marks, now: datetime, resource: Resource, minutes: int
) -> Sitting:
    """Return what a reader with so many minutes may do with a resource."""
    needed = -(-resource.minutes // minutes) if resource.minutes else None
    sittings = None if needed is None or needed > MOST_SITTINGS else needed
    if sittings == 1:
        return Sitting(minutes, sittings)
    marks = resolved(curriculum, marks)
    helping = (each for each in resource.companions if not unlocks(marks, each.key))
    fits = next((each for each in helping if 0 < (each.minutes or 0) <= minutes), None)
    if fits is not None:
        return Sitting(minutes, sittings, fits)
    listed = [r for r in _ready(curriculum, marks, now) if not r.addition and r.minutes]
    shortest = min(listed, key=lambda r: r.minutes or 0, default=resource)
    is_shorter = (shortest.minutes or 0) < (resource.minutes or 0) or not resource.minutes
    other = shortest if is_shorter and shortest != resource else None
    return Sitting(minutes, sittings, shortest=other)


def aims_of(curriculum: Curriculum, goal: str) -> tuple[Resource, ...]:
    """Return what a goal is reached with: the resource; of a step, its must-reads, else all.

    Empty if the list holds no such thing any more.
    """
    match curriculum.find(goal):
        case Step(resources=resources):
            return tuple(r for r in resources if r.must_read) or resources
        case Resource() as resource:
            return (resource,)
    return ()


def may_be_goal(curriculum: Curriculum, aim: Resource | Step) -> bool:
    """Tell whether something can be a goal: no companion, and no step that a server lays over.

    Goals are kept by list: over one of the host's, such a step may be called the same in several
    servers, and means another thing in each.
    """
    if isinstance(aim, Resource):
        return not aim.is_companion
    is_servers = guild_of(curriculum.id) is not None
    return any(is_servers or guild_of(resource.key) is None for resource in aim.resources)


def path_to(curriculum: Curriculum, marks: Marks, goal: str) -> tuple[Resource, ...]:
    """Return what to read for a resource or a step, in an order that can be read.

    The least set: what is read, known or skipped is left out, and so is all that only it needs.
    Ties keep the reading order. Empty if all of it is unlocked already, or unknown.
    """
    return path_to_all(curriculum, marks, aims_of(curriculum, goal))


def path_to_all(
    curriculum: Curriculum, marks: Marks, aims: Sequence[Resource]
) -> tuple[Resource, ...]:
    """Return what to read for all of these, as ``path_to`` does for one."""
    marks = resolved(curriculum, marks)
    missing = _missing(curriculum, marks, [r.key for r in aims if not unlocks(marks, r.key)])
    companions = [r for r in aims if r.is_companion]
    order = [r for r in (*curriculum.reading_order, *companions) if r.key in missing]
    path: list[Resource] = []
    while missing:
        left = (r for r in order if r.key in missing and missing.isdisjoint(r.prerequisites))
        path.append(next(left))
        missing.remove(path[-1].key)
    return tuple(path)


def passed_to(curriculum: Curriculum, marks: Marks, goal: str) -> int:
    """Return how many resources on the way to a goal are read, known or left out, with itself."""
    marks = resolved(curriculum, marks)

    def before(key: str) -> Iterator[str]:
        return (r.key for r in map(curriculum.get, curriculum.by_key[key].prerequisites) if r)

    found = reached([r.key for r in aims_of(curriculum, goal)], before)
    return sum(unlocks(marks, each) for each in found)


MOST_ALIKE = 10


def similar_to(curriculum: Curriculum, resource: Resource) -> tuple[Resource, ...]:
    """Return what is about the same, the most alike first; ties in reading order.

    What few have in common counts more: a tag, or a step, by how many it is shared. What builds
    on the other, or is needed for it, is alike too.
    """
    near = {*resource.prerequisites, *(r.key for r in opens(curriculum, resource.key))}
    tagged = Counter(tag for each in curriculum.resources for tag in set(each.tags))
    beside = len(curriculum.step_of(resource).resources)

    def alike(other: Resource) -> float:
        shared = sum(1 / tagged[tag] for tag in set(other.tags) & set(resource.tags))
        in_step = 1 / beside if other.step_id == resource.step_id else 0.0
        return shared + in_step + (0.2 if other.key in near else 0.0)

    others = (r for r in curriculum.reading_order if r.key not in (resource.key, resource.parent))
    found = [(alike(other), other) for other in others]
    found.sort(key=lambda each: -each[0])
    return tuple(other for score, other in found if score > 0)[:MOST_ALIKE]


def opens(curriculum: Curriculum, key: str) -> tuple[Resource, ...]:
    """Return what names the resource as a prerequisite: the list's first, then additions."""
    return tuple(sorted(curriculum.dependents.get(key, ()), key=lambda each: each.addition))


def _ready(
    curriculum: Curriculum, marks: Marks, now: datetime, on_path: Sequence[Resource] = ()
) -> Iterator[Resource]:
    """Return what can be read now, in order."""
    order = (*on_path, *(r for r in curriculum.reading_order if r not in on_path))
    mine = (r for r in order if not unlocks(marks, r.key) and not is_put_off(marks, r.key, now))
    return (r for r in mine if not r.is_companion and _is_unlocked(marks, r))


def _is_unlocked(marks: Marks, resource: Resource) -> bool:
    return all(unlocks(marks, key) for key in resource.prerequisites)


def reasons_for(
    curriculum: Curriculum,
    marks: Marks,
    resource: Resource,
    *,
    goal: str | None = None,
    group_reads: AbstractSet[str] = frozenset(),
) -> tuple[Reason, ...]:
    """Return why this resource, the strongest first; never empty. ``marks`` by present key."""
    path = path_to(curriculum, marks, goal) if goal is not None else ()
    finished = tuple(key for key in resource.prerequisites if is_read(marks, key))
    begins = next((r for r in curriculum.reading_order if not r.prerequisites), None)
    is_first = resource == begins and not any(unlocks(marks, r.key) for r in curriculum.resources)
    closed = (r for r in opens(curriculum, resource.key) if not unlocks(marks, r.key))
    missing = {r.key: {key for key in r.prerequisites if not unlocks(marks, key)} for r in closed}
    opened = tuple(key for key, needed in missing.items() if needed <= {resource.key})
    reasons: tuple[Reason | None, ...] = (
        OnGoalPath(goal, len(path)) if goal is not None and resource in path else None,
        "group_reads_it" if resource.key in group_reads else None,
        FinishedPrerequisites(finished) if finished else None,
        "first_step" if is_first else None,
        "must_read" if resource.must_read else None,
        Opens(opened) if opened else None,
        "goes_deeper" if resource.addition and _has_list(curriculum) else None,
    )
    return tuple(filter(None, reasons)) or ("next_on_list",)


def _too_narrow(
    curriculum: Curriculum, marks: Marks, filters: Filters, ready: Sequence[Resource]
) -> TooNarrow:
    alone = [n for n in filters.names if any(map(filters.without(n).admit, ready))]
    culprits = tuple(alone) or filters.names
    fits = [r for r in curriculum.reading_order if filters.admit(r)]
    paths = [path for r in fits if (path := path_to(curriculum, marks, r.key))]
    if not paths:
        return TooNarrow(filters, culprits, is_read=bool(fits))
    *before, nearest = min(paths, key=len)
    first = before[0] if before else None
    until = marks[nearest.key].until if first is None and nearest.key in marks else None
    return TooNarrow(filters, culprits, nearest, first, until)


def _has_list(curriculum: Curriculum) -> bool:
    return any(not r.addition for r in curriculum.resources)


def _put_off(
    curriculum: Curriculum, marks: Marks, now: datetime, is_offered: Callable[[Resource], bool]
) -> AllPutOff | None:
    """Return what comes back first of all that is put off."""
    off = (r for r in curriculum.reading_order if is_put_off(marks, r.key, now) and is_offered(r))
    waits = [(marks[r.key].until or now, r) for r in off if _is_unlocked(marks, r)]
    until, first = min(waits, key=lambda each: each[0], default=(now, None))
    return None if first is None else AllPutOff(first, until)
