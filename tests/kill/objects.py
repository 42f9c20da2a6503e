"""Discord's objects as its documentation describes them, with what a bot reads of each."""

from datetime import datetime, timedelta

import discord

GUILD_ID, CHANNEL_ID, MODERATOR_ID, READER_ID, DM_ID, OTHER_ID = 1001, 1002, 1003, 1004, 1005, 1006


def guild(me: dict, permissions: discord.Permissions) -> dict:
    """Return the server, with its two channels, as GUILD_CREATE tells of it."""
    everyone = {
        "id": str(GUILD_ID), "name": "@everyone", "permissions": str(permissions.value),
        "position": 0, "color": 0, "hoist": False, "managed": False, "mentionable": False,
    }  # fmt: skip
    return {
        "id": str(GUILD_ID), "name": "Study room", "owner_id": str(MODERATOR_ID),
        "unavailable": False, "member_count": 2, "system_channel_id": None, "roles": [everyone],
        "channels": [channel(CHANNEL_ID), channel(OTHER_ID)],
        "members": [member(me)], "emojis": [], "stickers": [],
        "features": [], "threads": [], "voice_states": [], "presences": [], "stage_instances": [],
        "guild_scheduled_events": [], "verification_level": 0, "nsfw_level": 0, "mfa_level": 0,
        "default_message_notifications": 0, "explicit_content_filter": 0, "premium_tier": 0,
        "preferred_locale": "en-US", "afk_timeout": 300, "large": False,
    }  # fmt: skip


def channel(channel_id: int) -> dict:
    """Return one of its channels."""
    return {
        "id": str(channel_id), "guild_id": str(GUILD_ID), "type": 0, "name": "reading",
        "position": 0, "topic": None, "parent_id": None, "nsfw": False, "rate_limit_per_user": 0,
        "permission_overwrites": [],
    }  # fmt: skip


def reader() -> dict:
    """Return the user that the bot writes to."""
    return {
        "id": str(READER_ID), "username": "reader", "discriminator": "0", "avatar": None,
        "bot": False,
    }  # fmt: skip


def member(user: dict) -> dict:
    """Return the user as one of the server's members."""
    return {
        "user": user, "roles": [], "joined_at": "2025-01-01T00:00:00+00:00", "deaf": False,
        "mute": False, "flags": 0,
    }  # fmt: skip


def direct_messages() -> dict:
    """Return the channel between the bot and its reader."""
    return {
        "id": str(DM_ID), "type": 1, "last_message_id": None, "flags": 0, "recipients": [reader()]
    }  # fmt: skip


def message(message_id: int, channel_id: int, author: dict, now: datetime, **fields) -> dict:
    """Return a message; an ordinary one with nothing in it, unless its fields say otherwise."""
    return {
        "id": str(message_id), "channel_id": str(channel_id), "author": author, "content": "",
        "timestamp": now.isoformat(), "edited_timestamp": None, "tts": False,
        "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [],
        "embeds": [], "pinned": False, "type": 0, "components": [], "flags": 0,
        **fields,
    }  # fmt: skip


def button_row(custom_id: str) -> dict:
    """Return a row of components with one button in it."""
    button = {"type": 2, "style": 1, "label": "Press", "custom_id": custom_id}
    return {"type": 1, "components": [button]}


def thread(message_id: int, owner: dict, name: str, now: datetime) -> dict:
    """Return the new thread of a message."""
    return {
        "id": str(message_id), "guild_id": str(GUILD_ID), "parent_id": str(CHANNEL_ID),
        "owner_id": owner["id"], "name": name, "type": 11,
        "last_message_id": None, "message_count": 0, "member_count": 1,
        "rate_limit_per_user": 0, "flags": 0,
        "thread_metadata": {
            "archived": False, "auto_archive_duration": 10080, "archive_timestamp": now.isoformat(),
            "locked": False, "create_timestamp": now.isoformat(),
        },
    }  # fmt: skip


def poll(request: dict, now: datetime) -> dict:
    """Return the requested poll: with ids for its answers, and an end instead of hours."""
    return {
        "question": request["question"],
        "answers": [
            {"answer_id": n, "poll_media": wanted["poll_media"]}
            for n, wanted in enumerate(request["answers"], start=1)
        ],
        "expiry": (now + timedelta(hours=request["duration"])).isoformat(),
        "allow_multiselect": request["allow_multiselect"],
        "layout_type": request["layout_type"],
        "results": poll_results([], is_finalized=False),
    }


def poll_results(votes: list[int], *, is_finalized: bool) -> dict:
    """Return the given votes for each answer. Discord leaves out answers without votes."""
    counts = [
        {"id": n, "count": count, "me_voted": False}
        for n, count in enumerate(votes, start=1)
        if count
    ]
    return {"is_finalized": is_finalized, "answer_counts": counts}
