"""A channel as Discord has it: what the bot needs there, and what keeps papers away, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import discord
from discord.abc import GuildChannel

from bot.core.groups import Group, GroupStatus, Here, SeenChannel, SeenRole
from bot.core.lists import Where
from bot.core.outbox import TEMPORARY, UNCERTAIN, Lacks, OfStage, Permission, Problem
from bot.errors import CannotPostError, WrongChannelError
from bot.language import _
from bot.plain import plain
from bot.views.parts import Interaction
from bot.views.phrases import joined, narrow

Permissions = tuple[Permission | OfStage, ...]

TO_SEND: Permissions = ("view_channel", "send_messages")
TO_SEND_IN_FORUM: Permissions = ("view_channel", "send_messages_in_threads")
TO_SEE: Permissions = ("view_channel",)
TO_LOOK: Permissions = ("read_message_history",)
"""Without this Discord shows an empty history, not an error."""

NEEDED_IN_FORUM: Permissions = (*TO_SEND, "send_messages_in_threads", *TO_LOOK)
EVENTS: Permissions = ("create_events",)
IN_VOICE: Permissions = ("view_channel", "connect", *EVENTS)
IN_STAGE: Permissions = ("view_channel", *EVENTS, "manage_channels", "mute_members", "move_members")
"""Discord's own rules for who makes, moves or cancels an event in such a channel."""

POLLS: Permissions = ("send_polls",)
"""Without this no vote is called."""


SEEN_TO_BE_MENDED: frozenset[Problem] = frozenset(
    {"guild_unavailable", "bot_removed", "tag_needed"}
)
"""Problems that a group can't have while its channel is seen, and needs nothing."""


def channel_trouble(guild: discord.Guild | None, channel_id: int) -> str | None:
    """Return what keeps the bot from writing in a channel, in words; None: nothing that we see."""
    if guild is None or guild.unavailable:
        return None
    channel = guild.get_channel(channel_id)
    if not isinstance(channel, GroupChannel):
        return problem_text(Lacks(("view_channel",)))
    problem = problem_in(channel)
    return problem_text(problem) if problem else None


def needed(channel: GuildChannel, *, has_post: bool = False) -> Permissions:
    """Return the permissions without which nothing is posted.

    In a forum a post is made first; ``has_post``: the group's is there.
    """
    if not isinstance(channel, discord.ForumChannel):
        return TO_SEND
    return TO_SEND_IN_FORUM if has_post else NEEDED_IN_FORUM


def to_begin(channel: GuildChannel) -> Permissions:
    """Return the permissions without which nothing is begun: with them what was sent is found."""
    return NEEDED_IN_FORUM if isinstance(channel, discord.ForumChannel) else (*TO_SEND, *TO_LOOK)


def wanted(channel: GuildChannel) -> Permissions:
    """Return the permissions without which posts lack something, for the warning to moderators."""
    if isinstance(channel, discord.ForumChannel):
        # Who may not make posts there counts in discord.py as one who may not embed links either.
        return () if missing(channel, TO_SEND) else ("embed_links",)
    return ("embed_links", "create_public_threads", "send_messages_in_threads")


def missing(channel: GuildChannel, names: Permissions) -> Permissions:
    """Return which of the permissions the bot lacks in the channel, as Discord's cache has them."""
    held = channel.permissions_for(channel.guild.me)
    return to_name([name for name in names if not getattr(held, name)])


def to_name(lacking: Sequence[Permission | OfStage]) -> Permissions:
    """Return which missing permissions to name: where one views nothing, all seem to be missing."""
    return TO_SEE if "view_channel" in lacking else tuple(lacking)


def in_words(names: Iterable[Permission | OfStage]) -> str:
    """Return permissions as Discord's own settings name them."""
    named = {
        "view_channel": _("View Channel"),
        "send_messages": _("Send Messages"),
        "read_message_history": _("Read Message History"),
        "embed_links": _("Embed Links"),
        "create_public_threads": _("Create Public Threads"),
        "send_messages_in_threads": _("Send Messages in Threads"),
        "send_polls": _("Send Polls"),
        "create_events": _("Create Events"),
        "connect": _("Connect"),
        "manage_channels": _("Manage Channels"),
        "mute_members": _("Mute Members"),
        "move_members": _("Move Members"),
    }
    return joined([named[name] for name in names])


def lacks(channel: GuildChannel, names: Permissions) -> Lacks | None:
    """Return which of the permissions are missing, as a problem."""
    lacking = missing(channel, names)
    return Lacks(lacking) if lacking else None


