"""How long pictures take, how much memory, and whether the bot answers others meanwhile."""

import asyncio
import os
import time
from pathlib import Path
from statistics import median, quantiles

import click

from bot.core.curriculum.file import default_curriculum_path, read_curriculum
from bot.core.maps import Chart
from bot.pictures.map import svg_of
from bot.pictures.studio import Studio
from tests.pictures.charts import charts

PATIENCE = 60


@click.command()
@click.option("--pictures", "count", default=200, show_default=True, help="Of each kind.")
def pictures(count):
    """Measure how long a picture takes, in milliseconds, with the longest stop of the loop."""
    path = default_curriculum_path()
    made = dict(charts(read_curriculum(path.read_bytes(), str(path))))
    asyncio.run(_measure({name: made[name] for name in KINDS}, count))


KINDS = ("list-begun", "way", "we", "korean", "chinese", "emoji")


async def _measure(made: dict[str, Chart], count):
    with Studio(PATIENCE) as studio:
        began = time.perf_counter()
        await studio.draw(Chart("first", "", (), ()))
        click.echo(f"The first, with the start of its process: {_ms(began):.0f} ms")
        click.echo(
            "| picture | median ms | 95 % | KB | loop held, ms |\n| --- | --- | --- | --- | --- |"
        )
        for name, chart in made.items():
            took, size, held = await _drawn(studio, chart, count)
            often = f"{median(took):.0f} | {quantiles(took, n=20)[-1]:.0f}"
            click.echo(f"| {name} | {often} | {size / 1024:.0f} | {held:.1f} |")
        began = time.perf_counter()
        for _ in range(1000):
            await studio.draw(chart)
        click.echo(f"One that is kept: {_ms(began) / 1000:.4f} ms")
        pid = studio._process.pid  # noqa: SLF001 - its process is measured from outside
        click.echo(f"Memory of the process that draws: {_resident(pid):.0f} MiB")
    began, laid = time.perf_counter(), made["way"]
    for _ in range(100):
        svg_of(laid)
    click.echo(f"Laying one out, in a thread of the bot: {_ms(began) / 100:.1f} ms")


async def _drawn(studio, chart, count):
    """Draw a chart so often, each time as if new, while something else looks at the clock."""
    took, held, over = [], [0.0], asyncio.Event()

    async def look():
        while not over.is_set():
            before = time.perf_counter()
            await asyncio.sleep(0)
            held[0] = max(held[0], _ms(before))
            await asyncio.sleep(0.001)

    looking = asyncio.create_task(look())
    for n in range(count):
        fresh = Chart(chart.title, f"{chart.under} {n}", chart.stops, chart.legend)
        began = time.perf_counter()
        png = await studio.draw(fresh)
        took.append(_ms(began))
    over.set()
    await looking
    return took, len(png), held[0]


def _ms(began):
    return (time.perf_counter() - began) * 1000


def _resident(pid):
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
