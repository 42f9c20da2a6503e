"""Expected failures, each with its values; views/texts.py puts them into words."""

from dataclasses import dataclass


class ReaderError(Exception):
    """A failure that its reader can do something about."""


class ConfigError(Exception):
    """A setting that stops the start; its text is one line that names the variable and the fix."""


@dataclass
class UnknownResourceError(ReaderError):
    """Nothing in this curriculum has the key, or the typed words."""

    key: str
