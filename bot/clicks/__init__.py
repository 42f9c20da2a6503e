"""The other door: what buttons, selects and forms do, a function each."""

from bot.clicks import groups, inbox, leading, lists, moderation, reading, suggestions
from bot.clicks.click import Clicked

MODULES = (groups, inbox, leading, lists, moderation, reading, suggestions)
CLICKED = tuple(
    each for module in MODULES for each in vars(module).values() if isinstance(each, Clicked)
)
"""All that answers a click."""
