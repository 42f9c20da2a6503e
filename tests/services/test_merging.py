"""Two groups into one: what moves, what stays, and what old buttons mean then."""

from datetime import timedelta

import pytest

from bot.core.lists import Where
from bot.core.weeks import Part, Schedule
from bot.errors import (
    MergedGroupError,
    NoGroupError,
    NotAMemberError,
    OldCardError,
    VoteRefusedError,
)
from bot.services.merging import Merging
from bot.store import groups as group_rows
from bot.store import outbox
from tests.curricula import curriculum, imported, resource
from tests.every_table import everything
from tests.postbox import CHANNEL, GUILD, MODERATOR, Postbox, new_group

THERE, ELSEWHERE, FORUM = 22, 23, 24
ALICE, BOB, CARL, DAVE, EVE = 71, 72, 73, 74, 75
TUESDAYS = Schedule(1, 10, 0, "UTC")

LIST = curriculum(
    *(
        resource(f"p{n}", minutes=240 if n == 7 else 30, parts=("one", "two") if n == 1 else ())
        for n in range(12)
    )
)


@pytest.fixture
def base():
    return LIST


@pytest.fixture
def db(services):
    return services.db


@pytest.fixture
def merging(services) -> Merging:
    return services.merging


@pytest.fixture
async def into_id(services, group):
    """A second group, which reads on Tuesdays at ten."""
    return (await new_group(services, THERE, TUESDAYS)).group_id


@pytest.fixture
def join(services):
    async def joins(group_id, *readers):
        for reader in readers:
            await services.groups.join(GUILD, group_id, reader)

    return joins


@pytest.fixture
def picked(services):
    """Return what is picked for a group, as weeks and slugs."""

    async def picks(group_id):
        status = await services.groups.look(GUILD, group_id, 0)
        return [(pick.week, pick.key.partition(":")[2]) for pick in status.picks]

    return picks


async def members(db, group_id):
    sql = "SELECT reader_id, reminders, joined_at FROM members WHERE group_id = ? ORDER BY 1"
    return [tuple(row.values()) for row in map(dict, await db.fetch(sql, group_id))]


async def test_members_move_and_who_is_in_both_stays_once(
    services, merging, group_id, into_id, join, clock, db
):
    began = int(clock.now.timestamp())
    await join(group_id, ALICE, BOB, CARL)
    await services.reminders.ask(GUILD, group_id, BOB, wanted=True)
    clock.advance(hours=1)
    await join(into_id, BOB, DAVE)

    merged = await merging.merge(GUILD, group_id, into_id, MODERATOR)

    later = began + 3600
    assert await members(db, into_id) == [
        (ALICE, None, began), (BOB, "wanted", began), (CARL, None, began), (DAVE, None, later)
    ]  # fmt: skip
    assert await members(db, group_id) == []
    assert merged.status.members == 4
    assert (merged.offer.group.members, merged.offer.in_both) == (3, 1)


@pytest.mark.parametrize(
    ("one", "other", "stronger"),
    [("wanted", "closed", "wanted"), ("closed", None, "closed"), (None, None, None)],
)
@pytest.mark.parametrize("is_other_way", [False, True])
async def test_the_stronger_wish_for_reminders_counts(
    services, merging, group_id, into_id, join, db, one, other, stronger, is_other_way
):
    wishes = (other, one) if is_other_way else (one, other)
    for each, wish in zip((group_id, into_id), wishes, strict=True):
        await join(each, ALICE)
        async with db.transaction() as tx:
            await tx.fetch("UPDATE members SET reminders = ? WHERE group_id = ?", wish, each)

    await merging.merge(GUILD, group_id, into_id, MODERATOR)

    ((_, wish, _),) = await members(db, into_id)
    assert wish == stronger


async def test_picks_go_to_free_weeks_in_their_order_and_displace_none(
    services, merging, group_id, into_id, picked
):
    for week, key in (("2026-W03", "p4"), ("2026-W04", "p5"), ("2026-W06", "p6")):
        await services.papers.pick(GUILD, CHANNEL, MODERATOR, key, week)
    for week, key in (("2026-W03", "p8"), ("2026-W05", "p5")):
        await services.papers.pick(GUILD, THERE, MODERATOR, key, week)

    merged = await merging.merge(GUILD, group_id, into_id, MODERATOR)

    assert await picked(into_id) == [
        ("2026-W03", "p8"), ("2026-W04", "p4"), ("2026-W05", "p5"), ("2026-W06", "p6")
    ]  # fmt: skip
    assert (merged.picks, merged.left_out) == (2, 0)


