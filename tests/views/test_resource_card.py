"""What never changes of a card is made once."""

from bot.core.recommend import Reader, Shown
from bot.plain import link, markdown, one_line, plain
from bot.views.resource_card import resource_card
from tests.curricula import curriculum, resource


def made():
    return [text.cache_info().misses for text in (link, markdown, one_line, plain)]


def test_a_card_shown_again_is_made_of_the_same_texts():
    paper = resource("bert", notes=("Read [it].",), sentence="*Short*", companions=["video"])
    shown = Shown(curriculum(paper), Reader({}), paper)
    resource_card(shown)
    before = made()

    resource_card(shown)

    assert made() == before
