"""The words about study groups and their weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.core.groups import Coming, Group, GroupStatus, PastWeek, Post, ReadBy, WeeklyPost
from bot.core.picks import TELL_WEEKS_AHEAD, AfterList, Why
from bot.core.weekly import Schedule
from bot.errors import (
    AlreadyPostedError,
    CannotPostError,
    NoGroupError,
    NotAModeratorError,
    NothingLeftError,
    OldCardError,
    UnknownPostError,
    UnknownTimeError,
    UnknownZoneError,
    WrongChannelError,
    ZoneNeededError,
)
from bot.views.error_texts import error_text
from bot.views.permissions import NAMES
from bot.views.plain import plain
from bot.views.texts import short_title

COMING = "**Next**"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

START = "Start a weekly paper"
JOIN, LEAVE = "Join", "Leave"
PAUSE, RESUME = "Pause", "Resume"
SKIP, UNSKIP = "Skip next", "Don't skip"
POST_NOW, FIRST_NOW, STOP = "Post now", "First paper now", "Stop"
READ_IT = "I've read it"
CHOICE = "Moderators choose in `/manage group` how it goes on."
AFTER_LIST: dict[AfterList | None, str] = {
    "additions": "Go on with additions",
    "must_reads": "Start over with must-reads",
    None: "Stop after the list",
}
AFTER_LIST_IS: dict[AfterList, str] = {
    "additions": "After the list: all additions, in reading order.",
    "must_reads": "After the list: the must-reads once more, unless half of you have read them.",
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
PICK_A_ZONE = "Which one is meant?"
SEVERAL_ZONES = "Several time zones fit. Which one is meant?"

WHY: dict[Why, str] = {
    "picked_by_moderator": "Picked by a moderator.",
    "vote_winner": "You voted for it.",
    "next_on_list": "It comes next on the list.",
    "must_read_addition": "The list is read; this must-read goes deeper.",
    "addition": "The list is read; this goes deeper.",
    "must_read_again": "The list is read; the must-reads come once more.",
}

CHOSEN: dict[Why, str] = {
    "picked_by_moderator": "📌 picked by a moderator",
    "vote_winner": "🗳️ voted for",
}
"""What stands beside a coming week that doesn't just follow the list."""

PROBLEMS = {
    "bot_removed": "I'm no longer in this server.",
    "channel_gone": (
        "The channel is gone. `/manage group`, typed in another one, moves the group there."
    ),
    "forbidden": "Discord doesn't let me post there: check my permissions in the channel.",
    "refused": "Discord refused the message; I try again every hour. My log says why.",
    "discord_trouble": "Discord had trouble; I try again soon.",
    "rate_limited": "Discord asked me to wait; I try again soon.",
    "no_standing_post": "The post that the papers go into isn't there yet; I make it first.",
    "locked": (
        "The post that the papers go into is locked. Unlock it, or give me Manage Threads, and I"
        " go on by myself."
    ),
    "tag_needed": (
        "Posts need a tag in this forum, and it has none that I may use. Add a tag that isn't for"
        " moderators only, or give me Manage Threads."
    ),
    "guild_unavailable": "Discord can't reach this server just now; I try again soon.",
    "no_history": (
        "I can't tell whether the last post was sent, because I lack Read Message History."
        " Have a look: **Post now** sends it if it isn't there."
    ),
    "lost_sight": (
        "I can't tell whether the last post was sent: Discord's answer was lost."
        " Have a look: **Post now** sends it if it isn't there."
    ),
}

UNCERTAIN = frozenset({"no_history", "lost_sight"})
"""Problems after which nothing is tried until a moderator has looked."""

OPENER = "What did you take from it, and where did it lose you? One sentence is a fine start."
QUESTIONS = "**Questions to talk about**"
ANY_OF_THEM = "-# Take the one you like, or ask your own. One sentence is a fine start."


def problem_text(problem: str) -> str:
    """Return what keeps a group from its post, and what to do."""
    if problem.startswith("lacks:"):
        return f"{lacks_text(problem)} Give me that, and I go on by myself."
    return PROBLEMS.get(problem, PROBLEMS["forbidden"])


def lacks_text(problem: str) -> str:
    """Return what permissions are lacking, of a problem that names them."""
    names = [NAMES.get(name, name) for name in problem.removeprefix("lacks:").split(",")]
    return f"I lack {_listed(names)} in the channel."


def schedule_text(schedule: Schedule) -> str:
    """Return a group's slot in words: "Mondays at 09:00, Asia/Seoul"."""
    time = f"{schedule.hour:02}:{schedule.minute:02}"
    return f"{DAYS[schedule.weekday]}s at {time}, {schedule.zone}"


