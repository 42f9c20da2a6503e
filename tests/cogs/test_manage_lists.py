"""A server's own lists, as its moderators and readers see them."""

import pytest

from bot.core.curriculum.fields import PageFacts
from bot.views.lists_card import NEW_LIST
from tests.forged import pressed
from tests.seen import (
    custom_id_of,
    labels_of,
    option_labels_of,
    options_of,
    posts_in,
    text_of,
    title_of,
)

PASTED = """\
Consensus:
Paxos Made Simple https://example.org/paxos.pdf
In Search of an Understandable Consensus Algorithm - https://example.org/raft.pdf

Storage:
https://example.org/gfs
[Bigtable](https://example.org/bigtable)
Attention Is All You Need https://arxiv.org/abs/1706.03762
this line names no link
"""
GFS = "The Google File System"


@pytest.fixture
def fetch_facts():
    async def facts(url):
        return PageFacts(GFS, "Ghemawat et al.", 2003) if url.endswith("/gfs") else PageFacts()

    return facts


@pytest.fixture
def paste(moderator, channel):
    async def pasted(text=PASTED, name="Distributed systems"):
        card = await moderator.slash(channel, "manage import")
        form = await moderator.click(card.response.message, label="Paste a list")
        return await moderator.submit_modal(form, {"pasted": text, "name": name})

    return pasted


@pytest.fixture
def bring(moderator, paste, env):
    """Return what brings a list that is pasted, once its pages are looked up."""

    async def brought(text=PASTED, into=None, name="Distributed systems"):
        run = await paste(text, name)
        await env.advance_time(5)
        if into is not None:
            await moderator.select(run.response.message, values=[into])
        return await moderator.click(run.response.message, label="Bring it in")

    return brought


@pytest.fixture
async def ours(bring):
    """A list of the server's own that nobody reads yet."""
    await bring()


async def test_a_dry_run_says_what_would_come_and_changes_nothing(moderator, alice, channel, paste):
    run = await paste()
    read = await alice.slash(channel, "next")

    told = text_of(run)
    assert "### Distributed systems" in told
    assert "it would be a list of its own" in told
    assert "Comes in: 5 resources in 2 steps" in told
    assert "1 is known here already and keeps everybody's marks." in told
    assert "1 line couldn't be used." in told
    assert "- Consensus · 2" in told
    assert option_labels_of(run) == ["A list of its own", "Add to: Jump into LLM"]
    assert title_of(read) == "Attention Is All You Need"


async def test_what_gave_nothing_is_told_by_its_line(moderator, paste):
    run = await paste()

    report = await moderator.click(run.response.message, label="Lines not used")

    (file,) = report.response.message.attachments
    assert "9: there is no link in it" in (await file.read()).decode()


async def test_a_list_is_brought_used_and_read(moderator, alice, channel, bring):
    await alice.slash(channel, "done", resource="Attention Is All You Need")

    brought = await bring()
    told = text_of(brought)
    used = await moderator.click(brought.response.message, label="Use in this server")
    first = await alice.slash(channel, "next")
    read = title_of(first), text_of(first)
    second = await alice.click(first.response.message, label="Done")
    far = await alice.slash(channel, "progress")

    assert "✅ Brought in: 5 new" in told
    assert "This server reads **Distributed systems** now" in text_of(used)
    assert read[0] == "Paxos Made Simple"
    assert "-# Distributed systems · Consensus" in read[1]
    assert title_of(second) == "In Search of an Understandable Consensus Algorithm"
    assert "2 of 5" in text_of(far), "what was read in the other list counts"


async def test_one_undo_takes_all_of_an_import_back(moderator, alice, channel, bring):
    brought = await bring()

    undone = await moderator.click(brought.response.message, label="Undo")
    lists = await moderator.slash(channel, "manage list")
    read = await alice.slash(channel, "next")

    assert "Taken back." in text_of(undone)
    assert labels_of(undone)[0] == "Bring it in"
    assert option_labels_of(lists) == ["New list…"]
    assert title_of(read) == "Attention Is All You Need"


async def test_pages_are_looked_up_while_the_card_waits(moderator, channel, paste, env):
    run = await paste()
    await env.advance_time(5)
    done = text_of(run), labels_of(run)
    brought = await moderator.click(run.response.message, label="Bring it in")
    await moderator.click(brought.response.message, label="Use in this server")
    found = await moderator.slash(channel, "search", query="ghemawat 2003")

    assert "I look up" not in done[0]
    assert done[1][0] == "Bring it in"
    assert title_of(found) == GFS


