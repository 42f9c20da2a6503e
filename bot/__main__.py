"""The command line. It wires everything; each command imports what it needs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
import discord

from bot.config import Config
from bot.core.curriculum import Curriculum
from bot.core.curriculum_file import default_curriculum_path, read_curriculum
from bot.errors import ConfigError, CurriculumFileError

if TYPE_CHECKING:
    from bot.app import NextreadBot
    from bot.services.opening import Services


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nextread")
def main() -> None:
    """Nextread: a Discord bot that tells readers what to read next, and why."""


@main.command()
def run() -> None:
    """Start the bot on Discord. Needs DISCORD_TOKEN, in the environment or in .env."""
    from bot.logs import start_logging

    with one_line_errors():
        config = Config.from_env(os.environ, Path(".env"))
        token = config.needs_token()
        base = load_curriculum(config)
        start_logging(config.log_format, config.log_level)
        asyncio.run(_run(token, config.database_url, base))


@main.command()
@click.option("--port", default=0, help="Port of the page on 127.0.0.1; 0 takes a free one.")
@click.option(
    "--keep",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep readers' progress in this file; without it, it is gone afterwards.",
)
@click.option("--browser/--no-browser", default=True, help="Open the page in a browser.")
def preview(port: int, keep: Path | None, browser: bool) -> None:
    """Try the bot in a local browser page. No Discord account is needed."""
    with one_line_errors():
        from bot.logs import start_logging
        from bot.preview import preview_in_browser

        config = Config.from_env(os.environ, Path(".env"))
        base = load_curriculum(config)
        start_logging(config.log_format, "WARNING")
        preview_in_browser(_maker(base), keep=keep, port=port, open_browser=browser)


@main.command()
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False
)
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="OLD",
    help="Tell what changes for readers of this older file.",
)
def check(file: Path | None, against: Path | None) -> None:
    """Check a curriculum file and report every problem with its line and remedy."""
    with one_line_errors():
        path = file or Config.from_env(os.environ, Path(".env")).curriculum
        path = path or default_curriculum_path()
        new = read_curriculum(path.read_bytes(), str(path))
        click.echo(f"{path}: {len(new.resources)} resources in {len(new.steps)} steps, all well.")
        if against is not None:
            from bot.core.curriculum_changes import compare
            from bot.views.changes_text import changes_lines

            old = read_curriculum(against.read_bytes(), str(against))
            changes = compare(old, new)
            for line in changes_lines(changes):
                click.echo(line)
            if not changes.keeps_progress:
                sys.exit(1)


@contextlib.contextmanager
def one_line_errors() -> Iterator[None]:
    """End with a clear line instead of a traceback where somebody can mend something."""
    try:
        yield
    except (ConfigError, CurriculumFileError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except discord.LoginFailure:
        click.echo(
            "Discord refuses DISCORD_TOKEN: copy it again from the Bot page of your application"
            " in Discord's developer portal.",
            err=True,
        )
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def load_curriculum(config: Config) -> Curriculum:
    """Read the list the bot is to use.

    Raises:
        ConfigError: NEXTREAD_CURRICULUM names no readable file.
        CurriculumFileError: the list has problems; all of them are named.
    """
    path = config.curriculum or default_curriculum_path()
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"NEXTREAD_CURRICULUM: {path} can't be read ({error}).") from error
    return read_curriculum(text, str(path))


def _maker(base: Curriculum) -> Callable[[str], NextreadBot]:
    """Return what makes a bot over a database, for whoever starts it more than once."""
    from bot.app import NextreadBot
    from bot.services.opening import open_services

    def make_bot(database_url: str) -> NextreadBot:
        return NextreadBot(
            lambda: open_services(database_url, base, discord.utils.utcnow), shard_count=1
        )

    return make_bot


async def _run(token: str, database_url: str, base: Curriculum) -> None:
    from bot.app import NextreadBot
    from bot.services.opening import open_services

    # Opened here first: what is wrong with it is told before Discord is asked for anything.
    services = await open_services(database_url, base, discord.utils.utcnow)

    async def opened() -> Services:
        return services

    async with NextreadBot(opened) as bot:
        running = asyncio.ensure_future(bot.start(token))
        loop = asyncio.get_running_loop()
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers in loops
            loop.add_signal_handler(signal.SIGTERM, running.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await running


if __name__ == "__main__":
    main()
