"""The documents say what is so: whatever they name exists, and whatever a reader needs is named."""

import importlib.util
import json
import pkgutil
import re
import tomllib
from pathlib import Path

import pytest
from discord.ext import commands

import bot.cogs
from bot.__main__ import main
from tests.bench.__main__ import main as bench

PROJECT = Path(__file__).parents[1]
DOCUMENTS = [p.name for p in PROJECT.glob("[A-Z]*.md")]

FENCED = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
ITALIC = re.compile(r"(?<!\*)\*([^*\n]+)\*(?!\*)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
FILE = re.compile(
    r"[\w./-]*[\w-]\.(?:py|md|yaml|json|toml|txt|lock|png|example)|[\w./-]+/|\.ci/\w+"
)
SETTING = re.compile(r"\b[A-Z]+_[A-Z_]+\b")

OF_READERS = {"new.yaml", ".venv/bin/", "/data/backup.db", "lost/"}
"""Files that the reader of a document makes."""

OF_DISCORD = {
    "New Application",
    "Bot",
    "Reset Token",
    "Manage Server",
    "Integrations",
    "guilds",
    "Apps",
}
OF_POSTGRES = {"pg_dump", "pg_advisory_xact_lock", "idle_in_transaction_session_timeout"}
OF_OTHERS = {"chromium", "debootstrap", "tzdata", "noon"} | OF_POSTGRES


def read(document):
    return (PROJECT / document).read_text("utf-8")


def sources(room):
    files = [p for p in (PROJECT / room).rglob("*.*") if p.suffix in (".py", ".sql", ".html")]
    return {path: path.read_text("utf-8") for path in files}


def code(document):
    """Return the document's pieces of code: the spans in its text and the lines of its blocks."""
    text = read(document)
    blocks = [block for kind, block in FENCED.findall(text) if kind == "bash"]
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return SPAN.findall(FENCED.sub("", text)) + lines


def slash_commands():
    """Return the options of each slash command, by its name as it is typed."""
    found = {}
    for module in pkgutil.iter_modules(bot.cogs.__path__, "bot.cogs."):
        members = vars(importlib.import_module(module.name)).values()
        for cog in (m for m in members if isinstance(m, type) and issubclass(m, commands.Cog)):
            group = f"{cog.__cog_group_name__} " if issubclass(cog, commands.GroupCog) else ""
            for command in cog.__cog_app_commands__:
                options = {parameter.display_name for parameter in command.parameters}
                found[f"/{group}{command.name}"] = options
    return found


def options_of(group):
    return {name: {o for p in c.params for o in p.opts} for name, c in group.commands.items()}


def settings():
    return set(re.findall(r'"([A-Z]+_[A-Z_]+)"', read("bot/config.py")))


def keys_of(schema):
    """Return all names of fields in a JSON Schema."""
    if isinstance(schema, list):
        return set().union(*map(keys_of, schema))
    if not isinstance(schema, dict):
        return set()
    return {*schema.get("properties", {})}.union(*map(keys_of, schema.values()))


SLASH, CLI, BENCH, SETTINGS = slash_commands(), options_of(main), options_of(bench), settings()
CLI_OPTIONS = set().union(*CLI.values(), *BENCH.values())
EXTRAS = tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"]
FIELDS = keys_of(json.loads(read("data/curriculum.schema.json")))


def anchors(document):
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", read(document)), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document):
    broken = []
    for target in LINK.findall(read(document)):
        if not target.startswith("https://"):
            name, _, anchor = target.partition("#")
            there = (PROJECT / (name or document)).is_file()
            if not there or (anchor and anchor not in anchors(name or document)):
                broken.append(target)

    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_named_is_there(document):
    words = {word for piece in code(document) for word in piece.split()}
    files = {word for word in words if FILE.fullmatch(word)} - OF_READERS

    assert {
        f for f in files if not ((PROJECT / f).exists() or (PROJECT / "bot" / f).exists())
    } == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_slash_command_and_its_options_named_exist(document):
    wrong = []
    for piece in code(document):
        if typed := re.match(r"/[a-z]+(?: [a-z]+)?", piece):
            word = typed[0].split()[0]
            name = typed[0] if any(each.startswith(f"{word} ") for each in SLASH) else word
            known = name in SLASH or any(each.startswith(f"{piece} ") for each in SLASH)
            if not known or {*re.findall(r"(\w+):", piece)} - SLASH.get(name, set()):
                wrong.append(piece)

    assert wrong == []


def can_be_run(module):
    spec = importlib.util.find_spec(module)
    is_package = spec is not None and spec.submodule_search_locations is not None
    return spec and (not is_package or importlib.util.find_spec(f"{module}.__main__"))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_line_named_can_be_typed(document):
    wrong = []
    for piece in code(document):
        for group, options in (("nextread", CLI), (r"-m tests\.bench", BENCH)):
            for name in re.findall(rf"(?<![\w-]){group} ([a-z][\w-]*)", piece):
                named = {*re.findall(r"--[\w-]+", piece.partition(name)[2])}
                if name not in options or named - options[name]:
                    wrong.append(piece)
        if piece.startswith("--") and {*re.findall(r"--[\w-]+", piece)} - CLI_OPTIONS:
            wrong.append(piece)
        modules = re.findall(r"-m (tests\.\w+)", piece)
        wrong += [m for m in modules if not can_be_run(m)]

    assert wrong == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_single_word_of_code_means_something(document):
    words = {piece for piece in code(document) if re.fullmatch(r"[a-z_]+", piece)}
    known = FIELDS.union(CLI, EXTRAS, ("text", "json", "on", "off"), *SLASH.values())

    assert words - known - OF_DISCORD - OF_OTHERS == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_button_named_is_in_the_code(document):
    named = set(ITALIC.findall(FENCED.sub("", read(document)))) - OF_DISCORD - OF_OTHERS
    shown = "\n".join([read("data/curriculum.yaml"), *sources("bot").values()])

    quoted = r"[\"'>:] ?{}[\"'<\n]"
    assert [n for n in named if not re.search(quoted.format(re.escape(n)), shown)] == []


def test_the_readme_names_every_command_line():
    typed = re.findall(r"nextread ([a-z-]+)", "\n".join(code("README.md")))

    assert {*CLI} - {*typed} == set()


@pytest.mark.parametrize("told_in", [*DOCUMENTS, ".env.example", "compose.yaml", "Dockerfile"])
def test_every_setting_named_exists(told_in):
    text = re.sub(r"\b(?:PYTHON\w+|POSTGRES_\w+|COMPOSE_\w+)", "", read(told_in))

    assert {*SETTING.findall(text)} - SETTINGS == set()


def test_no_source_points_to_a_page_that_is_not_here():
    file = r"(?:[A-Z]{3,}\.md|(?:bot|tests|data)/[\w/.]+\.(?:py|yaml|json|txt|sql))"
    page = re.compile(rf"\b(?:{file}|DESIGN)\b|§|\b[Ii]ssue \d")
    lost = [
        (path.name, found)
        for path, text in (sources("bot") | sources("tests")).items()
        if path != Path(__file__)
        for found in page.findall(text)
        if not (PROJECT / found).is_file()
    ]

    assert lost == []
