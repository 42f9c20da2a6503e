"""Expected failures: each carries its values and its sentence, what happened and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal, Self, dataclass_transform

from bot.language import _, message, ngettext, said
from bot.plain import plain


class ConfigError(Exception):
    """Settings that stop the start; each has a line that names the variable and the fix."""


class BackupError(Exception):
    """A copy of the ledger that can't be made or used; its text says why and what to do."""


@dataclass_transform()
class ReaderError(Exception):
    """A failure that its reader can do something about: a dataclass, as each below is.

    ``says``: what happened and what to do next, with fields in its braces. What others wrote is
    made plain in it, and at most ``clip`` characters long.
    """

    says: ClassVar[str]
    clip: ClassVar[int] = 80

    def __init_subclass__(cls, **options: bool) -> None:
        dataclass(**options)(cls)

    def sentence(self) -> str:
        """Return what it says, in the reader's language."""
        return self.say(said(self.says))

    def say(self, told: str) -> str:
        """Return a message with the fields put in."""
        shown = {
            name: plain(value, self.clip) if isinstance(value, str) else value
            for name, value in vars(self).items()
        }
        return told.format(**shown)


# Any command, any card


class LedgerError(ReaderError):
    """The database can't be used just now. ``detail`` is its own word for it: for the log.

    ``busy``: another program holds it; ``lost``: no connection; ``unwritable``: full, read-only or
    broken. Nothing was saved, but for ``unknown``: lost while it was saving.
    """

    why: Literal["busy", "lost", "unwritable", "unknown"]
    detail: str

    def sentence(self) -> str:
        return {
            "busy": _(
                "Another program is using my database just now. Nothing was changed: try again."
            ),
            "lost": _(
                "I can't reach my database just now. Nothing was changed: try again in a minute."
            ),
            "unwritable": _(
                "I can't write to my database just now, so nothing was changed. Please tell the"
                " person who runs this bot: the log says why."
            ),
            "unknown": _(
                "I lost my database while I was saving, so I don't know whether your change was"
                " saved. Please look. If it isn't there, do it again."
            ),
        }[self.why]


class TooFastError(ReaderError):
    """Somebody asks more of the bot than fingers do; ``seconds``: until it answers them again."""

    seconds: int

    def sentence(self) -> str:
        return ngettext(
            "Slow down a little: try again in {n} second.",
            "Slow down a little: try again in {n} seconds.",
            self.seconds,
        )


class NotYoursError(ReaderError):
    says = message("This card belongs to somebody else. The same command gives you your own.")


class OldCardError(ReaderError):
    """A moderator's card that is a day old, was put away, or never was theirs to use here."""

    says = message("This card can't be used any more. The same command gives you a new one.")


class SlipError(ReaderError):
    says = message(
        "The card changed just before your tap, so I did nothing. Tap again if you meant it."
    )


class SlowFormError(ReaderError):
    """Discord opens a form only as the first answer, and another had to be given in time."""

    def sentence(self) -> str:
        return _("That took me too long, sorry, so I can't open the form. Please try again.")


class NotOfferedError(ReaderError):
    """A select or form came back with something that it doesn't offer."""

    says = message("You can't choose that here now. The same command shows what you can choose.")


class WrongWordError(ReaderError):
    """The word typed isn't the one the form asks for; nothing was done."""

    clip = 40
    typed: str
    word: str

    def sentence(self) -> str:
        if not self.typed.strip():
            return self.say(
                _("You typed nothing, so nothing was changed. To go on, type the word {word}.")
            )
        return self.say(
            _("You typed “{typed}”, so nothing was changed. To go on, type the word {word}.")
        )


class NotAModeratorError(ReaderError):
    """Only moderators may do that. ``bar``: they aren't one, or not in this channel."""

    bar: Literal["person", "channel"] = "person"

    def sentence(self) -> str:
        if self.bar == "channel":
            return _(
                "This server doesn't allow `/manage` in this channel, so nothing was changed. Use"
                " another channel."
            )
        return _(
            "Only moderators can do that, so nothing was changed. The people who manage this"
            " server choose them: Server Settings, Integrations, `/manage`."
        )


class RightUnknownError(ReaderError):
    says = message(
        "Discord can't tell me just now whether you may do that, so nothing was changed. Try"
        " again in a minute."
    )


# Reading


