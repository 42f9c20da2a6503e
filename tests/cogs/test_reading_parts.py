"""What is read in part, what is like it, and where it was talked about, as a member sees it."""

from tests.seen import labels_of, options_of, select_of, text_of, title_of

GPT_3 = "Language Models are Few-Shot Learners"


async def note(who, card, said):
    form = await who.select(card.response.message, ["part"], custom_id=select_of(card))
    return await who.submit_modal(form, {"note": said})


async def test_how_far_one_is_stands_on_the_card_until_it_is_done(alice, channel):
    card = await alice.slash(channel, "next")

    noted = await note(alice, card, " Section 3,\n *up to* fig. 2 ")
    told, title = text_of(noted), title_of(noted)
    later = text_of(await alice.slash(channel, "next"))
    done = await alice.slash(channel, "done")
    after = text_of(await alice.slash(channel, "search", query="attention is all you need"))
    undone = await alice.click(done.response.message, label="Undo")

    assert "📖 Read in part: **Attention Is All You Need**" in told
    assert title.startswith("Attention")
    line = "📖 You've read part of it: Section 3, \\*up to\\* fig. 2"
    assert line in told
    assert line in later
    assert "📖" not in after
    assert line in text_of(undone)


async def test_nothing_need_be_said_of_it_and_it_is_taken_back_by_undo(alice, channel):
    noted = await note(alice, await alice.slash(channel, "next"), "")
    told = text_of(noted)

    again = text_of(await note(alice, await alice.slash(channel, "next"), ""))
    undone = await alice.click(noted.response.message, label="Undo")

    assert "\n📖 You've read part of it.\n" in told
    assert "📖 You noted that already" in again
    assert "is as it was before" in text_of(undone)
    assert "📖" not in text_of(await alice.slash(channel, "next"))


async def test_a_later_line_is_not_lost_by_undoing_the_one_before(alice, channel):
    first = await note(alice, await alice.slash(channel, "next"), "page 2")
    await note(alice, await alice.slash(channel, "next"), "page 5")

    refused = text_of(await alice.click(first.response.message, label="Undo"))

    assert "Undo the later change first." in refused
    assert "page 5" in text_of(await alice.slash(channel, "next"))


async def test_the_form_shows_what_was_written(alice, channel):
    await note(alice, await alice.slash(channel, "next"), "page 2")
    card = await alice.slash(channel, "next")

    form = await alice.select(card.response.message, ["part"], custom_id=select_of(card))

    assert "page 2" in str(form.modal)


async def test_reset_and_its_undo_take_the_lines_along(alice, channel):
    await note(alice, await alice.slash(channel, "next"), "page 2")
    await alice.slash(channel, "done", resource="BERT")
    progress = await alice.slash(channel, "progress")
    opened = await alice.click(progress.response.message, label="More")
    form = await alice.click(opened.response.message, label="Reset…")
    reset = await alice.submit_modal(form, {"word": "reset"})
    told = text_of(reset)

    undone = await alice.click(reset.response.message, label="Undo")

    assert "page 2" not in told
    assert "page 2" in text_of(undone)


async def test_what_is_similar_is_listed_with_its_state(alice, channel):
    card = await alice.slash(channel, "search", query="LoRA")
    opened = await alice.click(card.response.message, label="More")

    similar = await alice.click(opened.response.message, label="Similar")

    assert "-# Similar to: LoRA" in text_of(similar)
    assert "QLoRA" in text_of(similar)
    assert "jump-into-llm:lora" not in options_of(similar)
    assert "What's next?" in labels_of(similar)


async def unfolded(who, *channel):
    card = await who.slash(*channel, "search", query="attention is all you need")
    return text_of(await who.click(card.response.message, label="More"))


async def test_more_says_where_a_group_talked_about_it(alice, moderator, channel, guild, env):
    group = await moderator.slash(channel, "manage group", zone="UTC")
    before = await unfolded(alice, channel)
    await moderator.click(group.response.message, label="First paper now")
    await env.settle()

    seen = await unfolded(alice, channel)
    await env.bot.get_channel(channel.id).set_permissions(
        env.bot.get_guild(guild.id).default_role, view_channel=False
    )
    await env.settle()
    elsewhere = guild.create_text_channel("elsewhere")
    hidden = await unfolded(alice, elsewhere)
    dm = await unfolded(env.create_user("nobody"))

    assert "💬" not in before
    assert f"💬 <#{channel.id}> talked about it, <t:" in seen
    assert "[the talk](https://discord.com/channels/" in seen
    assert "💬" not in hidden
    assert "💬" not in dm


async def test_what_was_asked_for_stays_what_done_marks(alice, channel):
    asked = await alice.slash(channel, "next", step="tokenization")
    title = title_of(asked)

    noted = await note(alice, asked, "page 2")
    still = title_of(noted)
    done = text_of(await alice.slash(channel, "done"))

    assert still == title
    assert title.startswith("Neural Machine Translation of Rare Words")
    assert done.splitlines()[0] == "✅ Done: **BPE**"


async def test_each_line_is_its_own_papers(alice, channel):
    for query, said in (("BERT", "x"), ("LoRA", "y")):
        await note(alice, await alice.slash(channel, "search", query=query), said)

    again = await note(alice, await alice.slash(channel, "search", query="BERT"), "x")

    assert "📖 You noted that already: **BERT**" in text_of(again)


async def test_what_is_done_is_not_read_in_part(alice, channel):
    card = await alice.slash(channel, "search", query="BERT")
    form = await alice.select(card.response.message, ["part"], custom_id=select_of(card))
    await alice.slash(channel, "done", resource="BERT")

    answer = text_of(await alice.submit_modal(form, {"note": "page 2"}))
    unread = await alice.slash(channel, "search", query="BERT")
    cleared = await alice.click(unread.response.message, label="Not read yet")

    assert "already marked" in answer
    assert "page 2" not in text_of(cleared)
