"""Every sentence that a person reads is one whole message, so that a translator can turn it."""

import ast
import functools
import re
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir

import bot
from tests.catalogues import KEYWORDS

BOT = Path(bot.__file__).parent
WORDED = sorted(
    path
    for path in (BOT / "errors.py", *BOT.glob("views/*.py"), *BOT.glob("clicks/*.py"))
    if path.name != "__init__.py"
)
"""Where sentences stand: beside the card that shows them, or with the error that says them."""
SPEAKING = sorted((*WORDED, *BOT.glob("cogs/[a-z]*.py"), *BOT.glob("outbox/[a-z]*.py")))
"""What answers people, or writes to them."""

LETTERS = r"[^\W\d_]"
WORDS = re.compile(rf"(?:^|\s){LETTERS}+\s|\s{LETTERS}+|^[A-Z][a-z]+\W*$")
"""A word beside a space, or one with a capital letter: what isn't for people has neither."""


def messages_of(call):
    """Return the arguments of a call that are its message: two where it counts."""
    first = 1 if call.func.id in ("pgettext", "npgettext") else 0  # before it, the context
    return call.args[first : first + (2 if call.func.id in ("ngettext", "npgettext") else 1)]


@functools.cache
def calls_in(tree):
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in KEYWORDS
    ]


def fields_of(message):
    return {name for _, name, _, _ in Formatter().parse(message) if name is not None}


@functools.cache
def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def at(path, node, text=""):
    return f"{path.relative_to(BOT)}:{node.lineno} {text}".strip()


def test_babel_finds_every_message():
    extracted = {
        (BOT / name, said)
        for name, _, message, _, _ in extract_from_dir(
            str(BOT), [("**.py", "python")], keywords=KEYWORDS
        )
        for said in (message if isinstance(message, tuple) else (message,))
    }
    called = {
        (path, getattr(said, "value", None))
        for path in BOT.rglob("*.py")
        if path.name != "language.py"
        for call in calls_in(parsed(path))
        for said in messages_of(call)
    }

    assert len(called) > 300
    assert called == extracted


@pytest.mark.parametrize("path", WORDED, ids=lambda path: path.stem)
def test_a_message_names_the_values_that_it_is_given(path):
    wrong = []
    calls = [(call, top) for top in parsed(path).body for call in calls_in(top)]
    for call, top in calls:
        given = {keyword.arg for keyword in call.keywords}
        for said in messages_of(call):
            named = fields_of(said.value)
            is_later = not given and re.search(r"\.(format|say)\(", ast.unparse(top))
            is_hidden = None in given  # in a mapping, which the tests of errors look into
            is_errors = call.func.id == "message"  # whose tests make one of each
            if not (is_later or is_hidden or is_errors) and given | {"n"} != named | {"n"}:
                wrong.append(at(path, call, said.value))

    assert wrong == []


def test_a_phrase_names_the_values_that_it_is_given():
    """Without any, they are put in later: the tests of flaws look into each."""
    phrases = [
        (path, call)
        for path in BOT.rglob("*.py")
        for call in calls_in(parsed(path))
        if call.func.id == "Phrase"
    ]
    wrong = [
        at(path, call, call.args[0].value)
        for path, call in phrases
        if call.keywords and {each.arg for each in call.keywords} != fields_of(call.args[0].value)
    ]

    assert len(phrases) > 100
    assert wrong == []


@pytest.mark.parametrize("path", WORDED, ids=lambda path: path.stem)
def test_a_message_is_said_when_its_card_is_built(path):
    """At the top of a module, or as a default, it would stay in one language."""
    said_later = {
        id(call)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for statement in node.body
        for call in calls_in(statement)
    }
    said = [c for c in calls_in(parsed(path)) if c.func.id != "message"]

    assert [at(path, c) for c in said if id(c) not in said_later] == []


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: f"{path.parent.stem}-{path.stem}")
def test_no_message_is_glued_to_other_words(path):
    """Around a message stand marks, lines and numbers, never words or the rest of it."""
    glued = []
    for node in ast.walk(parsed(path)):
        match node:
            case ast.JoinedStr(values=parts):
                beside = list(parts)
            case ast.BinOp(op=ast.Add() | ast.Mod(), left=left, right=right):
                beside = [left, right]
            case ast.Call(func=ast.Attribute(value=text, attr="join" | "format"), args=args):
                lists = [each.elts for each in args if isinstance(each, ast.List | ast.Tuple)]
                beside = [text, *chain(*lists)]
            case _:
                continue
        messages = calls_in(node)
        inside = {id(part) for call in messages for part in ast.walk(call)}
        texts = [
            part.value
            for each in beside
            for part in ast.walk(each)
            if isinstance(part, ast.Constant)
            and isinstance(part.value, str)
            and id(part) not in inside
        ]
        goes_on = len(messages) > 1 and bool(texts) and not any(t.strip(" ") for t in texts)
        if messages and (goes_on or any(re.search(LETTERS, text) for text in texts)):
            glued.append(at(path, node))
    glued += [
        at(path, call, said.value)
        for call in calls_in(parsed(path))
        for said in messages_of(call)
        if said.value != said.value.strip() or re.match(r"[,.;:)]", said.value)
    ]

    assert glued == []


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: f"{path.parent.stem}-{path.stem}")
def test_no_sentence_stands_outside_a_message(path):
    tree = parsed(path)
    inside = {id(part) for call in calls_in(tree) for part in ast.walk(call)}
    inside |= {id(part) for part in _not_for_people(tree)}
    loose = [
        at(path, node, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in inside
        and WORDS.search(node.value)
    ]

    assert loose == []


def _not_for_people(tree):
    """Yield what is no message: docstrings, types, the log, what only bugs say; commands' texts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        is_log = (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and getattr(node.func.value, "id", "") == "log"
        )
        if is_log or isinstance(node, ast.Raise):
            yield from ast.walk(node)
        elif isinstance(node, ast.AnnAssign):
            yield from ast.walk(node.annotation)
        elif isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == "Literal":
            yield from ast.walk(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from chain.from_iterable(map(ast.walk, node.decorator_list))
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "cast":
            yield node.args[0]  # a type
