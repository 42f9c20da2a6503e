"""Who may import whom, and where imports may hide. The rooms are described in the README."""

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from bot.core.outbox import LetterKind

PROJECT = Path(__file__).parents[1]
BOT = PROJECT / "bot"

ALLOWED = {
    "language": set(),
    "plain": set(),
    "logs": {"errors"},
    "errors": {"language", "plain"},
    "core": {"core", "errors"},
    "store": {"store", "core", "errors"},
    "pages": {"pages", "core", "errors"},
    "pictures": {"pictures", "core"},
    "services": {"services", "core", "store", "pages", "errors"},
    "views": {"views", "core", "errors", "language", "plain"},
    "cogs": {"cogs", "services", "views", "core", "errors", "language"},
    "clicks": {"clicks", "services", "views", "core", "errors", "language"},
    "outbox": {"outbox", "services", "store", "views", "core", "errors", "language", "plain"},
    "config": {"errors"},
    "heartbeat": {"services", "store", "errors"},
    "metrics": {"services", "store", "views", "core", "errors", "logs"},
    "preview": {"errors", "config"},
    "app": {"cogs", "clicks", "services", "views", "core", "errors", "language"} | {"outbox"},
    "__main__": {"app", "config", "core", "errors", "heartbeat", "language", "logs", "pages"}
    | {"metrics", "pictures", "preview", "services", "store", "views"},
    "__init__": set(),
}
"""Room -> which rooms of ours it may import, at run time and for types alike."""

HIDDEN = {"__main__.py", "store/database.py"}
"""Modules that import inside functions: what is optional, or needed by one command only."""

FOREIGN = {
    "core": {"discord", "aiosqlite", "asyncpg", "aiohttp", "click"} | {"random", "secrets", "time"},
    "store": {"discord", "pydantic", "rapidfuzz", "aiosqlite", "asyncpg"},
    "services": {"discord", "aiosqlite", "asyncpg"},
    "views": {"aiosqlite", "asyncpg"},
    "clicks": {"aiosqlite", "asyncpg"},
    "cogs": {"aiosqlite", "asyncpg"},
}
"""Room -> what it must not know, at run time and for types alike."""

SOURCES = {"random", "secrets", "time", "uuid"}
CLOCKS = {"utcnow", "datetime.now", "datetime.today", "date.today", "os.urandom"}
"""Where what is different each time comes from."""

CHOSEN = {
    "__main__.py": ["discord.utils.utcnow"],
    "store/instants.py": ["random.SystemRandom"],
    "store/database.py": ["time"],  # for how long another program held the file
    "heartbeat.py": ["time"],  # the age of a file, by the machine that has it
    "pictures/studio.py": ["time"],  # how long a picture may take
    "preview.py": ["secrets"],  # an address that nobody can guess
}
"""Where clock and chance are chosen, and what no reader's life hangs on."""

CHANGING = {"list", "set", "dict", "bytearray", "deque", "defaultdict", "Counter", "ContextVar"}
"""What is made to be changed."""