class UnknownResourceError(ReaderError):
    """Nothing in this curriculum has the key, or several resources fit the typed words.

    ``like_it`` are (key, title) of the likeliest.
    """

    typed: str
    like_it: tuple[tuple[str, str], ...] = ()

    def sentence(self) -> str:
        if self.like_it:
            return self.say(_("Several resources fit “{typed}”. Which one do you mean?"))
        return self.say(_("Nothing on the list fits “{typed}”. Try one word of it in `/search`."))


class TooManyNamesError(ReaderError):
    most: int

    def sentence(self) -> str:
        return ngettext(
            "I can take only {n} name at once. Nothing was changed: name one.",
            "I can take only {n} names at once. Nothing was changed: name fewer.",
            self.most,
        )


class NoLongerListedError(ReaderError):
    """The resource left the list; its marks are kept. ``key``: this server removed it."""

    title: str
    key: str | None = None
    clip = 500
    says = message("**{title}** is no longer on the list. If you marked it, you keep your mark.")


class NothingToDoubtError(ReaderError):
    title: str
    says = message("You already have everything that **{title}** needs. `/path` shows the way.")


class UnknownStepError(ReaderError):
    """Nothing is like that step's name. ``steps`` are (id, title) of those that there are."""

    typed: str
    steps: tuple[tuple[str, str], ...] = ()
    says = message("There is no step “{typed}”. `/curriculum` shows all steps.")


class NothingCurrentError(ReaderError):
    """`/done` without a resource, and nothing was shown yet."""

    says = message(
        "I don't know which one you have read. Type its title after `/done`, or find it with"
        " `/search`. `/next` shows what to read next."
    )


class TooOldToUndoError(ReaderError):
    says = message("That can't be changed any more: I keep only your last twenty changes.")


class ChangedSinceError(ReaderError):
    """It was changed again after that: undoing would lose the later change. No title: the goal."""

    clip = 500
    title: str

    def sentence(self) -> str:
        if not self.title:
            return _("You changed your goal again after that. Undo the later change first.")
        return self.say(_("You marked **{title}** again after that. Undo the later change first."))


# Lists


class UnknownListError(ReaderError):
    """No list, or none for certain, is called so; ``like_it``: ids and titles of those in sight."""

    clip = 100
    typed: str
    like_it: tuple[tuple[str, str], ...] = ()

    def sentence(self) -> str:
        titles = ", ".join(f"**{plain(title, 60)}**" for _id, title in self.like_it[:5])
        typed = plain(self.typed, self.clip)
        if not titles:
            return _("There is no list called “{typed}” here.", typed=typed)
        return _(
            "There is no list called “{typed}” here. Lists here: {titles}.",
            typed=typed,
            titles=titles,
        )


class NotYourListError(ReaderError):
    """What was wanted of a list goes only with one that the server made."""

    says = message(
        "That list is the host's: it can't be renamed, removed or replaced here. What you add to it"
        " counts for this server; a list of your own is all yours."
    )


class TooManyListsError(ReaderError):
    most: int
    says = message(
        "This server has {most} lists, and that is as many as it can have. Remove one first."
    )


class ListTitleError(ReaderError):
    longest: int
    says = message("A list's name has 1 to {longest} characters. Choose another one.")


class ListTooLongError(ReaderError):
    most: int
    count: int
    says = message(
        "That would make a list of {count} resources; one list holds {most} at most. Bring in a"
        " part of it, or make two lists."
    )


class NothingToUndoError(ReaderError):
    says = message(
        "There is no import to take back here: it is taken back already, or a later one has to be"
        " taken back first. See `/manage list`."
    )


# Study groups


class NoGroupError(ReaderError):
    """``rooms``: channels of this server that have one, and that who asks can see."""

    rooms: tuple[int, ...] = ()

    def sentence(self) -> str:
        if not self.rooms:
            return _(
                "There is no study group in this channel. Moderators can make one with"
                " `/manage group`."
            )
        rooms = ", ".join(f"<#{each}>" for each in self.rooms)
        return _(
            "There is no study group in this channel. Groups that you can see: {rooms}.",
            rooms=rooms,
        )


class GroupGoneError(NoGroupError):
    """What was pressed in a direct message is about a group that isn't there any more."""

    def sentence(self) -> str:
        return _("That study group is gone: a moderator deleted it. You keep your marks.")


class MergedGroupError(NoGroupError):
    """``channel_id``: of the group into which the one that is meant went."""

    channel_id: int = 0

    def sentence(self) -> str:
        room = f"<#{self.channel_id}>"
        return _("That group is part of the one in {room} now. Type `/group` there.", room=room)


