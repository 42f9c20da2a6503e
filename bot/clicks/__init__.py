"""The other door: what buttons, selects and forms do, a function each."""

from bot.clicks import me
from bot.clicks.click import Clicked

CLICKED = tuple(
    each for module in (me,) for each in vars(module).values() if isinstance(each, Clicked)
)
"""All that answers a click."""