async def test_each_group_reads_its_own_list_and_a_member_both(
    moderator, alice, guild, channel, ours, env
):
    other = guild.create_text_channel("systems")
    first = await moderator.slash(channel, "manage group", zone="UTC")
    second = await moderator.slash(other, "manage group", zone="UTC", list="Distributed systems")

    here = await alice.slash(channel, "next")
    await env.advance_time(2)
    there = await alice.slash(other, "next")
    in_private = await alice.user.slash("next")
    back = await alice.slash(channel, "progress")
    named = await alice.slash(channel, "curriculum", list="Distributed systems")

    assert "Jump into LLM" in text_of(first)
    assert "Distributed systems" in text_of(second)
    assert title_of(here) == "Attention Is All You Need"
    assert title_of(there) == "Paxos Made Simple"
    assert title_of(in_private) == "Paxos Made Simple", "the list used last"
    assert "### Jump into LLM" in text_of(back)
    assert "### Distributed systems" in text_of(named)


async def test_a_groups_card_and_its_paper_go_on_in_the_groups_list(
    moderator, alice, guild, channel, ours, env
):
    other = guild.create_text_channel("systems")
    await moderator.slash(other, "manage group", zone="UTC", list="Distributed systems")
    card = await moderator.slash(other, "manage group")
    await moderator.click(card.response.message, label="First paper now")
    (paper,) = posts_in(other)
    card = await alice.slash(other, "group")
    await alice.slash(channel, "next", list="Jump into LLM")

    onward = await alice.click(card.response.message, label="What's next?")
    first = title_of(onward)
    await env.advance_time(2)
    await alice.slash(channel, "next", list="Jump into LLM")
    await env.advance_time(2)
    week_id = custom_id_of(paper, "More").partition(":")[2]
    way = await pressed(env, other, alice, f"first:{week_id}")
    onward = await alice.click(way.response.message, label="Make this my goal")

    assert (first, title_of(onward)) == ("Paxos Made Simple", "Paxos Made Simple")


async def test_a_card_goes_on_in_the_list_it_is_about(moderator, alice, channel, ours):
    index = await alice.slash(channel, "curriculum", list="Distributed systems")

    step = await alice.select(index.response.message, values=["storage-2"])
    told = text_of(step)
    onward = await alice.click(step.response.message, label="What's next?")

    assert "Storage" in told
    assert title_of(onward) == "Paxos Made Simple"


async def test_with_one_list_nobody_meets_the_word(moderator, alice, channel):
    read = await alice.slash(channel, "next")
    far = await alice.slash(channel, "progress")
    group = await moderator.slash(channel, "manage group", zone="UTC")

    assert "Jump into LLM" not in text_of(read)
    assert text_of(far).count("Jump into LLM") == 1, "as its title"
    assert "Jump into LLM" not in text_of(group)


async def test_lists_are_offered_by_their_titles(alice, moderator, channel, ours):
    typed = [
        await member.autocomplete(channel, command, "list", "dist")
        for member, command in ((alice, "next"), (alice, "progress"), (moderator, "manage add"))
    ]

    assert {choice["name"] for each in typed for choice in each} == {"Distributed systems"}


async def test_a_list_that_is_not_there_is_answered_with_those_that_are(alice, channel, ours, env):
    answer = await alice.slash(channel, "next", list="Biology")

    assert "There is no list called “Biology” here." in text_of(answer)
    assert "**Jump into LLM**, **Distributed systems**" in text_of(answer)
    assert env.errors


async def test_a_step_is_made_by_its_name(moderator, alice, channel, ours):
    offered = await moderator.autocomplete(channel, "manage add", "step", "Clocks")
    card = await moderator.slash(
        channel, "manage add", link="https://example.org/clocks", list="Distributed systems",
        step=offered[-1]["value"],
    )  # fmt: skip
    index = None
    form = await moderator.click(card.response.message, label="Edit")
    typed = {c["component"]["custom_id"]: "" for c in form.modal["components"]}
    card = await moderator.submit_modal(form, typed | {"title": "Time, Clocks", "kind": ["paper"]})
    done = await moderator.click(card.response.message, label="Add")
    index = await alice.slash(channel, "curriculum", list="Distributed systems")

    assert offered[-1]["name"] == "New step: Clocks"
    assert "on this server's list now" in text_of(done)
    assert "○ Clocks · 0 of 1" in text_of(index)


