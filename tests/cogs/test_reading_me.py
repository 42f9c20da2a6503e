import json
from dataclasses import replace

import pytest

from tests.cogs.test_reading import without
from tests.every_table import places_of
from tests.forged import pressed
from tests.seen import labels_of, text_of, title_of

FIRST = "Attention Is All You Need"


async def file_of(result):
    """Return the name and content of the one file that an answer brings."""
    (attachment,) = result.response.attachments
    return attachment.filename, (await attachment.read()).decode()


async def delete(who, card, typed="delete"):
    form = await who.click(card.response.message, label="Delete…")
    return await who.submit_modal(form, {"word": typed})


async def test_somebody_new_sees_that_nothing_is_kept(alice, channel, env):
    card = await alice.slash(channel, "me")

    assert card.ephemeral
    assert "I keep nothing about you yet." in text_of(card)
    assert labels_of(card) == ["What's next?", "Settings"]
    assert await places_of(env.bot.services.db, alice.id) == set()


async def test_me_shows_what_is_kept(alice, channel):
    await alice.slash(channel, "done", resource=FIRST, rating=5)
    await alice.slash(channel, "done", resource="BERT")
    await alice.slash(channel, "next")

    card = await alice.slash(channel, "me")

    assert card.ephemeral
    assert "- 2 marks: 2 done\n" in text_of(card)
    assert "- What I showed you last: Improving Language" in text_of(card)
    assert "- 2 changes that you can undo" in text_of(card)
    assert labels_of(card) == ["Settings", "Download JSON", "Delete…", "More"]


async def test_more_tells_all_that_is_kept(alice, channel):
    await alice.slash(channel, "done", resource=FIRST)
    card = await alice.slash(channel, "me")
    short = text_of(card)

    await alice.click(card.response.message, label="More")
    opened, labels = text_of(card), labels_of(card)
    await alice.click(card.response.message, label="Less")

    assert "Nobody else sees what you read" in opened
    assert labels == ["Settings", "Download JSON", "Delete…", "Less", "Download BibTeX"]
    assert text_of(card) == short


async def test_me_names_groups_joined_and_groups_that_are_run(moderator, channel):
    await moderator.slash(channel, "manage group", zone="UTC")
    group = await moderator.slash(channel, "group")
    await moderator.click(group.response.message, label="Join")

    card = await moderator.slash(channel, "me")
    await moderator.click(card.response.message, label="More")
    text = text_of(card)

    assert f"- 1 group joined: <#{channel.id}>" in text
    assert f"- You last changed the settings of <#{channel.id}>" in text


async def test_the_json_opens_and_holds_titles(alice, channel):
    await alice.slash(channel, "done", resource=FIRST, rating=4)
    card = await alice.slash(channel, "me")

    answer = await alice.click(card.response.message, label="Download JSON")

    name, content = await file_of(answer)
    (row,) = json.loads(content)["tables"]["progress"]["rows"]
    assert answer.ephemeral
    assert name.endswith(".json")
    assert (row["resource_title"], row["rating"]) == (FIRST, 4)


async def test_the_bibliography_opens_and_holds_titles_and_links(alice, channel):
    await alice.slash(channel, "done", resource=FIRST, rating=4)
    card = await alice.slash(channel, "me")
    await alice.click(card.response.message, label="More")

    answer = await alice.click(card.response.message, label="Download BibTeX")

    name, content = await file_of(answer)
    assert answer.ephemeral
    assert name.endswith(".bib")
    assert f"title = {{{{{FIRST}}}}}" in content
    assert "url = {https://arxiv.org/abs/1706.03762}" in content


async def test_an_older_card_gives_no_empty_bibliography(alice, channel):
    done = await alice.slash(channel, "done", resource=FIRST)
    card = await alice.slash(channel, "me")
    await alice.click(card.response.message, label="More")
    await alice.click(done.response.message, label="Undo")

    answer = await alice.click(card.response.message, label="Download BibTeX")

    assert "Download BibTeX" not in labels_of(answer)
    assert answer.followups == []
    assert not answer.response.message.attachments


async def test_what_left_the_list_keeps_its_title(alice, channel, restart, base):
    await alice.slash(channel, "done", resource="BERT")
    sections = tuple(
        replace(section, steps=tuple(without(step, "bert") for step in section.steps))
        for section in base.sections
    )
    await restart(replace(base, sections=sections))
    card = await alice.slash(channel, "me")
    await alice.click(card.response.message, label="More")

    _, content = await file_of(await alice.click(card.response.message, label="Download BibTeX"))

    assert "title = {{BERT: Pre-training of Deep Bidirectional" in content