def problem_in(
    channel: GuildChannel, *, has_post: bool = False, is_new: bool = False
) -> Problem | None:
    """Return what keeps papers out of a channel; ``has_post``: the group's is in its forum.

    ``is_new``: what is to begin there, and needs more.
    """
    names = to_begin(channel) if is_new else needed(channel, has_post=has_post)
    if problem := lacks(channel, names):
        return problem
    if (
        isinstance(channel, discord.ForumChannel)
        and not has_post
        and usable_tags(channel, channel.guild.me) is None
    ):
        return "tag_needed"
    return None


def role_named(guild: discord.Guild | None, group: Group) -> int | None:
    """Return the role that a group's papers name, if it is there and one to be mentioned."""
    role = guild.get_role(group.role_id or 0) if guild else None
    return group.role_id if role and is_mentionable(role) else None


def is_mentionable(role: discord.Role) -> bool:
    """Tell whether a role is of people who chose it: not @everyone, no app's, no booster's."""
    return not role.is_default() and not role.managed


def can_mention(role: discord.Role, channel: GuildChannel) -> bool:
    """Tell whether mentioning the role there would reach its members."""
    return role.mentionable or channel.permissions_for(channel.guild.me).mention_everyone


def usable_tags(forum: discord.ForumChannel, me: discord.Member) -> list[discord.ForumTag] | None:
    """Return the tags a standing post gets: none, or the one a forum wants; None: none will do."""
    if not forum.flags.require_tag:
        return []
    may_all = forum.permissions_for(me).manage_threads
    usable = [tag for tag in forum.available_tags if may_all or not tag.moderated]
    return usable[:1] or None


def problem_text(problem: Problem) -> str:
    """Return what is wrong, and how to mend it: the one table of words for problems."""
    if isinstance(problem, Lacks):
        permissions = in_words(problem.permissions)
        return _("I need {permissions} in the channel. Please allow this.", permissions=permissions)
    words = {
        "bot_removed": _("I'm no longer in this server."),
        "channel_gone": _(
            "The channel is gone. Type `/manage group` in another channel to move the group there."
        ),
        "no_access": _("I can't see the channel. Please allow me View Channel there."),
        "forbidden": _("Discord doesn't let me post there: check my permissions in the channel."),
        "automod": _("This server's AutoMod blocked the message. Allow my role in that rule."),
        "no_more_threads": _("This server has as many open threads as Discord allows. Close some."),
        "refused": _(
            "Discord refused the message. The person who runs this bot finds the reason in the log."
        ),
        "discord_trouble": _("I had trouble reaching Discord."),
        "rate_limited": _("Discord asked me to wait."),
        "guild_unavailable": _("Discord can't reach this server just now."),
        "no_standing_post": _("The post for the papers isn't there yet."),
        "locked": _("The post for the papers is locked. Unlock it, or allow me Manage Threads."),
        "tag_needed": _(
            "Posts in this forum need a tag, but I may not use any of its tags. Add a tag that"
            " everyone may use, or allow me Manage Threads."
        ),
        "no_more_events": _(
            "This server has as many events as Discord allows. Delete some that you don't need."
        ),
        "no_history": _(
            "I don't know whether the last post was sent: I need Read Message History to look for"
            " it."
        ),
        "lost_sight": _(
            "I don't know whether the last post was sent: I got no answer from Discord."
        ),
        "too_late": _("It couldn't be sent in time."),
        "called_off": _("It was cancelled."),
        "moved": _("The group moved to another channel."),
        "deleted": _("It was deleted right after it was sent."),
        "paper_gone": _("Its paper is no longer there."),
        "card_gone": _("Its message is no longer there."),
        "mended": _("It was fixed before I could tell you."),
        "not_wanted": _("It isn't needed any more."),
        "left_server": _("The reader has left this server."),
        "no_such_person": _("Discord doesn't know this person any more."),
        "no_direct_messages": _("The reader doesn't accept direct messages from me."),
        "superseded": _("A newer one takes its place."),
        "event_gone": _("Its event was deleted, or is over."),
        "unknown": _("I couldn't send it, and I don't know why."),
    }
    return words[problem]


def obstacle_text(problem: Problem, *, to_moderator: bool = True) -> str:
    """Return what keeps a group from its post, how to mend it, and what I do then."""
    if not to_moderator and problem not in TEMPORARY:
        return _("I can't post papers here right now. Moderators know.")
    then = ""
    if isinstance(problem, Lacks) or problem in ("no_access", "no_more_threads", "locked"):
        then = _("Then I'll continue by myself.")
    elif problem == "no_standing_post":
        then = _("I'll make it first.")
    elif problem in UNCERTAIN:
        then = _("Please look: if it isn't there, **Post now** sends it.")
    elif problem in ("automod", "refused"):
        then = _("I'll try again every hour.")
    elif problem in TEMPORARY or problem in ("forbidden", "unknown"):
        then = _("I'll try again soon.")
    return f"{problem_text(problem)} {then}".rstrip()


