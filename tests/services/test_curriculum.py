from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.curriculum.links import canonical
from bot.errors import ConfigError, NoLongerListedError, UnknownResourceError, UnknownStepError
from bot.services.curriculum import CurriculumStore
from bot.store.additions import known_resources
from tests.curricula import NOW, curriculum, resource

A, B = resource("a", title="Alpha", formerly=["old"]), resource("b", title="Beta")


@pytest.fixture
def shipped(base):
    return CurriculumStore(base)


async def remembered(db, *resources, now=NOW):
    store = CurriculumStore(curriculum(*resources))
    await store.remember(db, now)
    return store


async def test_a_resource_is_found_by_its_key_and_by_a_former_one(db):
    store = await remembered(db, A, B)

    assert await store.resource(db, None, "demo:a") == A
    assert await store.resource(db, 5, "demo:old") == A


async def test_a_resource_that_left_the_list_is_named_by_its_title(db):
    await remembered(db, A, B)
    store = await remembered(db, B)

    with pytest.raises(NoLongerListedError) as gone:
        await store.resource(db, None, "demo:a")

    assert gone.value.title == "Alpha"


async def test_a_key_that_never_was_is_unknown(db):
    store = await remembered(db, A)

    with pytest.raises(UnknownResourceError):
        await store.resource(db, None, "demo:never")


async def test_what_left_and_returns_is_listed_again(db):
    await remembered(db, A, B)
    await remembered(db, B, now=NOW + timedelta(days=1))
    gone = await known_resources(db, "demo")
    store = await remembered(db, A, B, now=NOW + timedelta(days=2))
    back = await known_resources(db, "demo")

    assert gone["demo:a"].gone_at == NOW + timedelta(days=1)
    assert back["demo:a"].gone_at is None
    assert await store.resource(db, None, "demo:a") == A


async def test_companions_are_remembered_too(db):
    await remembered(db, resource("a", companions=["video"]))

    assert (await known_resources(db, "demo")).keys() == {"demo:a", "demo:video"}


async def test_remembering_follows_titles_and_links_and_leaves_other_lists_alone(db):
    other = CurriculumStore(curriculum(resource("a", namespace="other"), id="other"))
    await other.remember(db, NOW)
    await remembered(db, A, B)
    moved = replace(A, title="Alpha, revised", url="https://arxiv.org/pdf/1706.03762v5")

    await remembered(db, moved, B)

    recorded = (await known_resources(db, "demo"))["demo:a"]
    assert (recorded.title, recorded.url) == (moved.title, moved.url)
    assert recorded.link == canonical("https://arxiv.org/abs/1706.03762")
    assert (await known_resources(db, "other"))["other:a"].gone_at is None


async def test_a_typed_key_means_its_resource(services):
    found = await services.curricula.named(services.db, None, "jump-into-llm:bert")

    assert found.key == "jump-into-llm:bert"


async def test_a_typed_key_of_what_left_the_list_says_so(db):
    await remembered(db, A, B)
    store = await remembered(db, B)

    with pytest.raises(NoLongerListedError):
        await store.named(db, None, "demo:a")


async def test_a_typed_title_means_its_resource(services):
    found = await services.curricula.named(services.db, None, "attention is all you need")

    assert found.key == "jump-into-llm:attention-is-all-you-need"


async def test_a_typed_title_with_a_colon_is_no_key(services, base):
    titled = next(r for r in base.resources if ": " in r.title)

    found = await services.curricula.named(services.db, None, titled.title)

    assert found == titled


async def test_words_that_fit_several_name_the_likeliest(services):
    with pytest.raises(UnknownResourceError) as unclear:
        await services.curricula.named(services.db, None, "language models")

    assert unclear.value.typed == "language models"
    assert 1 < len(unclear.value.like_it) <= 5


async def test_nonsense_names_nothing(services):
    with pytest.raises(UnknownResourceError) as unclear:
        await services.curricula.named(services.db, None, "zqxwv zqxwv")

    assert unclear.value.like_it == ()


async def test_keys_that_go_first_go_before_others_that_fit_as_well(services):
    hits = await services.curricula.search(services.db, None, "gpt")
    last = hits[-1].key

    again = await services.curricula.search(services.db, None, "gpt", first={last})

    positions = [[hit.key for hit in each].index(last) for each in (hits, again)]
    assert positions[1] <= positions[0]
    assert {hit.key for hit in hits} == {hit.key for hit in again}


@pytest.mark.parametrize("typed", ["transformer", "1", " Transformer ", "TRANSFORMER"])
def test_a_step_is_found_by_id_number_or_title(shipped, base, typed):
    assert shipped.step(base.steps, typed) == base.steps[0]


def test_a_step_is_found_by_the_likeliest_words(shipped, base):
    assert shipped.step(base.steps, "transfromer").id == "transformer"


def test_a_step_like_nothing_is_unknown(shipped, base):
    with pytest.raises(UnknownStepError):
        shipped.step(base.steps, "zqxwv")


def test_for_nothing_typed_all_steps_are_offered_in_order(shipped, base):
    assert shipped.steps_like(base.steps, " ") == list(base.steps[:25])


async def test_a_key_that_comes_back_with_another_link_is_refused(db):
    await remembered(db, A, B)
    await remembered(db, B)

    with pytest.raises(ConfigError, match="`a` was “Alpha”"):
        await remembered(db, replace(A, url="https://example.org/something-else"), B)
    await remembered(db, A, B)


async def test_a_listed_resource_may_get_another_link(db):
    await remembered(db, A)

    await remembered(db, replace(A, url="https://example.org/moved"))

    assert (await known_resources(db, "demo"))["demo:a"].url == "https://example.org/moved"
