"""What must be true of the reminders that a person gets: *Quiet*, and none that they don't want."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.weeks import CLOCKS_APART
from bot.store.instants import instant
from tests.simulation import zones

STILL_TRUE = timedelta(minutes=8)
"""How long after something was changed a message on its way may go by what it was before."""

LETTERS_KEPT = timedelta(weeks=4)
"""How long after its time a letter to a person is kept."""

WITHIN = timedelta(hours=3)
"""How late a reminder may come, by what passes by itself."""

APART = (1, 7, 14, 28)
"""Days to the next one after one that was answered, and after one, two and three ignored ones."""

A_ZONES_DAY = 1
"""Days later, if their group's zone was another when the next one was planned."""

SEVEN = 19
CAME_FOR = re.compile(r"reminding:stop:(.+)")

A_WEEK = timedelta(days=7, hours=1)
WANTING = (
    "SELECT readers.reader_id, nudge_at AS at FROM readers LEFT JOIN reader_settings"
    " USING (reader_id) WHERE nudged = 1 OR EXISTS (SELECT 1 FROM members"
    " JOIN study_groups USING (group_id) WHERE members.reader_id = readers.reader_id"
    " AND reminders = 'wanted' AND state = 'active')"
)
"""Who wants reminders that may come, and when to look at them. Only active groups have any."""

IDLE = (
    "SELECT *, (SELECT MAX(changed_at) FROM progress"
    " WHERE progress.reader_id = reader_settings.reader_id) AS marked_at"
    " FROM reader_settings WHERE nudged = 1"
)
"""Who wants to be told of a week without reading, and since when that may be."""

MANY = 45
"""Papers that nobody reads all of."""

OF_REMINDERS = ("members", "study_groups", "reader_settings", "progress")
"""Tables that tell who wants reminders at which hour, and who has answered one."""

Way = tuple[int, str]
"""An hour, and the zone whose clocks show it."""


@dataclass
class Last:
    """Somebody's last reminder. ``in_a_row``: how many that makes without an answer between."""

    at: datetime
    reference: str
    came_for: str
    in_a_row: int
    is_answered: bool = False