def notice_text(channel_id: int, problem: Problem) -> str:
    """Return the notice to the moderator who set the group up."""
    told = _(
        "The paper of the week can't be posted in <#{channel_id}>. {why}\n"
        "I'll keep trying for a day; `/group` there shows if it worked."
    )
    if problem in UNCERTAIN:
        told = _("The paper of the week in <#{channel_id}>: {why}")
    elif problem == "channel_gone":
        told = _("A paper of the week can't be posted any more. {why}")
    return told.format(channel_id=channel_id, why=obstacle_text(problem))


def server_text(name: str) -> str:
    """Return, below a notice, which server it is about: moderators may have several."""
    return _("-# In {server}", server=plain(name, 100))


def _blocked(channel: GuildChannel, group: Group) -> Problem | None:
    noted = group.blocked
    if noted in UNCERTAIN:  # only somebody who looks can tell
        return noted
    if problem := problem_in(channel, has_post=group.standing_id is not None):
        return problem
    if isinstance(noted, Lacks) or noted in SEEN_TO_BE_MENDED:
        return None
    if noted == "locked" and (post := channel.guild.get_thread(group.standing_id or 0)):
        may_write = post.permissions_for(channel.guild.me).manage_threads
        return noted if post.locked and not may_write else None
    return noted


def role_line(guild: discord.Guild | None, group: Group) -> str | None:
    """Return whom a group's papers mention, or why nobody; None: no role was set."""
    if guild is None or group.role_id is None:
        return None
    role, channel = guild.get_role(group.role_id), guild.get_channel(group.channel_id)
    if role is None:
        return _("⚠️ The role is gone. Choose another with `role`.")
    if not is_mentionable(role):  # as an older release allowed
        return _("⚠️ I can't use this role. Choose another with `role`.")
    if channel and not can_mention(role, channel):
        return _(
            "⚠️ I can't mention {role}: allow anyone to @mention it, or allow me to mention all"
            " roles in the channel.",
            role=narrow(role.name, 16),
        )
    return _("-# Each paper mentions {role}", role=role.mention)


CHANNELS_OF_GROUPS = (discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum)
"""Where a group can be: Discord's announcement channels are text channels, its media are forums."""

GroupChannel = discord.TextChannel | discord.ForumChannel


def in_sight(interaction: Interaction, channel_ids: Iterable[int]) -> list[int]:
    """Return those of the channels that who asks can see."""
    guild, who = interaction.guild, interaction.user
    if guild is None or not isinstance(who, discord.Member):
        return []
    found = map(guild.get_channel, channel_ids)
    return [each.id for each in found if each and each.permissions_for(who).view_channel]


def home_of(interaction: Interaction) -> int:
    """Return the channel a command or a click is about: in a thread, its parent."""
    channel = interaction.channel
    if isinstance(channel, discord.Thread):
        return channel.parent_id
    return interaction.channel_id or 0


def where_in(interaction: Interaction) -> Where:
    """Return where a command is typed: what the channel's group reads counts there."""
    return Where(interaction.guild_id, home_of(interaction))


def channel_of(interaction: Interaction, channel_id: int) -> GroupChannel:
    """Return a channel of the interaction's own server, for papers to be posted in.

    Raises:
        CannotPostError: there is no such channel, or the bot can't see it.
        WrongChannelError: it is a voice channel, a media channel, or another without messages.
    """
    guild = interaction.guild
    channel = guild.get_channel(channel_id) if guild else None
    if channel is None:
        raise CannotPostError(problem_text(Lacks(("view_channel",))))
    if not isinstance(channel, GroupChannel) or channel.type is discord.ChannelType.media:
        raise WrongChannelError
    return channel


def locale_of(interaction: Interaction) -> str:
    """Return the locale of a Community's server; others have none of their own, but who asks has.

    Discord says English of all others.
    """
    guild = interaction.guild
    if guild is not None and "COMMUNITY" in guild.features:
        return str(guild.preferred_locale)
    return str(interaction.locale)


def here_of(interaction: Interaction) -> Here:
    """Return who asks and where, with what Discord's cache says of their server."""
    guild, channel_ids, room_ids = interaction.guild, None, None
    if guild and not guild.unavailable:
        channel_ids = frozenset(channel.id for channel in guild.channels)
        room_ids = frozenset(each.id for each in (*guild.voice_channels, *guild.stage_channels))
    return Here(
        interaction.guild_id or 0,
        home_of(interaction),
        interaction.user.id,
        locale_of(interaction),
        channel_ids,
        room_ids,
        str(interaction.locale),
    )


