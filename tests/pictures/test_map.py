"""Pictures are as they were looked at and approved, and all that they say is inside."""

import io
import math
import os
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from bot.core.lanes import lanes_of
from bot.core.maps import Chart, Stop
from bot.pictures.letters import drawable, font_files, width
from bot.pictures.map import BACK, COLOURS, INK, PANEL, QUIET, WIDTH, svg_of
from bot.pictures.worker import png_of, with_fonts
from bot.views.map_card import list_chart, way_chart, we_chart
from tests.curricula import ways
from tests.pictures.charts import (
    LEGEND,
    LOOKS,
    NASTY,
    NOW,
    charts,
    journey_of,
    nasty,
    status_of,
    way_of,
)

APPROVED = Path(__file__).with_name("approved")
APPROVE = "NEXTREAD_APPROVE"
"""Set, it writes what is drawn over what was approved: look at each before you commit them."""

SVG = "{http://www.w3.org/2000/svg}"
ROOM_OF_BUTTONS = 64
"""Of a card with a picture, on a phone, in pixels."""
NAMES = ["list-new", "list-begun", "list-read", "way", "way-to-a-step", "way-of-six-lanes", "we"]
NAMES += NASTY


def drawn(chart: Chart) -> bytes:
    return png_of(svg_of(chart), with_fonts([str(each) for each in font_files()]), zoom=2)


@pytest.fixture(scope="module")
def approved(shipped_list):
    return dict(charts(shipped_list))


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_as_approved(name, approved):
    path = APPROVED / f"{name}.png"
    if APPROVE in os.environ:
        path.write_bytes(drawn(approved[name]))
    now, then = (Image.open(each) for each in (io.BytesIO(drawn(approved[name])), path))

    assert now.size == then.size
    # Another processor may round an edge otherwise: a letter that is another one is more than that.
    bands = ImageChops.difference(now.convert("RGBA"), then.convert("RGBA")).split()
    assert sum(sum(band.histogram()[24:]) for band in bands) <= 4


def test_each_approved_picture_is_looked_at():
    assert sorted(each.stem for each in APPROVED.iterdir()) == sorted(NAMES)


def texts_of(svg: str):
    for each in ET.fromstring(svg).iter(f"{SVG}text"):  # noqa: S314 - our own
        yield each, each.text or ""


TEXT = st.text(max_size=110) | st.sampled_from([*NASTY.values()])
STOPS = st.builds(
    Stop, TEXT, st.sampled_from(LOOKS), st.integers(0, 7), st.just(()), st.booleans(),
    st.lists(TEXT, max_size=2).map(tuple), TEXT, st.booleans(),
)  # fmt: skip


@given(st.builds(Chart, TEXT, TEXT, st.lists(STOPS, max_size=12).map(tuple), st.just(LEGEND)))
def test_no_word_leaves_the_picture(chart):
    for element, text in texts_of(svg_of(chart)):
        size, x = float(element.get("font-size")), float(element.get("x"))
        long = width(text, size, is_bold=element.get("font-weight") == "700")
        assert drawable(text) == text
        assert x >= 0, text
        assert x + long <= WIDTH, text


@st.composite
def wide_ways(draw) -> Chart:
    """Draw a chart of any way that twelve stops can make."""
    after = draw(ways())
    stops = tuple(
        replace(draw(STOPS), lane=lane, after=tuple(sorted(starts)), gathers=gathers)
        for starts, (lane, gathers) in zip(after, lanes_of(after), strict=True)
    )
    return Chart(draw(TEXT), draw(TEXT), stops, LEGEND)


def points_of(path: ET.Element) -> list[tuple[float, float]]:
    """Return points along a line, less than its width apart."""
    found: list[tuple[float, float]] = []
    for command, numbers in re.findall(r"([MVC])([^MVC]*)", path.get("d", "")):
        given = [float(each) for each in numbers.split()]
        if command == "M":
            found.append((given[0], given[1]))
            continue
        (x, y), steps = found[-1], 60
        ends = [x, y, *(given if command == "C" else (x, y, x, *given, x, *given))]
        for n in range(1, steps + 1):
            t = n / steps
            shares = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
            found.append(
                tuple(sum(a * b for a, b in zip(shares, ends[k::2], strict=True)) for k in (0, 1))
            )
    return found


@given(wide_ways())
def test_lines_keep_off_other_signs_and_off_all_words(chart):
    root = ET.fromstring(svg_of(chart))  # noqa: S314 - our own
    half = 1.25
    signs = [
        tuple(float(n) for n in re.findall(r"-?[\d.]+", each.get("transform", "")))
        for each in root.findall(f"{SVG}g")
        if "scale" not in each.get("transform", "") and each.find(f"{SVG}text") is None
    ]
    boxes = [
        (float(t.get("x")), float(t.get("y")), float(t.get("font-size")), t.text or "")
        for t in root.findall(f"{SVG}text")
    ]
    for path in root.findall(f"{SVG}path"):
        points = points_of(path)
        for x, y in points:
            assert half <= x <= WIDTH - half
            assert 0 <= y <= float(root.get("height"))
            for sign in signs:
                if sign not in (points[0], points[-1]):
                    assert math.dist(sign, (x, y)) >= 8.75 + half, "a line touches a sign"
            for left, base, size, text in boxes:
                below, above = base + size * 0.25, base - size * 0.8
                assert x + half < left or x > left + width(text, size) or not above < y < below


def tall(chart):
    return float(ET.fromstring(svg_of(chart)).get("height"))  # noqa: S314


@pytest.mark.parametrize("name", NASTY)
def test_twelve_of_the_longest_are_as_tall_as_a_phone_shows(name):
    assert tall(nasty(NASTY[name])) <= 480


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def test_words_and_signs_stand_out():
    """By WCAG 2.2: 4.5 for text, 3 for signs (https://www.w3.org/TR/WCAG22/#contrast-minimum)."""
    assert all(contrast(ink, ground) >= 4.5 for ink in (INK, QUIET) for ground in (BACK, PANEL))
    assert all(contrast(colour, BACK) >= 3 for colour in COLOURS.values())


def test_the_pictures_of_the_shipped_list_leave_room_for_their_buttons(shipped_list):
    journeys = [list_chart(journey_of(shipped_list, read), NOW) for read in range(10)]
    aims = [each.key for each in (*shipped_list.resources, *shipped_list.steps)]
    ways = [way_chart(way_of(shipped_list, read, aim), NOW) for read in (0, 5) for aim in aims]

    tallest = max(map(tall, [*journeys, *ways, we_chart(*status_of(shipped_list))]))

    assert tallest <= 480 - ROOM_OF_BUTTONS
