"""Suggestions: the same link is one wish, servers are apart, and moderators settle each once."""

from dataclasses import replace

import pytest

from bot.core.lists import Where
from bot.core.recommend import Found
from bot.core.suggestions import MOST_OPEN
from bot.errors import NotALinkError, SuggestionGoneError, TooManySuggestionsError
from bot.store import suggestions as rows
from tests.curricula import curriculum, resource

HERE, THERE, MOD, OTHER = 100, 200, 1, 9
ALICE, BOB, CARL = 11, 12, 13
LINK = "https://arxiv.org/abs/2312.00752"
LIST = curriculum(resource("p1"), resource("p2", "p1"))


@pytest.fixture
def suggestions(services):
    return services.suggestions


async def take(services, suggestion, who=MOD, guild_id=HERE):
    proposal = await services.moderation.consider(guild_id, who, suggestion)
    return await services.moderation.take((guild_id, who, proposal.draft_id))


async def decline(services, suggestion, reason="known", who=MOD):
    proposal = await services.moderation.consider(HERE, who, suggestion)
    return await services.moderation.decline((HERE, who, proposal.draft_id), reason)


async def test_the_same_page_is_one_suggestion_however_it_is_linked(suggestions):
    first = await suggestions.suggest(HERE, ALICE, LINK, "It scales")
    again = await suggestions.suggest(HERE, BOB, "arXiv:2312.00752v2", "Me too")

    assert again.suggestion.suggestion_id == first.suggestion.suggestion_id
    assert (first.is_new, again.is_new) == (True, False)
    assert again.suggestion.wanted == 2
    assert len((await suggestions.suggested(HERE, CARL)).suggestions) == 1


async def test_suggesting_again_keeps_what_was_said_unless_it_says_more(suggestions):
    await suggestions.suggest(HERE, ALICE, LINK, "It scales")
    again = await suggestions.suggest(HERE, ALICE, LINK)
    other = await suggestions.suggest(HERE, ALICE, LINK, "It is fast")

    assert (again.was_so, again.wish.why, again.wish.is_first) == (True, "It scales", True)
    assert other.wish.why == "It is fast"


async def test_what_the_list_has_is_shown_instead(suggestions):
    found = await suggestions.suggest(HERE, ALICE, "https://example.org/p1")

    assert isinstance(found, Found)
    assert (await suggestions.suggested(HERE, ALICE)).suggestions == []


async def test_five_of_ones_own_wait_but_others_can_be_wanted(suggestions):
    for n in range(MOST_OPEN):
        await suggestions.suggest(HERE, ALICE, f"https://example.org/{n}x")
    bobs = await suggestions.suggest(HERE, BOB, LINK)

    with pytest.raises(TooManySuggestionsError):
        await suggestions.suggest(HERE, ALICE, "https://example.org/more")
    await suggestions.suggest(THERE, ALICE, "https://example.org/more")
    await suggestions.want(HERE, ALICE, bobs.suggestion.suggestion_id)
    await suggestions.suggest(HERE, ALICE, LINK)


async def test_the_most_wanted_come_first(suggestions):
    for n in range(3):
        await suggestions.suggest(HERE, ALICE, f"https://example.org/{n}x")
    await suggestions.suggest(HERE, BOB, "https://example.org/2x")

    shown = await suggestions.suggested(HERE, BOB)

    assert [each.link[-2:] for each in shown.suggestions] == ["2x", "0x", "1x"]
    assert shown.mine == {shown.suggestions[0].suggestion_id}


async def test_what_nobody_wants_any_more_is_gone(services, suggestions):
    made = await suggestions.suggest(HERE, ALICE, LINK)
    about = made.suggestion.suggestion_id
    await suggestions.want(HERE, BOB, about)

    one_left = await suggestions.drop(HERE, ALICE, about)
    none_left = await suggestions.drop(HERE, BOB, about)

    assert len(one_left.suggestions) == 1
    assert none_left.suggestions == []
    with pytest.raises(SuggestionGoneError):
        await suggestions.want(HERE, CARL, about)
    assert await rows.open_with_link(services.db, HERE, made.suggestion.link) is None


async def test_whoever_deletes_everything_takes_their_why_along(services, suggestions):
    made = await suggestions.suggest(HERE, ALICE, LINK, "Secret")
    await suggestions.want(HERE, BOB, made.suggestion.suggestion_id)

    await services.me.forget(ALICE)

    (kept,) = await rows.wishes_of(services.db, HERE, made.suggestion.suggestion_id)
    assert (kept.reader_id, kept.why) == (BOB, "")
    await services.me.forget(BOB)
    assert (await suggestions.suggested(HERE, CARL)).suggestions == []
    assert (await suggestions.suggest(HERE, CARL, LINK)).is_new


@pytest.mark.parametrize("typed", ["", "nothing", "http://localhost", "ftp://example.org/x"])
async def test_what_is_no_link_is_refused(suggestions, typed):
    with pytest.raises(NotALinkError):
        await suggestions.suggest(HERE, ALICE, typed)


