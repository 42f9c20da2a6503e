"""What a click says: each a value that writes its custom_id and is read from it again.

A custom_id is a wire format that lives in sent messages for years. It holds ids only, never who
clicks; a new meaning takes a new prefix; and ``tests/golden/custom_ids.yaml`` has them all.
"""

import re
from dataclasses import dataclass
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
    Self,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

from bot.core import me
from bot.core.lists import ListForm
from bot.core.reminders import Reasons

RowId = Annotated[int, r"[0-9]{1,19}"]
DiscordId = Annotated[int, r"[0-9]{1,20}"]
Key = Annotated[str, r"[a-z0-9-]{1,20}:[a-z0-9-]{1,40}"]
Aim = Annotated[str, r"[a-z0-9-]{1,20}:[a-z0-9-]{1,40}|:[a-z0-9-]{1,60}"]
"""A resource's key, or a step's."""

StepId = Annotated[str, r"[a-z0-9-]{1,60}"]

ListId = Annotated[str, r"(?:g[0-9]{1,19}:)?[a-z0-9-]{1,20}"]

LARGEST_ID = 2**63 - 1


@dataclass_transform(frozen_default=True)
class CustomId:
    """A kind of click: a frozen dataclass. ``shape`` is its custom_id, with the fields in braces.

    One with an ``opener_id`` is for the moderator who opened the card it is on.
    """

    shape: ClassVar[str]
    pattern: ClassVar[re.Pattern[str]]
    numbers: ClassVar[frozenset[str]]

    def __init_subclass__(cls, shape: str = "") -> None:
        dataclass(frozen=True)(cls)
        hints = get_type_hints(cls, include_extras=True)
        said = {f"{{{name}}}": _said(name, hint) for name, hint in hints.items()}
        parts = re.split(r"(\{\w+\})", shape)
        cls.shape = shape
        cls.pattern = re.compile("".join(said.get(part, re.escape(part)) for part in parts))
        cls.numbers = frozenset(name for name in hints if get_args(hints[name])[:1] == (int,))

    def __str__(self) -> str:
        return self.shape.format(**vars(self))

    @classmethod
    def read(cls, custom_id: str) -> Self | None:
        """Return the click that the custom_id stands for; None if it is of another kind."""
        match = cls.pattern.fullmatch(custom_id)
        if match is None:
            return None
        said = match.groupdict().items()
        return cls(**{name: id_in(text) if name in cls.numbers else text for name, text in said})


def _said(name: str, hint: Any) -> str:
    """Return the pattern of a field: its type's own, or the words it may be."""
    choices = get_args(hint) if get_origin(hint) is Literal else get_args(hint)[1:]
    return f"(?P<{name}>{'|'.join(choices)})"


def id_in(digits: str) -> int:
    """Return the number; 0, which nothing has, for what is none or too large for an id."""
    number = int(digits) if digits.isdecimal() else 0
    return number if number <= LARGEST_ID else 0


# A reader's own cards

Card = Literal[
    "next", "progress", "all-progress", "index", "updates", "know", "reset", "me", "settings",
    "undo", "start",
]  # fmt: skip
"""``undo`` and ``start`` are only on old cards: the whole of `/progress`, and ``know``."""


class GoTo(CustomId, shape="go:{card}"):
    card: Card


class Done(CustomId, shape="done:{key}"):
    key: Key


class DoneRated(CustomId, shape="rated:{rating}:{key}"):
    """Done, with the rating that was typed with `/done`."""

    rating: Annotated[int, r"[1-5]"]
    key: Key


class DoneToo(CustomId, shape="also-done:{rating}"):
    """What an unclear name meant is done, with the rating that was typed; 0: none was."""

    rating: Annotated[int, r"[0-5]"]


class NotRead(CustomId, shape="clear:{key}"):
    key: Key


class PutAside(CustomId, shape="aside:{key}"):
    """For a week, as known, or for good; or what else to do with it: as the option says."""

    key: Key