async def test_a_pick_moves_with_its_weeks_and_what_was_begun_ends(
    services, merging, group_id, into_id, until
):
    await services.papers.read_for(GUILD, group_id, "demo:p0", 3)
    await until(hours=2)
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, "p7", "2026-W05")
    await services.papers.read_for(GUILD, group_id, "demo:p7", 2)

    status = (await merging.merge(GUILD, group_id, into_id, MODERATOR)).status

    coming = [(each.pick.key, each.pick.part) for each in status.coming]
    assert ("demo:p7", Part(1, 2)) in coming
    assert all(part is None for key, part in coming if key == "demo:p0")


async def test_a_vote_is_called_off_and_a_won_one_moves(
    services, merging, group_id, into_id, db, until, postbox
):
    await until(hours=2)
    won = (await services.votes.call(GUILD, CHANNEL, MODERATOR, hours=24)).vote
    await services.votes.decide(won, [0, 2, 1])
    ballot = await services.votes.call(GUILD, CHANNEL, MODERATOR, hours=24, date="19 Jan 2026")
    await postbox.deliver()

    status = (await merging.merge(GUILD, group_id, into_id, MODERATOR)).status

    vote = (await services.votes.ballot(ballot.vote.vote_id)).vote
    reads = {coming.slot.week: (coming.pick.key, coming.pick.why) for coming in status.coming}
    assert reads[won.week] == (won.keys[1], "vote_winner")
    assert vote.state == "cancelled"
    assert await outbox.row_about(db, "called_off", str(vote.vote_id)) is not None
    with pytest.raises(VoteRefusedError):
        await services.votes.close(GUILD, vote.vote_id)
    assert await services.votes.cancel(GUILD, vote.vote_id)


async def test_nothing_that_waited_is_sent_but_what_belongs_to_a_past_week(
    services, merging, group_id, into_id, clock, db, postbox
):
    clock.advance(hours=1)
    await services.weeks.open_due()
    row = await postbox.claim()
    await postbox.send(row)
    clock.advance(days=7)
    await services.weeks.open_due()

    await merging.merge(GUILD, group_id, into_id, MODERATOR)

    waiting = await db.fetch_column(
        "SELECT kind FROM outbox WHERE group_id = ? AND state = 'waiting'", group_id
    )
    assert waiting == ["thread"]
    past = await services.groups.history(GUILD, into_id, 1)  # its own missed one is on the first
    assert [each.post.state for each in past.weeks] == ["skipped", "posted"]
    clock.advance(days=21)
    await services.weeks.open_due()
    sql = "SELECT COUNT(*) FROM weeks WHERE group_id = ?"
    assert await db.fetch_value(sql, group_id) == 2


async def test_a_paper_on_its_way_is_recorded_as_what_became_of_it(
    services, merging, group_id, into_id, clock, postbox
):
    clock.advance(hours=1)
    await services.weeks.open_due()
    row = await postbox.claim()

    await merging.merge(GUILD, group_id, into_id, MODERATOR)
    await postbox.send(row)

    past = await services.groups.history(GUILD, into_id, 0)
    assert ([each.post.state for each in past.weeks], past.left_id) == (["posted"], CHANNEL)


async def test_past_weeks_stay_its_own_and_are_shown_below_page_by_page(
    services, merging, group_id, into_id, until, join
):
    await until(hours=2)
    for days in (1, 6) * 7 + (1,):
        await until(days=days)
    await join(group_id, ALICE, BOB, CARL)

    await merging.merge(GUILD, group_id, into_id, MODERATOR)

    pages = [await services.groups.history(GUILD, into_id, n) for n in range(5)]
    old = [await services.groups.history(GUILD, group_id, n) for n in range(5)]
    assert old == pages  # an old *Older* leads to the same
    assert [len(page.weeks) for page in pages] == [5, 3, 5, 3, 0]
    assert [page.has_more for page in pages] == [True, True, True, False, False]
    assert [page.left_id for page in pages] == [None, None, CHANNEL, CHANNEL, None]
    shown = [week.post for page in pages for week in page.weeks]
    assert [post.group_id for post in shown] == [into_id] * 8 + [group_id] * 8
    for part in (shown[:8], shown[8:]):
        assert part == sorted(part, key=lambda post: post.at, reverse=True)
    for reader in (ALICE, BOB, CARL):
        await services.weeks.read_it(reader, GUILD, shown[-1].week_id)
    assert (await services.groups.history(GUILD, into_id, 3)).weeks[-1].read == 3


