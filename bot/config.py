"""The only reader of the environment (and of `.env`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from dotenv import dotenv_values

from bot.errors import ConfigError

DEFAULT_DATABASE = "sqlite:///nextread.db"
DEFAULT_SEND_RATE, HIGHEST_SEND_RATE = 45, 500
LOG_FORMATS = ("text", "json")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


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
    def from_env(cls, env: Mapping[str, str], dotenv: Path | None = None) -> Self:
        """Read the settings; a variable in ``env`` wins over the same one in the file.

        Raises:
            ConfigError: a value can't be used; it names the variable and the fix.
        """
        kept = dotenv_values(dotenv) if dotenv is not None else {}
        found = {name: value for name, value in kept.items() if value} | dict(env)
        curriculum = found.get("NEXTREAD_CURRICULUM", "").strip()
        return cls(
            token=found.get("DISCORD_TOKEN", "").strip(),
            database_url=found.get("DATABASE_URL", "").strip() or DEFAULT_DATABASE,
            curriculum=Path(curriculum) if curriculum else None,
            log_format=_one_of(found, "LOG_FORMAT", LOG_FORMATS),
            log_level=_one_of(found, "LOG_LEVEL", LOG_LEVELS, "INFO"),
            send_rate=_send_rate(found),
        )

    def needs_token(self) -> str:
        """Return the token.

        Raises:
            ConfigError: there is none.
        """
        if not self.token:
            raise ConfigError(
                "Set DISCORD_TOKEN in the environment or in .env,"
                " or try `nextread preview`, which needs no Discord account."
            )
        return self.token


def _one_of(
    found: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str = "text"
) -> str:
    value = found.get(name, "").strip() or default
    if value.casefold() not in [choice.casefold() for choice in allowed]:
        raise ConfigError(f"{name} is {value!r}: set it to one of {', '.join(allowed)}.")
    return value.lower() if allowed is LOG_FORMATS else value.upper()


def _send_rate(found: Mapping[str, str]) -> int:
    value = found.get("SEND_RATE", "").strip() or str(DEFAULT_SEND_RATE)
    try:
        rate = int(value)
    except ValueError:
        rate = 0
    if not 1 <= rate <= HIGHEST_SEND_RATE:
        raise ConfigError(
            f"SEND_RATE is {value!r}: set it to a whole number from 1 to {HIGHEST_SEND_RATE},"
            " the messages a second that all processes on one database send together."
        )
    return rate
