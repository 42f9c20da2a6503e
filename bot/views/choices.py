"""What people choose from while they type."""

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
    return [_suggested(one) for one in list(suggestions)[:CHOICES]]


def _suggested(one: Suggestion) -> app_commands.Choice[str]:
    state = f"{MARK_ICONS[one.mark.state]} " if one.mark else ""
    must_read = f" {MUST_READ}" if one.resource.must_read else ""
    return resource_choice(
        one.resource, state, f"{must_read} · {clipped(step_place(one.step), 30)}"
    )


def resource_choice(resource: Resource, start: str, tail: str) -> app_commands.Choice[str]:
    """Return the choice of a resource: of a long title as much as fits between start and tail."""
    title = clipped(one_line(title_of(resource)), NAME - len(start) - len(tail))
    return choice(resource.key, f"{start}{title}{tail}")


def choice(value: str, name: str) -> app_commands.Choice[str]:
    """Return a choice, its name clipped."""
    return app_commands.Choice(name=clipped(name, NAME), value=value)


def all_choice(named: Sequence[Resource], typed: str) -> list[app_commands.Choice[str]]:
    """Return the choice of all that several typed names mean; none without several."""
    if not named or len(typed) > NAME:
        return []
    titles = " + ".join(short_title(resource) for resource in named)
    return [choice(typed, one_line(titles))]


def step_choices(steps: Iterable[Step]) -> list[app_commands.Choice[str]]:
    """Return steps by their names in the index."""
    return [choice(step.id, step_title(step)) for step in list(steps)[:CHOICES]]