@pytest.mark.parametrize(("came", "is_had"), [((ALICE, BOB, EVE), True), ((ALICE,), False)])
async def test_what_most_members_have_had_does_not_come_again(
    services, merging, group_id, into_id, until, join, came, is_had
):
    await services.groups.set_state(GUILD, into_id, "paused")
    await until(hours=2)
    await services.groups.set_state(GUILD, into_id, "active")
    await join(group_id, *came)
    await join(into_id, CARL, DAVE)

    offer = await merging.offer(GUILD, group_id, MODERATOR, channel_id=THERE)
    status = (await merging.merge(GUILD, group_id, into_id, MODERATOR)).status

    assert offer.had_counts == is_had
    assert status.coming[0].pick.key == ("demo:p1" if is_had else "demo:p0")
    assert status.begins is not None  # its own calendar hasn't begun


@pytest.mark.parametrize("in_parts", [True, False])
async def test_what_was_not_read_to_the_end_comes_from_its_beginning(
    services, merging, group_id, into_id, until, join, in_parts
):
    first = "demo:p1" if in_parts else "demo:p0"
    await services.groups.set_state(GUILD, into_id, "paused")
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, first, None)
    await services.papers.read_for(GUILD, group_id, first, 2)
    await until(hours=2)
    await services.groups.set_state(GUILD, into_id, "active")
    await join(group_id, ALICE, BOB, CARL)
    await join(into_id, CARL)

    merged = await merging.merge(GUILD, group_id, into_id, MODERATOR)

    coming = [(each.pick.key, each.pick.part) for each in merged.status.coming]
    assert merged.offer.had_counts
    assert dict(reversed(coming)).get(first) == (Part(1, 2, ("one",)) if in_parts else None)
    assert first in [key for key, _ in coming]


async def test_a_chain_ends_in_the_last_and_what_counts_counts_all_the_way(
    services, merging, group_id, into_id, until, join
):
    last = (await new_group(services, ELSEWHERE, TUESDAYS)).group_id
    for each in (into_id, last):
        await services.groups.set_state(GUILD, each, "paused")
    await until(hours=2)
    await join(group_id, ALICE, BOB, CARL)
    await merging.merge(GUILD, group_id, into_id, MODERATOR)
    await join(last, DAVE)

    status = (await merging.merge(GUILD, into_id, last, MODERATOR)).status

    await services.groups.set_state(GUILD, last, "active")
    status = await services.groups.look(GUILD, last, ALICE)
    assert status.coming[0].pick.key == "demo:p1"
    assert status.members == 4
    followed = await services.groups.look(GUILD, group_id, ALICE, follows=True)
    assert followed.group.group_id == last
    assert (await services.groups.history(GUILD, group_id, 0)).left_id == CHANNEL
    for channel in (CHANNEL, THERE):
        with pytest.raises(MergedGroupError) as error:
            await services.groups.status(channel, ALICE)
        assert error.value.channel_id == ELSEWHERE


async def test_what_did_not_count_in_between_does_not_count_in_the_end(
    services, merging, group_id, into_id, until, join
):
    last = (await new_group(services, ELSEWHERE, TUESDAYS)).group_id
    for each in (into_id, last):
        await services.groups.set_state(GUILD, each, "paused")
    await until(hours=2)
    await join(group_id, ALICE)
    await join(into_id, BOB, CARL)
    await merging.merge(GUILD, group_id, into_id, MODERATOR)
    await merging.merge(GUILD, into_id, last, MODERATOR)

    await services.groups.set_state(GUILD, last, "active")

    assert (await services.groups.look(GUILD, last, 0)).coming[0].pick.key == "demo:p0"


async def test_old_buttons_of_members_mean_the_group_it_went_into(
    services, merging, group_id, into_id, until, db
):
    await until(hours=2)
    (old,) = (await services.groups.history(GUILD, group_id, 0)).weeks
    await merging.merge(GUILD, group_id, into_id, MODERATOR)

    _, _, to_join = await services.weeks.read_it(ALICE, GUILD, old.post.week_id)
    joined = await services.groups.join(GUILD, group_id, ALICE)
    assert await services.reminders.ask(GUILD, group_id, ALICE, wanted=True)
    assert [row[:2] for row in await members(db, into_id)] == [(ALICE, "wanted")]
    stopped = await services.reminders.set_reasons(ALICE, [group_id], is_idle=False, wanted=False)
    _, _, again = await services.weeks.read_it(ALICE, GUILD, old.post.week_id)
    finished = await services.reminders.finish(ALICE, old.post.week_id)

    assert to_join.group_id == joined.group.group_id == into_id
    assert joined.has_joined
    assert again is None
    assert [group.group_id for group in stopped.groups] == [into_id]
    assert finished.repeated
    assert (await services.groups.where(GUILD, group_id)).channel_id == THERE
    left = await services.groups.leave(GUILD, group_id, ALICE)
    assert (left.group.group_id, left.members) == (into_id, 0)