class HasGroupError(ReaderError):
    says = message("That channel already has a study group. Choose a channel that has none.")


class NotAMemberError(ReaderError):
    says = message("That is for members of the group. Join it with `/group` in its channel.")


class UnknownZoneError(ReaderError):
    """No zone, or several, are meant by a reader's text; ``like_it`` are zones, with labels.

    ``fits``: the text may mean them; otherwise they are only the likeliest.
    """

    clip = 60
    typed: str
    like_it: tuple[tuple[str, str], ...] = ()
    fits: bool = False

    def sentence(self) -> str:
        if not self.typed.strip():
            return _("Which time zone is the group in? Pick one, or type a city as `zone`.")
        if not self.fits:
            return self.say(
                _("I don't know the time zone “{typed}”. Pick one, or try a big city nearby.")
            )
        return ngettext(
            "Do you mean this time zone?",
            "Several time zones fit. Which one do you mean?",
            len(self.like_it),
        )


class WrongChannelError(ReaderError):
    says = message(
        "Papers go to text channels, announcement channels and forums. Name one with"
        " `channel`, or type `/manage group` there."
    )


class CannotPostError(ReaderError):
    """Papers can't be posted in a channel; ``why``: its problem in words, and how to mend it."""

    why: str

    def sentence(self) -> str:
        return _("{why} Then try again: nothing was changed.", why=self.why)


class RoleRefusedError(ReaderError):
    """A role that papers don't mention: everybody has it, or nobody can be given it.

    ``name``: None for @everyone.
    """

    clip = 500
    name: str | None

    def sentence(self) -> str:
        if self.name is None:
            return _(
                "Papers never mention @everyone: not everyone asked for them. Nothing was changed:"
                " make a role for the group's readers, and choose that one."
            )
        return self.say(
            _(
                "{name} belongs to an app or to Discord, so nobody can give it to members. Nothing"
                " was changed: make a role for the group's readers, and choose that one."
            )
        )


class UnknownPostError(ReaderError):
    """A button of a post that this server never had."""

    says = message("I don't know this post any more. `/group` shows what the group reads.")


class AlreadyPostedError(ReaderError):
    """This week's paper was posted; ``link`` leads to it, if it isn't deleted."""

    link: str

    def sentence(self) -> str:
        if not self.link:
            return _("This week's paper was already posted, and then deleted.")
        return _("[This week's paper]({link}) is already posted.", link=self.link)


class NothingLeftError(ReaderError):
    says = message(
        "The group has read the whole list, and every must-read beyond it. Choose what comes"
        " next in `/manage group`, or a paper with `/manage pick`."
    )


class EmptyListError(ReaderError):
    says = message(
        "The list that the group reads from is empty so far. `/manage add` adds to it,"
        " `/manage import` brings a whole list."
    )


# What a group reads in a week


class UnknownWeekError(ReaderError):
    """The typed text is no day and no week, or several.

    ``like_it``: weeks to choose from, each with a day and a title. ``fits``: the text means one
    of them. ``key`` is what group ``group_id`` is to read then; or ``vote``, what was said of the
    vote on it, by its id and who said it.
    """

    clip = 40
    typed: str
    like_it: tuple[tuple[str, date, str], ...] = ()
    fits: bool = False
    group_id: int = 0
    key: str = ""
    vote: tuple[int, int] | None = None

    def sentence(self) -> str:
        told = _("I don't know which day “{typed}” is. Write the day as `2026-01-12`.")
        if self.fits:
            told = _("Which day is “{typed}”? Pick one.")
        elif self.like_it:
            told = _(
                "I don't know which day “{typed}” is. Pick a week, or write the day as"
                " `2026-01-12`."
            )
        return self.say(told)


class UnknownDaysError(ReaderError):
    """What was typed for days names none, or more than one, or one for which it is no time."""

    clip = 40
    typed: str
    why: Literal["none", "no_day", "several", "span", "today", "gone", "far", "many"]

    def sentence(self) -> str:
        told = {
            "none": _(
                "I don't know which day “{typed}” is. Write days like `24 Dec` or `2026-12-24`, and"
                " several in a row like `20 Dec - 6 Jan`."
            ),
            "no_day": _(
                "I don't know which day “{typed}” is. Write one day, like `10 Jan` or `2026-01-10`."
            ),
            "several": _(
                "“{typed}” may be two days. Write the month as a word, like `3 Apr`, or the whole"
                " date, like `2026-04-03`."
            ),
            "span": _(
                "“{typed}” is more than one day. Write the day on which papers come again, or use"
                " **Days off…** for days in a row."
            ),
            "today": _("“{typed}” isn't a day to come. Write a day after today."),
            "gone": _("“{typed}” is over. Write today or a later day."),
            "far": _("“{typed}” is too far away. I take days up to a year from now."),
            "many": _(
                "A group can have at most 20 days off or spans of days. Take some back first: under"
                " **More** in `/manage group`."
            ),
        }[self.why]
        return self.say(told)


