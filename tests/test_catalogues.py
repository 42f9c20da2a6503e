"""The catalogues: whole, up to date, and as short as what they stand for has room."""

import ast
import re
from collections.abc import Iterator
from operator import itemgetter
from string import Formatter

import pytest

from bot.language import languages
from tests.catalogues import (
    BOT,
    KEYWORDS,
    OF_COMMANDS,
    as_mo,
    as_po,
    catalogue_paths,
    read,
    template,
    texts_of,
    updated,
)

KOREAN = BOT / "locale" / "ko" / "LC_MESSAGES" / "nextread.po"

MARKS = re.compile(r"\*\*|^-# |^#{1,3} |^• |\n|[⚠️✅🔒📚📌🗳️🎤⏸️⏹️⏭️↩️🔔🗓️↗◀▶]", re.MULTILINE)
CODE = re.compile(r"`(/[^`]*)`")
"""Commands, which keep their names; other code is an example that each language has its own of."""

BENT = re.compile(
    r"\}>?[*_`)»”]{0,3}(?:은|는|이|가|을|를|으로|로|과|와|이나|나|이랑|랑|이에요|예요|라고|이라고)"
    r"(?![가-힣])|\}>?[*_`)»”]{0,3}(?:이라|이었|였)"
)
"""A particle that depends on how the value before it ends."""

FORMAL = re.compile(r"니다|십시오|당신")
NAMED = re.compile(r"(?<!\*)\*{1,2}([A-Z][^*{}]*?)\*{1,2}(?!\*)")
"""What a sentence names in bold or italics."""

LONGEST_OF_COMMANDS = 100
ROOM = {
    "Form": {0: 45},
    "__init__": {0: 45},  # of a form
    "label": {0: 45, 2: 100},
    "text_input": {"example": 100},
    "button": {1: 80},
    "select": {1: 150},
    "option": {1: 100, 2: 100},
}
"""Discord's limits: for which argument of what views call."""

MUCH_LONGER = 1.4


@pytest.fixture(scope="module")
def wanted():
    return template()


@pytest.fixture(scope="module", params=catalogue_paths(), ids=lambda p: p.parent.parent.name)
def path(request):
    return request.param


@pytest.fixture(scope="module")
def entries(path):
    """Yield each message with its translation: of those that count, both English forms as one."""
    found = []
    for entry in read(path):
        if entry.id:
            several = not isinstance(entry.id, str)
            texts = list(entry.string) if several else [entry.string]
            found.append((entry, entry.id[1] if several else entry.id, texts))
    return found


def fields_of(text):
    """Return the values that a text names, and which of them as Python writes them."""
    parsed = Formatter().parse(text)
    return {name + f"!{how}" * bool(how) for _, name, _, how in parsed if name is not None}


def test_it_is_up_to_date(path, wanted):
    """Else ``python -m tests.catalogues`` makes it so, and leaves empty what is new."""
    catalog = read(path)

    assert as_po(updated(catalog, wanted)) == path.read_bytes()


def test_it_is_made_of_its_source(path):
    assert path.with_suffix(".mo").read_bytes() == as_mo(path)


def test_all_is_translated(entries):
    left = [english for _, english, texts in entries if not all(texts)]

    assert not left, "\n".join(left)
    assert [entry.id for entry, _, _ in entries if entry.fuzzy] == []


def test_values_marks_and_commands_are_kept(entries):
    wrong = []
    for entry, english, texts in entries:
        for text in filter(None, texts):
            fields = fields_of(english) - {"n"}, fields_of(text) - {"n"}
            marks = sorted(MARKS.findall(english)), sorted(MARKS.findall(text))
            code = sorted(CODE.findall(english)), sorted(CODE.findall(text))
            if any(here != there for here, there in (fields, marks, code)):
                wrong.append(f"{english} -> {text}")
            if (
                entry.context != OF_COMMANDS
                and "{n}" in english
                and fields_of(text) - fields_of(english)
            ):
                wrong.append(f"{english} -> {text}")

    assert not wrong, "\n".join(wrong)


def test_buttons_are_named_as_they_are_labelled(entries):
    """Where a sentence names a button in bold or italics, its translation names that one's."""
    labels = {english: texts[0] for entry, english, texts in entries if not entry.context}
    wrong = [
        f"{english} -> {text}: {name} is {labels[name]}"
        for _, english, texts in entries
        for text in filter(None, texts)
        for name in NAMED.findall(english)
        if labels.get(name) and not re.search(rf"\*{re.escape(labels[name])}\*", text)
    ]

    assert not wrong, "\n".join(wrong)


def test_nothing_is_too_long(entries):
    long = [
        text
        for entry, english, texts in entries
        for text in texts
        if (entry.context == OF_COMMANDS and len(text) > LONGEST_OF_COMMANDS)
        or len(text) > max(len(english) * MUCH_LONGER, len(english) + 12)
    ]

    assert long == []


def test_forms_buttons_and_selects_have_room_for_it(entries):
    found = [each for path in BOT.glob("views/*.py") for each in rooms_in(path)]
    room = dict(sorted(found, key=itemgetter(1), reverse=True))  # of several, the least

    long = [
        text
        for entry, _, texts in entries
        for text in texts
        if len(text) > room.get(entry.id if isinstance(entry.id, str) else entry.id[0], len(text))
    ]

    assert len(room) > 150
    assert long == []


def rooms_in(path) -> Iterator[tuple[str, int]]:
    """Yield each message that stands where Discord has room for so many characters only."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            most = ROOM.get("Form" if name.endswith("Form") else name, {})
            named = {each.arg: each.value for each in call.keywords}
            for where, given in (*enumerate(call.args), *named.items()):
                if where in most:
                    yield from ((text, most[where]) for text in messages_in(given))


def messages_in(given: ast.AST) -> Iterator[str]:
    for call in ast.walk(given):
        name = getattr(getattr(call, "func", None), "id", "")
        if name in KEYWORDS:
            at = 1 if name in ("pgettext", "npgettext") else 0
            yield call.args[at].value


@pytest.fixture(scope="module")
def korean():
    return [text for each in read(KOREAN) if each.id for text in texts_of(each)]


def test_no_korean_sentence_bends_around_a_value(korean):
    assert [text for text in korean if BENT.search(text)] == []


def test_korean_speaks_as_people_do_who_like_each_other(korean):
    assert [text for text in korean if FORMAL.search(text)] == []


def test_no_korean_word_is_read_as_part_of_an_address(korean):
    assert [text for text in korean if re.search("://[가-힣]", text)] == []


def test_each_catalogue_is_a_language_that_calls_itself():
    codes = {each.parent.parent.name.replace("_", "-") for each in catalogue_paths()}
    named = {each: name for each, name in languages().items() if each != "en"}

    assert languages()["en"] == "English"
    assert named["ko"] == "한국어"
    assert codes == named.keys()
    assert "English" not in named.values()
