"""What people choose from while they type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from discord import app_commands

from bot.core.curriculum import Resource, Step
from bot.core.reading import Suggestion
from bot.plain import clipped, one_line
from bot.views.phrases import MARK_ICONS, MUST_READ, short_title, step_place, step_title, title_of

NAME = 100  # Discord's limit for a choice's name
CHOICES = 25  # and for their number


def resource_choices(suggestions: Iterable[Suggestion]) -> list[app_commands.Choice[str]]:
    """Return choices whose names end with the step, whatever the title's length."""
    return [
        app_commands.Choice(name=_name(one), value=one.resource.key)
        for one in list(suggestions)[:CHOICES]
    ]


def all_choice(named: Sequence[Resource], typed: str) -> list[app_commands.Choice[str]]:
    """Return the choice of all that several typed names mean; none without several."""
    if not named or len(typed) > NAME:
        return []
    titles = " + ".join(short_title(resource) for resource in named)
    return [app_commands.Choice(name=clipped(one_line(titles), NAME), value=typed)]


def step_choices(steps: Iterable[Step]) -> list[app_commands.Choice[str]]:
    """Return steps by their names in the index."""
    return [
        app_commands.Choice(name=clipped(step_title(step), NAME), value=step.id)
        for step in list(steps)[:CHOICES]
    ]


def _name(suggestion: Suggestion) -> str:
    resource, mark = suggestion.resource, suggestion.mark
    state = f"{MARK_ICONS[mark.state]} " if mark else ""
    must_read = f" {MUST_READ}" if resource.must_read else ""
    tail = f"{must_read} · {clipped(step_place(suggestion.step), 30)}"
    title = one_line(title_of(resource))
    return f"{state}{clipped(title, NAME - len(tail) - len(state))}{tail}"
