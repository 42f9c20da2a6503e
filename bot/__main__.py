"""The command line: it connects all the parts. Each command imports what it needs."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.config import Config
from bot.errors import BackupError, ConfigError, CurriculumFileError
from bot.language import languages

if TYPE_CHECKING:
    from bot.core.curriculum import Curriculum, Resource
    from bot.core.curriculum.imports import Imported
    from bot.metrics import Metrics
    from bot.services.opening import Services


# What takes a moment to import is imported in its command, where Ctrl-C is handled.
log = logging.getLogger("bot")  # not __name__, which differs when this module runs as a script

REFUSED = (
    "Discord refuses DISCORD_TOKEN: copy it again from the Bot page of your application"
    " in Discord's developer portal."
)
NO_LONGER_VALID = 4004
"""The code with which Discord's gateway closes when the token is no longer valid."""

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT_FILE = click.Path(dir_okay=False, path_type=Path)
FILE_OR_FOLDER = click.Path(exists=True, path_type=Path)


class OneLineErrors(click.Group):
    """Ends with one clear line instead of a traceback, where the host can fix something."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except KeyboardInterrupt:
            sys.exit(130)
        except (BackupError, ConfigError, CurriculumFileError) as error:
            click.echo(str(error), err=True)
            sys.exit(1 if isinstance(error, BackupError) else 2)
        except Exception as error:
            import aiohttp
            import discord

            code = error.code if isinstance(error, discord.ConnectionClosed) else None
            if code == NO_LONGER_VALID or isinstance(error, discord.LoginFailure):
                click.echo(REFUSED, err=True)
                sys.exit(2)
            # Only at the start: later, discord.py reconnects by itself.
            out_of_reach = aiohttp.ClientConnectionError, discord.DiscordServerError
            if isinstance(error, (*out_of_reach, discord.GatewayNotFound)):
                again = "Start the bot again when Discord works."
                click.echo(f"Discord can't be reached: {error}. {again}", err=True)
                sys.exit(1)
            raise


@click.group(cls=OneLineErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nextread")
def main() -> None:
    """Nextread, a Discord bot that tells readers what to read next, and why."""


@main.command()
def run() -> None:
    """Start the bot on Discord. It needs DISCORD_TOKEN, in the environment or in .env."""
    from bot.logs import start_logging

    config = Config.from_env(os.environ, Path(".env"), for_run=True)
    bases = load_curricula(curriculum_path(config))
    start_logging(config.log_format, config.log_level)
    asyncio.run(_run(config, bases))


@main.command()
@click.option("--port", default=0, help="Port of the page on 127.0.0.1; 0 finds a free one.")
@click.option(
    "--keep",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep everything in this file; without it, all is gone at the end.",
)
@click.option("--browser/--no-browser", default=True, help="Open the page in a browser.")
def preview(port: int, keep: Path | None, browser: bool) -> None:
    """Try the bot in a local browser page. It needs no Discord account."""
    import discord

    from bot.app import NextreadBot
    from bot.logs import start_logging
    from bot.pictures.studio import Studio
    from bot.preview import preview_in_browser
    from bot.services.opening import open_services

    config = Config.from_env(os.environ, Path(".env"))
    bases = load_curricula(curriculum_path(config))
    start_logging(config.log_format, "WARNING")

    def make_bot(database_url: str) -> NextreadBot:
        return NextreadBot(
            lambda: open_services(
                database_url, bases[0], discord.utils.utcnow, others=bases[1:], draw=studio.draw
            ),
            shard_count=1,
            nap=timedelta(days=1),  # its time moves in jumps, and nobody sets its clock
        )

    with Studio() as studio:
        preview_in_browser(
            make_bot, keep=keep, port=port, open_browser=browser, languages=languages()
        )


@main.command()
@click.argument("file", type=FILE_OR_FOLDER, required=False)
@click.option(
    "--against", type=A_FILE, metavar="OLD", help="Say what changes for readers of this older list."
)
@click.option("--links", is_flag=True, help="Also look whether each link leads somewhere.")
@click.option("--schema", is_flag=True, help="Only print the JSON Schema for editors.")
def check(file: Path | None, against: Path | None, links: bool, schema: bool) -> None:
    """Check a list, or a folder of them. Name every problem, with its line and how to fix it."""
    if schema:
        from bot.core.curriculum.shape import schema_text

        click.echo(schema_text(), nl=False)
        return
    path = file or curriculum_path(Config.from_env(os.environ, Path(".env")))
    if path.is_dir() and against is not None:
        raise click.UsageError("--against compares two files: name one of the folder.")
    lists = load_curricula(path)
    for each, listed in zip(files_of(path), lists, strict=True):
        click.echo(f"{each}: {_size_of(listed)}, no problems.")
    if links:
        asyncio.run(_check_links(lists))
    if against is not None:
        from bot.core.curriculum.checks import compare, keeps_progress

        differences = compare(load_curriculum(against), lists[0])
        for found in differences:
            slug = found.former.partition(":")[2]
            click.echo(CHANGES[found.what].format(old=found.old, new=found.new, slug=slug))
        if not keeps_progress(differences):
            sys.exit(1)
        click.echo("No reader loses progress.")


async def _check_links(lists: Sequence[Curriculum]) -> None:
    """Look at each link once, by the rules of the weekly look, and tell what is wrong.

    One day is no evidence that a page is gone for good.
    """
    from bot.core.link_checks import LinkAnswer, mirror_of
    from bot.core.moderation import is_same_title
    from bot.pages import Pages
    from bot.services.link_checks import ask_links

    titles = {r.url: r.title for listed in lists for r in listed.by_key.values()}
    pages, found = Pages(timeout_seconds=20), dict[str, LinkAnswer]()
    try:
        with click.progressbar(length=len(titles), label="Links") as bar:

            async def told(url: str, answer: LinkAnswer) -> None:
                found[url] = answer
                bar.update(1)

            await ask_links(list(titles), pages.check, told)
    finally:
        await pages.close()
    for url, title in titles.items():
        answer = found[url]
        if answer.evidence == "gone":
            click.echo(f"{title}: no such page today: {url}\n  Perhaps: {mirror_of(url)}")
        elif answer.moved_to and is_same_title(title, answer.title):
            click.echo(f"{title}: moved for good: {url}\n  It is at {answer.moved_to}")
    gone = sum(each.evidence == "gone" for each in found.values())
    silent = sum(each.evidence == "unknown" for each in found.values())
    click.echo(
        f"Links: {len(titles)}. Gone today: {gone}. Nothing for certain: {silent}."
        " A page counts as dead once it is gone on three days."
    )


def _size_of(listed: Curriculum) -> str:
    steps, count = listed.size
    resources = "1 resource" if count == 1 else f"{count} resources"
    return f"{resources} in {'1 step' if steps == 1 else f'{steps} steps'}"


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def new(file: Path) -> None:
    """Write a small list into FILE, as a start for your own."""
    import shlex

    from bot.core.curriculum.file import starter

    try:
        with file.open("x", encoding="utf-8", newline="\n") as written:
            written.write(starter(file.stem))
    except FileExistsError:
        raise ConfigError(f"{file} already exists and stays as it is. Name another file.") from None
    except OSError as error:
        raise ConfigError(
            f"{file} can't be written ({error.strerror}). Name a file in your own folder."
        ) from error
    name = shlex.quote(str(file))
    click.echo(f"{file} is a small list. Replace what is in it with your own.")
    click.echo(f"Check it: nextread check {name}")
    click.echo(f"Use it: NEXTREAD_CURRICULUM={name} nextread run")


@main.command(name="import")
@click.argument("file", type=A_FILE)
@click.option("--out", type=OUT_FILE, metavar="YAML", required=True, help="Write the list there.")
@click.option("--report", type=OUT_FILE, metavar="TXT", help="Write there what gave nothing.")
@click.option(
    "--look-up", is_flag=True, help="Ask every page for what FILE doesn't say, not only for titles."
)
def import_(file: Path, out: Path, report: Path | None, look_up: bool) -> None:
    """Make a list of Markdown, CSV, BibTeX, RIS, CSL-JSON or plain links."""
    from dataclasses import replace

    from bot.core.curriculum.file import id_of_file, write_curriculum
    from bot.core.curriculum.imports import with_titles
    from bot.core.curriculum.imports.formats import LARGEST_FILE, read_list
    from bot.errors import ReaderError
    from bot.views.lists_card import report_of

    if report is not None and report.resolve() == out.resolve():
        raise ConfigError(f"The list and its report can't both be {out}. Name another file.")
    for written in filter(None, (out, report)):
        if written.exists():
            raise ConfigError(f"{written} already exists and stays as it is. Name another file.")
    with file.open("rb") as opened:
        raw = opened.read(LARGEST_FILE + 1)
    try:
        imported = read_list(raw, file.name)
    except CurriculumFileError:
        raise
    except ReaderError as error:
        raise ConfigError(error.sentence()) from error
    listed = imported.curriculum.by_key.values()
    wanted = [r for r in listed if not r.title or (look_up and not (r.authors and r.minutes))]
    if wanted:
        imported = asyncio.run(_looked_up(imported, wanted))
    curriculum = replace(with_titles(imported).curriculum, id=id_of_file(out.stem))
    try:
        out.write_text(write_curriculum(curriculum), encoding="utf-8", newline="\n")
        if report is not None:
            report.write_text(report_of(imported.unread), encoding="utf-8", newline="\n")
    except OSError as error:
        raise ConfigError(f"{error.filename} can't be written ({error.strerror}).") from error
    click.echo(f"{out}: {_size_of(curriculum)}.")
    if imported.unread:
        where = f"see {report}" if report else "name a file with --report to see which"
        click.echo(f"Lines that gave nothing: {len(imported.unread)} ({where}).")


async def _looked_up(imported: Imported, wanted: Sequence[Resource]) -> Imported:
    """Ask the pages of resources what the list doesn't say, with a bar that shows how far it is."""
    from bot.core.curriculum.fields import PageFacts
    from bot.core.curriculum.imports import with_facts_of
    from bot.pages import Pages
    from bot.services.lookups import ask_pages

    pages, found = Pages(), dict[str, PageFacts]()
    try:
        with click.progressbar(length=len(wanted), label="Pages") as bar:
            async for key, facts in ask_pages({r.key: r.url for r in wanted}, pages.facts_of):
                found[key] = facts
                bar.update(1)
    finally:
        await pages.close()
    return with_facts_of(imported, found)