def moment(at: datetime) -> str:
    """Return a date and time that each reader sees on their own clock."""
    return f"<t:{int(at.timestamp())}:F>"


def state_text(group: Group) -> str:
    """Return what keeps a group silent on purpose."""
    return {
        "active": "",
        "paused": "⏸️ **Paused.** Weeks in a pause aren't made up.",
        "stopped": "⏹️ **Stopped.** Members and history are kept; `/manage group` can resume it.",
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


def this_week_text(status: GroupStatus, link: str | None) -> str:
    """Return what became of the running week."""
    post = status.this_week
    if post is None:
        return ""
    title = f"**{plain(post.title, 120)}**"
    if post.state == "posted":
        late = ", late" if post.is_late else ""
        return f"This week: {title}{f' · [read it together]({link})' if link else ''}{late}"
    return {
        "waiting": f"This week: {title}, being posted.",
        "uncertain": f"This week: {title}, perhaps posted. Have a look.",
        "missed": "This week's paper was missed: I was away, or couldn't post.",
        "skipped": "This week is skipped.",
        "nothing": "This week there was nothing left to post.",
    }[post.state]


def coming_text(coming: Coming, status: GroupStatus) -> str:
    """Return one of the next four weeks."""
    when = moment(coming.slot.at)
    if coming.is_skipped:
        return f"- {when}: skipped"
    resource = None if coming.pick.key is None else status.curriculum.get(coming.pick.key)
    if resource is None:
        return f"- {when}: nothing left"
    chosen = CHOSEN.get(coming.pick.why) if coming.pick.why else None
    return f"- {when}: {plain(short_title(resource))}{f' · {chosen}' if chosen else ''}"


def weeks_left_text(status: GroupStatus) -> str:
    """Return how long the list lasts for the group."""
    weeks = status.weeks_left
    if weeks == 0:
        return f"The list has run out for this group. {CHOICE}"
    lasts = f"The list lasts {weeks} more {'week' if weeks == 1 else 'weeks'}."
    return f"{lasts} {CHOICE}" if weeks <= TELL_WEEKS_AHEAD else lasts


def ends_text(weeks: int) -> str:
    """Return, under a paper, that few follow it."""
    if weeks == 0:
        return f"This is the last paper of the list. {CHOICE}"
    return f"{weeks} more {'week' if weeks == 1 else 'weeks'}, then the list runs out. {CHOICE}"


def ran_out_text(channel_id: int) -> str:
    """Return what the moderator who set the group up is told when nothing is left."""
    return (
        f"The group in <#{channel_id}> has had its whole list: nothing was posted this week."
        f" {CHOICE} **Post now** there begins at once."
    )


def last_text(last: Post, read: ReadBy) -> str:
    """Return what came of the week before."""
    title = plain(last.title, 120)
    if read.count is None:
        return f"Before that: {title}."
    return f"Before that: {title}; {_readers(read)} read it."


def this_read_text(read: ReadBy) -> str:
    """Return who has read this week's paper, once there is anything to tell."""
    told = _readers(read) if read.count else ""
    return f"-# ✅ {told[0].upper()}{told[1:]} read it." if told else ""


def _readers(read: ReadBy) -> str:
    """Return a count of readers, with the names of those who let theirs be shown."""
    count, named = read.count or 0, read.named[:NAMES_SHOWN]
    if not named:
        return people(count)
    others = count - len(named)
    more = [f"{others} {'other' if others == 1 else 'others'}"] if others > 0 else []
    return _listed([*(f"<@{reader_id}>" for reader_id in named), *more])


def past_text(week: PastWeek, link: str | None) -> str:
    """Return what became of a week gone by."""
    post, when = week.post, f"<t:{int(week.post.at.timestamp())}:D>"
    title = f"**{plain(post.title, 120)}**"
    named = f"[{title}]({link})" if link else title
    if post.state == "posted":
        late = ", late" if post.is_late else ""
        read = "" if week.read is None else f" · {people(week.read)} read it"
        return f"- {when}: {named}{late}{read}"
    return f"- {when}: " + {
        "waiting": f"{title}, being posted",
        "uncertain": f"{title}, perhaps posted",
        "missed": f"{title}, missed" if post.title else "missed",
        "skipped": "skipped",
        "nothing": "nothing left to post",
    }[post.state]  # fmt: skip


def people(count: int) -> str:
    """Return a count of people."""
    return "nobody" if count == 0 else "1 person" if count == 1 else f"{count} people"


def post_head(post: WeeklyPost) -> str:
    """Return the line above a week's paper."""
    late = " · late, sorry" if post.post.is_late else ""
    return f"-# Paper of the week{late}"


def read_count_text(read: int | None) -> str:
    """Return how many have read the week's paper, once there is anything to tell."""
    return f"✅ {people(read)[0].upper()}{people(read)[1:]} read it" if read else ""


def last_week_text(title: str, read: int) -> str:
    """Return what came of the last paper."""
    return f"Last time: {people(read)} read {plain(title, 80)}."


def readiness_text(ready: int, of: int, lacked: str | None) -> str:
    """Return who is ready, without telling who."""
    most = f"; most of the others lack {plain(lacked)}" if lacked else ""
    return f"{ready} of {of} are ready{most}."


def opener_text(questions: tuple[str, ...]) -> str:
    """Return the first message of a thread: questions to this paper, or a plain one.

    They are numbered, so that people can say which one they mean.
    """
    if not questions:
        return OPENER
    numbered = (f"{number}. {plain(each)}" for number, each in enumerate(questions, start=1))
    return "\n".join([QUESTIONS, *numbered, ANY_OF_THEM])


def notice_text(channel_id: int, problem: str) -> str:
    """Return what the moderator who set the group up is told, once."""
    if problem in UNCERTAIN:
        return f"The paper of the week in <#{channel_id}>: {problem_text(problem)}"
    if problem == "channel_gone":
        return f"A paper of the week can't be posted any more. {problem_text(problem)}"
    return (
        f"The paper of the week can't be posted in <#{channel_id}>. {problem_text(problem)}"
        "\nI keep trying for a day; `/group` there shows how it stands."
    )


def first_reads_text(title: str, count: int) -> str:
    """Return the heading of what to read before a week's paper."""
    if count == 0:
        return f"You're ready for **{plain(title)}**: nothing is missing."
    noun = "thing" if count == 1 else "things"
    return f"Before **{plain(title)}**, {count} {noun}:"


ALREADY_READ = "You have read it already."


def wanted_text(names: list[str]) -> str:
    """Return what would make a group's posts better."""
    named = _listed([NAMES[name] for name in names])
    if "create_public_threads" in names:
        return f"⚠️ I lack {named} there: papers come without a thread to talk in."
    return f"⚠️ I lack {named} there: the post comes without what needs it."


ROLE_LOST = (
    "⚠️ The role that each paper mentioned is gone: papers come without it. `/manage group` with"
    " `role` sets another."
)


def role_text(name: str) -> str:
    """Return that a role can't be mentioned."""
    return (
        f"⚠️ I can't mention {plain(name)}: allow anyone to @mention it, or allow me to mention"
        " all roles in the channel."
    )


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


@error_text.register
def _(_: OldCardError) -> str:
    return "This card can't be used any more. The same command gives you a new one."


@error_text.register
def _(_: NoGroupError) -> str:
    return "There is no study group in this channel. `/manage group` makes one."


@error_text.register
def _(_: ZoneNeededError) -> str:
    return "Which time zone is the group in? `/manage group` with `zone` and a city makes it."


@error_text.register
def _(error: UnknownZoneError) -> str:
    if error.like_it:
        return f"“{plain(error.typed, 60)}” may be {' or '.join(error.like_it)}. Pick one."
    return f"I know no time zone “{plain(error.typed, 60)}”. Try a big city of its country."


@error_text.register
def _(error: UnknownTimeError) -> str:
    return f"“{plain(error.typed, 40)}” is no time of day. Write it as 09:00 or 9 pm."


@error_text.register
def _(error: AlreadyPostedError) -> str:
    return f"This week's paper is posted already: {error.link}"


@error_text.register
def _(_: NothingLeftError) -> str:
    return "The group has had the whole list, and every must-read beyond it."


@error_text.register
def _(_: UnknownPostError) -> str:
    return "I don't know this post any more. `/group` shows what the group reads."


@error_text.register
def _(_: NotAModeratorError) -> str:
    return "Only those who manage this server can do that."


@error_text.register
def _(error: CannotPostError) -> str:
    if error.problem.startswith("lacks:"):
        return f"{lacks_text(error.problem)} Give me that, and try again: nothing was changed."
    return f"{problem_text(error.problem)} Then try again: nothing was changed."


@error_text.register
def _(_: WrongChannelError) -> str:
    return (
        "Papers go to text channels, announcement channels and forums. Name one with `channel`,"
        " or type `/manage group` there."
    )
