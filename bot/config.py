"""The only reader of the environment (and of `.env`)."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from bot.errors import ConfigError

DEFAULT_DATABASE = "sqlite:///nextread.db"
DEFAULT_SEND_RATE, HIGHEST_SEND_RATE = 45, 500
LOG_FORMATS = ("text", "json")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

COPY_IT = "from the Bot page of your application in Discord's developer portal"
HOSTS = r"(?:(?:\[[\w:.%]+\]|[^:,\[\]?#]*)(?::\d+)?(?:,|$))*"
IN_TWO_WAYS = "sqlite:///nextread.db or postgresql://user:password@host/name"


@dataclass(frozen=True, slots=True)
class Config:
    """All settings. ``token`` is empty unless set; ``curriculum`` None means the list shipped."""

    token: str = field(default="", repr=False)
    database_url: str = field(default=DEFAULT_DATABASE, repr=False)
    curriculum: Path | None = None
    log_format: str = "text"
    log_level: str = "INFO"
    send_rate: int = DEFAULT_SEND_RATE

    @classmethod
    def from_env(
        cls, env: Mapping[str, str], dotenv: Path | None = None, *, for_run: bool = False
    ) -> Self:
        """Read the settings; a variable in ``env`` wins over the same one in the file.

        Raises:
            ConfigError: values can't be used; each has its line that names the variable and the
                fix. ``for_run``: so have a token that is missing and a list that can't be read.
        """
        kept = _kept_in(dotenv) if dotenv is not None else {}
        found = {name: value for name, value in kept.items() if value} | dict(env)
        values = {name: value.strip() for name, value in found.items()}
        problems: list[str] = []
        config = cls(
            token=_token(values, problems, is_needed=for_run),
            database_url=_database_url(values, problems),
            curriculum=_curriculum(values, problems, is_needed=for_run),
            log_format=_one_of(values, problems, "LOG_FORMAT", LOG_FORMATS).lower(),
            log_level=_one_of(values, problems, "LOG_LEVEL", LOG_LEVELS, "INFO").upper(),
            send_rate=_send_rate(values, problems),
        )
        if problems:
            raise ConfigError("\n".join(problems))
        return config


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
            f"{dotenv} can't be read ({error.strerror}): it has to be a file that whoever starts"
            " the bot may read, or not be there at all."
        ) from error
    if "\0" in text:
        raise ConfigError(
            f"{dotenv} is not saved as UTF-8: open it in an editor and save it with that encoding."
        )
    wrong = [each.original.line for each in parse_stream(io.StringIO(text)) if each.error]
    if wrong:
        raise ConfigError(
            f"{dotenv}, line {', '.join(map(str, wrong))}: write NAME=value, and close what is in"
            " quotes."
        )
    return dotenv_values(stream=io.StringIO(text))


def _token(values: Mapping[str, str], problems: list[str], *, is_needed: bool) -> str:
    token = values.get("DISCORD_TOKEN", "")
    if not token and is_needed:
        problems.append(
            "Set DISCORD_TOKEN in the environment or in .env,"
            " or try `nextread preview`, which needs no Discord account."
        )
    elif token[:1] in ("'", '"'):
        problems.append("DISCORD_TOKEN stands in quotes: leave them out.")
    elif token.casefold().startswith("bot "):
        problems.append("DISCORD_TOKEN begins with the word Bot: leave it out.")
    elif token and not re.fullmatch("[!-~]+", token):
        problems.append(
            "DISCORD_TOKEN holds a space, a line break or a letter that no token has:"
            f" copy it again {COPY_IT}."
        )
    return token


def _curriculum(values: Mapping[str, str], problems: list[str], *, is_needed: bool) -> Path | None:
    path = values.get("NEXTREAD_CURRICULUM", "")
    if path and is_needed:
        try:
            Path(path).open("rb").close()
        except OSError as error:
            problems.append(
                f"NEXTREAD_CURRICULUM: {path} can't be read ({error.strerror})."
                " Unset it to use the list that Nextread comes with."
            )
    return Path(path) if path else None


def _database_url(values: Mapping[str, str], problems: list[str]) -> str:
    url = values.get("DATABASE_URL", "") or DEFAULT_DATABASE
    if problem := _wrong_with(url):
        problems.append(problem)
    return url


def _wrong_with(url: str) -> str | None:
    """Return what is wrong with a database's URL; nothing of it, for it may hold a password."""
    scheme, colon, rest = url.partition("://")
    kind, _, driver = scheme.partition("+")
    if url == ":memory:" or (kind == "sqlite" and rest in ("", "/:memory:", ":memory:")):
        return (
            "DATABASE_URL names a database in memory, where all would be gone with the next start:"
            f" name a file, such as {DEFAULT_DATABASE}."
        )
    if not colon or kind not in ("sqlite", "postgresql", "postgres"):
        return f"DATABASE_URL must look like {IN_TWO_WAYS}: Nextread knows no other databases."
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
            "DATABASE_URL can't be taken apart: write the port as a number, and the signs of the"
            " password encoded: / as %2F, ? as %3F, # as %23, @ as %40, [ as %5B, % as %25."
        )
    return None


def _one_of(
    values: Mapping[str, str],
    problems: list[str],
    name: str,
    allowed: tuple[str, ...],
    default: str = "text",
) -> str:
    value = values.get(name, "") or default
    if value.casefold() not in [choice.casefold() for choice in allowed]:
        problems.append(f"{name} is {value!r}: set it to one of {', '.join(allowed)}.")
    return value


def _send_rate(values: Mapping[str, str], problems: list[str]) -> int:
    value = values.get("SEND_RATE", "") or str(DEFAULT_SEND_RATE)
    try:
        rate = int(value)
    except ValueError:
        rate = 0
    if not 1 <= rate <= HIGHEST_SEND_RATE:
        problems.append(
            f"SEND_RATE is {value!r}: set it to a whole number from 1 to {HIGHEST_SEND_RATE},"
            " the messages a second that all processes on one database send together."
        )
    return rate
