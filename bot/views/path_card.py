"""What to read before something, in order: to make it the goal, or to doubt a prerequisite."""

from collections.abc import Iterator
from typing import Any

from discord import ui

from bot.core.curriculum import Resource
from bot.core.moderation import WHY_LIMIT, doubtable
from bot.core.reading import Path
from bot.core.recommend import opens
from bot.language import _, ngettext
from bot.plain import clipped, fitting
from bot.views import custom_ids as ids
from bot.views import phrases
from bot.views.parts import (
    BLUE,
    OPTIONS,
    TEXT,
    Form,
    boxed,
    button,
    card,
    go_button,
    label,
    option,
    picked,
    row,
    text_input,
)
from bot.views.resource_card import resource_select


def path_card(path: Path, *, in_server: bool) -> ui.LayoutView:
    """Build the way to a resource: the least that is missing, in order, with minutes.

    ``in_server``: there are moderators who can be told that a prerequisite is wrong; where the bot
    is only on the reader's own account, there are none.
    """
    key, goal = path.resource.key, None
    aim = path.curriculum.get(path.reader.goal) if path.reader.goal else None
    if aim is not None and aim.key == key:
        goal = button(ids.DropGoal(), _("Drop this goal"))
    elif path.steps and not path.resource.is_companion:
        goal = button(ids.MakeGoal(key), _("Make this my goal"), BLUE)
    can_doubt = in_server and doubtable(path)
    doubt = button(ids.Doubt(key), _("Prerequisite wrong?")) if can_doubt else None
    steps = resource_select(path.steps, path.curriculum)
    return boxed(_text(path), steps, row(goal, go_button("next"), doubt))


def _text(path: Path) -> str:
    """Return heading, way and what follows it; of a long way, as much as fits between."""
    heading = f"### {phrases.linked(path.resource)}"
    head = "\n".join([_("-# The way to"), heading, _summary(path)])
    tail = "\n".join(_after_way(path))
    way = fitting(_way(path), TEXT - len(head) - len(tail) - 2)
    return "\n".join(filter(None, [head, way, tail]))


def _summary(path: Path) -> str:
    before = len(path.steps) - 1
    if not path.steps:
        return _("You have already marked it.")
    if before == 0:
        return _("You're ready for it: nothing is missing.")
    return ngettext("{n} thing first:", "{n} things first, in this order:", before)


def _way(path: Path) -> Iterator[str]:
    for number, step in enumerate(path.steps, start=1):
        aim = "🎯 " if step.key == path.resource.key else ""
        yield phrases.dotted(
            f"{number}. {aim}{phrases.linked(step, 100, marked=True)}", phrases.takes(step)
        )


def _after_way(path: Path) -> Iterator[str]:
    resource = path.resource
    minutes_in_all = sum(step.minutes or 0 for step in path.steps)
    if len(path.steps) > 1 and minutes_in_all:
        yield _("-# {duration} in all", duration=phrases.duration(minutes_in_all))
    if mark := path.reader.marks.get(resource.key):
        yield phrases.mark_text(mark)
    if opened := opens(path.curriculum, resource.key):
        yield _("**Needed for**: {titles}", titles=phrases.titles(opened, most=8))
    if resource.parent and (parent := path.curriculum.get(resource.parent)):
        yield _("-# It helps with {title}.", title=phrases.name_of(parent))


class DoubtForm(Form):
    """Asks which prerequisite is wrong, and why if the reader wants to say."""

    def __init__(self, path: Path) -> None:
        self._pairs = doubtable(path)[:OPTIONS]
        self._pair: ui.Select[Any] = ui.Select(
            custom_id="pair",
            options=[
                option(str(number), _doubt_text(*(path.curriculum.by_key[key] for key in pair)))
                for number, pair in enumerate(self._pairs)
            ],
        )
        self.why = text_input(WHY_LIMIT, custom_id="why", long=True)
        super().__init__(
            _("A prerequisite is wrong"),
            label(_("Which one?"), self._pair),
            label(_("Why? One sentence is enough"), self.why),
        )

    @property
    def pair(self) -> tuple[str, str]:
        """The keys that were picked, of a resource and of what it doesn't need; as ``picked``."""
        return self._pairs[int(picked(self._pair.options, self._pair.values)[0])]


def doubted_card(resource: Resource, needed: Resource) -> ui.LayoutView:
    """Build what a reader is told who doubts that a resource needs the other."""
    return card(
        _(
            "Thank you. This server's moderators will see that **{title}** may not need"
            " **{needed}**. You can go on now: use *Not this one…* on a card.",
            title=phrases.name_of(resource),
            needed=phrases.name_of(needed),
        )
    )


def _doubt_text(resource: Resource, needed: Resource) -> str:
    title, other = (clipped(phrases.short_title(each), 40) for each in (resource, needed))
    return _("{title} doesn't need {needed}", title=title, needed=other)
