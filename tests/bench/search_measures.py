"""Runs an engine over queries and measures it."""

import gc
import resource
import sys
import time
import tracemalloc
from collections import Counter
from pathlib import Path

import yaml

from bot.core.curriculum.file import default_curriculum_path, read_curriculum
from bot.core.search import search
from bot.core.search.index import Document, SearchIndex, documents_of, steps_of


def measure(engine_class, rows, queries):
    """Return hits by class, latencies in ms, seconds to build and MB of memory."""
    engine = engine_class()
    before, started = _memory(), time.perf_counter()
    engine.build(rows)
    seconds, megabytes = time.perf_counter() - started, _memory() - before
    asked, first, fifth, latencies = Counter(), Counter(), Counter(), []
    for name, query, right in queries:
        started = time.perf_counter()
        found = [key for key, _ in engine.search(query)]
        latencies.append((time.perf_counter() - started) * 1000)
        asked[name] += 1
        first[name] += bool(right.intersection(found[:1])) if right else not found
        fifth[name] += bool(right.intersection(found[:5])) if right else not found
    latencies.sort()
    return {
        **{
            name: f"{100 * first[name] / n:.0f}/{100 * fifth[name] / n:.0f}"
            for name, n in asked.items()
        },
        "p50 ms": f"{latencies[len(latencies) // 2]:.3g}",
        "p99 ms": f"{latencies[len(latencies) * 99 // 100]:.3g}",
        "build s": f"{seconds:.2f}",
        "MB": f"{megabytes:.0f}",
    }


def table(results):
    """Return a Markdown table with one row per engine."""
    columns = list(next(iter(results.values())))
    lines = [["", *columns], ["---"] * (len(columns) + 1)]
    lines += [[name, *result.values()] for name, result in results.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def typing():
    """Replay the list's titles and aliases letter by letter, as autocomplete sees them."""
    curriculum = read_curriculum(default_curriculum_path().read_bytes())
    index = SearchIndex(documents_of(curriculum))
    at_most = Counter()
    keystrokes = 0
    for one in curriculum.by_key.values():
        for name in (one.title, *one.aliases):
            for typed in range(1, len(name) + 1):
                keys = [hit.key for hit in search([index], name[:typed])]
                keystrokes += 1
                for most in (1, 5, 25):
                    at_most[most] += one.key in keys[:most]
    shares = ", ".join(f"{100 * at_most[most] / keystrokes:.1f} % in {most}" for most in (1, 5, 25))
    return f"Typing the list's names letter by letter ({keystrokes} keystrokes): {shares}"


def questions():
    """Count the questions of ``search_queries.yaml`` of which one meaning is in the first three."""
    path = Path(__file__).parents[1] / "core" / "search_queries.yaml"
    asked = yaml.safe_load(path.read_text("utf-8"))["questions"]
    curriculum = read_curriculum(default_curriculum_path().read_bytes())
    indexes = [SearchIndex(documents_of(curriculum)), SearchIndex(steps_of(curriculum))]
    answered = 0
    for question, meant in asked.items():
        found = [hit.key for hit in search(indexes, question, 3)]
        keys = {each if each.startswith(":") else f"{curriculum.id}:{each}" for each in meant}
        answered += not keys.isdisjoint(found)
    return f"Questions with what is meant in the first three: {answered} of {len(asked)}"


def servers(count=1000, additions=3):
    """Measure what a small index for each server's additions costs."""
    tracemalloc.start()
    indexes = [
        SearchIndex(
            Document(
                f"g{server}:{n}", f"An addition, number {n} of {server}", fields=("paper", "2024")
            )
            for n in range(additions)
        )
        for server in range(count)
    ]
    each = tracemalloc.get_traced_memory()[0] / 1000 / len(indexes)
    tracemalloc.stop()
    return f"{count} servers with {additions} additions each: {each:.0f} kB a server"


def _memory():
    gc.collect()
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)