class WeekRefusedError(ReaderError):
    """Nothing can be chosen for the week any more, or not yet; ``link`` leads to its post."""

    why: Literal["gone", "far", "posted", "sending"]
    link: str = ""

    def sentence(self) -> str:
        if self.why == "posted" and not self.link:
            return _("That week's paper was posted, and then deleted. Choose a later week.")
        return {
            "gone": _("That week is over. Choose this week or a later one."),
            "far": _("That is more than a year away. Choose a nearer week."),
            "posted": _(
                "That week already has [its paper]({link}). Choose a later week.", link=self.link
            ),
            "sending": _(
                "That week's paper is being posted right now. `/group` shows it. Choose a later"
                " week."
            ),
        }[self.why]


class CompanionRefusedError(ReaderError):
    title: str
    clip = 120
    says = message(
        "**{title}** only helps with another resource, and comes with it. Pick that resource."
    )


class LeadRefusedError(ReaderError):
    """Somebody can't lead a week, or be asked to; ``questions``: what they typed in vain."""

    why: Literal[
        "gone", "taken", "not_yours", "came", "over", "asked", "no_week", "not_member", "silent"
    ]  # fmt: skip
    questions: tuple[str, ...] = ()

    def sentence(self) -> str:
        told = {
            "gone": _("Nobody can lead that week now. The group's `/group` shows which are free."),
            "taken": _(
                "Somebody leads that week already. The group's `/group` shows which are free."
            ),
            "not_yours": _("You don't lead that week. The group's `/group` shows which are free."),
            "came": _("The paper has come: your choice and questions can't be changed any more."),
            "over": _("That week is over, so it can't be handed back any more."),
            "asked": _("They were asked already. `/manage group` shows what they answer."),
            "no_week": _(
                "Every coming week has a leader, or this person has said no. Try again next week."
            ),
            "silent": _("This group has no papers now. Resume it first."),
            "not_member": _(
                "They aren't in this group. They can press **Join** in `/group`; then ask again."
            ),
        }[self.why]
        if not self.questions:
            return told
        typed = ", ".join(f"“{plain(each)}”" for each in self.questions)
        again = _("You can still ask this in the talk: {typed}.", typed=typed)
        return f"{told} {again}"


class VoteRefusedError(ReaderError):
    """No vote can be called on the week, or this one can't be called off or closed."""

    why: Literal[
        "paused", "stopped", "running", "decided", "ending", "picked", "few", "unknown", "over",
        "unsent", "no_paper",
    ]  # fmt: skip

    def sentence(self) -> str:
        return {
            "paused": _("The group is paused. Press **Resume** in `/manage group` first."),
            "stopped": _("The group is stopped. `/manage group` starts it again."),
            "running": _(
                "The group is already voting on that week: `/group` shows where. Choose another"
                " week with `date`, or cancel that vote in `/manage group`."
            ),
            "no_paper": _(
                "That week has no paper, so there is nothing to vote on. Choose another week, or"
                " change that in `/manage group`."
            ),
            "decided": _(
                "The group has voted on that week. `/manage pick` can change what it reads."
            ),
            "ending": _("The last poll is just ending. Try again in a minute."),
            "picked": _(
                "A moderator has picked that week's paper, and a pick counts more than a vote. You"
                " can take it back in `/manage group`."
            ),
            "few": _(
                "Fewer than two papers are left to vote on for that week. Name two or more with"
                " `resources`; `/manage add` adds more."
            ),
            "unknown": _("I don't know this vote any more. `/group` shows what the group reads."),
            "over": _("The vote is over. `/manage pick` can change what the group reads."),
            "unsent": _(
                "The vote's poll isn't posted yet. Try again in a minute, or cancel the vote."
            ),
        }[self.why]


