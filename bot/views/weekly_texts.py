"""The words of a week's paper and of its thread."""

from __future__ import annotations

from bot.core.groups import WeeklyPost
from bot.core.picks import Why
from bot.plain import plain

READ_IT = "I've read it"
MORE = "More"
CHOICE = "Moderators choose in `/manage group` how it goes on."
WHY: dict[Why, str] = {
    "picked_by_moderator": "Picked by a moderator.",
    "vote_winner": "You voted for it.",
    "next_on_list": "It comes next on the list.",
    "must_read_addition": "The list is read; this must-read goes deeper.",
    "addition": "The list is read; this goes deeper.",
    "must_read_again": "The list is read; the must-reads come once more.",
    "goes_on": "You go on with it: there is much to read.",
}

OPENER = "What did you take from it, and where did it lose you? One sentence is a fine start."
QUESTIONS = "**Questions to talk about**"
ANY_OF_THEM = "-# Take the one you like, or ask your own. One sentence is a fine start."


def post_head(post: WeeklyPost) -> str:
    """Return the line above a week's paper."""
    late = " · late, sorry" if post.post.is_late else ""
    return f"-# Paper of the week{part_text(post.part)}{late}"


def part_text(part: tuple[int, int] | None) -> str:
    """Return which of several weeks for a paper it is, after what it is said of."""
    return f" · week {part[0]} of {part[1]}" if part else ""


def read_count_text(read: int | None) -> str:
    """Return how many have read the week's paper, once that may be told."""
    return f"✅ {read} people read it" if read else ""


def last_week_text(title: str, read: int) -> str:
    """Return what came of the last paper."""
    return f"Last time: {read} people read {plain(title, 80)}."


def readiness_text(ready: int, of: int, lacked: str | None) -> str:
    """Return who is ready, without telling who."""
    most = f"; most of the others lack {plain(lacked)}" if lacked else ""
    return f"{ready} of {of} are ready{most}."


def offer_text(channel_id: int) -> str:
    """Return, to a reader who is no member, what they would have of joining."""
    return (
        f"-# It counts. You aren't in the group of <#{channel_id}> yet: **Join**, and `/next` tells"
        " you what it reads."
    )


def opener_text(questions: tuple[str, ...]) -> str:
    """Return the first message of a thread: questions to this paper, or a plain one.

    They are numbered, so that people can say which one they mean.
    """
    if not questions:
        return OPENER
    numbered = (f"{number}. {plain(each)}" for number, each in enumerate(questions, start=1))
    return "\n".join([QUESTIONS, *numbered, ANY_OF_THEM])


def ends_text(weeks: int) -> str:
    """Return, under a paper, that few follow it."""
    if weeks == 0:
        return f"This is the last paper for now. {CHOICE}"
    return f"{weeks} more {'week' if weeks == 1 else 'weeks'}, then the list runs out. {CHOICE}"


def first_reads_text(title: str, count: int) -> str:
    """Return the heading of what to read before a week's paper."""
    if count == 0:
        return f"You're ready for **{plain(title)}**: nothing is missing."
    noun = "thing" if count == 1 else "things"
    return f"Before **{plain(title)}**, {count} {noun}:"


ALREADY_READ = "You have read it already."