class Unfold(CustomId, shape="{fold}:{card}:{key}"):
    """The rest of what there is to say of a resource or a step, or less again; on which card."""

    fold: Literal["more", "less"]
    card: Literal["next", "shown", "step"]
    key: Aim


class Similar(CustomId, shape="similar:{key}"):
    """What is about the same as a resource."""

    key: Key


class Rate(CustomId, shape="rate:{thumb}:{change_id}"):
    """Whether what that change marked done was worth reading."""

    thumb: Literal["up", "down"]
    change_id: RowId


class Undo(CustomId, shape="undo:{change_id}"):
    change_id: RowId


class UndoOne(CustomId, shape="undo-one"):
    """One of the latest changes: as the option says."""


class GoDeeper(CustomId, shape="deeper"):
    """On to what lies beyond the list."""


class AnyLength(CustomId, shape="any-length"):
    """However long what comes next takes."""


class KnowSteps(CustomId, shape="know:{page}"):
    """The options' steps are known whole; of one alone, it is asked which parts."""

    page: Annotated[int, r"[0-9]{1,3}"]


class KnowStep(CustomId, shape="know-step:{step}"):
    """All of a step is known."""

    step: StepId


class KnowItems(CustomId, shape="know-items:{step}:{page}"):
    """The options' resources of a step are known."""

    step: StepId
    page: Annotated[int, r"[0-9]{1,3}"]


class KnowOnWay(CustomId, shape="know-way:{aim}"):
    """The options' resources are known, on a card that shows the way to something."""

    aim: Aim


class PickGoal(CustomId, shape="goals:{page}"):
    """The option is the goal: a resource, a step, or the whole list; or more options."""

    page: Annotated[int, r"[0-9]{1,3}"]


class Share(CustomId, shape="share"):
    """How far the clicker is, for all to see."""


class StartAt(CustomId, shape="start-at{page}"):
    """Only on cards sent before *Tell me what you know* was: leads there."""

    page: Annotated[str, r"(?::[0-9])?"]


class ResetAll(CustomId, shape="reset-all"):
    """Only on cards sent before *Reset…* opened its form."""


class ShowResource(CustomId, shape="show"):
    """The card of the option's resource."""


class ShowCandidate(CustomId, shape="candidates:{vote_id}"):
    """The card of one of a vote's candidates. By this id the vote's message is known again."""

    vote_id: RowId


class ShowStep(CustomId, shape="steps:{page}"):
    page: Annotated[int, r"[0-9]{1,3}"]


class TurnPage(CustomId, shape="page:{what}:{step}:{page}:{way}"):
    """A page of the index, of a step, or of what the clicker may know: steps, or a step's items.

    Of the index, ``step`` says which half: ``all`` or ``deeper``.
    """

    what: Literal["index", "step", "know", "items"]
    step: StepId
    page: Annotated[int, r"[0-9]{1,3}"]
    way: Literal["<", ">"]


class ShowPath(CustomId, shape="path:{key}"):
    key: Aim


class ShowMap(CustomId, shape="map"):
    """Where the clicker is on the list, as a picture."""


class ShowWayMap(CustomId, shape="map:{key}"):
    """The clicker's way to something, as a picture."""

    key: Aim


class MakeGoal(CustomId, shape="goal:{key}"):
    key: Aim


class DropGoal(CustomId, shape="no-goal"):
    pass


class Doubt(CustomId, shape="doubt:{key}"):
    """A prerequisite on the way to a resource is wrong."""

    key: Key


# What is kept about a reader


class Me(CustomId, shape="me:{act}"):
    """``markdown``, ``delete`` and ``keep`` are only on cards sent long ago."""

    act: Literal["json", "bibtex", "markdown", "ask", "delete", "keep"]


class UnfoldMe(CustomId, shape="{fold}-of-me"):
    """All that is kept about a reader, in place; or less again."""

    fold: Literal["more", "less"]


class Switch(CustomId, shape="set:{switch}"):
    switch: me.Switch


