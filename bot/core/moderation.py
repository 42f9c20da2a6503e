"""Values that services make and views show to moderators; and who may use a command."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import TypeAdapter
from rapidfuzz import fuzz

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.curriculum.additions import SetAside
from bot.core.curriculum.fields import Fields, Missing, Typed
from bot.core.curriculum.imports import Imported, Unread
from bot.core.curriculum.merge import Mode
from bot.core.curriculum.merge import Outcome as Merged
from bot.core.groups import DaysForm, Group, GroupForm, GroupWish, MeetsWish
from bot.core.lists import ListSummary
from bot.core.papers import VoteWish
from bot.core.recommend import Path
from bot.core.search.words import head, words
from bot.core.suggestions import Suggestion

WHY_LIMIT = 300
"""Characters of a reader's reason: one or two sentences."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reader thinks that ``key`` doesn't need ``needed``; ``why`` may be empty."""

    key: str
    needed: str
    why: str


def doubtable(path: Path) -> tuple[tuple[str, str], ...]:
    """Return the (key, needed) pairs along a path that somebody may doubt, the last step first."""
    keys = {resource.key for resource in path.left}
    return tuple(
        (resource.key, needed)
        for resource in reversed(path.left)
        for needed in resource.prerequisites
        if needed in keys
    )


DraftRef = tuple[int | None, int, int]
"""A draft as a click tells of it: the server, who clicks, and the draft's id."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a server said of a resource: nothing, before it was added."""

    fields: Fields
    removed: bool = False


EditKind = Literal["added", "changed", "removed", "restored"]

Outcome = Literal["added", "already", "changed", "removed", "restored", "settled", "same"]
"""What just happened to the resource of a card; ``same``: nothing, it was so before."""


