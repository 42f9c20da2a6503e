"""What the bot sends unasked, as values; and how far apart its messages go."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

LetterKind = Literal[
    "greeting",
    "standing",
    "opening",
    "sign",
    "post",
    "thread",
    "meeting",
    "opener",
    "notice",
    "reminder",
    "candidates",
    "poll",
    "called_off",
    "suggested",
    "inbox",
    "ask",
    "paper",
]
"""``standing``: a group's post in its forum; ``opening``: the card that tells another channel of
its group; ``sign``: either card, when it changes; ``meeting``: the scheduled event of a week: made,
moved or cancelled; ``called_off``: the card above a poll, when its vote is called off;
``suggested``: that a server has its first suggestion; ``inbox``: that something waits for its
moderators; ``ask``: whether a member would lead a week; ``paper``: the card of a week's paper, when
it changes."""

OutboxState = Literal["waiting", "claimed", "sent", "uncertain", "dropped"]

Permission = Literal[
    "view_channel",
    "send_messages",
    "read_message_history",
    "embed_links",
    "create_public_threads",
    "send_messages_in_threads",
    "send_polls",
    "create_events",
    "connect",
]
"""What the bot needs in a channel or a server, by Discord's name for it."""

OfStage = Literal["manage_channels", "mute_members", "move_members"]
"""What else Discord wants of who makes an event in a stage channel: too much to ask of all."""


@dataclass(frozen=True, slots=True)
class Lacks:
    """The problem that the bot lacks permissions in the channel."""

    permissions: tuple[Permission | OfStage, ...]

    def __str__(self) -> str:
        return f"lacks:{','.join(self.permissions)}"


ProblemName = Literal[
    # what somebody has to mend, or what passes
    "bot_removed",
    "channel_gone",
    "no_access",
    "forbidden",
    "automod",
    "no_more_threads",
    "refused",
    "discord_trouble",
    "rate_limited",
    "guild_unavailable",
    "no_standing_post",
    "locked",
    "tag_needed",
    "no_more_events",
    # after which nobody can tell whether it was sent
    "no_history",
    "lost_sight",
    # what ends it for good
    "too_late",
    "called_off",
    "moved",
    "deleted",
    "paper_gone",
    "card_gone",
    "mended",
    "not_wanted",
    "left_server",
    "no_such_person",
    "no_direct_messages",
    "superseded",
    "event_gone",
    # another release's
    "unknown",
]
"""``no_standing_post``: it waits for that to be made; ``tag_needed``: a forum wants one, and none
is for us; ``no_more_events``: the server has as many as it may; ``moved``: its group has another
channel now; ``deleted``: by somebody, before anybody knew that it was sent; ``event_gone``: deleted
by somebody, or over."""

Problem = ProblemName | Lacks
"""Why something isn't sent, or a group has no papers; its ``str`` is what the database holds."""

UNCERTAIN: frozenset[Problem] = frozenset({"no_history", "lost_sight"})
"""Problems after which nothing is tried until a moderator has looked."""


def problem_from(stored: str | None) -> Problem | None:
    """Return a problem as the database holds it; what only another release knew is unknown."""
    if stored is None:
        return None
    if stored.startswith("lacks:"):
        held = stored.removeprefix("lacks:").split(",")
        known = (*get_args(Permission), *get_args(OfStage))
        lacks = tuple(name for each in held for name in known if name == each)
        return Lacks(lacks) if lacks else "unknown"
    return next((name for name in get_args(ProblemName) if name == stored), "unknown")


TEMPORARY: frozenset[Problem] = frozenset(
    {"discord_trouble", "rate_limited", "guild_unavailable", "no_standing_post"}
)
"""Problems that pass by themselves: nobody has to fix them, and nobody is told."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """``reference``: what it is about, so that it is sent once; ``rank``: lower ones leave first.

    ``reader_id``: to whom it is a letter. Else ``channel_id`` None: to the channel of its group,
    wherever that is then. ``tried_at``: since then it may be sent already, to one of ``places``;
    ``trace`` is how it is known again there, None where an older version tried. ``held_until``: of
    the claim before this one, where that is known. ``language``: its group's, if it outlives it.
    """

    row_id: int
    kind: LetterKind
    reference: str
    due_at: datetime
    until_at: datetime
    guild_id: int | None = None
    group_id: int | None = None
    channel_id: int | None = None
    reader_id: int | None = None
    rank: int = 2
    state: OutboxState = "waiting"
    claim: int = 0
    lease_until: datetime | None = None
    tried_at: datetime | None = None
    attempts: int = 0
    message_id: int | None = None
    problem: Problem | None = None
    places: tuple[int, ...] = ()
    trace: str | None = None
    held_until: datetime | None = None
    language: str = ""

    @property
    def stands_at(self) -> tuple[int, int] | None:
        """Where its message stands, once it is sent: channel, thread or post; and its id."""
        place_id = self.places[-1] if self.places else self.channel_id
        return None if place_id is None or self.message_id is None else (place_id, self.message_id)

    def is_free(self, now: datetime) -> bool:
        """Tell whether it is due, and nobody is sending it."""
        lapsed = self.lease_until is not None and self.lease_until <= now
        is_free = self.state == "waiting" or (self.state == "claimed" and lapsed)
        return is_free and self.due_at <= now


SECOND = 1_000_000
"""Instants and durations here are whole microseconds."""

SEND_RATE = 45
"""Messages a second. Discord takes 50 requests a second from a bot, whatever they are."""

LENIENCE = SECOND // 10
"""How long after its instant a ticket is still good: a tenth more in a second, at worst."""

FAR_AHEAD = 30 * SECOND
"""Tickets are never this far ahead, unless the clock was set back or wrong when they were taken."""


def take_tickets(free_at: int, now: int, rate: int, wanted: int) -> range:
    """Return the instants of the next tickets: as many as are wanted, for a fifth of a second.

    ``free_at``: where the range before stopped; then the next ticket, whoever takes it, is good.
    Of any second's instants there are ``rate`` at most. Whoever dies over some tickets costs the
    others no more than that fifth. Time that nobody used is lost, but for half of the lenience:
    asking for tickets takes a while too.
    """
    apart = -(-SECOND // rate)  # rounded up
    first = max(free_at, now - LENIENCE // 2)
    if free_at > now + FAR_AHEAD:
        first = now
    return range(first, first + apart * max(1, min(wanted, rate // 5)), apart)
