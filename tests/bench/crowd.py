"""What a click costs in a group of thousands, and how fast the end of a long list is found."""

import asyncio
import time
from datetime import UTC, datetime
from statistics import median

import click

from bot.core.curriculum.file import default_curriculum_path, read_curriculum
from bot.core.papers import beyond_list
from bot.core.weeks import Schedule
from bot.services.opening import open_services
from tests.bench.databases import new_database
from tests.curricula import curriculum, resource
from tests.papers import plan_from
from tests.postbox import CHANNEL, GUILD, MODERATOR, Postbox

NOW = datetime(2026, 1, 5, 10, 0, 30, tzinfo=UTC)
MONDAYS_AT_TEN = Schedule(0, 10, 0, "UTC")
FIRST_READER = 10_000
MARKS = 100  # per member


@click.command()
@click.option("--members", default=2_000, show_default=True)
@click.option("--additions", default=1_000, show_default=True)
@click.option("--clicks", default=20, show_default=True, help="At the same moment.")
@click.option("--database", "kinds", type=click.Choice(["sqlite", "postgres"]), multiple=True)
def crowd(members, additions, clicks, kinds):
    """Measure clicks in a large group, in milliseconds until the last answer."""
    kinds = kinds or ("sqlite", "postgres")
    click.echo(f"The end of {additions:,} additions: {_end_of_list(additions):.1f} ms\n")
    found = {kind: asyncio.run(_measure(kind, members, clicks)) for kind in kinds}
    click.echo(f"| ms, {clicks} at once, {members:,} members | {' | '.join(found)} |")
    click.echo(f"| --- |{' --- |' * len(found)}")
    for name in found[kinds[0]]:
        click.echo(f"| {name} | {' | '.join(f'{took[name]:,.0f}' for took in found.values())} |")


def _end_of_list(additions):
    made = curriculum(
        *(resource(f"r{n}") for n in range(50)),
        *(resource(f"a{n}", addition=True) for n in range(additions)),
    )
    then = beyond_list(made, "additions", ())
    took = []
    for _ in range(5):
        began = time.perf_counter()
        plan_from("2026-W02", made, beyond=then).weeks_left()
        took.append(time.perf_counter() - began)
    return median(took) * 1000


async def _measure(kind, members, clicks):
    path = default_curriculum_path()
    base = read_curriculum(path.read_bytes(), str(path))
    now = [NOW.replace(hour=9)]
    with new_database(kind) as (url, _):
        services = await open_services(url, base, lambda: now[0])
        try:
            groups, weekly = services.groups, services.weeks
            made = await groups.make_or_change(GUILD, CHANNEL, MONDAYS_AT_TEN, None, MODERATOR)
            group_id = made.group.group_id
            await services.papers.go_on(GUILD, group_id, "must_reads")
            paper = next(r.key for r in base.resources if r.prerequisites)
            await services.papers.pick(GUILD, CHANNEL, MODERATOR, paper, None)
            await _fill(services.db, group_id, base, members)
            now[0] = NOW
            await weekly.open_due()
            await Postbox(services).deliver()
            week_id = (await groups.status(CHANNEL, None)).this_week.week_id
            acts = {
                "*I've read it*": lambda who: weekly.read_it(who, GUILD, week_id),
                "/group": lambda who: groups.status(CHANNEL, who),
                "*Join*": lambda who: groups.join(GUILD, group_id, 2 * who),
                "*Leave*": lambda who: groups.leave(GUILD, group_id, 2 * who),
                "*Remind me*": lambda who: services.reminders.ask(
                    GUILD, group_id, who, wanted=True
                ),
                "past papers": lambda _: groups.history(GUILD, group_id, 0),
            }
            return {name: await _cost(act, clicks) for name, act in acts.items()}
        finally:
            await services.close()


async def _cost(act, clicks):
    began = time.perf_counter()
    await asyncio.gather(*(act(FIRST_READER + n) for n in range(clicks)))
    return (time.perf_counter() - began) * 1000


async def _fill(db, group_id, base, members):
    """Each member has marked a hundred resources, half of them ours; all want reminders."""
    numbers = (
        "WITH RECURSIVE numbers (n) AS (SELECT CAST(0 AS BIGINT)"
        " UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < CAST(? AS BIGINT))"
    )
    keys = [r.key for r in base.resources][: MARKS // 2]
    keys += [f"g9:r{n}" for n in range(MARKS - len(keys))]
    async with db.transaction() as tx:
        await tx.fetch(
            "INSERT INTO members (group_id, reader_id, joined_at, checked_at, reminders)"
            f" {numbers} SELECT CAST(? AS BIGINT), n + {FIRST_READER}, 0, 0, 'wanted'"
            " FROM numbers",
            members,
            group_id,
        )
        for at, key in enumerate(keys):
            await tx.fetch(
                "INSERT INTO progress (reader_id, resource_key, state, changed_at)"
                f" {numbers} SELECT n + {FIRST_READER}, CAST(? AS TEXT),"
                f" CASE (n + {at}) % 3 WHEN 0 THEN 'done' WHEN 1 THEN 'known' ELSE 'later' END, 0"
                " FROM numbers",
                members,
                key,
            )
    async with db.transaction() as tx:
        await tx.fetch("ANALYZE")
