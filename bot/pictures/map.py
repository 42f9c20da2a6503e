"""A map as SVG text, as wide as Discord shows a picture on a phone: stops below one another."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape
from itertools import accumulate, chain

from bot.core.maps import Chart, Look, Stop
from bot.pictures.letters import drawable, reads_from_right, runs_of, width, wrapped

WIDTH = 250
"""Of a picture on a phone, in its pixels; all lengths here are."""
TALL = 350
"""Above that titles have a line less each, but for the one the reader is at."""

TEXT, SMALL, HEAD = 12.0, 11.0, 14.0
"""Sizes of letters."""
LINE = 15.5
ROW = 8.0  # around a stop's lines
MARGIN = 16.0
LANE, NARROW = 15.0, 10.5  # from lane to lane; in the narrowest, signs just keep off lines
LANES = 60.0  # room for all lanes, unless they would be narrower
LEAST = 80.0  # room for a title, or nothing stands beside it
BEND = 13.0  # what a line takes to change its lane, beside its end: it keeps off the next sign

BACK, PANEL, INK, QUIET = "#20232b", "#31384a", "#f2f4f8", "#b3bac9"
COLOURS: dict[Look, str] = {
    "done": "#4cc38a",
    "here": "#6cb6ff",
    "ready": "#f2f4f8",
    "locked": "#9aa3b5",
    "later": "#f0b429",
    "never": "#9aa3b5",
    "goal": "#ff8fa3",
    "gap": "#9aa3b5",
}
"""Chosen so that they differ in lightness, too; each look has its own shape besides."""


def svg_of(chart: Chart) -> str:
    """Return the picture of a chart, ``WIDTH`` wide and as tall as it needs to be."""
    head, stops = [*_head(chart)], _with_room(chart.stops)
    top = MARGIN + sum(height for height, _ in head) + 4
    for lines in (3, 2, 1):
        rows = _rows(stops, lines)
        heights = [_height(stop, row) for stop, row in zip(stops, rows, strict=True)]
        if top + sum(heights) <= TALL:
            break
    ends = list(accumulate(heights, initial=top))
    middles = [end + height / 2 for end, height in zip(ends, heights, strict=False)]
    legend = [*_legend(chart, ends[-1] + 14)]
    tall = ends[-1] + 14 + (len({y for _, y, _, _ in legend}) * LINE if legend else 0)
    xs = [_x(stops, stop) for stop in stops]
    parts = chain(
        _head_parts(head),
        _panels(stops, ends, heights),
        _lines(stops, xs, middles),
        *(
            _stop_parts(stop, row, (x, y), start)
            for stop, row, x, y, start in zip(stops, rows, xs, middles, _starts(stops), strict=True)
        ),
        *(_legend_parts(*each) for each in legend),
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{tall:.0f}"'
        f' viewBox="0 0 {WIDTH} {tall:.0f}" font-weight="500">'
        f'<rect width="100%" height="100%" rx="10" fill="{BACK}"/>{"".join(parts)}</svg>'
    )


def _head(chart: Chart) -> Iterator[tuple[float, str]]:
    """Yield the lines above the stops, each with its height."""
    title = drawable(chart.title, chart.or_else)
    turned = reads_from_right(title)
    for line in wrapped(title, HEAD, WIDTH - 2 * MARGIN, 2, is_bold=True):
        yield 19, _words(line, MARGIN, 0, HEAD, INK, is_bold=True, is_turned=turned)
    for line in wrapped(drawable(chart.under), SMALL, WIDTH - 2 * MARGIN, 2):
        yield LINE, _words(line, MARGIN, 0, SMALL, QUIET)


def _head_parts(head: Sequence[tuple[float, str]]) -> Iterator[str]:
    y = MARGIN + 8
    for height, words in head:
        yield f'<g transform="translate(0 {y:.1f})">{words}</g>'
        y += height


def _with_room(stops: Sequence[Stop]) -> list[Stop]:
    """Leave out what stands beside a title with too little room: the title says what it is."""
    return [
        replace(stop, beside=())
        if (room := _room(stop, x)) < LEAST
        and width(drawable(stop.text, stop.or_else), TEXT, is_bold=stop.look == "here") > room
        else stop
        for stop, x in zip(stops, _starts(stops), strict=True)
    ]


def _rows(stops: Sequence[Stop], most: int) -> list[Sequence[str]]:
    """Return the lines of each stop's text."""
    rows: list[Sequence[str]] = []
    for stop, x in zip(stops, _starts(stops), strict=True):
        lines = max(2, most) if stop.look in ("here", "goal") else most
        text = drawable(stop.text, stop.or_else)
        rows.append(wrapped(text, TEXT, _room(stop, x), lines, is_bold=stop.look == "here"))
    return rows


