"""The gallery leaves nothing out, and its page shows what was drawn."""

import re

import pytest
from PIL import Image

from bot.language import languages
from tests.every_card import built
from tests.gallery.exhibits import exhibits_of
from tests.gallery.page import WIDTHS, draw_gallery
from tests.pictures.charts import charts

HANDFUL = "curriculum_card.about_card", "map_card.list_map_card", "picture.we"


@pytest.fixture(scope="module")
def exhibits(shipped_list):
    return exhibits_of(shipped_list, 4)


@pytest.mark.parametrize("language", languages())
def test_every_card_and_picture_is_there_in_each_language(language, exhibits, shipped_list):
    shown = {each.name for each in exhibits if each.language == language}

    assert shown == built() | {f"picture.{name}" for name, _ in charts(shipped_list)}


def test_each_language_shows_the_same_cards(exhibits):
    counts = {}
    for each in exhibits:
        counts.setdefault(each.name, []).append(len(each.cards))

    assert all(len({*found}) == 1 and len(found) == len(languages()) for found in counts.values())
    assert max(found[0] for found in counts.values()) == 4


@pytest.mark.browser
async def test_the_page_shows_what_was_drawn(exhibits, tmp_path):
    handful = [each for each in exhibits if each.name in HANDFUL]

    await draw_gallery(tmp_path, handful)

    page = (tmp_path / "index.html").read_text("utf-8")
    drawn = {each.name for each in tmp_path.glob("*.png")}
    assert {*re.findall(r'<img src="([^"]+)"', page)} == drawn
    assert len(drawn) == len(languages()) * (2 * len(WIDTHS) + 1)
    assert all(len(Image.open(tmp_path / name).getcolors(2**24)) > 9 for name in drawn)