async def test_old_cards_of_moderators_say_where_it_is(services, merging, group_id, into_id, clock):
    await merging.merge(GUILD, group_id, into_id, MODERATOR)
    groups, papers, who = services.groups, services.papers, MODERATOR
    before = await everything(services.db)

    acts = [
        groups.set_state(GUILD, group_id, "active"),
        services.calendars.skip(GUILD, group_id),
        services.calendars.take_off(GUILD, group_id, "2026-03-02"),
        groups.post_now(GUILD, group_id),
        groups.mention_nobody(GUILD, group_id),
        groups.move(GUILD, group_id, ELSEWHERE, who),
        groups.delete(GUILD, group_id, who),
        groups.look(GUILD, group_id, who),
        papers.go_on(GUILD, group_id, "additions"),
        papers.read_for(GUILD, group_id, "demo:p1", 2),
        papers.pick_next(GUILD, group_id, who, "demo:p1"),
        papers.take_back(GUILD, group_id, "2026-W10"),
        papers.pick(GUILD, CHANNEL, who, "p1", None),
        services.votes.call(GUILD, CHANNEL, who),
        merging.merge(GUILD, group_id, into_id, who),
        merging.merge(GUILD, into_id, group_id, who),
    ]
    for act in acts:
        with pytest.raises(MergedGroupError) as error:
            await act
        assert error.value.channel_id == THERE

    assert await everything(services.db) == before


async def test_the_old_channel_can_have_a_new_group(services, merging, group_id, into_id, until):
    await merging.merge(GUILD, group_id, into_id, MODERATOR)

    new = await new_group(services)
    await until(hours=2)
    assert (await services.groups.status(CHANNEL, ALICE)).group.group_id == new.group_id
    await merging.merge(GUILD, new.group_id, into_id, MODERATOR)

    gone = await services.groups.history(GUILD, into_id, 0)
    assert [week.post.group_id for week in gone.weeks] == [new.group_id]
    assert gone.left_id == CHANNEL


async def test_only_two_different_groups_of_one_server_go_together(
    services, merging, group_id, into_id
):
    with pytest.raises(OldCardError):
        await merging.merge(GUILD, group_id, group_id, MODERATOR)
    unknown = (GUILD, group_id, 5), (GUILD, 5, into_id)
    for guild, one, other in ((GUILD + 1, group_id, into_id), *unknown):
        with pytest.raises(NoGroupError):
            await merging.merge(guild, one, other, MODERATOR)
    assert await merging.offer(GUILD, group_id, MODERATOR, channel_id=CHANNEL) is None
    assert await merging.offer(GUILD, group_id, MODERATOR, channel_id=ELSEWHERE) is None


@pytest.mark.parametrize("state", ["paused", "stopped"])
async def test_groups_at_rest_go_together_and_stay_so(services, merging, group_id, into_id, state):
    await services.groups.set_state(GUILD, group_id, state)
    await services.groups.set_state(GUILD, into_id, state)

    merged = await merging.merge(GUILD, group_id, into_id, MODERATOR)

    assert merged.status.group.state == state


async def test_a_pick_from_another_list_is_found_in_the_other_group(
    services, merging, group_id, into_id, picked
):
    ours = await services.lists.make(GUILD, MODERATOR, "Ours")
    place = Where(GUILD, list_id=ours)
    run = await services.imports.look(place, MODERATOR, imported("own-one", "own-two"), "add")
    await services.imports.bring((GUILD, MODERATOR, run.draft_id))
    await services.groups.make_or_change(GUILD, CHANNEL, TUESDAYS, None, MODERATOR, list_id=ours)
    listed = (await services.groups.look(GUILD, group_id, 0)).curriculum.resources
    await services.papers.pick_next(GUILD, group_id, MODERATOR, listed[1].key)

    status = (await merging.merge(GUILD, group_id, into_id, MODERATOR)).status

    assert status.coming[0].pick.key == listed[1].key
    assert status.curriculum.get(listed[1].key).title == listed[1].title
    assert status.curriculum.id == "demo"