class VoteTooLongError(ReaderError):
    """The vote wouldn't close an hour before its slot; ``longest`` hours would, none if < 1."""

    slot_at: datetime
    longest: int

    def sentence(self) -> str:
        slot = f"<t:{int(self.slot_at.timestamp())}:F>"
        if self.longest < 1:
            return _(
                "A vote closes an hour before its paper, and {slot} is too soon for that. Choose a"
                " paper with `/manage pick` instead.",
                slot=slot,
            )
        return ngettext(
            "A vote closes an hour before its paper, which comes on {slot}. So this one can run"
            " for {n} hour.",
            "A vote closes an hour before its paper, which comes on {slot}. So this one can run"
            " for 1 to {n} hours.",
            self.longest,
            slot=slot,
        )


class CannotPollError(ReaderError):
    """The channel lacks what a vote needs; ``lacks``: permissions, as Discord names them."""

    channel_id: int
    lacks: str

    def sentence(self) -> str:
        return _(
            "I need {permissions} in <#{channel_id}>. Please allow this, then start the vote"
            " again.",
            permissions=self.lacks,
            channel_id=self.channel_id,
        )


# A server's list


class NotALinkError(ReaderError):
    typed: str
    says = message(
        "I can't open “{typed}”. Give the whole address, with https:// and at most 512 characters."
    )


class LinkTakenError(ReaderError):
    title: str
    clip = 120
    says = message(
        "That link already belongs to **{title}**. Nothing was changed: `/manage edit` opens"
        " that one."
    )


class BadFieldError(ReaderError):
    field: str
    typed: str

    def sentence(self) -> str:
        limits = {
            "title": _("A title is one line of 1 to 200 visible characters."),
            "authors": _("The authors can have at most 200 visible characters."),
            "year": _("The year is a number such as 2017."),
            "minutes": _("Write the time as 45 (minutes), or 1 h 30."),
            "kind": _("Choose one of the kinds offered."),
            "questions": _("There can be five questions, each with at most 300 characters."),
            "parts": _(
                "There are 2 to 26 parts or none, one a line: each of at most 100 characters, and"
                " none twice."
            ),
            "added_notes": _("There can be ten notes, each with at most 500 visible characters."),
            "card": _("That is more text than fits on a card. Shorten the notes."),
            "needs": _("A resource can need at most 20 others."),
        }
        limit = limits.get(self.field) or _("That doesn't fit there.")
        return _("{limit} Nothing was changed: try again.", limit=limit)


class NeedRefusedError(ReaderError):
    """A prerequisite that can't be, as ``core.curriculum.additions`` finds it."""

    title: str
    needed: str
    why: Literal["loop", "nowhere", "companion", "list"]

    def sentence(self) -> str:
        if self.why == "loop" and self.title == self.needed:
            return self.say(_("**{title}** can't need itself."))
        told = {
            "loop": _("**{title}** can't need **{needed}**: that one already needs it."),
            "nowhere": _("**{title}** can't need **{needed}**: that is no longer there."),
            "companion": _(
                "**{title}** can't need **{needed}**: one of them only helps with another resource."
            ),
            "list": _(
                "**{title}** can't need **{needed}**: the list's own resources never need an added"
                " one."
            ),
        }
        return self.say(told[self.why])


class StepRefusedError(ReaderError):
    title: str
    step: str
    says = message(
        "**{title}** can't move to **{step}**. Resources that the list's maker chose stay in"
        " the maker's steps. A resource that helps with another stays with it."
    )


class TooManyAdditionsError(ReaderError):
    most: int

    def sentence(self) -> str:
        return ngettext(
            "Your server has changed {n} resource of this list, and I can't keep more. A list of"
            " your own has more room: export this one in `/manage list`, and bring it with"
            " `/manage import`.",
            "Your server has changed {n:,} resources of this list, and I can't keep more. A list of"
            " your own has more room: export this one in `/manage list`, and bring it with"
            " `/manage import`.",
            self.most,
        )


class TooManySuggestionsError(ReaderError):
    most: int

    def sentence(self) -> str:
        return ngettext(
            "Your suggestion still waits for the moderators. To take it back, pick it in the list"
            " that `/suggest` shows, or wait for their answer.",
            "Your {n} suggestions still wait for the moderators: more would be too many at once."
            " To take one back, pick it in the list that `/suggest` shows, or wait for their"
            " answers.",
            self.most,
        )