async def test_delete_asks_for_a_word(alice, channel):
    await alice.slash(channel, "done", resource=FIRST)
    card = await alice.slash(channel, "me")

    form = await alice.click(card.response.message, label="Delete…")

    assert form.modal["title"] == "Delete everything about you?"
    assert "Nobody can bring it back" in str(form.modal)
    assert "Type the word delete" in str(form.modal)
    assert "- 1 mark: 1 done" in text_of(await alice.slash(channel, "me"))


async def test_another_word_deletes_nothing_and_leads_back_to_the_form(alice, channel, env):
    await alice.slash(channel, "done", resource=FIRST)
    card = await alice.slash(channel, "me")
    before = await places_of(env.bot.services.db, alice.id)

    refused = await delete(alice, card, "dlete")
    told = text_of(refused)
    kept = await places_of(env.bot.services.db, alice.id)
    deleted = await delete(alice, refused, " ＤＥＬＥＴＥ ")

    assert "You typed “dlete”, so nothing was changed." in told
    assert kept == before
    assert "Everything about you is deleted" in text_of(deleted)


async def test_delete_everything_on_an_old_card_asks_for_the_word_too(alice, channel, env):
    await alice.slash(channel, "done", resource=FIRST)
    form = await pressed(env, channel, alice, "me:delete")
    kept = await places_of(env.bot.services.db, alice.id)
    await alice.submit_modal(form, {"word": "delete"})

    assert kept
    assert await places_of(env.bot.services.db, alice.id) == set()


async def test_after_delete_nothing_holds_the_person_and_next_starts_afresh(alice, channel, env):
    await alice.slash(channel, "done", resource=FIRST)
    card = await alice.slash(channel, "me")

    deleted = await delete(alice, card)

    assert "Everything about you is deleted" in text_of(deleted)
    assert labels_of(deleted) == []
    assert await places_of(env.bot.services.db, alice.id) == set()
    assert title_of(await alice.slash(channel, "next")) == FIRST


async def test_a_second_click_on_delete_says_that_nothing_is_left(alice, channel):
    await alice.slash(channel, "done", resource=FIRST)
    cards = [await alice.slash(channel, "me") for _ in range(2)]

    await delete(alice, cards[0])
    again = await delete(alice, cards[1])

    assert "There is nothing to delete" in text_of(again)


async def test_undo_on_an_older_card_has_nothing_to_put_back_after_delete(alice, channel, env):
    marked = await alice.slash(channel, "done", resource=FIRST)
    await delete(alice, await alice.slash(channel, "me"))

    answer = await alice.click(marked.response.message, label="Undo")

    assert "That can't be changed any more" in text_of(answer)
    assert await places_of(env.bot.services.db, alice.id) == set()


async def test_another_members_marks_are_untouched(alice, bob, channel):
    await alice.slash(channel, "done", resource=FIRST)
    await bob.slash(channel, "done", resource=FIRST)

    await delete(alice, await alice.slash(channel, "me"))

    assert "**1 of 9**" in text_of(await bob.slash(channel, "progress"))
    assert "**0 of 9**" in text_of(await alice.slash(channel, "progress"))


async def test_a_group_counts_one_member_less_and_goes_on(moderator, channel):
    await moderator.slash(channel, "manage group", zone="UTC")
    group = await moderator.slash(channel, "group")
    await moderator.click(group.response.message, label="Join")

    await delete(moderator, await moderator.slash(channel, "me"))

    group = await moderator.slash(channel, "group")
    assert "0 members" in text_of(group)
    assert "Join" in labels_of(group)


async def test_all_of_it_works_in_a_direct_message(env):
    reader = env.create_user("carol")
    await reader.slash("done", resource=FIRST)
    card = await reader.slash("me")

    _, content = await file_of(await reader.click(card.response.message, label="Download JSON"))
    deleted = await delete(reader, card)

    assert FIRST in content
    assert "Everything about you is deleted" in text_of(deleted)
    assert await places_of(env.bot.services.db, reader.id) == set()


@pytest.mark.parametrize("press", ["Download JSON", "More", "Settings", "Delete…"])
async def test_the_buttons_work_after_a_restart(alice, channel, restart, press):
    await alice.slash(channel, "done", resource=FIRST)
    card = await alice.slash(channel, "me")

    await restart()
    answer = await alice.click(card.response.message, label=press)

    assert answer.modal or text_of(answer)
    assert answer.modal or "Something went wrong" not in text_of(answer)


async def test_no_button_names_whose_card_it_is(alice, channel):
    await alice.slash(channel, "done", resource=FIRST)
    card = await alice.slash(channel, "me")

    assert str(alice.id) not in str(card.response.components)


async def test_who_has_read_nothing_is_offered_no_bibliography(alice, channel):
    await alice.slash(channel, "next")

    card = await alice.slash(channel, "me")
    await alice.click(card.response.message, label="More")

    assert labels_of(card) == ["Settings", "Download JSON", "Delete…", "Less"]
