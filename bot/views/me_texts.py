"""The words about what is kept of a reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.core.me import About, ReaderSettings, Titled
from bot.core.progress import State
from bot.plain import plain

DOWNLOAD_JSON, DOWNLOAD_MARKDOWN = "Download JSON", "Download Markdown"
DELETE, DELETE_ALL, KEEP = "Delete…", "Delete everything", "Keep"

SETTINGS = "## Your settings"
MY_ZONE = "Time zone…"
MY_ZONE_TITLE = "Your time zone"
MY_ZONE_LABEL = "City or time zone"
MY_ZONE_HINT = "Empty takes it away"
SWITCHES = {
    "nudge": "Remind me to read",
    "unnudge": "Stop reminding me",
    "named": "Show my name in groups",
    "unnamed": "Hide my name in groups",
}

CHANNELS_SHOWN = 20

KEPT = "## What I keep about you"
KEPT_HOW = (
    "-# Under your Discord id, without your name. Nobody else sees what you read, unless you show"
    " your name in groups; they see counts, from three readers on. Download shows every word of it."
)
NOTHING_KEPT = (
    "I keep nothing about you. `/next` begins: from then on I remember what I showed you and what"
    " you mark."
)
DOWNLOADED = "Everything I keep about you, as it is now."

REALLY = "Delete everything about you?"
DELETE_WORD = "delete"
WHAT_GOES = """\
Your marks and ratings, what comes next, your goal, what you could undo, your groups: all of it \
goes at once, and nobody can bring it back. Download it first if you may want it again.
-# Study groups that you set up and what you did to a server's list stay, without your id."""

DELETED = """\
## Everything about you is deleted
None of my records holds you any more. You've left your groups, and Undo on older cards has \
nothing to put back. Study groups that you set up and what you did to a server's list stay, \
without your id.
`/next` would start you afresh.
-# Messages already sent are Discord's to keep. Whoever runs me may have backups and logs."""

NOTHING_TO_DELETE = "There is nothing about you to delete: none of my records holds you."

OTHERS = {
    "additions": "Resources of servers' lists that you added, or changed first",
    "addition_changes": "Changes of servers' lists that you made",
    "drafts": "Changes of servers' lists that you began",
    "picks": "Papers that you picked for groups",
    "votes": "Votes that you called in groups",
    "doubts": "Prerequisites that you told moderators are wrong",
}

_STATES: dict[State, str] = {
    "done": "done",
    "known": "known",
    "skipped": "never",
    "later": "put off",
}


def kept_lines(about: About) -> Iterator[str]:
    """Return what is kept, a line a kind; nothing about what isn't there."""
    if about.marks:
        yield f"- {_counted(sum(about.marks.values()), 'mark')}: {_marks(about.marks)}"
    if about.current is not None:
        yield f"- Shown last as the next one: {_title(about.current)}"
    if about.goal is not None:
        yield f"- Your goal: {_title(about.goal)}"
    if about.changes:
        yield f"- {_counted(about.changes, 'change')} that you can undo"
    if about.groups:
        yield f"- {_counted(len(about.groups), 'group')} joined: {_channels(about.groups)}"
    if about.papers:
        yield f"- {_counted(about.papers, 'paper')} of the week that you said you've read"
    if about.runs:
        yield f"- You changed the settings last of {_channels(about.runs)}"
    if about.notices:
        yield f"- {_counted(about.notices, 'direct message')} from me to you"
    if about.reminders:
        yield f"- {_counted(about.reminders, 'reminder')} of papers, sent or to be sent"
    for table, count in sorted(about.others.items()):
        yield f"- {OTHERS.get(table, table.replace('_', ' '))}: {count}"


def settings_lines(settings: ReaderSettings) -> Iterator[str]:
    """Yield each setting with what it does."""
    yield SETTINGS
    zone = f"**{plain(settings.zone)}**" if settings.zone else "none"
    yield f"- Time zone: {zone}. Study groups that you set up start with it."
    yield (
        "- Reminders: **on**. After a week without reading I send you what comes next."
        if settings.nudged
        else "- Reminders: off. On, I send you what comes next after a week without reading."
    )
    yield (
        "- Name in groups: **shown** to groups that you joined, among their members and among those"
        " who read the week's paper: they can tell which papers you haven't."
        if settings.named
        else "- Name in groups: hidden. Groups count you without naming you."
    )


def _marks(marks: Mapping[State, int]) -> str:
    return ", ".join(f"{marks[s]} {name}" for s, name in _STATES.items() if marks.get(s))


def _title(titled: Titled) -> str:
    gone = "" if titled.is_listed else " (no longer listed)"
    return f"{plain(titled.title, 200)}{gone}"


def _channels(channel_ids: Sequence[int]) -> str:
    named = ", ".join(f"<#{channel_id}>" for channel_id in channel_ids[:CHANNELS_SHOWN])
    more = len(channel_ids) - CHANNELS_SHOWN
    return f"{named} and {more} more" if more > 0 else named


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
