"""Cards of lists far longer than ours."""

from bot.core.recommend import Path, Reader
from bot.views.curriculum_card import path_card, step_card
from bot.views.me_card import start_card
from tests.curricula import curriculum, resource
from tests.seen import options_of, text_of

NOBODY = Reader({})
LONG = "A title as long as the titles of papers often are, or a little longer"


def chain(count, **fields):
    """Make a list in which each resource needs the one before."""
    made = [resource("r0", title=LONG, **fields)]
    made += [resource(f"r{n}", f"r{n - 1}", title=LONG, **fields) for n in range(1, count)]
    return curriculum(*made)


def test_a_step_shows_every_line_that_its_select_offers():
    made = chain(25)

    card = step_card(made, NOBODY, made.steps[0])

    assert len(options_of(card)) == text_of(card).count("](https://example.org/") == 25


def test_a_long_way_is_cut_but_not_what_comes_after_it():
    made = chain(101)

    path = Path(made, NOBODY, made.resources[99], made.resources[:100])
    text = text_of(path_card(path, in_server=True))

    assert "99 things first, in this order:" in text
    assert "\n…\n-# about 50 h in all\n**Needed for**: A title" in text
    assert len(text) <= 4000


def test_every_step_of_a_long_list_can_be_started_at():
    made = curriculum(*(resource(f"r{n}", step_id=f"step-{n}") for n in range(60)))

    card = start_card(made)

    assert options_of(card) == [*(f"step-{n}" for n in range(1, 60)), ":deeper"]
    assert len({select["custom_id"] for select in selects_of(card)}) == 3
    assert all(len(select["options"]) <= 25 for select in selects_of(card))


def selects_of(card):
    rows = card.to_components()[0]["components"]
    return [row["components"][0] for row in rows if row.get("components", [{}])[0].get("options")]