class Quiet:
    """Looks at each reminder: one a day, at their hour, and ever seldomer for who ignores them."""

    def __init__(self, world, breaks) -> None:
        self._world, self._breaks = world, breaks
        self._ways: dict[int, list[tuple[frozenset[Way], datetime | None]]] = {}
        self._last: dict[int, Last] = {}
        self._marked: dict[int, int] = {}

    def came_for(self, person: int) -> str:
        """Return what the buttons on somebody's last reminder say that it came for."""
        return self._last[person].came_for if person in self._last else ""

    def answered(self, person: int) -> None:
        """Note that somebody said *Later*, or asked for more, perhaps unheard."""
        if person in self._last:
            self._last[person].is_answered = True

    def committed(self) -> None:
        """Note at which hours people want reminders, until when they did, and what they marked."""
        ask, now = self._world.ledger.ask, self._world.now()
        of_groups: dict[int, set[str]] = {}
        for row in ask("SELECT reader_id, zone FROM members JOIN study_groups USING (group_id)"):
            of_groups.setdefault(row["reader_id"], set()).add(row["zone"])
        settings = {row["reader_id"]: row for row in ask("SELECT * FROM reader_settings")}
        for person, row in settings.items():
            in_zones = {row["zone"]} if row["zone"] else of_groups.get(person, {"UTC"})
            hour = SEVEN if row["remind_hour"] is None else row["remind_hour"]
            ways = frozenset((hour, zone) for zone in in_zones)
            known = self._ways.setdefault(person, [(ways, None)])
            if known[-1][0] != ways:
                known[-1] = known[-1][0], now
                known.append((ways, None))
        for person in self._last.keys() - settings.keys():  # they have deleted everything
            del self._last[person]
        sql = "SELECT reader_id, MAX(changed_at) AS at FROM progress GROUP BY reader_id"
        for row in ask(sql):
            self._marked[row["reader_id"]] = max(self._marked.get(row["reader_id"], 0), row["at"])
            last = self._last.get(row["reader_id"])
            if last is not None and instant(row["at"]) > last.at - CLOCKS_APART:
                last.is_answered = True

    def settled(self, calm_since: datetime) -> None:
        """Check that everybody who wants reminders is looked at in time, and reminded."""
        now, an_hour = self._world.now(), timedelta(hours=1)
        for row in self._world.ledger.ask(IDLE):
            if self._world.setting.papers == MANY and not self._world.leapt_lately(60):
                self._is_told(row, calm_since + an_hour, now - an_hour)
        for row in self._world.ledger.ask(WANTING):
            if row["at"] is None or not now - an_hour < instant(row["at"]) <= now + A_WEEK:
                self._breaks("settled", f"{row['reader_id']} is looked at {row['at']}")

    def came(self, person: int, reference: str, message) -> None:
        """Look at a reminder that somebody has just got."""
        now, last = self._world.now(), self._last.get(person)
        whys = [found[1] for each in message.custom_ids if (found := CAME_FOR.fullmatch(each))]
        leads = not whys and self._world.leading.tells(message)  # however silent else
        is_news = not whys and (leads or self._world.suggestions.tells(message))  # asks for nothing
        if len(whys) != 1 and not is_news:
            self._breaks("not wanted", f"{person} can't tell why they are reminded: {whys}")
            return
        if not is_news:
            self._is_wanted(person, whys[0], now)
        if last is not None and last.reference == reference:
            return  # made twice: another promise is about that
        ways = self.ways_of(person, now)
        if self._world.leapt_lately(40) or any(zone == zones.NAME for _, zone in ways):
            self._last.pop(person, None)  # nobody knows by which clock that was
            return
        if not any(_is_then(now, *way) for way in ways):
            self._breaks("quiet", f"{person} wants reminders at {ways}, and got {reference}")
        in_a_row = 0
        if last is not None:
            in_a_row = 0 if last.is_answered else last.in_a_row
            days = max(_days_between(last.at, now, zone) for _, zone in ways)
            if leads and days >= 1:
                pass
            elif in_a_row >= len(APART) or days < APART[in_a_row]:
                self._breaks(
                    "quiet", f"{person} got {reference} {days} days after {last}: too soon"
                )
        if is_news:
            self._last[person] = Last(now, reference, self.came_for(person), in_a_row)
        else:
            self._last[person] = Last(now, reference, whys[0], in_a_row + 1)

    def _is_told(self, row, since: datetime, until: datetime) -> None:
        """Check that who didn't read for a week was told so at their hour, if they aren't ignoring.

        ``since`` and ``until``: when there was nothing to keep a reminder back.
        """
        person, ways = row["reader_id"], self.ways_of(row["reader_id"], until)
        # Who takes a mark back is looked at when that mark would have been a week old.
        since_when = self._marked.get(person, 0), row["nudged_at"] or 0
        begins = instant(max(since_when)) + timedelta(days=7 + A_ZONES_DAY)
        if len(ways) > 1 or person in self._world.discord.unknown_people:
            return
        ((hour, zone),) = ways
        last = instant(row["reminded_at"] or 0)
        ignored = 0 if (row["marked_at"] or 0) > (row["reminded_at"] or 0) else row["ignored"]
        for at, _ in _hours(until, hour, zone):
            if zone == zones.NAME or not max(since, begins + CLOCKS_APART) < at < until:
                continue
            days = (day_of(at, zone) - day_of(last, zone)).days
            is_quiet = ignored >= len(APART) or days < APART[ignored] + A_ZONES_DAY
            if last < at - CLOCKS_APART and not is_quiet and row["again_at"] is None:
                self._breaks("reminded", f"{person} wasn't reminded at {at}: {dict(row)}")

    def ways_of(self, person: int, now: datetime) -> set[Way]:
        """Return at which hours somebody may want one, by what they set now or a while ago."""
        still = now - WITHIN - STILL_TRUE
        known = self._ways.get(person, [(frozenset({(SEVEN, "UTC")}), None)])
        return {way for ways, until in known if until is None or until > still for way in ways}

    def _is_wanted(self, person: int, whys: str, now: datetime) -> None:
        for why in whys.split("."):
            unwanted = self._world.readers.unwanted_since(person, why)
            if unwanted is not None and now - unwanted > STILL_TRUE:
                self._breaks("not wanted", f"{person} is reminded for {why}, unwanted by then")


def _is_then(at: datetime, hour: int, zone: str) -> bool:
    """Tell whether it is the hour, or not much later on the same day."""
    return any(
        begins - CLOCKS_APART <= at <= min(begins + WITHIN, ends) + STILL_TRUE
        for begins, ends in _hours(at, hour, zone)
    )


def hours_of(at: datetime, hour: int, zone: str) -> Iterator[datetime]:
    """Yield the hour on the days around."""
    yield from (begins for begins, _ in _hours(at, hour, zone))


def _hours(at: datetime, hour: int, zone: str) -> Iterator[tuple[datetime, datetime]]:
    """Yield the hour on the days around, and the end of each day."""
    for days in (-1, 0, 1):
        day = day_of(at, zone) + timedelta(days=days)
        yield _on(day, hour, zone), _on(day + timedelta(days=1), 0, zone)


def _on(day: date, hour: int, zone: str) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC)


def day_of(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def _days_between(last: datetime, now: datetime, zone: str) -> int:
    """Return how many days, by the calendar and by whoever's clock."""
    return (day_of(now + CLOCKS_APART, zone) - day_of(last - CLOCKS_APART, zone)).days
