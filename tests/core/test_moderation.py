import pytest

from bot.core.curriculum import Resource
from bot.core.moderation import twins_of


def listed(title, label=""):
    return Resource(f"list:{title}", title, "https://a.org", "paper", "one", label=label)


LISTED = [
    listed("Attention Is All You Need"),
    listed("Language Models are Few-Shot Learners", label="GPT-3:"),
    listed("BERT: Pre-training of Deep Bidirectional Transformers"),
    listed("트랜스포머 쉽게 이해하기"),
]


@pytest.mark.parametrize(
    ("title", "twin"),
    [
        ("attention is ALL you need!", 0),
        ("[1706.03762] Attention Is All You Need | arXiv", 0),
        ("Atention is all you need", 0),
        ("Few-Shot Learners: language models are", 1),
        ("GPT-3: what came of it", 1),
        ("BERT", 2),
        ("트랜스포머, 쉽게 이해하기", 3),
    ],
)
def test_much_the_same_title_is_a_likely_twin(title, twin):
    assert twins_of(title, LISTED) == (LISTED[twin],)


@pytest.mark.parametrize(
    "title", ["Language Models", "Mamba", "", "?!", "Attention", "Pre-training of images", "쉽게"]
)
def test_a_title_that_only_shares_words_is_no_twin(title):
    assert twins_of(title, LISTED) == ()
