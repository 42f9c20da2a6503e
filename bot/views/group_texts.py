"""The words about study groups and their weeks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.core.groups import HAD, Coming, Group, GroupStatus, PastWeek, Post, ReadBy
from bot.core.picks import TELL_WEEKS_AHEAD, AfterList, Why, part_of
from bot.core.weekly import Schedule, slot_of_week
from bot.plain import listed, plain
from bot.views.phrases import short_title
from bot.views.weekly_texts import CHOICE, part_text

COMING = "**Next**"
NO_MEMBERS = (
    "-# Nobody is in yet: people come with **Join** under each week's post, or with `/group` here."
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

START = "Start a weekly paper"
JOIN, LEAVE = "Join", "Leave"
PAUSE, RESUME = "Pause", "Resume"
SKIP, UNSKIP = "Skip next", "Don't skip"
MENTION_NOBODY = "Mention nobody"
POST_NOW, FIRST_NOW, STOP = "Post now", "First paper now", "Stop"
MORE, LESS = "More", "Less"
DELETE, DELETE_TITLE = "Delete…", "Delete this group"
AFTER_LIST: dict[AfterList | None, str] = {
    "additions": "Go on with additions",
    "must_reads": "Start over with must-reads",
    None: "Stop after the list",
}
AFTER_LIST_IS: dict[AfterList, str] = {
    "additions": "After the list: all additions, in reading order.",
    "must_reads": "After the list: the must-reads once more, unless half of you, three at least,"
    " have read them.",
}
NEWER, OLDER, TO_GROUP = "Back", "More", "This group"
NO_PAST = "There is nothing here: no paper is that old."

GREETING = """\
## Hello! I know what to read next.
I come with a reading list. Everyone here can use me at once, in this server or in a direct message:

**`/next`** what to read next, and why
**`/search`** find anything on the list
**`/help`** the rest

For those who manage this server: I can post a paper every week for a study group. Nothing is \
posted before you say so."""

START_TITLE = "Start a weekly paper"
START_CHANNEL = "Channel"
START_CHANNEL_HINT = "A text or announcement channel, or a forum"
START_ZONE = "City or time zone"
START_ZONE_HINT = "Mondays at 09:00 there; /manage group changes it"
PICK_AN_HOUR = "Pick the hour"
PICK_A_ZONE = "Which one is meant?"

CHOSEN: dict[Why, str] = {
    "picked_by_moderator": "📌 picked by a moderator",
    "vote_winner": "🗳️ voted for",
}
"""What stands beside a coming week that doesn't just follow the list."""


def schedule_text(schedule: Schedule) -> str:
    """Return a group's slot in words: "Mondays at 09:00, Asia/Seoul"."""
    time = f"{schedule.hour:02}:{schedule.minute:02}"
    return f"{DAYS[schedule.weekday]}s at {time}, {schedule.zone}"


def moment(at: datetime) -> str:
    """Return a date and time that each reader sees on their own clock."""
    return f"<t:{int(at.timestamp())}:F>"


def short_date(at: datetime) -> str:
    """Return a date that each reader sees on their own calendar; its card says the time once."""
    return f"<t:{int(at.timestamp())}:d>"


def state_text(group: Group) -> str:
    """Return what keeps a group silent on purpose."""
    return {
        "active": "",
        "paused": "⏸️ **Paused.** Weeks in a pause aren't made up.",
        "stopped": "⏹️ **Stopped.** Members and history are kept; moderators resume it in"
        " `/manage group`.",
    }[group.state]


NAMES_SHOWN = 10


def members_text(count: int, named: Sequence[int] = ()) -> str:
    """Return how many belong to a group, and the names of those who let theirs be shown."""
    counted = "1 member" if count == 1 else f"{count} members"
    if not named:
        return counted
    names = ", ".join(f"<@{reader_id}>" for reader_id in named[:NAMES_SHOWN])
    others = count - len(named[:NAMES_SHOWN])
    return f"{counted}: {names}{f' and {others} more' if others > 0 else ''}"


def joined_lines(status: GroupStatus) -> Iterator[str]:
    """Yield what somebody hears who has pressed Join under a post."""
    group, already = status.group, "" if status.has_joined else " already"
    yield f"✅ You're in{already}: <#{group.channel_id}>, {schedule_text(group.schedule)}."
    if state := state_text(group):
        yield state
    elif ahead := [c.slot.at for c in status.coming if not c.is_skipped]:
        yield f"The next paper comes on {moment(ahead[0])}."
    yield "-# `/next` tells you what the group reads; `/group` there shows what comes."


def begins_text(status: GroupStatus) -> str:
    """Return when the first papers come: were the first posted now, or once it was."""
    group, this_week = status.group, status.this_week
    if status.begins is not None:
        first, second = (short_date(at) for at in status.begins)
        if group.state == "paused":
            return f"-# **{FIRST_NOW}**: one paper on {first}, and the group stays paused."
        return f"-# **{FIRST_NOW}**: the first paper on {first}, the second on {second}."
    ahead = [coming.slot.at for coming in status.coming if not coming.is_skipped]
    if this_week is None or this_week.state not in HAD or status.last or group.state != "active":
        return ""
    if this_week.at == slot_of_week(group.schedule, this_week.week).at or not ahead:
        return ""
    return f"-# First paper: {short_date(this_week.at)}, second: {short_date(ahead[0])}."


def deletes_text(status: GroupStatus) -> str:
    """Return what goes with a group, and what stays."""
    group = status.group
    return (
        f"The group of <#{group.channel_id}> ({schedule_text(group.schedule)},"
        f" {members_text(status.members)}) goes for good: its members, its past and coming weeks,"
        " its picks and votes. Nothing more is posted."
        "\nMessages already posted stay in the channel, and everybody keeps what they have read."
    )