async def test_a_deleted_group_takes_along_what_went_into_it(
    services, merging, group_id, into_id, until, db
):
    await until(hours=2)
    await merging.merge(GUILD, group_id, into_id, MODERATOR)

    await services.groups.delete(GUILD, into_id, MODERATOR)

    for table in ("study_groups", "weeks", "members", "picks", "outbox"):
        sql = f"SELECT COUNT(*) FROM {table} WHERE group_id IN (?, ?)"
        assert await db.fetch_value(sql, group_id, into_id) == 0, table
    with pytest.raises(NoGroupError):
        await services.groups.join(GUILD, group_id, ALICE)


async def test_a_forgotten_server_forgets_what_went_too(
    services, merging, group_id, into_id, until, clock, db
):
    await until(hours=2)
    await merging.merge(GUILD, group_id, into_id, MODERATOR)

    await services.guilds.removed(GUILD)
    clock.advance(days=31)
    await services.guilds.forget_due()

    for table in ("study_groups", "weeks"):
        assert await db.fetch_value(f"SELECT COUNT(*) FROM {table}") == 0


async def test_of_a_server_that_is_forgotten_what_went_goes_before_what_it_went_into(
    merging, group_id, into_id, db
):
    await merging.merge(GUILD, into_id, group_id, MODERATOR)

    assert await group_rows.group_ids(db, GUILD) == [into_id, group_id]


async def test_who_deletes_everything_is_in_none_of_the_rows(
    services, merging, group_id, into_id, join, db
):
    await join(group_id, ALICE)
    await merging.merge(GUILD, group_id, into_id, ALICE)

    await services.me.forget(ALICE)
    await services.me.forget(MODERATOR)

    assert await services.me.forget(ALICE) is False
    sql = "SELECT COUNT(*) FROM study_groups WHERE changed_by IS NOT NULL"
    assert await db.fetch_value(sql) == 0


async def test_a_moved_group_and_its_members_are_still_found(
    services, merging, group_id, into_id, join, until
):
    await until(hours=2)
    await join(group_id, ALICE)
    await merging.merge(GUILD, group_id, into_id, MODERATOR)

    await services.groups.move(GUILD, into_id, ELSEWHERE, MODERATOR)

    with pytest.raises(MergedGroupError) as error:
        await services.groups.status(CHANNEL, ALICE)
    assert error.value.channel_id == ELSEWHERE
    about = await services.me.about(ALICE)
    assert about.groups == (ELSEWHERE,)
    assert about.runs == ()
    for guild in (GUILD, None):
        shown = await services.reading.look(ALICE, guild, "demo:p0", talks=True)
        assert CHANNEL in {talk.channel_id for talk in shown.talks}


async def test_a_forum_whose_group_went_has_its_card_said_so(services, merging, into_id, db):
    postbox = Postbox(services)
    made = await services.groups.make_or_change(
        GUILD, FORUM, TUESDAYS, None, MODERATOR, is_forum=True
    )
    await postbox.deliver()
    group_id = made.group.group_id

    await merging.merge(GUILD, group_id, into_id, MODERATOR)
    await services.groups.make_or_change(GUILD, FORUM, TUESDAYS, None, MODERATOR, is_forum=True)
    await postbox.deliver()

    kinds = [(row.kind, row.group_id == group_id) for row in postbox.sent]
    assert kinds == [("standing", True), ("sign", True), ("standing", False)]


async def test_the_clock_is_put_right_in_a_group_that_went(
    services, merging, group_id, into_id, clock, until, db
):
    clock.advance(days=28)
    await until(days=0)
    await until(days=7)
    await merging.merge(GUILD, group_id, into_id, MODERATOR)
    clock.advance(days=-34)

    await services.clock_repair.put_right()

    sql = "SELECT COUNT(*) FROM weeks WHERE group_id = ? AND slot_at > ?"
    later = clock.now + timedelta(days=1)
    assert await db.fetch_value(sql, group_id, later) == 0
    assert (await services.groups.look(GUILD, into_id, 0)).group.next_at < clock.now + timedelta(
        days=15
    )


