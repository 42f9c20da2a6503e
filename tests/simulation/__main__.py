"""`python -m tests.simulation`: years of groups' weeks in minutes, each world out of one seed.

Without options: the seeds that are always tried, about two minutes, then ten seconds of new ones.
"""

import itertools
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from multiprocessing import get_context

import click

from tests.simulation.found import FOUND
from tests.simulation.script import Event
from tests.simulation.shrinking import in_words, shrunk
from tests.simulation.world import Outcome, World, lived

ALWAYS = range(10)
NEW_FOR = 10.0
A_YEAR = 52
SHRINK_WITHIN = 120.0
BEGAN = time.monotonic()


@click.command(help=__doc__)
@click.option("--seed", type=int, help="Only this world.")
@click.option("--only", help="Only these of the events that befall it, by number; or none.")
@click.option("--history", is_flag=True, help="Print all that happens in it.")
@click.option("--minutes", type=float, help="New worlds for so long, and no others.")
@click.option("--first", type=int, help="The seed of the first new world.")
@click.option("--processes", type=int, default=os.cpu_count(), show_default=True)
def main(
    seed: int | None,
    only: str | None,
    history: bool,
    minutes: float | None,
    first: int | None,
    processes: int,
) -> None:
    if seed is not None:
        one(seed, only, history)
        return
    first = random.SystemRandom().randrange(2**31) if first is None else first
    began, total, worlds = time.monotonic(), Counter[str](), 0
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        if minutes is None:
            for outcome in outcomes(pool, processes, [*FOUND, *((s, None) for s in ALWAYS)]):
                total, worlds = total + outcome.counts, worlds + 1
        click.echo(f"new worlds from seed {first} on")
        seconds = NEW_FOR if minutes is None else minutes * 60
        new = ((seed, None) for seed in itertools.count(first))
        for outcome in outcomes(pool, processes, new, time.monotonic() + seconds):
            total, worlds = total + outcome.counts, worlds + 1
    click.echo(report(total, worlds, time.monotonic() - began))


def one(seed: int, only: str | None, history: bool) -> None:
    """Live through one world, and fail if a promise is broken."""
    numbers = None if only is None else only.replace("none", "").split(",")
    script = None
    if numbers is not None:
        script = [event for event in World(seed).script if str(event.number) in numbers]
    outcome = lived(seed, script)
    if history:
        click.echo("\n".join(outcome.history))
        click.echo(f"statements {outcome.digest:08x}")
    if outcome.broken is None:
        click.echo(f"seed {seed}: {dict(outcome.counts)}")
        return
    told(outcome, is_short=numbers is not None)


def outcomes(
    pool: ProcessPoolExecutor,
    processes: int,
    worlds: Iterable[tuple[int, Sequence[Event] | None]],
    until: float | None = None,
) -> Iterator[Outcome]:
    """Yield what comes of worlds, some at a time; ``until``: begin none later.

    Fail at the first broken promise.
    """
    left, running = iter(worlds), set()
    while True:
        while len(running) < processes and (until is None or time.monotonic() < until):
            if (world := next(left, None)) is None:
                break
            running.add(pool.submit(lived, *world))
        if not running:
            return
        done, running = wait(running, return_when=FIRST_COMPLETED)
        for each in done:
            outcome = each.result()
            if outcome.broken is not None:
                told(outcome)
            yield outcome


def told(outcome: Outcome, *, is_short: bool = False) -> None:
    """Print how a promise was broken, as short as can be, and end."""
    click.echo(f"broken after {time.monotonic() - BEGAN:.0f} s")
    click.echo(f"seed {outcome.seed}: {outcome.broken}")
    click.echo(outcome.broken.traceback)
    if is_short:
        click.echo("\n".join(outcome.history))
        sys.exit(1)
    click.echo("the shortest history that breaks it:")
    kept, short = shrunk(outcome, within=SHRINK_WITHIN)
    if short is outcome:
        click.echo("(no attempt broke it again: this is all that befell it)")
    click.echo(in_words(kept, short))
    sys.exit(1)


def report(total: Counter[str], worlds: int, seconds: float) -> str:
    minutes = seconds / 60
    return (
        f"{worlds} worlds in {seconds:.0f} s, no promise broken: {total['weeks']} weeks of groups"
        f" with a paper due ({total['weeks'] / A_YEAR:.0f} group-years), in"
        f" {100 * total['troubled'] / max(1, total['weeks']):.0f} % of them a fault or a crash;"
        f" {total['messages']} messages\na minute: {total['weeks'] / minutes:.0f} weeks,"
        f" {total['lives'] / minutes:.0f} lives of bots, {total['faults'] / minutes:.0f} faults,"
        f" {total['crashes'] / minutes:.0f} crashes"
    )


if __name__ == "__main__":
    main()
