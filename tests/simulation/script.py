"""What a seed draws before anything happens: the setting of a world, and what befalls it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

from bot.core.weeks import Schedule, slot_of_week, week_of
from tests.simulation import zones
from tests.simulation.people import ZONES
from tests.simulation.weather import OF_LEDGER, REFUSED, UNANSWERED

A_MINUTE, AN_HOUR, A_DAY = 60.0, 3600.0, 86400.0
A_WEEK = 7 * A_DAY
FORGOTTEN = 31 * A_DAY  # after a removal; a bot remembers a server for thirty

PERMISSIONS = (
    "view_channel", "send_messages", "read_message_history", "send_messages_in_threads",
    "create_public_threads", "send_polls",
)  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """``shards``: whether each bot has servers of its own; else both see all.

    ``rough``: whether answers are lost while the groups begin. ``papers``: how many the list has;
    some are soon at its end. ``has_alien``: whether a letter of a kind that only a later release
    knows lies in the outbox.
    """

    begins: datetime
    guilds: int
    forums: int
    schedules: tuple[Schedule, ...]
    readers: int
    weeks: int
    shards: bool
    rough: bool
    nap: timedelta
    send_rate: int
    papers: int
    has_alien: bool


@dataclass(frozen=True)
class Event:
    """One thing that befalls a world. ``number`` is its own, whatever else is left out."""

    number: int
    at: float
    what: str
    value: tuple = ()

    def __str__(self) -> str:
        return f"#{self.number} {self.what}{self.value or ''}"


def setting_of(seed: int) -> Setting:
    chance = Random(f"{seed} setting")
    begins = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(24 * 700))
    groups = chance.choice((3, 9, 12, 12))
    same = _schedule(chance)
    schedules = tuple(same if chance.random() < 0.4 else _schedule(chance) for _ in range(groups))
    weeks = chance.choice((4, 13, 26, 26))
    return Setting(
        begins,
        guilds=min(groups, chance.choice((2, 3, 4))),
        forums=chance.randrange(groups // 2 + 1),
        schedules=schedules,
        readers=chance.choice((4, 12)),
        weeks=weeks,
        shards=chance.random() < 0.5,
        rough=chance.random() < 0.5,
        nap=timedelta(minutes=chance.choice((15, 60, 180, 360))),
        send_rate=chance.choice((1, 3, 45)),
        papers=chance.choice((45, 3)) if weeks == 4 else 45,
        has_alien=chance.random() < 0.3 and weeks < 26,  # it costs an attempt an hour
    )


def _schedule(chance: Random) -> Schedule:
    hour, minute = chance.randrange(24), chance.choice((0, 0, 30))
    return Schedule(chance.randrange(7), hour, minute, chance.choice(ZONES))


def script_of(seed: int, setting: Setting) -> list[Event]:
    """Return what befalls the world, in order."""
    chance = Random(f"{seed} script")
    found: list[tuple[float, str, tuple]] = []
    if chance.random() < 0.5:  # what went wrong at the beginning must be well a day later
        found.append((AN_HOUR, "calm", ()))
    for week in range(setting.weeks):
        begins = week * A_WEEK
        for often, drawn in DRAWN:
            count = often * (len(setting.schedules) if drawn in OF_GROUPS else 1)
            for _ in range(int(count) + (chance.random() < count % 1)):
                at, group = begins + chance.random() * A_WEEK, chance.randrange(99)
                if chance.random() < 0.8 and drawn in AT_SLOTS:
                    at = _near_its_slot(chance, setting, begins, group)
                found.extend(drawn(chance, at, group))
    found = sorted(each for each in found if each[0] >= A_MINUTE)
    return [Event(number, *each) for number, each in enumerate(found)]


def _near_its_slot(chance: Random, setting: Setting, begins: float, group: int) -> float:
    """Return a moment around which a group's paper is due, by the schedule that it began with."""
    schedule = setting.schedules[group % len(setting.schedules)]
    if schedule.zone == zones.NAME:  # which isn't there yet; its first rule is this one's
        schedule = replace(schedule, zone="Europe/Berlin")
    week = week_of((setting.begins + timedelta(seconds=begins)).date())
    at = slot_of_week(schedule, week).at - setting.begins
    return (
        at.total_seconds() + chance.choice((-9.0, -9.0, -1.0, 2.0, 60.0, 300.0)) * chance.random()
    )


