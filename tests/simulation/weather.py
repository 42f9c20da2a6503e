"""Faults: which of them are about, when, and where."""

from dataclasses import dataclass
from random import Random

REFUSED = ("page", "edge", "too_many")
"""Answers of what stands between: nothing has happened."""

UNANSWERED = ("lost_before", "lost_after", "hangs_before", "hangs_after", "late")
"""Nobody hears the answer; ``late``: it happens within a minute, when who asked may have gone."""

OF_DISCORD = (*REFUSED, *UNANSWERED, "slow")
OF_LEDGER = ("busy", "unwritable", "lost", "unknown")


@dataclass(frozen=True)
class Storm:
    """Faults of these kinds for so many of the requests, in one server or everywhere (None)."""

    begins: float
    ends: float
    share: float
    kinds: tuple[str, ...]
    guild_id: int | None = None


class Weather:
    """Which fault the next request or statement meets. ``struck``: called with the server's id."""

    def __init__(self, chance: Random, time, struck) -> None:
        self._chance, self._time, self._struck = chance, time, struck
        self._storms: list[Storm] = []

    def add(self, storm: Storm) -> None:
        now = self._time()
        self._storms = [each for each in self._storms if each.ends > now] + [storm]

    def is_of_ledger(self) -> bool:
        """Tell whether the ledger fails at times just now."""
        now = self._time()
        return any(storm.ends > now and {*OF_LEDGER} & {*storm.kinds} for storm in self._storms)

    def clear(self) -> None:
        self._storms = []

    def of_discord(self, guild_id: int | None) -> str | None:
        return self._draw(guild_id, OF_DISCORD)

    def of_ledger(self, moment: str) -> str | None:
        """Return the reason why the ledger can't be used at this moment."""
        fault = self._draw(None, OF_LEDGER)
        if moment == "commit":
            return fault if fault in ("lost", "unknown") else None
        waited_for = moment == "within" and fault == "busy"  # whoever writes has had their turn
        return "lost" if fault == "unknown" or waited_for else fault

    def _draw(self, guild_id: int | None, kinds: tuple[str, ...]) -> str | None:
        if not self._storms:
            return None
        now = self._time()
        for storm in self._storms:
            if storm.begins <= now < storm.ends and storm.guild_id in (None, guild_id):
                mine = [kind for kind in storm.kinds if kind in kinds]
                if mine and self._chance.random() < storm.share:
                    self._struck(guild_id)
                    return self._chance.choice(mine)
        return None
