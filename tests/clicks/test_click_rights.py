"""Moderators' cards in the hands of people who may not, or no longer, use `/manage`."""

import pytest

from tests.forged import sent
from tests.golden.custom_ids import KINDS, written
from tests.seen import labels_of, text_of

REFUSED = "Only moderators can do that, so nothing was changed."
MODERATORS = sorted(name for name, kind in KINDS.items() if "opener_id" in kind.pattern.groupindex)
"""Every kind of click on a card that is a moderator's own."""


@pytest.fixture
def admits(env, guild):
    """Return what a server's Integrations page says of `/manage`, to be set."""

    def say(**said):
        guild.set_command_permissions(env.bot.clicks.manage_id, said.pop("command", {}))
        guild.set_command_permissions(env.bot.application_id, said.pop("app", {}))

    return say


@pytest.fixture
def dismiss(env, guild, moderator):
    """Return what takes a moderator's role away."""

    def take():
        (role_id,) = guild._guild.members[moderator.id].role_ids  # noqa: SLF001
        env.backend.remove_member_role(guild.id, moderator.id, role_id)

    return take


async def test_every_moderators_button_and_select_refuses_who_lost_the_right(
    moderator, channel, dismiss
):
    card = await moderator.slash(channel, "manage group", zone="UTC")
    dismiss()

    answers = {}
    for each in written():
        if each.item in MODERATORS:
            opener = str(each.values["opener_id"])
            custom_id = each.custom_id.replace(opener, str(moderator.id))
            kind = 3 if each.picks else 2
            answer = await sent(moderator, card.response, custom_id, *each.picks, kind=kind)
            answers.setdefault(each.item, set()).add(text_of(answer).splitlines()[0][:52])

    assert sorted(answers) == MODERATORS
    assert set.union(*answers.values()) == {REFUSED}


async def test_a_form_is_refused_that_was_opened_before_the_right_was_lost(
    env, moderator, channel, dismiss
):
    desk = await moderator.slash(channel, "manage edit", resource="BERT")
    texts = await moderator.click(desk.response, label="Edit texts")
    start = await sent(moderator, desk.response, "start-weekly")
    dismiss()

    not_changed = await moderator.submit_modal(texts, {"title": "Another", "kind": ["paper"]})
    not_started = await moderator.submit_modal(start, {"channel": [channel], "zone": "UTC"})

    assert [REFUSED in text_of(answer) for answer in (not_changed, not_started)] == [True, True]
    assert "BERT" in text_of(await moderator.slash(channel, "search", query="BERT"))
    assert await env.bot.services.groups.find(channel.id) is None


async def test_who_is_admitted_on_the_integrations_page_runs_a_group_without_manage_server(
    alice, channel, admits
):
    admits(command={alice: True})
    card = await alice.slash(channel, "manage group", zone="UTC")

    paused = await alice.click(card.response, label="Pause")
    admits()
    refused = await alice.click(paused.response, label="Resume")

    assert "Paused" in text_of(paused)
    assert REFUSED in text_of(refused)


@pytest.mark.parametrize("about", ["command", "app"])
async def test_who_is_barred_there_is_refused_with_manage_server_too(
    moderator, channel, admits, about
):
    card = await moderator.slash(channel, "manage group", zone="UTC")
    admits(**{about: {moderator: False}})

    assert REFUSED in text_of(await moderator.click(card.response, label="Pause"))


async def test_a_channel_barred_there_is_called_that(moderator, channel, admits):
    card = await moderator.slash(channel, "manage group", zone="UTC")
    admits(command={channel: False})

    refused = await moderator.click(card.response, label="Pause")

    assert text_of(refused).startswith("This server doesn't allow `/manage` in this channel")


async def test_where_discord_does_not_say_the_default_permission_alone_counts(
    env, alice, moderator, channel, admits
):
    admits(command={alice: True})
    card = await alice.slash(channel, "manage group", zone="UTC")
    env.inject_error("GET", "*/permissions", status=403, code=50001, times=None)

    refused = await alice.click(card.response, label="Pause")
    group = await moderator.slash(channel, "manage group")
    was_paused = "Resume" in labels_of(group)
    paused = await moderator.click(group.response, label="Pause")

    assert text_of(refused).startswith("Discord can't tell me just now whether you may do that")
    assert not was_paused
    assert "Paused" in text_of(paused)


# Suggestions: who may do what

MAY = {
    "member": ("suggest", "want"),
    "moderator by Integrations": ("suggest", "want", "settle"),
    "demoted moderator": ("suggest", "want"),
    "barred moderator": ("suggest", "want"),
    "moderator": ("suggest", "want", "settle"),
    "owner": ("suggest", "want", "settle"),
}


@pytest.mark.parametrize("who", MAY)
async def test_who_may_suggest_and_who_may_settle(
    env, guild, channel, alice, bob, moderator, admits, dismiss, owner, who
):
    person = {"member": alice, "moderator by Integrations": alice, "owner": owner}.get(
        who, moderator
    )
    if who == "demoted moderator":
        dismiss()
    if "Integrations" in who:
        admits(command={alice: True})
    if who == "barred moderator":
        admits(command={moderator: False})
    services = env.bot.services
    other = await services.suggestions.suggest(guild.id, bob.id, "https://example.org/other")
    proposal = await services.moderation.consider(guild.id, person.id, other.suggestion)

    made = await person.slash(channel, "suggest", link="https://example.org/own")
    listed = await person.slash(channel, "suggest")
    told = text_of(made)
    settle = f"inbox-take:{person.id}:0:{proposal.draft_id}"
    wanted = await sent(
        person, listed.response, "want", str(other.suggestion.suggestion_id), kind=3
    )
    said = text_of(wanted)
    settled = text_of(await sent(person, listed.response, settle))

    may = {
        "suggest": told.startswith("✅ Suggested."),
        "want": said.startswith("👍 Noted"),
        "settle": settled.startswith("✅ It is on the list now"),
    }
    assert tuple(act for act, is_allowed in may.items() if is_allowed) == MAY[who]


async def test_in_a_direct_message_nothing_is_suggested_or_settled(env, guild, alice, moderator):
    services = env.bot.services
    made = await services.suggestions.suggest(guild.id, alice.id, "https://example.org/own")
    proposal = await services.moderation.consider(guild.id, moderator.id, made.suggestion)
    suggestion_id = made.suggestion.suggestion_id
    card = await moderator.user.slash("next")

    answers = [
        text_of(await sent(moderator.user, card.response, custom_id, *picks, kind=kind))
        for custom_id, picks, kind in (
            ("want", [str(suggestion_id)], 3),
            (f"wish-lead:{suggestion_id}", [], 2),
            (f"inbox-take:{moderator.id}:0:{proposal.draft_id}", [], 2),
            (f"inbox:{moderator.id}:0", [], 2),
            ("suggested", [], 2),
        )
    ]

    assert answers[0] == answers[1] == "It isn't suggested any more. `/suggest` shows what is."
    assert REFUSED in answers[2]
    assert REFUSED in answers[3]
    assert answers[4].startswith("Nothing is suggested just now.")
    assert (await services.inboxes.look(guild.id, moderator.id)).counts.suggestions == 1


@pytest.fixture
def owner(env, guild):
    """Whoever the server belongs to."""
    person = guild.add_member(env.create_user("owner"))
    env.backend.get_guild(guild.id).owner_id = person.id
    return person