# Each draws one thing that befalls a world, with what takes it back. ``group``: near whose slot.


def _crash(chance, at, group):
    away = chance.choice((1.0, 10.0, 100.0, 150.0, 600.0, 3 * AN_HOUR, 30 * AN_HOUR))
    steps = chance.choice((1, chance.randrange(1, 20), chance.randrange(1, 400)))
    yield at, "crash", (chance.randrange(2), steps, away)


def _stop(chance, at, group):
    yield at, "stop", (chance.randrange(2), chance.choice((2.0, 60.0, 2 * AN_HOUR)))


def _freeze(chance, at, group):
    yield at, "freeze", (chance.randrange(2), chance.choice((20.0, 90.0, 150.0, 400.0, AN_HOUR)))


def _gust(chance, at, group):
    """Trouble in a group's server while its paper is sent."""
    kinds = chance.choice((REFUSED, UNANSWERED, ("lost_after",), ("late", "slow")))
    lasts = chance.choice((20.0, 100.0, 300.0))
    yield at - 10.0, "storm", (lasts, chance.choice((0.3, 0.6, 0.9)), kinds, group)


def _storm(chance, at, group):
    kinds = chance.choice((REFUSED, UNANSWERED, ("lost_after",), ("late", "slow"), OF_LEDGER))
    lasts = chance.choice((300.0, AN_HOUR, 12 * AN_HOUR, 2 * A_DAY))
    share = chance.choice((0.05, 0.3, 0.9))
    if kinds is OF_LEDGER:
        lasts, share = min(lasts, AN_HOUR), share / 20
    yield at - 10.0, "storm", (lasts, share, kinds, chance.choice((None, group)))


def _permission(chance, at, group):
    yield at, "take", (group, chance.choice(PERMISSIONS))
    yield at + chance.choice((200.0, AN_HOUR, 30 * AN_HOUR)), "give", (group,)


def _condition(chance, at, group):
    name = chance.choice(("needs_tag", "has_automod", "is_full"))
    yield at, "condition", (group, name, True)
    yield at + chance.choice((200.0, AN_HOUR, 30 * AN_HOUR)), "condition", (group, name, False)


def _outage(chance, at, group):
    yield at, "outage", (group, True)
    yield at + chance.choice((30.0, AN_HOUR, 30 * AN_HOUR)), "outage", (group, False)


def _removal(chance, at, group):
    away = chance.choice((60.0, AN_HOUR, 2 * A_DAY, FORGOTTEN))
    yield at, "remove", (group, away == FORGOTTEN)
    yield at + away, "invite", (group,)


def _gateway(chance, at, group):
    bot = chance.randrange(2)
    yield at, "disconnect", (bot,)
    yield at + chance.choice((30.0, AN_HOUR, 5 * AN_HOUR)), "connect", (bot,)


def _clock(chance, at, group):
    bots, by = chance.choice(((0,), (1,), (0, 1))), chance.choice((-120.0, 30.0, 120.0))
    yield at, "skew", (bots, by)
    yield at + chance.random() * A_DAY, "skew", (bots, 0.0)


def _leap(chance, at, group):
    by = chance.choice((-AN_HOUR, -A_DAY, AN_HOUR, A_DAY, 8 * A_DAY, 30 * A_DAY))
    yield at, "leap", (by,)
    yield at + chance.choice((60.0, AN_HOUR, A_DAY)), "leap", (0.0,)


TO_CHANNEL = (
    "post", "thread", "meeting", "opener", "standing", "candidates", "poll", "sign", "greeting",
    "inbox", "paper", "opening",
)  # fmt: skip
TO_PERSON = ("reminder", "notice", "suggested", "ask")