MODULES = sorted(BOT.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(BOT).as_posix()


def room_of(path: Path) -> str:
    return path.relative_to(BOT).parts[0].removesuffix(".py")


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def imports_of(path: Path) -> list[tuple[str, bool, bool]]:
    """Return (dotted name, inside a function, for types only) of each import."""
    return list(_imports(tree_of(path), hidden=False, typing=False))


def _imports(node: ast.AST, *, hidden: bool, typing: bool) -> Iterator[tuple[str, bool, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from ((alias.name, hidden, typing) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "relative imports hide the room"
            # `from bot.store import progress` means the module bot.store.progress.
            for alias in child.names:
                module = f"{child.module}.{alias.name}"
                path = PROJECT / module.replace(".", "/")
                ours = path.is_dir() or path.with_suffix(".py").is_file()
                yield (module if ours else child.module or "", hidden, typing)
        else:
            in_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            for_types = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
            yield from _imports(child, hidden=hidden or in_function, typing=typing or for_types)


def wrong_in(find, modules=MODULES) -> dict[str, list]:
    """Return what is found where it must not be, by module."""
    return {name_of(path): found for path in modules if (found := sorted(find(path)))}


def test_a_room_imports_only_what_it_may():
    def too_much(path):
        allowed = ALLOWED[room_of(path)]
        return {
            name
            for name, _, _ in imports_of(path)
            if f"{name}.".startswith("bot.")
            and name.removeprefix("bot.").split(".")[0] not in allowed
        }

    assert wrong_in(too_much) == {}


def test_a_room_does_not_know_what_is_not_its_own():
    def foreign(path):
        return {name.split(".")[0] for name, _, _ in imports_of(path)} & FOREIGN.get(
            room_of(path), set()
        )

    assert wrong_in(foreign) == {"store/database.py": ["aiosqlite", "asyncpg"]}


def test_imports_stand_at_the_top():
    def hidden(path):
        return {name for name, in_function, typing in imports_of(path)
                if in_function and not typing}  # fmt: skip

    def by_name(path):
        return {called for node in calls_in(path)
                if (called := called_by(node)) in {"import_module", "__import__"}}  # fmt: skip

    assert wrong_in(hidden).keys() <= HIDDEN
    assert wrong_in(by_name) == {}


def calls_in(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]


def called_by(node: ast.Call) -> str:
    """Return the last name of what is called: ``cast`` of ``typing.cast(...)``."""
    return ast.unparse(node.func).split(".")[-1].partition("[")[0]


def test_nothing_is_cast_to_the_bot():
    """What a click or a letter needs is handed to it."""

    def casts(path):
        return {
            ast.unparse(node)
            for node in calls_in(path)
            if called_by(node) == "cast"
            and any(word in ast.unparse(node.args[0]) for word in ("Bot", "Client"))
        }

    assert wrong_in(casts) == {}


def test_every_clock_and_all_chance_is_handed_in():
    def asked(path):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Import):
                yield from {alias.name for alias in node.names} & SOURCES
            elif isinstance(node, ast.ImportFrom) and node.module in SOURCES:
                yield from {f"{node.module}.{a.name}" for a in node.names} - {"random.Random"}
            elif isinstance(node, ast.Attribute):
                name = ast.unparse(node)
                yield from {name} if name.endswith(tuple(CLOCKS)) else ()

    assert wrong_in(lambda path: set(asked(path))) == CHOSEN


def test_only_who_prints_a_seed_draws_from_what_has_none():
    seedless = re.compile(r"SystemRandom|\b(Random\(\)|urandom|secrets|uuid)")
    here = Path(__file__)
    found = {
        path.relative_to(here.parent).as_posix()
        for path in here.parent.rglob("*.py")
        if path != here and seedless.search(path.read_text())
    }

    assert found == {"conftest.py", "kill/__main__.py", "simulation/__main__.py"}


def test_no_module_imports_itself_through_others():
    graph = {
        module_of(path): {name for name, _, _ in imports_of(path) if name.startswith("bot.")}
        for path in MODULES
    }

    while leaves := {name for name, needed in graph.items() if not needed & graph.keys()}:
        graph = {name: needed for name, needed in graph.items() if name not in leaves}

    assert graph == {}


def module_of(path: Path) -> str:
    dotted = path.relative_to(PROJECT).with_suffix("").as_posix().replace("/", ".")
    return dotted.removesuffix(".__init__")


def test_no_module_keeps_state_that_changes():
    def changing(path):
        tree = tree_of(path)
        names = {
            ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign) and is_changing(node.value)
        }
        set_elsewhere = (node.names for node in ast.walk(tree) if isinstance(node, ast.Global))
        return (names - {"__all__"}).union(*set_elsewhere)

    assert wrong_in(changing) == {"language.py": ["_spoken"]}


def is_changing(value: ast.expr | None) -> bool:
    """Tell whether a value is made to be changed: a mapping that is written out is a table."""
    if isinstance(value, ast.Dict):
        return not value.keys
    if isinstance(value, ast.Call):
        return called_by(value) in CHANGING
    return isinstance(value, ast.List | ast.Set | ast.ListComp | ast.SetComp)


def test_every_module_says_why_it_exists():
    silent = [name_of(path) for path in MODULES if not ast.get_docstring(tree_of(path))]

    assert silent == []


def test_tests_mirror_the_bot():
    strays = [
        path.relative_to(PROJECT).as_posix()
        for path in (PROJECT / "tests").glob("*/**/test_*.py")
        if (home := BOT / path.parent.relative_to(PROJECT / "tests")).is_dir()
        and not any(
            path.stem.removeprefix("test_").startswith(module.stem)
            for module in (*home.glob("[a-z]*"), home)
        )
    ]

    assert strays == []


def test_what_sends_and_keeps_letters_holds_the_name_of_no_kind():
    def named(path):
        texts = [n.value for n in ast.walk(tree_of(path)) if isinstance(n, ast.Constant)]
        words = {word for text in texts if isinstance(text, str) for word in quoted(text)}
        return words & set(get_args(LetterKind))

    def quoted(text):
        return {text, *re.findall(r"'(\w+)'", text)}

    assert wrong_in(named, [BOT / "outbox/engine.py", BOT / "store/outbox.py"]) == {}
    assert named(BOT / "outbox/letters/__init__.py") == set(get_args(LetterKind))
