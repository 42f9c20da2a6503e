from bot.store.readers import ReaderRow, reader, set_current, set_goal, take_turn


async def test_somebody_new_has_nothing_current_and_no_goal(db):
    assert await reader(db, 1) == ReaderRow(None, None)


async def test_current_and_goal_are_set_apart_from_each_other(db):
    async with db.transaction() as tx:
        await set_current(tx, 1, "demo:a")
        await set_goal(tx, 1, "demo:b")
        await set_current(tx, 1, "demo:c")
        await set_goal(tx, 2, "demo:d")

    assert await reader(db, 1) == ReaderRow("demo:c", "demo:b")
    assert await reader(db, 2) == ReaderRow(None, "demo:d")


async def test_both_can_be_taken_away(db):
    async with db.transaction() as tx:
        await set_current(tx, 1, "demo:a")
        await set_goal(tx, 1, "demo:b")
        await set_current(tx, 1, None)
        await set_goal(tx, 1, None)

    assert await reader(db, 1) == ReaderRow()


async def test_taking_a_turn_changes_nothing(db):
    async with db.transaction() as tx:
        await set_current(tx, 1, "demo:a")
        await set_goal(tx, 1, "demo:b")
        await take_turn(tx, 1)

    assert await reader(db, 1) == ReaderRow("demo:a", "demo:b")