async def test_a_list_is_renamed_removed_and_brought_back(moderator, alice, channel, ours, env):
    lists = await moderator.slash(channel, "manage list", list="Distributed systems")
    more = await moderator.click(lists.response.message, label="More")
    form = await moderator.click(more.response.message, label="Rename")
    renamed = await moderator.submit_modal(form, {"name": "Systems"})
    told = text_of(renamed)
    await env.advance_time(4)
    more = await moderator.click(renamed.response.message, label="More")
    removed = await moderator.click(more.response.message, label="Remove")
    gone = text_of(removed), await alice.autocomplete(channel, "next", "list", "systems")
    back = await moderator.click(removed.response.message, label="Undo")
    there = await alice.autocomplete(channel, "next", "list", "systems")

    assert "It was called: Distributed systems" in told
    assert "Removed: **Systems**. What readers did stays theirs." in gone[0]
    assert [choice["name"] for choice in gone[1]] == ["Jump into LLM"]
    assert "It is back." in text_of(back)
    assert [choice["name"] for choice in there] == ["Systems"]


@pytest.mark.parametrize(
    ("form", "name", "begins"),
    [
        ("YAML", "distributed-systems.yaml", "# yaml-language-server"),
        ("Markdown", "distributed-systems.md", "# Distributed systems"),
        ("CSV", "distributed-systems.csv", "\ufeffsection,step,title,url"),
        ("BibTeX", "distributed-systems.bib", "@"),
    ],
)
async def test_a_list_is_taken_along(moderator, channel, ours, form, name, begins):
    lists = await moderator.slash(channel, "manage list", list="Distributed systems")
    asked = await moderator.click(lists.response.message, label="Export")

    taken = await moderator.click(asked.response.message, label=form)

    (file,) = taken.response.message.attachments
    text = (await file.read()).decode()
    assert file.filename == name
    assert text.startswith(begins)
    assert "https://example.org/raft.pdf" in text


async def test_a_corrected_list_is_brought_again_and_nobody_loses_a_mark(
    moderator, alice, channel, ours, bring
):
    await alice.slash(channel, "done", resource="https://example.org/raft.pdf")
    lists = await alice.slash(channel, "next", list="Distributed systems")
    await alice.click(lists.response.message, label="Done")
    (own,) = await alice.autocomplete(channel, "next", "list", "distributed")
    corrected = PASTED.replace("paxos.pdf", "paxos-simple.pdf").replace("Bigtable", "Big Table")

    brought = await bring(corrected, into=f"replace|{own['value']}")
    told = text_of(brought)
    far = await alice.slash(channel, "progress", list="Distributed systems")

    assert "✅ Brought in: 1 renamed, 1 new link" in told
    assert "2 of 5" in text_of(far)


async def test_what_this_list_lacks_is_found_in_the_others(alice, channel, ours):
    done = await alice.slash(channel, "done", resource="paxos made simple")
    told = text_of(done)
    found = await alice.slash(channel, "search", query="bigtable")
    way = await alice.slash(channel, "path", resource="bigtable")
    typed = await alice.autocomplete(channel, "done", "resource", "bigtable")

    assert "✅ Done: **Paxos Made Simple**" in told
    assert "-# Distributed systems · Consensus" in told
    assert title_of(found) == "Bigtable"
    assert "Bigtable" in text_of(way)
    assert [choice["name"] for choice in typed] == ["Bigtable · Storage"]


async def test_a_step_of_a_list_is_made_the_goal(moderator, alice, channel, bring):
    brought = await bring()
    await moderator.click(brought.response.message, label="Use in this server")
    way = await alice.slash(channel, "path", resource="Consensus")

    set_ = await alice.click(way.response.message, label="Make this my goal")

    assert "🎯 Your goal is **Consensus**." in text_of(set_)


@pytest.fixture
async def empty(moderator, channel):
    """A list of the server's own with nothing on it, which counts there."""
    lists = await moderator.slash(channel, "manage list")
    form = await moderator.select(lists.response.message, values=[NEW_LIST])
    made = await moderator.submit_modal(form, {"name": "Nothing yet"})
    await moderator.click(made.response.message, label="Use in this server")


async def test_nobody_has_read_a_list_that_is_empty(alice, channel, empty):
    commands = "next", "curriculum", "progress"
    told = [text_of(await alice.slash(channel, each)) for each in commands]
    known = await alice.slash(channel, "progress")
    known = await alice.click(known.response.message, label="More")
    told.append(text_of(await alice.click(known.response.message, label="Tell me what you know")))

    assert all("This list is empty so far." in each for each in told)
    assert "`/next` with its `list` reads from another one." in told[0]
    for untrue in ("read everything", "✅", "have marked"):
        assert not any(untrue in each for each in told)


