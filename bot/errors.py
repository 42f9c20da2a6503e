"""Expected failures, each with its values; the modules of words in views say what to do."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


class ReaderError(Exception):
    """A failure that its reader can do something about."""


class ConfigError(Exception):
    """Settings that stop the start; each has a line that names the variable and the fix."""


class BackupError(Exception):
    """A backup that can't be made or used; its text is one line that says why and what to do."""


@dataclass
class LedgerError(ReaderError):
    """The database can't be used just now. ``detail`` is its own word for it: for the log.

    ``busy``: another program holds it; ``lost``: no connection; ``unwritable``: full, read-only or
    broken. Nothing was saved, but for ``unknown``: lost while it was saving.
    """

    why: Literal["busy", "lost", "unwritable", "unknown"]
    detail: str


@dataclass
class UnknownResourceError(ReaderError):
    """Nothing in this curriculum has the key, or several resources fit the typed words.

    ``like_it`` are (key, title) of the likeliest.
    """

    typed: str
    like_it: tuple[tuple[str, str], ...] = ()


@dataclass
class TooManyNamesError(ReaderError):
    """More names at once than are looked up."""

    most: int


@dataclass
class NoLongerListedError(ReaderError):
    """The resource left the list; its marks are kept. ``key``: this server removed it."""

    title: str
    key: str | None = None


@dataclass
class NothingToDoubtError(ReaderError):
    """The way to a resource has no prerequisite left that somebody could doubt."""

    title: str


@dataclass
class UnknownStepError(ReaderError):
    typed: str


@dataclass
class NothingCurrentError(ReaderError):
    """`/done` without a resource, and nothing was shown yet."""


@dataclass
class TooOldToUndoError(ReaderError):
    """Only the last twenty changes are kept, and only for whoever made them."""


@dataclass
class ChangedSinceError(ReaderError):
    """It was changed again after that: undoing would lose the later change. No title: the goal."""

    title: str


@dataclass
class NotYoursError(ReaderError):
    """A click on a card that was opened for somebody else."""


@dataclass
class SlipError(ReaderError):
    """A tap on a card that a click had only just replaced."""


@dataclass
class WrongWordError(ReaderError):
    """Another word was typed than the one that a form asks for; nothing was done."""

    typed: str
    word: str


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


@dataclass
class NoGroupError(ReaderError):
    """This channel has no study group."""


@dataclass
class HasGroupError(ReaderError):
    """A channel has one group at most."""


@dataclass
class NotAMemberError(ReaderError):
    """Something that only members of the group may ask for."""


@dataclass
class UnknownZoneError(ReaderError):
    """No zone, or several, are meant by a reader's text; ``like_it`` are zones, with labels.

    ``fits``: the text may mean them; otherwise they are only the likeliest.
    """

    typed: str
    like_it: tuple[tuple[str, str], ...] = ()
    fits: bool = False


@dataclass
class AlreadyPostedError(ReaderError):
    """This week's paper was posted; ``link`` leads to it, if it isn't deleted."""

    link: str


@dataclass
class NothingLeftError(ReaderError):
    """The group has had everything it would be given."""


@dataclass
class UnknownPostError(ReaderError):
    """A button of a post that this server never had."""


@dataclass
class NotAModeratorError(ReaderError):
    """Only moderators may do that. ``bar``: they aren't one, or not in this channel."""

    bar: Literal["person", "channel"] = "person"


@dataclass
class RightUnknownError(ReaderError):
    """Discord doesn't say just now whether they may do what only moderators may."""


@dataclass
class UnknownWeekError(ReaderError):
    """The typed text is no day and no week, or several.

    ``like_it``: weeks to choose from, each with a day and a title. ``fits``: the text means one
    of them. ``key`` is what group ``group_id`` is to read then.
    """

    typed: str
    like_it: tuple[tuple[str, date, str], ...] = ()
    fits: bool = False
    group_id: int = 0
    key: str = ""


@dataclass
class WeekRefusedError(ReaderError):
    """Nothing can be picked for the week any more, or not yet; ``link`` leads to its post."""

    why: Literal["gone", "far", "posted", "sending"]
    link: str = ""


@dataclass
class CompanionRefusedError(ReaderError):
    """A companion only helps with something else: no group reads it for a week."""

    title: str


@dataclass
class VoteRefusedError(ReaderError):
    """No vote can be called on the week, or this one can't be called off or closed."""

    why: Literal[
        "paused", "stopped", "running", "decided", "ending", "picked", "few", "unknown", "over",
        "unsent",
    ]  # fmt: skip


@dataclass
class VoteTooLongError(ReaderError):
    """The vote wouldn't close an hour before its slot; ``longest`` hours would, none if < 1."""

    slot_at: datetime
    longest: int


@dataclass
class CannotPollError(ReaderError):
    """The channel lacks what a vote needs; ``lacks`` are Discord's names of permissions."""

    channel_id: int
    lacks: tuple[str, ...]


@dataclass
class CannotPostError(ReaderError):
    """The channel lacks what posting needs; ``problem`` names it."""

    problem: str


@dataclass
class RoleRefusedError(ReaderError):
    """A role that papers don't mention: everybody has it, or nobody can be given it.

    ``name``: None for @everyone.
    """

    name: str | None


@dataclass
class WrongChannelError(ReaderError):
    """Papers go to text and announcement channels and forums alone."""


@dataclass
class OldCardError(ReaderError):
    """A moderator's card that is a day old, was put away, or never was theirs to use here."""


@dataclass
class NotOfferedError(ReaderError):
    """A select or form came back with something that it doesn't offer."""


@dataclass
class NotALinkError(ReaderError):
    """What was given as a link is none that could be opened."""

    typed: str


@dataclass
class LinkTakenError(ReaderError):
    """The link already means another resource of this server, listed or removed."""

    title: str


@dataclass
class BadFieldError(ReaderError):
    """A value that a field of a resource can't take."""

    field: str
    typed: str


@dataclass
class NeedRefusedError(ReaderError):
    """A prerequisite that can't be: ``why`` as in ``core.additions.SetAside``."""

    title: str
    needed: str
    why: str


@dataclass
class StepRefusedError(ReaderError):
    """The list's own resources stay in the list's own steps."""

    title: str
    step: str


@dataclass
class TooManyAdditionsError(ReaderError):
    most: int


@dataclass
class NothingToExportError(ReaderError):
    """Everything on the list is removed."""