async def test_another_server_sees_nothing_and_can_do_nothing(services, suggestions):
    made = await suggestions.suggest(HERE, ALICE, LINK, "It scales")
    about = made.suggestion.suggestion_id

    for act in (suggestions.want, suggestions.say, suggestions.why):
        with pytest.raises(SuggestionGoneError):
            await act(THERE, BOB, about)
    await suggestions.drop(THERE, ALICE, about)
    await services.moderation.reopen(THERE, MOD, about)
    forged = replace(made.suggestion, guild_id=THERE)
    with pytest.raises(SuggestionGoneError):
        await services.moderation.consider(THERE, MOD, forged)

    assert (await suggestions.suggested(THERE, ALICE)).suggestions == []
    assert (await services.inboxes.look(THERE, MOD)).counts.total == 0
    assert (await suggestions.suggested(HERE, ALICE)).mine == {about}


async def test_what_is_taken_is_on_the_list_for_which_it_was_suggested(services, suggestions):
    ours = await services.lists.make(HERE, MOD, "Ours")
    made = await suggestions.suggest(Where(HERE, list_id=ours), ALICE, LINK)

    desk = await take(services, made.suggestion)

    assert desk.outcome == "added"
    in_ours = await services.curricula.of(services.db, Where(HERE, list_id=ours))
    in_hosts = await services.curricula.of(services.db, Where(HERE, list_id="demo"))
    assert desk.resource.key in in_ours.by_key
    assert desk.resource.key not in in_hosts.by_key
    told = await rows.untold(services.db, ALICE)
    assert [(each.state, each.key) for each in told] == [("taken", desk.resource.key)]


async def test_each_is_settled_once_and_the_first_counts(services, suggestions):
    made = await suggestions.suggest(HERE, ALICE, LINK)
    await decline(services, made.suggestion, "In words", OTHER)

    late = await take(services, made.suggestion)
    later = await decline(services, made.suggestion)

    for settled in (late, later):
        assert (settled.state, settled.reason, settled.settled_by) == (
            "declined",
            "In words",
            OTHER,
        )


async def test_undo_of_taking_leaves_the_list_as_it_was(services, suggestions):
    made = await suggestions.suggest(HERE, ALICE, LINK)
    desk = await take(services, made.suggestion)

    await services.moderation.reopen(HERE, MOD, made.suggestion.suggestion_id)
    await services.moderation.reopen(HERE, MOD, made.suggestion.suggestion_id)

    listed = await services.curricula.of(services.db, HERE)
    assert desk.resource.key not in listed.by_key
    assert [s.state for s in (await suggestions.suggested(HERE, ALICE)).suggestions] == ["open"]
    assert await rows.untold(services.db, ALICE) == []
    again = await take(services, made.suggestion)
    assert (again.outcome, again.resource.key) == ("restored", desk.resource.key)


async def test_undo_leaves_what_was_changed_since(services, suggestions):
    made = await suggestions.suggest(HERE, ALICE, LINK)
    desk = await take(services, made.suggestion)
    draft = HERE, MOD, desk.draft_id
    before = await services.moderation.texts(draft)
    await services.moderation.set_texts(draft, before, replace(before, title="Mamba"))

    await services.moderation.reopen(HERE, MOD, made.suggestion.suggestion_id)

    listed = await services.curricula.of(services.db, HERE)
    assert listed.by_key[desk.resource.key].title == "Mamba"


async def test_a_suggestion_made_anew_is_not_doubled_by_undo(services, suggestions):
    made = await suggestions.suggest(HERE, ALICE, LINK)
    await decline(services, made.suggestion)
    await suggestions.suggest(HERE, BOB, LINK)

    await services.moderation.reopen(HERE, MOD, made.suggestion.suggestion_id)

    assert len((await suggestions.suggested(HERE, ALICE)).suggestions) == 1


async def test_the_inbox_counts_and_begins_anew_after_the_last(services, suggestions):
    await suggestions.suggest(HERE, ALICE, LINK)
    await services.moderation.doubt(ALICE, HERE, "demo:p2", "demo:p1", "It stands alone.")

    looks = [await services.inboxes.look(HERE, MOD, n) for n in range(4)]

    assert [(look.number, type(look.matter).__name__) for look in looks] == [
        (0, "Proposal"), (1, "Desk"), (2, "NoneType"), (0, "Proposal"),
    ]  # fmt: skip
    assert (looks[0].counts.suggestions, looks[0].counts.doubts) == (1, 1)


@pytest.mark.parametrize(("kept", "needs"), [(True, ("demo:p1",)), (False, ())])
async def test_a_doubt_is_followed_or_not_and_gone_then(services, kept, needs):
    await services.moderation.doubt(ALICE, HERE, "demo:p2", "demo:p1", "It stands alone.")
    desk = (await services.inboxes.look(HERE, MOD)).matter
    settled = await services.moderation.settle_doubt((HERE, MOD, desk.draft_id), kept=kept)
    late = await services.moderation.settle_doubt((HERE, MOD, desk.draft_id), kept=kept)

    listed = await services.curricula.of(services.db, HERE)
    assert listed.by_key["demo:p2"].prerequisites == needs
    assert bool(settled[1]) is not kept
    assert late is None
    assert (await services.inboxes.look(HERE, MOD)).counts.total == 0
