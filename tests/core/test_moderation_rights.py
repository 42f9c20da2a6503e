"""Who may use `/manage`, as Discord's rules for a server's Integrations page have it."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simcord.backend.command_access import command_access

from bot.core.moderation import Asker, bar_to

GUILD, CHANNEL, ALICE, READERS, GUIDES = 100, 7, 1, 2, 3
EVERYONE, ALL_CHANNELS = ("role", GUILD), ("channel", GUILD - 1)
HERE, HER, READER, GUIDE = (
    ("channel", CHANNEL),
    ("user", ALICE),
    ("role", READERS),
    ("role", GUIDES),
)


def asker(*, has_default=False):
    roles = frozenset({GUILD, READERS, GUIDES})
    return Asker(GUILD, CHANNEL, ALICE, roles, has_default)


def test_where_nothing_is_said_the_default_permissions_decide():
    assert bar_to(asker(has_default=True), {}, {}) is None
    assert bar_to(asker(), {}, {}) == "person"


@pytest.mark.parametrize(
    "said",
    [
        {HER: True},
        {READER: True},
        {EVERYONE: True},
        {EVERYONE: False, READER: True},
        {READER: False, GUIDE: True},
        {EVERYONE: False, READER: False, HER: True},
        {ALL_CHANNELS: False, HERE: True, HER: True},
    ],
)
def test_who_is_admitted_needs_no_other_permission(said):
    assert bar_to(asker(), said, {}) is None


@pytest.mark.parametrize(
    "said",
    [
        {HER: False},
        {READER: False},
        {EVERYONE: False},
        {READER: True, HER: False},
        {("user", 9): True, ("role", 9): True, EVERYONE: False},
    ],
)
def test_who_is_barred_is_so_with_manage_server_too(said):
    assert bar_to(asker(has_default=True), said, {}) == "person"
    assert bar_to(asker(has_default=True), {}, said) == "person"


def test_what_is_said_of_the_app_goes_behind_the_command_and_the_default():
    assert bar_to(asker(), {}, {HER: True}) == "person"
    assert bar_to(asker(), {READER: True}, {HER: False}) is None
    assert bar_to(asker(has_default=True), {HERE: True}, {HERE: False}) is None


@pytest.mark.parametrize("said", [{HERE: False}, {ALL_CHANNELS: False}])
def test_a_barred_channel_is_told_apart_from_a_barred_person(said):
    assert bar_to(asker(has_default=True), said, {}) == "channel"
    assert bar_to(asker(has_default=True), {}, said) == "channel"
    assert bar_to(asker(), {**said, HER: True}, {}) == "channel"


def said():
    roles = st.tuples(st.just("role"), st.sampled_from([GUILD, READERS, GUIDES, 9]))
    users = st.tuples(st.just("user"), st.sampled_from([ALICE, 9]))
    channels = st.tuples(st.just("channel"), st.sampled_from([CHANNEL, GUILD - 1, 9]))
    return st.dictionaries(st.one_of(roles, users, channels), st.booleans(), max_size=5)


@given(said(), said(), st.booleans())
def test_the_rules_are_those_by_which_the_modelled_discord_lets_members_use_commands(
    command, app, has_default
):
    discord = modelled({COMMAND: command, APP: app}, has_default=has_default)
    asked = {"id": COMMAND, "default_member_permissions": MANAGE_SERVER}

    told = command_access(discord, asked, user_id=ALICE, channel_id=CHANNEL)

    assert (bar_to(asker(has_default=has_default), command, app) is None) == told.allowed


APP, COMMAND, MANAGE_SERVER, USE_COMMANDS = 50, 60, 1 << 5, 1 << 31
TYPES = {"role": 1, "user": 2, "channel": 3}


def modelled(overrides, *, has_default):
    """Build as much of simcord's Discord as its own reading of the rules asks for."""
    entries = {
        about: [
            {"type": TYPES[kind], "id": one, "permission": allowed}
            for (kind, one), allowed in said.items()
        ]
        for about, said in overrides.items()
    }
    member = SimpleNamespace(role_ids=[READERS, GUIDES])
    return SimpleNamespace(
        application_id=APP,
        get_channel=lambda _: SimpleNamespace(
            guild_id=GUILD, permission_channel_id=lambda: CHANNEL
        ),
        get_guild=lambda _: SimpleNamespace(members={ALICE: member}),
        compute_permissions=lambda *_: USE_COMMANDS | (MANAGE_SERVER if has_default else 0),
        get_command_permissions=lambda _, about: entries[about],
    )
