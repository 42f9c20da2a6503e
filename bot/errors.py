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


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a curriculum file: line and column counted from 1, and how to mend it.

    Worded here, not in views: it is told on the command line and in pull requests too.
    """

    line: int
    column: int
    where: str
    what: str
    remedy: str


@dataclass(eq=False)
class CurriculumFileError(ReaderError):
    """A curriculum file cannot be used; ``problems`` are all that were found, in file order."""

    source: str
    problems: list[Problem]

    def __str__(self) -> str:
        return "\n".join(
            f"{self.source}:{p.line}:{p.column}: {p.where}: {p.what}: {p.remedy}"
            for p in self.problems
        )