class AskMyZone(CustomId, shape="my-zone"):
    pass


class SetMyZone(CustomId, shape="my-zone-is"):
    """To the option's zone."""


# Study groups, for everybody


class Membership(CustomId, shape="group:{way}:{group_id}"):
    way: Literal["join", "leave"]
    group_id: RowId


class Join(CustomId, shape="join:{group_id}"):
    """From under a paper of the week."""

    group_id: RowId


class Remind(CustomId, shape="remind:{way}:{group_id}"):
    way: Literal["on", "off"]
    group_id: RowId


class ReadIt(CustomId, shape="read:{week_id}"):
    """Under a paper of the week."""

    week_id: RowId


class MoreOfPaper(CustomId, shape="more:{week_id}"):
    """The clicker's own card of a paper of the week."""

    week_id: RowId


class FirstReads(CustomId, shape="first:{week_id}"):
    """What to read before a paper: only on posts sent before *More* was."""

    week_id: RowId


class ReadReminded(CustomId, shape="reminded:{week_id}"):
    """The paper of a reminder is done."""

    week_id: RowId


class RemindLater(CustomId, shape="remind-later"):
    """A reminder comes again tomorrow."""


class NotLater(CustomId, shape="not-later"):
    """A reminder doesn't come again tomorrow."""


class RemindHour(CustomId, shape="remind-hour"):
    """Reminders come at the option's hour."""


class Reminding(CustomId, shape="reminding:{way}:{what}"):
    """What a reminder came for stops, or comes again."""

    way: Literal["stop", "again"]
    what: Annotated[str, r"(?:idle|[0-9]{1,19})(?:\.[0-9]{1,19}){0,4}"]

    @classmethod
    def of(cls, way: Literal["stop", "again"], reasons: Reasons) -> Self:
        idle = ["idle"] if reasons.is_idle else []
        return cls(way, ".".join([*idle, *(str(group.group_id) for group in reasons.groups)]))

    @property
    def is_idle(self) -> bool:
        """Whether it came after a week without reading."""
        return self.what.startswith("idle")

    @property
    def group_ids(self) -> list[int]:
        """The groups of whose papers it told."""
        return [id_in(part) for part in self.what.split(".") if part != "idle"]


class UnfoldGroup(CustomId, shape="{fold}-of-group:{group_id}"):
    """What a member seldom wants of a group, opened in place; or put away again."""

    fold: Literal["more", "less"]
    group_id: RowId


class NextInGroup(CustomId, shape="next-in:{group_id}"):
    """What comes next for the clicker in the list that a group reads from."""

    group_id: RowId


class ShowWe(CustomId, shape="we:{group_id}"):
    """What a group reads, the weeks just gone by and those to come, as a picture."""

    group_id: RowId


class ShowPast(CustomId, shape="past:{group_id}:{page}"):
    group_id: RowId
    page: Annotated[int, r"[0-9]{1,4}"]


class ShowGroup(CustomId, shape="group-card:{group_id}"):
    group_id: RowId


# Who leads a week

IsoWeek = Annotated[str, r"[0-9]{4}-W[0-9]{2}"]


class LeadWeek(CustomId, shape="lead:{group_id}"):
    """The option's week."""

    group_id: RowId


class OfWeek(CustomId):
    """A week of a group."""

    group_id: RowId
    week: IsoWeek


class LeadThis(OfWeek, shape="lead-this:{group_id}:{week}"):
    """The clicker leads it, or sees what there is to do for it."""


class ShowLead(OfWeek, shape="lead-show:{group_id}:{week}"):
    """The clicker sees what there is to do for a week, whether they lead it or not."""


class HandBack(OfWeek, shape="lead-back:{group_id}:{week}"):
    pass


class NotThisTime(OfWeek, shape="lead-not:{group_id}:{week}"):
    """Whoever was asked won't."""


class ChoosePaper(OfWeek, shape="lead-paper:{group_id}:{week}"):
    """The option is its paper; or "-", which leaves it to the list."""


