"""Reads the settings from the environment and `.env`, and nothing else does."""

import io
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from bot.errors import ConfigError

DEFAULT_DATABASE = "sqlite:///nextread.db"
DEFAULT_SEND_RATE, HIGHEST_SEND_RATE = 45, 500
DEFAULT_BACKUPS, MOST_BACKUPS = 7, 365
HIGHEST_PORT = 65535
HIGHEST_SHARD_COUNT = 10_000
"""Each shard has at most 2,500 servers: Discord has no bot in so many."""
DEFAULTS = {
    "DISCORD_TOKEN": "",
    "DATABASE_URL": DEFAULT_DATABASE,
    "NEXTREAD_CURRICULUM": "",
    "LOG_FORMAT": "text",
    "LOG_LEVEL": "INFO",
    "SEND_RATE": str(DEFAULT_SEND_RATE),
    "LINK_CHECK": "on",
    "BACKUP_DIR": "",
    "BACKUP_KEEP": str(DEFAULT_BACKUPS),
    "METRICS_PORT": "",
    "SHARD_COUNT": "",
    "SHARD_IDS": "",
}
"""Each setting, and what it is where nobody says anything."""
HOSTS = r"(?:(?:\[[\w:.%]+\]|[^:,\[\]?#]*)(?::\d+)?(?:,|$))*"


@dataclass(frozen=True, slots=True)
class Config:
    """All settings. Without a token, ``token`` is empty; no ``curriculum`` is the list shipped.

    It is a file, or a folder of them. No ``shard_count``: Discord says how many there are; no
    ``shard_ids``: this process has all of them.
    """

    token: str = field(default="", repr=False)
    database_url: str = field(default=DEFAULT_DATABASE, repr=False)
    curriculum: Path | None = None
    log_format: str = "text"
    log_level: str = "INFO"
    send_rate: int = DEFAULT_SEND_RATE
    link_check: str = "on"
    backup_dir: Path | None = None
    backup_keep: int = DEFAULT_BACKUPS
    metrics_port: int | None = None
    shard_count: int | None = None
    shard_ids: tuple[int, ...] | None = None

    @classmethod
    def from_env(
        cls, env: Mapping[str, str], dotenv: Path | None = None, *, for_run: bool = False
    ) -> Self:
        """Read the settings; a variable in ``env`` wins over the same one in the file.

        Raises:
            ConfigError: some values can't be used; for each, a line names the variable and the fix.
                ``for_run``: also if the token is missing, the list can't be read, or backups
                can't be written.
        """
        kept = _kept_in(dotenv) if dotenv is not None else {}
        found = {name: value for name, value in kept.items() if value} | dict(env)
        said = {name: found.get(name, "").strip() or usual for name, usual in DEFAULTS.items()}
        url, curriculum, port = (
            said[name] for name in ("DATABASE_URL", "NEXTREAD_CURRICULUM", "METRICS_PORT")
        )
        folder = Path(said["BACKUP_DIR"]) if said["BACKUP_DIR"] else None
        problems = [
            _wrong_token(said["DISCORD_TOKEN"], is_needed=for_run),
            _wrong_url(url),
            _wrong_curriculum(curriculum) if curriculum and for_run else None,
            _wrong_choice("LOG_FORMAT", said["LOG_FORMAT"], "text", "json"),
            _wrong_choice("LOG_LEVEL", said["LOG_LEVEL"], "DEBUG", "INFO", "WARNING", "ERROR"),
            _wrong_number("SEND_RATE", said["SEND_RATE"], HIGHEST_SEND_RATE, SENDS),
            _wrong_choice("LINK_CHECK", said["LINK_CHECK"], "on", "off"),
            _wrong_backups(folder, url) if folder and for_run else None,
            _wrong_number("BACKUP_KEEP", said["BACKUP_KEEP"], MOST_BACKUPS, KEPT),
            _wrong_port(port) if port else None,
            _wrong_count(said["SHARD_COUNT"]),
            _wrong_ids(said["SHARD_IDS"], said["SHARD_COUNT"], url),
        ]
        if lines := [problem for problem in problems if problem]:
            raise ConfigError("\n".join(lines))
        return cls(
            said["DISCORD_TOKEN"],
            url,
            Path(curriculum) if curriculum else None,
            log_format=said["LOG_FORMAT"].lower(),
            log_level=said["LOG_LEVEL"].upper(),
            send_rate=int(said["SEND_RATE"]),
            link_check=said["LINK_CHECK"].lower(),
            backup_dir=folder,
            backup_keep=int(said["BACKUP_KEEP"]),
            metrics_port=int(port) if port else None,
            shard_count=int(said["SHARD_COUNT"]) if said["SHARD_COUNT"] else None,
            shard_ids=_shards_in(said["SHARD_IDS"]) if said["SHARD_IDS"] else None,
        )