def _room(stop: Stop, x: float) -> float:
    """Return how wide a stop's text may be that begins there."""
    beside = max((width(each, SMALL) + 6 for each in _beside(stop)), default=0)
    return WIDTH - MARGIN - x - beside - (17 if stop.is_must_read else 0)


def _beside(stop: Stop) -> list[str]:
    return [" ".join(wrapped(drawable(each), SMALL, WIDTH / 3, 1)) for each in stop.beside]


def _height(stop: Stop, row: Sequence[str]) -> float:
    return max(len(row), len(stop.beside), 1) * LINE + ROW


def _x(stops: Sequence[Stop], stop: Stop) -> float:
    """Return where a stop's line runs."""
    lanes = max((each.lane for each in stops), default=0)
    return MARGIN + 6 + stop.lane * max(NARROW, min(LANE, LANES / max(lanes, 1)))


def _starts(stops: Sequence[Stop]) -> list[float]:
    """Return where each stop's text begins: beside all the lines that pass or end there."""
    right = [_x(stops, each) for each in stops]
    for end, stop in enumerate(stops):
        for start in stop.after:
            for n in range(start, end + 1):
                right[n] = max(right[n], _x(stops, stop if stop.gathers else stops[start]))
    return [x + 16 for x in right]


def _panels(
    stops: Sequence[Stop], ends: Sequence[float], heights: Sequence[float]
) -> Iterator[str]:
    """Highlight what comes next; inside an open step, the resource."""
    here = [n for n, each in enumerate(stops) if each.look == "here"]
    for n in here[-1:]:
        yield (
            f'<rect x="6" y="{ends[n] + 1:.1f}" width="{WIDTH - 12}" height="{heights[n] - 2:.1f}"'
            f' rx="7" fill="{PANEL}"/>'
        )


def _lines(stops: Sequence[Stop], xs: Sequence[float], ys: Sequence[float]) -> Iterator[str]:
    """Yield the lines between stops: what is passed bright, what is to come quiet."""
    passed: dict[Look, tuple[Look, ...]] = {
        "done": ("done", "never", "here", "ready", "later", "goal"),
        "never": ("done", "here"),  # what is left out of what is to come is not passed yet
    }
    lines = [
        (stop.look in passed.get(stops[start].look, ()), start, n)
        for n, stop in enumerate(stops)
        for start in stop.after
    ]
    for is_passed, start, n in sorted(lines):  # over the others where they share a lane
        curve = _curve(xs[start], ys[start], xs[n], ys[n], is_late=not stops[n].gathers)
        colour = COLOURS["done"] if is_passed else "#6b7488"
        yield f'<path d="{curve}" fill="none" stroke-width="2.5" stroke="{colour}"/>'


def _curve(x1: float, y1: float, x2: float, y2: float, *, is_late: bool) -> str:
    """Return a line down to the other's lane, where it ends if it ``is_late``, or begins."""
    if x1 == x2:
        return f"M{x1:.1f} {y1:.1f}V{y2:.1f}"
    above, below = (y2 - BEND, y2) if is_late else (y1, y1 + BEND)
    third = BEND / 3
    return (
        f"M{x1:.1f} {y1:.1f}V{above:.1f}"
        f"C{x1:.1f} {below - third:.1f} {x2:.1f} {above + third:.1f} {x2:.1f} {below:.1f}V{y2:.1f}"
    )