class AskQuestions(OfWeek, shape="lead-questions:{group_id}:{week}"):
    """Opens the form for the questions of who leads it."""


# For moderators


class OfGroup(CustomId):
    group_id: RowId
    opener_id: DiscordId


class OfVote(CustomId):
    vote_id: RowId
    opener_id: DiscordId


LIST = "list:"
"""Before the id of a list, where an option may be a step as well: steps have no colon."""


class OfDraft(CustomId):
    draft_id: RowId
    opener_id: DiscordId


class OfKept(CustomId):
    """A form as it was filled when it was refused."""

    kept_id: RowId
    opener_id: DiscordId


# Study groups, for moderators


class StartWeekly(CustomId, shape="start-weekly"):
    """The form for a new group."""


class StartAgain(OfKept, shape="again-start:{kept_id}:{opener_id}"):
    """That form as it was filled when it was refused."""


class GroupZone(CustomId, shape="zone:{channel_id}:{opener_id}"):
    """The option's zone is the group's: only on cards sent before what was said was kept."""

    channel_id: DiscordId
    opener_id: DiscordId


class GroupZoneFor(GroupZone, shape="zone-for:{channel_id}:{opener_id}:{weekday}:{time}:{role_id}"):
    """The option's zone, and what else was said: ``time`` is HHMM, or t and seconds since 1970."""

    weekday: Annotated[str, r"[0-6]?"]
    time: Annotated[str, r"t?[0-9]{0,12}"]
    role_id: Annotated[str, r"[0-9]{0,20}"]


class ZoneOfGroup(OfKept, shape="zone-of:{kept_id}:{opener_id}"):
    """The option's zone is the group's."""


class GroupHour(OfKept, shape="hour-for:{kept_id}:{opener_id}"):
    """The option's hour is the group's."""


class SayMeeting(OfGroup, shape="group-meets:{group_id}:{opener_id}"):
    """The form for when a group meets."""


class MeetingAgain(OfKept, shape="again-meets:{kept_id}:{opener_id}"):
    """That form as it was filled when it was refused, with all else that was said of the group."""


class UndoMeeting(OfKept, shape="undo-meets:{kept_id}:{opener_id}"):
    """The group meets as it did before."""


class WhichGroup(CustomId, shape="which-group:{group_id}:{kept_id}:{opener_id}"):
    """A group that lost its channel moves to the one just named; 0: a new one is meant."""

    group_id: RowId
    kept_id: RowId
    opener_id: DiscordId


class LostGroup(OfGroup, shape="lost-group:{way}:{group_id}:{opener_id}"):
    """A group whose channel is gone stops, or moves to the channel of the card."""

    way: Literal["stop", "move"]


class RunGroup(OfGroup, shape="group-do:{action}:{group_id}:{opener_id}"):
    action: Literal["pause", "resume", "skip", "post", "stop"]


class SkipNext(OfGroup, shape="group-next:{way}:{group_id}:{opener_id}"):
    """The coming week is left out, or has its paper again. On old cards ``RunGroup`` turns that."""

    way: Literal["skip", "unskip"]


class AskDays(OfGroup, shape="group-days:{way}:{group_id}:{opener_id}"):
    """Opens the form for days off, or for the end of a pause."""

    way: Literal["off", "pause"]


class DaysAgain(OfKept, shape="again-days:{kept_id}:{opener_id}"):
    """That form as it was filled when it was refused."""


class DaysBack(OfKept, shape="days-back:{kept_id}:{opener_id}"):
    """Days that were just taken off aren't any more."""


class MoreOfGroup(OfGroup, shape="group-more:{way}:{group_id}:{opener_id}"):
    """What a moderator seldom does to a group, opened in place or put away again."""

    way: Literal["more", "less"]


class SkipWeek(OfGroup, shape="group-skip:{group_id}:{opener_id}"):
    """Only on old cards: of leaving the option's week out and not, what wasn't so; or ``Weeks``."""