def _kept_in(dotenv: Path) -> Mapping[str, str | None]:
    """Read the file, if there is one."""
    try:
        text = dotenv.read_text("utf-8-sig")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        text = "\0"
    except OSError as error:
        raise ConfigError(
            f"{dotenv} can't be read ({error.strerror}): let the user who starts the bot read it,"
            " or move it away."
        ) from error
    if "\0" in text:
        raise ConfigError(
            f"{dotenv} is not saved as UTF-8: open it in an editor and save it as UTF-8."
        )
    wrong = [each.original.line for each in parse_stream(io.StringIO(text)) if each.error]
    if wrong:
        raise ConfigError(
            f"{dotenv}, line {', '.join(map(str, wrong))}: write NAME=value, and close each quote."
        )
    return dotenv_values(stream=io.StringIO(text))


def _wrong_token(token: str, *, is_needed: bool) -> str | None:
    if not token and is_needed:
        return (
            "Set DISCORD_TOKEN in the environment or in .env,"
            " or try `nextread preview`, which needs no Discord account."
        )
    if token[:1] in ("'", '"'):
        return "DISCORD_TOKEN is in quotes: remove them."
    if token.casefold().startswith("bot "):
        return "DISCORD_TOKEN begins with the word Bot: remove it."
    if token and not re.fullmatch("[!-~]+", token):
        return (
            "DISCORD_TOKEN contains a space, a line break or a letter that no token has:"
            " copy it again from the Bot page of your application in Discord's developer portal."
        )
    return None


def _wrong_curriculum(path: str) -> str | None:
    try:
        if not Path(path).is_dir():
            Path(path).open("rb").close()
    except OSError as error:
        return (
            f"NEXTREAD_CURRICULUM: {path} can't be read ({error.strerror})."
            " Remove the setting to use the list that comes with Nextread."
        )
    return None


def _wrong_url(url: str) -> str | None:
    """Say what is wrong with a database's URL without repeating it: it may hold a password."""
    scheme, colon, rest = url.partition("://")
    kind, _, driver = scheme.partition("+")
    if url == ":memory:" or (kind == "sqlite" and rest in ("", "/:memory:", ":memory:")):
        return (
            "DATABASE_URL names a database in memory, which is gone at the next start:"
            f" name a file, such as {DEFAULT_DATABASE}."
        )
    if not colon or kind not in ("sqlite", "postgresql", "postgres"):
        return (
            f"DATABASE_URL must look like {DEFAULT_DATABASE} or"
            " postgresql://user:password@host/name: Nextread knows no other databases."
        )
    if driver:
        return f"DATABASE_URL: leave out +{driver}, so that it begins with {kind}://."
    if kind == "sqlite":
        if not rest.startswith("/"):
            return f"DATABASE_URL needs three slashes before a file: sqlite:///{rest}."
        return None if rest.strip("/") else f"DATABASE_URL names no file: write {DEFAULT_DATABASE}."
    account, _, behind = rest.partition("/")
    login, _, hosts = account.rpartition("@")
    is_cut_off = "@" in behind.partition("?")[0] or re.search(r"[?#\[\]]", login)
    if is_cut_off or not re.fullmatch(HOSTS, hosts.partition("?")[0]):
        return (
            "DATABASE_URL can't be understood: write the port as a number, and these signs of the"
            " password encoded: / as %2F, ? as %3F, # as %23, @ as %40, [ as %5B, % as %25."
        )
    return None