def _stop_parts(
    stop: Stop, row: Sequence[str], at: tuple[float, float], text_x: float
) -> Iterator[str]:
    x, y = at
    yield shape(stop.look, x, y)
    first = y - (len(row) - 1) * LINE / 2 + TEXT * 0.36
    ink = QUIET if stop.look in ("locked", "never", "gap", "later") else INK
    is_bold, turned = stop.look == "here", reads_from_right("".join(row))
    for n, line in enumerate(row):
        at_y = first + n * LINE
        yield _words(line, text_x, at_y, TEXT, ink, is_bold=is_bold, is_turned=turned)
    if stop.is_must_read:
        end = text_x + width(row[-1] if row else "", TEXT, is_bold=is_bold) + 4
        yield _words("📚", end, first + (len(row) - 1) * LINE, TEXT - 1, ink)
    top = y - (len(stop.beside) - 1) * LINE / 2 + SMALL * 0.36
    for n, words in enumerate(_beside(stop)):
        yield _words(words, WIDTH - MARGIN, top + n * LINE, SMALL, QUIET, anchor="end")


def _legend(chart: Chart, y: float) -> Iterator[tuple[float, float, Look, str]]:
    """Yield what each shape means, with its place."""
    x = MARGIN
    for look, word in chart.legend:
        room = 16 + width(drawable(word), SMALL) + 12
        if x > MARGIN and x + room - 12 > WIDTH - MARGIN:
            x, y = MARGIN, y + LINE
        yield x, y, look, word
        x += room


def _legend_parts(x: float, y: float, look: Look, word: str) -> Iterator[str]:
    yield f'<g transform="translate({x + 5:.1f} {y:.1f}) scale(0.8)">{shape(look, 0, 0)}</g>'
    yield _words(drawable(word), x + 16, y + SMALL * 0.36, SMALL, QUIET)


def _words(
    text: str,
    x: float,
    y: float,
    size: float,
    ink: str,
    *,
    is_bold: bool = False,
    is_turned: bool = False,
    anchor: str = "start",
) -> str:
    weight = ' font-weight="700"' if is_bold else ""
    x -= width(text, size, is_bold=is_bold) if anchor == "end" else 0
    drawn = ""
    for font, run in runs_of(text, is_turned=is_turned or reads_from_right(text)):
        lead = width(run[: len(run) - len(run.lstrip())], size, is_bold=is_bold)
        drawn += (
            f'<text x="{x + lead:.1f}" y="{y:.1f}" font-family="{font}" font-size="{size:g}"'
            f' fill="{ink}"{weight}>{escape(run.strip())}</text>'
        )
        x += width(run, size, is_bold=is_bold)
    return drawn


def shape(look: Look, x: float, y: float) -> str:
    """Return the sign of a state: each differs by its form, not by its colour alone."""
    ink = COLOURS[look]
    ring = f'<circle r="6" fill="{BACK}" stroke="{ink}" stroke-width="2"/>'
    drawn = {
        "done": f'<circle r="7" fill="{ink}"/>'
        f'<path d="M-3.2 0.2L-0.9 2.6L3.4 -2.4" fill="none" stroke="{BACK}" stroke-width="2"/>',
        "here": f'<circle r="7.5" fill="{BACK}" stroke="{ink}" stroke-width="2.5"/>'
        f'<circle r="3.6" fill="{ink}"/>',
        "ready": ring,
        "locked": f'<rect x="-6" y="-2" width="12" height="9" rx="2" fill="{ink}"/>'
        f'<path d="M-3.5 -2V-4A3.5 3.5 0 0 1 3.5 -4V-2" fill="{BACK}" stroke="{ink}"'
        ' stroke-width="2"/>',
        "later": f'{ring}<path d="M0 -3.4V0.3L2.6 2" fill="none" stroke="{ink}"'
        ' stroke-width="1.8"/>',
        "never": f'{ring}<path d="M-3.4 0H3.4" stroke="{ink}" stroke-width="2"/>',
        "goal": f'<circle r="7" fill="{BACK}" stroke="{ink}" stroke-width="2"/>'
        f'<path d="M-2.5 4V-4L3.5 -2L-2.5 0.3" fill="{ink}" stroke="{ink}" stroke-width="1.4"/>',
        "gap": f'<circle r="8" fill="{BACK}"/>'
        + "".join(f'<circle cy="{dy}" r="1.6" fill="{ink}"/>' for dy in (-5, 0, 5)),
    }[look]
    return f'<g transform="translate({x:.1f} {y:.1f})">{drawn}</g>'