def deleted_text(group: Group) -> str:
    """Return that a group is deleted."""
    return (
        f"🗑️ The group of <#{group.channel_id}> is deleted. Everybody keeps what they have read."
        " `/manage group` makes a new one."
    )


def moved_text(channel_id: int) -> str:
    """Return from where a group came; ``channel_id``: its channel until now."""
    return f"✅ Moved from <#{channel_id}>, with its members, settings and past papers."


def this_week_text(status: GroupStatus, link: str | None) -> str:
    """Return what became of the running week."""
    post = status.this_week
    if post is None:
        return ""
    title = f"**{plain(post.title, 120)}**"
    if post.state == "posted":
        late = ", late" if post.is_late else ""
        if post.message_id is None:
            return f"This week: {title}, posted and then deleted."
        part = part_text(part_of(status.curriculum, status.spans, post.key or "", post.week))
        together = f" · [read it together]({link})" if link else ""
        return f"This week: {title}{part}{together}{late}"
    return {
        "waiting": f"This week: {title}, {_on_its_way(status.group)}.",
        "uncertain": f"This week: {title}, perhaps posted. Have a look.",
        "missed": "This week's paper was missed: I was away, or couldn't post.",
        "skipped": "This week is skipped.",
        "nothing": "This week there was nothing left to post.",
    }[post.state]


def _on_its_way(group: Group) -> str:
    return "not posted yet" if group.blocked else "being posted"


def coming_lines(status: GroupStatus) -> Iterator[str]:
    """Yield the next four weeks; of empty ones at their end, the first stands for all."""
    shown = list(status.coming)
    while len(shown) > 1 and all(_is_empty(coming, status) for coming in shown[-2:]):
        shown.pop()
    yield from (coming_text(coming, status) for coming in shown)


def coming_text(coming: Coming, status: GroupStatus) -> str:
    """Return one of the next four weeks."""
    when = short_date(coming.slot.at)
    if coming.is_skipped:
        return f"- {when}: skipped"
    if _is_voted_on(coming, status):
        return f"- {when}: 🗳️ being voted on"
    resource = None if coming.pick.key is None else status.curriculum.get(coming.pick.key)
    if resource is None:
        return f"- {when}: nothing left"
    chosen = CHOSEN.get(coming.pick.why) if coming.pick.why else None
    title = f"{plain(short_title(resource))}{part_text(coming.pick.part)}"
    return f"- {when}: {title}{f' · {chosen}' if chosen else ''}"


def _is_empty(coming: Coming, status: GroupStatus) -> bool:
    is_open = coming.is_skipped or _is_voted_on(coming, status)
    return coming.pick.key is None and not is_open


def _is_voted_on(coming: Coming, status: GroupStatus) -> bool:
    """Tell whether a vote decides on the week; a moderator's pick goes before it."""
    is_open = status.vote is not None and status.vote.week == coming.slot.week
    return is_open and coming.pick.why != "picked_by_moderator"


def weeks_left_text(status: GroupStatus) -> str:
    """Return how long the list lasts for the group."""
    weeks = status.weeks_left
    if weeks == 0:
        return f"The list has run out for this group. {CHOICE}"
    lasts = f"The list lasts {weeks} more {'week' if weeks == 1 else 'weeks'}."
    return f"{lasts} {CHOICE}" if weeks <= TELL_WEEKS_AHEAD else lasts


def ran_out_text(channel_id: int) -> str:
    """Return what the moderator who set the group up is told when nothing is left."""
    return (
        f"The group in <#{channel_id}> has had its whole list: nothing was posted this week."
        f" {CHOICE} **Post now** there begins at once."
    )


def last_text(last: Post, read: ReadBy) -> str:
    """Return what came of the week before."""
    title, told = plain(last.title, 120), _readers(read)
    return f"Before that: {title}; {told} read it." if told else f"Before that: {title}."


def this_read_text(read: ReadBy) -> str:
    """Return who has read this week's paper, as far as that may be told."""
    told = _readers(read)
    return f"-# ✅ {told} read it." if told else ""


def _readers(read: ReadBy) -> str:
    """Return the names of readers who let theirs be shown, and how many more there are."""
    named = read.named[:NAMES_SHOWN]
    if not named:
        return f"{read.count} people" if read.count else ""
    others = (read.count or 0) - len(named)
    more = [f"{others} {'other' if others == 1 else 'others'}"] if others > 0 else []
    return listed([*(f"<@{reader_id}>" for reader_id in named), *more])


def past_text(week: PastWeek, link: str | None) -> str:
    """Return what became of a week gone by."""
    post, when = week.post, f"<t:{int(week.post.at.timestamp())}:D>"
    title = f"**{plain(post.title, 120)}**"
    named = f"[{title}]({link})" if link else title
    if post.state == "posted":
        late = ", late" if post.is_late else ""
        if post.message_id is None:
            return f"This week: {title}, posted and then deleted."
        read = f" · {week.read} people read it" if week.read else ""
        return f"- {when}: {named}{late}{read}"
    return f"- {when}: " + {
        "waiting": f"{title}, being posted",
        "uncertain": f"{title}, perhaps posted",
        "missed": f"{title}, missed" if post.title else "missed",
        "skipped": "skipped",
        "nothing": "nothing left to post",
    }[post.state]  # fmt: skip


def which_hour_text(typed: str) -> str:
    """Return the question at which hour, where what was typed is no time of day."""
    return (
        f"“{plain(typed, 40)}” is no time of day that I know. Pick the hour here, or type the"
        " command again with a time like 09:30 or 9:30 pm."
    )