class Weeks(OfGroup, shape="group-weeks:{group_id}:{opener_id}"):
    """The option's week is left out, or has its paper again; or days off are none any more."""


class AskToLead(OfGroup, shape="lead-ask:{group_id}:{opener_id}"):
    """The member that is picked is asked to lead the next week that nobody leads."""


class MoveGroup(OfGroup, shape="group-move:{group_id}:{opener_id}"):
    """To the channel that is picked."""


class MergeGroup(OfGroup, shape="group-merge:{group_id}:{into_id}:{opener_id}"):
    """The form that asks whether a group is to go into another for good."""

    into_id: RowId


class DeleteGroup(OfGroup, shape="group-delete:{group_id}:{opener_id}"):
    pass


class MentionNobody(OfGroup, shape="mention-nobody:{group_id}:{opener_id}"):
    pass


class AfterList(OfGroup, shape="after-list:{choice}:{group_id}:{opener_id}"):
    """What follows when the list is through."""

    choice: Literal["additions", "must_reads", "stop"]


# What a group reads


class PickWeek(CustomId, shape="pick-week:{group_id}:{key}"):
    """A resource is picked for the option's week."""

    group_id: RowId
    key: Key


class VoteWeek(OfKept, shape="vote-week:{kept_id}:{opener_id}"):
    """A vote is called on the option's week, as all else was said."""


class TakeBack(OfGroup, shape="unpick:{group_id}:{week}:{opener_id}"):
    """What was picked for a week."""

    week: IsoWeek


class TakeBackOne(OfGroup, shape="unpick-one:{group_id}:{opener_id}"):
    """What was picked for the option's week."""


class ReadForWeeks(OfGroup, shape="weeks:{group_id}:{opener_id}"):
    """A long paper is read for the option's number of weeks; or a week's pick is taken back."""


class CallOffVote(OfVote, shape="vote-cancel:{vote_id}:{opener_id}"):
    pass


class CloseVote(OfVote, shape="vote-close:{vote_id}:{opener_id}"):
    pass


class EndOneVote(OfGroup, shape="end-vote:{group_id}:{opener_id}"):
    """The option's vote is closed or called off, of several."""


# A server's list


DraftAction = Literal[
    "add", "edit", "cancel", "confirm", "texts", "remove", "restore", "history", "back", "settle"
]


class DoToDraft(OfDraft, shape="draft-{action}:{draft_id}:{opener_id}"):
    action: DraftAction


class MoreOfDraft(OfDraft, shape="draft-{way}:{draft_id}:{opener_id}"):
    """All there is to see and to do of a resource that is changed; or less again."""

    way: Literal["more", "less"]


class StepBack(OfDraft, shape="change-{way}:{draft_id}:{opener_id}:{change_id}"):
    """A past change of a resource is taken back, or made again."""

    way: Literal["undo", "redo"]
    change_id: RowId


class EditDetails(OfDraft, shape="draft-details:{draft_id}:{opener_id}"):
    """The form for the link, the must-read mark, the questions and the parts."""


class EditTextsAgain(OfKept, shape="again-texts:{kept_id}:{opener_id}"):
    """The form of texts as it was typed when it was refused."""


class EditDetailsAgain(OfKept, shape="again-details:{kept_id}:{opener_id}"):
    pass


class StepOfDraft(OfDraft, shape="draft-step:{draft_id}:{opener_id}"):
    """The option's step is where a draft goes, or the list behind ``LIST``."""


class ReadNext(OfDraft, shape="draft-next:{draft_id}:{opener_id}"):
    """What was added is the group's next paper; of several groups, it is asked which."""


class ReadNextIn(OfDraft, shape="draft-next-in:{draft_id}:{opener_id}"):
    """The option's group reads next what was added."""


# Suggestions


class WantToo(CustomId, shape="want"):
    """The clicker wants the option's suggestion, too."""


