import json

import pytest

from bot.core.curriculum import Resource
from bot.core.curriculum.fields import Typed
from bot.core.groups import DaysForm, GroupForm, GroupWish, MeetsWish
from bot.core.moderation import DraftAddition, DraftEdit, ResourceForm, as_json, from_json, twins_of


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


TYPED = Typed("BERT", "Devlin 2018", "60", "paper", "", "https://a.org", "yes", "Why?")


@pytest.mark.parametrize(
    "draft",
    [
        DraftAddition({"url": "https://a.org", "step_id": "one"}, silent=True, missing="page"),
        DraftEdit("list:bert"),
        DraftEdit("list:bert", needs="list:gpt", step_id="two"),
        ResourceForm(7, TYPED, TYPED),
        GroupForm(None, GroupWish(zone="xqzv")),
        GroupForm(1, GroupWish(4, "21:00", 8, "Asia/Seoul")),
        GroupForm(1, GroupWish(meets=MeetsWish("Thu 20:00", keeps=True)), 2, MeetsWish("none")),
        DaysForm(1, days=("2026-01-19/2026-01-19",), moves=(("2026-W05", "2026-W04", "a:b"),)),
    ],
)
def test_a_draft_comes_back_from_json_as_it_was(draft):
    kept = json.loads(json.dumps(as_json(draft)))

    assert from_json(getattr(draft, "key", None), kept) == draft


@pytest.mark.parametrize(
    ("kept", "form"),
    [
        ({"channel_id": 1, "zone": "xqzv"}, GroupForm(1, GroupWish(zone="xqzv"))),
        (
            {"channel_id": 1, "zone": "Seoul", "weekday": None, "role_id": 8},
            GroupForm(1, GroupWish(role_id=8, zone="Seoul")),
        ),
        (
            {
                "channel_id": 1,
                "schedule": {"weekday": 0, "hour": 9, "minute": 5, "zone": "Asia/Seoul"},
                "role_id": None,
            },
            GroupForm(1, GroupWish(0, "09:05", None, "Asia/Seoul")),
        ),
        ({"channel_id": 1, "schedule": None, "role_id": None}, GroupForm(1)),
    ],
)
def test_a_form_that_was_kept_before_forms_had_types_is_read(kept, form):
    assert from_json(None, kept) == form