def without_password(url: str) -> tuple[str, bool]:
    """Return a database's URL as it may be shown, and whether that is all of it."""
    shown = re.sub(r"(?<=://)([^/?#]*?):[^/?#]+(?=@)", r"\1:***", url, count=1)
    shown = re.sub(r"(?<=[?&])(password=)[^&#]*", r"\1***", shown)
    return shown, shown == url


def _wrong_choice(name: str, value: str, *allowed: str) -> str | None:
    if value.casefold() in [choice.casefold() for choice in allowed]:
        return None
    return f"{name} is {value!r}: set it to one of {', '.join(allowed)}."


SENDS = "the messages a second that all processes on one database send together"
KEPT = "how many daily backups are kept"


def _wrong_number(name: str, value: str, highest: int, what: str) -> str | None:
    with suppress(ValueError):
        if 1 <= int(value) <= highest:
            return None
    return f"{name} is {value!r}: set it to a whole number from 1 to {highest}, {what}."


def _wrong_backups(folder: Path, url: str) -> str | None:
    """Say why no backup can be written into a folder. A missing one may be a disk."""
    if url.startswith("postgres"):
        return (
            "BACKUP_DIR is for SQLite, and DATABASE_URL names PostgreSQL: remove it, and let"
            " pg_dump run every day instead."
        )
    if not folder.is_dir():
        return (
            f"BACKUP_DIR: {folder} is no folder. Make it, or name one that is there."
            " If it is on another disk, connect that first."
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        return (
            f"BACKUP_DIR: {folder} can't be written by whoever runs this bot."
            " Give it to them, or name a folder elsewhere."
        )
    return None


def _wrong_port(value: str) -> str | None:
    with suppress(ValueError):
        if 1 <= int(value) <= HIGHEST_PORT:
            return None
    return (
        f"METRICS_PORT is {value!r}: set it to a free port from 1 to {HIGHEST_PORT}, or remove it"
        " to have no metrics."
    )


def _wrong_count(value: str) -> str | None:
    is_number = re.fullmatch("0*[1-9][0-9]{0,4}", value)
    if not value or (is_number and int(value) <= HIGHEST_SHARD_COUNT):
        return None
    return (
        f"SHARD_COUNT is {value!r}: set it to a whole number from 1 to {HIGHEST_SHARD_COUNT}, the"
        " same in all processes, or remove it, and Discord says how many shards there are."
    )


def _wrong_ids(value: str, count: str, url: str) -> str | None:
    if not value:
        return None
    ids = _shards_in(value)
    if ids is None:
        return (
            f"SHARD_IDS is {value!r}: name the shards of this process by their numbers, such as"
            " 0, 0,2 or 0-3."
        )
    if not count:
        return (
            "SHARD_IDS needs SHARD_COUNT beside it: how many shards all processes have together,"
            " the same number in each."
        )
    if _wrong_count(count):
        return None  # told already
    if len(set(ids)) < len(ids):
        twice = next(each for each in ids if ids.count(each) > 1)
        return f"SHARD_IDS names shard {twice} twice: name each once."
    if max(ids) >= int(count):
        return (
            f"SHARD_IDS names shard {max(ids)}, and SHARD_COUNT is {int(count)}: shards are"
            f" numbered from 0 to {int(count) - 1}."
        )
    if len(ids) < int(count) and url.startswith("sqlite"):
        return (
            "SHARD_IDS leaves shards to other processes, and SQLite serves one process alone:"
            " let DATABASE_URL name a PostgreSQL, or remove SHARD_IDS."
        )
    return None


def _shards_in(value: str) -> tuple[int, ...] | None:
    """Return the shards that are named, one by one or as ranges; None: it names none."""
    ids: list[int] = []
    for part in value.split(","):
        found = re.fullmatch(r"\s*([0-9]{1,5})\s*(?:-\s*([0-9]{1,5})\s*)?", part)
        if found is None:
            return None
        first, last = int(found[1]), int(found[2] or found[1])
        if last < first:
            return None
        ids += range(first, last + 1)
        if len(ids) > HIGHEST_SHARD_COUNT:
            return None
    return tuple(ids)