@dataclass(frozen=True, slots=True)
class PastEdit:
    """One edit by a moderator; ``author_id`` is None once they had themselves forgotten.

    ``before`` and ``after``: what the server said of the resource; None: nobody knows any more.
    """

    kind: EditKind
    fields: tuple[str, ...]
    author_id: int | None
    made_at: datetime
    change_id: int = 0
    before: Said | None = None
    after: Said | None = None
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A suggestion as moderators see it: why members want it, and who would lead it."""

    suggestion: Suggestion
    whys: tuple[str, ...]
    leaders: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A link that isn't on the list yet, as it would be added. ``steps``: where it could go.

    ``silent``: its page told no title, and without one it can't be added. ``twins`` are listed
    resources with much the same title. ``wanted``: members suggested it.
    """

    draft_id: int
    opener_id: int
    curriculum: Curriculum
    resource: Resource
    step: Step
    steps: tuple[Step, ...]
    twins: tuple[Resource, ...] = ()
    silent: bool = False
    missing: Missing | None = None
    wanted: Wanted | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What Confirm would do to a resource; None: nothing of that kind."""

    step: Step | None = None
    needs: Resource | None = None
    no_longer_needs: Resource | None = None

    def __bool__(self) -> bool:
        return any((self.step, self.needs, self.no_longer_needs))


@dataclass(frozen=True, slots=True)
class Touched:
    """What a removal meant: who has marks, what waited for it, which channels' groups had it.

    ``readers`` are members of this server's groups; 0 if there are fewer than three.
    """

    readers: int
    needed_by: tuple[Resource, ...]
    channel_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """A resource of this server's list, open for changes by one moderator.

    ``own``: the server added it. ``set_aside`` are all wishes of this server that can't be
    followed for now, those of this resource first. ``doubts`` are its readers', newest first.
    ``groups``: of this server, where it was just added: they may read it next.
    ``idle``: what was wished and is so already. ``touched``: what its removal just meant.
    """

    draft_id: int
    opener_id: int
    curriculum: Curriculum
    resource: Resource
    removed: bool
    own: bool
    wishes: Wishes = Wishes()
    set_aside: tuple[SetAside, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    outcome: Outcome | None = None
    groups: tuple[Group, ...] = ()
    idle: Wishes = Wishes()
    touched: Touched | None = None


@dataclass(frozen=True, slots=True)
class PastEdits:
    """What was changed of a resource, the latest first. ``done``: what was just taken back, or not.

    ``in_the_way``: what was changed after that, or what was before it and is taken back as well;
    ``import``: a change by an import, which isn't listed here.
    """

    desk: Desk
    edits: tuple[PastEdit, ...]
    done: PastEdit | None = None
    in_the_way: PastEdit | Literal["import"] | None = None

    @property
    def latest(self) -> PastEdit | None:
        """The one that can be taken back next."""
        return next((each for each in self.edits if not each.taken_back), None)


@dataclass(frozen=True, slots=True)
class DraftAddition:
    """What a card would add; ``silent``: its page told no title, so that it can't be added yet.

    ``suggestion_id``: members suggested it.
    """

    fields: Fields
    silent: bool = False
    missing: Missing | None = None
    suggestion_id: int | None = None


@dataclass(frozen=True, slots=True)
class DraftEdit:
    """What a card would change of a resource, each by its id; None: nothing of that kind.

    ``new_step``: the title of the step, where the list doesn't have it yet.
    """

    key: str
    step_id: str | None = None
    needs: str | None = None
    no_longer_needs: str | None = None
    new_step: str | None = None

    def fields(self) -> dict[str, str]:
        """Return what would change, by name."""
        return {name: value for name, value in asdict(self).items() if name != "key" and value}


@dataclass(frozen=True, slots=True)
class ResourceForm:
    """A refused form about the resource of a draft: how it was filled, and what was typed."""

    draft_id: int
    before: Typed
    typed: Typed


ImportState = Literal["asked", "changed", "brought", "undone"]
"""Whether an import is only looked at; ``changed``: the list changed since, so look again."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What an import would do, or did. ``into``: the list it goes into; None: one of its own.

    ``readers``: members of this server's groups with marks on what leaves; 0 for fewer than three.
    ``lists``: where it could go; ``list_id``: where it went. ``pending``: pages that are still to
    be looked up, of ``looked_up`` in all.
    """

    draft_id: int
    opener_id: int
    mode: Mode
    title: str
    merged: Merged
    into: ListSummary | None
    lists: tuple[ListSummary, ...]
    unread: tuple[Unread, ...] = ()
    readers: int = 0
    state: ImportState = "asked"
    list_id: str = ""
    pending: int = 0
    looked_up: int = 0


@dataclass(frozen=True, slots=True)
class DraftImport:
    """A list that was read, before it is brought in. ``title``: of the list that it would make.

    ``version``: of the server's lists when its card was shown. ``brought``: the version of the list
    that it became; None: it isn't brought in, or was taken back. ``pending``: of which resources
    the pages are still to be looked up, of ``looked_up`` in all. ``made``: the list that it made.
    """

    imported: Imported
    mode: Mode
    title: str
    version: int
    brought: int | None = None
    pending: tuple[str, ...] = ()
    looked_up: int = 0
    made: str = ""


@dataclass(frozen=True, slots=True)
class PastedList:
    """What was pasted into a form that was refused."""

    pasted: str
    name: str
    mode: Mode | None = None
    list_id: str = ""


@dataclass(frozen=True, slots=True)
class FoundLinks:
    """The links of a message, of which one is suggested."""

    links: tuple[str, ...]


Drafted = (
    DraftAddition
    | DraftEdit
    | DraftImport
    | PastedList
    | ResourceForm
    | GroupForm
    | DaysForm
    | VoteWish
    | FoundLinks
)
"""What is kept for a moderator for a day, behind a card or a refused form."""


_IMPORT = TypeAdapter[Any](DraftImport)


def as_json(draft: Drafted) -> dict[str, Any]:
    """Return a draft as it is kept, but for the key of its resource."""
    match draft:
        case DraftAddition():
            about: dict[str, Any] = {"silent": draft.silent, "missing": draft.missing}
            if draft.suggestion_id is not None:  # as text: other programs round such a number
                about["suggestion_id"] = str(draft.suggestion_id)
            return {**draft.fields, **about}
        case DraftEdit():
            return draft.fields()
        case DraftImport():
            return {"import": _IMPORT.dump_python(draft, mode="json", exclude_defaults=True)}
        case ResourceForm() | PastedList() | FoundLinks() | DaysForm() | VoteWish():
            return asdict(draft)
        case GroupForm():
            about = {} if draft.group_id is None else {"group_id": draft.group_id}
            after = {} if draft.after is None else {"after": asdict(draft.after)}
            return {"channel_id": draft.channel_id, **about, **after, **asdict(draft.wish)}


def from_json(key: str | None, kept: Mapping[str, Any]) -> Drafted:
    """Return a draft as it was kept; ``key``: of the resource that it changes."""
    if key is not None:
        return DraftEdit(key, **kept)
    said = dict(kept)
    if "import" in said:
        found: DraftImport = _IMPORT.validate_python(said["import"])
        return found
    if "url" in said:
        silent, missing = bool(said.pop("silent", False)), said.pop("missing", None)
        suggestion_id = said.pop("suggestion_id", None)
        return DraftAddition(said, silent, missing, suggestion_id and int(suggestion_id))
    if "links" in said:
        return FoundLinks(tuple(said["links"]))
    if "days" in said:
        moves = tuple(map(tuple, said.get("moves", ())))
        return DaysForm(**said | {"days": tuple(said["days"]), "moves": moves})
    if "pasted" in said:
        return PastedList(**said)
    if "draft_id" in said:
        return ResourceForm(said["draft_id"], Typed(**said["before"]), Typed(**said["typed"]))
    if "count" in said:
        return VoteWish(**said)
    if schedule := said.pop("schedule", None):  # so it was kept before it was a wish
        time = f"{schedule.pop('hour'):02}:{schedule.pop('minute'):02}"
        said |= {**schedule, "time": time}
    if meets := said.pop("meets", None):
        said["meets"] = MeetsWish(**meets)
    channel_id, group_id = said.pop("channel_id", None), said.pop("group_id", None)
    after = MeetsWish(**found) if (found := said.pop("after", None)) else None
    return GroupForm(channel_id, GroupWish(**said), group_id, after)


@dataclass(frozen=True, slots=True)
class Choice:
    """A resource offered while a moderator types, hidden ones too."""

    resource: Resource
    step: Step | None
    removed: bool


def twins_of(title: str, resources: Sequence[Resource]) -> tuple[Resource, ...]:
    """Return resources whose titles read much like this one, the likeliest first; at most three.

    Only a hint: the same words in another order, with a few typos, with or without the part behind
    the colon.
    """
    rated = [
        (max(_likeness(title, name) for name in (r.title, f"{r.label} {r.title}")), r)
        for r in resources
    ]
    rated.sort(key=lambda pair: -pair[0])
    return tuple(resource for score, resource in rated[:3] if score >= 88)


def is_same_title(one: str, other: str) -> bool:
    """Tell whether two titles are the same but for case, marks, and the name of a site behind."""
    return _likeness(one, other) >= 95


def _likeness(one: str, other: str) -> float:
    asked, known = words(one), words(other)
    if not asked or not known:
        return 0
    texts = " ".join(asked), " ".join(known)
    likeness = fuzz.token_sort_ratio(*texts)
    if min(len(asked), len(known)) >= 4:
        # Pages put their site's name, an id or a part of the title more around it.
        likeness = max(likeness, fuzz.token_set_ratio(*texts) - 5)
    return max(likeness, 95) if words(head(one)) == words(head(other)) else likeness


Subject = Literal["role", "user", "channel"]
Overrides = Mapping[tuple[Subject, int], bool]
"""What the page says of single roles, users and channels: allowed or barred."""

Bar = Literal["channel", "person"]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where; in a thread, ``channel_id`` is its parent's.

    ``has_default``: holds the permissions that the command asks for where the page says nothing.
    """

    guild_id: int
    channel_id: int
    user_id: int
    role_ids: frozenset[int]
    has_default: bool


def bar_to(asker: Asker, command: Overrides, app: Overrides) -> Bar | None:
    """Return what keeps somebody from a command; None: they may use it.

    The rules are Discord's (Application Commands, Permissions; Updates to Command Permissions):
    what is said of the command goes before what is said of the whole app, a person before their
    roles, any role that is allowed before one that is barred, and all of them before @everyone,
    which has the server's id. Only a yes to the command itself replaces the default permissions.
    Administrators are never asked about.
    """
    channels = (asker.channel_id, asker.guild_id - 1)  # the second is "All channels"
    told = (said.get(("channel", one)) for said in (command, app) for one in channels)
    if next((answer for answer in told if answer is not None), True) is False:
        return "channel"
    is_allowed = _said_of(asker, command)
    if is_allowed is None:
        is_allowed = asker.has_default and _said_of(asker, app) is not False
    return None if is_allowed else "person"


def _said_of(asker: Asker, said: Overrides) -> bool | None:
    if (person := said.get(("user", asker.user_id))) is not None:
        return person
    roles = [said.get(("role", role_id)) for role_id in asker.role_ids - {asker.guild_id}]
    if any(answer is not None for answer in roles):
        return True in roles
    return said.get(("role", asker.guild_id))
