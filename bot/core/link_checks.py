"""Whether a link still leads somewhere: what an answer is evidence of, and what days add up to."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import quote

from bot.core.curriculum.links import canonical, home_of, host_of
from bot.core.curriculum.shape import LONGEST_LINK_ON_A_CARD

DAYS_GONE = 3
"""Days on which a link must be gone to count as dead: sites are down, and come back."""

EVERY, AGAIN, AN_HOUR = timedelta(days=7), timedelta(days=1), timedelta(hours=1)
"""Until the next look: at most links, at one that may be dead, and at one that wasn't asked."""

LONGEST_WAIT = timedelta(days=30)
"""The longest that a site may ask us to wait."""

ARCHIVE = "https://web.archive.org/web/"

Evidence = Literal["there", "gone", "unknown", "unasked"]
"""What an answer says of a page. Refusals and silence say nothing: 403, 429, a timeout.

``unasked``: its site has asked us to wait.
"""


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """What came of a look. ``moved_to``: where its site says that the page is for good.

    ``title``: of the page there. ``wait``: how long the site asks us to wait; ``pause``: how many
    seconds between two questions.
    """

    evidence: Evidence
    moved_to: str = ""
    title: str = ""
    wait: timedelta | None = None
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """What is known of a link. ``gone_on``: the last day, in UTC, on which it was gone."""

    url: str
    gone_days: int = 0
    gone_on: str | None = None
    moved_to: str = ""
    title: str = ""

    @property
    def is_dead(self) -> bool:
        """Tell whether it was gone on as many days as it takes."""
        return self.gone_days >= DAYS_GONE


def after(check: LinkCheck, answer: LinkAnswer, now: datetime) -> tuple[LinkCheck, datetime]:
    """Return what is known of a link after a look, and when to look again."""
    today = now.date().isoformat()
    wait = min(answer.wait or timedelta(0), LONGEST_WAIT)
    match answer.evidence:
        case "there":
            found = LinkCheck(check.url, moved_to=answer.moved_to, title=answer.title)
            return found, now + max(EVERY, wait)
        case "gone":
            days = check.gone_days + (check.gone_on is None or check.gone_on < today)
            found = replace(check, gone_days=days, gone_on=today, moved_to="", title="")
            return found, now + max(EVERY if found.is_dead else AGAIN, wait)
        case "unknown":
            return check, now + max(EVERY, wait)
        case "unasked":
            return check, now + max(AN_HOUR, wait)


def mirror_of(url: str) -> str:
    """Return where a dead link's page may still be had: its own home, or else an archive's copy.

    Papers are at home with arXiv, ACL, OpenReview or their publisher's DOI. "": nowhere that we
    know, for it is an archive's copy already, or its address would be too long for a card.
    """
    if host_of(url) == host_of(ARCHIVE):
        return ""
    home = home_of(canonical(url) or "")
    if home is not None and host_of(home) != host_of(url):
        return home
    copy = f"{ARCHIVE}{quote(url.partition('#')[0], safe=':/?&=%~+,;@!()')}"
    return copy if len(copy) <= LONGEST_LINK_ON_A_CARD else ""
