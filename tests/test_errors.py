"""One of each error is made, and its sentence read as a person would."""

import dataclasses
import itertools
import re
import types
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from bot.errors import CurriculumFileError, Flaw, Phrase, ReaderError
from bot.language import to_all

HOSTILE = "**<@1>** [x](https://evil.example/x) `_~|"
"""What a member may type, and a list may call a resource."""

LINKS = ("", "https://discord.com/channels/1/2/3")
FLAW = Flaw(3, 5, f"resources[2] {HOSTILE}", Phrase(f"is {HOSTILE}"), Phrase(HOSTILE))

VALUES: dict[tuple[str, str], tuple[object, ...]] = {
    ("AlreadyPostedError", "link"): LINKS,
    ("WeekRefusedError", "link"): LINKS,
    ("WrongWordError", "typed"): (HOSTILE, " "),
    ("WrongWordError", "word"): ("DELETE",),
    ("UnknownZoneError", "typed"): (HOSTILE, " "),
    ("ChangedSinceError", "title"): (HOSTILE, ""),
    ("VoteTooLongError", "longest"): (0, 1, 20),
    ("CannotPostError", "why"): ("I need Send Messages in the channel. Please allow this.",),
    ("CannotPollError", "lacks"): ("Send Polls", "View Channel and Send Polls"),
    ("BadFieldError", "field"): (
        *("title", "authors", "year", "minutes", "kind", "questions", "parts"),
        *("added_notes", "card", "needs", "url"),
    ),
    ("CurriculumFileError", "flaws"): ([FLAW], [FLAW, FLAW]),
}
"""Values that mean something other than their types say."""

BY_TYPE: dict[Any, tuple[object, ...]] = {
    str: (HOSTILE,),
    bool: (False, True),
    int: (1, 1234),
    tuple[int, int]: ((1, 2),),
    tuple[str, ...]: ((), (HOSTILE,), (HOSTILE,) * 3),
    tuple[int, ...]: ((), (int("1" * 17),), (int("1" * 18),) * 5),
    datetime: (datetime(2026, 1, 12, 9, tzinfo=UTC),),
    tuple[tuple[str, str], ...]: ((), (("a:b", HOSTILE),), (("a:b", HOSTILE), ("a:c", HOSTILE))),
    tuple[tuple[str, date, str], ...]: ((), (("2026-W03", date(2026, 1, 12), HOSTILE),)),
}


def kinds(base: type[ReaderError] = ReaderError) -> Iterator[type[ReaderError]]:
    """Yield every class below, in the order of the module."""
    for kind in base.__subclasses__():
        if kind.__module__.startswith("bot."):
            yield kind
            yield from kinds(kind)


def fields_of(kind: type[ReaderError]) -> list[str]:
    return [f.name for f in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else []


def values_of(kind: type[ReaderError], name: str, hint: Any) -> tuple[object, ...]:
    if (kind.__name__, name) in VALUES:
        return VALUES[kind.__name__, name]
    if get_origin(hint) is Literal:
        return get_args(hint)
    if get_origin(hint) in (Union, types.UnionType):
        return tuple(
            value
            for each in get_args(hint)
            for value in ((None,) if each is type(None) else values_of(kind, name, each))
        )
    return BY_TYPE[hint]


def one_of_each() -> Iterator[ReaderError]:
    """Yield each error with each meaning of its values."""
    for kind in kinds():
        hints, names = get_type_hints(kind), fields_of(kind)
        for values in itertools.product(*(values_of(kind, n, hints[n]) for n in names)):
            yield kind(**dict(zip(names, values, strict=True)))


EACH = list(one_of_each())


def named(error: ReaderError) -> str:
    short = [str(getattr(error, name))[:12] for name in fields_of(type(error))]
    return f"{type(error).__name__}({', '.join(short)})"


def test_each_error_has_a_sentence_of_its_own():
    assert len(list(kinds())) > 35
    assert [k for k in kinds() if not {"says", "sentence"} & vars(k).keys()] == []


def test_no_value_is_kept_for_an_error_that_is_gone():
    fields = {(kind.__name__, name) for kind in kinds() for name in fields_of(kind)}

    assert VALUES.keys() - fields == set()


@pytest.mark.parametrize("error", EACH, ids=named)
def test_its_sentence_reads_well(error):
    said = error.sentence()

    assert re.match(r"[A-Z“*\[`\\]", said), "begins as a sentence does"
    assert said[-1] in ".?", "ends as a sentence does"
    assert "  " not in said
    assert "\n" not in said
    assert len(said) < 2000
    assert not re.search(r"[{}]|\bNone\b|\bTrue\b|\bFalse\b|\(\)|datetime|b'", said)


@pytest.mark.parametrize("error", EACH, ids=named)
def test_what_others_wrote_does_nothing_in_it(error):
    said = error.sentence()

    assert "<@1>" not in said
    assert "](https://evil" not in said
    assert "https://evil" not in said
    assert "[x]" not in said
    assert "`_~|" not in said


def test_a_phrase_is_its_english_and_is_said_with_the_phrases_in_it():
    noun = Phrase("a step")
    phrase = Phrase("{noun} has no key {key!r}").filled(noun=noun, key="{x}")

    assert phrase == "a step has no key '{x}'"
    assert {phrase, str(phrase)} == {phrase}
    assert phrase.said() == phrase
    assert to_all(phrase.said, "ko") == "단계에는 '{x}' 키가 없어요"
    assert to_all(Phrase("no message").said, "ko") == "no message"


def test_a_file_is_told_in_the_language_spoken_and_on_the_command_line_in_english():
    where, remedy = Phrase("list"), Phrase("did you mean {word!r}?", word="id")
    error = CurriculumFileError("my.yaml", [Flaw(1, 2, where, Phrase("is empty"), remedy)])

    assert to_all(error.sentence, "ko") == (
        "“my.yaml”에 틀린 곳이 1군데 있어서 쓸 수 없어요. 처음 틀린 곳은 1번째 줄, 목록: 비어"
        " 있어요. 고치는 법: 혹시 'id' 아닌가요?"
    )
    assert to_all(lambda: str(error), "ko") == "my.yaml:1:2: list: is empty: did you mean 'id'?"
