"""Who may import whom, and where imports may hide. The rooms are described in the README."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
BOT = PROJECT / "bot"

ALLOWED = {
    "errors": set(),
    "config": {"errors"},
    "logs": set(),
    "heartbeat": set(),
    "core": {"core", "errors"},
    "store": {"store", "core", "errors"},
    "page_facts": {"errors", "core.links", "core.page", "page_claims", "page_tags"},
    "page_claims": {"core.curriculum", "core.links", "core.page", "page_tags"},
    "page_tags": set(),
    "services": {"services", "core", "store", "page_facts", "errors"},
    "views": {"views", "core", "errors", "pictures"},
    "pictures": {"pictures", "core"},
    "cogs": {"cogs", "services", "views", "core", "errors"},
    "forum_posts": {"services", "views", "core", "marks"},
    "marks": set(),
    "postman": {"services", "views", "members", "core", "errors", "forum_posts", "marks"},
    "polls": {"services", "core"},
    "members": {"services", "core"},
    "app": {"services", "views", "postman", "polls", "members", "core", "errors", "forum_posts"},
    "preview": {"errors", "config", "preview_page"},
    "preview_page": {"errors"},
    "__main__": {
        "app",
        "config",
        "core",
        "errors",
        "heartbeat",
        "logs",
        "page_facts",
        "preview",
        "services",
        "store",
        "views",
    },
    "__init__": set(),
}
"""Room -> what it may import of ours at run time; a module in it by name, "core.links"."""

HIDDEN = {"__main__.py", "store/database.py"}
"""Modules that import inside functions: what is optional, or needed by one command only."""

FOREIGN = {
    "core": {"discord", "aiosqlite", "asyncpg", "aiohttp", "click"},
    "store": {"discord", "pydantic", "rapidfuzz"},
    "services": {"discord", "aiosqlite", "asyncpg"},
    "views": {"aiosqlite", "asyncpg"},
    "cogs": {"aiosqlite", "asyncpg"},
}
"""Room -> what it must not know."""

CLOCKS = {"now", "utcnow", "today", "time", "monotonic"}

MODULES = sorted(BOT.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(BOT).as_posix()


def room_of(path: Path) -> str:
    return path.relative_to(BOT).parts[0].removesuffix(".py")


@functools.cache
def imports_of(path: Path) -> list[tuple[str, bool, bool]]:
    """Return (dotted name, inside a function, for types only) of each import."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return list(_imports(tree, hidden=False, typing=False))


def _imports(node: ast.AST, *, hidden: bool, typing: bool) -> Iterator[tuple[str, bool, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from ((alias.name, hidden, typing) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "relative imports hide the room"
            # `from bot.store import progress` means the module bot.store.progress.
            for alias in child.names:
                module = f"{child.module}.{alias.name}"
                ours = (PROJECT / f"{module.replace('.', '/')}.py").is_file()
                yield (module if ours else child.module or "", hidden, typing)
        else:
            in_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            for_types = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
            yield from _imports(child, hidden=hidden or in_function, typing=typing or for_types)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_room_imports_only_what_it_may(path):
    allowed = ALLOWED[room_of(path)]

    ours = {n.removeprefix("bot.") for n, _, typing in imports_of(path)
            if n.startswith("bot.") and not typing}  # fmt: skip

    assert {n for n in ours if n not in allowed and n.split(".")[0] not in allowed} == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_room_does_not_know_what_is_not_its_own(path):
    foreign = FOREIGN.get(room_of(path), set())

    assert {name.split(".")[0] for name, _, typing in imports_of(path) if not typing} & foreign == (
        set() if name_of(path) != "store/database.py" else {"aiosqlite", "asyncpg"} & foreign
    )


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_stand_at_the_top(path):
    hidden = {name for name, in_function, typing in imports_of(path) if in_function and not typing}

    assert not hidden or name_of(path) in HIDDEN


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_types_point_back_only_to_the_bot(path):
    back = {name for name, _, typing in imports_of(path) if typing and name.startswith("bot.")}

    assert back <= {"bot.app"} or name_of(path) == "__main__.py"


@pytest.mark.parametrize("path", [p for p in MODULES if room_of(p) == "core"], ids=name_of)
def test_the_rules_never_ask_a_clock(path):
    asked = {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }

    assert asked & CLOCKS == set()


def test_no_module_imports_itself_through_others():
    graph = {
        module_of(path): {
            n for n, _, typing in imports_of(path) if n.startswith("bot.") and not typing
        }
        for path in MODULES
    }

    while leaves := {name for name, needed in graph.items() if not needed & graph.keys()}:
        graph = {name: needed for name, needed in graph.items() if name not in leaves}

    assert graph == {}


def module_of(path: Path) -> str:
    dotted = path.relative_to(PROJECT).with_suffix("").as_posix().replace("/", ".")
    return dotted.removesuffix(".__init__")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_keeps_state_that_changes(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))

    changing = [
        ast.unparse(node.targets[0])
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.List | ast.Set | ast.ListComp | ast.SetComp)
    ]
    globals_ = [node for node in ast.walk(tree) if isinstance(node, ast.Global)]

    assert [name for name in changing if name != "__all__"] == []
    assert globals_ == []


def test_every_module_says_why_it_exists():
    silent = [name_of(p) for p in MODULES if not ast.get_docstring(ast.parse(p.read_text("utf-8")))]

    assert silent == []


def test_tests_mirror_the_bot():
    strays = [
        path.relative_to(PROJECT).as_posix()
        for path in (PROJECT / "tests").glob("*/test_*.py")
        if path.parent.name in ("core", "store", "services", "views", "cogs")
        and not any(
            path.stem.removeprefix("test_").startswith(module.stem)
            for module in (BOT / path.parent.name).glob("[a-z]*")
        )
    ]

    assert strays == []


def test_the_readme_names_every_module_outside_the_rooms():
    table = (PROJECT / "README.md").read_text("utf-8").split("| Room |")[1]

    assert [p.name for p in BOT.glob("[!_]*.py") if p.name not in table] == []