@main.command()
def health() -> None:
    """Say whether the bot on this machine works: exit code 0, or 1 and what is wrong."""
    from bot.heartbeat import heartbeat_path, illness

    try:
        config = Config.from_env(os.environ, Path(".env"))
        problem = illness(heartbeat_path(config.database_url, config.shard_ids))
    except ConfigError as error:
        problem = str(error)  # the only other exit code that Docker knows
    if problem:
        click.echo(problem, err=True)
        sys.exit(1)
    click.echo("The bot is connected.")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy the SQLite database into FILE, even while the bot runs, and check the copy."""
    from bot.store.upkeep import back_up

    config = Config.from_env(os.environ, Path(".env"))
    click.echo(f"Saved in {file}: {back_up(config.database_url, file)}.")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Put the backup in FILE where DATABASE_URL says, if no database is there."""
    from bot.store.upkeep import restore_from

    config = Config.from_env(os.environ, Path(".env"))
    click.echo(f"Restored: {restore_from(file, config.database_url)}.")
    click.echo("If this version needs newer tables, the next start updates them.")


@main.command(name="move-data")
@click.argument("sqlite")
@click.argument("postgres")
def move_data(sqlite: str, postgres: str) -> None:
    """Move all that is in SQLITE, a file or URL, into POSTGRES, the URL of an empty database.

    Stop the bot first. SQLITE is only read. Whatever stops this, the same command goes on where it
    was. Leave the password out of the URL and set PGPASSWORD, and no list of processes shows it.
    """
    from bot.config import without_password
    from bot.store.database import POSTGRES, SQLITE, sqlite_file
    from bot.store.transfer import move

    @contextlib.contextmanager
    def bar(what: str, rows: int) -> Iterator[Callable[[int], None]]:
        with click.progressbar(length=rows, label=f"{what:10}") as shown:
            yield shown.update

    url = sqlite if sqlite.startswith("sqlite:") else f"{SQLITE}{Path(sqlite).absolute()}"
    if sqlite.startswith(POSTGRES) or not postgres.startswith(POSTGRES):
        text = "SQLITE comes first, a file; then POSTGRES, such as postgresql://user@host/name."
        raise click.UsageError(text)
    logging.disable()  # what is wrong is told here
    try:
        for each in (url, postgres):
            Config.from_env({"DATABASE_URL": each})
        source = sqlite_file(url) or Path(sqlite)
        held = asyncio.run(move(source, postgres, bar, click.echo))
    except ConfigError as error:
        raise ConfigError(str(error).replace("DATABASE_URL", "POSTGRES")) from error
    except KeyboardInterrupt:
        click.echo("Stopped. The same command goes on where it was.", err=True)
        raise
    finally:
        logging.disable(logging.NOTSET)
    click.echo(f"Moved: {held}. {source} is as it was.")
    shown, is_whole = without_password(postgres)
    where = "" if is_whole else ", with your password in place of ***"
    click.echo(f"Put this into .env, where DATABASE_URL was{where}, and start the bot:")
    click.echo(f"DATABASE_URL={shown}")