async def test_who_leads_a_coming_week_leads_it_there_unless_somebody_does(
    services, merging, group_id, into_id, join, until, db
):
    weeks = [each.slot.week for each in (await services.groups.look(GUILD, group_id, 0)).coming]
    leading = services.leading
    await join(group_id, ALICE, BOB)
    await join(into_id, CARL)
    for who, week in ((ALICE, weeks[0]), (ALICE, weeks[1]), (BOB, weeks[2])):
        await leading.lead(GUILD, group_id, who, week)
    await leading.choose(GUILD, group_id, ALICE, weeks[1], "demo:p3")
    await leading.ask_about(GUILD, group_id, ALICE, weeks[1], ["Why?"])
    await leading.lead(GUILD, into_id, CARL, weeks[2])
    await until(hours=2)
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, "p4", weeks[1])

    merged = await merging.merge(GUILD, group_id, into_id, MODERATOR)

    led = {week: merged.status.leader_of(week) for week in weeks}
    assert led == {weeks[0]: None, weeks[1]: ALICE, weeks[2]: CARL, weeks[3]: None}
    assert merged.unled == (BOB,)
    shown = await leading.week(GUILD, into_id, ALICE, weeks[1])
    assert (shown.lead.key, shown.lead.questions) == ("demo:p3", ("Why?",))
    assert (shown.resource.key, shown.why) == ("demo:p4", "picked_by_moderator")
    past = await services.groups.history(GUILD, group_id, 0)
    assert [each.leader_id for each in past.weeks] == [ALICE]


async def test_who_was_asked_there_for_the_week_that_they_lead_leads_it(
    services, merging, group_id, into_id, join
):
    await join(group_id, ALICE)
    await join(into_id, ALICE)
    asked = await services.leading.ask(GUILD, into_id, ALICE)
    await services.leading.lead(GUILD, group_id, ALICE, asked.week)

    merged = await merging.merge(GUILD, group_id, into_id, MODERATOR)

    assert [(each.week, each.state) for each in merged.status.leads] == [(asked.week, "leads")]


async def test_an_old_button_hands_back_what_the_group_had_and_what_moved_with_its_leader(
    services, merging, group_id, into_id, join, until, db
):
    weeks = [each.slot.week for each in (await services.groups.look(GUILD, group_id, 0)).coming]
    await join(group_id, ALICE)
    for week in weeks[:2]:
        await services.leading.lead(GUILD, group_id, ALICE, week)
    await until(hours=2)
    await merging.merge(GUILD, group_id, into_id, MODERATOR)

    for guild, who, error in ((GUILD + 1, ALICE, NoGroupError), (None, DAVE, NotAMemberError)):
        with pytest.raises(error):
            await services.leading.hand_back(guild, group_id, who, weeks[0])
    had = await services.leading.hand_back(None, group_id, ALICE, weeks[0])
    moved = await services.leading.hand_back(GUILD, group_id, ALICE, weeks[1])

    assert (had.group.group_id, had.lead, had.is_open) == (group_id, None, False)
    assert (moved.group.group_id, moved.lead) == (into_id, None)
    assert await db.fetch_column("SELECT state FROM leads") == ["declined"]
    past = await services.groups.history(GUILD, group_id, 0)
    assert [each.leader_id for each in past.weeks] == [None]
    assert await db.fetch_column("SELECT group_id FROM outbox WHERE kind = 'paper'") == [group_id]


async def test_what_the_other_groups_members_read_on_their_own_counts_for_no_past_week(
    services, merging, group_id, into_id, join, until
):
    await join(into_id, ALICE, BOB, CARL)
    await join(group_id, DAVE)
    await until(hours=2)
    for who in (ALICE, BOB, CARL):
        await services.reading.mark(who, GUILD, "demo:p0", "done")

    await merging.merge(GUILD, group_id, into_id, MODERATOR)

    past = await services.groups.history(GUILD, group_id, 0)
    assert ([each.read for each in past.weeks], past.months[0].readers) == ([None], None)
    post = await services.weeks.post(past.weeks[0].post.week_id)
    assert post.read is None


async def test_what_tells_a_channel_of_the_other_group_says_soon_how_many_they_are_by_then(
    services, merging, group_id, join, clock, postbox, db
):
    made = await services.groups.make_or_change(
        GUILD, ELSEWHERE, TUESDAYS, None, MODERATOR, opens=True
    )
    into_id = made.group.group_id
    clock.advance(minutes=10)
    await postbox.deliver()
    await join(group_id, ALICE, BOB, CARL)

    await merging.merge(GUILD, group_id, into_id, MODERATOR)

    sql = "SELECT group_id FROM outbox WHERE kind = 'sign' AND state = 'waiting'"
    assert await db.fetch_column(sql) == [into_id]