def seen_channel(channel: GroupChannel) -> SeenChannel:
    """Return a channel for papers, with what keeps them out of it in words."""
    problems = problem_in(channel, is_new=True), problem_in(channel, has_post=True)
    in_words = [problem_text(each) if each else None for each in problems]
    return SeenChannel(channel.id, isinstance(channel, discord.ForumChannel), *in_words)


def seen_role(guild: discord.Guild, role_id: int | None) -> SeenRole | None:
    """Return a role that papers are to mention; None if there is none."""
    role = guild.get_role(role_id or 0)
    if role is None:
        return None
    return SeenRole(None if role.is_default() else role.name, is_mentionable(role))


def as_seen(guild: discord.Guild | None, status: GroupStatus) -> tuple[GroupStatus, list[str]]:
    """Return a status with what is in its way as Discord's cache has it, and what else it lacks.

    What was noted when a message couldn't be sent may have been mended since; and what will keep
    the next one away can be told before it is due. The rest are warnings: what posts come without.
    """
    group, problems = status.group, dict(status.vote_problems)
    channel = guild.get_channel(group.channel_id) if guild else None
    if channel is None:
        return status, []
    for vote in status.votes:
        if isinstance(problems.get(vote.vote_id), Lacks):
            problems.pop(vote.vote_id)
            if lacking_now := lacks(channel, (*to_begin(channel), *POLLS)):
                problems[vote.vote_id] = lacking_now
    blocked = replace(group, blocked=_blocked(channel, group))
    warnings = []
    can_post = not missing(channel, needed(channel, has_post=group.standing_id is not None))
    if can_post and (lacking := missing(channel, wanted(channel))):
        if "create_public_threads" in lacking:
            told = _("⚠️ I need {named} there. Until then papers have no thread to talk in.")
        elif "send_messages_in_threads" in lacking:
            told = _("⚠️ I need {named} there. Until then threads have no questions.")
        else:
            told = _("⚠️ I need {named} there. Until then links may have no preview.")
        warnings.append(told.format(named=in_words(lacking)))
    if can_post and group.blocked not in UNCERTAIN and (lacking := missing(channel, TO_LOOK)):
        told = _(
            "⚠️ I need {named} there. Until then I can't look whether a paper arrived when Discord"
            " doesn't answer."
        )
        warnings.append(told.format(named=in_words(lacking)))
    if status.thread_problem == "no_more_threads":
        told = _(
            "⚠️ This week's paper has no thread yet: the server has as many open threads as"
            " Discord allows. Close some; I'll try again every hour for a day."
        )
        warnings.append(told)
    if trouble := meeting_trouble(channel.guild, group) or _kept_from(channel.guild, status):
        warnings.append(trouble)
    return replace(status, group=blocked, vote_problems=problems), warnings


def meeting_trouble(guild: discord.Guild, group: Group) -> str | None:
    """Return what keeps a group's meetings from having events, or from their channel."""
    meets = group.meets
    if meets is None or group.state == "stopped":
        return None
    if not guild.me.guild_permissions.create_events:
        return _(
            "⚠️ I need {named} in this server. Until then meetings have no event.",
            named=in_words(EVENTS),
        )
    if meets.channel_id is None:
        return None
    room = guild.get_channel(meets.channel_id)
    if not isinstance(room, discord.VoiceChannel | discord.StageChannel):
        return _(
            "⚠️ The channel for meetings is gone, so the group meets in the paper's thread. Choose"
            " another with **Meeting…**."
        )
    asked = IN_VOICE if isinstance(room, discord.VoiceChannel) else IN_STAGE
    if not (lacking := missing(room, asked)):
        return None
    return _(
        "⚠️ I need {named} in {channel}. Until then meetings have no event.",
        named=in_words(lacking),
        channel=room.mention,
    )


def _kept_from(guild: discord.Guild, status: GroupStatus) -> str | None:
    """Return why the event of a meeting isn't cancelled; or isn't made, though all seems well."""
    problem = status.meeting_problem
    is_refused = problem in ("forbidden", "no_access") or isinstance(problem, Lacks)
    if status.event_left and (is_refused or not guild.me.guild_permissions.create_events):
        return _(
            "⚠️ The event of the meeting is still there: I need {named} to cancel it. I'll try"
            " again every hour.",
            named=in_words(problem.permissions if isinstance(problem, Lacks) else EVENTS),
        )
    if status.group.meets is None:
        return None
    if problem in ("forbidden", "no_access"):
        return _(
            "⚠️ Discord won't let me make an event for the meeting. I need {named}; I'll try again"
            " every hour.",
            named=in_words(EVENTS),
        )
    if status.meeting_problem != "no_more_events":
        return None
    return _(
        "⚠️ The meeting has no event: this server has as many as Discord allows. Delete some; I'll"
        " try again every hour."
    )