AMBUSHES = (
    # Once a letter of these kinds is claimed or begun: what befalls who sends it, or where it goes.
    (TO_CHANNEL, "begun", "freezes"), (TO_CHANNEL, "claimed", "freezes"),
    (TO_PERSON, "begun", "freezes"), (TO_CHANNEL, "begun", "crashes"),
    (TO_CHANNEL, "claimed", "is_taken_over"), (TO_CHANNEL, "begun", "is_taken_over"),
    (("standing",), "claimed", "is_taken_over"), (("standing",), "begun", "is_taken_over"),
    (TO_PERSON, "begun", "is_taken_over"),
    (TO_CHANNEL, "begun", "is_lost"), (("standing",), "begun", "is_lost"),
    (TO_CHANNEL, "begun", "is_lost_out_of_sight"), (TO_PERSON, "begun", "is_lost"),
    (("post", "poll"), "begun", "is_deleted_unheard"),
    (("standing",), "begun", "is_late_and_clocks_differ"),
    (TO_PERSON, "claimed", "deletes_everything"), (TO_PERSON, "begun", "deletes_everything"),
    (("post", "candidates"), "claimed", "moves"),
    (("post", "poll", "standing", "opening"), "begun", "moves"),
    (TO_CHANNEL, "claimed", "is_called_off"), (TO_CHANNEL, "begun", "is_called_off"),
)  # fmt: skip


def _ambush(chance, at, group):
    """Something befalls the very next letter of some kind, at the worst moment."""
    yield at, "ambush", (*chance.choice(AMBUSHES), chance.choice((0.0, 0.0, 0.05, 0.5)))


def _spoil(chance, at, group):
    what = chance.choice(("delete", "delete", "forbid", "fill", "close", "close", "gone"))
    yield at, "spoil", (group, what, chance.choice((200.0, AN_HOUR, 30 * AN_HOUR)))


def _calm(chance, at, group):
    """Nothing befalls the world for a day, and all must be settled then."""
    yield at, "calm", ()


def _one(what):
    def draw(chance, at, group):
        yield at, what, (group,)

    return draw


_moderate, _read, _mend, _run, _tables = map(_one, ("moderate", "read", "mend", "run", "tables"))
_suggest, _meet, _plan, _call_vote, _lead = map(
    _one, ("suggest", "meet", "plan", "call_vote", "lead")
)
_delete_message, _delete_channel, _delete_post = map(
    _one, ("delete_message", "delete_channel", "delete_post")
)
_put_away, _member_leaves, _dms, _vote = map(
    _one, ("put_away", "member_leaves", "direct_messages", "vote")
)
_merge = _one("merge")

DRAWN = (
    (0.3, _crash), (0.3, _stop), (0.7, _freeze), (1.0, _gust), (1.5, _storm), (0.2, _permission),
    (0.1, _condition), (0.4, _outage), (0.15, _removal), (0.5, _gateway), (0.7, _clock),
    (0.06, _leap), (0.05, _tables), (0.7, _moderate), (2.5, _read), (3.0, _mend), (5.0, _run),
    (0.3, _delete_message), (0.03, _delete_channel), (0.4, _delete_post), (0.1, _put_away),
    (0.5, _member_leaves), (0.5, _dms), (2.0, _vote), (3.0, _ambush), (0.2, _calm),
    (1.0, _suggest), (3.0, _meet), (0.7, _spoil), (0.4, _plan), (0.5, _call_vote), (1.0, _lead),
    (0.2, _merge),
)  # fmt: skip
"""How often each befalls a world in a week, on average; or each of its groups."""

OF_GROUPS = {_moderate, _read, _suggest, _permission, _condition, _delete_message, _delete_channel}
OF_GROUPS |= {_delete_post, _put_away, _crash, _gust, _plan, _call_vote, _lead}
AT_SLOTS = {
    _crash,
    _stop,
    _freeze,
    _gust,
    _storm,
    _permission,
    _condition,
    _outage,
    _gateway,
    _clock,
    _leap,
}
AT_SLOTS |= {_moderate, _plan, _delete_message, _removal}
