"""The words about votes on what a group reads."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.curriculum import Resource
from bot.core.groups import GroupStatus
from bot.core.outbox import UNCERTAIN, Problem
from bot.core.votes import Ballot, Vote
from bot.core.weekly import slot_of_week
from bot.language import _
from bot.plain import clipped, link, one_line, plain
from bot.views.group_texts import moment
from bot.views.phrases import MUST_READ, facts, short_title, title_of
from bot.views.pick_texts import day_text
from bot.views.problems import obstacle_text, problem_text

ANSWER = 55  # Discord's limit for a poll's answer
CANCEL_VOTE, CLOSE_VOTE = "Call the vote off", "Close now"
GONE = "no longer listed"
LIST_COUNTS = (
    "Without it the order of the list counts. Moderators can call another with `/manage vote`, or"
    " choose with `/manage pick`."
)


def candidates_lines(ballot: Ballot) -> Iterator[str]:
    """Yield what may be voted on, with the numbers of the poll's answers."""
    yield f"## 🗳️ What do we read on {moment(ballot.slot.at)}?"
    for number, resource in enumerate(ballot.candidates, start=1):
        if resource is None:
            yield f"**{number}.** {GONE}"
            continue
        must_read = f" · {MUST_READ} must-read" if resource.must_read else ""
        yield f"**{number}.** {link(title_of(resource), resource.url, 150)}"
        yield f"-# {facts(resource)}{must_read}"
    yield "Vote in the poll below. If it's a tie, the order here decides."


def called_off_lines(ballot: Ballot | None) -> Iterator[str]:
    """Yield what stands above the poll of a vote that was called off."""
    if ballot is None:
        yield "## 🗳️ This vote is called off"
    else:
        yield f"## 🗳️ The vote on {moment(ballot.slot.at)} is called off"
    yield "Its votes don't count. `/group` shows what comes."
    for number, resource in enumerate(ballot.candidates if ballot else (), start=1):
        yield f"-# {number}. {GONE if resource is None else plain(title_of(resource), 150)}"


def closed_text(ballot: Ballot) -> str:
    """Return that a vote was closed before its time."""
    return (
        f"The vote on {moment(ballot.slot.at)} in <#{ballot.vote.channel_id}> is closed. What won"
        " stands above; if Discord is still counting, in some minutes."
    )


def question_text(ballot: Ballot) -> str:
    """Return what the poll asks; a poll shows no time stamps."""
    return f"What do we read on {day_text(ballot.slot.at, ballot.zone)}?"


def answer_text(number: int, resource: Resource | None) -> str:
    """Return an answer of the poll, with its number on the card above."""
    title = GONE if resource is None else one_line(short_title(resource))
    return clipped(f"{number}. {title}", ANSWER)


def called_lines(ballot: Ballot) -> Iterator[str]:
    """Yield what a moderator sees who called a vote."""
    vote = ballot.vote
    yield f"🗳️ <#{vote.channel_id}> votes on what it reads on {moment(ballot.slot.at)}:"
    for number, resource in enumerate(ballot.candidates, start=1):
        yield f"{number}. {plain(title_of(resource), 150) if resource else GONE}"
    yield (
        f"-# The poll runs for {_hours(vote.hours)}. If nobody votes, what comes next on the list"
        " is read; `/manage pick` goes before any vote."
    )


def called_off_text(ballot: Ballot) -> str:
    """Return that a vote was called off."""
    return f"The vote on {moment(ballot.slot.at)} in <#{ballot.vote.channel_id}> is called off."


def vote_text(status: GroupStatus, *, to_moderator: bool = True) -> str:
    """Return how a group's vote stands."""
    vote = status.vote
    if vote is None:
        return ""
    at = moment(slot_of_week(status.group.schedule, vote.week).at)
    if vote.message_id is None and status.vote_problem and not to_moderator:
        return f"⚠️ A vote on {at} isn't posted yet. Moderators know."
    if vote.message_id is None and status.vote_problem:
        return f"⚠️ A vote on {at} isn't posted yet. {obstacle_text(status.vote_problem)}"
    if vote.message_id is None:
        return f"🗳️ A vote on {at} is being posted."
    place = f"{status.group.guild_id}/{vote.channel_id}/{vote.message_id}"
    closes = f"<t:{int(vote.closes_at.timestamp())}:R>"
    return f"🗳️ [Vote on {at}](https://discord.com/channels/{place}); it closes {closes}."


def lost_vote_text(status: GroupStatus, *, to_moderator: bool = True) -> str:
    """Return that a group's vote came to nothing, what happens instead, and what can be done."""
    vote, now = status.lost_vote, status.this_week
    if vote is None or (status.vote is not None and status.vote.week == vote.week):
        return ""
    at = moment(slot_of_week(status.group.schedule, vote.week).at)
    problem = status.vote_problem if status.vote is None else None
    if not to_moderator and problem not in UNCERTAIN:
        problem = None
    why = _lost_because(vote, problem)
    lost = _("⚠️ The vote on {at} came to nothing.", at=at)
    is_past = now is not None and now.week == vote.week
    instead = _("The order of the list counted.") if is_past else LIST_COUNTS
    return f"{lost} {why} {instead}"


def lost_notice_text(ballot: Ballot, problem: Problem | None) -> str:
    """Return what the moderator is told, once, whose vote came to nothing."""
    where, at = f"<#{ballot.vote.channel_id}>", moment(ballot.slot.at)
    lost = _("The vote on {at} in {where} came to nothing.", at=at, where=where)
    return f"{lost} {_lost_because(ballot.vote, problem)} {LIST_COUNTS}"


def _lost_because(vote: Vote, problem: Problem | None) -> str:
    if vote.message_id is not None:
        return _("Its poll is gone, or I couldn't read its result in time.")
    if problem in UNCERTAIN:
        return _("I can't tell whether its poll was sent.")
    if problem is None or problem == "too_late":
        return _("Its poll couldn't be sent in time.")
    if problem == "deleted":
        return problem_text(problem)
    return _("Its poll couldn't be sent. {why}", why=problem_text(problem))


def _hours(hours: int) -> str:
    return "1 hour" if hours == 1 else f"{hours} hours"