async def test_a_group_with_an_empty_list_is_told_how_to_fill_it(
    moderator, alice, channel, empty, env
):
    card = await moderator.slash(channel, "manage group", zone="UTC")
    to_moderator = text_of(card), labels_of(card)
    to_member = text_of(await alice.slash(channel, "group"))
    refused = await moderator.click(card.response.message, label="First paper now")
    await env.advance_time(8 * 24 * 3600)
    (told,) = moderator.user.dm_channel.history()

    assert "`/manage add` adds to it" in to_moderator[0]
    assert "Go on with additions" not in to_moderator[1]
    assert "This list is empty so far." in to_member
    assert "is empty so far" in text_of(refused)
    assert "is empty, so nothing was posted" in text_of(told)
    for each in (to_moderator[0], to_member, text_of(refused), text_of(told)):
        assert "has read" not in each
        assert "nothing left" not in each


@pytest.mark.parametrize("typed", ["bigtabel", "paxos", "consensus"])
async def test_what_only_another_list_may_have_is_asked_about_before_it_is_marked(
    alice, channel, ours, typed
):
    asked = await alice.slash(channel, "done", resource=typed)
    told = text_of(asked)
    value = options_of(asked)[0]
    done = await alice.select(asked.response.message, values=[value])

    assert "**Not marked yet**" in told
    assert "Nothing" not in told
    assert "✅ Done:" in text_of(done)
    assert "-# Distributed systems" in text_of(done)


async def test_of_names_in_another_list_the_exact_ones_are_marked(alice, channel, ours):
    done = await alice.slash(channel, "done", resource="Bigtable; gogle file sytem")

    assert "✅ Done: **Bigtable**" in text_of(done)
    assert "“gogle file sytem”: maybe one of those below" in text_of(done)


async def test_what_is_named_beside_goes_with_what_is_pasted(moderator, channel, ours):
    (own,) = await moderator.autocomplete(channel, "manage import", "list", "distributed")
    card = await moderator.slash(
        channel, "manage import", list="Distributed systems", mode="replace"
    )
    form = await moderator.click(card.response.message, label="Paste a list")
    run = await moderator.submit_modal(form, {"pasted": "Only https://example.org/only"})

    assert own["name"] == "Distributed systems"
    assert "it would take the place of what is there" in text_of(run)
    assert "### Distributed systems" in text_of(run)


async def test_the_hosts_list_is_never_replaced(moderator, channel, env):
    answer = await moderator.slash(channel, "manage import", list="Jump into LLM", mode="replace")

    assert "That list is the host's" in text_of(answer)
    assert env.errors


async def test_an_import_into_the_hosts_list_can_be_taken_back_later(
    moderator, channel, paste, env
):
    run = await paste()
    await env.advance_time(5)
    into = await moderator.select(run.response.message, values=["add|jump-into-llm"])
    await moderator.click(into.response.message, label="Bring it in")
    lists = await moderator.slash(channel, "manage list")
    before = text_of(lists)
    more = await moderator.click(lists.response.message, label="More")
    await env.advance_time(4)
    taken = await moderator.click(more.response.message, label="Undo the last import")

    assert "91 resources in 27 steps" in before
    assert "Taken back: the latest import." in text_of(taken)
    assert "87 resources in 25 steps" in text_of(taken)


async def test_a_card_of_a_list_that_was_removed_says_so(moderator, channel, ours, env):
    card = await moderator.slash(channel, "manage list", list="Distributed systems")
    again = await moderator.slash(channel, "manage list", list="Distributed systems")
    more = await moderator.click(card.response.message, label="More")
    await env.advance_time(4)
    await moderator.click(more.response.message, label="Remove")

    old = await moderator.click(again.response.message, label="Export")

    assert "Removed: **Distributed systems**." in text_of(old)


async def test_a_file_is_read_whatever_its_encoding_and_what_is_no_list_is_told(
    moderator, channel, env
):
    broken = "# 목록\n- [On Raft — “simple”](https://example.org/raft)\n".encode("utf-16")
    read = await moderator.slash(channel, "manage import", file=("list.md", broken))
    zipped = await moderator.slash(channel, "manage import", file=("list.zip", b"PK\x03\x04" * 9))

    assert "### 목록" in text_of(read)
    assert "Comes in: 1 resource in 1 step" in text_of(read)
    assert "“list.zip” is an Office or ZIP file." in text_of(zipped)
    assert env.errors
