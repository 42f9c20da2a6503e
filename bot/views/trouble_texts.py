"""The words about what keeps a group's papers from its channel, or takes something from them."""

from __future__ import annotations

from bot.core.outbox import TEMPORARY
from bot.errors import CannotPostError, RoleRefusedError, WrongChannelError
from bot.plain import listed, plain
from bot.views.error_texts import error_text
from bot.views.permissions import NAMES

PROBLEMS = {
    "bot_removed": "I'm no longer in this server.",
    "channel_gone": (
        "The channel is gone. `/manage group`, typed in another one, moves the group there."
    ),
    "no_access": (
        "Discord doesn't let me into the channel. Give me View Channel there, and I go on by"
        " myself."
    ),
    "forbidden": "Discord doesn't let me post there: check my permissions in the channel.",
    "automod": (
        "This server's AutoMod blocked the message. Exempt my role in the rule that did; I try"
        " again every hour."
    ),
    "no_more_threads": (
        "This server has as many open threads as Discord allows. Close some; I go on by myself."
    ),
    "refused": (
        "Discord refused the message; I try again every hour. Whoever hosts me finds the reason in"
        " my log."
    ),
    "discord_trouble": "There was trouble on the way to Discord; I try again soon.",
    "rate_limited": "Discord asked me to wait; I try again soon.",
    "no_standing_post": "The post that the papers go into isn't there yet; I make it first.",
    "locked": (
        "The post that the papers go into is locked. Unlock it, or give me Manage Threads, and I"
        " go on by myself."
    ),
    "tag_needed": (
        "Posts need a tag in this forum, and it has none that I may use. Add a tag that isn't for"
        " moderators only, or give me Manage Threads."
    ),
    "guild_unavailable": "Discord can't reach this server just now; I try again soon.",
    "no_history": (
        "I can't tell whether the last post was sent, because I lack Read Message History."
        " Have a look: **Post now** sends it if it isn't there."
    ),
    "lost_sight": (
        "I can't tell whether the last post was sent: Discord's answer was lost."
        " Have a look: **Post now** sends it if it isn't there."
    ),
}

UNCERTAIN = frozenset({"no_history", "lost_sight"})
"""Problems after which nothing is tried until a moderator has looked."""


MODERATORS_KNOW = "Something keeps the papers from this group. Moderators know."


def problem_text(problem: str, *, to_moderator: bool = True) -> str:
    """Return what keeps a group from its post, and what to do, to those who can."""
    if not to_moderator and problem not in TEMPORARY:
        return MODERATORS_KNOW
    if problem.startswith("lacks:"):
        return f"{lacks_text(problem)} Give me that, and I go on by myself."
    return PROBLEMS.get(problem, PROBLEMS["discord_trouble"])


def lacks_text(problem: str) -> str:
    """Return what permissions are lacking, of a problem that names them."""
    return f"I lack {lacks_named(problem)} in the channel."


def lacks_named(problem: str) -> str:
    """Return Discord's names of permissions, of a problem that names them."""
    names = [NAMES.get(name, name) for name in problem.removeprefix("lacks:").split(",")]
    return listed(names)


def notice_text(channel_id: int, problem: str) -> str:
    """Return what the moderator who set the group up is told, once."""
    if problem in UNCERTAIN:
        return f"The paper of the week in <#{channel_id}>: {problem_text(problem)}"
    if problem == "channel_gone":
        return f"A paper of the week can't be posted any more. {problem_text(problem)}"
    return (
        f"The paper of the week can't be posted in <#{channel_id}>. {problem_text(problem)}"
        "\nI keep trying for a day; `/group` there shows how it stands."
    )


def server_text(name: str) -> str:
    """Return, below a notice, which server it is about: moderators may have several."""
    return f"-# In {plain(name, 100)}"


THREADS_FULL = (
    "⚠️ This week's paper has no thread yet: the server has as many open threads as Discord allows."
    " Close some; I try again every hour for a day."
)


def wanted_text(names: list[str]) -> str:
    """Return what would make a group's posts better."""
    named = listed([NAMES[name] for name in names])
    if "create_public_threads" in names:
        return f"⚠️ I lack {named} there: papers come without a thread to talk in."
    if "send_messages_in_threads" in names:
        return f"⚠️ I lack {named} there: threads come without their questions."
    return f"⚠️ I lack {named} there: links may show without their previews."


ROLE_LOST = "-# ⚠️ The role is gone; `role` sets another."
ROLE_UNFIT = "-# ⚠️ Nobody chose this role; `role` sets another."
"""Of @everyone, or an app's or booster's role, set in an older release."""


def mentioned_text(role: str) -> str:
    """Return whom each paper mentions."""
    return f"-# Each paper mentions {role}"


def role_text(name: str) -> str:
    """Return that a role can't be mentioned."""
    return (
        f"-# ⚠️ I can't mention {plain(name)}: allow anyone to @mention it, or allow me to mention"
        " all roles in the channel."
    )


@error_text.register
def _(error: CannotPostError) -> str:
    if error.problem.startswith("lacks:"):
        return f"{lacks_text(error.problem)} Give me that, and try again: nothing was changed."
    return f"{problem_text(error.problem)} Then try again: nothing was changed."


@error_text.register
def _(error: RoleRefusedError) -> str:
    why = (
        "Papers don't mention @everyone: many never asked for them."
        if error.name is None
        else f"{plain(error.name)} belongs to an app or to Discord: no member can be given it."
    )
    return f"{why} Make a role for the group's readers, and name that. Nothing was changed."


@error_text.register
def _(_: WrongChannelError) -> str:
    return (
        "Papers go to text channels, announcement channels and forums. Name one with `channel`,"
        " or type `/manage group` there."
    )
