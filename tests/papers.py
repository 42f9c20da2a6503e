"""Plans and calendars made of what a test says, without a ledger."""

from datetime import timedelta

from bot.core.papers import PICKED, Chosen, Plan, spans_by_key
from bot.core.weeks import Calendar, Schedule, Week, slot_of_week, weeks_from

MONDAYS = Schedule(0, 10, 0, "UTC")
AN_HOUR = timedelta(hours=1)


def calendar(schedule, served=()):
    """Return a calendar whose weeks ``served`` had no paper, but were decided about."""
    weeks = [Week(0, 1, w, slot_of_week(schedule, w).at, "missed") for w in served]
    return Calendar(schedule, weeks)


def next_papers(curriculum, had, picked, winners, weeks, beyond=(), spans=(), posted=(), led=()):
    """Return what a group that has had this reads in these weeks."""
    chosen = {"had": had, "picked": picked, "winners": winners, "led": led, "posted": posted}
    return plan_from(
        next(iter(weeks), "2026-W51"), curriculum, **chosen, beyond=beyond, spans=spans
    ).papers(weeks)


def plan_from(
    week, curriculum, *, had=(), picked=(), winners=(), led=(), beyond=(), spans=(), posted=()
):
    """Return the plan of a group that meets on Mondays, an hour before the slot of a week.

    ``had``: what it had years ago; ``posted``: its weeks since, each with its paper and part.
    """
    past = weeks_from("2001-W01", len(had))
    weeks = [
        Week(0, 1, each, slot_of_week(MONDAYS, each).at, "posted", key)
        for each, key in zip(past, had, strict=True)
    ]
    weeks += [
        Week(0, 1, each, slot_of_week(MONDAYS, each).at, "posted", key, part=part)
        for each, key, part in posted
    ]
    chosen = [Chosen(1, each, key, PICKED) for each, key in dict(picked).items()]
    chosen += [Chosen(1, each, key, "vote_winner") for each, key in dict(winners).items()]
    chosen += [Chosen(1, each, key, "leader_choice") for each, key in dict(led).items()]
    return Plan(
        curriculum,
        Calendar(MONDAYS, weeks[::-1]),
        slot_of_week(MONDAYS, week).at - AN_HOUR,
        chosen,
        spans=spans_by_key(curriculum, spans, weeks),
        beyond=beyond,
    )
