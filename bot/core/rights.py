"""Who may use a command, as a server's Integrations page has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Subject = Literal["role", "user", "channel"]
Overrides = Mapping[tuple[Subject, int], bool]
"""What the page says of single roles, users and channels: allowed or barred."""

Bar = Literal["channel", "person"]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where; in a thread, ``channel_id`` is its parent's.

    ``has_default``: holds the permissions that the command asks for where the page says nothing.
    """

    guild_id: int
    channel_id: int
    user_id: int
    role_ids: frozenset[int]
    has_default: bool


def bar_to(asker: Asker, command: Overrides, app: Overrides) -> Bar | None:
    """Return what keeps somebody from a command; None: they may use it.

    The rules are Discord's (Application Commands, Permissions; Updates to Command Permissions):
    what is said of the command goes before what is said of the whole app, a person before their
    roles, any role that is allowed before one that is barred, and all of them before @everyone,
    which has the server's id. Only a yes to the command itself replaces the default permissions.
    Administrators are never asked about.
    """
    channels = (asker.channel_id, asker.guild_id - 1)  # the second is "All channels"
    told = (said.get(("channel", one)) for said in (command, app) for one in channels)
    if next((answer for answer in told if answer is not None), True) is False:
        return "channel"
    is_allowed = _said_of(asker, command)
    if is_allowed is None:
        is_allowed = asker.has_default and _said_of(asker, app) is not False
    return None if is_allowed else "person"


def _said_of(asker: Asker, said: Overrides) -> bool | None:
    if (person := said.get(("user", asker.user_id))) is not None:
        return person
    roles = [said.get(("role", role_id)) for role_id in asker.role_ids - {asker.guild_id}]
    if any(answer is not None for answer in roles):
        return True in roles
    return said.get(("role", asker.guild_id))
