"""The words about reminders."""

from __future__ import annotations

from bot.core.curriculum.additions import is_of_guild
from bot.core.groups import Reminder, ReminderWish
from bot.plain import link, plain
from bot.views.group_texts import moment
from bot.views.phrases import facts, title_of

DONE, DISCUSSION = "Done", "Discussion"


def wish_text(wish: ReminderWish | None, *, is_active: bool) -> str:
    """Return how a member stands with reminders here; nothing for who never asked.

    ``is_active``: the group has a next paper; only before one are members reminded.
    """
    if wish == "closed":
        return (
            "⚠️ I couldn't remind you: Discord lets me send you no direct message. Allow direct"
            " messages from this server, then press **Remind me** again."
        )
    if wish == "wanted" and not is_active:
        return "-# 🔔 I remind you once the group goes on."
    if wish == "wanted":
        return "-# 🔔 If you haven't read a paper, I remind you two days before the next one."
    return ""


def reminder_lines(reminder: Reminder, server: str) -> list[str]:
    """Return what a reminder says; ``server``: whose group and list it is."""
    resource, group = reminder.resource, reminder.group
    own = (
        f" · from the list of {plain(server, 100)}"
        if is_of_guild(resource.key, group.guild_id)
        else ""
    )
    return [
        f"-# 🔔 Your study group <#{group.channel_id}> in {plain(server, 100)}{own}",
        f"### {link(title_of(resource), resource.url)}",
        facts(resource),
        f"You haven't marked it as read. The group's next paper is due {moment(reminder.next_at)}.",
        f"-# You asked for this. `/group` in <#{group.channel_id}> ends it.",
    ]
