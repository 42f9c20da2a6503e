"""Search beside what a Python bot could take off the shelf: hits, time, memory."""

import importlib.util
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import click

from tests.bench import search_corpus, search_measures, search_peers
from tests.bench.search import Engine

OURS = "tests.bench.search:Engine"
NEEDED = {
    "thefuzz": "thefuzz",
    "tantivy_d1": "tantivy",
    "tantivy_d2": "tantivy",
    "whoosh": "whoosh",
}
ENGINES = {"nextread": Engine, **search_peers.PEERS}


@click.command()
@click.option("--size", "sizes", type=int, multiple=True, help="Titles; may be given twice.")
@click.option("--seed", default=1, show_default=True, help="Another seed, other queries.")
@click.option(
    "--yardstick",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with bench.py, gen_queries.py and its corpus, to be used instead of our own.",
)
@click.option("--engine", "engines", multiple=True, help="Only these; default: all installed.")
@click.option("--budget", default=20, show_default=True, help="Seconds a class (yardstick).")
def search(sizes, seed, yardstick, engines, budget):
    """Compare our search with its peers: hit@1 / hit@5 in %, milliseconds, MB."""
    if yardstick:
        _with_yardstick(yardstick, sizes or (1000, 10000), seed, engines, budget)
        return
    if unknown := set(engines) - set(ENGINES):
        raise click.BadParameter(f"{', '.join(unknown)}: there are {', '.join(ENGINES)}")
    for size in sizes or (1000,):
        click.echo(f"\n{size} titles, seed {seed}: hit@1/hit@5 in % (nonsense: found nothing)\n")
        rows = search_corpus.corpus(size, seed)
        queries = search_corpus.queries(rows, seed)
        results = {
            name: _apart(search_measures.measure, ENGINES[name], rows, queries)
            for name in engines or ENGINES
        }
        click.echo(search_measures.table(results))
    click.echo(
        f"\n{search_measures.questions()}\n{search_measures.typing()}\n{search_measures.servers()}"
    )


def _apart(measure, *args):
    """Measure in a new process, so that its memory is that of one engine."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(measure, *args).result()


def _with_yardstick(folder, sizes, seed, engines, budget):
    peers = ["combo_fts5_rf", "rf_WRatio", "fts5_unicode61", "fts5_allfields", *NEEDED]
    installed = [name for name in peers if importlib.util.find_spec(NEEDED.get(name, "rapidfuzz"))]
    named = [OURS if name == "nextread" else name for name in engines]
    with tempfile.TemporaryDirectory() as scratch:
        at = ["--sizes", *map(str, sizes)]
        run = [sys.executable, str(folder / "bench.py"), "--results", scratch, *at]
        generate = [sys.executable, str(folder / "gen_queries.py"), "--out", scratch, *at]
        subprocess.run([*generate, "--seed", str(seed)], check=True)
        chosen = named or [OURS, *installed]
        measured = [*run, "--queries", scratch, "--budget", str(budget), "--engines", *chosen]
        subprocess.run(measured, check=True)
        subprocess.run([*run, "--report"], check=True)
