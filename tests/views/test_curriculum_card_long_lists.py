"""Cards of lists far longer than ours."""

from bot.core.recommend import Path, Reader, Recommendation, Reply
from bot.views.curriculum_card import index_card, path_card, step_card
from bot.views.progress_card import know_card
from bot.views.resource_card import next_card
from tests.curricula import curriculum, done, resource
from tests.seen import labels_of, options_of, text_of

NOBODY = Reader({})
LONG = "A title as long as the titles of papers often are, or a little longer"


def chain(count, **fields):
    """Make a list in which each resource needs the one before."""
    made = [resource("r0", title=LONG, **fields)]
    made += [resource(f"r{n}", f"r{n - 1}", title=LONG, **fields) for n in range(1, count)]
    return curriculum(*made)


def test_a_step_shows_every_line_that_its_select_offers():
    made = chain(25)

    card = step_card(made, NOBODY, made.steps[0], is_long=True)

    assert len(options_of(card)) == text_of(card).count("](https://example.org/") == 25


def test_a_short_step_begins_with_what_is_not_read():
    made = chain(25)
    reader = Reader(done(*(f"r{n}" for n in range(12))))

    card = step_card(made, reader, made.steps[0])
    lines = [line[0] for line in text_of(card).splitlines() if "](https://example.org/" in line]

    assert lines == ["○", *"🔒" * 4], "as many as a phone shows"
    assert "-# … and 20 more" in text_of(card)
    assert len(options_of(card)) == 25


def test_of_a_long_way_its_beginning_and_its_end_are_shown():
    made = chain(101)

    path = Path(made, NOBODY, made.resources[99], made.resources[:100])
    text = text_of(path_card(path, in_server=True))

    assert "99 things first, in this order:" in text
    assert "\n2. [A title" in text
    assert "\n-# … and 97 more\n100. 🎯 [A title" in text
    assert text.endswith("-# about 50 h in all")


def test_a_long_index_begins_where_the_reader_is():
    made = curriculum(*(resource(f"r{n}", step_id=f"step-{n}") for n in range(60)))
    reader = Reader(done(*(f"r{n}" for n in range(30))), current="demo:r30")

    card = index_card(made, reader)

    assert "▶ " in text_of(card)
    assert "step-30" in options_of(card)
    assert {"◀ Back", "Next ▶"} <= set(labels_of(card))


def test_every_step_of_a_long_list_can_be_known():
    made = curriculum(*(resource(f"r{n}", step_id=f"step-{n}") for n in range(60)))

    cards = [know_card(made, NOBODY, page) for page in range(3)]

    assert [each for card in cards for each in options_of(card)] == [f"step-{n}" for n in range(60)]
    assert "Next ▶" in labels_of(cards[0])
    assert "Next ▶" not in labels_of(cards[2])


def test_every_goal_of_a_long_list_can_be_picked():
    made = curriculum(*(resource(f"r{n}", step_id=f"step-{n}") for n in range(60)))
    reply = Reply(made, NOBODY, Recommendation(made.resources[0], ()))

    pages = [options_of(next_card(reply, goals=page)) for page in range(6)]
    offered = [each for page in pages for each in page if each != "more"]

    assert offered == ["list", *(s.key for s in made.steps), *(r.key for r in made.resources)]
    assert [page[-1] == "more" for page in pages] == [True] * 6
    assert options_of(next_card(reply, goals=6)) == pages[0], "and begins anew"
