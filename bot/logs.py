"""The log: lines for people, or JSON lines for machines."""

import json
import logging
import re
import sys
from datetime import UTC, datetime

from bot.errors import LedgerError

OF_PEOPLE = (
    # Paths in discord.py's warnings about rate limits, and the names of its tasks.
    (re.compile(r"(?<=/)(members|users|webhooks|interactions)/[^\s?,'\"]+"), r"\1/…"),
    (re.compile(r"(discord-ui-[a-z]+-[a-z]+)-[^\s'\"]+"), r"\1"),
)


def is_news(record: logging.LogRecord) -> bool:
    """Drop what only says that the database can't be used: that is logged once, when it begins."""
    return not (record.exc_info and record.exc_info[1] and _is_outage(record.exc_info[1]))


def _is_outage(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(map(_is_outage, error.exceptions))
    return isinstance(error, LedgerError)


def no_people(record: logging.LogRecord) -> bool:
    """Remove from a library's line what tells who did what; our own lines never do."""
    if record.name.startswith("bot"):
        return True
    if record.name.startswith("bibtexparser"):  # repeats what stands in somebody's file
        return False
    if record.exc_info and str(record.msg).startswith("Ignoring exception in autocomplete"):
        # Discord.py names the reader, with a traceback for each letter typed too fast.
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.msg, record.args = f"autocomplete can't be answered: {record.exc_info[1]}", ()
        record.exc_info = None
    message = record.getMessage()
    for people, nobody in OF_PEOPLE:
        message = people.sub(nobody, message)
    record.msg, record.args = message, ()
    return True


class JsonLines(logging.Formatter):
    """One JSON object per line, with the traceback inside it."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def start_logging(log_format: str, level: str) -> None:
    """Log to standard error: the bot at this level, the libraries only warnings and above.

    Below that they report reconnects, and at ``DEBUG`` every statement with who marked what.
    """
    out = logging.StreamHandler(sys.stderr)
    lines = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    out.setFormatter(JsonLines() if log_format == "json" else lines)
    out.addFilter(is_news)
    out.addFilter(no_people)
    libraries = max(logging.WARNING, logging.getLevelName(level))
    logging.basicConfig(handlers=[out], level=libraries, force=True)
    logging.getLogger("bot").setLevel(level)
