"""How text is folded and cut before it is compared."""

import pytest

from bot.core.search.words import (
    fold,
    head,
    initials,
    is_word,
    joined_forms,
    names_in,
    other_endings,
    words,
)


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


def test_other_endings_leave_four_letters_at_least():
    assert {"reward", "rewarding"} <= set(other_endings("rewards"))
    assert "rewards" in other_endings("reward")
    assert "net" not in other_endings("nets")


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
