import pytest

from bot.core.recommend import Filters
from bot.errors import UnknownResourceError, UnknownStepError

ATTENTION = "jump-into-llm:attention-is-all-you-need"
GPT_1 = "jump-into-llm:gpt-1"
BERT = "jump-into-llm:bert"
READER = 7


@pytest.fixture
def finding(services):
    return services.finding


@pytest.fixture
def reading(services):
    return services.reading


@pytest.mark.parametrize(
    "query", [BERT, "Attention Is All You Need", "https://arxiv.org/pdf/1706.03762"]
)
async def test_a_key_title_or_link_finds_one_resource_for_certain(finding, query):
    found = await finding.find(READER, None, query)

    assert found.exact is not None
    assert found.exact.resource == found.hits[0]


async def test_a_topic_finds_but_is_nothing_that_is_done(finding, reading):
    found = await finding.find(READER, None, "why do llms miscount strawberry")

    with pytest.raises(UnknownResourceError):
        await reading.finish(READER, None, "why do llms miscount strawberry")

    assert found.hits


async def test_a_step_that_is_named_is_found_before_resources_and_opens_when_it_is_chosen(finding):
    named = await finding.find(READER, None, "rlhf")
    chosen = await finding.find(READER, None, ":preference-learning")

    assert (named.hits[0].id, named.exact) == ("preference-learning", None)
    assert chosen.exact == named.hits[0]


async def test_what_is_offered_for_a_search_has_steps_among_it(finding):
    offered = await finding.offers(READER, None, "rlhf")
    nothing_typed = await finding.offers(READER, None, " ")

    assert offered[0].title == "RLHF, DPO & Beyond"
    assert "jump-into-llm:instructgpt" in [s.resource.key for s in offered[1:]]
    assert nothing_typed == await finding.suggestions(READER, None, " ")


async def test_words_find_several_and_nonsense_nothing(finding):
    several = await finding.find(READER, None, "language models")
    nothing = await finding.find(READER, None, "zqxwv zqxwv")

    assert len(several.hits) > 1
    assert several.exact is None
    assert (nothing.hits, nothing.exact) == ([], None)


async def test_for_nothing_typed_the_current_resource_is_offered_before_all(finding, reading):
    await reading.mark(READER, None, ATTENTION, "done")
    video = await reading.next_for(READER, None, Filters(kind="video"))

    offered = [s.resource.key for s in await finding.suggestions(READER, None, " ")]

    assert offered[:3] == [video.answer.resource.key, GPT_1, BERT]
    assert ATTENTION not in offered
    assert len(offered) == len(set(offered)) == 25


async def test_what_is_typed_offers_what_is_not_read_first(finding, reading):
    usual = [each.resource.key for each in await finding.suggestions(READER, None, "gpt")]
    await reading.mark(READER, None, usual[0], "done")

    offered = await finding.suggestions(READER, None, "gpt", undone=True)

    assert usual[0] in [each.resource.key for each in offered[1:]]
    assert offered[0].mark is None


async def test_a_step_is_meant_by_its_number_and_like_nothing_it_is_unknown(finding, base):
    assert await finding.step_id(READER, None, "1") == "transformer"
    assert (await finding.steps(READER, None, "transf"))[0] == base.steps[0]
    with pytest.raises(UnknownStepError):
        await finding.step_id(READER, None, "zqxwv")
