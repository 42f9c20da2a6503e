"""Every card of the bot, with the longest texts of the shipped list and with nasty ones."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import cycle, product
from types import SimpleNamespace
from typing import Any, get_args

from discord.ui import LayoutView

from bot.core.curriculum import Curriculum, Resource, Section, Step, Update
from bot.core.curriculum.additions import SetAside
from bot.core.curriculum.fields import facts_of_resource
from bot.core.curriculum.imports import Unread
from bot.core.curriculum.merge import MODES
from bot.core.curriculum.merge import Outcome as Merged
from bot.core.groups import (
    Group,
    GroupState,
    GroupStatus,
    History,
    Lead,
    LostGroups,
    MeetsWish,
    MergeOffer,
    Moved,
    PastMonth,
    PastWeek,
    ReadBy,
    WeeklyPost,
    WhichGroup,
    WhichHour,
    WhichMeeting,
    WhichZone,
)
from bot.core.groups import (
    Merged as MergedGroup,
)
from bot.core.inbox import BadLink, Counts, Inbox, Word
from bot.core.leading import LedWeek
from bot.core.link_checks import ARCHIVE
from bot.core.lists import ListSummary, ServersLists
from bot.core.maps import Chart
from bot.core.me import About, ReaderSettings, Titled
from bot.core.moderation import (
    Desk,
    Doubt,
    DryRun,
    ImportState,
    PastEdit,
    PastEdits,
    Proposal,
    Said,
    Touched,
    Wanted,
    Wishes,
)
from bot.core.outbox import Lacks, ProblemName
from bot.core.papers import (
    PICKED,
    Ballot,
    Chosen,
    Coming,
    Elsewhere,
    Pick,
    PickReply,
    Readiness,
    Silent,
    Span,
    Vote,
)
from bot.core.progress import Mark, Marks, State
from bot.core.recommend import (
    AllPutOff,
    AllRead,
    AlsoDone,
    Answer,
    Back,
    Change,
    ChangeKind,
    Filters,
    FinishedPrerequisites,
    Found,
    GoDeeper,
    GroupRead,
    Journey,
    Meant,
    OnGoalPath,
    PartlyDone,
    Path,
    Reader,
    Recommendation,
    Reply,
    Shown,
    Sitting,
    TooNarrow,
    Worth,
    path_to,
)
from bot.core.reminders import MOST_PAPERS, OpenLead, OpenPaper, Pace, Reasons
from bot.core.suggestions import Suggested, Suggestion, Wish, Wished
from bot.core.weeks import DaysOff, Meets, Part, Schedule, Slot, Week, WeekState
from bot.core.zones import ZoneChoice
from bot.services.groups import LINES_A_PAGE, LOST_SHOWN
from bot.views import (
    curriculum_card,
    group_card,
    inbox_card,
    lead_card,
    lists_card,
    manage_card,
    map_card,
    me_card,
    moderators_card,
    pick_card,
    problems,
    progress_card,
    reminder_card,
    replies,
    resource_card,
    suggestions_card,
    weekly_card,
)
from tests.test_errors import one_of_each

PNG = b"\x89PNG"
NOW = datetime(2026, 12, 28, 9, 0, tzinfo=UTC)
HUGE = 123_456
ZONE = "America/Argentina/ComodRivadavia"  # the longest there is
WEEKS = [f"2027-W{n:02}" for n in range(1, 30)]

NASTY = {
    "without spaces": "Supercalifragilisticexpialidocious",
    "wide": "注意力机制就是你所需要的一切",
    "right to left": "الانتباه هو كل ما تحتاجه ",
    "emoji": "🧠📚👩‍🔬",
    "marked": "**_~`[x](y)# > - 1. @everyone <@1> https://e.org ",
}


@dataclass(frozen=True)
class World:
    """What cards are made of. ``channel_ids`` and ``people`` are Discord's.

    ``draw`` makes the pictures.
    """

    name: str
    curriculum: Curriculum
    long: tuple[Resource, ...]
    channel_ids: tuple[int, ...]
    people: tuple[int, ...]
    text: str
    draw: Callable[[Chart], bytes] = lambda _: PNG

    @property
    def first(self) -> Resource:
        return self.long[0]

    @property
    def others(self) -> list[Resource]:
        """Twenty-five of its resources, the longest first."""
        found = {each.key: each for each in (*self.long, *self.curriculum.resources)}
        return list(found.values())[:25]


def real_world(shipped: Curriculum, channel_ids: Iterable[int], people: Iterable[int]) -> World:
    """Make a world of the shipped list and its longest texts."""

    def length(resource: Resource) -> int:
        helping = resource.companions[:2]
        texts = (resource.title, resource.authors, resource.sentence, *resource.notes)
        named = (each.title for each in helping)
        return sum(map(len, (*texts, *named))) or len("".join(resource.added_notes[:1]))

    by_length = sorted(shipped.resources, key=length, reverse=True)
    by_title = sorted(shipped.resources, key=lambda each: -len(each.title))
    listed = [each for each in shipped.resources if not each.addition]
    long = dict.fromkeys(r.key for r in (*by_length[:12], *by_title[:6], *listed))
    found = tuple(shipped.by_key[key] for key in long)
    for n, home in enumerate((ARCHIVE, "https://openreview.net/forum?id=")):
        found = (*found, replace(found[n], mirror=home + found[n].url))  # dead links
    words = "Not this one, because it says the same again in other words. " * 5
    return World("real", shipped, found, tuple(channel_ids), tuple(people), words)


def nasty_worlds(channel_ids: Iterable[int], people: Iterable[int]) -> list[World]:
    where = tuple(channel_ids), tuple(people)
    made = ((name, (text * 300)[:300]) for name, text in NASTY.items())
    return [
        World(name, of := nasty_list(text), of.resources[:3], *where, text) for name, text in made
    ]


def nasty_list(text: str) -> Curriculum:
    """Make a list of thirty steps whose every text is this one."""
    helping = tuple(
        Resource(f"demo:c{n}", text, f"https://example.org/c{n}", "video", "s0", parent="demo:r0",
                 remark=text, minutes=59_999)
        for n in range(4)
    )  # fmt: skip
    made = [
        Resource(
            f"demo:r{n}", text, f"https://example.org/{n}", "course", f"s{n % 30}",
            must_read=True, addition=n > 20, authors=text[:200], year=2026, minutes=59_999,
            prerequisites=(f"demo:r{n - 1}",) if n % 5 else (), aliases=(text,),
            notes=(text,) * 3, added_notes=(text,) * 5, sentence=text, questions=(text,) * 5,
            parts=tuple(f"{number} {text}"[:100] for number in range(26)),
            companions_title=text, companions=helping if n == 0 else (),
            mirror="https://example.org/copy" if n == 1 else "",
        )
        for n in range(40)
    ]  # fmt: skip
    steps = tuple(
        Step(f"s{n}", text, "all", str(n), introduction=(text,), addition=n > 20,
             resources=tuple(r for r in made if r.step_id == f"s{n}"))
        for n in range(30)
    )  # fmt: skip
    section = Section("all", text, introduction=(text,), steps=steps)
    news = tuple(Update(text, NOW.date(), (text,)) for _ in range(5))
    return Curriculum("demo", text, (section,), introduction=(text,), updates=news)


# What the cards show


def marks_of(world: World, *states: State) -> Marks:
    """Mark the whole list, with these states in turn."""
    return {
        each.key: Mark(state, NOW, NOW + timedelta(days=7) if state == "later" else None)
        for each, state in zip(world.curriculum.resources, cycle(states), strict=False)
    }


def readers_of(world: World) -> Iterator[Reader]:
    marked = marks_of(world, "done", "known", "skipped", "later")
    reads = tuple(
        GroupRead(r.key, c) for r, c in zip(world.others[5:8], world.channel_ids, strict=False)
    )
    yield Reader({})
    yield Reader(marked, world.first.key, world.others[-1].key, 20, reads)
    yield Reader(marks_of(world, "done"))


def group_of(world: World, **fields: Any) -> Group:
    made = Group(1, 3, world.channel_ids[0], "active", Schedule(2, 19, 30, ZONE), None, NOW, NOW)
    return replace(made, **fields)


def week_of(world: World, state: WeekState = "posted", **fields: Any) -> Week:
    made = Week(
        1, 1, WEEKS[0], NOW, state, world.first.key, world.first.title, PICKED,
        is_late=True, channel_id=world.channel_ids[0], message_id=4, thread_id=5,
        meets_at=NOW,
    )  # fmt: skip
    return replace(made, **fields)


def slot(n: int) -> Slot:
    return Slot(WEEKS[n], NOW + timedelta(weeks=n))


def vote_of(world: World, count: int = 5, **fields: Any) -> Vote:
    keys = tuple(each.key for each in world.others[:count])
    made = Vote(7, 1, WEEKS[2], "running", keys, 768, NOW, world.channel_ids[0], 8)
    return replace(made, **fields)


def status_of(world: World, **fields: Any) -> GroupStatus:
    """Make a group with a year of papers and more members than a card names."""
    whys = (("goes_on", Part(3, 3)), ("vote_winner", None), (PICKED, None), ("next_on_list", None))
    coming = tuple(
        Coming(slot(n), Pick(WEEKS[n], each.key, why, part))
        for n, (each, (why, part)) in enumerate(zip(world.others, whys, strict=False), start=1)
    )
    made = GroupStatus(
        world.curriculum, group_of(world), HUGE, is_member=True, this_week=week_of(world),
        last=week_of(world), coming=coming, weeks_left=HUGE, this_read=ReadBy(HUGE, world.people),
        last_read=ReadBy(HUGE, world.people), named=world.people, part=Part(2, 3), wish="wanted",
    )  # fmt: skip
    return replace(made, **fields)


def parts_of(world: World) -> list[Part]:
    """Return one part of many, two, and half of them all."""
    names = world.text[:100], world.text[100:200] or world.text[:100]
    return [Part(9, 26, names[:1]), Part(10, 26, names), Part(13, 26, names * 6)]


def statuses_of(world: World) -> Iterator[GroupStatus]:
    yield status_of(world)
    yield status_of(world, is_member=False, wish=None)
    empty = status_of(world, members=0, is_member=False, wish=None, this_week=None, last=None)
    yield replace(empty, begins=(NOW, NOW + timedelta(days=7)), opens_at=NOW)
    yield replace(empty, coming=(), weeks_left=0)
    coming = status_of(world).coming
    ends = (*coming[:2], *(replace(each, pick=Pick("", None, None)) for each in coming[2:]))
    yield status_of(world, weeks_left=2, coming=ends)
    for part in parts_of(world):
        in_parts = (replace(each, pick=replace(each.pick, part=part)) for each in coming)
        yield status_of(world, coming=tuple(in_parts), part=part)
    none = tuple(replace(each, pick=Pick("", None, None)) for each in coming)
    yield status_of(world, weeks_left=0, coming=none)
    nothing = week_of(world, "nothing", message_id=None)
    yield status_of(world, weeks_left=0, coming=none, this_week=nothing, is_empty=True)
    yield status_of(world, weeks_left=2, group=group_of(world, after_list="must_reads"))
    yield status_of(world, wish="closed")
    for state in ("paused", "stopped"):
        yield status_of(world, group=group_of(world, state=state))
    for state in get_args(WeekState):
        yield status_of(world, this_week=week_of(world, state, message_id=None))
    votes = tuple(vote_of(world, vote_id=n, week=week) for n, week in enumerate(WEEKS[2:15]))
    yield status_of(world, votes=votes[:1])
    yield status_of(world, votes=votes, lost_votes=tuple(replace(v, state="lost") for v in votes))
    unsent = tuple(replace(vote, message_id=None) for vote in votes)
    problems = {vote.vote_id: "forbidden" for vote in unsent}
    yield status_of(world, votes=unsent, vote_problems=problems)
    yield status_of(world, lost_votes=unsent[:1], vote_problems=problems)
    yield status_of(world, thread_problem="no_more_threads", doubted=tuple(world.others))
    picks = tuple(
        Chosen(1, w, r.key, PICKED) for w, r in zip(WEEKS[2:], world.others, strict=False)
    )
    yield status_of(world, picks=picks)
    spans = {each.key: Span(each.key, 0, WEEKS[0]) for each in world.others[4:9]}
    yield status_of(world, picks=picks, spans=spans)
    yield status_of(world, group=group_of(world, is_forum=True, standing_id=world.channel_ids[0]))
    today = NOW.date()
    days = tuple(
        DaysOff(today + timedelta(days=10 * n), today + timedelta(days=10 * n + 6))
        for n in range(20)
    )
    schedule = replace(group_of(world).schedule, every=8, days_off=days[1:], pause=days[0])
    yield status_of(world, group=group_of(world, schedule=schedule), silences=days)
    leads = tuple(
        Lead(1, slot(n).week, world.people[0], state)
        for n, state in enumerate(("leads", "leads", "asked", "declined", "closed"))
    )
    yield status_of(world, leads=leads, could_lead=True)
    yield status_of(world, leads=leads, group=group_of(world, state="paused"))
    met = group_of(world, meets=Meets(2, 19, 30, 715, world.channel_ids[1]))
    for problem in (None, "no_more_events", "forbidden"):
        yield status_of(world, group=met, meeting_problem=problem, undo_id=1)
    yield status_of(world, undo_id=1)


def seen_of(world: World, status: GroupStatus) -> Iterator[tuple[Any, GroupStatus]]:
    """Yield a group with what Discord shows of it: nothing, all well, and what is to be mended."""
    yield None, status
    role_id = world.people[0]
    status = replace(status, group=replace(status.group, role_id=role_id))
    threads = "create_public_threads", "send_messages_in_threads", "embed_links"
    for lacking in (
        (),
        ("mention_everyone", "create_events", *threads),
        ("mention_everyone", "view_channel"),
    ):
        role = SimpleNamespace(
            name=world.text[:100], mention=f"<@&{role_id}>", mentionable=not lacking,
            managed=False, is_default=lambda: False,
        )  # fmt: skip
        held = defaultdict(lambda: True, dict.fromkeys(lacking, False))
        permissions = type("Held", (), {"__getattr__": lambda _, name, held=held: held[name]})()
        channel = SimpleNamespace(permissions_for=lambda _, all_=permissions: all_)
        guild = SimpleNamespace(
            me=SimpleNamespace(guild_permissions=permissions),
            get_role=lambda _, role=role: role,
            get_channel=lambda _, it=channel: it,
            get_thread=lambda _: None,
        )
        channel.guild = guild
        yield guild, status


def blocked_of(world: World) -> Iterator[GroupStatus]:
    """Yield a group with each problem that it may have."""
    lacks = Lacks(
        ("view_channel", "send_messages", "send_messages_in_threads", "read_message_history")
    )
    for problem in (*get_args(ProblemName), lacks):
        yield status_of(world, group=group_of(world, blocked=problem))


def replies_of(world: World) -> Iterator[Reply]:
    """Yield each answer to what comes next, and each change above it."""
    new, marked, through = readers_of(world)
    curriculum, resource, other = world.curriculum, world.first, world.others[1]
    for each in world.long:
        marked = replace(marked, marks={k: m for k, m in marked.marks.items() if k != each.key})
        known = FinishedPrerequisites(tuple(r.key for r in world.others[:5]))
        change = Change(1, "done", NOW, (other.key,))
        yield Reply(
            curriculum, marked, Recommendation(each, (known,)), change, worth=Worth(HUGE, HUGE)
        )
        yield Reply(curriculum, new, Recommendation(each, (OnGoalPath(other.key, HUGE),)))
    for n in (1, 4, None):
        sitting = Sitting(20, n, shortest=other) if n != 1 else Sitting(20, 1)
        yield Reply(curriculum, new, Recommendation(resource, ()), sitting=sitting)
    helping = next((r.companions for r in world.curriculum.resources if r.companions), (other,))
    yield Reply(
        curriculum, new, Recommendation(resource, ("group_reads_it",)), from_guild=3,
        sitting=Sitting(20, None, helping[0]),
    )  # fmt: skip
    meanwhile = tuple((channel, HUGE, HUGE) for channel in world.channel_ids[:3])
    back = Back((other, NOW), meanwhile, resource)
    yield Reply(curriculum, marked, Recommendation(resource, ()), back=back)
    filters = Filters("course", resource.step_id, must_reads=True)
    answers: list[Answer] = [
        GoDeeper(Recommendation(other, ())),
        AllRead(),
        *(AllPutOff(each, NOW, deeper) for each in world.long[:4] for deeper in (True, False)),
        TooNarrow(filters, filters.names, resource, other),
        TooNarrow(filters, filters.names, resource, until=NOW),
        TooNarrow(filters, filters.names, is_read=True),
    ]
    for answer in answers:
        for reader in (marked, through):
            yield Reply(curriculum, reader, answer)
    yield Reply(replace(curriculum, sections=()), replace(new, list_title=world.text), AllRead())
    keys = tuple(each.key for each in world.others)
    for kind in get_args(ChangeKind.__args__[0]) + get_args(ChangeKind.__args__[1]):  # type: ignore[attr-defined]
        for touched in (keys[:1], keys):
            change = Change(1, kind, NOW, touched, keys[0])
            yield Reply(curriculum, marked, Recommendation(resource, ()), change)
            yield Reply(curriculum, marked, Recommendation(resource, ()), undone=change)


def paces() -> Iterator[Pace]:
    """Yield readers who were reminded as it may be: never, lately, too often."""
    yield Pace(ZONE)
    yield Pace(ZONE, 8, nudged=True, reminded_at=NOW, ignored=4)
    yield Pace(ZONE, 8, nudged=True, again_at=NOW)


def proposals_of(world: World) -> Iterator[Proposal]:
    for each in world.long:
        step = world.curriculum.step_of(each)
        made = Proposal(1, 2, world.curriculum, each, step, world.curriculum.steps)
        yield made
        twins = tuple(world.others[:3])
        yield replace(made, twins=twins, missing="site")
        yield replace(made, twins=twins, silent=True, missing="page")


def desks_of(world: World) -> Iterator[Desk]:
    resource, step = world.first, world.curriculum.steps[-1]
    made = Desk(1, 2, world.curriculum, resource, removed=False, own=True)
    doubts = tuple(Doubt(resource.key, r.key, world.text[:300]) for r in world.others[:7])
    aside = tuple(SetAside(resource.key, r.key, "list") for r in world.others[:7])
    wishes = Wishes(step, world.others[1], world.others[2])
    for each in world.long:
        yield replace(made, resource=each)
    for outcome in ("added", "already", "changed", "restored", "settled", "same", None):
        yield replace(made, outcome=outcome, groups=(group_of(world),) * 3)
        yield replace(made, outcome=outcome, removed=True)
    touched = Touched(HUGE, tuple(world.others), world.channel_ids * 3)
    yield replace(made, outcome="removed", removed=True, touched=touched)
    yield replace(made, doubts=doubts, set_aside=aside, wishes=wishes)
    idle = Wishes(step, needs=world.others[1])
    yield replace(made, doubts=doubts, wishes=Wishes(None, None, world.others[2]), idle=idle)
    yield replace(made, doubts=doubts, set_aside=aside)
    yield replace(made, set_aside=aside)


def shown_lists_of(world: World) -> Iterator[ServersLists]:
    """Yield a server's lists: the host's alone; as many as there may be, each chosen by turns."""
    title, rooms = world.text[:80], world.channel_ids * 6
    hosts = ListSummary("demo", title, False, HUGE, HUGE, rooms, NOW)
    own = [replace(hosts, list_id=f"g3:l{n}", is_own=True, undoable=NOW) for n in range(20)]
    yield ServersLists((hosts,), "demo", hosts)
    removed = tuple((f"g3:gone{n}", title) for n in range(30))
    every = ServersLists((hosts, *own), "demo", hosts, removed, 1, 7)
    for chosen in (hosts, own[0], replace(own[0], channels=()), replace(own[0], resources=0)):
        yield replace(every, chosen=chosen)
        yield replace(every, chosen=chosen, default=chosen.list_id)


def runs_of(world: World, shown: ServersLists) -> Iterator[DryRun]:
    """Yield imports with every kind of line, in each mode and state; and one of nothing new."""
    title, found = world.text[:80], tuple(world.others)
    unread = (Unread(1, world.text[:200], "text"),) * 30
    dropped = ((found[0].key, found[1].key),) * HUGE
    everything = Merged(world.curriculum, *(found,) * 6, dropped)
    for mode, state in product(MODES, get_args(ImportState)):
        into = None if mode == "new" else shown.chosen
        made = DryRun(1, 2, mode, title, everything, into, shown.lists, unread, HUGE, HUGE, state)
        yield made
        yield replace(made, pending=HUGE, looked_up=2 * HUGE)
        yield replace(made, merged=Merged(world.curriculum, found), readers=0, unread=())
        yield replace(made, merged=Merged(world.curriculum))


def ballots_of(world: World) -> Iterator[Ballot]:
    for count in (2, 3, 5):
        found = tuple(world.others[:count])
        made = Ballot(vote_of(world, count), 3, slot(2), ZONE, world.curriculum, found)
        yield made
        keys = [resource.key for resource in found]
        slots = {key: slot(n) for n, key in enumerate(keys, start=3)}
        matters = Elsewhere(frozenset(keys), slots, slots, frozenset(keys), slots)
        yield replace(made, elsewhere=matters, is_ahead=True, has_choice=True)


def picks_of(world: World) -> Iterator[PickReply]:
    made = PickReply(1, world.channel_ids[0], slot(2), world.first, world.others[1])
    later = tuple(slot(n) for n in range(3, 12))
    for silent in (None, *get_args(Silent)):
        yield replace(made, silent=silent, was_had=True, others=later, is_voted_on=not silent)
    for part in parts_of(world):
        yield replace(made, part=part, others=later, is_voted_on=True)
        yield replace(made, part=part, was_had=True, others=later, is_voted_on=True)
    yield replace(made, is_past=True, resource=replace(world.first, minutes=600))


# The cards, by what builds them

Cards = Iterator[tuple[Callable[..., LayoutView], LayoutView]]


def cards_of(world: World) -> Iterator[tuple[str, LayoutView]]:
    """Yield every card as it arrives, beside the name of what builds it."""
    families = (
        _readers_cards,
        _list_cards,
        _own_cards,
        _groups_cards,
        _moderators_cards,
        _lists_cards,
        _own_lists_cards,
        _suggestions_cards,
        _inbox_cards,
    )
    for family in families:
        for build, view in family(world):
            yield f"{build.__module__.rpartition('.')[2]}.{build.__name__}", view


def built() -> set[str]:
    """Return the name of each function of the views that builds a card."""
    modules = (
        curriculum_card, group_card, inbox_card, lead_card, lists_card, manage_card, map_card,
        me_card, moderators_card, pick_card, problems, progress_card, reminder_card, replies,
        resource_card, suggestions_card, weekly_card,
    )  # fmt: skip
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in modules
        for name, each in vars(module).items()
        if getattr(each, "__module__", "") == module.__name__
        and not name.startswith("_")
        and getattr(each, "__annotations__", {}).get("return") is LayoutView
        and name not in ("card_of", "dated", "suggestion_card")  # which hand on what others build
    }


def _made(build: Callable[..., LayoutView], *given: Any, **named: Any) -> Any:
    return build, build(*given, **named)


def _readers_cards(world: World) -> Cards:
    new, marked, _through = readers_of(world)
    curriculum, resource, other = world.curriculum, world.first, world.others[1]
    for reply in replies_of(world):
        yield _made(resource_card.next_card, reply)
        if isinstance(reply.answer, Recommendation):
            told = replace(reply, reader=replace(reply.reader, goal=None))
            yield _made(resource_card.next_card, told, goals=0)
    yield _made(weekly_card.read_card, reply, group_of(world))
    for each in world.long:
        for reader in (new, marked):
            shown = Shown(curriculum, reader, each, Worth(HUGE, HUGE), 3)
            yield _made(resource_card.resource_card, shown)
    for before in (None, other):
        yield _made(resource_card.also_done_card, AlsoDone(curriculum, resource, before, 5))
    typed = world.text[:100]
    unclear = (Meant(typed), Meant(typed, likely=tuple(world.others)), Meant(typed, is_gone=True))
    for told in (None, reply):
        asked = PartlyDone(curriculum, unclear * 3, told, 5)
        yield _made(resource_card.partly_done_card, asked)
        yield _made(resource_card.done_card, asked)
    for error in one_of_each():
        yield _made(replies.error_card, error)
    yield _made(replies.error_card, ValueError("unexpected"))


def _list_cards(world: World) -> Cards:
    curriculum = world.curriculum
    for reader in readers_of(world):
        for page in range(3):
            yield _made(curriculum_card.index_card, curriculum, reader, page)
        for step in curriculum.steps[:8]:
            yield _made(curriculum_card.step_card, curriculum, reader, step)
        for hits in ([], world.others[:1], world.others, list(curriculum.steps[:25])):
            yield _made(
                curriculum_card.found_card, Found(curriculum, reader, world.text[:100], hits)
            )
        for each in world.long:
            way = Path(curriculum, reader, each, path_to(curriculum, reader.marks, each.key))
            yield _made(curriculum_card.path_card, way, in_server=True)
            yield _made(map_card.way_map_card, way, map_card.way_chart(way, NOW), None)
        for step in curriculum.steps[:8]:
            left = path_to(curriculum, reader.marks, step.key)
            way = Path(curriculum, reader, step, left)
            yield _made(curriculum_card.path_card, way, in_server=True)
            chart = map_card.way_chart(way, NOW)
            yield _made(map_card.way_map_card, way, chart, world.draw(chart))
    yield _made(curriculum_card.index_card, replace(curriculum, sections=()), Reader({}))
    yield _made(curriculum_card.about_card, replace(curriculum, updates=(), introduction=()))
    yield _made(curriculum_card.doubted_card, *world.others[:2])


def _own_cards(world: World) -> Cards:
    curriculum, keys = world.curriculum, tuple(each.key for each in world.others)
    changes = tuple(Change(n, "done", NOW, keys) for n in range(20))
    for reader in readers_of(world):
        for changed in ((), changes):
            journey = Journey(curriculum, reader, HUGE, changed)
            for goal in (None, world.first.key, curriculum.steps[3].key, "demo:gone"):
                aimed = replace(journey, reader=replace(reader, goal=goal))
                yield _made(progress_card.progress_card, aimed)
            chart = map_card.list_chart(journey, NOW)
            for png in (None, world.draw(chart)):
                yield _made(map_card.list_map_card, chart, png)
                yield _made(progress_card.shared_card, journey, chart, png)
        yield _made(progress_card.know_card, curriculum, reader)
        for step in curriculum.steps[:8]:
            yield _made(progress_card.know_parts_card, reader, step)
    nothing = Journey(replace(curriculum, sections=()), Reader({}), None, ())
    yield _made(progress_card.progress_card, nothing)
    yield _made(progress_card.know_card, nothing.curriculum, nothing.reader)
    yield _made(me_card.help_card)
    titled = Titled(world.text, is_listed=False)
    about = About(
        {"done": HUGE, "known": HUGE, "skipped": HUGE, "later": HUGE}, HUGE, titled, titled,
        world.channel_ids * 5, HUGE, world.channel_ids * 5, HUGE,
        dict.fromkeys(("additions", "addition_changes", "drafts", "picks", "doubts"), HUGE),
        is_empty=False, reminders=HUGE,
    )  # fmt: skip
    yield _made(me_card.me_card, about)
    yield _made(me_card.me_card, replace(about, is_empty=True))
    for was_anything in (True, False):
        yield _made(me_card.deleted_card, was_anything=was_anything)
    for on in (True, False):
        for pace in paces():
            yield _made(me_card.settings_card, ReaderSettings(ZONE, on, on), pace, NOW)
    for pace in paces():
        yield _made(reminder_card.hour_card, pace, NOW)
        yield _made(reminder_card.hour_card, pace, None)


def _groups_cards(world: World) -> Cards:
    for each in statuses_of(world):
        for (guild, status), is_moderator in product(seen_of(world, each), (True, False)):
            yield _made(group_card.members_card, guild, status, 2, is_moderator=is_moderator)
    if world.name == "real":
        for status in blocked_of(world):
            yield _made(group_card.members_card, None, status, 2, is_moderator=False)
        for state in get_args(WeekState):
            past = (PastWeek(week_of(world, state), HUGE, parts_of(world)[0]),) * 4
            chart = map_card.we_chart(each, past)
            for png in (None, world.draw(chart)):
                yield _made(map_card.we_card, each, chart, png)
    slot_ = slot(1)
    long = tuple(Lead(1, slot_.week, 2, "leads", None, (world.text[:200],) * n) for n in (0, 3))
    for lead, each in product((None, *long), world.long):
        for why, is_past in (
            ("leader_choice", False),
            ("picked_by_moderator", False),
            (None, True),
        ):
            led = LedWeek(
                world.curriculum, group_of(world), slot_, lead, each, why, tuple(world.others[:5]),
                is_past, is_voted_on=not is_past,
            )  # fmt: skip
            yield _made(lead_card.led_card, led)
            yield _made(lead_card.led_card, led, lead_card.handed_back_text(led))
            yield _made(lead_card.led_card, replace(led, is_unheard=True))
            yield _made(lead_card.led_card, replace(led, is_over=is_past, why="next_on_list"))
            for aside in (Elsewhere(), Elsewhere(voted={"": slot_}), Elsewhere(chosen={"": slot_})):
                aside_now = replace(led, why="next_on_list", set_aside=aside)
                yield _made(lead_card.led_card, aside_now)
            others = replace(led, lead=None, leader_id=world.people[0])
            yield _made(lead_card.led_card, others, lead_card.handed_back_text(others))
            yield _made(lead_card.ask_card, led, world.text[:100])
            open_lead = OpenLead(long[0], led.group, NOW, each, led.curriculum, world.text[:100])
            yield _made(lead_card.leads_card, (open_lead,) * MOST_PAPERS)
    left = status_of(world, unled=tuple(WEEKS[:4]))
    yield _made(
        group_card.members_card, None, left, 2, lead_card.left_text(left), is_moderator=False
    )
    for has_joined in (True, False):
        yield _made(group_card.joined_card, status_of(world, has_joined=has_joined))
    for state in get_args(WeekState):
        past = (PastWeek(week_of(world, state), HUGE),) * (LINES_A_PAGE // 2)
        yield _made(group_card.history_card, History(group_of(world), 1, past, has_more=True))
    for part in parts_of(world):
        worth = Worth(HUGE, HUGE)
        for months_apart, count in ((0, (LINES_A_PAGE - 1) // 4), (2, LINES_A_PAGE // 5)):
            at = [NOW - timedelta(weeks=4 * months_apart * n) for n in range(count)]
            weeks = [week_of(world, at=each) for each in at]
            past = tuple(PastWeek(each, HUGE, part, world.people[0], worth) for each in weeks)
            months = tuple(PastMonth(each.date().replace(day=1), HUGE, HUGE) for each in at)
            history = History(group_of(world), 1, past, has_more=True, months=months)
            yield _made(group_card.history_card, history)
            history = replace(history, weeks=past[:2], left_id=world.channel_ids[1])
            yield _made(group_card.history_card, history)
    begins = NOW, NOW + timedelta(days=7)
    often = replace(group_of(world).schedule, every=8)
    new = status_of(world, begins=begins, this_week=None, last=None)
    for made in (group_card.standing_card, group_card.opening_card):
        yield _made(made, status_of(world))
        yield _made(made, new)
        yield _made(made, replace(new, group=group_of(world, schedule=often), members=0))
        for state in ("paused", "stopped"):
            yield _made(made, replace(new, group=group_of(world, state=state)))
    yield _made(group_card.gone_card, 1, world.channel_ids[0])
    yield _made(group_card.over_card)
    for each in world.long:
        made = WeeklyPost(world.curriculum, group_of(world), week_of(world), each, HUGE, None)
        yield _made(weekly_card.weekly_card, replace(made, read=4), world.people[0])
        ready = Readiness(HUGE, HUGE, world.others[1].key)
        yield _made(weekly_card.weekly_card, replace(made, readiness=ready, part=Part(2, 3)), None)
        yield _made(weekly_card.weekly_card, replace(made, weeks_left=2), None)
        first = replace(made, group=group_of(world, schedule=often), opens=True, read=4)
        for lead in (None, long[0]):
            yield _made(weekly_card.weekly_card, replace(first, lead=lead), world.people[0])
        first = replace(first, part=parts_of(world)[-1], readiness=ready)
        yield _made(weekly_card.weekly_card, first, world.people[0])
        for part in parts_of(world):
            yield _made(weekly_card.weekly_card, replace(made, part=part, readiness=ready), None)
        open_ = OpenPaper(
            group_of(world), week_of(world), each, NOW, world.curriculum, world.text[:100]
        )
        last = replace(open_, part=parts_of(world)[-1])
        for papers in ((open_,), (open_,) * MOST_PAPERS, (last,), (last,) * MOST_PAPERS):
            yield _made(reminder_card.paper_card, papers, is_idle=True)
    for reply in replies_of(world):
        yield _made(reminder_card.idle_card, reply)
    reasons = Reasons(is_idle=True, groups=(group_of(world),) * MOST_PAPERS)
    yield _made(reminder_card.stopped_card, reasons)
    yield _made(reminder_card.on_again_card, reasons)
    yield _made(reminder_card.not_later_card)
    for at in (NOW, None):
        yield _made(reminder_card.later_card, at)
    for ballot in (*ballots_of(world), None):
        if ballot:
            yield _made(pick_card.candidates_card, ballot)
        yield _made(pick_card.called_off_card, ballot)


def _moderators_cards(world: World) -> Cards:
    status, channel_id = status_of(world), world.channel_ids[0]
    yield _made(moderators_card.greeting_card)
    yield _made(moderators_card.stopped_card, status, 2)
    yield _made(moderators_card.deleted_card, status.group)
    for each in (*statuses_of(world), *(blocked_of(world) if world.name == "real" else ())):
        for guild, shown in seen_of(world, each):
            yield _made(moderators_card.moderators_card, guild, shown, 2)
    zones = (ZoneChoice(ZONE, f"{ZONE} (UTC-3, 9:30 pm)"),) * 25
    zones = tuple(replace(zone, zone=f"{zone.zone}{n}") for n, zone in enumerate(zones))
    lost = LostGroups((status,) * LOST_SHOWN, HUGE, is_free=True)
    for made in (
        status,
        Moved(status, world.channel_ids[1]),
        WhichZone(1, world.text[:60], zones, fits=False),
        WhichHour(1, world.text[:60]),
        WhichMeeting(1, MeetsWish(world.text[:100], world.text[:40])),
        WhichMeeting(1, MeetsWish(world.text[:100], world.text[:40]), "lasts"),
        WhichMeeting(1, MeetsWish("Every other Thursday 20:00"), "every"),
        WhichMeeting(1, MeetsWish("Thursday 20:00"), "room"),
        WhichGroup(channel_id, 1, lost, can_be_new=True),
        WhichGroup(channel_id, 1, lost, can_be_new=False),
    ):
        yield _made(moderators_card.set_up_card, None, made, 2, channel_id)
    met = group_of(world, meets=Meets(2, 19, 30, 715, channel_id))
    led = (Lead(1, status.coming[0].slot.week, 2, "leads"),)
    for state in get_args(GroupState):
        other = replace(status, group=group_of(world, group_id=4, state=state))
        goes = replace(status, group=met, leads=led) if state == "paused" else status
        offer = MergeOffer(goes, other, HUGE, had_counts=state == "active")
        yield _made(moderators_card.merge_card, offer, 2)
        told = moderators_card.merged_text(MergedGroup(other, offer, HUGE, HUGE, (2,)))
        yield _made(moderators_card.moderators_card, None, other, 2, told)
    for is_free in (True, False):
        yield _made(moderators_card.lost_groups_card, replace(lost, is_free=is_free), 2)
    for reply in picks_of(world):
        yield _made(pick_card.pick_card, reply, 2)
        yield _made(pick_card.taken_back_card, reply)
    for ballot in ballots_of(world):
        yield _made(pick_card.vote_card, ballot, 2)


def _lists_cards(world: World) -> Cards:
    for proposal in proposals_of(world):
        yield _made(manage_card.proposal_card, proposal)
    for desk in desks_of(world):
        yield _made(manage_card.desk_card, desk)
    yield _made(manage_card.cancelled_card)
    fields = ("title", "authors", "year", "minutes", "kind", "url", "must_read", "questions")
    edit = PastEdit("changed", fields, world.people[0], NOW, 1, Said({}), Said({}))
    edits = (edit, *[replace(edit, taken_back=True)] * 3, *[edit] * 16)
    for done, in_the_way in ((None, None), (edit, None), (edits[1], None), (None, edit)):
        yield _made(manage_card.history_card, PastEdits(desk, edits, done, in_the_way))
    yield _made(manage_card.history_card, PastEdits(desk, edits, None, "import"))
    groups = [group_of(world, group_id=n) for n in range(30)]
    yield _made(manage_card.which_group_card, groups, None, (1, 2))


def _own_lists_cards(world: World) -> Cards:
    every = list(shown_lists_of(world))
    run = next(runs_of(world, every[1]))
    for shown in every:
        yield _made(lists_card.lists_card, shown, 2, world.text[:80])
        yield _made(lists_card.export_card, shown.chosen, 2)
        yield _made(lists_card.brought_card, run, shown)
    for run in runs_of(world, every[3]):  # which list it is changes little
        yield _made(lists_card.import_card, run)
        yield _made(lists_card.import_card, run, is_last=True)
        yield _made(lists_card.brought_card, run, every[3])
    yield _made(lists_card.removed_card, world.text[:80], "g3:gone", 2)
    yield _made(lists_card.paste_card, 2)
    yield _made(lists_card.paste_card, 2, run)


def _suggestions_cards(world: World) -> Cards:
    many = [each for suggestion in suggestions_of(world) for each in [suggestion] * 12]
    for suggestion in suggestions_of(world):
        for why, leads in (("", False), (world.text[:300], True)):
            wish = Wish(2, why, is_first=True, leads=leads)
            made = Wished(suggestion, wish, is_new=True, can_lead=True)
            yield _made(suggestions_card.wished_card, made)
            yield _made(suggestions_card.wished_card, replace(made, was_so=True))
            yield _made(suggestions_card.wished_card, made, again=True)
    for shown in ([], many[:1], many):
        suggested = Suggested(shown, frozenset({shown[0].suggestion_id} if shown else ()))
        yield _made(suggestions_card.suggested_card, suggested)
    outcomes = [(each, world.text[:80]) for each in many]
    yield _made(suggestions_card.outcomes_card, outcomes)
    yield _made(
        suggestions_card.outcomes_card, outcomes, suggestions_card.suggested_card(suggested)
    )
    links = [f"https://example.org/{world.text[:60]}{n}" for n in range(30)]
    yield _made(suggestions_card.which_link_card, links, 1)


def _inbox_cards(world: World) -> Cards:
    counts = Counts(HUGE, HUGE, HUGE, HUGE, HUGE)
    yield _made(inbox_card.word_card, counts)
    for asks in (True, False):
        yield _made(inbox_card.first_card, world.text[:100] or "Server", asks=asks)
    for word in (None, Word(None, NOW), Word(HUGE, NOW)):
        yield _made(inbox_card.inbox_card, Inbox(Counts(), word=word), 2)
        yield _made(inbox_card.inbox_card, Inbox(counts, word=word), 2, "told")
    suggestion = next(suggestions_of(world))
    wanted = Wanted(suggestion, (world.text[:300],) * 9, tuple(world.people))
    for proposal in proposals_of(world):
        matter = replace(proposal, wanted=wanted)
        several = tuple((f"list-{n}", world.text[:80] or "List") for n in range(3))
        inbox = Inbox(counts, matter, 3, world.text[:80], several)
        yield _made(inbox_card.inbox_card, inbox, 2, "told")
        yield _made(inbox_card.inbox_card, replace(inbox, list_title="", lists=()), 2, "told")
        yield _made(inbox_card.whys_card, replace(wanted, whys=(world.text[:120],) * 2))
    for desk in desks_of(world):
        yield _made(inbox_card.inbox_card, Inbox(counts, desk, 3, world.text[:80]), 2)
        for has_moved in (True, False):
            link = BadLink(desk, f"https://example.org/{'a' * 200}", has_moved)
            yield _made(inbox_card.inbox_card, Inbox(counts, link, 3), 2)
    for status in statuses_of(world):
        yield _made(inbox_card.inbox_card, Inbox(counts, status, 3), 2)
        blocked = replace(status, group=group_of(world, blocked="forbidden"))
        yield _made(inbox_card.inbox_card, Inbox(counts, blocked, 3), 2)
    told = inbox_card.taken_text(desk), inbox_card.declined_text(suggestion)
    for each in told:
        yield _made(inbox_card.inbox_card, Inbox(counts, matter, 3), 2, each)


def suggestions_of(world: World) -> Iterator[Suggestion]:
    for n, each in enumerate(world.long, start=1):
        fields = facts_of_resource(each)
        made = Suggestion(n, 3, "demo", each.url, fields, NOW, wanted=HUGE)
        yield made
        yield replace(made, wanted=1, state="declined", reason=world.text[:300])


def by_name(cards: Iterable[tuple[str, LayoutView]]) -> dict[str, list[LayoutView]]:
    found = defaultdict[str, list[LayoutView]](list)
    for name, view in cards:
        found[name].append(view)
    return dict(found)
