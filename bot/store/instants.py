"""Instants as the ledger keeps them: whole seconds UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def seconds(at: datetime) -> int:
    """Return an aware instant in whole seconds since 1970."""
    return int(at.timestamp())


def instant(at: int) -> datetime:
    """Return the aware instant of so many seconds since 1970."""
    return datetime.fromtimestamp(at, UTC)


def seconds_or_none(at: datetime | None) -> int | None:
    """Return ``seconds(at)``, or None for None."""
    return None if at is None else seconds(at)


def instant_or_none(at: int | None) -> datetime | None:
    """Return ``instant(at)``, or None for None."""
    return None if at is None else instant(at)
