"""Every sentence that a person reads is one whole message, so that a translator can turn it."""

import ast
import functools
import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir

import bot

BOT = Path(bot.__file__).parent
KEYWORDS = {"_": None, "ngettext": (1, 2)}
WORDED = sorted(
    path
    for path in (BOT / "errors.py", *BOT.glob("views/*.py"), *BOT.glob("clicks/*.py"))
    if path.name != "__init__.py"
)
"""Where sentences stand: beside the card that shows them, or with the error that says them."""

LETTERS = r"[^\W\d_]"
TWO_WORDS = re.compile(rf"{LETTERS}{{2,}},? {LETTERS}{{2,}}")


def messages_of(call):
    """Return the arguments of a call that are its message: two where it counts."""
    return call.args[: 2 if call.func.id == "ngettext" else 1]


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
    for call in calls_in(parsed(path)):
        given = {keyword.arg for keyword in call.keywords}
        for said in messages_of(call):
            named = fields_of(said.value)
            is_later = call.func.id == "_" and not given  # by whoever puts the values in
            is_hidden = None in given  # in a mapping, which the tests of errors look into
            if not (is_later or is_hidden) and given | {"n"} != named | {"n"}:
                wrong.append(at(path, call, said.value))

    assert wrong == []


@pytest.mark.parametrize("path", WORDED, ids=lambda path: path.stem)
def test_no_message_is_glued_to_other_words(path):
    """Around a message stand marks, lines and numbers, never words."""
    glued = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.JoinedStr):
            beside = [part.value for part in node.values if isinstance(part, ast.Constant)]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            beside = [
                part.value
                for part in (node.left, node.right)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
        else:
            continue
        if calls_in(node) and any(re.search(LETTERS, text) for text in beside):
            glued.append(at(path, node))
    glued += [
        at(path, call, said.value)
        for call in calls_in(parsed(path))
        for said in messages_of(call)
        if said.value != said.value.strip() or re.match(r"[,.;:)]", said.value)
    ]

    assert glued == []


@pytest.mark.parametrize("path", WORDED, ids=lambda path: path.stem)
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
        and TWO_WORDS.search(node.value)
    ]

    assert loose == []


def _not_for_people(tree):
    """Yield what nobody reads in Discord: docstrings, types, the log, and what only bugs say."""
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
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "cast":
            yield node.args[0]