class SuggestionGoneError(ReaderError):
    """``state``: what became of it; ``open``: whoever suggested it took it back."""

    title: str
    state: Literal["open", "taken", "declined"]

    def sentence(self) -> str:
        return self.say(
            {
                "open": _("It isn't suggested any more. `/suggest` shows what is."),
                "taken": _("The moderators took it: **{title}** is on the list now."),
                "declined": _("The moderators have declined it: **{title}**."),
            }[self.state]
        )


class NoReasonError(ReaderError):
    says = message("Write why, or pick a reason: whoever wanted it reads it. Nothing was declined.")


class WhyWithoutLinkError(ReaderError):
    says = message("Which link is that about? Type `/suggest` with the link, too.")


class NoLinkError(ReaderError):
    says = message("I found no link in that message. `/suggest` takes a link that you type.")


class NothingToExportError(ReaderError):
    says = message(
        "There is nothing on this list. `/manage add` and `/manage import` fill it, `/manage edit`"
        " restores what was removed."
    )


# A file with a list


class NotAListError(ReaderError):
    """No list can be read from a file. ``binary``: it is no text of any kind."""

    source: str
    why: Literal["pdf", "office", "picture", "page", "xml", "binary", "empty", "no_links", "large"]

    def sentence(self) -> str:
        told = {
            "pdf": _(
                "“{source}” is a PDF. Save the list as Markdown, CSV, BibTeX or YAML, or paste its"
                " links."
            ),
            "office": _(
                "“{source}” is an Office or ZIP file. Save the list as CSV or Markdown, or paste"
                " its links."
            ),
            "picture": _(
                "“{source}” is a picture, and I read only text. Paste the list's links instead."
            ),
            "page": _(
                "“{source}” is a web page. Save the list as Markdown, CSV, BibTeX or YAML, or paste"
                " its links."
            ),
            "xml": _(
                "“{source}” is an XML file. Save the list as Markdown, CSV, BibTeX or YAML, or"
                " paste its links."
            ),
            "binary": _(
                "“{source}” isn't text. Save the list as Markdown, CSV, BibTeX or YAML, or paste"
                " its links."
            ),
            "empty": _("“{source}” is empty. Choose another file, or paste the list's links."),
            "no_links": _(
                "I found no links in “{source}”. Each resource needs one: a web address, a DOI or"
                " an arXiv number."
            ),
            "large": _(
                "“{source}” is larger than 2 MB. Split the list, and import one part at a time."
            ),
        }
        return self.say(told[self.why])


# A curriculum file


class Phrase(str):
    """Part of a sentence: its text is English, and it can be said in the language spoken.

    Worded where it is made, not in views: it is told on the command line and in pull requests too.
    Without values it is left as it is, for ``filled`` to put them in.
    """

    __slots__ = ("_message", "_values")
    _message: str
    _values: Mapping[str, object]

    def __new__(cls, message: str, /, **values: object) -> Self:
        made = super().__new__(cls, message.format(**values) if values else message)
        made._message, made._values = message, values
        return made

    def filled(self, **values: object) -> Self:
        """Return it with values, which may be phrases, put where it names them."""
        return type(self)(self._message, **values)

    def said(self) -> str:
        """Return it in the language spoken."""
        told = said(self._message)
        values = {name: _said(value) for name, value in self._values.items()}
        return told.format(**values) if values else told


def _said(value: object) -> object:
    return value.said() if isinstance(value, Phrase) else value


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a curriculum file: line and column counted from 1, and how to mend it.

    ``where``: a way through the file, or a phrase.
    """

    line: int
    column: int
    where: str
    what: Phrase
    remedy: Phrase


class CurriculumFileError(ReaderError, eq=False):
    """A curriculum file cannot be used; ``flaws`` are all that were found, in file order."""

    source: str
    flaws: list[Flaw]

    def __str__(self) -> str:
        return "\n".join(
            f"{self.source}:{p.line}:{p.column}: {p.where}: {p.what}: {p.remedy}"
            for p in self.flaws
        )

    def sentence(self) -> str:
        first = self.flaws[0]
        told = ngettext(
            "“{source}” has a mistake, so I can't use it. Line {line}: {where} {what}. To fix it:"
            " {remedy}.",
            "“{source}” has {n} mistakes, so I can't use it. The first, in line {line}: {where}"
            " {what}. To fix it: {remedy}.",
            len(self.flaws),
            source=plain(self.source, 80),
            line=first.line,
            where=plain(f"{_said(first.where)}", 80),
            what=plain(first.what.said(), 200),
            remedy=plain(first.remedy.said(), 200),
        )
        return told.removesuffix(".") if told.endswith("?.") else told
