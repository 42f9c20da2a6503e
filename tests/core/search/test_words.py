"""How text is folded and cut before it is compared."""

import pytest

from bot.core.search.words import (
    asked_about,
    fold,
    head,
    initials,
    is_word,
    joined_forms,
    names_in,
    stem,
    topic,
    words,
)
from bot.plain import together, united


@pytest.mark.parametrize(
    "typed", ["delete", "Delete", " DEL ETE ", "ｄｅｌｅｔｅ", "`delete`.", "“delete”"]
)
def test_a_word_is_known_however_it_is_typed(typed):
    assert is_word(typed, "delete")


@pytest.mark.parametrize("typed", ["", " ", "dlete", "delete me", "delet", "deleted", "reset"])
def test_another_word_is_not(typed):
    assert not is_word(typed, "delete")


def test_case_accents_and_width_are_folded():
    assert fold("ＢＥＲＴ Élan STRASSE straße Ёж") == "bert elan strasse strasse еж"


def test_what_is_copied_from_a_card_is_the_same():
    assert words(united("왜 쓰나요") + "\u200b?") == words("왜 쓰나요?")
    assert fold(together("이 서버")) == fold("이 서버")


def test_a_hangul_syllable_being_typed_begins_the_finished_word():
    typed = ("ㅎ", "하", "한", "하나")

    assert all(fold("하나").startswith(fold(so_far)) for so_far in typed)


def test_languages_with_signs_in_their_names_stay_whole():
    assert words("C++ and C# (not C)") == ["c++", "and", "c#", "not", "c"]


def test_apostrophes_join_and_other_punctuation_parts():
    assert words("Let's read/write: don’t!") == ["lets", "read", "write", "dont"]


def test_scripts_without_spaces_are_cut_into_characters():
    assert words("注意力 GPT入門") == ["注", "意", "力", "gpt", "入", "門"]


def test_joined_forms_are_what_people_type_for_parts():
    assert joined_forms("Few-Shot GPT-2 for ImageNet") == {"fewshot", "gpt2", "image", "net"}


def test_the_head_of_a_title_is_what_people_call_it():
    assert head("BERT: Pre-training of Transformers") == "BERT"
    assert head("Few-Shot Learners") == "Few-Shot Learners"


def test_initials_need_three_words():
    assert initials(words("Chain of Thought")) == "cot"
    assert initials(words("Segment Anything")) == ""


@pytest.mark.parametrize(
    "family",
    [
        "reward rewards rewarding rewarded",
        "tune tunes tuned tuning",
        "token tokens tokenize tokenizer tokenization",
        "norm normalization normalisation normalise",
        "llm llms",
        "memory memories",
        "generate generates generation generative",
        "summary summaries summarize summarization",
        "interpretable interpretability",
        "distil distill distilled distillation",
        "트랜스포머 트랜스포머가 트랜스포머는 트랜스포머란",
    ],
)
def test_words_of_one_family_have_one_stem(family):
    assert len({stem(word) for word in words(family)}) == 1


@pytest.mark.parametrize("word", ["gpt", "bias", "loss", "use", "the", "c++", "7b", "注", ""])
def test_a_stem_keeps_three_letters(word):
    assert stem(word) in {word, word[:3]}


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("How do I fine-tune a model?", [["fine", "tune", "model"]]),
        ("what is RLHF", [["rlhf"]]),
        ("dpo vs ppo", [["dpo"], ["ppo"]]),
        ("what's the difference between LoRA and prefix tuning", [["lora"], ["prefix", "tuning"]]),
        ("vs ppo or", [["ppo"]]),
        ("LoRA와 BERT의 차이", [["lora"], ["bert"]]),
        ("what is it?", [["what", "is", "it"]]),
        ("", [[]]),
    ],
)
def test_the_words_of_a_question_are_told_from_what_it_is_about(question, about):
    assert asked_about(words(question)) == about


def test_a_topic_is_the_same_in_any_form_and_order():
    assert topic("how to evaluate a model") == topic("Model evaluation") != topic("models")


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("bert and lora", ["bert", "lora"]),
        ("bert, lora, and peft", ["bert", "lora", "peft"]),
        ("bert & lora + peft; gpt-2", ["bert", "lora", "peft", "gpt-2"]),
        ("- bert\n* lora\r\n3. peft", ["bert", "lora", "peft"]),
        ("BERT와 LoRA", ["BERT", "LoRA"]),
        ("버트하고 로라 및 GPT", ["버트", "로라", "GPT"]),
        ("BERT과 로라랑 GPT", ["BERT", "로라", "GPT"]),
        ("bert then lora and then peft", ["bert", "lora", "peft"]),
        ("bert plus lora", ["bert", "lora"]),
        ("Devlin et al.", ["Devlin et al."]),
        ("1. bert 2. lora 10) peft", ["bert", "lora", "peft"]),
        ("- bert - lora", ["bert", "lora"]),
        ("gpt 2. lora - peft", ["gpt 2. lora - peft"]),
        (
            "<https://a.org/x> [one two](https://b.org)",
            ["<https://a.org/x>", "[one two](https://b.org)"],
        ),
        ("1706.03762 https://a.org/x?b=1 gpt", ["1706.03762", "https://a.org/x?b=1", "gpt"]),
        ("c++ and sandbox", ["c++", "sandbox"]),
        ("https://a.org/?a=1&b=2+3 and bert", ["https://a.org/?a=1&b=2+3", "bert"]),
        ("Andrej & Alexandra", ["Andrej", "Alexandra"]),
        ("사과", ["사과"]),
        (", and ;", []),
    ],
)
def test_listed_names_are_told_apart(typed, names):
    assert names_in(typed) == names