CHANGES = {
    "added": "added: {new.key} “{new.title}”",
    "renamed": "renamed: {old.key} is now {new.key}; progress follows",
    "moved": "moved: {new.key} from {old.step_id} to {new.step_id}",
    "retitled": "retitled: {new.key} “{old.title}” is now “{new.title}”",
    "removed": "removed: {old.key}; progress is kept and shown as no longer listed",
    "other_id": "PROBLEM: the list has another id: all progress would be gone. Keep the id.",
    "vanished": "PROBLEM: {old.key} vanished, its link is at {new.key} now:"
    " add `formerly: [{slug}]` there.",
    "relinked": "PROBLEM: {new.key} means another page now: give the new page an id of its own.",
    "forgotten": "PROBLEM: {new.key} forgot its former id: keep `{slug}` in its `formerly`.",
}
"""A line for each difference; what would cost readers their progress has its remedy."""


def curriculum_path(config: Config) -> Path:
    """Return the file of the list that the bot uses."""
    from bot.core.curriculum.file import default_curriculum_path

    return config.curriculum or default_curriculum_path()


def files_of(path: Path) -> list[Path]:
    """Return the files of the base lists that a path names: itself, or what a folder holds.

    Hidden ones aren't lists: macOS puts a ``._a.yaml`` beside an ``a.yaml``, editors their own.

    Raises:
        ConfigError: the folder holds none.
    """
    if not path.is_dir():
        return [path]
    endings = (".yaml", ".yml")
    shown = (each for each in sorted(path.iterdir()) if not each.name.startswith("."))
    found = [each for each in shown if each.suffix.casefold() in endings]
    if not found:
        raise ConfigError(
            f"{path} has no list in it. Put a YAML file there, or remove NEXTREAD_CURRICULUM to use"
            " the list that comes with Nextread."
        )
    return found


