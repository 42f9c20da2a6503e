from collections.abc import Iterator

import discord
import pytest
from discord import app_commands

from bot.app import PERMISSIONS
from tests.seen import text_of

IN_SERVERS_ONLY = {"group", "suggest", "Suggest for the reading list", "manage"}
"""What makes no sense where there is no server."""


def told_to_discord(env):
    """Return each list of commands that the bot told Discord."""
    puts = [request for request in env.http_requests if request.method == "PUT"]
    return [request.json for request in puts if request.path.endswith("/commands")]


async def test_discord_is_told_all_commands_in_one_call_at_the_first_start(env):
    (commands,) = told_to_discord(env)

    assert {"next", "done", "search", "help"} <= {command["name"] for command in commands}
    assert not [r for r in env.http_requests if r.method == "POST" and "/commands" in r.path]


async def test_discord_is_not_told_again_what_it_knows(env, restart):
    await restart()

    assert len(told_to_discord(env)) == 1


async def test_discord_is_told_again_once_a_command_changed(env, make_bot):
    bot = make_bot()

    @bot.tree.command()
    async def hello(interaction: discord.Interaction) -> None:
        """Say hello."""
        await interaction.response.send_message("hello")

    await env.bot.close()
    await env.restart_bot(bot)

    first, second = told_to_discord(env)
    assert len(second) == len(first) + 1


async def test_discord_is_told_again_what_it_lost(env, restart, alice, channel):
    await env.bot.http.bulk_upsert_global_commands(env.bot.application_id, payload=[])

    await restart()

    assert text_of(await alice.slash(channel, "next"))


async def test_the_bot_asks_for_no_intent_but_guilds(env):
    assert env.bot.intents == discord.Intents(guilds=True)


def test_the_invite_asks_for_what_is_needed_and_no_more():
    asked = {name for name, granted in PERMISSIONS if granted}

    assert asked == {
        "read_messages",  # discord.py's word for View Channels
        "send_messages",
        "embed_links",
        "read_message_history",
        "create_public_threads",
        "send_messages_in_threads",
        "send_polls",
        "create_events",
        "connect",
    }


async def test_the_log_tells_the_invite_link(env, restart, caplog):
    caplog.set_level("INFO", "bot")

    await restart()

    (line,) = [line for line in caplog.messages if line.startswith("invite me: ")]
    assert f"client_id={env.bot.application_id}" in line
    assert f"permissions={PERMISSIONS.value}" in line
    assert "applications.commands" in line


# What Discord would refuse: simcord is more lenient


def every_command(env) -> Iterator[tuple[str, dict]]:
    """Yield each command, group and subcommand as Discord is told it, by its full name."""
    for command in told_to_discord(env)[-1]:
        yield from _with_subcommands(command["name"], command)


def _with_subcommands(name: str, command: dict) -> Iterator[tuple[str, dict]]:
    yield name, command
    for option in command.get("options", ()):
        if option["type"] in (1, 2):
            yield from _with_subcommands(f"{name} {option['name']}", option)


async def test_every_text_of_a_command_fits_discords_limits(env):
    unfit = []
    for name, command in every_command(env):
        texts = [(command["name"], 32)]
        if command.get("type", 1) == 1:
            texts.append((command["description"], 100))
        for option in command.get("options", ()):
            texts += [(option["name"], 32), (option["description"], 100)]
            texts += [(choice["name"], 100) for choice in option.get("choices", ())]
        unfit += [(name, text) for text, limit in texts if not 1 <= len(text) <= limit]

    assert unfit == []


async def test_no_command_has_more_options_or_choices_than_discord_takes(env):
    for name, command in every_command(env):
        options = command.get("options", [])

        assert len(options) <= 25, name
        assert all(len(option.get("choices", [])) <= 25 for option in options), name


async def test_every_option_says_what_it_is(env):
    silent = [
        (name, option["name"])
        for name, command in every_command(env)
        for option in command.get("options", ())
        if option["description"] in ("", "…")
    ]

    assert silent == []


async def test_readers_commands_work_in_servers_messages_and_as_a_users_app(env):
    missing = [
        command.name
        for command in env.bot.tree.get_commands()
        if command.name not in IN_SERVERS_ONLY
        and not (works_as(command, guild=True, user=True) and works_everywhere(command))
    ]

    assert missing == []


def works_as(command: app_commands.Command, *, guild: bool, user: bool) -> bool:
    installs = command.allowed_installs
    return installs is not None and (installs.guild, installs.user) == (guild, user)


def works_everywhere(command: app_commands.Command) -> bool:
    contexts = command.allowed_contexts
    return contexts is not None and (
        contexts.guild and contexts.dm_channel and contexts.private_channel
    )


@pytest.mark.parametrize("name", sorted(IN_SERVERS_ONLY))
async def test_what_belongs_to_a_server_is_offered_nowhere_else(env, name):
    types = (discord.AppCommandType.chat_input, discord.AppCommandType.message)
    commands = [c for type_ in types if (c := env.bot.tree.get_command(name, type=type_))]

    for command in commands:
        assert works_as(command, guild=True, user=False)
        assert not command.allowed_contexts.dm_channel
