"""`python -m tests.catalogues`: bring each language's catalogue up to date with the messages.

It reads all messages anew, adds those that are missing to ``bot/locale/*/LC_MESSAGES/nextread.po``,
drops those that are gone, and makes the ``.mo`` beside each.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from discord import app_commands
from discord.ext import commands

import bot.cogs

BOT = Path(bot.__file__).parent
KEYWORDS = {
    "_": None,
    "ngettext": (1, 2),
    "message": None,
    "Phrase": None,
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
NO_DAY = datetime(1970, 1, 1, tzinfo=UTC)
OF_COMMANDS = "command"
"""The context of what only Discord's menu of commands shows."""


def catalogue_paths() -> list[Path]:
    return sorted((BOT / "locale").glob("*/LC_MESSAGES/nextread.po"))


def template() -> Catalog:
    """Return all messages that there are, without translations."""
    made = Catalog(fuzzy=False)
    found = extract_from_dir(
        str(BOT),
        [("**.py", "python")],
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for path, _, said, comments, context in sorted(found, key=lambda each: each[:2]):
        made.add(said, locations=[(f"bot/{path}", None)], auto_comments=comments, context=context)
    for text in command_texts():
        if made.get(text) is None:
            made.add(text, context=OF_COMMANDS)
    return made


def command_texts() -> Iterator[str]:
    """Yield the descriptions and choices of all commands, as Discord's menu shows them."""
    for module in pkgutil.iter_modules(bot.cogs.__path__, "bot.cogs."):
        members = vars(importlib.import_module(module.name)).values()
        for cog in (m for m in members if isinstance(m, type) and issubclass(m, commands.Cog)):
            if issubclass(cog, commands.GroupCog):
                yield cog.__cog_group_description__
            for command in cog.__cog_app_commands__:
                yield from _texts_of(command)


def _texts_of(command: app_commands.Command | app_commands.Group) -> Iterator[str]:
    yield command.description
    for parameter in getattr(command, "parameters", ()):
        yield parameter.description
        if parameter.display_name != "language":  # which languages call themselves
            yield from (choice.name for choice in parameter.choices)


def read(path: Path) -> Catalog:
    return read_po(BytesIO(path.read_bytes()), locale=path.parent.parent.name)


def updated(old: Catalog, new: Catalog) -> Catalog:
    """Return the messages that there are, with the translations that there were."""
    made = Catalog(old.locale, fuzzy=False, header_comment=old.header_comment)
    for message in new:
        if message.id:
            had = old.get(_id_of(message), message.context)
            if had and isinstance(had.string, str) is not isinstance(message.id, str):
                had = None  # it counts something now, or no longer does
            made.add(
                message.id,
                had.string if had else None,
                locations=message.locations,
                auto_comments=message.auto_comments,
                user_comments=had.user_comments if had else (),
                context=message.context,
            )
    return made


def texts_of(message: Message) -> tuple[str, ...]:
    """Return all forms of a translation; empty: not translated."""
    return (message.string,) if isinstance(message.string, str) else message.string or ("",)


def _id_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def as_po(catalog: Catalog) -> bytes:
    file = BytesIO()
    write_po(file, catalog, width=100, omit_header=True)
    head = "".join(f'"{name}: {value}\\n"\n' for name, value in headers_of(catalog))
    comment = catalog.header_comment.strip()
    return f'{comment}\nmsgid ""\nmsgstr ""\n{head}\n'.encode() + file.getvalue()


def headers_of(catalog: Catalog) -> Iterator[tuple[str, str]]:
    yield "Language", str(catalog.locale)
    yield "Plural-Forms", catalog.plural_forms
    yield "MIME-Version", "1.0"
    yield "Content-Type", "text/plain; charset=utf-8"
    yield "Content-Transfer-Encoding", "8bit"


def as_mo(path: Path) -> bytes:
    file, catalog = BytesIO(), read(path)
    # So that it changes with the words alone.
    catalog.creation_date = catalog.revision_date = NO_DAY
    write_mo(file, catalog)
    return file.getvalue()


@click.command(help=__doc__)
def main() -> None:
    new = template()
    for path in catalogue_paths():
        catalog = updated(read(path), new)
        path.write_bytes(as_po(catalog))
        path.with_suffix(".mo").write_bytes(as_mo(path))
        left = sum(1 for each in catalog if each.id and not all(texts_of(each)))
        click.echo(f"{path.relative_to(BOT.parent)}: {len(catalog)} messages, {left} untranslated")


if __name__ == "__main__":
    main()