class ShowSuggested(CustomId, shape="suggested"):
    """What is suggested in the server."""


class SuggestLink(CustomId, shape="suggest-link:{draft_id}"):
    """The option's link, of those in a message, is suggested."""

    draft_id: RowId


class AboutWish(CustomId, shape="wish-{act}:{suggestion_id}"):
    """``why``: a form asks; ``lead``: the clicker would lead it; ``drop``: they don't want it."""

    act: Literal["why", "lead", "unlead", "drop"]
    suggestion_id: RowId


# The inbox


class OfInbox(CustomId):
    """``number``: of the matter that is shown, from 0."""

    opener_id: DiscordId
    number: Annotated[int, r"[0-9]{1,4}"]


class ShowInbox(OfInbox, shape="inbox:{opener_id}:{number}"):
    """The matter of that number, or the first after the last."""


class OpenInbox(CustomId, shape="inbox-open"):
    """The inbox, from the word a week that something waits there."""


class ChooseWord(OfInbox, shape="inbox-where:{opener_id}:{number}"):
    """The form for the channel that is told once a week."""


class SetWord(OfInbox, shape="inbox-tell:{opener_id}:{number}:{channel_id}"):
    """That channel is told from now on; id 0: none."""

    channel_id: DiscordId


class Settle(OfInbox, shape="inbox-{act}:{opener_id}:{number}:{draft_id}"):
    """What a draft is about: a suggestion, a doubt that is followed or not, or a bad link."""

    act: Literal["take", "decline", "drop", "keep", "mend", "remove"]
    draft_id: RowId


class GroupOfInbox(OfGroup, shape="inbox-group:{group_id}:{opener_id}"):
    """The card of a group that is in trouble, or whose list ends; the inbox stays."""


class ShowWhys(OfInbox, shape="inbox-whys:{opener_id}:{number}:{draft_id}"):
    """All that members said of why they want what a draft would add."""

    draft_id: RowId


class Reopen(OfInbox, shape="inbox-reopen:{opener_id}:{number}:{suggestion_id}"):
    """A suggestion that was settled waits again."""

    suggestion_id: RowId


class IntoVote(OfDraft, shape="draft-vote:{draft_id}:{opener_id}"):
    """The group votes on its next paper, with what was added among the candidates."""


class IntoVoteOf(OfDraft, shape="draft-vote-in:{draft_id}:{opener_id}"):
    """The option's group does."""


# A server's lists


ListAction = Literal[
    "server", "channel", "rename", "remove", "back", "undo", "more", "less", "export"
]


class OfList(CustomId):
    opener_id: DiscordId
    list_id: ListId


class DoToList(OfList, shape="list-{action}:{opener_id}:{list_id}"):
    """``server``: it counts in the server; ``channel``: the group here reads from it."""

    action: ListAction


class ExportList(OfList, shape="list-as-{form}:{opener_id}:{list_id}"):
    """A list as a file to take away."""

    form: ListForm


class ShowList(CustomId, shape="list-show:{opener_id}"):
    """The option's list is looked at, or made, or brought back."""

    opener_id: DiscordId


class DoToImport(OfDraft, shape="import-{action}:{draft_id}:{opener_id}"):
    """``report``: what wasn't understood, as a file."""

    action: Literal["bring", "cancel", "undo", "report", "show"]


class WhereImport(OfDraft, shape="import-into:{draft_id}:{opener_id}"):
    """Into which list the option says that it goes, and how."""


class PasteList(CustomId, shape="import-paste:{opener_id}:{mode}:{list_id}"):
    """The form into which a list is pasted; ``mode`` and ``list_id`` as they were named, or ""."""

    opener_id: DiscordId
    mode: Literal["", "new", "add", "replace"]
    list_id: Annotated[str, r"(?:(?:g[0-9]{1,19}:)?[a-z0-9-]{1,20})?"]


class PasteAgain(OfKept, shape="again-paste:{kept_id}:{opener_id}"):
    """That form as it was filled when it was refused."""
