"""What the gallery shows: some cards of each function that builds any, and every picture."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from discord.ui import LayoutView

from bot.core.curriculum import Curriculum
from bot.core.maps import Chart
from bot.language import languages, to_all
from bot.views.parts import Picture
from tests.drawn_cards import WHERE
from tests.every_card import by_name, cards_of, real_world
from tests.pictures.charts import charts

UNSEEN = re.compile(r'"(?:custom_id|value|url)": "[^"]*"')


@dataclass(frozen=True)
class Exhibit:
    """Cards of one function, each with the picture it has; or a picture alone."""

    name: str
    language: str
    cards: Sequence[tuple[LayoutView, Chart | None]] = ()
    chart: Chart | None = None


def exhibits_of(shipped: Curriculum, each: int) -> list[Exhibit]:
    """Return them by name, each in every language; ``each``: cards of a function, at most."""
    drawn: list[Chart] = []

    def draw(chart: Chart) -> bytes:  # only those that are shown are drawn, later
        drawn.append(chart)
        return str(len(drawn) - 1).encode()

    def chart_of(card: LayoutView) -> Chart | None:
        found = (part for part in card.walk_children() if isinstance(part, Picture))
        return next((drawn[int(part.png)] for part in found), None)

    world = replace(real_world(shipped, *WHERE), draw=draw)
    built = {code: to_all(lambda: by_name(cards_of(world)), code) for code in languages()}
    shown = {name: telling(cards, each) for name, cards in built["en"].items()}
    made = [
        Exhibit(name, code, [(cards[n], chart_of(cards[n])) for n in shown[name]])
        for code, found in built.items()
        for name, cards in found.items()
    ]
    for code in languages():
        pictures = to_all(lambda: list(charts(shipped)), code)
        made += [Exhibit(f"picture.{name}", code, chart=chart) for name, chart in pictures]
    return sorted(made, key=lambda exhibit: (not exhibit.cards, exhibit.name))


def telling(cards: Sequence[LayoutView], most: int) -> list[int]:
    """Return which cards of one function to show: the first, the longest, and some in between."""
    texts = [UNSEEN.sub("", json.dumps(card.to_components())) for card in cards]
    distinct = sorted({text: n for n, text in reversed([*enumerate(texts)])}.values())
    if len(distinct) <= most:
        return distinct
    longest = max(distinct, key=lambda n: len(texts[n]))
    spaced = (distinct[len(distinct) * n // (most - 1)] for n in range(most - 1))
    return sorted({longest, *spaced})
