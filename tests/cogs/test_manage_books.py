"""A list of long papers alone: more to change than a select takes."""

from tests.curricula import curriculum, resource
from tests.seen import options_of, select_of, text_of

LIST = curriculum(*(resource(f"book-{n}", title=f"Book {n}", minutes=300) for n in range(9)))


async def test_all_that_is_picked_or_passed_over_can_be_brought_back(moderator, channel):
    card = (await moderator.slash(channel, "manage group", zone="UTC")).response.message
    for book in (0, 1):
        await moderator.select(card, [f"0:demo:book-{book}"], custom_id=select_of(card))
    await moderator.click(card, label="First paper now")
    await moderator.slash(channel, "manage pick", resource="Book 8")

    theirs = options_of(await moderator.slash(channel, "manage group"))
    mine = await moderator.slash(channel, "group")
    await moderator.click(mine.response.message, label="More")
    seen = options_of(mine)

    assert theirs[-3:] == ["1:demo:book-0", "1:demo:book-1", "2026-W02"]
    assert seen[-2:] == ["1:demo:book-0", "1:demo:book-1"]
    assert "0:demo:book-2" in theirs
    assert max(len(theirs), len(seen)) <= 25


async def test_all_that_is_passed_over_takes_one_line(moderator, channel):
    shown = await moderator.slash(channel, "manage group", zone="UTC")
    card = shown.response.message
    for book in range(6):
        shown = await moderator.select(card, [f"0:demo:book-{book}"], custom_id=select_of(card))

    (line,) = [line for line in text_of(shown).splitlines() if "Left out" in line]
    assert line.startswith("-# Left out: Book 0, Book 1")
    assert line.endswith("and 4 more. The menu below brings them back.")
