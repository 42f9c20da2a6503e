"""Lanes: where on a way each stop stands, and where the lines between them run."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, combinations

After = Sequence[AbstractSet[int]]
"""By stop, from top to bottom: the stops above it from which a line leads to it."""


def lanes_of(after: After) -> list[tuple[int, bool]]:
    """Return each stop's lane, and whether the stop gathers the lines to it in that lane.

    The other lines run in the lane of the stop that they come from. So a line bends once, beside
    one of its ends, and shares its lane only with lines of its other end. A stop gathers where that
    takes fewer lanes: of what leads to one goal, two instead of ten.
    """
    gathers = min((_fewest(after, each) for each in (False, True)), key=lambda g: _size(after, g))
    return list(zip(_placed(after, gathers), gathers, strict=True))


def _spans(after: After, gathers: Sequence[bool]) -> list[tuple[int, int]]:
    """Return from which stop to which each stop's lane has a line."""
    return [
        (
            min(after[n], default=n) if gathers[n] else n,
            max((m for m in range(n, len(after)) if n in after[m] and not gathers[m]), default=n),
        )
        for n in range(len(after))
    ]


def _cells(n: int, span: tuple[int, int]) -> range:
    """Return what a stop takes of its lane: 2r beside stop r, 2r+1 between it and the next."""
    first, last = span
    return range(2 * first + (first < n), 2 * last + (last == n))


def _size(after: After, gathers: Sequence[bool]) -> tuple[int, int]:
    """Return how many lanes there are at most side by side, and how long they all are."""
    spans = _spans(after, gathers)
    taken = [0] * (2 * len(after))
    for n, span in enumerate(spans):
        for cell in _cells(n, span):
            taken[cell] += 1
    return max(taken, default=0), sum(b - a for a, b in spans) + sum(gathers)


def _fewest(after: After, first: bool) -> list[bool]:
    """Return which stops gather their lines, such that no single change takes fewer lanes."""
    gathers = [first and len(each) > 1 for each in after]
    many = [n for n, each in enumerate(after) if len(each) > 1]

    def size(changed: int | None) -> tuple[int, int]:
        return _size(after, [each != (n == changed) for n, each in enumerate(gathers)])

    while (best := min(many, key=size, default=None)) is not None and size(best) < size(None):
        gathers[best] = not gathers[best]
    return gathers


def _placed(after: After, gathers: Sequence[bool]) -> list[int]:
    """Return each stop's lane, such that lines seldom cross, and bend little."""
    spans, (most, _) = _spans(after, gathers), _size(after, gathers)
    cells = [_cells(n, span) for n, span in enumerate(spans)]
    # A line bends beside one of its ends; what runs on there is crossed if it is in between.
    ends = [(a, b, a if gathers[b] else b) for b, starts in enumerate(after) for a in starts]
    beside = [[n for n, (a, b) in enumerate(spans) if a < at < b] for at in range(len(after))]

    def tangle(lanes: dict[int, int]) -> tuple[int, int]:
        crossed = bent = 0
        for a, b, at in ends:
            if a in lanes and b in lanes and lanes[a] != lanes[b]:
                low, high = sorted((lanes[a], lanes[b]))
                bent += high - low
                crossed += sum(low < lanes[n] < high for n in beside[at] if n in lanes)
        return crossed, bent

    def moves(n: int, lanes: dict[int, int]) -> Iterator[dict[int, int]]:
        for lane in range(most):
            there = (cells[m] for m in lanes if lanes[m] == lane and m != n)
            if all(max(each[0], cells[n][0]) > min(each[-1], cells[n][-1]) for each in there):
                yield {**lanes, n: lane}

    lanes: dict[int, int] = {}
    for n in sorted(range(len(after)), key=lambda n: cells[n][0]):
        lanes = min(moves(n, lanes), key=tangle)
    while tangle(lanes)[0]:
        swapped = (
            {n: {a: b, b: a}.get(lane, lane) for n, lane in lanes.items()}
            for a, b in combinations(range(most), 2)
        )
        moved = (each for n in lanes for each in moves(n, lanes))
        better = min(chain(swapped, moved), key=tangle)
        if tangle(better) >= tangle(lanes):
            break
        lanes = better
    return [lanes[n] for n in range(len(after))]
