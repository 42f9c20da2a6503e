"""A resource's card: what of it is made once, and where it leads while its page is gone."""

import pytest

from bot.core.curriculum.identity import with_mirrors
from bot.core.link_checks import ARCHIVE
from bot.core.recommend import Reader, Recommendation, Reply, Shown
from bot.plain import link, markdown, one_line, plain
from bot.views.resource_card import next_card, resource_card
from tests.curricula import curriculum, resource

GONE = "-# ⚠️ Its page is gone. Here is a copy."


def made():
    return [text.cache_info().misses for text in (link, markdown, one_line, plain)]


def test_a_card_shown_again_is_made_of_the_same_texts():
    paper = resource("bert", notes=("Read [it].",), sentence="*Short*", companions=["video"])
    shown = Shown(curriculum(paper), Reader({}), paper)
    resource_card(shown)
    before = made()

    resource_card(shown)

    assert made() == before


@pytest.fixture
def listed():
    """A list of one paper with a video, both of whose pages are gone."""
    paper = resource("bert", sentence="Short.", companions=["video"])
    of = curriculum(paper)
    return with_mirrors(of, {each.url: f"{each.url}/copy" for each in of.by_key.values()})


@pytest.mark.parametrize("is_long", [False, True])
def test_while_its_page_is_gone_every_link_of_a_card_opens_the_copy(listed, is_long):
    (paper,) = listed.resources
    card = resource_card(Shown(listed, Reader({}), paper), is_long=is_long)
    shown = str(card.to_components())

    assert GONE in shown
    assert shown.count("https://") == shown.count("/copy") == 3  # title, button and video


def test_an_archive_may_have_a_copy_or_not():
    of = curriculum(resource("bert"))
    (paper,) = with_mirrors(of, {"https://example.org/bert": f"{ARCHIVE}x"}).resources

    assert "Its page is gone. Try this archive." in str(
        resource_card(Shown(of, Reader({}), paper)).to_components()
    )


def test_the_card_of_what_comes_next_does_so_too(listed):
    (paper,) = listed.resources
    shown = str(next_card(Reply(listed, Reader({}), Recommendation(paper, ()))).to_components())

    assert GONE in shown
    assert shown.count("https://") == shown.count("/copy") == 3