def load_curricula(path: Path) -> list[Curriculum]:
    """Read a list, or all lists of a folder in the order of their names.

    Raises:
        ConfigError: a file can't be read, or two lists have the same id.
        CurriculumFileError: a list has problems; it names all of them.
    """
    found: dict[str, tuple[Path, Curriculum]] = {}
    for file in files_of(path):
        listed = load_curriculum(file)
        if listed.id in found:
            other, _listed = found[listed.id]
            raise ConfigError(
                f"{other} and {file} have the same id, `{listed.id}`. Readers' progress hangs on"
                " it: give the newer one an id of its own."
            )
        found[listed.id] = file, listed
    return [listed for _file, listed in found.values()]


def load_curriculum(path: Path) -> Curriculum:
    """Read a list.

    Raises:
        ConfigError: the file can't be read.
        CurriculumFileError: the list has problems; it names all of them.
    """
    from bot.core.curriculum.file import read_curriculum
    from bot.core.curriculum.yaml_tree import LARGEST_FILE

    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise ConfigError(
            f"{path} can't be read ({error.strerror}). If NEXTREAD_CURRICULUM names it, remove that"
            " setting to use the list that comes with Nextread."
        ) from error
    return read_curriculum(text, str(path))


async def _run(config: Config, bases: Sequence[Curriculum]) -> None:
    told = _told_to_stop()  # first, because the imports take a moment

    import discord

    from bot.app import NextreadBot
    from bot.core.limits import Limits
    from bot.heartbeat import Heartbeat, heartbeat_path, illness
    from bot.pages import Pages
    from bot.pictures.studio import Studio
    from bot.services.backups import Backups, no_backups
    from bot.services.opening import open_services

    backups = config.backup_dir and Backups(
        config.database_url, config.backup_dir, config.backup_keep, discord.utils.utcnow
    )
    metrics = _metrics() if config.metrics_port else None
    # Opened first, so that its problems are reported before we ask Discord for anything.
    pages, checking = Pages(), Pages()  # who waits for a page waits for no other
    studio = Studio()
    services = await open_services(
        config.database_url,
        bases[0],
        discord.utils.utcnow,
        pages.facts_of,
        config.send_rate,
        others=bases[1:],
        check_link=checking.check if config.link_check == "on" else None,
        back_up=backups.make_due if backups else no_backups,
        draw=metrics.timed(studio.draw) if metrics else studio.draw,
    )

    async def opened() -> Services:
        return services

    # Nextread uses no voice, so the packages for it are missing on purpose.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    bot = NextreadBot(
        opened,
        shard_count=config.shard_count,
        shard_ids=config.shard_ids,
        limits=Limits(),
        watch=metrics.watch if metrics else None,
    )
    # All that was made so far stays as long as the bot: the collector needn't go through it again.
    gc.collect()
    gc.freeze()
    path = heartbeat_path(config.database_url, config.shard_ids)
    heartbeat = Heartbeat(bot, services, path)
    try:
        async with contextlib.AsyncExitStack() as stack:
            if metrics and config.metrics_port:
                told_how = functools.partial(illness, path)
                served = metrics.serving(config.metrics_port, bot, services, told_how)
                await stack.enter_async_context(served)
            await stack.enter_async_context(bot)
            heartbeat.start()
            running = asyncio.ensure_future(bot.start(config.token))
            stopping = asyncio.ensure_future(told.wait())
            await asyncio.wait([running, stopping], return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            # Before Python 3.12, asyncio.wait_for can lose a cancellation, and discord.py connects
            # inside one: https://github.com/python/cpython/issues/86296
            while told.is_set() and not running.done():
                running.cancel()
                await asyncio.wait([running], timeout=1)
        if not running.cancelled():
            running.result()
        log.info("stopped")
    finally:
        heartbeat.stop()
        # After a failed login the bot never had the services. Closing them twice is harmless.
        await services.close()
        await pages.close()
        await checking.close()
        studio.close()


def _metrics() -> Metrics:
    """Return what METRICS_PORT asks for, which needs a package of its own.

    Raises:
        ConfigError: it is missing.
    """
    from importlib import metadata, util

    if util.find_spec("prometheus_client") is None:
        raise ConfigError("METRICS_PORT is set: run pip install 'nextread[metrics]' first.")
    from bot.metrics import Metrics

    return Metrics(metadata.version("nextread"))


def _told_to_stop() -> asyncio.Event:
    """Return an event that the first signal sets, so that work can end. A second one kills."""
    told = asyncio.Event()

    def stop() -> None:
        if told.is_set():
            log.warning("stopped at once")
            os._exit(1)  # harmless: what was acknowledged is in the database
        told.set()
        log.info("stopping when the work in progress has ended")

    with contextlib.suppress(NotImplementedError):  # not on Windows
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop)
    return told


if __name__ == "__main__":
    main()
